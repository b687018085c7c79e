"""What a person does about payments. Each act is one transaction and leaves an event.

Another move than those of `lifecycle` cannot be made here, and no session moves a payment between
our look at it and the act. What goes back to waiting here passes rule D.2: if it ever left,
QuickBooks is asked for it in the very session that sends it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock
from models.queries import extras as extra_rows
from models.queries import outbox, payments
from qbwc_server.errors import InvalidInput, NotFound, Problem, Refused
from qbwc_server.services import actions, extras, payment_input
from qbwc_server.services.actions import Action, Note
from sync_core.lifecycle import Mover, PaymentStatus

_THEY_ARE_TWO = "They are two: post it."


def _action(word: object) -> Action:
    if isinstance(word, str) and word in list(Action):
        return Action(word)
    raise payment_input.fault(f"An action is one of {', '.join(Action)}.")


class ActionInput(payment_input.Given):
    """What to do about a payment, and why."""

    action: Annotated[Action, BeforeValidator(_action)]
    note: Annotated[Note | None, payment_input.BLANK_IS_NONE] = Field(
        None, description="Why; dismiss, reopen, settle_posted and settle_not_posted need it"
    )
    txn_id: Annotated[payment_input.QuickBooksId | None, payment_input.BLANK_IS_NONE] = Field(
        None,
        description="An entry in QuickBooks. For settle_posted, which needs it: the one that is "
        "this payment; for dismiss: the one that records this money; for take_out_extra, which "
        "needs it where there are several: the one to take out",
    )


# What an action cannot do without, and the sentence that asks for it.
_NEEDED: Mapping[Action, Mapping[str, str]] = {
    Action.DISMISS: {"note": "Say why this payment need not be sent."},
    Action.SETTLE_POSTED: {
        "txn_id": "Say which entry in QuickBooks is this payment.",
        "note": "Say how you know that it is this payment.",
    },
    Action.SETTLE_NOT_POSTED: {"note": "Say how you know that QuickBooks does not have it."},
    Action.REOPEN: {"note": "Say why it goes to QuickBooks again."},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """One act: on what, what, by whom and when. The payment is held until the transaction ends."""

    db: Connection
    payment: AnyRow
    extras: Sequence[extra_rows.ExtraOf]
    said: ActionInput
    by: str
    now: datetime


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
            Refused: the action does not fit the payment.
        """
        said = _read(given)
        if not external_id.isprintable():
            raise NotFound("There is no payment with this id.")
        with self.engine.begin() as db:
            payment = payments.hold(db, company_file_id, external_id)
            if payment is None:
                raise NotFound("There is no payment with this id.")
            found = extra_rows.of_payment(db, payment)
            fits = actions.offered(payment, has_extra=bool(found))
            if said.action not in fits:
                raise Refused(actions.refusal(said.action, payment, fits))
            _refuse_without(said)
            asked = _Asked(
                db=db, payment=payment, extras=found, said=said, by=by, now=self.clock(db)
            )
            _ACTS[said.action](asked)

    def reopen_missing(self, company_file_id: int, *, note: str, by: str) -> int:
        """Re-open every posted payment that the company file of now lacks; give how many.

        Raises:
            InvalidInput: no note, or one that cannot be kept.
        """
        said = _read({"action": Action.REOPEN, "note": note})
        _refuse_without(said)
        with self.engine.begin() as db:
            payments.hold_all(db)
            return payments.move_every(
                db,
                PaymentStatus.POSTED,
                PaymentStatus.QUEUED,
                Mover.PERSON,
                *payments.missing(company_file_id),
                by=by,
                told=said.note,
                now=self.clock(db),
                **_back_to_waiting(said.note, **payments.REOPENED),
            )


def _read(given: object) -> ActionInput:
    """Read what is asked; the fields of an action that is never offered are not looked at."""
    word = given.get("action") if isinstance(given, dict) else None
    if isinstance(word, str) and word in list(Action) and Action(word) not in _ACTS:
        return ActionInput(action=Action(word), note=None, txn_id=None)
    try:
        return ActionInput.model_validate(given)
    except ValidationError as refused:
        raise InvalidInput(payment_input.problems(refused)) from None


def _refuse_without(said: ActionInput) -> None:
    missing = tuple(
        Problem(f"/{name}", sentence)
        for name, sentence in _NEEDED.get(said.action, {}).items()
        if getattr(said, name) is None
    )
    if missing:
        raise InvalidInput(missing)


def _withdraw(asked: _Asked) -> None:
    _move(asked, PaymentStatus.DISMISSED, asked.said.note, note=asked.said.note)


def _dismiss(asked: _Asked) -> None:
    said, told, facts = asked.said, asked.said.note, {}
    if said.txn_id is not None:
        told = f"{said.note} (in QuickBooks as {said.txn_id})"
        facts["evidence"] = [
            {"recorded_as_txn_id": said.txn_id},
            *(asked.payment.evidence or []),
        ]
    _move(asked, PaymentStatus.DISMISSED, told, note=said.note, **facts)


def _delete(asked: _Asked) -> None:
    """Hide a payment; a rejected one is dismissed by that."""
    payment = asked.payment
    if payment.hidden_at is not None:
        raise Refused("This payment is deleted from the history already.")
    told = _joined("Deleted from the history.", asked.said.note)
    if payment.status == PaymentStatus.REJECTED:
        _move(asked, PaymentStatus.DISMISSED, told, note=told, hidden_at=asked.now)
        return
    payments.hide(asked.db, payment, now=asked.now)
    status = PaymentStatus(payment.status)
    payments.note(asked.db, payment, status, by=asked.by, told=told, now=asked.now)


def _retry(asked: _Asked) -> None:
    facts = _back_to_waiting(asked.said.note)
    _move(asked, PaymentStatus.QUEUED, asked.said.note, **facts)


def _post_anyway(asked: _Asked) -> None:
    told = _joined(_THEY_ARE_TWO, asked.said.note)
    _move(asked, PaymentStatus.QUEUED, told, **_back_to_waiting(told, post_anyway=True))


def _settle_posted(asked: _Asked) -> None:
    db, payment, txn_id = asked.db, asked.payment, asked.said.txn_id
    assert txn_id is not None  # it is needed
    payments.take_turn(db, payment.company_file_id)  # or two could settle on one entry at once
    other = payments.other_in(db, payment, txn_id)
    if other is not None:
        raise Refused(
            f"{txn_id} in QuickBooks is payment {other} already, and one entry cannot be two "
            "payments; look up the TxnID of this one."
        )
    _move(
        asked,
        PaymentStatus.POSTED,
        f"It is in QuickBooks as {txn_id}: {asked.said.note}",
        txn_id=txn_id,
        posted_at=asked.now,
        entered_wall=None,
        note=asked.said.note,
    )


def _settle_not_posted(asked: _Asked) -> None:
    """Take a person's word in place of the proof that the earlier sync is over."""
    _move(
        asked,
        PaymentStatus.QUEUED,
        f"It is not in QuickBooks: {asked.said.note}",
        note=asked.said.note,
        is_restored=False,
        returns=asked.payment.returns + 1,
        cleared_session_id=None,
    )
    outbox.end_doubt(asked.db, [asked.payment.id])


def _reopen(asked: _Asked) -> None:
    facts = _back_to_waiting(asked.said.note, **payments.REOPENED)
    _move(asked, PaymentStatus.QUEUED, asked.said.note, **facts)


def _take_out_extra(asked: _Asked) -> None:
    txn_ids = [row.txn_id for row in asked.extras]
    named = ", ".join(txn_ids)
    wanted = asked.said.txn_id or txn_ids[0]
    if asked.said.txn_id is None and len(txn_ids) > 1:
        sentence = f"QuickBooks has several that are too many: {named}; say which one."
        raise InvalidInput((Problem("/txn_id", sentence),))
    chosen = next((row for row in asked.extras if row.txn_id == wanted), None)
    if chosen is None:
        raise Refused(f"{wanted} is not one too many of this payment; these are: {named}.")
    extras.order(asked.db, chosen, asked.payment, by=asked.by, note=asked.said.note, now=asked.now)


def _back_to_waiting(note: str | None, **facts: Any) -> dict[str, Any]:
    """Give the columns of a payment that begins anew: nothing is held against it any more.

    What a session has cleared before does not count for what is sent again: it is asked anew.
    """
    anew = {"returns": 0, "refusals": 0, "cleared_session_id": None}
    return {"note": note, **payments.NO_REJECTION, **anew, **facts}


def _move(asked: _Asked, target: PaymentStatus, told: str | None, **facts: Any) -> None:
    payments.move(asked.db, asked.payment, target, now=asked.now, **facts)
    payments.note(asked.db, asked.payment, target, by=asked.by, told=told, now=asked.now)


def _joined(told: str, note: str | None) -> str:
    return f"{told} {note}" if note else told


_ACTS: dict[Action, Callable[[_Asked], None]] = {
    Action.RETRY: _retry,
    Action.POST_ANYWAY: _post_anyway,
    Action.WITHDRAW: _withdraw,
    Action.DISMISS: _dismiss,
    Action.DELETE: _delete,
    Action.SETTLE_POSTED: _settle_posted,
    Action.SETTLE_NOT_POSTED: _settle_not_posted,
    Action.REOPEN: _reopen,
    Action.TAKE_OUT_EXTRA: _take_out_extra,
}
