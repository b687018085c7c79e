"""Why an invoice does not take what a payment has for it: the cause, by what is there now.

Each is a fact with its evidence, never a guess from a status code. Where nothing that is known
explains it, the balance has changed for a reason that was not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync_core import words
from sync_core.books import Books, Invoice, Link, OnlinePayment
from sync_core.money import format_cents
from sync_core.names import plain
from sync_core.rejection import Cause, Rejection, WatchKind
from sync_core.variants import Variant

# QuickBooks rounds sales tax line by line, others on the sum: a cent a line.
CENTS_MAX = 9

# What QuickBooks calls it, and what people call it there.
KINDS = {
    "ReceivePayment": "payment",
    "Deposit": "deposit",
    "JournalEntry": "journal entry",
    "Check": "check",
    "CreditMemo": "credit memo",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a payment has for one invoice: cents, and its place among the payment's parts.

    `balance_before` and `total_before` are what was due, and the total, when the payment came.
    """

    position: int
    cents: int
    customer: str = ""  # the payer's full name
    elsewhere: int = 0  # cents of the payment that fit on its other invoices
    balance_before: int | None = None
    total_before: int | None = None


def rejected(
    cause: Cause,
    variant: Variant | None,
    facts: Mapping[str, str],
    evidence: tuple[Mapping[str, str], ...] = (),
    *,
    waits_for: tuple[tuple[WatchKind, str], ...] = (),
) -> Rejection:
    """Make a rejection; its sentence is that of the table of words, made of these facts alone."""
    known = {name: value for name, value in facts.items() if value}
    return Rejection(
        cause=cause,
        variant=variant,
        facts=known,
        summary=words.summary(cause, variant, known),
        evidence=tuple(row for one in evidence if (row := _told(one))),
        waits_for=waits_for,
    )


def _told(record: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in record.items() if value}


def gone(
    part: Part, old: Invoice, books: Books, *, payment_id: int, received_on: date | None
) -> Rejection:
    """Say why a deleted invoice takes nothing: it was entered anew, or not.

    What another payment takes is shown, and not proposed.
    """
    facts = {
        **_base(part, old),
        "deleted_on": (old.deleted_wall or "")[:10],
    }
    there = _invoice_row("deleted invoice", old) | {
        "deleted_on": facts["deleted_on"],
        "state": "deleted",
    }
    found = books.made_anew(old)
    watched = ((WatchKind.NUMBER, plain(old.number)),) if old.number else ()
    if not found:
        return rejected(Cause.INVOICE_DELETED, Variant.PLAIN, facts, (there,), waits_for=watched)
    taken = {one.txn_id: books.taken_by(one, payment_id, part.cents) for one in found}
    free = [one for one in found if taken[one.txn_id] is None]
    likely = free or found
    twins = [one for one in free if is_twin(one, old, part.cents)]
    rows = [_invoice_row("invoice", one) | {"state": "in QuickBooks"} for one in found]
    variant = Variant.DIFFERS
    if len(likely) == 1:
        facts |= _new(likely[0])
        other = taken[likely[0].txn_id]
        if other is not None:
            facts["other_id"] = other.id
        if twins:
            is_later = bool(received_on and twins[0].day and twins[0].day > received_on)
            variant = Variant.DATED_LATER if is_later else Variant.TWIN
            facts["new_invoice_txn_id"] = twins[0].txn_id
    return rejected(Cause.INVOICE_RECREATED, variant, facts, (there, *rows), waits_for=watched)


def is_twin(new: Invoice, old: Invoice, cents: int) -> bool:
    """Say whether an invoice is the deleted one once more, and has room for the payment."""
    return (
        new.is_open
        and not new.is_pending
        and new.total_cents == old.total_cents
        and (new.balance_cents is None or new.balance_cents >= cents)
    )


def voided(part: Part, invoice: Invoice) -> Rejection:
    """Say that an invoice was voided."""
    return rejected(
        Cause.INVOICE_VOIDED,
        Variant.PLAIN,
        _base(part, invoice),
        (_invoice_row("voided invoice", invoice) | {"state": "voided"},),
    )


def too_little(part: Part, invoice: Invoice, books: Books) -> Rejection:
    """Say why an invoice has less room than a payment has for it."""
    due = invoice.balance_cents or 0
    facts = _base(part, invoice) | {
        "balance_before": _text(part.balance_before),
        "fits": format_cents(max(due, 0)),
        "left_over": format_cents(part.cents - max(due, 0)),
        "fits_elsewhere": format_cents(part.elsewhere) if part.elsewhere else "",
    }
    watched = ((WatchKind.INVOICE, invoice.txn_id),)
    rows: tuple[Mapping[str, str], ...] = (
        _due_row(part, invoice),
        *(_link_row(link, invoice, books) for link in _newest(invoice.links)),
    )
    if invoice.is_pending:
        return rejected(Cause.BALANCE_CHANGED, Variant.PENDING, facts, rows, waits_for=watched)
    before = part.balance_before
    if before is None or before < part.cents:
        before = None  # the payment site knew more, or nobody knew
    lost = (part.cents if before is None else before) - due
    if _was_edited(part, invoice, lost):
        facts |= {
            "total_before": _text(part.total_before),
            "total_now": _text(invoice.total_cents),
        }
        is_cents = 0 < part.cents - due <= CENTS_MAX
        variant = Variant.CENTS if is_cents else Variant.EDITED
        facts["difference"] = format_cents(part.cents - due)
        return rejected(Cause.BALANCE_CHANGED, variant, facts, rows, waits_for=watched)
    link = _that_took(invoice.links, lost=lost, due=due, cents=part.cents, before=before)
    if link is None:
        is_cents = 0 < lost <= CENTS_MAX
        facts["difference"] = format_cents(part.cents - due)
        variant = Variant.CENTS if is_cents else Variant.OTHER
        return rejected(Cause.BALANCE_CHANGED, variant, facts, rows, waits_for=watched)
    cause, variant, more = _by_link(link, books, is_paid=due <= 0)
    if cause is not Cause.BALANCE_CHANGED:  # what took the room comes first
        rows = (
            *(_link_row(one, invoice, books) for one in (link, *_moved(link))),
            *(row for row in rows[1:] if row["txn_id"] != link.txn_id),
        )
    return rejected(cause, variant, facts | more, rows, waits_for=watched)


def _moved(link: Link) -> tuple[Link, ...]:
    """Give the credit memo of another job that a journal entry brought here."""
    return () if link.moved_credit is None else (link.moved_credit,)


def _was_edited(part: Part, invoice: Invoice, lost: int) -> bool:
    """Say whether a smaller total alone explains what is lost."""
    if part.total_before is None or invoice.total_cents is None:
        return False
    return 0 < lost <= part.total_before - invoice.total_cents


def _that_took(
    links: Sequence[Link], *, lost: int, due: int, cents: int, before: int | None
) -> Link | None:
    """Find what took the room: what is exactly as much as was lost, else the newest that could.

    Where none could alone, the largest of them. None where they prove nothing: all of them together
    are less than was lost, or nobody knows what was due before, and some of them may be older.
    """
    known = [link for link in _newest(links) if link.cents]
    exact = [link for link in known if lost in (link.cents, _discount(link))]
    together = sum(link.cents or 0 for link in known)
    is_told = due <= 0 or together == lost or before is not None
    if not exact and (lost <= CENTS_MAX or together < lost or not is_told):
        return None
    enough = [link for link in known if (link.cents or 0) >= cents - due]
    largest = sorted(known, key=lambda link: -(link.cents or 0))
    return next(iter(exact or enough or largest), None)


def _by_link(link: Link, books: Books, *, is_paid: bool) -> tuple[Cause, Variant, dict[str, str]]:
    """Name the cause by what took the room."""
    found, other, discount = _found(link), books.ours.get(link.txn_id), _discount(link)
    by_hand = Variant.BY_HAND if is_paid else Variant.PART
    told = (Cause.PAID_IN_QUICKBOOKS, by_hand, found | {"found_txn_id": link.txn_id})
    if other is not None:
        told = (Cause.BALANCE_CHANGED, Variant.OTHER, found)
        if is_paid:
            told = (Cause.PAID_IN_QUICKBOOKS, Variant.TWICE, _other(other))
    elif link.type == "CreditMemo":
        told = (Cause.CREDIT_APPLIED, Variant.MEMO, _credit(link))
    elif link.moved_credit is not None:
        told = (Cause.CREDIT_APPLIED, Variant.MOVED_CREDIT, _credit(link))
    elif discount:
        given = found | {"found_amount": format_cents(discount)}
        told = (Cause.BALANCE_CHANGED, Variant.DISCOUNT, given)
    elif link.type == "JournalEntry" and not is_paid:
        told = (Cause.BALANCE_CHANGED, Variant.JOURNAL, found)
    return told


def _discount(link: Link) -> int:
    """Give how much of a payment's link is a discount, where its own side says less."""
    if link.type != "ReceivePayment" or link.own_cents is None or link.cents is None:
        return 0
    return max(link.cents - link.own_cents, 0)


def _base(part: Part, invoice: Invoice) -> dict[str, str]:
    return {
        "position": str(part.position),
        "customer": part.customer,
        "invoice_txn_id": invoice.txn_id,
        "invoice_number": invoice.number or "",
        "invoice_balance": _text(invoice.balance_cents),
        "planned": format_cents(part.cents),
    }


def _new(invoice: Invoice) -> dict[str, str]:
    return {
        "new_invoice_number": invoice.number or "",
        "new_invoice_date": _day(invoice.day),
        "new_invoice_amount": _text(invoice.total_cents),
    }


def _found(link: Link) -> dict[str, str]:
    return {
        "found_kind": KINDS.get(link.type or "", "entry"),
        "found_number": link.number or "",
        "found_date": _day(link.day),
        "found_amount": _text(link.cents),
    }


def _credit(link: Link) -> dict[str, str]:
    return {
        "credit_number": link.number or "",
        "credit_date": _day(link.day),
        "credit_amount": _text(link.cents),
        "credit_txn_id": link.txn_id,
    }


def _other(other: OnlinePayment) -> dict[str, str]:
    return {
        "other_id": other.id,
        "other_reference": other.reference,
        "other_date": other.day.isoformat(),
    }


def _newest(links: Sequence[Link]) -> list[Link]:
    return sorted(links, key=lambda link: link.day or date.min, reverse=True)


def _due_row(part: Part, invoice: Invoice) -> dict[str, str]:
    """Write what was due on an invoice when the customer paid, and what is due now."""
    return {
        "number": invoice.number or "",
        "due_before": _text(part.balance_before),
        "due": _text(invoice.balance_cents),
        "txn_id": invoice.txn_id,
    }


def _link_row(link: Link, invoice: Invoice, books: Books) -> dict[str, str]:
    """Write what is set against an invoice, with what is left on that."""
    other = books.ours.get(link.txn_id)
    kind = "online payment" if other else KINDS.get(link.type or "", link.type or "entry")
    return {
        "type": kind,
        "number": link.number or "",
        "date": _day(link.day),
        "amount": _text(link.cents),
        "method": other.method if other else "",
        "due": _text(invoice.balance_cents),
        "used_on": ", ".join(books.used_on.get(link.txn_id, ())) or invoice.number or "",
        "txn_id": link.txn_id,
    }


def _invoice_row(kind: str, invoice: Invoice) -> dict[str, str]:
    """Write an invoice as evidence."""
    return {
        "type": kind,
        "number": invoice.number or "",
        "date": _day(invoice.day),
        "amount": _text(invoice.total_cents),
        "due": _text(invoice.balance_cents),
        "customer": invoice.customer_name or "",
        "txn_id": invoice.txn_id,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _text(cents: int | None) -> str:
    return "" if cents is None else format_cents(cents)
