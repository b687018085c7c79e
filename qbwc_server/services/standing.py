"""What is told of where payments stand: the facts of the sentences, the same wherever it is told.

The sentences are those of `sync_core.words`. Reads only, whatever the number of payments by the
same statements.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from models.base import AnyRow
from models.queries import receipts
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.rejection import Cause
from sync_core.variants import Variant

# Payments in QuickBooks by company file and TxnID: number, and when they were deleted, if so.
Entries = Mapping[tuple[int, str], tuple[str | None, str | None]]


def facts_of(row: AnyRow) -> dict[str, str]:
    """Give what the sentences about a payment are made of; an id is no customer's name."""
    own = {
        "customer": row.post_customer_name or row.customer_name or "",
        "amount": format_cents(row.amount_cents),
        "received_on": row.received_on.isoformat(),
        "method": row.method,
        "reference": row.reference,
    }
    return own | {name: value for name, value in (row.facts or {}).items() if value}


def customer_of(row: AnyRow) -> str:
    """Call the customer of a payment: by its name, or as the payment site does."""
    named = row.post_customer_name or row.customer_name or row.customer_external_id
    return str(named or row.customer_list_id)


def entries(
    db: Connection, rows: Sequence[AnyRow], recorded: Mapping[int, Sequence[str]]
) -> Entries:
    """Read the entries in QuickBooks that payments point at; `recorded` are those linked to them.

    What a rejection found, what a person linked, and what was reversed.
    """
    wanted: dict[int, set[str]] = {}
    for row in rows:
        own = {_found(row), *recorded.get(row.id, ())}
        if row.status == PaymentStatus.REVERSED:
            own.add(row.txn_id or "")
        wanted.setdefault(row.company_file_id, set()).update(own - {""})
    return {
        (company_file_id, txn_id): told
        for company_file_id, txn_ids in wanted.items()
        if txn_ids
        for txn_id, told in receipts.entries(db, company_file_id, txn_ids).items()
    }


def variant_now(row: AnyRow, entries: Entries) -> str | None:
    """Say which story of its cause a rejection is, as what it found stands in QuickBooks now.

    What was typed in under the payment's own number and deleted is asked about when it is retried.
    """
    _, deleted_wall = entries.get((row.company_file_id, _found(row)), (None, None))
    is_gone = deleted_wall is not None and row.variant != Variant.SAME_NUMBER
    return Variant.ENTRY_GONE if is_gone else row.variant


def line(row: AnyRow, recorded_as: Sequence[str], entries: Entries) -> str:
    """Say in a sentence or two where a payment stands."""
    if row.status == PaymentStatus.REJECTED:
        return words.summary(Cause(row.cause), variant_now(row, entries), facts_of(row))
    known = state_facts(row, recorded_as, entries)
    return words.state_line(PaymentStatus(row.status), known)


def state_facts(row: AnyRow, recorded_as: Sequence[str], entries: Entries) -> dict[str, str]:
    """Give what the line under a payment's status is made of."""
    numbers = [entries.get((row.company_file_id, one), (None, None))[0] for one in recorded_as]
    _, gone = entries.get((row.company_file_id, row.txn_id or ""), (None, None))
    return {
        "reference": row.reference,
        "note": row.note or "",
        "left_over": format_cents(row.unapplied_cents or 0),
        "time": _moment(row.left_at),
        "missing_on": row.missing_since.date().isoformat() if row.missing_since else "",
        "found_number": ", ".join(filter(None, numbers)),
        "reversed_on": (gone or "")[:10],
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if at else ""


def _found(row: AnyRow) -> str:
    """Give the TxnID of what records a rejected payment, as far as anybody could tell; else ""."""
    is_paid = row.status == PaymentStatus.REJECTED and row.cause == Cause.PAID_IN_QUICKBOOKS
    return str((row.facts or {}).get("found_txn_id", "")) if is_paid else ""
