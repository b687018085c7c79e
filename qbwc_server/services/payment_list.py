"""The list of payments as a person looks through it: pages, totals, exports. Reads only."""

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import companies, outbox
from models.queries import needs_you as waiting
from models.queries import payment_list as rows
from qbwc_server.services import csv_out, needs_you, paging, payment_filter
from qbwc_server.services.needs_you import Card
from qbwc_server.services.payment_filter import Filter, Kind
from qbwc_server.services.preferences import currency_mark
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.wording import phrases
from sync_core.wording.states import STATES

# What a page adds up, so that it answers at once; an export adds up all there is.
TOTALS_MAX = 10_000
# Methods, and processors, that a page offers to choose from.
WORDS_MAX = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One payment of the list: its card, and what else a list has of it."""

    card: Card
    currency: str | None
    processor: str | None
    batch: str | None
    processor_txn_id: str | None
    left_cents: int
    posted_at: datetime | None
    is_missing: bool
    differs: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """What was received on a day by a method; `currency` is None for that of the books."""

    day: date
    method: str
    currency: str | None
    count: int
    cents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """What the payments of a filter come to; `is_cut`: there are more than were added up."""

    lines: Sequence[Total]
    states: Counter[PaymentStatus]
    missing: int  # of those posted
    left_by_currency: Mapping[str | None, int]
    is_cut: bool

    @property
    def count(self) -> int:
        """Say how many payments there are."""
        return sum(self.states.values())

    @property
    def in_quickbooks(self) -> int:
        """Say how many of them are in the company file of now."""
        return self.states[PaymentStatus.POSTED] - self.missing

    @property
    def by_currency(self) -> Mapping[str | None, int]:
        """Add the amounts up, each currency by itself."""
        found: dict[str | None, int] = {}
        for line in self.lines:
            found[line.currency] = found.get(line.currency, 0) + line.cents
        return found

    @property
    def by_method(self) -> Sequence[tuple[str, str | None, int, int]]:
        """List method, currency, how many, and what they come to."""
        found: dict[tuple[str, str | None], tuple[int, int]] = {}
        for line in self.lines:
            count, cents = found.get((line.method, line.currency), (0, 0))
            found[line.method, line.currency] = (count + line.count, cents + line.cents)
        keys = sorted(found, key=lambda one: (one[0], one[1] or ""))
        return [(*key, *found[key]) for key in keys]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of which the page speaks when nothing is looked for."""

    first: date
    last: date
    is_present: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One page of the list with all that stands around it.

    `month` is whose totals these are when the filter is empty; None with a filter, or when no
    payment has ever arrived. `home` is the currency of the books, None where nobody said.
    """

    page: paging.Page[Line]
    home: str | None
    totals: Totals
    month: Month | None
    need_you: int  # whatever waits for a person
    dismissed: int  # without an entry, beside those that are not in QuickBooks; up to TOTALS_MAX
    methods: Sequence[str]
    processors: Sequence[str]

    def mark(self, currency: str | None) -> str:
        """Give what stands before amounts of a currency; None: that of the books."""
        return currency_mark(self.home, currency)


@dataclass(frozen=True, slots=True)
class PaymentList:
    """Lists the payments of a company file."""

    engine: Engine

    def page(
        self, company_file_id: int, asked: Filter, *, today: date, cursor: str = ""
    ) -> Listing:
        """Show a page, the latest received first.

        Raises:
            InvalidInput: a cursor that is not ours.
        """
        after = paging.day_and_number(cursor)
        with for_reading(self.engine).connect() as db:
            company = companies.one(db, company_file_id)
            home = needs_you.home_of(company)
            wanted = payment_filter.wanted(db, company_file_id, asked)
            found = rows.page(db, wanted, after=after, limit=paging.LIMIT_DEFAULT + 1)
            cut = paging.cut_by_place(found, paging.LIMIT_DEFAULT, needs_you.place_of)
            month, totals = (
                _of_month(db, company_file_id, today, home)
                if asked.is_empty
                else (None, _totals(db, wanted, home))
            )
            dismissed = replace(asked, kind=Kind.DISMISSED, state=None)
            is_about_books = asked.kind is Kind.NOT_IN_QUICKBOOKS
            return Listing(
                page=paging.Page(_lines(db, company, cut.items), cut.next_cursor),
                home=home,
                totals=totals,
                month=month,
                need_you=waiting.count(db, company_file_id),
                dismissed=_count(db, company_file_id, dismissed) if is_about_books else 0,
                methods=rows.words(db, company_file_id, "method", limit=WORDS_MAX),
                processors=rows.words(db, company_file_id, "processor", limit=WORDS_MAX),
            )

    def export(self, company_file_id: int, asked: Filter) -> Iterator[str]:
        """Write the payments of a filter as CSV, line by line, the latest received first."""
        return csv_out.lines(_COLUMNS, self._cells(company_file_id, asked))

    def export_totals(self, company_file_id: int, asked: Filter) -> Iterator[str]:
        """Write what was received by day, method and currency as CSV, and all of it at the end."""
        return csv_out.lines(_TOTALS, self._sums(company_file_id, asked))

    def _pages(self, company_file_id: int, asked: Filter) -> Iterator[Sequence[AnyRow]]:
        after: rows.Place | None = None
        while True:
            with for_reading(self.engine).connect() as db:
                wanted = payment_filter.wanted(db, company_file_id, asked)
                found = rows.page(db, wanted, after=after, limit=paging.LIMIT_MAX)
            if found:
                yield found
            if len(found) < paging.LIMIT_MAX:
                return
            after = (found[-1].received_on, found[-1].id)

    def _cells(self, company_file_id: int, asked: Filter) -> Iterator[Sequence[object]]:
        for found in self._pages(company_file_id, asked):
            with for_reading(self.engine).connect() as db:
                invoices = _invoices(db, company_file_id, [row.id for row in found])
                lines = _lines(db, companies.one(db, company_file_id), found)
            for row, line in zip(found, lines, strict=True):
                yield _cells(line, invoices[row.id])

    def _sums(self, company_file_id: int, asked: Filter) -> Iterator[Sequence[object]]:
        listed = (row for found in self._pages(company_file_id, asked) for row in found)
        counts: Counter[str] = Counter()
        cents: Counter[str] = Counter()
        for day, received in groupby(listed, key=lambda row: row.received_on):
            for (method, currency), (count, sum_cents) in sorted(_of_day(received).items()):
                counts[currency] += count
                cents[currency] += sum_cents
                yield day, method, currency, count, csv_out.amount(format_cents(sum_cents))
        for currency in sorted(counts):
            total = csv_out.amount(format_cents(cents[currency]))
            yield "Total", "", currency, counts[currency], total


def _count(db: Connection, company_file_id: int, asked: Filter) -> int:
    wanted = payment_filter.wanted(db, company_file_id, asked)
    return rows.count(db, wanted, limit=TOTALS_MAX)


def _of_day(received: Iterable[AnyRow]) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in received:
        key = (row.method, row.currency or "")
        count, cents = found.get(key, (0, 0))
        found[key] = (count + 1, cents + row.amount_cents)
    return found


def _of_month(
    db: Connection, company_file_id: int, today: date, home: str | None
) -> tuple[Month | None, Totals]:
    """Add up what was received this month, or in the last month in which there was any."""
    month = _month(today, is_present=True)
    totals = _totals(db, _received_in(company_file_id, month), home)
    if totals.count:
        return month, totals
    newest = rows.newest_day(db, company_file_id)
    if newest is None:
        return None, totals
    month = _month(newest, is_present=False)
    return month, _totals(db, _received_in(company_file_id, month), home)


def _month(day: date, *, is_present: bool) -> Month:
    last = calendar.monthrange(day.year, day.month)[1]
    return Month(day.replace(day=1), day.replace(day=last), is_present)


def _received_in(company_file_id: int, month: Month) -> rows.Wanted:
    return rows.Wanted(
        company_file_id=company_file_id, received_from=month.first, received_to=month.last
    )


def _totals(db: Connection, wanted: rows.Wanted, home: str | None) -> Totals:
    found = rows.sums(db, wanted, limit=TOTALS_MAX + 1)
    states: Counter[PaymentStatus] = Counter()
    lines: dict[tuple[date, str, str | None], tuple[int, int]] = {}
    for row in found:
        states[PaymentStatus(row.status)] += row.many
        currency = None if row.currency == home else row.currency
        key = (row.received_on, row.method, currency)
        count, cents = lines.get(key, (0, 0))
        lines[key] = (count + row.many, cents + row.cents)
    is_posted = [row for row in found if row.status == PaymentStatus.POSTED]
    left: dict[str | None, int] = {}
    for row in is_posted:
        currency = None if row.currency == home else row.currency
        left[currency] = left.get(currency, 0) + row.left_cents
    return Totals(
        lines=[
            Total(day=day, method=method, currency=currency, count=count, cents=cents)
            for (day, method, currency), (count, cents) in lines.items()
        ],
        states=states,
        missing=sum(row.many for row in is_posted if row.is_missing),
        left_by_currency=left,
        is_cut=sum(states.values()) > TOTALS_MAX,
    )


def _lines(db: Connection, company: AnyRow, found: Sequence[AnyRow]) -> list[Line]:
    return [
        _line(row, card)
        for row, card in zip(found, needs_you.cards_of(db, company, found), strict=True)
    ]


def _line(row: AnyRow, card: Card) -> Line:
    is_posted = card.status is PaymentStatus.POSTED
    return Line(
        card=card,
        currency=row.currency,
        processor=row.processor,
        batch=row.batch,
        processor_txn_id=row.processor_txn_id,
        left_cents=(row.unapplied_cents or 0) if is_posted else 0,
        posted_at=row.posted_at,
        is_missing=is_posted and row.missing_since is not None,
        differs=is_posted and row.differs,
    )


# Files

_COLUMNS = (
    *("Id", "Reference", "State", "Received on", "Customer", "Amount", "Currency", "Method"),
    *("Processor", "Processor's id", "Batch", "Invoices", "Left as credit", "What to know"),
    *("In QuickBooks since", "TxnID", "Changed in QuickBooks", "Missing in the company file"),
    "Deleted from the history",
)
_TOTALS = ("Received on", "Method", "Currency", "Payments", "Amount")


def _cells(line: Line, invoices: str) -> Sequence[object]:
    card = line.card
    left = csv_out.amount(format_cents(line.left_cents)) if line.left_cents else None
    return (
        card.id,
        card.reference,
        STATES[card.status].label,
        card.received_on,
        card.customer,
        csv_out.amount(format_cents(card.amount_cents)),
        line.currency,
        card.method,
        line.processor,
        line.processor_txn_id,
        line.batch,
        invoices,
        left,
        phrases.plain(_to_know(card)),
        line.posted_at.isoformat(timespec="seconds") if line.posted_at else None,
        card.txn_id if card.status is PaymentStatus.POSTED else None,
        line.differs,
        line.is_missing,
        card.is_hidden,
    )


def _to_know(card: Card) -> str:
    if card.cause is not None:
        return words.summary(card.cause, card.variant, card.facts)
    return words.state_line(card.status, card.state_facts)


def _invoices(db: Connection, company_file_id: int, payment_ids: Sequence[int]) -> dict[int, str]:
    """Name the invoices that payments go to, those without a number by what was given."""
    parts = outbox.applies(db, payment_ids)
    txn_ids = {part.txn_id for own in parts.values() for part in own if part.txn_id}
    known = rows.invoices(db, company_file_id, txn_ids)
    return {
        payment_id: ", ".join(invoice_name(part, known.get(part.txn_id or "")) for part in own)
        for payment_id, own in parts.items()
    }


def invoice_name(part: AnyRow, invoice: AnyRow | None) -> str:
    """Name the invoice of a part: by its number, else as the payment site named it."""
    number: str | None = invoice.number if invoice else None
    given = part.invoice_number or part.invoice_external_id or part.txn_id
    return number or given or ""
