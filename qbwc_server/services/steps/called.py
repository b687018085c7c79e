"""What payments are called when they are told of: their customers, and their invoices' numbers."""

from collections.abc import Collection, Mapping

from models.queries import ledger, outbox
from qbwc_server.services.steps.step import Turn


def invoices_of(turn: Turn, payment_ids: Collection[int]) -> Mapping[int, str]:
    """Give the numbers of the invoices that payments (by id) are for, "" for none.

    One whose number is not known is called as the payment site does.
    """
    if not payment_ids:
        return {}
    parts = outbox.applies(turn.db, sorted(payment_ids))
    named = {part.txn_id for own in parts.values() for part in own if part.txn_id}
    numbers = ledger.numbers(turn.db, turn.session.company_file_id, named)
    called = {
        payment_id: (
            numbers.get(part.txn_id) or part.invoice_number or part.invoice_external_id or ""
            for part in own
        )
        for payment_id, own in parts.items()
    }
    return {payment_id: ", ".join(filter(None, own)) for payment_id, own in called.items()}


def names_of(turn: Turn, payment_ids: Collection[int]) -> Mapping[int, dict[str, str]]:
    """Give the full name of each payment's customer, as far as it is known, and its invoices."""
    invoices = invoices_of(turn, payment_ids)
    rows = outbox.known_by(turn.db, sorted(payment_ids)) if payment_ids else []
    return {
        row.id: {
            "customer": row.post_customer_name or row.customer_name or "",
            "invoices": invoices[row.id],
        }
        for row in rows
    }
