"""Syncs as they are listed: who called, how far it came, how it ended. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field
from sqlalchemy import Engine

from models.engine import for_reading
from models.queries import companies
from qbwc_server.services import paging
from qbwc_server.services.payments import View
from sync_core.session import State


class SessionView(View):
    """One call of a Web Connector."""

    id: str
    opened_at: datetime
    ended_at: datetime | None
    install: str = Field(description="The label of the install that called")
    state: State
    percent: int
    posted: int
    rejected: int
    message: str | None = Field(description="How it ended, as the Web Connector shows it")


@dataclass(frozen=True, slots=True)
class SessionLog:
    """Lists the sessions of a company file."""

    engine: Engine

    def page(
        self, company_file_id: int, *, cursor: str = "", limit: str = ""
    ) -> paging.Page[SessionView]:
        """Show a page of sessions, newest first.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.wanted(limit, cursor)
        with for_reading(self.engine).connect() as db:
            rows = companies.sessions_page(
                db, company_file_id, before=wanted.before, limit=wanted.limit + 1
            )
        cut = paging.cut(rows, wanted.limit, lambda row: int(row.id))
        return paging.Page([_view(row) for row in cut.items], cut.next_cursor)


def _view(row: companies.SessionListed) -> SessionView:
    return SessionView(
        id=str(row.id),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        install=row.label,
        state=State(row.state),
        percent=row.percent,
        posted=row.posted,
        rejected=row.rejected,
        message=row.message,
    )
