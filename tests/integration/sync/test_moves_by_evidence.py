"""What QuickBooks shows moves payments: to posted from wherever they are, and to reversed.

Mere absence moves nothing.
"""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from scripts.simulate.web_connector import WebConnector
from sync_core.wording import notes, office
from tests.integration.sync.firm import Firm, update
from tests.integration.sync.losses import (
    act,
    edited,
    executed,
    extras,
    lose_the_answers,
    refuse,
    stand_once,
    trail,
    wrote,
)

CUSTOMER = "Café Belém"
OTHER = "Zoë Lindqvist"
KINDS = [("25.00", None), ("312.50", "200.00")]


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    """The office PC, which has posted before."""
    firm.books.add_customer(CUSTOMER)
    firm.books.add_customer(OTHER)
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2118")
    pc = firm.pc()
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    return pc


def pay(firm: Firm, amount: str, applied: str | None = None, **more: Any) -> str:
    apply = [{"invoice": {"number": "2118"}, "amount": applied}] if applied else []
    return firm.pay(CUSTOMER, amount, apply, **more)


def posted(firm: Firm, pc: WebConnector, amount: str, applied: str | None) -> str:
    payment = pay(firm, amount, applied)
    assert update(pc).status == "1 payment posted"
    firm.clock.move(hours=5)
    return payment


def enter_ours(firm: Firm, payment: str, total_cents: int = 31250) -> str:
    """Let a receipt of ours be there, with its GUID, whoever brought it; give its TxnID."""
    (row,) = firm.rows("SELECT * FROM payment WHERE external_id = :id", id=payment)
    receipt = firm.books.enter_payment(
        customer=firm.books.customer(CUSTOMER),
        ar_account=firm.books.default_ar_account(),
        date=firm.clock.now.date(),
        number=row["reference"],
        total=total_cents,
        method=None,
        deposit_to=firm.books.undeposited_funds(),
        external_guid=f"{{{row['external_guid'].upper()}}}",
    )
    return receipt.txn_id


# To posted


def waits(_firm: Firm, _payment: str) -> None:
    pass


def withdrawn(firm: Firm, payment: str) -> None:
    act(firm, payment, "withdraw")


def rejected(firm: Firm, _payment: str) -> None:
    assert update(firm.pc("A second PC", primary=False)).status.startswith("1 needs you")


def dismissed(firm: Firm, payment: str) -> None:
    rejected(firm, payment)
    act(firm, payment, "dismiss")


def hidden_when_rejected(firm: Firm, payment: str) -> None:
    rejected(firm, payment)
    act(firm, payment, "delete")


def hidden_when_dismissed(firm: Firm, payment: str) -> None:
    dismissed(firm, payment)
    act(firm, payment, "delete")


FROM: list[Callable[[Firm, str], None]] = [
    waits,
    withdrawn,
    rejected,
    dismissed,
    hidden_when_rejected,
    hidden_when_dismissed,
]


@pytest.mark.parametrize("stands", FROM)
def test_a_receipt_of_ours_posts_a_payment_from_wherever_it_is(
    firm: Firm, pc: WebConnector, stands: Callable[[Firm, str], None]
) -> None:
    """And it is shown again if it was deleted from the history."""
    payment = pay(firm, "312.50", "200.00", method="Barter")  # a method that QuickBooks lacks
    stands(firm, payment)
    before = firm.payment(payment)
    txn_id = enter_ours(firm, payment)
    firm.clock.move(hours=1)
    session = update(pc)
    assert session.status == "1 payment posted"
    assert wrote(session) == []
    shown = firm.payment(payment)
    assert (shown.status, shown.txn_id) == ("posted", txn_id)
    assert (shown.rejection, shown.deleted_at, shown.note) == (None, None, None)
    assert shown.posted_at == firm.clock.now
    last = shown.history[-1]
    assert (last.from_status, last.by) == (before.status, "session")
    assert payment in [one.id for one in firm.services.payments.page(firm.company_file_id).items]
    assert update(pc).status == "Nothing to post."


@pytest.mark.parametrize("stands", FROM)
def test_a_receipt_of_ours_at_zero_reverses_it_at_once(
    firm: Firm, pc: WebConnector, stands: Callable[[Firm, str], None]
) -> None:
    payment = pay(firm, "312.50", method="Barter")
    stands(firm, payment)
    enter_ours(firm, payment, 0)
    assert wrote(update(pc)) == []
    assert firm.payment(payment).status == "reversed"
    assert trail(firm, payment)[-2:] == ["posted", "reversed"]
    assert extras(firm) == []


@pytest.mark.parametrize("stands", FROM)
def test_without_a_receipt_nothing_moves(
    firm: Firm, pc: WebConnector, stands: Callable[[Firm, str], None]
) -> None:
    """An entry by hand under our number is not ours."""
    payment = pay(firm, "312.50", method="Barter")
    stands(firm, payment)
    before = firm.payment(payment).status
    number = firm.payment(payment).reference
    firm.books.receive_by_hand(CUSTOMER, amount="312.50", number=number)
    assert wrote(update(pc)) == []
    after = firm.payment(payment).status
    assert after == ("rejected" if before == "queued" else before)
    assert executed(firm, payment) == 0


def test_a_hidden_payment_is_never_sent_by_itself(firm: Firm, pc: WebConnector) -> None:
    payments = [pay(firm, amount, applied, method="Barter") for amount, applied in KINDS]
    update(pc)
    for payment in payments:
        act(firm, payment, "delete")
    firm.books.add_payment_method("Barter", "Other")  # the cause is gone
    for _ in range(2):
        assert update(pc).status == "Nothing to post."
        firm.clock.move(days=1)
    assert [firm.payment(payment).status for payment in payments] == ["dismissed"] * 2


# To reversed


@pytest.mark.parametrize("keeps_guid", [True, False])
@pytest.mark.parametrize("edit", [{}, {"number": "1001", "customer": OTHER}])
@pytest.mark.parametrize(("amount", "applied"), KINDS)
def test_set_to_zero_in_quickbooks(
    firm: Firm,
    pc: WebConnector,
    amount: str,
    applied: str | None,
    edit: dict[str, Any],
    keeps_guid: bool,  # noqa: FBT001
) -> None:
    """It is known by its TxnID, whatever else was edited and whether it has its GUID."""
    firm.books.behaviour.keeps_external_guid = keeps_guid
    payment = posted(firm, pc, amount, applied)
    txn_id = str(firm.payment(payment).txn_id)
    firm.books.change_payment(txn_id, amount="0.00", **edit)
    session = update(pc)
    assert session.status == "Nothing to post."
    shown = firm.payment(payment)
    assert (shown.status, shown.note) == ("reversed", "It was set to 0.00 in QuickBooks.")
    assert shown.txn_id == txn_id
    assert [update(pc).status for _ in range(2)] == ["Nothing to post."] * 2
    assert extras(firm) == []
    assert executed(firm, payment) == 1


@pytest.mark.parametrize("keeps_guid", [True, False])
@pytest.mark.parametrize(("amount", "applied"), KINDS)
def test_deleted_in_quickbooks(
    firm: Firm,
    pc: WebConnector,
    amount: str,
    applied: str | None,
    keeps_guid: bool,  # noqa: FBT001
) -> None:
    firm.books.behaviour.keeps_external_guid = keeps_guid
    payment = posted(firm, pc, amount, applied)
    txn_id = str(firm.payment(payment).txn_id)
    firm.books.change_payment(txn_id, number="1001")
    firm.books.delete_payment(txn_id)
    assert update(pc).status == "Nothing to post."
    shown = firm.payment(payment)
    assert (shown.status, shown.note) == ("reversed", "It was deleted in QuickBooks.")
    assert [update(pc).status for _ in range(2)] == ["Nothing to post."] * 2
    assert executed(firm, payment) == 1


def test_a_hidden_payment_that_is_reversed_is_shown_again(firm: Firm, pc: WebConnector) -> None:
    deleted, zeroed = (posted(firm, pc, amount, applied) for amount, applied in KINDS)
    for payment in (deleted, zeroed):
        act(firm, payment, "delete")
    firm.books.delete_payment(str(firm.payment(deleted).txn_id))
    firm.books.change_payment(str(firm.payment(zeroed).txn_id), amount="0.00")
    update(pc)
    for payment in (deleted, zeroed):
        shown = firm.payment(payment)
        assert (shown.status, shown.deleted_at) == ("reversed", None)


def test_absence_reverses_nothing(firm: Firm, pc: WebConnector) -> None:
    """It is gone without a trace, and no witness any more."""
    payment = posted(firm, pc, "312.50", "200.00")
    others = [posted(firm, pc, f"{number}.00", None) for number in (2, 3, 4)]
    firm.books.delete_payment(str(firm.payment(payment).txn_id))
    firm.books.deletions.clear()
    for _ in range(3):
        assert update(pc).status == "Nothing to post."
        firm.clock.move(days=1)
    assert firm.payment(payment).status == "posted"
    stand_once(firm, *others)


def test_a_deletion_of_something_else_with_our_number_reverses_nothing(
    firm: Firm, pc: WebConnector
) -> None:
    payment = posted(firm, pc, "312.50", "200.00")
    number = firm.payment(payment).reference
    by_hand = firm.books.receive_by_hand(CUSTOMER, amount="312.50", number=number)
    firm.books.delete_payment(by_hand)
    assert update(pc).status == "Nothing to post."
    stand_once(firm, payment)


@pytest.mark.parametrize(
    ("edit", "keeps_guid"),
    [
        ({"number": "1001"}, False),
        ({"number": ""}, True),
        ({"amount": "0.01"}, False),
        ({"customer": OTHER}, False),
        ({"number": "1001", "amount": "5.00", "customer": OTHER}, True),
    ],
)
def test_an_edit_reverses_nothing(
    firm: Firm,
    pc: WebConnector,
    edit: dict[str, Any],
    keeps_guid: bool,  # noqa: FBT001
) -> None:
    firm.books.behaviour.keeps_external_guid = keeps_guid
    payment = posted(firm, pc, "312.50", "200.00")
    txn_id = str(firm.payment(payment).txn_id)
    firm.books.change_payment(txn_id, **edit)
    assert update(pc).status == "Nothing to post."
    shown = firm.payment(payment)
    assert (shown.status, shown.txn_id) == ("posted", txn_id)
    assert extras(firm) == []
    assert executed(firm, payment) == 1


# Reversed and re-opened


def zero(firm: Firm, txn_id: str) -> None:
    firm.books.change_payment(txn_id, amount="0.00")


def delete(firm: Firm, txn_id: str) -> None:
    firm.books.delete_payment(txn_id)


def zero_and_delete(firm: Firm, txn_id: str) -> None:
    zero(firm, txn_id)
    delete(firm, txn_id)


REVERSALS = [zero, delete, zero_and_delete]


@pytest.mark.parametrize("reverse", REVERSALS)
@pytest.mark.parametrize("keeps_guid", [True, False])
def test_re_opened_it_is_posted_again_once(
    firm: Firm,
    pc: WebConnector,
    keeps_guid: bool,  # noqa: FBT001
    reverse: Callable[[Firm, str], None],
) -> None:
    """What is left of it at 0.00 is not taken for it."""
    firm.books.behaviour.keeps_external_guid = keeps_guid
    payment = posted(firm, pc, "312.50", "200.00")
    first = str(firm.payment(payment).txn_id)
    reverse(firm, first)
    update(pc)
    act(firm, payment, "reopen")
    assert update(pc).status == "1 payment posted"
    shown = firm.payment(payment)
    assert shown.status == "posted"
    assert shown.txn_id not in (first, None)
    assert executed(firm, payment) == 2
    for _ in range(2):
        firm.clock.move(hours=3)
        assert update(pc).status == "Nothing to post."
    assert firm.payment(payment).txn_id == shown.txn_id
    standing = [each for each in firm.books.payments() if each.total == 31250]
    assert [each.txn_id for each in standing] == [shown.txn_id]
    assert extras(firm) == []
    assert trail(firm, payment) == [
        *("queued", "sent", "posted", "reversed", "queued", "sent", "posted")
    ]


@pytest.mark.parametrize("reverse", REVERSALS)
@pytest.mark.parametrize("keeps_guid", [True, False])
def test_re_opened_and_its_answer_is_lost(
    firm: Firm,
    pc: WebConnector,
    keeps_guid: bool,  # noqa: FBT001
    reverse: Callable[[Firm, str], None],
) -> None:
    firm.books.behaviour.keeps_external_guid = keeps_guid
    payment = posted(firm, pc, "312.50", "200.00")
    reverse(firm, str(firm.payment(payment).txn_id))
    update(pc)
    act(firm, payment, "reopen")
    lose_the_answers(pc)
    firm.clock.move(hours=1)
    if reverse is zero and not keeps_guid:  # two entries have its number: a person looks
        assert wrote(update(pc)) == []
        return
    assert wrote(update(pc)) == []
    assert firm.payment(payment).status == "posted"
    assert firm.payment(payment).txn_id == firm.books.payments()[-1].txn_id
    assert executed(firm, payment) == 2
    assert extras(firm) == []


def test_re_opened_and_reversed_once_more(firm: Firm, pc: WebConnector) -> None:
    payment = posted(firm, pc, "312.50", "200.00")
    for _ in range(2):
        zero(firm, str(firm.payment(payment).txn_id))
        update(pc)
        assert firm.payment(payment).status == "reversed"
        act(firm, payment, "reopen")
        assert update(pc).status == "1 payment posted"
        firm.clock.move(hours=3)
    assert executed(firm, payment) == 3
    assert sum(each.total == 31250 for each in firm.books.payments()) == 1
    assert update(pc).status == "Nothing to post."


@pytest.mark.parametrize("reverse", REVERSALS)
def test_re_opened_and_reversed_before_its_lost_answer_was_looked_for(
    firm: Firm, pc: WebConnector, reverse: Callable[[Firm, str], None]
) -> None:
    """Only what is from before it was re-opened is no longer it."""
    payment = posted(firm, pc, "312.50", "200.00")
    zero(firm, str(firm.payment(payment).txn_id))
    update(pc)
    act(firm, payment, "reopen")
    lose_the_answers(pc)
    reverse(firm, firm.books.payments()[-1].txn_id)
    firm.clock.move(hours=1)
    assert wrote(update(pc)) == []
    assert firm.payment(payment).status == ("reversed" if reverse is zero else "rejected")
    assert executed(firm, payment) == 2


def test_reversed_stays_reversed_without_a_person(firm: Firm, pc: WebConnector) -> None:
    payments = [posted(firm, pc, amount, applied) for amount, applied in KINDS]
    delete(firm, str(firm.payment(payments[0]).txn_id))
    zero(firm, str(firm.payment(payments[1]).txn_id))
    for _ in range(4):
        assert update(pc).status == "Nothing to post."
        firm.clock.move(days=20)
    assert [firm.payment(payment).status for payment in payments] == ["reversed"] * 2
    assert [executed(firm, payment) for payment in payments] == [1, 1]


# By a person's word


def named_by_hand(firm: Firm, pc: WebConnector, txn_id: str = "") -> str:
    """Lose an answer, and let a person say which entry it is; a wrong one where there is none."""
    payment = pay(firm, "25.00")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut(after=0 if txn_id else 1)
    firm.services.restore.run(by="operator")  # so that it is in doubt, and a person may act
    wanted = txn_id or firm.books.payments()[-1].txn_id
    act(firm, payment, "settle_posted", txn_id=wanted)
    firm.clock.move(days=3)
    return payment


def seen(firm: Firm, payment: str) -> bool:
    (row,) = firm.rows("SELECT entered_wall FROM payment WHERE external_id = :id", id=payment)
    return row["entered_wall"] is not None


def test_an_entry_named_by_hand_counts_as_witness_once_it_was_seen(
    firm: Firm, pc: WebConnector
) -> None:
    payment = named_by_hand(firm, pc)
    assert not seen(firm, payment)
    update(pc)
    assert seen(firm, payment)
    assert firm.payment(payment).status == "posted"
    asked = str(firm.payment(payment).txn_id)
    for times in (1, 1):  # from now on as one of the newest
        session = update(pc)
        assert session.message_sets[0][0].count(f"<TxnID>{asked}</TxnID>") == times
    assert firm.payment(payment).missing_since is None


@pytest.mark.parametrize("txn_id", ["9-9999999999", "mistyped"])
def test_an_entry_named_by_hand_that_is_not_there_is_told(
    firm: Firm, pc: WebConnector, txn_id: str
) -> None:
    """Nothing moves by itself; a person sees it among what is missing, and may re-open it."""
    payment = named_by_hand(firm, pc, txn_id)
    session = update(pc)
    assert office.NOT_THERE.format(count=1, base_url="https://pay.example.com") in session.status
    shown = firm.payment(payment)
    assert (shown.status, shown.txn_id, shown.note) == ("posted", txn_id, notes.NOT_SEEN)
    missing = firm.services.payments.missing(firm.company_file_id)
    assert [one.id for one in missing.items] == [payment]
    assert txn_id not in update(pc).message_sets[0][0]  # it is asked for once
    act(firm, payment, "reopen")
    update(pc)
    assert executed(firm, payment) == 1
    assert firm.payment(payment).txn_id == firm.books.payments()[-1].txn_id


def test_an_answer_that_says_nothing_of_an_entry_named_by_hand(
    firm: Firm, pc: WebConnector
) -> None:
    payment = named_by_hand(firm, pc, "9-9999999999")
    line = pc.transport

    def is_about_it(node: etree._Element) -> bool:
        return node.get("iteratorRemainingCount") is None and not len(node)

    pc.transport = edited(line, is_about_it, refuse("3250"))
    update(pc)
    assert firm.payment(payment).missing_since is None
    pc.transport = line
    update(pc)
    assert firm.payment(payment).missing_since is not None
