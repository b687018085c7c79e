"""The books as QuickBooks has told us of them.

Two lists that are read whole (payment methods, accounts), and what is read as it changes:
customers, invoices, credit memos, and what is set against what. Payments received are in `receipt`.
All moments are QuickBooks' wall clock. Besides: what the payment site calls them.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Cents, NoAtFirst, UtcDateTime, WallTime, whole_cents, words
from sync_core.names import Meant
from sync_core.reading import Listed

# How an invoice stands, of those that are shown: each is in one of these four. Literal, so that a
# statement with the same words is answered from the partial index.
SHOWN = "NOT is_hidden"
OPEN = "deleted_wall IS NULL AND NOT is_voided AND NOT is_paid AND NOT is_hidden"
PAID = "deleted_wall IS NULL AND NOT is_voided AND is_paid AND NOT is_hidden"
VOIDED = "deleted_wall IS NULL AND is_voided AND NOT is_hidden"
DELETED = "deleted_wall IS NOT NULL AND NOT is_hidden"
# The same of customers.
THERE = "gone_wall IS NULL"
GONE = "gone_wall IS NOT NULL"


def _compared(length: int) -> String:
    """Make a type for what is compared by: in the order of its characters on both databases.

    In another order PostgreSQL could not find what begins with something by an index.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class PaymentMethod(Base):
    """An entry of the Payment Method List, inactive ones included."""

    __tablename__ = "payment_method"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    list_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(31))
    is_active: Mapped[bool]
    type: Mapped[str | None] = mapped_column(String(31))


class Account(Base):
    """An account that payments touch: one to deposit to, or one of Accounts Receivable."""

    __tablename__ = "account"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    list_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    full_name: Mapped[str] = mapped_column(String(159))
    is_active: Mapped[bool]
    type: Mapped[str | None] = mapped_column(String(31))
    special_type: Mapped[str | None] = mapped_column(String(31))
    currency: Mapped[str | None] = mapped_column(String(64))  # its name, with multi-currency alone


class Reading(Base):
    """How far one of the lists was read to its end: what changed since is asked next."""

    __tablename__ = "reading"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    listed: Mapped[str] = mapped_column(
        words("listed", *(listed.value for listed in Listed)), primary_key=True
    )
    mark: Mapped[str | None] = mapped_column(WallTime)  # nothing older is unread
    since: Mapped[date | None]  # the Sync From Date it was read with
    complete_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # read to its end


class Customer(Base):
    """A customer or a job."""

    __tablename__ = "customer"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    list_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    change_number: Mapped[int] = mapped_column(BigId)  # of the company file's changes
    fingerprint: Mapped[str] = mapped_column(String(16))  # of all that was told of it
    edit_sequence: Mapped[str | None] = mapped_column(String(16))
    full_name: Mapped[str] = mapped_column(String(209))
    # As names are compared; a letter's other case may take three.
    plain_name: Mapped[str] = mapped_column(_compared(627), default="", server_default="")
    parent_list_id: Mapped[str | None] = mapped_column(String(36))
    is_active: Mapped[bool]
    balance_cents: Mapped[int | None] = mapped_column(Cents)  # its own, without its jobs
    currency: Mapped[str | None] = mapped_column(String(64))  # its name in QuickBooks
    gone_wall: Mapped[str | None] = mapped_column(WallTime)  # deleted, or merged into another
    seen_session_id: Mapped[int] = mapped_column(ForeignKey("wc_session.id"))  # that wrote it

    __table_args__ = (
        whole_cents("balance_cents"),
        Index("ix_customer_change_number", "company_file_id", "change_number", "list_id"),
        Index("ix_customer_plain_name", "company_file_id", "plain_name", "list_id"),
        Index(
            "ix_customer_there",
            "company_file_id",
            "is_active",
            "plain_name",
            "list_id",
            sqlite_where=text(THERE),
            postgresql_where=text(THERE),
        ),
        Index(
            "ix_customer_gone",
            "company_file_id",
            "plain_name",
            "list_id",
            sqlite_where=text(GONE),
            postgresql_where=text(GONE),
        ),
    )


class Invoice(Base):
    """An invoice, open or not, as long as it was ever seen."""

    __tablename__ = "invoice"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    change_number: Mapped[int] = mapped_column(BigId)  # of the company file's changes
    fingerprint: Mapped[str] = mapped_column(String(16))  # of all that was told of it
    edit_sequence: Mapped[str | None] = mapped_column(String(16))
    created_wall: Mapped[str | None] = mapped_column(WallTime)
    number: Mapped[str | None] = mapped_column(String(11))
    plain_number: Mapped[str | None] = mapped_column(_compared(33))  # as numbers are compared
    customer_list_id: Mapped[str | None] = mapped_column(String(36))
    ar_account_list_id: Mapped[str | None] = mapped_column(String(36))
    txn_date: Mapped[date | None]
    due_date: Mapped[date | None]
    total_cents: Mapped[int | None] = mapped_column(Cents)
    balance_cents: Mapped[int | None] = mapped_column(Cents)
    is_paid: Mapped[bool]
    is_pending: Mapped[bool]
    is_voided: Mapped[bool]
    currency: Mapped[str | None] = mapped_column(String(64))  # its name in QuickBooks
    deleted_wall: Mapped[str | None] = mapped_column(WallTime)
    replaced_by: Mapped[str | None] = mapped_column(String(36))  # TxnID of the one made anew
    is_hidden: Mapped[NoAtFirst]  # older than the Sync From Date, and no payment wants it
    seen_session_id: Mapped[int] = mapped_column(ForeignKey("wc_session.id"))  # that wrote it

    __table_args__ = (
        whole_cents("total_cents"),
        whole_cents("balance_cents"),
        Index("ix_invoice_change_number", "company_file_id", "change_number", "txn_id"),
        Index(
            "ix_invoice_shown",
            "company_file_id",
            "change_number",
            "txn_id",
            sqlite_where=text("is_hidden = 0"),
            postgresql_where=text("NOT is_hidden"),
        ),
        Index("ix_invoice_plain_number", "company_file_id", "plain_number"),
        Index("ix_invoice_customer_list_id", "company_file_id", "customer_list_id"),
        # By day, of one state each; what is open with its amounts, so that they are added up there.
        Index(
            "ix_invoice_open",
            "company_file_id",
            "txn_date",
            "txn_id",
            "balance_cents",
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        # By what an invoice is over, then by day. What is due on the open ones stands in theirs.
        Index(
            "ix_invoice_total",
            "company_file_id",
            "total_cents",
            "txn_date",
            "txn_id",
            sqlite_where=text("total_cents IS NOT NULL"),  # so that it serves nothing else
            postgresql_where=text("total_cents IS NOT NULL"),
        ),
        *(
            Index(
                f"ix_invoice_{name}",
                "company_file_id",
                "txn_date",
                "txn_id",
                sqlite_where=text(state),
                postgresql_where=text(state),
            )
            for name, state in (("paid", PAID), ("voided", VOIDED), ("deleted", DELETED))
        ),
    )


class CreditMemo(Base):
    """A credit memo, and what of it is left to be used."""

    __tablename__ = "credit_memo"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(16))  # of all that was told of it
    edit_sequence: Mapped[str | None] = mapped_column(String(16))
    number: Mapped[str | None] = mapped_column(String(11))
    customer_list_id: Mapped[str | None] = mapped_column(String(36))
    ar_account_list_id: Mapped[str | None] = mapped_column(String(36))
    txn_date: Mapped[date | None]
    total_cents: Mapped[int | None] = mapped_column(Cents)
    remaining_cents: Mapped[int | None] = mapped_column(Cents)
    deleted_wall: Mapped[str | None] = mapped_column(WallTime)
    seen_session_id: Mapped[int] = mapped_column(ForeignKey("wc_session.id"))  # that wrote it

    __table_args__ = (
        whole_cents("total_cents"),
        whole_cents("remaining_cents"),
        Index("ix_credit_memo_customer_list_id", "company_file_id", "customer_list_id"),
    )


class LinkedTxn(Base):
    """One thing that is set against an invoice, or that a payment or a credit is set against."""

    __tablename__ = "linked_txn"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(String(36), primary_key=True)  # of an invoice, ...
    position: Mapped[int] = mapped_column(primary_key=True)  # in QuickBooks' order
    other_txn_id: Mapped[str] = mapped_column(String(36))
    other_type: Mapped[str | None] = mapped_column(String(50))  # ReceivePayment, CreditMemo, ...
    other_number: Mapped[str | None] = mapped_column(String(20))
    other_date: Mapped[date | None]
    amount_cents: Mapped[int | None] = mapped_column(Cents)  # as QuickBooks signs it

    __table_args__ = (
        whole_cents("amount_cents"),
        Index("ix_linked_txn_other_txn_id", "company_file_id", "other_txn_id"),
    )


class Stale(Base):
    """A transaction that is to be asked for by its TxnID.

    Something else was told that must have changed it, or it was not told where it should have been.
    """

    __tablename__ = "stale"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    listed: Mapped[str] = mapped_column(words("listed", *(listed.value for listed in Listed)))


class SiteMapping(Base):
    """What a word of the payment site means in QuickBooks: a customer, an invoice, a method.

    One word means one entry; an entry may have several, as after a merge.
    """

    __tablename__ = "site_mapping"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    meant: Mapped[str] = mapped_column(
        words("meant", *(meant.value for meant in Meant)), primary_key=True
    )
    external_id: Mapped[str] = mapped_column(String(627), primary_key=True)
    quickbooks_id: Mapped[str] = mapped_column(String(36))  # ListID or TxnID
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by: Mapped[str] = mapped_column(String(100))

    __table_args__ = (
        Index("ix_site_mapping_quickbooks_id", "company_file_id", "meant", "quickbooks_id"),
    )
