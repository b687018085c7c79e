"""How many of a company's latest payments were refused, by cause."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from models.payment import Payment

# Why a payment was last rejected (none: never), how many of them.
Counted = Row[str | None, int]


def counts(db: Connection, company_file_id: int, since: datetime) -> Sequence[Counted]:
    """Count the payments accepted since a moment by why they were last rejected."""
    return db.execute(
        select(Payment.last_cause, func.count())
        .where(Payment.company_file_id == company_file_id, Payment.created_at >= since)
        .group_by(Payment.last_cause)
    ).all()
