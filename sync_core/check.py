"""Does a payment fit what QuickBooks knows? Ready with all that is sent, or the cause why not.

Here the words of the payment site (a customer's name, an invoice's number, a method) become the
ids of QuickBooks, and a person's choices take their places. What is not known is left to
QuickBooks: it says better what it does not take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher

from sync_core import causes
from sync_core.books import (
    Books,
    Customer,
    Entry,
    Invoice,
    KnownCustomer,
    differ,
    is_family,
)
from sync_core.causes import Part, rejected
from sync_core.methods import Found, Inactive, Method, Missing, match
from sync_core.money import format_cents
from sync_core.names import plain
from sync_core.rejection import Cause, Rejection, WatchKind
from sync_core.variants import Variant

# So many names that may be meant are shown.
NEAREST_MAX = 5
# The currency of QuickBooks' editions, by HostRet's Country.
CURRENCIES = {"US": "USD", "CA": "CAD", "UK": "GBP", "AU": "AUD"}
# What QuickBooks calls the currencies of its list, as it is delivered.
CURRENCY_NAMES = {
    "US Dollar": "USD",
    "Canadian Dollar": "CAD",
    "British Pound Sterling": "GBP",
    "Australian Dollar": "AUD",
    "Euro": "EUR",
    "Swiss Franc": "CHF",
    "Mexican Peso": "MXN",
    "New Zealand Dollar": "NZD",
    "Japanese Yen": "JPY",
    "Swedish Krona": "SEK",
    "Norwegian Krone": "NOK",
    "Danish Krone": "DKK",
    "Indian Rupee": "INR",
    "Chinese Yuan Renminbi": "CNY",
    "Brazilian Real": "BRL",
    "South African Rand": "ZAR",
    "Singapore Dollar": "SGD",
    "Hong Kong Dollar": "HKD",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Apply:
    """One part of a payment, set against an invoice: one of the three names it.

    A mapped external id has its TxnID, and so have a number of which it is known which invoice it
    meant, and what a person chose. `balance_before` and `total_before` are cents of the invoice as
    it stood when the payment came, where known. `given_txn_id` is the site's own word, and
    `written` what the check before this one wrote beside it (TxnID and cents), None where that was
    as asked.
    """

    amount_cents: int
    txn_id: str | None = None
    number: str | None = None
    external_id: str | None = None
    balance_before: int | None = None
    total_before: int | None = None
    given_txn_id: str | None = None
    written: tuple[str | None, int | None] = (None, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A payment, as far as the check looks at it, with what a person wants of it.

    `as_credit`: on no invoice. `what_fits`: on each up to what is due. `post_on`: with that day.
    `post_anyway`: it was compared with what looks like it.
    """

    id: int
    customer: Customer
    method: str
    apply: tuple[Apply, ...]
    amount_cents: int = 0
    received_on: date | None = None
    currency: str | None = None
    as_credit: bool = False
    what_fits: bool = False
    post_on: date | None = None
    post_anyway: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """A payment that can be sent, and how it will stand in QuickBooks.

    `txn_ids` and `cents` run beside the payment's `apply`. The method is named by ListID, or by
    the name under which it is to be added first, with its type.
    """

    payment_id: int
    customer_list_id: str | None
    customer_name: str | None
    ar_account_list_id: str | None
    method_list_id: str | None
    add_method: tuple[str, str] | None
    txn_ids: tuple[str, ...]
    cents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A payment that our own check refuses."""

    payment_id: int
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class AskCustomer:
    """The payer's full name decides, and QuickBooks was not asked for it yet."""

    payment_id: int
    list_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """It fits, unless others that are on their way to the same invoice go in first."""

    payment_id: int


Checked = Ready | Refused | AskCustomer | Later


def check(payment: Waiting, books: Books) -> Checked:
    """Check one payment against the books."""
    if payment.as_credit:
        payment = replace(payment, apply=())
    refusal = _refuse_payer(payment, books)
    if refusal is not None:
        return Refused(payment.id, refusal)
    if _depends_on_name(payment, books):
        return AskCustomer(payment.id, payment.customer.list_id or "")
    payer = books.full(payment.customer)
    found = [_resolve(place, payment, payer, books) for place in range(len(payment.apply))]
    for one in found:
        if isinstance(one, Rejection):
            return Refused(payment.id, one)
    txn_ids = tuple(one for one in found if isinstance(one, str))
    refusal = _refuse_parts(payment, payer, txn_ids, books)
    method = _method(payment.method, books)
    refusal = refusal or _refuse_method(payment.method, method, books)
    refusal = refusal or _refuse_day(payment, books) or _refuse_alike(payment, books)
    if refusal is not None:
        return Refused(payment.id, refusal)
    cents = _cents(payment, txn_ids, books)
    if cents is None:
        return Later(payment.id)
    invoices = [invoice for txn_id in txn_ids if (invoice := books.standing(txn_id))]
    stands_under = customer_of(payer, invoices)
    return Ready(
        payment_id=payment.id,
        customer_list_id=stands_under.list_id,
        customer_name=stands_under.name,
        ar_account_list_id=_ar_account(stands_under, invoices, books),
        method_list_id=method.method.list_id if isinstance(method, Found) else None,
        add_method=(payment.method.strip(), method.type)
        if isinstance(method, Missing) and method.type
        else None,
        txn_ids=txn_ids,
        cents=cents,
    )


def customer_of(payer: Customer, invoices: Sequence[Invoice]) -> Customer:
    """Say under which Customer:Job the payment stands.

    All invoices of one job: under that job. Jobs of one family: under their nearest common parent.
    Invoices outside the payer's family, or nothing known: under the payer, as asked.
    """
    names = {invoice.customer_name for invoice in invoices}
    if None in names or not names or not payer.name:
        return payer
    lines = [str(name).split(":") for name in names]
    if any(differ(line[0], payer.name.split(":")[0]) for line in lines):
        return payer
    if len(lines) == 1:
        return Customer(list_id=invoices[0].customer_list_id, name=invoices[0].customer_name)
    shared = []
    for level in zip(*lines, strict=False):
        if any(differ(level[0], name) for name in level):
            break
        shared.append(level[0])
    common = ":".join(shared)
    return payer if not differ(common, payer.name) else Customer(name=common)


def _ar_account(payer: Customer, invoices: Sequence[Invoice], books: Books) -> str | None:
    """Give the A/R account (ListID) of a payment; None: the one QuickBooks takes by itself.

    That is one in the home currency, which QuickBooks refuses for a customer in another one.
    """
    if invoices:
        accounts = {invoice.ar_account_list_id for invoice in invoices}
        return accounts.pop() if len(accounts) == 1 else None
    known = books.customer(payer)
    return books.receivables.get(known.currency) if known and known.currency else None


# The payer


def _refuse_payer(payment: Waiting, books: Books) -> Rejection | None:
    payer = payment.customer
    if payer.external_id is not None and payer.list_id is None:
        facts = {"customer_external_id": payer.external_id}
        return rejected(
            Cause.CUSTOMER_UNAVAILABLE,
            Variant.UNMAPPED,
            facts,
            (facts,),
            waits_for=((WatchKind.SITE_CUSTOMER, payer.external_id),),
        )
    known = books.customer(payer)
    is_gone = payer.list_id in books.absent or (known is not None and known.is_gone)
    if is_gone:
        return _gone_customer(payment, known, books)
    return _other_currency(payment, books)


def _gone_customer(payment: Waiting, seen: KnownCustomer | None, books: Books) -> Rejection:
    """Say that a customer is no longer in QuickBooks: merged, where its invoice has another."""
    payer = payment.customer
    list_id = seen.list_id if seen else payer.list_id or ""
    facts = {"customer": seen.name if seen else ""}
    row = customer_row(seen) if seen else {"customer": list_id, "active": "no"}
    for place, part in enumerate(payment.apply):
        if part.txn_id is not None:
            invoice = books.standing(part.txn_id)
        else:
            numbered = books.numbered(part.number or "")
            invoice = numbered[0] if len(numbered) == 1 else None
        if invoice is not None and invoice.customer_list_id not in (None, list_id):
            now = {
                "position": str(place),
                "invoice_txn_id": invoice.txn_id,
                "invoice_number": invoice.number or "",
                "invoice_customer": invoice.customer_name or "",
                "invoice_customer_list_id": invoice.customer_list_id or "",
            }
            row["invoice"], row["now"] = now["invoice_number"], now["invoice_customer"]
            return rejected(Cause.CUSTOMER_UNAVAILABLE, Variant.MERGED, facts | now, (row,))
    watched = [(WatchKind.CUSTOMER, list_id)]
    if payer.name is not None:
        watched.append((WatchKind.NAME, plain(payer.name)))
    return rejected(
        Cause.CUSTOMER_UNAVAILABLE, Variant.MISSING, facts, (row,), waits_for=tuple(watched)
    )


def _other_currency(payment: Waiting, books: Books) -> Rejection | None:
    """Hold a payment's currency against its customer's, or else the country's."""
    if not payment.currency:
        return None
    known = books.customer(payment.customer)
    named = known.currency if known is not None else None
    theirs = CURRENCY_NAMES.get(named) if named else books.currency
    if theirs is None or theirs == payment.currency:
        return None
    facts = {
        "payment_currency": payment.currency,
        "invoice_currency": theirs,
        "currency_of": known.name if known is not None and named else "",
    }
    invoices = [books.standing(part.txn_id) for part in payment.apply if part.txn_id]
    billed = [one.currency for one in invoices if one is not None and one.currency]
    row = {
        "payment_currency": payment.currency,
        "customer_currency": theirs if named else "",
        "invoice_currency": CURRENCY_NAMES.get(billed[0], billed[0]) if billed else "",
        "company_currency": books.currency or "",
    }
    return rejected(Cause.CURRENCY_MISMATCH, Variant.PLAIN, facts, (row,))


def customer_row(known: KnownCustomer) -> dict[str, str]:
    """Write a customer, as it was last seen, as evidence."""
    return {
        "customer": known.name,
        "active": "yes" if known.is_active and not known.is_gone else "no",
        "balance": "" if known.balance_cents is None else format_cents(known.balance_cents),
        "last_seen_on": known.seen_on.isoformat() if known.seen_on else "",
    }


def _depends_on_name(payment: Waiting, books: Books) -> bool:
    """Say whether an invoice of another customer than the payer's own ListID is meant."""
    payer = payment.customer.list_id
    if payer is None or payer in books.customers:
        return False
    for part in payment.apply:
        if part.txn_id is not None:
            invoice = books.standing(part.txn_id)
            named = [invoice] if invoice is not None else []
        else:
            named = books.numbered(part.number or "")
        if named and all(invoice.customer_list_id != payer for invoice in named):
            return True
    return False


# The invoices


def _resolve(place: int, payment: Waiting, payer: Customer, books: Books) -> str | Rejection:
    """Find the TxnID of one part's invoice, or say why there is none."""
    part = payment.apply[place]
    meant = Part(
        position=place,
        customer=payer.name or "",
        cents=part.amount_cents,
        balance_before=part.balance_before,
        total_before=part.total_before,
    )
    if part.txn_id is not None:
        return _by_txn_id(part.txn_id, meant, payment, payer, books)
    if part.number is None:
        facts = {"position": str(place), "invoice_external_id": part.external_id or ""}
        return rejected(
            Cause.UNKNOWN_REFERENCE,
            Variant.INVOICE_UNMAPPED,
            facts,
            (facts,),
            waits_for=((WatchKind.SITE_INVOICE, part.external_id or ""),),
        )
    chosen = books.of_payer(part.number, payer)
    if len(chosen) == 1:
        return chosen[0].txn_id
    variant = Variant.INVOICE_MANY if chosen else Variant.INVOICE_NONE
    rows = tuple(invoice_row(invoice) for invoice in chosen)
    return _no_invoice(meant, payer, variant, part.number, rows)


def _by_txn_id(
    txn_id: str, meant: Part, payment: Waiting, payer: Customer, books: Books
) -> str | Rejection:
    """Take an invoice by its TxnID, or say what became of it."""
    old = books.invoices.get(txn_id)
    if old is None and txn_id in books.absent:
        part = payment.apply[meant.position]
        named = part.external_id or part.number or txn_id
        return _no_invoice(meant, payer, Variant.INVOICE_NONE, named, ())
    if old is None or old.deleted_wall is None:
        return txn_id
    twins = [
        one
        for one in books.made_anew(old)
        if causes.is_twin(one, old, meant.cents)
        and books.taken_by(one, payment.id, meant.cents) is None
    ]
    if books.use_twins and len(twins) == 1:
        return twins[0].txn_id
    return causes.gone(meant, old, books, payment_id=payment.id, received_on=payment.received_on)


def _no_invoice(
    meant: Part,
    payer: Customer,
    variant: Variant,
    named: str,
    rows: tuple[dict[str, str], ...],
) -> Rejection:
    facts = {
        "position": str(meant.position),
        "invoice_number": named,
        "customer": payer.name or "",
        "planned": format_cents(meant.cents),
    }
    return rejected(
        Cause.UNKNOWN_REFERENCE,
        variant,
        facts,
        rows or ({"given": named},),
        waits_for=((WatchKind.NUMBER, plain(named)),),
    )


def _refuse_parts(
    payment: Waiting, payer: Customer, txn_ids: Sequence[str], books: Books
) -> Rejection | None:
    """Say why the invoices do not take what the payment has for them."""
    standing = [(place, books.standing(txn_id)) for place, txn_id in enumerate(txn_ids)]
    known = [(place, invoice) for place, invoice in standing if invoice is not None]
    for place, invoice in known:
        if invoice.is_voided:
            return causes.voided(_part(payment, payer, place, txn_ids), invoice)
    stranger = _refuse_strangers(payer, known, books)
    if stranger is not None:
        return stranger
    for place, invoice in known:
        part = _part(payment, payer, place, txn_ids)
        room = _room(invoice)
        if room is not None and part.cents > room and not payment.what_fits:
            others = [
                min(other.amount_cents, max(left or 0, 0))
                for other, txn_id in zip(payment.apply, txn_ids, strict=True)
                if txn_id != invoice.txn_id and (named := books.standing(txn_id)) is not None
                for left in (_room(named),)
            ]
            return causes.too_little(replace(part, elsewhere=sum(others)), invoice, books)
    return None


def _room(invoice: Invoice) -> int | None:
    """Say how much an invoice takes, in cents; None where that is not known."""
    return 0 if invoice.is_pending or not invoice.is_open else invoice.balance_cents


def _refuse_strangers(
    payer: Customer, known: Sequence[tuple[int, Invoice]], books: Books
) -> Rejection | None:
    """Say that invoices are not the payer's family's, or cannot be on one payment together."""
    families = {
        plain(invoice.customer_name.split(":")[0]) for _, invoice in known if invoice.customer_name
    }
    accounts = {invoice.ar_account_list_id for _, invoice in known if invoice.ar_account_list_id}
    own = {"type": "online payment", "customer": payer.name or ""}
    rows = (own, *(invoice_row(invoice, books) for _, invoice in known))
    if len(families) > 1 or len(accounts) > 1:
        return rejected(Cause.WRONG_CUSTOMER, Variant.SEVERAL, {}, rows)
    for place, invoice in known:
        if (
            payer.name
            and invoice.customer_name
            and not is_family(invoice.customer_name, payer.name)
        ):
            facts = {
                "position": str(place),
                "invoice_txn_id": invoice.txn_id,
                "invoice_number": invoice.number or "",
                "invoice_customer": invoice.customer_name,
                "invoice_customer_list_id": invoice.customer_list_id or "",
                "customer": payer.name,
            }
            return rejected(Cause.WRONG_CUSTOMER, Variant.CUSTOMER, facts, rows)
    return None


def _part(payment: Waiting, payer: Customer, place: int, txn_ids: Sequence[str]) -> Part:
    """Give what a payment has for an invoice: all its parts that mean the same one together."""
    part = payment.apply[place]
    return Part(
        position=place,
        customer=payer.name or "",
        cents=sum(
            other.amount_cents
            for other, txn_id in zip(payment.apply, txn_ids, strict=True)
            if txn_id == txn_ids[place]
        ),
        balance_before=part.balance_before,
        total_before=part.total_before,
    )


def _cents(payment: Waiting, txn_ids: Sequence[str], books: Books) -> tuple[int, ...] | None:
    """Say how much goes on each invoice; None while others may take it first."""
    left: dict[str, int | None] = {}
    cents = []
    for part, txn_id in zip(payment.apply, txn_ids, strict=True):
        invoice = books.standing(txn_id)
        if txn_id not in left:
            left[txn_id] = _room(invoice) if invoice is not None else None
        room = left[txn_id]
        planned = part.amount_cents
        if room is not None:
            planned = min(planned, max(room, 0)) if payment.what_fits else planned
            if planned and planned > room - books.reserved.get(txn_id, 0):
                return None
            left[txn_id] = room - planned
        cents.append(planned)
    return tuple(cents)


def invoice_row(invoice: Invoice, books: Books | None = None) -> dict[str, str]:
    """Write an invoice as evidence; its A/R account is named where the books name it."""
    account = books.accounts.get(invoice.ar_account_list_id or "", "") if books else ""
    return {
        "type": "invoice",
        "number": invoice.number or "",
        "date": invoice.day.isoformat() if invoice.day else "",
        "due": "" if invoice.balance_cents is None else format_cents(invoice.balance_cents),
        "customer": invoice.customer_name or "",
        "account": account,
        "txn_id": invoice.txn_id,
    }


# The method, the day, and what looks like it


def _method(name: str, books: Books) -> Found | Inactive | Missing:
    """Find the payment method: as a person matched it once, or by its name and type."""
    chosen = books.chosen_methods.get(plain(name))
    by_id: dict[str, Method] = {method.list_id: method for method in books.methods}
    if chosen in by_id:
        method = by_id[chosen]
        return Found(method) if method.is_active else Inactive(method)
    return match(name, books.methods)


def _refuse_method(name: str, found: Found | Inactive | Missing, books: Books) -> Rejection | None:
    watched = ((WatchKind.METHOD, plain(name)),)
    if isinstance(found, Inactive):
        facts = {"method_name": found.method.name}
        row = {"given": name, "nearest": found.method.name, "state": "inactive"}
        return rejected(
            Cause.UNKNOWN_REFERENCE, Variant.METHOD_INACTIVE, facts, (row,), waits_for=watched
        )
    if isinstance(found, Missing) and not (books.may_add_methods and found.type):
        facts, rows = {"method_name": name}, method_rows(name, books.methods)
        return rejected(Cause.UNKNOWN_REFERENCE, Variant.METHOD, facts, rows, waits_for=watched)
    return None


def method_rows(name: str, methods: Sequence[Method]) -> tuple[Mapping[str, str], ...]:
    """Write as evidence what a payment method is called, and the nearest names in QuickBooks."""
    active = [method.name for method in methods if method.is_active]
    first, *others = sorted(active, key=lambda one: -_nearness(name, one))[:NEAREST_MAX] or [""]
    return ({"given": name, "nearest": first}, *({"nearest": other} for other in others))


def _nearness(one: str, other: str) -> float:
    return SequenceMatcher(None, plain(one), plain(other)).ratio()


def _refuse_day(payment: Waiting, books: Books) -> Rejection | None:
    """Say that the books are closed for the day of a payment."""
    day = payment.post_on or payment.received_on
    if day is None or books.closing_date is None or day > books.closing_date:
        return None
    facts = {
        "received_on": day.isoformat(),
        "closing_date": books.closing_date.isoformat(),
        "first_open_day": (books.closing_date + timedelta(days=1)).isoformat(),
    }
    return rejected(Cause.CLOSED_PERIOD, Variant.CLOSING, facts, (facts,))


def _refuse_alike(payment: Waiting, books: Books) -> Rejection | None:
    """Say that QuickBooks has an entry, made by somebody else, that looks like a payment."""
    found = books.alike.get(payment.id, ())
    if not found or payment.post_anyway:
        return None
    first = found[0]
    facts = {
        "found_kind": "payment",
        "found_number": first.number or "",
        "found_date": first.day.isoformat() if first.day else "",
        "found_amount": "" if first.cents is None else format_cents(first.cents),
        "found_txn_id": first.txn_id,
        "customer": first.customer_name or "",
        "position": "0",
    }
    return rejected(
        Cause.PAID_IN_QUICKBOOKS,
        Variant.LOOK_ALIKE,
        facts,
        tuple(_entry_row(one, books) for one in found),
    )


def _entry_row(entry: Entry, books: Books) -> dict[str, str]:
    return {
        "type": "payment",
        "number": entry.number or "",
        "date": entry.day.isoformat() if entry.day else "",
        "amount": "" if entry.cents is None else format_cents(entry.cents),
        "customer": entry.customer_name or "",
        "used_on": ", ".join(books.used_on.get(entry.txn_id, ())),
        "txn_id": entry.txn_id,
    }
