"""Syncs that fell silent with payments out: their payments are in doubt, and people can see it.

A session is taken over by the next call of its company; this is for the company that does not call.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Engine

from models.engine import Clock
from models.queries import sessions
from qbwc_server.services import endings
from qbwc_server.services.steps.step import Turn
from qbwc_server.settings import Settings
from sync_core.session import Call, react
from sync_core.wording import notes, office

log = structlog.get_logger()

# So many are ended at a time; the rest the next time.
ENDED_AT_ONCE_MAX = 100


@dataclass(frozen=True, slots=True)
class Silence:
    """Ends silent syncs."""

    engine: Engine
    clock: Clock
    settings: Settings

    def end_all(self) -> int:
        """End the sessions that were silent for the in-doubt wait with payments out; how many.

        One heard from in the future, before the clock was set back, is silent as well.

        An answer that comes after all is a late one, and evidence.
        """
        with self.engine.begin() as db:
            now = self.clock(db)
            wait = timedelta(seconds=self.settings.in_doubt_wait_s)
            silent = sessions.silent_with_writes(
                db, now - wait, now + wait, limit=ENDED_AT_ONCE_MAX
            )
            ended = 0
            for session in silent:
                if sessions.fence(db, session, session.last_heard_at):
                    turn = Turn(db=db, session=session, version="", now=now, settings=self.settings)
                    reaction = react(session.state, Call.TAKEOVER)
                    trouble = endings.no_answer(turn)
                    endings.end(
                        turn, reaction, why=notes.SILENT, trouble=trouble, message=office.SILENT
                    )
                    ended += 1
        if ended:
            log.warning("silent_sessions_ended", count=ended)
        return ended
