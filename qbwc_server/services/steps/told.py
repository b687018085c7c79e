"""What QuickBooks told in a look-up: its lists written down, the rest as values for the check."""

from collections.abc import Mapping

from models.queries import books as lists
from models.queries import installs
from qbwc_server.services.steps.questions import CUSTOMER, LISTS, Question
from qbwc_server.services.steps.step import Turn
from qbxml.customer import CustomerRet
from qbxml.envelope import Response
from qbxml.fields import Ref
from qbxml.invoice import InvoiceRet
from qbxml.lists import AccountRet, PaymentMethodRet
from sync_core.check import CURRENCIES, Books, Invoice
from sync_core.methods import Method

# A query that found nothing, and one for an id that cannot be one (Intuit, "Status codes").
NO_MATCH, MALFORMED_ID = 1, 3000
# What an id and a customer's full name hold (Intuit XSD 13.0). A longer one was garbled on its way.
ID_LENGTH_MAX, NAME_LENGTH_MAX = 36, 209

Told = Mapping[Question, Response]

NOT_TOLD = (
    "QuickBooks did not tell its payment methods and accounts{said}. Nothing was written. "
    "Please press Update Selected again."
)
NO_DEPOSIT_ACCOUNT = (
    'QuickBooks has no account "{name}" to deposit to, so nothing was posted. '
    "Correct the setting deposit_to, or add the account."
)


def is_answered(answer: Response) -> bool:
    """Say whether QuickBooks answered the question, be it that there is no such thing."""
    return answer.status.is_success or answer.status.code in (NO_MATCH, MALFORMED_ID)


def take_lists(turn: Turn, told: Told) -> str | None:
    """Write the lists as told; a sentence when they were not, or lack what posting needs."""
    answers = [told.get(question) for question in LISTS]
    for answer in answers:
        if answer is None or not is_answered(answer):
            said = f": {answer.status.message}" if answer is not None else ""
            return NOT_TOLD.format(said=said)
    methods, accounts = (answer.objects for answer in answers if answer is not None)
    lists.replace_methods(
        turn.db,
        turn.session.company_file_id,
        [
            Method(
                list_id=item.list_id,
                name=item.name,
                is_active=item.is_active is not False,
                type=item.payment_method_type,
            )
            for item in methods
            if isinstance(item, PaymentMethodRet) and item.list_id and item.name
        ],
    )
    lists.replace_accounts(
        turn.db,
        turn.session.company_file_id,
        [
            {
                "list_id": item.list_id,
                "full_name": item.full_name,
                "is_active": item.is_active is not False,
                "type": item.account_type,
                "special_type": item.special_account_type,
            }
            for item in accounts
            if isinstance(item, AccountRet) and item.list_id and item.full_name
        ],
    )
    deposit_to = installs.policy(turn.db, turn.session.company_file_id).deposit_to
    if deposit_to and not lists.has_account(turn.db, turn.session.company_file_id, deposit_to):
        return NO_DEPOSIT_ACCOUNT.format(name=deposit_to)
    return None


def books(turn: Turn, told: Told) -> Books:
    """Gather what the answers to one message set say."""
    objects = [item for response in told.values() for item in response.objects]
    invoices = {
        item.txn_id: _invoice(item, item.txn_id)
        for item in objects
        if isinstance(item, InvoiceRet) and item.txn_id
    }
    names: dict[str, str | None] = {value: None for kind, value in told if kind == CUSTOMER}
    for invoice in invoices.values():  # an invoice tells its customer's name by the way
        if invoice.customer_list_id and invoice.customer_name:
            names[invoice.customer_list_id] = invoice.customer_name
    for item in objects:
        if isinstance(item, CustomerRet) and item.list_id and item.full_name:
            names[item.list_id] = item.full_name
    policy = installs.policy(turn.db, turn.session.company_file_id)
    return Books(
        invoices=invoices,
        customer_names=names,
        methods=lists.methods(turn.db, turn.session.company_file_id),
        may_add_methods=policy.add_payment_methods,
        currency=CURRENCIES.get(policy.country or ""),
    )


def _invoice(item: InvoiceRet, txn_id: str) -> Invoice:
    customer, account = _kept(item.customer_ref), _kept(item.ar_account_ref)
    return Invoice(
        txn_id=txn_id,
        number=item.ref_number,
        customer_list_id=customer.list_id,
        customer_name=customer.full_name,
        ar_account_list_id=account.list_id,
        is_open=item.is_paid is not True,
    )


def _kept(ref: Ref | None) -> Ref:
    """Keep of a reference what QuickBooks itself could hold."""
    list_id, name = (ref.list_id, ref.full_name) if ref else (None, None)
    return Ref(
        list_id=list_id if len(list_id or "") <= ID_LENGTH_MAX else None,
        full_name=name if len(name or "") <= NAME_LENGTH_MAX else None,
    )
