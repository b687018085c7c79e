"""What left before leaves again only after QuickBooks was asked for it, and does not have it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

import pytest
from lxml import etree

from scripts.simulate.quickbooks.company_file import Missing
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.web_connector import WebConnector
from sync_core.wording import notes, office
from tests.integration.sync.firm import (
    Firm,
    kinds,
    requests,
    tampered,
    until_all_is_read,
    update,
)
from tests.integration.sync.leaving import (
    A_NIGHT_S,
    CUSTOMER,
    Edit,
    answering,
    are_once,
    die,
    executed,
    fair_update,
    have_left,
    left_fairly,
    numbers_asked,
    numbers_sent,
    receipts,
    reference,
    set_columns,
    some_payments,
)
from tests.integration.sync.losses import edited

CHOKE = "unreadable"

# How payments come back to waiting. Each gives them back as if QuickBooks had carried out none, or
# all the same.


class Way(Protocol):
    def __call__(
        self, firm: Firm, pc: WebConnector, payments: Sequence[str], *, was_executed: bool
    ) -> None: ...


def in_doubt(
    firm: Firm,
    pc: WebConnector,
    payments: Sequence[str],
    *,
    was_executed: bool,
) -> None:
    """The answer was lost."""
    die(pc, after=-1 if was_executed else 0)
    firm.clock.move(seconds=A_NIGHT_S)
    assert {firm.statuses()[payment] for payment in payments} == {"sent"}


def not_executed(
    firm: Firm,
    pc: WebConnector,
    payments: Sequence[str],
    *,
    was_executed: bool,
) -> None:
    """QuickBooks said that it was busy with them."""
    books = firm.books.backup() if was_executed else None
    firm.books.refuse_next("ReceivePaymentAdd", code=3175, message="In use.", times=len(payments))
    session = update(pc)
    assert {firm.statuses()[payment] for payment in payments} == {"queued"}
    if books is not None:  # and was not
        RequestProcessor(firm.books).process(session.message_sets[-1][0])


def rejected_and_retried(
    firm: Firm,
    pc: WebConnector,
    payments: Sequence[str],
    *,
    was_executed: bool,
) -> None:
    """QuickBooks refused them, and a person pressed Retry."""
    firm.books.refuse_next("ReceivePaymentAdd", code=3040, message="No.", times=len(payments))
    session = update(pc)
    assert {firm.statuses()[payment] for payment in payments} == {"rejected"}
    if was_executed:
        (adds,) = [asked for asked, _ in session.message_sets if "ReceivePaymentAddRq" in asked]
        RequestProcessor(firm.books).process(adds)
    for payment in payments:
        set_columns(firm, payment, "status = 'queued', cause = NULL, cleared_session_id = NULL")


def said_not_to_be_there(
    firm: Firm,
    pc: WebConnector,
    payments: Sequence[str],
    *,
    was_executed: bool,
) -> None:
    """A person settled the doubt by hand: it is not in QuickBooks."""
    in_doubt(firm, pc, payments, was_executed=was_executed)
    with firm.engine.begin() as db:
        db.exec_driver_sql("UPDATE attempt SET outcome = 'absent'")
        db.exec_driver_sql("UPDATE wc_session SET state = 'closed', ended_at = last_heard_at")
        db.exec_driver_sql("UPDATE exchange SET answered_at = asked_at WHERE answered_at IS NULL")
    for payment in payments:
        set_columns(firm, payment, "status = 'queued', returns = 1, cleared_session_id = NULL")


WAYS: list[Way] = [in_doubt, not_executed, rejected_and_retried, said_not_to_be_there]


@pytest.mark.parametrize("way", WAYS)
def test_however_it_came_back_it_is_asked_for_before_it_leaves(firm: Firm, way: Way) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 4)
    way(firm, pc, payments, was_executed=False)
    new = some_payments(firm, 2)
    session = fair_update(firm, pc)
    assert sorted(numbers_asked(session)) == sorted(reference(firm, each) for each in payments)
    assert session.status == "6 payments posted"
    are_once(firm, [*payments, *new])
    assert [len(firm.attempts(payment)) for payment in payments] == [2] * 4


@pytest.mark.parametrize("way", WAYS)
def test_what_stands_there_all_the_same_does_not_leave(firm: Firm, way: Way) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 4)
    way(firm, pc, payments, was_executed=True)
    new = some_payments(firm, 1)
    session = fair_update(firm, pc)
    assert numbers_sent(session) == [[reference(firm, new[0])]]
    assert session.status == "5 payments posted"
    are_once(firm, [*payments, *new])
    assert [len(firm.attempts(payment)) for payment in payments] == [1] * 4
    assert fair_update(firm, pc).status == "Nothing to post."


@pytest.mark.parametrize("missing", Missing)
def test_however_quickbooks_says_that_it_has_none(firm: Firm, missing: Missing) -> None:
    firm.books.behaviour.missing = missing
    pc = firm.pc()
    payments = some_payments(firm, 5)
    die(pc, after=2)
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert session.status == "5 payments posted"
    assert numbers_sent(session) == [[reference(firm, payment) for payment in payments[2:]]]
    are_once(firm, payments)


# The answer to the look-up is none


def take_out(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def say_twice(node: etree._Element) -> None:
    node.addnext(etree.fromstring(etree.tostring(node)))


def status(code: str, message: str = "Something is wrong.") -> Edit:
    def edit(node: etree._Element) -> None:
        node[:] = []
        node.set("statusCode", code)
        node.set("statusMessage", message)

    return edit


def rows_of_another(code: str, message: str = "Status OK") -> Edit:
    def edit(node: etree._Element) -> None:
        status(code, message)(node)
        row = etree.SubElement(node, "ReceivePaymentRet")
        etree.SubElement(row, "TxnID").text = "77-1763700000"
        etree.SubElement(row, "RefNumber").text = "CB2222222222"
        etree.SubElement(row, "TotalAmount").text = "5.00"

    return edit


NOT_COMPLETE = "There was a required element ({}) that could not be found in QuickBooks."
PROVES_NOTHING: list[Edit] = [
    take_out,
    lambda node: node.attrib.pop("requestID"),
    lambda node: node.set("requestID", "nobody's"),
    say_twice,
    lambda node: node.attrib.pop("statusCode"),
    status(""),
    status("1000"),
    status("3000", "The given object ID is invalid."),
    status("3120"),
    status("3260", "Insufficient permission level."),
    status("500", NOT_COMPLETE.format('"CB2222222222"')),
    status("500", "The query was not fully completed."),
    status("530"),
    rows_of_another("0"),
    rows_of_another("500", NOT_COMPLETE.format('"CB2222222222"')),
]


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_that_proves_no_absence(firm: Firm, way: Way) -> None:
    """A payment for each of them, which stays where it is, and one that goes on."""
    pc = firm.pc()
    *unclear, clear = some_payments(firm, len(PROVES_NOTHING) + 1)
    way(firm, pc, [*unclear, clear], was_executed=False)
    numbers = [reference(firm, payment) for payment in unclear]
    line = pc.transport
    pc.transport = answering(line, dict(zip(numbers, PROVES_NOTHING, strict=True)))
    session = fair_update(firm, pc)
    assert numbers_sent(session) == [[reference(firm, clear)]]
    stays = "in_doubt" if way is in_doubt else "queued"
    assert {firm.payment(payment).status for payment in unclear} == {stays}
    pc.transport = line
    firm.clock.move(seconds=A_NIGHT_S)
    assert fair_update(firm, pc).status == f"{len(unclear)} payments posted"
    are_once(firm, [*unclear, clear])


def test_what_the_look_up_does_not_tell_the_list_does(firm: Firm) -> None:
    pc = firm.pc()
    payments = some_payments(firm, len(PROVES_NOTHING))
    in_doubt(firm, pc, payments, was_executed=True)
    numbers = [reference(firm, payment) for payment in payments]
    pc.transport = answering(pc.transport, dict(zip(numbers, PROVES_NOTHING, strict=True)))
    session = fair_update(firm, pc)
    assert session.status == f"{len(payments)} payments posted"
    assert numbers_sent(session) == []
    are_once(firm, payments)


def unreadable(text: str) -> Edit:
    """Garble the TxnIDs of the payments that an answer shows."""

    def edit(node: etree._Element) -> None:
        for found in node.findall("ReceivePaymentRet/TxnID"):
            found.text = text

    return edit


@pytest.mark.parametrize(
    "txn_id", [pytest.param("", id="none"), pytest.param("7-" + "1" * 60, id="too long")]
)
def test_a_payment_with_our_number_that_cannot_be_read_is_no_absence(
    firm: Firm, txn_id: str
) -> None:
    """QuickBooks showed it, by its number; that it cannot be kept does not mean that it is gone."""
    pc = firm.pc()
    update(pc)
    there, gone = some_payments(firm, 2)
    die(pc, after=1)
    firm.clock.move(seconds=A_NIGHT_S)
    new = some_payments(firm, 1)
    line = pc.transport
    # The bookkeeper has changed the day since, so that the list would not tell it either.
    number = reference(firm, there)
    pc.transport = answering(
        edited(line, lambda node: node.get("iteratorRemainingCount") is not None, take_out_rows),
        {number: unreadable(txn_id)},
    )
    session = fair_update(firm, pc)
    assert firm.statuses()[there] == "in_doubt"
    assert firm.payment(there).note == notes.UNREADABLE
    are_once(firm, [gone, *new])  # all others go on
    assert session.status.startswith("2 payments posted")
    pc.transport = line
    fair_update(firm, pc)
    are_once(firm, [there, gone, *new])


def take_out_rows(node: etree._Element) -> None:
    """Leave out what a list shows: nothing was changed since."""
    node[:] = []


def test_a_list_with_a_payment_that_cannot_be_read_was_not_told(firm: Firm) -> None:
    """Its number was changed after its answer was lost, and of all rows its own is garbled."""
    pc = firm.pc()
    update(pc)
    (payment,) = some_payments(firm, 1)
    die(pc, after=-1)
    (there,) = firm.books.payments()
    firm.books.change_payment(there.txn_id, number="4711")
    firm.clock.move(seconds=A_NIGHT_S)
    line = pc.transport
    pc.transport = edited(line, lambda node: node.tag == "ReceivePaymentQueryRs", unreadable(""))
    assert "did not list the payments" in fair_update(firm, pc).status
    assert executed(firm, payment) == 1
    pc.transport = line
    fair_update(firm, pc)
    are_once(firm, [payment])


def test_a_garbled_row_of_the_list_does_not_hide_the_one_looked_up(firm: Firm) -> None:
    """The look-up told it whole; the list, in the same answer, told it without its names."""
    pc = firm.pc()
    update(pc)
    (payment,) = some_payments(firm, 1)
    die(pc, after=-1)
    firm.clock.move(seconds=A_NIGHT_S)

    def without_names(node: etree._Element) -> None:
        for name in ("RefNumber", "ExternalGUID"):
            for found in node.findall(f"ReceivePaymentRet/{name}"):
                take_out(found)

    pc.transport = edited(
        pc.transport, lambda node: node.get("iteratorRemainingCount") is not None, without_names
    )
    fair_update(firm, pc)
    are_once(firm, [payment])


def test_a_look_up_that_was_cut_tells_nothing(firm: Firm) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    in_doubt(firm, pc, payments, was_executed=False)
    line = pc.transport
    pc.transport = tampered(line, lambda answer: answer[:-30], only="TxnDeletedQueryRs")
    assert "cut" in update(pc).status
    assert set(firm.statuses().values()) == {"in_doubt"}
    pc.transport = line
    firm.clock.move(seconds=A_NIGHT_S)
    assert fair_update(firm, pc).status == "2 payments posted"
    are_once(firm, payments)


# The list


def test_a_changed_number_is_found_by_the_list(firm: Firm) -> None:
    """QuickBooks has none of that number, and says so; the list shows our ExternalGUID."""
    pc = firm.pc()
    payments = some_payments(firm, 3)
    in_doubt(firm, pc, payments, was_executed=True)
    for payment in payments[:2]:
        (receipt,) = receipts(firm, payment)
        firm.books.change_payment(receipt.txn_id, number="1042")
    session = fair_update(firm, pc)
    assert numbers_sent(session) == []
    are_once(firm, payments)


def test_the_list_is_read_from_where_it_stood_when_the_payment_left(firm: Firm) -> None:
    """Meanwhile a PC whose clock is three hours ahead has moved the mark on."""
    desk, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    some_payments(firm, 1)
    for pc in (desk, back):
        update(pc)
    asleep = desk.begin()
    payments = some_payments(firm, 2)
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(minutes=30)
    clock, firm.books.clock = firm.books.clock, lambda: firm.clock.now + timedelta(hours=3)
    others = some_payments(firm, 1)
    for _ in range(2):
        fair_update(firm, back)
    firm.books.clock = clock
    firm.clock.move(minutes=5)
    asleep.wake(is_online=False)  # QuickBooks has them now, at a time long before the mark
    for payment in payments:
        (receipt,) = receipts(firm, payment)
        firm.books.change_payment(receipt.txn_id, number="1042")
    (row,) = firm.rows("SELECT receipts_mark FROM company_file")
    assert row["receipts_mark"] >= "2026-11-20T13:30:00"
    firm.clock.move(minutes=20)
    session = fair_update(firm, back)
    assert numbers_asked(session) == [reference(firm, payment) for payment in payments]
    assert numbers_sent(session) == []
    are_once(firm, [*payments, *others])


def test_the_list_is_read_from_where_it_stood_when_the_payment_left_first(firm: Firm) -> None:
    """It leaves a second time, days later; what the first time left may be as old as that."""
    pc = firm.pc()
    some_payments(firm, 1)
    for _ in range(2):
        update(pc)
    (payment,) = some_payments(firm, 1)
    die(pc)
    firm.clock.move(days=4)
    firm.books.receive_by_hand(CUSTOMER, amount="3.00")
    die(pc)  # QuickBooks did not have it, so it left again; and that answer is lost as well
    assert len(firm.attempts(payment)) == 2
    firm.clock.move(seconds=A_NIGHT_S)
    asked = requests(fair_update(firm, pc).message_sets[0][0], "ReceivePaymentQuery")
    (since,) = (
        node.findtext("ModifiedDateRangeFilter/FromModifiedDate")
        for node in asked
        if node.get("iterator") is not None
    )
    assert since is not None
    assert since < "2026-11-20"
    are_once(firm, [payment])


def test_the_stamps_are_asked_for_before_the_look_ups(firm: Firm) -> None:
    """Whoever is over by its stamp adds nothing to what is looked up after it."""
    pc = firm.pc()
    some_payments(firm, 2)
    die(pc)
    firm.clock.move(seconds=A_NIGHT_S)
    asked = requests(update(pc).message_sets[0][0])
    names = [node.tag for node in asked]
    assert names[0] == "CompanyQueryRq"
    assert names.count("CompanyQueryRq") == 1
    look_ups = [number for number, node in enumerate(asked) if node.find("RefNumber") is not None]
    assert len(look_ups) == 2
    assert names[-2:] == ["TxnDeletedQueryRq", "ListDeletedQueryRq"]  # and the deletions after all


def test_the_list_goes_on_page_by_page(opened: Callable[..., Firm]) -> None:
    """Pages of two: nothing leaves before the last one, which shows a payment of another number."""
    firm = opened(import_page_size=2)
    pc = firm.pc()
    payments = some_payments(firm, 3)
    for number in range(5):
        firm.books.receive_by_hand("Café Belém", amount="7.00", number=str(number))
    die(pc, after=1)
    (receipt,) = receipts(firm, payments[0])
    firm.books.change_payment(receipt.txn_id, number="1042")
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    asked = kinds(session)
    posts = asked.index(["ReceivePaymentAdd"])
    assert [kind for kind in asked[posts:] if "ReceivePaymentQuery" in kind] == []
    assert len([kind for kind in asked[:posts] if "ReceivePaymentQuery" in kind]) >= 3
    assert numbers_sent(session) == [[reference(firm, payment) for payment in payments[1:]]]
    are_once(firm, payments)


def test_many_that_left_are_asked_for_page_by_page(opened: Callable[..., Firm]) -> None:
    firm = opened(import_page_size=3)
    pc = firm.pc()
    payments = some_payments(firm, 10)
    die(pc, after=4)
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert sorted(numbers_asked(session)) == sorted(reference(firm, each) for each in payments)
    assert session.status == "10 payments posted"
    are_once(firm, payments)


def test_what_posting_lacks_keeps_no_doubt_from_being_settled(firm: Firm) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    in_doubt(firm, pc, payments, was_executed=True)
    firm.services.companies.set(firm.company_id, {"deposit_to": "Fourth National"})
    new = some_payments(firm, 1)
    session = fair_update(firm, pc)
    lacking = office.NO_DEPOSIT_ACCOUNT.format(name="Fourth National")
    assert session.status == f"2 payments posted - {lacking}"
    assert numbers_sent(session) == []
    are_once(firm, payments)
    firm.services.companies.set(firm.company_id, {"deposit_to": ""})
    assert fair_update(firm, pc).status == "1 payment posted"
    are_once(firm, new)


# Good for one sending


def test_what_was_not_done_waits_for_the_next_sync(opened: Callable[..., Firm]) -> None:
    """A session that asked for a payment, and sent it, does not send it again."""
    firm = opened(message_set_max=1)
    pc = firm.pc()
    payments = some_payments(firm, 3)
    in_doubt(firm, pc, payments[:1], was_executed=False)
    firm.books.refuse_next("ReceivePaymentAdd", code=3231, message="Not processed.")
    session = fair_update(firm, pc)
    assert numbers_sent(session) == [[reference(firm, payment)] for payment in payments]
    assert list(firm.statuses().values()) == ["queued", "posted", "posted"]
    assert fair_update(firm, pc).status == "1 payment posted"
    are_once(firm, payments)


def test_what_an_earlier_sync_was_told_counts_no_more(firm: Firm) -> None:
    """QuickBooks did not have it then, and the sync ended before it was sent; nobody knows now."""
    pc = firm.pc()
    payments = some_payments(firm, 2)
    in_doubt(firm, pc, payments, was_executed=False)
    session = until_all_is_read(pc.begin())
    session.power_cut()
    assert set(firm.statuses().values()) == {"queued"}
    firm.clock.move(seconds=A_NIGHT_S)
    line = pc.transport
    pc.transport = answering(line, {reference(firm, payments[0]): take_out})
    assert numbers_sent(fair_update(firm, pc)) == [[reference(firm, payments[1])]]
    pc.transport = line
    assert fair_update(firm, pc).status == "1 payment posted"
    are_once(firm, payments)


@pytest.mark.parametrize("is_told", [True, False])
def test_within_a_session_it_is_asked_for_once_more(
    opened: Callable[..., Firm], *, is_told: bool
) -> None:
    """The first was not done, and the second could not be read: all that left is asked for.

    An answer from before the first one left does not count for its second time.
    """
    firm = opened(message_set_max=1)
    pc = firm.pc()
    first, second = some_payments(firm, 1) + some_payments(firm, 1, memo=CHOKE)
    in_doubt(firm, pc, [first], was_executed=False)
    line = pc.transport
    firm.books.refuse_next("ReceivePaymentAdd", code=3231, message="Not processed.")
    firm.books.behaviour.chokes_on = CHOKE
    left = have_left(firm)
    session = pc.begin()
    for _ in range(2):  # the second of them is in QuickBooks' hands
        session.take("ReceivePaymentAdd")
    if not is_told:
        pc.transport = answering(line, {reference(firm, first): take_out})
    session.finish()
    left_fairly(session, left)
    times = 2 if is_told else 1
    assert sum(reference(firm, first) in numbers for numbers in numbers_sent(session)) == times
    assert firm.payment(second).status == "rejected"
    assert firm.payment(first).status == ("posted" if is_told else "queued")
    pc.transport = line
    fair_update(firm, pc)
    are_once(firm, [first])
    assert executed(firm, second) == 0
