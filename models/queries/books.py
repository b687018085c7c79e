"""QuickBooks' lists, as told: replaced whole, read whole. They are short."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from models.books import Account, PaymentMethod
from sync_core.methods import Method

# The name by which QuickBooks sets the account up; a company may have renamed it, and then the
# special type still tells.
UNDEPOSITED_FUNDS = "Undeposited Funds"


def replace_methods(db: Connection, company_file_id: int, methods: Sequence[Method]) -> None:
    """Write the Payment Method List as told."""
    db.execute(delete(PaymentMethod).where(PaymentMethod.company_file_id == company_file_id))
    add_methods(db, company_file_id, methods)


def add_methods(db: Connection, company_file_id: int, methods: Sequence[Method]) -> None:
    """Write entries that QuickBooks has just added."""
    if methods:
        rows = [
            {
                "company_file_id": company_file_id,
                "list_id": method.list_id,
                "name": method.name,
                "is_active": method.is_active,
                "type": method.type,
            }
            for method in methods
        ]
        db.execute(insert(PaymentMethod), rows)


def methods(db: Connection, company_file_id: int) -> list[Method]:
    """Read the Payment Method List."""
    table = PaymentMethod.__table__.c
    rows = db.execute(
        select(table.list_id, table.name, table.is_active, table.type)
        .where(table.company_file_id == company_file_id)
        .order_by(table.name)
    )
    return [Method(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def replace_accounts(
    db: Connection, company_file_id: int, accounts: Sequence[Mapping[str, Any]]
) -> None:
    """Write the accounts as told."""
    db.execute(delete(Account).where(Account.company_file_id == company_file_id))
    if accounts:
        rows = [{"company_file_id": company_file_id, **account} for account in accounts]
        db.execute(insert(Account), rows)


def undeposited_funds(db: Connection, company_file_id: int) -> str | None:
    """Give the ListID of the account in which payments wait for their deposit."""
    return db.execute(
        select(Account.list_id).where(
            Account.company_file_id == company_file_id,
            Account.special_type == "UndepositedFunds",
        )
    ).scalar()
