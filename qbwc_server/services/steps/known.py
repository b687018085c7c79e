"""What is known of the books, as values for the check: the tables, and what was just told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.queries import books as short_lists
from models.queries import installs, ledger
from qbwc_server.services.steps.answers import MALFORMED_ID, NO_MATCH
from qbwc_server.services.steps.questions import CUSTOMER, NUMBER, TXN_ID, Question
from qbwc_server.services.steps.step import Turn
from qbxml.customer import CustomerRet
from qbxml.envelope import Response
from qbxml.fields import Ref
from qbxml.invoice import InvoiceRet
from sync_core.check import CURRENCIES, AskCustomer, Books, Invoice, Waiting, check
from sync_core.names import plain

Told = Mapping[Question, Response]

# What an id and a customer's full name hold (Intuit XSD 13.0). A longer one was garbled on its way.
ID_LENGTH_MAX, NAME_LENGTH_MAX = 36, 209


@dataclass(frozen=True, slots=True)
class Known:
    """The books for a page of payments.

    `gone` are the invoices (TxnIDs) that were deleted, `hidden` the open ones that are older than
    the Sync From Date.
    """

    books: Books
    gone: frozenset[str]
    hidden: frozenset[str]


def is_answered(answer: Response) -> bool:
    """Say whether QuickBooks answered the question, be it that there is no such thing."""
    return answer.status.is_success or answer.status.code in (NO_MATCH, MALFORMED_ID)


def known(turn: Turn, payments: Sequence[Waiting], told: Told) -> Known:
    """Gather what the tables know of the payments' invoices and customers, and what was told."""
    parts = [part for payment in payments for part in payment.apply]
    rows = ledger.invoices_named(
        turn.db,
        turn.session.company_file_id,
        txn_ids={part.txn_id for part in parts if part.txn_id},
        plain_numbers={plain(part.number) for part in parts if part.number},
    )
    names = _names(turn, payments, told)
    invoices = {
        row.txn_id: Invoice(
            txn_id=row.txn_id,
            number=row.number,
            customer_list_id=row.customer_list_id,
            customer_name=row.customer_name,
            ar_account_list_id=row.ar_account_list_id,
            is_open=not row.is_paid,
        )
        for row in rows
        if row.deleted_wall is None
    }
    policy = installs.policy(turn.db, turn.session.company_file_id)
    return Known(
        Books(
            invoices=invoices | _told_invoices(told),
            customer_names=names,
            methods=short_lists.methods_of(turn.db, turn.session.company_file_id),
            may_add_methods=policy.add_payment_methods,
            currency=CURRENCIES.get(policy.country or ""),
        ),
        frozenset(row.txn_id for row in rows if row.deleted_wall is not None),
        frozenset(row.txn_id for row in rows if row.is_hidden and not row.is_paid),
    )


def unknown(payment: Waiting, now: Known) -> list[Question]:
    """List what QuickBooks is to be asked before a payment is checked."""
    missing: list[Question] = []
    payer = payment.customer
    for part in payment.apply:
        if part.txn_id is not None:
            if part.txn_id not in now.books.invoices and part.txn_id not in now.gone:
                missing.append((TXN_ID, part.txn_id))
        elif part.number is not None and not now.books.of_payer(part.number, payer):
            missing.append((NUMBER, part.number))
    if payer.list_id is None or payer.list_id in now.books.customer_names:
        return missing
    if missing or isinstance(check(payment, now.books), AskCustomer):
        missing.append((CUSTOMER, payer.list_id))
    return missing


def _names(turn: Turn, payments: Sequence[Waiting], told: Told) -> dict[str, str | None]:
    """Give the customers' full names by ListID; None for one that QuickBooks does not have."""
    payers = {payment.customer.list_id for payment in payments if payment.customer.list_id}
    names: dict[str, str | None] = {
        row.list_id: row.full_name if row.gone_wall is None else None
        for row in ledger.customers_named(turn.db, turn.session.company_file_id, payers)
    }
    names |= {value: None for kind, value in told if kind == CUSTOMER}
    for response in told.values():
        for item in response.objects:
            if isinstance(item, InvoiceRet):  # it tells its customer's name by the way
                customer = _kept(item.customer_ref)
                if customer.list_id and customer.full_name:
                    names[customer.list_id] = customer.full_name
            elif isinstance(item, CustomerRet) and item.list_id and item.full_name:
                names[item.list_id] = item.full_name
    return names


def _told_invoices(told: Told) -> dict[str, Invoice]:
    return {
        item.txn_id: _invoice(item, item.txn_id)
        for response in told.values()
        for item in response.objects
        if isinstance(item, InvoiceRet) and item.txn_id
    }


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
