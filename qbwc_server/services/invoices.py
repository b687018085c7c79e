"""Invoices as a person looks through them, and one with all that belongs to it. Reads only."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import companies, ledger, listed, mappings, missing
from qbwc_server.errors import InvalidInput, NotFound, Problem
from qbwc_server.services import csv_out, filters, needs_you, paging
from qbwc_server.services.books import InvoiceStatus, status_of
from qbwc_server.services.payments import each
from qbwc_server.services.preferences import Preferences
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.names import Meant
from sync_core.wording.states import STATES

# QuickBooks' own limits (Intuit XSD 13.0: InvoiceRet/RefNumber, CustomerRet/FullName).
NUMBER_MAX = 11
NAME_MAX = 209
# More customers than this with one beginning are no search any more.
CUSTOMERS_MAX = 200
# What one page shows beside an invoice or a customer; few have more.
BESIDE_MAX = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceFilter:
    """Which invoices: `number` and `customer` are how these begin, as they are compared.

    `cents` is what they are over, or what is due on them.
    """

    state: InvoiceStatus | None = None
    number: str = ""
    customer: str = ""
    is_mapped: bool | None = None
    days: listed.Days = listed.ANY_DAY
    cents: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str], prefer: Preferences) -> "InvoiceFilter":
        """Read it from the words of an address: state, number, customer, mapped, from, to, amount.

        `prefer` is how its reader writes amounts.

        Raises:
            InvalidInput: one of them is none that can be.
        """
        state = filters.word(given, "state", tuple(InvoiceStatus))
        return cls(
            state=InvoiceStatus(state) if state else None,
            number=filters.beginning(given, "number", NUMBER_MAX),
            customer=filters.beginning(given, "customer", NAME_MAX),
            is_mapped=filters.yes_or_no(given, "mapped"),
            days=filters.span(given),
            cents=filters.amount(given, "amount", prefer),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceLine:
    """An invoice as a table shows it. `external_id`: what the payment site calls it."""

    txn_id: str
    number: str
    plain_number: str
    customer_list_id: str | None
    customer: str | None
    day: date | None
    due_on: date | None
    total_cents: int | None
    balance_cents: int | None
    currency: str | None
    mark: str  # stands before its amounts
    status: InvoiceStatus
    is_pending: bool
    external_id: str | None
    replaced_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands with a company's invoices.

    `read_at`: when the list was last read to its end, None for never. `due_cents` is None where
    amounts of several currencies do not add up; `mark` stands before it.
    """

    read_at: datetime | None
    open_count: int
    due_cents: int | None
    mark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentLine:
    """An online payment as it stands beside an invoice or a customer."""

    id: str
    reference: str
    received_on: date
    amount_cents: int
    mark: str  # stands before its amount
    method: str
    status: PaymentStatus
    label: str
    txn_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkLine:
    """What is set against an invoice in QuickBooks; `payment`: the online one it was made for."""

    type: str | None
    txn_id: str
    number: str | None
    day: date | None
    amount_cents: int | None
    payment: PaymentLine | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteWord:
    """What the payment site calls an entry, and who said so."""

    external_id: str
    set_at: datetime
    set_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoicePage:
    """One invoice with all that belongs to it."""

    line: InvoiceLine
    deleted_wall: str | None
    links: Sequence[LinkLine]
    payments: Sequence[PaymentLine]
    words: Sequence[SiteWord]
    replaced_by: InvoiceLine | None
    read_at: datetime | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Invoices:
    """Shows the invoices of a company file to people."""

    engine: Engine

    def standing(self, company_file_id: int) -> Standing:
        """Say how it stands with the invoices."""
        with for_reading(self.engine).connect() as db:
            count, cents = listed.open_total(db, company_file_id)
            company = companies.one(db, company_file_id)
            return Standing(
                read_at=missing.read_to_end_at(db, company_file_id),
                open_count=count,
                due_cents=None if company.multi_currency else cents,
                mark=needs_you.mark_of(company),
            )

    def page(
        self, company_file_id: int, wanted: InvoiceFilter, *, cursor: str = "", limit: str = ""
    ) -> paging.Page[InvoiceLine]:
        """Show a page of invoices, the newest first; those looked for by number, by number.

        Raises:
            InvalidInput: a cursor that is not ours; a name with which too many begin.
        """
        size, place = paging.wanted(limit, "").limit, paging.place(cursor)
        with for_reading(self.engine).connect() as db:
            customers = _customers(db, company_file_id, wanted.customer)
            read = _by_number if wanted.number else _by_day
            rows = read(db, company_file_id, wanted, customers, place, size + 1)
            page = paging.cut_by_place(rows, size, partial(_place_of, wanted))
            company = companies.one(db, company_file_id)
            return paging.Page(_lines(db, company, page.items), page.next_cursor)

    def csv(self, company_file_id: int, wanted: InvoiceFilter) -> Iterator[str]:
        """Write the invoices that are looked for as CSV, line by line.

        Raises:
            InvalidInput: a name with which too many begin; before the first line.
        """
        with for_reading(self.engine).connect() as db:
            _customers(db, company_file_id, wanted.customer)
        header = (
            *("txn_id", "external_id", "number", "customer_list_id", "customer", "date"),
            *("due_date", "total", "balance", "status", "pending", "currency", "replaced_by"),
        )
        return csv_out.lines(header, map(_cells, each(partial(self.page, company_file_id, wanted))))

    def show(self, company_file_id: int, txn_id: str) -> InvoicePage:
        """Show an invoice.

        Raises:
            NotFound: there is none with this TxnID, or it is older than what is shown.
        """
        with for_reading(self.engine).connect() as db:
            row = listed.invoice(db, company_file_id, txn_id) if txn_id.isprintable() else None
            if row is None:
                raise NotFound("There is no such invoice here.")
            company = companies.one(db, company_file_id)
            (line,) = _lines(db, company, [row])
            links = ledger.links(db, company_file_id, [txn_id]).get(txn_id, ())
            words = words_of(db, company_file_id, Meant.INVOICES, txn_id)
            payments = listed.payments_of_invoice(
                db,
                company_file_id,
                txn_id=txn_id,
                words=[word.external_id for word in words],
                linked=[link.other_txn_id for link in links],
                limit=BESIDE_MAX,
            )
            anew = listed.invoice(db, company_file_id, row.replaced_by) if row.replaced_by else None
            found = payment_lines(company, payments)
            ours = {one.txn_id: one for one in found if one.txn_id}
            return InvoicePage(
                line=line,
                deleted_wall=row.deleted_wall,
                links=[_link(link, ours.get(link.other_txn_id)) for link in links],
                payments=found,
                words=words,
                replaced_by=_lines(db, company, [anew])[0] if anew else None,
                read_at=missing.read_to_end_at(db, company_file_id),
            )

    def is_shown(self, company_file_id: int, txn_id: str) -> bool:
        """Say whether an invoice has a page of its own."""
        with for_reading(self.engine).connect() as db:
            return listed.invoice(db, company_file_id, txn_id) is not None


def open_of(db: Connection, company: AnyRow, customer: str) -> list[InvoiceLine]:
    """List the open invoices of one customer (ListID), the newest first."""
    rows = listed.invoices_by_day(
        db, company.id, InvoiceStatus.OPEN, customers=[customer], limit=BESIDE_MAX
    )
    return _lines(db, company, rows)


def words_of(
    db: Connection, company_file_id: int, meant: Meant, quickbooks_id: str
) -> list[SiteWord]:
    """List what the payment site calls one entry."""
    return [
        SiteWord(external_id=row.external_id, set_at=row.set_at, set_by=row.set_by)
        for row in listed.words_of(db, company_file_id, meant, quickbooks_id)
    ]


def payment_lines(company: AnyRow, rows: Sequence[AnyRow]) -> list[PaymentLine]:
    """Make lines of payments of a company."""
    return [
        PaymentLine(
            id=row.external_id,
            reference=row.reference,
            received_on=row.received_on,
            amount_cents=row.amount_cents,
            mark=needs_you.mark_of(company, row.currency),
            method=row.method,
            status=PaymentStatus(row.status),
            label=STATES[PaymentStatus(row.status)].label,
            txn_id=row.txn_id,
        )
        for row in rows
    ]


def _customers(db: Connection, company_file_id: int, begins: str) -> list[str] | None:
    """List the customers (ListIDs) whose names begin so; None: whoever it is."""
    if not begins:
        return None
    rows = listed.customers(db, company_file_id, begins=begins, limit=CUSTOMERS_MAX + 1)
    if len(rows) > CUSTOMERS_MAX:
        sentence = f"More than {CUSTOMERS_MAX} customers begin so; type more of the name."
        raise InvalidInput((Problem("/customer", sentence),))
    return [row.list_id for row in rows]


def _by_number(
    db: Connection,
    company_file_id: int,
    wanted: InvoiceFilter,
    customers: Collection[str] | None,
    after: tuple[str, str] | None,
    limit: int,
) -> Sequence[AnyRow]:
    return listed.invoices_by_number(
        db,
        company_file_id,
        wanted.number,
        state=wanted.state,
        customers=customers,
        is_mapped=wanted.is_mapped,
        days=wanted.days,
        cents=wanted.cents,
        after=after,
        limit=limit,
    )


def _by_day(
    db: Connection,
    company_file_id: int,
    wanted: InvoiceFilter,
    customers: Collection[str] | None,
    before: tuple[str, str] | None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the next ones of each state that is wanted, each by its own index, and join them.

    Those of an amount: what is over it, and what else has it due.
    """
    asked: dict[str, Any] = {
        "customers": customers,
        "is_mapped": wanted.is_mapped,
        "days": wanted.days,
        "before": paging.as_day(before),
        "limit": limit,
    }
    if wanted.cents is None:
        states = [wanted.state] if wanted.state else list(InvoiceStatus)
        found = [listed.invoices_by_day(db, company_file_id, one, **asked) for one in states]
    else:
        cents = wanted.cents
        found = [listed.invoices_over(db, company_file_id, cents, state=wanted.state, **asked)]
        if wanted.state in (None, InvoiceStatus.OPEN):
            found.append(listed.invoices_due(db, company_file_id, cents, **asked))
    rows = [row for some in found for row in some]
    return sorted(rows, key=lambda row: (row.txn_date, row.txn_id), reverse=True)[:limit]


def _place_of(wanted: InvoiceFilter, row: AnyRow) -> tuple[str, str]:
    return row.plain_number if wanted.number else row.txn_date.isoformat(), row.txn_id


def _lines(db: Connection, company: AnyRow, rows: Sequence[Any]) -> list[InvoiceLine]:
    txn_ids = [row.txn_id for row in rows]
    names = mappings.names_of(db, company.id, Meant.INVOICES, txn_ids)
    return [
        InvoiceLine(
            txn_id=row.txn_id,
            number=row.number or "",
            plain_number=row.plain_number or "",
            customer_list_id=row.customer_list_id,
            customer=row.customer_name,
            day=row.txn_date,
            due_on=row.due_date,
            total_cents=row.total_cents,
            balance_cents=row.balance_cents,
            currency=row.currency,
            mark=needs_you.mark_named(company, row.currency),
            status=status_of(row),
            is_pending=row.is_pending,
            external_id=names.get(row.txn_id),
            replaced_by=row.replaced_by,
        )
        for row in rows
    ]


def _link(row: AnyRow, payment: PaymentLine | None) -> LinkLine:
    # QuickBooks' sign is not the same in all answers: what is set against an invoice lowers it.
    return LinkLine(
        type=row.other_type,
        txn_id=row.other_txn_id,
        number=row.other_number,
        day=row.other_date,
        amount_cents=None if row.amount_cents is None else abs(row.amount_cents),
        payment=payment,
    )


def _cells(line: InvoiceLine) -> tuple[object, ...]:
    return (
        line.txn_id,
        line.external_id,
        line.number,
        line.customer_list_id,
        line.customer,
        line.day,
        line.due_on,
        csv_out.amount(_text(line.total_cents)),
        csv_out.amount(_text(line.balance_cents)),
        line.status,
        line.is_pending,
        line.currency,
        line.replaced_by,
    )


def _text(cents: int | None) -> str | None:
    return None if cents is None else format_cents(cents)
