"""Receipts: the payments received as QuickBooks tells them, and those of ours that are too many."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Cents, UtcDateTime, WallTime, whole_cents, words
from sync_core.extras import Kind, Resolution

UNNAMED = "external_guid IS NULL AND deleted_wall IS NULL"


class Receipt(Base):
    """A payment received, whoever entered it, as QuickBooks last told it."""

    __tablename__ = "receipt"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    edit_sequence: Mapped[str | None] = mapped_column(String(16))
    created_wall: Mapped[str | None] = mapped_column(WallTime)
    modified_wall: Mapped[str | None] = mapped_column(WallTime)
    external_guid: Mapped[str | None] = mapped_column(String(36))  # bare, lower case
    reference: Mapped[str | None] = mapped_column(String(20))  # RefNumber in capitals
    customer_list_id: Mapped[str | None] = mapped_column(String(36))
    customer_name: Mapped[str | None] = mapped_column(String(209))
    txn_date: Mapped[date | None]
    total_cents: Mapped[int | None] = mapped_column(Cents)
    unused_cents: Mapped[int | None] = mapped_column(Cents)
    # The last session that saw it.
    seen_session_id: Mapped[int] = mapped_column(ForeignKey("wc_session.id"))
    deleted_wall: Mapped[str | None] = mapped_column(WallTime)  # named by TxnDeletedQuery

    __table_args__ = (
        whole_cents("total_cents"),
        whole_cents("unused_cents"),
        Index("ix_receipt_external_guid", "company_file_id", "external_guid"),
        Index("ix_receipt_reference", "company_file_id", "reference"),
        # What was typed in by hand, or by a QuickBooks that drops the GUID.
        Index(
            "ix_receipt_unnamed",
            "company_file_id",
            "total_cents",
            "created_wall",
            sqlite_where=text(UNNAMED),
            postgresql_where=text(UNNAMED),
        ),
    )


class ExtraReceipt(Base):
    """A receipt of ours that is one too many: a payment's second, or of a payment unknown here.

    While one is open, nothing is posted.
    """

    __tablename__ = "extra_receipt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"))
    txn_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(words("kind", *(kind.value for kind in Kind)))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))  # whose second it is
    edit_sequence: Mapped[str | None] = mapped_column(String(16))  # when it was found
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    found_session_id: Mapped[int] = mapped_column(ForeignKey("wc_session.id"))
    ordered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to be taken out
    ordered_by: Mapped[str | None] = mapped_column(String(100))
    said: Mapped[str | None] = mapped_column(Text)  # why it was not taken out, and what to do
    resolution: Mapped[str | None] = mapped_column(
        words("resolution", *(resolution.value for resolution in Resolution))
    )
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("company_file_id", "txn_id"),
        Index(
            "ix_extra_receipt_open",
            "company_file_id",
            "id",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )
