"""Step 2: look up. The lists of QuickBooks, and the invoices that waiting payments name.

One request each: a list of them would come back as "not found" whole for one that is missing. The
waiting payments are gone through in pages, oldest first, each once a session; what fits is marked
for posting, what cannot fit is rejected without troubling QuickBooks.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from models.queries import books as lists
from models.queries import installs, outbox
from models.queries.exchanges import ExchangeRow
from models.queries.sessions import SessionRow
from qbwc_server.services.steps.step import (
    Asked,
    Taken,
    Turn,
    answer_to,
    check_events,
    number_of,
    plain_set,
    rejection_columns,
)
from qbxml.aggregate import RequestMessage
from qbxml.customer import CustomerQuery, CustomerRet
from qbxml.envelope import MessageSet, Response
from qbxml.errors import BuildError
from qbxml.invoice import InvoiceQuery, InvoiceRet
from qbxml.lists import AccountQuery, AccountRet, PaymentMethodQuery, PaymentMethodRet
from sync_core.check import (
    Apply,
    AskCustomer,
    Books,
    Customer,
    Invoice,
    Ready,
    Refused,
    Waiting,
    check,
)
from sync_core.lifecycle import Mover, PaymentStatus
from sync_core.methods import Method

# What a reference asks for; each is kept as [kind, value] beside the message set.
METHODS, ACCOUNTS, TXN_ID, NUMBER, CUSTOMER = "methods", "accounts", "txn_id", "number", "customer"
_LISTS = ((METHODS, ""), (ACCOUNTS, ""))
# Payments are deposited to an account of one of these kinds (QuickBooks' Deposit To).
_DEPOSIT_TYPES = ("Bank", "OtherCurrentAsset")
_INVOICE_ELEMENTS = ("TxnID", "CustomerRef", "ARAccountRef", "RefNumber", "IsPaid")

# A query that found nothing, and one for an id that cannot be one (Intuit, "Status codes").
NO_MATCH, MALFORMED_ID = 1, 3000

Reference = tuple[str, str]

NOT_TOLD = (
    "QuickBooks did not tell its payment methods and accounts{said}. Nothing was written. "
    "Please press Update Selected again."
)
UNANSWERED = "QuickBooks did not answer about some invoices, so their payments wait: {said}"


def ask(turn: Turn, token: str) -> Asked:
    """Ask about the next page of waiting payments; the lists come with the first one."""
    session = turn.session
    is_first = not session.looked_up_to and not session.look_again
    payments = _next_payments(turn)
    page, references = _page(
        payments,
        begin=_LISTS if is_first else (),
        limit=turn.settings.import_page_size,
        with_payers=bool(session.look_again),
    )
    if not page and not is_first:  # those that were left have gone in the meantime
        more = bool(session.look_again) and session.more_pages
        return Asked(xml="", learned={"look_again": [], "more_pages": more})
    counted = {"waiting": outbox.count_waiting(turn.db, session.company_file_id)}
    xml, references, unaskable = _questions(turn, token, references)
    return Asked(
        xml=xml,
        asked={
            "references": references,
            "unaskable": unaskable,
            "payments": page,
            "again": bool(session.look_again),
            "more": len(page) < len(payments),
        },
        learned=counted if is_first else {},
    )


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Learn what QuickBooks told, and check the page of payments against it."""
    told = {
        (kind, value): response
        for number, (kind, value) in enumerate(exchange.asked["references"])
        if (response := answer_to(answer, exchange.token, number)) is not None
    }
    if list(_LISTS[0]) in exchange.asked["references"]:
        stop = _take_lists(turn, told)
        if stop is not None:
            return Taken(stop=stop)
    again = exchange.asked["again"]
    refused = {name: answer for name, answer in told.items() if not _is_told(answer)}
    settled = told.keys() - refused.keys()
    settled |= {(kind, value) for kind, value in exchange.asked["unaskable"]}
    waiting = [
        payment
        for payment in _waiting(turn.db, exchange.asked["payments"])
        if settled.issuperset(_names(payment, with_payer=again))
    ]
    known = _books(turn, told)
    outcomes = [check(payment, known) for payment in waiting]
    ready = [outcome for outcome in outcomes if isinstance(outcome, Ready)]
    misfits = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    unclear = [outcome.payment_id for outcome in outcomes if isinstance(outcome, AskCustomer)]
    return Taken(
        learned=_cursor(turn.session, exchange, unclear)
        | {
            "methods_to_add": _methods_to_add(turn.session, ready),
            "to_post": turn.session.to_post + _mark(turn, ready, waiting),
            "rejected": turn.session.rejected + _reject(turn, misfits),
            **_said(refused.values()),
        }
    )


def _questions(
    turn: Turn, token: str, references: Sequence[Reference]
) -> tuple[str, list[Reference], list[Reference]]:
    """Build the message set; those that no QuickBooks could have are left out, and given last.

    Intake refuses an id that cannot be one; this keeps one that slipped through from stopping the
    sync of all the others.
    """
    asked, unaskable = list(references), list[Reference]()
    while True:
        # A message set cannot be empty: where nothing is to be asked, the lists are, once more.
        asked = asked or list(_LISTS)
        try:
            return plain_set(turn, token, [_message(*item) for item in asked]), asked, unaskable
        except BuildError as error:
            misfit = asked[number_of(error.request_id or "", token)]
            asked.remove(misfit)
            unaskable.append(misfit)


def _is_told(answer: Response) -> bool:
    """Say whether QuickBooks answered the question, be it that there is no such thing."""
    return answer.status.is_success or answer.status.code in (NO_MATCH, MALFORMED_ID)


def _said(refused: Iterable[Response]) -> dict[str, str]:
    """Tell the office of questions that were refused; their payments wait for the next sync."""
    for answer in refused:
        return {"message": UNANSWERED.format(said=answer.status.message)}
    return {}


def _next_payments(turn: Turn) -> list[Waiting]:
    """Read those to be looked at again, else the next page and one more to see if it is the last.

    A payment without invoices needs no question, so a page is limited by payments as well.
    """
    session, limit = turn.session, turn.settings.import_page_size
    if session.look_again:
        return _waiting(turn.db, session.look_again)
    ids = outbox.waiting_page(
        turn.db, session.company_file_id, after=session.looked_up_to, limit=limit + 1
    )
    return _waiting(turn.db, ids)


def _page(
    payments: Sequence[Waiting], *, begin: Sequence[Reference], limit: int, with_payers: bool
) -> tuple[list[int], list[Reference]]:
    """Cut a page of at most `limit` payments and questions, besides those it begins with.

    One payment always fits.
    """
    references = dict.fromkeys(begin)
    page: list[int] = []
    for payment in payments[:limit]:
        more = references | dict.fromkeys(_names(payment, with_payer=with_payers))
        if page and len(more) > limit + len(begin):
            break
        references = more
        page.append(payment.id)
    return page, list(references)


def _names(payment: Waiting, *, with_payer: bool) -> list[Reference]:
    """List what must be known to check a payment."""
    names: list[Reference] = []
    if with_payer and payment.customer.list_id is not None:
        names.append((CUSTOMER, payment.customer.list_id))
    for part in payment.apply:
        if part.txn_id is not None:
            names.append((TXN_ID, part.txn_id))
        elif part.number is not None:
            names.append((NUMBER, part.number))
    return names


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


def _waiting(db: Connection, ids: Sequence[int]) -> list[Waiting]:
    """Read payments that still wait, as the check sees them."""
    rows = outbox.waiting_among(db, ids)
    parts = outbox.applies(db, [row.id for row in rows])
    return [
        Waiting(
            id=row.id,
            customer=Customer(
                list_id=row.customer_list_id,
                name=row.customer_name,
                external_id=row.customer_external_id,
            ),
            method=row.method,
            apply=tuple(
                Apply(
                    amount_cents=part.amount_cents,
                    txn_id=part.invoice_txn_id,
                    number=part.invoice_number,
                    external_id=part.invoice_external_id,
                )
                for part in parts[row.id]
            ),
        )
        for row in rows
    ]


def _take_lists(turn: Turn, told: Mapping[Reference, Response]) -> str | None:
    """Write the lists as told; a sentence when QuickBooks did not tell them."""
    answers = [told.get(reference) for reference in _LISTS]
    for answer in answers:
        if answer is None or not _is_told(answer):
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
    return None


def _books(turn: Turn, told: Mapping[Reference, Response]) -> Books:
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
    return Books(
        invoices=invoices,
        customer_names=names,
        methods=lists.methods(turn.db, turn.session.company_file_id),
        may_add_methods=installs.policy(turn.db, turn.session.company_file_id).add_payment_methods,
    )


def _invoice(item: InvoiceRet, txn_id: str) -> Invoice:
    return Invoice(
        txn_id=txn_id,
        number=item.ref_number,
        customer_list_id=item.customer_ref.list_id if item.customer_ref else None,
        customer_name=item.customer_ref.full_name if item.customer_ref else None,
        ar_account_list_id=item.ar_account_ref.list_id if item.ar_account_ref else None,
        is_open=item.is_paid is not True,
    )


def _mark(turn: Turn, ready: Sequence[Ready], waiting: Sequence[Waiting]) -> int:
    """Mark what fits for posting; give how many."""
    asked = {payment.id: payment for payment in waiting}
    payments = [
        {
            "payment": item.payment_id,
            "to_customer_list_id": item.customer_list_id,
            "to_customer_name": item.customer_name,
            "to_account_list_id": item.ar_account_list_id,
            "to_method_list_id": item.method_list_id,
        }
        for item in ready
    ]
    found = [
        {"payment": item.payment_id, "place": place, "to_txn_id": txn_id}
        for item in ready
        for place, (part, txn_id) in enumerate(
            zip(asked[item.payment_id].apply, item.txn_ids, strict=True)
        )
        if part.txn_id is None
    ]
    return outbox.mark_checked(turn.db, turn.session.id, payments, found)


def _reject(turn: Turn, refused: Sequence[Refused]) -> int:
    """Reject what cannot fit; give how many."""
    outbox.record(
        turn.db,
        PaymentStatus.QUEUED,
        PaymentStatus.REJECTED,
        Mover.CHECK,
        [{"payment": item.payment_id, **rejection_columns(item.rejection)} for item in refused],
        now=turn.now,
    )
    outbox.add_events(
        turn.db, check_events(turn, {item.payment_id: item.rejection for item in refused})
    )
    return len(refused)


def _cursor(session: SessionRow, exchange: ExchangeRow, unclear: list[int]) -> dict[str, Any]:
    """Say where the look-up goes on. Those that are unclear come first, with their payers."""
    page = exchange.asked["payments"]
    if exchange.asked["again"]:
        left = [payment_id for payment_id in session.look_again if payment_id not in page]
        return {"look_again": left if exchange.asked["more"] else []}
    return {
        "look_again": unclear,
        "looked_up_to": page[-1] if page else 0,
        "looked": session.looked + len(page),
        "more_pages": exchange.asked["more"],
    }


def _methods_to_add(session: SessionRow, ready: Sequence[Ready]) -> list[list[str]]:
    """List the payment methods to be added first, each name once whatever its case."""
    added = {name.casefold(): [name, type_] for name, type_ in session.methods_to_add}
    for item in ready:
        if item.add_method is not None:
            added.setdefault(item.add_method[0].casefold(), list(item.add_method))
    return list(added.values())
