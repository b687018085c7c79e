"""Signing in: a Web Connector's user name and password become a session, or a word why not.

Source: QBWC Programmer's Guide 2.0, chapter 10, authenticate; exactly-once rule E.1.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import installs, sessions
from qbwc_server.services import endings
from qbwc_server.services.secrets import Secrets
from qbwc_server.services.steps.step import Turn
from qbwc_server.settings import Settings
from sync_core.session import Call, is_busy, react
from sync_core.wording import notes, office

log = structlog.get_logger()

# The words of authenticate's second element.
GO_ON, NO_WORK, WRONG, BUSY = "", "none", "nvu", "busy"

# A person mistypes a few times; what goes on after that is held back, each time twice as long, up
# to a minute, so that the right password typed at last is not turned away for long.
FAILURES_FREE = 3
HOLD_S_MAX = 60
# A typed password costs 19 MiB and 29 ms; no password that a person chose is longer than this.
PASSWORD_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class SignIn:
    """Decides about sign-ins and opens sessions."""

    engine: Engine
    clock: Clock
    secrets: Secrets
    settings: Settings

    def authenticate(self, user_name: str, password: str, *, address: str) -> list[str]:
        """Open a session; two strings, the ticket and one of the words above."""
        ticket = self.secrets.new_token()
        return [ticket, self._verdict(user_name, password, address, ticket)]

    def _verdict(self, user_name: str, password: str, address: str, ticket: str) -> str:
        with for_reading(self.engine).connect() as db:
            now = self.clock(db)
            install = installs.signing_in(db, user_name, address)
        if install is None or install.retired_at is not None:
            self.secrets.matches(None, password)
            log.warning(
                "sign_in_unknown_user" if install is None else "sign_in_retired", address=address
            )
            return WRONG
        if install.not_before is not None and now < install.not_before:
            log.warning("sign_in_held_back", install=install.id, address=address)
            return WRONG
        usable = 0 < len(password) <= PASSWORD_LENGTH_MAX
        pairs = usable and _is_pairing(install, now)
        if not pairs and not (usable and self.secrets.matches(install.password_hash, password)):
            return self._wrong(install, address)
        typed = self.secrets.keep_typed(password) if pairs else None
        with self.engine.begin() as db:
            if typed is not None and not installs.pair(db, install.id, typed, now):
                return WRONG  # somebody else's password was the first
            return self._welcome(db, install, address, ticket, now)

    def _wrong(self, install: AnyRow, address: str) -> str:
        with self.engine.begin() as db:
            now = self.clock(db)
            failures = installs.count_failure(db, install.id, address, now)
            if failures > FAILURES_FREE:
                wait_s = min(2 ** (failures - FAILURES_FREE), HOLD_S_MAX)
                installs.hold(db, install.id, address, now + timedelta(seconds=wait_s))
        log.warning("sign_in_wrong", install=install.id, address=address, failures=failures)
        return WRONG

    def _welcome(
        self, db: Connection, install: AnyRow, address: str, ticket: str, now: datetime
    ) -> str:
        if install.not_before is not None:
            installs.forgive(db, install.id, address)
        word = NO_WORK if install.paused else self._open(db, install, ticket, now)
        # After the session, as the steps do it: two orders of locking would meet head-on.
        if word == BUSY:
            self._turn_away(db, install, ticket, now)
        else:
            installs.called(db, install.id, now)
        return word

    def _turn_away(self, db: Connection, install: AnyRow, ticket: str, now: datetime) -> None:
        running = sessions.open_one(db, install.company_file_id)
        installs.turn_away(
            db,
            install.id,
            by=running.install_id if running is not None else None,
            ticket_hash=self.secrets.fingerprint(ticket),
            now=now,
        )

    def _open(self, db: Connection, install: AnyRow, ticket: str, now: datetime) -> str:
        new = {
            "company_file_id": install.company_file_id,
            "install_id": install.id,
            "ticket_hash": self.secrets.fingerprint(ticket),
            "now": now,
        }
        opened = sessions.open_session(db, **new) or (
            self._make_room(db, install.company_file_id, now) and sessions.open_session(db, **new)
        )
        log.info("session_opened" if opened else "session_busy", install=install.id)
        return GO_ON if opened else BUSY

    def _make_room(self, db: Connection, company_file_id: int, now: datetime) -> bool:
        """End an open session that has gone silent; False when there is one that has not.

        Whoever takes over inherits nothing: what was out and unanswered falls in doubt.
        """
        there = sessions.open_one(db, company_file_id)
        if there is None:
            return True
        busy = is_busy(
            there.state,
            silent_s=(now - there.last_heard_at).total_seconds(),
            silent_limit_s=self.settings.session_silent_s,
            silent_with_writes_limit_s=self.settings.session_silent_with_writes_s,
        )
        if busy or not sessions.fence(db, there, now):
            return False
        turn = Turn(db=db, session=there, version="", now=now, settings=self.settings)
        endings.end(
            turn,
            react(there.state, Call.TAKEOVER),
            why=notes.ANOTHER_SYNC,
            trouble=endings.no_answer(turn),
            message=office.ANOTHER_SYNC,
        )
        return True


def _is_pairing(install: AnyRow, now: datetime) -> bool:
    return bool(install.is_paired and install.pairing_until and now < install.pairing_until)
