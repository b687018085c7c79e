"""Notices by e-mail that are to be sent: at most one for each sync.

Written in the transaction that ends the sync, sent afterwards. What a notice says is read when it
is sent, so that nobody is asked for what was settled meanwhile.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, UtcDateTime, ZeroAtFirst, words
from sync_core.notice import Outcome

IS_OPEN = "outcome IS NULL"


class Notice(Base):
    """One e-mail to the contacts of a company: payments were refused in a sync."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wc_session_id: Mapped[int] = mapped_column(ForeignKey("wc_session.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the next try
    tries: Mapped[ZeroAtFirst]  # begun; whoever raises it has the try
    outcome: Mapped[str | None] = mapped_column(
        words("outcome", *(outcome.value for outcome in Outcome))
    )  # none: to be tried
    why: Mapped[str | None] = mapped_column(String(200))  # the last try failed
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_notice_due",
            "due_at",
            sqlite_where=text(IS_OPEN),
            postgresql_where=text(IS_OPEN),
        ),
    )
