"""Web Connector installs: registering one, building its .qwc file, changing and retiring it.

The pair of OwnerID and FileID is made once and kept: QuickBooks stamps it into the company file.
So a renewed connection is a new install, and the one before it stays as a retired one, whose stamp
still proves the books and still tells whether its PC is at work.
"""

import re
import secrets as chance
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import Field
from sqlalchemy import Connection, Engine

from config_builder import qwc
from config_builder.checks import APP_NAME_MAX
from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import companies
from qbwc_server.errors import InvalidInput, NotFound, Problem, Refused
from qbwc_server.services import company_settings
from qbwc_server.services.companies import InstallView, find, install_view, plain_uuid
from qbwc_server.services.payments import View
from qbwc_server.services.secrets import Secrets
from qbwc_server.settings import Settings
from qbxml import text as wire_text
from sync_core.identity import ALPHABET

log = structlog.get_logger()

# A payment is in the books within a quarter of an hour; the Web Connector lets people change it.
RUN_EVERY_MINUTES = 15
# Once a minute is the least that the Web Connector takes; less than once a day is by hand.
RUN_EVERY_MINUTES_MAX = 1440

APP_DESCRIPTION = "Records online payments in QuickBooks as received payments."

# Enough of a company's name to know it by; with four more characters (923,521 of them) two
# installs seldom want the same user name, and then the dice are thrown again.
_SLUG_MAX = 30
_SUFFIX_LENGTH = 4


class NewInstall(View):
    """An install, on the one occasion on which its password is shown."""

    id: str
    label: str
    user_name: str
    password: str | None = Field(description="None when paired: the first one typed is taken")
    owner_id: str
    file_id: str
    primary: bool = Field(description="Runs by itself: its .qwc file carries the schedule")
    other_primaries: list[str] = Field(description="Installs that run by themselves as well")


class NewPassword(View):
    """A new password of an install, on the one occasion on which it is shown."""

    id: str
    label: str
    user_name: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltFile:
    """A .qwc file. `pairing_until` is until when the first password typed is taken, if paired."""

    content: bytes
    app_name: str
    app_url: str
    pairing_until: datetime | None


@dataclass(frozen=True, slots=True)
class Installs:
    """Registers the Web Connectors of company files."""

    engine: Engine
    clock: Clock
    secrets: Secrets
    settings: Settings

    def add(
        self,
        company_id: str,
        *,
        label: str = "",
        primary: bool = True,
        paired: bool = False,
        run_every_minutes: int = RUN_EVERY_MINUTES,
        install_id: str = "",
    ) -> NewInstall:
        """Register an install; a blank label becomes "PC 1", "PC 2" and so on.

        `install_id` is the id it is to have, so that a form that is sent twice registers one.

        Raises:
            NotFound: there is no such company.
            InvalidInput: a label that is not one line, minutes out of bounds.
            Refused: there is an install with this id.
        """
        label = company_settings.label(label) if label.strip() else ""
        _check_minutes(run_every_minutes)
        with self.engine.begin() as db:
            company = find(db, company_id)
            others = companies.installs(db, company.id)
            return self._register(
                db,
                company,
                {
                    "uuid": plain_uuid(install_id) or str(uuid.uuid4()),
                    "label": label or f"PC {len(others) + 1}",
                    "is_primary": primary,
                    "run_every_minutes": run_every_minutes,
                    "is_paired": paired,
                },
                beside=[other for other in others if other.retired_at is None],
            )

    def _register(
        self, db: Connection, company: AnyRow, wanted: dict[str, Any], *, beside: Sequence[AnyRow]
    ) -> NewInstall:
        """Write a new install, with a password unless it is paired, and a pair of its own."""
        password = None if wanted["is_paired"] else self.secrets.new_password()
        row = {
            **wanted,
            "company_file_id": company.id,
            "user_name": _user_name(company.name),
            "owner_id": f"{{{uuid.uuid4()}}}",
            "file_id": f"{{{uuid.uuid4()}}}",
            "password_hash": self.secrets.keep_generated(password) if password else None,
            "created_at": self.clock(db),
        }
        while not companies.add_install(db, row):
            if companies.install_by_uuid(db, row["uuid"]) is not None:
                raise Refused("This PC is registered already; its password was shown then.")
            row["user_name"] = _user_name(company.name)
        return NewInstall(
            id=row["uuid"],
            label=row["label"],
            user_name=row["user_name"],
            password=password,
            owner_id=row["owner_id"],
            file_id=row["file_id"],
            primary=row["is_primary"],
            other_primaries=[other.label for other in beside if other.is_primary],
        )

    def change(
        self,
        install_id: str,
        *,
        label: str | None = None,
        primary: bool | None = None,
        run_every_minutes: int | None = None,
    ) -> InstallView:
        """Change by what name people know an install, and when it syncs; None: as it is.

        When it syncs stands in its .qwc file, so the Web Connector knows it only after the file was
        built and added again.

        Raises:
            NotFound: there is no such install.
            InvalidInput: a label that is not one line, minutes out of bounds.
            Refused: it is retired.
        """
        values: dict[str, Any] = {}
        if label is not None:
            values["label"] = company_settings.label(label)
        if primary is not None:
            values["is_primary"] = primary
        if run_every_minutes is not None:
            _check_minutes(run_every_minutes)
            values["run_every_minutes"] = run_every_minutes
        with self.engine.begin() as db:
            install = _in_use(db, install_id)
            if values:
                companies.change_install(db, install.id, values)
            return install_view(_in_use(db, install_id))

    def new_password(self, install_id: str, *, by: str) -> NewPassword:
        """Make a new password for an install; the old one stops at once, a paired one too.

        Raises:
            NotFound: there is no such install.
            Refused: it is retired.
        """
        password = self.secrets.new_password()
        values = {
            "password_hash": self.secrets.keep_generated(password),
            "is_paired": False,
            "pairing_until": None,
        }
        with self.engine.begin() as db:
            install = _in_use(db, install_id)
            companies.change_install(db, install.id, values)
            companies.forgive_all(db, install.id)
        log.info("install_new_password", install=install.id, by=by)
        return NewPassword(
            id=install.uuid, label=install.label, user_name=install.user_name, password=password
        )

    def renew(self, install_id: str, *, by: str) -> NewInstall:
        """Put a new install with a pair of its own in the place of one, which is retired.

        Raises:
            NotFound: there is no such install.
            Refused: it is retired.
        """
        with self.engine.begin() as db:
            install = _in_use(db, install_id)
            company = companies.one(db, install.company_file_id)
            others = companies.installs(db, company.id)
            self._retire(db, install)
            made = self._register(
                db,
                company,
                {
                    "uuid": str(uuid.uuid4()),
                    "label": install.label,
                    "is_primary": install.is_primary,
                    "run_every_minutes": install.run_every_minutes,
                    "is_paired": install.is_paired,
                },
                beside=[
                    other for other in others if other.retired_at is None and other.id != install.id
                ],
            )
        log.info("install_renewed", install=install.id, by=by)
        return made

    def retire(self, install_id: str, *, by: str) -> InstallView:
        """Shut an install out for good; what it was handed is still asked for.

        Raises:
            NotFound: there is no such install.
            Refused: it is retired already.
        """
        with self.engine.begin() as db:
            install = _in_use(db, install_id)
            self._retire(db, install)
            log.info("install_retired", install=install.id, by=by)
            return install_view(_find(db, install_id))

    def _retire(self, db: Connection, install: AnyRow) -> None:
        if not companies.retire(db, install.id, self.clock(db)):  # somebody was quicker
            raise _retired(install)

    def build_file(self, install_id: str) -> BuiltFile:
        """Build an install's .qwc file; for a paired one, wait for its first password anew.

        Raises:
            NotFound: there is no such install.
            Refused: it is retired, or the Web Connector would refuse the file; says why, with its
                codes.
        """
        with self.engine.begin() as db:
            install = _in_use(db, install_id)
            wanted = qwc_file(install, install.company_name, self.settings)
            try:
                content = qwc.build(wanted)
            except qwc.QwcRefused as refused:
                raise Refused(str(refused)) from None
            until = self._note_built(db, install)
        return BuiltFile(
            content=content,
            app_name=wanted.app_name,
            app_url=wanted.app_url,
            pairing_until=until,
        )

    def file(self, install_id: str) -> qwc.QwcFile | None:
        """Give what stands in an install's .qwc file; None for one that is not there, or retired.

        Whoever hands it out calls `note_built` as well.
        """
        with for_reading(self.engine).connect() as db:
            install = companies.install_by_uuid(db, plain_uuid(install_id))
            if install is None or install.retired_at is not None:
                return None
            return qwc_file(install, install.company_name, self.settings)

    def note_built(self, install_id: str) -> None:
        """Note that a .qwc file was handed out; for a paired install, wait for a password anew.

        Raises:
            NotFound: there is no such install.
            Refused: it is retired.
        """
        with self.engine.begin() as db:
            self._note_built(db, _in_use(db, install_id))

    def _note_built(self, db: Connection, install: AnyRow) -> datetime | None:
        """Give until when the first password typed is taken, if the install is paired."""
        now, until = self.clock(db), None
        values: dict[str, Any] = {"built_at": now}
        if install.is_paired:
            until = now + timedelta(seconds=self.settings.pairing_window_s)
            values |= {"pairing_until": until, "password_hash": None}
        companies.change_install(db, install.id, values)
        return until


def qwc_file(install: AnyRow, company_name: str, settings: Settings) -> qwc.QwcFile:
    """Say what stands in an install's .qwc file."""
    return qwc.QwcFile(
        app_name=app_name(install, company_name),
        app_id="",
        app_url=f"{settings.base_url}/qbwc",
        app_description=APP_DESCRIPTION,
        app_support=f"{settings.base_url}/support",
        user_name=install.user_name,
        owner_id=install.owner_id,
        file_id=install.file_id,
        run_every_minutes=install.run_every_minutes if install.is_primary else None,
    )


def _find(db: Connection, install_id: str) -> AnyRow:
    install = companies.install_by_uuid(db, plain_uuid(install_id))
    if install is None:
        raise NotFound("There is no install with this id; qbwc company show lists them.")
    return install


def _in_use(db: Connection, install_id: str) -> AnyRow:
    install = _find(db, install_id)
    if install.retired_at is not None:
        raise _retired(install)
    return install


def _retired(install: AnyRow) -> Refused:
    return Refused(f"{install.label} is retired; register it anew to use it again.")


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= RUN_EVERY_MINUTES_MAX:
        sentence = f"This must be a number of minutes from 1 to {RUN_EVERY_MINUTES_MAX} (a day)."
        raise InvalidInput((Problem("/minutes", sentence),))


def _user_name(company_name: str) -> str:
    """Make a user name that tells a person the company: sunrise-dental-k3f9."""
    plain = unicodedata.normalize("NFKD", company_name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:_SLUG_MAX].strip("-") or "company"
    return f"{slug}-{''.join(chance.choice(ALPHABET) for _ in range(_SUFFIX_LENGTH))}".lower()


def app_name(install: AnyRow, company_name: str) -> str:
    """Name the application as the Web Connector lists it, in letters that Windows shows.

    A secondary install gets its label, since a shared terminal server may hold both.
    """
    company = wire_text.clean(company_name).replace("\\", "/")
    label = "" if install.is_primary else f" ({wire_text.clean(install.label)[:20].strip()})"
    label = label.replace("\\", "/")
    return f"{f'Payment Sync - {company}'[: APP_NAME_MAX - len(label)].strip()}{label}"
