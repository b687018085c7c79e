"""Company files: adding one, its settings, the administrator's word for its place."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from pydantic import Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import companies, extras, installs, ledger
from qbwc_server.errors import NotFound, Refused
from qbwc_server.services import attention, company_settings
from qbwc_server.services.attention import AttentionView
from qbwc_server.services.company_settings import SETTINGS
from qbwc_server.services.payments import View
from sync_core import identity
from sync_core.wording import acts, needs_you, office
from sync_core.wording.phrases import count_of, fill

log = structlog.get_logger()


class SettingView(View):
    """One setting of a company file."""

    value: str | bool | date | None
    means: str


class InstallView(View):
    """One Web Connector of a company file. Its password is nowhere to be read."""

    id: str
    label: str
    user_name: str
    primary: bool = Field(description="Runs by itself")
    run_every_minutes: int
    paired: bool
    proven_at: datetime | None = Field(description="When it found its stamp in our books")
    last_called_at: datetime | None
    retired_at: datetime | None = Field(description="Since when it signs in no more")


class TokenView(View):
    """One token of the payment site. Only its hash is kept."""

    id: str
    label: str
    created_at: datetime
    revoked_at: datetime | None


class CompanyView(View):
    """A company file with its settings."""

    id: str
    name: str
    created_at: datetime
    settings: dict[str, SettingView]
    quickbooks: dict[str, str | bool | date | None] = Field(
        description="As it said at the last sync"
    )


_NOTICES = "What keeps payments from being posted, or has many of them refused, and what to do"
_ATTENTION = "Set when a tenth of the last 30 days' payments, and at least five, were refused"


class CompanyStanding(View):
    """How it stands with a company file."""

    id: str
    name: str
    notices: list[str] = Field(description=_NOTICES)
    attention: AttentionView | None = Field(description=_ATTENTION)


class CompanyDetails(CompanyView):
    """A company file with everything that belongs to it."""

    notices: list[str] = Field(description=_NOTICES)
    attention: AttentionView | None = Field(description=_ATTENTION)
    installs: list[InstallView]
    tokens: list[TokenView]


class PlaceView(View):
    """Where a company file was opened from."""

    id: str
    company_name: str
    path: str
    takes_stock: bool = Field(
        description="It was doubted and is ours now: the next sync lists what is missing from it"
    )


_TOLD = ("quickbooks_name", "quickbooks_product", "country", "closing_date", "multi_currency")


@dataclass(frozen=True, slots=True)
class Companies:
    """Keeps company files."""

    engine: Engine
    clock: Clock

    def add(self, name: str, *, sync_from: str = "", yes_to_first: bool = False) -> CompanyView:
        """Add a company file.

        Raises:
            InvalidInput: a blank name, or a date that is none.
        """
        given = company_settings.parse({"name": name, "sync_from": sync_from})
        with self.engine.begin() as db:
            row = {
                **given,
                "uuid": str(uuid.uuid4()),
                "created_at": self.clock(db),
                "reference_prefix": identity.PREFIX_DEFAULT,
                "deposit_to": None,
                "add_payment_methods": False,
                "yes_to_first": yes_to_first,
                "paused": False,
            }
            companies.add(db, row)
            return company_view(find(db, row["uuid"]))

    def every(self) -> list[CompanyView]:
        """List all company files, oldest first."""
        with for_reading(self.engine).connect() as db:
            return [company_view(row) for row in companies.every(db)]

    def show(self, company_id: str) -> CompanyDetails:
        """Show a company file with its settings, installs and tokens.

        Raises:
            NotFound: there is no such company.
        """
        with for_reading(self.engine).connect() as db:
            row = find(db, company_id)
            needed = attention.needed(db, row.id, self.clock(db))
            return CompanyDetails(
                **dict(company_view(row)),
                notices=_notices(row, extras.count_open(db, row.id), needed),
                attention=needed,
                installs=[install_view(install) for install in companies.installs(db, row.id)],
                tokens=[token_view(token) for token in companies.tokens(db, row.id)],
            )

    def standing(self, company_file_id: int) -> CompanyStanding:
        """Show how it stands with the company file of a caller whose token names it."""
        with for_reading(self.engine).connect() as db:
            row = companies.one(db, company_file_id)
            needed = attention.needed(db, row.id, self.clock(db))
            return CompanyStanding(
                id=row.uuid,
                name=row.name,
                notices=_notices(row, extras.count_open(db, row.id), needed),
                attention=needed,
            )

    def set(self, company_id: str, texts: dict[str, str]) -> CompanyView:
        """Change settings, all or none.

        Raises:
            NotFound: there is no such company.
            InvalidInput: an unknown setting, or a text that cannot be its value.
        """
        values = company_settings.parse(texts)
        with self.engine.begin() as db:
            before = find(db, company_id)
            if values.get("reference_prefix", before.reference_prefix) != before.reference_prefix:
                # What was numbered under it stands in QuickBooks for ever.
                former = {*before.former_prefixes, before.reference_prefix}
                values = {**values, "former_prefixes": sorted(former)}
            companies.change(db, before.id, values)
            if values.get("sync_from", before.sync_from) != before.sync_from:
                change = ledger.next_change(db, before.id)
                ledger.hide(db, before.id, values["sync_from"], change)
            return company_view(find(db, company_id))

    def read_again(self, company_id: str) -> CompanyView:
        """Let the next sync read all lists of QuickBooks from their beginning.

        Raises:
            NotFound: there is no such company.
        """
        with self.engine.begin() as db:
            company = find(db, company_id)
            ledger.read_again(db, company.id)
            companies.change(db, company.id, {"receipts_mark": None})
            return company_view(company)

    def confirm(self, company_id: str, *, by: str, place_id: int | None = None) -> PlaceView:
        """Take an administrator's word that a company file that was opened is the right one.

        `place_id` is the one that was shown, and nothing else is said by it. Without it, it is the
        one last seen that waits; where none waits and the company file is doubted because it lacks
        payments, it says: this is our file now.

        Raises:
            NotFound: there is no such company.
            Refused: no Web Connector has opened this company file, or any.
        """
        with self.engine.begin() as db:
            company = find(db, company_id)
            now = self.clock(db)
            place = installs.confirm_place(db, company.id, place_id, by=by, now=now)
            if place is None:
                raise Refused(acts.NO_FILE_YET)
            # One word answers one question.
            asks_more = place_id is None and not place.is_news
            takes_stock = asks_more and companies.take_stock(db, company.id)
            log.info("company_confirmed", company=company.id, by=by, takes_stock=takes_stock)
            return PlaceView(
                id=company.uuid,
                company_name=place.company_name,
                path=place.path,
                takes_stock=takes_stock,
            )

    def ours(self, company_id: str, *, by: str) -> CompanyView:
        """Take an administrator's word that a doubted company file is ours now, whatever it lacks.

        Raises:
            NotFound: there is no such company.
            Refused: it is not doubted.
        """
        with self.engine.begin() as db:
            company = find(db, company_id)
            if not companies.take_stock(db, company.id):
                raise Refused(acts.NOT_DOUBTED)
            log.info("company_ours", company=company.id, by=by)
            return company_view(find(db, company_id))

    def deny(self, company_id: str, *, by: str, place_id: int | None = None) -> PlaceView:
        """Take an administrator's word that a company file that was opened is not the right one.

        It is turned away from then on; nothing was read out of it. `place_id` is the one that was
        shown; without it, it is the one last seen.

        Raises:
            NotFound: there is no such company.
            Refused: nobody asks about this company file.
        """
        with self.engine.begin() as db:
            company = find(db, company_id)
            place = installs.deny_place(db, company.id, place_id, by=by, now=self.clock(db))
            if place is None:
                raise Refused(acts.NO_FILE_WAITS)
            log.info("company_denied", company=company.id, by=by)
            return PlaceView(
                id=company.uuid,
                company_name=place.company_name,
                path=place.path,
                takes_stock=False,
            )

    def no_pc_at_work(self, company_id: str, *, by: str) -> CompanyView:
        """Take an administrator's word that no PC is at work from before our database was restored.

        It takes the place of each PC's own call. Whoever gives it knows that none sleeps with
        payments in its hands, or is broken: what such a one carries out later stands there twice.

        Raises:
            NotFound: there is no such company.
            Refused: nobody waits for this word.
        """
        with self.engine.begin() as db:
            company = find(db, company_id)
            if not companies.believe(db, company.id):
                raise Refused(acts.NOT_RESTORED)
            log.warning("no_pc_at_work", company=company.id, by=by)
            return company_view(company)

    def internal_id(self, company_id: str) -> int:
        """Give the id that other services take.

        Raises:
            NotFound: there is no such company.
        """
        with for_reading(self.engine).connect() as db:
            return int(find(db, company_id).id)


def find(db: Connection, company_id: str) -> AnyRow:
    """Read the company file that outsiders know by this id, whatever its case.

    Raises:
        NotFound: there is no such company.
    """
    row = companies.by_uuid(db, plain_uuid(company_id))
    if row is None:
        raise NotFound("There is no company with this id; qbwc company list shows them.")
    return row


def plain_uuid(text: str) -> str:
    """Write an id as it is kept; what is none comes back as text that is the id of nothing."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def company_view(row: AnyRow) -> CompanyView:
    """Show a company file by its row."""
    columns: dict[str, Any] = row._asdict()
    return CompanyView(
        id=row.uuid,
        name=row.name,
        created_at=row.created_at,
        settings={
            name: SettingView(value=columns[name], means=setting.means)
            for name, setting in SETTINGS.items()
        },
        quickbooks={name.removeprefix("quickbooks_"): columns[name] for name in _TOLD},
    )


def _notices(row: AnyRow, extra_count: int, needed: AttentionView | None) -> list[str]:
    """Say in sentences why nothing is posted, or why much is refused."""
    notices = []
    if row.books_doubted is not None:
        facts = {"why": row.books_doubted, "company": row.uuid}
        notices.append(fill(office.DOUBTED_AT_SERVER, facts))
    if row.is_restored:
        notices.append(fill(office.RESTORED_AT_SERVER, {"company": row.uuid}))
    if extra_count:
        facts = {"holds": count_of(needs_you.HOLDS, extra_count), "company": row.uuid}
        notices.append(fill(office.EXTRAS_AT_SERVER, facts))
    if needed is not None:
        notices.append(needed.summary)
    return notices


def install_view(row: AnyRow) -> InstallView:
    """Show an install by its row."""
    return InstallView(
        id=row.uuid,
        label=row.label,
        user_name=row.user_name,
        primary=row.is_primary,
        run_every_minutes=row.run_every_minutes,
        paired=row.is_paired,
        proven_at=row.proven_at,
        last_called_at=row.last_called_at,
        retired_at=row.retired_at,
    )


def token_view(row: companies.TokenRow) -> TokenView:
    """Show a token by its row; the hash stays where it is."""
    return TokenView(
        id=row.uuid, label=row.label, created_at=row.created_at, revoked_at=row.revoked_at
    )
