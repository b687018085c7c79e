"""Is a payment in QuickBooks still what we posted? Pure: both sides are arguments.

What a customer's credit is used for later is no change: only money that is no longer on the
invoice it was posted to is. Source: product, "Changed in QuickBooks since posted".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What is no longer as it was posted."""

    AMOUNT = "amount"
    CUSTOMER = "customer"
    INVOICES = "invoices"


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A payment as we posted it; `parts` are the cents on each invoice, by TxnID."""

    amount_cents: int
    customer_list_id: str | None
    parts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stands:
    """The same as QuickBooks last told it; None for what it did not tell."""

    total_cents: int | None
    customer_list_id: str | None
    unused_cents: int | None
    applied: Mapping[str, int]

    @property
    def total_applied_cents(self) -> int | None:
        """Give what is on invoices, whichever."""
        if self.total_cents is None or self.unused_cents is None:
            return None
        return self.total_cents - self.unused_cents


def changes(posted: Posted, stands: Stands) -> tuple[Change, ...]:
    """Say what of a payment was changed in QuickBooks since we posted it; what is unknown is not.

    Which invoices it is on counts only where the lines add up to what is applied: else they are
    not those of now.
    """
    found = []
    if stands.total_cents not in (None, posted.amount_cents):
        found.append(Change.AMOUNT)
    customers = {posted.customer_list_id, stands.customer_list_id}
    if None not in customers and len(customers) > 1:
        found.append(Change.CUSTOMER)
    if _is_taken_off(posted, stands):
        found.append(Change.INVOICES)
    return tuple(found)


def _is_taken_off(posted: Posted, stands: Stands) -> bool:
    applied_cents = stands.total_applied_cents
    if applied_cents is None:
        return False
    if applied_cents < sum(posted.parts.values()):
        return True
    return applied_cents == sum(stands.applied.values()) and any(
        stands.applied.get(txn_id, 0) < cents for txn_id, cents in posted.parts.items()
    )
