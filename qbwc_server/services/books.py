"""What is known of QuickBooks' books, as it is shown: customers and invoices. Reads only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from pydantic import Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import ledger, mappings, shown
from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services import csv_out, paging
from qbwc_server.services.payments import View
from sync_core.money import format_cents
from sync_core.names import Meant, plain

Shown = TypeVar("Shown")

# As many rows as a stream reads at once.
_CHUNK = 500


class InvoiceStatus(StrEnum):
    """How an invoice stands in QuickBooks."""

    OPEN = "open"
    PAID = "paid"
    VOIDED = "voided"
    DELETED = "deleted"


class NamedCustomer(View):
    """Whose an invoice is."""

    list_id: str | None
    name: str | None = Field(description="QuickBooks' full name, Customer:Job")


class LinkView(View):
    """One thing that is set against an invoice."""

    type: str | None = Field(description="ReceivePayment, CreditMemo, JournalEntry, ...")
    txn_id: str
    number: str | None
    day: date | None = Field(serialization_alias="date")
    amount: str | None = Field(description="What it takes off the invoice")


class InvoiceView(View):
    """An invoice as QuickBooks last told it."""

    txn_id: str
    external_id: str | None = Field(description="What the payment site calls it")
    number: str | None
    customer: NamedCustomer
    day: date | None = Field(serialization_alias="date")
    due_date: date | None
    total: str | None
    balance: str | None
    status: InvoiceStatus
    links: list[LinkView]
    pending: bool = Field(description="Not final yet in QuickBooks")
    currency: str | None = Field(description="Its name in QuickBooks, where there are several")
    replaced_by: str | None = Field(
        description="Of a deleted one: the TxnID of the one entered anew in its place"
    )
    hidden: bool = Field(
        description="Older than the Sync From Date by now; told only to whoever follows changes"
    )


class CustomerView(View):
    """A customer or a job as QuickBooks last told it."""

    list_id: str
    name: str = Field(description="QuickBooks' full name, Customer:Job")
    active: bool
    external_id: str | None = Field(description="What the payment site calls it")
    balance: str | None = Field(description="Its own, without its jobs")
    parent_list_id: str | None
    currency: str | None = Field(description="Its name in QuickBooks, where there are several")
    gone: bool = Field(description="Deleted, or merged into another")


@dataclass(frozen=True, slots=True)
class Books:
    """Shows what is known of a company file's books."""

    engine: Engine

    def invoices(
        self,
        company_file_id: int,
        *,
        cursor: str = "",
        limit: str = "",
        changed_since: str = "",
    ) -> paging.Followed[InvoiceView]:
        """Show a page of invoices in the order of their changes.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.following(limit, cursor, changed_since)
        with for_reading(self.engine).connect() as db:
            rows = shown.invoices(
                db,
                company_file_id,
                after=wanted.after,
                with_hidden=wanted.is_changes,
                limit=wanted.limit + 1,
            )
            page = paging.follow(rows, wanted, lambda row: (row.change_number, row.txn_id))
            views = _invoices(db, company_file_id, page.items)
        return paging.Followed(views, page.next_cursor, page.changes_cursor)

    def invoices_of(
        self,
        company_file_id: int,
        *,
        number: str = "",
        customer: str = "",
        cursor: str = "",
        limit: str = "",
    ) -> paging.Followed[InvoiceView]:
        """Show a page of the invoices with a number, whatever its case, or of a customer (ListID).

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.following(limit, cursor, "")
        if not (number + customer).isprintable():
            sentence = "A number and a ListID are printable characters only."
            raise InvalidInput((Problem("/number", sentence),))
        with for_reading(self.engine).connect() as db:
            rows = shown.invoices_of(
                db,
                company_file_id,
                plain_number=plain(number) if number else None,
                customer_list_id=customer or None,
                after=wanted.id,
                limit=wanted.limit + 1,
            )
            page = paging.follow(rows, wanted, lambda row: (0, row.txn_id))
            views = _invoices(db, company_file_id, page.items)
        return paging.Followed(views, page.next_cursor, page.changes_cursor)

    def customers(
        self,
        company_file_id: int,
        *,
        cursor: str = "",
        limit: str = "",
        changed_since: str = "",
    ) -> paging.Followed[CustomerView]:
        """Show a page of customers in the order of their changes.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.following(limit, cursor, changed_since)
        with for_reading(self.engine).connect() as db:
            rows = shown.customers(db, company_file_id, after=wanted.after, limit=wanted.limit + 1)
            page = paging.follow(rows, wanted, lambda row: (row.change_number, row.list_id))
            views = _customers(db, company_file_id, page.items)
        return paging.Followed(views, page.next_cursor, page.changes_cursor)

    def every_invoice(self, company_file_id: int) -> Iterator[InvoiceView]:
        """Show all invoices, by TxnID."""

        def chunk(after: str) -> list[InvoiceView]:
            with for_reading(self.engine).connect() as db:
                rows = shown.all_invoices(db, company_file_id, after=after, limit=_CHUNK)
                return _invoices(db, company_file_id, rows)

        return _each(chunk, lambda invoice: invoice.txn_id)

    def every_customer(self, company_file_id: int) -> Iterator[CustomerView]:
        """Show all customers, by ListID."""

        def chunk(after: str) -> list[CustomerView]:
            with for_reading(self.engine).connect() as db:
                rows = shown.all_customers(db, company_file_id, after=after, limit=_CHUNK)
                return _customers(db, company_file_id, rows)

        return _each(chunk, lambda customer: customer.list_id)

    def invoices_csv(self, company_file_id: int) -> Iterator[str]:
        """Write all invoices as CSV, line by line."""
        header = (
            *("txn_id", "external_id", "number", "customer_list_id", "customer", "date"),
            *("due_date", "total", "balance", "status", "pending", "currency", "replaced_by"),
        )
        return csv_out.lines(header, map(_invoice_cells, self.every_invoice(company_file_id)))

    def customers_csv(self, company_file_id: int) -> Iterator[str]:
        """Write all customers as CSV, line by line."""
        header = ("list_id", "name", "active", "external_id", "balance", "parent_list_id", "gone")
        return csv_out.lines(header, map(_customer_cells, self.every_customer(company_file_id)))


def _each(chunk: Callable[[str], list[Shown]], id_of: Callable[[Shown], str]) -> Iterator[Shown]:
    after = ""
    while items := chunk(after):
        yield from items
        after = id_of(items[-1])


def _invoices(db: Connection, company_file_id: int, rows: Sequence[AnyRow]) -> list[InvoiceView]:
    txn_ids = [row.txn_id for row in rows]
    links = ledger.links(db, company_file_id, txn_ids)
    names = mappings.names_of(db, company_file_id, Meant.INVOICES, txn_ids)
    return [
        InvoiceView(
            txn_id=row.txn_id,
            external_id=names.get(row.txn_id),
            number=row.number,
            customer=NamedCustomer(list_id=row.customer_list_id, name=row.customer_name),
            day=row.txn_date,
            due_date=row.due_date,
            total=_text(row.total_cents),
            balance=_text(row.balance_cents),
            status=status_of(row),
            links=[_link(link) for link in links.get(row.txn_id, ())],
            pending=row.is_pending,
            currency=row.currency,
            replaced_by=row.replaced_by,
            hidden=row.is_hidden,
        )
        for row in rows
    ]


def _customers(db: Connection, company_file_id: int, rows: Sequence[AnyRow]) -> list[CustomerView]:
    list_ids = [row.list_id for row in rows]
    names = mappings.names_of(db, company_file_id, Meant.CUSTOMERS, list_ids)
    return [
        CustomerView(
            list_id=row.list_id,
            name=row.full_name,
            active=row.is_active and row.gone_wall is None,
            external_id=names.get(row.list_id),
            balance=_text(row.balance_cents),
            parent_list_id=row.parent_list_id,
            currency=row.currency,
            gone=row.gone_wall is not None,
        )
        for row in rows
    ]


def status_of(row: AnyRow) -> InvoiceStatus:
    """Say how an invoice stands."""
    if row.deleted_wall is not None:
        return InvoiceStatus.DELETED
    if row.is_voided:
        return InvoiceStatus.VOIDED
    return InvoiceStatus.PAID if row.is_paid else InvoiceStatus.OPEN


def _link(row: AnyRow) -> LinkView:
    # QuickBooks' sign is not the same in all answers: what is set against an invoice lowers it.
    cents = None if row.amount_cents is None else abs(row.amount_cents)
    return LinkView(
        type=row.other_type,
        txn_id=row.other_txn_id,
        number=row.other_number,
        day=row.other_date,
        amount=_text(cents),
    )


def _text(cents: int | None) -> str | None:
    return None if cents is None else format_cents(cents)


def _invoice_cells(invoice: InvoiceView) -> tuple[object, ...]:
    return (
        invoice.txn_id,
        invoice.external_id,
        invoice.number,
        invoice.customer.list_id,
        invoice.customer.name,
        invoice.day,
        invoice.due_date,
        csv_out.amount(invoice.total),
        csv_out.amount(invoice.balance),
        invoice.status,
        invoice.pending,
        invoice.currency,
        invoice.replaced_by,
    )


def _customer_cells(customer: CustomerView) -> tuple[object, ...]:
    return (
        customer.list_id,
        customer.name,
        customer.active,
        customer.external_id,
        csv_out.amount(customer.balance),
        customer.parent_list_id,
        customer.gone,
    )
