"""What stands in a company file: list items, transactions, and the links between them.

Amounts are integer cents, times are aware UTC. The records hold facts and sums; they decide
nothing and know nothing of XML.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(kw_only=True, eq=False)
class Record:
    """Anything QuickBooks stamps: an edit moves both stamps, a link may move `modified` alone."""

    created: datetime
    modified: datetime
    edit_sequence: str


@dataclass(kw_only=True, eq=False)
class ListItem(Record):
    """An entry of one of QuickBooks' lists."""

    list_id: str
    name: str
    is_active: bool = True

    @property
    def full_name(self) -> str:
        """The name with its parents, `Parent:Job`."""
        return self.name


@dataclass(kw_only=True, eq=False)
class Account(ListItem):
    """An account of the chart; `account_type` and `special_type` in QuickBooks' words."""

    account_type: str
    special_type: str | None = None
    number: str | None = None
    currency: str | None = None


@dataclass(kw_only=True, eq=False)
class PaymentMethod(ListItem):
    """A payment method; `method_type` in QuickBooks' words ("Visa", "ECheck")."""

    method_type: str


@dataclass(kw_only=True, eq=False)
class Customer(ListItem):
    """A customer, or a job when it has a parent."""

    parent: "Customer | None" = None
    company_name: str | None = None
    currency: str | None = None
    jobs: "list[Customer]" = field(default_factory=list)
    transactions: "list[Transaction]" = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """The name with its parents, `Parent:Job`."""
        return f"{self.parent.full_name}:{self.name}" if self.parent else self.name

    @property
    def sublevel(self) -> int:
        """How many parents stand above."""
        return self.parent.sublevel + 1 if self.parent else 0

    @property
    def balance(self) -> int:
        """What is due from this customer alone, jobs apart."""
        return sum(transaction.open_balance for transaction in self.transactions)

    @property
    def total_balance(self) -> int:
        """What is due from this customer and all its jobs."""
        return self.balance + sum(job.total_balance for job in self.jobs)

    def is_within(self, other: "Customer") -> bool:
        """Whether this is that customer or one of its jobs, however deep."""
        return self is other or (self.parent is not None and self.parent.is_within(other))


@dataclass(kw_only=True, eq=False)
class Transaction(Record):
    """A transaction; `kind` is QuickBooks' TxnType, `number` what people see as its number."""

    kind: str
    txn_id: str
    txn_number: int
    customer: Customer
    ar_account: Account
    date: date
    number: str | None
    total: int
    memo: str | None = None
    links: "list[Link]" = field(default_factory=list)

    @property
    def applied(self) -> int:
        """How much of it is set against the other side, discounts apart."""
        own = (link for link in self.links if link.source is self)
        return sum(link.amount for link in own if not link.is_discount)

    @property
    def unapplied(self) -> int:
        """What is left of a payment, a credit memo or a journal entry."""
        return self.total - self.applied

    @property
    def open_balance(self) -> int:
        """What it adds to the customer's balance: a credit lowers it."""
        return -self.unapplied


@dataclass(kw_only=True, eq=False)
class Invoice(Transaction):
    """An invoice; `total` is subtotal and tax together."""

    kind: str = "Invoice"
    tax: int = 0
    due_date: date
    is_pending: bool = False

    @property
    def balance(self) -> int:
        """What is left to pay."""
        return self.total - sum(link.amount for link in self.links)

    @property
    def is_paid(self) -> bool:
        """Whether nothing is due; a voided invoice, all zeros, reads as paid too."""
        return self.balance == 0 and not self.is_pending

    @property
    def open_balance(self) -> int:
        """What it adds to the customer's balance; a pending invoice adds nothing."""
        return 0 if self.is_pending else self.balance


@dataclass(kw_only=True, eq=False)
class CreditMemo(Transaction):
    """A credit memo; what is not applied is the credit that remains."""

    kind: str = "CreditMemo"


@dataclass(kw_only=True, eq=False)
class Charge(Transaction):
    """A statement charge: it is owed without an invoice. Nobody under test pays one."""

    kind: str = "Charge"
    due_date: date

    @property
    def open_balance(self) -> int:
        """What it adds to the customer's balance."""
        return self.total


@dataclass(kw_only=True, eq=False)
class Payment(Transaction):
    """A received payment; `deposit` is the deposit that took it out of Undeposited Funds.

    `sent_guid` is the ExternalGUID it was sent with: QuickBooks may drop that, a judge must not.
    `card_number` is that of a card that QuickBooks' own service charged.
    """

    kind: str = "ReceivePayment"
    method: PaymentMethod | None = None
    deposit_to: Account
    deposit: "Deposit | None" = None
    external_guid: str | None = None
    sent_guid: str | None = None
    card_number: str | None = None


@dataclass(kw_only=True, eq=False)
class Deposit(Record):
    """A bank deposit of received payments."""

    txn_id: str
    bank: Account
    payments: list[Payment]


@dataclass(eq=False)
class Link:
    """An amount of a payment, credit or journal entry that stands against an invoice.

    Of a credit memo that was moved to another job, against the journal entry that moved it.
    """

    source: Transaction
    invoice: Transaction
    amount: int
    is_discount: bool = False

    def cut(self) -> None:
        """Take it away on both sides."""
        self.source.links.remove(self)
        self.invoice.links.remove(self)


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What QuickBooks remembers of anything that was deleted; `kind` in its words."""

    kind: str
    created: datetime
    deleted: datetime


@dataclass(frozen=True, kw_only=True)
class Deletion(Removal):
    """A deleted transaction."""

    txn_id: str
    number: str | None


@dataclass(frozen=True, kw_only=True)
class ListDeletion(Removal):
    """A list item that was deleted, or merged away."""

    list_id: str
    full_name: str
    is_merged: bool = False
