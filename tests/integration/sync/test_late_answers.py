"""Late answers are evidence: what they show as recorded is posted, and they move nothing else."""

from collections.abc import Callable
from functools import partial

import pytest
from lxml import etree

from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.web_connector import Session, WebConnector
from tests.integration.sync.firm import (
    Firm,
    close,
    last_error,
    play,
    play_until,
    receive,
    requests,
    send,
    sent,
    sign_in,
    tampered,
    until_payments_are_out,
    update,
)

CUSTOMER = "Café Belém"
A_NIGHT_S = 12 * 3600


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
    assert play(taking_over).status == "1 payment posted"
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
    assert play(later).status == "1 payment posted"
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
    assert receive(pc, session.ticket, answer) == 100
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
