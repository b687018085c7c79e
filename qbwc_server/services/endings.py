"""How sessions end: the state, the sentence for the office, and doubt about what was out."""

from collections.abc import Mapping
from typing import Any

import structlog

from models.queries import exchanges, notices, outbox, sessions
from qbwc_server.services.steps.step import Turn
from sync_core.session import OPEN, Reaction

log = structlog.get_logger()


def end(
    turn: Turn,
    reaction: Reaction,
    *,
    why: str,
    message: str | None,
    said: Mapping[str, str] | None = None,
) -> None:
    """Put a session into the state of a reaction, and what is out in doubt if it says so.

    `why` is for the audit trail of the payments, `message` for the status column; None keeps the
    one that stands. `said` is an answer that could not be read, to be kept as it came.
    """
    changes: dict[str, Any] = {"state": reaction.after}
    if reaction.after not in OPEN:
        _give_up(turn, why if reaction.doubt else None, said or {})
        if turn.session.state in OPEN:
            changes["ended_at"] = turn.now
            leave_notice(turn)
    if message is not None:
        changes["message"] = message
    sessions.change(turn.db, turn.session.id, **changes)
    log.info("session_ended", session=turn.session.id, state=reaction.after.value)


def _give_up(turn: Turn, why: str | None, said: Mapping[str, str]) -> None:
    """Stop waiting for the answer to what is out; with a `why`, its payments fall in doubt."""
    out = exchanges.unanswered(turn.db, turn.session.id)
    if out is None:
        return
    if why is not None:
        count = outbox.doubt(turn.db, out.id, session_id=turn.session.id, why=why, now=turn.now)
        log.warning("payments_in_doubt", session=turn.session.id, count=count)
    exchanges.close(
        turn.db,
        out.id,
        now=turn.now,
        response=said.get("response", ""),
        hresult=said.get("hresult", ""),
    )


def leave_notice(turn: Turn) -> None:
    """Have the company's contacts told by e-mail, if payments were refused in a session that ends.

    Only written down here: sending waits for no transaction of a sync, and no sync for it.
    """
    if turn.settings.smtp_host:
        own = turn.session
        notices.note(turn.db, session_id=own.id, company_file_id=own.company_file_id, now=turn.now)


def done_so_far(turn: Turn) -> list[str]:
    """Say what a session has done, and what is still being checked, in at most one line."""
    session, parts = turn.session, []
    if session.posted:
        parts.append(f"{_payments(session.posted)} posted")
    if session.rejected:
        verb = "needs" if session.rejected == 1 else "need"
        parts.append(f"{session.rejected} {verb} you: {turn.settings.base_url}/resolve")
    checked = outbox.count_in_doubt(turn.db, session.company_file_id)
    if checked:
        parts.append(f"{_payments(checked)} being checked: please do not enter by hand")
    return [", ".join(parts)] if parts else []


def summary(turn: Turn) -> str:
    """Say in one line how a session ended, for the status column."""
    message = [turn.session.message] if turn.session.message else []
    return " - ".join([*done_so_far(turn), *message]) or "Nothing to post."


def _payments(count: int) -> str:
    return "1 payment" if count == 1 else f"{count} payments"
