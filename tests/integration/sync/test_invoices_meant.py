"""Which invoice a payment means that names it by its number, or by an id of the payment site.

It is known when the payment comes, or when a sync first brings the invoice. From then on the
payment means that one, whatever becomes of its number: as if the site had named it by TxnID.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from qbwc_server.services.mappings import What
from sync_core.names import plain
from tests.integration.sync.firm import Firm, update
from tests.integration.sync.test_causes import CAFE, HARPER, owed, told, why
from tests.integration.sync.test_meanwhile import act, meanwhile

OLD, NEW = date(2026, 11, 1), date(2026, 12, 24)


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    firm.books.add_customer(HARPER)
    return firm


def by_number(firm: Firm, amount: str = "100.00", **more: object) -> str:
    """Pay invoice 2102, named by its number."""
    part = {"invoice": {"number": "2102"}, "amount": amount}
    return firm.pay(CAFE, amount, [part], **more)


def by_site_id(firm: Firm, invoice: str, amount: str = "100.00") -> str:
    """Pay an invoice, named by the payment site's id of it."""
    means(firm, invoice)
    return firm.pay(CAFE, amount, [{"invoice": {"external_id": "inv-9"}, "amount": amount}])


def means(firm: Firm, invoice: str) -> None:
    given = [{"external_id": "inv-9", "txn_id": invoice}]
    firm.services.mappings.put(firm.company_file_id, What.INVOICES, given, by="api:site")


def enter(firm: Firm, amount: str = "100.00", **more: Any) -> str:
    """Enter invoice 2102."""
    return firm.books.add_invoice(CAFE, **{"amount": amount, "number": "2102", **more})


# What was due when the customer paid


@pytest.mark.parametrize("named", ["number", "site id", "payer's site id"])
def test_a_total_that_was_lowered_since_is_told_as_that(firm: Firm, named: str) -> None:
    invoice = owed(firm)
    part = [{"invoice": {"number": "2102"}, "amount": "100.00"}]
    if named == "payer's site id":
        given = [{"external_id": "c-1", "list_id": firm.books.customer(CAFE).list_id}]
        firm.services.mappings.put(firm.company_file_id, What.CUSTOMERS, given, by="api:site")
        payment = firm.pay({"external_id": "c-1"}, "100.00", part)
    else:
        payment = by_number(firm) if named == "number" else by_site_id(firm, invoice)
    firm.books.change_invoice(invoice, amount="80.00")
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "edited")
    facts = why(firm, payment).facts
    assert (facts["balance_before"], facts["total_before"]) == ("100.00", "100.00")


def test_the_number_that_several_have_means_the_payers(firm: Firm) -> None:
    owed(firm, "40.00", customer=HARPER)
    invoice = owed(firm)
    payment = by_number(firm)
    firm.books.change_invoice(invoice, amount="80.00")
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "edited")


def test_of_two_of_the_payers_nobody_knows_which(firm: Firm) -> None:
    invoice, other = owed(firm), owed(firm)
    payment = by_number(firm)
    firm.books.delete_invoice(other)
    firm.books.change_invoice(invoice, amount="80.00")
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "other")
    assert "balance_before" not in why(firm, payment).facts


def test_what_was_due_on_another_invoice_is_not_told(firm: Firm) -> None:
    """The payment site has corrected since what its id means."""
    invoice, other = owed(firm), owed(firm, number="2103")
    payment = by_site_id(firm, invoice)
    means(firm, other)
    firm.books.change_invoice(other, amount="80.00")
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "other")
    assert "balance_before" not in why(firm, payment).facts


# What became of it


@pytest.mark.parametrize(
    ("amount", "dated", "story"),
    [("100.00", OLD, "twin"), ("120.00", OLD, "differs"), ("100.00", NEW, "dated_later")],
)
def test_deleted_and_entered_again_under_its_number(
    firm: Firm, amount: str, dated: date, story: str
) -> None:
    invoice = owed(firm)
    payment = by_number(firm)
    firm.books.delete_invoice(invoice)
    firm.clock.move(minutes=1)
    new = enter(firm, amount, date=dated)
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("invoice_recreated", story)
    assert firm.attempts(payment) == []
    if story == "twin":
        act(firm, payment, "use_new_invoice")
        update(pc)
        assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [new]


def test_a_twin_is_used_where_the_company_says_so(firm: Firm) -> None:
    firm.services.companies.set(firm.company_id, {"use_twins": "yes"})
    invoice = owed(firm)
    payment = by_number(firm, received_on="2027-01-01")
    new = firm.books.recreate_invoice(invoice)
    update(firm.pc())
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [new]


def test_deleted(firm: Firm) -> None:
    invoice = owed(firm)
    payment = by_number(firm)
    firm.books.delete_invoice(invoice)
    update(firm.pc())
    assert told(firm, payment) == ("invoice_deleted", "plain")
    assert "Invoice 2102 was deleted in QuickBooks on " in why(firm, payment).summary


def test_voided_and_another_one_has_its_number(firm: Firm) -> None:
    invoice = owed(firm)
    payment = by_number(firm)
    firm.books.void_invoice(invoice)
    enter(firm)
    update(firm.pc())
    assert told(firm, payment) == ("invoice_voided", "plain")


def test_renumbered_and_another_one_has_its_number(firm: Firm) -> None:
    invoice = owed(firm)
    payment = by_number(firm)
    firm.books.change_invoice(invoice, number="2102-A")
    enter(firm)
    update(firm.pc())
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [invoice]


def test_paid_and_another_one_has_its_number(firm: Firm) -> None:
    invoice = owed(firm)
    payment = by_number(firm)
    firm.books.pay_otherwise(invoice, kind="Deposit", amount="100.00", number="D-1")
    enter(firm)
    update(firm.pc())
    assert told(firm, payment) == ("paid_in_quickbooks", "by_hand")


def void(firm: Firm, invoice: str) -> None:
    firm.books.void_invoice(invoice)


def pay_off(firm: Firm, invoice: str) -> None:
    firm.books.receive_by_hand(
        CAFE, amount="100.00", invoices={invoice: "100.00"}, date=date(2026, 6, 30)
    )


@pytest.mark.parametrize("close", [void, pay_off])
def test_a_closed_one_is_not_meant_where_another_is_entered_before_the_sync(
    firm: Firm, close: Callable[[Firm, str], None]
) -> None:
    """It was closed and imported so; the customer pays what the next sync brings first."""
    old, pc = owed(firm), firm.pc()
    close(firm, old)
    update(pc)
    firm.clock.move(hours=2)
    new = enter(firm)
    payment = by_number(firm)
    update(pc)
    assert firm.payment(payment).status == "posted"
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [new]


@pytest.mark.parametrize(
    ("close", "cause"), [(void, "invoice_voided"), (pay_off, "paid_in_quickbooks")]
)
def test_a_closed_one_is_told_where_no_other_has_its_number(
    firm: Firm, close: Callable[[Firm, str], None], cause: str
) -> None:
    old, pc = owed(firm), firm.pc()
    close(firm, old)
    update(pc)
    payment = by_number(firm)
    update(pc)
    assert told(firm, payment)[0] == cause
    assert why(firm, payment).facts["invoice_txn_id"] == old


def test_entered_again_while_the_payment_was_on_its_way(firm: Firm) -> None:
    invoice = owed(firm)
    payment = by_number(firm)
    meanwhile(firm, lambda: firm.books.recreate_invoice(invoice))
    assert told(firm, payment)[0] == "invoice_recreated"


# First known by a sync


def brought_and_refused(firm: Firm) -> str:
    """A sync brings the invoice; QuickBooks refuses the payment for something else."""
    invoice = enter(firm)
    firm.books.make_inactive(CAFE)
    update(firm.pc())
    firm.books.make_active(CAFE)
    return invoice


def brought_while_posting_was_paused(firm: Firm) -> str:
    """A sync brings the invoice, and checks nothing."""
    firm.services.companies.set(firm.company_id, {"deposit_to": "Nowhere"})
    invoice = enter(firm)
    update(firm.pc())
    firm.services.companies.set(firm.company_id, {"deposit_to": ""})
    return invoice


@pytest.mark.parametrize("brought", [brought_and_refused, brought_while_posting_was_paused])
def test_what_a_sync_brought_first_is_meant(firm: Firm, brought: Callable[[Firm], str]) -> None:
    pc = firm.pc("Other PC", primary=False)
    update(pc)
    payment = by_number(firm)
    invoice = brought(firm)
    firm.clock.move(hours=2)
    firm.books.delete_invoice(invoice)
    firm.clock.move(minutes=1)
    enter(firm, "120.00")
    update(pc)
    assert told(firm, payment) == ("invoice_recreated", "differs")
    assert "balance_before" not in why(firm, payment).facts


def watched(firm: Firm) -> list[str]:
    return [row["key"] for row in firm.rows("SELECT key FROM watch ORDER BY key")]


def two_numbers(firm: Firm) -> str:
    """Pay two invoices that nobody here knows yet."""
    parts = [{"invoice": {"number": number}, "amount": "50.00"} for number in ("A1", "B1")]
    return firm.pay(CAFE, "100.00", parts)


def test_each_number_waits_until_its_own_invoice_is_known(firm: Firm) -> None:
    firm.services.companies.set(firm.company_id, {"deposit_to": "Nowhere"})
    pc = firm.pc()
    update(pc)
    two_numbers(firm)
    assert watched(firm) == [plain("A1"), plain("B1")]
    first = enter(firm, "50.00", number="A1")
    update(pc)
    assert watched(firm) == [plain("B1")]
    firm.clock.move(hours=2)
    second = enter(firm, "50.00", number="B1")
    update(pc)
    assert watched(firm) == []
    kept = firm.rows("SELECT meant_txn_id FROM payment_apply ORDER BY position")
    assert [row["meant_txn_id"] for row in kept] == [first, second]


def test_what_was_withdrawn_waits_for_nothing(firm: Firm) -> None:
    payment = two_numbers(firm)
    act(firm, payment, "withdraw")
    assert watched(firm) == []


def test_a_number_is_waited_for_however_it_is_written(firm: Firm) -> None:
    invoice = owed(firm, number="A 7 ")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.delete_invoice(invoice)
    update(firm.pc())
    assert told(firm, payment) == ("invoice_deleted", "plain")
    assert watched(firm) == [plain("A 7 ")]


def test_deleted_before_anybody_knew_it(firm: Firm) -> None:
    """Nobody can say which one was meant: the payment waits for one with its number."""
    payment = by_number(firm)
    firm.books.delete_invoice(enter(firm))
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("unknown_reference", "invoice_none")
    firm.clock.move(hours=2)
    enter(firm)
    update(pc)
    assert firm.payment(payment).status == "posted"
