"""Our payment to QuickBooks' ReceivePayment: the only place where the two meet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from qbxml import text as wire_text
from qbxml.fields import Ref
from qbxml.payment import AppliedToTxnAdd, ReceivePaymentAdd

# Intuit XSD 13.0: ReceivePaymentAdd/Memo.
MEMO_LENGTH_MAX = 4095


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A payment as it is to stand in QuickBooks. Amounts are cents."""

    external_id: str
    external_guid: UUID
    reference: str
    customer_list_id: str | None
    customer_name: str | None
    ar_account_list_id: str | None
    received_on: date
    post_on: date | None = None  # the books are closed for the day it was received
    amount_cents: int
    method_list_id: str | None
    method_name: str
    memo: str | None
    processor: str | None
    processor_txn_id: str | None
    apply: Sequence[tuple[str, int]]  # TxnID and cents


def to_receive_payment(payment: Outgoing, deposit_to: Ref) -> ReceivePaymentAdd:
    """Put a payment into QuickBooks' words.

    TxnDate is the day the money was received, or the one that a person chose in its place. What
    `apply` leaves over stays as the customer's credit; IsAutoApply is never true, since QuickBooks
    would choose the invoices itself.
    Source: Intuit XSD 13.0, ReceivePaymentAdd.
    """
    account = payment.ar_account_list_id
    lines = merged(payment.apply)
    return ReceivePaymentAdd(
        customer_ref=_one_name(payment.customer_list_id, payment.customer_name),
        ar_account_ref=Ref(list_id=account) if account else None,
        txn_date=payment.post_on or payment.received_on,
        ref_number=payment.reference,
        total_amount=payment.amount_cents,
        payment_method_ref=_one_name(payment.method_list_id, payment.method_name),
        memo=memo(payment),
        deposit_to_account_ref=deposit_to,
        external_guid=f"{{{payment.external_guid}}}",
        is_auto_apply=None if lines else False,
        applied_to_txn_add=tuple(
            AppliedToTxnAdd(txn_id=txn_id, payment_amount=cents) for txn_id, cents in lines
        ),
    )


def memo(payment: Outgoing) -> str:
    """Write the Memo: the site's id, the processor's transaction id, then the site's own memo.

    Before all, the day it was received, where it stands under another.
    """
    received = f"Received {payment.received_on.isoformat()}" if payment.post_on else ""
    processed = " ".join(part for part in (payment.processor, payment.processor_txn_id) if part)
    parts = (received, f"Online payment {payment.external_id}", processed, payment.memo or "")
    whole = "; ".join(re.sub(r"\s+", " ", part).strip() for part in parts if part)
    return wire_text.clean(whole)[:MEMO_LENGTH_MAX]  # cut as it is sent: some letters become three


def merged(apply: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Add up the parts that go to one invoice: QuickBooks refuses the same TxnID twice."""
    cents: dict[str, int] = {}
    for txn_id, part in apply:
        cents[txn_id] = cents.get(txn_id, 0) + part
    return list(cents.items())


def _one_name(list_id: str | None, full_name: str | None) -> Ref:
    """Name a list entry by one of the two: ListID where it is known."""
    return Ref(list_id=list_id) if list_id else Ref(full_name=full_name)
