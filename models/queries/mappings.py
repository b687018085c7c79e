"""What the payment site calls customers and invoices: its ids, and the ListIDs and TxnIDs meant."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Executable,
    Select,
    Subquery,
    and_,
    cast,
    delete,
    func,
    select,
    text,
)

from models.base import AnyRow, among
from models.books import Customer, Invoice, SiteMapping
from models.engine import insert_into
from models.payment import NAMED_BY_SITE, Payment, PaymentApply
from models.statements import once
from sync_core.names import Meant


@once
def _resolve(company_file_id: int, meant: Meant, external_ids: Collection[str]) -> Executable:
    return select(SiteMapping.external_id, SiteMapping.quickbooks_id).where(
        SiteMapping.company_file_id == company_file_id,
        SiteMapping.meant == meant,
        among(SiteMapping.external_id, external_ids),
    )


def resolve(
    db: Connection, company_file_id: int, meant: Meant, external_ids: Collection[str]
) -> dict[str, str]:
    """Say what some of the site's ids mean; those that mean nothing yet are left out."""
    if not external_ids:
        return {}
    rows = db.execute(*_resolve(company_file_id, meant, external_ids))
    return {row.external_id: row.quickbooks_id for row in rows}


@once
def _names_of(company_file_id: int, meant: Meant, quickbooks_ids: Collection[str]) -> Executable:
    return (
        select(SiteMapping.quickbooks_id, SiteMapping.external_id)
        .where(
            SiteMapping.company_file_id == company_file_id,
            SiteMapping.meant == meant,
            among(SiteMapping.quickbooks_id, quickbooks_ids),
        )
        .order_by(SiteMapping.set_at, SiteMapping.external_id)
    )


def names_of(
    db: Connection, company_file_id: int, meant: Meant, quickbooks_ids: Collection[str]
) -> dict[str, str]:
    """Give the site's id of some entries; of several the one that was set last."""
    rows = db.execute(*_names_of(company_file_id, meant, quickbooks_ids))
    return {row.quickbooks_id: row.external_id for row in rows}


def put(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what the site's ids mean, in place of what they meant: all columns of SiteMapping."""
    if not rows:
        return
    added = insert_into(db, SiteMapping)
    key = ["company_file_id", "meant", "external_id"]
    changed = {name: added.excluded[name] for name in rows[0] if name not in key}
    db.execute(added.on_conflict_do_update(index_elements=key, set_=changed), rows)


@once
def _remove(company_file_id: int, meant: Meant, external_ids: Collection[str]) -> Executable:
    return delete(SiteMapping).where(
        SiteMapping.company_file_id == company_file_id,
        SiteMapping.meant == meant,
        among(SiteMapping.external_id, external_ids),
    )


def remove(
    db: Connection, company_file_id: int, meant: Meant, external_ids: Collection[str]
) -> None:
    """Forget what some of the site's ids mean."""
    if external_ids:
        db.execute(*_remove(company_file_id, meant, external_ids))


def page(
    db: Connection, company_file_id: int, meant: Meant, *, after: str, limit: int
) -> Sequence[AnyRow]:
    """Read the next mappings by the site's id: with the customer's `name` or the `number`."""
    table = Customer if meant is Meant.CUSTOMERS else Invoice
    key, name = (
        (Customer.list_id, Customer.full_name)
        if meant is Meant.CUSTOMERS
        else (Invoice.txn_id, Invoice.number)
    )
    is_entry = and_(
        table.company_file_id == SiteMapping.company_file_id, key == SiteMapping.quickbooks_id
    )
    return db.execute(
        select(
            SiteMapping.external_id,
            SiteMapping.quickbooks_id,
            SiteMapping.set_at,
            SiteMapping.set_by,
            name.label("name"),
        )
        .join_from(SiteMapping, table, is_entry, isouter=True)
        .where(
            SiteMapping.company_file_id == company_file_id,
            SiteMapping.meant == meant,
            SiteMapping.external_id > after,
        )
        .order_by(SiteMapping.external_id)
        .limit(limit)
    ).all()


def unmapped(
    db: Connection, company_file_id: int, meant: Meant, *, after: str, limit: int
) -> Sequence[AnyRow]:
    """Read the next of the site's ids that payments wait for and that mean nothing yet.

    `external_id`, and of the payments that wait or were rejected `payments` and `amount_cents`.
    """
    used = _used_by_customers if meant is Meant.CUSTOMERS else _used_by_invoices
    wanted = used(company_file_id).subquery()
    is_meant = SiteMapping.external_id == wanted.c.external_id
    return db.execute(
        _summed(wanted)
        .where(wanted.c.external_id > after, ~has(company_file_id, meant, is_meant))
        .group_by(wanted.c.external_id)
        .order_by(wanted.c.external_id)
        .limit(limit)
    ).all()


def has(company_file_id: int, meant: Meant, is_meant: ColumnElement[bool]) -> ColumnElement[bool]:
    """Ask for rows that have a mapping.

    With a limit it is looked up for each row, by its index. PostgreSQL would make a join of EXISTS,
    and while it has not counted the rows since a big import, compare each with each.
    """
    return (
        select(SiteMapping.external_id)
        .where(SiteMapping.company_file_id == company_file_id, SiteMapping.meant == meant, is_meant)
        .limit(1)
        .scalar_subquery()
        .is_not(None)
    )


def _used_by_customers(company_file_id: int) -> Select[*tuple[Any, ...]]:
    return select(
        Payment.customer_external_id.label("external_id"), Payment.amount_cents, Payment.id
    ).where(Payment.company_file_id == company_file_id, text(NAMED_BY_SITE))


def _used_by_invoices(company_file_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            PaymentApply.invoice_external_id.label("external_id"),
            PaymentApply.amount_cents,
            Payment.id,
        )
        .join(Payment, Payment.id == PaymentApply.payment_id)
        .where(
            Payment.company_file_id == company_file_id,
            Payment.status.in_(("queued", "rejected")),
            PaymentApply.invoice_external_id.is_not(None),
        )
    )


def _summed(wanted: Subquery) -> Select[*tuple[Any, ...]]:
    return select(
        wanted.c.external_id,
        func.count(wanted.c.id.distinct()).label("payments"),
        cast(func.sum(wanted.c.amount_cents), BigInteger).label("amount_cents"),
    )


@once
def _customers_called(company_file_id: int, plain_names: Collection[str]) -> Executable:
    return (
        select(Customer.list_id, Customer.full_name, Customer.plain_name, Customer.is_active)
        .where(
            Customer.company_file_id == company_file_id,
            among(Customer.plain_name, plain_names),
            Customer.gone_wall.is_(None),
        )
        .order_by(Customer.list_id)
    )


def customers_called(
    db: Connection, company_file_id: int, plain_names: Collection[str]
) -> Sequence[AnyRow]:
    """Read the customers of some full names that are in QuickBooks: ListID, names, whether active.

    `plain_names` are names as they are compared.
    """
    return db.execute(*_customers_called(company_file_id, plain_names)).all()


@once
def _invoices_called(company_file_id: int, plain_numbers: Collection[str]) -> Executable:
    return (
        select(Invoice.txn_id, Invoice.number, Invoice.plain_number, Invoice.customer_list_id)
        .where(
            Invoice.company_file_id == company_file_id,
            among(Invoice.plain_number, plain_numbers),
            Invoice.deleted_wall.is_(None),
        )
        .order_by(Invoice.txn_id)
    )


def invoices_called(
    db: Connection, company_file_id: int, plain_numbers: Collection[str]
) -> Sequence[AnyRow]:
    """Read the invoices of some numbers that are in QuickBooks: TxnID, number, customer's ListID.

    `plain_numbers` are numbers as they are compared.
    """
    return db.execute(*_invoices_called(company_file_id, plain_numbers)).all()


def known(
    db: Connection, company_file_id: int, meant: Meant, quickbooks_ids: Collection[str]
) -> set[str]:
    """Say which of some ListIDs or TxnIDs are in QuickBooks, as it was last told."""
    table = Customer if meant is Meant.CUSTOMERS else Invoice
    key, gone = (
        (Customer.list_id, Customer.gone_wall)
        if meant is Meant.CUSTOMERS
        else (Invoice.txn_id, Invoice.deleted_wall)
    )
    return set(
        db.execute(
            select(key).where(
                table.company_file_id == company_file_id, among(key, quickbooks_ids), gone.is_(None)
            )
        ).scalars()
    )
