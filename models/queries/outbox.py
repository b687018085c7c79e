"""The waiting payments: looking at them, claiming them, writing down what became of them.

Each statement works on a set. A status in a WHERE is written as a literal, since a bound one hides
the partial index from PostgreSQL's generic plans.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Executable,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import aliased

from models.base import AnyRow, among
from models.books import Stale
from models.company_file import CompanyFile, Install
from models.exchange import Exchange
from models.payment import MAY_HAVE_LEFT, UNSEEN, Attempt, Payment, PaymentApply, PaymentEvent
from models.queries import watches
from models.queries.receipts import PAYMENT
from models.receipt import ExtraReceipt
from models.statements import once, written_out
from models.wc_session import WcSession
from sync_core.doubt import RETURNS_ALONE
from sync_core.lifecycle import AttemptOutcome, Mover, PaymentStatus, check_move


def in_status(status: PaymentStatus) -> ColumnElement[bool]:
    """Compare the status with a literal."""
    return Payment.status == literal_column(f"'{status.value}'")


_QUEUED = in_status(PaymentStatus.QUEUED)
_WAITS: list[Any] = [literal_column("'queued'"), literal_column("'in_doubt'")]


class MovedMeanwhile(Exception):  # noqa: N818 - named for what it is
    """Somebody else moved a payment after it was read; whoever reads again sees where it is."""


def _may_go(session_id: int) -> ColumnElement[bool]:
    """Say what a session may send: what never left, and what it knows QuickBooks not to have.

    Rule D.2: whichever way a payment came back to waiting, it does not get past this.
    """
    return or_(~Payment.ever_left, Payment.cleared_session_id == session_id)


@once
def _waiting_page(
    company_file_id: int, session_id: int, after: int, until: int, limit: int
) -> Executable:
    return (
        select(Payment.id)
        .where(
            # Compared as a pair, so that PostgreSQL takes the index of waiting payments and
            # does not walk the primary key through all that is settled.
            tuple_(Payment.company_file_id, Payment.id) > tuple_(company_file_id, after),
            Payment.company_file_id == company_file_id,
            tuple_(Payment.company_file_id, Payment.id) <= tuple_(company_file_id, until),
            _QUEUED,
            _may_go(session_id),
        )
        .order_by(Payment.id)
        .limit(limit)
    )


def waiting_page(
    db: Connection, company_file_id: int, session_id: int, *, after: int, until: int, limit: int
) -> Sequence[int]:
    """List the next payments that may go, with ids above `after` up to `until`, oldest first."""
    return (
        db.execute(*_waiting_page(company_file_id, session_id, after, until, limit)).scalars().all()
    )


# What the check looks at besides who paid.
_CHECKED = (
    *(Payment.method, Payment.currency, Payment.amount_cents, Payment.received_on),
    *(Payment.as_credit, Payment.what_fits, Payment.post_on, Payment.post_anyway),
    *(Payment.chosen_customer_list_id, Payment.ever_left, Payment.refusals),
)


@once
def _waiting_among(session_id: int, payment_ids: Sequence[int]) -> Executable:
    return (
        select(
            Payment.id,
            Payment.customer_list_id,
            Payment.customer_name,
            Payment.customer_external_id,
            *_CHECKED,
        )
        .where(among(Payment.id, payment_ids), _QUEUED, _may_go(session_id))
        .order_by(Payment.id)
        .with_for_update(key_share=True)
    )


def waiting_among(db: Connection, session_id: int, payment_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Read those of some payments that still wait and may go, oldest first.

    Until the transaction ends nobody else moves them: who withdraws one waits, and is refused.
    """
    return db.execute(*_waiting_among(session_id, payment_ids)).all()


def to_check(db: Connection, payment_ids: Sequence[int], status: PaymentStatus) -> Sequence[AnyRow]:
    """Read those of some payments that are in a state, as the check sees them, oldest first.

    With why they were rejected, where they were. Until the transaction ends nobody else moves them.
    """
    return db.execute(
        select(
            Payment.id,
            *(Payment.customer_list_id, Payment.customer_name, Payment.customer_external_id),
            *_CHECKED,
            *(Payment.cause, Payment.variant, Payment.facts, Payment.summary, Payment.evidence),
            *(Payment.status_code, Payment.status_message, Payment.reference, Payment.status),
            *(Payment.post_customer_list_id, Payment.post_customer_name),
            Payment.post_ar_account_list_id,
        )
        .where(among(Payment.id, payment_ids), in_status(status))
        .order_by(Payment.id)
        .with_for_update(key_share=True)
    ).all()


def rewrite_rejections(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write why rejected payments were rejected, as it is known now.

    Every row has `payment` (its id) and the columns of a rejection.
    """
    if rows:
        facts: dict[str, Any] = {
            name: bindparam(f"to_{name}") for name in rows[0] if name != "payment"
        }
        db.execute(
            update(Payment)
            .where(Payment.id == bindparam("payment_id"), in_status(PaymentStatus.REJECTED))
            .values(**facts),
            [
                {
                    "payment_id" if name == "payment" else f"to_{name}": value
                    for name, value in row.items()
                }
                for row in rows
            ],
        )


def not_permitted(db: Connection, company_file_id: int, *, limit: int | None) -> Sequence[int]:
    """List payments that QuickBooks did not permit, the one tried longest ago first."""
    return (
        db.execute(
            select(Payment.id)
            .where(
                Payment.company_file_id == company_file_id,
                in_status(PaymentStatus.REJECTED),
                Payment.cause == "not_permitted",
                Payment.hidden_at.is_(None),
            )
            .order_by(Payment.left_at, Payment.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


@once
def _has_queued(company_file_id: int) -> Executable:
    return select(Payment.id).where(Payment.company_file_id == company_file_id, _QUEUED).limit(1)


def has_queued(db: Connection, company_file_id: int) -> bool:
    """Say whether any payment of a company waits."""
    return db.execute(*_has_queued(company_file_id)).first() is not None


def totals(db: Connection, company_file_id: int, status: PaymentStatus) -> Sequence[AnyRow]:
    """Count and add up the payments of a company in a status by currency; `since` is the oldest."""
    cents = func.sum(Payment.amount_cents).cast(BigInteger).label("cents")
    return db.execute(
        select(
            Payment.currency,
            func.count().label("many"),
            cents,
            func.min(Payment.created_at).label("since"),
        )
        .where(Payment.company_file_id == company_file_id, in_status(status))
        .group_by(Payment.currency)
    ).all()


@once
def _count_in_doubt(company_file_id: int) -> Executable:
    return select(func.count()).where(
        Payment.company_file_id == company_file_id, in_status(PaymentStatus.IN_DOUBT)
    )


def count_in_doubt(db: Connection, company_file_id: int) -> int:
    """Count the payments of a company that QuickBooks has yet to be asked about."""
    return int(db.execute(*_count_in_doubt(company_file_id)).scalar_one())


@once
def _applies(payment_ids: Sequence[int]) -> Executable:
    return (
        select(
            PaymentApply.payment_id,
            PaymentApply.position,
            PaymentApply.amount_cents,
            PaymentApply.invoice_txn_id,
            PaymentApply.invoice_number,
            PaymentApply.invoice_external_id,
            PaymentApply.chosen_txn_id,
            PaymentApply.meant_txn_id,
            PaymentApply.post_txn_id,
            PaymentApply.post_cents,
            PaymentApply.balance_before_cents,
            PaymentApply.total_before_cents,
            func.coalesce(PaymentApply.post_txn_id, PaymentApply.invoice_txn_id).label("txn_id"),
            func.coalesce(PaymentApply.post_cents, PaymentApply.amount_cents).label("cents"),
        )
        .where(among(PaymentApply.payment_id, payment_ids))
        .order_by(PaymentApply.payment_id, PaymentApply.position)
    )


def applies(db: Connection, payment_ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Read what payments are applied to, in the order given by the payment site.

    `txn_id` is the invoice's TxnID as given or as the check found it, None before that, and
    `cents` what goes on it by the check, or else as asked.
    """
    rows = db.execute(*_applies(payment_ids))
    found: dict[int, list[AnyRow]] = {payment_id: [] for payment_id in payment_ids}
    for row in rows:
        found[row.payment_id].append(row)
    return found


def keep_meant(db: Connection, found: Mapping[tuple[int, int], str]) -> None:
    """Keep which invoices (TxnIDs) parts mean, by payment and place; what is kept already stays."""
    if found:
        db.execute(
            update(PaymentApply)
            .where(
                PaymentApply.payment_id == bindparam("payment"),
                PaymentApply.position == bindparam("place"),
                PaymentApply.meant_txn_id.is_(None),
            )
            .values(meant_txn_id=bindparam("to_txn_id")),
            [
                {"payment": payment_id, "place": place, "to_txn_id": txn_id}
                for (payment_id, place), txn_id in found.items()
            ],
        )


def mark_checked(
    db: Connection,
    session_id: int,
    payments: Sequence[Mapping[str, Any]],
    parts: Sequence[Mapping[str, Any]],
) -> int:
    """Write how checked payments will stand in QuickBooks; give how many still waited.

    `payments` have `payment`, `to_customer_list_id`, `to_customer_name`, `to_account_list_id` and
    `to_method_list_id`; `parts` have `payment`, `place`, `to_txn_id` and `to_cents`, both None
    where they are as asked.
    """
    if parts:
        db.execute(
            update(PaymentApply)
            .where(
                PaymentApply.payment_id == bindparam("payment"),
                PaymentApply.position == bindparam("place"),
            )
            .values(post_txn_id=bindparam("to_txn_id"), post_cents=bindparam("to_cents")),
            parts,
        )
    if not payments:
        return 0
    marked = db.execute(
        update(Payment)
        .where(Payment.id == bindparam("payment"), _QUEUED, _may_go(session_id))
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
    transaction and commits before a byte leaves. Those that came back from doubt too often go after
    all others, each alone (rule D.7).
    """
    check_move(PaymentStatus.QUEUED, PaymentStatus.SENT, Mover.HAND_OUT)
    for which, many in ((_TOGETHER, limit), (_ALONE, 1)):
        if claimed := db.execute(*_claim(which, session_id, many, now)).all():
            return sorted(claimed, key=lambda row: row.id)
    return []


def _mark() -> ScalarSelect[str | None]:
    """Give how far the list of payments received was read."""
    return (
        select(CompanyFile.receipts_mark)
        .where(CompanyFile.id == Payment.company_file_id)
        .scalar_subquery()
    )


# Whether a payment travels alone (rule D.7).
_ALONE = Payment.returns >= RETURNS_ALONE
_TOGETHER = ~_ALONE


@once
def _claim(
    which: ColumnElement[bool],
    /,
    session_id: int,
    limit: int,
    now: datetime,
) -> Executable:
    ids = (
        select(Payment.id)
        .where(
            Payment.checked_session_id == session_id,
            _QUEUED,
            _may_go(session_id),
            which,
        )
        .order_by(Payment.id)
        # Written out, so that PostgreSQL's generic plan does not reckon with the whole backlog.
        .limit(written_out(limit))
    )
    return (
        update(Payment)
        .where(Payment.id.in_(ids), _QUEUED)
        .values(
            status=PaymentStatus.SENT,
            changed_at=now,
            attempt_count=Payment.attempt_count + 1,
            note=None,
            # What QuickBooks answered before is good for one sending.
            asked_session_id=None,
            cleared_session_id=None,
            left_at=now,
            # The mark as it stood when it left for the first time: no receipt of it is older.
            left_mark=case((Payment.ever_left, Payment.left_mark), else_=_mark()),
            ever_left=True,
        )
        .returning(
            Payment.id,
            Payment.attempt_count,
            Payment.external_id,
            Payment.external_guid,
            Payment.reference,
            Payment.post_customer_list_id,
            Payment.post_customer_name,
            Payment.post_ar_account_list_id,
            Payment.received_on,
            Payment.post_on,
            Payment.amount_cents,
            Payment.post_method_list_id,
            Payment.method,
            Payment.memo,
            Payment.processor,
            Payment.processor_txn_id,
        )
    )


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


@once
def _are_attempts(company_file_id: int, request_ids: Iterable[str]) -> Executable:
    return (
        select(Attempt.id)
        .join_from(Attempt, Payment, Payment.id == Attempt.payment_id)
        .where(
            among(Attempt.request_id, request_ids),
            Payment.company_file_id == company_file_id,
        )
        .limit(1)
    )


def are_attempts(db: Connection, company_file_id: int, request_ids: Iterable[str]) -> bool:
    """Say whether any of some requestIDs was an attempt of this company."""
    found = db.execute(*_are_attempts(company_file_id, request_ids))
    return found.first() is not None


def attempts_named(
    db: Connection, company_file_id: int, request_ids: Iterable[str]
) -> Sequence[AnyRow]:
    """Read the attempts of this company that left under some requestIDs."""
    return _attempts(
        db,
        among(Attempt.request_id, request_ids),
        Payment.company_file_id == company_file_id,
    )


def _attempts(db: Connection, *where: ColumnElement[bool]) -> Sequence[AnyRow]:
    return db.execute(
        select(
            Attempt.id,
            Attempt.request_id,
            Attempt.payment_id,
            Attempt.outcome,
            Payment.external_guid,
            Payment.reference,
            Payment.amount_cents,
            Payment.status,
            Payment.txn_id,
            Payment.refusals,
        )
        .join_from(Attempt, Payment, Payment.id == Attempt.payment_id)
        .where(*where)
        .order_by(Attempt.id)
    ).all()


@once
def _may_have_left(company_file_id: int, after: int, limit: int) -> Executable:
    return (
        select(Payment.id, Payment.reference)
        .where(Payment.company_file_id == company_file_id, text(MAY_HAVE_LEFT), Payment.id > after)
        .order_by(Payment.id)
        .limit(limit)
    )


def may_have_left(
    db: Connection, company_file_id: int, *, after: int, limit: int
) -> Sequence[AnyRow]:
    """List the next payments that QuickBooks is to be asked for, oldest first: id, reference."""
    return db.execute(*_may_have_left(company_file_id, after, limit)).all()


@once
def _witnesses(company_file_id: int, limit: int) -> Executable:
    return (
        select(Payment.id, Payment.txn_id)
        .where(
            Payment.company_file_id == company_file_id,
            in_status(PaymentStatus.POSTED),
            Payment.missing_since.is_(None),
            Payment.entered_wall.is_not(None),
        )
        .order_by(Payment.entered_wall.desc())
        .limit(limit)
    )


def witnesses(db: Connection, company_file_id: int, limit: int) -> Sequence[AnyRow]:
    """List the newest payments posted by QuickBooks' clock: id, TxnID.

    Those known to be missing are none, nor is one that QuickBooks has never shown: a TxnID that a
    person typed may be mistyped.
    """
    return db.execute(*_witnesses(company_file_id, limit)).all()


@once
def _unseen(company_file_id: int, limit: int) -> Executable:
    return (
        select(Payment.id, Payment.txn_id)
        .where(Payment.company_file_id == company_file_id, text(UNSEEN))
        .limit(limit)
    )


def unseen(db: Connection, company_file_id: int, limit: int) -> Sequence[AnyRow]:
    """List the payments that are posted by a person's word, and QuickBooks never showed them."""
    return db.execute(*_unseen(company_file_id, limit)).all()


@once
def _miss(payment_ids: Sequence[int], why: str, now: datetime) -> Executable:
    return (
        update(Payment)
        .where(among(Payment.id, payment_ids), text(UNSEEN))
        .values(missing_since=now, note=why)
    )


def miss(db: Connection, payment_ids: Sequence[int], why: str, now: datetime) -> int:
    """Note the payments posted that QuickBooks was asked for and does not have; give how many.

    They stay where they are: a person has said that they are there.
    """
    if not payment_ids:
        return 0
    return db.execute(*_miss(payment_ids, why, now)).rowcount


@once
def _to_do(company_file_id: int, session_id: int, stale_after: str) -> Executable:
    may_go = and_(_QUEUED, _may_go(session_id))
    may_have_left = literal_column(f"({MAY_HAVE_LEFT})", Boolean())
    company = Payment.company_file_id == company_file_id
    unseen = select(Payment.id).where(company, text(UNSEEN)).correlate(None)
    extras = select(ExtraReceipt.id).where(
        ExtraReceipt.company_file_id == company_file_id, ExtraReceipt.resolved_at.is_(None)
    )
    stale = select(Stale.txn_id).where(
        Stale.company_file_id == company_file_id, Stale.txn_id > stale_after
    )
    return select(
        func.count().filter(may_go).label("waiting"),
        func.coalesce(func.max(Payment.id).filter(may_go), 0).label("newest"),
        func.count().filter(may_have_left).label("left"),
        func.count().filter(may_have_left, Payment.left_mark.is_(None)).label("unmarked"),
        func.min(Payment.left_mark).filter(may_have_left).label("first_mark"),
        func.count().filter(may_have_left, Payment.asked_session_id == session_id).label("asked"),
        unseen.exists().label("unseen"),
        extras.exists().label("extras"),
        stale.exists().label("stale"),
    ).where(company, Payment.status.in_(_WAITS))


def to_do(
    db: Connection, company_file_id: int, session_id: int, *, stale_after: str | None
) -> AnyRow:
    """Say what there is to do in a session, all at once, so that what is nothing costs nothing.

    `waiting` counts the payments that it would look at, `newest` is the id of the newest, or 0.
    `left` counts those that may have left, `asked` those of them about which it has asked,
    `unmarked` those before which nothing had been read; `first_mark` is the mark of the one that
    left first. And whether there is any payment `unseen`, a receipt one too many (`extras`), and a
    transaction to be asked for behind a TxnID (`stale`).
    """
    return db.execute(*_to_do(company_file_id, session_id, stale_after or "")).one()


@once
def _known_by(payment_ids: Sequence[int]) -> Executable:
    return select(*PAYMENT).where(among(Payment.id, payment_ids))


def known_by(db: Connection, payment_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Read what payments are known by in QuickBooks."""
    return db.execute(*_known_by(payment_ids)).all()


_SIDE_BY_SIDE = (*("external_id", "reference", "amount_cents", "received_on", "method", "status"),)


def look_alikes(
    db: Connection, session_id: int, payment_ids: Sequence[int], *, days: int
) -> Sequence[AnyRow]:
    """Pair payments with others that look like them: both side by side, and `is_unclear`.

    Received within so many days, and not dismissed; the newest of the others comes last. Of two
    that wait the older one goes first, so one accepted later counts if QuickBooks has or had it, or
    may have it: `is_unclear` then, and nobody knows before QuickBooks is asked.
    """
    other = aliased(Payment)
    is_unclear = and_(
        other.id > Payment.id,
        or_(
            other.status.in_((PaymentStatus.SENT, PaymentStatus.IN_DOUBT)),
            and_(
                other.status == PaymentStatus.QUEUED,
                other.ever_left,
                other.cleared_session_id.is_distinct_from(session_id),
            ),
        ),
    )
    counts = or_(
        other.id < Payment.id,
        other.status.in_((PaymentStatus.POSTED, PaymentStatus.REVERSED)),
        and_(other.status == PaymentStatus.REJECTED, other.ever_left),
        is_unclear,
    )
    since, until = (_day_after(db, Payment.received_on, number) for number in (-days, days))
    return db.execute(
        select(
            Payment.id.label("payment_id"),
            *(getattr(Payment, name) for name in _SIDE_BY_SIDE),
            other.id.label("other_id"),
            *(getattr(other, name).label(f"other_{name}") for name in _SIDE_BY_SIDE),
            is_unclear.label("is_unclear"),
        )
        .join_from(
            Payment,
            other,
            and_(
                other.company_file_id == Payment.company_file_id,
                other.likeness == Payment.likeness,
                other.received_on.between(since, until),
                other.id != Payment.id,
                other.status != PaymentStatus.DISMISSED,
                counts,
            ),
        )
        .where(among(Payment.id, payment_ids))
        .order_by(Payment.id, other.id)
    ).all()


def liken(db: Connection, found: Mapping[int, str]) -> None:
    """Write what payments (by id) have in common with others that look alike."""
    if found:
        db.execute(
            update(Payment)
            .where(Payment.id == bindparam("payment_id_alike"))
            .values(likeness=bindparam("to_likeness")),
            [{"payment_id_alike": number, "to_likeness": text} for number, text in found.items()],
        )


def _day_after(db: Connection, day: Any, days: int) -> ColumnElement[Any]:
    """Reckon with days, which SQLite keeps as text."""
    if db.dialect.name == "sqlite":
        return func.date(day, f"{days} days")
    return cast("ColumnElement[Any]", day + days)


@once
def _note_asked(session_id: int, payment_ids: Sequence[int]) -> Executable:
    return update(Payment).where(among(Payment.id, payment_ids)).values(asked_session_id=session_id)


def note_asked(db: Connection, session_id: int, payment_ids: Sequence[int]) -> None:
    """Note the payments about which QuickBooks has answered a session."""
    if payment_ids:
        db.execute(*_note_asked(session_id, payment_ids))


@once
def _asked(company_file_id: int, session_id: int, after: int, limit: int) -> Executable:
    return (
        select(*PAYMENT, Payment.left_at, Payment.is_restored, Payment.returns, Payment.note)
        .where(
            Payment.company_file_id == company_file_id,
            text(MAY_HAVE_LEFT),
            Payment.asked_session_id == session_id,
            Payment.id > after,
        )
        .order_by(Payment.id)
        .limit(limit)
        .with_for_update(key_share=True)
    )


def asked(
    db: Connection, company_file_id: int, session_id: int, *, after: int, limit: int
) -> Sequence[AnyRow]:
    """Read the next payments about which QuickBooks has answered a session, oldest first.

    Until the transaction ends nobody else moves them.
    """
    return db.execute(*_asked(company_file_id, session_id, after, limit)).all()


@once
def _takers(payment_ids: Sequence[int]) -> Executable:
    before, taken = aliased(Attempt), aliased(Exchange)
    refused_before = (
        select(before.id)
        .join(taken, taken.id == before.exchange_id)
        .where(
            taken.wc_session_id == Exchange.wc_session_id,
            taken.id < Exchange.id,
            before.outcome.in_((AttemptOutcome.REFUSED_WHOLE, AttemptOutcome.REFUSED_ALONE)),
        )
        .exists()
    )
    return (
        select(
            Attempt.payment_id,
            Attempt.outcome,
            Attempt.status_message,
            refused_before.label("refused_before"),
            WcSession.id.label("session_id"),
            WcSession.install_id,
            WcSession.app_lock,
            Install.label,
            Install.retired_at,
        )
        .join_from(Attempt, Exchange, Exchange.id == Attempt.exchange_id)
        .join(WcSession, WcSession.id == Exchange.wc_session_id)
        .join(Install, Install.id == WcSession.install_id)
        .where(among(Attempt.payment_id, payment_ids))
        .order_by(Attempt.id)
    )


def takers(db: Connection, payment_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Read how the attempts of payments ended, with the session that took each, oldest first.

    `refused_before`: that session had had a message set refused whole already, so that a copy of
    that refusal may have been taken for one of this set; it names none.
    """
    return db.execute(*_takers(payment_ids)).all()


@once
def _wait_anew(payment_ids: Sequence[int], now: datetime) -> Executable:
    return (
        update(Payment)
        .where(among(Payment.id, payment_ids), text(MAY_HAVE_LEFT))
        .values(left_at=now)
    )


def wait_anew(db: Connection, payment_ids: Sequence[int], now: datetime) -> None:
    """Let the wait of payments begin anew that left in the future: the clock was set back since."""
    if payment_ids:
        db.execute(*_wait_anew(payment_ids, now))


@once
def _clear(session_id: int, payment_ids: Sequence[int]) -> Executable:
    return (
        update(Payment)
        .where(among(Payment.id, payment_ids), _QUEUED)
        .values(cleared_session_id=session_id)
    )


def clear(db: Connection, session_id: int, payment_ids: Sequence[int]) -> None:
    """Note the payments that a session knows QuickBooks not to have."""
    if payment_ids:
        db.execute(*_clear(session_id, payment_ids))


@once
def _ask_first(payment_ids: Sequence[int], why: str) -> Executable:
    return (
        update(Payment)
        .where(among(Payment.id, payment_ids), _QUEUED)
        .values(ever_left=True, left_mark=None, note=why)
    )


def ask_first(db: Connection, payment_ids: Sequence[int], why: str) -> None:
    """Let QuickBooks be asked for payments before they are sent, as for those that have left.

    What there is of them may be as old as anything, and is looked for everywhere.
    """
    if payment_ids:
        db.execute(*_ask_first(payment_ids, why))


def note(db: Connection, notes: Mapping[int, str]) -> None:
    """Write why payments (by id) wait that may have left; one that was moved since stays."""
    if notes:
        db.execute(
            update(Payment)
            .where(Payment.id == bindparam("payment_id_noted"), text(MAY_HAVE_LEFT))
            .values(note=bindparam("to_note")),
            [{"payment_id_noted": number, "to_note": why} for number, why in notes.items()],
        )


def explain(db: Connection, notes: Mapping[int, str]) -> None:
    """Write why payments (by id) wait that may not be sent yet, where that is news."""
    for number, why in notes.items():
        db.execute(
            update(Payment)
            .where(Payment.id == number, _QUEUED, Payment.note.is_distinct_from(why))
            .values(note=why)
        )


@once
def _found_again(payment_ids: Sequence[int]) -> Executable:
    return (
        update(Payment).where(among(Payment.id, payment_ids)).values(missing_since=None, note=None)
    )


def found_again(db: Connection, payment_ids: Sequence[int]) -> None:
    """Note that payments are not missing any more."""
    if payment_ids:
        db.execute(*_found_again(payment_ids))


def note_entered(db: Connection, walls: Mapping[int, str]) -> None:
    """Write when payments posted (by id) were entered, by QuickBooks' clock."""
    if walls:
        db.execute(
            update(Payment)
            .where(Payment.id == bindparam("payment_id_entered"), in_status(PaymentStatus.POSTED))
            .values(entered_wall=bindparam("to_wall")),
            [{"payment_id_entered": number, "to_wall": wall} for number, wall in walls.items()],
        )


def restate(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let payments posted stand under another receipt.

    Each row has `payment`, `txn_id`, `edit_sequence`, `entered_wall`, `applied_cents` and
    `unapplied_cents`.
    """
    if rows:
        db.execute(
            update(Payment)
            .where(Payment.id == bindparam("payment_id_restated"), in_status(PaymentStatus.POSTED))
            .values(
                txn_id=bindparam("to_txn_id"),
                edit_sequence=bindparam("to_edit_sequence"),
                entered_wall=bindparam("to_entered_wall"),
                applied_cents=bindparam("to_applied_cents"),
                unapplied_cents=bindparam("to_unapplied_cents"),
                missing_since=None,
                differs=False,
            ),
            [
                {
                    "payment_id_restated" if name == "payment" else f"to_{name}": value
                    for name, value in row.items()
                }
                for row in rows
            ],
        )


def restand(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write how payments posted stand in QuickBooks now.

    Each row has `payment`, `applied_cents`, `unapplied_cents` and `differs`.
    """
    if rows:
        db.execute(
            update(Payment)
            .where(Payment.id == bindparam("payment_id_stands"), in_status(PaymentStatus.POSTED))
            .values(
                applied_cents=bindparam("to_applied_cents"),
                unapplied_cents=bindparam("to_unapplied_cents"),
                differs=bindparam("to_differs"),
            ),
            [
                {
                    "payment_id_stands" if name == "payment" else f"to_{name}": value
                    for name, value in row.items()
                }
                for row in rows
            ],
        )


@once
def _end_doubt(payment_ids: Sequence[int]) -> Executable:
    return (
        update(Attempt)
        .where(
            among(Attempt.payment_id, payment_ids),
            Attempt.outcome == literal_column("'in_doubt'"),
        )
        .values(outcome=AttemptOutcome.ABSENT)
    )


def end_doubt(db: Connection, payment_ids: Sequence[int]) -> None:
    """Note that what the attempts of payments left in doubt is known: QuickBooks has none."""
    if payment_ids:
        db.execute(*_end_doubt(payment_ids))


@cache
def _record(source: PaymentStatus, target: PaymentStatus, names: tuple[str, ...]) -> Executable:
    facts: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names if name != "payment"}
    return (
        update(Payment)
        .where(Payment.id == bindparam("to_payment"), in_status(source))
        .values(status=target, changed_at=bindparam("to_now"), **facts)
    )


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
        MovedMeanwhile: some were no longer in `source`. The fence is a session's: a person moves
            payments too, and the late answer on another ticket.
    """
    check_move(source, target, mover)
    if not rows:
        return
    moved = db.execute(
        _record(source, target, tuple(rows[0])),
        [{**{f"to_{name}": value for name, value in row.items()}, "to_now": now} for row in rows],
    )
    if moved.rowcount != len(rows):
        raise MovedMeanwhile(f"{len(rows) - moved.rowcount} payments were no longer {source}")
    if watches.is_over(source, target):
        watches.end(db, [row["payment"] for row in rows])


def close_attempts(
    db: Connection, attempt_ids: Sequence[int], outcome: str, code: int | None, said: str | None
) -> None:
    """Write how attempts ended that ended alike, as most of a message set do."""
    db.execute(
        update(Attempt)
        .where(among(Attempt.id, attempt_ids))
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
    _note_events(db, among(Attempt.id, attempt_ids), source, session_id=session_id, now=now)


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
    """Put every payment of an exchange whose answer is awaited in doubt; give how many.

    One that evidence has moved since it was sent stays where it is.
    """
    check_move(PaymentStatus.SENT, PaymentStatus.IN_DOUBT, Mover.LOSS)
    is_awaited = (Attempt.exchange_id == exchange_id, Attempt.outcome.is_(None))
    moved = db.execute(
        update(Payment)
        .where(
            Payment.id.in_(select(Attempt.payment_id).where(*is_awaited)),
            in_status(PaymentStatus.SENT),
        )
        .values(status=PaymentStatus.IN_DOUBT, changed_at=now, note=why)
    )
    if moved.rowcount:
        _note_events(
            db,
            and_(*is_awaited, in_status(PaymentStatus.IN_DOUBT)),
            PaymentStatus.SENT,
            session_id=session_id,
            now=now,
        )
    db.execute(update(Attempt).where(*is_awaited).values(outcome=AttemptOutcome.IN_DOUBT))
    return moved.rowcount
