"""What keeps the syncs of a company file from getting through, as it stands now. Reads only.

Each is found by an index, however long the history: a session keeps what it continues.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, text
from sqlalchemy.orm import aliased

from models.base import AnyRow
from models.company_file import CompanyFile, Install, Place, SignInHold
from models.payment import Payment
from models.receipt import ExtraReceipt, Receipt
from models.wc_session import IS_OVER, WcSession


def installs(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Read the installs of a company file, each with how its last sync ended; oldest first."""
    over = aliased(WcSession)
    last = (
        select(func.max(over.id))
        .where(over.install_id == Install.id, text(IS_OVER))
        .correlate(Install)
        .scalar_subquery()
    )
    other = aliased(Install)
    is_other = and_(other.id == Install.turned_away_by, other.id != Install.id)
    return db.execute(
        select(
            Install.id,
            Install.uuid,
            Install.label,
            Install.is_primary,
            Install.run_every_minutes,
            Install.last_called_at,
            Install.retired_at,
            Install.turned_away,
            Install.turned_away_since,
            other.label.label("turned_away_by"),
            CompanyFile.name.label("company_name"),
            CompanyFile.country,
            CompanyFile.paused,
            CompanyFile.books_doubted,
            WcSession.ended_at,
            WcSession.last_heard_at,
            WcSession.opened_at,
            WcSession.qbxml_version,
            WcSession.trouble,
            WcSession.trouble_variant,
            WcSession.trouble_facts,
            WcSession.failed_in_row,
            WcSession.trouble_times,
            WcSession.trouble_since,
        )
        .join_from(Install, CompanyFile, CompanyFile.id == Install.company_file_id)
        .join(other, is_other, isouter=True)
        .join(WcSession, WcSession.id == last, isouter=True)
        .where(Install.company_file_id == company_file_id)
        .order_by(Install.id)
    ).all()


def wrong_passwords(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Count wrong passwords by install, with the first and the last moment."""
    return db.execute(
        select(
            SignInHold.install_id,
            func.sum(SignInHold.failures).label("times"),
            func.min(SignInHold.first_at).label("first_at"),
            func.max(SignInHold.last_at).label("last_at"),
        )
        .join_from(Install, SignInHold, SignInHold.install_id == Install.id)
        .where(Install.company_file_id == company_file_id)
        .group_by(SignInHold.install_id)
    ).all()


def places(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Read from where each install last opened the company file: confirmed, and what waits."""
    latest = aliased(Place)

    def last_of(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        last = (
            select(latest.id)
            .where(latest.install_id == Install.id, *where)
            .order_by(latest.last_seen_at.desc(), latest.id.desc())
            .limit(1)
            .correlate(Install)
            .scalar_subquery()
        )
        return (
            select(
                Place.id,
                Place.install_id,
                Place.company_name,
                Place.path,
                Place.first_seen_at,
                Place.last_seen_at,
                Place.confirmed_at,
            )
            .join_from(Install, Place, Place.id == last)
            .where(Install.company_file_id == company_file_id)
        )

    is_confirmed = last_of(latest.confirmed_at.is_not(None))
    waits = last_of(latest.confirmed_at.is_(None), latest.denied_at.is_(None))
    return db.execute(is_confirmed.union_all(waits)).all()


def last_of_kind(db: Connection, company_file_id: int, kind: str) -> AnyRow | None:
    """Read the last sync of a company file that ended with a kind of trouble."""
    return db.execute(
        select(
            WcSession.install_id,
            WcSession.trouble_times,
            WcSession.trouble_since,
        )
        .where(WcSession.company_file_id == company_file_id, WcSession.trouble == kind)
        .order_by(WcSession.id.desc())
        .limit(1)
    ).first()


def extras(db: Connection, company_file_id: int) -> AnyRow | None:
    """Read the latest entry that is one too many in QuickBooks, with how many there are.

    `kept_on` is the date of the entry that stands for the payment, where it is a second one.
    """
    kept = aliased(Receipt)
    is_told = and_(
        Receipt.company_file_id == ExtraReceipt.company_file_id,
        Receipt.txn_id == ExtraReceipt.txn_id,
    )
    is_kept = and_(kept.company_file_id == Payment.company_file_id, kept.txn_id == Payment.txn_id)
    return db.execute(
        select(
            func.count().over().label("times"),
            func.min(ExtraReceipt.found_at).over().label("since"),
            ExtraReceipt.kind,
            func.coalesce(Payment.reference, Receipt.reference).label("reference"),
            Receipt.txn_date.label("entered_on"),
            Receipt.total_cents,
            kept.txn_date.label("kept_on"),
            Install.label,
            Install.uuid,
        )
        .join_from(ExtraReceipt, Payment, Payment.id == ExtraReceipt.payment_id, isouter=True)
        .join(Receipt, is_told, isouter=True)
        .join(kept, is_kept, isouter=True)
        .join(WcSession, WcSession.id == ExtraReceipt.found_session_id)
        .join(Install, Install.id == WcSession.install_id)
        .where(ExtraReceipt.company_file_id == company_file_id, ExtraReceipt.resolved_at.is_(None))
        .order_by(ExtraReceipt.id.desc())
        .limit(1)
    ).first()
