"""Step: look up. Check the waiting payments; ask only for what the tables do not know of them.

They are gone through in pages, oldest first, each once a session; what fits is marked for posting,
what cannot fit is rejected without troubling QuickBooks.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from models.base import AnyRow
from models.queries import mappings, outbox, payments, watches
from models.queries.exchanges import ExchangeRow
from models.queries.sessions import SessionRow
from qbwc_server.services import meaning
from qbwc_server.services.steps import holds, lists, questions
from qbwc_server.services.steps.known import Known, is_answered, known, unknown
from qbwc_server.services.steps.questions import Question
from qbwc_server.services.steps.step import (
    Asked,
    Taken,
    Turn,
    answer_to,
    check_events,
    rejection_columns,
    watch,
)
from qbxml.envelope import MessageSet, Response
from qbxml.invoice import InvoiceRet
from sync_core.books import Books, Customer
from sync_core.check import Apply, Later, Ready, Refused, Waiting, check
from sync_core.lifecycle import Mover, PaymentStatus
from sync_core.names import Meant, plain
from sync_core.wording import notes, office
from sync_core.wording.phrases import fill

log = structlog.get_logger()


def ask(turn: Turn, token: str) -> Asked:
    """Check pages of waiting payments until there is enough to post, or something to be asked."""
    learned: dict[str, Any] = {}
    while True:
        session = turn.session
        if session.look_again:
            asked = _ask_for(turn, token)
            learned |= asked.learned
            if asked.xml:
                return replace(asked, learned=learned)
        elif not session.more_pages or session.to_post >= turn.settings.message_set_max:
            return Asked(xml="", learned=learned)
        else:
            learned |= _check_page(turn)
        turn = replace(turn, session=replace(session, **learned))


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Check the payments that were asked for by what QuickBooks told."""
    answers = answer.by_request_id()
    answered: dict[Question, Response] = {
        (kind, value): response
        for number, (kind, value) in enumerate(exchange.asked["questions"])
        if (response := answer_to(answers, exchange.token, number)) is not None
    }
    refused = {name: each for name, each in answered.items() if not is_answered(each)}
    told = {name: each for name, each in answered.items() if name not in refused}
    open_ones = [
        item
        for response in told.values()
        for item in response.objects
        if isinstance(item, InvoiceRet) and item.is_paid is not True
    ]
    read = lists.take_referred(turn, open_ones)
    settled = told.keys() | {(kind, value) for kind, value in exchange.asked["unaskable"]}
    payments = [
        payment
        for payment in _waiting(turn, exchange.asked["payments"])
        if settled.issuperset(tuple(one) for one in exchange.asked["wanted"][str(payment.id)])
    ]
    _explain(turn, exchange, settled, refused)
    left = [one for one in turn.session.look_again if one not in exchange.asked["payments"]]
    decided = decide(turn, payments, known(turn, payments, told))
    return Taken(learned=decided | read | {"look_again": left} | _said(turn, refused.values()))


def _check_page(turn: Turn) -> dict[str, Any]:
    """Check the next page of waiting payments; those of which too little is known come again."""
    session, limit = turn.session, turn.settings.import_page_size
    ids = outbox.waiting_page(
        turn.db,
        session.company_file_id,
        session.id,
        after=session.looked_up_to,
        until=session.waiting_to or 0,
        limit=limit,
    )
    payments = _waiting(turn, ids)
    now = known(turn, payments, {})
    unclear = [payment.id for payment in payments if unknown(payment, now)]
    clear = [payment for payment in payments if payment.id not in unclear]
    return decide(turn, clear, now) | {
        "look_again": unclear,
        "looked_up_to": ids[-1] if ids else session.looked_up_to,
        "looked": session.looked + len(payments),
        "more_pages": len(ids) == limit,
    }


def _ask_for(turn: Turn, token: str) -> Asked:
    """Ask for what is not known of the payments that come again; no text when all is known now."""
    payments = _waiting(turn, turn.session.look_again)
    now = known(turn, payments, {})
    wanted = {payment.id: unknown(payment, now) for payment in payments}
    page, asked = questions.page(
        {number: own for number, own in wanted.items() if own},
        limit=turn.settings.import_page_size,
    )
    xml, asked, unaskable = questions.message_set(turn, token, asked)
    # What no QuickBooks could have is known to be nowhere.
    dropped = {number for number, own in wanted.items() if set(own) <= set(unaskable)}
    decided = decide(turn, [payment for payment in payments if payment.id in dropped], now)
    return Asked(
        xml=xml,
        asked={
            "questions": asked,
            "unaskable": unaskable,
            "payments": [number for number in page if number not in dropped],
            "wanted": {number: wanted[number] for number in page},
        },
        learned=decided | {"look_again": [number for number in wanted if number not in dropped]},
    )


def decide(turn: Turn, payments: Sequence[Waiting], now: Known) -> dict[str, Any]:
    """Check payments of which enough is known; give what the session has learned by that.

    Each that fits reserves what it takes of its invoices. One that fits only if those before it do
    not go in waits until they are answered.
    """
    session = turn.session
    watches.end_of_numbers(turn.db, keep_meant(turn, payments, now.books))
    held = holds.hold(turn, [payment.id for payment in payments])
    outcomes = []
    for payment in payments:
        if payment.id in held.not_now:
            continue
        outcome = held.refused.get(payment.id) or check(payment, now.books)
        outcomes.append(outcome)
        if isinstance(outcome, Ready):
            for txn_id, cents in zip(outcome.txn_ids, outcome.cents, strict=True):
                now.reserved[txn_id] = now.reserved.get(txn_id, 0) + cents
    ready = [outcome for outcome in outcomes if isinstance(outcome, Ready)]
    misfits = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    later = [outcome.payment_id for outcome in outcomes if isinstance(outcome, Later)]
    return {
        "methods_to_add": _methods_to_add(session, ready),
        "to_post": session.to_post + _mark(turn, ready, payments, now.hidden),
        "posted": session.posted + held.standing,
        "rejected": session.rejected + reject(turn, misfits),
        "held": [*session.held, *later],
    }


def _explain(
    turn: Turn,
    exchange: ExchangeRow,
    settled: Collection[Question],
    refused: Mapping[Question, Response],
) -> None:
    """Write beside the payments of which too little was told why they wait."""
    why: dict[int, str] = {}
    for number in exchange.asked["payments"]:
        left = [
            (kind, value)
            for kind, value in exchange.asked["wanted"][str(number)]
            if (kind, value) not in settled
        ]
        said = [refused[one].status.message for one in left if one in refused]
        if left:
            why[number] = fill(notes.UNSETTLED, {"said": said[0]} if said and said[0] else {})
    outbox.explain(turn.db, why)


def _said(turn: Turn, refused: Iterable[Response]) -> dict[str, str]:
    """Tell the office of questions that were refused; their payments wait for the next sync."""
    for answer in refused:
        unanswered = office.UNANSWERED.format(said=answer.status.message)
        return {"message": " ".join(filter(None, (turn.session.message, unanswered)))}
    return {}


def _waiting(turn: Turn, ids: Sequence[int]) -> list[Waiting]:
    """Read payments that still wait, as the check sees them."""
    return as_waiting(turn, outbox.waiting_among(turn.db, turn.session.id, ids))


def as_waiting(turn: Turn, rows: Sequence[AnyRow]) -> list[Waiting]:
    """Make payments what the check sees: in QuickBooks' ids where mapped, as a person chose."""
    company_file_id = turn.session.company_file_id
    parts = outbox.applies(turn.db, [row.id for row in rows])
    payers = meaning.payers(
        turn.db,
        company_file_id,
        {_named(row) for row in rows if not row.chosen_customer_list_id},
    )
    invoices = mappings.resolve(
        turn.db,
        company_file_id,
        Meant.INVOICES,
        {
            part.invoice_external_id
            for own in parts.values()
            for part in own
            if part.invoice_external_id
        },
    )
    return [
        Waiting(
            id=row.id,
            customer=_payer(row, payers),
            method=row.method,
            currency=row.currency,
            amount_cents=row.amount_cents,
            received_on=row.received_on,
            as_credit=row.as_credit,
            what_fits=row.what_fits,
            post_on=row.post_on,
            post_anyway=row.post_anyway,
            apply=tuple(_apply(part, invoices) for part in parts[row.id]),
        )
        for row in rows
    ]


def _named(row: AnyRow) -> Customer:
    """Say whom a payment is from, in the site's words."""
    return Customer(
        list_id=row.customer_list_id, name=row.customer_name, external_id=row.customer_external_id
    )


def _payer(row: AnyRow, payers: Mapping[Customer, Customer]) -> Customer:
    """Say whom a payment is from: a person's choice for it, or whom the site's words mean."""
    chosen = row.chosen_customer_list_id
    return Customer(list_id=chosen) if chosen else payers[_named(row)]


def _apply(part: AnyRow, invoices: Mapping[str, str]) -> Apply:
    """Make a part of a payment what the check sees; `invoices` says what the site's ids mean.

    A number means what it meant when that was first known. What was due is that invoice's alone.
    """
    own = part.invoice_txn_id
    if part.invoice_number is not None:
        own = part.meant_txn_id
    elif part.invoice_external_id is not None:
        own = invoices.get(part.invoice_external_id)
    txn_id = part.chosen_txn_id or own
    is_as_it_came = txn_id == (part.invoice_txn_id or part.meant_txn_id)
    return Apply(
        amount_cents=part.amount_cents,
        txn_id=txn_id,
        number=part.invoice_number,
        external_id=part.invoice_external_id,
        balance_before=part.balance_before_cents if is_as_it_came else None,
        total_before=part.total_before_cents if is_as_it_came else None,
        given_txn_id=part.invoice_txn_id,
        written=(part.post_txn_id, part.post_cents),
    )


def keep_meant(turn: Turn, payments: Sequence[Waiting], books: Books) -> set[tuple[int, str]]:
    """Keep which invoices payments mean by numbers, as soon as that is known.

    Gives the payments (by id) with each number that is known now, as numbers are compared. What
    was due when the customer paid is not known then: it may have changed since.
    """
    found = {
        (payment.id, place): (meant.txn_id, part.number)
        for payment in payments
        for place, part in enumerate(payment.apply)
        if part.txn_id is None and part.number is not None
        if (meant := books.meant(part.number, payment.customer)) is not None
    }
    outbox.keep_meant(turn.db, {part: txn_id for part, (txn_id, _) in found.items()})
    return {(payment_id, plain(number)) for (payment_id, _), (_, number) in found.items()}


def _mark(
    turn: Turn, ready: Sequence[Ready], waiting: Sequence[Waiting], hidden: frozenset[str]
) -> int:
    """Mark what fits for posting; give how many.

    An invoice that is hidden by the Sync From Date is shown again when a payment means it.
    """
    lists.show(turn, hidden.intersection(txn_id for item in ready for txn_id in item.txn_ids))
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
    asked = {payment.id: payment for payment in waiting}
    found = [
        {"payment": item.payment_id, "place": place, "to_txn_id": txn_id, "to_cents": cents}
        for item in ready
        for place, txn_id, cents in _news(asked[item.payment_id].apply, item)
    ]
    return outbox.mark_checked(turn.db, turn.session.id, payments, found)


def _news(parts: Sequence[Apply], item: Ready) -> Iterator[tuple[int, str | None, int | None]]:
    """Give the parts that will stand otherwise than was written: TxnID and cents, None as asked."""
    # A payment on account leaves nothing on any invoice.
    txn_ids: Sequence[str | None] = item.txn_ids or [None] * len(parts)
    all_cents = item.cents or [0] * len(parts)
    for place, (part, txn_id, cents) in enumerate(zip(parts, txn_ids, all_cents, strict=True)):
        own_txn_id = None if txn_id == part.given_txn_id else txn_id
        own_cents = None if cents == part.amount_cents else cents
        if (own_txn_id, own_cents) != part.written:
            yield place, own_txn_id, own_cents


def reject(turn: Turn, refused: Sequence[Refused]) -> int:
    """Reject what cannot fit; give how many."""
    rejections = {item.payment_id: item.rejection for item in refused}
    outbox.record(
        turn.db,
        PaymentStatus.QUEUED,
        PaymentStatus.REJECTED,
        Mover.CHECK,
        [{"payment": item.payment_id, **rejection_columns(item.rejection)} for item in refused],
        now=turn.now,
    )
    outbox.add_events(turn.db, check_events(turn, rejections))
    watch(turn, rejections)
    return len(refused)


def wait_again(
    turn: Turn, rows: Sequence[AnyRow], why: str, *, refusals: Mapping[int, int] | None = None
) -> None:
    """Let rejected payments wait again; `refusals` counts how often they were refused (by id)."""
    outbox.record(
        turn.db,
        PaymentStatus.REJECTED,
        PaymentStatus.QUEUED,
        Mover.HEALING,
        [
            {
                "payment": row.id,
                **payments.NO_REJECTION,
                "note": why,
                "refusals": (refusals or {}).get(row.id, 0),
                "cleared_session_id": None,
            }
            for row in rows
        ],
        now=turn.now,
    )
    outbox.add_events(
        turn.db,
        [
            {
                "payment_id": row.id,
                "at": turn.now,
                "from_status": PaymentStatus.REJECTED,
                "to_status": PaymentStatus.QUEUED,
                "by": "session",
                "note": why,
                "wc_session_id": turn.session.id,
            }
            for row in rows
        ],
    )
    if rows:
        log.info("healed", session=turn.session.id, count=len(rows))


def _methods_to_add(session: SessionRow, ready: Sequence[Ready]) -> list[list[str]]:
    """List the payment methods to be added first, each name once whatever its case."""
    added = {name.casefold(): [name, type_] for name, type_ in session.methods_to_add}
    for item in ready:
        if item.add_method is not None:
            added.setdefault(item.add_method[0].casefold(), list(item.add_method))
    return list(added.values())
