"""How things stand, as values: for the start page, and for whoever watches the server."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import companies, overview
from qbwc_server.services import paging
from qbwc_server.services.needs_you import home_of
from sync_core.lifecycle import PaymentStatus
from sync_core.money import Sums, added
from sync_core.people import Scope

# Days of the chart, today among them.
CHART_DAYS = 30
# So much of a name is looked for.
SEARCH_MAX = 100


class Became(StrEnum):
    """What became of a payment, as few words as a chart can hold."""

    IN_QUICKBOOKS = "in_quickbooks"
    NEEDS_YOU = "needs_you"
    WAITING = "waiting"
    NOT_KNOWN = "not_known"
    SET_ASIDE = "set_aside"


BECAME: Mapping[PaymentStatus, Became] = {
    PaymentStatus.POSTED: Became.IN_QUICKBOOKS,
    PaymentStatus.REJECTED: Became.NEEDS_YOU,
    PaymentStatus.QUEUED: Became.WAITING,
    PaymentStatus.SENT: Became.WAITING,
    PaymentStatus.IN_DOUBT: Became.NOT_KNOWN,
    PaymentStatus.DISMISSED: Became.SET_ASIDE,
    PaymentStatus.REVERSED: Became.SET_ASIDE,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """So many payments, and what they come to."""

    count: int = 0
    sums: Sums = field(default_factory=dict)

    def __add__(self, other: "Sum") -> "Sum":
        """Count both."""
        return Sum(self.count + other.count, added((*self.sums.items(), *other.sums.items())))


ByBecame = dict[Became, Sum]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands with the payments of a company file.

    `open` are all that are not settled; `month` those received since the first of the month, by
    what became of them; `days` the same for each day of the chart. `home` is the currency of the
    books, None where nobody said.
    """

    open: ByBecame
    month: ByBecame
    days: dict[date, ByBecame]
    home: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyLine:
    """A company file in a list of several."""

    id: str
    name: str
    open: ByBecame = field(default_factory=dict)
    extras: int  # entries in QuickBooks that are one too many
    is_doubted: bool  # somebody has to say whether the file is the right one
    last_sync: datetime | None
    message: str | None

    @property
    def needing(self) -> int:
        """Say how much needs a person."""
        return self.open.get(Became.NEEDS_YOU, Sum()).count + self.extras


@dataclass(frozen=True, kw_only=True, slots=True)
class Several:
    """A page of company files, and how many of all need somebody."""

    count: int
    needing: int
    lines: list[CompanyLine]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What a monitor wants to know: how many payments are not settled, and for how long."""

    unsettled: dict[PaymentStatus, int]
    oldest_s: dict[PaymentStatus, float]
    open_sessions: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Reads how things stand."""

    engine: Engine
    clock: Clock

    def of_company(self, company_file_id: int, today: date) -> Standing:
        """Say how it stands with a company file on a day, which is the reader's today."""
        first_of_month = today.replace(day=1)
        first = today - timedelta(days=CHART_DAYS - 1)
        with for_reading(self.engine).connect() as db:
            rows = overview.by_day(db, company_file_id, received_from=min(first, first_of_month))
            open_rows = overview.open_of(db, [company_file_id])
            home = home_of(companies.one(db, company_file_id))
        by_day: dict[date, list[AnyRow]] = {}
        for row in rows:
            by_day.setdefault(row.received_on, []).append(row)
        days = (first + timedelta(days=number) for number in range(CHART_DAYS))
        return Standing(
            open=_sums(open_rows, home),
            month=_sums(
                (row for row in rows if row.received_on.replace(day=1) == first_of_month), home
            ),
            days={day: _sums(by_day.get(day, ()), home) for day in days},
            home=home,
        )

    def of_several(
        self,
        company_files: Scope,
        *,
        search: str = "",
        only_needing: bool = False,
        cursor: str = "",
    ) -> Several:
        """List a page of some company files by name; None: of all.

        Raises:
            InvalidInput: a cursor that is not ours.
        """
        wanted = paging.by_name("", cursor)
        last, _, name = wanted.after.partition(" ")
        after = (name, int(last)) if last.isascii() and last.isdigit() else None
        with for_reading(self.engine).connect() as db:
            count, needing = overview.count_companies(db, company_files)
            rows = overview.companies_page(
                db,
                company_files,
                search="".join(filter(str.isprintable, search))[:SEARCH_MAX].strip(),
                only_needing=only_needing,
                after=after,
                limit=wanted.limit + 1,
            )
            page = paging.cut_by_name(rows, wanted.limit, lambda row: f"{row.id} {row.key}")
            counted: dict[int, list[AnyRow]] = {}
            for row in overview.open_of(db, [row.id for row in page.items]):
                counted.setdefault(row.company_file_id, []).append(row)
        return Several(
            count=count,
            needing=needing,
            next_cursor=page.next_cursor,
            lines=[
                CompanyLine(
                    id=row.uuid,
                    name=row.name,
                    open=_sums(counted.get(row.id, ())),
                    extras=row.extras,
                    is_doubted=row.books_doubted is not None,
                    last_sync=row.opened_at,
                    message=row.message,
                )
                for row in page.items
            ],
        )

    def figures(self) -> Figures:
        """Count what is not settled yet."""
        with for_reading(self.engine).connect() as db:
            now = self.clock(db)
            rows = overview.unsettled(db)
            open_sessions = overview.open_sessions(db)
        return Figures(
            unsettled={PaymentStatus(row.status): row[1] for row in rows},
            oldest_s={
                PaymentStatus(row.status): (now - row.oldest).total_seconds() for row in rows
            },
            open_sessions=open_sessions,
        )


def _is_lost(row: AnyRow) -> bool:
    """Say whether payments were posted and are not in the company file of now."""
    return row.status == PaymentStatus.POSTED and bool(row.is_missing)


def _sums(rows: Iterable[AnyRow], home: str | None = None) -> ByBecame:
    """Add up rows with a status, a currency, a number of payments and their cents."""
    sums: ByBecame = {}
    for row in rows:
        became = Became.NEEDS_YOU if _is_lost(row) else BECAME[PaymentStatus(row.status)]
        part = Sum(row.many, added([(row.currency, row.cents)], home))
        sums[became] = sums.get(became, Sum()) + part
    return sums
