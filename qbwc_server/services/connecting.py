"""How far the PCs of a company file are connected, for the pages that connect them. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from config_builder import checks
from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import companies, connecting, sessions
from models.queries.sessions import SessionRow
from qbwc_server.services import endings, paging
from qbwc_server.services.companies import CompanyView, TokenView, company_view, find, token_view
from qbwc_server.services.installs import qwc_file
from qbwc_server.settings import Settings
from sync_core import connecting as rules
from sync_core import connection
from sync_core.connecting import Live, Place, Seen, Stage
from sync_core.people import Scope
from sync_core.trouble import Trouble
from sync_core.wording.connecting import SYNC_USER

# As much of a search as is looked at; a name has no more.
SEARCH_MAX = 200
# A PC that calls by itself is expected within twice its interval.
_STILL_CALLS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceStanding:
    """A company file that a PC opened, and where; `before` is where it was until now."""

    id: int
    install_id: str
    install: str
    company_name: str
    path: str
    last_seen_at: datetime
    is_denied: bool
    before: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallStanding:
    """A PC, and how far it is connected.

    `facts` are for the sentences of `sync_core.connecting`, moments among them as they are.
    `refusals` say why its .qwc file cannot be built. `place` is the company file it opened last,
    unless that is known to be the right one; `qbxml_version` what it spoke at its last sync. `met`
    is what kept that one from saying which company file is open.
    """

    id: str
    label: str
    user_name: str
    app_name: str
    primary: bool
    paired: bool
    run_every_minutes: int
    created_at: datetime
    built_at: datetime | None
    last_called_at: datetime | None
    retired_at: datetime | None
    stage: Stage
    live: Live
    trouble: str | None
    met: Trouble | None
    facts: dict[str, str | datetime]
    refusals: tuple[str, ...]
    place: PlaceStanding | None
    qbxml_version: str

    @property
    def is_connected(self) -> bool:
        """Say whether it was ever in the right company file."""
        return self.stage in (Stage.PROVE, Stage.DONE)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyStanding:
    """A company file with all that the pages about its connection show.

    `doubted` says why posting waits for the word that this file is ours; `is_restored` that it
    waits for the word that no PC is at work from before.
    """

    company: CompanyView
    paused: bool
    doubted: str
    is_restored: bool
    installs: Sequence[InstallStanding]
    tokens: Sequence[TokenView]
    deposit_accounts: Sequence[str]

    @property
    def in_use(self) -> list[InstallStanding]:
        """List the PCs that may call."""
        return [install for install in self.installs if install.retired_at is None]

    @property
    def asks(self) -> list[PlaceStanding]:
        """List the company files that wait for an administrator's word."""
        places = (install.place for install in self.in_use)
        return [place for place in places if place and not place.is_denied]

    @property
    def is_connected(self) -> bool:
        """Say whether a PC was ever in the right company file."""
        return any(install.is_connected for install in self.installs)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyCard:
    """A company file as the list of all shows it."""

    id: str
    name: str
    sync_from: date | None
    pcs: int
    last_called_at: datetime | None
    is_connected: bool
    is_paused: bool
    needs_a_word: bool


@dataclass(frozen=True, slots=True)
class CompanyCards:
    """One page of the list; `count` and `connected` are of all, whatever was sought."""

    page: paging.Page[CompanyCard]
    count: int
    connected: int


@dataclass(frozen=True, slots=True)
class Connecting:
    """Reads how far the PCs are connected."""

    engine: Engine
    clock: Clock
    settings: Settings

    def every(self, scope: Scope, *, search: str = "", cursor: str = "") -> CompanyCards:
        """List the company files of a scope whose name holds what is sought, oldest first.

        Raises:
            InvalidInput: a cursor that is not ours.
        """
        wanted = paging.oldest_first(cursor)
        with for_reading(self.engine).connect() as db:
            rows = connecting.company_page(
                db,
                scope,
                search=search.strip()[:SEARCH_MAX],
                after=wanted.after,
                limit=wanted.limit + 1,
            )
            count, connected = connecting.company_counts(db, scope)
        cut = paging.cut(rows, wanted.limit, lambda row: int(row.id))
        page = paging.Page([_card(row) for row in cut.items], cut.next_cursor)
        return CompanyCards(page, count, connected)

    def show(self, company_id: str) -> CompanyStanding:
        """Show a company file with its PCs, its tokens, and what waits for a word.

        Raises:
            NotFound: there is no such company.
        """
        with for_reading(self.engine).connect() as db:
            row = find(db, company_id)
            return CompanyStanding(
                company=company_view(row),
                paused=row.paused,
                doubted=row.books_doubted or "",
                is_restored=row.is_restored,
                installs=self._installs(db, row),
                tokens=[token_view(token) for token in companies.tokens(db, row.id)],
                deposit_accounts=connecting.deposit_accounts(db, row.id),
            )

    def installs(self, company_id: str) -> list[InstallStanding]:
        """List the PCs of a company file, oldest first.

        Raises:
            NotFound: there is no such company.
        """
        with for_reading(self.engine).connect() as db:
            return self._installs(db, find(db, company_id))

    def _installs(self, db: Connection, company: AnyRow) -> list[InstallStanding]:
        rows = companies.installs(db, company.id)
        if not rows:
            return []
        now = self.clock(db)
        company_facts: dict[str, str | datetime] = {
            "company": company.name,
            "sync_user": SYNC_USER,
            "support_url": f"{self.settings.base_url}/support",
        }
        known = _Known(
            now=now,
            paused=company.paused,
            wrong=connecting.wrong_since(db, [row.id for row in rows]),
            places=connecting.places(db, company.id),
            syncs=connecting.last_syncs(db, company.id),
            open=self._running(sessions.open_one(db, company.id), now),
            others=[row for row in rows if row.retired_at is None and row.is_primary],
        )
        if any(place.confirmed_at for place in known.places):
            customers, invoices = connecting.read_so_far(db, company.id)
            company_facts |= {
                "customers": _counted(customers, "customer"),
                "invoices": _counted(invoices, "open invoice"),
            }
        return [self._standing(row, company, known, company_facts) for row in rows]

    def _running(self, session: SessionRow | None, now: datetime) -> SessionRow | None:
        """Give the open session, unless it is silent: the Web Connector stopped without a word."""
        silent = timedelta(seconds=self.settings.session_silent_s)
        return session if session and now - session.last_heard_at < silent else None

    def _standing(
        self, row: AnyRow, company: AnyRow, known: "_Known", facts: dict[str, str | datetime]
    ) -> InstallStanding:
        own = [place for place in known.places if place.install_id == row.id]
        seen = known.seen(row, own)
        live, file = rules.live(seen), qwc_file(row, company.name, self.settings)
        other = known.calls_too(row)
        sync, last = known.syncs.get(row.id), own[0] if own else None
        failed = sync if seen.last_failed else None
        met = None
        if failed is not None and failed.trouble is not None:
            met = endings.trouble_of(failed.trouble, failed.trouble_variant, failed.trouble_facts)
        problem = (failed.message or "") if failed is not None else ""
        if met is not None:  # in short; the steps stand below the line
            problem = connection.told(met, {"pc": row.label}).title
        at = known.wrong[row.id] if seen.failed_sign_in else row.last_called_at
        running = known.open if seen.running else None
        return InstallStanding(
            id=row.uuid,
            label=row.label,
            user_name=row.user_name,
            app_name=file.app_name,
            primary=row.is_primary,
            paired=row.is_paired,
            run_every_minutes=row.run_every_minutes,
            created_at=row.created_at,
            built_at=row.built_at,
            last_called_at=row.last_called_at,
            retired_at=row.retired_at,
            stage=rules.stage(seen),
            live=live,
            trouble=rules.trouble(
                live, (met.kind, met.variant) if met else None, other_primary=other is not None
            ),
            met=met,
            facts={
                **facts,
                "pc": row.label,
                "app_name": file.app_name,
                **({"time": at} if at else {}),
                **({"until": row.pairing_until} if row.pairing_until else {}),
                **({"problem": problem} if problem else {}),
                **({"percent": str(running.percent)} if running else {}),
                **({"other_pc": other.label} if other else {}),
                **(
                    {"company_name_found": last.company_name, "company_file": last.path}
                    if last
                    else {}
                ),
            },
            refusals=tuple(str(problem) for problem in checks.problems(file)),
            place=_asked(row, own),
            qbxml_version=(sync.qbxml_version or "") if sync is not None else "",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What was read of a company file."""

    now: datetime
    paused: bool
    wrong: dict[int, datetime]
    places: Sequence[AnyRow]
    syncs: dict[int, AnyRow]
    open: SessionRow | None
    others: Sequence[AnyRow]

    def seen(self, row: AnyRow, own: Sequence[AnyRow]) -> Seen:
        called, wrong = row.last_called_at, self.wrong.get(row.id)
        sync = self.syncs.get(row.id)
        running = self.open is not None and self.open.install_id == row.id
        right = [place for place in own if place.confirmed_at is not None]
        return Seen(
            retired=row.retired_at is not None,
            paused=self.paused,
            built=row.built_at is not None or called is not None,
            called=called is not None,
            failed_sign_in=wrong is not None and (called is None or wrong > called),
            pairing_over=row.is_paired and row.password_hash is None and not self._pairing(row),
            running=running,
            # Where nothing was ended in order, it signed in and stopped at once.
            last_failed=not running and sync is not None and not sync.company_known,
            place=_place(own),
            was_right=bool(right),
            read_since=any(place.last_seen_at >= place.confirmed_at for place in right),
        )

    def _pairing(self, row: AnyRow) -> bool:
        return row.pairing_until is not None and self.now < row.pairing_until

    def calls_too(self, row: AnyRow) -> AnyRow | None:
        """Give another PC that calls by itself as this one does."""
        if not row.is_primary or row.retired_at is not None:
            return None
        return next(
            (
                other
                for other in self.others
                if other.id != row.id
                and other.last_called_at is not None
                and self.now - other.last_called_at
                < _STILL_CALLS * timedelta(minutes=other.run_every_minutes)
            ),
            None,
        )


def _counted(count: int, one: str) -> str:
    return f"1 {one}" if count == 1 else f"{count} {one}s"


def _place(own: Sequence[AnyRow]) -> Place:
    if not own:
        return Place.NONE
    if own[0].confirmed_at is not None:
        return Place.CONFIRMED
    return Place.DENIED if own[0].denied_at is not None else Place.WAITS


def _asked(row: AnyRow, own: Sequence[AnyRow]) -> PlaceStanding | None:
    """Give the company file that an install opened last, if it is not known to be the right one."""
    if _place(own) in (Place.NONE, Place.CONFIRMED):
        return None
    last = own[0]
    before = next((place.path for place in own if place.confirmed_at is not None), "")
    return PlaceStanding(
        id=last.id,
        install_id=row.uuid,
        install=row.label,
        company_name=last.company_name,
        path=last.path,
        last_seen_at=last.last_seen_at,
        is_denied=last.denied_at is not None,
        before=before,
    )


def _card(row: AnyRow) -> CompanyCard:
    return CompanyCard(
        id=row.uuid,
        name=row.name,
        sync_from=row.sync_from,
        pcs=row.pcs,
        last_called_at=row.last_called_at,
        is_connected=row.is_connected,
        is_paused=row.paused,
        needs_a_word=row.asks or row.is_restored or row.books_doubted is not None,
    )
