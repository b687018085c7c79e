"""Taking payments in: each once, whatever is sent twice, at once, or in pieces.

Works on lists, since one payment is a list of one. Nothing here talks to QuickBooks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock
from models.queries import outbox, payments
from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services import payment_input
from qbwc_server.services.payment_input import PaymentInput
from sync_core import identity
from sync_core.lifecycle import PaymentStatus

# What POST /api/v1/payments/bulk takes at once; with 20 columns each also well below the
# parameters that one statement may have (32,766 on SQLite).
LIST_MAX = 1000
# Two payments of one customer look alike when they were received within so many days.
ALIKE_DAYS = 3
# A look-alike is named as a courtesy (the check before sending holds it back), so a customer with
# more payments of one amount in a week than this does not make taking in slow.
ALIKE_LOOKED_AT_MAX = 1000


class Kind(StrEnum):
    """What became of a payment that was handed in."""

    CREATED = "created"
    SAME = "same"  # it is there already, with the same content
    CONFLICT = "conflict"  # it is there already, with other content
    INVALID = "invalid"


@dataclass(frozen=True, kw_only=True, slots=True)
class LookAlike:
    """Another payment of the same customer, amount and invoices, received about the same day."""

    id: str
    reference: str
    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one payment of a list. `id` is None when it could not be read."""

    id: str | None
    kind: Kind
    reference: str | None = None
    problems: tuple[Problem, ...] = ()
    look_alike: LookAlike | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes payments in for a company file."""

    engine: Engine
    clock: Clock

    def queue(
        self, company_file_id: int, given: Sequence[object], *, by: str
    ) -> list[Outcome]:
        """Queue payments, given as JSON's own types; one outcome each, in order.

        Those that can be taken are taken, all in one transaction. `by` goes into the audit trail.

        Raises:
            InvalidInput: the list is longer than LIST_MAX.
        """
        if len(given) > LIST_MAX:
            sentence = f"A list holds at most {LIST_MAX} payments; send the rest in another."
            raise InvalidInput((Problem("", sentence),))
        read = [payment_input.read(one) for one in given]
        fit = [one for one in read if isinstance(one, PaymentInput)]
        with self.engine.begin() as db:
            taken = iter(_take(db, company_file_id, fit, by=by, now=self.clock(db)) if fit else ())
        return [
            next(taken) if isinstance(one, PaymentInput) else _unreadable(value, one)
            for value, one in zip(given, read, strict=True)
        ]


def _unreadable(value: object, problems: tuple[Problem, ...]) -> Outcome:
    said = value.get("id") if isinstance(value, dict) else None
    return Outcome(id=said if isinstance(said, str) else None, kind=Kind.INVALID, problems=problems)


def _take(
    db: Connection, company_file_id: int, given: Sequence[PaymentInput], *, by: str, now: datetime
) -> list[Outcome]:
    company = payments.take_turn(db, company_file_id)
    known = payments.known(db, company_file_id, {payment.id for payment in given})
    new = {payment.id: payment for payment in reversed(given) if payment.id not in known}
    first = [payment for payment in given if new.get(payment.id) is payment]
    refused = _refused_references(db, company_file_id, first)
    accepted = [payment for payment in first if payment.id not in refused]
    named = _name(db, company_file_id, UUID(company.uuid), company.reference_prefix, accepted)
    ids = _write(db, company_file_id, UUID(company.uuid), named, by=by, now=now)
    alike = _look_alikes(db, company_file_id, accepted, ids, named)
    stored = {**known, **_stored_again(db, company_file_id, given, first, ids)}
    parts = outbox.applies(db, [row.id for row in stored.values()])
    return [
        _created(payment, named[payment.id], alike.get(payment.id))
        if payment.id in ids and new[payment.id] is payment
        else _refused(payment, refused[payment.id])
        if payment.id in refused
        else _compared(payment, stored[payment.id], parts[stored[payment.id].id])
        for payment in given
    ]
