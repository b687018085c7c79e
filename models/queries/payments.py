"""Payments as the payment site sees them: taking them in, showing them, a person's moves.

What a session does with them stands in `outbox`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
    update,
)

from models.base import AnyRow, among
from models.company_file import CompanyFile
from models.payment import Attempt, Payment, PaymentApply, PaymentEvent
from models.queries import watches
from models.queries.outbox import add_events, in_status
from models.statements import once
from sync_core.lifecycle import Mover, PaymentStatus, check_move

# Payment id, at, from and to status, by, note, session id, requestID of the attempt.
Event = Row[int, datetime, str | None, str, str, str | None, int | None, str | None]

# The columns of a rejection, emptied: a summary that stays would be told of all that comes after.
NO_REJECTION: Mapping[str, None] = dict.fromkeys(
    ("cause", "variant", "facts", "summary", "evidence", "status_code", "status_message")
)
# What is no longer so of a payment that a person re-opens. Its TxnID stays, by which the receipt of
# before is known; what has one has left, even if a database that was restored does not say so.
REOPENED: Mapping[str, Any] = {
    **dict.fromkeys(
        ("hidden_at", "missing_since", "posted_at", "applied_cents", "unapplied_cents")
    ),
    "ever_left": or_(Payment.ever_left, Payment.txn_id.is_not(None)),
    "left_at": func.coalesce(Payment.left_at, Payment.posted_at),
}


@once
def _take_turn(company_file_id: int) -> Executable:
    return (
        select(CompanyFile.uuid, CompanyFile.reference_prefix)
        .where(CompanyFile.id == company_file_id)
        .with_for_update(key_share=True)
    )


def take_turn(db: Connection, company_file_id: int) -> Row[str, str]:
    """Read what identities are made from, and be the only intake until the transaction ends.

    So two lists with the same payments neither meet nor wait for each other crosswise. PostgreSQL
    locks the company's row, SQLite has one writer anyway.
    """
    return db.execute(*_take_turn(company_file_id)).one()


@once
def _known(company_file_id: int, external_ids: Collection[str]) -> Executable:
    return select(Payment.__table__).where(
        Payment.company_file_id == company_file_id, among(Payment.external_id, external_ids)
    )


def known(db: Connection, company_file_id: int, external_ids: Collection[str]) -> dict[str, AnyRow]:
    """Read the payments that are already there, by external id."""
    rows = db.execute(*_known(company_file_id, external_ids))
    return {row.external_id: row for row in rows}


@once
def _references(company_file_id: int, wanted: Collection[str]) -> Executable:
    return select(Payment.reference, Payment.external_id).where(
        Payment.company_file_id == company_file_id, among(Payment.reference, wanted)
    )


def references(db: Connection, company_file_id: int, wanted: Collection[str]) -> dict[str, str]:
    """Say which of some references are taken, and by which external id."""
    rows = db.execute(*_references(company_file_id, wanted))
    return {row.reference: row.external_id for row in rows}


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Write new payments, all queued; give their ids by external id."""
    check_move(None, PaymentStatus.QUEUED, Mover.INTAKE)
    added = db.execute(
        insert(Payment).returning(Payment.id, Payment.external_id),
        [{**row, "status": PaymentStatus.QUEUED, "attempt_count": 0} for row in rows],
    )
    return {row.external_id: row.id for row in added}


def add_parts(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what payments are applied to, each a mapping of PaymentApply's columns."""
    if rows:
        db.execute(insert(PaymentApply), rows)


@once
def _look_alikes(
    company_file_id: int,
    likenesses: Collection[str],
    before: int,
    since: date,
    until: date,
    limit: int,
) -> Executable:
    return (
        select(Payment.external_id, Payment.reference, Payment.received_on, Payment.likeness)
        .where(
            Payment.company_file_id == company_file_id,
            among(Payment.likeness, likenesses),
            Payment.received_on.between(since, until),
            Payment.status != PaymentStatus.DISMISSED,
            Payment.id < before,
        )
        .order_by(Payment.id.desc())
        .limit(limit)
    )


def look_alikes(
    db: Connection,
    company_file_id: int,
    likenesses: Collection[str],
    *,
    before: int,
    since: date,
    until: date,
    limit: int,
) -> Sequence[AnyRow]:
    """Read payments that are like some new ones: newest first, at most `limit`.

    They were received in the span, are not dismissed and have a smaller id than `before`.
    """
    wanted = _look_alikes(company_file_id, likenesses, before, since, until, limit)
    return db.execute(*wanted).all()


def one(db: Connection, company_file_id: int, external_id: str) -> AnyRow | None:
    """Read a payment, hidden or not."""
    return known(db, company_file_id, [external_id]).get(external_id)


def hold(db: Connection, company_file_id: int, external_id: str) -> AnyRow | None:
    """Read a payment, hidden or not; until the transaction ends nobody else moves it."""
    return _hold(db, Payment.company_file_id == company_file_id, Payment.external_id == external_id)


def hold_by_id(db: Connection, payment_id: int) -> AnyRow:
    """Read a payment that is known to be there; until the transaction ends nobody moves it."""
    row = _hold(db, Payment.id == payment_id)
    assert row is not None  # payments are never erased
    return row


def _hold(db: Connection, *where: ColumnElement[bool]) -> AnyRow | None:
    # SQLite has one writer, and a transaction that may write is the one from its beginning.
    return db.execute(
        select(Payment.__table__).where(*where).with_for_update(key_share=True)
    ).first()


@once
def _hold_each(payment_ids: Collection[int]) -> Executable:
    return (
        select(Payment.__table__)
        .where(among(Payment.id, payment_ids))
        .order_by(Payment.id)
        .with_for_update(key_share=True)
    )


def hold_each(db: Connection, payment_ids: Collection[int]) -> dict[int, AnyRow]:
    """Read payments by id, hidden or not; until the transaction ends nobody else moves them.

    Always in the order of their ids, as sessions do, so that nobody waits crosswise.
    """
    rows = db.execute(*_hold_each(payment_ids))
    return {row.id: row for row in rows}


def hold_all(db: Connection) -> None:
    """Let nobody else write payments until the transaction ends, however many there are."""
    if db.dialect.name == "postgresql":
        db.execute(text("SET LOCAL statement_timeout = 0"))
        db.execute(text("LOCK TABLE payment IN SHARE ROW EXCLUSIVE MODE"))


def missing(company_file_id: int) -> tuple[ColumnElement[bool], ...]:
    """Say which payments the company file of now lacks, hidden ones too: their money does."""
    return (
        Payment.company_file_id == company_file_id,
        in_status(PaymentStatus.POSTED),
        Payment.missing_since.is_not(None),
    )


def page(
    db: Connection,
    company_file_id: int,
    statuses: Iterable[PaymentStatus],
    *,
    before: int | None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the newest payments in some states, those with a smaller id than `before`.

    Hidden ones are left out. Each state is a range of the index that ends after `limit` rows, so
    the cost does not depend on how many payments there are.
    """
    newest = union_all(
        *(
            select(
                select(Payment.id)
                .where(
                    Payment.company_file_id == company_file_id,
                    in_status(status),
                    Payment.hidden_at.is_(None),
                    *_older(before),
                )
                .order_by(Payment.id.desc())
                .limit(limit)
                .subquery()
            )
            for status in statuses
        )
    ).subquery()
    ids = db.execute(select(newest.c.id).order_by(newest.c.id.desc()).limit(limit)).scalars()
    return db.execute(
        select(Payment.__table__).where(Payment.id.in_(ids.all())).order_by(Payment.id.desc())
    ).all()


def missing_page(
    db: Connection, company_file_id: int, *, before: int | None, limit: int
) -> Sequence[AnyRow]:
    """Read the newest payments that the company file of now lacks, as `page` does."""
    return db.execute(
        select(Payment.__table__)
        .where(*missing(company_file_id), *_older(before))
        .order_by(Payment.id.desc())
        .limit(limit)
    ).all()


def _older(before: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if before is None else (Payment.id < before,)


@once
def _events(payment_ids: Sequence[int]) -> Executable:
    return (
        select(
            PaymentEvent.payment_id,
            PaymentEvent.at,
            PaymentEvent.from_status,
            PaymentEvent.to_status,
            PaymentEvent.by,
            PaymentEvent.note,
            PaymentEvent.wc_session_id,
            Attempt.request_id,
        )
        .join_from(PaymentEvent, Attempt, Attempt.id == PaymentEvent.attempt_id, isouter=True)
        .where(among(PaymentEvent.payment_id, payment_ids))
        .order_by(PaymentEvent.id)
    )


def events(db: Connection, payment_ids: Sequence[int]) -> dict[int, list[Event]]:
    """Read the audit trail of payments, oldest first."""
    found: dict[int, list[Event]] = {payment_id: [] for payment_id in payment_ids}
    for row in db.execute(*_events(payment_ids)):
        found[row.payment_id].append(row)
    return found


def other_in(db: Connection, payment: AnyRow, txn_id: str) -> str | None:
    """Name another payment of the company that stands, or stood, under a TxnID."""
    return db.execute(
        select(Payment.external_id).where(
            Payment.company_file_id == payment.company_file_id,
            Payment.txn_id == txn_id,
            Payment.id != payment.id,
        )
    ).scalar()


def move(
    db: Connection, payment: AnyRow, target: PaymentStatus, *, now: datetime, **facts: Any
) -> None:
    """Move a payment that is held by a person's word; what it waited for is over."""
    source = PaymentStatus(payment.status)
    check_move(source, target, Mover.PERSON)
    if watches.is_over(source, target):
        watches.end(db, [payment.id])
    moved = db.execute(
        update(Payment)
        .where(Payment.id == payment.id, in_status(source))
        .values(status=target, changed_at=now, **facts)
    )
    if moved.rowcount != 1:
        raise RuntimeError("a payment moved although it was held")


def note(
    db: Connection,
    payment: AnyRow,
    target: PaymentStatus,
    *,
    by: str,
    told: str | None,
    now: datetime,
) -> None:
    """Write the event that a person's act leaves on a payment that is held."""
    event = {"payment_id": payment.id, "at": now, "by": by, "note": told}
    add_events(db, [{**event, "from_status": payment.status, "to_status": target}])


def move_every(
    db: Connection,
    source: PaymentStatus,
    target: PaymentStatus,
    mover: Mover,
    *where: ColumnElement[bool],
    by: str,
    told: str | None,
    now: datetime,
    **facts: Any,
) -> int:
    """Move the payments of a state to another, each with its event; give how many.

    Only inside a transaction that holds them all.
    """
    check_move(source, target, mover)
    if watches.is_over(source, target):
        watches.end(db, select(Payment.id).where(in_status(source), *where))
    note_every(db, target, in_status(source), *where, by=by, told=told, now=now)
    moved = db.execute(
        update(Payment)
        .where(in_status(source), *where)
        .values(status=target, changed_at=now, **facts)
    )
    return moved.rowcount


def requeue(
    db: Connection, payment_ids: Collection[int], *, by: str, told: str, now: datetime
) -> None:
    """Let those of some payments wait again that are rejected, by a person's word."""
    if not payment_ids:
        return
    wanted = Payment.id.in_(payment_ids)
    db.execute(
        select(Payment.id)
        .where(wanted, in_status(PaymentStatus.REJECTED))
        .order_by(Payment.id)
        .with_for_update(key_share=True)
    )
    move_every(
        db,
        PaymentStatus.REJECTED,
        PaymentStatus.QUEUED,
        Mover.PERSON,
        wanted,
        by=by,
        told=told,
        now=now,
        **NO_REJECTION,
        note=told,
        returns=0,
        refusals=0,
        cleared_session_id=None,
    )


def note_every(
    db: Connection,
    target: PaymentStatus,
    *where: ColumnElement[bool],
    by: str,
    told: str | None,
    now: datetime,
) -> None:
    """Write an event for each of some payments, from where it stands to `target`."""
    rows = (
        select(
            Payment.id,
            literal(now, PaymentEvent.at.type),
            Payment.status,
            literal(target, PaymentEvent.to_status.type),
            literal(by),
            literal(told, PaymentEvent.note.type),
        )
        .where(*where)
        .order_by(Payment.id)
    )
    columns = ("payment_id", "at", "from_status", "to_status", "by", "note")
    db.execute(insert(PaymentEvent).from_select(columns, rows))


def hide(db: Connection, payment: AnyRow, *, now: datetime) -> None:
    """Hide a payment that is held from lists."""
    db.execute(update(Payment).where(Payment.id == payment.id).values(hidden_at=now))
