"""Web Connector installs: registering one, and building its .qwc file.

The pair of OwnerID and FileID is made once and kept: QuickBooks stamps it into the company file.
"""

import re
import secrets as chance
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field
from sqlalchemy import Engine

from config_builder import qwc
from config_builder.checks import APP_NAME_MAX
from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import companies
from qbwc_server.errors import NotFound, Refused
from qbwc_server.services import company_settings
from qbwc_server.services.companies import find, plain_uuid
from qbwc_server.services.payments import View
from qbwc_server.services.secrets import Secrets
from qbwc_server.settings import Settings
from qbxml import text as wire_text
from sync_core.identity import ALPHABET

# A payment is in the books within a quarter of an hour; the Web Connector lets people change it.
RUN_EVERY_MINUTES = 15

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
    ) -> NewInstall:
        """Register an install; a blank label becomes "PC 1", "PC 2" and so on.

        Raises:
            NotFound: there is no such company.
            InvalidInput: a label that is not one line.
        """
        label = company_settings.label(label) if label.strip() else ""
        password = None if paired else self.secrets.new_password()
        with self.engine.begin() as db:
            company = find(db, company_id)
            others = companies.installs(db, company.id)
            row = {
                "uuid": str(uuid.uuid4()),
                "company_file_id": company.id,
                "label": label or f"PC {len(others) + 1}",
                "user_name": _user_name(company.name),
                "owner_id": f"{{{uuid.uuid4()}}}",
                "file_id": f"{{{uuid.uuid4()}}}",
                "is_primary": primary,
                "run_every_minutes": run_every_minutes,
                "is_paired": paired,
                "password_hash": self.secrets.keep_generated(password) if password else None,
                "created_at": self.clock(db),
            }
            while not companies.add_install(db, row):
                row["user_name"] = _user_name(company.name)
        return NewInstall(
            id=row["uuid"],
            label=row["label"],
            user_name=row["user_name"],
            password=password,
            owner_id=row["owner_id"],
            file_id=row["file_id"],
            primary=primary,
            other_primaries=[other.label for other in others if other.is_primary],
        )

    def build_file(self, install_id: str) -> BuiltFile:
        """Build an install's .qwc file; for a paired one, wait for its first password anew.

        Raises:
            NotFound: there is no such install.
            Refused: the Web Connector would refuse the file; says why, with its codes.
        """
        with self.engine.begin() as db:
            install = companies.install_by_uuid(db, plain_uuid(install_id))
            if install is None:
                raise NotFound("There is no install with this id; qbwc company show lists them.")
            wanted = self._file(install)
            try:
                content = qwc.build(wanted)
            except qwc.QwcRefused as refused:
                raise Refused(str(refused)) from None
            until = None
            if install.is_paired:
                until = self.clock(db) + timedelta(seconds=self.settings.pairing_window_s)
                companies.open_pairing(db, install.id, until)
        return BuiltFile(
            content=content,
            app_name=wanted.app_name,
            app_url=wanted.app_url,
            pairing_until=until,
        )

    def file(self, install_id: str) -> qwc.QwcFile | None:
        """Give what stands in an install's .qwc file; None for an install that is not there."""
        with for_reading(self.engine).connect() as db:
            install = companies.install_by_uuid(db, plain_uuid(install_id))
            return self._file(install) if install else None

    def _file(self, install: AnyRow) -> qwc.QwcFile:
        return qwc.QwcFile(
            app_name=app_name(install),
            app_id="",
            app_url=f"{self.settings.base_url}/qbwc",
            app_description=APP_DESCRIPTION,
            app_support=f"{self.settings.base_url}/support",
            user_name=install.user_name,
            owner_id=install.owner_id,
            file_id=install.file_id,
            run_every_minutes=install.run_every_minutes if install.is_primary else None,
        )


def _user_name(company_name: str) -> str:
    """Make a user name that tells a person the company: sunrise-dental-k3f9."""
    plain = unicodedata.normalize("NFKD", company_name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:_SLUG_MAX].strip("-") or "company"
    return f"{slug}-{''.join(chance.choice(ALPHABET) for _ in range(_SUFFIX_LENGTH))}".lower()


def app_name(install: AnyRow) -> str:
    """Name the application as the Web Connector lists it, in letters that Windows shows.

    A secondary install gets its label, since a shared terminal server may hold both.
    """
    company = wire_text.clean(install.company_name).replace("\\", "/")
    label = "" if install.is_primary else f" ({wire_text.clean(install.label)[:20].strip()})"
    label = label.replace("\\", "/")
    return f"{f'Payment Sync - {company}'[: APP_NAME_MAX - len(label)].strip()}{label}"
