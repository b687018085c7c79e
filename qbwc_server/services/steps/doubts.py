"""What becomes of the payments that may have left, at the end of a look-up.

Source: exactly-once rules D.2 to D.5 and D.7; the rules themselves are `sync_core.doubt`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from models.base import AnyRow
from models.queries import installs, outbox
from models.queries import receipts as stored
from qbwc_server.services.steps import evidence
from qbwc_server.services.steps.evidence import Looked
from qbwc_server.services.steps.step import Turn, company_of, rejection_columns, to_do_of
from sync_core import doubt
from sync_core.doubt import (
    Asker,
    Clear,
    Doubt,
    Refused,
    Stands,
    Stays,
    Taker,
    Verdict,
    is_done,
)
from sync_core.extras import Kind
from sync_core.lifecycle import AttemptOutcome, Mover, PaymentStatus
from sync_core.wording import notes, office

log = structlog.get_logger()

# So many payments are decided about at once; each brings its receipts and attempts along.
PAGE = 500


def conclude(turn: Turn, to_do: AnyRow) -> dict[str, Any]:
    """Decide about all that was asked for, and say what the session does next."""
    session = turn.session
    company_file_id = session.company_file_id
    reading = company_of(turn)
    is_held = reading.is_restored and _may_be_held(turn)
    posted = rejected = after = 0
    while to_do.asked and (
        page := outbox.asked(turn.db, company_file_id, session.id, after=after, limit=PAGE)
    ):
        verdicts = _judge(turn, page, keeps_guid=reading.keeps_guid, is_held=is_held)
        posted += _stand(turn, verdicts)
        _clear(turn, verdicts)
        rejected += _refuse(turn, verdicts)
        outbox.note(
            turn.db,
            {
                payment.id: verdict.why
                for payment, verdict in verdicts.items()
                if isinstance(verdict, Stays) and verdict.why != payment.note
            },
        )
        outbox.wait_anew(
            turn.db,
            [payment.id for payment in page if payment.left_at and payment.left_at > turn.now],
            turn.now,
        )
        after = page[-1].id
    # The word may come while a list is read from its middle on: that proves nothing of the rest.
    is_whole = session.receipts_from == ""
    said = _take_stock(turn) if reading.takes_stock and is_whole else None
    mark = doubt.mark_after(session.receipts_to, reading.receipts_mark, now=turn.now)
    if mark != reading.receipts_mark:
        stored.learn(turn.db, company_file_id, {"receipts_mark": mark})
    if reading.is_restored and not is_held:
        stored.learn(turn.db, company_file_id, {"is_restored": False})
    if to_do.asked or reading.takes_stock:
        to_do = to_do_of(turn)
    paused = why_paused(turn) if to_do.extras else None
    paused = paused or (office.RESTORED if is_held else None)
    paused = paused or (office.STOCK_NEXT if reading.takes_stock and not is_whole else None)
    said = paused or said
    waiting, newest = to_do.waiting, to_do.newest
    if session.waiting_to == 0:  # what waits by now came while the list was read for nothing else
        waiting = 0
    return {
        "settled": True,
        "is_paused": session.is_paused or paused is not None,
        "posted": session.posted + posted,
        "rejected": session.rejected + rejected,
        "waiting": max(waiting, session.waiting),
        "waiting_to": newest if session.waiting_to is None else session.waiting_to,
        "more_pages": bool(waiting) and session.more_pages,
        **({"message": _added(session.message, said)} if said else {}),
    }


def _added(message: str | None, said: str) -> str:
    return said if not message or said in message else f"{message} {said}"


def why_paused(turn: Turn) -> str | None:
    """Say why nothing is posted: a receipt is one too many; None when none is."""
    kinds = {
        Kind(extra.kind) for extra in stored.open_extras(turn.db, turn.session.company_file_id)
    }
    if not kinds:
        return None
    said = office.PAUSED[Kind.SECOND if Kind.SECOND in kinds else Kind.STRANGER]
    return f"{said} {office.SEE.format(base_url=turn.settings.base_url)}"


def _may_be_held(turn: Turn) -> bool:
    """Say whether a PC may hold payments that a restored database of ours does not know.

    Each Web Connector that is done is remembered as such, whichever sync found it out.
    """
    asker = _asker(turn)
    holders = installs.holders(turn.db, turn.session.company_file_id)
    done = [
        install for install, stamped in holders if is_done(install, asker, leaves_stamps=stamped)
    ]
    if done:
        installs.let_go(turn.db, done)
    return len(done) < len(holders)


def _asker(turn: Turn) -> Asker:
    return Asker(
        session_id=turn.session.id,
        install_id=turn.session.install_id,
        locks={int(install): lock for install, lock in turn.session.locks.items()},
    )


def _judge(
    turn: Turn, page: Sequence[AnyRow], *, keeps_guid: bool | None, is_held: bool
) -> dict[AnyRow, Verdict]:
    asker = _asker(turn)
    attempts: dict[int, list[AnyRow]] = {payment.id: [] for payment in page}
    for attempt in outbox.takers(turn.db, list(attempts)):
        attempts[attempt.payment_id].append(attempt)
    looked = evidence.look(turn, page, keeps_guid=keeps_guid)
    verdicts = {}
    for payment in page:
        at_work = _at_work(payment, attempts[payment.id], asker)
        facts = replace(
            _doubt(turn, payment, attempts[payment.id], looked[payment]),
            is_proven=not at_work and not (payment.is_restored and is_held),
            cut_off=next((one.label for one in at_work if one.retired_at is not None), ""),
        )
        verdicts[payment] = doubt.judge(facts, payment.reference)
    return verdicts


def _at_work(payment: AnyRow, attempts: Sequence[AnyRow], asker: Asker) -> list[AnyRow]:
    """List the attempts of a payment whose syncs may still write it: not proven over."""
    return [
        attempt
        for attempt in _open(payment, attempts, asker.session_id)
        if not doubt.is_over(
            Taker(
                session_id=attempt.session_id,
                install_id=attempt.install_id,
                app_lock=attempt.app_lock,
            ),
            asker,
        )
    ]


def _open(payment: AnyRow, attempts: Sequence[AnyRow], session_id: int) -> list[AnyRow]:
    """List the attempts that whoever took them may still carry out.

    A refusal of the whole message set names no set. The first one of a sync can be of no other; a
    later one may be a copy, unless the same sync asks: it is done with the set. Only the last
    attempt of what is in doubt is not settled yet.
    """
    lost = [attempt for attempt in attempts if attempt.outcome == AttemptOutcome.IN_DOUBT]
    last = attempts[-1:] if payment.status == PaymentStatus.IN_DOUBT else []
    return lost + [
        attempt
        for attempt in last
        if attempt.outcome in (AttemptOutcome.REFUSED_WHOLE, AttemptOutcome.REFUSED_ALONE)
        and attempt.refused_before
        and attempt.session_id != session_id
    ]


def _doubt(turn: Turn, payment: AnyRow, attempts: Sequence[AnyRow], looked: Looked) -> Doubt:
    """Gather what is known of a payment, apart from whether who took it is over."""
    last = attempts[-1] if attempts else None
    is_lost = payment.is_restored or bool(_open(payment, attempts, turn.session.id))
    wait = timedelta(seconds=turn.settings.in_doubt_wait_s)
    ended = last.outcome if last is not None else None
    return Doubt(
        found=looked.found,
        is_in_doubt=payment.status == PaymentStatus.IN_DOUBT,
        is_proven=False,
        has_waited=not is_lost or payment.left_at is None or turn.now - payment.left_at >= wait,
        deleted_wall=looked.deleted_wall,
        returns=payment.returns,
        refused_whole=ended == AttemptOutcome.REFUSED_WHOLE,
        refused=last.status_message
        if last is not None and ended == AttemptOutcome.REFUSED_ALONE
        else None,
        post_anyway=payment.post_anyway,
    )


def _stand(turn: Turn, verdicts: Mapping[AnyRow, Verdict]) -> int:
    standing = {
        payment: verdict.receipts
        for payment, verdict in verdicts.items()
        if isinstance(verdict, Stands)
    }
    return evidence.stand(turn, standing, why=notes.SEEN)


def _clear(turn: Turn, verdicts: Mapping[AnyRow, Verdict]) -> None:
    """Let payments go that QuickBooks does not have, this session alone."""
    cleared = [
        (payment, verdict) for payment, verdict in verdicts.items() if isinstance(verdict, Clear)
    ]
    back = [
        (payment, verdict)
        for payment, verdict in cleared
        if payment.status == PaymentStatus.IN_DOUBT
    ]
    outbox.record(
        turn.db,
        PaymentStatus.IN_DOUBT,
        PaymentStatus.QUEUED,
        Mover.EVIDENCE,
        [
            {
                "payment": payment.id,
                "returns": verdict.returns,
                "is_restored": False,
                "note": notes.NOT_THERE,
            }
            for payment, verdict in back
        ],
        now=turn.now,
    )
    outbox.add_events(
        turn.db,
        [
            evidence.event(turn, payment, PaymentStatus.QUEUED, notes.NOT_THERE)
            for payment, _ in back
        ],
    )
    outbox.end_doubt(turn.db, [payment.id for payment, _ in back])
    outbox.clear(turn.db, turn.session.id, [payment.id for payment, _ in cleared])
    if back:
        log.info("doubt_ended", session=turn.session.id, absent=len(back))


def _refuse(turn: Turn, verdicts: Mapping[AnyRow, Verdict]) -> int:
    """Reject payments that a person has to look at, of which nothing is in QuickBooks."""
    refused = [
        (payment, verdict) for payment, verdict in verdicts.items() if isinstance(verdict, Refused)
    ]
    for source, mover in (
        (PaymentStatus.IN_DOUBT, Mover.EVIDENCE),
        (PaymentStatus.QUEUED, Mover.CHECK),
    ):
        outbox.record(
            turn.db,
            source,
            PaymentStatus.REJECTED,
            mover,
            [
                {
                    "payment": payment.id,
                    "is_restored": False,
                    "note": None,
                    **rejection_columns(verdict.rejection),
                }
                for payment, verdict in refused
                if payment.status == source
            ],
            now=turn.now,
        )
    outbox.add_events(
        turn.db,
        [
            evidence.event(turn, payment, PaymentStatus.REJECTED, verdict.rejection.summary)
            for payment, verdict in refused
        ],
    )
    outbox.end_doubt(turn.db, [payment.id for payment, _ in refused])
    return len(refused)


def _take_stock(turn: Turn) -> str | None:
    """Mark what is missing from the file that a person called ours; the whole list was read."""
    company_file_id = turn.session.company_file_id
    evidence.take_stock(turn)
    stored.forget_unseen(turn.db, company_file_id, turn.session.id)
    count = stored.missing_from(turn.db, company_file_id, turn.session.id, turn.now)
    stored.learn(turn.db, company_file_id, {"takes_stock": False, "books_doubted": None})
    return office.MISSING.format(count=count, base_url=turn.settings.base_url) if count else None
