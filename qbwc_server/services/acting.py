"""What all acts of a person share: the payment that is held, the move, the event it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from models.base import AnyRow
from models.queries import extras as extra_rows
from models.queries import payments
from qbwc_server.services.action_input import ActionInput
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.wording import acts
from sync_core.wording.phrases import Show, as_is


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One act: on what, what, by whom and when. The payments are held until the transaction ends.

    `others` are those that the act concerns besides. What must be put back to take the act back,
    and is no column of the payment, goes into `to_put_back`. `show` writes amounts and days for
    whoever reads what an act says of itself.
    """

    db: Connection
    payment: AnyRow
    others: Sequence[AnyRow]
    extras: Sequence[extra_rows.ExtraOf]
    said: ActionInput
    by: str
    now: datetime
    show: Show = as_is
    to_put_back: dict[str, Any] = field(default_factory=dict)

    def money(self, cents: int) -> str:
        """Write an amount for the reader."""
        return self.show("amount", format_cents(cents))

    def day(self, day: date) -> str:
        """Write a day for the reader."""
        return self.show("received_on", day.isoformat())


def move(asked: Asked, target: PaymentStatus, told: str | None, **facts: Any) -> None:
    """Move the payment and write the event."""
    payments.move(asked.db, asked.payment, target, now=asked.now, **facts)
    payments.note(asked.db, asked.payment, target, by=asked.by, told=told, now=asked.now)


def back_to_waiting(note: str | None, **facts: Any) -> dict[str, Any]:
    """Give the columns of a payment that begins anew: nothing is held against it any more.

    What a session has cleared before does not count for what is sent again: it is asked anew.
    """
    anew = {"returns": 0, "refusals": 0, "cleared_session_id": None}
    return {"note": note, **payments.NO_REJECTION, **anew, **facts}


def wait_again(asked: Asked, told: str | None, **facts: Any) -> None:
    """Let a payment wait for the next sync, with what is wanted of it."""
    move(asked, PaymentStatus.QUEUED, told, **back_to_waiting(told, **facts))


def left_behind(asked: Asked, action: str, **facts: object) -> str:
    """Say for the history what was done and what the person said of it."""
    told = acts.LEFT_BEHIND[action].format(**facts)
    return f"{told} {asked.said.note}" if asked.said.note else told
