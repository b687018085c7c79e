"""What must never be found: each statement reads the rows of one company that break a promise.

Nothing here writes. The first column of each names the offender.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    String,
    Subquery,
    and_,
    cast,
    func,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from models.base import AnyRow
from models.company_file import Install
from models.engine import for_reading
from models.exchange import Exchange
from models.payment import Attempt, Payment, PaymentApply, PaymentEvent
from models.queries.outbox import in_status
from models.wc_session import WcSession
from sync_core.lifecycle import MOVES, PaymentStatus

Offenders = Select[*tuple[Any, ...]]

# Read as text: a word that is none of ours must be shown, not stumbled over.
_STATUS = type_coerce(Payment.status, String)
_FROM = type_coerce(PaymentEvent.from_status, String)
_TO = type_coerce(PaymentEvent.to_status, String)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Read everything as it stood at one moment, however long it takes, and write nothing."""
    with for_reading(engine).connect() as db:
        if db.dialect.name == "postgresql":
            db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            db.execute(text("SET LOCAL statement_timeout = 0"))  # no call waits for this
        yield db


def totals(db: Connection, company_file_id: int) -> dict[str, tuple[int, int]]:
    """Give by status how many payments there are, and their cents."""
    rows = db.execute(
        select(_STATUS, func.count(), _sum(Payment.amount_cents))
        .where(Payment.company_file_id == company_file_id)
        .group_by(_STATUS)
    )
    return {status: (count, cents) for status, count, cents in rows}


def offending(db: Connection, check: Offenders, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """Count the rows that a check finds, and read the first of them."""
    found = check.subquery()
    rows = db.execute(
        select(func.count().over().label("of_all"), *found.c).order_by(*found.c[:1]).limit(limit)
    ).all()
    return (rows[0][0] if rows else 0), [_told(row) for row in rows]


def states(company_file_id: int) -> Offenders:
    """Find payments in no known state, and those whose last event says another."""
    last = _with_last_event(company_file_id, _STATUS.label("status"), _TO.label("told"))
    return select(last.c.payment, last.c.status, last.c.told).where(
        last.c.next.is_(None),
        or_(
            last.c.status.not_in(list(PaymentStatus)),
            last.c.told.is_distinct_from(last.c.status),
        ),
    )


def events(company_file_id: int) -> Offenders:
    """Find events that do not go on where the one before ended, and moves that nobody may make."""
    before = func.lag(_TO).over(partition_by=PaymentEvent.payment_id, order_by=PaymentEvent.id)
    chain = (
        select(
            Payment.external_id.label("payment"),
            PaymentEvent.at,
            before.label("before"),
            _FROM.label("source"),
            _TO.label("target"),
            PaymentEvent.by,
        )
        .join_from(PaymentEvent, Payment, Payment.id == PaymentEvent.payment_id)
        .where(Payment.company_file_id == company_file_id)
        .subquery()
    )
    source, target = chain.c.source, chain.c.target
    legal = [(move_source or "", move_target.value) for move_source, move_target in MOVES]
    return select(chain).where(
        or_(
            source.is_distinct_from(chain.c.before),
            # From a state to itself is no move: something was noted.
            and_(
                source.is_distinct_from(target),
                tuple_(func.coalesce(source, ""), target).not_in(legal),
            ),
        )
    )


def cents(company_file_id: int) -> Offenders:
    """Find that the cents of all states are not the cents that were accepted."""
    accepted = (
        select(_sum(func.coalesce(PaymentEvent.amount_cents, Payment.amount_cents)))
        .join_from(PaymentEvent, Payment, Payment.id == PaymentEvent.payment_id)
        .where(Payment.company_file_id == company_file_id, PaymentEvent.from_status.is_(None))
        .scalar_subquery()
    )
    standing = (
        select(_sum(Payment.amount_cents))
        .where(Payment.company_file_id == company_file_id, _STATUS.in_(list(PaymentStatus)))
        .scalar_subquery()
    )
    both = select(
        accepted.label("accepted_cents"), standing.label("cents_of_all_states")
    ).subquery()
    return select(both).where(both.c.accepted_cents != both.c.cents_of_all_states)


def amounts(company_file_id: int) -> Offenders:
    """Find payments whose amount is not the one that was accepted, by their first event."""
    return (
        select(
            Payment.external_id.label("payment"),
            Payment.amount_cents,
            PaymentEvent.amount_cents.label("accepted_cents"),
        )
        .join_from(PaymentEvent, Payment, Payment.id == PaymentEvent.payment_id)
        .where(
            Payment.company_file_id == company_file_id,
            PaymentEvent.amount_cents != Payment.amount_cents,
        )
    )


def parts(company_file_id: int) -> Offenders:
    """Find payments whose parts are more than their amount."""
    applied = _sum(PaymentApply.amount_cents)
    return (
        select(
            Payment.external_id.label("payment"),
            Payment.amount_cents,
            applied.label("parts_cents"),
        )
        .join_from(Payment, PaymentApply, PaymentApply.payment_id == Payment.id)
        .where(Payment.company_file_id == company_file_id)
        .group_by(Payment.id, Payment.external_id, Payment.amount_cents)
        .having(applied > Payment.amount_cents)
    )


def external_ids_twice(company_file_id: int) -> Offenders:
    """Find ids of the payment site that two payments have."""
    return _twice(company_file_id, Payment.external_id)


def references_twice(company_file_id: int) -> Offenders:
    """Find references that two payments have, whatever their case."""
    return _twice(company_file_id, func.upper(Payment.reference))


def guids_twice(company_file_id: int) -> Offenders:
    """Find ExternalGUIDs that two payments have, whatever their case."""
    return _twice(company_file_id, func.lower(Payment.external_guid))


def txn_ids_twice(company_file_id: int) -> Offenders:
    """Find entries in QuickBooks that stand for two payments."""
    return _twice(company_file_id, Payment.txn_id, in_status(PaymentStatus.POSTED))


def sent_unawaited(company_file_id: int) -> Offenders:
    """Find payments sent that have no open attempt, or several, or one that nobody awaits."""
    attempts = (
        select(func.count())
        .where(Attempt.payment_id == Payment.id, Attempt.outcome.is_(None))
        .correlate(Payment)
    )
    awaited = (
        attempts.join_from(Attempt, Exchange, Exchange.id == Attempt.exchange_id)
        .join(WcSession, WcSession.id == Exchange.wc_session_id)
        .where(
            Exchange.answered_at.is_(None),
            WcSession.ended_at.is_(None),
            WcSession.company_file_id == Payment.company_file_id,
        )
    )
    found = (
        select(
            Payment.external_id.label("payment"),
            attempts.scalar_subquery().label("open_attempts"),
            awaited.scalar_subquery().label("awaited"),
        )
        .where(Payment.company_file_id == company_file_id, in_status(PaymentStatus.SENT))
        .subquery()
    )
    return select(found).where(or_(found.c.open_attempts != 1, found.c.awaited != 1))


def attempts_left_open(company_file_id: int) -> Offenders:
    """Find open attempts of payments that are not being sent.

    One that late evidence has posted before its answer came may have one: the answer is awaited.
    """
    overtaken = and_(in_status(PaymentStatus.POSTED), Exchange.answered_at.is_(None))
    return (
        select(Payment.external_id.label("payment"), _STATUS.label("status"), Attempt.request_id)
        .join_from(Attempt, Payment, Payment.id == Attempt.payment_id)
        .join(Exchange, Exchange.id == Attempt.exchange_id)
        .where(
            Payment.company_file_id == company_file_id,
            Attempt.outcome.is_(None),
            Payment.status != PaymentStatus.SENT,
            ~overtaken,
        )
    )


def posted_nowhere(company_file_id: int) -> Offenders:
    """Find payments posted without a TxnID."""
    return select(Payment.external_id.label("payment"), Payment.posted_at).where(
        Payment.company_file_id == company_file_id,
        in_status(PaymentStatus.POSTED),
        _blank(Payment.txn_id),
    )


def unexplained(company_file_id: int) -> Offenders:
    """Find payments that wait, and nobody can see why.

    One that QuickBooks may have, and that waits again, needs a note, or a person who sent it there.
    """
    reasonless = or_(
        and_(in_status(PaymentStatus.IN_DOUBT), _blank(Payment.note)),
        and_(
            in_status(PaymentStatus.REJECTED),
            or_(Payment.cause.is_(None), _blank(Payment.summary)),
        ),
        and_(
            in_status(PaymentStatus.QUEUED),
            Payment.ever_left,
            _blank(Payment.note),
            PaymentEvent.by == "session",
        ),
    )
    last = _with_last_event(
        company_file_id, _STATUS.label("status"), reasonless.label("reasonless")
    )
    return select(last.c.payment, last.c.status).where(last.c.next.is_(None), last.c.reasonless)


def silent_sessions(company_file_id: int, since: datetime) -> Offenders:
    """Find open sessions not heard from since a moment, with payments out."""
    return (
        select(
            cast(WcSession.id, String).label("session"),
            Install.label.label("install"),
            WcSession.last_heard_at,
            func.count().label("payments"),
        )
        .join_from(WcSession, Install, Install.id == WcSession.install_id)
        .join(Exchange, Exchange.wc_session_id == WcSession.id)
        .join(Attempt, Attempt.exchange_id == Exchange.id)
        .join(Payment, Payment.id == Attempt.payment_id)
        .where(
            WcSession.company_file_id == company_file_id,
            WcSession.ended_at.is_(None),
            WcSession.last_heard_at < since,
            Attempt.outcome.is_(None),
            in_status(PaymentStatus.SENT),
        )
        .group_by(WcSession.id, Install.label, WcSession.last_heard_at)
    )


def _with_last_event(company_file_id: int, *columns: ColumnElement[Any]) -> Subquery:
    """Read payments beside their events; beside the last one, or none, `next` is null.

    One join and one sort: a restored PostgreSQL knows nothing yet of how much there is, and would
    look for the last event of each payment among all.
    """
    following = func.lead(PaymentEvent.id).over(partition_by=Payment.id, order_by=PaymentEvent.id)
    return (
        select(Payment.external_id.label("payment"), following.label("next"), *columns)
        .join_from(Payment, PaymentEvent, PaymentEvent.payment_id == Payment.id, isouter=True)
        .where(Payment.company_file_id == company_file_id)
        .subquery()
    )


def _twice(
    company_file_id: int,
    column: ColumnElement[Any] | InstrumentedAttribute[Any],
    *where: ColumnElement[bool],
) -> Offenders:
    return (
        select(
            column.label("found"),
            func.count().label("times"),
            func.min(Payment.external_id).label("first"),
            func.max(Payment.external_id).label("last"),
        )
        .where(Payment.company_file_id == company_file_id, column.is_not(None), *where)
        .group_by(column)
        .having(func.count() > 1)
    )


def _sum(column: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnElement[int]:
    """Add up cents; PostgreSQL adds integers up to a decimal."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _blank(column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return func.coalesce(func.trim(column), "") == ""


def _told(row: AnyRow) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name != "of_all"}
