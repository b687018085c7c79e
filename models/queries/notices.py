"""Notices by e-mail: written when a sync ends, claimed and closed by whoever sends them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, literal, or_, select, text, update

from models.base import AnyRow, among
from models.company_file import CompanyFile
from models.notice import IS_OPEN, Notice
from models.payment import REFUSED, Payment, PaymentEvent
from models.wc_session import WcSession
from sync_core.lifecycle import PaymentStatus
from sync_core.notice import Outcome
from sync_core.rejection import Cause

# Id, how many tries were begun, when it was written.
Due = Row[int, int, datetime]


def note(db: Connection, *, session_id: int, company_file_id: int, now: datetime) -> bool:
    """Have a company's contacts told of a sync that ends; say whether there is cause.

    There is when payments were refused in it and the company has contacts. While QuickBooks allows
    no posting, each sync tries one payment: that is told once. The sync has ended only once, by
    whoever held its fence; a second notice is refused by the table.
    """
    refused = exists().where(
        PaymentEvent.wc_session_id == session_id,
        text(REFUSED),
        Payment.id == PaymentEvent.payment_id,
        or_(~CompanyFile.refusal_told, Payment.cause.is_distinct_from(Cause.NOT_PERMITTED)),
    )
    moment = literal(now, Notice.created_at.type)
    noted = db.execute(
        insert(Notice)
        .from_select(
            ["wc_session_id", "created_at", "due_at", "tries"],
            select(literal(session_id), moment, moment, literal(0)).where(
                CompanyFile.id == company_file_id, CompanyFile.contacts.is_not(None), refused
            ),
        )
        .returning(Notice.id)
    )
    return noted.first() is not None


def refusal_told(db: Connection, company_file_id: int) -> None:
    """Note that the contacts are told that QuickBooks allows no posting, if that is so."""
    db.execute(
        update(CompanyFile)
        .where(CompanyFile.id == company_file_id, CompanyFile.refused)
        .values(refusal_told=True)
    )


def due(db: Connection, now: datetime, *, wait_max: timedelta, limit: int) -> Sequence[Due]:
    """List what is to be tried now, the longest due first.

    One that is due later than any wait was written before the clock was set back, and is due too.
    """
    return db.execute(
        select(Notice.id, Notice.tries, Notice.created_at)
        .where(text(IS_OPEN), or_(Notice.due_at <= now, Notice.due_at > now + wait_max))
        .order_by(Notice.due_at)
        .limit(limit)
    ).all()


def claim(db: Connection, notice_id: int, tries: int, *, due_at: datetime) -> bool:
    """Begin a try: nobody else does before the next one is due. False when somebody was quicker."""
    return _change(db, notice_id, tries, tries=tries + 1, due_at=due_at)


def hand_over(db: Connection, notice_id: int, tries: int) -> bool:
    """Write that the e-mail leaves now; False when a later try has begun meanwhile."""
    return _change(db, notice_id, tries, outcome=Outcome.UNSURE)


def fail(db: Connection, notice_id: int, tries: int, *, why: str, outcome: Outcome | None) -> bool:
    """Write why a try failed before the e-mail left; with an outcome it was the last one."""
    return _change(db, notice_id, tries, why=why[:200], outcome=outcome)


def answer(db: Connection, notice_id: int, tries: int, **values: Any) -> None:
    """Write what the mail server said of the e-mail that was handed over to it in our try."""
    db.execute(
        update(Notice)
        .where(
            Notice.id == notice_id, Notice.tries == tries, Notice.outcome == Outcome.UNSURE.value
        )
        .values(**values)
    )


def give_up_all(db: Connection) -> None:
    """Send none of those that wait: after a restore they may have been sent already."""
    db.execute(update(Notice).where(text(IS_OPEN)).values(outcome=Outcome.GIVEN_UP))


def addressed(db: Connection, notice_id: int) -> AnyRow:
    """Read whom a notice is for: the session's id, the company's ids, name and contacts."""
    return db.execute(
        select(
            Notice.wc_session_id.label("session_id"),
            CompanyFile.id.label("company_file_id"),
            CompanyFile.uuid,
            CompanyFile.name,
            CompanyFile.contacts,
        )
        .join_from(Notice, WcSession, WcSession.id == Notice.wc_session_id)
        .join(CompanyFile, CompanyFile.id == WcSession.company_file_id)
        .where(Notice.id == notice_id)
    ).one()


def refused(db: Connection, session_id: int) -> Sequence[int]:
    """List the payments (by id) that were refused in a session."""
    return (
        db.execute(
            select(PaymentEvent.payment_id)
            .where(PaymentEvent.wc_session_id == session_id, text(REFUSED))
            .distinct()
        )
        .scalars()
        .all()
    )


def still_refused(
    db: Connection, payment_ids: Sequence[int], *, limit: int
) -> tuple[int, Sequence[AnyRow]]:
    """Count those of some payments that are refused now, and read the first."""
    still = (
        among(Payment.id, payment_ids),
        Payment.status == PaymentStatus.REJECTED,  # no literal: they are found by their ids
        Payment.hidden_at.is_(None),
    )
    count = db.execute(select(func.count()).select_from(Payment).where(*still)).scalar_one()
    rows = db.execute(
        select(Payment.__table__).where(*still).order_by(Payment.id).limit(limit)
    ).all()
    return count, rows


def _change(db: Connection, notice_id: int, own_tries: int, /, **values: Any) -> bool:
    """Change a notice that waits, if no other try than ours has begun."""
    changed = db.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.tries == own_tries, text(IS_OPEN))
        .values(**values)
    )
    return changed.rowcount == 1
