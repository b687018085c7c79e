"""How things stand, for the start page and for whoever watches the server."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, func, literal, select, text, union_all
from sqlalchemy.orm import aliased

from models.base import AnyRow
from models.company_file import CompanyFile
from models.payment import UNSETTLED, Payment
from models.queries.outbox import in_status
from models.wc_session import WcSession
from sync_core.lifecycle import PaymentStatus

# What is not settled.
OPEN = (
    PaymentStatus.QUEUED,
    PaymentStatus.SENT,
    PaymentStatus.IN_DOUBT,
    PaymentStatus.REJECTED,
)

# Everybody's


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


def open_of(db: Connection, company_file_ids: Collection[int]) -> Sequence[AnyRow]:
    """Count what is not settled by company file and status, and what it comes to.

    Each status is a range of the index, so what is settled costs nothing.
    """
    return db.execute(
        union_all(
            *(
                select(
                    Payment.company_file_id,
                    literal(status.value).label("status"),
                    func.count().label("count"),
                    func.sum(Payment.amount_cents).label("cents"),
                )
                .where(
                    Payment.company_file_id.in_(company_file_ids),
                    in_status(status),
                    Payment.hidden_at.is_(None),
                )
                .group_by(Payment.company_file_id)
                for status in OPEN
            )
        )
    ).all()


# One company's


def by_day(
    db: Connection, company_file_id: int, *, received_from: date, created_from: datetime
) -> Sequence[AnyRow]:
    """Count the payments by the day they were received and their status, with their sum.

    `created_from` lies so far back that none received since `received_from` was created before.
    """
    return db.execute(
        select(
            Payment.received_on,
            Payment.status,
            func.count().label("count"),
            func.sum(Payment.amount_cents).label("cents"),
        )
        .where(
            Payment.company_file_id == company_file_id,
            Payment.created_at >= created_from,
            Payment.received_on >= received_from,
            Payment.hidden_at.is_(None),
        )
        .group_by(Payment.received_on, Payment.status)
    ).all()


# Several companies'


def companies_page(
    db: Connection,
    companies: frozenset[int] | None,
    *,
    search: str,
    only_needing: bool,
    after: tuple[str, int] | None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read some of the company files by name, each with its newest session.

    `search` stands anywhere in the name; behind the `key` and `id` of `after` the page begins.
    """
    key = func.lower(CompanyFile.name)
    wanted = select(CompanyFile.id, CompanyFile.uuid, CompanyFile.name, key.label("key"))
    wanted = wanted.where(*_open_to(companies))
    if search:
        plain = re.sub(r"([/%_])", r"/\1", search)
        wanted = wanted.where(key.like(func.lower(f"%{plain}%"), escape="/"))
    if only_needing:
        wanted = wanted.where(_needs_somebody())
    if after is not None:
        name, last = after
        wanted = wanted.where((key > name) | ((key == name) & (CompanyFile.id > last)))
    page = wanted.order_by(key, CompanyFile.id).limit(limit).subquery()
    other = aliased(WcSession)
    newest = select(func.max(other.id)).where(other.company_file_id == page.c.id)
    return db.execute(
        select(page, WcSession.opened_at, WcSession.message)
        .outerjoin_from(page, WcSession, WcSession.id == newest.scalar_subquery())
        .order_by(page.c.key, page.c.id)
    ).all()


def count_companies(db: Connection, companies: frozenset[int] | None) -> tuple[int, int]:
    """Count the company files, and those where a payment needs somebody."""
    row = db.execute(
        select(func.count(), func.count().filter(_needs_somebody()))
        .select_from(CompanyFile)
        .where(*_open_to(companies))
    ).one()
    return row[0], row[1]


def _open_to(companies: frozenset[int] | None) -> tuple[ColumnElement[bool], ...]:
    return () if companies is None else (CompanyFile.id.in_(sorted(companies)),)


def _needs_somebody() -> ColumnElement[bool]:
    return (
        select(Payment.id)
        .where(Payment.company_file_id == CompanyFile.id, Payment.status == PaymentStatus.REJECTED)
        .correlate(CompanyFile)
        .exists()
    )
