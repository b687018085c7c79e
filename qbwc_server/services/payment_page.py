"""One payment with all that is known of it: both sides, its invoices, its attempts. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import (
    companies,
    ledger,
    listed,
    mappings,
    outbox,
    payments,
    receipts,
    remedies,
)
from models.queries import payment_list as rows
from qbwc_server.errors import NotFound
from qbwc_server.services import needs_you
from qbwc_server.services.needs_you import Card
from qbwc_server.services.payment_list import invoice_name
from qbwc_server.services.session_log import LINES_MAX
from qbwc_server.services.steps.changed import as_it_stands, as_posted
from qbxml import showing
from qbxml.showing import Shown
from sync_core import changed
from sync_core.changed import Change
from sync_core.lifecycle import AttemptOutcome, PaymentStatus
from sync_core.names import Meant, plain
from sync_core.wording import acts

# The newest attempts are shown with what was said; a payment rarely has a second one.
ATTEMPTS_MAX = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a payment puts on one invoice; None for what is not known."""

    invoice: str
    txn_id: str | None  # of an invoice that has a page
    cents: int
    in_quickbooks_cents: int | None  # what of it is on the invoice there
    balance_cents: int | None
    total_cents: int | None
    day: date | None
    is_voided: bool
    is_deleted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What stands in QuickBooks for a payment. `others` is on invoices that the payment has not."""

    kind: str  # payment, deposit, journal entry
    txn_id: str
    number: str | None
    day: date | None
    customer: str | None
    cents: int | None
    left_cents: int | None
    changes: tuple[Change, ...]
    changed_on: date | None
    is_deleted: bool
    others: Mapping[str, int]  # invoice -> cents


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One line of the audit trail."""

    at: datetime
    from_status: PaymentStatus | None
    to_status: PaymentStatus
    by: str
    note: str | None
    session_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One handing-out, with what QuickBooks was asked and what it answered, as people read it."""

    request_id: str
    session_id: int
    exchange: int
    asked_at: datetime
    answered_at: datetime | None
    outcome: AttemptOutcome | None
    status_code: int | None
    status_message: str | None
    hresult: str | None
    asked: Shown | None
    answered: Shown | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentPage:
    """A payment and everything around it. `entry` is its own, `recorded_as` those of others."""

    card: Card
    customer_list_id: str | None  # of a customer that has a page
    post_on: date | None
    memo: str | None
    processor: str | None
    processor_txn_id: str | None
    batch: str | None
    planned_left_cents: int
    entry: Entry | None
    recorded_as: Sequence[Entry]
    parts: Sequence[Part]
    moves: Sequence[Move]
    attempts: Sequence[Attempt]
    attempt_count: int
    created_at: datetime
    changed_at: datetime
    posted_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentPages:
    """Shows the payments of a company file, one at a time."""

    engine: Engine

    def show(self, company_file_id: int, external_id: str, *, by: str) -> PaymentPage:
        """Show a payment to somebody, also one that was deleted from the history.

        Raises:
            NotFound: the company has no payment with this id.
        """
        # No accepted id holds a character that cannot be shown, and PostgreSQL takes no NUL.
        if external_id.isprintable():
            with for_reading(self.engine).connect() as db:
                row = payments.one(db, company_file_id, external_id)
                if row is not None:
                    return _page(db, row, by)
        raise NotFound(acts.NO_PAYMENT)


def _page(db: Connection, row: AnyRow, by: str) -> PaymentPage:
    parts = outbox.applies(db, [row.id])[row.id]
    linked = remedies.recorded(db, [row.id])[row.id]
    own = [row.txn_id] if row.txn_id else []
    told = receipts.stored(db, row.company_file_id, [*own, *linked])
    links = ledger.links(db, row.company_file_id, list(told))
    named = {_invoice_of(part) for part in parts} | {
        link.other_txn_id for every in links.values() for link in every
    }
    invoices = rows.invoices(db, row.company_file_id, [one for one in named if one])
    others = remedies.payers_besides(db, row.company_file_id, [*set(linked) - set(told)])
    own_links = links.get(row.txn_id or "", ())
    applied: dict[str, int] = {}
    for link in own_links:
        cents = abs(link.amount_cents or 0)
        applied[link.other_txn_id] = applied.get(link.other_txn_id, 0) + cents
    is_there = row.status in (PaymentStatus.POSTED, PaymentStatus.REVERSED)
    return PaymentPage(
        card=needs_you.card_of(db, companies.one(db, row.company_file_id), row, by=by),
        customer_list_id=_customer(db, row),
        post_on=row.post_on,
        memo=row.memo,
        processor=row.processor,
        processor_txn_id=row.processor_txn_id,
        batch=row.batch,
        planned_left_cents=row.amount_cents - sum(part.cents for part in parts),
        entry=_entry(row, told[row.txn_id], parts, own_links, invoices)
        if is_there and row.txn_id in told
        else None,
        recorded_as=[
            *(
                _entry(None, told[one], (), links.get(one, ()), invoices)
                for one in linked
                if one in told
            ),
            *(_other_entry(other) for other in others.values()),
        ],
        parts=[
            _part(part, invoices.get(_invoice_of(part) or ""), applied if is_there else None)
            for part in parts
        ],
        moves=[_move(event) for event in payments.events(db, [row.id])[row.id]],
        attempts=[
            _attempt(each)
            for each in rows.attempts(
                db, row.id, limit=ATTEMPTS_MAX, length_max=showing.TEXT_LENGTH_MAX
            )
        ],
        attempt_count=row.attempt_count,
        created_at=row.created_at,
        changed_at=row.changed_at,
        posted_at=row.posted_at,
        deleted_at=row.hidden_at,
    )


def _customer(db: Connection, row: AnyRow) -> str | None:
    """Find the customer of a payment in QuickBooks, as far as that is known; None: nobody is."""
    list_id = row.post_customer_list_id or row.customer_list_id
    if list_id is None and row.customer_external_id is not None:
        words = [row.customer_external_id]
        meant = mappings.resolve(db, row.company_file_id, Meant.CUSTOMERS, words)
        list_id = meant.get(row.customer_external_id)
    if list_id is None and row.customer_name is not None:
        named = [plain(row.customer_name)]
        found = remedies.customers(db, row.company_file_id, plain_names=named)
        return found[0].list_id if len(found) == 1 else None
    known = listed.customer(db, row.company_file_id, list_id) if list_id else None
    return None if known is None else known.list_id


def _invoice_of(part: AnyRow) -> str | None:
    """Give the TxnID of the invoice that a part goes to, or is meant for."""
    txn_id: str | None = part.txn_id or part.meant_txn_id
    return txn_id


def _entry(
    payment: AnyRow | None,
    receipt: AnyRow,
    parts: Sequence[AnyRow],
    links: Sequence[AnyRow],
    invoices: Mapping[str, AnyRow],
) -> Entry:
    stands = as_it_stands(receipt, links)
    own = {part.txn_id for part in parts}
    found = changed.changes(as_posted(payment, parts), stands) if payment is not None else ()
    others: dict[str, int] = {}
    for txn_id, cents in stands.applied.items():
        if txn_id not in own:
            invoice = invoices.get(txn_id)
            others[(invoice.number if invoice else None) or txn_id] = cents
    wall = receipt.modified_wall if found else receipt.deleted_wall
    return Entry(
        kind="payment",
        txn_id=receipt.txn_id,
        number=receipt.reference,
        day=receipt.txn_date,
        customer=receipt.customer_name,
        cents=receipt.total_cents,
        left_cents=receipt.unused_cents,
        changes=found,
        changed_on=date.fromisoformat(wall[:10]) if wall else None,
        is_deleted=receipt.deleted_wall is not None,
        others=others,
    )


_KINDS = {"Deposit": "deposit", "JournalEntry": "journal entry"}


def _other_entry(other: AnyRow) -> Entry:
    return Entry(
        kind=_KINDS[other.kind],
        txn_id=other.txn_id,
        number=other.reference,
        day=other.txn_date,
        customer=None,
        cents=other.total_cents,
        left_cents=None,
        changes=(),
        changed_on=None,
        is_deleted=False,
        others={},
    )


def _part(part: AnyRow, invoice: AnyRow | None, applied: Mapping[str, int] | None) -> Part:
    return Part(
        invoice=invoice_name(part, invoice),
        txn_id=invoice.txn_id if invoice and not invoice.is_hidden else None,
        cents=part.cents,
        in_quickbooks_cents=None if applied is None else applied.get(part.txn_id, 0),
        balance_cents=invoice.balance_cents if invoice else None,
        total_cents=invoice.total_cents if invoice else None,
        day=invoice.txn_date if invoice else None,
        is_voided=bool(invoice and invoice.is_voided),
        is_deleted=bool(invoice and invoice.deleted_wall is not None),
    )


def _move(event: payments.Event) -> Move:
    return Move(
        at=event.at,
        from_status=PaymentStatus(event.from_status) if event.from_status else None,
        to_status=PaymentStatus(event.to_status),
        by=event.by,
        note=event.note,
        session_id=event.wc_session_id,
    )


def _attempt(row: AnyRow) -> Attempt:
    return Attempt(
        request_id=row.request_id,
        session_id=row.wc_session_id,
        exchange=row.number,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        outcome=AttemptOutcome(row.outcome) if row.outcome else None,
        status_code=row.status_code,
        status_message=row.status_message,
        hresult=row.hresult,
        asked=_shown(row.request_xml, row.request_id),
        answered=_shown(row.response_xml, row.request_id),
    )


def _shown(text: str | None, request_id: str) -> Shown | None:
    """Show what a message set says of this payment alone, whose names and amounts are known."""
    return showing.part(text, request_id, names=True, lines_max=LINES_MAX) if text else None
