"""What a person picks from who settles a payment: open invoices, customers. Reads only."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, and_, or_, select

from models.base import AnyRow, among
from models.books import Customer, Invoice


def family(db: Connection, company_file_id: int, plain_name: str) -> Sequence[AnyRow]:
    """Read a customer by its own name as names are compared, and all its jobs: ListID, name."""
    return db.execute(
        select(Customer.list_id, Customer.full_name)
        .where(
            Customer.company_file_id == company_file_id,
            Customer.gone_wall.is_(None),
            or_(
                Customer.plain_name == plain_name,
                Customer.plain_name.startswith(f"{plain_name}:", autoescape=True),
            ),
        )
        .order_by(Customer.plain_name)
    ).all()


def customers(
    db: Connection, company_file_id: int, plain_text: str, *, limit: int
) -> Sequence[AnyRow]:
    """Read active customers whose full name holds a text, as names are compared."""
    return db.execute(
        select(Customer.list_id, Customer.full_name, Customer.balance_cents, Customer.currency)
        .where(
            Customer.company_file_id == company_file_id,
            Customer.gone_wall.is_(None),
            Customer.is_active,
            Customer.plain_name.contains(plain_text, autoescape=True),
        )
        .order_by(Customer.plain_name)
        .limit(limit)
    ).all()


def open_invoices(
    db: Connection,
    company_file_id: int,
    *,
    list_ids: Collection[str],
    limit: int,
) -> Sequence[AnyRow]:
    """Read the invoices of some customers on which something is due, oldest first."""
    is_customer = and_(
        Customer.company_file_id == Invoice.company_file_id,
        Customer.list_id == Invoice.customer_list_id,
    )
    return db.execute(
        select(
            Invoice.txn_id,
            Invoice.number,
            Invoice.txn_date,
            Invoice.total_cents,
            Invoice.balance_cents,
            Invoice.currency,
            Customer.full_name.label("customer_name"),
        )
        .join_from(Invoice, Customer, is_customer, isouter=True)
        .where(
            Invoice.company_file_id == company_file_id,
            among(Invoice.customer_list_id, list_ids),
            Invoice.deleted_wall.is_(None),
            Invoice.balance_cents > 0,
            ~Invoice.is_paid,
            ~Invoice.is_pending,
            ~Invoice.is_voided,
        )
        .order_by(Invoice.txn_date, Invoice.txn_id)
        .limit(limit)
    ).all()
