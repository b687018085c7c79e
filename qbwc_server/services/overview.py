"""How things stand, as values: for the start page, the demo, and whoever watches the server."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from models.engine import Clock, for_reading
from models.queries import overview
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.people import Scope
from sync_core.wording.states import STATES

# A page that a person reads; everything else is in the API.
LATEST_MAX = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One payment as a table shows it."""

    company: str
    id: str
    reference: str
    customer: str
    amount_cents: int
    received_on: date
    method: str
    status: PaymentStatus
    label: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What a monitor wants to know: how many payments are not settled, and for how long."""

    unsettled: dict[PaymentStatus, int]
    oldest_s: dict[PaymentStatus, float]
    open_sessions: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Reads how things stand."""

    engine: Engine
    clock: Clock

    def latest(self, companies: Scope = None) -> list[Line]:
        """List the latest payments of some company files, newest first; None: of all."""
        with for_reading(self.engine).connect() as db:
            rows = overview.latest(db, companies, LATEST_MAX)
        return [
            Line(
                company=row.company,
                id=row.external_id,
                reference=row.reference,
                customer=row.customer,
                amount_cents=row.amount_cents,
                received_on=row.received_on,
                method=row.method,
                status=PaymentStatus(row.status),
                label=STATES[PaymentStatus(row.status)].label,
                detail=_detail(row.status, row.unapplied_cents, row.summary, row.note),
            )
            for row in rows
        ]

    def figures(self) -> Figures:
        """Count what is not settled yet."""
        with for_reading(self.engine).connect() as db:
            now = self.clock(db)
            rows = overview.unsettled(db)
            open_sessions = overview.open_sessions(db)
        return Figures(
            unsettled={PaymentStatus(row.status): row[1] for row in rows},
            oldest_s={
                PaymentStatus(row.status): (now - row.oldest).total_seconds() for row in rows
            },
            open_sessions=open_sessions,
        )


def _detail(status: str, unapplied_cents: int | None, summary: str | None, note: str | None) -> str:
    if status == PaymentStatus.POSTED:
        left = unapplied_cents or 0
        return f"{format_cents(left)} left as the customer's credit" if left else ""
    if status == PaymentStatus.REJECTED:
        return summary or ""
    return note or ""
