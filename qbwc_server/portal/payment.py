"""What the page of one payment says: where it stands, and where its two sides differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qbwc_server.portal import cards, writing
from qbwc_server.services.payment_page import Entry, PaymentPage
from qbwc_server.services.session_log import LINES_MAX
from sync_core import words
from sync_core.changed import Change
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.names import plain
from sync_core.wording.states import ATTEMPTS, STATES


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a payment's way; `at` None: it lies ahead."""

    label: str
    at: datetime | None
    status: PaymentStatus


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the two sides: what it is, ours, theirs, and whether they differ."""

    label: str
    ours: Any
    theirs: Any
    differs: bool
    kind: str  # how it is written: text, money, day


def told(company_id: str, payment: PaymentPage, *, back: str) -> dict[str, Any]:
    """Give all that the template needs; `back` is where acting on the payment comes back to."""
    card, entry = payment.card, payment.entry
    facts = {**card.facts}
    if entry is not None and entry.cents is not None:
        facts["found_amount"] = format_cents(entry.cents)
    if entry is not None and entry.customer:
        facts["found_customer"] = entry.customer
    changes = entry.changes if entry else ()
    return {
        "company_id": company_id,
        "payment": payment,
        "card": card,
        "shown": cards.shown(company_id, card, back=back),
        "changed": words.changed(changes, facts, show=writing.marked(card.mark)),
        "steps": steps(payment),
        "figures": figures(payment, entry) if entry is not None else [],
        "ended": ATTEMPTS,
        "states": STATES,
        "lines_max": LINES_MAX,
    }


def steps(payment: PaymentPage) -> list[Step]:
    """Tell the way of a payment so far, and what lies ahead of one that waits."""
    found = [Step("Queued", payment.created_at, PaymentStatus.QUEUED)]
    sent_at = _last(payment, PaymentStatus.SENT)
    waits = payment.card.status in (PaymentStatus.QUEUED, PaymentStatus.SENT)
    if sent_at is not None:
        found.append(Step("Sent", sent_at, PaymentStatus.SENT))
    if payment.card.status is PaymentStatus.REVERSED:
        posted_at = _last(payment, PaymentStatus.POSTED) or payment.posted_at
        if posted_at is not None:
            found.append(_step(PaymentStatus.POSTED, posted_at))
    if payment.card.status is PaymentStatus.QUEUED and len(payment.moves) > 1:
        found.append(_step(PaymentStatus.QUEUED, payment.changed_at))
    if not waits:
        found.append(
            _step(payment.card.status, _last(payment, payment.card.status) or payment.changed_at)
        )
    else:
        if payment.card.status is PaymentStatus.QUEUED:
            found.append(Step("Sent", None, PaymentStatus.SENT))
        found.append(_step(PaymentStatus.POSTED, None))
    return found


def _step(status: PaymentStatus, at: datetime | None) -> Step:
    return Step(STATES[status].label, at, status)


def _last(payment: PaymentPage, status: PaymentStatus) -> datetime | None:
    """Tell when a payment last came into a state from another."""
    moves = (
        move.at
        for move in reversed(payment.moves)
        if move.to_status is status and move.from_status is not status
    )
    return next(moves, None)


def figures(payment: PaymentPage, entry: Entry) -> list[Figure]:
    """Lay a payment beside the one in QuickBooks, line by line."""
    return list(_figures(payment, entry, set(entry.changes)))


def _figures(payment: PaymentPage, entry: Entry, changes: set[Change]) -> Iterator[Figure]:
    is_other = plain(entry.customer or "") != plain(payment.card.customer)
    yield Figure(
        "Customer",
        payment.card.customer,
        entry.customer,
        Change.CUSTOMER in changes or (bool(entry.customer) and is_other),
        "text",
    )
    yield Figure(
        "Amount", payment.card.amount_cents, entry.cents, Change.AMOUNT in changes, "money"
    )
    day = payment.post_on or payment.card.received_on
    yield Figure("Date", day, entry.day, entry.day not in (None, day), "day")
    number = entry.number
    yield Figure(
        "Number",
        payment.card.reference,
        number,
        number not in (None, payment.card.reference),
        "text",
    )
    yield Figure(
        "On invoices", _on_invoices(payment), _there(entry), Change.INVOICES in changes, "money"
    )
    left, planned = entry.left_cents, payment.planned_left_cents
    # What was left and is used by now is no difference.
    is_more = left is not None and left > planned
    yield Figure("Left as credit", planned, left, is_more, "money")


def _on_invoices(payment: PaymentPage) -> int:
    return payment.card.amount_cents - payment.planned_left_cents


def _there(entry: Entry) -> int | None:
    if entry.cents is None or entry.left_cents is None:
        return None
    return entry.cents - entry.left_cents
