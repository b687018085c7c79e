"""The transactions of a company file, and what a bookkeeper does with them at the PC.

Amounts come in as texts ("125.00") and stand as cents. A mistake of the caller (an unknown id, more
applied than is due) is a LookupError or ValueError; what a program may do wrong over qbXML is
refused elsewhere, in QuickBooks' words.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from scripts.simulate.quickbooks.lists import Clock, Lists, Stamp, system_clock
from scripts.simulate.quickbooks.money import cents
from scripts.simulate.quickbooks.records import (
    Account,
    Charge,
    CreditMemo,
    Customer,
    Deletion,
    Deposit,
    Invoice,
    Link,
    Payment,
    PaymentMethod,
    Transaction,
)

UNDEPOSITED = "UndepositedFunds"
Kind = TypeVar("Kind", bound=Transaction)


class TxnStamp(Stamp):
    """The fields of a new transaction that QuickBooks fills in."""

    txn_id: str
    txn_number: int


class Ledger(Lists):
    """The lists and the transactions of one company file."""

    def __init__(self, clock: Clock = system_clock) -> None:
        super().__init__(clock)
        self.transactions: dict[str, Transaction] = {}
        self.deposits: dict[str, Deposit] = {}
        self.deletions: list[Deletion] = []
        self._offsets = [(datetime.min.replace(tzinfo=UTC), timedelta(hours=-5))]
        self._last_txn_number = 0
        self.add_account("Accounts Receivable", "AccountsReceivable")
        self.add_account("Undeposited Funds", "OtherCurrentAsset", special_type=UNDEPOSITED)

    @property
    def utc_offset(self) -> timedelta:
        """How far the PC's clock is from UTC; a new one holds from the moment at which it is set.

        What was stamped before keeps the wall clock of its time, as across a change to winter time.
        """
        return self._offsets[-1][1]

    @utc_offset.setter
    def utc_offset(self, offset: timedelta) -> None:
        self._offsets.append((self.clock(), offset))

    def wall_clock(self, moment: datetime) -> datetime:
        """Turn aware UTC into the naive time that the PC's clock showed then, in whole seconds."""
        offset = next(offset for since, offset in reversed(self._offsets) if since <= moment)
        return (moment + offset).replace(tzinfo=None, microsecond=0)

    def today(self) -> date:
        """The date on the PC's clock."""
        return self.wall_clock(self.clock()).date()

    def default_ar_account(self) -> Account:
        """The A/R account QuickBooks takes when none is named: the oldest."""
        return next(a for a in self.accounts.values() if a.account_type == "AccountsReceivable")

    def ar_account_of(self, customer: Customer) -> Account:
        """The first A/R account in a customer's currency, where there is one."""
        receivables = [a for a in self.accounts.values() if a.account_type == "AccountsReceivable"]
        own = [account for account in receivables if account.currency == customer.currency]
        return own[0] if own else self.default_ar_account()

    def undeposited_funds(self) -> Account:
        """The account of the special type Undeposited Funds, whatever its name."""
        return next(a for a in self.accounts.values() if a.special_type == UNDEPOSITED)

    def add_invoice(
        self,
        customer: str,
        *,
        amount: str,
        number: str | None = None,
        tax: str = "0.00",
        date: date | None = None,
        due_date: date | None = None,
        ar_account: str | None = None,
        pending: bool = False,
        memo: str | None = None,
    ) -> str:
        """Enter an invoice over `amount` plus `tax`; answer the TxnID."""
        day = date or self.today()
        payer = self.customer(customer)
        invoice = Invoice(
            **self._txn_stamp(lines=1),
            customer=payer,
            ar_account=self.account(ar_account) if ar_account else self.ar_account_of(payer),
            date=day,
            due_date=due_date or day + timedelta(days=30),
            number=number,
            total=cents(amount) + cents(tax),
            tax=cents(tax),
            is_pending=pending,
            memo=memo,
        )
        return self._enter(invoice)

    def change_invoice(
        self,
        txn_id: str,
        *,
        amount: str | None = None,
        tax: str | None = None,
        customer: str | None = None,
        ar_account: str | None = None,
        number: str | None = None,
        date: date | None = None,
        due_date: date | None = None,
        pending: bool | None = None,
    ) -> None:
        """Edit an invoice in place: its TxnID stays, its EditSequence moves.

        A number of "" leaves none; `pending` False makes it final. Errors: ValueError for a total
        below what is applied to it, since nothing tells what QuickBooks makes of that.
        """
        invoice = self.invoice(txn_id)
        new_tax = invoice.tax if tax is None else cents(tax)
        net = invoice.total - invoice.tax if amount is None else cents(amount)
        if net + new_tax < invoice.total - invoice.balance:
            raise ValueError(f"more than {net + new_tax} cents are applied to invoice {txn_id}")
        invoice.total, invoice.tax = net + new_tax, new_tax
        invoice.is_pending = invoice.is_pending if pending is None else pending
        if number is not None:
            invoice.number = number or None
        invoice.date = date or invoice.date
        invoice.due_date = due_date or invoice.due_date
        if customer is not None:
            self._move(invoice, self.customer(customer))
        if ar_account is not None:
            invoice.ar_account = self.account(ar_account)
        self.touch(invoice)

    def void_invoice(self, txn_id: str) -> None:
        """Void an invoice: it stays, all zeros; what paid it has its money back."""
        invoice = self.invoice(txn_id)
        invoice.tax = 0
        self._void(invoice)

    def delete_invoice(self, txn_id: str) -> None:
        """Delete an invoice; what paid it has its money back."""
        self._delete(self.invoice(txn_id))

    def recreate_invoice(self, txn_id: str) -> str:
        """Delete an invoice and enter the same again; answer the new TxnID."""
        old = self.invoice(txn_id)
        self._delete(old)
        new = Invoice(
            **self._txn_stamp(lines=1),
            customer=old.customer,
            ar_account=old.ar_account,
            date=old.date,
            due_date=old.due_date,
            number=old.number,
            total=old.total,
            tax=old.tax,
        )
        return self._enter(new)

    def add_charge(
        self,
        customer: str,
        *,
        amount: str,
        number: str | None = None,
        date: date | None = None,
        memo: str | None = None,
    ) -> str:
        """Enter a statement charge; answer the TxnID."""
        day = date or self.today()
        charge = Charge(
            **self._txn_stamp(),
            customer=self.customer(customer),
            ar_account=self.ar_account_of(self.customer(customer)),
            date=day,
            due_date=day + timedelta(days=30),
            number=number,
            total=cents(amount),
            memo=memo,
        )
        return self._enter(charge)

    def receive_by_hand(
        self,
        customer: str,
        *,
        amount: str,
        invoices: dict[str, str] | None = None,
        method: str | None = None,
        number: str | None = None,
        date: date | None = None,
        card_number: str | None = None,
    ) -> str:
        """Type a received payment in; `invoices` maps TxnIDs to amounts. Answer the TxnID.

        With a `card_number` QuickBooks' own service charged that card.
        """
        payer = self.customer(customer)
        targets = [(self.invoice(txn_id), cents(text)) for txn_id, text in (invoices or {}).items()]
        payment = self.enter_payment(
            customer=payer,
            ar_account=targets[0][0].ar_account if targets else self.ar_account_of(payer),
            date=date or self.today(),
            number=number,
            total=cents(amount),
            method=self.payment_method(method) if method else None,
            deposit_to=self.undeposited_funds(),
        )
        for invoice, value in targets:
            self.apply(payment, invoice, value)
        payment.card_number = card_number
        return payment.txn_id

    def change_payment(
        self,
        txn_id: str,
        *,
        amount: str | None = None,
        customer: str | None = None,
        number: str | None = None,
        date: date | None = None,
    ) -> None:
        """Edit a received payment; a new amount or customer takes it off its invoices.

        "0.00" leaves an empty payment behind, a number of "" none at all. Errors: ValueError for
        the amount or the customer of one that is deposited, as QuickBooks has it.
        """
        payment = self.payment(txn_id)
        if amount is not None or customer is not None:
            self._check_undeposited(payment)
            self._cut_links(payment)
        if amount is not None:
            payment.total = cents(amount)
        if customer is not None:
            self._move(payment, self.customer(customer))
        if number is not None:
            payment.number = number or None
        payment.date = date or payment.date
        self.touch(payment)

    def delete_payment(self, txn_id: str) -> None:
        """Delete a received payment; its invoices are open again.

        Errors: ValueError for one that is deposited.
        """
        payment = self.payment(txn_id)
        self._check_undeposited(payment)
        self._delete(payment)

    def add_credit(
        self, customer: str, *, amount: str, number: str | None = None, date: date | None = None
    ) -> str:
        """Enter a credit memo; answer the TxnID."""
        credit = CreditMemo(
            **self._txn_stamp(lines=1),
            customer=self.customer(customer),
            ar_account=self.ar_account_of(self.customer(customer)),
            date=date or self.today(),
            number=number,
            total=cents(amount),
        )
        return self._enter(credit)

    def apply_credit(self, credit: str, invoice: str, amount: str) -> None:
        """Set an amount of a credit memo, or of an unused payment, against an invoice."""
        self.apply(self.transactions[credit], self.invoice(invoice), cents(amount))

    def pay_otherwise(
        self,
        invoice: str,
        *,
        kind: str,
        amount: str,
        number: str | None = None,
        date: date | None = None,
    ) -> str:
        """Lower an invoice by a "JournalEntry", "Deposit" or "Check"; answer its TxnID."""
        target = self.invoice(invoice)
        entry = Transaction(
            **self._txn_stamp(lines=1),
            kind=kind,
            customer=target.customer,
            ar_account=target.ar_account,
            date=date or self.today(),
            number=number,
            total=cents(amount),
        )
        self._enter(entry)
        self.apply(entry, target, cents(amount))
        return entry.txn_id

    def move_credit(
        self,
        credit: str,
        invoice: str,
        amount: str,
        *,
        number: str | None = None,
        date: date | None = None,
    ) -> str:
        """Apply a credit memo to an invoice of another job; answer the TxnID of what moved it.

        QuickBooks writes a journal entry for that. How the credit memo names it is not recorded:
        as what it is set against.
        """
        entry = self.pay_otherwise(
            invoice, kind="JournalEntry", amount=amount, number=number, date=date
        )
        memo, journal = self.transactions[credit], self.transactions[entry]
        link = Link(memo, journal, cents(amount))
        memo.links.append(link)
        journal.links.append(link)
        self._linked(memo, journal)
        return entry

    def give_discount(self, payment: str, invoice: str, amount: str) -> None:
        """Give a discount on an invoice in a payment that is already there."""
        self.apply(self.payment(payment), self.invoice(invoice), cents(amount), is_discount=True)

    def unapply(self, txn_id: str) -> None:
        """Take a payment, credit memo or journal entry off all its invoices."""
        self._cut_links(self.transactions[txn_id])
        self.touch(self.transactions[txn_id])

    def void_transaction(self, txn_id: str) -> None:
        """Void a credit memo or a journal entry: it stays, all zeros, and pays nothing any more."""
        self._void(self.transactions[txn_id])

    def delete_transaction(self, txn_id: str) -> None:
        """Delete a credit memo, a statement charge or any other transaction but a deposit."""
        self._delete(self.transactions[txn_id])

    def deposit(self, *payments: str, bank: str) -> str:
        """Deposit payments from Undeposited Funds; answer the deposit's TxnID."""
        chosen = [self.payment(txn_id) for txn_id in payments]
        stamp = self._txn_stamp(lines=len(chosen))
        deposit = Deposit(
            created=stamp["created"],
            modified=stamp["modified"],
            edit_sequence=stamp["edit_sequence"],
            txn_id=stamp["txn_id"],
            bank=self.account(bank),
            payments=chosen,
        )
        for payment in chosen:
            if payment.deposit or payment.deposit_to is not self.undeposited_funds():
                raise ValueError(f"payment {payment.txn_id} is not in Undeposited Funds")
            payment.deposit = deposit
        self.deposits[deposit.txn_id] = deposit
        return deposit.txn_id

    def delete_deposit(self, txn_id: str) -> None:
        """Delete a deposit; its payments are in Undeposited Funds again."""
        for payment in self.deposits.pop(txn_id).payments:
            payment.deposit = None

    def invoice(self, txn_id: str) -> Invoice:
        """Find an invoice by TxnID. Errors: LookupError."""
        return self._of_kind(Invoice, txn_id)

    def payment(self, txn_id: str) -> Payment:
        """Find a received payment by TxnID. Errors: LookupError."""
        return self._of_kind(Payment, txn_id)

    def payments(self) -> list[Payment]:
        """All received payments, oldest first."""
        return [each for each in self.transactions.values() if isinstance(each, Payment)]

    def to_deposit(self) -> list[Payment]:
        """The received payments that wait in Undeposited Funds, oldest first."""
        account = self.undeposited_funds()
        return [p for p in self.payments() if p.deposit is None and p.deposit_to is account]

    def enter_payment(
        self,
        *,
        customer: Customer,
        ar_account: Account,
        date: date,
        number: str | None,
        total: int,
        method: PaymentMethod | None,
        deposit_to: Account,
        memo: str | None = None,
        external_guid: str | None = None,
    ) -> Payment:
        """Enter a received payment of records already looked up; `total` in cents."""
        payment = Payment(
            **self._txn_stamp(),
            customer=customer,
            ar_account=ar_account,
            date=date,
            number=number,
            total=total,
            method=method,
            deposit_to=deposit_to,
            memo=memo,
            external_guid=external_guid,
        )
        self._enter(payment)
        return payment

    def enter_again(self, one: Payment) -> Payment:
        """Enter a received payment once more, as a message set that is done twice does."""
        return self.enter_payment(
            customer=one.customer,
            ar_account=one.ar_account,
            date=one.date,
            number=one.number,
            total=one.total,
            method=one.method,
            deposit_to=one.deposit_to,
            external_guid=one.external_guid,
        )

    def apply(
        self, source: Transaction, invoice: Invoice, amount: int, *, is_discount: bool = False
    ) -> None:
        """Set cents of a payment or credit against an invoice."""
        if amount > invoice.balance or (amount > source.unapplied and not is_discount):
            raise ValueError(f"{amount} cents are more than what is due or left over")
        link = Link(source, invoice, amount, is_discount)
        source.links.append(link)
        invoice.links.append(link)
        self._linked(source, invoice)

    def account_balance(self, account: Account) -> int:
        """Sum what the transactions put on an A/R, an Undeposited Funds or a bank account."""
        everything = self.transactions.values()
        if account.account_type == "AccountsReceivable":
            return sum(each.open_balance for each in everything if each.ar_account is account)
        received = sum(
            each.total
            for each in self.payments()
            if each.deposit is None and each.deposit_to is account
        )
        deposits = [each for each in self.deposits.values() if each.bank is account]
        return received + sum(payment.total for each in deposits for payment in each.payments)

    def _check_undeposited(self, payment: Payment) -> None:
        if payment.deposit:
            raise ValueError(f"payment {payment.txn_id} must be taken out of its deposit first")

    def _enter(self, transaction: Transaction) -> str:
        self.transactions[transaction.txn_id] = transaction
        transaction.customer.transactions.append(transaction)
        self._linked(transaction)
        return transaction.txn_id

    def _void(self, transaction: Transaction) -> None:
        self._cut_links(transaction)
        transaction.total = 0
        transaction.memo = f"VOID: {transaction.memo or ''}"
        self.touch(transaction)

    def _delete(self, transaction: Transaction) -> None:
        self._cut_links(transaction)
        del self.transactions[transaction.txn_id]
        transaction.customer.transactions.remove(transaction)
        self._linked(transaction)
        deletion = Deletion(
            kind=transaction.kind,
            txn_id=transaction.txn_id,
            created=transaction.created,
            deleted=self.clock(),
            number=transaction.number,
        )
        self.deletions.append(deletion)

    def _cut_links(self, transaction: Transaction) -> None:
        for link in list(transaction.links):
            link.cut()
            self._linked(link.source, link.invoice)

    def _linked(self, *transactions: Transaction) -> None:
        # Linked activity moves TimeModified and leaves EditSequence alone.
        for transaction in transactions:
            transaction.modified = transaction.customer.modified = self.clock()

    def _move(self, transaction: Transaction, customer: Customer) -> None:
        transaction.customer.transactions.remove(transaction)
        transaction.customer = customer
        customer.transactions.append(transaction)

    def _of_kind(self, kind: type[Kind], txn_id: str) -> Kind:
        found = self.transactions.get(txn_id)
        if isinstance(found, kind):
            return found
        raise LookupError(f"{txn_id!r} is no {kind.__name__.lower()} of this company file")

    def _txn_stamp(self, *, lines: int = 0) -> TxnStamp:
        # One counter numbers transactions and their lines, so the ids of transactions have gaps.
        self._last_txn_number += 1 + lines
        stamp = self._stamp()
        return {
            **stamp,
            "txn_id": f"{self._last_txn_number - lines:X}-{stamp['edit_sequence']}",
            "txn_number": len(self.transactions) + len(self.deletions) + len(self.deposits) + 1,
        }
