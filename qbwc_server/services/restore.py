"""After our database was restored, or a standby that lost commits was promoted.

What happened since the backup is not in it: a payment that waits here may be in QuickBooks, or on
its way there. So everything that is not settled is in doubt, and QuickBooks is asked (rule H).
"""

from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import Engine

from models.engine import Clock
from models.queries import payments, restore
from qbwc_server.services.payments import View
from sync_core.wording import notes, office


class RestoredCompany(View):
    """One company file, and how many of its payments were put in doubt."""

    id: str
    name: str
    in_doubt: int


class RestoreView(View):
    """What was done."""

    sessions_ended: int = Field(description="Syncs that were open when the backup was made")
    companies: list[RestoredCompany] = Field(description="Those that had payments not settled")


@dataclass(frozen=True, slots=True)
class Restore:
    """Puts in doubt what a restored database cannot know any more."""

    engine: Engine
    clock: Clock

    def run(self, *, by: str) -> RestoreView:
        """Do it for all company files, in one transaction."""
        with self.engine.begin() as db:
            now = self.clock(db)
            ended = restore.end_sessions(db, message=office.RESTORED_MEANWHILE, now=now)
            payments.hold_all(db)
            counted = restore.counts(db)
            restore.doubt_all(db, by=by, told=notes.RESTORED, now=now)
        return RestoreView(
            sessions_ended=ended,
            companies=[
                RestoredCompany(id=uuid, name=name, in_doubt=count) for uuid, name, count in counted
            ],
        )
