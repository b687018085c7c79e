"""What is known of invoices by their number, and the questions about those that are not known."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, case, delete, select, update

from models.base import AnyRow, among
from models.books import Customer, Invoice, Reading
from models.company_file import CompanyFile
from models.engine import insert_into
from models.invoice_question import InvoiceQuestion
from models.wc_session import WcSession
from sync_core.reading import Listed

_OF_CUSTOMER = and_(
    Customer.company_file_id == Invoice.company_file_id,
    Customer.list_id == Invoice.customer_list_id,
)
_INVOICES = select(
    Invoice.txn_id,
    Invoice.number,
    Invoice.customer_list_id,
    Customer.full_name.label("customer_name"),
    Customer.is_active.label("is_customer_active"),
    Invoice.txn_date,
    Invoice.total_cents,
    Invoice.balance_cents,
    Invoice.is_paid,
    Invoice.is_pending,
    Invoice.is_voided,
    Invoice.is_hidden,
    Invoice.deleted_wall,
    Invoice.replaced_by,
).join_from(Invoice, Customer, _OF_CUSTOMER, isouter=True)


def customer(db: Connection, company_file_id: int, list_id: str) -> AnyRow | None:
    """Read a customer, one that is gone too."""
    return db.execute(
        select(Customer.list_id, Customer.full_name, Customer.is_active, Customer.gone_wall).where(
            Customer.company_file_id == company_file_id, Customer.list_id == list_id
        )
    ).first()


def invoices(
    db: Connection, company_file_id: int, plain_number: str, *, list_id: str, limit: int
) -> Sequence[AnyRow]:
    """Read the invoices with a number, deleted ones too; first those of the customer `list_id`."""
    is_own = case((Invoice.customer_list_id == list_id, 0), else_=1)
    return db.execute(
        _INVOICES.where(
            Invoice.company_file_id == company_file_id, Invoice.plain_number == plain_number
        )
        .order_by(is_own, Invoice.txn_date.desc(), Invoice.txn_id)
        .limit(limit)
    ).all()


def invoices_by_id(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> dict[str, AnyRow]:
    """Read invoices by TxnID."""
    rows = db.execute(
        _INVOICES.where(Invoice.company_file_id == company_file_id, among(Invoice.txn_id, txn_ids))
    )
    return {row.txn_id: row for row in rows}


def sync_from(db: Connection, company_file_id: int) -> date | None:
    """Read the Sync From Date."""
    return db.execute(
        select(CompanyFile.sync_from).where(CompanyFile.id == company_file_id)
    ).scalar_one()


def read_to_end_at(
    db: Connection, company_file_id: int, listed: Listed = Listed.INVOICES
) -> datetime | None:
    """Tell when a list, by itself that of invoices, was last read to its end; None for never.

    A reading that changed nothing is not always written down; the session still knows of it.
    """
    complete_at = db.execute(
        select(Reading.complete_at).where(
            Reading.company_file_id == company_file_id, Reading.listed == listed
        )
    ).scalar()
    lists = db.execute(
        select(WcSession.lists)
        .where(WcSession.company_file_id == company_file_id, WcSession.settled)
        .order_by(WcSession.id.desc())
        .limit(1)
    ).scalar()
    read = (lists or {}).get(listed, {})
    is_whole = read.get("left") == 0 and not read.get("given_up")
    began = datetime.fromisoformat(read["began"]) if is_whole and read.get("began") else None
    return max(filter(None, (complete_at, began)), default=None)


# Questions


def question(db: Connection, company_file_id: int, plain_number: str) -> AnyRow | None:
    """Read what QuickBooks was or will be asked for a number."""
    return db.execute(
        select(InvoiceQuestion.__table__).where(
            InvoiceQuestion.company_file_id == company_file_id,
            InvoiceQuestion.plain_number == plain_number,
        )
    ).first()


def ask(
    db: Connection,
    company_file_id: int,
    *,
    plain_number: str,
    number: str,
    now: datetime,
    unless_since: datetime,
) -> None:
    """Let the next sync ask for a number, unless it was asked for since a moment or waits already.

    What was answered before stays until it is answered anew.
    """
    asked = {"number": number, "asked_for_at": now, "sent_at": None}
    added = insert_into(db, InvoiceQuestion).values(
        company_file_id=company_file_id, plain_number=plain_number, found=[], **asked
    )
    db.execute(
        added.on_conflict_do_update(
            index_elements=["company_file_id", "plain_number"],
            set_=asked,
            where=InvoiceQuestion.sent_at <= unless_since,
        )
    )


def keep_newest(db: Connection, company_file_id: int, count: int) -> None:
    """Forget the oldest questions of a company."""
    kept = (
        select(InvoiceQuestion.plain_number)
        .where(InvoiceQuestion.company_file_id == company_file_id)
        .order_by(InvoiceQuestion.asked_for_at.desc(), InvoiceQuestion.plain_number)
        .limit(count)
    )
    db.execute(
        delete(InvoiceQuestion).where(
            InvoiceQuestion.company_file_id == company_file_id,
            InvoiceQuestion.plain_number.not_in(kept),
        )
    )


def open_questions(db: Connection, company_file_id: int, *, limit: int) -> Sequence[str]:
    """List the numbers that the next sync is to ask for, those that wait longest first."""
    return (
        db.execute(
            select(InvoiceQuestion.number)
            .where(
                InvoiceQuestion.company_file_id == company_file_id,
                InvoiceQuestion.sent_at.is_(None),
            )
            .order_by(InvoiceQuestion.asked_for_at)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def note_sent(
    db: Connection, company_file_id: int, plain_numbers: Collection[str], now: datetime
) -> None:
    """Note that QuickBooks is asked for numbers: whatever comes of it, it is not asked again."""
    db.execute(
        update(InvoiceQuestion)
        .where(
            InvoiceQuestion.company_file_id == company_file_id,
            among(InvoiceQuestion.plain_number, plain_numbers),
        )
        .values(sent_at=now)
    )


def answer(
    db: Connection,
    company_file_id: int,
    found: Mapping[str, Sequence[Mapping[str, Any]]],
    now: datetime,
) -> None:
    """Write what QuickBooks has under numbers, by plain number."""
    for plain_number, entries in found.items():
        db.execute(
            update(InvoiceQuestion)
            .where(
                InvoiceQuestion.company_file_id == company_file_id,
                InvoiceQuestion.plain_number == plain_number,
            )
            .values(answered_at=now, found=list(entries))
        )
