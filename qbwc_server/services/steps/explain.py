"""Step 6: look again. Why QuickBooks refused payments, and what becomes of those that waited.

The invoices that they mean are asked for by TxnID with what is set against them, the customer too,
and the payment itself by its number; the cause is decided by what is there, not by the code alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.base import AnyRow
from models.queries import books as short_lists
from models.queries import companies, ledger, outbox
from models.queries.exchanges import ExchangeRow
from qbwc_server.services.steps import evidence, lists, look_up, questions
from qbwc_server.services.steps.known import is_answered, known
from qbwc_server.services.steps.questions import (
    CUSTOMER,
    NAME,
    NUMBER,
    PREFERENCES,
    RECEIPT,
    TXN_ID,
    Question,
)
from qbwc_server.services.steps.step import (
    Asked,
    Taken,
    Turn,
    answer_to,
    rejection_columns,
    watch,
)
from qbxml.company import PreferencesRet
from qbxml.envelope import MessageSet, Response
from qbxml.invoice import InvoiceRet
from qbxml.payment import ReceivePaymentRet
from sync_core import second_look
from sync_core.books import Customer
from sync_core.check import Waiting
from sync_core.doubt import REFUSALS_MAX
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause, Rejection
from sync_core.second_look import Sent
from sync_core.wording import notes, office


def ask(turn: Turn, token: str) -> Asked:
    """Ask for what refused and waiting payments mean, as many as one answer is to bring."""
    session = turn.session
    refused = outbox.to_check(turn.db, session.to_explain, PaymentStatus.REJECTED)
    held = outbox.to_check(turn.db, session.held, PaymentStatus.QUEUED)
    sent = _as_sent(turn, refused)
    numbers = _numbers(turn, sent)
    wanted = {
        payment.id: _wanted(payment, row, numbers)
        for row, payment in zip(
            (*refused, *held), (*sent, *look_up.as_waiting(turn, held)), strict=True
        )
    }
    page, asked = questions.page(wanted, limit=turn.settings.import_page_size)
    xml, asked, _ = questions.message_set(turn, token, asked)
    if not xml:
        return Asked(xml="", learned={"to_explain": [], "held": []})
    left = [number for number in wanted if number not in page]
    return Asked(
        xml=xml,
        asked={
            "questions": asked,
            "refused": [row.id for row in refused if row.id in page],
            "held": [row.id for row in held if row.id in page],
        },
        learned={
            "to_explain": [row.id for row in refused if row.id in left],
            "held": [row.id for row in held if row.id in left],
        },
    )


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Say why they were refused, by what QuickBooks told; check those that waited once more."""
    answers = answer.by_request_id()
    told: dict[Question, Response] = {
        (kind, value): response
        for number, (kind, value) in enumerate(exchange.asked["questions"])
        if (response := answer_to(answers, exchange.token, number)) is not None
        and is_answered(response)
    }
    objects = [item for response in told.values() for item in response.objects]
    read = lists.take_referred(turn, [item for item in objects if isinstance(item, InvoiceRet)])
    posted = evidence.take_receipts(
        turn, [item for item in objects if isinstance(item, ReceivePaymentRet)]
    )
    for item in objects:
        if isinstance(item, PreferencesRet) and item.accounting_preferences is not None:
            closed = {"closing_date": item.accounting_preferences.closing_date}
            companies.change(turn.db, turn.session.company_file_id, closed)
    learned = _explain(turn, exchange.asked["refused"], told)
    session = replace(turn.session, **learned, posted=turn.session.posted + posted)
    then = replace(turn, session=session)
    learned |= read | {"posted": session.posted}
    learned |= _check_held(then, exchange.asked["held"], told)
    return Taken(learned=learned)


def _as_sent(turn: Turn, rows: Sequence[AnyRow]) -> list[Waiting]:
    """Make payments what the check sees, on the very invoices with which they were sent."""
    parts = outbox.applies(turn.db, [row.id for row in rows])
    return [
        replace(
            payment,
            apply=tuple(
                replace(part, txn_id=row.txn_id or part.txn_id)
                for part, row in zip(payment.apply, parts[payment.id], strict=True)
            ),
        )
        for payment in look_up.as_waiting(turn, rows)
    ]


def _sent(row: AnyRow) -> Sent:
    return Sent(
        customer=Customer(
            list_id=row.post_customer_list_id,
            name=None if row.post_customer_list_id else row.post_customer_name,
        ),
        ar_account_list_id=row.post_ar_account_list_id,
    )


def _numbers(turn: Turn, payments: Sequence[Waiting]) -> dict[str, str]:
    """Give the numbers of the invoices (TxnIDs) that payments mean, where they are known."""
    txn_ids = {part.txn_id for payment in payments for part in payment.apply if part.txn_id}
    rows = ledger.invoices_named(
        turn.db, turn.session.company_file_id, txn_ids=txn_ids, plain_numbers=()
    )
    return {row.txn_id: row.number for row in rows if row.number}


def _wanted(payment: Waiting, row: AnyRow, numbers: Mapping[str, str]) -> list[Question]:
    txn_ids = [part.txn_id for part in payment.apply if part.txn_id is not None]
    found: list[Question] = [(TXN_ID, txn_id) for txn_id in txn_ids]
    if row.status == PaymentStatus.REJECTED:
        # One that was deleted may have been entered again, under its number.
        found += [(NUMBER, numbers[txn_id]) for txn_id in txn_ids if txn_id in numbers]
        found.append((RECEIPT, row.reference))
        if row.cause == Cause.CUSTOMER_UNAVAILABLE:
            payer = _sent(row).customer
            asked = (CUSTOMER, payer.list_id) if payer.list_id else (NAME, payer.name or "")
            found.append((asked[0], asked[1] or ""))
        if row.cause == Cause.CLOSED_PERIOD:
            found.append((PREFERENCES, ""))  # the books may have been closed meanwhile
    return found


def _explain(
    turn: Turn, payment_ids: Sequence[int], told: Mapping[Question, Response]
) -> dict[str, Any]:
    """Write why payments were refused; give what the session has learned of those that fit now."""
    rows = outbox.to_check(turn.db, payment_ids, PaymentStatus.REJECTED)
    payments = _as_sent(turn, rows)
    books = known(turn, payments, told).books
    used = {
        invoice.ar_account_list_id
        for invoice in books.invoices.values()
        if invoice.ar_account_list_id
    } | {row.post_ar_account_list_id for row in rows if row.post_ar_account_list_id}
    names = short_lists.account_names(turn.db, turn.session.company_file_id, used)
    books = replace(books, accounts=names)
    moved = [
        row
        for row, payment in zip(rows, payments, strict=True)
        if row.refusals < REFUSALS_MAX and second_look.is_moved(payment, books, _sent(row))
    ]
    found = {
        row.id: second_look.why(payment, books, as_rejection(row), _sent(row))
        for row, payment in zip(rows, payments, strict=True)
        if row not in moved
    }
    write(turn, rows, found)
    if not moved:
        return {}
    look_up.wait_again(
        turn, moved, notes.MOVED, refusals={row.id: row.refusals + 1 for row in moved}
    )
    return {
        "rejected": turn.session.rejected - len(moved),
        "message": " ".join(filter(None, (turn.session.message, office.MOVED_MEANWHILE))),
    }


def write(turn: Turn, rows: Sequence[AnyRow], found: Mapping[int, Rejection]) -> None:
    """Write why payments were rejected, as it is known now, where that is news."""
    news = {
        row.id: found[row.id] for row in rows if row.id in found and _differs(row, found[row.id])
    }
    outbox.rewrite_rejections(
        turn.db,
        [
            {"payment": payment_id, **rejection_columns(rejection)}
            for payment_id, rejection in news.items()
        ],
    )
    outbox.add_events(
        turn.db,
        [
            {
                "payment_id": payment_id,
                "at": turn.now,
                "from_status": PaymentStatus.REJECTED,
                "to_status": PaymentStatus.REJECTED,
                "by": "session",
                "note": notes.EXPLAINED.format(summary=rejection.summary),
                "wc_session_id": turn.session.id,
            }
            for payment_id, rejection in news.items()
        ],
    )
    watch(turn, found)


def _differs(row: AnyRow, rejection: Rejection) -> bool:
    return bool(
        (row.cause, row.variant, row.facts, row.summary)
        != (rejection.cause, rejection.variant, dict(rejection.facts), rejection.summary)
    )


def as_rejection(row: AnyRow) -> Rejection:
    """Make a rejection of what a payment keeps of it."""
    return Rejection(
        cause=Cause(row.cause),
        summary=row.summary or "",
        variant=row.variant,
        facts=row.facts or {},
        evidence=tuple(row.evidence or ()),
        status_code=row.status_code,
        status_message=row.status_message,
    )


def _check_held(
    turn: Turn, payment_ids: Sequence[int], told: Mapping[Question, Response]
) -> dict[str, Any]:
    """Check those that waited for others; what still waits for some that now go waits on."""
    rows = outbox.to_check(turn.db, payment_ids, PaymentStatus.QUEUED)
    if not rows:
        return {}
    payments = look_up.as_waiting(turn, rows)
    learned = look_up.decide(turn, payments, known(turn, payments, told))
    if learned["to_post"] == turn.session.to_post:
        learned["held"] = turn.session.held  # nothing goes that they could wait for: next sync
    return learned
