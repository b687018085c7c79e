"""Who reads, and which company files lie open to them. The portal asks here and nowhere else."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import companies, users
from qbwc_server.errors import NotFound
from qbwc_server.services.companies import plain_uuid
from qbwc_server.services.preferences import Preferences
from sync_core.people import Role, Scope, covers, sees

_HIDDEN = "There is no such company file here, or it is not open to you."


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Somebody who is signed in. `companies` None: all company files."""

    id: int
    uuid: str
    email: str
    role: Role
    companies: Scope
    preferences: Preferences = field(default_factory=Preferences)

    def manages(self, role: Role, companies: Scope) -> bool:
        """Say whether this person may give or take such access: nobody gives what they lack."""
        return (
            self.role.reaches(Role.ADMIN)
            and self.role.reaches(role)
            and (covers(self.companies, companies))
        )


# Whoever has the command line has the database as well.
OPERATOR = Reader(id=0, uuid="", email="command line", role=Role.ADMIN, companies=None)


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company file as a list of choices shows it."""

    id: int
    uuid: str
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The company file that a reader looks at, and some to change to; None: there is none."""

    here: CompanyName | None
    offered: list[CompanyName]
    has_more: bool


# What a menu can show; the overview lists and searches all.
OFFERED_MAX = 20


@dataclass(frozen=True, slots=True)
class Access:
    """Answers what lies open to a reader."""

    engine: Engine

    def companies(self, reader: Reader) -> list[CompanyName]:
        """List the company files that a reader may see, oldest first."""
        with for_reading(self.engine).connect() as db:
            return open_to(db, reader)

    def choice(self, reader: Reader, *, here: CompanyName | None, last: str) -> Choice:
        """Offer company files, oldest first; without one `here`, that of `last` (an id), or one."""
        with for_reading(self.engine).connect() as db:
            rows = users.some_company_names(db, reader.companies, OFFERED_MAX + 1)
            if here is None and last and last not in {row.uuid for row in rows}:
                kept = companies.by_uuid(db, plain_uuid(last))
                if kept is not None and sees(reader.companies, kept.id):
                    here = CompanyName(kept.id, kept.uuid, kept.name)
        offered = [CompanyName(row.id, row.uuid, row.name) for row in rows[:OFFERED_MAX]]
        if here is None:
            first = offered[0] if offered else None
            here = next((one for one in offered if one.uuid == last), first)
        return Choice(here, offered, has_more=len(rows) > OFFERED_MAX)

    def company(self, reader: Reader, company_id: str) -> CompanyName:
        """Give a company file that a reader may see.

        Raises:
            NotFound: there is none, or it is not this reader's; nobody learns which.
        """
        with for_reading(self.engine).connect() as db:
            row = companies.by_uuid(db, plain_uuid(company_id))
        if row is None or not sees(reader.companies, row.id):
            raise NotFound(_HIDDEN)
        return CompanyName(row.id, row.uuid, row.name)

    def has_install(self, reader: Reader, install_id: str) -> bool:
        """Say whether an install belongs to a company file that a reader may see."""
        with for_reading(self.engine).connect() as db:
            row = companies.install_by_uuid(db, plain_uuid(install_id))
        return row is not None and sees(reader.companies, row.company_file_id)


def open_to(db: Connection, reader: Reader) -> list[CompanyName]:
    """List the company files that a reader may see, oldest first."""
    return [
        CompanyName(row.id, row.uuid, row.name)
        for row in users.company_names(db)
        if sees(reader.companies, row.id)
    ]


def reader_of(db: Connection, row: AnyRow) -> Reader:
    """Make the reader of a user's row."""
    return Reader(
        id=row.id,
        uuid=row.uuid,
        email=row.email,
        role=Role(row.role),
        companies=None if row.sees_all else users.companies_of(db, row.id),
        preferences=Preferences(row.date_format, row.number_format, row.time_zone),
    )
