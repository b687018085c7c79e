"""Receipts of ours that are one too many: whether one that a person wants out may be taken out."""

from collections.abc import Collection, Mapping, Sequence

from models.base import AnyRow
from models.queries import installs, outbox
from models.queries import receipts as stored
from qbwc_server.services.steps import evidence
from qbwc_server.services.steps.step import Turn
from qbxml.payment import ReceivePaymentRet
from sync_core import extras, receipts
from sync_core.extras import Kind
from sync_core.lifecycle import PaymentStatus
from sync_core.receipts import Receipt


def to_look_at(turn: Turn) -> tuple[list[str], Sequence[str]]:
    """List the TxnIDs to be asked for: of those ordered out with what stays, and of strangers.

    These are the ones whose payment is known by now.
    """
    company_file_id = turn.session.company_file_id
    found = stored.open_extras(turn.db, company_file_id)
    ordered = [
        txn_id
        for extra in found
        if extra.ordered_at is not None
        for txn_id in (extra.txn_id, extra.kept_txn_id)
        if txn_id
    ]
    known: Sequence[str] = ()
    if any(extra.kind == Kind.STRANGER for extra in found):
        limit = turn.settings.import_page_size
        known = stored.strangers_known(turn.db, company_file_id, limit=limit)
    return list(dict.fromkeys(ordered)), known


def judge(
    turn: Turn, there: Mapping[str | None, ReceivePaymentRet], undeposited: Collection[str | None]
) -> list[str]:
    """Give the TxnIDs that may be taken out now; of the others, note why not.

    `there` are the receipts that were found by their TxnID, `undeposited` the TxnIDs in Undeposited
    Funds.
    """
    policy = installs.policy(turn.db, turn.session.company_file_id)
    ordered = _ordered(turn)
    known = outbox.known_by(turn.db, [extra.payment_id for extra in ordered if extra.payment_id])
    payments = {payment.id: payment for payment in known}
    to_take_out = []
    for extra in ordered:
        receipt, payment = there.get(extra.txn_id), payments.get(extra.payment_id)
        facts = extras.Facts(
            is_there=receipt is not None,
            is_kept_there=extra.kept_txn_id in there
            if payment is not None and payment.status == PaymentStatus.POSTED
            else None,
            is_unchanged=receipt is not None
            and receipt.edit_sequence == extra.edit_sequence
            and (payment is None or _is_as_sent(receipt, payment)),
            is_undeposited=extra.txn_id in undeposited,
            day=receipt.txn_date if receipt else None,
            closing_date=policy.closing_date,
            is_closing_date_told=policy.closing_date_told,
        )
        said = extras.why_not(facts)
        if said is None:
            to_take_out.append(extra.txn_id)
        else:
            stored.refuse_take_out(turn.db, extra.id, said)
    return to_take_out


def still_to_take_out(turn: Turn) -> list[str]:
    """Give those of the session's TxnIDs that a person still wants out, and that are nobody's.

    Since they were judged a person may have kept one, a payment may have come to stand under it, or
    the payment of one that nobody knew may have been handed in.
    """
    company_file_id = turn.session.company_file_id
    limit = turn.settings.import_page_size
    known = stored.strangers_known(turn.db, company_file_id, limit=limit)
    wanted = {extra.txn_id for extra in _ordered(turn) if extra.txn_id not in known}
    standing = {
        payment.txn_id
        for payment in stored.payments_in(turn.db, company_file_id, wanted)
        if payment.status == PaymentStatus.POSTED
    }
    return [txn_id for txn_id in turn.session.take_out if txn_id in wanted - standing]


def _is_as_sent(receipt: ReceivePaymentRet, payment: AnyRow) -> bool:
    """Say whether nobody has edited it before we knew of it."""
    customer = receipt.customer_ref
    told = Receipt(
        txn_id=receipt.txn_id or "",
        customer_list_id=customer.list_id if customer else None,
        customer_name=customer.full_name if customer else None,
        total_cents=receipt.total_amount,
    )
    return (
        receipts.is_like(told, evidence.wanted(payment))
        and receipts.number_of(receipt.ref_number) == payment.reference
        and receipt.txn_date == payment.received_on
    )


def _ordered(turn: Turn) -> list[AnyRow]:
    found = stored.open_extras(turn.db, turn.session.company_file_id)
    return [extra for extra in found if extra.ordered_at is not None]
