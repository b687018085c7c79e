"""How a waiting payment will stand in QuickBooks, as far as what was imported tells. Reads only.

The check of the session that sends it has the last word: the books may change until then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from models.base import AnyRow
from models.queries import mappings, remedies
from sync_core.books import Customer, Invoice, is_family
from sync_core.check import customer_of
from sync_core.names import Meant, plain


@dataclass(frozen=True, slots=True)
class Line:
    """What goes on one invoice, called by its number where that is known."""

    invoice: str
    amount_cents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One payment as it will stand in QuickBooks."""

    customer: str
    on: date
    amount_cents: int
    lines: tuple[Line, ...]

    @property
    def unapplied_cents(self) -> int:
        """Give what stays as the customer's credit."""
        return self.amount_cents - sum(line.amount_cents for line in self.lines)


def plan_of(db: Connection, payment: AnyRow) -> Plan:
    """Say how a payment will stand in QuickBooks, by its rows and what a person chose."""
    payer = payer_of(db, payment)
    parts = () if payment.as_credit else remedies.parts(db, payment.id)
    found = invoices_of(db, payment, parts, payer)
    lines = []
    for part in parts:
        invoice = found.get(part.position)
        cents = part.amount_cents
        if payment.what_fits and invoice is not None and invoice.balance_cents is not None:
            cents = max(0, min(cents, invoice.balance_cents))
        if cents:
            lines.append(Line(_called(part, invoice), cents))
    return Plan(
        customer=_stands_under(payment, payer, list(found.values())),
        on=payment.post_on or payment.received_on,
        amount_cents=payment.amount_cents,
        lines=tuple(lines),
    )


def payer_of(db: Connection, payment: AnyRow) -> AnyRow | None:
    """Find the customer whom a payment is from; None where that is not known.

    By a person's choice, for this payment or for all of this payer, before the site's words.
    """
    company = payment.company_file_id
    list_id = payment.chosen_customer_list_id
    if list_id is None and payment.customer_external_id is not None:
        word = payment.customer_external_id
        list_id = mappings.resolve(db, company, Meant.CUSTOMERS, [word]).get(word)
        if list_id is None:
            return None
    if list_id is None:
        word = payer_word(payment)
        meant = mappings.resolve(db, company, Meant.PAYERS, [word]).get(word)
        list_id = meant or payment.customer_list_id
    found = (
        remedies.customers(db, company, list_ids=[list_id])
        if list_id is not None
        else remedies.customers(db, company, plain_names=[plain(payment.customer_name)])
    )
    active = [row for row in found if row.is_active] or found
    return active[0] if len(active) == 1 else None


def payer_word(payment: AnyRow) -> str:
    """Give the word under which it is remembered whom else a payer means: ListID or name."""
    return payment.customer_list_id or plain(payment.customer_name)


def invoices_of(
    db: Connection, payment: AnyRow, parts: Sequence[AnyRow], payer: AnyRow | None
) -> Mapping[int, AnyRow]:
    """Find the invoices that parts of a payment pay, by position; what is not known is left out."""
    company = payment.company_file_id
    words = {part.invoice_external_id for part in parts if part.invoice_external_id}
    meant = mappings.resolve(db, company, Meant.INVOICES, words)
    named = {
        part.position: part.chosen_txn_id
        or part.invoice_txn_id
        or meant.get(part.invoice_external_id or "")
        or (part.meant_txn_id if part.invoice_number is not None else None)
        for part in parts
    }
    numbers = {
        part.position: plain(part.invoice_number)
        for part in parts
        if named[part.position] is None and part.invoice_number is not None
    }
    rows = remedies.invoices(
        db,
        company,
        txn_ids={txn_id for txn_id in named.values() if txn_id},
        plain_numbers=set(numbers.values()),
    )
    found = {row.txn_id: row for row in rows}
    shown = {
        position: found[txn_id] for position, txn_id in named.items() if txn_id and txn_id in found
    }
    for position, number in numbers.items():
        own = [row for row in rows if row.plain_number == number and is_of_family(row, payer)]
        open_ones = [row for row in own if is_open(row)] or own
        if len(open_ones) == 1:
            shown[position] = open_ones[0]
    return shown


def is_open(invoice: AnyRow) -> bool:
    """Say whether something is due on an invoice."""
    return not (
        invoice.is_paid
        or invoice.is_pending
        or invoice.is_voided
        or invoice.balance_cents is None
        or invoice.balance_cents <= 0
    )


def is_of_family(invoice: AnyRow, payer: AnyRow | None) -> bool:
    """Say whether an invoice is one that a payer can mean: of its customer with all its jobs."""
    if payer is None or invoice.customer_name is None:
        return True
    return is_family(invoice.customer_name, payer.full_name)


def _called(part: AnyRow, invoice: AnyRow | None) -> str:
    if invoice is not None and invoice.number:
        return str(invoice.number)
    names = (
        invoice.txn_id if invoice is not None else part.chosen_txn_id,
        part.invoice_number,
        part.invoice_external_id,
        part.invoice_txn_id,
    )
    return str(next(name for name in names if name))


def _stands_under(payment: AnyRow, payer: AnyRow | None, invoices: Sequence[AnyRow]) -> str:
    """Name the Customer:Job under which a payment stands: its payer, or a job of that family."""
    if payer is None:
        names = (
            payment.customer_name,
            payment.post_customer_name,
            payment.chosen_customer_list_id,
            payment.customer_list_id,
            payment.customer_external_id,
        )
        return str(next(name for name in names if name))
    asked = Customer(list_id=payer.list_id, name=payer.full_name)
    told = [
        Invoice(
            txn_id=row.txn_id,
            number=row.number,
            customer_list_id=row.customer_list_id,
            customer_name=row.customer_name,
            ar_account_list_id=None,
            is_open=True,
        )
        for row in invoices
    ]
    return str(customer_of(asked, told).name)
