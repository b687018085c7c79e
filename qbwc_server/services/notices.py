"""Notices by e-mail: payments were refused in a sync, and a company's contacts are told once.

Sent outside any sync, so that a mail server that is down holds nothing up. Each try is claimed
before it begins, and the e-mail is written off before it leaves: whatever ends this process in
between, no second one follows.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import notices
from qbwc_server.services import attention, mail
from qbwc_server.services.standing import facts_of
from qbwc_server.settings import Settings
from sync_core import notice
from sync_core.notice import Outcome, Refused
from sync_core.rejection import Cause

log = structlog.get_logger()

# So many at a time; the rest the next time.
SENT_AT_ONCE_MAX = 20


@dataclass(frozen=True, slots=True)
class Notices:
    """Sends the notices that are due."""

    engine: Engine
    clock: Clock
    settings: Settings

    def send_due(self) -> int:
        """Try all that are due, one after the other; give how many the mail server took."""
        if not self.settings.smtp_host:
            return 0
        with for_reading(self.engine).connect() as db:
            found = notices.due(
                db, self.clock(db), wait_max=notice.WAIT_MAX, limit=SENT_AT_ONCE_MAX
            )
        return sum(self._try(one) for one in found)

    def _try(self, due: notices.Due) -> bool:
        with self.engine.begin() as db:
            now = self.clock(db)
            tries = due.tries + 1
            if not notices.claim(db, due.id, due.tries, due_at=now + notice.wait(tries)):
                return False  # another worker has it
            is_over = tries > notice.TRIES_MAX or now - due.created_at > notice.OLD
            if is_over:
                notices.fail(db, due.id, tries, why="It waited too long.", outcome=Outcome.GIVEN_UP)
            to = notices.addressed(db, due.id)
            refused = notices.refused(db, to.session_id)
            count, rows = notices.still_refused(db, refused, limit=notice.TOLD_MAX)
            many = attention.needed(db, to.company_file_id, now)
            is_settled = not count or not to.contacts
            if is_settled and not is_over:
                notices.fail(db, due.id, tries, why="", outcome=Outcome.SETTLED)
        if is_over:
            log.warning("notice_given_up", notice=due.id)
        if is_over or is_settled:
            return False
        letter = notice.letter(
            to.name,
            f"{self.settings.base_url}/resolve",
            [_refused(row) for row in rows],
            count,
            many_refused=many.summary if many is not None else "",
        )
        return self._send(due.id, tries, to, letter, now)

    def _send(
        self,
        notice_id: int,
        tries: int,
        to: AnyRow,
        letter: notice.Letter,
        now: datetime,
    ) -> bool:
        envelope = mail.Envelope(
            contacts=tuple(to.contacts.split(", ")),
            message_id=f"sync.{to.session_id}.{to.uuid}@{mail.host_of(self.settings)}",
            at=now,
        )

        def hand_over() -> bool:
            with self.engine.begin() as db:
                return notices.hand_over(db, notice_id, tries)

        try:
            content = mail.write(letter, envelope, self.settings)
            missed = mail.send(content, envelope.contacts, self.settings, hand_over)
        except mail.NotSent as error:
            self._failed(notice_id, tries, str(error))
            return False
        except mail.Unsure as error:
            with self.engine.begin() as db:
                notices.answer(db, notice_id, tries, why=str(error)[:200])
            log.warning("notice_unsure", notice=notice_id, why=str(error))
            return False
        with self.engine.begin() as db:
            taken = {"outcome": Outcome.SENT, "sent_at": self.clock(db), "why": None}
            notices.answer(db, notice_id, tries, **taken)
        log.info("notice_sent", notice=notice_id, contacts=len(envelope.contacts), refused=missed)
        return True

    def _failed(self, notice_id: int, tries: int, why: str) -> None:
        """Note that the mail server has not taken it: the next try comes, or this was the last."""
        outcome = Outcome.GIVEN_UP if tries >= notice.TRIES_MAX else None
        with self.engine.begin() as db:
            if not notices.fail(db, notice_id, tries, why=why, outcome=outcome):
                notices.answer(db, notice_id, tries, why=why[:200], outcome=outcome)
        log.warning("notice_not_sent", notice=notice_id, tries=tries, why=why)


def _refused(row: AnyRow) -> Refused:
    return Refused(
        cause=Cause(row.cause),
        variant=row.variant,
        summary=row.summary or "",
        facts=facts_of(row),
    )
