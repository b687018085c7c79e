"""Records as QuickBooks returns them: the ...Ret elements, children in the reference's order.

Source: Intuit XSD 13.0 and recorded answers. It picks nothing and decides nothing.
"""

from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.markup import Element, Part, flag, node
from scripts.simulate.quickbooks.money import amount
from scripts.simulate.quickbooks.records import (
    Account,
    Charge,
    CreditMemo,
    Customer,
    Deletion,
    Invoice,
    Link,
    ListDeletion,
    ListItem,
    Payment,
    PaymentMethod,
    Transaction,
)


def reference(tag: str, item: ListItem | None) -> Part:
    """A reference to a list item, or nothing."""
    if item is None:
        return ()
    return node(tag, ("ListID", item.list_id), ("FullName", item.full_name))


def _list_core(books: CompanyFile, item: ListItem) -> Part:
    return (
        ("ListID", item.list_id),
        ("TimeCreated", books.printed(item.created)),
        ("TimeModified", books.printed(item.modified)),
        ("EditSequence", item.edit_sequence),
        ("Name", item.name),
    )


def _txn_core(books: CompanyFile, transaction: Transaction) -> Part:
    return (_txn_head(books, transaction), reference("ARAccountRef", transaction.ar_account))


def _txn_head(books: CompanyFile, transaction: Transaction) -> Part:
    return (
        ("TxnID", transaction.txn_id),
        ("TimeCreated", books.printed(transaction.created)),
        ("TimeModified", books.printed(transaction.modified)),
        ("EditSequence", transaction.edit_sequence),
        ("TxnNumber", str(transaction.txn_number)),
        reference("CustomerRef", transaction.customer),
    )


def _currency(books: CompanyFile, currency: str | None) -> Part:
    # Without the feature QuickBooks says nothing of currencies.
    if books.home_currency is None:
        return ()
    name = currency or books.home_currency
    return node("CurrencyRef", ("ListID", books.currency_id(name)), ("FullName", name))


def _money(books: CompanyFile, transaction: Transaction, tag: str, value: int) -> Part:
    # The rate of every currency is 1 here: nobody under test converts anything.
    if books.home_currency is None:
        return ()
    return (
        _currency(books, transaction.customer.currency),
        ("ExchangeRate", "1"),
        (tag, amount(value)),
    )


def customer(books: CompanyFile, item: Customer) -> Element:
    """A CustomerRet."""
    return node(
        "CustomerRet",
        _list_core(books, item),
        ("FullName", item.full_name),
        ("IsActive", flag(item.is_active)),
        reference("ParentRef", item.parent),
        ("Sublevel", str(item.sublevel)),
        ("CompanyName", item.company_name),
        ("Balance", amount(item.balance)),
        ("TotalBalance", amount(item.total_balance)),
        ("JobStatus", "None"),
        _currency(books, item.currency),
    )


def account(books: CompanyFile, item: Account) -> Element:
    """An AccountRet."""
    balance = amount(books.account_balance(item))
    return node(
        "AccountRet",
        _list_core(books, item),
        ("FullName", item.full_name),
        ("IsActive", flag(item.is_active)),
        ("Sublevel", "0"),
        ("AccountType", item.account_type),
        ("SpecialAccountType", item.special_type),
        ("AccountNumber", item.number),
        ("Balance", balance),
        ("TotalBalance", balance),
        ("CashFlowClassification", "NotApplicable"),
        _currency(books, item.currency),
    )


def payment_method(books: CompanyFile, item: PaymentMethod) -> Element:
    """A PaymentMethodRet."""
    return node(
        "PaymentMethodRet",
        _list_core(books, item),
        ("IsActive", flag(item.is_active)),
        ("PaymentMethodType", item.method_type),
    )


def invoice(books: CompanyFile, item: Invoice, *, lines: bool, links: bool) -> Element:
    """An InvoiceRet; amounts applied to it are negative, as a recorded answer has them."""
    subtotal = item.total - item.tax
    return node(
        "InvoiceRet",
        _txn_core(books, item),
        ("TxnDate", item.date.isoformat()),
        ("RefNumber", item.number),
        ("IsPending", flag(item.is_pending)),
        ("IsFinanceCharge", "false"),
        ("DueDate", item.due_date.isoformat()),
        ("Subtotal", amount(subtotal)),
        ("SalesTaxPercentage", "0.00"),
        ("SalesTaxTotal", amount(item.tax)),
        ("AppliedAmount", amount(item.balance - item.total)),
        ("BalanceRemaining", amount(item.balance)),
        _money(books, item, "BalanceRemainingInHomeCurrency", item.balance),
        ("Memo", item.memo),
        ("IsPaid", flag(item.is_paid)),
        ("IsToBePrinted", "false"),
        [_linked(link, link.source) for link in item.links if links],
        [_line("InvoiceLineRet", item, subtotal)] if lines else (),
    )


def credit_memo(books: CompanyFile, item: CreditMemo, *, lines: bool, links: bool) -> Element:
    """A CreditMemoRet."""
    return node(
        "CreditMemoRet",
        _txn_core(books, item),
        ("TxnDate", item.date.isoformat()),
        ("RefNumber", item.number),
        ("IsPending", "false"),
        ("Subtotal", amount(item.total)),
        ("SalesTaxTotal", "0.00"),
        ("TotalAmount", amount(item.total)),
        ("CreditRemaining", amount(item.unapplied)),
        _money(books, item, "CreditRemainingInHomeCurrency", item.unapplied),
        ("Memo", item.memo),
        ("IsToBePrinted", "false"),
        [_linked(link, link.invoice) for link in item.links if links],
        [_line("CreditMemoLineRet", item, item.total)] if lines else (),
    )


def charge(books: CompanyFile, item: Charge) -> Element:
    """A ChargeRet, whose A/R account stands further down than an invoice's."""
    return node(
        "ChargeRet",
        _txn_head(books, item),
        ("TxnDate", item.date.isoformat()),
        ("RefNumber", item.number),
        ("Amount", amount(item.total)),
        ("BalanceRemaining", amount(item.open_balance)),
        ("Desc", item.memo),
        reference("ARAccountRef", item.ar_account),
        ("DueDate", item.due_date.isoformat()),
        ("IsPaid", flag(item.open_balance == 0)),
    )


def _line(tag: str, item: Transaction, value: int) -> Element:
    number, _, seconds = item.txn_id.partition("-")
    line_id = f"{int(number, 16) + 1:X}-{seconds}"
    return node(tag, ("TxnLineID", line_id), ("Desc", "Services"), ("Amount", amount(value)))


def _linked(link: Link, other: Transaction) -> Element:
    return node(
        "LinkedTxn",
        ("TxnID", other.txn_id),
        ("TxnType", other.kind),
        ("TxnDate", other.date.isoformat()),
        ("RefNumber", other.number),
        ("LinkType", "AMTTYPE"),
        ("Amount", amount(-link.amount)),
    )


def payment(books: CompanyFile, item: Payment, *, lines: bool) -> Element:
    """A ReceivePaymentRet; `lines` are what it is applied to."""
    return node(
        "ReceivePaymentRet",
        _txn_core(books, item),
        ("TxnDate", item.date.isoformat()),
        ("RefNumber", item.number),
        ("TotalAmount", amount(item.total)),
        _money(books, item, "TotalAmountInHomeCurrency", item.total),
        reference("PaymentMethodRef", item.method),
        ("Memo", item.memo),
        reference("DepositToAccountRef", item.deposit_to),
        _card(books, item),
        ("UnusedPayment", amount(item.unapplied)),
        ("UnusedCredits", "0.00"),
        ("ExternalGUID", item.external_guid),
        [_applied(link) for link in item.links if lines and not link.is_discount],
    )


def _card(books: CompanyFile, item: Payment) -> Part:
    """What a program with the right to personal data is told of a charged card, unless it asks not.

    It comes whatever else is asked: no flag leaves it out, only IncludeRetElement does.
    """
    if item.card_number is None:
        return ()
    return node(
        "CreditCardTxnInfo",
        node(
            "CreditCardTxnInputInfo",
            ("CreditCardNumber", item.card_number),
            ("ExpirationMonth", "1"),
            ("ExpirationYear", "2029"),
            ("NameOnCard", item.customer.name),
            ("TransactionMode", "CardNotPresent"),
        ),
        node(
            "CreditCardTxnResultInfo",
            ("ResultCode", "0"),
            ("ResultMessage", "Status OK"),
            ("CreditCardTransID", "V54A76275848"),
            ("MerchantAccountNumber", "4269281420247209"),
            ("AuthorizationCode", "185PNI"),
            ("PaymentStatus", "Completed"),
            ("TxnAuthorizationTime", books.printed(item.created)),
        ),
    )


def to_deposit(books: CompanyFile, item: Payment) -> Element:
    """A ReceivePaymentToDepositRet."""
    return node(
        "ReceivePaymentToDepositRet",
        ("TxnID", item.txn_id),
        ("TxnType", item.kind),
        reference("CustomerRef", item.customer),
        ("TxnDate", item.date.isoformat()),
        ("RefNumber", item.number),
        ("Amount", amount(item.total)),
        _money(books, item, "AmountInHomeCurrency", item.total),
    )


def _applied(link: Link) -> Element:
    discount = sum(
        other.amount
        for other in link.source.links
        if other.is_discount and other.invoice is link.invoice
    )
    invoice = link.invoice
    assert isinstance(invoice, Invoice)  # payments are set against nothing else
    return node(
        "AppliedToTxnRet",
        ("TxnID", invoice.txn_id),
        ("TxnType", invoice.kind),
        ("TxnDate", invoice.date.isoformat()),
        ("RefNumber", invoice.number),
        ("BalanceRemaining", amount(invoice.balance)),
        ("Amount", amount(link.amount)),
        ("DiscountAmount", amount(discount) if discount else None),
    )


def deletion(books: CompanyFile, item: Deletion) -> Element:
    """A TxnDeletedRet."""
    return node(
        "TxnDeletedRet",
        ("TxnDelType", item.kind),
        ("TxnID", item.txn_id),
        ("TimeCreated", books.printed(item.created)),
        ("TimeDeleted", books.printed(item.deleted)),
        ("RefNumber", item.number),
    )


def list_deletion(books: CompanyFile, item: ListDeletion) -> Element:
    """A ListDeletedRet."""
    return node(
        "ListDeletedRet",
        ("ListDelType", item.kind),
        ("ListID", item.list_id),
        ("TimeCreated", books.printed(item.created)),
        ("TimeDeleted", books.printed(item.deleted)),
        ("FullName", item.full_name),
    )


def deleted_just_now(books: CompanyFile, item: Deletion) -> list[Element]:
    """What TxnDelRs holds, without a ...Ret around it."""
    whole = deletion(books, item)
    return [child for child in whole if child.tag != "TimeCreated"]
