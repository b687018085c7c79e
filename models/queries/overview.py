"""How things stand, for the start page and for whoever watches the server."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased

from models.base import AnyRow
from models.company_file import CompanyFile
from models.payment import UNSETTLED, Payment
from models.queries.outbox import in_status
from models.receipt import ExtraReceipt
from models.wc_session import WcSession
from sync_core.lifecycle import PaymentStatus

# What is not settled.
OPEN = (
    PaymentStatus.QUEUED,
    PaymentStatus.SENT,
    PaymentStatus.IN_DOUBT,
    PaymentStatus.REJECTED,
)

# PostgreSQL adds big integers up as decimals.
_CENTS = cast(func.sum(Payment.amount_cents), BigInteger).label("cents")

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
    """Count what is not settled by company file, status and currency, and what it comes to.

    With what was posted and is not in the company file of now (`is_missing`), hidden or not. Each
    status is a range of the index, so what is settled costs nothing.
    """
    wanted = [(status, Payment.hidden_at.is_(None)) for status in OPEN]
    wanted.append((PaymentStatus.POSTED, Payment.missing_since.is_not(None)))
    return db.execute(
        union_all(
            *(
                select(
                    Payment.company_file_id,
                    literal(status.value).label("status"),
                    literal(status is PaymentStatus.POSTED).label("is_missing"),
                    Payment.currency,
                    func.count().label("many"),
                    _CENTS,
                )
                .where(Payment.company_file_id.in_(company_file_ids), in_status(status), condition)
                .group_by(Payment.company_file_id, Payment.currency)
                for status, condition in wanted
            )
        )
    ).all()


# One company's


def by_day(db: Connection, company_file_id: int, *, received_from: date) -> Sequence[AnyRow]:
    """Count and add up the payments by the day they were received, status and currency.

    And by whether the company file of now lacks them.
    """
    is_missing = Payment.missing_since.is_not(None)
    return db.execute(
        select(
            Payment.received_on,
            Payment.status,
            is_missing.label("is_missing"),
            Payment.currency,
            func.count().label("many"),
            _CENTS,
        )
        .where(
            Payment.company_file_id == company_file_id,
            Payment.received_on >= received_from,
            Payment.hidden_at.is_(None),
        )
        .group_by(Payment.received_on, Payment.status, is_missing, Payment.currency)
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

    And with how many entries are one too many (`extras`). `search` stands anywhere in the name;
    behind the `key` and `id` of `after` the page begins.
    """
    key = func.lower(CompanyFile.name)
    wanted = select(
        *(CompanyFile.id, CompanyFile.uuid, CompanyFile.name, CompanyFile.books_doubted),
        key.label("key"),
    )
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
    extras = select(func.count()).where(
        ExtraReceipt.company_file_id == page.c.id, ExtraReceipt.resolved_at.is_(None)
    )
    return db.execute(
        select(
            page,
            extras.scalar_subquery().label("extras"),
            WcSession.opened_at,
            WcSession.message,
        )
        .outerjoin_from(page, WcSession, WcSession.id == newest.scalar_subquery())
        .order_by(page.c.key, page.c.id)
    ).all()


def count_companies(db: Connection, companies: frozenset[int] | None) -> tuple[int, int]:
    """Count the company files, and those where something needs somebody."""
    row = db.execute(
        select(func.count(), func.count().filter(_needs_somebody()))
        .select_from(CompanyFile)
        .where(*_open_to(companies))
    ).one()
    return row[0], row[1]


def _open_to(companies: frozenset[int] | None) -> tuple[ColumnElement[bool], ...]:
    return () if companies is None else (CompanyFile.id.in_(sorted(companies)),)


def _needs_somebody() -> ColumnElement[bool]:
    """Ask for what waits for a person, as `needs_you.count` does; and whose file it is."""
    found = (
        select(Payment.id).where(
            Payment.company_file_id == CompanyFile.id, in_status(PaymentStatus.REJECTED)
        ),
        select(Payment.id).where(
            Payment.company_file_id == CompanyFile.id,
            in_status(PaymentStatus.POSTED),
            Payment.missing_since.is_not(None),
        ),
        select(ExtraReceipt.id).where(
            ExtraReceipt.company_file_id == CompanyFile.id, ExtraReceipt.resolved_at.is_(None)
        ),
    )
    return or_(
        CompanyFile.books_doubted.is_not(None),
        *(one.correlate(CompanyFile).exists() for one in found),
    )
