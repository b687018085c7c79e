"""What a person does about a payment: withdraw, dismiss, delete. Each leaves an event.

Another move than those of `lifecycle` cannot be made here, and none is made that a session has
overtaken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock
from models.queries import outbox, payments
from qbwc_server.errors import InvalidInput, NotFound, Problem, Refused
from qbwc_server.services import payment_input
from qbwc_server.services.actions import OFFERED, SAID, Action, offered
from sync_core.lifecycle import PaymentStatus

# A few sentences; a note that needs more belongs into the books.
NOTE_MAX = 1000

_OVERTAKEN = "A sync has moved this payment just now; look at it again."


def _action(word: object) -> Action:
    if isinstance(word, str) and word in list(Action):
        return Action(word)
    raise payment_input.fault(f"An action is one of {', '.join(Action)}.")


Note = Annotated[str, StringConstraints(max_length=NOTE_MAX), AfterValidator(payment_input.lines)]


class ActionInput(payment_input.Given):
    """What to do about a payment, and why."""

    action: Annotated[Action, BeforeValidator(_action)]
    note: Annotated[Note | None, payment_input.BLANK_IS_NONE] = Field(
        None, description="Why; dismiss needs it"
    )
    txn_id: Annotated[payment_input.QuickBooksId | None, payment_input.BLANK_IS_NONE] = Field(
        None, description="For dismiss: the entry in QuickBooks that records this money"
    )


@dataclass(frozen=True, slots=True)
class Review:
    """Does what a person says about the payments of a company file."""

    engine: Engine
    clock: Clock

    def act(self, company_file_id: int, external_id: str, given: object, *, by: str) -> None:
        """Do what is asked, given as JSON's own types; `by` goes into the audit trail.

        Raises:
            InvalidInput: no such action, or its fields are wrong.
            NotFound: the company has no payment with this id.
            Refused: the action does not fit the payment's state.
        """
        said = _read(given)
        if not external_id.isprintable():
            raise NotFound("There is no payment with this id.")
        with self.engine.begin() as db:
            payment = payments.one(db, company_file_id, external_id)
            if payment is None:
                raise NotFound("There is no payment with this id.")
            status = PaymentStatus(payment.status)
            if said.action not in OFFERED[status]:
                raise Refused(
                    f'"{said.action}" does not fit a payment that {SAID[status]}. '
                    f"What fits now: {offered(status)}."
                )
            _ACTS[said.action](db, payment, said, by, self.clock(db))


def _read(given: object) -> ActionInput:
    """Read what is asked; the fields of an action that is never offered are not looked at."""
    word = given.get("action") if isinstance(given, dict) else None
    if isinstance(word, str) and word in list(Action) and Action(word) not in _ACTS:
        return ActionInput(action=Action(word), note=None, txn_id=None)
    try:
        return ActionInput.model_validate(given)
    except ValidationError as refused:
        raise InvalidInput(payment_input.problems(refused)) from None


def _withdraw(db: Connection, payment: AnyRow, said: ActionInput, by: str, now: datetime) -> None:
    if payment.attempt_count:
        raise Refused(
            "This payment was sent before, and QuickBooks may have it; the next sync finds out."
        )
    _dismissed(db, payment, said.note, by, now, note=said.note)


def _dismiss(db: Connection, payment: AnyRow, said: ActionInput, by: str, now: datetime) -> None:
    if said.note is None:
        raise InvalidInput((Problem("/note", "Say why this payment need not be sent."),))
    if said.txn_id is None:
        _dismissed(db, payment, said.note, by, now, note=said.note)
        return
    evidence = [{"recorded_as_txn_id": said.txn_id}, *(payment.evidence or [])]
    told = f"{said.note} (in QuickBooks as {said.txn_id})"
    _dismissed(db, payment, told, by, now, note=said.note, evidence=evidence)


def _delete(db: Connection, payment: AnyRow, said: ActionInput, by: str, now: datetime) -> None:
    """Hide a payment; a rejected one is dismissed by that."""
    if payment.hidden_at is not None:
        raise Refused("This payment is deleted from the history already.")
    told = " ".join(("Deleted from the history.", said.note or "")).strip()
    if payment.status == PaymentStatus.REJECTED:
        _dismissed(db, payment, told, by, now, note=told, hidden_at=now)
        return
    if not payments.hide(db, payment, now=now):
        raise Refused(_OVERTAKEN)
    _note(db, payment, PaymentStatus(payment.status), told, by, now)


def _dismissed(
    db: Connection, payment: AnyRow, told: str | None, by: str, now: datetime, **facts: Any
) -> None:
    if not payments.dismiss(db, payment, now=now, **facts):
        raise Refused(_OVERTAKEN)
    _note(db, payment, PaymentStatus.DISMISSED, told, by, now)


def _note(
    db: Connection,
    payment: AnyRow,
    target: PaymentStatus,
    told: str | None,
    by: str,
    now: datetime,
) -> None:
    """Write the event that a person's act leaves."""
    event = {"payment_id": payment.id, "at": now, "by": by, "note": told}
    outbox.add_events(db, [{**event, "from_status": payment.status, "to_status": target}])


_Act = Callable[[Connection, AnyRow, ActionInput, str, datetime], None]
_ACTS: dict[Action, _Act] = {
    Action.WITHDRAW: _withdraw,
    Action.DISMISS: _dismiss,
    Action.DELETE: _delete,
}
