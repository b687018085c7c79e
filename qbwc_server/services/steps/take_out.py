"""Step: take out receipts of ours that are one too many, at a person's word.

Each was seen in this very session, undeposited, unchanged, in an open period, beside the one that
stays.
"""

from typing import Any

import structlog

from models.base import AnyRow
from models.queries import outbox
from models.queries import receipts as stored
from models.queries.exchanges import ExchangeRow
from qbwc_server.services.steps import extras
from qbwc_server.services.steps.step import Asked, Taken, Turn, answer_to, plain_set
from qbxml.deletion import TxnDel
from qbxml.envelope import MessageSet
from sync_core.extras import Resolution
from sync_core.reading import WALL
from sync_core.wording import acts, notes

log = structlog.get_logger()

# QuickBooks has no such transaction (Intuit, "Status codes").
NOT_FOUND = 3120


def ask(turn: Turn, token: str) -> Asked:
    """Delete them, if they are to be deleted still: some time has passed since they were judged."""
    wanted = extras.still_to_take_out(turn)
    if not wanted:
        return Asked(xml="", learned={"take_out": [], **_paused(turn)})
    chosen = wanted[: turn.settings.message_set_max]
    messages = [TxnDel(txn_del_type="ReceivePayment", txn_id=txn_id) for txn_id in chosen]
    return Asked(
        xml=plain_set(turn, token, messages),
        asked={"take_out": chosen},
        learned={"take_out": wanted},
    )


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Learn which are gone; one whose answer is lacking is asked for again by the next session."""
    answers = answer.by_request_id()
    company_file_id = turn.session.company_file_id
    chosen = exchange.asked["take_out"]
    open_ = {extra.txn_id: extra for extra in stored.open_extras(turn.db, company_file_id)}
    for number, txn_id in enumerate(chosen):
        response, extra = answer_to(answers, exchange.token, number), open_.get(txn_id)
        if response is None or extra is None:
            continue
        if response.status.is_success:
            stored.resolve_extras(
                turn.db, company_file_id, [txn_id], Resolution.TAKEN_OUT, now=turn.now
            )
            stored.note_deleted(turn.db, company_file_id, txn_id, turn.now.strftime(WALL))
            _note(turn, extra)
        elif response.status.code != NOT_FOUND:
            said = acts.REFUSED.format(said=response.status.message.strip())
            stored.refuse_take_out(turn.db, extra.id, said)
        else:
            stored.resolve_extras(turn.db, company_file_id, [txn_id], Resolution.GONE, now=turn.now)
    left = [txn_id for txn_id in turn.session.take_out if txn_id not in chosen]
    return Taken(learned={"take_out": left, **_paused(turn)})


def _paused(turn: Turn) -> dict[str, Any]:
    """Go on with posting, if nothing is too many any more."""
    still = bool(stored.open_extras(turn.db, turn.session.company_file_id))
    return {"is_paused": still, **({} if still else {"message": None})}


def _note(turn: Turn, extra: AnyRow) -> None:
    """Leave it in the payment's trail; its state stays."""
    if extra.payment_id is None:
        return
    log.info("taken_out", session=turn.session.id)
    stands = {"from_status": extra.payment_status, "to_status": extra.payment_status}
    note = notes.TAKEN_OUT.format(txn_id=extra.txn_id)
    event = {"payment_id": extra.payment_id, "at": turn.now, "by": "session", "note": note}
    outbox.add_events(turn.db, [{**event, **stands, "wc_session_id": turn.session.id}])
