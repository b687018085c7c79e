"""Exchanges: a message set out, and the message set that came back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, UtcDateTime, words
from sync_core.plan import Step


class Exchange(Base):
    """One message set handed out, and its answer when it came."""

    __tablename__ = "exchange"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wc_session_id: Mapped[int] = mapped_column(ForeignKey("wc_session.id"))
    number: Mapped[int]  # counted within the session
    token: Mapped[str] = mapped_column(String(20))  # its reading requestIDs begin with it
    step: Mapped[str] = mapped_column(words("step", *(step.value for step in Step)))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)  # what its requestIDs stand for
    holds: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # how many requests of each name
    request_xml: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    response_xml: Mapped[str | None] = mapped_column(Text)  # or its beginning
    response_length: Mapped[int | None]  # in characters, as it came
    # How many objects of each name came, and how many responses had which status code
    told: Mapped[dict[str, dict[str, int]] | None] = mapped_column(JSON(none_as_null=True))
    hresult: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # or given up

    __table_args__ = (
        UniqueConstraint("wc_session_id", "number"),
        Index(
            "ix_exchange_unanswered",
            "wc_session_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )
