"""Entries of ours that are one too many in QuickBooks: shown, and decided by a person.

While one is open no session posts. To take one out is ordered here and done by the next session,
only while it is undeposited, in an open period and unchanged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import extras, payments
from qbwc_server.errors import InvalidInput, NotFound, Problem, Refused
from qbwc_server.services import paging, payment_input
from qbwc_server.services.actions import Note
from qbwc_server.services.payments import View, each
from sync_core.extras import Kind, Resolution
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.wording import acts, notes


class ExtraAction(StrEnum):
    """What can be done about one."""

    TAKE_OUT = "take_out"
    KEEP = "keep"


def _action(word: object) -> ExtraAction:
    if isinstance(word, str) and word in list(ExtraAction):
        return ExtraAction(word)
    raise payment_input.fault(f"An action is one of {', '.join(ExtraAction)}.")


class ExtraActionInput(payment_input.Given):
    """What to do about one, and why."""

    action: Annotated[ExtraAction, BeforeValidator(_action)] = Field(
        description="take_out: the next sync takes it out of QuickBooks, if it still can; "
        "keep: it is right, and posting goes on"
    )
    note: Annotated[Note | None, payment_input.BLANK_IS_NONE] = Field(
        None, description="Why; keep needs it"
    )


class ExtraOfView(View):
    """The payment that stands in QuickBooks a second time."""

    id: str
    reference: str


class ExtraView(View):
    """An entry of ours in QuickBooks that is one too many."""

    txn_id: str
    kind: Kind = Field(
        description="second: a payment stands there twice; "
        "stranger: it has a number of ours and is no payment that is known here"
    )
    payment: ExtraOfView | None
    day: date | None = Field(
        serialization_alias="date", description="This and the next three as QuickBooks tells them"
    )
    amount: str | None
    reference: str | None
    customer: str | None
    found_at: datetime
    ordered_at: datetime | None = Field(description="When a person wanted it taken out")
    ordered_by: str | None
    said: str | None = Field(description="Why it was not taken out, and what to do")
    resolution: Resolution | None
    resolved_at: datetime | None
    note: str | None = Field(description="What a person said")


@dataclass(frozen=True, slots=True)
class Extras:
    """Shows what is one too many in a company file, and takes a person's word about it."""

    engine: Engine
    clock: Clock

    def page(
        self, company_file_id: int, *, cursor: str = "", limit: str = ""
    ) -> paging.Page[ExtraView]:
        """Show a page of those that are open, the latest first.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.wanted(limit, cursor)
        with for_reading(self.engine).connect() as db:
            rows = extras.page(db, company_file_id, before=wanted.before, limit=wanted.limit + 1)
        cut = paging.cut(rows, wanted.limit, lambda row: int(row.id))
        return paging.Page([_view(row) for row in cut.items], cut.next_cursor)

    def every(self, company_file_id: int) -> Iterator[ExtraView]:
        """Show all that are open, the latest first."""
        return each(partial(self.page, company_file_id))

    def count_open(self, company_file_id: int) -> int:
        """Count those that are open; posting is paused while there is one."""
        with for_reading(self.engine).connect() as db:
            return extras.count_open(db, company_file_id)

    def act(self, company_file_id: int, txn_id: str, given: object, *, by: str) -> ExtraView:
        """Do what is asked about one, given as JSON's own types; show it as it is then.

        Raises:
            InvalidInput: no such action, or its fields are wrong.
            NotFound: nothing with this TxnID is one too many.
            Refused: it is settled already.
        """
        said = _read(given)
        if not txn_id.isprintable():
            raise NotFound(acts.NOTHING_TOO_MANY)
        with self.engine.begin() as db:
            extra = extras.one(db, company_file_id, txn_id)
            if extra is None:
                raise NotFound(acts.NOTHING_TOO_MANY)
            payment = payments.hold_by_id(db, extra.payment_id) if extra.payment_id else None
            act = order if said.action is ExtraAction.TAKE_OUT else _keep
            act(db, extra, payment, by=by, note=said.note, now=self.clock(db))
            found = extras.one(db, company_file_id, txn_id)
        assert found is not None  # it was there
        return _view(found)


def order(
    db: Connection,
    extra: AnyRow | extras.ExtraOf,
    payment: AnyRow | None,
    *,
    by: str,
    note: str | None,
    now: datetime,
) -> None:
    """Let the next session take one out; the payment, if it has one, is held and gets its event.

    Raises:
        Refused: it is settled already.
    """
    if not extras.order(db, extra.id, by=by, note=note, now=now):
        raise Refused(acts.SETTLED_ALREADY)
    told = notes.TO_BE_TAKEN_OUT.format(txn_id=extra.txn_id)
    _note(db, payment, told, by=by, note=note, now=now)


def _keep(
    db: Connection,
    extra: AnyRow,
    payment: AnyRow | None,
    *,
    by: str,
    note: str | None,
    now: datetime,
) -> None:
    if not extras.keep(db, extra.id, by=by, note=note, now=now):
        raise Refused(acts.SETTLED_ALREADY)
    told = notes.KEPT.format(txn_id=extra.txn_id)
    _note(db, payment, told, by=by, note=note, now=now)


def _note(
    db: Connection, payment: AnyRow | None, told: str, *, by: str, note: str | None, now: datetime
) -> None:
    if payment is not None:
        told = f"{told} {note}" if note else told
        status = PaymentStatus(payment.status)
        payments.note(db, payment, status, by=by, told=told, now=now)


def _read(given: object) -> ExtraActionInput:
    try:
        said = ExtraActionInput.model_validate(given)
    except ValidationError as refused:
        raise InvalidInput(payment_input.problems(refused)) from None
    if said.action is ExtraAction.KEEP and said.note is None:
        raise InvalidInput((Problem("/note", "Say why both are right."),))
    return said


def _view(row: AnyRow) -> ExtraView:
    known = row.external_id is not None
    return ExtraView(
        txn_id=row.txn_id,
        kind=row.kind,
        payment=ExtraOfView(id=row.external_id, reference=row.payment_reference) if known else None,
        day=row.txn_date,
        amount=None if row.total_cents is None else format_cents(row.total_cents),
        reference=row.reference,
        customer=row.customer_name,
        found_at=row.found_at,
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        said=row.said,
        resolution=row.resolution,
        resolved_at=row.resolved_at,
        note=row.note,
    )
