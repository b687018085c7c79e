"""Why a payment was rejected: the causes, and what a rejection carries.

A cause is a fact with evidence. What cannot be proven is `invalid`, with QuickBooks' own sentence.
The sentences are in `wording`; a variant and facts choose and fill them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """The causes that the API names."""

    PAID_IN_QUICKBOOKS = "paid_in_quickbooks"
    CREDIT_APPLIED = "credit_applied"
    BALANCE_CHANGED = "balance_changed"
    INVOICE_RECREATED = "invoice_recreated"
    INVOICE_DELETED = "invoice_deleted"
    INVOICE_VOIDED = "invoice_voided"
    CUSTOMER_UNAVAILABLE = "customer_unavailable"
    WRONG_CUSTOMER = "wrong_customer"
    UNKNOWN_REFERENCE = "unknown_reference"
    CLOSED_PERIOD = "closed_period"
    CURRENCY_MISMATCH = "currency_mismatch"
    NOT_PERMITTED = "not_permitted"
    LOCKED = "locked"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    INVALID = "invalid"


class WatchKind(StrEnum):
    """What a rejected payment may wait for."""

    INVOICE = "invoice"  # by TxnID
    NUMBER = "number"  # an invoice's, as it is compared
    CUSTOMER = "customer"  # by ListID
    NAME = "name"  # a customer's full name, as it is compared
    METHOD = "method"  # a payment method's name, as it is compared
    SITE_CUSTOMER = "site_customer"  # the payment site's id, to be mapped
    SITE_INVOICE = "site_invoice"  # the same


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """Why one payment was refused.

    `summary` is one sentence for a bookkeeper. `evidence` is a tuple of flat records, newest fact
    first. Code and message are QuickBooks' own, None when our own check refused it. `variant` is
    one of the cause's (`variants`), None where it is not known; `facts` fill the sentences of
    `wording` by name: amounts as "125.00", dates as "2026-11-20".
    """

    cause: Cause
    summary: str
    evidence: tuple[Mapping[str, str], ...] = ()
    status_code: int | None = None
    status_message: str | None = None
    variant: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
