"""What the office changes of a payment that was posted is flagged, until it is as it was again."""

import runpy
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from qbwc_server.services.payment_filter import Filter, Kind
from scripts.simulate.web_connector import WebConnector
from sync_core.changed import Change
from tests.integration.sync.firm import Firm, update

CUSTOMER = "Café Belém"
OTHER = "Zoë Lindqvist"
ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 20)

Edit = Callable[[Firm, str], None]


def listed(firm: Firm, kind: Kind) -> list[str]:
    found = firm.services.payment_list.page(firm.company_file_id, Filter(kind=kind), today=TODAY)
    return [line.card.id for line in found.page.items]


def changes(firm: Firm, payment_id: str) -> tuple[Change, ...]:
    page = firm.services.payment_pages.show(firm.company_file_id, payment_id, by="")
    assert page.entry is not None
    return page.entry.changes


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    firm.books.add_customer(CUSTOMER)
    firm.books.add_customer(OTHER)
    return firm.pc()


@pytest.fixture
def posted(firm: Firm, pc: WebConnector) -> str:
    """A payment of 100.00, 60.00 of it on an invoice, that a later sync has read."""
    invoice = firm.books.add_invoice(CUSTOMER, amount="90.00", number="2118")
    payment_id = firm.pay(CUSTOMER, "100.00", {invoice: "60.00"})
    update(pc)
    firm.clock.move(minutes=5)
    update(pc)
    assert listed(firm, Kind.CHANGED) == []
    firm.clock.move(minutes=5)
    return payment_id


def put_on(firm: Firm, txn_id: str, invoice: str, cents: int) -> None:
    firm.books.apply(firm.books.payment(txn_id), firm.books.invoice(invoice), cents)
    firm.books.touch(firm.books.payment(txn_id))


def to_less(firm: Firm, txn_id: str) -> None:
    firm.books.change_payment(txn_id, amount="90.00")


def to_another_customer(firm: Firm, txn_id: str) -> None:
    firm.books.change_payment(txn_id, customer=OTHER)


def off_its_invoice(firm: Firm, txn_id: str) -> None:
    firm.books.unapply(txn_id)


def to_another_invoice(firm: Firm, txn_id: str) -> None:
    firm.books.unapply(txn_id)
    other = firm.books.add_invoice(CUSTOMER, amount="60.00", number="2119")
    put_on(firm, txn_id, other, 60_00)


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (to_less, (Change.AMOUNT, Change.INVOICES)),
        (to_another_customer, (Change.CUSTOMER, Change.INVOICES)),
        (off_its_invoice, (Change.INVOICES,)),
        (to_another_invoice, (Change.INVOICES,)),
    ],
)
def test_what_is_changed_in_quickbooks_is_flagged_at_the_next_sync(
    firm: Firm, pc: WebConnector, posted: str, edit: Edit, found: tuple[Change, ...]
) -> None:
    edit(firm, firm.receipt(posted).txn_id)
    update(pc)
    assert firm.payment(posted).status == "posted"
    assert listed(firm, Kind.CHANGED) == [posted]
    assert changes(firm, posted) == found


def test_what_is_set_right_again_is_flagged_no_longer(
    firm: Firm, pc: WebConnector, posted: str
) -> None:
    txn_id = firm.receipt(posted).txn_id
    off_its_invoice(firm, txn_id)
    update(pc)
    assert listed(firm, Kind.CHANGED) == [posted]
    firm.clock.move(minutes=5)
    invoice = next(each for each in firm.payment(posted).apply)
    put_on(firm, txn_id, invoice.invoice["txn_id"], 60_00)
    update(pc)
    assert listed(firm, Kind.CHANGED) == []
    assert changes(firm, posted) == ()


def test_what_is_left_is_listed_until_it_is_used(firm: Firm, pc: WebConnector, posted: str) -> None:
    """Using the credit is no change."""
    assert listed(firm, Kind.LEFT_OVER) == [posted]
    assert firm.payment(posted).unapplied == "40.00"
    txn_id = firm.receipt(posted).txn_id
    other = firm.books.add_invoice(CUSTOMER, amount="40.00", number="2120")
    put_on(firm, txn_id, other, 40_00)
    update(pc)
    assert listed(firm, Kind.LEFT_OVER) == []
    assert listed(firm, Kind.CHANGED) == []
    assert firm.payment(posted).unapplied == "0.00"
    entry = firm.services.payment_pages.show(firm.company_file_id, posted, by="").entry
    assert entry is not None
    assert entry.others == {"2120": 40_00}


def test_what_was_changed_before_it_was_noted_is_noted_by_the_migration(
    firm: Firm, pc: WebConnector, posted: str
) -> None:
    to_less(firm, firm.receipt(posted).txn_id)
    update(pc)
    path = next((ROOT / "migrations" / "versions").glob("*_lists_of_payments.py"))
    migration = runpy.run_path(str(path))
    with firm.engine.begin() as db:
        db.execute(text("UPDATE payment SET differs = false, unapplied_cents = 4000"))
        db.execute(text(migration["LEFT"]))
        db.execute(text(migration["DIFFERS"]))
    assert listed(firm, Kind.CHANGED) == [posted]
    assert firm.payment(posted).unapplied == "90.00"


def test_what_is_set_to_nothing_is_reversed_and_not_flagged(
    firm: Firm, pc: WebConnector, posted: str
) -> None:
    firm.books.change_payment(firm.receipt(posted).txn_id, amount="0.00")
    update(pc)
    assert firm.payment(posted).status == "reversed"
    assert listed(firm, Kind.CHANGED) == []
    assert listed(firm, Kind.NOT_IN_QUICKBOOKS) == [posted]


def test_the_page_shows_what_was_asked_and_answered_of_this_payment_alone(
    firm: Firm, pc: WebConnector
) -> None:
    first = firm.pay(CUSTOMER, "10.00")
    second = firm.pay(OTHER, "20.00")
    update(pc)
    page = firm.services.payment_pages.show(firm.company_file_id, first, by="")
    (attempt,) = page.attempts
    assert attempt.asked is not None
    assert attempt.answered is not None
    asked, answered = "\n".join(attempt.asked.lines), "\n".join(attempt.answered.lines)
    assert asked.startswith("<ReceivePaymentAddRq")
    assert firm.payment(first).reference in asked
    assert f"<TxnID>{firm.payment(first).txn_id}</TxnID>" in answered
    assert firm.payment(second).reference not in asked + answered
