"""Each remedy leads where it says: what a person chose stands in QuickBooks after the next sync.

The amount received is never changed, and each payment is carried out once, whatever was chosen and
however many syncs follow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from qbwc_server.errors import Refused
from qbwc_server.services.mappings import What
from qbwc_server.services.previews import PreviewView
from scripts.simulate.quickbooks import refusals
from scripts.simulate.quickbooks.money import amount
from scripts.simulate.web_connector import WebConnector
from sync_core.lifecycle import PaymentStatus
from tests.integration.sync.firm import Firm, update
from tests.integration.sync.test_causes import CAFE, HARPER, owed, told

GARDEN = f"{CAFE}:Garden"


@dataclass(frozen=True)
class Standing:
    """A payment as it stands in QuickBooks; `on` maps invoices to amounts."""

    customer: str
    day: str
    amount: str
    on: dict[str, str]
    unapplied: str
    account: str = "Accounts Receivable"
    method: str = "Visa"


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    firm.books.add_customer(HARPER)
    return firm


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    return firm.pc()


def sync(firm: Firm, pc: WebConnector) -> None:
    """Let the next sync run, two hours later."""
    firm.clock.move(hours=2)
    update(pc)


def choose(firm: Firm, payment: str, action: str, **more: Any) -> PreviewView:
    """See what an action will do, and then let it be done."""
    given = {"action": action, **more}
    shown = firm.services.review.act(
        firm.company_file_id, payment, {**given, "preview": True}, by="ann"
    )
    firm.services.review.act(firm.company_file_id, payment, given, by="ann")
    assert shown is not None
    return shown


def stands(firm: Firm, payment: str) -> Standing:
    """Say how a payment stands in QuickBooks, where it was carried out once."""
    assert firm.payment(payment).status == PaymentStatus.POSTED
    receipt = firm.receipt(payment)
    assert firm.times_in_quickbooks(payment) == 1
    assert firm.books.executed_adds[receipt.sent_guid or ""] == 1
    assert firm.payment(payment).unapplied == amount(receipt.unapplied)
    return Standing(
        customer=receipt.customer.full_name,
        day=receipt.date.isoformat(),
        amount=amount(receipt.total),
        on={link.invoice.txn_id: amount(link.amount) for link in receipt.links},
        unapplied=amount(receipt.unapplied),
        account=receipt.ar_account.full_name,
        method=receipt.method.full_name if receipt.method else "",
    )


def whole(invoice: str, cents: str = "100.00", *, customer: str = CAFE) -> Standing:
    """A payment of the example that stands on one invoice with all it has."""
    return Standing(customer, "2026-11-20", cents, {invoice: cents}, "0.00")


def nothing_was_sent(firm: Firm, payment: str) -> bool:
    return firm.times_in_quickbooks(payment) == 0 and not firm.books.executed_adds


# That is this payment, or they are two


def test_that_is_this_payment(firm: Firm, pc: WebConnector) -> None:
    """Typed in and applied by hand: what she entered stands for it, and nothing is added."""
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    entry = firm.books.receive_by_hand(CAFE, amount="100.00", invoices={invoice: "100.00"})
    sync(firm, pc)
    assert told(firm, payment) == ("paid_in_quickbooks", "by_hand")
    choose(firm, payment, "link")
    sync(firm, pc)
    shown = firm.payment(payment)
    assert (shown.status, shown.recorded_as) == (PaymentStatus.DISMISSED, [entry])
    assert nothing_was_sent(firm, payment)
    assert [one.txn_id for one in firm.books.payments()] == [entry]
    assert firm.books.invoice(invoice).is_paid


def test_two_entries_are_this_payment(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    halves = [
        firm.books.receive_by_hand(CAFE, amount="50.00", number=number, invoices={invoice: "50.00"})
        for number in ("1", "2")
    ]
    sync(firm, pc)
    choose(firm, payment, "link", txn_ids=halves)
    sync(firm, pc)
    assert firm.payment(payment).recorded_as == sorted(halves)
    assert nothing_was_sent(firm, payment)


def test_one_entry_is_two_payments(firm: Firm, pc: WebConnector) -> None:
    """Two cards on one day, typed in as one payment."""
    invoices = [owed(firm, "60.00", "1"), owed(firm, "40.00", "2")]
    first = firm.pay(CAFE, "60.00", {invoices[0]: "60.00"})
    second = firm.pay(CAFE, "40.00", {invoices[1]: "40.00"})
    entry = firm.books.receive_by_hand(
        CAFE, amount="100.00", invoices=dict(zip(invoices, ("60.00", "40.00"), strict=True))
    )
    sync(firm, pc)
    for payment in (first, second):
        assert told(firm, payment) == ("paid_in_quickbooks", "by_hand")
        choose(firm, payment, "link")
    sync(firm, pc)
    assert {firm.payment(one).recorded_as[0] for one in (first, second)} == {entry}
    assert not firm.books.executed_adds


def test_an_entry_that_looks_like_it_is_another_one(firm: Firm, pc: WebConnector) -> None:
    """They are two: QuickBooks has both then, and nobody asks again."""
    invoice = owed(firm)
    entry = firm.books.receive_by_hand(CAFE, amount="100.00", number="9", date=date(2026, 11, 18))
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    sync(firm, pc)
    assert told(firm, payment) == ("paid_in_quickbooks", "look_alike")
    choose(firm, payment, "post_anyway")
    sync(firm, pc)
    sync(firm, pc)
    assert stands(firm, payment) == whole(invoice)
    assert len(firm.books.payments()) == 2
    assert firm.books.payment(entry).unapplied == 10000


def test_another_online_payment_looks_like_it(opened: Callable[..., Firm]) -> None:
    """Two classes on one day, 25.00 each: both are real."""
    firm = opened(holds_look_alikes=True)
    firm.books.add_customer(CAFE)
    pc = firm.pc()
    first, second = firm.pay(CAFE, "25.00"), firm.pay(CAFE, "25.00")
    sync(firm, pc)
    assert firm.statuses() == {first: "posted", second: "rejected"}
    assert told(firm, second)[0] == "possible_duplicate"
    choose(firm, second, "post_anyway")
    sync(firm, pc)
    on_account = Standing(CAFE, "2026-11-20", "25.00", {}, "25.00")
    assert [stands(firm, payment) for payment in (first, second)] == [on_account, on_account]


# On which invoices


def test_the_new_invoice_is_used(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2026-12-31")
    new = firm.books.recreate_invoice(invoice)
    sync(firm, pc)
    assert told(firm, payment) == ("invoice_recreated", "twin")
    choose(firm, payment, "use_new_invoice")
    sync(firm, pc)
    assert stands(firm, payment).on == {new: "100.00"}
    assert firm.books.invoice(new).is_paid


def test_the_payment_sites_invoice_is_the_new_one_from_then_on(
    firm: Firm, pc: WebConnector
) -> None:
    """Half of it is paid now and half later, under the site's own id for the invoice."""
    invoice = owed(firm)
    known = [{"external_id": "inv-7", "txn_id": invoice}]
    firm.services.mappings.put(firm.company_file_id, What.INVOICES, known, by="api")
    part = [{"invoice": {"external_id": "inv-7"}, "amount": "50.00"}]
    first = firm.pay(CAFE, "50.00", part, received_on="2026-12-31")
    new = firm.books.recreate_invoice(invoice)
    sync(firm, pc)
    choose(firm, first, "use_new_invoice")
    later = firm.pay(CAFE, "50.00", part, received_on="2026-12-31")
    sync(firm, pc)
    assert [stands(firm, one).on for one in (first, later)] == [{new: "50.00"}] * 2
    assert firm.books.invoice(new).is_paid


def test_another_invoice_is_chosen_and_the_rest_stays_unapplied(
    firm: Firm, pc: WebConnector
) -> None:
    invoice, other = owed(firm), owed(firm, "30.00", "2103")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.delete_invoice(invoice)
    sync(firm, pc)
    assert told(firm, payment) == ("invoice_deleted", "plain")
    shown = choose(firm, payment, "choose_invoice", invoice={"number": "2103"})
    assert shown.sentence == f"30.00 goes on invoice 2103; 70.00 stays as {CAFE}'s credit."
    sync(firm, pc)
    assert stands(firm, payment) == Standing(
        CAFE, "2026-11-20", "100.00", {other: "30.00"}, "70.00"
    )


def test_of_several_invoices_the_one_that_failed_is_replaced(firm: Firm, pc: WebConnector) -> None:
    """Each part goes where it was meant, and the voided one's to the invoice of the job."""
    firm.books.add_customer(GARDEN)
    kept, voided = owed(firm, "60.00", "1"), owed(firm, "40.00", "2")
    of_job = owed(firm, "40.00", "3", customer=GARDEN)
    payment = firm.pay(CAFE, "100.00", {kept: "60.00", voided: "40.00"})
    firm.books.void_invoice(voided)
    sync(firm, pc)
    assert told(firm, payment) == ("invoice_voided", "plain")
    choose(firm, payment, "choose_invoice", invoice={"txn_id": of_job})
    sync(firm, pc)
    assert stands(firm, payment) == Standing(
        CAFE, "2026-11-20", "100.00", {kept: "60.00", of_job: "40.00"}, "0.00"
    )


def test_what_fits_is_posted_and_no_credit_is_used(firm: Firm, pc: WebConnector) -> None:
    """A job's two invoices in an A/R account of their own; a credit memo lowered one of them."""
    books = firm.books
    books.add_account("A/R Clinic", "AccountsReceivable")
    books.add_customer(GARDEN)
    invoices = [
        owed(firm, "60.00", "1", customer=GARDEN),
        owed(firm, "40.00", "2", customer=GARDEN),
    ]
    for invoice in invoices:
        books.change_invoice(invoice, ar_account="A/R Clinic")
    payment = firm.pay(CAFE, "100.00", {invoices[0]: "60.00", invoices[1]: "40.00"})
    credit = books.add_credit(GARDEN, amount="50.00", number="C-7")
    books.apply_credit(credit, invoices[1], "15.00")
    sync(firm, pc)
    assert told(firm, payment) == ("credit_applied", "memo")
    shown = choose(firm, payment, "apply_what_fits")
    assert shown.quickbooks is not None
    assert shown.quickbooks.unapplied == "15.00"
    sync(firm, pc)
    assert stands(firm, payment) == Standing(
        GARDEN,
        "2026-11-20",
        "100.00",
        {invoices[0]: "60.00", invoices[1]: "25.00"},
        "15.00",
        "A/R Clinic",
    )
    assert books.transactions[credit].unapplied == 3500
    assert not any(
        link.is_discount for invoice in invoices for link in books.invoice(invoice).links
    )


@pytest.mark.parametrize("by", ["an edited total", "a journal entry", "part of it by hand"])
def test_the_amount_received_never_changes(firm: Firm, pc: WebConnector, by: str) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    if by == "an edited total":
        firm.books.change_invoice(invoice, amount="70.00")
    elif by == "a journal entry":
        firm.books.pay_otherwise(invoice, kind="JournalEntry", amount="30.00")
    else:
        firm.books.receive_by_hand(CAFE, amount="30.00", invoices={invoice: "30.00"})
    sync(firm, pc)
    choose(firm, payment, "apply_what_fits")
    sync(firm, pc)
    assert stands(firm, payment) == Standing(
        CAFE, "2026-11-20", "100.00", {invoice: "70.00"}, "30.00"
    )


def test_less_fits_at_the_sync_than_when_it_was_chosen(firm: Firm, pc: WebConnector) -> None:
    """The books of the moment count: the rest is unapplied, whatever was shown before."""
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.change_invoice(invoice, amount="70.00")
    sync(firm, pc)
    choose(firm, payment, "apply_what_fits")
    firm.books.change_invoice(invoice, amount="20.00")
    sync(firm, pc)
    assert stands(firm, payment) == Standing(
        CAFE, "2026-11-20", "100.00", {invoice: "20.00"}, "80.00"
    )


def test_paid_twice_and_kept_as_a_credit(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    first = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    second = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    sync(firm, pc)
    assert told(firm, second) == ("paid_in_quickbooks", "twice")
    choose(firm, second, "post_unapplied")
    sync(firm, pc)
    assert stands(firm, first) == whole(invoice)
    assert stands(firm, second) == Standing(CAFE, "2026-11-20", "100.00", {}, "100.00")


@pytest.mark.parametrize("gone", ["delete_invoice", "void_invoice"])
def test_posted_as_a_credit(firm: Firm, pc: WebConnector, gone: str) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    getattr(firm.books, gone)(invoice)
    sync(firm, pc)
    choose(firm, payment, "post_unapplied")
    sync(firm, pc)
    assert stands(firm, payment) == Standing(CAFE, "2026-11-20", "100.00", {}, "100.00")


# From whom


@pytest.mark.parametrize("payer", ["list_id", "name", "external_id"])
def test_the_customer_into_whom_it_was_merged_for_later_payments_too(
    firm: Firm, pc: WebConnector, payer: str
) -> None:
    invoice, list_id = owed(firm), firm.books.customer(CAFE).list_id
    who = {payer: {"list_id": list_id, "name": CAFE, "external_id": "cust-7"}[payer]}
    known = [{"external_id": "cust-7", "list_id": list_id}]
    firm.services.mappings.put(firm.company_file_id, What.CUSTOMERS, known, by="api")
    payment = firm.pay(who, "100.00", {invoice: "100.00"})
    firm.books.merge_customers(CAFE, into=HARPER)
    sync(firm, pc)
    to = {} if told(firm, payment)[1] == "merged" else {"customer": {"name": HARPER}}
    choose(firm, payment, "choose_customer", remember=True, **to)
    later = firm.pay(who, "35.00")
    sync(firm, pc)
    assert stands(firm, payment) == whole(invoice, customer=HARPER)
    assert stands(firm, later) == Standing(HARPER, "2026-11-20", "35.00", {}, "35.00")


def test_a_customer_is_chosen_for_one_payment_alone(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.change_invoice(invoice, customer=HARPER)
    sync(firm, pc)
    assert told(firm, payment) == ("wrong_customer", "customer")
    choose(firm, payment, "choose_customer")
    later = firm.pay(CAFE, "35.00")
    sync(firm, pc)
    assert stands(firm, payment) == whole(invoice, customer=HARPER)
    assert stands(firm, later).customer == CAFE


def test_invoices_of_two_customers_are_recorded_by_hand_and_linked(
    firm: Firm, pc: WebConnector
) -> None:
    invoices = [owed(firm, "60.00", "1"), owed(firm, "40.00", "2", customer=HARPER)]
    payment = firm.pay(CAFE, "100.00", {invoices[0]: "60.00", invoices[1]: "40.00"})
    sync(firm, pc)
    assert told(firm, payment) == ("wrong_customer", "several")
    entries = [
        firm.books.receive_by_hand(CAFE, amount="60.00", invoices={invoices[0]: "60.00"}),
        firm.books.receive_by_hand(HARPER, amount="40.00", invoices={invoices[1]: "40.00"}),
    ]
    choose(firm, payment, "dismiss", note="one for each, by hand", txn_ids=entries)
    sync(firm, pc)
    assert firm.payment(payment).recorded_as == sorted(entries)
    assert nothing_was_sent(firm, payment)


# By which method, on which day


def test_the_first_open_day_is_used_and_the_true_one_is_in_the_memo(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    firm.books.closing_date = date(2026, 11, 30)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, processor_txn_id="pp_81")
    sync(firm, pc)
    assert told(firm, payment) == ("closed_period", "closing")
    choose(firm, payment, "use_open_day")
    sync(firm, pc)
    assert stands(firm, payment) == Standing(
        CAFE, "2026-12-01", "100.00", {invoice: "100.00"}, "0.00"
    )
    memo = firm.receipt(payment).memo
    assert memo == f"Received 2026-11-20; Online payment {payment}; pp_81"


def test_a_method_is_chosen_once_for_all_payments_with_it(firm: Firm, pc: WebConnector) -> None:
    some = [firm.pay(CAFE, f"{number}0.00", method="Store card") for number in (1, 2, 3)]
    other = firm.pay(CAFE, "40.00", method="Zelle")
    sync(firm, pc)
    assert {told(firm, payment) for payment in (*some, other)} == {("unknown_reference", "method")}
    choose(firm, some[1], "choose_method", method={"name": "E-Check"})
    some.append(firm.pay(CAFE, "50.00", method="STORE CARD"))
    sync(firm, pc)
    assert {stands(firm, payment).method for payment in some} == {"E-Check"}
    assert firm.payment(other).status == PaymentStatus.REJECTED
    assert len(firm.books.payment_methods) == 2  # and none was added


# Every rejection's own


def test_retry_once_the_books_are_opened(firm: Firm, pc: WebConnector) -> None:
    firm.books.closing_date = date(2026, 11, 30)
    payment = firm.pay(CAFE, "100.00")
    sync(firm, pc)
    firm.books.closing_date = None
    sync(firm, pc)
    assert firm.payment(payment).status == PaymentStatus.REJECTED  # a person presses Retry
    choose(firm, payment, "retry")
    sync(firm, pc)
    assert stands(firm, payment) == Standing(CAFE, "2026-11-20", "100.00", {}, "100.00")


def test_retry_of_what_quickbooks_refused(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    no = refusals.cannot_save("The credit limit.")
    firm.books.refuse_next("ReceivePaymentAdd", code=no.code, message=no.message)
    sync(firm, pc)
    assert told(firm, payment) == ("invalid", "plain")
    choose(firm, payment, "retry")
    sync(firm, pc)
    assert stands(firm, payment) == whole(invoice)


def test_retry_while_the_cause_is_still_there_is_rejected_again(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.void_invoice(invoice)
    for _ in range(2):
        sync(firm, pc)
        assert told(firm, payment) == ("invoice_voided", "plain")
        choose(firm, payment, "retry")
    assert firm.attempts(payment) == []


@pytest.mark.parametrize("action", ["dismiss", "delete"])
def test_what_is_dismissed_is_never_sent_even_when_its_cause_is_gone(
    firm: Firm, pc: WebConnector, action: str
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    credit = firm.books.add_credit(CAFE, amount="30.00")
    firm.books.apply_credit(credit, invoice, "30.00")
    sync(firm, pc)
    choose(firm, payment, action, note="the customer pays cash")
    firm.clock.move(hours=1)
    firm.books.unapply(credit)
    sync(firm, pc)
    assert firm.payment(payment).status == PaymentStatus.DISMISSED
    assert nothing_was_sent(firm, payment)


def test_what_was_dismissed_is_reopened_and_posted(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    entry = firm.books.receive_by_hand(CAFE, amount="100.00", invoices={invoice: "100.00"})
    sync(firm, pc)
    choose(firm, payment, "link")
    sync(firm, pc)
    firm.books.delete_payment(entry)  # it was another customer's
    choose(firm, payment, "reopen", note="that one was Harper's")
    sync(firm, pc)
    assert stands(firm, payment) == whole(invoice)
    assert firm.payment(payment).recorded_as == []


def test_what_was_posted_and_deleted_there_is_reopened(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    sync(firm, pc)
    firm.clock.move(hours=1)
    firm.books.delete_payment(firm.payment(payment).txn_id or "")
    sync(firm, pc)
    assert firm.payment(payment).status == PaymentStatus.REVERSED
    choose(firm, payment, "reopen", note="deleted by mistake")
    sync(firm, pc)
    assert firm.payment(payment).status == PaymentStatus.POSTED
    assert firm.times_in_quickbooks(payment) == 1
    assert firm.receipt(payment).unapplied == 0


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("post_unapplied", {}),
        ("choose_invoice", {"invoice": {"number": "2103"}}),
        ("retry", {}),
        ("dismiss", {"note": "by hand"}),
        ("delete", {}),
    ],
)
def test_what_is_taken_back_before_the_next_sync_was_never_done(
    firm: Firm, pc: WebConnector, action: str, more: dict[str, Any]
) -> None:
    invoice, _ = owed(firm), owed(firm, "30.00", "2103")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.delete_invoice(invoice)
    sync(firm, pc)
    before = firm.payment(payment).rejection
    choose(firm, payment, action, **more)
    choose(firm, payment, "undo")
    assert firm.payment(payment).rejection == before
    sync(firm, pc)
    assert firm.payment(payment).rejection == before
    assert nothing_was_sent(firm, payment)
    choose(firm, payment, "post_unapplied")
    sync(firm, pc)
    assert stands(firm, payment).on == {}
    with pytest.raises(Refused):
        choose(firm, payment, "undo")


def test_after_undo_it_heals_as_before(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    credit = firm.books.add_credit(CAFE, amount="30.00")
    firm.books.apply_credit(credit, invoice, "30.00")
    sync(firm, pc)
    choose(firm, payment, "apply_what_fits")
    choose(firm, payment, "undo")
    firm.clock.move(hours=1)
    firm.books.unapply(credit)
    sync(firm, pc)
    assert stands(firm, payment) == whole(invoice)
