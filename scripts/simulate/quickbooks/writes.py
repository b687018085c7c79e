"""The other requests that write: a new payment method, and the deletion of a transaction.

Source: Intuit XSD 13.0, PaymentMethodAdd and TxnDel; the sentence of a deposited payment is
QuickBooks' own.
"""

from scripts.simulate.quickbooks import rows
from scripts.simulate.quickbooks.answers import Answer
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.lists import find
from scripts.simulate.quickbooks.parsing import Request
from scripts.simulate.quickbooks.queries import check_id
from scripts.simulate.quickbooks.reading import flag_of, text_of
from scripts.simulate.quickbooks.records import Payment
from scripts.simulate.quickbooks.refusals import (
    CLOSED_PERIOD,
    Refusal,
    cannot_delete,
    missing_element,
    not_found,
)


def add_payment_method(books: CompanyFile, request: Request) -> Answer:
    """Execute a PaymentMethodAdd. Errors: Refusal 3100 for a name in use, inactive ones too."""
    element = request.element[0]
    name = text_of(element, "Name") or ""
    if not name:
        raise missing_element("Name")
    if find(books.payment_methods, name):
        raise Refusal(3100, f'The name "{name}" of the list element is already in use.')
    list_id = books.add_payment_method(name, text_of(element, "PaymentMethodType") or "Other")
    if element.find("IsActive") is not None and not flag_of(element, "IsActive"):
        books.make_inactive(list_id)
    return Answer([rows.payment_method(books, books.payment_method(list_id))])


def delete_transaction(books: CompanyFile, request: Request) -> Answer:
    """Execute a TxnDel. Errors: Refusal 3120, 3160 for a deposited payment, 3161."""
    txn_id = check_id("Transaction id", text_of(request.element, "TxnID") or "")
    transaction = books.transactions.get(txn_id)
    if transaction is None or transaction.kind != text_of(request.element, "TxnDelType"):
        raise not_found(txn_id)
    if isinstance(transaction, Payment) and transaction.deposit:
        raise cannot_delete(
            3160,
            txn_id,
            "You need to delete this transaction from the deposit before you can edit its name "
            "or amount.",
        )
    if books.in_closed_period(transaction.date):
        raise cannot_delete(3161, txn_id, CLOSED_PERIOD)
    books.delete_transaction(txn_id)
    return Answer(rows.deleted_just_now(books, books.deletions[-1]))
