"""Is this payment one that is there already, or like one? Compares, and writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from models.queries import ledger, outbox, payments
from qbwc_server.services.payment_input import PaymentInput
from sync_core.likeness import likeness
from sync_core.names import plain

# Two payments of one customer look alike when they were received within so many days.
ALIKE = timedelta(days=3)
# A look-alike is named as a courtesy, so a site that sends the same payment again and again under
# new ids does not make taking in slow.
ALIKE_LOOKED_AT_MAX = 1000

_CUSTOMER = ("customer_list_id", "customer_name", "customer_external_id")
_INVOICE = ("invoice_txn_id", "invoice_number", "invoice_external_id")
_PART = (*_INVOICE, "amount_cents")
_POINTERS = {**dict.fromkeys(_CUSTOMER, "/customer"), "amount_cents": "/amount"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A payment that is there, as far as another one under its id is compared with it."""

    content_hash: str
    reference: str
    columns: Mapping[str, Any]
    parts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class LookAlike:
    """Another payment of the same customer, amount and invoices, received about the same day."""

    id: str
    reference: str
    received_on: date


def held(db: Connection, company_file_id: int, given: Sequence[PaymentInput]) -> dict[str, Held]:
    """Read which of some payments are there; their parts only where the content is not the same."""
    rows = payments.known(db, company_file_id, {payment.id for payment in given})
    differing = {
        rows[payment.id].id
        for payment in given
        if payment.id in rows and rows[payment.id].content_hash != payment.content_hash
    }
    parts = outbox.applies(db, sorted(differing)) if differing else {}
    return {
        external_id: Held(
            content_hash=row.content_hash,
            reference=row.reference,
            columns=row._asdict(),
            parts=[part._asdict() for part in parts.get(row.id, [])],
        )
        for external_id, row in rows.items()
    }


def as_held(payment: PaymentInput, reference: str) -> Held:
    """Put a payment that was just taken in beside those that were read."""
    return Held(
        content_hash=payment.content_hash,
        reference=reference,
        columns=payment.columns(),
        parts=payment.parts(),
    )


def differences(payment: PaymentInput, there: Held) -> list[str]:
    """List the pointers of what differs from the payment that is there; none: it is the same."""
    if payment.content_hash == there.content_hash:
        return []
    found = [
        _POINTERS.get(name, f"/{name}")
        for name, value in payment.columns().items()
        if there.columns[name] != value
    ]
    if _sorted(payment.parts()) != _sorted(there.parts):
        found.append("/apply")
    # A reference that we made may come back to us; one that was given may not be left out.
    if payment.reference != there.reference and (payment.reference or not found):
        found.append("/reference")
    return list(dict.fromkeys(found))


def look_alikes(
    db: Connection,
    company_file_id: int,
    new: Sequence[PaymentInput],
    named: Mapping[str, str],
    likenesses: Mapping[str, str],
    *,
    before: int,
) -> dict[str, LookAlike]:
    """Find for each new payment the newest other one that looks like it, this list included.

    `named` has the references of the new ones, `before` the smallest id among them.
    """
    days = sorted(payment.received_on for payment in new)
    rows = payments.look_alikes(
        db,
        company_file_id,
        set(likenesses.values()),
        before=before,
        since=days[0] - ALIKE,
        until=days[-1] + ALIKE,
        limit=ALIKE_LOOKED_AT_MAX,
    )
    newest_last: dict[str, list[LookAlike]] = {}
    for row in reversed(rows):
        newest_last.setdefault(row.likeness, []).append(
            LookAlike(id=row.external_id, reference=row.reference, received_on=row.received_on)
        )
    found = {}
    for payment in new:
        others = newest_last.setdefault(likenesses[payment.id], [])
        for other in reversed(others):
            if abs(other.received_on - payment.received_on) <= ALIKE:
                found[payment.id] = other
                break
        others.append(
            LookAlike(id=payment.id, reference=named[payment.id], received_on=payment.received_on)
        )
    return found


def likenesses(
    db: Connection, company_file_id: int, given: Sequence[PaymentInput]
) -> dict[str, str]:
    """Give by external id what payments that look alike have in common."""
    names = {payment.id: plain(payment.customer.name or "") for payment in given}
    known = ledger.customers_called(db, company_file_id, set(filter(None, names.values())))
    return {
        payment.id: likeness(
            payment.columns(), payment.parts(), list_id=known.get(names[payment.id])
        )
        for payment in given
    }


def _sorted(parts: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(part[name]) for name in _PART) for part in parts)
