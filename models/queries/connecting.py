"""How far the PCs of a company file are connected; the company files as a list. Reads only."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, text

from models.base import AnyRow, among
from models.books import OPEN, THERE, Account, Customer, Invoice
from models.company_file import CompanyFile, Install, Place, SignInHold
from models.queries.books import DEPOSIT_TYPES
from models.queries.installs import is_last_place
from models.wc_session import IS_OVER, WcSession

# A PC reports a place for each company file, name and path it opened; most have one.
PLACES_MAX = 200


def places(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Read the places of a company file, the one that was seen last first."""
    return db.execute(
        select(Place.__table__)
        .where(Place.company_file_id == company_file_id)
        .order_by(Place.last_seen_at.desc(), Place.id.desc())
        .limit(PLACES_MAX)
    ).all()


def wrong_since(db: Connection, install_ids: Collection[int]) -> dict[int, datetime]:
    """Read when wrong passwords were typed for installs, as far as no right one came since."""
    rows = db.execute(
        select(SignInHold.install_id, func.max(SignInHold.not_before))
        .where(among(SignInHold.install_id, install_ids))
        .group_by(SignInHold.install_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def last_syncs(db: Connection, company_file_id: int) -> dict[int, AnyRow]:
    """Read the last session of each install that is over."""
    last = (
        select(func.max(WcSession.id))
        .where(WcSession.install_id == Install.id, text(IS_OVER))
        .correlate(Install)
        .scalar_subquery()
    )
    rows = db.execute(
        select(
            WcSession.install_id,
            WcSession.message,
            WcSession.trouble,
            WcSession.trouble_variant,
            WcSession.trouble_facts,
            WcSession.company_known,
            WcSession.qbxml_version,
        )
        .join_from(Install, WcSession, WcSession.id == last)
        .where(Install.company_file_id == company_file_id)
    ).all()
    return {row.install_id: row for row in rows}


def read_so_far(db: Connection, company_file_id: int) -> tuple[int, int]:
    """Count the customers and the open invoices that were read."""
    customers = select(func.count()).where(Customer.company_file_id == company_file_id, text(THERE))
    invoices = select(func.count()).where(Invoice.company_file_id == company_file_id, text(OPEN))
    row = db.execute(select(customers.scalar_subquery(), invoices.scalar_subquery())).one()
    return int(row[0]), int(row[1])


def deposit_accounts(db: Connection, company_file_id: int) -> list[str]:
    """List the accounts that payments may be deposited to, by full name."""
    return list(
        db.execute(
            select(Account.full_name)
            .where(
                Account.company_file_id == company_file_id,
                Account.is_active,
                Account.type.in_(DEPOSIT_TYPES),
            )
            .order_by(Account.full_name)
        ).scalars()
    )


def company_page(
    db: Connection,
    companies: frozenset[int] | None,
    *,
    search: str,
    after: int,
    limit: int,
) -> Sequence[AnyRow]:
    """Read company files behind an id with how far each is connected; None: of all."""
    in_use = (Install.company_file_id == CompanyFile.id, Install.retired_at.is_(None))
    asked = (Place.company_file_id == CompanyFile.id, Place.denied_at.is_(None))
    return db.execute(
        select(
            CompanyFile.id,
            CompanyFile.uuid,
            CompanyFile.name,
            CompanyFile.paused,
            CompanyFile.books_doubted,
            CompanyFile.is_restored,
            CompanyFile.sync_from,
            select(func.count()).where(*in_use).scalar_subquery().label("pcs"),
            select(func.max(Install.last_called_at))
            .where(*in_use)
            .scalar_subquery()
            .label("last_called_at"),
            select(Place.id)
            .where(*asked, Place.confirmed_at.is_not(None))
            .exists()
            .label("is_connected"),
            select(Place.id)
            .join_from(Place, Install, Install.id == Place.install_id)
            .where(
                *asked,
                Place.confirmed_at.is_(None),
                Install.retired_at.is_(None),
                is_last_place(),
            )
            .correlate(CompanyFile)
            .exists()
            .label("asks"),
        )
        .where(CompanyFile.id > after, *_wanted(companies, search))
        .order_by(CompanyFile.id)
        .limit(limit)
    ).all()


def company_counts(db: Connection, companies: frozenset[int] | None) -> tuple[int, int]:
    """Count the company files, and those of them that are connected; None: of all."""
    connected = (
        select(Place.id)
        .where(Place.company_file_id == CompanyFile.id, Place.confirmed_at.is_not(None))
        .exists()
    )
    row = db.execute(
        select(func.count(), func.count().filter(connected))
        .select_from(CompanyFile)
        .where(*_wanted(companies, ""))
    ).one()
    return int(row[0]), int(row[1])


def _wanted(companies: frozenset[int] | None, search: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if companies is not None:
        wanted.append(among(CompanyFile.id, companies))
    if search:
        wanted.append(func.lower(CompanyFile.name).contains(search.lower(), autoescape=True))
    return wanted
