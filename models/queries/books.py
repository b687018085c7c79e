"""QuickBooks' lists, as told: replaced whole, read whole. They are short."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, String, delete, literal, null, select, union_all

from models.base import Base, among
from models.books import Account, PaymentMethod
from models.engine import insert_into
from models.statements import once
from sync_core.methods import Method

# The name by which QuickBooks sets the account up; a company may have renamed it, and then the
# special type still tells.
UNDEPOSITED_FUNDS = "Undeposited Funds"
# The kinds of accounts that payments are deposited to, in QuickBooks' words.
DEPOSIT_TYPES = ("Bank", "OtherCurrentAsset")


def replace(
    db: Connection,
    company_file_id: int,
    methods: Sequence[Method],
    accounts: Sequence[Mapping[str, Any]],
) -> bool:
    """Write the Payment Method List and the accounts as told; say whether the methods are news."""
    known_methods, known_accounts = _known(db, company_file_id)
    if known_accounts != {account["list_id"]: dict(account) for account in accounts}:
        db.execute(delete(Account).where(Account.company_file_id == company_file_id))
        _add(db, Account, company_file_id, accounts)
    if known_methods == {method.list_id: method for method in methods}:
        return False
    db.execute(delete(PaymentMethod).where(PaymentMethod.company_file_id == company_file_id))
    add_methods(db, company_file_id, methods)
    return True


# What is told of an account.
_TOLD = ("list_id", "full_name", "is_active", "type", "special_type", "currency")


@once
def _both(company_file_id: int) -> Executable:
    method, account = PaymentMethod.__table__.c, Account.__table__.c
    return union_all(
        select(literal("account").label("kind"), *(account[name] for name in _TOLD)).where(
            account.company_file_id == company_file_id
        ),
        select(
            literal("method"),
            *(method.list_id, method.name, method.is_active, method.type, null(), null()),
        ).where(method.company_file_id == company_file_id),
    )


def _known(
    db: Connection, company_file_id: int
) -> tuple[dict[str, Method], dict[str, dict[str, Any]]]:
    """Read both lists by ListID, the accounts as they are told."""
    rows = db.execute(*_both(company_file_id)).all()
    methods = {
        row.list_id: Method(
            list_id=row.list_id, name=row.full_name, is_active=row.is_active, type=row.type
        )
        for row in rows
        if row.kind == "method"
    }
    accounts = {
        row.list_id: {name: getattr(row, name) for name in _TOLD}
        for row in rows
        if row.kind == "account"
    }
    return methods, accounts


def add_methods(db: Connection, company_file_id: int, methods: Sequence[Method]) -> None:
    """Write entries that QuickBooks has just added."""
    told = [
        {
            "list_id": method.list_id,
            "name": method.name,
            "is_active": method.is_active,
            "type": method.type,
        }
        for method in methods
    ]
    _add(db, PaymentMethod, company_file_id, told)


@once
def _methods_of(company_file_id: int) -> Executable:
    table = PaymentMethod.__table__.c
    return (
        select(table.list_id, table.name, table.is_active, table.type)
        .where(table.company_file_id == company_file_id)
        .order_by(table.name)
    )


def methods_of(db: Connection, company_file_id: int) -> list[Method]:
    """Read the Payment Method List."""
    rows = db.execute(*_methods_of(company_file_id))
    return [Method(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


@once
def _undeposited_funds(company_file_id: int) -> Executable:
    return select(Account.list_id).where(
        Account.company_file_id == company_file_id,
        Account.special_type == "UndepositedFunds",
    )


def undeposited_funds(db: Connection, company_file_id: int) -> str | None:
    """Give the ListID of the account in which payments wait for their deposit."""
    return db.execute(*_undeposited_funds(company_file_id)).scalar()


@once
def _account_names(company_file_id: int, list_ids: Collection[str]) -> Executable:
    return select(Account.list_id, Account.full_name).where(
        Account.company_file_id == company_file_id, among(Account.list_id, list_ids)
    )


def account_names(
    db: Connection, company_file_id: int, list_ids: Collection[str]
) -> dict[str, str]:
    """Give the full names of some accounts by ListID."""
    rows = db.execute(*_account_names(company_file_id, list_ids))
    return {row.list_id: row.full_name for row in rows}


@once
def _receivables(company_file_id: int) -> Executable:
    return select(Account.list_id, Account.currency).where(
        Account.company_file_id == company_file_id,
        Account.type == "AccountsReceivable",
        Account.is_active,
        Account.currency.is_not(None),
    )


def receivables(db: Connection, company_file_id: int) -> dict[str, str]:
    """Give the A/R accounts by the name of their currency, where a currency has one alone."""
    found: dict[str, list[str]] = {}
    for row in db.execute(*_receivables(company_file_id)):
        found.setdefault(row.currency, []).append(row.list_id)
    return {name: list_ids[0] for name, list_ids in found.items() if len(list_ids) == 1}


@once
def _has_account(company_file_id: int) -> Executable:
    return select(Account.full_name).where(
        Account.company_file_id == company_file_id,
        Account.is_active,
        Account.type.in_(DEPOSIT_TYPES),
    )


def has_account(db: Connection, company_file_id: int, full_name: str) -> bool:
    """Say whether there is an active account of this name to deposit to, whatever the case."""
    names = db.execute(*_has_account(company_file_id)).scalars()
    return full_name.casefold() in {name.casefold() for name in names}


def _add(
    db: Connection, table: type[Base], company_file_id: int, told: Sequence[Mapping[str, Any]]
) -> None:
    """Add entries. One that breaks QuickBooks' own limits was garbled on its way: passed over."""
    widths = {
        column.name: column.type.length or 0
        for column in table.__table__.c
        if isinstance(column.type, String)
    }
    rows = [
        {"company_file_id": company_file_id, **entry}
        for entry in told
        if all(len(entry[name] or "") <= width for name, width in widths.items())
    ]
    if rows:
        db.execute(insert_into(db, table).on_conflict_do_nothing(), rows)
