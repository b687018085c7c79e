"""Healing: rejected payments whose cause is gone go back to waiting, and go in this session.

What changed is looked up by its number, never what waits. What ever left is asked for first, as
everything that comes back to waiting is (exactly-once rule D.2).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from models.base import AnyRow
from models.queries import books as short_lists
from models.queries import companies, ledger, outbox, watches
from models.queries import receipts as stored
from qbwc_server.services.meaning import known_customer
from qbwc_server.services.steps import explain, look_up
from qbwc_server.services.steps.known import known
from qbwc_server.services.steps.step import Turn
from sync_core.books import Books, Customer
from sync_core.check import AskCustomer, Checked, Later, Ready, Refused, Waiting, check
from sync_core.lifecycle import PaymentStatus
from sync_core.methods import Found, match
from sync_core.names import plain
from sync_core.rejection import Cause, Rejection, WatchKind
from sync_core.variants import Variant
from sync_core.wording import notes

# So many payments are looked at together.
PAGE = 500

# What a session forgets when it has to ask QuickBooks once more before it sends anything.
ASK_AGAIN: Mapping[str, Any] = {
    "settled": False,
    "asked_to": 0,
    "more_to_ask": True,
    "receipts_read": False,
    "receipts_from": None,
    "receipts_left": None,
    "iterator_id": None,
}

# These do not go back to waiting by themselves: a person has to look.
NEVER = frozenset(
    {
        Cause.PAID_IN_QUICKBOOKS,
        Cause.INVOICE_DELETED,
        Cause.INVOICE_VOIDED,
        Cause.WRONG_CUSTOMER,
        Cause.CLOSED_PERIOD,
        Cause.CURRENCY_MISMATCH,
        Cause.POSSIBLE_DUPLICATE,
        Cause.INVALID,
    }
)

# Of these what is said of the old invoice is over, where a company uses exact twins without asking.
OF_OLD = frozenset({Cause.INVOICE_DELETED, Cause.INVOICE_VOIDED})


def heal(turn: Turn) -> dict[str, Any]:
    """Check the rejected payments that what changed concerns; give what the session has learned."""
    company_file_id = turn.session.company_file_id
    reading = stored.reading(turn.db, company_file_id)
    healed: list[AnyRow] = []
    if reading.change_count > reading.healed_to:
        ids = watches.concerned(turn.db, company_file_id, since=reading.healed_to)
        for start in range(0, len(ids), PAGE):
            healed += _check(turn, ids[start : start + PAGE])
            _know(turn, ids[start : start + PAGE])
        companies.change(turn.db, company_file_id, {"healed_to": reading.change_count})
    if reading.refused:
        healed += _try_one(turn)
    return _go_on(healed)


def methods(turn: Turn) -> dict[str, Any]:
    """Check the rejected payments whose payment method QuickBooks has now."""
    company_file_id = turn.session.company_file_id
    there = short_lists.methods_of(turn.db, company_file_id)
    names = [
        name
        for name in watches.keys(turn.db, company_file_id, WatchKind.METHOD)
        if isinstance(match(name, there), Found)
    ]
    if not names:
        return {}
    ids = watches.named(turn.db, company_file_id, WatchKind.METHOD, names)
    healed: list[AnyRow] = []
    for start in range(0, len(ids), PAGE):
        healed += _check(turn, ids[start : start + PAGE])
    return _go_on(healed)


def lift(turn: Turn) -> dict[str, Any]:
    """Let all go that QuickBooks did not permit: it does now."""
    ids = outbox.not_permitted(turn.db, turn.session.company_file_id, limit=None)
    rows = outbox.to_check(turn.db, ids, PaymentStatus.REJECTED)
    look_up.wait_again(turn, rows, notes.ALLOWED)
    # This session has looked at all that waited: these are looked at too, from the beginning.
    return _go_on(rows) | ({"more_pages": True, "looked_up_to": 0} if rows else {})


def _try_one(turn: Turn) -> list[AnyRow]:
    """Try one that was not permitted, where none waits: the one that was tried longest ago."""
    company_file_id = turn.session.company_file_id
    if outbox.has_queued(turn.db, company_file_id):
        return []
    ids = outbox.not_permitted(turn.db, company_file_id, limit=1)
    rows = list(outbox.to_check(turn.db, ids, PaymentStatus.REJECTED))
    look_up.wait_again(turn, rows, notes.TRIED)
    return rows


def _know(turn: Turn, payment_ids: Sequence[int]) -> None:
    """Keep which invoices waiting payments mean: while posting is paused nobody checks them."""
    rows = outbox.to_check(turn.db, payment_ids, PaymentStatus.QUEUED)
    if rows:
        waiting = look_up.as_waiting(turn, rows)
        found = look_up.keep_meant(turn, waiting, known(turn, waiting, {}).books)
        watches.end_of_numbers(turn.db, found)


def _check(turn: Turn, payment_ids: Sequence[int]) -> list[AnyRow]:
    """Check some; those that fit go back to waiting, of the others it is written what is so now."""
    rows = outbox.to_check(turn.db, payment_ids, PaymentStatus.REJECTED)
    waiting = look_up.as_waiting(turn, rows)
    now = known(turn, waiting, {})
    look_up.keep_meant(turn, waiting, now.books)
    healed, anew = [], dict[int, Rejection]()
    outcomes: list[Checked] = [check(payment, now.books) for payment in waiting]
    inactive = _inactive(turn, rows, outcomes)
    for row, payment, outcome in zip(rows, waiting, outcomes, strict=True):
        if row.id in inactive:
            continue
        fits = isinstance(outcome, Ready | Later | AskCustomer)
        if fits and (_heals(row) or _has_twin(row, payment, outcome)):
            healed.append(row)
        elif isinstance(outcome, Refused) and row.cause != Cause.INVALID:
            anew[row.id] = outcome.rejection
    look_up.wait_again(turn, healed, notes.HEALED)
    explain.write(turn, rows, anew)
    return healed


def _inactive(turn: Turn, rows: Sequence[AnyRow], outcomes: Sequence[Checked]) -> set[int]:
    """List the payments (by id) that wait for a customer to be active, and it is not.

    The one under whom they are to stand: the check leaves that to QuickBooks, which refused it.
    """
    under = {
        row.id: Customer(list_id=outcome.customer_list_id, name=outcome.customer_name)
        if isinstance(outcome, Ready)
        else Customer(list_id=row.post_customer_list_id, name=row.post_customer_name)
        for row, outcome in zip(rows, outcomes, strict=True)
        if row.variant == Variant.INACTIVE and not isinstance(outcome, Refused)
    }
    if not under:
        return set()
    found = ledger.customers_named(
        turn.db,
        turn.session.company_file_id,
        {one.list_id for one in under.values() if one.list_id},
        {plain(one.name) for one in under.values() if one.name},
    )
    books = Books(customers={row.list_id: known_customer(row) for row in found})
    return {
        number
        for number, one in under.items()
        if (known := books.customer(one)) is not None and not known.is_active
    }


def _heals(row: AnyRow) -> bool:
    return Cause(row.cause) not in NEVER and row.variant != "merged"


def _has_twin(row: AnyRow, payment: Waiting, outcome: Checked) -> bool:
    """Say whether an invoice that was gone was entered again, and the company uses what was."""
    if Cause(row.cause) not in OF_OLD or not isinstance(outcome, Ready):
        return False
    return outcome.txn_ids != tuple(part.txn_id for part in payment.apply)


def _go_on(healed: Sequence[AnyRow]) -> dict[str, Any]:
    """Say what the session does next: QuickBooks is asked for what ever left before it is sent."""
    # Those that this session may send are counted anew then.
    ever_left = any(row.ever_left for row in healed)
    return {**ASK_AGAIN, "waiting_to": None} if ever_left else {}
