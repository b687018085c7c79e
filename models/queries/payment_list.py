"""Payments as a list that a person looks through: the latest received first, page by page.

A payment is in it that fits one of some ways, and besides all that is asked of every one. Each way
is read along an index in the list's order and ends after a page, so its cost does not depend on how
many payments there are; a narrow one finds so few that they are put in order afterwards. The order
is of what never changes, so no payment is told twice or left out while somebody pages.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Subquery,
    TextClause,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    text,
    tuple_,
    union,
)

from models.base import AnyRow, among
from models.books import Invoice
from models.exchange import Exchange
from models.payment import DIFFERS, LEFT_OVER, NOT_POSTED, Attempt, Payment, PaymentApply, Watch
from models.queries import session_log
from models.queries.outbox import in_status
from models.remedy import RecordedAs
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import WatchKind

Condition = ColumnElement[bool] | TextClause
# A day of receipt and an id: a page begins behind them.
Place = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a payment belongs to the list."""

    conditions: tuple[Condition, ...] = ()
    is_narrow: bool = False
    # Nothing else is: so that neither database looks through all of the company's instead.
    is_of_company: bool = False


EVERY = Way()


def in_state(status: PaymentStatus) -> Way:
    """Find payments in a state."""
    words = () if status is PaymentStatus.POSTED else (text(NOT_POSTED),)
    return Way((in_status(status), *words))


def missing() -> Way:
    """Find payments posted that the company file of now lacks."""
    return Way((in_status(PaymentStatus.POSTED), Payment.missing_since.is_not(None)))


def left_over() -> Way:
    """Find payments of which something stays as the customer's credit."""
    return Way((text(LEFT_OVER),))


def changed() -> Way:
    """Find payments that are no longer in QuickBooks as they were posted."""
    return Way((text(DIFFERS),))


def dismissed_without_entry() -> Way:
    """Find dismissed payments that nobody linked to an entry in QuickBooks."""
    linked = select(RecordedAs.payment_id).where(RecordedAs.payment_id == Payment.id)
    return Way((*in_state(PaymentStatus.DISMISSED).conditions, ~linked.exists()))


def of_amount(cents: int) -> Way:
    """Find payments of an amount."""
    return Way((Payment.amount_cents == cents,))


def named(reference: str, external_id: str) -> tuple[Way, ...]:
    """Find the payment with a reference, and the one with an id of the payment site."""
    return (
        Way((Payment.reference == reference,), is_narrow=True),
        Way((Payment.external_id == external_id,), is_narrow=True),
    )


def of_customers(list_ids: Collection[str], names: Collection[str]) -> tuple[Way, ...]:
    """Find the payments of customers, by ListID or by full name as the payment site told it."""
    return tuple(
        Way((among(column, values),), is_narrow=True)
        for column, values in (
            (Payment.post_customer_list_id, list_ids),
            (Payment.customer_list_id, list_ids),
            (Payment.customer_name, names),
        )
        if values
    )


def of_ids(payment_ids: Collection[int]) -> Way:
    """Find payments of the company by our own id."""
    return Way((among(Payment.id, payment_ids),), is_narrow=True, is_of_company=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which payments of a company are wanted: of any of the ways, and as all else says."""

    company_file_id: int
    ways: tuple[Way, ...] = (EVERY,)
    besides: tuple[tuple[Way, ...], ...] = ()  # and of any of these, each
    received_from: date | None = None
    received_to: date | None = None
    method: str | None = None
    processor: str | None = None
    batch: str | None = None
    cause: str | None = None  # of the last refusal, settled or not
    with_hidden: bool = False

    def conditions(self) -> list[Condition]:
        """List what is asked of every payment, besides whose it is."""
        equal = {
            Payment.method: self.method,
            Payment.processor: self.processor,
            Payment.batch: self.batch,
            Payment.last_cause: self.cause,
        }
        found: list[Condition] = [
            column == value for column, value in equal.items() if value is not None
        ]
        if self.received_from is not None:
            found.append(Payment.received_on >= self.received_from)
        if self.received_to is not None:
            found.append(Payment.received_on <= self.received_to)
        if not self.with_hidden:
            found.append(Payment.hidden_at.is_(None))
        found += [or_(*(and_(*way.conditions) for way in ways)) for ways in self.besides]
        return found


_ORDER = (Payment.received_on.desc(), Payment.id.desc())


def _found(
    wanted: Wanted, limit: int, after: Place | None = None, columns: Sequence[Any] = ()
) -> Subquery:
    """Give the first `limit` payments, of each way at the most so many: id and some columns."""
    conditions = wanted.conditions()
    is_own = Payment.company_file_id == wanted.company_file_id
    # Written out, so that PostgreSQL's generic plan does not reckon with a tenth of all there is.
    first = bindparam("first", limit, Integer, literal_execute=True)
    found = []
    for way in wanted.ways:
        every = select(Payment.id, Payment.received_on, *columns).where(
            *conditions, *way.conditions
        )
        if not way.is_of_company:
            every = every.where(is_own)
        if not way.is_narrow:
            every = every.where(*_behind(Payment, after)).order_by(*_ORDER).limit(first)
        found.append(every.subquery())
    if len(found) == 1 and not wanted.ways[0].is_narrow:
        return found[0]
    joined = union(*(select(one) for one in found)).subquery()
    return (
        select(joined)
        .where(*_behind(joined.c, after))
        .order_by(joined.c.received_on.desc(), joined.c.id.desc())
        .limit(first)
        .subquery()
    )


def _behind(row: Any, after: Place | None) -> tuple[ColumnElement[bool], ...]:
    return () if after is None else (tuple_(row.received_on, row.id) < after,)


def page(db: Connection, wanted: Wanted, *, after: Place | None, limit: int) -> Sequence[AnyRow]:
    """Read the next payments, the latest received first."""
    found = _found(wanted, limit, after)
    return db.execute(
        select(Payment.__table__)
        .join_from(found, Payment, Payment.id == found.c.id)
        .order_by(*_ORDER)
    ).all()


_SUMMED = (
    *(Payment.method, Payment.currency, Payment.status, Payment.amount_cents),
    Payment.missing_since.is_not(None).label("is_missing"),
    func.coalesce(Payment.unapplied_cents, 0).label("left_cents"),
)


def sums(db: Connection, wanted: Wanted, *, limit: int) -> Sequence[AnyRow]:
    """Count and add up the first `limit` payments by day of receipt, method and currency.

    And by status, and whether they are missing; with what is left of them as credit.
    """
    found = _found(wanted, limit, columns=_SUMMED).c
    groups = (found.received_on, found.method, found.currency, found.status, found.is_missing)
    return db.execute(
        select(
            *groups,
            func.count().label("many"),
            cast(func.sum(found.amount_cents), BigInteger).label("cents"),
            cast(func.sum(found.left_cents), BigInteger).label("left_cents"),
        )
        .group_by(*groups)
        .order_by(found.received_on.desc(), found.method, found.currency, found.status)
    ).all()


def count(db: Connection, wanted: Wanted, *, limit: int) -> int:
    """Count payments, up to `limit`."""
    return db.execute(select(func.count()).select_from(_found(wanted, limit))).scalar_one()


def newest_day(db: Connection, company_file_id: int) -> date | None:
    """Give the day on which the payment received last was received."""
    return db.execute(
        select(func.max(Payment.received_on)).where(Payment.company_file_id == company_file_id)
    ).scalar()


def words(db: Connection, company_file_id: int, column_name: str, *, limit: int) -> list[str]:
    """List the words that stand in a column with an index by day: `method`, `processor`.

    From one to the next along the index, so that nobody reads what is between.
    """
    column = Payment.__table__.c[column_name]
    own = select(func.min(column)).where(
        Payment.company_file_id == company_file_id, column.is_not(None)
    )
    found = own.with_only_columns(func.min(column).label("word")).cte("found", recursive=True)
    following = own.where(column > found.c.word).scalar_subquery()
    found = found.union_all(select(following).where(found.c.word.is_not(None)))
    rows = db.execute(select(found.c.word).where(found.c.word.is_not(None)).limit(limit))
    return list(rows.scalars())


def invoices(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> dict[str, AnyRow]:
    """Read invoices by TxnID, deleted ones too: number, day, amounts, whether they have a page."""
    rows = db.execute(
        select(
            *(Invoice.txn_id, Invoice.number, Invoice.txn_date, Invoice.total_cents),
            *(Invoice.balance_cents, Invoice.is_voided, Invoice.deleted_wall, Invoice.is_hidden),
        ).where(Invoice.company_file_id == company_file_id, among(Invoice.txn_id, txn_ids))
    )
    return {row.txn_id: row for row in rows}


def attempts(db: Connection, payment_id: int, *, limit: int, length_max: int) -> Sequence[AnyRow]:
    """Read the newest attempts of a payment, newest first.

    With the message sets out and in, of each so many characters.
    """
    return db.execute(
        select(
            *(Attempt.request_id, Attempt.outcome, Attempt.status_code, Attempt.status_message),
            *(Exchange.asked_at, Exchange.answered_at, Exchange.hresult),
            *(Exchange.wc_session_id, Exchange.number),
            *session_log.texts_of(length_max),
        )
        .join_from(Attempt, Exchange, Exchange.id == Attempt.exchange_id)
        .where(Attempt.payment_id == payment_id)
        .order_by(Attempt.id.desc())
        .limit(limit)
    ).all()


# What a search has at hand


def invoices_numbered(
    db: Connection, company_file_id: int, number: str, *, limit: int
) -> Sequence[str]:
    """List the invoices (TxnIDs) with a number, as numbers are compared."""
    return (
        db.execute(
            select(Invoice.txn_id)
            .where(Invoice.company_file_id == company_file_id, Invoice.plain_number == number)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def paying(
    db: Connection, company_file_id: int, txn_ids: Collection[str], number: str
) -> list[int]:
    """List the payments (ids) that mean some invoices (TxnIDs), or wait for one with a number."""
    found = {
        payment_id
        for column in (PaymentApply.invoice_txn_id, PaymentApply.post_txn_id)
        for payment_id in db.execute(
            select(PaymentApply.payment_id).where(among(column, txn_ids))
        ).scalars()
    }
    owners = db.execute(select(Payment.id, Payment.company_file_id).where(among(Payment.id, found)))
    waiting = db.execute(
        select(Watch.payment_id).where(
            Watch.company_file_id == company_file_id,
            Watch.kind == WatchKind.NUMBER,
            Watch.key == number,
        )
    )
    own = {payment_id for payment_id, owner in owners if owner == company_file_id}
    return sorted(own.union(waiting.scalars()))
