"""What keeps the syncs of a company file from getting through now, and how each install stands.

Reads only. What happened stands with the sessions; what it means is in `sync_core`. However long
the history, it is read by a handful of statements.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import outbox
from models.queries import troubles as rows
from qbwc_server.services import endings, session_log
from qbwc_server.services.installs import app_name
from qbwc_server.services.payments import View
from qbwc_server.settings import Settings
from sync_core import connection, trouble
from sync_core.check import CURRENCIES
from sync_core.lifecycle import PaymentStatus
from sync_core.money import added, format_cents, format_sums
from sync_core.trouble import Kind, Standing, Trouble, Variant
from sync_core.wording import obstacle as words
from sync_core.wording import phrases
from sync_core.wording.connecting import SYNC_USER
from sync_core.wording.phrases import Show


class TroubleView(View):
    """One problem, for a person. QuickBooks' own words and our buttons stand between two **."""

    kind: Kind
    variant: Variant = Field(description="Which story of the kind; docs/connection-problems.md")
    title: str
    what: str = Field(description="What happened")
    since: datetime | None = Field(description="The first of those in a row; null: not known")
    times: int | None = Field(description="How often in a row; null where nothing is counted")
    pc: str | None = Field(description="The label of the install")
    install: str | None = Field(description="Its id")
    books: str = Field(description="What it means for the books")
    who: str = Field(description="Who can act")
    steps: list[str]
    status: str = Field(description="What the Web Connector's status column says")
    facts: dict[str, str] = Field(description="What was learned of it as it happened")


class InstallStandingView(View):
    """How it stands with one Web Connector."""

    id: str
    label: str
    primary: bool = Field(description="Runs by itself")
    standing: Standing
    sentence: str = Field(description="What is to be said of it without a problem; may be blank")
    failed_in_row: int = Field(description="Tries since the last sync that got through")
    last_problem: str | None = Field(description="The title of what the last try met, if it failed")
    last_called_at: datetime | None
    last_sync_at: datetime | None = Field(description="When its last sync began")
    last_sync_s: int | None = Field(description="Seconds that it took")
    next_expected_at: datetime | None = Field(description="null: it calls when somebody wants it")
    version: str | None = Field(description="The qbXML version that its QuickBooks speaks")


class TroublesView(View):
    """What keeps the syncs of a company file from getting through now."""

    items: list[TroubleView]
    installs: list[InstallStandingView]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A problem and where it was met; `row` is the install, None for one of the whole company."""

    trouble: Trouble
    row: AnyRow | None
    since: datetime | None
    times: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What all problems of a company file are told with, as read at one moment."""

    now: datetime
    waiting: Sequence[AnyRow]
    in_doubt: Sequence[AnyRow]
    places: Sequence[AnyRow]
    passwords: Mapping[int, AnyRow]
    installs: Sequence[AnyRow]
    settings: Settings

    @property
    def in_use(self) -> list[AnyRow]:
        """List the installs that may call."""
        return [row for row in self.installs if row.retired_at is None]

    def other_pc(self, install_id: int) -> str:
        """Give the label of the other install that called last."""
        others = [row for row in self.installs if row.id != install_id and row.last_called_at]
        return max(others, key=lambda row: row.last_called_at).label if others else ""

    def path(self, install_id: int | None) -> str:
        """Give where the company file is, as this install last opened it, or any."""
        confirmed = [place for place in self.places if place.confirmed_at is not None]
        own = [place for place in confirmed if place.install_id == install_id]
        return next((place.path for place in (*own, *confirmed)), "")

    def new_place(self, install_id: int) -> AnyRow | None:
        """Give the place that waits for an administrator, if the install's last one does."""
        last = next((place for place in self.places if place.install_id == install_id), None)
        return last if last is not None and last.confirmed_at is None else None

    def wrong(self, row: AnyRow) -> AnyRow | None:
        """Give the wrong passwords of an install, if there was no right one after them."""
        found = self.passwords.get(row.id)
        if found is None or found.last_at is None:
            return None
        is_over = row.last_called_at is not None and row.last_called_at >= found.last_at
        return None if is_over else found


@dataclass(frozen=True, slots=True)
class Troubles:
    """Tells what is wrong with the connection of a company file."""

    engine: Engine
    clock: Clock
    settings: Settings

    def of(self, company_file_id: int, *, show: Show | None = None) -> TroublesView:
        """List the problems of now, and how each install stands.

        `show` writes one fact, by name, for the reader; moments are ISO texts.
        """
        with for_reading(self.engine).connect() as db:
            known = self._known(db, company_file_id)
            found = [
                *_of_company(db, company_file_id, known.installs),
                *(one for row in known.in_use for one in _of_install(row, known)),
            ]
        show = show or _in_utc
        return TroublesView(
            items=[_view(one, known, show) for one in found],
            installs=[
                _standing(row, known, [one for one in found if one.row is row], show)
                for row in known.in_use
            ],
        )

    def of_sync(
        self, company_file_id: int, session_id: str, *, show: Show | None = None
    ) -> TroubleView | None:
        """Tell what kept one sync from getting through; None where nothing did. `show` as in `of`.

        It may be long ago: what waits or is in doubt now is not told of it.

        Raises:
            NotFound: the company file has no such sync.
        """
        with for_reading(self.engine).connect() as db:
            sync = session_log.found(db, company_file_id, session_id)
            if sync.trouble is None:
                return None
            known = _Known(
                now=self.clock(db),
                waiting=(),
                in_doubt=(),
                places=_places(db, company_file_id),
                passwords={},
                installs=rows.installs(db, company_file_id),
                settings=self.settings,
            )
        found = _Found(
            trouble=endings.trouble_of(sync.trouble, sync.trouble_variant, sync.trouble_facts),
            row=next(row for row in known.installs if row.uuid == sync.install_uuid),
            since=None,
        )
        return _view(found, known, show or _in_utc)

    def _known(self, db: Connection, company_file_id: int) -> _Known:
        return _Known(
            now=self.clock(db),
            waiting=outbox.totals(db, company_file_id, PaymentStatus.QUEUED),
            in_doubt=outbox.totals(db, company_file_id, PaymentStatus.IN_DOUBT),
            places=_places(db, company_file_id),
            passwords={row.install_id: row for row in rows.wrong_passwords(db, company_file_id)},
            installs=rows.installs(db, company_file_id),
            settings=self.settings,
        )


def _places(db: Connection, company_file_id: int) -> list[AnyRow]:
    """Read where the company file was opened, the latest first."""
    return sorted(
        rows.places(db, company_file_id),
        key=lambda place: (place.last_seen_at, place.id),
        reverse=True,
    )


def _of_company(
    db: Connection, company_file_id: int, installs: Sequence[AnyRow]
) -> Iterator[_Found]:
    """List what stops the syncs of all installs."""
    extra = rows.extras(db, company_file_id)
    if extra is not None:
        yield _Found(
            trouble=_one_too_many(extra),
            row=next(row for row in installs if row.uuid == extra.uuid),
            since=extra.since,
            times=extra.times,
        )
    if any(row.books_doubted is not None for row in installs):
        last = rows.last_of_kind(db, company_file_id, Kind.OTHER_BOOKS)
        yield _Found(
            trouble=Trouble(Kind.OTHER_BOOKS),
            row=next((row for row in installs if last and row.id == last.install_id), None),
            since=last.trouble_since if last is not None else None,
            times=last.trouble_times if last is not None else None,
        )


def _one_too_many(extra: AnyRow) -> Trouble:
    dates = [day.isoformat() for day in (extra.kept_on, extra.entered_on) if day is not None]
    cents = extra.total_cents
    return Trouble(
        Kind.ONE_TOO_MANY,
        Variant(extra.kind),
        {
            "reference": extra.reference or "",
            "amount": format_cents(cents) if cents is not None else "",
            **{f"date_{number}": day for number, day in enumerate(dates, 1)},
        },
    )


def _of_install(row: AnyRow, known: _Known) -> Iterator[_Found]:
    """List what stops the syncs of one install."""
    if _is_silent(row, known):
        yield _Found(trouble=Trouble(Kind.SILENT), row=row, since=row.last_called_at)
    wrong = known.wrong(row)
    if wrong is not None and trouble.is_card(Kind.PASSWORD, wrong.times):
        yield _Found(
            trouble=Trouble(Kind.PASSWORD), row=row, since=wrong.first_at, times=wrong.times
        )
    if trouble.is_card(Kind.HELD_BY_OTHER, _failures(row, known) if row.turned_away else 0):
        yield _Found(
            trouble=Trouble(
                Kind.HELD_BY_OTHER, Variant.TURNED_AWAY, {"other_pc": row.turned_away_by or ""}
            ),
            row=row,
            since=row.turned_away_since,
            times=row.turned_away,
        )
    last = _last(row, known)
    if (
        last is not None
        and last.kind is not Kind.OTHER_BOOKS  # told once, of the whole company
        and trouble.is_card(last.kind, row.failed_in_row)
    ):
        yield _Found(trouble=last, row=row, since=row.trouble_since, times=row.trouble_times)
    place = known.new_place(row.id)
    if place is not None:
        yield _Found(
            trouble=Trouble(
                Kind.NEW_PLACE,
                Variant.MOVED if known.path(row.id) else Variant.FIRST,
                {
                    "company_name_found": place.company_name,
                    "company_file": place.path,
                    "company_file_before": known.path(row.id),
                },
            ),
            row=row,
            since=place.first_seen_at,
        )


def _last(row: AnyRow, known: _Known) -> Trouble | None:
    """Give what the last sync of an install met; None when that has gone away since."""
    if row.trouble is None:
        return None
    last = endings.trouble_of(row.trouble, row.trouble_variant, row.trouble_facts)
    has_gone = {
        Kind.CUT_OFF: not known.in_doubt,
        Kind.OTHER_BOOKS: row.books_doubted is None,
    }
    return None if has_gone.get(last.kind, False) else last


def _failures(row: AnyRow, known: _Known) -> int:
    """Count the tries of an install since its last sync that got through."""
    failed = row.failed_in_row if _last(row, known) is not None else 0
    return int(failed or 0) + int(row.turned_away)


def _is_silent(row: AnyRow, known: _Known) -> bool:
    """A PC that calls with a wrong password is not silent."""
    return known.wrong(row) is None and trouble.is_silent(
        row.last_called_at,
        known.now,
        every_minutes=row.run_every_minutes,
        runs_by_itself=row.is_primary and not row.paused,
    )


def _standing(
    row: AnyRow, known: _Known, found: Sequence[_Found], show: Show
) -> InstallStandingView:
    wrong, last = known.wrong(row), _last(row, known)
    is_silent = any(one.trouble.kind is Kind.SILENT for one in found)
    failures = _failures(row, known) + (wrong.times if wrong is not None else 0)
    standing = trouble.standing(
        has_called=row.last_called_at is not None,
        is_silent=is_silent,
        is_in_trouble=any(one.trouble.kind is not Kind.SILENT for one in found),
        failures=failures,
    )
    met = last
    if wrong is not None:
        met = Trouble(Kind.PASSWORD)
    elif row.turned_away:
        met = Trouble(Kind.HELD_BY_OTHER, Variant.TURNED_AWAY)
    is_expected = row.is_primary and not row.paused and row.last_called_at is not None
    every = timedelta(minutes=row.run_every_minutes)
    return InstallStandingView(
        id=row.uuid,
        label=row.label,
        primary=row.is_primary,
        standing=standing,
        sentence=_sentence(row, known, standing, show),
        failed_in_row=failures,
        last_problem=connection.told(met, _facts(row, known), show=show).title if met else None,
        last_called_at=row.last_called_at,
        last_sync_at=row.opened_at,
        last_sync_s=round((row.ended_at - row.opened_at).total_seconds()) if row.ended_at else None,
        next_expected_at=row.last_called_at + every if is_expected else None,
        version=row.qbxml_version,
    )


def _sentence(row: AnyRow, known: _Known, standing: Standing, show: Show) -> str:
    if standing is Standing.FIRST_TRY_FAILED:
        return words.FIRST_TRY
    if not row.is_primary and row.last_called_at is not None and known.waiting:
        facts = phrases.shown(_facts(row, known), show)
        return phrases.fill(words.BY_HAND_WAITS, facts)
    return ""


def _view(found: _Found, known: _Known, show: Show) -> TroubleView:
    row = found.row if found.row is not None else known.installs[0]
    told = connection.told(found.trouble, _facts(row, known), show=show)
    return TroubleView(
        kind=found.trouble.kind,
        variant=found.trouble.variant,
        title=told.title,
        what=told.what,
        since=found.since,
        times=found.times,
        pc=found.row.label if found.row is not None else None,
        install=found.row.uuid if found.row is not None else None,
        books=told.books,
        who=told.who,
        steps=list(told.steps),
        status=told.status,
        facts={name: fact for name, fact in found.trouble.facts.items() if fact},
    )


def _facts(row: AnyRow, known: _Known) -> dict[str, str]:
    """Give what is known of an install and its company file at the moment of reading."""
    home = CURRENCIES.get(row.country or "")
    waiting, waiting_sums = _count_and_sums(known.waiting, home)
    count, sums = _count_and_sums(known.in_doubt, home)
    since = min((one.since for one in known.waiting), default=None)
    last_heard = row.last_heard_at
    wait = timedelta(seconds=known.settings.in_doubt_wait_s)
    return {
        "pc": row.label,
        "company": row.company_name,
        "sync_user": SYNC_USER,
        "app_name": app_name(row, row.company_name),
        "other_pc": known.other_pc(row.id),
        "company_file": known.path(row.id),
        "last_call": row.last_called_at.isoformat() if row.last_called_at else "",
        "minutes": f"{row.run_every_minutes}",
        "check_time": (last_heard + wait).isoformat() if last_heard else "",
        "short_link": endings.short_link(known.settings),
        "waiting_count": f"{waiting}" if waiting else "",
        "waiting_amount": waiting_sums if waiting else "",
        "waiting_since": since.isoformat() if since else "",
        "count": f"{count}" if count else "",
        "sum": sums if count else "",
    }


def _count_and_sums(totals: Sequence[AnyRow], home: str | None) -> tuple[int, str]:
    sums = added(((row.currency, row.cents) for row in totals), home)
    return sum(row.many for row in totals), format_sums(sums)


def _in_utc(name: str, value: str) -> str:
    """Write a moment to the minute, in UTC."""
    if name not in connection.MOMENTS:
        return value
    return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M} UTC"
