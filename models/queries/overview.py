"""How things stand, for the start page and for whoever watches the server."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, text

from models.base import AnyRow
from models.company_file import CompanyFile
from models.payment import UNSETTLED, Payment
from models.wc_session import WcSession


def unsettled(db: Connection) -> Sequence[AnyRow]:
    """Count the payments that are not settled by status, with the oldest one's moment."""
    return db.execute(
        select(
            Payment.status,
            func.count().label("count"),
            func.min(Payment.created_at).label("oldest"),
        )
        .where(text(UNSETTLED))
        .group_by(Payment.status)
    ).all()


def open_sessions(db: Connection) -> int:
    """Count the syncs under way."""
    return db.execute(
        select(func.count()).select_from(WcSession).where(WcSession.ended_at.is_(None))
    ).scalar_one()


def latest(db: Connection, companies: frozenset[int] | None, limit: int) -> Sequence[AnyRow]:
    """Read the latest payments of some companies, newest first; None: of all."""
    return db.execute(
        select(
            CompanyFile.name.label("company"),
            Payment.external_id,
            Payment.reference,
            func.coalesce(
                Payment.post_customer_name,
                Payment.customer_name,
                Payment.customer_list_id,
                Payment.customer_external_id,
            ).label("customer"),
            Payment.amount_cents,
            Payment.received_on,
            Payment.method,
            Payment.status,
            Payment.txn_id,
            Payment.unapplied_cents,
            Payment.summary,
            Payment.note,
        )
        .join_from(Payment, CompanyFile, CompanyFile.id == Payment.company_file_id)
        .where(
            Payment.hidden_at.is_(None),
            *(() if companies is None else (Payment.company_file_id.in_(sorted(companies)),)),
        )
        .order_by(Payment.id.desc())
        .limit(limit)
    ).all()
