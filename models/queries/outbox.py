"""The waiting payments: looking at them, claiming them, writing down what became of them.

Each statement works on a set. A status in a WHERE is written as a literal, since a bound one hides
the partial index from PostgreSQL's generic plans.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)

from models.base import AnyRow
from models.payment import Attempt, Payment, PaymentApply, PaymentEvent
from sync_core.lifecycle import Mover, PaymentStatus, check_move

# What was ever handed out is not handed out again before QuickBooks was asked for it.
_NEVER_SENT = Payment.attempt_count == 0


def in_status(status: PaymentStatus) -> ColumnElement[bool]:
    """Compare the status with a literal."""
    return Payment.status == literal_column(f"'{status.value}'")


_QUEUED = in_status(PaymentStatus.QUEUED)


def waiting_page(db: Connection, company_file_id: int, *, after: int, limit: int) -> Sequence[int]:
    """List the next waiting payments, those with a greater id than `after`, oldest first."""
    return (
        db.execute(
            select(Payment.id)
            .where(
                # Compared as a pair, so that PostgreSQL takes the index of waiting payments and
                # does not walk the primary key through all that is settled.
                tuple_(Payment.company_file_id, Payment.id) > tuple_(company_file_id, after),
                Payment.company_file_id == company_file_id,
                _QUEUED,
                _NEVER_SENT,
            )
            .order_by(Payment.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def waiting_among(db: Connection, payment_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Read those of some payments that still wait, oldest first.

    Until the transaction ends nobody else moves them: who withdraws one waits, and is refused.
    """
    return db.execute(
        select(
            Payment.id,
            Payment.customer_list_id,
            Payment.customer_name,
            Payment.customer_external_id,
            Payment.method,
            Payment.currency,
        )
        .where(Payment.id.in_(payment_ids), _QUEUED, _NEVER_SENT)
        .order_by(Payment.id)
        .with_for_update(key_share=True)
    ).all()


def count_waiting(db: Connection, company_file_id: int) -> int:
    """Count the payments that a session would look at; by the index of waiting ones alone."""
    return db.execute(
        select(func.count()).where(Payment.company_file_id == company_file_id, _QUEUED, _NEVER_SENT)
    ).scalar_one()


def count_in_doubt(db: Connection, company_file_id: int) -> int:
    """Count the payments of a company that QuickBooks has yet to be asked about."""
    return db.execute(
        select(func.count()).where(
            Payment.company_file_id == company_file_id, in_status(PaymentStatus.IN_DOUBT)
        )
    ).scalar_one()


def applies(db: Connection, payment_ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Read what payments are applied to, in the order given by the payment site.

    `txn_id` is the invoice's TxnID as given or as the check found it, None before that.
    """
    rows = db.execute(
        select(
            PaymentApply.payment_id,
            PaymentApply.position,
            PaymentApply.amount_cents,
            PaymentApply.invoice_txn_id,
            PaymentApply.invoice_number,
            PaymentApply.invoice_external_id,
            func.coalesce(PaymentApply.post_txn_id, PaymentApply.invoice_txn_id).label("txn_id"),
        )
        .where(PaymentApply.payment_id.in_(payment_ids))
        .order_by(PaymentApply.payment_id, PaymentApply.position)
    )
    found: dict[int, list[AnyRow]] = {payment_id: [] for payment_id in payment_ids}
    for row in rows:
        found[row.payment_id].append(row)
    return found


def mark_checked(
    db: Connection,
    session_id: int,
    payments: Sequence[Mapping[str, Any]],
    parts: Sequence[Mapping[str, Any]],
) -> int:
    """Write how checked payments will stand in QuickBooks; give how many still waited.

    `payments` have `payment`, `to_customer_list_id`, `to_customer_name`, `to_account_list_id` and
    `to_method_list_id`; `parts` have `payment`, `place` and `to_txn_id`.
    """
    if parts:
        db.execute(
            update(PaymentApply)
            .where(
                PaymentApply.payment_id == bindparam("payment"),
                PaymentApply.position == bindparam("place"),
            )
            .values(post_txn_id=bindparam("to_txn_id")),
            parts,
        )
    if not payments:
        return 0
    marked = db.execute(
        update(Payment)
        .where(Payment.id == bindparam("payment"), _QUEUED, _NEVER_SENT)
        .values(
            checked_session_id=session_id,
            post_customer_list_id=bindparam("to_customer_list_id"),
            post_customer_name=bindparam("to_customer_name"),
            post_ar_account_list_id=bindparam("to_account_list_id"),
            post_method_list_id=bindparam("to_method_list_id"),
        ),
        payments,
    )
    return marked.rowcount


def claim(db: Connection, session_id: int, *, limit: int, now: datetime) -> Sequence[AnyRow]:
    """Take the next checked payments for a message set: queued to sent, in one statement.

    What comes back is ours alone, oldest first. The caller writes attempts and events in the same
    transaction and commits before a byte leaves.
    """
    check_move(PaymentStatus.QUEUED, PaymentStatus.SENT, Mover.HAND_OUT)
    ids = (
        select(Payment.id)
        .where(Payment.checked_session_id == session_id, _QUEUED, _NEVER_SENT)
        .order_by(Payment.id)
        # Written out, so that PostgreSQL's generic plan does not reckon with the whole backlog.
        .limit(bindparam("limit", limit, Integer, literal_execute=True))
    )
    claimed = db.execute(
        update(Payment)
        .where(Payment.id.in_(ids), _QUEUED)
        .values(
            status=PaymentStatus.SENT,
            changed_at=now,
            attempt_count=Payment.attempt_count + 1,
            note=None,
        )
        .returning(
            Payment.id,
            Payment.external_id,
            Payment.external_guid,
            Payment.reference,
            Payment.post_customer_list_id,
            Payment.post_customer_name,
            Payment.post_ar_account_list_id,
            Payment.received_on,
            Payment.amount_cents,
            Payment.post_method_list_id,
            Payment.method,
            Payment.memo,
            Payment.processor,
            Payment.processor_txn_id,
        )
    ).all()
    return sorted(claimed, key=lambda row: row.id)


def add_attempts(db: Connection, exchange_id: int, request_ids: Mapping[int, str]) -> None:
    """Write one attempt per payment; `request_ids` by payment id."""
    rows = [
        {"payment_id": payment_id, "exchange_id": exchange_id, "request_id": request_id}
        for payment_id, request_id in request_ids.items()
    ]
    db.execute(insert(Attempt), rows)


def open_attempts(db: Connection, exchange_id: int) -> Sequence[AnyRow]:
    """Read the attempts of an exchange whose answers are awaited, with what was sent."""
    return _attempts(db, Attempt.exchange_id == exchange_id, Attempt.outcome.is_(None))


def are_attempts(db: Connection, company_file_id: int, request_ids: Iterable[str]) -> bool:
    """Say whether any of some requestIDs was an attempt of this company."""
    found = db.execute(
        select(Attempt.id)
        .join_from(Attempt, Payment, Payment.id == Attempt.payment_id)
        .where(
            Attempt.request_id.in_(list(request_ids)),
            Payment.company_file_id == company_file_id,
        )
        .limit(1)
    )
    return found.first() is not None


def lost_attempts(
    db: Connection, company_file_id: int, request_ids: Iterable[str]
) -> Sequence[AnyRow]:
    """Read those of some requestIDs that are attempts of this company whose answer was lost."""
    return _attempts(
        db,
        Attempt.request_id.in_(list(request_ids)),
        Attempt.outcome == literal_column("'in_doubt'"),
        Payment.company_file_id == company_file_id,
        in_status(PaymentStatus.IN_DOUBT),
    )


def _attempts(db: Connection, *where: ColumnElement[bool]) -> Sequence[AnyRow]:
    return db.execute(
        select(
            Attempt.id,
            Attempt.request_id,
            Attempt.payment_id,
            Payment.external_guid,
            Payment.reference,
            Payment.amount_cents,
        )
        .join_from(Attempt, Payment, Payment.id == Attempt.payment_id)
        .where(*where)
        .order_by(Attempt.id)
    ).all()


def record(
    db: Connection,
    source: PaymentStatus,
    target: PaymentStatus,
    mover: Mover,
    rows: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    """Move payments from one state to another, each with its own facts.

    Every row has `payment` (its id) and the same columns of the payment besides. All of them move,
    or the transaction is at fault and goes back.

    Raises:
        RuntimeError: some were no longer in `source`; whoever holds the fence never sees this.
    """
    check_move(source, target, mover)
    if not rows:
        return
    facts: dict[str, Any] = {name: bindparam(f"to_{name}") for name in rows[0] if name != "payment"}
    moved = db.execute(
        update(Payment)
        .where(Payment.id == bindparam("payment_id_moved"), in_status(source))
        .values(status=target, changed_at=now, **facts),
        [
            {
                "payment_id_moved" if name == "payment" else f"to_{name}": value
                for name, value in row.items()
            }
            for row in rows
        ],
    )
    if moved.rowcount != len(rows):
        raise RuntimeError(f"{len(rows) - moved.rowcount} payments were no longer {source}")


def close_attempts(
    db: Connection, attempt_ids: Sequence[int], outcome: str, code: int | None, said: str | None
) -> None:
    """Write how attempts ended that ended alike, as most of a message set do."""
    db.execute(
        update(Attempt)
        .where(Attempt.id.in_(attempt_ids))
        .values(outcome=outcome, status_code=code, status_message=said)
    )


def note_exchange_events(
    db: Connection, exchange_id: int, source: PaymentStatus, *, session_id: int, now: datetime
) -> None:
    """Write one event for every payment of an exchange, from `source` to where it stands now."""
    _note_events(db, Attempt.exchange_id == exchange_id, source, session_id=session_id, now=now)


def note_attempt_events(
    db: Connection,
    attempt_ids: Sequence[int],
    source: PaymentStatus,
    *,
    session_id: int,
    now: datetime,
) -> None:
    """Write one event for the payment of each attempt, from `source` to where it stands now."""
    _note_events(db, Attempt.id.in_(attempt_ids), source, session_id=session_id, now=now)


def _note_events(
    db: Connection,
    which: ColumnElement[bool],
    source: PaymentStatus,
    *,
    session_id: int,
    now: datetime,
) -> None:
    """Write the events in one statement; the note is the rejection's summary or the payment's."""
    rows = (
        select(
            Attempt.payment_id,
            literal(now, PaymentEvent.at.type),
            literal(source.value, PaymentEvent.from_status.type),
            Payment.status,
            literal("session"),
            func.coalesce(Payment.summary, Payment.note),
            literal(session_id),
            Attempt.id,
        )
        .join_from(Attempt, Payment, Payment.id == Attempt.payment_id)
        .where(which)
        .order_by(Attempt.id)
    )
    columns = (
        *("payment_id", "at", "from_status", "to_status", "by", "note"),
        *("wc_session_id", "attempt_id"),
    )
    db.execute(insert(PaymentEvent).from_select(columns, rows))


def add_events(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write events one by one, each a mapping of PaymentEvent's columns."""
    if rows:
        db.execute(insert(PaymentEvent), rows)


def doubt(db: Connection, exchange_id: int, *, session_id: int, why: str, now: datetime) -> int:
    """Put every payment of an exchange whose answer is awaited in doubt; give how many."""
    check_move(PaymentStatus.SENT, PaymentStatus.IN_DOUBT, Mover.LOSS)
    awaited = select(Attempt.payment_id).where(
        Attempt.exchange_id == exchange_id, Attempt.outcome.is_(None)
    )
    moved = db.execute(
        update(Payment)
        .where(Payment.id.in_(awaited), in_status(PaymentStatus.SENT))
        .values(status=PaymentStatus.IN_DOUBT, changed_at=now, note=why)
    )
    db.execute(
        update(Attempt)
        .where(Attempt.exchange_id == exchange_id, Attempt.outcome.is_(None))
        .values(outcome="in_doubt")
    )
    if moved.rowcount:
        note_exchange_events(db, exchange_id, PaymentStatus.SENT, session_id=session_id, now=now)
    return moved.rowcount
