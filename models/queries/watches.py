"""What rejected payments wait for, and which of them a change in QuickBooks concerns."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Select, and_, bindparam, delete, select

from models.base import among
from models.books import Customer, Invoice
from models.engine import insert_into
from models.payment import Watch
from models.statements import once
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import WatchKind


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let payments wait: `company_file_id`, `kind`, `key` and `payment_id`."""
    if rows:
        db.execute(insert_into(db, Watch).on_conflict_do_nothing(), rows)


def end(db: Connection, payment_ids: Collection[int] | Select[int]) -> None:
    """Let payments, or those that a statement selects, wait for nothing any more."""
    if isinstance(payment_ids, Select):
        db.execute(delete(Watch).where(Watch.payment_id.in_(payment_ids)))
    elif payment_ids:
        db.execute(delete(Watch).where(among(Watch.payment_id, payment_ids)))


def is_over(source: PaymentStatus, target: PaymentStatus) -> bool:
    """Say whether a payment waits for nothing any more that moves from one state to another.

    One that waited and is rejected still waits for numbers of which nobody knows what they mean.
    """
    if source is PaymentStatus.QUEUED:
        return target is not PaymentStatus.REJECTED
    return source is PaymentStatus.REJECTED


def end_of_numbers(db: Connection, known: Collection[tuple[int, str]]) -> None:
    """Let payments (by id) wait no more for numbers of which it is known what they mean."""
    if known:
        db.execute(
            delete(Watch).where(
                Watch.payment_id == bindparam("of_payment"),
                Watch.kind == WatchKind.NUMBER.value,
                Watch.key == bindparam("of_number"),
            ),
            [{"of_payment": number, "of_number": key} for number, key in sorted(known)],
        )


_WATCHED = (
    (Invoice.txn_id, WatchKind.INVOICE),
    (Invoice.plain_number, WatchKind.NUMBER),
    (Customer.list_id, WatchKind.CUSTOMER),
    (Customer.plain_name, WatchKind.NAME),
)


@cache
def _concerned(changed: Any, kind: WatchKind) -> Executable:
    table = changed.class_
    is_watched = and_(
        Watch.company_file_id == table.company_file_id,
        Watch.kind == kind.value,
        Watch.key == changed,
    )
    return (
        select(Watch.payment_id)
        .join_from(table, Watch, is_watched)
        .where(
            table.company_file_id == bindparam("of_company"),
            table.change_number > bindparam("since"),
        )
    )


def concerned(db: Connection, company_file_id: int, *, since: int) -> Sequence[int]:
    """List the payments (by id) that a change of an invoice or a customer concerns.

    `since` is the number of the company file's last change before. By the numbers of what changed,
    so that what waits costs nothing.
    """
    found: set[int] = set()
    for changed, kind in _WATCHED:
        of_company = {"of_company": company_file_id, "since": since}
        found.update(db.execute(_concerned(changed, kind), of_company).scalars())
    return sorted(found)


@once
def _keys(company_file_id: int, kind: WatchKind) -> Executable:
    return (
        select(Watch.key)
        .where(Watch.company_file_id == company_file_id, Watch.kind == kind)
        .distinct()
    )


def keys(db: Connection, company_file_id: int, kind: WatchKind) -> Sequence[str]:
    """List what rejected payments wait for, of a kind."""
    return db.execute(*_keys(company_file_id, kind)).scalars().all()


@once
def _named(company_file_id: int, kind: WatchKind, keys: Collection[str]) -> Executable:
    return (
        select(Watch.payment_id)
        .where(
            Watch.company_file_id == company_file_id,
            Watch.kind == kind,
            among(Watch.key, keys),
        )
        .order_by(Watch.payment_id)
    )


def named(
    db: Connection, company_file_id: int, kind: WatchKind, keys: Collection[str]
) -> Sequence[int]:
    """List the payments (by id) that wait for one of some keys, oldest first."""
    return db.execute(*_named(company_file_id, kind, keys)).scalars().all()
