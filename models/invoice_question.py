"""Invoices that somebody looks for and our tables do not know: QuickBooks is asked by number.

A question waits for the next sync, which asks it once. An answer stays until the number is asked
for again; old questions make room for new ones (`models.queries.missing.ask`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime

IS_OPEN = "sent_at IS NULL"


class InvoiceQuestion(Base):
    """One number that QuickBooks is to be asked for, and what it said of it."""

    __tablename__ = "invoice_question"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    plain_number: Mapped[str] = mapped_column(String(33), primary_key=True)  # as they are compared
    number: Mapped[str] = mapped_column(String(11))  # as it was asked for
    asked_for_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # none: the next sync asks
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )  # what has the number in QuickBooks; sync_core.missing.Entry

    __table_args__ = (
        Index(
            "ix_invoice_question_open",
            "company_file_id",
            "asked_for_at",
            sqlite_where=text(IS_OPEN),
            postgresql_where=text(IS_OPEN),
        ),
    )
