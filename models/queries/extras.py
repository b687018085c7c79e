"""Receipts that are one too many, as a person sees them and decides about them.

How a session finds them and takes them out stands in `receipts`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select, update

from models.base import AnyRow
from models.payment import Payment
from models.receipt import ExtraReceipt, Receipt
from sync_core.extras import Kind, Resolution

# Id, TxnID.
ExtraOf = Row[int, str]


def page(
    db: Connection, company_file_id: int, *, before: int | None, limit: int
) -> Sequence[AnyRow]:
    """Read the open ones found last, those with a smaller id than `before`."""
    return db.execute(
        _shown()
        .where(
            ExtraReceipt.company_file_id == company_file_id,
            ExtraReceipt.resolved_at.is_(None),
            *(() if before is None else (ExtraReceipt.id < before,)),
        )
        .order_by(ExtraReceipt.id.desc())
        .limit(limit)
    ).all()


def one(db: Connection, company_file_id: int, txn_id: str) -> AnyRow | None:
    """Read one, open or not."""
    return db.execute(
        _shown().where(
            ExtraReceipt.company_file_id == company_file_id, ExtraReceipt.txn_id == txn_id
        )
    ).first()


def count_open(db: Connection, company_file_id: int) -> int:
    """Count the open ones of a company: while there are any, nothing is posted."""
    return db.execute(
        select(func.count()).where(
            ExtraReceipt.company_file_id == company_file_id, ExtraReceipt.resolved_at.is_(None)
        )
    ).scalar_one()


def of_payment(db: Connection, payment: AnyRow) -> Sequence[ExtraOf]:
    """List the open ones that stand for a payment a second time, oldest first."""
    return db.execute(
        select(ExtraReceipt.id, ExtraReceipt.txn_id)
        .where(
            ExtraReceipt.company_file_id == payment.company_file_id,
            ExtraReceipt.resolved_at.is_(None),
            ExtraReceipt.payment_id == payment.id,
            ExtraReceipt.kind == Kind.SECOND,
        )
        .order_by(ExtraReceipt.id)
    ).all()


def order(db: Connection, extra_id: int, *, by: str, note: str | None, now: datetime) -> bool:
    """Let the next session take one out; False when it is settled already."""
    return _change(db, extra_id, ordered_at=now, ordered_by=by, note=note, said=None)


def keep(db: Connection, extra_id: int, *, by: str, note: str | None, now: datetime) -> bool:
    """Settle one by the word that it is right; False when it is settled already."""
    return _change(
        db, extra_id, resolution=Resolution.KEPT, resolved_at=now, resolved_by=by, note=note
    )


def _change(db: Connection, extra_id: int, **values: Any) -> bool:
    changed = db.execute(
        update(ExtraReceipt)
        .where(ExtraReceipt.id == extra_id, ExtraReceipt.resolved_at.is_(None))
        .values(**values)
    )
    return changed.rowcount == 1


def _shown() -> Select[*tuple[Any, ...]]:
    """Read them with the payment that is known here, and the receipt as QuickBooks told it."""
    told = and_(
        Receipt.company_file_id == ExtraReceipt.company_file_id,
        Receipt.txn_id == ExtraReceipt.txn_id,
    )
    return (
        select(
            ExtraReceipt.__table__,
            Payment.external_id,
            Payment.reference.label("payment_reference"),
            Receipt.txn_date,
            Receipt.total_cents,
            Receipt.reference,
            Receipt.customer_name,
        )
        .join_from(ExtraReceipt, Payment, Payment.id == ExtraReceipt.payment_id, isouter=True)
        .join(Receipt, told, isouter=True)
    )
