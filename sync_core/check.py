"""Does a waiting payment fit what QuickBooks knows? Ready with all that is sent, or the cause.

Here the words of the payment site (a customer's name, an invoice's number, a method) become the
ids of QuickBooks. What QuickBooks itself would say better is left to it: a payment whose invoice
is gone or too small is sent as asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync_core.methods import Found, Inactive, Method, Missing, match
from sync_core.names import plain
from sync_core.rejection import Cause, Rejection

# The currency of QuickBooks' editions, by HostRet's Country.
CURRENCIES = {"US": "USD", "CA": "CAD", "UK": "GBP", "AU": "AUD"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """Whom a payment is from: one of the three is given; a mapped external id has its ListID."""

    list_id: str | None = None
    name: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Apply:
    """One part of a payment, set against an invoice: one of the three names it.

    A mapped external id has its TxnID.
    """

    amount_cents: int
    txn_id: str | None = None
    number: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A waiting payment, as far as the check looks at it."""

    id: int
    customer: Customer
    method: str
    apply: tuple[Apply, ...]
    currency: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Invoice:
    """An invoice as QuickBooks just told it."""

    txn_id: str
    number: str | None
    customer_list_id: str | None
    customer_name: str | None
    ar_account_list_id: str | None
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """What this session has learned.

    `invoices` by TxnID. `customer_names` by ListID; None for one that QuickBooks does not have, no
    entry for one that was not asked for.
    """

    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    customer_names: Mapping[str, str | None] = field(default_factory=dict)
    methods: Sequence[Method] = ()
    may_add_methods: bool = False
    currency: str | None = None  # of the company's country, where that is known

    _numbered: dict[str, list[Invoice]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_number: dict[str, list[Invoice]] = {}
        for invoice in self.invoices.values():
            if invoice.number:
                by_number.setdefault(plain(invoice.number), []).append(invoice)
        object.__setattr__(self, "_numbered", by_number)

    def numbered(self, number: str) -> list[Invoice]:
        """List the invoices with a number, whatever the case."""
        return self._numbered.get(plain(number), [])

    def of_payer(self, number: str, payer: Customer) -> list[Invoice]:
        """List the invoices with a number that a payer can mean: their own, or else their family's.

        The open ones, where there are any.
        """
        known = _known(payer, self)
        numbered = self.numbered(number)
        own = [invoice for invoice in numbered if _is_of(invoice, known)]
        family = own or [one for one in numbered if is_family(one.customer_name, known.name)]
        return [invoice for invoice in family if invoice.is_open] or family


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """A payment that can be sent, and how it will stand in QuickBooks.

    `txn_ids` runs beside the payment's `apply`. The method is named by ListID, or by the name
    under which it is to be added first, with its type.
    """

    payment_id: int
    customer_list_id: str | None
    customer_name: str | None
    ar_account_list_id: str | None
    method_list_id: str | None
    add_method: tuple[str, str] | None
    txn_ids: tuple[str, ...]


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


def check(payment: Waiting, books: Books) -> Ready | Refused | AskCustomer:
    """Check one waiting payment against the books."""
    if payment.customer.external_id is not None and payment.customer.list_id is None:
        return Refused(payment.id, _unmapped_customer(payment.customer.external_id))
    if payment.currency and books.currency and payment.currency != books.currency:
        return Refused(payment.id, _other_currency(payment.currency, books.currency))
    if _depends_on_name(payment, books):
        return AskCustomer(payment.id, payment.customer.list_id or "")
    payer = _known(payment.customer, books)
    found: list[str] = []
    for part in payment.apply:
        resolved = _resolve(part, payer, books)
        if isinstance(resolved, Rejection):
            return Refused(payment.id, resolved)
        found.append(resolved)
    method = match(payment.method, books.methods)
    may_add = books.may_add_methods
    if isinstance(method, Inactive) or (
        isinstance(method, Missing) and not (may_add and method.type)
    ):
        return Refused(payment.id, _no_method(payment.method, method))
    invoices = [books.invoices[txn_id] for txn_id in found if txn_id in books.invoices]
    stands_under = customer_of(payer, invoices)
    accounts = {invoice.ar_account_list_id for invoice in invoices}
    return Ready(
        payment_id=payment.id,
        customer_list_id=stands_under.list_id,
        customer_name=stands_under.name,
        ar_account_list_id=accounts.pop() if len(accounts) == 1 else None,
        method_list_id=method.method.list_id if isinstance(method, Found) else None,
        add_method=(payment.method.strip(), method.type)
        if isinstance(method, Missing) and method.type
        else None,
        txn_ids=tuple(found),
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
    if any(_differ(line[0], payer.name.split(":")[0]) for line in lines):
        return payer
    if len(lines) == 1:
        return Customer(list_id=invoices[0].customer_list_id, name=invoices[0].customer_name)
    shared = []
    for level in zip(*lines, strict=False):
        if any(_differ(level[0], name) for name in level):
            break
        shared.append(level[0])
    common = ":".join(shared)
    return payer if not _differ(common, payer.name) else Customer(name=common)


def is_family(one: str | None, other: str | None) -> bool:
    """Say whether two full names belong to one customer with its jobs."""
    if not one or not other:
        return False
    return not _differ(one.split(":")[0], other.split(":")[0])


def _differ(one: str, other: str) -> bool:
    return plain(one) != plain(other)


def _depends_on_name(payment: Waiting, books: Books) -> bool:
    """Say whether an invoice of another customer than the payer's own ListID is meant."""
    payer = payment.customer.list_id
    if payer is None or payer in books.customer_names:
        return False
    for part in payment.apply:
        if part.txn_id is not None:
            named = [books.invoices[part.txn_id]] if part.txn_id in books.invoices else []
        else:
            named = books.numbered(part.number or "")
        if named and all(invoice.customer_list_id != payer for invoice in named):
            return True
    return False


def _known(customer: Customer, books: Books) -> Customer:
    """Add the full name to a payer known by ListID, where QuickBooks has told it."""
    if customer.list_id is None:
        return customer
    return Customer(list_id=customer.list_id, name=books.customer_names.get(customer.list_id))


def _resolve(part: Apply, payer: Customer, books: Books) -> str | Rejection:
    """Find the TxnID of one part's invoice."""
    if part.txn_id is not None:
        return part.txn_id
    if part.number is None:
        return _reject(
            Cause.UNKNOWN_REFERENCE,
            f"The payment site's invoice {part.external_id} is not linked to one in QuickBooks.",
            invoice_external_id=part.external_id or "",
        )
    chosen = books.of_payer(part.number, payer)
    if len(chosen) == 1:
        return chosen[0].txn_id
    how_many = "more than one invoice" if chosen else "no invoice"
    return _reject(
        Cause.UNKNOWN_REFERENCE,
        f"QuickBooks has {how_many} {part.number} for {payer.name or 'this customer'}.",
        invoice_number=part.number,
        found=", ".join(invoice.txn_id for invoice in chosen),
    )


def _is_of(invoice: Invoice, payer: Customer) -> bool:
    if payer.list_id is not None:
        return invoice.customer_list_id == payer.list_id
    return not _differ(invoice.customer_name or "", payer.name or "")


def _unmapped_customer(external_id: str) -> Rejection:
    return _reject(
        Cause.CUSTOMER_UNAVAILABLE,
        f"The payment site's customer {external_id} is not linked to one in QuickBooks.",
        customer_external_id=external_id,
    )


def _other_currency(payment: str, books: str) -> Rejection:
    return _reject(
        Cause.CURRENCY_MISMATCH,
        f"This payment is in {payment}; the books are in {books}.",
        payment_currency=payment,
        books_currency=books,
    )


def _no_method(name: str, found: Inactive | Missing) -> Rejection:
    if isinstance(found, Inactive):
        summary = f'The payment method "{found.method.name}" is inactive in QuickBooks.'
        return _reject(Cause.UNKNOWN_REFERENCE, summary, method=found.method.name, active="no")
    summary = f'QuickBooks has no payment method called "{name}".'
    return _reject(Cause.UNKNOWN_REFERENCE, summary, method=name)


def _reject(cause: Cause, summary: str, **evidence: str) -> Rejection:
    known = {name: value for name, value in evidence.items() if value}
    return Rejection(cause=cause, summary=summary, evidence=(known,))
