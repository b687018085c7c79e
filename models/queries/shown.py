"""Customers and invoices in the order in which they changed, for whoever follows them.

Each transaction that changes any takes one number from a counter of the company file and holds it
until it ends, so whoever has read up to a number has missed none. What changes while somebody reads
comes again behind, as it is then.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, select, tuple_

from models.base import AnyRow
from models.books import Customer, Invoice

# Behind which change number and id a page begins.
After = tuple[int, str]

_INVOICE = (
    *(Invoice.txn_id, Invoice.change_number, Invoice.number, Invoice.customer_list_id),
    *(Invoice.txn_date, Invoice.due_date, Invoice.total_cents, Invoice.balance_cents),
    *(Invoice.is_paid, Invoice.is_pending, Invoice.is_voided, Invoice.deleted_wall),
    *(Invoice.is_hidden, Invoice.replaced_by, Invoice.currency),
    Customer.full_name.label("customer_name"),
)
_CUSTOMER = (
    *(Customer.list_id, Customer.change_number, Customer.full_name, Customer.is_active),
    *(Customer.parent_list_id, Customer.balance_cents, Customer.currency, Customer.gone_wall),
)
_IS_CUSTOMER = and_(
    Customer.company_file_id == Invoice.company_file_id,
    Customer.list_id == Invoice.customer_list_id,
)


def invoices(
    db: Connection, company_file_id: int, *, after: After, with_hidden: bool, limit: int
) -> Sequence[AnyRow]:
    """Read the next invoices in the order of their change; those hidden only if wanted."""
    return db.execute(
        select(*_INVOICE)
        .join_from(Invoice, Customer, _IS_CUSTOMER, isouter=True)
        .where(
            Invoice.company_file_id == company_file_id,
            tuple_(Invoice.change_number, Invoice.txn_id) > after,
            *(() if with_hidden else (~Invoice.is_hidden,)),
        )
        .order_by(Invoice.change_number, Invoice.txn_id)
        .limit(limit)
    ).all()


def invoices_of(
    db: Connection,
    company_file_id: int,
    *,
    plain_number: str | None,
    customer_list_id: str | None,
    after: str,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the next invoices of a number, or of a customer, by TxnID."""
    return db.execute(
        select(*_INVOICE)
        .join_from(Invoice, Customer, _IS_CUSTOMER, isouter=True)
        .where(
            Invoice.company_file_id == company_file_id,
            *(() if plain_number is None else (Invoice.plain_number == plain_number,)),
            *(() if customer_list_id is None else (Invoice.customer_list_id == customer_list_id,)),
            Invoice.txn_id > after,
            ~Invoice.is_hidden,
        )
        .order_by(Invoice.txn_id)
        .limit(limit)
    ).all()


def all_invoices(
    db: Connection, company_file_id: int, *, after: str, limit: int
) -> Sequence[AnyRow]:
    """Read the next invoices by TxnID, so that each is told once whatever changes meanwhile."""
    return invoices_of(
        db,
        company_file_id,
        plain_number=None,
        customer_list_id=None,
        after=after,
        limit=limit,
    )


def customers(
    db: Connection, company_file_id: int, *, after: After, limit: int
) -> Sequence[AnyRow]:
    """Read the next customers in the order of their change."""
    return db.execute(
        select(*_CUSTOMER)
        .where(
            Customer.company_file_id == company_file_id,
            tuple_(Customer.change_number, Customer.list_id) > after,
        )
        .order_by(Customer.change_number, Customer.list_id)
        .limit(limit)
    ).all()


def all_customers(
    db: Connection, company_file_id: int, *, after: str, limit: int
) -> Sequence[AnyRow]:
    """Read the next customers by ListID, so that each is told once whatever changes meanwhile."""
    return db.execute(
        select(*_CUSTOMER)
        .where(Customer.company_file_id == company_file_id, Customer.list_id > after)
        .order_by(Customer.list_id)
        .limit(limit)
    ).all()
