"""Is it there already? The payments received are read to the end before anything is posted."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree

from scripts.simulate.quickbooks.company_file import Missing
from scripts.simulate.web_connector import Session, WebConnector
from tests.integration.sync.firm import Firm, play, play_until, requests, sent, update
from tests.integration.sync.losses import (
    Edit,
    act,
    company,
    edited,
    executed,
    extras,
    give_another_id,
    go_back,
    lose_payments,
    lose_the_answers,
    refuse,
    remember,
    say_twice,
    stand_once,
    take_out,
    trail,
    wrote,
)

CUSTOMER = "Café Belém"
OTHER = "Zoë Lindqvist"
NOT_LISTED = "QuickBooks did not list the payments it has"


@pytest.fixture(autouse=True)
def _books(firm: Firm) -> None:
    furnish(firm)


def furnish(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)
    firm.books.add_customer(OTHER)
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2118")


KINDS: dict[str, tuple[str, str | None]] = {
    "on account": ("25.00", None),
    "in part": ("312.50", "200.00"),
    "in full": ("88.00", "88.00"),
}


def pay(firm: Firm, kind: str) -> str:
    """Queue a payment: on account, of which a part is applied, or in full."""
    amount, applied = KINDS[kind]
    apply = [{"invoice": {"number": "2118"}, "amount": applied}] if applied else []
    return firm.pay(CUSTOMER, amount, apply)


def some(firm: Firm) -> list[str]:
    """Queue one of each kind."""
    return [pay(firm, kind) for kind in KINDS]


def send_in_again(firm: Firm, payments: list[str]) -> list[str]:
    """Let the payment site send in again what we have lost: the newest ones."""
    assert firm.queued[-len(payments) :] == payments
    del firm.queued[-len(payments) :]
    again = some(firm)
    assert again == payments
    return again


def cause(firm: Firm, payment: str) -> str:
    """Say why a payment was rejected."""
    rejection = firm.payment(payment).rejection
    assert rejection, firm.payment(payment)
    return rejection.cause


# Our database was restored, or a standby lost the last commits


@pytest.mark.parametrize("keeps_guid", [True, False])
def test_a_database_from_before_the_payments_came(firm: Firm, keeps_guid: bool) -> None:  # noqa: FBT001
    """The payment site sends them in again, since it has not heard that they are posted."""
    firm.books.behaviour.keeps_external_guid = keeps_guid
    pc = firm.pc()
    old = some(firm)
    update(pc)
    backup = remember(firm)
    payments = some(firm)
    assert update(pc).status == "3 payments posted"
    firm.clock.move(days=2)

    go_back(firm, backup)
    send_in_again(firm, payments)
    new = firm.pay(CUSTOMER, "4.00")
    session = update(pc)
    assert session.status == "4 payments posted"
    assert wrote(session) == ["ReceivePaymentAdd"]
    stand_once(firm, *old, *payments, new)
    assert [trail(firm, payment) for payment in payments] == [["queued", "posted"]] * 3
    assert extras(firm) == []


@pytest.mark.parametrize("keeps_guid", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_a_database_from_before_they_were_sent(firm: Firm, keeps_guid: bool, first: bool) -> None:  # noqa: FBT001
    """Also from the first day, when nothing was ever read."""
    firm.books.behaviour.keeps_external_guid = keeps_guid
    pc = firm.pc()
    if not first:
        firm.pay(CUSTOMER, "1.00")
        update(pc)
    payments = some(firm)
    backup = remember(firm)
    assert update(pc).status == "3 payments posted"
    firm.clock.move(days=2)

    go_back(firm, backup)
    session = update(pc)
    assert session.status == "3 payments posted"
    assert wrote(session) == []
    stand_once(firm, *payments)


@pytest.mark.parametrize("keeps_guid", [True, False])
@pytest.mark.parametrize("was_executed", [True, False])
def test_a_database_from_while_they_were_out(
    firm: Firm,
    keeps_guid: bool,  # noqa: FBT001
    was_executed: bool,  # noqa: FBT001
) -> None:
    """In it a session is open that was over long ago."""
    firm.books.behaviour.keeps_external_guid = keeps_guid
    pc = firm.pc()
    payments = some(firm)
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    backup = remember(firm)
    if was_executed:
        session.finish()
        stand_once(firm, *payments)
    else:
        session.power_cut()
    firm.clock.move(days=2)

    go_back(firm, backup)
    later = update(pc)
    assert later.status == "3 payments posted"
    assert wrote(later) == ([] if was_executed else ["ReceivePaymentAdd"] * 3)
    stand_once(firm, *payments)


@pytest.mark.parametrize("keeps_guid", [True, False])
def test_a_database_in_which_they_are_in_doubt(firm: Firm, keeps_guid: bool) -> None:  # noqa: FBT001
    firm.books.behaviour.keeps_external_guid = keeps_guid
    pc = firm.pc()
    payments = some(firm)
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    firm.clock.move(minutes=11)
    update(pc)
    assert set(firm.statuses().values()) == {"in_doubt"}
    backup = remember(firm)
    firm.clock.move(hours=1)
    assert update(pc).status == "3 payments posted"
    firm.clock.move(days=2)

    go_back(firm, backup)
    assert wrote(update(pc)) == []
    stand_once(firm, *payments)


def test_a_database_from_before_they_were_deleted_in_quickbooks(firm: Firm) -> None:
    """They were posted and deleted since; nothing brings them back but a person."""
    pc = firm.pc()
    payments = some(firm)
    backup = remember(firm)
    update(pc)
    for payment in payments:
        firm.books.delete_payment(str(firm.payment(payment).txn_id))
    firm.clock.move(days=2)
    update(pc)
    assert set(firm.statuses().values()) == {"reversed"}

    go_back(firm, backup)
    session = update(pc)
    assert wrote(session) == []
    assert [cause(firm, payment) for payment in payments] == ["possible_duplicate"] * 3
    assert [executed(firm, payment) for payment in payments] == [1, 1, 1]


def test_a_database_from_before_they_were_set_to_zero(firm: Firm) -> None:
    pc = firm.pc()
    payments = some(firm)
    backup = remember(firm)
    update(pc)
    for payment in payments:
        firm.books.change_payment(str(firm.payment(payment).txn_id), amount="0.00")
    firm.clock.move(days=2)

    go_back(firm, backup)
    assert wrote(update(pc)) == []
    assert set(firm.statuses().values()) == {"reversed"}
    assert [trail(firm, each) for each in payments] == [["queued", "posted", "reversed"]] * 3


def test_a_database_restored_twice_to_different_days(firm: Firm) -> None:
    """Each time some payments are forgotten, and some sent in again."""
    pc = firm.pc()
    first = remember(firm)
    monday = some(firm)
    update(pc)
    second = remember(firm)
    firm.clock.move(days=1)
    tuesday = some(firm)
    update(pc)
    firm.clock.move(days=1)
    go_back(firm, second)
    send_in_again(firm, tuesday)
    assert wrote(update(pc)) == []
    stand_once(firm, *monday, *tuesday)
    go_back(firm, first)
    del firm.queued[:]
    assert some(firm) + some(firm) == [*monday, *tuesday]
    assert wrote(update(pc)) == []
    stand_once(firm, *monday, *tuesday)
    assert firm.books.executed_adds.total() == 6


def test_all_is_lost_and_the_site_sends_in_everything_again(firm: Firm) -> None:
    """Before the next sync nobody misses anything."""
    pc = firm.pc()
    payments = some(firm)
    update(pc)
    firm.clock.move(days=40)
    lose_payments(firm)
    send_in_again(firm, payments)
    assert wrote(update(pc)) == []
    stand_once(firm, *payments)
    assert extras(firm) == []


def test_a_number_edited_before_all_was_lost(firm: Firm) -> None:
    """The sync reads it while nobody knows whose it is, and its GUID tells later."""
    pc = firm.pc()
    payments = some(firm)
    update(pc)
    for number, payment in enumerate(payments):
        firm.books.change_payment(str(firm.payment(payment).txn_id), number=f"100{number}")
    lose_payments(firm)
    assert update(pc).status == "Nothing to post."
    firm.books.receive_by_hand(OTHER, amount="1.00")
    for _ in range(2):  # and the reading goes on
        firm.clock.move(days=3)
        firm.books.receive_by_hand(OTHER, amount="1.00")
        update(pc)
    send_in_again(firm, payments)
    for _ in range(3):
        assert wrote(update(pc)) == []
        firm.clock.move(hours=3)
    stand_once(firm, *payments)


def test_a_receipt_seen_long_ago_that_is_gone_without_a_trace(firm: Firm) -> None:
    """QuickBooks is asked before such a payment is called posted."""
    pc = firm.pc()
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    payments = some(firm)
    update(pc)
    lose_payments(firm)
    for receipt in firm.books.payments():
        firm.books.change_payment(receipt.txn_id, number="7")
    update(pc)  # told of them, and they look like nobody's
    for receipt in firm.books.payments():
        firm.books.delete_payment(receipt.txn_id)
    firm.books.deletions.clear()
    firm.clock.move(days=100)
    send_in_again(firm, payments)
    for _ in range(2):
        update(pc)
        firm.clock.move(hours=1)
    # Gone is gone: they are posted now, and known as that.
    assert set(firm.statuses().values()) == {"posted"}
    standing = {receipt.txn_id for receipt in firm.books.payments()}
    assert {firm.payment(payment).txn_id for payment in payments} == standing


# The list, page by page


@pytest.fixture
def paged(opened: Callable[..., Firm]) -> Firm:
    """A firm whose lists come two at a time."""
    firm = opened(import_page_size=2)
    furnish(firm)
    return firm


def pages(session: Session) -> list[etree._Element]:
    """List the requests for a page of the payments received."""
    asked = [node for some in sent(session, "ReceivePaymentQuery") for node in some]
    return [node for node in asked if node.get("iterator")]


@pytest.mark.parametrize(("before", "keeps_guid"), [(0, True), (1, False), (4, True), (7, False)])
def test_a_receipt_on_the_last_page_counts(paged: Firm, keeps_guid: bool, before: int) -> None:  # noqa: FBT001
    paged.books.behaviour.keeps_external_guid = keeps_guid
    for number in range(before):
        paged.books.receive_by_hand(OTHER, amount=f"{number + 1}.00")
    pc = paged.pc()
    payments = some(paged)
    backup = remember(paged)
    update(pc)
    paged.clock.move(days=2)
    go_back(paged, backup)
    session = update(pc)
    assert session.status == "3 payments posted"
    assert wrote(session) == []
    stand_once(paged, *payments)
    asked = pages(session)
    assert len(asked) == (before + 3 + 1) // 2
    assert [node.get("iterator") for node in asked] == ["Start"] + ["Continue"] * (len(asked) - 1)
    questions = {etree.tostring(etree.ETXPath("./*[1]")(node)[0]) for node in asked}
    assert len(questions) == 1


def test_the_next_sync_reads_from_where_the_last_one_ended(paged: Firm) -> None:
    for number in range(9):
        paged.books.receive_by_hand(OTHER, amount=f"{number + 1}.00")
        paged.clock.move(hours=3)
    pc = paged.pc()
    assert len(pages(update(pc))) == 5
    assert len(pages(update(pc))) == 1
    paged.books.receive_by_hand(OTHER, amount="50.00")
    session = update(pc)
    (node,) = pages(session)
    since = node.findtext("ModifiedDateRangeFilter/FromModifiedDate")
    assert since == (paged.books.wall_clock(paged.clock.now) - timedelta(hours=4)).isoformat()


def test_sync_from_does_not_bound_the_list(firm: Firm) -> None:
    pc = firm.pc()
    payments = some(firm)
    backup = remember(firm)
    update(pc)
    go_back(firm, backup)
    firm.clock.move(days=2)
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-11-22"})
    assert wrote(update(pc)) == []
    stand_once(firm, *payments)


def is_a_page(node: etree._Element) -> bool:
    return node.tag == "ReceivePaymentQueryRs" and "iteratorRemainingCount" in node.attrib


def write(name: str, value: str | None) -> Edit:
    """Set an attribute, or take it away."""

    def edit(node: etree._Element) -> None:
        node.attrib.pop(name, None)
        if value is not None:
            node.set(name, value)

    return edit


NOT_TO_THE_END: dict[str, Edit] = {
    "it never becomes less": write("iteratorRemainingCount", "5"),
    "it becomes more": lambda node: node.set(
        "iteratorRemainingCount", str(9 - int(node.get("iteratorRemainingCount", "0")))
    ),
    "no count on a full page": write("iteratorRemainingCount", None),
    "a count that is none": write("iteratorRemainingCount", "many"),
    "less than nothing": write("iteratorRemainingCount", "-1"),
    "an entry is lacking": lambda node: take_out(node[0]) if len(node) else None,
    "no page": take_out,
    "the page twice": say_twice,
    "the page of another": give_another_id,
    "the iterator is over": refuse("3391", "The iteratorID is not valid."),
    "nothing was done": refuse("3231", "The request has not been processed."),
    "no status": write("statusCode", ""),
    "a status of its own": write("statusCode", "4711"),
    "it was not completed": refuse("500", "The query request has not been fully completed."),
    "a warning without a row": refuse("530", "Something about it deserves a look."),
    "a warning with its rows": write("statusCode", "530"),
    "no permission": refuse("3260", "Insufficient permission level to perform this action."),
}


def test_a_list_that_was_not_told_to_its_end(paged: Firm) -> None:
    for number in range(5):
        paged.books.receive_by_hand(OTHER, amount=f"{number + 1}.00")
    payments = some(paged)
    pc = paged.pc()
    line = pc.transport
    for why, edit in NOT_TO_THE_END.items():
        pc.transport = edited(line, is_a_page, edit)
        session = update(pc)
        assert session.status.startswith(NOT_LISTED), why
        assert "Nothing was written." in session.status
        assert len(pages(session)) <= 2 * 3  # it is begun once more, and no third time
        assert wrote(session) == []
        assert set(paged.statuses().values()) == {"queued"}
    pc.transport = line
    assert update(pc).status == "3 payments posted"
    stand_once(paged, *payments)


@pytest.mark.parametrize(("place", "pages_read"), [(2, 2), (4, 3)])
def test_a_payment_that_is_deleted_while_the_list_is_read(
    paged: Firm, place: int, pages_read: int
) -> None:
    """The pages no longer add up, so the list is read once more, and the payments are posted."""
    typed = [paged.books.receive_by_hand(OTHER, amount=f"{number + 1}.00") for number in range(5)]
    payments = some(paged)
    session = play_until(paged.pc().begin(), 'iterator="Continue"')
    paged.books.delete_payment(typed[place])
    play(session)
    assert session.status == "3 payments posted"
    assert [node.get("iterator") for node in pages(session)] == [
        *("Start", "Continue", "Continue")[:pages_read],
        *("Start", "Continue"),
    ]
    stand_once(paged, *payments)


def test_what_stands_there_counts_when_the_list_is_read_once_more(paged: Firm) -> None:
    """Another one is deleted meanwhile: ours, which we know nothing of, are not sent again."""
    pc = paged.pc()
    payments = some(paged)
    backup = remember(paged)
    update(pc)
    go_back(paged, backup)
    typed = paged.books.receive_by_hand(OTHER, amount="1.00")
    session = play_until(pc.begin(), 'iterator="Continue"')
    paged.books.delete_payment(typed)
    play(session)
    assert wrote(session) == []
    assert set(paged.statuses().values()) == {"posted"}
    stand_once(paged, *payments)


def test_a_list_without_an_iterator_to_follow(paged: Firm) -> None:
    for number in range(5):
        paged.books.receive_by_hand(OTHER, amount=f"{number + 1}.00")
    payments = some(paged)
    pc = paged.pc()
    line = pc.transport
    for iterator_id in (None, "", "x" * 60, "two words", "a\tb"):
        pc.transport = edited(
            line,
            lambda node: is_a_page(node) and node.get("iteratorID") is not None,
            write("iteratorID", iterator_id),
        )
        session = update(pc)
        assert session.status.startswith(NOT_LISTED)
        assert wrote(session) == []
    pc.transport = line
    assert update(pc).status == "3 payments posted"
    stand_once(paged, *payments)


def test_what_was_told_before_the_list_broke_off_is_known(paged: Firm) -> None:
    """A receipt that was shown is shown; only what was not shown proves nothing."""
    pc = paged.pc()
    payments = some(paged)
    backup = remember(paged)
    update(pc)
    go_back(paged, backup)
    line = pc.transport
    pc.transport = edited(
        line, lambda node: node.get("iteratorRemainingCount") == "0", refuse("3391")
    )
    session = update(pc)
    assert NOT_LISTED in session.status
    assert sorted(paged.statuses().values()) == ["posted", "posted", "queued"]
    pc.transport = line
    assert wrote(update(pc)) == []
    stand_once(paged, *payments)


def test_what_was_to_be_asked_for_is_settled_by_a_person_meanwhile(
    opened: Callable[..., Firm],
) -> None:
    """The list is read, one look-up is left, and then none is."""
    firm = opened(import_page_size=1)
    furnish(firm)
    pc = firm.pc()
    first, second = pay(firm, "on account"), pay(firm, "in part")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    firm.clock.move(hours=1)
    by_hand = firm.books.receive_by_hand(CUSTOMER, amount="312.50")
    session = pc.begin()
    while firm.payment(first).reference not in session.held:
        assert session.step()
    session.step()
    act(firm, second, "settle_posted", txn_id=by_hand)
    session.finish()
    assert session.status == "1 payment posted"
    stand_once(firm, first)
    assert firm.payment(second).txn_id == by_hand
    assert executed(firm, second) == 0


# A receipt that the bookkeeper has edited before the answer was looked for


EDITS: dict[str, dict[str, Any]] = {
    "the number": {"number": "1001"},
    "no number": {"number": ""},
    "the amount": {"amount": "26.00"},
    "the customer": {"customer": OTHER},
    "the date": {"date": date(2026, 11, 2)},
    "everything": {
        "number": "1001",
        "amount": "26.00",
        "customer": OTHER,
        "date": date(2026, 11, 2),
    },
}


def edited_after_a_lost_answer(
    firm: Firm, kind: str, edit: dict[str, Any]
) -> tuple[str, WebConnector]:
    pc = firm.pc()
    update(pc)
    payment = pay(firm, kind)
    lose_the_answers(pc)
    firm.clock.move(minutes=30)
    (receipt,) = firm.books.payments()
    firm.books.change_payment(receipt.txn_id, **edit)
    firm.clock.move(minutes=30)
    return payment, pc


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_receipt_edited_after_a_lost_answer_is_known_by_its_guid(
    firm: Firm, edit: dict[str, Any]
) -> None:
    payment, pc = edited_after_a_lost_answer(firm, "in part", edit)
    session = update(pc)
    assert session.status == "1 payment posted"
    assert wrote(session) == []
    (receipt,) = firm.books.payments()
    assert firm.payment(payment).txn_id == receipt.txn_id
    assert update(pc).status == "Nothing to post."
    assert executed(firm, payment) == 1


@pytest.mark.parametrize(
    "edit", ["the number", "no number", "the amount", "the customer", "the date"]
)
def test_without_its_guid_a_person_decides(firm: Firm, edit: str) -> None:
    """What cannot be told apart is not posted a second time by itself."""
    firm.books.behaviour.keeps_external_guid = False
    payment, pc = edited_after_a_lost_answer(firm, "on account", EDITS[edit])
    for _ in range(3):
        assert wrote(update(pc)) == []
        assert executed(firm, payment) == 1
        firm.clock.move(hours=2)
    (receipt,) = firm.books.payments()
    shown = firm.payment(payment)
    if edit == "the date":
        assert shown.status == "posted"
    else:
        assert shown.status == "in_doubt"
        assert "Please look whether it is this one." in (shown.note or "")
        act(firm, payment, "settle_posted", txn_id=receipt.txn_id)
        assert wrote(update(pc)) == []
    assert firm.payment(payment).txn_id == receipt.txn_id
    assert executed(firm, payment) == 1


def test_without_guids_a_person_may_say_that_it_is_not_there(firm: Firm) -> None:
    """An entry by hand of the same amount was another payment, and ours was never written."""
    firm.books.behaviour.keeps_external_guid = False
    pc = firm.pc()
    payment = pay(firm, "on account")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    firm.clock.move(hours=1)
    firm.books.receive_by_hand(CUSTOMER, amount="25.00", number="5512")
    assert wrote(update(pc)) == []
    assert firm.payment(payment).status == "in_doubt"
    act(firm, payment, "settle_not_posted")
    assert wrote(update(pc)) == []  # asked once more, and there is what is like it
    assert cause(firm, payment) == "possible_duplicate"
    act(firm, payment, "post_anyway")
    assert update(pc).status == "1 payment posted"
    stand_once(firm, payment)


@pytest.mark.parametrize("edit", ["the number", "no number"])
@pytest.mark.parametrize("kind", KINDS)
def test_without_guids_a_changed_number_and_a_database_from_before_it_was_sent(
    firm: Firm, kind: str, edit: str
) -> None:
    """Nothing tells that it ever left; what stands there is like it, and a person looks."""
    firm.books.behaviour.keeps_external_guid = False
    pc = firm.pc()
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    payment = pay(firm, kind)
    backup = remember(firm)
    update(pc)
    firm.clock.move(hours=20)
    txn_id = firm.books.payments()[-1].txn_id
    firm.books.change_payment(txn_id, **EDITS[edit])
    firm.clock.move(days=3)

    go_back(firm, backup)
    for _ in range(2):
        assert wrote(update(pc)) == []
        firm.clock.move(hours=5)
    assert cause(firm, payment) == "possible_duplicate"
    shown = firm.payment(payment).rejection
    assert shown is not None
    assert "under another number" in shown.summary
    assert shown.evidence[0]["txn_id"] == txn_id
    assert executed(firm, payment) == 1
    act(firm, payment, "dismiss")
    assert update(pc).status == "Nothing to post."
    assert executed(firm, payment) == 1


def test_without_guids_an_older_entry_of_the_same_amount_is_no_reason(firm: Firm) -> None:
    """Monthly dues: the month before is not this month."""
    firm.books.behaviour.keeps_external_guid = False
    pc = firm.pc()
    firm.books.receive_by_hand(CUSTOMER, amount="25.00", number="5511", date=date(2026, 10, 20))
    firm.clock.move(days=30)
    firm.books.receive_by_hand(OTHER, amount="25.00", number="5512")
    update(pc)
    firm.clock.move(hours=2)
    payment = pay(firm, "on account")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    firm.clock.move(hours=1)
    firm.books.receive_by_hand(OTHER, amount="25.00", number="5513")
    assert update(pc).status == "1 payment posted"
    stand_once(firm, payment)


def test_without_guids_two_payments_alike_are_not_taken_for_each_other(firm: Firm) -> None:
    firm.books.behaviour.keeps_external_guid = False
    pc = firm.pc()
    payments = [pay(firm, "on account") for _ in range(3)]
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut(after=2)
    firm.clock.move(hours=1)
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *payments)


@pytest.mark.parametrize("is_posted", [True, False])
def test_without_guids_an_entry_that_got_the_number_of_another_payment(
    firm: Firm,
    is_posted: bool,  # noqa: FBT001
) -> None:
    """The bookkeeper has swapped numbers: one entry is not two payments, nor one too many."""
    firm.books.behaviour.keeps_external_guid = False
    pc = firm.pc()
    first = pay(firm, "on account")
    update(pc)
    second = pay(firm, "on account")
    if is_posted:
        update(pc)
    else:
        session = pc.begin()
        session.take("ReceivePaymentAdd")
        session.power_cut()
    firm.clock.move(hours=12)
    entry = str(firm.payment(first).txn_id)
    firm.books.change_payment(entry, number=firm.payment(second).reference)
    for _ in range(2):
        assert wrote(update(pc)) == []
        firm.clock.move(hours=1)
    assert firm.payment(first).txn_id == entry
    assert firm.payment(second).status == ("posted" if is_posted else "in_doubt")
    assert firm.payment(second).txn_id != entry
    assert firm.rows("SELECT id FROM extra_receipt") == []
    assert firm.services.verify.company(firm.company_id).holds


def test_a_word_given_before_it_was_sent_does_not_count_after(firm: Firm) -> None:
    """ "They are two: post it" was said of another entry; the answer that is lost is our own."""
    firm.books.behaviour.keeps_external_guid = False
    pc = firm.pc()
    update(pc)
    payment = pay(firm, "in part")
    number = firm.payment(payment).reference
    firm.books.receive_by_hand(CUSTOMER, amount="99.00", number=number)
    assert wrote(update(pc)) == []
    assert cause(firm, payment) == "possible_duplicate"
    act(firm, payment, "post_anyway")
    lose_the_answers(pc)
    for _ in range(3):
        firm.clock.move(hours=2)
        assert wrote(update(pc)) == []
        assert executed(firm, payment) == 1


# An entry typed in by hand under our number


def test_typed_in_by_hand_where_guids_are_kept(firm: Firm) -> None:
    """It is offered for linking; it is never ours, and never a reason to pause."""
    pc = firm.pc()
    first = pay(firm, "on account")
    update(pc)
    assert company(firm)["keeps_guid"]
    payment = pay(firm, "in part")
    number = firm.payment(payment).reference
    txn_id = firm.books.receive_by_hand(CUSTOMER, amount="312.50", number=number)
    new = pay(firm, "in full")
    session = update(pc)
    assert session.status.startswith("1 payment posted, 1 needs you")
    rejection = firm.payment(payment).rejection
    assert rejection is not None
    assert rejection.cause == "paid_in_quickbooks"
    assert rejection.evidence[0]["txn_id"] == txn_id
    assert rejection.evidence[0]["amount"] == "312.50"
    assert extras(firm) == []
    stand_once(firm, first, new)
    assert executed(firm, payment) == 0
    act(firm, payment, "post_anyway")
    assert update(pc).status == "1 payment posted"
    stand_once(firm, payment)
    assert update(pc).status == "Nothing to post."
    assert extras(firm) == []


def test_typed_in_by_hand_before_anything_was_posted(firm: Firm) -> None:
    """Whether GUIDs are kept is not known yet, so it is taken for ours: never the money twice."""
    payment = pay(firm, "in part")
    number = firm.payment(payment).reference
    txn_id = firm.books.receive_by_hand(CUSTOMER, amount="312.50", number=number.lower())
    pc = firm.pc()
    session = update(pc)
    assert session.status == "1 payment posted"
    assert wrote(session) == []
    assert firm.payment(payment).txn_id == txn_id
    assert executed(firm, payment) == 0


@pytest.mark.parametrize(
    ("keeps_guid", "reading"), [(True, Missing.OTHER_ROWS), (False, Missing.SILENT)]
)
def test_typed_in_by_hand_while_it_was_in_doubt(
    firm: Firm,
    keeps_guid: bool,  # noqa: FBT001
    reading: Missing,
) -> None:
    firm.books.behaviour.keeps_external_guid = keeps_guid
    firm.books.behaviour.missing = reading
    pc = firm.pc()
    pay(firm, "on account")
    update(pc)
    payment = pay(firm, "in part")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    number = firm.payment(payment).reference
    txn_id = firm.books.receive_by_hand(CUSTOMER, amount="312.50", number=number)
    firm.clock.move(hours=1)
    assert wrote(update(pc)) == []
    if keeps_guid:
        assert cause(firm, payment) == "paid_in_quickbooks"
    else:
        assert firm.payment(payment).txn_id == txn_id
    assert executed(firm, payment) == 0
    assert extras(firm) == []


@pytest.mark.parametrize("keeps_guid", [True, False])
def test_our_number_on_something_else_is_for_a_person(firm: Firm, keeps_guid: bool) -> None:  # noqa: FBT001
    firm.books.behaviour.keeps_external_guid = keeps_guid
    pc = firm.pc()
    posted = pay(firm, "on account")
    update(pc)
    other_amount, other_customer, twice, other_guid = (pay(firm, "in part") for _ in range(4))
    for payment, customer, amount in (
        (other_amount, CUSTOMER, "312.51"),
        (other_customer, OTHER, "312.50"),
        (twice, CUSTOMER, "312.50"),
        (twice, CUSTOMER, "312.50"),
    ):
        number = firm.payment(payment).reference
        firm.books.receive_by_hand(customer, amount=amount, number=number)
    firm.books.enter_payment(
        customer=firm.books.customer(CUSTOMER),
        ar_account=firm.books.default_ar_account(),
        date=date(2026, 11, 20),
        number=firm.payment(other_guid).reference,
        total=31250,
        method=None,
        deposit_to=firm.books.undeposited_funds(),
        external_guid="{8A2F9D2C-1111-5222-8333-123456789ABC}",
    )
    for _ in range(2):
        assert wrote(update(pc)) == []
        firm.clock.move(hours=1)
    held = [other_amount, other_customer, twice, other_guid]
    causes = {payment: cause(firm, payment) for payment in held}
    if keeps_guid:  # without a GUID of its own, one that is like it was typed in by hand
        assert {causes.pop(other_amount), causes.pop(other_customer)} <= {
            "paid_in_quickbooks",
            "possible_duplicate",
        }
    assert set(causes.values()) == {"possible_duplicate"}
    assert [executed(firm, payment) for payment in held] == [0, 0, 0, 0]
    assert extras(firm) == []
    stand_once(firm, posted)


# Clocks


@pytest.mark.parametrize(
    ("printed", "keeps_guid"), [("+09:00", True), ("-12:00", False), ("Z", True), ("", False)]
)
def test_the_offset_that_quickbooks_prints_is_not_believed(
    firm: Firm,
    printed: str,
    keeps_guid: bool,  # noqa: FBT001
) -> None:
    firm.books.behaviour.keeps_external_guid = keeps_guid
    firm.books.behaviour.printed_offset = printed
    pc = firm.pc()
    pay(firm, "on account")
    update(pc)
    backup = remember(firm)
    lost, restored = pay(firm, "in part"), pay(firm, "in full")
    update(pc)
    firm.clock.move(days=1)
    go_back(firm, backup)
    del firm.queued[-2:]
    assert [pay(firm, "in part"), pay(firm, "in full")] == [lost, restored]
    new = pay(firm, "on account")
    lose_the_answers(pc)
    firm.clock.move(hours=1)
    assert wrote(update(pc)) == []
    stand_once(firm, lost, restored, new)


@pytest.mark.parametrize("hours", [-11, 0, 13])
def test_a_pc_anywhere_on_earth(firm: Firm, hours: int) -> None:
    firm.books.utc_offset = timedelta(hours=hours)
    pc = firm.pc()
    pay(firm, "on account")
    update(pc)
    firm.clock.move(hours=7)
    backup = remember(firm)
    payments = some(firm)
    update(pc)
    firm.clock.move(hours=7)
    go_back(firm, backup)
    send_in_again(firm, payments)
    assert wrote(update(pc)) == []
    stand_once(firm, *payments)


@pytest.mark.parametrize(
    ("change", "keeps_guid"), [(timedelta(hours=-4), False), (timedelta(hours=-6), True)]
)
def test_summer_time_begins_or_ends_while_an_answer_is_lost(
    firm: Firm,
    change: timedelta,
    keeps_guid: bool,  # noqa: FBT001
) -> None:
    """The hour after is called as the hour before, or is left out."""
    firm.books.behaviour.keeps_external_guid = keeps_guid
    pc = firm.pc()
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    update(pc)  # has read up to now
    lost = some(firm)
    lose_the_answers(pc)
    firm.books.utc_offset = change
    firm.clock.move(minutes=20)
    update(pc)
    firm.clock.move(minutes=40)
    assert wrote(update(pc)) == []
    stand_once(firm, *lost)


@pytest.mark.parametrize("edit", [{}, {"number": "1001"}])
def test_our_database_is_restored_across_the_end_of_summer_time(
    firm: Firm, edit: dict[str, Any]
) -> None:
    pc = firm.pc()
    firm.books.utc_offset = timedelta(hours=-4)
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    update(pc)
    backup = remember(firm)
    firm.books.utc_offset = timedelta(hours=-5)  # it is one o'clock again
    firm.clock.move(minutes=5)
    payments = some(firm)
    update(pc)
    for payment in payments:
        if edit:
            firm.books.change_payment(str(firm.payment(payment).txn_id), **edit)
    go_back(firm, backup)
    send_in_again(firm, payments)
    assert wrote(update(pc)) == []
    assert [executed(firm, payment) for payment in payments] == [1, 1, 1]
    assert {firm.payment(payment).status for payment in payments} == {"posted"}


def runs_ahead(firm: Firm, pc: WebConnector, by: timedelta) -> None:
    """Let the PC's clock run ahead for a while, and work be done in the meantime."""
    right = firm.books.utc_offset
    firm.books.utc_offset = right + by
    firm.books.receive_by_hand(OTHER, amount="7.00")
    firm.pay(CUSTOMER, "2.00")
    update(pc)
    firm.books.delete_payment(firm.books.receive_by_hand(OTHER, amount="8.00"))
    update(pc)
    firm.books.utc_offset = right
    firm.clock.move(minutes=10)


AHEAD = [timedelta(hours=3), timedelta(days=400)]


@pytest.mark.parametrize(
    ("by", "edit"), [(AHEAD[0], {"number": "1001"}), (AHEAD[1], {}), (AHEAD[1], {"number": "1001"})]
)
def test_an_answer_lost_after_the_clock_ran_ahead(
    firm: Firm, by: timedelta, edit: dict[str, Any]
) -> None:
    pc = firm.pc()
    update(pc)
    runs_ahead(firm, pc, by)
    payments = some(firm)
    lose_the_answers(pc)
    for receipt in firm.books.payments()[-3:]:
        firm.books.change_payment(receipt.txn_id, **edit)
    firm.clock.move(hours=1)
    assert wrote(update(pc)) == []
    stand_once(firm, *payments)


@pytest.mark.parametrize(("by", "hours"), [(AHEAD[0], 0), (AHEAD[1], 0), (AHEAD[1], 5)])
def test_a_database_restored_after_the_clock_ran_ahead(
    firm: Firm, by: timedelta, hours: int
) -> None:
    """What was written since it was put right lies before what was read while it was wrong."""
    pc = firm.pc()
    update(pc)
    runs_ahead(firm, pc, by)
    firm.clock.move(hours=hours)
    backup = remember(firm)
    payments = some(firm)
    update(pc)
    go_back(firm, backup)
    send_in_again(firm, payments)
    assert wrote(update(pc)) == []
    stand_once(firm, *payments)


@pytest.mark.parametrize("by", AHEAD)
def test_a_payment_deleted_after_the_clock_ran_ahead(firm: Firm, by: timedelta) -> None:
    """At the second look the file is not doubted for it."""
    pc = firm.pc()
    payment = pay(firm, "in part")
    update(pc)
    runs_ahead(firm, pc, by)
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    firm.clock.move(minutes=10)
    update(pc)
    firm.clock.move(minutes=10)
    new = pay(firm, "on account")
    assert update(pc).status == "1 payment posted"
    assert firm.payment(payment).status == "reversed"
    assert company(firm)["books_doubted"] is None
    stand_once(firm, new)


def test_an_old_payment_deleted_after_the_clock_ran_ahead(firm: Firm) -> None:
    """It is no witness any more, so nothing else would tell that it is gone."""
    pc = firm.pc()
    payment = pay(firm, "in part")
    update(pc)
    for number in range(3):
        firm.pay(CUSTOMER, f"{number + 10}.00")
    update(pc)
    runs_ahead(firm, pc, AHEAD[0])
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    firm.clock.move(minutes=10)
    update(pc)
    assert firm.payment(payment).status == "reversed"


def test_a_payment_that_comes_while_the_list_is_read_waits_for_the_next_sync(firm: Firm) -> None:
    """Nothing waited when the reading began, so it began an hour before the mark and no earlier.

    The mark was set by a PC ten hours ahead, and the payment is in QuickBooks already.
    """
    pc = firm.pc()
    update(pc)
    firm.books.clock = lambda: firm.clock.now + timedelta(hours=10)
    firm.books.receive_by_hand(OTHER, amount="3.00")
    firm.books.clock = firm.clock
    update(pc)
    backup = remember(firm)
    payment = pay(firm, "on account")
    update(pc)
    go_back(firm, backup)
    firm.clock.move(hours=1)
    session = pc.begin()
    session.take("ReceivePaymentQuery")
    firm.queued.remove(payment)
    assert pay(firm, "on account") == payment  # just now the site sends it in again
    assert play(session).status == "Nothing to post."
    assert firm.statuses() == {payment: "queued"}
    assert wrote(update(pc)) == []
    stand_once(firm, payment)


def test_pcs_in_two_time_zones(firm: Firm) -> None:
    """Each stamps what it writes by its own clock, and a standby lost the last commits."""
    pcs = {-5: firm.pc("New York"), -8: firm.pc("Los Angeles", primary=False)}
    payments = []
    for hours in (-5, -8, -5, -8):
        firm.books.utc_offset = timedelta(hours=hours)
        payments = some(firm)
        backup = remember(firm)
        assert update(pcs[hours]).status == "3 payments posted"
        go_back(firm, backup)
        assert wrote(update(pcs[hours])) == []
        stand_once(firm, *payments)
        firm.clock.move(minutes=30)


# A payment that was deleted after its answer was lost


@pytest.mark.parametrize(
    ("kind", "keeps_guid", "reading"),
    [
        ("on account", True, Missing.OTHER_ROWS),
        ("in part", True, Missing.SILENT),
        ("on account", False, Missing.EMPTY),
        ("in part", False, Missing.NO_ROWS),
    ],
)
def test_a_payment_deleted_after_a_lost_answer_is_not_brought_back(
    firm: Firm,
    kind: str,
    keeps_guid: bool,  # noqa: FBT001
    reading: Missing,
) -> None:
    firm.books.behaviour.keeps_external_guid = keeps_guid
    firm.books.behaviour.missing = reading
    pc = firm.pc()
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    payment = pay(firm, kind)
    lose_the_answers(pc)
    firm.clock.move(hours=1)
    firm.books.delete_payment(firm.books.payments()[-1].txn_id)
    for _ in range(2):
        assert wrote(update(pc)) == []
        assert cause(firm, payment) == "possible_duplicate"
        firm.clock.move(days=1)
    act(firm, payment, "retry")
    assert wrote(update(pc)) == []  # "again" is not "they are two"
    assert cause(firm, payment) == "possible_duplicate"
    act(firm, payment, "post_anyway")
    assert update(pc).status == "1 payment posted"
    assert executed(firm, payment) == 2
    assert len(firm.books.payments()) == 2
    assert firm.payment(payment).txn_id == firm.books.payments()[-1].txn_id


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_payment_deleted_while_quickbooks_is_asked_for_it(firm: Firm, place: int) -> None:
    """The bookkeeper is faster than the list, whichever request of the set comes first."""
    pc = firm.pc()
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    payment = pay(firm, "in part")
    lose_the_answers(pc)
    firm.clock.move(hours=1)
    txn_id = firm.books.payments()[-1].txn_id

    class Deleting:
        """Delete it before a request of the set that asks for it: the second one."""

        sets = 0

        def before_execute(self, index: int) -> None:
            self.sets += index == 0
            if self.sets == 2 and index == place:
                firm.books.delete_payment(txn_id)

    pc.hook = Deleting()
    session = update(pc)
    pc.hook = None
    assert requests(session.message_sets[0][0], "TxnDeletedQuery")
    assert wrote(session) == []
    assert wrote(update(pc)) == []
    assert executed(firm, payment) == 1
    assert firm.payment(payment).status in ("reversed", "rejected", "posted")
    assert (firm.payment(payment).status == "posted") == (txn_id in firm.books.transactions)


def test_a_late_answer_of_what_was_deleted_since(firm: Firm) -> None:
    """It tells how it was once. What is known since stands, and no file is doubted for it."""
    pc = firm.pc()
    payment = pay(firm, "in part")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.execute()
    firm.clock.move(hours=1)
    other = firm.pc("Back office", primary=False)
    firm.books.delete_payment(firm.books.payments()[0].txn_id)
    update(other)
    firm.clock.move(hours=3)
    for _ in range(2):  # the reading of what was deleted goes on
        firm.books.delete_payment(firm.books.receive_by_hand(OTHER, amount="1.00"))
        update(other)
        firm.clock.move(hours=3)
    session.finish()  # the PC awakes
    update(other)
    assert firm.payment(payment).status in ("reversed", "rejected")
    new = pay(firm, "on account")
    assert update(other).status == "1 payment posted"
    stand_once(firm, new)
    assert executed(firm, payment) == 1
    assert company(firm)["books_doubted"] is None
