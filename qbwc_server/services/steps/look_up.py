"""Step: look up. The lists of QuickBooks, and the invoices that waiting payments name.

The waiting payments are gone through in pages, oldest first, each once a session; what fits is
marked for posting, what cannot fit is rejected without troubling QuickBooks.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from models.queries import outbox
from models.queries.exchanges import ExchangeRow
from models.queries.sessions import SessionRow
from qbwc_server.services.steps import holds, questions, told
from qbwc_server.services.steps.step import (
    Asked,
    Taken,
    Turn,
    answer_to,
    check_events,
    rejection_columns,
)
from qbxml.envelope import MessageSet, Response
from sync_core.check import Apply, AskCustomer, Customer, Ready, Refused, Waiting, check
from sync_core.lifecycle import Mover, PaymentStatus

UNANSWERED = "QuickBooks did not answer about some invoices, so their payments wait: {said}"


def ask(turn: Turn, token: str) -> Asked:
    """Ask about the next page of waiting payments; the lists come with the first one."""
    session = turn.session
    is_first = not session.looked_up_to and not session.look_again
    payments = _next_payments(turn)
    page, wanted = questions.page(
        payments,
        begin=questions.LISTS if is_first else (),
        limit=turn.settings.import_page_size,
        with_payers=bool(session.look_again),
    )
    if not page:  # nothing waits, or what was left has gone in the meantime
        more = bool(session.look_again) and session.more_pages
        return Asked(xml="", learned={"look_again": [], "more_pages": more})
    xml, asked, unaskable = questions.message_set(turn, token, wanted)
    return Asked(
        xml=xml,
        asked={
            "questions": asked,
            "unaskable": unaskable,
            "payments": page,
            "again": bool(session.look_again),
            "more": len(page) < len(payments),
        },
    )


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Learn what QuickBooks told, and check the page of payments against it."""
    answers = answer.by_request_id()
    answered = {
        (kind, value): response
        for number, (kind, value) in enumerate(exchange.asked["questions"])
        if (response := answer_to(answers, exchange.token, number)) is not None
    }
    if list(questions.LISTS[0]) in exchange.asked["questions"]:
        stop = told.take_lists(turn, answered)
        if stop is not None:
            return Taken(stop=stop)
    again = exchange.asked["again"]
    refused = {name: each for name, each in answered.items() if not told.is_answered(each)}
    settled = answered.keys() - refused.keys()
    settled |= {(kind, value) for kind, value in exchange.asked["unaskable"]}
    waiting = [
        payment
        for payment in _waiting(turn, exchange.asked["payments"])
        if settled.issuperset(questions.names(payment, with_payer=again))
    ]
    known = told.books(turn, answered)
    held = holds.hold(turn, [payment.id for payment in waiting])
    outcomes = [
        held.refused.get(payment.id) or check(payment, known)
        for payment in waiting
        if payment.id not in held.not_now
    ]
    ready = [outcome for outcome in outcomes if isinstance(outcome, Ready)]
    misfits = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    unclear = [outcome.payment_id for outcome in outcomes if isinstance(outcome, AskCustomer)]
    return Taken(
        learned=_cursor(turn.session, exchange, unclear)
        | {
            "methods_to_add": _methods_to_add(turn.session, ready),
            "to_post": turn.session.to_post + _mark(turn, ready, waiting),
            "posted": turn.session.posted + held.standing,
            "rejected": turn.session.rejected + _reject(turn, misfits),
            **_said(refused.values()),
        }
    )


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
        return _waiting(turn, session.look_again)
    ids = outbox.waiting_page(
        turn.db, session.company_file_id, session.id, after=session.looked_up_to, limit=limit + 1
    )
    return _waiting(turn, ids)


def _waiting(turn: Turn, ids: Sequence[int]) -> list[Waiting]:
    """Read payments that still wait, as the check sees them."""
    rows = outbox.waiting_among(turn.db, turn.session.id, ids)
    parts = outbox.applies(turn.db, [row.id for row in rows])
    return [
        Waiting(
            id=row.id,
            customer=Customer(
                list_id=row.customer_list_id,
                name=row.customer_name,
                external_id=row.customer_external_id,
            ),
            method=row.method,
            currency=row.currency,
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
