"""Payments, what they are applied to, their attempts and their audit trail."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, JSON, ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Base,
    BigId,
    Cents,
    NoAtFirst,
    UtcDateTime,
    WallTime,
    ZeroAtFirst,
    cause_words,
    status_words,
    whole_cents,
    words,
)
from sync_core.lifecycle import AttemptOutcome
from sync_core.rejection import WatchKind

# Literal, so that a statement with the same words is answered from the partial index.
MAY_HAVE_LEFT = "ever_left AND status IN ('queued', 'in_doubt')"
UNSETTLED = "status IN ('queued', 'sent', 'in_doubt', 'rejected')"
UNSEEN = "status = 'posted' AND entered_wall IS NULL AND missing_since IS NULL"
REFUSED = "to_status = 'rejected' AND from_status <> 'rejected'"
NOT_POSTED = "status <> 'posted'"
LEFT_OVER = "status = 'posted' AND unapplied_cents > 0"
DIFFERS = "status = 'posted' AND differs"
NAMED_BY_SITE = "customer_external_id IS NOT NULL AND status IN ('queued', 'rejected')"


def _by_day(name: str, *columns: str, where: str | None = None) -> Index:
    """Make an index of a company's payments by day of receipt, behind what is asked for."""
    partial = text(where) if where else None
    return Index(
        name,
        "company_file_id",
        *columns,
        "received_on",
        "id",
        sqlite_where=partial,
        postgresql_where=partial,
    )


class Payment(Base):
    """Money received, as the payment site told it, and where it stands."""

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"))

    # As accepted; never changed afterwards
    external_id: Mapped[str] = mapped_column(String(100))
    content_hash: Mapped[str] = mapped_column(String(64))  # same id, same content: the same payment
    external_guid: Mapped[str] = mapped_column(String(36))
    reference: Mapped[str] = mapped_column(String(20))  # RefNumber
    customer_list_id: Mapped[str | None] = mapped_column(String(36))
    customer_name: Mapped[str | None] = mapped_column(String(209))
    customer_external_id: Mapped[str | None] = mapped_column(String(100))
    amount_cents: Mapped[int] = mapped_column(Cents)
    received_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(100))
    memo: Mapped[str | None] = mapped_column(Text)
    processor: Mapped[str | None] = mapped_column(String(100))
    processor_txn_id: Mapped[str | None] = mapped_column(String(100))
    batch: Mapped[str | None] = mapped_column(String(100))
    currency: Mapped[str | None] = mapped_column(String(3))
    likeness: Mapped[str | None] = mapped_column(String(64))  # shared by those that look alike
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # Where it stands
    status: Mapped[str] = mapped_column(status_words("status"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempt_count: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)  # why it waits, or what a person said
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # deleted from the history
    post_anyway: Mapped[NoAtFirst]  # a person saw what is like it

    # Whether QuickBooks may have it; docs/exactly-once.md, D
    ever_left: Mapped[NoAtFirst]  # handed out once, or a restore hides it
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # for the last time
    left_mark: Mapped[str | None] = mapped_column(WallTime)  # receipts_mark, when it first left
    is_restored: Mapped[NoAtFirst]  # attempts may be unknown here
    returns: Mapped[ZeroAtFirst]  # from doubt to waiting
    refusals: Mapped[ZeroAtFirst]  # "not executed", or in use
    asked_session_id: Mapped[int | None] = mapped_column(ForeignKey("wc_session.id"))
    cleared_session_id: Mapped[int | None] = mapped_column(ForeignKey("wc_session.id"))

    # How it will stand in QuickBooks, by the check of one session
    checked_session_id: Mapped[int | None] = mapped_column(ForeignKey("wc_session.id"))
    post_customer_list_id: Mapped[str | None] = mapped_column(String(36))
    post_customer_name: Mapped[str | None] = mapped_column(String(209))
    post_ar_account_list_id: Mapped[str | None] = mapped_column(String(36))
    post_method_list_id: Mapped[str | None] = mapped_column(String(36))

    # How a person wants it to stand there
    as_credit: Mapped[NoAtFirst]  # on no invoice
    what_fits: Mapped[NoAtFirst]  # on each invoice up to its balance
    post_on: Mapped[date | None]  # in place of the day it was received, which the books do not take
    chosen_customer_list_id: Mapped[str | None] = mapped_column(String(36))

    # As it stands in QuickBooks
    txn_id: Mapped[str | None] = mapped_column(String(36))
    edit_sequence: Mapped[str | None] = mapped_column(String(16))
    applied_cents: Mapped[int | None] = mapped_column(Cents)
    unapplied_cents: Mapped[int | None] = mapped_column(Cents)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When it was entered, by QuickBooks' clock, or ours until it is told; none: it never showed it
    entered_wall: Mapped[str | None] = mapped_column(WallTime)
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not in the file of now
    differs: Mapped[NoAtFirst]  # from how it was posted; sync_core.changed

    # Why it was rejected
    cause: Mapped[str | None] = mapped_column(cause_words("cause"))
    variant: Mapped[str | None] = mapped_column(String(20))  # of the cause
    facts: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))  # see words
    summary: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    status_code: Mapped[int | None]
    status_message: Mapped[str | None] = mapped_column(Text)
    last_cause: Mapped[str | None] = mapped_column(cause_words("last_cause"))  # stays when settled

    __table_args__ = (
        UniqueConstraint("company_file_id", "external_id"),
        UniqueConstraint("company_file_id", "reference"),
        UniqueConstraint("company_file_id", "external_guid"),
        whole_cents("amount_cents"),
        whole_cents("applied_cents"),
        whole_cents("unapplied_cents"),
        # Waiting payments in the order of arrival, and those that a session has checked.
        Index(
            "ix_payment_queued",
            "company_file_id",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_payment_checked",
            "checked_session_id",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        # What QuickBooks may have: asked for at each sync, before anything is sent.
        Index(
            "ix_payment_left",
            "company_file_id",
            "id",
            sqlite_where=text(MAY_HAVE_LEFT),
            postgresql_where=text(MAY_HAVE_LEFT),
        ),
        # The newest payments posted, the witnesses; and those that QuickBooks has never shown.
        Index(
            "ix_payment_posted",
            "company_file_id",
            "entered_wall",
            sqlite_where=text("status = 'posted'"),
            postgresql_where=text("status = 'posted'"),
        ),
        Index(
            "ix_payment_txn_id",
            "company_file_id",
            "txn_id",
            sqlite_where=text("txn_id IS NOT NULL"),
            postgresql_where=text("txn_id IS NOT NULL"),
        ),
        Index(
            "ix_payment_missing",
            "company_file_id",
            "status",  # for SQLite's sake, which else takes the list below
            "id",
            sqlite_where=text("missing_since IS NOT NULL"),
            postgresql_where=text("missing_since IS NOT NULL"),
        ),
        Index("ix_payment_list", "company_file_id", "status", "id"),
        # As people look through them, the latest received first: by what each filter asks for.
        _by_day("ix_payment_received"),
        _by_day("ix_payment_not_posted", "status", where=NOT_POSTED),
        _by_day("ix_payment_left_over", where=LEFT_OVER),
        _by_day("ix_payment_differs", where=DIFFERS),
        _by_day("ix_payment_method", "method"),
        _by_day("ix_payment_processor", "processor", where="processor IS NOT NULL"),
        _by_day("ix_payment_batch", "batch", where="batch IS NOT NULL"),
        _by_day("ix_payment_last_cause", "last_cause", where="last_cause IS NOT NULL"),
        _by_day("ix_payment_amount_cents", "amount_cents"),
        # What is not settled yet, to be counted without reading what is.
        Index(
            "ix_payment_unsettled",
            "status",
            "created_at",
            sqlite_where=text(UNSETTLED),
            postgresql_where=text(UNSETTLED),
        ),
        # How many of the latest payments were refused, and why.
        Index("ix_payment_refused", "company_file_id", "created_at", "last_cause"),
        Index("ix_payment_look_alike", "company_file_id", "likeness", "received_on"),
        # Whose payments they are: as the site named the customer, and as they stand in QuickBooks.
        *(
            Index(
                f"ix_payment_{name}",
                "company_file_id",
                name,
                "id",
                sqlite_where=text(f"{name} IS NOT NULL"),
                postgresql_where=text(f"{name} IS NOT NULL"),
            )
            for name in ("customer_list_id", "customer_name", "post_customer_list_id")
        ),
        # What is not settled and names its customer by the payment site's id.
        Index(
            "ix_payment_customer_external_id",
            "company_file_id",
            "customer_external_id",
            sqlite_where=text(NAMED_BY_SITE),
            postgresql_where=text(NAMED_BY_SITE),
        ),
    )


class PaymentApply(Base):
    """One part of a payment, set against one invoice."""

    __tablename__ = "payment_apply"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    amount_cents: Mapped[int] = mapped_column(Cents)
    invoice_txn_id: Mapped[str | None] = mapped_column(String(36))
    invoice_number: Mapped[str | None] = mapped_column(String(20))
    invoice_external_id: Mapped[str | None] = mapped_column(String(100))
    chosen_txn_id: Mapped[str | None] = mapped_column(String(36))  # by a person
    post_txn_id: Mapped[str | None] = mapped_column(String(36))  # by the check of one session
    post_cents: Mapped[int | None] = mapped_column(Cents)  # the same; none: as asked
    # The invoice that a number, or the site's id, meant when that was first known.
    meant_txn_id: Mapped[str | None] = mapped_column(String(36))
    # What was due on it when the payment came, if it was known then.
    balance_before_cents: Mapped[int | None] = mapped_column(Cents)
    total_before_cents: Mapped[int | None] = mapped_column(Cents)

    __table_args__ = (
        whole_cents("amount_cents"),
        whole_cents("post_cents"),
        whole_cents("balance_before_cents"),
        whole_cents("total_before_cents"),
        # Which payments mean an invoice.
        Index(
            "ix_payment_apply_invoice_txn_id",
            "invoice_txn_id",
            sqlite_where=text("invoice_txn_id IS NOT NULL"),
            postgresql_where=text("invoice_txn_id IS NOT NULL"),
        ),
        Index(
            "ix_payment_apply_post_txn_id",
            "post_txn_id",
            sqlite_where=text("post_txn_id IS NOT NULL"),
            postgresql_where=text("post_txn_id IS NOT NULL"),
        ),
        Index(
            "ix_payment_apply_meant_txn_id",
            "meant_txn_id",
            sqlite_where=text("meant_txn_id IS NOT NULL"),
            postgresql_where=text("meant_txn_id IS NOT NULL"),
        ),
        # Which name invoices by the payment site's ids.
        Index(
            "ix_payment_apply_invoice_external_id",
            "invoice_external_id",
            sqlite_where=text("invoice_external_id IS NOT NULL"),
            postgresql_where=text("invoice_external_id IS NOT NULL"),
        ),
    )


class Watch(Base):
    """What a rejected payment waits for: when that changes in QuickBooks, it is checked again.

    A waiting one waits for the number of its invoice, until it is known which one that is.
    """

    __tablename__ = "watch"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(
        words("kind", *(kind.value for kind in WatchKind)), primary_key=True
    )
    # Compared with names and numbers of the books, so in their order (models/books.py).
    key: Mapped[str] = mapped_column(
        String(627).with_variant(String(627, collation="C"), "postgresql"), primary_key=True
    )
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True, index=True)


class Attempt(Base):
    """One handing-out of a payment, under a requestID of its own."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    request_id: Mapped[str] = mapped_column(String(50), unique=True)
    outcome: Mapped[str | None] = mapped_column(
        words("outcome", *(outcome.value for outcome in AttemptOutcome))
    )  # none while the answer is awaited
    status_code: Mapped[int | None]
    status_message: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_attempt_open",
            "payment_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )


class PaymentEvent(Base):
    """One move of a payment: the audit trail. Written once, never changed, never erased."""

    __tablename__ = "payment_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    from_status: Mapped[str | None] = mapped_column(status_words("from_status"))
    to_status: Mapped[str] = mapped_column(status_words("to_status"))
    by: Mapped[str] = mapped_column(String(100))  # "api", "cli", a person, or "session"
    note: Mapped[str | None] = mapped_column(Text)
    wc_session_id: Mapped[int | None] = mapped_column(ForeignKey("wc_session.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    amount_cents: Mapped[int | None] = mapped_column(Cents)  # as accepted, in the first event

    __table_args__ = (
        whole_cents("amount_cents"),
        # What moved in a session.
        Index(
            "ix_payment_event_moved",
            "wc_session_id",
            "payment_id",
            sqlite_where=text("wc_session_id IS NOT NULL"),
            postgresql_where=text("wc_session_id IS NOT NULL"),
        ),
        # What was refused in a session.
        Index(
            "ix_payment_event_refused",
            "wc_session_id",
            "payment_id",
            sqlite_where=text(REFUSED),
            postgresql_where=text(REFUSED),
        ),
    )


# Whoever would rewrite or erase the audit trail is refused by the database itself.
_REFUSE_SQLITE = """
CREATE TRIGGER payment_event_is_final BEFORE UPDATE ON payment_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is never rewritten'); END
"""
_KEEP_SQLITE = """
CREATE TRIGGER payment_event_is_kept BEFORE DELETE ON payment_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is never erased'); END
"""
_REFUSE_POSTGRES = """
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION 'the audit trail is never rewritten'
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_TRIGGER_POSTGRES = """
CREATE TRIGGER payment_event_is_final BEFORE UPDATE OR DELETE ON payment_event
FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()
"""
for _dialect, _statement in (
    ("sqlite", _REFUSE_SQLITE),
    ("sqlite", _KEEP_SQLITE),
    ("postgresql", _REFUSE_POSTGRES),
    ("postgresql", _TRIGGER_POSTGRES),
):
    _refusal = DDL(_statement)  # type: ignore[no-untyped-call] # SQLAlchemy's own
    event.listen(PaymentEvent.__table__, "after_create", _refusal.execute_if(dialect=_dialect))
