"""What a bookkeeper does to the books between a payment and its sync, and which cause that is.

Each edit concerns one payment and nothing else, so that what it brings about is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from scripts.simulate.quickbooks import refusals
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.money import amount

# Money is received on this day, unless the books are closed for it.
RECEIVED = date(2026, 11, 20)
# Whoever customers and invoices go over to.
OTHER = "Harper Dental Group"
OTHER_ACCOUNT = "Notes Receivable"
POSTED, FORBIDDEN = "posted", "not_permitted"
OWN, ANOTHER = "own", "another"
TRIES = 5  # so often a payment is tried that finds something in use


@dataclass(kw_only=True)
class Case:
    """One payment of the table, and what stands in the books for it. Amounts are cents.

    `invoice` is the TxnID of the invoice that is edited, of which `due` is to be paid, and `paid`
    is the whole payment, which is more where it is for another invoice too. `is_late`: the edit
    comes after the sync has looked, and before the payment is there. `is_by_number`: the payment
    names the invoice by its number alone. `is_new`: no sync has seen the invoice before.
    `is_foreign`: the customer is not in the currency of the books. `place` is which part of the
    payment, from 0, the edited invoice is.
    """

    name: str
    edit: "Edit"
    books: CompanyFile
    dice: Random
    customer: str
    invoice: str
    number: str
    due: int
    paid: int
    is_late: bool
    is_by_number: bool
    is_new: bool
    is_foreign: bool
    place: int
    earlier: str  # the TxnID of what had paid part of the invoice before
    entry: str = ""  # the TxnID of what was entered

    def happen(self) -> None:
        """Let it be done."""
        entered = self.edit.do(self)
        self.entry = entered if isinstance(entered, str) else ""

    @property
    def true_causes(self) -> tuple[str, ...]:
        """What the payment may be rejected for, or "posted"."""
        edit = self.edit
        if self.is_by_number and self.is_new and not self.is_late and edit.by_number:
            return edit.by_number
        if edit.splits and self.paid > self.due:
            return ("wrong_customer",)
        return (edit.late or edit.cause,) if self.is_late else (edit.cause,)

    def some(self) -> int:
        """Part of what is due, more than what could be a matter of rounding."""
        return self.dice.randrange(100, self.due - 100)

    def day(self) -> date:
        """Any day around the payment."""
        return RECEIVED - timedelta(days=self.dice.randrange(-3, 30))

    def entry_number(self) -> str:
        """What stands in the field for a number."""
        return self.dice.choice(("", str(self.dice.randrange(1000, 9999)), "ck 7", self.number))

    def pay(self, cents: int) -> str:
        """Type a payment in, and set it against the invoice."""
        return self.books.receive_by_hand(
            self.customer,
            amount=amount(cents),
            number=self.entry_number() or None,
            invoices={self.invoice: amount(cents)},
            date=self.day(),
        )

    def otherwise(self, kind: str, cents: int) -> str:
        """Lower the invoice by a deposit or a journal entry."""
        return self.books.pay_otherwise(
            self.invoice,
            kind=kind,
            amount=amount(cents),
            number=self.entry_number() or None,
            date=self.day(),
        )

    def credit(self, cents: int) -> str:
        """Enter a credit memo and apply it."""
        memo = self.books.add_credit(
            self.customer,
            amount=amount(cents + self.dice.choice((0, 500))),
            number=self.entry_number() or None,
            date=self.day(),
        )
        self.books.apply_credit(memo, self.invoice, amount(cents))
        return memo

    def move_credit(self, cents: int) -> str:
        """Enter a credit memo for another job of the customer, and apply it."""
        job = f"{self.customer.split(':', 1)[0]}:Shed"
        self.books.add_customer(job)
        memo = self.books.add_credit(job, amount=amount(cents), date=self.day())
        return self.books.move_credit(
            memo,
            self.invoice,
            amount(cents),
            number=self.entry_number() or None,
            date=self.day(),
        )

    def discount(self, cents: int) -> str:
        """Give a discount in the payment that was there before."""
        self.books.give_discount(self.earlier, self.invoice, amount(cents))
        return self.earlier

    def lower(self, cents: int) -> None:
        """Lower the total of the invoice."""
        total = self.books.invoice(self.invoice).total - cents
        self.books.change_invoice(self.invoice, amount=amount(total))

    def again(self, *, by: int = 0, number: str = "", day: date | None = None) -> str:
        """Delete the invoice and enter it again, over another amount, number or day if given."""
        new = self.books.recreate_invoice(self.invoice)
        total = self.books.invoice(new).total + by
        self.books.change_invoice(
            new, amount=amount(total) if by else None, number=number or None, date=day
        )
        return "" if number else new

    def alike(self, *, cents: int, day: date) -> str:
        """Type a payment in that is set against nothing yet."""
        return self.books.receive_by_hand(
            self.customer, amount=amount(cents), number=self.entry_number() or None, date=day
        )


Do = Callable[[Case], object]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Something a bookkeeper does. `cause`: what a payment is rejected for then, or "posted".

    `late` is what becomes of it where that is something else once the sync has looked, None where
    it cannot come so late. `variants` are the stories of the cause that tell what was done.
    `by_number` is what may become of a payment that names a new invoice by its number alone: it
    means whatever has that number when the sync looks. `splits`: the invoice cannot be on one
    payment with others any more. `needs_import`: what was deleted is known only where it was
    imported. `needs_earlier`: part of the invoice was paid before. `needs_home`: customer and
    invoice are in the currency of the books. `is_whole`: it concerns the payment as a whole and
    none of its invoices. `days_before`: another online payment of the invoice was received so many
    days before; 0: it is the same once more. `currency`: the payment states its customer's own or
    another one; None: its own or none. `answer`
    is what QuickBooks says, a code and a sentence, the first `times` whatever is in the books.
    """

    does: str
    do: Do
    cause: str
    late: str | None = ""
    variants: tuple[str, ...] = ()
    methods: tuple[str, str] | None = None  # the payment's, for an early edit and for a late one
    days: tuple[date, date] | None = None  # the same of the day on which it was received
    by_number: tuple[str, ...] = ()
    splits: bool = False
    needs_import: bool = False
    needs_earlier: bool = False
    days_before: int | None = None
    needs_home: bool = False
    is_whole: bool = False
    currency: str | None = None
    answer: tuple[int, str] | None = None
    times: int = 1


CLOSED = (date(2026, 9, 30), date(2026, 10, 31))


def _close(case: Case) -> None:
    case.books.closing_date = CLOSED[case.is_late]


def _remove_method(case: Case) -> None:
    methods = case.books.payment_methods
    for list_id in [one.list_id for one in methods.values() if one.name == _method(case)]:
        del methods[list_id]


def _hide_method(case: Case) -> None:
    case.books.make_inactive(_method(case))


def _method(case: Case) -> str:
    assert case.edit.methods is not None
    return case.edit.methods[case.is_late]


def _nothing(_case: Case) -> None:
    """Leave the books as they are."""


def _credit_and_back(case: Case) -> None:
    case.books.unapply(case.credit(case.some()))


_PAID, _LESS, _AGAIN = "paid_in_quickbooks", "balance_changed", "invoice_recreated"
_MONEY = "currency_mismatch"
EDITS = (
    Edit(does="nothing", do=_nothing, cause=POSTED),
    Edit(
        does="paid by hand in full",
        do=lambda case: case.pay(case.due),
        cause=_PAID,
        variants=("by_hand", "look_alike"),
    ),
    Edit(
        does="paid by hand in part",
        do=lambda case: case.pay(case.some()),
        cause=_PAID,
        variants=("part",),
    ),
    Edit(
        does="paid by a deposit in full",
        do=lambda case: case.otherwise("Deposit", case.due),
        cause=_PAID,
        variants=("by_hand",),
    ),
    Edit(
        does="paid by a deposit in part",
        do=lambda case: case.otherwise("Deposit", case.some()),
        cause=_PAID,
        variants=("part",),
    ),
    Edit(
        does="paid by a journal entry in full",
        do=lambda case: case.otherwise("JournalEntry", case.due),
        cause=_PAID,
        variants=("by_hand",),
    ),
    Edit(
        does="lowered by a journal entry",
        do=lambda case: case.otherwise("JournalEntry", case.some()),
        cause=_LESS,
        variants=("journal",),
    ),
    Edit(
        does="credit memo applied in full",
        do=lambda case: case.credit(case.due),
        cause="credit_applied",
        variants=("memo",),
    ),
    Edit(
        does="credit memo applied in part",
        do=lambda case: case.credit(case.some()),
        cause="credit_applied",
        variants=("memo",),
    ),
    Edit(does="credit memo applied and taken off", do=_credit_and_back, cause=POSTED),
    Edit(
        does="credit of another job, in full",
        do=lambda case: case.move_credit(case.due),
        cause="credit_applied",
        late=_PAID,  # what moved it is not known before the credit memo is read
        variants=("moved_credit", "by_hand"),
    ),
    Edit(
        does="credit of another job, in part",
        do=lambda case: case.move_credit(case.some()),
        cause="credit_applied",
        late=_LESS,
        variants=("moved_credit", "journal"),
    ),
    Edit(
        does="discount given",
        do=lambda case: case.discount(case.some()),
        cause=_LESS,
        variants=("discount",),
        needs_earlier=True,
    ),
    Edit(
        does="total lowered",
        do=lambda case: case.lower(case.some()),
        cause=_LESS,
        variants=("edited", "other"),
    ),
    Edit(
        does="total lowered by cents",
        do=lambda case: case.lower(case.dice.randrange(1, 10)),
        cause=_LESS,
        variants=("cents",),
    ),
    Edit(does="total raised", do=lambda case: case.lower(-case.some()), cause=POSTED),
    Edit(
        does="made pending",
        do=lambda case: case.books.change_invoice(case.invoice, pending=True),
        cause=_LESS,
        variants=("pending",),
    ),
    Edit(
        does="deleted",
        do=lambda case: case.books.delete_invoice(case.invoice),
        cause="invoice_deleted",
        by_number=("unknown_reference",),
    ),
    Edit(
        does="deleted, entered again",
        do=lambda case: case.again(),
        cause=_AGAIN,
        variants=("twin",),
        needs_import=True,
    ),
    Edit(
        does="entered again, dated later",
        do=lambda case: case.again(day=RECEIVED + timedelta(days=3)),
        cause=_AGAIN,
        variants=("dated_later",),
        needs_import=True,
    ),
    Edit(
        does="entered again, another amount",
        do=lambda case: case.again(by=case.dice.choice((-150, 700))),
        cause=_AGAIN,
        variants=("differs",),
        needs_import=True,
    ),
    Edit(
        does="entered again, another number",
        do=lambda case: case.again(number=f"{case.number}-A"),
        cause="invoice_deleted",
        needs_import=True,
    ),
    Edit(
        does="voided",
        do=lambda case: case.books.void_invoice(case.invoice),
        cause="invoice_voided",
    ),
    Edit(
        does="customer made inactive",
        do=lambda case: case.books.make_inactive(case.customer),
        cause="customer_unavailable",
        variants=("inactive",),
    ),
    Edit(
        does="customer merged",
        do=lambda case: case.books.merge_customers(case.customer, into=OTHER),
        cause="customer_unavailable",
        variants=("merged",),
        is_whole=True,
        needs_import=True,
        needs_home=True,
    ),
    Edit(
        does="moved to another customer",
        do=lambda case: case.books.change_invoice(case.invoice, customer=OTHER),
        cause="wrong_customer",
        variants=("customer", "several"),
        needs_home=True,
        by_number=("unknown_reference",),
        splits=True,
    ),
    Edit(
        does="moved to another A/R account",
        do=lambda case: case.books.change_invoice(case.invoice, ar_account=OTHER_ACCOUNT),
        cause=POSTED,
        late="wrong_customer",
        variants=("account", "several"),
        needs_home=True,
        splits=True,
    ),
    Edit(
        does="method removed",
        do=_remove_method,
        cause="unknown_reference",
        variants=("method",),
        methods=("Club card", "Bonus card"),
    ),
    Edit(
        does="method made inactive",
        do=_hide_method,
        cause="unknown_reference",
        variants=("method_inactive", "method"),
        methods=("Gift card", "Store card"),
    ),
    Edit(
        does="method never there",
        do=_nothing,
        cause="unknown_reference",
        late=None,
        variants=("method",),
        methods=("Barter", "Barter"),
    ),
    Edit(
        does="books closed",
        do=_close,
        cause="closed_period",
        variants=("closing",),
        days=(date(2026, 9, 15), date(2026, 10, 15)),
    ),
    Edit(
        does="a similar entry, unapplied",
        do=lambda case: case.alike(
            cents=case.paid, day=RECEIVED + timedelta(days=case.dice.randrange(-5, 6))
        ),
        cause=_PAID,
        late=POSTED,
        variants=("look_alike",),
        is_whole=True,
    ),
    Edit(
        does="a similar entry, long before",
        do=lambda case: case.alike(cents=case.paid, day=RECEIVED - timedelta(days=6)),
        cause=POSTED,
    ),
    Edit(
        does="an entry of another amount",
        do=lambda case: case.alike(cents=case.paid + 1, day=RECEIVED),
        cause=POSTED,
    ),
    Edit(
        does="paid online before",
        do=_nothing,
        cause=_PAID,
        late=None,
        variants=("twice",),
        days_before=14,
    ),
    Edit(
        does="sent by the site twice",
        do=_nothing,
        cause="possible_duplicate",
        late=None,
        variants=("plain",),
        days_before=0,
    ),
    Edit(does="in another currency", do=_nothing, cause=_MONEY, late=None, currency=ANOTHER),
    Edit(does="in its own currency", do=_nothing, cause=POSTED, late=None, currency=OWN),
    Edit(
        does="in use at every try",
        do=_nothing,
        cause="locked",
        late=None,
        variants=("plain",),
        answer=(3176, refusals.TRANSACTION_LOCKED),
        times=TRIES,
    ),
    Edit(
        does="in use at all tries but the last",
        do=_nothing,
        cause=POSTED,
        late=None,
        answer=(3175, refusals.OBJECT_IN_USE),
        times=TRIES - 1,
    ),
    *(
        Edit(
            does=does,
            do=_nothing,
            cause=FORBIDDEN,
            late=None,
            variants=(variant,),
            answer=(code, refusals.NO_PERMISSION),
        )
        for does, code, variant in (
            ("a right of the user is missing", 3260, "rights"),
            ("a right of the connection is missing", 3261, "application"),
            ("opened to be read only", 3263, "read_only"),
            ("a feature is switched off", 3250, "feature"),
        )
    ),
)
