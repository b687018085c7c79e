"""The questions of a look-up: what must be known of waiting payments, in QuickBooks' words.

One request each: a list of ids would come back as "not found" whole for one that is missing. A
question is kept as (kind, value) beside its message set.
"""

from collections.abc import Sequence

from qbwc_server.services.steps.step import Turn, number_of, plain_set
from qbxml.aggregate import RequestMessage
from qbxml.customer import CustomerQuery
from qbxml.errors import BuildError
from qbxml.invoice import InvoiceQuery
from qbxml.lists import AccountQuery, PaymentMethodQuery
from sync_core.check import Waiting

METHODS, ACCOUNTS, TXN_ID, NUMBER, CUSTOMER = "methods", "accounts", "txn_id", "number", "customer"
# Payments are deposited to an account of one of these kinds (QuickBooks' Deposit To).
_DEPOSIT_TYPES = ("Bank", "OtherCurrentAsset")
_INVOICE_ELEMENTS = ("TxnID", "CustomerRef", "ARAccountRef", "RefNumber", "IsPaid")

Question = tuple[str, str]

LISTS: tuple[Question, Question] = ((METHODS, ""), (ACCOUNTS, ""))


def names(payment: Waiting, *, with_payer: bool) -> list[Question]:
    """List what must be known to check a payment."""
    found: list[Question] = []
    if with_payer and payment.customer.list_id is not None:
        found.append((CUSTOMER, payment.customer.list_id))
    for part in payment.apply:
        if part.txn_id is not None:
            found.append((TXN_ID, part.txn_id))
        elif part.number is not None:
            found.append((NUMBER, part.number))
    return found


def page(
    payments: Sequence[Waiting], *, begin: Sequence[Question], limit: int, with_payers: bool
) -> tuple[list[int], list[Question]]:
    """Cut a page of at most `limit` payments and questions, besides those it begins with.

    One payment always fits.
    """
    questions = dict.fromkeys(begin)
    cut: list[int] = []
    for payment in payments[:limit]:
        more = questions | dict.fromkeys(names(payment, with_payer=with_payers))
        if cut and len(more) > limit + len(begin):
            break
        questions = more
        cut.append(payment.id)
    return cut, list(questions)


def message_set(
    turn: Turn, token: str, questions: Sequence[Question]
) -> tuple[str, list[Question], list[Question]]:
    """Build the message set; those that no QuickBooks could have are left out, and given last.

    Intake refuses an id that cannot be one; this keeps one that slipped through from stopping the
    sync of all the others.
    """
    asked, unaskable = list(questions), list[Question]()
    while True:
        # A message set cannot be empty: where nothing is to be asked, the lists are, once more.
        asked = asked or list(LISTS)
        try:
            return plain_set(turn, token, [_message(*item) for item in asked]), asked, unaskable
        except BuildError as error:
            misfit = asked[number_of(error.request_id or "", token)]
            asked.remove(misfit)
            unaskable.append(misfit)


def _message(kind: str, value: str) -> RequestMessage:
    """Put one question into QuickBooks' words."""
    match kind:
        case "methods":
            return PaymentMethodQuery(active_status="All")
        case "accounts":
            return AccountQuery(active_status="All", account_type=_DEPOSIT_TYPES)
        case "customer":
            return CustomerQuery(list_id=(value,), include_ret_element=("ListID", "FullName"))
        case "number":
            return InvoiceQuery(ref_number=(value,), include_ret_element=_INVOICE_ELEMENTS)
        case _:
            return InvoiceQuery(txn_id=(value,), include_ret_element=_INVOICE_ELEMENTS)
