"""Signing in to the portal: by password, or by a link that works once.

Nobody learns whether an address has an account: the answer, its time and the limits are the same.
A try is counted before its password is looked at, so that many at once gain nothing. Nothing here
sleeps: a worker that waits is a worker that an attacker has.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address

import structlog
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import users
from qbwc_server.errors import NotFound
from qbwc_server.services import user_input
from qbwc_server.services.access import Reader, reader_of
from qbwc_server.services.companies import plain_uuid
from qbwc_server.services.preferences import Preferences
from qbwc_server.services.secrets import Secrets
from qbwc_server.services.users import session_of
from sync_core.people import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    PASSWORD_LENGTH_MAX,
    SIGN_IN_LASTS,
    TRIES_FORGOTTEN_S,
    Purpose,
    Role,
    email_key,
    is_over,
)

log = structlog.get_logger()

_GONE = "This link was used, has run out, or was replaced by a newer one."
# The first half of an IPv6 address is one customer of a provider; the second is theirs to choose.
_IPV6_NETWORK_BITS = 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a try: the session it opens, or until when the next one is turned away."""

    session: str | None = None
    held_s: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in, and the moment by the clock that all servers share."""

    reader: Reader
    now: datetime


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that still works. The address is "" for the one that makes the first administrator."""

    purpose: Purpose
    email: str


@dataclass(frozen=True, slots=True)
class UserSignIn:
    """Lets people in."""

    engine: Engine
    clock: Clock
    secrets: Secrets

    def by_password(self, email: str, password: str, *, address: str) -> Verdict:
        """Let somebody in by address and password; `address` is where they call from."""
        account, place = self._account(email), _place(address)
        with self.engine.begin() as db:
            now = self.clock(db)
            held = users.held_until(db, [account, place])
            if held is not None and now < held:
                log.warning("portal_sign_in_held_back", address=address)
                return Verdict(held_s=max(1, int((held - now).total_seconds())))
            self._count(db, account, place, now)
            row = users.by_email(db, email_key(email))
        usable = row if row is not None and row.revoked_at is None else None
        kept = usable.password_hash if usable else None
        typed = password if len(password) <= PASSWORD_LENGTH_MAX else ""
        if not self.secrets.matches_typed(kept, typed) or usable is None:
            log.warning("portal_sign_in_wrong", address=address)
            return Verdict()
        with self.engine.begin() as db:
            users.forgive(db, account)
            users.uncount_try(db, place, now)
            return Verdict(session=self._welcome(db, usable, usable.generation))

    def by_session(self, session: str, last_visit: datetime | None = None) -> Visit | None:
        """Say whose session this is; None when it has ended or was never one.

        `last_visit` is when a page was last opened with it; None: only just begun.
        """
        named = _named(session)
        if named is None:
            return None
        with for_reading(self.engine).connect() as db:
            now = self.clock(db)
            if is_over(named.began, last_visit or named.began, now):
                return None
            row = users.signed_in(db, plain_uuid(named.user_id), named.sign_in)
            if row is None or row.revoked_at is not None or str(row.generation) != named.generation:
                return None
            return Visit(reader_of(db, row), now)

    def sign_out(self, session: str) -> None:
        """End a session for good, whoever has a copy of its cookie."""
        named = _named(session)
        if named is None:
            return
        with self.engine.begin() as db:
            over_at = named.began + SIGN_IN_LASTS
            users.end_sign_in(db, named.sign_in, over_at=over_at, now=self.clock(db))

    # The first start

    def needs_setup(self) -> bool:
        """Say whether there is no administrator yet."""
        with for_reading(self.engine).connect() as db:
            return not users.has_administrator(db)

    def setup_link(self) -> str | None:
        """Make the link by which the first administrator is made; None when there is one."""
        token = self.secrets.new_token()
        with self.engine.begin() as db:
            if users.has_administrator(db):
                return None
            users.add_link(
                db,
                {
                    "app_user_id": None,
                    "purpose": Purpose.SETUP,
                    "token_hash": self.secrets.fingerprint(token),
                    "created_at": self.clock(db),
                },
            )
        return token

    # Links

    def open_link(self, token: str) -> OpenLink:
        """Say what a link is for; it can still be used afterwards.

        Raises:
            NotFound: it was used, has run out, or was never one.
        """
        with for_reading(self.engine).connect() as db:
            row = self._link(db, token)
            return OpenLink(Purpose(row.purpose), row.email or "")

    def use_link(self, token: str, password: str, *, email: str = "") -> str:
        """Use a link up with the password its owner chose, and give the session it opens.

        `email` is for the link that makes the first administrator; the others know theirs.

        Raises:
            NotFound: it was used, has run out, or was never one.
            InvalidInput: no address, or a password that is too easy. The link works still.
        """
        with for_reading(self.engine).connect() as db:
            purpose = Purpose(self._link(db, token).purpose)
        if purpose is Purpose.SETUP:
            email = user_input.email(email)
        # What is slow comes before the transaction: on SQLite it keeps all other writers out.
        kept = self.secrets.keep_typed(user_input.password(password, email))
        with self.engine.begin() as db:
            now = self.clock(db)
            row = self._link(db, token)
            used = users.use_setup_links if purpose is Purpose.SETUP else users.use_link
            if not used(db, row.id, now):
                raise NotFound(_GONE)
            if purpose is Purpose.SETUP:
                return self._first_administrator(db, email, kept, now)
            user_input.password(password, row.email)
            generation = users.change_and_sign_out(db, row.app_user_id, {"password_hash": kept})
            what = "chose a password" if purpose is Purpose.INVITE else "set a new password"
            users.note(db, row.app_user_id, at=now, by=row.email, what=f"{what} by link")
            users.forgive(db, self._account(row.email))
            user = users.by_id(db, row.app_user_id)
            assert user is not None  # its link refers to it
            return self._welcome(db, user, generation)

    def _first_administrator(self, db: Connection, email: str, kept: str, now: datetime) -> str:
        row = {"role": Role.ADMIN, "sees_all": True, "password_hash": kept}
        defaults = Preferences()
        users.add(
            db,
            {
                **row,
                "uuid": str(uuid.uuid4()),
                "email": email,
                "email_key": email_key(email),
                "generation": 0,
                "created_at": now,
                "date_format": defaults.date_format,
                "number_format": defaults.number_format,
                "time_zone": defaults.time_zone,
            },
        )
        user = users.by_email(db, email_key(email))
        assert user is not None
        # Somebody of this address may have been here before; the setup link is the operator's word.
        generation = users.change_and_sign_out(db, user.id, {**row, "revoked_at": None})
        users.note(db, user.id, at=now, by="setup link", what="became the first administrator")
        return self._welcome(db, user, generation)

    def _link(self, db: Connection, token: str) -> AnyRow:
        row = users.link(db, self.secrets.fingerprint(token), self.clock(db))
        is_late = row is not None and row.purpose == Purpose.SETUP and users.has_administrator(db)
        if row is None or is_late:
            raise NotFound(_GONE)
        return row

    # Tries

    def _account(self, email: str) -> str:
        """Name an account among the tries, whether it exists or not, in a fixed length."""
        return f"account {self.secrets.fingerprint(email_key(email))}"

    def _count(self, db: Connection, account: str, place: str, now: datetime) -> None:
        for key, limit in ((account, ACCOUNT_LIMIT), (place, ADDRESS_LIMIT)):
            tries = users.count_try(db, key, now, TRIES_FORGOTTEN_S)
            wait_s = limit.wait_s(tries)
            if wait_s:
                users.hold(db, key, now + timedelta(seconds=wait_s))

    def _welcome(self, db: Connection, user: AnyRow, generation: int) -> str:
        now = self.clock(db)
        users.change(db, user.id, {"signed_in_at": now})
        log.info("portal_sign_in", user=user.id)
        return session_of(user.uuid, generation, now)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a session names, see `session_of`."""

    user_id: str
    generation: str
    sign_in: str
    began: datetime


def _named(session: str) -> _Named | None:
    """Read what a session names; None for one of a release that named no sign-in."""
    match session.split("."):
        case [user_id, generation, sign_in, began] if began.isdigit():
            return _Named(user_id, generation, sign_in, datetime.fromtimestamp(int(began), UTC))
    return None


def _place(address: str) -> str:
    """Name where a try comes from among the tries."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"address {address[:64]}"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        network = int(parsed) >> _IPV6_NETWORK_BITS << _IPV6_NETWORK_BITS
        return f"address {IPv6Address(network)}/{_IPV6_NETWORK_BITS}"
    return f"address {getattr(parsed, 'ipv4_mapped', None) or parsed}"
