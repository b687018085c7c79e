"""What a restored database cannot know any more: everything that is not settled is asked for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, update

from models.company_file import CompanyFile, Install
from models.exchange import Exchange
from models.payment import Attempt, Payment
from models.queries import notices, payments
from models.queries.outbox import in_status
from models.wc_session import WcSession
from sync_core.lifecycle import AttemptOutcome, Mover, PaymentStatus
from sync_core.session import State

# Id for outsiders, name, how many payments.
Counted = Row[str, str, int]

_UNSETTLED = (PaymentStatus.QUEUED, PaymentStatus.SENT, PaymentStatus.REJECTED)
_IN_DOUBT = in_status(PaymentStatus.IN_DOUBT)


def end_sessions(db: Connection, *, message: str, now: datetime) -> int:
    """End every open session, and stop waiting for all that is out; give how many were open.

    No notice is sent any more: it may have been sent after the backup was made.

    Before any payment is touched: a call of one of them has the session's row first.
    """
    ended = db.execute(
        update(WcSession)
        .where(WcSession.ended_at.is_(None))
        .values(
            state=State.CLOSED,
            revision=WcSession.revision + 1,
            ended_at=now,
            message=message,
        )
    )
    notices.give_up_all(db)
    db.execute(update(Exchange).where(Exchange.answered_at.is_(None)).values(answered_at=now))
    db.execute(
        update(Attempt).where(Attempt.outcome.is_(None)).values(outcome=AttemptOutcome.IN_DOUBT)
    )
    return ended.rowcount


def counts(db: Connection) -> Sequence[Counted]:
    """Count by company, oldest first, the payments that are put in doubt for the first time."""
    return db.execute(
        select(CompanyFile.uuid, CompanyFile.name, func.count())
        .join_from(CompanyFile, Payment, Payment.company_file_id == CompanyFile.id)
        .where(or_(*(in_status(source) for source in _UNSETTLED), _not_yet_restored()))
        .group_by(CompanyFile.id, CompanyFile.uuid, CompanyFile.name)
        .order_by(CompanyFile.id)
    ).all()


def doubt_all(db: Connection, *, by: str, told: str, now: datetime) -> None:
    """Put in doubt whatever is not posted, dismissed or reversed, each with its event.

    Only inside a transaction that holds all payments. Done a second time it moves nothing; the
    wait before QuickBooks is asked begins anew.
    """
    mark = (
        select(CompanyFile.receipts_mark)
        .where(CompanyFile.id == Payment.company_file_id)
        .scalar_subquery()
    )
    facts = {
        **payments.NO_REJECTION,
        "ever_left": True,
        "left_at": now,
        # One that left before anything had been read has no mark, and is looked for everywhere.
        "left_mark": case((Payment.ever_left, Payment.left_mark), else_=mark),
        "is_restored": True,
        "note": told,
        "checked_session_id": None,
        "cleared_session_id": None,
    }
    # A payment that the site sends in anew may be in the hands of a PC as well.
    db.execute(update(CompanyFile).values(is_restored=True))
    db.execute(update(Install).values(may_hold=True))
    payments.note_every(db, PaymentStatus.IN_DOUBT, _not_yet_restored(), by=by, told=told, now=now)
    db.execute(update(Payment).where(_IN_DOUBT).values(**facts))
    for source in _UNSETTLED:
        payments.move_every(
            db,
            source,
            PaymentStatus.IN_DOUBT,
            Mover.RESTORE,
            by=by,
            told=told,
            now=now,
            **facts,
        )


def _not_yet_restored() -> ColumnElement[bool]:
    return and_(_IN_DOUBT, ~Payment.is_restored)
