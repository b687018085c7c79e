"""People who use the portal: adding, inviting, changing, revoking. One function, one transaction.

What ends somebody's access, or changes it, ends their open sessions in the same transaction.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pydantic import Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import users
from qbwc_server.errors import NotFound, Refused
from qbwc_server.services import preferences, user_input
from qbwc_server.services.access import OPERATOR, Reader, open_to, reader_of
from qbwc_server.services.companies import plain_uuid
from qbwc_server.services.payments import View
from qbwc_server.services.preferences import Preferences
from qbwc_server.services.secrets import Secrets
from sync_core.people import (
    LINK_LASTS_S,
    PASSWORD_LENGTH_MAX,
    ROLE_LABELS,
    Purpose,
    Role,
    Scope,
    email_key,
)

log = structlog.get_logger()

EVENTS_SHOWN = 20


class NewUser(View):
    """A user, on the one occasion on which the password is shown."""

    email: str
    password: str


class UserView(View):
    """A user as a list shows it."""

    id: str
    email: str
    role: Role
    companies: list[str] | None = Field(description="Names of the company files; null: all")
    created_at: datetime
    signed_in_at: datetime | None
    revoked_at: datetime | None
    has_password: bool = Field(description="False: invited, and has not come yet")
    link_until: datetime | None = Field(description="Until when an invite or reset link works")


class EventView(View):
    """Something that was done about a user."""

    at: datetime
    by: str
    what: str


class UserDetails(UserView):
    """A user with what was done about them, the latest first."""

    company_ids: list[str] | None
    events: list[EventView]


class NewLink(View):
    """A one-time link, on the one occasion on which it is shown."""

    email: str
    purpose: Purpose
    token: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Users:
    """Keeps the people who use the portal."""

    engine: Engine
    clock: Clock
    secrets: Secrets

    # Seeing

    def every(self, by: Reader) -> list[UserView]:
        """List the users whose access this person may change, those without access last."""
        with for_reading(self.engine).connect() as db:
            now = self.clock(db)
            names = {company.id: company.name for company in open_to(db, OPERATOR)}
            limits, links = users.limits(db), users.links_until(db, now)
            return [
                _view(row, scope, names, links.get(row.id))
                for row in users.every(db)
                if by.manages(Role(row.role), scope := _scope(row, limits))
            ]

    def show(self, user_id: str, *, by: Reader) -> UserDetails:
        """Show one user.

        Raises:
            NotFound: there is none with this id, or not one whose access this person may change.
        """
        with for_reading(self.engine).connect() as db:
            now = self.clock(db)
            row = _managed(db, user_id, by)
            companies = open_to(db, OPERATOR)
            scope = reader_of(db, row).companies
            view = _view(
                row,
                scope,
                {company.id: company.name for company in companies},
                users.links_until(db, now).get(row.id),
            )
            events = [EventView(**one._asdict()) for one in users.events(db, row.id, EVENTS_SHOWN)]
            ids = [one.uuid for one in companies if scope is not None and one.id in scope]
            return UserDetails(
                **dict(view), company_ids=None if scope is None else ids, events=events
            )

    def id_of(self, email: str) -> str:
        """Give the id of the user with an address.

        Raises:
            NotFound: nobody has this address.
        """
        with for_reading(self.engine).connect() as db:
            row = users.by_email(db, email_key(email))
        if row is None:
            raise NotFound("There is no user with this address; qbwc user list shows them.")
        return str(row.uuid)

    # Giving access

    def add(
        self, email: str, role: str, *, companies: Iterable[str] | None = None, by: Reader
    ) -> NewUser:
        """Add a user with a password of ours, or give one who was revoked access again.

        Raises:
            InvalidInput: no address, no role, or no such company file.
            Refused: the user has access already, or is not this person's to give it to.
        """
        made = NewUser(email=user_input.email(email), password=self.secrets.new_password())
        kept = self.secrets.keep_typed(made.password)
        with self.engine.begin() as db:
            self._let_in(db, made.email, user_input.role(role), companies, by, password_hash=kept)
        return made

    def invite(
        self, email: str, role: str, *, companies: Iterable[str] | None = None, by: Reader
    ) -> NewLink:
        """Invite somebody: a link by which they choose their password.

        Raises:
            InvalidInput: no address, no role, or no such company file.
            Refused: the user has access already, or is not this person's to give it to.
        """
        email = user_input.email(email)
        with self.engine.begin() as db:
            row = self._let_in(db, email, user_input.role(role), companies, by, password_hash=None)
            return self._link(db, row, Purpose.INVITE)

    def _let_in(
        self,
        db: Connection,
        email: str,
        role: Role,
        companies: Iterable[str] | None,
        by: Reader,
        *,
        password_hash: str | None,
    ) -> AnyRow:
        scope = user_input.scope(companies, open_to(db, by))
        if not by.manages(role, scope):
            raise Refused("You can give access only to the company files that are open to you.")
        now = self.clock(db)
        fresh = {"role": role, "sees_all": scope is None, "password_hash": password_hash}
        key = email_key(email)
        user_id = users.add(
            db,
            {
                **fresh,
                "uuid": str(uuid.uuid4()),
                "email": email,
                "email_key": key,
                "generation": 0,
                "created_at": now,
                "date_format": by.preferences.date_format,
                "number_format": by.preferences.number_format,
                "time_zone": by.preferences.time_zone,
            },
        )
        if user_id is None:
            there = users.by_email(db, key)
            assert there is not None  # nothing is ever deleted
            if there.revoked_at is None:
                raise Refused(f"{there.email} is on the list of users already.")
            if not by.manages(Role(there.role), reader_of(db, there).companies):
                raise Refused("This address belongs to somebody whose access you cannot change.")
            user_id = int(there.id)
            users.change_and_sign_out(db, user_id, {**fresh, "revoked_at": None})
        users.limit(db, user_id, scope or ())
        what = "added" if password_hash else "invited"
        self._note(db, user_id, by, f"{what} as {ROLE_LABELS[role].lower()}", now)
        row = users.by_id(db, user_id)
        assert row is not None
        return row

    def link(self, user_id: str, *, by: Reader) -> NewLink:
        """Make a link for a new password, or a new invitation for who has not come yet.

        Raises:
            NotFound: there is no such user.
            Refused: the user's access was revoked.
        """
        with self.engine.begin() as db:
            row = _managed(db, user_id, by)
            if row.revoked_at is not None:
                raise Refused(f"{row.email} has no access. Invite them again first.")
            purpose = Purpose.INVITE if row.password_hash is None else Purpose.RESET
            what = "made an invite link" if purpose is Purpose.INVITE else "made a reset link"
            self._note(db, row.id, by, what, self.clock(db))
            return self._link(db, row, purpose)

    def _link(self, db: Connection, row: AnyRow, purpose: Purpose) -> NewLink:
        now, token = self.clock(db), self.secrets.new_token()
        lasts_s = LINK_LASTS_S[purpose]
        expires_at = None if lasts_s is None else now + timedelta(seconds=lasts_s)
        users.add_link(
            db,
            {
                "app_user_id": row.id,
                "purpose": purpose,
                "token_hash": self.secrets.fingerprint(token),
                "created_at": now,
                "expires_at": expires_at,
            },
        )
        return NewLink(email=row.email, purpose=purpose, token=token, expires_at=expires_at)

    # Changing and taking access

    def set_access(
        self, user_id: str, role: str, *, companies: Iterable[str] | None = None, by: Reader
    ) -> None:
        """Change somebody's role and company files; their open sessions end.

        Raises:
            NotFound: there is no such user.
            InvalidInput: no role, or no such company file.
            Refused: it is oneself, or more than one has.
        """
        with self.engine.begin() as db:
            row = _managed(db, user_id, by)
            wanted = user_input.role(role)
            scope = user_input.scope(companies, open_to(db, by))
            if row.id == by.id:
                raise Refused("Your own role can be changed by another administrator only.")
            if not by.manages(wanted, scope):
                raise Refused("You can give access only to the company files that are open to you.")
            if (wanted, scope) == (Role(row.role), reader_of(db, row).companies):
                return
            users.change_and_sign_out(db, row.id, {"role": wanted, "sees_all": scope is None})
            users.limit(db, row.id, scope or ())
            what = f"made {ROLE_LABELS[wanted].lower()}, for {_told(scope)}"
            self._note(db, row.id, by, what, self.clock(db))

    def revoke(self, user_id: str, *, by: Reader) -> None:
        """Take somebody's access away; open sessions and links end. Done already is done.

        Raises:
            NotFound: there is no such user.
            Refused: it is oneself.
        """
        with self.engine.begin() as db:
            row = _managed(db, user_id, by)
            if row.id == by.id:
                raise Refused("Your own access can be revoked by another administrator only.")
            if row.revoked_at is not None:
                return
            now = self.clock(db)
            users.change_and_sign_out(db, row.id, {"revoked_at": now, "password_hash": None})
            users.drop_links(db, row.id)
            self._note(db, row.id, by, "access revoked", now)

    # One's own account

    def change_password(self, reader: Reader, old: str, new: str) -> str:
        """Change one's own password; every other session ends. Give the new session.

        Raises:
            InvalidInput: the old password is wrong, or the new one too easy.
        """
        with for_reading(self.engine).connect() as db:
            row = users.by_id(db, reader.id)
        kept = row.password_hash if row else None
        if len(old) > PASSWORD_LENGTH_MAX or not self.secrets.matches_typed(kept, old):
            user_input.refuse({"old_password": "This is not your present password."})
        chosen = self.secrets.keep_typed(user_input.password(new, reader.email))
        with self.engine.begin() as db:
            generation = users.change_and_sign_out(db, reader.id, {"password_hash": chosen})
            users.drop_links(db, reader.id)
            now = self.clock(db)
            self._note(db, reader.id, reader, "changed the password", now)
        return session_of(reader.uuid, generation, now)

    def prefer(self, reader: Reader, wanted: Preferences) -> None:
        """Keep how a reader wants dates, times and money written.

        Raises:
            InvalidInput: a choice that is not offered.
        """
        chosen = (wanted.date_format, wanted.number_format, wanted.time_zone)
        user_input.refuse(preferences.problems(*chosen))
        names = ("date_format", "number_format", "time_zone")
        with self.engine.begin() as db:
            users.change(db, reader.id, dict(zip(names, chosen, strict=True)))

    def sign_out_everywhere(self, reader: Reader) -> None:
        """End all open sessions of a reader, this one too."""
        with self.engine.begin() as db:
            users.change_and_sign_out(db, reader.id, {})
            self._note(db, reader.id, reader, "signed out everywhere", self.clock(db))

    def _note(self, db: Connection, user_id: int, by: Reader, what: str, now: datetime) -> None:
        users.note(db, user_id, at=now, by=by.email, what=what)
        log.info("user_changed", user=user_id, by=by.id, what=what)


def session_of(user_uuid: str, generation: int, began: datetime) -> str:
    """Write what a browser's session names.

    The user, the generation it began with, an id of this sign-in alone, and when that was.
    """
    return f"{user_uuid}.{generation}.{uuid.uuid4().hex}.{int(began.timestamp())}"


def _managed(db: Connection, user_id: str, by: Reader) -> AnyRow:
    row = users.by_uuid(db, plain_uuid(user_id))
    if row is None or not by.manages(Role(row.role), reader_of(db, row).companies):
        raise NotFound("There is no such user here, or not one whose access you can change.")
    return row


def _scope(row: AnyRow, limits: dict[int, frozenset[int]]) -> Scope:
    return None if row.sees_all else limits.get(row.id, frozenset())


def _told(scope: Scope) -> str:
    if scope is None:
        return "all company files"
    return "1 company file" if len(scope) == 1 else f"{len(scope)} company files"


def _view(
    row: AnyRow, scope: Scope, names: dict[int, str], link_until: datetime | None
) -> UserView:
    return UserView(
        id=row.uuid,
        email=row.email,
        role=Role(row.role),
        companies=None if scope is None else [names[company] for company in sorted(scope)],
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
        revoked_at=row.revoked_at,
        has_password=row.password_hash is not None,
        link_until=link_until,
    )
