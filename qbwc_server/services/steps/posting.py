"""Step 5: post. Waiting payments that fit leave as one message set, and each answer is decided.

The claim, the attempts and the message set are committed together before a byte leaves; see
`docs/exactly-once.md`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from models.base import AnyRow
from models.queries import books, installs, ledger, outbox
from models.queries import receipts as stored
from models.queries.exchanges import ExchangeRow
from qbwc_server.services.steps import called, doubts, evidence, healing
from qbwc_server.services.steps.step import Asked, Taken, Turn, check_events, rejection_columns
from qbxml import envelope
from qbxml.envelope import MessageSet, Request, Response
from qbxml.errors import BuildError
from qbxml.fields import Ref
from sync_core import doubt
from sync_core.causes import rejected
from sync_core.decide import NotExecuted, Outcome, Posted, Rejected, Sent, Unknown, decide
from sync_core.lifecycle import AttemptOutcome, Mover, PaymentStatus
from sync_core.receipts import Receipt
from sync_core.rejection import Cause
from sync_core.translate import Outgoing, to_receive_payment
from sync_core.variants import Variant
from sync_core.wording import notes, office

# With the 64 bits of the message set's token: an attempt's requestID is never made twice.
REQUEST_ID_BYTES = 6

# What an IDTYPE and an EditSequence hold (Intuit XSD 13.0). A longer one was garbled on its way.
TXN_ID_LENGTH_MAX, EDIT_SEQUENCE_LENGTH_MAX = 36, 16

# What QuickBooks says of these is all that there is to know.
_SAYS_WHY = (Cause.NOT_PERMITTED, Cause.LOCKED)


def ask(turn: Turn, token: str) -> Asked:
    """Claim the next payments and put them into one message set.

    Nothing, if a receipt was found to be one too many since the look-up; another ticket's late
    answer may have told. After a refusal that would hit every payment, one is tried alone.
    """
    paused = doubts.why_paused(turn)
    if paused is not None:
        return Asked(xml="", learned={"to_post": 0, **_paused(turn, paused)})
    refused = installs.policy(turn.db, turn.session.company_file_id).refused
    limit = 1 if refused else turn.session.set_limit or turn.settings.message_set_max
    claimed = outbox.claim(turn.db, turn.session.id, limit=limit, now=turn.now)
    requests = _requests(turn, claimed, token)
    misfits: dict[int, BuildError] = {}
    xml = _build(turn, requests, misfits)
    _reject(turn, misfits, {row.id: row.attempt_count - 1 for row in claimed})
    left = turn.session.to_post - len(claimed) if claimed else 0
    return Asked(
        xml=xml,
        attempts={payment_id: request.request_id for payment_id, request in requests.items()},
        learned={
            "to_post": max(left, 0),
            "rejected": turn.session.rejected + len(misfits),
        },
    )


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Decide every payment of the message set by the answers under its own requestID.

    Sources: exactly-once rules A.2 and D.1.
    """
    answers = answer.by_request_id()
    answered = decided_all(turn, outbox.open_attempts(turn.db, exchange.id), answers)
    names = called.names_of(
        turn,
        {
            attempt.payment_id
            for attempt, outcome in answered.items()
            if isinstance(outcome, NotExecuted)
        },
    )
    outcomes = {
        attempt: _last_try(attempt, outcome, names.get(attempt.payment_id, {}))
        for attempt, outcome in answered.items()
    }
    write(turn, outcomes, names)
    posted = [item for item in outcomes.values() if isinstance(item, Posted)]
    if posted:
        keeps_guid = any(item.keeps_guid for item in posted)
        stored.learn(turn.db, turn.session.company_file_id, {"keeps_guid": keeps_guid})
    _note_balances(turn, posted)
    rejections = {
        attempt.payment_id: item.rejection
        for attempt, item in outcomes.items()
        if isinstance(item, Rejected) and _is_awaited(attempt)
    }
    stopped = any(one.cause is Cause.NOT_PERMITTED for one in rejections.values())
    lifted: dict[str, Any] = {}
    if stopped or posted or rejections:
        was_refused = installs.note_refusal(turn.db, turn.session.company_file_id, refused=stopped)
        if was_refused and not stopped:
            lifted = healing.lift(turn)
    moved = [type(item) for attempt, item in outcomes.items() if _is_awaited(attempt)]
    told = {office.HELD_BACK: NotExecuted in moved, office.STOPPED: stopped}
    learned = {
        "posted": turn.session.posted + moved.count(Posted),
        "rejected": turn.session.rejected + moved.count(Rejected),
        "message": _message(turn, [sentence for sentence, is_so in told.items() if is_so]),
        "to_explain": [
            *turn.session.to_explain,
            *(number for number, one in rejections.items() if one.cause not in _SAYS_WHY),
        ],
        **({"is_paused": True} if stopped else {}),
        **_grown(turn),
        **lifted,
    }
    paused = doubts.why_paused(turn) if len(moved) < len(outcomes) else None
    if paused is not None:
        learned |= _paused(turn, paused)
    return Taken(learned=learned)


def _note_balances(turn: Turn, posted: Sequence[Posted]) -> None:
    """Write what is left of the invoices that were paid, where they are known."""
    left: dict[str, int] = {}
    for item in posted:  # several payments of a set may be on one invoice: the least is the last
        for txn_id, cents in item.balances:
            left[txn_id] = min(cents, left.get(txn_id, cents))
    if left:
        company_file_id = turn.session.company_file_id
        ledger.pay(turn.db, company_file_id, left, ledger.next_change(turn.db, company_file_id))


def _is_awaited(attempt: AnyRow) -> bool:
    """Say whether a payment still waits for this answer: no evidence has moved it since."""
    return bool(attempt.status == PaymentStatus.SENT and attempt.outcome is None)


def _paused(turn: Turn, why: str) -> dict[str, Any]:
    """Post no more in this session: a receipt of ours is one too many."""
    return {"is_paused": True, "message": _message(turn, [why])}


def _grown(turn: Turn) -> dict[str, Any]:
    """Let sets grow back that were made small because one was refused whole."""
    limit = turn.session.set_limit
    if limit is None:
        return {}
    return {"set_limit": 2 * limit if 2 * limit < turn.settings.message_set_max else None}


def refused_whole(turn: Turn, exchange: ExchangeRow, said: str) -> dict[str, Any]:
    """Take note that QuickBooks refused a message set before it did any of it.

    The look-up of this same session decides about its payments, and only then halves of it are
    sent, until what QuickBooks cannot read stands alone (rule D.5).
    """
    attempts = outbox.open_attempts(turn.db, exchange.id)
    sent = [attempt for attempt in attempts if attempt.status == PaymentStatus.SENT]
    is_alone = len(attempts) == 1
    ended = AttemptOutcome.REFUSED_ALONE if is_alone else AttemptOutcome.REFUSED_WHOLE
    outbox.record(
        turn.db,
        PaymentStatus.SENT,
        PaymentStatus.IN_DOUBT,
        Mover.LOSS,
        [
            {"payment": attempt.payment_id, "note": notes.REFUSED_WHOLE.format(said=said)}
            for attempt in sent
        ],
        now=turn.now,
    )
    outbox.close_attempts(turn.db, [attempt.id for attempt in attempts], ended, None, said)
    outbox.note_attempt_events(
        turn.db,
        [attempt.id for attempt in sent],
        PaymentStatus.SENT,
        session_id=turn.session.id,
        now=turn.now,
    )
    return {
        **healing.ASK_AGAIN,
        "set_limit": max(len(attempts) // 2, 1),
        "to_post": turn.session.to_post + len(sent),
    }


def _message(turn: Turn, sentences: Sequence[str]) -> str | None:
    """Add sentences to what the office is told at the end, each once."""
    before = turn.session.message or ""
    return " ".join([before, *(text for text in sentences if text not in before)]).strip() or None


def decided_all(
    turn: Turn, attempts: Sequence[AnyRow], answers: Mapping[str, Sequence[Response]]
) -> dict[AnyRow, Outcome]:
    """Decide what became of attempts by the answers under their requestIDs.

    One entry in QuickBooks is one payment: where the same TxnID is named for two, or one that is
    another payment's already, that proves nothing of either.
    """
    outcomes = {
        attempt: decided(attempt, answers.get(attempt.request_id, ())) for attempt in attempts
    }
    owners: dict[str, set[int]] = {}
    for attempt, outcome in outcomes.items():
        if isinstance(outcome, Posted):
            owners.setdefault(outcome.txn_id, set()).add(attempt.payment_id)
    company_file_id = turn.session.company_file_id
    for txn_id, others in stored.owners(turn.db, company_file_id, owners).items():
        owners[txn_id] |= others
    return {
        attempt: Unknown(notes.NOT_ITS_OWN)
        if isinstance(outcome, Posted) and len(owners[outcome.txn_id]) > 1
        else outcome
        for attempt, outcome in outcomes.items()
    }


def decided(attempt: AnyRow, responses: Sequence[Response]) -> Outcome:
    """Decide what became of an attempt by the responses that carry its requestID."""
    sent = Sent(
        external_guid=UUID(attempt.external_guid),
        reference=attempt.reference,
        amount_cents=attempt.amount_cents,
    )
    outcome = decide(responses, sent)
    if not isinstance(outcome, Posted):
        return outcome
    if len(outcome.txn_id) > TXN_ID_LENGTH_MAX:
        return Unknown(notes.NO_SUCH_TXN_ID)
    if len(outcome.edit_sequence or "") > EDIT_SEQUENCE_LENGTH_MAX:
        return replace(outcome, edit_sequence=None)
    return outcome


def write(
    turn: Turn, outcomes: Mapping[AnyRow, Outcome], names: Mapping[int, Mapping[str, str]]
) -> None:
    """Write what became of payments, and how their attempts ended.

    `names` are those of customers and invoices, of the payments (by id) that were not done.
    A payment that evidence has moved since it was sent is moved by evidence alone.
    """
    moves: dict[tuple[PaymentStatus, Mover], list[dict[str, Any]]] = {}
    ends: dict[tuple[str, int | None, str | None], list[int]] = {}
    sent, shown = [], {}
    for attempt, outcome in outcomes.items():
        target, mover, facts = _move(turn, outcome, attempt, names.get(attempt.payment_id, {}))
        ends.setdefault((_ENDED[target], *_status(outcome)), []).append(attempt.id)
        if _is_awaited(attempt):
            moves.setdefault((target, mover), []).append({"payment": attempt.payment_id, **facts})
            sent.append(attempt.id)
        elif isinstance(outcome, Posted):
            shown[attempt] = outcome
    for (target, mover), rows in moves.items():
        outbox.record(turn.db, PaymentStatus.SENT, target, mover, rows, now=turn.now)
    for (ended, code, said), attempt_ids in ends.items():
        outbox.close_attempts(turn.db, attempt_ids, ended, code, said)
    outbox.note_attempt_events(
        turn.db, sent, PaymentStatus.SENT, session_id=turn.session.id, now=turn.now
    )
    show(turn, shown)


def show(turn: Turn, shown: Mapping[AnyRow, Posted]) -> int:
    """Take answers that show attempts as recorded as evidence; give how many payments moved.

    One that names the receipt which a payment has or had, or one that was deleted since, tells
    nothing new: it is a copy, or older than what is known.
    """
    if not shown:
        return 0
    payments = {
        row.id: row for row in outbox.known_by(turn.db, [attempt.payment_id for attempt in shown])
    }
    known = stored.stored(
        turn.db, turn.session.company_file_id, {outcome.txn_id for outcome in shown.values()}
    )
    deleted = {txn_id for txn_id, row in known.items() if row.deleted_wall is not None}
    standing: dict[AnyRow, list[Receipt]] = {}
    for attempt, outcome in shown.items():
        payment = payments[attempt.payment_id]
        if outcome.txn_id in deleted or outcome.txn_id == payment.txn_id:
            continue
        receipt = Receipt(
            txn_id=outcome.txn_id,
            edit_sequence=outcome.edit_sequence,
            unused_cents=outcome.unapplied_cents,
            created_wall=outcome.created_wall,
        )
        standing.setdefault(payment, []).append(receipt)
    return evidence.stand(
        turn,
        standing,
        why=notes.LATE_ANSWER,
        attempts={attempt.payment_id: attempt.id for attempt in shown},
    )


def _last_try(attempt: AnyRow, outcome: Outcome, names: Mapping[str, str]) -> Outcome:
    """Reject what QuickBooks has not done too often; rule D.7."""
    if not isinstance(outcome, NotExecuted):
        return outcome
    rejection = doubt.too_often(attempt.refusals, outcome, names)
    return outcome if rejection is None else Rejected(rejection)


_ENDED = {
    PaymentStatus.POSTED: AttemptOutcome.POSTED,
    PaymentStatus.REJECTED: AttemptOutcome.REJECTED,
    PaymentStatus.QUEUED: AttemptOutcome.NOT_EXECUTED,
    PaymentStatus.IN_DOUBT: AttemptOutcome.IN_DOUBT,
}


def _move(
    turn: Turn, outcome: Outcome, attempt: AnyRow, names: Mapping[str, str]
) -> tuple[PaymentStatus, Mover, dict[str, Any]]:
    """Say where an outcome moves its payment, and what is written with it."""
    match outcome:
        case Posted():
            receipt = Receipt(
                txn_id=outcome.txn_id,
                edit_sequence=outcome.edit_sequence,
                unused_cents=outcome.unapplied_cents,
                created_wall=outcome.created_wall,
            )
            facts = evidence.posted_facts(turn, attempt.amount_cents, receipt)
            return PaymentStatus.POSTED, Mover.EVIDENCE, facts
        case Rejected():
            columns = rejection_columns(outcome.rejection)
            return PaymentStatus.REJECTED, Mover.REFUSAL, columns
        case NotExecuted():
            why = doubt.waits(attempt.refusals, outcome, names)
            waits = {"note": why, "refusals": attempt.refusals + 1}
            return PaymentStatus.QUEUED, Mover.NOT_EXECUTED, waits
        case Unknown():
            return PaymentStatus.IN_DOUBT, Mover.LOSS, {"note": outcome.why}


def _status(outcome: Outcome) -> tuple[int | None, str | None]:
    match outcome:
        case Rejected():
            return outcome.rejection.status_code, outcome.rejection.status_message
        case NotExecuted():
            return outcome.status_code, outcome.note
        case Unknown():
            return None, outcome.why
        case Posted():
            return 0, None


def _requests(turn: Turn, claimed: Sequence[AnyRow], token: str) -> dict[int, Request]:
    """Make one request per payment, under a requestID of its own."""
    if not claimed:
        return {}
    parts = outbox.applies(turn.db, [row.id for row in claimed])
    deposit_to = _deposit_to(turn)
    return {
        row.id: Request(
            f"{token}.{secrets.token_hex(REQUEST_ID_BYTES)}",
            to_receive_payment(_outgoing(row, parts[row.id]), deposit_to),
        )
        for row in claimed
    }


def _build(turn: Turn, requests: dict[int, Request], misfits: dict[int, BuildError]) -> str:
    """Build the message set; payments that cannot be put into it change over to `misfits`.

    Intake refuses what can be seen there. What is left is, for example, a name that is too long
    only after letters unknown to Windows were written with several that it knows.
    """
    while requests:
        try:
            return envelope.build(
                list(requests.values()), version=turn.version, on_error="continueOnError"
            )
        except BuildError as error:
            payment_id = next(
                number for number, item in requests.items() if item.request_id == error.request_id
            )
            misfits[payment_id] = error
            del requests[payment_id]
    return ""


def _reject(turn: Turn, misfits: Mapping[int, BuildError], before: Mapping[int, int]) -> None:
    """Reject claimed payments that do not leave; `before` counts their attempts until then."""
    rejections = {
        payment_id: rejected(
            Cause.INVALID, Variant.UNFIT, {"problem": f"{error}"}, ({"problem": f"{error}"},)
        )
        for payment_id, error in misfits.items()
    }
    outbox.record(
        turn.db,
        PaymentStatus.SENT,
        PaymentStatus.REJECTED,
        Mover.REFUSAL,
        [
            {
                "payment": payment_id,
                "attempt_count": before[payment_id],
                "ever_left": before[payment_id] > 0,
                **rejection_columns(rejection),
            }
            for payment_id, rejection in rejections.items()
        ],
        now=turn.now,
    )
    outbox.add_events(turn.db, check_events(turn, rejections))


def _deposit_to(turn: Turn) -> Ref:
    """Name the account the money goes to: always, since QuickBooks' own default can be any."""
    company_file_id = turn.session.company_file_id
    chosen = installs.policy(turn.db, company_file_id).deposit_to
    if chosen:
        return Ref(full_name=chosen)
    list_id = books.undeposited_funds(turn.db, company_file_id)
    return Ref(list_id=list_id) if list_id else Ref(full_name=books.UNDEPOSITED_FUNDS)


def _outgoing(row: AnyRow, parts: Sequence[AnyRow]) -> Outgoing:
    return Outgoing(
        external_id=row.external_id,
        external_guid=UUID(row.external_guid),
        reference=row.reference,
        customer_list_id=row.post_customer_list_id,
        customer_name=row.post_customer_name,
        ar_account_list_id=row.post_ar_account_list_id,
        received_on=row.received_on,
        post_on=row.post_on,
        amount_cents=row.amount_cents,
        method_list_id=row.post_method_list_id,
        method_name=row.method,
        memo=row.memo,
        processor=row.processor,
        processor_txn_id=row.processor_txn_id,
        apply=[(part.txn_id, part.cents) for part in parts if part.cents],
    )
