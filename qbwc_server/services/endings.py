"""How sessions end: the state, why, the sentence for the office, doubt about what was out."""

from collections.abc import Mapping
from typing import Any

import structlog

from models.queries import exchanges, installs, notices, outbox, sessions
from qbwc_server.services.steps.step import Turn
from qbwc_server.settings import Settings
from sync_core import connection
from sync_core.lifecycle import PaymentStatus
from sync_core.plan import Step
from sync_core.session import Reaction, State
from sync_core.trouble import Kind, Trouble, Variant
from sync_core.wording import office

log = structlog.get_logger()

# Columns of a session that got through.
NO_TROUBLE = dict.fromkeys(("trouble", "trouble_variant", "trouble_facts"))


def end(
    turn: Turn,
    reaction: Reaction,
    *,
    why: str,
    trouble: Trouble,
    message: str,
    said: Mapping[str, str] | None = None,
) -> None:
    """End an open session before its time; what is out falls in doubt if the reaction says so.

    `why` is for the audit trail of the payments, `message` for the status column. `said` is an
    answer that could not be read, to be kept as it came.
    """
    _give_up(turn, why if reaction.doubt else None, said or {})
    leave_notice(turn)
    sessions.change(
        turn.db,
        turn.session.id,
        state=reaction.after,
        ended_at=turn.now,
        message=message,
        **noted(trouble, had_begun=turn.session.company_known),
        **_in_a_row(turn, trouble),
    )
    log.info(
        "session_ended",
        session=turn.session.id,
        state=reaction.after.value,
        trouble=trouble.kind.value,
        variant=trouble.variant.value,
    )


def noted(trouble: Trouble, *, had_begun: bool = False) -> dict[str, Any]:
    """Give the columns of a session that keep a problem.

    `had_begun`: some of its work may be done, and may stand in the books.
    """
    begun = {"had_begun": "yes"} if had_begun else {}
    return {
        "trouble": trouble.kind,
        "trouble_variant": trouble.variant,
        "trouble_facts": {**trouble.facts, **begun},
    }


def _in_a_row(turn: Turn, trouble: Trouble) -> dict[str, Any]:
    """Count on from the install's last sync, so that nobody ever has to read its history."""
    last = sessions.last_over(turn.db, turn.session.install_id)
    same = (trouble.kind, trouble.variant)
    is_same = last is not None and (last.trouble, last.trouble_variant) == same
    return {
        "failed_in_row": 1 + (last.failed_in_row if last is not None else 0),
        "trouble_times": 1 + (last.trouble_times if last is not None and is_same else 0),
        "trouble_since": last.trouble_since
        if last is not None and is_same
        else turn.session.opened_at,
    }


def no_answer(turn: Turn) -> Trouble:
    """Say what it is when nothing more comes: by what is out, or by what came before."""
    session = turn.session
    if session.state is State.WRITING:
        return unsure(turn, Trouble(Kind.OTHER, Variant.ANSWER_LOST))
    if session.exchanges:
        return Trouble(Kind.OTHER, Variant.ENDED_EARLY)
    if session.trouble is None:
        return Trouble(Kind.HELD_BY_OTHER, Variant.STOPPED)
    return trouble_of(session.trouble, session.trouble_variant, session.trouble_facts)


def trouble_of(kind: str, variant: str | None, facts: Mapping[str, str] | None) -> Trouble:
    """Read a problem from the columns that keep it."""
    return Trouble(Kind(kind), Variant(variant or Variant.PLAIN), facts or {})


def unsure(turn: Turn, trouble: Trouble, *, problem: str = "") -> Trouble:
    """Say what a problem is that came while a message set was out: payments make it another one."""
    out = exchanges.unanswered(turn.db, turn.session.id)
    if out is None or out.step is not Step.POST:
        return trouble
    read = {"problem": problem} if problem else {}
    return Trouble(Kind.CUT_OFF, facts={**trouble.facts, **read})


def status(turn: Turn, trouble: Trouble) -> str:
    """Say a problem in one line for the status column, with what is known at this moment."""
    totals = outbox.totals(turn.db, turn.session.company_file_id, PaymentStatus.QUEUED)
    waiting = sum(row.many for row in totals)
    place = installs.confirmed_place(turn.db, turn.session.company_file_id, turn.session.install_id)
    facts = {
        "waiting_count": f"{waiting}" if waiting else "",
        "company_file": place.path if place is not None else "",
        "short_link": short_link(turn.settings),
    }
    return connection.status(trouble, facts)


def short_link(settings: Settings) -> str:
    """Give the page to which the status column sends people."""
    return f"{settings.base_url}/support"


def _give_up(turn: Turn, why: str | None, said: Mapping[str, str]) -> None:
    """Stop waiting for the answer to what is out; with a `why`, its payments fall in doubt."""
    if turn.session.state not in (State.READING, State.WRITING):
        return
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
    own = turn.session
    if turn.settings.smtp_host and own.rejected:
        company = own.company_file_id
        if notices.note(turn.db, session_id=own.id, company_file_id=company, now=turn.now):
            notices.refusal_told(turn.db, company)


def done_so_far(turn: Turn) -> list[str]:
    """Say what a session has done, and what is still being checked, in at most one line."""
    session, parts = turn.session, []
    if session.posted:
        parts.append(office.POSTED[session.posted > 1].format(count=session.posted))
    if session.rejected:
        needs_you = office.NEEDS_YOU[session.rejected > 1]
        base_url = turn.settings.base_url
        parts.append(needs_you.format(count=session.rejected, base_url=base_url))
    # Nothing had left when it was asked what is in QuickBooks, and nothing has left since.
    has_none = session.settled and not (session.asked_to or session.waiting)
    checked = 0 if has_none else outbox.count_in_doubt(turn.db, session.company_file_id)
    if checked:
        parts.append(office.BEING_CHECKED[checked > 1].format(count=checked))
    return [", ".join(parts)] if parts else []


def summary(turn: Turn) -> str:
    """Say in one line how a session ended, for the status column."""
    message = [turn.session.message] if turn.session.message else []
    return " - ".join([*done_so_far(turn), *message]) or office.NOTHING_TO_POST
