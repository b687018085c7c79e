"""Why QuickBooks refused what fitted when we looked: the second look, and what nobody could know.

Somebody edits the books between our look and our payment; or before the first look, so that what
was due when the customer paid is not known.
"""

from collections.abc import Callable
from datetime import date

import pytest

from tests.integration.sync.firm import Firm, kinds, update
from tests.integration.sync.test_causes import CAFE, HARPER, owed, told, why

GARDEN = f"{CAFE}:Garden"
CLINIC = "A/R Clinic"


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    firm.books.add_customer(HARPER)
    return firm


def meanwhile(firm: Firm, edit: Callable[[], object]) -> list[list[str]]:
    """Sync, and edit the books when the payments have left and are not there yet."""
    session = firm.pc().begin()
    while session.step():
        if "ReceivePaymentAddRq" in session.calls[-1].answer:
            firm.clock.move(seconds=1)
            edit()
    firm.clock.move(hours=2)
    return kinds(session)


def act(firm: Firm, payment: str, action: str) -> None:
    firm.services.review.act(firm.company_file_id, payment, {"action": action}, by="ann")


def test_deleted_meanwhile_and_told_when_by_the_next_sync(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    asked = meanwhile(firm, lambda: firm.books.delete_invoice(invoice))
    assert told(firm, payment) == ("invoice_deleted", "plain")
    assert (why(firm, payment).status_code, why(firm, payment).facts.get("deleted_on")) == (
        *(3120, None),
    )
    assert asked[-1] == ["InvoiceQuery", "ReceivePaymentQuery"]
    update(firm.pc("Other PC", primary=False))
    assert why(firm, payment).facts["deleted_on"] == "2026-11-20"


def test_entered_again_meanwhile(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    new: list[str] = []
    meanwhile(firm, lambda: new.append(firm.books.recreate_invoice(invoice)))
    assert told(firm, payment) == ("invoice_recreated", "twin")
    assert why(firm, payment).facts["new_invoice_txn_id"] == new[0]


def test_an_invoice_named_by_its_number_is_asked_for_too(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", [{"invoice": {"number": "2102"}, "amount": "100.00"}])
    entry: list[str] = []
    meanwhile(
        firm,
        lambda: entry.append(
            firm.books.pay_otherwise(invoice, kind="JournalEntry", amount="100.00", number="J-9")
        ),
    )
    assert told(firm, payment) == ("paid_in_quickbooks", "by_hand")
    assert why(firm, payment).facts["found_txn_id"] == entry[0]


def test_moved_to_another_account_meanwhile(firm: Firm) -> None:
    firm.books.add_account(CLINIC, "AccountsReceivable")
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    meanwhile(firm, lambda: firm.books.change_invoice(invoice, ar_account=CLINIC))
    assert told(firm, payment) == ("wrong_customer", "account")
    assert why(firm, payment).facts["account_name"] == CLINIC
    accounts = [row["account"] for row in why(firm, payment).evidence]
    assert accounts == ["Accounts Receivable", CLINIC]  # as it was sent, and the invoice's
    act(firm, payment, "use_invoice_account")
    update(firm.pc("Other PC", primary=False))
    assert firm.receipt(payment).ar_account.full_name == CLINIC
    assert firm.times_in_quickbooks(payment) == 1


def test_merged_meanwhile(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    meanwhile(firm, lambda: firm.books.merge_customers(CAFE, into=HARPER))
    assert told(firm, payment) == ("customer_unavailable", "merged")
    assert why(firm, payment).facts["invoice_customer"] == HARPER


def test_the_job_under_which_it_was_to_stand_is_inactive(firm: Firm) -> None:
    """The parent paid for it, and is active: it is the job that QuickBooks does not take."""
    firm.books.add_customer(GARDEN)
    invoice = owed(firm, customer=GARDEN)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.make_inactive(GARDEN)
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("customer_unavailable", "inactive")
    assert why(firm, payment).facts["customer"] == GARDEN
    firm.clock.move(hours=2)
    firm.books.make_active(GARDEN)
    update(pc)
    assert firm.payment(payment).status == "posted"


@pytest.mark.parametrize("named", ["name", "list_id"])
def test_a_customer_in_another_currency_is_inactive_meanwhile(firm: Firm, named: str) -> None:
    """What is known of it stays known: its currency, what it owes, when it was last seen."""
    firm.books.home_currency = "US Dollar"
    firm.books.add_account("Accounts Receivable - EUR", "AccountsReceivable", currency="Euro")
    firm.books.add_customer("Hotel Atlântico", currency="Euro")
    hotel = firm.books.customer("Hotel Atlântico")
    update(firm.pc("Other PC", primary=False))
    firm.clock.move(hours=2)
    customer = {named: hotel.full_name if named == "name" else hotel.list_id}
    payment = firm.pay(customer, "100.00", currency="EUR")
    meanwhile(firm, lambda: firm.books.make_inactive(hotel.full_name))
    assert told(firm, payment) == ("customer_unavailable", "inactive")
    (row,) = why(firm, payment).evidence
    assert row == {
        "customer": hotel.full_name,
        "active": "no",
        "balance": "0.00",
        "last_seen_on": "2026-11-20",
    }


def test_closed_meanwhile_is_told_by_the_closing_date_of_now(firm: Firm) -> None:
    firm.books.closing_date = date(2026, 9, 30)
    payment = firm.pay(CAFE, "100.00")

    def close() -> None:
        firm.books.closing_date = date(2026, 11, 30)

    meanwhile(firm, close)
    assert told(firm, payment) == ("closed_period", "closing")
    assert why(firm, payment).facts["closing_date"] == "2026-11-30"
    act(firm, payment, "use_open_day")
    update(firm.pc("Other PC", primary=False))
    assert firm.receipt(payment).date == date(2026, 12, 1)


# A customer named by its name


@pytest.mark.parametrize("named", ["txn_id", "number"])
def test_a_customer_named_by_its_name_was_merged(firm: Firm, named: str) -> None:
    invoice = owed(firm)
    part = {"invoice": {named: invoice if named == "txn_id" else "2102"}, "amount": "100.00"}
    payment = firm.pay(CAFE, "100.00", [part])
    firm.books.merge_customers(CAFE, into=HARPER)
    update(firm.pc())
    assert told(firm, payment) == ("customer_unavailable", "merged")
    assert why(firm, payment).facts["invoice_customer"] == HARPER
    act(firm, payment, "choose_customer")
    firm.clock.move(hours=2)
    update(firm.pc("Other PC", primary=False))
    assert firm.receipt(payment).customer.full_name == HARPER


def test_a_customer_was_deleted_and_entered_again_under_its_name(firm: Firm) -> None:
    pc = firm.pc()
    update(pc)
    payment = firm.pay(CAFE, "100.00")
    firm.clock.move(hours=2)
    firm.books.delete_customer(CAFE)
    update(pc)
    assert told(firm, payment) == ("customer_unavailable", "missing")
    assert firm.attempts(payment) == []
    firm.clock.move(hours=2)
    firm.books.add_customer(CAFE)
    update(pc)
    assert firm.payment(payment).status == "posted"


# What was due when the customer paid is not known


def lately(firm: Firm, amount: str, *, earlier: str) -> str:
    """Owe an invoice that no sync has seen yet, some of which was paid long ago."""
    invoice = firm.books.add_invoice(CAFE, amount=amount, number="2102")
    firm.books.receive_by_hand(
        CAFE, amount=earlier, invoices={invoice: earlier}, date=date(2026, 10, 1)
    )
    return invoice


def test_an_older_payment_does_not_explain_a_few_cents(firm: Firm) -> None:
    invoice = lately(firm, "100.00", earlier="40.00")
    payment = firm.pay(CAFE, "60.02", {invoice: "60.02"})
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "cents")
    assert why(firm, payment).facts["difference"] == "0.02"


@pytest.mark.parametrize("earlier", ["10.00", "40.00"])
def test_an_older_payment_does_not_explain_a_smaller_total(firm: Firm, earlier: str) -> None:
    """Whether it could have taken so much alone or not: nobody knows, and nobody claims it."""
    invoice = lately(firm, "100.00", earlier=earlier)
    rest = "90.00" if earlier == "10.00" else "60.00"
    payment = firm.pay(CAFE, rest, {invoice: rest})
    firm.books.change_invoice(invoice, amount="75.00")
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "other")


def test_two_entries_that_together_are_what_is_missing_explain_it(firm: Firm) -> None:
    invoice = lately(firm, "100.00", earlier="25.00")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.receive_by_hand(CAFE, amount="30.00", invoices={invoice: "30.00"})
    update(firm.pc())
    assert told(firm, payment) == ("paid_in_quickbooks", "part")


# Moved within a family: a customer pays for its jobs

HOUSE, ROOF = f"{CAFE}:House", f"{CAFE}:Roof"


@pytest.mark.parametrize("payer", [CAFE, HOUSE])
@pytest.mark.parametrize(("was", "now"), [(HOUSE, CAFE), (CAFE, HOUSE), (HOUSE, ROOF)])
def test_moved_within_the_family_meanwhile(firm: Firm, payer: str, was: str, now: str) -> None:
    """It is no problem: the payment stands under whoever has the invoice now."""
    firm.books.add_customer(HOUSE)
    firm.books.add_customer(ROOF)
    invoice = owed(firm, customer=was)
    payment = firm.pay(payer, "100.00", {invoice: "100.00"})
    meanwhile(firm, lambda: firm.books.change_invoice(invoice, customer=now))
    update(firm.pc("Other PC", primary=False))
    assert firm.payment(payment).status == "posted"
    customer = firm.receipt(payment).customer.full_name
    assert customer == (now if firm.attempts(payment)[1:] else CAFE)  # the parent's may stand there
    assert firm.times_in_quickbooks(payment) == 1
