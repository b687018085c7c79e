"""Why QuickBooks refused a payment, decided after it was asked what is there.

The cause is what the books show. Where they show nothing against the payment, QuickBooks' own
sentence decides as far as it proves something; else the cause is `invalid`, with that sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_core.books import Books, Customer
from sync_core.causes import rejected
from sync_core.check import (
    Checked,
    Ready,
    Refused,
    Waiting,
    check,
    customer_row,
    invoice_row,
    method_rows,
)
from sync_core.names import plain
from sync_core.rejection import Cause, Rejection, WatchKind
from sync_core.variants import Variant

_ACCOUNTANT = re.compile(r"accountant|dividing date", re.IGNORECASE)
_ACCOUNT = re.compile(r'QuickBooks [^"]*account|must be of type', re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """How a payment was sent: the customer under whom it was to stand, and the A/R account."""

    customer: Customer
    ar_account_list_id: str | None = None


def why(payment: Waiting, books: Books, refused: Rejection, sent: Sent) -> Rejection:
    """Say why a payment was refused; `refused` is what QuickBooks' answer alone said."""
    seen = _seen(payment, books)
    if isinstance(seen, Refused):
        found = seen.rejection
    elif isinstance(seen, Ready) and _is_other_account(seen, sent):
        found = _other_account(seen, books, sent)
    else:
        found = _by_sentence(payment, books, refused, sent)
    return replace(found, status_code=refused.status_code, status_message=refused.status_message)


def is_moved(payment: Waiting, books: Books, sent: Sent) -> bool:
    """Say whether a payment fits under another customer of its payer's family than it was sent to.

    Its invoices went over meanwhile, from a job to its parent or to another job: no problem.
    """
    seen = _seen(payment, books)
    if not isinstance(seen, Ready) or _is_other_account(seen, sent):
        return False
    now = Customer(list_id=seen.customer_list_id, name=seen.customer_name)
    return bool(seen.txn_ids) and _called(now) != _called(sent.customer)


def _called(customer: Customer) -> tuple[str | None, str | None]:
    return customer.list_id, None if customer.list_id else plain(customer.name or "")


def _seen(payment: Waiting, books: Books) -> Checked:
    """Check a payment once more. What others take of an invoice is no reason: it was answered."""
    return check(replace(payment, post_anyway=True), replace(books, reserved={}))


def _is_other_account(seen: Ready, sent: Sent) -> bool:
    return sent.ar_account_list_id not in (None, seen.ar_account_list_id)


def _other_account(seen: Ready, books: Books, sent: Sent) -> Rejection:
    """Say that the invoices are kept in another A/R account than the payment was sent to."""
    invoices = [invoice for txn_id in seen.txn_ids if (invoice := books.standing(txn_id))]
    name = books.accounts.get(seen.ar_account_list_id or "", "")
    facts = {"position": "0", "account_name": name}
    if invoices:
        facts |= {"invoice_txn_id": invoices[0].txn_id, "invoice_number": invoices[0].number or ""}
    own = {
        "type": "online payment",
        "customer": sent.customer.name or "",
        "account": books.accounts.get(sent.ar_account_list_id or "", ""),
    }
    rows = (own, *(invoice_row(invoice, books) for invoice in invoices))
    return rejected(Cause.WRONG_CUSTOMER, Variant.ACCOUNT, facts, rows)


def _by_sentence(payment: Waiting, books: Books, refused: Rejection, sent: Sent) -> Rejection:
    said = refused.status_message or ""
    own: Mapping[str, str] = {
        "qb_message": said,
        "qb_code": "" if refused.status_code is None else str(refused.status_code),
    }
    match refused.cause:
        case Cause.CUSTOMER_UNAVAILABLE:
            return _customer(payment, sent.customer, books, own)
        case Cause.UNKNOWN_REFERENCE:
            return _reference(payment, books, said, own)
        case Cause.CLOSED_PERIOD:
            return _closed(payment, books, said, own)
        case Cause.NOT_PERMITTED:
            return refused
        case Cause.INVALID if refused.variant == Variant.NOT_DONE:
            return refused
        case _:
            return rejected(Cause.INVALID, Variant.PLAIN, own, (_answer(payment, books, own),))


def _answer(payment: Waiting, books: Books, own: Mapping[str, str]) -> dict[str, str]:
    """Write what QuickBooks said as evidence, and for which invoices the payment was sent."""
    known = [(part, books.invoices.get(part.txn_id or "")) for part in payment.apply]
    called = [(invoice and invoice.number) or part.number or "" for part, invoice in known]
    return {
        "said": own["qb_message"],
        "code": own["qb_code"],
        "invoices": ", ".join(filter(None, called)),
    }


def _customer(payment: Waiting, payer: Customer, books: Books, own: Mapping[str, str]) -> Rejection:
    known = books.customer(payer)
    name = known.name if known else payer.name or payer.list_id or ""
    watched = [(WatchKind.CUSTOMER, known.list_id)] if known else []
    if payer.name:
        watched.append((WatchKind.NAME, plain(payer.name)))
    elif not known and payer.list_id:
        watched.append((WatchKind.CUSTOMER, payer.list_id))
    row = customer_row(known) if known else {"customer": name, "active": "no"}
    is_inactive = known is not None and not known.is_active
    variant = Variant.INACTIVE if is_inactive else Variant.MISSING
    if known is not None and known.is_active:  # it is there, and QuickBooks did not take it
        return rejected(Cause.INVALID, Variant.PLAIN, own, (_answer(payment, books, own), row))
    return rejected(
        Cause.CUSTOMER_UNAVAILABLE,
        variant,
        {**own, "customer": name},
        (row,),
        waits_for=tuple(watched),
    )


def _reference(payment: Waiting, books: Books, said: str, own: Mapping[str, str]) -> Rejection:
    if _ACCOUNT.search(said):
        quoted = _QUOTED.search(said)
        name = quoted.group(1) if quoted else ""
        row = {"given": name, **_answer(payment, books, own)}
        return rejected(
            Cause.UNKNOWN_REFERENCE, Variant.ACCOUNT, {**own, "account_name": name}, (row,)
        )
    facts = {**own, "method_name": payment.method}
    watched = ((WatchKind.METHOD, plain(payment.method)),)
    rows = method_rows(payment.method, books.methods)
    return rejected(Cause.UNKNOWN_REFERENCE, Variant.METHOD, facts, rows, waits_for=watched)


def _closed(payment: Waiting, books: Books, said: str, own: Mapping[str, str]) -> Rejection:
    day = payment.post_on or payment.received_on
    facts = {**own, "received_on": day.isoformat() if day else ""}
    if _ACCOUNTANT.search(said):
        return rejected(Cause.CLOSED_PERIOD, Variant.ACCOUNTANT, facts, (facts,))
    closing: date | None = books.closing_date
    if closing is not None and (day is None or day <= closing):  # else it was moved since
        facts["closing_date"] = closing.isoformat()
        facts["first_open_day"] = (closing + timedelta(days=1)).isoformat()
    return rejected(Cause.CLOSED_PERIOD, Variant.CLOSING, facts, (facts,))
