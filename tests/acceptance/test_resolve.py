"""Resolve in a browser: one payment of each cause by its main remedy, and what else a person does.

The bookkeeper presses the card's main button; after the next sync QuickBooks shows what it said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.simulate.quickbooks import refusals
from scripts.simulate.quickbooks.money import amount
from scripts.simulate.quickbooks.records import Payment
from scripts.simulate.web_connector import WebConnector
from tests.acceptance.office import Office
from tests.acceptance.people import hire

CAFE, HARPER = "Café Belém", "Harper Dental Group"


class OfficeClock:
    """The clock of the office's PCs, which goes on by hand: some hours behind ours."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Desk:
    """A bookkeeper at her desk: QuickBooks on one side, the page Resolve on the other."""

    office: Office
    clock: OfficeClock
    pc: WebConnector
    page: Page

    def owe(self, cents: str = "100.00", number: str = "2102", customer: str = CAFE) -> str:
        """Owe an invoice that was imported before the customer paid."""
        txn_id = self.office.books.add_invoice(customer, amount=cents, number=number)
        self.sync()
        return txn_id

    def sync(self) -> None:
        """Press Update Selected, and let some time pass."""
        outcome = self.pc.update_selected()
        assert outcome.error_code is None, outcome
        self.clock.moment += timedelta(minutes=20)

    def resolve(self) -> None:
        self.page.goto(f"{self.office.server.url}/resolve")

    def press(self, name: str) -> None:
        """Press a button of a card, which opens what it will do."""
        self.page.locator(".payment-card").get_by_role("link", name=name).click()
        expect(self.page.locator(".act-panel")).to_be_visible()

    def see(self, said: str) -> None:
        expect(self.page.locator(".act-panel")).to_contain_text(said)

    def do(self, name: str) -> None:
        """Press the button that does it."""
        self.page.locator(".act-panel").get_by_role("button", name=name, exact=True).click()
        expect(self.page.locator(".alert-success")).to_be_visible()

    def pick(self, name: str) -> None:
        """Pick from a list, and go on to what QuickBooks gets."""
        panel = self.page.locator(".act-panel")
        panel.get_by_role("radio", name=name).check()
        panel.get_by_role("button", name="See what QuickBooks gets").click()

    def status(self, payment: str) -> str:
        return self.office.statuses()[payment]

    def cause(self, payment: str) -> str:
        return str(self.office.payment(payment)["rejection"]["cause"])

    def stands(self, payment: str) -> Payment:
        """Find a payment in QuickBooks, where it was carried out once."""
        shown = self.office.payment(payment)
        assert shown["status"] == "posted"
        found = self.office.books.payment(shown["txn_id"])
        assert self.office.books.executed_adds[found.sent_guid or ""] == 1
        return found


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def desk(office: Office, browser: Browser) -> Iterator[Desk]:
    yield from sit_down(office, browser, scripted=True)


@pytest.fixture
def plain_desk(office: Office, browser: Browser, *, scripted: bool) -> Iterator[Desk]:
    """A desk whose browser may run no scripts."""
    yield from sit_down(office, browser, scripted=scripted)


def sit_down(office: Office, browser: Browser, *, scripted: bool) -> Iterator[Desk]:
    clock = OfficeClock()
    office.books.clock = clock
    office.books.add_customer(CAFE)
    office.books.add_customer(HARPER)
    context = browser.new_context(java_script_enabled=scripted)
    page = context.new_page()
    hire(page, office, "bookkeeper")
    yield Desk(office, clock, office.install(), page)
    context.close()


def on(found: Payment) -> dict[str, str]:
    """Say on which invoices a payment stands."""
    return {link.invoice.txn_id: amount(link.amount) for link in found.links}


# One payment of each cause


def paid_in_quickbooks(desk: Desk) -> None:
    invoice = desk.owe()
    payment = desk.office.pay(CAFE, "100.00", {invoice: "100.00"})
    entry = desk.office.books.receive_by_hand(
        CAFE, amount="100.00", number="1071", invoices={invoice: "100.00"}
    )
    desk.sync()
    assert desk.cause(payment) == "paid_in_quickbooks"
    desk.resolve()
    desk.press("That is this payment")
    desk.see("Nothing is sent. Payment 1071 of")
    expect(desk.page.get_by_role("checkbox", name="Payment 1071")).to_be_checked()
    desk.do("That is this payment")
    desk.sync()
    assert desk.office.payment(payment)["recorded_as"] == [entry]
    assert not desk.office.books.executed_adds


def credit_applied(desk: Desk) -> None:
    invoice = desk.owe()
    payment = desk.office.pay(CAFE, "100.00", {invoice: "100.00"})
    credit = desk.office.books.add_credit(CAFE, amount="30.00", number="C-7")
    desk.office.books.apply_credit(credit, invoice, "30.00")
    desk.sync()
    assert desk.cause(payment) == "credit_applied"
    desk.resolve()
    desk.press("Apply $70.00, keep $30.00 as credit")
    desk.see("$70.00 on invoice 2102; $30.00 stays as Café Belém's credit.")
    desk.do("Apply $70.00, keep $30.00 as credit")
    desk.sync()
    assert on(desk.stands(payment)) == {invoice: "70.00"}


def balance_changed(desk: Desk) -> None:
    invoice = desk.owe()
    payment = desk.office.pay(CAFE, "100.00", {invoice: "100.00"})
    desk.office.books.change_invoice(invoice, amount="80.00")
    desk.sync()
    assert desk.cause(payment) == "balance_changed"
    desk.resolve()
    desk.press("Apply $80.00, keep $20.00 as credit")
    desk.do("Apply $80.00, keep $20.00 as credit")
    desk.sync()
    found = desk.stands(payment)
    assert (on(found), amount(found.unapplied)) == ({invoice: "80.00"}, "20.00")


def invoice_recreated(desk: Desk) -> None:
    invoice = desk.owe()
    payment = desk.office.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2027-01-01")
    new = desk.office.books.recreate_invoice(invoice)
    desk.sync()
    assert desk.cause(payment) == "invoice_recreated"
    desk.resolve()
    desk.press("Pay new invoice 2102: $100.00")
    desk.do("Pay new invoice 2102: $100.00")
    desk.sync()
    assert on(desk.stands(payment)) == {new: "100.00"}


def gone(desk: Desk, cause: str, payment: str, other: str) -> None:
    """Choose another invoice for one that is gone."""
    desk.sync()
    assert desk.cause(payment) == cause
    desk.resolve()
    desk.press("Choose another invoice")
    desk.pick("2103 of")
    desk.see("$30.00 goes on invoice 2103; $70.00 stays as Café Belém's credit.")
    desk.do("Use this invoice")
    desk.sync()
    assert on(desk.stands(payment)) == {other: "30.00"}


def invoice_deleted(desk: Desk) -> None:
    invoice, other = desk.owe(), desk.owe("30.00", "2103")
    payment = desk.office.pay(CAFE, "100.00", {invoice: "100.00"})
    desk.office.books.delete_invoice(invoice)
    gone(desk, "invoice_deleted", payment, other)


def invoice_voided(desk: Desk) -> None:
    invoice, other = desk.owe(), desk.owe("30.00", "2103")
    payment = desk.office.pay(CAFE, "100.00", {invoice: "100.00"})
    desk.office.books.void_invoice(invoice)
    gone(desk, "invoice_voided", payment, other)


def customer_unavailable(desk: Desk) -> None:
    payment = desk.office.pay("Cafe Belem", "100.00")
    desk.sync()
    assert desk.cause(payment) == "customer_unavailable"
    desk.resolve()
    desk.press("Choose the customer")
    desk.page.get_by_label("Customer in QuickBooks").fill("belém")
    desk.page.get_by_role("button", name="Search").click()
    desk.pick(CAFE)
    desk.see("QuickBooks gets this payment from Café Belém.")
    desk.page.get_by_label("Use it for later payments of this customer too.").check()
    desk.do("Use this customer")
    later = desk.office.pay("Cafe Belem", "35.00")
    desk.sync()
    assert {desk.stands(one).customer.full_name for one in (payment, later)} == {CAFE}


def wrong_customer(desk: Desk) -> None:
    invoice = desk.owe()
    payment = desk.office.pay(CAFE, "100.00", {invoice: "100.00"})
    desk.office.books.change_invoice(invoice, customer=HARPER)
    desk.sync()
    assert desk.cause(payment) == "wrong_customer"
    desk.resolve()
    desk.press(f"Use {HARPER}")
    desk.see(f"QuickBooks gets this payment from {HARPER}.")
    desk.do("Use this customer")
    desk.sync()
    assert desk.stands(payment).customer.full_name == HARPER


def unknown_reference(desk: Desk) -> None:
    paid = [desk.office.pay(CAFE, f"{cents}0.00", method="Gift card") for cents in (1, 2, 3, 4)]
    desk.sync()
    assert {desk.cause(one) for one in paid} == {"unknown_reference"}
    desk.resolve()
    expect(desk.page.locator(".payment-card")).to_have_count(1)
    expect(desk.page.locator(".payment-card")).to_contain_text("4 payments")
    desk.press("Choose the payment method, for all")
    desk.pick("Visa")
    desk.see('Payments with "Gift card" show Pmt. Method Visa; waiting now: 4.')
    desk.do("Use this method")
    desk.sync()
    methods = [desk.stands(one).method for one in paid]
    assert {method.full_name for method in methods if method} == {"Visa"}


def closed_period(desk: Desk) -> None:
    desk.office.books.closing_date = date(2026, 11, 30)
    payment = desk.office.pay(CAFE, "100.00")
    desk.sync()
    assert desk.cause(payment) == "closed_period"
    desk.resolve()
    desk.press("Record on Dec 1, 2026")
    desk.see("QuickBooks gets the date Dec 1, 2026")
    desk.do("Record on Dec 1, 2026")
    desk.sync()
    assert desk.stands(payment).date == date(2026, 12, 1)


def currency_mismatch(desk: Desk) -> None:
    """A customer stands in QuickBooks twice, once in each currency; the wrong one was meant."""
    books = desk.office.books
    books.home_currency = "US Dollar"
    books.add_customer("Belém Importers", currency="Euro")
    payment = desk.office.pay("Belém Importers", "100.00", currency="USD")
    desk.sync()
    assert desk.cause(payment) == "currency_mismatch"
    desk.resolve()
    desk.press("Choose the customer")
    desk.page.get_by_label("Customer in QuickBooks").fill("café")
    desk.page.get_by_role("button", name="Search").click()
    desk.pick(CAFE)
    desk.do("Use this customer")
    desk.sync()
    assert desk.stands(payment).customer.full_name == CAFE


def not_permitted(desk: Desk) -> None:
    payment = desk.office.pay(CAFE, "100.00")
    desk.office.books.refuse_next("ReceivePaymentAdd", code=3260, message="No.")
    desk.sync()
    assert desk.cause(payment) == "not_permitted"
    desk.resolve()
    expect(desk.page.locator(".alert-warning")).to_contain_text("QuickBooks does not allow it.")
    desk.press("Try one now")
    desk.do("Try one now")
    desk.sync()
    desk.stands(payment)


def locked(desk: Desk) -> None:
    payment = desk.office.pay(CAFE, "100.00")
    desk.office.books.refuse_next(
        "ReceivePaymentAdd", code=3175, message=refusals.OBJECT_IN_USE, times=9
    )
    for _ in range(9):
        if desk.status(payment) != "rejected":
            desk.sync()
    assert desk.cause(payment) == "locked"
    desk.office.books.forced_answer("ReceivePaymentAdd", "")
    while desk.office.books.forced_answer("ReceivePaymentAdd", ""):
        pass
    desk.resolve()
    desk.press("Retry")
    desk.do("Retry")
    desk.sync()
    desk.stands(payment)


def possible_duplicate(desk: Desk) -> None:
    first, second = desk.office.pay(CAFE, "25.00"), desk.office.pay(CAFE, "25.00")
    desk.sync()
    assert desk.cause(second) == "possible_duplicate"
    desk.resolve()
    desk.press("They are two: post it")
    desk.see("Both are real: QuickBooks gets this payment too.")
    desk.do("They are two: post it")
    desk.sync()
    assert desk.stands(first).txn_id != desk.stands(second).txn_id


def invalid(desk: Desk) -> None:
    payment = desk.office.pay(CAFE, "100.00")
    desk.office.books.refuse_next(
        "ReceivePaymentAdd", code=3180, message=refusals.cannot_save("The credit limit.").message
    )
    desk.sync()
    assert desk.cause(payment) == "invalid"
    desk.resolve()
    expect(desk.page.locator(".payment-card")).to_contain_text("The credit limit.")
    desk.press("Retry")
    desk.see("Goes to QuickBooks at the next sync, unchanged.")
    desk.do("Retry")
    desk.sync()
    desk.stands(payment)


STORIES: tuple[Callable[[Desk], None], ...] = (
    *(paid_in_quickbooks, credit_applied, balance_changed, invoice_recreated, invoice_deleted),
    *(invoice_voided, customer_unavailable, wrong_customer, unknown_reference, closed_period),
    *(currency_mismatch, not_permitted, locked, possible_duplicate, invalid),
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_one_of_each_cause_is_settled_by_its_main_button(
    desk: Desk, story: Callable[[Desk], None]
) -> None:
    story(desk)
    desk.resolve()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Nothing needs you.")


# What else a person does, with and without scripts


def test_dismissed_with_a_reason_and_taken_back(plain_desk: Desk) -> None:
    desk = plain_desk
    payment = desk.office.pay("Nobody", "100.00")
    desk.sync()
    desk.resolve()
    desk.page.locator(".payment-card summary[aria-label='More that can be done']").click()
    desk.press("Dismiss Syncing")
    desk.page.get_by_label("I recorded it by hand").check()
    desk.page.get_by_label("Note").fill("on Friday")
    desk.do("Dismiss Syncing")
    expect(desk.page.locator(".alert-success")).to_contain_text(
        "$100.00 from Nobody is dismissed and will not be sent."
    )
    assert desk.office.payment(payment)["note"] == "I recorded it by hand: on Friday"
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("1 payment ($100.00) needs you.")
    assert desk.status(payment) == "rejected"


def test_deleted_and_no_undo_once_a_sync_has_begun(plain_desk: Desk) -> None:
    desk = plain_desk
    payment = desk.office.pay("Nobody", "100.00")
    desk.sync()
    desk.resolve()
    desk.page.locator(".payment-card summary[aria-label='More that can be done']").click()
    desk.press("Delete")
    desk.see("This also dismisses it.")
    desk.do("Delete")
    assert desk.office.payment(payment)["deleted_at"] is not None
    desk.sync()
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(
        "Undo does not fit this payment any more."
    )
    assert desk.office.payment(payment)["status"] == "dismissed"


def test_several_at_once_and_all_of_it_taken_back(plain_desk: Desk) -> None:
    desk = plain_desk
    voided = [desk.owe("10.00", "1"), desk.owe("20.00", "2")]
    paid = [
        desk.office.pay(CAFE, cents, {invoice: cents})
        for invoice, cents in zip(voided, ("10.00", "20.00"), strict=True)
    ]
    for invoice in voided:
        desk.office.books.void_invoice(invoice)
    lone = desk.office.pay("Nobody", "5.00")
    desk.sync()
    desk.resolve()
    for box in desk.page.get_by_role("checkbox").all():
        box.check()
    desk.page.get_by_label("With the payments checked:").select_option("Post as a credit")
    desk.page.get_by_role("button", name="See what happens").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(
        "Post as a credit: 2 payments ($30.00)"
    )
    expect(desk.page.locator("main")).to_contain_text("1 of 3 is left out:")
    desk.page.get_by_role("button", name=re.compile("^Post as a credit: 2 payments")).click()
    expect(desk.page.get_by_role("status")).to_have_text("2 payments ($30.00): done.")
    assert {desk.status(one) for one in paid} == {"queued"}
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.page.get_by_role("status")).to_have_text("2 payments ($30.00): done.")
    assert {desk.status(one) for one in (*paid, lone)} == {"rejected"}
