"""Taking payments in: each once, whatever is sent twice, at once, or in pieces.

Works on lists, since one payment is a list of one. Nothing here talks to QuickBooks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from models.engine import Clock
from models.queries import ledger, mappings, outbox, payments, watches
from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services import meaning, payment_input, sameness
from qbwc_server.services.payment_input import PaymentInput
from qbwc_server.services.sameness import LookAlike
from sync_core import identity
from sync_core.books import Customer
from sync_core.lifecycle import PaymentStatus
from sync_core.names import Meant, plain
from sync_core.rejection import WatchKind

# What POST /api/v1/payments/bulk takes at once; with 20 columns each also well below the
# parameters that one statement may have (32,766 on SQLite).
LIST_MAX = 1000


# The invoice that is meant by a number or the site's id, what is due on it, and its total.
_MEANT = ("meant_txn_id", "balance_before_cents", "total_before_cents")


class Kind(StrEnum):
    """What became of a payment that was handed in."""

    CREATED = "created"
    SAME = "same"  # it is there already, with the same content
    CONFLICT = "conflict"  # it is there already, with other content
    INVALID = "invalid"


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

    def queue(self, company_file_id: int, given: Sequence[object], *, by: str) -> list[Outcome]:
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
    said = payment_input.said_id(value, "id")
    return Outcome(id=said, kind=Kind.INVALID, problems=problems)


@dataclass(frozen=True, slots=True)
class _Company:
    """The company file that takes in: what the identities of its payments are made from."""

    id: int
    uuid: UUID
    prefix: str

    def reference(self, external_id: str, turn: int = 0) -> str:
        return identity.reference(self.prefix, self.uuid, external_id, turn=turn)


def _take(
    db: Connection, company_file_id: int, given: Sequence[PaymentInput], *, by: str, now: datetime
) -> list[Outcome]:
    row = payments.take_turn(db, company_file_id)
    company = _Company(company_file_id, UUID(row.uuid), row.reference_prefix)
    held = sameness.held(db, company_file_id, given)
    firsts: dict[str, PaymentInput] = {}
    for payment in given:
        if payment.id not in held:
            firsts.setdefault(payment.id, payment)
    named, owners = _references(db, company, list(firsts.values()))
    new = [payment for payment in firsts.values() if payment.id in named]
    alike = _write(db, company, new, named, by=by, now=now) if new else {}
    held |= {one.id: sameness.as_held(one, named[one.id]) for one in new}
    return [
        _created(payment, named[payment.id], alike.get(payment.id))
        if payment.id in named and firsts[payment.id] is payment
        else _compared(payment, held[payment.id])
        if payment.id in held
        else _refused(payment, owners[payment.id], is_first=firsts[payment.id] is payment)
        for payment in given
    ]


def _references(
    db: Connection, company: _Company, new: Sequence[PaymentInput]
) -> tuple[dict[str, str], dict[str, str]]:
    """Name new payments: references by external id, and who owns the given ones that are taken.

    Given references go first; one that we make gives way.
    """
    wanted = {payment.id: payment.reference or company.reference(payment.id) for payment in new}
    taken = payments.references(db, company.id, set(wanted.values())) if wanted else {}
    named: dict[str, str] = {}
    owners: dict[str, str] = {}
    for payment in sorted(new, key=lambda one: one.reference is None):
        name, turn = wanted[payment.id], 0
        while name in taken and payment.reference is None:
            turn += 1
            name = company.reference(payment.id, turn)
            taken |= payments.references(db, company.id, {name})
        if name in taken:
            owners[payment.id] = taken[name]
        else:
            named[payment.id] = name
            taken[name] = payment.id
    return named, owners


def _write(
    db: Connection,
    company: _Company,
    new: Sequence[PaymentInput],
    named: Mapping[str, str],
    *,
    by: str,
    now: datetime,
) -> dict[str, LookAlike]:
    """Write new payments, their parts and their first event; give the look-alikes they have."""
    alike = sameness.likenesses(db, company.id, new)
    rows = [
        {
            **payment.columns(),
            "company_file_id": company.id,
            "external_id": payment.id,
            "content_hash": payment.content_hash,
            "external_guid": str(identity.external_guid(company.uuid, payment.id)),
            "reference": named[payment.id],
            "likeness": alike[payment.id],
            "created_at": now,
            "changed_at": now,
        }
        for payment in new
    ]
    ids = payments.add(db, rows)
    told = [(payment, place, part) for payment in new for place, part in enumerate(payment.parts())]
    parts = [
        {"payment_id": ids[payment.id], "position": place, **part, **meant}
        for (payment, place, part), meant in zip(told, _meant(db, company, told), strict=True)
    ]
    payments.add_parts(db, parts)
    watches.add(
        db,
        [
            {
                "company_file_id": company.id,
                "kind": WatchKind.NUMBER,
                "key": plain(part["invoice_number"]),
                "payment_id": part["payment_id"],
            }
            for part in parts
            if part["invoice_number"] is not None and part["meant_txn_id"] is None
        ],
    )
    first = {"at": now, "from_status": None, "to_status": PaymentStatus.QUEUED, "by": by}
    amounts = {row["external_id"]: row["amount_cents"] for row in rows}
    outbox.add_events(
        db,
        [
            {"payment_id": ids[payment.id], "amount_cents": amounts[payment.id], **first}
            for payment in new
        ],
    )
    return sameness.look_alikes(db, company.id, new, named, alike, before=min(ids.values()))


def _meant(
    db: Connection, company: _Company, told: Sequence[tuple[PaymentInput, int, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Say which invoices new parts mean, beside them, and what is due there; where that is known.

    As columns. The TxnID only where the site named the invoice otherwise.
    """
    numbered = meaning.numbered(
        db,
        company.id,
        {
            (_payer(payment), part["invoice_number"])
            for payment, _, part in told
            if part["invoice_number"] is not None
        },
    )
    mapped = mappings.resolve(
        db,
        company.id,
        Meant.INVOICES,
        {part["invoice_external_id"] for _, _, part in told if part["invoice_external_id"]},
    )
    meant = [
        numbered.get((_payer(payment), part["invoice_number"]))
        or mapped.get(part["invoice_external_id"])
        for payment, _, part in told
    ]
    named = [
        part["invoice_txn_id"] or txn_id for (_, _, part), txn_id in zip(told, meant, strict=True)
    ]
    due = ledger.balances(db, company.id, {txn_id for txn_id in named if txn_id})
    return [
        dict(zip(_MEANT, (txn_id, *due.get(own or "", (None, None))), strict=True))
        for txn_id, own in zip(meant, named, strict=True)
    ]


def _payer(payment: PaymentInput) -> Customer:
    given = payment.customer
    return Customer(list_id=given.list_id, name=given.name, external_id=given.external_id)


def _created(payment: PaymentInput, reference: str, alike: LookAlike | None) -> Outcome:
    return Outcome(id=payment.id, kind=Kind.CREATED, reference=reference, look_alike=alike)


def _compared(payment: PaymentInput, there: sameness.Held) -> Outcome:
    """Say whether a payment is the one that is there under its id, or what differs."""
    sentence = "This differs from the payment that was taken in under this id."
    found = tuple(Problem(pointer, sentence) for pointer in sameness.differences(payment, there))
    kind = Kind.CONFLICT if found else Kind.SAME
    return Outcome(id=payment.id, kind=kind, reference=there.reference, problems=found)


def _refused(payment: PaymentInput, owner: str, *, is_first: bool) -> Outcome:
    """Refuse a payment whose reference is taken, and what came after it under the same id."""
    if is_first:
        sentence = f"This reference belongs to payment {owner}; give another one, or none."
        problem = Problem("/reference", sentence)
    else:
        problem = Problem("/id", "The payment with this id before it in the list was refused.")
    return Outcome(id=payment.id, kind=Kind.INVALID, problems=(problem,))
