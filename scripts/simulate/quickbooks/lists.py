"""The lists of a company file: customers and jobs, accounts, payment methods.

A name is told from another whatever the case, as in QuickBooks. The methods are what a bookkeeper
does at the PC; nothing here speaks qbXML.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypedDict, TypeVar

from scripts.simulate.quickbooks.records import (
    Account,
    Customer,
    ListDeletion,
    ListItem,
    PaymentMethod,
    Record,
)

Clock = Callable[[], datetime]
Item = TypeVar("Item", bound=ListItem)


class Stamp(TypedDict):
    """The fields of a new record that QuickBooks fills in."""

    created: datetime
    modified: datetime
    edit_sequence: str


class ListStamp(Stamp):
    """The fields of a new list item that QuickBooks fills in."""

    list_id: str


def system_clock() -> datetime:
    """Now, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Lists:
    """The lists, and the clock and counters that stamp what stands in a company file."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self.clock = clock
        self.customers: dict[str, Customer] = {}
        self.accounts: dict[str, Account] = {}
        self.payment_methods: dict[str, PaymentMethod] = {}
        self.list_deletions: list[ListDeletion] = []
        self._names: dict[str, Customer] = {}
        self._last_list_number = 0x80000000

    def add_customer(
        self, full_name: str, *, company_name: str | None = None, currency: str | None = None
    ) -> str:
        """Add a customer, or the job of `Parent:Job` with its parents; answer the ListID."""
        parent_name, _, name = full_name.rpartition(":")
        parent = None
        if parent_name:
            parent = self.find_customer(parent_name)
            parent = parent or self.customer(self.add_customer(parent_name, currency=currency))
            currency = parent.currency
        customer = Customer(
            **self._list_stamp(),
            name=name,
            parent=parent,
            company_name=company_name,
            currency=currency,
        )
        if parent:
            parent.jobs.append(customer)
        self.customers[customer.list_id] = customer
        self._names[full_name.casefold()] = customer
        return customer.list_id

    def add_account(
        self,
        name: str,
        account_type: str,
        *,
        special_type: str | None = None,
        number: str | None = None,
        currency: str | None = None,
    ) -> str:
        """Add an account of QuickBooks' type ("Bank", "AccountsReceivable"); answer the ListID."""
        account = Account(
            **self._list_stamp(),
            name=name,
            account_type=account_type,
            special_type=special_type,
            number=number,
            currency=currency,
        )
        self.accounts[account.list_id] = account
        return account.list_id

    def add_payment_method(self, name: str, method_type: str = "Other") -> str:
        """Add a payment method of QuickBooks' type ("Visa", "ECheck"); answer the ListID."""
        method = PaymentMethod(**self._list_stamp(), name=name, method_type=method_type)
        self.payment_methods[method.list_id] = method
        return method.list_id

    def make_inactive(self, reference: str) -> None:
        """Hide a customer, account or payment method, given by ListID or full name."""
        self._set_active(reference, active=False)

    def make_active(self, reference: str) -> None:
        """Show it again."""
        self._set_active(reference, active=True)

    def rename_customer(self, reference: str, name: str) -> None:
        """Give a customer another name; its jobs' full names follow."""
        customer = self.customer(reference)
        customer.name = name
        self._index_names()
        for each in self.customers.values():
            if each.is_within(customer):
                self.touch(each)

    def merge_customers(self, losing: str, into: str) -> None:
        """Merge one customer into another: its transactions move, its ListID disappears."""
        loser, winner = self.customer(losing), self.customer(into)
        self._remove(loser, is_merged=True)
        for transaction in loser.transactions:
            transaction.customer = winner
            self.touch(transaction)
        winner.transactions += loser.transactions
        for job in loser.jobs:
            job.parent = winner
            self.touch(job)
        winner.jobs += loser.jobs
        self._index_names()
        self.touch(winner)

    def delete_customer(self, reference: str) -> None:
        """Delete a customer or a job.

        Errors: ValueError for one with jobs or transactions, which can only be made inactive or
        merged away.
        """
        customer = self.customer(reference)
        if customer.jobs or customer.transactions:
            raise ValueError(f"{customer.full_name!r} has jobs or transactions: it stays")
        self._remove(customer)
        self._index_names()

    def customer(self, reference: str) -> Customer:
        """Find a customer by ListID or full name. Errors: LookupError."""
        return _existing(self.find_customer(reference), reference)

    def account(self, reference: str) -> Account:
        """Find an account by ListID or name. Errors: LookupError."""
        return _existing(find(self.accounts, reference), reference)

    def payment_method(self, reference: str) -> PaymentMethod:
        """Find a payment method by ListID or name. Errors: LookupError."""
        return _existing(find(self.payment_methods, reference), reference)

    def find_customer(self, reference: str) -> Customer | None:
        """Find a customer by ListID or full name, if there is one."""
        return self.customers.get(reference) or self._names.get(reference.casefold())

    def touch(self, record: Record) -> None:
        """Stamp an edit: TimeModified and EditSequence move, this one within a second too."""
        record.modified = self.clock()
        seconds = int(record.modified.timestamp())
        record.edit_sequence = str(max(seconds, int(record.edit_sequence) + 1))

    def _set_active(self, reference: str, *, active: bool) -> None:
        item = (
            self.find_customer(reference)
            or find(self.accounts, reference)
            or find(self.payment_methods, reference)
        )
        found = _existing(item, reference)
        found.is_active = active
        self.touch(found)

    def _remove(self, customer: Customer, *, is_merged: bool = False) -> None:
        deletion = ListDeletion(
            kind="Customer",
            list_id=customer.list_id,
            created=customer.created,
            deleted=self.clock(),
            full_name=customer.full_name,
            is_merged=is_merged,
        )
        self.list_deletions.append(deletion)
        if customer.parent:
            customer.parent.jobs.remove(customer)
        del self.customers[customer.list_id]

    def _index_names(self) -> None:
        self._names = {each.full_name.casefold(): each for each in self.customers.values()}

    def _stamp(self) -> Stamp:
        now = self.clock()
        return {"created": now, "modified": now, "edit_sequence": str(int(now.timestamp()))}

    def _list_stamp(self) -> ListStamp:
        self._last_list_number += 1
        stamp = self._stamp()
        list_id = f"{self._last_list_number:X}-{stamp['edit_sequence']}"
        return {**stamp, "list_id": list_id}


def find(items: Mapping[str, Item], reference: str) -> Item | None:
    """Find a list item by ListID or by full name, whatever the case."""
    if reference in items:
        return items[reference]
    wanted = reference.casefold()
    return next((item for item in items.values() if item.full_name.casefold() == wanted), None)


def _existing(item: Item | None, reference: str) -> Item:
    if item is None:
        raise LookupError(f"{reference!r} is on no list of this company file")
    return item
