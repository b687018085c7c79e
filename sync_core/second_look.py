"""Why QuickBooks refused a payment, decided after it was asked what is there.

The cause is what the books show. Where they show nothing against the payment, QuickBooks' own
sentence decides as far as it proves something; else the cause is `invalid`, with that sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sync_core.books import Books
from sync_core.causes import rejected
from sync_core.check import Refused, Waiting, check
from sync_core.names import plain
from sync_core.rejection import Cause, Rejection, WatchKind
from sync_core.variants import Variant

_ACCOUNTANT = re.compile(r"accountant|dividing date", re.IGNORECASE)
_ACCOUNT = re.compile(r'QuickBooks [^"]*account|must be of type', re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]+)"')


def why(payment: Waiting, books: Books, refused: Rejection) -> Rejection:
    """Say why a payment was refused; `refused` is what QuickBooks' answer alone said."""
    # What others take of an invoice is no reason: QuickBooks has answered.
    seen = check(replace(payment, post_anyway=True), replace(books, reserved={}))
    found = seen.rejection if isinstance(seen, Refused) else _by_sentence(payment, books, refused)
    return replace(found, status_code=refused.status_code, status_message=refused.status_message)


def _by_sentence(payment: Waiting, books: Books, refused: Rejection) -> Rejection:
    said = refused.status_message or ""
    own: Mapping[str, str] = {
        "qb_message": said,
        "qb_code": "" if refused.status_code is None else str(refused.status_code),
    }
    match refused.cause:
        case Cause.CUSTOMER_UNAVAILABLE:
            return _customer(payment, books, own)
        case Cause.UNKNOWN_REFERENCE:
            return _reference(payment, said, own)
        case Cause.CLOSED_PERIOD:
            return _closed(payment, books, said, own)
        case Cause.NOT_PERMITTED:
            return refused
        case _:
            return rejected(Cause.INVALID, Variant.PLAIN, own, (own,))


def _customer(payment: Waiting, books: Books, own: Mapping[str, str]) -> Rejection:
    payer = payment.customer
    known = books.customer(payer)
    name = known.name if known else payer.name or payer.list_id or ""
    watched = [(WatchKind.CUSTOMER, known.list_id)] if known else []
    if payer.name:
        watched.append((WatchKind.NAME, plain(payer.name)))
    elif not known and payer.list_id:
        watched.append((WatchKind.CUSTOMER, payer.list_id))
    row = {"customer": name, "active": "yes" if known and known.is_active else "no"}
    is_inactive = known is not None and not known.is_active
    variant = Variant.INACTIVE if is_inactive else Variant.MISSING
    if known is not None and known.is_active:  # it is there, and QuickBooks did not take it
        return rejected(Cause.INVALID, Variant.PLAIN, own, (own, row))
    return rejected(
        Cause.CUSTOMER_UNAVAILABLE,
        variant,
        {**own, "customer": name},
        (row,),
        waits_for=tuple(watched),
    )


def _reference(payment: Waiting, said: str, own: Mapping[str, str]) -> Rejection:
    if _ACCOUNT.search(said):
        quoted = _QUOTED.search(said)
        facts = {**own, "account_name": quoted.group(1) if quoted else ""}
        return rejected(Cause.UNKNOWN_REFERENCE, Variant.ACCOUNT, facts, (facts,))
    facts = {**own, "method_name": payment.method}
    watched = ((WatchKind.METHOD, plain(payment.method)),)
    return rejected(Cause.UNKNOWN_REFERENCE, Variant.METHOD, facts, (facts,), waits_for=watched)


def _closed(payment: Waiting, books: Books, said: str, own: Mapping[str, str]) -> Rejection:
    day = payment.post_on or payment.received_on
    facts = {**own, "received_on": day.isoformat() if day else ""}
    if _ACCOUNTANT.search(said):
        return rejected(Cause.CLOSED_PERIOD, Variant.ACCOUNTANT, facts, (facts,))
    closing: date | None = books.closing_date
    if closing is not None:
        facts["closing_date"] = closing.isoformat()
        facts["first_open_day"] = (closing + timedelta(days=1)).isoformat()
    return rejected(Cause.CLOSED_PERIOD, Variant.CLOSING, facts, (facts,))
