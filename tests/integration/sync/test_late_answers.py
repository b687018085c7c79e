"""Late answers are evidence: what they show as recorded is posted, and they move nothing else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from lxml import etree

from scripts.simulate.postman import Postman
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.extras import Kind
from sync_core.wording import notes, office
from tests.integration.sync.firm import (
    Firm,
    close,
    last_error,
    play,
    play_until,
    receive,
    requests,
    second_connection,
    send,
    sent,
    sign_in,
    tampered,
    until_payments_are_out,
    update,
)
from tests.integration.sync.leaving import (
    A_NIGHT_S,
    CUSTOMER,
    are_once,
    executed,
    fair_update,
    numbers_sent,
    receipts,
    set_columns,
    some_payments,
)


@pytest.fixture
def payments(firm: Firm) -> list[str]:
    firm.books.add_customer(CUSTOMER)
    return [firm.pay(CUSTOMER, f"{number}.00") for number in (1, 2, 3)]


def handed_out(session: Session) -> str:
    """Give the message set that was handed out last."""
    answer = etree.fromstring(session.calls[-1].answer.encode())
    return answer.findtext(".//{*}sendRequestXMLResult") or ""


def lost_answer(firm: Firm, pc: WebConnector) -> tuple[Session, str]:
    """Let QuickBooks carry payments out, and the PC die with the answer in its hands."""
    session = until_payments_are_out(pc)
    answer = RequestProcessor(firm.books).process(handed_out(session))
    return session, answer


def is_untouched(firm: Firm, act: Callable[[], object]) -> None:
    """See that an act moves no payment, and leaves no trace in their history."""
    tables = ("payment", "attempt", "payment_event")
    before = firm.everything()
    act()
    after = firm.everything()
    assert {name: before[name] for name in tables} == {name: after[name] for name in tables}


def test_a_late_answer_on_a_dead_ticket_posts_what_it_shows(
    firm: Firm, payments: list[str]
) -> None:
    pc = firm.pc()
    session, answer = lost_answer(firm, pc)
    sentence = close(pc, session.ticket)
    assert set(firm.statuses().values()) == {"in_doubt"}
    firm.clock.move(seconds=60)
    assert receive(pc, session.ticket, answer) == -1  # the session is over all the same
    assert firm.statuses() == dict.fromkeys(payments, "posted")
    for payment in payments:
        shown = firm.payment(payment)
        assert firm.receipt(payment).number == shown.reference
        assert shown.note is None
        assert shown.posted_at == firm.clock.now
        assert [event.to_status for event in shown.history] == [
            "queued",
            "sent",
            "in_doubt",
            "posted",
        ]
        assert [attempt["outcome"] for attempt in firm.attempts(payment)] == ["posted"]
    assert close(pc, session.ticket) == sentence
    is_untouched(firm, lambda: receive(pc, session.ticket, answer))  # a second time


def test_a_late_answer_after_a_takeover(firm: Firm, payments: list[str]) -> None:
    """The one who took over goes on undisturbed."""
    pc, other = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    session, answer = lost_answer(firm, pc)
    firm.clock.move(seconds=A_NIGHT_S)
    firm.pay(CUSTOMER, "4.00")
    taking_over = until_payments_are_out(other)
    assert receive(pc, session.ticket, answer) == -1
    assert list(firm.statuses().values()) == ["posted", "posted", "posted", "sent"]
    assert play(taking_over).status == "4 payments posted"  # it saw the receipts by itself
    assert [firm.times_in_quickbooks(payment) for payment in payments] == [1, 1, 1]


def test_a_late_answer_under_the_ticket_of_a_later_session(firm: Firm, payments: list[str]) -> None:
    """A PC that mixes its calls up: the message set that is out stays out."""
    pc = firm.pc()
    session, answer = lost_answer(firm, pc)
    close(pc, session.ticket)
    firm.pay(CUSTOMER, "4.00")
    later = until_payments_are_out(pc)
    assert receive(pc, later.ticket, answer) == firm.last_session()["percent"]
    assert list(firm.statuses().values()) == ["posted", "posted", "posted", "sent"]
    assert play(later).status == "4 payments posted"
    assert len(payments) == 3


def test_a_late_answer_to_an_earlier_message_set_of_the_same_session(
    opened: Callable[..., Firm],
) -> None:
    firm = opened(message_set_max=1)
    firm.books.add_customer(CUSTOMER)
    first, second = firm.pay(CUSTOMER, "1.00"), firm.pay(CUSTOMER, "2.00")
    pc = firm.pc()
    line = pc.transport
    kept: list[str] = []

    def without_its_request_id(answer: str) -> str:
        kept.append(answer)
        return answer.replace("requestID", "request")

    pc.transport = tampered(line, without_its_request_id, only="<TotalAmount>1.00")
    session = play_until(until_payments_are_out(pc), "ReceivePaymentAddRq")
    pc.transport = line
    assert firm.statuses() == {first: "in_doubt", second: "sent"}
    assert receive(pc, session.ticket, kept[0]) == firm.last_session()["percent"]
    assert firm.statuses() == {first: "posted", second: "sent"}
    play(session)
    assert firm.statuses() == {first: "posted", second: "posted"}


def test_a_late_answer_to_a_question_decides_nothing(firm: Firm, payments: list[str]) -> None:
    pc = firm.pc()
    session = until_payments_are_out(pc)
    question, answer = session.message_sets[-1]
    assert requests(question, "PaymentMethodQuery")
    is_untouched(firm, lambda: receive(pc, session.ticket, answer))
    assert firm.statuses() == dict.fromkeys(payments, "sent")
    assert play(session).status == "3 payments posted"


def edited(answer: str, edit: Callable[[etree._Element], object]) -> str:
    """Change every response of an answer."""
    root = etree.fromstring(answer.encode())
    for node in root[0]:
        edit(node)
    return etree.tostring(root, encoding="unicode")


def refused(code: str) -> Callable[[etree._Element], object]:
    def edit(node: etree._Element) -> None:
        node.set("statusCode", code)
        node[:] = []

    return edit


def of_another(node: etree._Element) -> None:
    for guid in node.iter("ExternalGUID"):
        guid.text = "{8a2f9d2c-1111-5222-8333-123456789abc}"


SHOW_NOTHING: tuple[Callable[[etree._Element], object], ...] = (
    refused("3120"),  # which attempt that is about, a look-up will tell
    refused("3231"),
    refused("3260"),
    refused("0"),
    of_another,
    lambda node: node.set("requestID", "nobody's"),
    lambda node: node.addnext(etree.fromstring(etree.tostring(node))),
)


def test_a_late_answer_that_shows_no_receipt_moves_nothing(firm: Firm, payments: list[str]) -> None:
    pc = firm.pc()
    session, answer = lost_answer(firm, pc)
    sentence = close(pc, session.ticket)
    unreadable = ["", "<QBXML", "<QBXML><QBXMLMsgsRs/></QBXML>", answer[:-20]]
    for late in (*unreadable, *(edited(answer, edit) for edit in SHOW_NOTHING)):
        is_untouched(firm, partial(receive, pc, session.ticket, late))
    is_untouched(firm, partial(receive, pc, session.ticket, answer, hresult="0x80040400"))
    assert last_error(pc, session.ticket) == sentence
    assert firm.statuses() == dict.fromkeys(payments, "in_doubt")


def test_a_part_of_a_late_answer_posts_that_part(firm: Firm, payments: list[str]) -> None:
    pc = firm.pc()
    session, answer = lost_answer(firm, pc)
    close(pc, session.ticket)
    root = etree.fromstring(answer.encode())
    del root[0][1]
    receive(pc, session.ticket, etree.tostring(root, encoding="unicode"))
    assert list(firm.statuses().values()) == ["posted", "in_doubt", "posted"]
    receive(pc, session.ticket, answer)
    assert firm.statuses() == dict.fromkeys(payments, "posted")


def test_what_was_decided_stays_decided(firm: Firm) -> None:
    """Waiting, posted, rejected: the same answer again, and one that says otherwise."""
    firm.books.add_customer(CUSTOMER)
    waiting = firm.pay(CUSTOMER, "1.00")
    posted = firm.pay(CUSTOMER, "2.00")
    rejected = firm.pay("Nobody, Inc.", "3.00")
    firm.books.refuse_next("ReceivePaymentAdd", code=3175, message="It is in use.")
    pc = firm.pc()
    session, answer = lost_answer(firm, pc)
    assert receive(pc, session.ticket, answer) == 99  # why was it refused? is asked next
    wanted = {waiting: "queued", posted: "posted", rejected: "rejected"}
    assert firm.statuses() == wanted
    for late in (answer, *(edited(answer, refused(code)) for code in ("3120", "3231", "4711"))):
        is_untouched(firm, partial(receive, pc, session.ticket, late))
    assert firm.statuses() == wanted


def test_another_companys_ticket_moves_nothing(opened: Callable[..., Firm]) -> None:
    bakery, lawyers = opened(name="Northside Bakery"), opened(name="O'Neill Law")
    for each in (bakery, lawyers):
        each.books.add_customer(CUSTOMER)
    ours = bakery.pay(CUSTOMER, "1.00")
    pc, strangers_pc = bakery.pc(), lawyers.pc()
    session, answer = lost_answer(bakery, pc)

    # While it is out, and after it fell in doubt; on a live ticket and on a dead one.
    ticket, _ = sign_in(strangers_pc)
    is_untouched(bakery, lambda: receive(strangers_pc, ticket, answer))
    close(pc, session.ticket)
    is_untouched(bakery, lambda: receive(strangers_pc, ticket, answer))
    close(strangers_pc, ticket)
    is_untouched(bakery, lambda: receive(strangers_pc, ticket, answer))
    is_untouched(bakery, lambda: receive(pc, "no ticket at all", answer))
    assert bakery.payment(ours).status == "in_doubt"


def test_another_companys_answer_proves_nothing_about_ours(opened: Callable[..., Firm]) -> None:
    """Each gets the other's answer while its own payments are out."""
    firms = [opened(name="Northside Bakery"), opened(name="O'Neill Law")]
    lost = []
    for number, each in enumerate(firms):
        each.books.add_customer(CUSTOMER)
        each.queued.extend(["-"] * number)  # so that the ids differ
        each.pay(CUSTOMER, "1.00")
        pc = each.pc()
        lost.append((pc, *lost_answer(each, pc)))
    for (pc, session, _), (_, _, of_the_other) in zip(lost, reversed(lost), strict=True):
        receive(pc, session.ticket, of_the_other)
    assert firms[0].rows("SELECT status FROM payment") == [{"status": "in_doubt"}] * 2
    for pc, session, own in lost:
        receive(pc, session.ticket, own)
    assert firms[0].rows("SELECT status FROM payment") == [{"status": "posted"}] * 2


def test_after_a_late_answer_nothing_is_sent_again(firm: Firm, payments: list[str]) -> None:
    pc = firm.pc()
    session, answer = lost_answer(firm, pc)
    send(pc, session.ticket)
    receive(pc, session.ticket, answer)
    later = update(pc)
    assert sent(later, "ReceivePaymentAdd") == []
    assert later.status == "Nothing to post."
    assert [firm.times_in_quickbooks(payment) for payment in payments] == [1, 1, 1]


# To an attempt that was given up, whatever has become of the payment since


def given_up(firm: Firm, pc: WebConnector) -> tuple[str, str]:
    """Let a PC die on a message set that is not executed, and the next sync begin.

    Gives the ticket, and the message set, which QuickBooks will carry out much later.
    """
    session = pc.begin()
    held = session.take("ReceivePaymentAdd")
    session.power_cut()
    firm.clock.move(seconds=A_NIGHT_S)
    close(pc, sign_in(pc)[0])
    return session.ticket, held


def executed_late(firm: Firm, held: str) -> str:
    return RequestProcessor(firm.books).process(held)


QUEUED_AGAIN = "status = 'queued', note = 'Again.'"
REJECTED = "status = 'rejected', cause = 'invalid', summary = 'No.', status_code = 3120"
DISMISSED = "status = 'dismissed', note = 'Written in a book.'"
HIDDEN = f"{DISMISSED}, hidden_at = changed_at"
SINCE = ["status = 'in_doubt'", QUEUED_AGAIN, REJECTED, DISMISSED, HIDDEN]


@pytest.mark.parametrize("is_absent", [True, False])
@pytest.mark.parametrize("since", SINCE)
def test_a_late_answer_whatever_has_become_of_the_payment(
    firm: Firm, since: str, *, is_absent: bool
) -> None:
    """A person, a cause that went away, or a look-up has moved it; now it stands in QuickBooks."""
    pc = firm.pc()
    payments = some_payments(firm, 4)
    ticket, held = given_up(firm, pc)
    for payment in payments:
        set_columns(firm, payment, since)
    if is_absent:
        with firm.engine.begin() as db:
            db.exec_driver_sql("UPDATE attempt SET outcome = 'absent'")
    assert receive(pc, ticket, executed_late(firm, held)) == -1
    are_once(firm, payments)
    for payment in payments:
        shown = firm.payment(payment)
        assert shown.rejection is None
        assert shown.note is None
        assert shown.deleted_at is None  # it is shown again
        assert shown.history[-1].note == notes.LATE_ANSWER
        assert [attempt["outcome"] for attempt in firm.attempts(payment)] == ["posted"]
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert session.status == "Nothing to post."
    are_once(firm, payments)


@pytest.mark.parametrize("since", SINCE)
def test_a_late_refusal_moves_nothing_whatever_has_become_of_the_payment(
    firm: Firm, since: str
) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    ticket, held = given_up(firm, pc)
    for payment in payments:
        set_columns(firm, payment, since)
    answer = executed_late(firm, held)
    for late in (edited(answer, refused(code)) for code in ("3120", "3231", "3175", "3260", "1")):
        is_untouched(firm, partial(receive, pc, ticket, late))
    for hresult in ("0x80040400", "0x8004040D"):
        is_untouched(firm, partial(receive, pc, ticket, "", hresult=hresult))


@pytest.mark.parametrize("since", SINCE)
def test_a_late_answer_that_comes_twice(firm: Firm, since: str) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    pc.transport = post = Postman(pc.transport)
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    post.hold_back("receiveResponseXML", "ReceivePaymentAddRs")
    session.finish()
    firm.clock.move(seconds=A_NIGHT_S)
    close(pc, sign_in(pc)[0])
    for payment in payments:
        set_columns(firm, payment, since)
    letters = list(post.kept)
    assert post.deliver() == [-1]
    are_once(firm, payments)
    post.kept = letters * 2
    is_untouched(firm, post.deliver)


# To the first attempt, while a second one is out


@pytest.fixture
def out_twice(opened: Callable[..., Firm]) -> tuple[Firm, WebConnector, Session, str, str]:
    """Two payments are out a second time, and a third one waits behind them.

    QuickBooks did not have them; what it carries out now is the first message set. Gives the
    session of the second, the ticket of the first and the answer to it.
    """
    firm = opened(message_set_max=2)
    pc = firm.pc()
    some_payments(firm, 3)
    ticket, held = given_up(firm, pc)
    again = pc.begin()
    again.take("ReceivePaymentAdd")
    return firm, pc, again, ticket, executed_late(firm, held)


def extras(firm: Firm) -> list[tuple[str, str]]:
    """List the receipts that are one too many: the payment whose second each is, and the TxnID."""
    rows = firm.rows(
        "SELECT external_id, extra_receipt.txn_id FROM extra_receipt JOIN payment"
        " ON payment.id = payment_id WHERE kind = 'second' ORDER BY payment.id"
    )
    return [(row["external_id"], row["txn_id"]) for row in rows]


PAUSED = f"{office.PAUSED[Kind.SECOND]} See https://pay.example.com/resolve"


def test_the_first_answer_counts_and_the_second_is_one_too_many(
    out_twice: tuple[Firm, WebConnector, Session, str, str],
) -> None:
    firm, pc, again, ticket, answer = out_twice
    receive(pc, ticket, answer)
    assert list(firm.statuses().values()) == ["posted", "posted", "queued"]
    first = [firm.payment(payment).txn_id for payment in firm.queued[:2]]
    again.finish()  # and now QuickBooks carries the second set out as well
    assert [firm.payment(payment).txn_id for payment in firm.queued[:2]] == first
    seconds = [receipt.txn_id for receipt in firm.books.payments()[2:]]
    assert extras(firm) == list(zip(firm.queued, seconds, strict=False))
    # Posting pauses at once, and stays so: the third payment is not sent.
    assert numbers_sent(again)[1:] == []
    assert again.status == PAUSED
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert session.status == PAUSED
    assert numbers_sent(session) == []
    assert firm.payment(firm.queued[2]).status == "queued"
    for payment in firm.queued[:2]:
        assert [attempt["outcome"] for attempt in firm.attempts(payment)] == ["posted", "posted"]


def test_the_first_answer_comes_when_the_second_was_taken(
    out_twice: tuple[Firm, WebConnector, Session, str, str],
) -> None:
    """It comes between two message sets of the session that goes on: that one stops as well."""
    firm, pc, again, ticket, answer = out_twice
    while again.step() != "receiveResponseXML":
        pass
    assert list(firm.statuses().values()) == ["posted", "posted", "queued"]
    second = [firm.payment(payment).txn_id for payment in firm.queued[:2]]
    receive(pc, ticket, answer)
    assert [firm.payment(payment).txn_id for payment in firm.queued[:2]] == second
    assert [name for name, _ in extras(firm)] == firm.queued[:2]
    again.finish()
    assert numbers_sent(again)[1:] == []
    assert PAUSED in again.status
    assert firm.payment(firm.queued[2]).status == "queued"


@pytest.mark.parametrize("trigger", [close, send, last_error])
def test_the_second_answer_is_late_as_well(
    out_twice: tuple[Firm, WebConnector, Session, str, str],
    trigger: Callable[[WebConnector, str], str],
) -> None:
    firm, pc, again, ticket, answer = out_twice
    receive(pc, ticket, answer)
    trigger(pc, again.ticket)
    receive(pc, again.ticket, executed_late(firm, again.held))
    assert [name for name, _ in extras(firm)] == firm.queued[:2]
    for payment in firm.queued[:2]:
        moves = [event.to_status for event in firm.payment(payment).history]
        assert moves == ["queued", "sent", "in_doubt", "queued", "sent", "posted"]
    is_untouched(firm, partial(receive, pc, ticket, answer))


def test_the_second_answer_never_comes(
    out_twice: tuple[Firm, WebConnector, Session, str, str],
) -> None:
    """The list of payments received shows the second ones."""
    firm, pc, again, ticket, answer = out_twice
    receive(pc, ticket, answer)
    again.execute()
    again.power_cut()
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert session.status == PAUSED
    assert [name for name, _ in extras(firm)] == firm.queued[:2]


@pytest.mark.parametrize("code", [3120, 3231, 3260])
def test_the_second_is_refused(
    out_twice: tuple[Firm, WebConnector, Session, str, str], code: int
) -> None:
    """What is posted stays posted, and nobody is told of a payment that needs him."""
    firm, pc, again, ticket, answer = out_twice
    receive(pc, ticket, answer)
    firm.books.refuse_next("ReceivePaymentAdd", code=code, message="No.", times=2)
    again.finish()
    are_once(firm, firm.queued[:2])
    assert "need" not in again.status
    assert extras(firm) == []


def test_a_takeover_writes_nothing_into_the_history_of_what_is_posted(
    out_twice: tuple[Firm, WebConnector, Session, str, str],
) -> None:
    """One of the two is known to be posted when the set is given up; the other falls in doubt."""
    firm, pc, again, ticket, answer = out_twice
    root = etree.fromstring(answer.encode())
    del root[0][1]
    receive(pc, ticket, etree.tostring(root, encoding="unicode"))
    known, unknown, _ = firm.queued
    before = firm.payment(known).history
    close(pc, again.ticket)
    assert firm.payment(known).history == before
    assert firm.payment(unknown).history[-1].to_status == "in_doubt"


# What it shows is known, and gone again


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "set to 0.00"])
def test_a_copy_of_an_old_answer_does_not_bring_back_what_is_gone(
    firm: Firm, *, is_deleted: bool
) -> None:
    pc = firm.pc()
    (payment,) = some_payments(firm, 1)
    session = update(pc)
    copy = partial(receive, pc, session.ticket, session.message_sets[-1][1])
    (receipt,) = receipts(firm, payment)
    firm.clock.move(seconds=A_NIGHT_S)
    if is_deleted:
        firm.books.delete_payment(receipt.txn_id)
    else:
        firm.books.change_payment(receipt.txn_id, amount="0.00")
    update(pc)
    assert firm.payment(payment).status == "reversed"
    is_untouched(firm, copy)
    # Nor when a person has re-opened it; it is posted anew.
    set_columns(firm, payment, "status = 'queued', posted_at = NULL")
    is_untouched(firm, copy)
    assert fair_update(firm, pc).status == "1 payment posted"
    assert executed(firm, payment) == 2
    assert [each.total for each in receipts(firm, payment) if each.total] == [100]
    is_untouched(firm, copy)
    assert firm.rows("SELECT id FROM extra_receipt") == []


def test_a_late_answer_about_what_is_known_to_be_deleted(firm: Firm) -> None:
    """Its answer was lost, and somebody deleted it: a person was asked, and is asked still."""
    pc = firm.pc()
    (payment,) = some_payments(firm, 1)
    session, answer = lost_answer(firm, pc)
    close(pc, session.ticket)
    (receipt,) = receipts(firm, payment)
    firm.books.delete_payment(receipt.txn_id)
    firm.clock.move(seconds=A_NIGHT_S)
    update(pc)
    shown = firm.payment(payment)
    assert shown.status == "rejected"
    assert shown.rejection is not None
    assert shown.rejection.cause == "possible_duplicate"
    receive(pc, session.ticket, answer)
    assert firm.payment(payment) == shown
    assert [attempt["outcome"] for attempt in firm.attempts(payment)] == ["posted"]
    is_untouched(firm, partial(receive, pc, session.ticket, answer))


# At the same moment


WAITS_FOR_A_ROW = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def test_somebody_moves_a_payment_while_its_answer_is_taken(firm: Firm) -> None:
    """Another ticket's late answer is written down at that moment: this one is read once more."""
    if firm.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    pc = firm.pc()
    payments = some_payments(firm, 2)
    session, answer = lost_answer(firm, pc)
    with (
        second_connection(firm) as elsewhere,
        elsewhere.connect() as db,
        ThreadPoolExecutor(1) as thread,
    ):
        db.exec_driver_sql(
            "UPDATE payment SET status = 'posted', txn_id = '77-1' WHERE external_id = 'web-1'"
        )
        percent = thread.submit(receive, pc, session.ticket, answer)
        while not firm.rows(WAITS_FOR_A_ROW):
            assert not percent.done()
        db.commit()
        assert percent.result() == 100
    assert firm.statuses() == dict.fromkeys(payments, "posted")
    assert firm.payment(payments[0]).txn_id == "77-1"
    assert extras(firm) == [(payments[0], receipts(firm, payments[0])[0].txn_id)]
