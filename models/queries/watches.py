"""What rejected payments wait for, and which of them a change in QuickBooks concerns."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, literal_column, select

from models.base import among
from models.books import Customer, Invoice
from models.engine import insert_into
from models.payment import Payment, Watch
from sync_core.rejection import WatchKind

_REJECTED = Payment.status == literal_column("'rejected'")


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let payments wait: `company_file_id`, `kind`, `key` and `payment_id`."""
    if rows:
        db.execute(insert_into(db, Watch).on_conflict_do_nothing(), rows)


def end(db: Connection, payment_ids: Collection[int]) -> None:
    """Let payments wait for nothing any more."""
    if payment_ids:
        db.execute(delete(Watch).where(among(Watch.payment_id, payment_ids)))


def concerned(
    db: Connection, company_file_id: int, *, since: int, limit: int
) -> Sequence[tuple[int, str]]:
    """List the rejected payments that a change of an invoice or a customer concerns, with the kind.

    `since` is the number of the company file's last change before. By the numbers of what changed,
    so that what waits costs nothing.
    """
    found: dict[int, str] = {}
    for table, changed, kinds in (
        (Invoice, Invoice.txn_id, (WatchKind.INVOICE,)),
        (Invoice, Invoice.plain_number, (WatchKind.NUMBER,)),
        (Customer, Customer.list_id, (WatchKind.CUSTOMER,)),
        (Customer, Customer.plain_name, (WatchKind.NAME,)),
    ):
        rows = db.execute(
            select(Watch.payment_id, Watch.kind)
            .join_from(
                table,
                Watch,
                and_(
                    Watch.company_file_id == table.company_file_id,
                    Watch.kind.in_(kinds),
                    Watch.key == changed,
                ),
            )
            .join(Payment, Payment.id == Watch.payment_id)
            .where(
                table.company_file_id == company_file_id, table.change_number > since, _REJECTED
            )
            .order_by(Watch.payment_id)
            .limit(limit)
        )
        found |= {row.payment_id: row.kind for row in rows}
    return list(found.items())


def named(
    db: Connection, company_file_id: int, kind: WatchKind, keys: Collection[str] | None = None
) -> Sequence[int]:
    """List the rejected payments that wait for one of some keys, or for any of a kind."""
    return (
        db.execute(
            select(Watch.payment_id)
            .join(Payment, Payment.id == Watch.payment_id)
            .where(
                Watch.company_file_id == company_file_id,
                Watch.kind == kind,
                *(() if keys is None else (among(Watch.key, keys),)),
                _REJECTED,
            )
            .order_by(Watch.payment_id)
        )
        .scalars()
        .all()
    )
