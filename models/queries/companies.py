"""Company files, their installs and tokens as an administrator handles them.

How an install signs in and proves its books stands in `installs`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, delete, insert, select, update

from models.base import AnyRow
from models.company_file import ApiToken, CompanyFile, Install, SignInHold
from models.engine import insert_into
from models.queries import ledger
from models.statements import change_one, once

# Id for outsiders, label, created at, revoked at.
TokenRow = Row[str, str, datetime, datetime | None]


def add(db: Connection, row: Mapping[str, Any]) -> None:
    """Write a new company file."""
    db.execute(insert(CompanyFile).values(**row))


@once
def _every() -> Executable:
    return select(CompanyFile.__table__).order_by(CompanyFile.id)


def every(db: Connection) -> Sequence[AnyRow]:
    """Read all company files, oldest first."""
    return db.execute(*_every()).all()


@once
def _by_uuid(uuid: str) -> Executable:
    return select(CompanyFile.__table__).where(CompanyFile.uuid == uuid)


def by_uuid(db: Connection, uuid: str) -> AnyRow | None:
    """Read the company file that outsiders know by this id."""
    return db.execute(*_by_uuid(uuid)).first()


@once
def _one(company_file_id: int) -> Executable:
    return select(CompanyFile.__table__).where(CompanyFile.id == company_file_id)


def one(db: Connection, company_file_id: int) -> AnyRow:
    """Read a company file that is known to be there."""
    return db.execute(*_one(company_file_id)).one()


def change(db: Connection, company_file_id: int, values: Mapping[str, Any]) -> None:
    """Write settings of a company file."""
    db.execute(*change_one(CompanyFile, company_file_id, values))


def believe(db: Connection, company_file_id: int) -> bool:
    """Take a person's word that no PC is still at work from before our database was restored.

    False when nobody waits for it.
    """
    believed = db.execute(
        update(CompanyFile)
        .where(CompanyFile.id == company_file_id, CompanyFile.is_restored)
        .values(is_restored=False)
    )
    db.execute(
        update(Install)
        .where(Install.company_file_id == company_file_id, Install.may_hold)
        .values(may_hold=False)
    )
    return believed.rowcount == 1


@once
def _take_stock(company_file_id: int) -> Executable:
    return (
        update(CompanyFile)
        .where(CompanyFile.id == company_file_id, CompanyFile.books_doubted.is_not(None))
        .values(books_doubted=None, takes_stock=True, receipts_mark=None, deletions_mark=None)
    )


def take_stock(db: Connection, company_file_id: int) -> bool:
    """Take the company file as it is now for ours, if it is doubted; say whether it was.

    All that was read of another one is read anew, and what is not in this one is missing.
    """
    taken = db.execute(*_take_stock(company_file_id))
    if taken.rowcount == 1:
        ledger.read_again(db, company_file_id)
    return taken.rowcount == 1


def add_install(db: Connection, row: Mapping[str, Any]) -> bool:
    """Write a new install; False when its user name, or its id, is taken."""
    added = db.execute(
        insert_into(db, Install).values(**row).on_conflict_do_nothing().returning(Install.id)
    )
    return added.first() is not None


@once
def _installs(company_file_id: int) -> Executable:
    return (
        select(Install.__table__)
        .where(Install.company_file_id == company_file_id)
        .order_by(Install.id)
    )


def installs(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Read a company's installs, oldest first."""
    return db.execute(*_installs(company_file_id)).all()


@once
def _install_by_uuid(uuid: str) -> Executable:
    return (
        select(Install.__table__, CompanyFile.name.label("company_name"))
        .join_from(Install, CompanyFile, CompanyFile.id == Install.company_file_id)
        .where(Install.uuid == uuid)
    )


def install_by_uuid(db: Connection, uuid: str) -> AnyRow | None:
    """Read an install, with its company's name as `company_name`."""
    return db.execute(*_install_by_uuid(uuid)).first()


def change_install(db: Connection, install_id: int, values: Mapping[str, Any]) -> None:
    """Change an install."""
    db.execute(*change_one(Install, install_id, values))


@once
def _retire(install_id: int, now: datetime) -> Executable:
    return (
        update(Install)
        .where(Install.id == install_id, Install.retired_at.is_(None))
        .values(retired_at=now, password_hash=None, pairing_until=None)
    )


def retire(db: Connection, install_id: int, now: datetime) -> bool:
    """Shut an install out from now on; False when it was out already."""
    retired = db.execute(*_retire(install_id, now))
    return retired.rowcount == 1


@once
def _forgive_all(install_id: int) -> Executable:
    return delete(SignInHold).where(SignInHold.install_id == install_id)


def forgive_all(db: Connection, install_id: int) -> None:
    """Forget the wrong passwords typed for an install, from everywhere: it has a new one."""
    db.execute(*_forgive_all(install_id))


def add_token(db: Connection, row: Mapping[str, Any]) -> None:
    """Write a new token."""
    db.execute(insert(ApiToken).values(**row))


@once
def _tokens(company_file_id: int) -> Executable:
    return (
        select(ApiToken.uuid, ApiToken.label, ApiToken.created_at, ApiToken.revoked_at)
        .where(ApiToken.company_file_id == company_file_id)
        .order_by(ApiToken.id)
    )


def tokens(db: Connection, company_file_id: int) -> Sequence[TokenRow]:
    """Read a company's tokens, oldest first; the hashes stay where they are."""
    return db.execute(*_tokens(company_file_id)).all()


@once
def _token_by_hash(token_hash: str) -> Executable:
    return select(ApiToken.company_file_id, ApiToken.label).where(
        ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None)
    )


def token_by_hash(db: Connection, token_hash: str) -> Row[int, str] | None:
    """Read whose token this is, None for one that is unknown or revoked."""
    return db.execute(*_token_by_hash(token_hash)).first()


def revoke_token(db: Connection, uuid: str, now: datetime) -> bool:
    """Revoke a token, for good; False when there is none. Revoking twice keeps the first time."""
    found = db.execute(select(ApiToken.id).where(ApiToken.uuid == uuid)).scalar()
    db.execute(
        update(ApiToken)
        .where(ApiToken.id == found, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return found is not None
