"""Where a payment stands, in one sentence: the same for the page, the API and the command line."""

from datetime import date

import pytest

from qbwc_server.services.payments import RejectionView
from scripts.simulate.web_connector import WebConnector
from sync_core import words
from tests.integration.sync.firm import Firm, counted, until_payments_are_out, update
from tests.integration.sync.losses import act

CAFE = "Café Belém"


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    return firm


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    return firm.pc()


def line(firm: Firm, payment: str) -> str:
    """Read the sentence in the API; a page has the same."""
    shown = firm.payment(payment)
    card = firm.services.needs_you.card(firm.company_file_id, payment, by="")
    assert shown.state_line == (
        words.state_line(card.status, card.state_facts)
        if card.cause is None
        else words.summary(card.cause, card.variant, card.facts)
    )
    return shown.state_line


def why(firm: Firm, payment: str) -> RejectionView:
    rejection = firm.payment(payment).rejection
    assert rejection is not None
    return rejection


def test_waiting_sent_and_in_quickbooks(firm: Firm, pc: WebConnector) -> None:
    invoice = firm.books.add_invoice(CAFE, amount="60.00", number="2102")
    payment = firm.pay(CAFE, "100.00", {invoice: "60.00"})
    assert line(firm, payment) == "Goes to QuickBooks at the next sync."
    session = until_payments_are_out(pc)
    assert line(firm, payment) == (
        "Handed to QuickBooks at 2026-11-20T15:00Z; the answer is on its way."
    )
    while session.step():
        pass
    reference = firm.payment(payment).reference
    assert line(firm, payment) == (
        f"Recorded as No. {reference}, 40.00 left as the customer's credit."
    )


def test_being_checked(firm: Firm, pc: WebConnector) -> None:
    payment = firm.pay(CAFE, "100.00")
    firm.books.refuse_next("ReceivePaymentAdd", code=9999, message="Something new.")
    update(pc)
    assert line(firm, payment) == (
        'QuickBooks said "Something new." (9999), which does not prove what it did. We ask '
        "QuickBooks at the next sync. **Please do not enter it by hand until then.**"
    )


def test_no_longer_in_quickbooks(firm: Firm, pc: WebConnector) -> None:
    payment = firm.pay(CAFE, "100.00")
    update(pc)
    firm.clock.move(days=2)
    firm.books.delete_payment(firm.receipt(payment).txn_id)
    update(pc)
    assert line(firm, payment) == (
        "The payment in QuickBooks was deleted or set to 0.00 on 2026-11-22. Nothing is posted "
        "again by itself."
    )


def test_dismissed_with_the_entry_that_records_it(firm: Firm, pc: WebConnector) -> None:
    entry = firm.books.receive_by_hand(CAFE, amount="100.00", number="77", date=date(2026, 11, 18))
    payment = firm.pay(CAFE, "100.00")
    update(pc)
    act(firm, payment, "dismiss", note="entered by Mia.", txn_id=entry)
    assert line(firm, payment) == "Not sent: entered by Mia. Recorded in QuickBooks as 77."


def test_the_cause_is_said_of_what_needs_a_person(firm: Firm, pc: WebConnector) -> None:
    payment = firm.pay(CAFE, "100.00", method="Store card")
    update(pc)
    assert line(firm, payment) == why(firm, payment).summary
    assert line(firm, payment) == 'QuickBooks has no payment method called "Store card".'


# Its entry is gone


def paid_by_hand(firm: Firm, pc: WebConnector) -> tuple[str, str]:
    invoice = firm.books.add_invoice(CAFE, amount="100.00", number="2102")
    update(pc)
    firm.clock.move(hours=2)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    return payment, firm.books.receive_by_hand(
        CAFE, amount="100.00", number="77", invoices={invoice: "100.00"}, date=date(2026, 11, 1)
    )


def looks_alike(firm: Firm, _pc: WebConnector) -> tuple[str, str]:
    entry = firm.books.receive_by_hand(CAFE, amount="100.00", number="77", date=date(2026, 11, 18))
    return firm.pay(CAFE, "100.00"), entry


@pytest.mark.parametrize(
    ("enter", "day"), [(paid_by_hand, "2026-11-01"), (looks_alike, "2026-11-18")]
)
def test_an_entry_that_is_gone_is_said_and_nothing_is_posted_before_a_person_says_so(
    firm: Firm, pc: WebConnector, enter: object, day: str
) -> None:
    assert callable(enter)
    payment, entry = enter(firm, pc)
    update(pc)
    before = why(firm, payment)
    assert "link" in before.remedies
    assert before.books == (
        "Nothing was written by us. QuickBooks may already hold this money: see below."
    )
    firm.clock.move(hours=2)
    firm.books.delete_payment(entry)
    update(pc)
    gone = why(firm, payment)
    assert (gone.cause, gone.variant) == ("paid_in_quickbooks", "entry_gone")
    assert gone.summary == f"The payment 77 of {day} is no longer in QuickBooks. Post now?"
    assert gone.books.startswith("Nothing was written in QuickBooks. Café Belém has no credit")
    assert gone.remedies == ["retry", "dismiss", "delete"]
    assert line(firm, payment) == gone.summary
    for _ in range(2):  # never by itself
        firm.clock.move(hours=2)
        update(pc)
        assert firm.payment(payment).status == "rejected"
    act(firm, payment, "retry")
    update(pc)
    assert firm.payment(payment).status == "posted"
    assert firm.times_in_quickbooks(payment) == 1


def test_many_are_told_by_the_same_statements_as_one(firm: Firm, pc: WebConnector) -> None:
    counts = []
    for many in (1, 9):
        for number in range(many):
            firm.books.receive_by_hand(CAFE, amount=f"{many}.{number:02d}", date=date(2026, 11, 18))
            firm.pay(CAFE, f"{many}.{number:02d}")
        update(pc)
        with counted(firm.engine) as sent_to_database:
            page = firm.services.payments.page(firm.company_file_id, status="rejected")
        assert {one.rejection.variant for one in page.items if one.rejection} == {"look_alike"}
        counts.append(len(sent_to_database))
    assert len(page.items) == 10
    assert counts[0] == counts[1]
