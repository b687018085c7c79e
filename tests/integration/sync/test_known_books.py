"""The books as the payment site sees them after a sync: invoices, customers, what changed."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from qbwc_server.errors import InvalidInput
from qbwc_server.services.books import CustomerView, InvoiceView
from qbwc_server.services.paging import Followed
from tests.integration.sync.firm import Firm, kinds, update

CAFE = "Café Belém"
OLD = date(2025, 3, 1)


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    return firm


def invoices(firm: Firm, **asked: str) -> Followed[InvoiceView]:
    return firm.services.books.invoices(firm.company_file_id, **asked)


def changes(firm: Firm, since: str) -> tuple[list[InvoiceView], str]:
    """Follow what changed since, to its end."""
    page = invoices(firm, changed_since=since, limit="2")
    found = list(page.items)
    while page.next_cursor:
        page = invoices(firm, cursor=page.next_cursor, limit="2")
        found += page.items
    return found, page.changes_cursor


def numbers(shown: list[InvoiceView]) -> list[str]:
    return [invoice.number or "" for invoice in shown]


def test_an_invoice_with_what_is_set_against_it(firm: Firm) -> None:
    txn_id = firm.books.add_invoice(
        CAFE, amount="100.00", tax="8.00", number="2102", due_date=date(2026, 12, 20)
    )
    credit = firm.books.add_credit(CAFE, amount="30.00", number="C-7")
    firm.books.apply_credit(credit, txn_id, "30.00")
    update(firm.pc())
    (invoice,) = invoices(firm).items
    assert invoice.model_dump(mode="json", exclude={"day", "links"}) == {
        "txn_id": txn_id,
        "external_id": None,
        "number": "2102",
        "customer": {
            "list_id": firm.books.customer(CAFE).list_id,
            "name": CAFE,
        },
        "due_date": "2026-12-20",
        "total": "108.00",
        "balance": "78.00",
        "status": "open",
        "pending": False,
        "currency": None,
        "replaced_by": None,
        "hidden": False,
    }
    (link,) = invoice.model_dump(mode="json")["links"]
    assert (link["type"], link["number"], link["amount"]) == ("CreditMemo", "C-7", "30.00")
    assert link["date"] == firm.books.today().isoformat()


def test_paid_voided_and_deleted(firm: Firm) -> None:
    added = {
        number: firm.books.add_invoice(CAFE, amount="50.00", number=number)
        for number in ("1", "2", "3", "4")
    }
    pc = firm.pc()
    update(pc)
    firm.clock.move(hours=2)
    firm.books.receive_by_hand(CAFE, amount="50.00", invoices={added["2"]: "50.00"})
    firm.books.void_transaction(added["3"])
    firm.books.delete_transaction(added["4"])
    update(pc)
    shown = {invoice.number: invoice.status.value for invoice in invoices(firm).items}
    assert shown == {"1": "open", "2": "paid", "3": "voided", "4": "deleted"}


def test_who_follows_changes_is_told_each_once(firm: Firm) -> None:
    pc = firm.pc()
    added = [
        firm.books.add_invoice(CAFE, amount="50.00", number=str(number)) for number in range(5)
    ]
    update(pc)
    seen, cursor = changes(firm, invoices(firm, limit="1").changes_cursor)
    assert sorted(numbers(seen)) == sorted(numbers(list(invoices(firm).items)))[1:]
    assert changes(firm, cursor) == ([], cursor)
    firm.clock.move(hours=2)
    firm.books.change_invoice(added[2], amount="70.00")
    update(pc)
    seen, cursor = changes(firm, cursor)
    assert [(invoice.txn_id, invoice.total) for invoice in seen] == [(added[2], "70.00")]
    firm.clock.move(hours=2)
    update(pc)
    assert changes(firm, cursor)[0] == []


def test_a_change_while_somebody_pages_comes_again_behind(firm: Firm) -> None:
    pc = firm.pc()
    for number in range(6):
        firm.books.add_invoice(CAFE, amount="50.00", number=str(number))
    update(pc)
    first = invoices(firm, limit="3")
    firm.clock.move(hours=2)
    firm.books.change_invoice(first.items[0].txn_id, amount="70.00")
    update(pc)
    rest = invoices(firm, cursor=first.next_cursor or "", limit="10")
    told = [invoice.txn_id for invoice in (*first.items, *rest.items)]
    assert len(set(told)) == 6
    assert told[-1] == first.items[0].txn_id
    assert rest.items[-1].total == "70.00"


def test_by_number_and_by_customer(firm: Firm) -> None:
    firm.books.add_customer("Harper Dental Group")
    firm.books.add_invoice(CAFE, amount="1.00", number="A-1")
    firm.books.add_invoice("Harper Dental Group", amount="2.00", number="a-1")
    firm.books.add_invoice("Harper Dental Group", amount="3.00", number="A-2")
    update(firm.pc())
    books, company = firm.services.books, firm.company_file_id
    assert len(books.invoices_of(company, number="A-1").items) == 2
    harper = firm.books.customer("Harper Dental Group").list_id
    page = books.invoices_of(company, customer=harper, limit="1")
    rest = books.invoices_of(company, customer=harper, cursor=page.next_cursor or "")
    assert [one.balance for one in (*page.items, *rest.items)] == ["2.00", "3.00"]
    assert books.invoices_of(company, number="A-2", customer="8-1").items == []


@pytest.mark.parametrize("wrong", ["x", "YmVmb3JlIDM", "YWZ0ZXIgOTk5IDI"])
def test_a_cursor_that_is_not_ours(firm: Firm, wrong: str) -> None:
    for name in ("cursor", "changed_since"):
        with pytest.raises(InvalidInput, match=f"^/{name}: This is no cursor of ours"):
            invoices(firm, **{name: wrong})
    cursor = invoices(firm).changes_cursor
    with pytest.raises(InvalidInput, match="either cursor or changed_since"):
        invoices(firm, cursor=cursor, changed_since=cursor)


# Sync From Date


def test_moving_it_forward_hides_and_back_fetches_what_is_missing(firm: Firm) -> None:
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-01-01"})
    firm.books.add_invoice(CAFE, amount="10.00", number="old", date=OLD)
    firm.books.add_invoice(CAFE, amount="20.00", number="new", date=date(2026, 11, 1))
    pc = firm.pc()
    update(pc)
    assert numbers(list(invoices(firm).items)) == ["new"]
    cursor = invoices(firm).changes_cursor

    firm.services.companies.set(firm.company_id, {"sync_from": "2025-01-01"})
    update(pc)
    assert sorted(numbers(list(invoices(firm).items))) == ["new", "old"]
    seen, cursor = changes(firm, cursor)
    assert numbers(seen) == ["old"]

    firm.services.companies.set(firm.company_id, {"sync_from": "2026-01-01"})
    assert numbers(list(invoices(firm).items)) == ["new"]
    seen, cursor = changes(firm, cursor)
    assert [(one.number, one.hidden) for one in seen] == [("old", True)]

    firm.services.companies.set(firm.company_id, {"sync_from": ""})
    seen, _ = changes(firm, cursor)
    assert [(one.number, one.hidden) for one in seen] == [("old", False)]


def test_an_open_invoice_that_a_payment_means_is_shown_however_old(firm: Firm) -> None:
    meant = firm.books.add_invoice(CAFE, amount="10.00", number="meant", date=OLD)
    firm.books.add_invoice(CAFE, amount="10.00", number="other", date=OLD)
    pc = firm.pc()
    update(pc)
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-01-01"})
    assert numbers(list(invoices(firm).items)) == []
    firm.pay(CAFE, "4.00", {meant: "4.00"})
    update(pc)
    update(pc)
    (shown,) = invoices(firm).items
    assert (shown.number, shown.balance) == ("meant", "6.00")
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-02-01"})
    assert numbers(list(invoices(firm).items)) == ["meant"]


def test_an_invoice_moved_behind_the_date_is_hidden(firm: Firm) -> None:
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-01-01"})
    txn_id = firm.books.add_invoice(CAFE, amount="10.00", date=date(2026, 11, 1))
    pc = firm.pc()
    update(pc)
    assert len(invoices(firm).items) == 1
    firm.clock.move(hours=2)
    firm.books.change_invoice(txn_id, date=OLD)
    update(pc)
    assert invoices(firm).items == []


# Customers


def test_customers_and_jobs(firm: Firm) -> None:
    firm.books.add_customer("Harper Dental Group:Elm Street")
    firm.books.add_invoice(CAFE, amount="10.00")
    firm.books.make_inactive("Harper Dental Group:Elm Street")
    update(firm.pc())
    shown = {one.name: one for one in firm.services.books.customers(firm.company_file_id).items}
    assert set(shown) == {CAFE, "Harper Dental Group", "Harper Dental Group:Elm Street"}
    assert shown[CAFE].balance == "10.00"
    job = shown["Harper Dental Group:Elm Street"]
    assert job.parent_list_id == shown["Harper Dental Group"].list_id
    assert not job.active


def test_a_merged_customer_is_gone(firm: Firm) -> None:
    firm.books.add_customer("Cafe Belem Lda")
    pc = firm.pc()
    update(pc)
    firm.clock.move(hours=2)
    firm.books.merge_customers("Cafe Belem Lda", into=CAFE)
    update(pc)
    shown: dict[str, CustomerView] = {
        one.name: one for one in firm.services.books.customers(firm.company_file_id).items
    }
    assert (shown["Cafe Belem Lda"].gone, shown["Cafe Belem Lda"].active) == (True, False)
    assert not shown[CAFE].gone


# CSV


def read(lines: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"))))


def test_csv_holds_each_once_and_no_formula(firm: Firm) -> None:
    firm.books.add_customer("=2+5")
    for number in ("@SUM(A1)", "7"):
        firm.books.add_invoice("=2+5", amount="10.00", number=number)
    firm.books.add_credit(CAFE, amount="5.00")
    update(firm.pc())
    books, company = firm.services.books, firm.company_file_id
    rows = {row["number"]: row for row in read(books.invoices_csv(company))}
    assert set(rows) == {"'@SUM(A1)", "7"}
    assert rows["7"]["customer"] == "'=2+5"
    assert (rows["7"]["balance"], rows["7"]["status"], rows["7"]["pending"]) == (
        "10.00",
        "open",
        "no",
    )
    balances = {row["name"]: row["balance"] for row in read(books.customers_csv(company))}
    assert balances == {CAFE: "-5.00", "'=2+5": "20.00"}


# How much is asked


def test_a_usual_sync_takes_two_exchanges(opened: Callable[..., Firm]) -> None:
    firm = opened()
    firm.books.add_customer(CAFE)
    open_ones = [
        firm.books.add_invoice(CAFE, amount="100.00", number=str(number)) for number in range(100)
    ]
    pc = firm.pc()
    update(pc)
    firm.clock.move(hours=24)
    firm.books.change_invoice(open_ones[0], amount="120.00")
    firm.books.add_invoice(CAFE, amount="10.00")
    for txn_id in open_ones:
        firm.pay(CAFE, "40.00", {txn_id: "40.00"})
    session = update(pc)
    asked = kinds(session)
    assert len(asked) == 2
    assert asked[1] == ["ReceivePaymentAdd"]
    assert session.status == "100 payments posted"


# A long silence


def test_after_a_long_silence_everything_is_read_again(firm: Firm) -> None:
    """QuickBooks names deletions for 90 days; what was deleted before is known by its absence."""
    gone = firm.books.add_invoice(CAFE, amount="10.00", number="gone")
    kept = firm.books.add_invoice(CAFE, amount="20.00", number="kept")
    typed = firm.books.receive_by_hand(CAFE, amount="5.00", number="77")
    stays = firm.books.receive_by_hand(CAFE, amount="6.00", number="78")
    pc = firm.pc()
    update(pc)
    firm.clock.move(hours=24)
    firm.books.delete_transaction(gone)
    firm.books.delete_payment(typed)
    firm.clock.move(hours=24 * 95)
    update(pc)
    shown = {invoice.txn_id: invoice.status.value for invoice in invoices(firm).items}
    assert shown == {gone: "deleted", kept: "open"}
    assert [row["txn_id"] for row in firm.rows("SELECT txn_id FROM receipt")] == [stays]


def test_reading_everything_again_changes_nothing(firm: Firm) -> None:
    firm.books.add_invoice(CAFE, amount="10.00", number="1")
    firm.books.receive_by_hand(CAFE, amount="5.00", number="77")
    pc = firm.pc()
    update(pc)
    tables = ("customer", "invoice", "receipt", "linked_txn")
    before: dict[str, Any] = {name: firm.everything()[name] for name in tables}
    for rows in before.values():
        for row in rows:
            row.pop("seen_session_id", None)
    firm.clock.move(hours=2)
    firm.services.companies.read_again(firm.company_id)
    session = update(pc)
    asked = "".join(asked for asked, _ in session.message_sets)
    assert "FromModifiedDate" not in asked
    after = {name: firm.everything()[name] for name in tables}
    for rows in after.values():
        for row in rows:
            row.pop("seen_session_id", None)
    assert after == before
