"""The questions of a look-up: what the tables do not know of waiting payments.

One request each: a list of ids would come back as "not found" whole for one that is missing. A
question is kept as (kind, value) beside its message set.
"""

from collections.abc import Mapping, Sequence

from qbwc_server.services.steps import elements
from qbwc_server.services.steps.step import Turn, number_of, plain_set
from qbxml.aggregate import RequestMessage
from qbxml.charge import ChargeQuery
from qbxml.company import PreferencesQuery
from qbxml.customer import CustomerQuery
from qbxml.errors import BuildError
from qbxml.invoice import InvoiceQuery
from qbxml.payment import ReceivePaymentQuery

TXN_ID, NUMBER, CUSTOMER, CHARGE = "txn_id", "number", "customer", "charge"
NAME, RECEIPT, PREFERENCES = "name", "receipt", "preferences"

Question = tuple[str, str]


def page(
    wanted: Mapping[int, Sequence[Question]], *, limit: int
) -> tuple[list[int], list[Question]]:
    """Cut a page of at most `limit` questions, `wanted` by payment id. One payment always fits."""
    questions: dict[Question, None] = {}
    cut: list[int] = []
    for payment_id, own in wanted.items():
        more = questions | dict.fromkeys(own)
        if cut and len(more) > limit:
            break
        questions = more
        cut.append(payment_id)
    return cut, list(questions)


def message_set(
    turn: Turn, token: str, questions: Sequence[Question]
) -> tuple[str, list[Question], list[Question]]:
    """Build the message set; those that no QuickBooks could have are left out, and given last.

    Intake refuses an id that cannot be one; this keeps one that slipped through from stopping the
    sync of all the others. The text is empty where nothing is left to ask.
    """
    asked, unaskable = list(questions), list[Question]()
    while asked:
        try:
            return plain_set(turn, token, [_message(*item) for item in asked]), asked, unaskable
        except BuildError as error:
            misfit = asked[number_of(error.request_id or "", token)]
            asked.remove(misfit)
            unaskable.append(misfit)
    return "", asked, unaskable


def _message(kind: str, value: str) -> RequestMessage:
    """Put one question into QuickBooks' words."""
    match kind:
        case "customer" | "name":
            return CustomerQuery(
                list_id=(value,) if kind == CUSTOMER else (),
                full_name=(value,) if kind == NAME else (),
                include_ret_element=elements.PAYER,
            )
        case "preferences":
            return PreferencesQuery(include_ret_element=elements.CLOSING_DATE)
        case "receipt":
            return ReceivePaymentQuery(ref_number=(value,), include_ret_element=elements.RECEIPT)
        case "number":
            return InvoiceQuery(
                ref_number=(value,), include_linked_txns=True, include_ret_element=elements.INVOICE
            )
        case "charge":
            return ChargeQuery(ref_number=(value,), include_ret_element=elements.CHARGE)
        case _:
            return InvoiceQuery(
                txn_id=(value,), include_linked_txns=True, include_ret_element=elements.INVOICE
            )
