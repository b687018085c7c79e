"""Receipts of ours that are one too many: noticed, shown, taken out by a click, or settled by hand.

While one is open nothing is posted.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree

from scripts.simulate import soap
from scripts.simulate.quickbooks.company_file import Missing
from scripts.simulate.quickbooks.refusals import ComError
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.transport import Transport
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.extras import Kind
from sync_core.wording import notes, office
from sync_core.wording.acts import TAKE_OUT_BY_HAND
from tests.integration.sync.firm import Firm, play, play_until, requests, sent, update
from tests.integration.sync.losses import (
    Edit,
    act,
    company,
    edited,
    executed,
    extras,
    go_back,
    lose_payments,
    lose_the_answers,
    refuse,
    remember,
    resolutions,
    stand_once,
    trail,
    wrote,
)
from tests.integration.sync.losses import (
    take_out as leave_out,
)

CUSTOMER = "Café Belém"
OTHER = "Zoë Lindqvist"
PAUSED = f"{office.PAUSED[Kind.SECOND]} See https://pay.example.com/resolve"
KINDS = [("25.00", None), ("312.50", "200.00")]


@pytest.fixture(autouse=True)
def _books(firm: Firm) -> None:
    furnish(firm)


def furnish(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)
    firm.books.add_customer(OTHER)
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2118")


def pay(firm: Firm, amount: str, applied: str | None = None) -> str:
    apply = [{"invoice": {"number": "2118"}, "amount": applied}] if applied else []
    return firm.pay(CUSTOMER, amount, apply)


def twice(
    firm: Firm,
    amount: str = "312.50",
    applied: str | None = "200.00",
    *,
    is_online: bool = False,
    newer: int = 0,
) -> tuple[WebConnector, str, str]:
    """Let a payment be carried out by two PCs: the PC that is left, the payment, the second TxnID.

    The first PC slept on it for hours, and a person said too early: it is not in QuickBooks. In
    between `newer` payments are posted.
    """
    pc, sleeper = firm.pc("Back office", primary=False), firm.pc("Front desk")
    update(pc)
    payment = pay(firm, amount, applied)
    asleep = sleeper.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(hours=1)
    update(pc)
    assert firm.payment(payment).status == "in_doubt"  # the front desk may still be at work on it
    act(firm, payment, "settle_not_posted")
    assert update(pc).status == "1 payment posted"
    firm.clock.move(hours=1)
    for cents in range(newer):
        pay(firm, f"1.0{cents}")
    update(pc)
    asleep.wake(is_online=is_online)
    assert executed(firm, payment) == 2
    number = firm.payment(payment).reference
    first, second = [each.txn_id for each in firm.books.payments() if each.number == number]
    assert [firm.payment(payment).txn_id] == [first]
    firm.clock.move(hours=1)
    return pc, payment, second


def order(firm: Firm, txn_id: str, action: str = "take_out") -> None:
    """Let a person click on one that is too many."""
    given = {"action": action, "note": "I have looked."}
    firm.services.extras.act(firm.company_file_id, txn_id, given, by="maria@example.com")


def shown(firm: Firm, txn_id: str) -> dict[str, Any]:
    """Read one that was too many."""
    (row,) = firm.rows("SELECT * FROM extra_receipt WHERE txn_id = :id", id=txn_id)
    return row


def is_paused(firm: Firm, pc: WebConnector, *waiting: str, why: Kind = Kind.SECOND) -> Session:
    """See that nothing is posted, and that the office is told why."""
    session = update(pc)
    assert f"{office.PAUSED[why]} See https://pay.example.com/resolve" in session.status
    assert wrote(session) == []
    assert {firm.payment(payment).status for payment in waiting} <= {"queued"}
    return session


def goes_on(firm: Firm, pc: WebConnector, *waiting: str) -> None:
    """See that posting goes on, and that nothing is too many any more."""
    assert extras(firm) == []
    count = "1 payment" if len(waiting) == 1 else f"{len(waiting)} payments"
    assert update(pc).status == (f"{count} posted" if waiting else "Nothing to post.")
    stand_once(firm, *waiting)
    assert firm.services.companies.show(firm.company_id).notices == []


# Noticed


@pytest.mark.parametrize(("amount", "applied"), KINDS)
@pytest.mark.parametrize("is_online", [True, False])
def test_a_second_receipt_is_noticed_and_posting_pauses(
    firm: Firm,
    amount: str,
    applied: str | None,
    is_online: bool,  # noqa: FBT001
) -> None:
    """By the late answer of the PC that wakes up, or by the next sync if that never comes."""
    pc, payment, second = twice(firm, amount, applied, is_online=is_online)
    assert len(extras(firm)) == int(is_online)
    waiting = pay(firm, "7.00")
    for _ in range(2):
        is_paused(firm, pc, waiting)
        firm.clock.move(days=1)
    listed = firm.services.extras.page(firm.company_file_id).items
    assert [(one.txn_id, one.kind, one.amount) for one in listed] == [(second, "second", amount)]
    assert listed[0].payment is not None
    assert listed[0].payment.id == payment
    assert firm.payment(payment).status == "posted"
    assert firm.services.companies.show(firm.company_id).notices
    assert len(firm.books.payments()) == 2


@pytest.mark.parametrize(
    "edit",
    [{"number": "1001"}, {"amount": "9.00"}, {"customer": OTHER}, {"date": date(2026, 1, 2)}],
)
def test_a_second_receipt_that_was_edited_is_noticed_by_its_guid(
    firm: Firm, edit: dict[str, Any]
) -> None:
    pc, payment, second = twice(firm)
    firm.books.change_payment(second, **edit)
    is_paused(firm, pc)
    assert [one["txn_id"] for one in extras(firm)] == [second]
    order(firm, second)
    is_paused(firm, pc)  # it is not as we have made it, so we do not delete it
    assert shown(firm, second)["said"].startswith("It was changed in QuickBooks since.")
    assert firm.payment(payment).status == "posted"


def test_where_guids_are_dropped_the_number_tells(firm: Firm) -> None:
    firm.books.behaviour.keeps_external_guid = False
    firm.pay(CUSTOMER, "1.00")
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    assert [one["txn_id"] for one in extras(firm)] == [second]
    order(firm, second)
    assert wrote(update(pc)) == ["TxnDel"]
    assert [each.txn_id for each in firm.books.payments()][1:] == [firm.payment(payment).txn_id]
    goes_on(firm, pc)


def test_a_second_receipt_found_while_the_payment_was_in_doubt(firm: Firm) -> None:
    """Neither PC has told: both receipts come to light together, and the older one is it."""
    pc, sleeper = firm.pc("Back office", primary=False), firm.pc("Front desk")
    payment = pay(firm, "25.00")
    asleep = sleeper.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(hours=1)
    update(pc)
    act(firm, payment, "settle_not_posted")
    lose_the_answers(pc)
    asleep.wake(is_online=False)
    firm.clock.move(hours=1)
    is_paused(firm, pc)
    first, second = [each.txn_id for each in firm.books.payments()]
    assert firm.payment(payment).txn_id == first
    assert [one["txn_id"] for one in extras(firm)] == [second]


def test_a_third_one_is_noticed_as_well(firm: Firm) -> None:
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    third = firm.books.enter_again(firm.books.payment(second))
    is_paused(firm, pc)
    assert [each["txn_id"] for each in extras(firm)] == [second, third.txn_id]
    for each in (second, third.txn_id):
        order(firm, each)
    assert wrote(update(pc)) == ["TxnDel", "TxnDel"]
    assert [each.txn_id for each in firm.books.payments()] == [firm.payment(payment).txn_id]
    goes_on(firm, pc, pay(firm, "8.00"))


# Taken out by a click


@pytest.mark.parametrize(("amount", "applied"), KINDS)
@pytest.mark.parametrize("is_online", [True, False])
def test_one_click_takes_it_out_and_posting_goes_on(
    firm: Firm,
    amount: str,
    applied: str | None,
    is_online: bool,  # noqa: FBT001
) -> None:
    pc, payment, second = twice(firm, amount, applied, is_online=is_online)
    waiting = pay(firm, "7.00")
    is_paused(firm, pc, waiting)
    act(firm, payment, "take_out_extra")
    session = update(pc)
    assert session.status == "1 payment posted"
    assert wrote(session) == ["TxnDel", "ReceivePaymentAdd"]
    assert second not in firm.books.transactions
    assert firm.receipt(payment).total == round(float(amount) * 100)
    assert shown(firm, second)["resolution"] == "taken_out"
    history = firm.payment(payment).history
    assert history[-1].note == notes.TAKEN_OUT.format(txn_id=second)
    assert (history[-1].from_status, history[-1].to_status) == ("posted", "posted")
    stand_once(firm, waiting)
    firm.clock.move(hours=2)
    goes_on(firm, pc)
    assert firm.payment(payment).status == "posted"
    assert executed(firm, payment) == 2


def test_it_is_looked_at_in_the_very_session_that_takes_it_out(firm: Firm) -> None:
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    order(firm, second)
    session = update(pc)
    before = next(
        asked
        for asked, _ in session.message_sets
        if requests(asked, "ReceivePaymentToDepositQuery")
    )
    asked = [node.findtext("TxnID") for node in requests(before, "ReceivePaymentQuery")]
    assert {second, firm.payment(payment).txn_id} <= set(asked)
    (deletions,) = sent(session, "TxnDel")
    assert [node.findtext("TxnID") for node in deletions] == [second]
    assert [node.findtext("TxnDelType") for node in deletions] == ["ReceivePayment"]
    (writing,) = [asked for asked, _ in session.message_sets if "TxnDelRq" in asked]
    assert len(requests(writing)) == 1


def deposited(firm: Firm, _payment: str, second: str) -> None:
    firm.books.deposit(second, bank="First Prairie Bank")


def both_deposited(firm: Firm, payment: str, second: str) -> None:
    firm.books.deposit(str(firm.payment(payment).txn_id), second, bank="First Prairie Bank")


def edited_amount(firm: Firm, _payment: str, second: str) -> None:
    firm.books.change_payment(second, amount="312.00")


def edited_number(firm: Firm, _payment: str, second: str) -> None:
    firm.books.change_payment(second, number="1001")


def edited_customer(firm: Firm, _payment: str, second: str) -> None:
    firm.books.change_payment(second, customer=OTHER)


def edited_date(firm: Firm, _payment: str, second: str) -> None:
    firm.books.change_payment(second, date=firm.clock.now.date() - timedelta(days=3))


def closed(firm: Firm, _payment: str, _second: str) -> None:
    firm.books.closing_date = firm.clock.now.date()


def closed_for_the_accountant(firm: Firm, _payment: str, _second: str) -> None:
    firm.books.dividing_date = firm.clock.now.date()


def the_other_is_gone(firm: Firm, payment: str, _second: str) -> None:
    """Gone without a trace, and no witness any more."""
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    firm.books.deletions.clear()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (deposited, "It is deposited. Take it out of the deposit first."),
        (both_deposited, "It is deposited. Take it out of the deposit first."),
        (edited_amount, "It was changed in QuickBooks since."),
        (edited_number, "It was changed in QuickBooks since."),
        (edited_customer, "It was changed in QuickBooks since."),
        (edited_date, "It was changed in QuickBooks since."),
        (closed, "The books are closed for its date."),
        (closed_for_the_accountant, "QuickBooks said: "),
        (the_other_is_gone, "The other entry of this payment is not in QuickBooks any more"),
    ],
)
def test_it_stays_and_the_steps_are_shown(
    firm: Firm, change: Callable[[Firm, str, str], None], said: str
) -> None:
    pc, payment, second = twice(firm, newer=3)  # so that it is no witness
    is_paused(firm, pc)
    change(firm, payment, second)
    order(firm, second)
    session = is_paused_whatever_was_tried(firm, pc)
    assert second in firm.books.transactions
    assert wrote(session) in ([], ["TxnDel"])
    row = shown(firm, second)
    assert row["said"].startswith(said)
    assert TAKE_OUT_BY_HAND in row["said"] or change is the_other_is_gone
    assert row["ordered_at"] is None
    assert row["resolved_at"] is None
    is_paused(firm, pc)  # nobody tries again unasked
    assert firm.payment(payment).status == "posted"


def is_paused_whatever_was_tried(firm: Firm, pc: WebConnector) -> Session:
    session = update(pc)
    assert PAUSED in session.status
    assert len(extras(firm)) == 1
    return session


def test_after_it_was_taken_out_of_the_deposit_a_second_click_does_it(firm: Firm) -> None:
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    deposit = firm.books.deposit(second, bank="First Prairie Bank")
    order(firm, second)
    is_paused(firm, pc)
    firm.books.delete_deposit(deposit)
    order(firm, second)
    assert wrote(update(pc)) == ["TxnDel"]
    goes_on(firm, pc, pay(firm, "8.00"))
    assert firm.payment(payment).txn_id in firm.books.transactions


@pytest.mark.parametrize("about", ["what is undeposited", "the first one", "the second one"])
def test_what_was_not_told_is_no_leave_to_delete(firm: Firm, about: str) -> None:
    pc, payment, second = twice(firm, newer=3)
    is_paused(firm, pc)
    one = second if about == "the second one" else firm.payment(payment).txn_id

    def is_it(node: etree._Element) -> bool:
        if about == "what is undeposited":
            return node.tag == "ReceivePaymentToDepositQueryRs"
        told = [each.text for each in node.iterfind("ReceivePaymentRet/TxnID")]
        return told == [one] and "iteratorRemainingCount" not in node.attrib

    line = pc.transport
    for edit in (leave_out, refuse("3231"), refuse("1", "Nothing matches.")):
        order(firm, second)
        pc.transport = edited(line, is_it, edit)
        assert wrote(update(pc)) == []
        assert second in firm.books.transactions
    pc.transport = line
    order(firm, second)
    assert wrote(update(pc)) == ["TxnDel"]
    assert second not in firm.books.transactions
    assert firm.payment(payment).txn_id in firm.books.transactions


# The answer to the deletion is lost


@pytest.mark.parametrize(
    ("was_executed", "reading"),
    [
        (True, Missing.OTHER_ROWS),
        (True, Missing.NO_ROWS),
        (True, Missing.EMPTY),
        (True, Missing.SILENT),
        (False, Missing.OTHER_ROWS),
    ],
)
def test_the_answer_to_a_deletion_is_lost(
    firm: Firm,
    was_executed: bool,  # noqa: FBT001
    reading: Missing,
) -> None:
    firm.books.behaviour.missing = reading
    pc, payment, second = twice(firm)
    waiting = pay(firm, "7.00")
    is_paused(firm, pc, waiting)
    order(firm, second)
    session = pc.begin()
    session.take("TxnDelRq")
    if was_executed:
        session.execute()
    session.power_cut()
    firm.clock.move(hours=1)
    later = update(pc)
    assert later.status == "1 payment posted"
    assert wrote(later) == (
        ["ReceivePaymentAdd"] if was_executed else ["TxnDel", "ReceivePaymentAdd"]
    )
    assert [each.txn_id for each in firm.books.payments()] == [
        firm.payment(payment).txn_id,
        firm.payment(waiting).txn_id,
    ]
    assert resolutions(firm) == (["gone"] if was_executed else ["taken_out"])
    goes_on(firm, pc)


@pytest.mark.parametrize(
    ("code", "is_settled"), [("3120", True), ("3160", False), ("3175", False), ("4711", False)]
)
def test_a_deletion_that_quickbooks_refuses(firm: Firm, code: str, is_settled: bool) -> None:  # noqa: FBT001
    pc, _, second = twice(firm)
    is_paused(firm, pc)
    order(firm, second)
    firm.books.refuse_next("TxnDel", code=int(code), message="It is in use.")
    session = update(pc)
    row = shown(firm, second)
    if is_settled:
        assert row["resolution"] == "gone"
    else:
        assert PAUSED in session.status
        assert row["said"] == f"QuickBooks said: It is in use. {TAKE_OUT_BY_HAND}"
        assert row["ordered_at"] is None


@pytest.mark.parametrize(
    "edit",
    [
        leave_out,
        lambda node: node.set("requestID", "nobody's"),
        lambda node: node.addnext(etree.fromstring(etree.tostring(node))),
    ],
)
def test_a_deletion_without_an_answer_of_its_own(firm: Firm, edit: Edit) -> None:
    pc, payment, second = twice(firm)
    waiting = pay(firm, "7.00")
    is_paused(firm, pc, waiting)
    order(firm, second)
    line = pc.transport
    pc.transport = edited(line, lambda node: node.tag == "TxnDelRs", edit)
    session = update(pc)
    assert PAUSED in session.status
    assert wrote(session) == ["TxnDel"]
    pc.transport = line
    assert update(pc).status == "1 payment posted"
    assert [each.txn_id for each in firm.books.payments()] == [
        firm.payment(payment).txn_id,
        firm.payment(waiting).txn_id,
    ]


def test_a_deletion_that_never_reached_quickbooks(firm: Firm) -> None:
    """It could not be read, so it is said that the sync failed, and the next one does it."""
    pc, _, second = twice(firm)
    is_paused(firm, pc)
    order(firm, second)

    class Refusing:
        """QuickBooks refuses the third set: the deletion."""

        sets = 0

        def before_execute(self, index: int) -> None:
            self.sets += index == 0
            if self.sets == 3:
                raise ComError("0x80040400", "QuickBooks found an error when parsing.")

    pc.hook = Refusing()
    update(pc)
    pc.hook = None
    assert second in firm.books.transactions
    assert wrote(update(pc)) == ["TxnDel"]
    goes_on(firm, pc)


def test_a_late_answer_to_a_deletion_moves_nothing(firm: Firm) -> None:
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    order(firm, second)
    other = firm.pc("A third PC", primary=False)
    session = pc.begin()
    session.take("TxnDelRq")
    session.execute()
    firm.clock.move(hours=1)
    assert update(other).status == "Nothing to post."
    session.finish()
    assert resolutions(firm) == ["gone"]
    assert firm.payment(payment).status == "posted"
    goes_on(firm, other)


# Settled by hand


@pytest.mark.parametrize("is_ordered", [True, False])
def test_the_bookkeeper_deletes_the_second_one(firm: Firm, is_ordered: bool) -> None:  # noqa: FBT001
    pc, payment, second = twice(firm)
    waiting = pay(firm, "7.00")
    is_paused(firm, pc, waiting)
    if is_ordered:
        order(firm, second)
    firm.books.delete_payment(second)
    goes_on_after(firm, pc, waiting)
    assert resolutions(firm) == ["gone"]
    assert firm.payment(payment).status == "posted"
    assert trail(firm, payment)[-1] == "posted"


def goes_on_after(firm: Firm, pc: WebConnector, waiting: str) -> None:
    """See that the next sync notices and goes on, without deleting anything."""
    session = update(pc)
    assert session.status == "1 payment posted"
    assert wrote(session) == ["ReceivePaymentAdd"]
    goes_on(firm, pc)
    stand_once(firm, waiting)


@pytest.mark.parametrize("is_ordered", [True, False])
def test_the_bookkeeper_deletes_the_first_one(firm: Firm, is_ordered: bool) -> None:  # noqa: FBT001
    """Then the second one is it, and nobody deletes that as well."""
    pc, payment, second = twice(firm)
    waiting = pay(firm, "7.00")
    is_paused(firm, pc, waiting)
    if is_ordered:
        order(firm, second)
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    goes_on_after(firm, pc, waiting)
    assert resolutions(firm) == ["linked"]
    shown = firm.payment(payment)
    assert (shown.status, shown.txn_id) == ("posted", second)
    (row,) = firm.rows("SELECT * FROM payment WHERE external_id = :id", id=payment)
    there = firm.books.payment(second)
    assert (row["applied_cents"], row["unapplied_cents"]) == (there.applied, there.unapplied)


@pytest.mark.parametrize("which", ["first", "second"])
def test_the_bookkeeper_sets_one_to_zero(firm: Firm, which: str) -> None:
    pc, payment, second = twice(firm)
    waiting = pay(firm, "7.00")
    is_paused(firm, pc, waiting)
    first = str(firm.payment(payment).txn_id)
    firm.books.change_payment(first if which == "first" else second, amount="0.00")
    goes_on_after(firm, pc, waiting)
    assert firm.payment(payment).status == "posted"
    assert firm.payment(payment).txn_id == (second if which == "first" else first)


@pytest.mark.parametrize("is_known", [True, False])
def test_the_bookkeeper_deletes_both(firm: Firm, is_known: bool) -> None:  # noqa: FBT001
    """Known to us or not that there were two: the payment is reversed."""
    pc, payment, second = twice(firm)
    waiting = pay(firm, "7.00")
    if is_known:
        is_paused(firm, pc, waiting)
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    firm.books.delete_payment(second)
    goes_on_after(firm, pc, waiting)
    assert firm.payment(payment).status == "reversed"
    assert executed(firm, payment) == 2


def test_the_first_one_is_deleted_before_we_know_of_the_second(firm: Firm) -> None:
    pc, payment, second = twice(firm)
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    waiting = pay(firm, "7.00")
    goes_on_after(firm, pc, waiting)
    assert firm.payment(payment).status == "posted"
    assert firm.payment(payment).txn_id == second


def test_one_set_to_zero_and_back(firm: Firm) -> None:
    """What is there again is too many again."""
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    firm.books.change_payment(second, amount="0.00")
    update(pc)
    goes_on(firm, pc)
    firm.clock.move(hours=2)
    firm.books.change_payment(second, amount="312.50")
    is_paused(firm, pc)
    assert [one["txn_id"] for one in extras(firm)] == [second]
    assert firm.payment(payment).status == "posted"


def test_a_person_may_keep_both(firm: Firm) -> None:
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    order(firm, second, "keep")
    goes_on(firm, pc, pay(firm, "8.00"))
    firm.clock.move(hours=2)
    firm.books.change_payment(second, number="1001")
    goes_on(firm, pc)  # kept is kept
    assert resolutions(firm) == ["kept"]
    assert firm.payment(payment).status == "posted"


def test_a_late_answer_of_a_second_one_that_is_gone(firm: Firm) -> None:
    """The PC tells of it long after the bookkeeper has deleted it."""
    pc, sleeper = firm.pc("Back office", primary=False), firm.pc("Front desk")
    payment = pay(firm, "25.00")
    asleep = sleeper.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(hours=1)
    update(pc)
    act(firm, payment, "settle_not_posted")
    update(pc)
    asleep.execute()
    second = firm.books.payments()[-1].txn_id
    firm.clock.move(hours=1)
    is_paused(firm, pc)
    firm.books.delete_payment(second)
    for _ in range(2):
        update(pc)
        firm.clock.move(hours=3)
        firm.books.delete_payment(firm.books.receive_by_hand(OTHER, amount="1.00"))
    asleep.finish()
    goes_on(firm, pc, pay(firm, "8.00"))
    stand = [each for each in firm.books.payments() if each.total == 2500]
    assert [each.txn_id for each in stand] == [firm.payment(payment).txn_id]


# A payment that was reversed, and stands there again


def test_a_receipt_that_appears_after_the_payment_was_reversed(firm: Firm) -> None:
    """The bookkeeper deleted it, and a PC that slept writes it once more: one click is enough."""
    pc, sleeper = firm.pc("Back office", primary=False), firm.pc("Front desk")
    payment = pay(firm, "312.50", "200.00")
    asleep = sleeper.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(hours=1)
    update(pc)
    act(firm, payment, "settle_not_posted")
    update(pc)
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    update(pc)
    assert firm.payment(payment).status == "reversed"
    asleep.wake(is_online=False)
    is_paused(firm, pc)
    act(firm, payment, "take_out_extra")
    assert wrote(update(pc)) == ["TxnDel"]
    assert firm.books.payments() == []
    last = firm.payment(payment).history[-1]
    assert (last.from_status, last.to_status) == ("reversed", "reversed")
    goes_on(firm, pc)
    assert firm.payment(payment).status == "reversed"


def test_a_reversed_payment_that_stands_there_again_may_be_re_opened(firm: Firm) -> None:
    """It is not written a third time: what is there is it."""
    pc, payment, second = twice(firm)
    firm.books.change_payment(str(firm.payment(payment).txn_id), amount="0.00")
    firm.books.delete_payment(second)
    update(pc)
    assert firm.payment(payment).status == "reversed"
    firm.books.change_payment(str(firm.payment(payment).txn_id), amount="312.50")
    is_paused(firm, pc)
    act(firm, payment, "reopen")
    session = update(pc)
    assert wrote(session) == []
    assert firm.payment(payment).status == "posted"
    goes_on(firm, pc)
    assert executed(firm, payment) == 2


# A stranger: our number and a GUID, and no payment that we know


def strange(firm: Firm, pc: WebConnector) -> list[str]:
    """Post some payments and lose all that we know of them: their ids."""
    payments = [pay(firm, amount, applied) for amount, applied in KINDS]
    assert update(pc).status == "2 payments posted"
    lose_payments(firm)
    del firm.queued[:]
    firm.clock.move(days=1)
    return payments


def test_strangers_pause_posting_and_are_shown(firm: Firm) -> None:
    pc = firm.pc()
    strange(firm, pc)
    firm.queued.append("-")
    firm.queued.append("-")
    waiting = pay(firm, "7.00")
    for _ in range(2):
        is_paused(firm, pc, waiting, why=Kind.STRANGER)
        firm.clock.move(days=1)
    standing = [each.txn_id for each in firm.books.payments()]
    assert [(one["kind"], one["txn_id"]) for one in extras(firm)] == [
        ("stranger", txn_id) for txn_id in standing
    ]
    listed = firm.services.extras.page(firm.company_file_id).items
    assert sorted(str(one.amount) for one in listed) == ["25.00", "312.50"]
    assert [one.payment for one in listed] == [None, None]


def test_strangers_that_a_person_keeps(firm: Firm) -> None:
    pc = firm.pc()
    strange(firm, pc)
    firm.queued.extend("--")
    waiting = pay(firm, "7.00")
    is_paused(firm, pc, waiting, why=Kind.STRANGER)
    for one in extras(firm):
        order(firm, one["txn_id"], "keep")
    assert update(pc).status == "1 payment posted"
    goes_on(firm, pc)
    stand_once(firm, waiting)
    assert len(firm.books.payments()) == 3


def test_a_stranger_is_taken_out_by_a_click(firm: Firm) -> None:
    pc = firm.pc()
    strange(firm, pc)
    is_paused(firm, pc, why=Kind.STRANGER)
    first, second = (one["txn_id"] for one in extras(firm))
    order(firm, first)
    session = update(pc)
    assert wrote(session) == ["TxnDel"]
    assert [each.txn_id for each in firm.books.payments()] == [second]
    assert [one["txn_id"] for one in extras(firm)] == [second]


@pytest.mark.parametrize("days", [0, 30])
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_stranger_whose_payment_comes_later_is_linked_and_not_sent(
    firm: Firm,
    days: int,
    is_kept: bool,  # noqa: FBT001
) -> None:
    """The payment site sends in again what we have lost. Nobody has to click."""
    pc = firm.pc()
    payments = strange(firm, pc)
    is_paused(firm, pc, why=Kind.STRANGER)
    if is_kept:
        for one in extras(firm):
            order(firm, one["txn_id"], "keep")
    firm.clock.move(days=days)
    assert [pay(firm, amount, applied) for amount, applied in KINDS] == payments
    new = pay(firm, "7.00")
    for _ in range(2):
        session = update(pc)
        assert wrote(session).count("ReceivePaymentAdd") <= 1
    stand_once(firm, *payments, new)
    assert extras(firm) == []
    assert resolutions(firm) == ["kept" if is_kept else "linked"] * 2


def test_many_strangers_are_linked_a_page_at_a_time(opened: Callable[..., Firm]) -> None:
    firm = opened(import_page_size=2)
    furnish(firm)
    pc = firm.pc()
    payments = [pay(firm, f"{number}.00") for number in range(1, 8)]
    update(pc)
    lose_payments(firm)
    del firm.queued[:]
    is_paused(firm, pc, why=Kind.STRANGER)
    assert len(extras(firm)) == 7
    firm.clock.move(days=3)
    assert [pay(firm, f"{number}.00") for number in range(1, 8)] == payments
    while extras(firm):
        session = update(pc)
        assert wrote(session) == []
        assert all(len(requests(asked)) <= 17 for asked, _ in session.message_sets)
    stand_once(firm, *payments)


def test_an_entry_by_hand_that_looks_like_ours_is_none(firm: Firm) -> None:
    """It has our number, as our own steps advise, and no GUID: no pause."""
    pc = firm.pc()
    payments = strange(firm, pc)
    numbers = [str(each.number) for each in firm.books.payments()]
    for receipt in firm.books.payments():
        firm.books.delete_payment(receipt.txn_id)
    for number in numbers:
        firm.books.receive_by_hand(CUSTOMER, amount="10.00", number=number)
    firm.queued.extend("--")
    waiting = pay(firm, "7.00")
    assert update(pc).status == "1 payment posted"
    assert extras(firm) == []
    stand_once(firm, waiting)
    assert len(payments) == 2


@pytest.mark.parametrize("number", ["CB2222222222", "2118", None, "CB", "XXABCDEFGHJKMN"])
def test_a_receipt_of_another_program_is_no_stranger(firm: Firm, number: str | None) -> None:
    """It carries a GUID, and a number that we would never have made."""
    firm.books.enter_payment(
        customer=firm.books.customer(CUSTOMER),
        ar_account=firm.books.default_ar_account(),
        date=firm.clock.now.date(),
        number=number if number != "CB2222222222" else "CB2222222223",
        total=1000,
        method=None,
        deposit_to=firm.books.undeposited_funds(),
        external_guid="{8A2F9D2C-1111-5222-8333-123456789ABC}",
    )
    assert update(firm.pc()).status == "Nothing to post."
    assert extras(firm) == []


def test_a_stranger_under_the_prefix_of_the_company(firm: Firm) -> None:
    """Also one that was made before the prefix was changed."""
    pc = firm.pc()
    strange(firm, pc)
    firm.services.companies.set(firm.company_id, {"reference_prefix": "YOGA"})
    firm.queued.extend("--")
    newer = pay(firm, "3.00")
    assert firm.payment(newer).reference.startswith("YOGA")
    is_paused(firm, pc, newer, why=Kind.STRANGER)
    assert len(extras(firm)) == 2


def test_a_stranger_that_is_deleted_or_zero(firm: Firm) -> None:
    pc = firm.pc()
    strange(firm, pc)
    first, second = (each.txn_id for each in firm.books.payments())
    is_paused(firm, pc, why=Kind.STRANGER)
    firm.books.delete_payment(first)
    firm.books.change_payment(second, amount="0.00")
    assert update(pc).status == "Nothing to post."
    assert resolutions(firm) == ["gone", "gone"]
    goes_on(firm, pc)


# What QuickBooks does not tell each time


def without_preferences(line: Transport) -> Transport:
    """Let the first call bring no preferences, as where QuickBooks refuses to tell them."""

    def call(operation: str, body: bytes) -> HttpAnswer:
        if operation == "sendRequestXML":
            given = etree.fromstring(body)[0][0]
            arguments = {str(etree.QName(node).localname): node.text or "" for node in given}
            if arguments["strHCPResponse"]:
                root = etree.fromstring(arguments["strHCPResponse"].encode())
                for node in list(root.iter("PreferencesQueryRs")):
                    refuse("3250")(node)
                arguments["strHCPResponse"] = etree.tostring(root, encoding="unicode")
                body = soap.write_request(operation, arguments)
        return line(operation, body)

    return call


def test_a_closing_date_that_is_not_told_this_time_still_holds(firm: Firm) -> None:
    pc, _, second = twice(firm)
    update(pc)
    firm.books.closing_date = date(2026, 12, 31)
    update(pc)
    order(firm, second)
    line = pc.transport
    pc.transport = without_preferences(line)
    assert wrote(update(pc)) == []
    assert company(firm)["closing_date"] in (date(2026, 12, 31), "2026-12-31")
    assert "books are closed" in (shown(firm, second)["said"] or "")
    pc.transport = line
    firm.books.closing_date = None  # told: there is none any more
    order(firm, second)
    assert wrote(update(pc)) == ["TxnDel"]


def test_a_closing_date_that_was_never_told_is_no_leave(firm: Firm) -> None:
    pc, _, second = twice(firm)
    with firm.engine.begin() as db:
        db.exec_driver_sql("UPDATE company_file SET closing_date_told = false")
    line = pc.transport
    pc.transport = without_preferences(line)
    update(pc)
    order(firm, second)
    assert wrote(update(pc)) == []
    assert "did not tell its closing date" in (shown(firm, second)["said"] or "")
    pc.transport = line
    order(firm, second)
    assert wrote(update(pc)) == ["TxnDel"]


def test_strangers_are_known_by_every_prefix_that_was_ever_set(firm: Firm) -> None:
    pc = firm.pc()
    firm.services.companies.set(firm.company_id, {"reference_prefix": "AA"})
    strange(firm, pc)
    for prefix in ("BB", "CC", "BB"):
        firm.services.companies.set(firm.company_id, {"reference_prefix": prefix})
    is_paused(firm, pc, why=Kind.STRANGER)
    assert len(extras(firm)) == 2


# Where GUIDs are dropped


def numbered(firm: Firm, payment: str) -> list[str]:
    """List the entries with a payment's number."""
    number = firm.payment(payment).reference
    return [each.txn_id for each in firm.books.payments() if each.number == number]


def test_without_guids_a_person_who_names_one_of_two_is_told_of_the_other(firm: Firm) -> None:
    firm.books.behaviour.keeps_external_guid = False
    pc, sleeper = firm.pc("Back office", primary=False), firm.pc("Front desk")
    pay(firm, "3.00")
    for each in (pc, sleeper):
        update(each)
    payment = pay(firm, "25.00")
    asleep = sleeper.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(hours=1)
    update(pc)
    act(firm, payment, "settle_not_posted")
    lose_the_answers(pc)
    firm.clock.move(hours=1)
    asleep.wake(is_online=False)
    firm.clock.move(hours=1)
    update(pc)
    assert firm.payment(payment).status == "in_doubt"  # nobody knows which one it is
    one, other = numbered(firm, payment)
    act(firm, payment, "settle_posted", txn_id=one)
    firm.clock.move(hours=1)
    is_paused(firm, pc, pay(firm, "7.00"))
    assert [each["txn_id"] for each in extras(firm)] == [other]


def test_without_guids_two_that_come_at_once_are_both_noticed(firm: Firm) -> None:
    firm.books.behaviour.keeps_external_guid = False
    pc = firm.pc()
    payment = pay(firm, "25.00")
    (message_set,) = [
        asked for asked, _ in update(pc).message_sets if "ReceivePaymentAddRq" in asked
    ]
    for _ in range(2):
        firm.clock.move(minutes=1)
        RequestProcessor(firm.books).process(message_set)
    firm.clock.move(hours=1)
    is_paused(firm, pc, pay(firm, "7.00"))
    first, *more = numbered(firm, payment)
    assert firm.payment(payment).txn_id == first
    assert [each["txn_id"] for each in extras(firm)] == more


# Between the look at it and its deletion


def read_half_way(firm: Firm, pc: WebConnector) -> Session:
    """Play a sync to where what is to be taken out was judged, and lists go on."""
    for number in range(5):
        firm.books.add_customer(f"Customer {number}")
    firm.clock.move(hours=1)
    return play_until(pc.begin(), 'iterator="Continue"')


@pytest.fixture
def paged(opened: Callable[..., Firm]) -> tuple[Firm, WebConnector, str]:
    """An entry of a payment that nobody knows any more, ordered out."""
    firm = opened(import_page_size=2)
    furnish(firm)
    pc = firm.pc()
    update(pc)
    payment = pay(firm, "25.00")
    update(pc)
    txn_id = str(firm.payment(payment).txn_id)
    lose_payments(firm)
    firm.clock.move(hours=1)
    is_paused(firm, pc, why=Kind.STRANGER)
    order(firm, txn_id)
    return firm, pc, txn_id


def test_one_that_is_kept_meanwhile_is_not_taken_out(
    paged: tuple[Firm, WebConnector, str],
) -> None:
    firm, pc, txn_id = paged
    session = read_half_way(firm, pc)
    order(firm, txn_id, "keep")
    assert wrote(play(session)) == []
    assert [each.txn_id for each in firm.books.payments()] == [txn_id]
    goes_on(firm, pc)


def test_one_whose_payment_comes_meanwhile_is_not_taken_out(
    paged: tuple[Firm, WebConnector, str],
) -> None:
    """The payment site sends it in again, just now."""
    firm, pc, txn_id = paged
    session = read_half_way(firm, pc)
    firm.queued.clear()
    payment = pay(firm, "25.00")
    assert wrote(play(session)) == []
    firm.clock.move(hours=1)
    update(pc)
    assert firm.payment(payment).txn_id == txn_id
    stand_once(firm, payment)
    goes_on(firm, pc)


def test_one_that_was_taken_out_is_known_as_deleted(
    paged: tuple[Firm, WebConnector, str],
) -> None:
    """At once, not only when QuickBooks names it."""
    firm, pc, txn_id = paged
    assert wrote(play(read_half_way(firm, pc))) == ["TxnDel"]
    (row,) = firm.rows("SELECT deleted_wall FROM receipt WHERE txn_id = :id", id=txn_id)
    assert row["deleted_wall"] is not None
    goes_on(firm, pc)


# A restored backup of the file, or of our database


def test_a_backup_from_before_the_second_one(firm: Firm) -> None:
    """In the file that is ours now nothing is too many, so nothing pauses."""
    pc, payment, second = twice(firm, is_online=False)
    later = firm.books.backup()
    firm.books.delete_payment(second)
    firm.books.deletions.clear()
    without = firm.books.backup()
    firm.books.restore(later)
    is_paused(firm, pc)
    order(firm, second, "keep")
    new = pay(firm, "7.00")
    update(pc)
    with firm.engine.begin() as db:
        db.exec_driver_sql("UPDATE extra_receipt SET resolved_at = NULL, resolution = NULL")
    firm.books.restore(without)
    assert "This file lacks payments" in update(pc).status
    firm.services.companies.confirm(firm.company_id, by="admin@example.com")
    assert "1 payments posted earlier are missing" in update(pc).status
    assert extras(firm) == []
    assert resolutions(firm) == ["gone"]
    act(firm, new, "reopen")
    assert update(pc).status == "1 payment posted"
    stand_once(firm, new)

    firm.books.restore(later)  # and there it is again
    update(pc)
    firm.services.companies.confirm(firm.company_id, by="admin@example.com")
    session = update(pc)
    assert PAUSED in session.status
    assert [one["txn_id"] for one in extras(firm)] == [second]
    assert firm.payment(payment).status == "posted"


def test_a_database_from_before_it_was_taken_out(firm: Firm) -> None:
    pc, payment, second = twice(firm)
    is_paused(firm, pc)
    order(firm, second)
    backup = remember(firm)
    assert wrote(update(pc)) == ["TxnDel"]
    firm.clock.move(days=2)
    go_back(firm, backup)
    session = update(pc)
    assert wrote(session) == []
    assert resolutions(firm) == ["gone"]
    assert [each.txn_id for each in firm.books.payments()] == [firm.payment(payment).txn_id]
    assert company(firm)["books_doubted"] is None
    goes_on(firm, pc)
