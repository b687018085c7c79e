"""What is looked for before a payment is sent for the first time: is it there, or like one?

Source: exactly-once rules B.2 and G.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.base import AnyRow
from models.queries import ledger, outbox
from models.queries import receipts as stored
from qbwc_server.services.steps import called, evidence
from qbwc_server.services.steps.step import Turn
from sync_core import doubt
from sync_core.check import Refused
from sync_core.lifecycle import PaymentStatus
from sync_core.likeness import Online, like, likeness
from sync_core.names import plain
from sync_core.receipts import Ours
from sync_core.wording import notes

# Two payments of one customer look alike when they were received within so many days.
ALIKE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Held:
    """Payments (by id) that are not sent: those that stand there or wait, and refusals."""

    not_now: frozenset[int]
    standing: int
    refused: Mapping[int, Refused]


def hold(turn: Turn, payment_ids: Sequence[int]) -> Held:
    """Look for waiting payments among the receipts, and among the other payments.

    What this session has seen is believed. A receipt that was only seen before may be gone: then
    QuickBooks is asked by the next session, as for a payment that has left.
    """
    reading = stored.reading(turn.db, turn.session.company_file_id)
    rows = outbox.known_by(turn.db, payment_ids)
    looked = evidence.look(turn, rows, keeps_guid=reading.keeps_guid)
    ours = {
        payment: seen.found.receipts
        for payment, seen in looked.items()
        if isinstance(seen.found, Ours)
    }
    standing = {
        payment: found
        for payment, found in ours.items()
        if turn.session.id in {receipt.seen_session_id for receipt in found}
    }
    moved = evidence.stand(turn, standing, why=notes.SEEN)
    outbox.ask_first(
        turn.db, [payment.id for payment in ours if payment not in standing], notes.ASKED_NEXT
    )
    free = [payment for payment in rows if payment not in ours and not payment.post_anyway]
    refused = {
        payment.id: Refused(payment.id, rejection)
        for payment in free
        if (
            rejection := doubt.like_it(
                looked[payment].found, payment.reference, looked[payment].deleted_wall
            )
        )
    }
    not_now = {payment.id for payment in ours}
    if reading.hold_look_alikes:
        left = [payment for payment in free if payment.id not in refused]
        _know_customers(turn, left)
        alike, unclear = _look_alikes(turn, [payment.id for payment in left])
        refused |= alike
        not_now |= unclear
    return Held(frozenset(not_now), moved, refused)


def _know_customers(turn: Turn, waiting: Sequence[AnyRow]) -> None:
    """Compare payments that name their customer by name as those that name it by ListID.

    That is known by now: when they were taken in the customers may not have been read yet.
    """
    names = {payment.id: plain(payment.customer_name or "") for payment in waiting}
    wanted = set(filter(None, names.values()))
    known = ledger.customers_called(turn.db, turn.session.company_file_id, wanted)
    named = [payment for payment in waiting if names[payment.id] in known]
    parts = outbox.applies(turn.db, [payment.id for payment in named]) if named else {}
    found = {
        payment.id: likeness(
            payment._asdict(),
            [part._asdict() for part in parts[payment.id]],
            list_id=known[names[payment.id]],
        )
        for payment in named
    }
    outbox.liken(
        turn.db,
        {
            payment.id: found[payment.id]
            for payment in named
            if found[payment.id] != payment.likeness
        },
    )


def _look_alikes(turn: Turn, payment_ids: Sequence[int]) -> tuple[dict[int, Refused], set[int]]:
    """Find the payments that are like another one: same customer, amount and invoices.

    Gives those that are held for a person, and the ids of those that wait until it is known whether
    QuickBooks has the other.
    """
    if not payment_ids:
        return {}, set()
    pairs = outbox.look_alikes(turn.db, turn.session.id, payment_ids, days=ALIKE_DAYS)
    newest = {pair.payment_id: pair for pair in pairs if not pair.is_unclear}
    both = {number for pair in newest.values() for number in (pair.payment_id, pair.other_id)}
    invoices = called.invoices_of(turn, both)
    refused = {
        number: Refused(
            number, like(_online(pair, "", invoices), _online(pair, "other_", invoices))
        )
        for number, pair in newest.items()
    }
    unclear = {
        pair.payment_id: notes.ALIKE_IN_DOUBT.format(other=pair.other_external_id)
        for pair in pairs
        if pair.payment_id not in refused
    }
    outbox.explain(turn.db, unclear)
    return refused, set(unclear)


def _online(pair: AnyRow, whose: str, invoices: Mapping[int, str]) -> Online:
    """Make a value of one of two payments that look alike; `whose` begins its columns."""
    row = pair._asdict()
    number = row["other_id" if whose else "payment_id"]
    return Online(
        id=row[f"{whose}external_id"],
        reference=row[f"{whose}reference"],
        cents=row[f"{whose}amount_cents"],
        day=row[f"{whose}received_on"],
        method=row[f"{whose}method"],
        status=PaymentStatus(row[f"{whose}status"]),
        invoices=invoices[number],
    )
