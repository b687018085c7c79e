"""Do two payments look alike? What they have in common, as one short text.

Two that look alike have the same; two that differ have two of them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
