"""Customers as a person looks through them, and one with all that belongs to it. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import companies, listed, mappings, missing
from qbwc_server.errors import NotFound
from qbwc_server.services import csv_out, filters, invoices, needs_you, paging
from qbwc_server.services.invoices import BESIDE_MAX, InvoiceLine, PaymentLine, SiteWord
from qbwc_server.services.payments import each
from sync_core.money import format_cents
from sync_core.names import Meant, plain
from sync_core.reading import Listed


class CustomerState(StrEnum):
    """How a customer stands in QuickBooks."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    GONE = "gone"  # deleted, or merged into another


class Mapped(StrEnum):
    """Whether the payment site has a word for a customer."""

    MAPPED = "mapped"
    PROPOSED = "proposed"  # payments wait under its very name
    NOT_MAPPED = "not_mapped"


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerFilter:
    """Which customers: `name` is how the full name begins, as names are compared."""

    state: CustomerState | None = None
    name: str = ""
    is_mapped: bool | None = None
    owes: bool | None = None  # something is left to pay on its own open invoices

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "CustomerFilter":
        """Read it from the words of an address: state, name, mapped, owes.

        Raises:
            InvalidInput: one of them is none that can be.
        """
        state = filters.word(given, "state", tuple(CustomerState))
        return cls(
            state=CustomerState(state) if state else None,
            name=filters.beginning(given, "name", invoices.NAME_MAX),
            is_mapped=filters.yes_or_no(given, "mapped"),
            owes=filters.yes_or_no(given, "owes"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerLine:
    """A customer or a job as a table shows it.

    `external_id` is what the payment site calls it, `balance_cents` what QuickBooks last told,
    `due_cents` what is left to pay on its own open invoices, as they are known.
    """

    list_id: str
    name: str
    state: CustomerState
    balance_cents: int | None
    due_cents: int
    mark: str  # stands before its amounts
    mapped: Mapped
    external_id: str | None
    parent_list_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands with a company's customers; `maps_any`: the site has words of its own."""

    read_at: datetime | None
    active: int
    inactive: int
    maps_any: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerPage:
    """One customer with all that belongs to it."""

    line: CustomerLine
    parent: CustomerLine | None
    jobs: Sequence[CustomerLine]
    words: Sequence[SiteWord]
    open_invoices: Sequence[InvoiceLine]
    open_count: int
    payments: Sequence[PaymentLine]
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Customers:
    """Shows the customers of a company file to people."""

    engine: Engine

    def standing(self, company_file_id: int) -> Standing:
        """Say how it stands with the customers."""
        with for_reading(self.engine).connect() as db:
            counts = listed.count_customers(db, company_file_id)
            any_mapped = mappings.page(db, company_file_id, Meant.CUSTOMERS, after="", limit=1)
            return Standing(
                read_at=missing.read_to_end_at(db, company_file_id, Listed.CUSTOMERS),
                active=counts.get(True, 0),
                inactive=counts.get(False, 0),
                maps_any=bool(any_mapped),
            )

    def page(
        self, company_file_id: int, wanted: CustomerFilter, *, cursor: str = "", limit: str = ""
    ) -> paging.Page[CustomerLine]:
        """Show a page of customers by name.

        Raises:
            InvalidInput: a cursor that is not ours.
        """
        size = paging.wanted(limit, "").limit
        with for_reading(self.engine).connect() as db:
            rows = listed.customers(
                db,
                company_file_id,
                begins=wanted.name,
                state=wanted.state,
                is_mapped=wanted.is_mapped,
                owes=wanted.owes,
                after=paging.place(cursor),
                limit=size + 1,
            )
            page = paging.cut_by_place(rows, size, lambda row: (row.plain_name, row.list_id))
            company = companies.one(db, company_file_id)
            return paging.Page(_lines(db, company, page.items), page.next_cursor)

    def csv(self, company_file_id: int, wanted: CustomerFilter) -> Iterator[str]:
        """Write the customers that are looked for as CSV, line by line."""
        header = ("list_id", "name", "active", "external_id", "balance", "parent_list_id", "gone")
        return csv_out.lines(header, map(_cells, each(partial(self.page, company_file_id, wanted))))

    def show(self, company_file_id: int, list_id: str) -> CustomerPage:
        """Show a customer, one that is gone too.

        Raises:
            NotFound: QuickBooks has told of no customer with this ListID.
        """
        with for_reading(self.engine).connect() as db:
            row = listed.customer(db, company_file_id, list_id) if list_id.isprintable() else None
            if row is None:
                raise NotFound("There is no such customer here.")
            parent = (
                listed.customer(db, company_file_id, row.parent_list_id)
                if row.parent_list_id
                else None
            )
            jobs = listed.customers(
                db, company_file_id, begins=f"{plain(row.full_name)}:", limit=BESIDE_MAX
            )
            words = invoices.words_of(db, company_file_id, Meant.CUSTOMERS, list_id)
            payments = listed.payments_of_customer(
                db,
                company_file_id,
                list_id=list_id,
                name=row.full_name,
                words=[word.external_id for word in words],
                limit=BESIDE_MAX,
            )
            count, _ = listed.open_total(db, company_file_id, customer=list_id)
            company = companies.one(db, company_file_id)
            line, *others = _lines(db, company, [row, *([parent] if parent else []), *jobs])
            return CustomerPage(
                line=line,
                parent=others[0] if parent else None,
                jobs=others[1:] if parent else others,
                words=words,
                open_invoices=invoices.open_of(db, company, list_id),
                open_count=count,
                payments=invoices.payment_lines(company, payments),
                read_at=missing.read_to_end_at(db, company_file_id, Listed.CUSTOMERS),
            )


def _lines(db: Connection, company: AnyRow, rows: Sequence[AnyRow]) -> list[CustomerLine]:
    names = mappings.names_of(db, company.id, Meant.CUSTOMERS, [row.list_id for row in rows])
    called = {row.full_name for row in rows if row.list_id not in names and row.gone_wall is None}
    proposed = listed.waiting_under(db, company.id, called)
    due = listed.due_by_customer(db, company.id, [row.list_id for row in rows])
    return [
        CustomerLine(
            list_id=row.list_id,
            name=row.full_name,
            state=_state_of(row),
            balance_cents=row.balance_cents,
            due_cents=due.get(row.list_id, 0),
            mark=needs_you.mark_named(company, row.currency),
            mapped=_mapped(row, names, proposed),
            external_id=names.get(row.list_id),
            parent_list_id=row.parent_list_id,
        )
        for row in rows
    ]


def _state_of(row: AnyRow) -> CustomerState:
    if row.gone_wall is not None:
        return CustomerState.GONE
    return CustomerState.ACTIVE if row.is_active else CustomerState.INACTIVE


def _mapped(row: AnyRow, names: Mapping[str, str], proposed: set[str]) -> Mapped:
    if row.list_id in names:
        return Mapped.MAPPED
    return Mapped.PROPOSED if row.full_name in proposed else Mapped.NOT_MAPPED


def _cells(line: CustomerLine) -> tuple[object, ...]:
    balance = None if line.balance_cents is None else format_cents(line.balance_cents)
    return (
        line.list_id,
        line.name,
        line.state is CustomerState.ACTIVE,
        line.external_id,
        csv_out.amount(balance),
        line.parent_list_id,
        line.state is CustomerState.GONE,
    )
