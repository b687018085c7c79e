"""What people's acts leave beside a payment: what records it instead of us, and the way back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, UtcDateTime, status_words


class RecordedAs(Base):
    """An entry in QuickBooks that a person linked to a payment: it stands for it, we send nothing.

    An entry may stand for several payments, and several entries for one.
    """

    __tablename__ = "recorded_as"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"))

    __table_args__ = (Index("ix_recorded_as_txn_id", "company_file_id", "txn_id"),)


class Undo(Base):
    """How a payment was before a person's last act on it, as long as nothing moved it since."""

    __tablename__ = "undo"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    # What one act moved together goes back together: the payment it was said of.
    said_of_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # the payment's changed_at, if it is as left
    last_session_id: Mapped[int | None] = mapped_column(BigId)  # the company's newest then
    status: Mapped[str] = mapped_column(status_words("status"))  # before
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
