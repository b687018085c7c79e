"""Do two payments look alike? What they have in common, as one short text; both side by side.

Two that look alike have the same; two that differ have two of them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sync_core.causes import rejected
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.rejection import Cause, Rejection
from sync_core.variants import Variant
from sync_core.wording.states import STATES

_CUSTOMER = ("customer_list_id", "customer_name", "customer_external_id")
_INVOICE = ("invoice_txn_id", "invoice_number", "invoice_external_id")


def likeness(
    payment: Mapping[str, Any], parts: Iterable[Mapping[str, Any]], *, list_id: str | None = None
) -> str:
    """Give what payments that look alike share: customer, amount, invoices or none; 64 characters.

    `list_id` is the customer whose full name the payment gives, where that is known: a payment that
    names the same customer by its ListID is like it.
    """
    customer: Sequence[str | None] = [payment[name] for name in _CUSTOMER]
    if list_id is not None and customer[1] is not None:
        customer = [list_id, None, None]
    invoices = sorted({tuple(part[name] or "" for name in _INVOICE) for part in parts})
    said = [*customer, payment["amount_cents"], invoices]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Online:
    """One of two payments that look alike; `id` is the site's own, `invoices` their numbers."""

    id: str
    reference: str
    cents: int
    day: date
    method: str
    status: PaymentStatus
    invoices: str


def like(this: Online, other: Online) -> Rejection:
    """Say that a payment looks like another one of ours, with both side by side."""
    state = _state(other)
    facts = {
        "other_id": other.id,
        "other_reference": other.reference,
        "other_date": other.day.isoformat(),
        "other_state": state,
    }
    rows = (_row(this) | {"state": "this one"}, _row(other) | {"state": state})
    return rejected(Cause.POSSIBLE_DUPLICATE, Variant.PLAIN, facts, rows)


def _row(payment: Online) -> dict[str, str]:
    return {
        "type": "online payment",
        "id": payment.id,
        "reference": payment.reference,
        "received_on": payment.day.isoformat(),
        "amount": format_cents(payment.cents),
        "method": payment.method,
        "invoices": payment.invoices,
    }


def _state(payment: Online) -> str:
    """Say where a payment stands, in the middle of a sentence."""
    if payment.status is PaymentStatus.REJECTED:
        return "held, and needs you"
    label = STATES[payment.status].label
    return label[0].lower() + label[1:]
