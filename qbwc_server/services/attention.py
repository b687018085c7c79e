"""The 10 % rule, read from the database: whether a company needs attention, and why."""

from datetime import datetime, timedelta

from pydantic import Field
from sqlalchemy import Connection

from models.queries import attention as rows
from qbwc_server.services.payments import View
from sync_core import attention, words
from sync_core.rejection import Cause
from sync_core.wording import phrases


class AttentionView(View):
    """So many payments were refused that something other than payments is wrong."""

    percent: int
    refused: int = Field(description="Payments that were refused, settled by now or not")
    total: int = Field(description=f"Payments of the last {attention.DAYS} days")
    cause: Cause = Field(description="The most frequent one")
    summary: str = Field(description="What happened, and what to look at")


def needed(db: Connection, company_file_id: int, now: datetime) -> AttentionView | None:
    """Say whether a company needs attention now."""
    since = now - timedelta(days=attention.DAYS)
    counts = rows.counts(db, company_file_id, since)
    refused = {Cause(cause): count for cause, count in counts if cause is not None}
    found = attention.attention(sum(count for _, count in counts), refused)
    if found is None:
        return None
    return AttentionView(
        percent=found.percent,
        refused=found.refused,
        total=found.total,
        cause=found.most,
        summary=phrases.plain(words.many_refused(found.most, found.facts)),
    )
