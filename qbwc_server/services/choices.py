"""What a person can pick from to settle a payment: open invoices, customers, methods, entries.

Each list is short: whoever does not find it there says more. Reads only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import books, choices, companies, ledger, payments, receipts, remedies
from qbwc_server.errors import NotFound
from qbwc_server.services import needs_you, plans
from sync_core.names import plain
from sync_core.wording import acts

# As many as a person looks through.
SHOWN_MAX = 50
# How far an entry of the same amount may be dated from the payment to be proposed.
DAYS_AROUND = 31
# What pays an invoice, as QuickBooks calls it in links.
_KINDS = {
    "ReceivePayment": "Payment",
    "Deposit": "Deposit",
    "JournalEntry": "Journal entry",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenInvoice:
    """An invoice on which something is due; `fits_cents` is what the payment would put on it.

    `mark` stands before what is due: an invoice may be in another currency than the payment.
    """

    txn_id: str
    number: str
    day: date | None
    customer: str
    due_cents: int
    mark: str
    fits_cents: int
    left_cents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerChoice:
    """An active customer; `mark` stands before its balance."""

    list_id: str
    name: str
    balance_cents: int | None
    mark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodChoice:
    """An active entry of the Payment Method List."""

    list_id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry in QuickBooks that may stand for the payment; `is_found`: the rejection names it."""

    txn_id: str
    kind: str
    number: str
    day: date | None
    amount_cents: int | None
    customer: str
    is_found: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """Lists what can be picked for a payment of a company file."""

    engine: Engine

    def invoices(self, company_file_id: int, external_id: str) -> list[OpenInvoice]:
        """List open invoices of the payer with all its jobs, oldest first.

        Raises:
            NotFound: the company has no payment with this id.
        """
        with for_reading(self.engine).connect() as db:
            payment = _payment(db, company_file_id, external_id)
            payer = plans.payer_of(db, payment)
            if payer is None:
                return []
            family = choices.family(db, company_file_id, plain(payer.full_name.split(":")[0]))
            rows = choices.open_invoices(
                db,
                company_file_id,
                list_ids=[row.list_id for row in family],
                limit=SHOWN_MAX,
            )
            company = companies.one(db, company_file_id)
            cents = _failed_cents(payment, remedies.parts(db, payment.id))
        return [
            OpenInvoice(
                txn_id=row.txn_id,
                number=row.number or "",
                day=row.txn_date,
                customer=row.customer_name or "",
                due_cents=row.balance_cents,
                mark=needs_you.mark_named(company, row.currency),
                fits_cents=min(cents, row.balance_cents),
                left_cents=max(cents - row.balance_cents, 0),
            )
            for row in rows
        ]

    def customers(self, company_file_id: int, text: str) -> list[CustomerChoice]:
        """List active customers whose full name holds a text; a blank finds nobody."""
        wanted = plain(text)
        if not wanted or not wanted.isprintable():
            return []
        with for_reading(self.engine).connect() as db:
            rows = choices.customers(db, company_file_id, wanted, limit=SHOWN_MAX)
            company = companies.one(db, company_file_id)
        return [
            CustomerChoice(
                list_id=row.list_id,
                name=row.full_name,
                balance_cents=row.balance_cents,
                mark=needs_you.mark_named(company, row.currency),
            )
            for row in rows
        ]

    def methods(self, company_file_id: int) -> list[MethodChoice]:
        """List the active entries of the Payment Method List."""
        with for_reading(self.engine).connect() as db:
            rows = books.methods_of(db, company_file_id)
        return [MethodChoice(list_id=row.list_id, name=row.name) for row in rows if row.is_active]

    def entries(self, company_file_id: int, external_id: str) -> list[Entry]:
        """List what may stand for a payment, what its rejection names first, then the newest.

        That is what pays its invoices, what has its number, and what has its amount on a day not
        far from its own. What we made for another payment is never among them.

        Raises:
            NotFound: the company has no payment with this id.
        """
        with for_reading(self.engine).connect() as db:
            payment = _payment(db, company_file_id, external_id)
            found = [
                word.strip() for word in (payment.facts or {}).get("found_txn_id", "").split(",")
            ]
            wanted = dict.fromkeys([*filter(None, found), *_like(db, payment)])
            told = remedies.payers_besides(db, company_file_id, wanted)
            told |= remedies.entries(db, company_file_id, wanted)
            own = {row.txn_id for row in remedies.own_among(db, company_file_id, wanted)}
        entries = _listed(told, [one for one in wanted if one not in own], found)
        entries.sort(key=lambda entry: entry.day or date.min, reverse=True)
        entries.sort(key=lambda entry: not entry.is_found)
        return entries[:SHOWN_MAX]

    def named(self, company_file_id: int, word: str) -> list[Entry]:
        """List the entries that a person means by a number or a TxnID, the newest first.

        One that no sync has told of, and one of ours, is told by whoever acts with it.
        """
        word = " ".join(word.split())
        if not word.isprintable():
            return []
        with for_reading(self.engine).connect() as db:
            rows = receipts.alike(
                db,
                company_file_id,
                guids=(),
                references={word, word.upper(), word.lower()},
                txn_ids=[word.upper()],
            )
            wanted = [*(row.txn_id for row in rows), word.upper()]
            told = remedies.payers_besides(db, company_file_id, wanted)
            told |= remedies.entries(db, company_file_id, wanted)
        entries = _listed(told, list(dict.fromkeys(wanted)), ())
        return sorted(entries, key=lambda entry: entry.day or date.min, reverse=True)[:SHOWN_MAX]


def _listed(told: Mapping[str, AnyRow], wanted: Sequence[str], found: Sequence[str]) -> list[Entry]:
    """Make entries of those of some TxnIDs that QuickBooks has told of."""
    return [_entry(told[one], is_found=one in found) for one in wanted if one in told]


def _payment(db: Connection, company_file_id: int, external_id: str) -> AnyRow:
    # No accepted id holds a character that cannot be shown, and PostgreSQL takes no NUL.
    row = payments.one(db, company_file_id, external_id) if external_id.isprintable() else None
    if row is None:
        raise NotFound(acts.NO_PAYMENT)
    return row


def _failed_cents(payment: AnyRow, parts: Sequence[AnyRow]) -> int:
    """Say how much goes on an invoice that is chosen: the part that failed, or the only one."""
    failed = (payment.facts or {}).get("position", "")
    wanted = int(failed) if failed.isdecimal() else 0
    return next((part.amount_cents for part in parts if part.position == wanted), 0)


def _like(db: Connection, payment: AnyRow) -> list[str]:
    """List the entries (TxnIDs) that look like a payment."""
    company = payment.company_file_id
    parts = remedies.parts(db, payment.id)
    invoices = plans.invoices_of(db, payment, parts, plans.payer_of(db, payment))
    links = ledger.links(db, company, {invoice.txn_id for invoice in invoices.values()})
    around = timedelta(days=DAYS_AROUND)
    same_amount = receipts.entries_like(
        db,
        company,
        amounts=[payment.amount_cents],
        since=payment.received_on - around,
        until=payment.received_on + around,
    )
    same_number = receipts.alike(
        db, company, guids=(), references=[payment.reference.upper()], txn_ids=()
    )
    return [
        *(
            link.other_txn_id
            for some in links.values()
            for link in some
            if link.other_type in _KINDS
        ),
        *(row.txn_id for row in same_number),
        *(row.txn_id for row in same_amount),
    ]


def _entry(row: AnyRow, *, is_found: bool) -> Entry:
    return Entry(
        txn_id=row.txn_id,
        kind=_KINDS[getattr(row, "kind", "ReceivePayment")],
        number=row.reference or "",
        day=row.txn_date,
        amount_cents=row.total_cents,
        customer=getattr(row, "customer_name", None) or "",
        is_found=is_found,
    )
