"""The books as values: what is known of QuickBooks when a payment is checked. Decides nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sync_core.methods import Method
from sync_core.names import plain


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """Whom a payment is from: one of the three is given; a mapped external id has its ListID."""

    list_id: str | None = None
    name: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownCustomer:
    """A customer as last told. `is_gone`: deleted, or merged into another."""

    list_id: str
    name: str
    is_active: bool = True
    is_gone: bool = False
    currency: str | None = None  # its name in QuickBooks
    balance_cents: int | None = None
    seen_on: date | None = None  # when QuickBooks last told of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """What is set against an invoice: cents without their sign, `type` in QuickBooks' words.

    `own_cents` is what the other side says of it, where that was told. `moved_credit` is the credit
    memo of another job that a journal entry brought here.
    """

    txn_id: str
    type: str | None
    number: str | None
    day: date | None
    cents: int | None
    own_cents: int | None = None
    moved_credit: "Link | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Invoice:
    """An invoice as last told; `deleted_wall` is when it was deleted, "" where nobody said."""

    txn_id: str
    number: str | None = None
    customer_list_id: str | None = None
    customer_name: str | None = None
    ar_account_list_id: str | None = None
    day: date | None = None
    total_cents: int | None = None
    balance_cents: int | None = None
    is_open: bool = True
    is_pending: bool = False
    is_voided: bool = False
    currency: str | None = None  # its name in QuickBooks
    created_wall: str | None = None
    deleted_wall: str | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A payment in QuickBooks that nobody here has sent."""

    txn_id: str
    number: str | None
    day: date | None
    cents: int | None
    customer_name: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OnlinePayment:
    """Another payment of ours that stands in QuickBooks."""

    id: str
    reference: str
    day: date
    cents: int
    method: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What a payment of ours that is not settled, `id` on the payment site, has for an invoice."""

    payment_id: int
    id: str
    cents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """What is known of the books.

    `invoices` by TxnID, deleted ones too. `customers` by ListID; `absent` are the ListIDs and the
    TxnIDs that QuickBooks was asked for and does not have. `alike` maps payments (by id) to
    entries that look like them. `reserved` is what other payments on their way take of invoices,
    `claimed` what unsettled payments have for them. `accounts` maps ListIDs to names,
    `receivables` names of currencies to the one A/R account (ListID) kept in each, `used_on`
    entries (TxnIDs) to the numbers of the invoices that they are set against.
    """

    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    customers: Mapping[str, KnownCustomer] = field(default_factory=dict)
    absent: Collection[str] = frozenset()
    methods: Sequence[Method] = ()
    chosen_methods: Mapping[str, str] = field(default_factory=dict)  # ListIDs by plain name
    may_add_methods: bool = False
    use_twins: bool = False
    currency: str | None = None  # ISO 4217, of the company's country, where that is known
    closing_date: date | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)
    receivables: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, OnlinePayment] = field(default_factory=dict)  # by TxnID
    alike: Mapping[int, tuple[Entry, ...]] = field(default_factory=dict)
    reserved: Mapping[str, int] = field(default_factory=dict)
    claimed: Mapping[str, Sequence[Claim]] = field(default_factory=dict)
    used_on: Mapping[str, Sequence[str]] = field(default_factory=dict)

    _numbered: dict[str, list[Invoice]] = field(init=False, repr=False, compare=False)
    _named: dict[str, KnownCustomer] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_number: dict[str, list[Invoice]] = {}
        for invoice in self.invoices.values():
            if invoice.number:
                by_number.setdefault(plain(invoice.number), []).append(invoice)
        gone_first = sorted(self.customers.values(), key=lambda one: not one.is_gone)
        by_name = {plain(one.name): one for one in gone_first}
        object.__setattr__(self, "_numbered", by_number)
        object.__setattr__(self, "_named", by_name)

    def standing(self, txn_id: str) -> Invoice | None:
        """Give an invoice that is in QuickBooks."""
        invoice = self.invoices.get(txn_id)
        return invoice if invoice is not None and invoice.deleted_wall is None else None

    def numbered(self, number: str) -> list[Invoice]:
        """List the invoices with a number that are in QuickBooks, whatever the case."""
        found = self._numbered.get(plain(number), [])
        return [invoice for invoice in found if invoice.deleted_wall is None]

    def customer(self, payer: Customer) -> KnownCustomer | None:
        """Give the customer that is meant, where it is known.

        By its name one that is gone, where none that is there has that name.
        """
        if payer.list_id is not None:
            return self.customers.get(payer.list_id)
        return self._named.get(plain(payer.name)) if payer.name else None

    def full(self, payer: Customer) -> Customer:
        """Add the full name to a payer known by ListID, where QuickBooks has told it."""
        if payer.list_id is None:
            return payer
        known = self.customers.get(payer.list_id)
        return Customer(list_id=payer.list_id, name=known.name if known else None)

    def of_payer(self, number: str, payer: Customer) -> list[Invoice]:
        """List the invoices with a number that a payer can mean: their own, or else their family's.

        The open ones, where there are any.
        """
        known = self.full(payer)
        numbered = self.numbered(number)
        own = [invoice for invoice in numbered if _is_of(invoice, known)]
        family = own or [one for one in numbered if is_family(one.customer_name, known.name)]
        return [invoice for invoice in family if invoice.is_open] or family

    def meant(self, number: str, payer: Customer) -> Invoice | None:
        """Give the invoice that a payer means by a number; None where none, or several, may be.

        Never one that is paid or void: its number may be another's that nobody here has seen yet.
        """
        found = self.of_payer(number, payer)
        if len(found) != 1 or not found[0].is_open or found[0].is_voided:
            return None
        return found[0]

    def made_anew(self, old: Invoice) -> list[Invoice]:
        """List what may have been entered in place of a deleted invoice.

        In QuickBooks, of its number and customer (where that was told), made later, and not void.
        """
        return [
            one
            for one in (self.numbered(old.number) if old.number else ())
            if one.txn_id != old.txn_id
            and old.customer_list_id in (None, one.customer_list_id)
            and (one.created_wall or "") > (old.created_wall or "")
            and not one.is_voided
        ]

    def taken_by(self, invoice: Invoice, payment_id: int, cents: int) -> Claim | None:
        """Give a payment other than one's own that leaves no room for some cents on an invoice."""
        others = [
            claim
            for claim in self.claimed.get(invoice.txn_id, ())
            if claim.payment_id != payment_id
        ]
        room = invoice.balance_cents
        if not others or (room is not None and room - sum(one.cents for one in others) >= cents):
            return None
        return others[0]


def is_family(one: str | None, other: str | None) -> bool:
    """Say whether two full names belong to one customer with its jobs."""
    if not one or not other:
        return False
    return not differ(one.split(":")[0], other.split(":")[0])


def differ(one: str, other: str) -> bool:
    """Say whether two names are not the same to QuickBooks."""
    return plain(one) != plain(other)


def _is_of(invoice: Invoice, payer: Customer) -> bool:
    if payer.list_id is not None:
        return invoice.customer_list_id == payer.list_id
    return not differ(invoice.customer_name or "", payer.name or "")
