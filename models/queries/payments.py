"""Payments as the payment site sees them: taking them in, showing them, a person's moves.

What a session does with them stands in `outbox`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, union_all, update

from models.base import AnyRow
from models.company_file import CompanyFile
from models.payment import Payment, PaymentApply, PaymentEvent
from models.queries.outbox import in_status
from sync_core.lifecycle import Mover, PaymentStatus, check_move

# Payment id, at, from and to status, by, note.
Event = Row[int, datetime, str | None, str, str, str | None]


def take_turn(db: Connection, company_file_id: int) -> Row[str, str]:
    """Read what identities are made from, and be the only intake until the transaction ends.

    So two lists with the same payments neither meet nor wait for each other crosswise. PostgreSQL
    locks the company's row, SQLite has one writer anyway.
    """
    return db.execute(
        select(CompanyFile.uuid, CompanyFile.reference_prefix)
        .where(CompanyFile.id == company_file_id)
        .with_for_update(key_share=True)
    ).one()


def known(db: Connection, company_file_id: int, external_ids: Collection[str]) -> dict[str, AnyRow]:
    """Read the payments that are already there, by external id."""
    rows = db.execute(
        select(Payment.__table__).where(
            Payment.company_file_id == company_file_id, Payment.external_id.in_(external_ids)
        )
    )
    return {row.external_id: row for row in rows}


def references(db: Connection, company_file_id: int, wanted: Collection[str]) -> dict[str, str]:
    """Say which of some references are taken, and by which external id."""
    rows = db.execute(
        select(Payment.reference, Payment.external_id).where(
            Payment.company_file_id == company_file_id, Payment.reference.in_(wanted)
        )
    )
    return {row.reference: row.external_id for row in rows}


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Write new payments, all queued; give their ids by external id."""
    check_move(None, PaymentStatus.QUEUED, Mover.INTAKE)
    added = db.execute(
        insert(Payment).returning(Payment.id, Payment.external_id),
        [{**row, "status": PaymentStatus.QUEUED, "attempt_count": 0} for row in rows],
    )
    return {row.external_id: row.id for row in added}


def add_parts(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what payments are applied to, each a mapping of PaymentApply's columns."""
    if rows:
        db.execute(insert(PaymentApply), rows)


def look_alikes(
    db: Connection,
    company_file_id: int,
    new: Sequence[Mapping[str, Any]],
    *,
    before: int,
    since: date,
    until: date,
    limit: int,
) -> Sequence[AnyRow]:
    """Read payments that may be like some new ones: newest first, at most `limit`.

    They have the customer of one, the amount of one, were received in the span, are not dismissed
    and have a smaller id than `before`. The caller compares pair by pair.
    """
    customers = [
        column.in_(names)
        for column in (
            Payment.customer_list_id,
            Payment.customer_name,
            Payment.customer_external_id,
        )
        if (names := {row[column.key] for row in new} - {None})
    ]
    return db.execute(
        select(Payment.__table__)
        .where(
            Payment.company_file_id == company_file_id,
            Payment.amount_cents.in_({row["amount_cents"] for row in new}),
            Payment.received_on.between(since, until),
            or_(*customers),
            Payment.status != PaymentStatus.DISMISSED,
            Payment.id < before,
        )
        .order_by(Payment.id.desc())
        .limit(limit)
    ).all()


def one(db: Connection, company_file_id: int, external_id: str) -> AnyRow | None:
    """Read a payment, hidden or not."""
    return known(db, company_file_id, [external_id]).get(external_id)


def page(
    db: Connection,
    company_file_id: int,
    statuses: Iterable[PaymentStatus],
    *,
    before: int | None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the newest payments in some states, those with a smaller id than `before`.

    Hidden ones are left out. Each state is a range of the index that ends after `limit` rows, so
    the cost does not depend on how many payments there are.
    """
    newest = union_all(
        *(
            select(
                select(Payment.id)
                .where(
                    Payment.company_file_id == company_file_id,
                    in_status(status),
                    Payment.hidden_at.is_(None),
                    *(() if before is None else (Payment.id < before,)),
                )
                .order_by(Payment.id.desc())
                .limit(limit)
                .subquery()
            )
            for status in statuses
        )
    ).subquery()
    ids = db.execute(select(newest.c.id).order_by(newest.c.id.desc()).limit(limit)).scalars()
    return db.execute(
        select(Payment.__table__).where(Payment.id.in_(ids.all())).order_by(Payment.id.desc())
    ).all()


def events(db: Connection, payment_ids: Sequence[int]) -> dict[int, list[Event]]:
    """Read the audit trail of payments, oldest first."""
    rows = db.execute(
        select(
            PaymentEvent.payment_id,
            PaymentEvent.at,
            PaymentEvent.from_status,
            PaymentEvent.to_status,
            PaymentEvent.by,
            PaymentEvent.note,
        )
        .where(PaymentEvent.payment_id.in_(payment_ids))
        .order_by(PaymentEvent.id)
    )
    found: dict[int, list[Event]] = {payment_id: [] for payment_id in payment_ids}
    for row in rows:
        found[row.payment_id].append(row)
    return found


def dismiss(
    db: Connection,
    payment: AnyRow,
    *,
    now: datetime,
    **facts: Any,
) -> bool:
    """Dismiss a payment by a person's word; False when it has moved since it was read.

    A payment that was handed out since is another one: QuickBooks may have it.
    """
    source = PaymentStatus(payment.status)
    check_move(source, PaymentStatus.DISMISSED, Mover.PERSON)
    moved = db.execute(
        update(Payment)
        .where(
            Payment.id == payment.id,
            in_status(source),
            Payment.attempt_count == payment.attempt_count,
        )
        .values(status=PaymentStatus.DISMISSED, changed_at=now, **facts)
    )
    return moved.rowcount == 1


def hide(db: Connection, payment: AnyRow, *, now: datetime) -> bool:
    """Hide a payment from lists, in the state in which it was read; False when it has moved."""
    hidden = db.execute(
        update(Payment)
        .where(
            Payment.id == payment.id,
            in_status(PaymentStatus(payment.status)),
            Payment.hidden_at.is_(None),
        )
        .values(hidden_at=now)
    )
    return hidden.rowcount == 1
