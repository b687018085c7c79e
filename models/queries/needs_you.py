"""What waits for a person: refused payments, the oldest money first, and what stands beside them.

Reads only. A refused payment is never deleted from the history: that dismisses it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    TextClause,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    tuple_,
)

from models.base import AnyRow
from models.company_file import CompanyFile
from models.payment import NOT_POSTED, Payment
from models.queries import payments
from models.queries.outbox import in_status
from models.receipt import ExtraReceipt
from models.wc_session import WcSession
from sync_core.lifecycle import PaymentStatus

# PostgreSQL's sum has no bounds, and is no int.
_CENTS = cast(func.sum(Payment.amount_cents), BigInteger).label("cents")

# A payment method as methods are told apart here.
_folded_method = func.lower(func.trim(Payment.method))


@dataclass(frozen=True, slots=True)
class Alike:
    """Refused payments that one thing is in the way of.

    A cause and its variant; where it is about one payment method, that as it is told here: the same
    however its letters are written.
    """

    cause: str
    variant: str
    method: str = ""


def count(db: Connection, company_file_id: int) -> int:
    """Count what waits for a person in a company: payments, and entries that are one too many."""
    extra = (
        select(func.count())
        .where(ExtraReceipt.company_file_id == company_file_id, ExtraReceipt.resolved_at.is_(None))
        .scalar_subquery()
    )
    missing = select(func.count()).where(*payments.missing(company_file_id)).scalar_subquery()
    found: int = db.execute(
        select(func.count(Payment.id) + extra + missing).where(*_refused(company_file_id))
    ).scalar_one()
    return found


def totals(db: Connection, company_file_id: int, alike: Alike | None = None) -> Sequence[AnyRow]:
    """Count and add up the refused payments of a company by currency, all or some alike."""
    return db.execute(
        select(Payment.currency, func.count().label("many"), _CENTS)
        .where(*_refused(company_file_id), *([_is(alike)] if alike else []))
        .group_by(Payment.currency)
    ).all()


def many_alike(
    db: Connection,
    company_file_id: int,
    *,
    causes: Collection[tuple[str, str]],
    by_method: Collection[tuple[str, str]],
    least: int,
    limit: int,
) -> Sequence[AnyRow]:
    """Count refused payments of some causes (with their variants) where there are many of one.

    For those of `by_method` each method counts alone. Most first: cause, variant, method ("" where
    it does not matter), how many; a row for each currency with its cents.
    """
    # One label for the whole: its values stand in the statement once.
    method = case((_are(by_method), _folded_method), else_=literal("")).label("of_method")
    variant = func.coalesce(Payment.variant, "").label("variant")
    parts = (
        select(Payment.cause, variant, method, Payment.currency, func.count().label("some"), _CENTS)
        .where(*_refused(company_file_id), _are([*causes, *by_method]))
        .group_by(Payment.cause, "variant", "of_method", Payment.currency)
        .subquery()
        .c
    )
    kind = (parts.cause, parts.variant, parts.of_method)
    many = cast(func.sum(parts.some).over(partition_by=kind), BigInteger).label("many")
    counted = select(*kind, parts.currency, parts.cents, many).subquery().c
    order = (counted.many.desc(), counted.cause, counted.variant, counted.of_method)
    place = func.dense_rank().over(order_by=order).label("place")
    ranked = (
        select(*(column for column in counted), place).where(counted.many >= least).subquery().c
    )
    return db.execute(
        select(*(column for column in ranked))
        .where(ranked.place <= limit)
        .order_by(ranked.place, ranked.currency)
    ).all()


def page(
    db: Connection,
    company_file_id: int,
    *,
    only: Alike | None = None,
    without: Sequence[Alike] = (),
    after: tuple[date, int] | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read refused payments, those received first (day, id) behind a place."""
    place = tuple_(Payment.received_on, Payment.id)
    return db.execute(
        select(Payment.__table__)
        .where(
            *_refused(company_file_id),
            *([_is(only)] if only else []),
            *([not_(or_(*map(_is, without)))] if without else []),
            *([] if after is None else [place > after]),
        )
        .order_by(Payment.received_on, Payment.id)
        .limit(limit)
    ).all()


def _refused(company_file_id: int) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return (
        Payment.company_file_id == company_file_id,
        in_status(PaymentStatus.REJECTED),
        text(NOT_POSTED),  # the words of the index that has them by day
    )


def _are(kinds: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Ask for one of some causes with their variants."""
    return or_(*(_is(Alike(cause, variant)) for cause, variant in kinds))


def _is(alike: Alike) -> ColumnElement[bool]:
    return and_(
        Payment.cause == alike.cause,
        func.coalesce(Payment.variant, "") == alike.variant,
        *([_folded_method == alike.method] if alike.method else []),
    )


def company_that_waits(db: Connection, companies: Collection[int] | None) -> AnyRow | None:
    """Find the oldest of some company files (None: all) with refused payments: id, UUID, name."""
    waits = select(Payment.id).where(
        Payment.company_file_id == CompanyFile.id, in_status(PaymentStatus.REJECTED)
    )
    return db.execute(
        select(CompanyFile.id, CompanyFile.uuid, CompanyFile.name)
        .where(
            waits.exists(),
            *([] if companies is None else [CompanyFile.id.in_(sorted(companies))]),
        )
        .order_by(CompanyFile.id)
        .limit(1)
    ).first()


def last_sync(db: Connection, company_file_id: int) -> datetime | None:
    """Say when the newest sync of a company began."""
    return db.execute(
        select(WcSession.opened_at)
        .where(WcSession.company_file_id == company_file_id)
        .order_by(WcSession.id.desc())
        .limit(1)
    ).scalar()
