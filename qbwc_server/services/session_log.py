"""Syncs as they are listed and looked into: who called, what crossed, how it ended. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pydantic import Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import companies, session_log
from qbwc_server.errors import NotFound
from qbwc_server.services import needs_you, paging
from qbwc_server.services.companies import plain_uuid
from qbwc_server.services.payments import View, each
from qbxml import showing
from qbxml.showing import Shown
from sync_core.lifecycle import PaymentStatus
from sync_core.plan import Step
from sync_core.session import State
from sync_core.wording import syncs
from sync_core.wording.syncs import Outcome

# What a page holds; a first import has hundreds.
EXCHANGES_MAX = 50
PAYMENTS_MAX = 100
# Lines of one message set; who wants more looks for something, and that is in QuickBooks.
LINES_MAX = 600
_ID_MAX = 2**63 - 1
_NUMBER_MAX = 2**31 - 1
_NOBODY = "-"  # the id of no install


class SessionView(View):
    """One call of a Web Connector."""

    id: str
    opened_at: datetime
    ended_at: datetime | None
    last_heard_at: datetime
    took_s: float | None = Field(description="How many seconds it took, once it is over")
    install: str = Field(description="The label of the install that called")
    state: State
    outcome: Outcome = Field(description="A first failure is no alarm; the second in a row is")
    percent: int
    step: Step | None = Field(description="What it is at, while it is under way")
    customers_changed: int = Field(description="Customers that came in new, changed or gone")
    invoices_changed: int
    credit_memos_changed: int
    wrote: bool = Field(description="Whether anything was sent that changes the books")
    posted: int
    rejected: int
    message: str | None = Field(description="How it ended, as the Web Connector shows it")


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands with the syncs: the newest one, and when one last got through before it.

    `through_at` is told of the same PC, and only after a sync that did not.
    """

    newest: SessionView | None
    through_at: datetime | None


@dataclass(frozen=True, slots=True)
class InstallName:
    """An install to choose by."""

    uuid: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One message set and its answer, in words; lengths are in characters.

    `kept_length` is how much of the answer is kept. `came` is "" where no answer could be read.
    """

    number: int
    step: Step
    asked_at: datetime
    answered_at: datetime | None
    hresult: str | None
    asked: str
    came: str
    request_length: int
    response_length: int
    kept_length: int

    @property
    def took_s(self) -> float | None:
        """Say how many seconds the answer took; None when none was waited for to its end."""
        if self.answered_at is None:
            return None
        return (self.answered_at - self.asked_at).total_seconds()

    @property
    def has_answer(self) -> bool:
        """Say whether anything came."""
        return self.response_length > 0 or self.hresult is not None


@dataclass(frozen=True, slots=True)
class Opened:
    """One exchange with its texts for a person to read."""

    exchange: Exchange
    request: Shown
    response: Shown | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A payment that moved in a sync, and where it stands now."""

    id: str
    reference: str
    status: PaymentStatus
    customer: str
    amount_cents: int
    mark: str  # stands before the amount


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a long list, and behind which number it goes on; None at its end."""

    items: list[Exchange]
    after: int | None


@dataclass(frozen=True, slots=True)
class MovedPart:
    """Some of the payments of a sync, and behind which the rest comes; None at their end."""

    items: list[Moved]
    after: int | None


@dataclass(frozen=True, slots=True)
class SessionLog:
    """Lists the sessions of a company file, and opens them."""

    engine: Engine

    def page(
        self,
        company_file_id: int,
        *,
        cursor: str = "",
        limit: str = "",
        install: str = "",
        badly: bool = False,
        wrote: bool = False,
    ) -> paging.Page[SessionView]:
        """Show a page of sessions, newest first.

        Of one install (its id), of those that ended badly, of those that changed the books.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.wanted(limit, cursor)
        with for_reading(self.engine).connect() as db:
            rows = session_log.page(
                db,
                company_file_id,
                before=wanted.before,
                limit=wanted.limit + 1,
                install=install and (plain_uuid(install) or _NOBODY),
                badly=badly,
                wrote=wrote,
            )
            cut = paging.cut(rows, wanted.limit, lambda row: int(row.id))
            return paging.Page([_view(db, row) for row in cut.items], cut.next_cursor)

    def every(self, company_file_id: int) -> Iterator[SessionView]:
        """Show all sessions, newest first."""
        return each(partial(self.page, company_file_id))

    def standing(self, company_file_id: int) -> Standing:
        """Say how it stands with the syncs."""
        with for_reading(self.engine).connect() as db:
            rows = session_log.page(db, company_file_id, before=None, limit=1)
            if not rows:
                return Standing(newest=None, through_at=None)
            newest = _view(db, rows[0])
            failed = newest.outcome in (Outcome.FAILED_ONCE, Outcome.FAILED_AGAIN)
            through = session_log.last_through(db, rows[0].install_uuid) if failed else None
        return Standing(newest=newest, through_at=through.ended_at if through else None)

    def installs(self, company_file_id: int) -> list[InstallName]:
        """List the installs of a company file by label."""
        with for_reading(self.engine).connect() as db:
            rows = session_log.installs(db, company_file_id)
        return [InstallName(row.uuid, row.label) for row in rows]

    def show(self, company_file_id: int, session_id: str) -> SessionView:
        """Show a session.

        Raises:
            NotFound: the company file has none with this id.
        """
        with for_reading(self.engine).connect() as db:
            return _view(db, found(db, company_file_id, session_id))

    def exchanges(self, company_file_id: int, session_id: str, *, after: int = 0) -> Part:
        """Show the exchanges of a session in order, those behind a number.

        Raises:
            NotFound: the company file has no such session.
        """
        with for_reading(self.engine).connect() as db:
            own = found(db, company_file_id, session_id).id
            rows = session_log.exchanges_page(
                db, own, after=min(after, _NUMBER_MAX), limit=EXCHANGES_MAX + 1
            )
        items = [exchange_of(row) for row in rows[:EXCHANGES_MAX]]
        return Part(items, items[-1].number if len(rows) > EXCHANGES_MAX else None)

    def open(self, company_file_id: int, session_id: str, number: int, *, names: bool) -> Opened:
        """Show an exchange with its texts; without `names`, names and amounts are hidden.

        Raises:
            NotFound: the company file has no such session, or it has no such exchange.
        """
        with for_reading(self.engine).connect() as db:
            own = found(db, company_file_id, session_id).id
            row = session_log.exchange(
                db, own, min(number, _NUMBER_MAX), length_max=showing.TEXT_LENGTH_MAX
            )
        if row is None:
            raise NotFound("This sync has no exchange with this number.")
        request = showing.show(row.request_xml, names=names, lines_max=LINES_MAX)
        came = row.response_xml
        response = showing.show(came, names=names, lines_max=LINES_MAX) if came else None
        return Opened(exchange_of(row), request, response)

    def moved(self, company_file_id: int, session_id: str, *, after: int = 0) -> MovedPart:
        """Show the payments that moved in a session, those behind a number; not the hidden ones.

        Raises:
            NotFound: the company file has no such session.
        """
        with for_reading(self.engine).connect() as db:
            own = found(db, company_file_id, session_id).id
            company = companies.one(db, company_file_id)
            rows = session_log.moved(db, own, after=min(after, _ID_MAX), limit=PAYMENTS_MAX + 1)
        shown = rows[:PAYMENTS_MAX]
        items = [
            Moved(
                id=row.external_id,
                reference=row.reference,
                status=PaymentStatus(row.status),
                customer=row.customer or "",
                amount_cents=row.amount_cents,
                mark=needs_you.mark_of(company, row.currency),
            )
            for row in shown
            if row.hidden_at is None
        ]
        return MovedPart(items, shown[-1].id if len(rows) > PAYMENTS_MAX else None)


def found(db: Connection, company_file_id: int, session_id: str) -> AnyRow:
    """Read a session of a company file.

    Raises:
        NotFound: there is none with this id.
    """
    is_number = session_id.isascii() and session_id.isdigit() and len(session_id) <= 19  # noqa: PLR2004 - _ID_MAX has so many digits
    if is_number and int(session_id) <= _ID_MAX:
        row = session_log.one(db, company_file_id, int(session_id))
        if row is not None:
            return row
    raise NotFound("There is no sync with this id.")


def exchange_of(row: AnyRow) -> Exchange:
    """Make an exchange of its row."""
    step = Step(row.step)
    told = row.told
    return Exchange(
        number=row.number,
        step=step,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        hresult=row.hresult,
        asked=syncs.asked(row.holds),
        came=syncs.came(told["objects"], told["codes"], writes=step.writes) if told else "",
        request_length=row.request_length,
        response_length=row.response_length or 0,
        kept_length=row.kept_length or 0,
    )


def _view(db: Connection, row: AnyRow) -> SessionView:
    is_over = row.ended_at is not None
    step = None if is_over else session_log.last_step(db, row.id)  # of a company file one is open
    return SessionView(
        id=str(row.id),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        last_heard_at=row.last_heard_at,
        took_s=(row.ended_at - row.opened_at).total_seconds() if is_over else None,
        install=row.label,
        state=State(row.state),
        outcome=syncs.outcome(
            is_over=is_over, percent=row.percent, percent_before=row.percent_before
        ),
        percent=row.percent,
        step=Step(step) if step else None,
        customers_changed=row.customers_changed,
        invoices_changed=row.invoices_changed,
        credit_memos_changed=row.credit_memos_changed,
        wrote=row.wrote,
        posted=row.posted,
        rejected=row.rejected,
        message=row.message,
    )
