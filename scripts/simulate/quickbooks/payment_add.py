"""ReceivePaymentAdd: everything QuickBooks looks at before it takes a payment into the books.

All or nothing: whatever is refused leaves the books as they were. Source: Intuit XSD 13.0 and OSR,
ReceivePaymentAdd; the sentences of recorded refusals. Where no code is known the least favourable
reading is taken, and the wording must not be relied on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from scripts.simulate.quickbooks import rows
from scripts.simulate.quickbooks.answers import Answer
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.lists import Item, find
from scripts.simulate.quickbooks.markup import Element
from scripts.simulate.quickbooks.money import amount
from scripts.simulate.quickbooks.parsing import Request
from scripts.simulate.quickbooks.queries import check_id
from scripts.simulate.quickbooks.reading import amount_of, date_of, flag_of, text_of
from scripts.simulate.quickbooks.records import Account, Customer, Invoice
from scripts.simulate.quickbooks.refusals import (
    Refusal,
    cannot_save,
    closed_period,
    invalid_amount,
    invalid_reference,
    line_conflict,
    missing_element,
    not_found,
)

TOTAL = "ReceivePaymentAdd total amount"
APPLIED = "AppliedToTxnAdd payment amount"


@dataclass(frozen=True)
class Against:
    """Cents of the payment, and the invoice they go to."""

    invoice: Invoice
    cents: int


def add(books: CompanyFile, request: Request) -> Answer:
    """Execute a ReceivePaymentAdd. Errors: Refusal, and then nothing was written."""
    element = request.element[0]
    customer = _reference(element, "CustomerRef", books.customers, "Customer")
    assert customer is not None
    ar_account = _ar_account(books, element, customer)
    day = _day(books, element)
    total = amount_of(element, "TotalAmount") or 0
    if total < 0:
        raise invalid_amount(TOTAL, amount(total), "The amount cannot be negative.")
    _exchange_rate(books, element)
    method = _reference(element, "PaymentMethodRef", books.payment_methods, "Payment Method")
    deposit_to = _deposit_to(books, element, customer)
    lines = _lines(books, element, customer, ar_account, total)
    if total == 0:
        raise cannot_save("The transaction is empty.")
    keeps_guid, guid = books.behaviour.keeps_external_guid, text_of(element, "ExternalGUID")
    payment = books.enter_payment(
        customer=customer,
        ar_account=ar_account,
        date=day,
        number=text_of(element, "RefNumber"),
        total=total,
        method=method,
        deposit_to=deposit_to,
        memo=text_of(element, "Memo"),
        external_guid=guid if keeps_guid else None,
    )
    payment.sent_guid = guid
    for line in lines:
        books.apply(payment, line.invoice, line.cents)
    books.executed_adds[guid or ""] += 1
    return Answer([rows.payment(books, payment, lines=True)])


def _reference(element: Element, tag: str, items: Mapping[str, Item], noun: str) -> Item | None:
    """Look a reference up; an inactive entry is as good as none."""
    if element.find(tag) is None:
        return None
    list_id, name = text_of(element, f"{tag}/ListID"), text_of(element, f"{tag}/FullName")
    if list_id is None and name is None:
        raise missing_element(tag)
    value = check_id("list id", list_id) if list_id is not None else name or ""
    item = items.get(value) if list_id is not None else find(items, value)
    if item is None or not item.is_active:
        raise invalid_reference(noun, value)
    if name is not None and item.full_name.casefold() != name.casefold():
        raise invalid_reference(noun, name)
    return item


def _ar_account(books: CompanyFile, element: Element, customer: Customer) -> Account:
    account = _reference(element, "ARAccountRef", books.accounts, "A/R Account")
    account = account or books.default_ar_account()
    if account.account_type != "AccountsReceivable":
        raise invalid_reference(
            "A/R Account",
            account.full_name,
            "The account for this transaction must be of type Accounts Receivable.",
        )
    if account.currency != customer.currency:
        raise invalid_reference(
            "A/R Account", account.full_name, "The account has another currency than the customer."
        )
    return account


def _deposit_to(books: CompanyFile, element: Element, customer: Customer) -> Account:
    account = _reference(element, "DepositToAccountRef", books.accounts, "Deposit To Account")
    account = account or books.undeposited_funds()
    if account.account_type not in ("Bank", "OtherCurrentAsset"):
        raise invalid_reference(
            "Deposit To Account",
            account.full_name,
            "The account for this transaction must be of type Bank.",
        )
    if account.currency not in (None, customer.currency):
        raise invalid_reference(
            "Deposit To Account", account.full_name, "The account has another currency."
        )
    return account


def _day(books: CompanyFile, element: Element) -> date:
    day = date_of(element, "TxnDate") or books.today()
    if books.in_closed_period(day):
        raise closed_period(books.behaviour.closed_period_code)
    return day


def _exchange_rate(books: CompanyFile, element: Element) -> None:
    if element.find("ExchangeRate") is not None and books.home_currency is None:
        message = "This feature is not enabled or not available in this version of QuickBooks."
        raise Refusal(3250, message)


def _lines(
    books: CompanyFile, element: Element, customer: Customer, ar_account: Account, total: int
) -> list[Against]:
    if element.find("IsAutoApply") is not None:
        if flag_of(element, "IsAutoApply"):
            return _auto_apply(customer, ar_account, total)
        return []
    lines: list[Against] = []
    for applied in element.iterfind("AppliedToTxnAdd"):
        line = _line(books, applied, customer, ar_account)
        if any(line.invoice is earlier.invoice for earlier in lines):
            raise line_conflict(line.invoice.txn_id)
        lines.append(line)
    if sum(line.cents for line in lines) > total:
        sentence = "You cannot apply more than the amount received."
        raise invalid_amount(TOTAL, amount(total), sentence)
    return lines


def _line(books: CompanyFile, applied: Element, customer: Customer, ar_account: Account) -> Against:
    txn_id = check_id("Transaction id", text_of(applied, "TxnID") or "")
    cents = amount_of(applied, "PaymentAmount")
    if not cents:
        raise cannot_save("The transaction is empty.")
    invoice = books.transactions.get(txn_id)
    # QuickBooks says the same of an invoice that is gone, paid, pending or of somebody else.
    if (
        not isinstance(invoice, Invoice)
        or invoice.balance <= 0
        or invoice.is_pending
        or not invoice.customer.is_within(customer)
        or invoice.ar_account is not ar_account
    ):
        raise not_found(txn_id)
    if cents < 0:
        raise invalid_amount(APPLIED, amount(cents), "The amount cannot be negative.")
    if cents > invoice.balance:
        raise invalid_amount(APPLIED, amount(cents), "You cannot pay more than the amount due.")
    return Against(invoice, cents)


def _auto_apply(customer: Customer, ar_account: Account, total: int) -> list[Against]:
    """Choose invoices: one whose balance is the amount exactly, else the oldest first."""
    due = [
        each
        for each in customer.transactions
        if isinstance(each, Invoice) and each.open_balance > 0 and each.ar_account is ar_account
    ]
    due.sort(key=lambda invoice: invoice.date)
    exact = [invoice for invoice in due if invoice.balance == total]
    lines: list[Against] = []
    for invoice in exact[:1] or due:
        cents = min(total, invoice.balance)
        if cents:
            lines.append(Against(invoice, cents))
        total -= cents
    return lines
