"""Notes what was changed in QuickBooks of payments that we posted, and what is left of them."""

from collections.abc import Collection, Sequence

from models.base import AnyRow
from models.queries import ledger, outbox
from models.queries import receipts as stored
from qbwc_server.services.steps.step import Turn
from sync_core.changed import Posted, Stands, changes
from sync_core.lifecycle import PaymentStatus


def note(turn: Turn, txn_ids: Collection[str]) -> None:
    """Compare the payments posted that stand under some TxnIDs, told anew, with how they stand.

    What they are applied to was written before.
    """
    if not txn_ids:
        return
    db, company_file_id = turn.db, turn.session.company_file_id
    payments = [
        payment
        for payment in stored.payments_in(db, company_file_id, txn_ids)
        if payment.status == PaymentStatus.POSTED
    ]
    if not payments:
        return
    own = [payment.txn_id for payment in payments]
    receipts = stored.stored(db, company_file_id, own)
    links = ledger.links(db, company_file_id, own)
    parts = outbox.applies(db, [payment.id for payment in payments])
    news = []
    for payment in payments:
        stands = as_it_stands(receipts[payment.txn_id], links.get(payment.txn_id, ()))
        differs = bool(changes(as_posted(payment, parts[payment.id]), stands))
        left_cents = stands.unused_cents
        if left_cents is not None and (left_cents, differs) != (
            payment.unapplied_cents,
            payment.differs,
        ):
            news.append(
                {
                    "payment": payment.id,
                    "applied_cents": stands.total_applied_cents,
                    "unapplied_cents": left_cents,
                    "differs": differs,
                }
            )
    outbox.restand(db, news)


def as_posted(payment: AnyRow, parts: Sequence[AnyRow]) -> Posted:
    """Give a payment as it was posted, by its row and `outbox.applies`."""
    cents: dict[str, int] = {}
    for part in parts:
        if part.txn_id is not None:
            cents[part.txn_id] = cents.get(part.txn_id, 0) + part.cents
    return Posted(
        amount_cents=payment.amount_cents,
        customer_list_id=payment.post_customer_list_id,
        parts=cents,
    )


def as_it_stands(receipt: AnyRow, links: Sequence[AnyRow]) -> Stands:
    """Give a payment as QuickBooks last told it, by its row and what it is applied to."""
    applied: dict[str, int] = {}
    for link in links:
        cents = abs(link.amount_cents or 0)
        applied[link.other_txn_id] = applied.get(link.other_txn_id, 0) + cents
    return Stands(
        total_cents=receipt.total_cents,
        customer_list_id=receipt.customer_list_id,
        unused_cents=receipt.unused_cents,
        applied=applied,
    )
