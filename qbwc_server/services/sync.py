"""The Web Connector's calls as use cases: one call, one transaction, one reaction from the table.

Every call begins by taking its session (`sessions.take`). What a call does is decided by
`sync_core.session`, what a session asks next by `sync_core.plan`; the steps do it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from secrets import token_hex
from types import ModuleType
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from models.engine import Clock, for_reading
from models.queries import exchanges, installs, outbox, sessions
from models.queries.exchanges import ExchangeRow
from models.queries.sessions import SessionRow
from qbwc_server.services import endings
from qbwc_server.services.secrets import Secrets
from qbwc_server.services.sign_in import SignIn
from qbwc_server.services.steps import (
    add_methods,
    closing,
    company,
    explain,
    invoice_questions,
    look_up,
    posting,
    settle,
    take_out,
)
from qbwc_server.services.steps.step import Asked, Taken, Turn, token_of
from qbwc_server.settings import Settings
from qbxml import envelope
from qbxml.envelope import MessageSet
from qbxml.errors import ParseError
from sync_core import connection, plan
from sync_core.decide import Posted
from sync_core.lifecycle import PaymentStatus
from sync_core.plan import Step
from sync_core.session import OPEN, Act, Call, Reaction, State, react
from sync_core.trouble import Kind, Trouble, Variant
from sync_core.wording import notes, office

T = TypeVar("T")

log = structlog.get_logger()

STEPS: dict[Step, ModuleType] = {
    Step.COMPANY: company,
    Step.SETTLE: settle,
    Step.TAKE_OUT: take_out,
    Step.LOOK_UP: look_up,
    Step.ADD_METHODS: add_methods,
    Step.POST: posting,
    Step.EXPLAIN: explain,
    Step.QUESTIONS: invoice_questions,
    Step.CLOSING: closing,
}

DONE, ERROR = 100, -1
# Of what QuickBooks tells of its lists the beginning is kept, for whoever looks at the log; what it
# says of payments that were sent is kept whole.
READ_KEPT_MAX = 20_000

# What connectionError answers when no file shall be tried.
NO_FILE = "done"

PAGE_LOST = Trouble(Kind.OTHER, Variant.ANSWER_LOST)
TURNED_AWAY = Trouble(Kind.HELD_BY_OTHER, Variant.TURNED_AWAY)


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstCall:
    """What sendRequestXML says of QuickBooks' side; the answers only at a session's first call."""

    hcp_response: str
    company_file_name: str
    major: int | None
    minor: int | None


@dataclass(frozen=True, slots=True)
class Sync:
    """The Web Connector's side of the server."""

    engine: Engine
    clock: Clock
    secrets: Secrets
    settings: Settings

    def server_version(self) -> str:
        """Name ourselves."""
        return f"QuickBooks payment sync {installed_version('qbwc-payment-sync')}"

    def client_version(self, version: str) -> str:
        """Accept every Web Connector: a warning would be a window on an unattended PC."""
        log.info("web_connector", version=version[:40])
        return ""

    def authenticate(self, user_name: str, password: str, *, address: str) -> list[str]:
        """Open a session."""
        sign_in = SignIn(self.engine, self.clock, self.secrets, self.settings)
        return sign_in.authenticate(user_name, password, address=address)

    def send_request(
        self,
        ticket: str,
        *,
        hcp_response: str,
        company_file_name: str,
        country: str,  # noqa: ARG002 - part of the call; HostRet tells it more reliably
        major: int | None,
        minor: int | None,
    ) -> str:
        """Hand out the next message set; it is committed before a byte leaves."""
        call = FirstCall(
            hcp_response=hcp_response,
            company_file_name=company_file_name[:500],
            major=major,
            minor=minor,
        )

        def send(turn: Turn) -> str:
            is_reading = turn.session.state is State.READING
            out = exchanges.text(turn.db, turn.session.id) if is_reading else ""
            is_repeatable = not envelope.goes_on(out)
            reaction = react(turn.session.state, Call.SEND, is_repeatable=is_repeatable)
            if reaction.act is Act.HAND_OUT:
                return _hand_out(turn, call)
            if reaction.act is Act.HAND_OUT_AGAIN:
                return out
            if turn.session.state in OPEN:
                trouble = endings.no_answer(turn) if is_repeatable else PAGE_LOST
                _end(turn, reaction, trouble, why=notes.ASKED_FOR_MORE)
            return ""

        return self._do(ticket, send, unknown="")

    def receive_response(self, ticket: str, *, response: str, hresult: str, message: str) -> int:
        """Take QuickBooks' answer; percent done, 100 at the end, -1 for an error."""
        answer = _read(response, hresult, message)
        said = {"response": response, "hresult": hresult}

        def receive(turn: Turn) -> int:
            out = exchanges.unanswered(turn.db, turn.session.id)
            reaction = react(turn.session.state, Call.RECEIVE)
            if reaction.act is not Act.TAKE_ANSWER or out is None or _is_late(turn, out, answer):
                _note_late(turn, answer)
                return _said_before(turn.session)
            if isinstance(answer, NoAnswer):
                if answer.is_refused_whole and out.step is Step.POST:
                    learned = posting.refused_whole(turn, out, answer.said)
                    exchanges.close(
                        turn.db, out.id, now=turn.now, response=response, hresult=hresult
                    )
                    return _go_on(turn, Taken(learned=learned))
                if out.step is Step.QUESTIONS:  # all else is done: the session ends as it would
                    exchanges.close(
                        turn.db, out.id, now=turn.now, response=response, hresult=hresult
                    )
                    return _go_on(turn, Taken())
                why = notes.UNREADABLE_ANSWER.format(problem=answer.problem)
                return _fail(turn, answer.trouble, problem=answer.problem, why=why, said=said)
            taken: Taken = STEPS[out.step].take(turn, out, answer)
            exchanges.close(
                turn.db,
                out.id,
                now=turn.now,
                kept_max=None if out.step.writes else READ_KEPT_MAX,
                told=answer.counts(),
                response=response,
                hresult=hresult,
            )
            return _go_on(turn, taken)

        return self._do(ticket, receive, unknown=ERROR)

    def connection_error(self, ticket: str, *, hresult: str, message: str) -> str:
        """Note why QuickBooks did not open; name the file to try, once, where that can help.

        What is busy is tried by the next session, and what a person must do by nobody.
        """
        trouble = connection.trouble(hresult, message)
        helps = connection.may_help_to_name_file(hresult)

        def fail(turn: Turn) -> str:
            file = _file_to_name(turn) if helps else None
            reaction = react(turn.session.state, Call.CONNECTION_ERROR, has_file=file is not None)
            if reaction.act is Act.TRY_AGAIN and file is not None:
                noted = endings.noted(trouble)
                sessions.change(turn.db, turn.session.id, tried_file=True, **noted)
                log.info("tries_file", session=turn.session.id, hresult=hresult[:20])
                return file
            if turn.session.state in OPEN:
                _end(turn, reaction, endings.unsure(turn, trouble), why=notes.ENDED, tells=True)
            return NO_FILE

        return self._do(ticket, fail, unknown=NO_FILE)

    def last_error(self, ticket: str) -> str:
        """Tell how it stands."""
        return self._end(ticket, Call.LAST_ERROR, unknown=office.UNKNOWN_TICKET)

    def close(self, ticket: str) -> str:
        """End the session and tell how it went."""
        return self._end(ticket, Call.CLOSE, unknown=office.NO_SYNC)

    def _end(self, ticket: str, call: Call, *, unknown: str) -> str:
        """React to one of the calls that end a session or ask how it ended; tell how."""

        def end(turn: Turn) -> str | None:
            state = turn.session.state
            reaction = react(state, call)
            if state in OPEN and reaction.after not in OPEN:
                return _end(turn, reaction, endings.no_answer(turn), why=notes.ENDED, tells=True)
            if reaction.after is not state:
                sessions.change(turn.db, turn.session.id, state=reaction.after)
            return turn.session.message or ""  # it is over, or goes on: what was said stands

        told = self._do(ticket, end, unknown=None)
        return self._turned_away(ticket) or unknown if told is None else told

    def _turned_away(self, ticket: str) -> str:
        """Tell a Web Connector that asks after `busy` whose sync was running; "" for no such."""
        with for_reading(self.engine).connect() as db:
            found = installs.turned_away(db, self.secrets.fingerprint(ticket))
        if found is None:
            return ""
        return connection.status(TURNED_AWAY, {"other_pc": found.other_pc or ""})

    def _do(self, ticket: str, operation: Callable[[Turn], T], *, unknown: T) -> T:
        """Do one call's work in one transaction; `unknown` for a ticket that is not ours.

        A database that drops a connection, or ends one of two transactions that wait for each
        other, is given a second try, and so is a payment that somebody moved meanwhile: the answer
        in our hands will not come again. Whatever the first try did is gone, or it is committed,
        and then the second sees it.
        """
        try:
            return self._try(ticket, operation, unknown=unknown)
        except (DBAPIError, outbox.MovedMeanwhile) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            log.warning("failed_once", error=type(cause).__name__)
            return self._try(ticket, operation, unknown=unknown)

    def _try(self, ticket: str, operation: Callable[[Turn], T], *, unknown: T) -> T:
        with self.engine.begin() as db:
            turn = self._turn(db, ticket)
            return unknown if turn is None else operation(turn)

    def _turn(self, db: Connection, ticket: str) -> Turn | None:
        """Take the ticket's session; None for a ticket that is not ours."""
        now = self.clock(db)
        session = sessions.take(db, self.secrets.fingerprint(ticket), now)
        if session is None:
            log.warning("ticket_unknown")
            return None
        version = session.qbxml_version or company.VERSION_FIRST
        return Turn(db=db, session=session, version=version, now=now, settings=self.settings)


def _hand_out(turn: Turn, call: FirstCall) -> str:
    """Go from step to step until one has a message set to hand out."""
    learned: dict[str, Any] = {}
    if not turn.session.company_known:
        learned["company_path"] = call.company_file_name
        turn = _with(turn, learned)
        brought = company.from_first_call(turn, call.hcp_response)
        version = company.version_for_asking(call.major, call.minor)
        stop = brought.stop if brought else (None if version else company.TOO_OLD)
        if stop is not None:
            sessions.change(turn.db, turn.session.id, **learned)
            _fail(turn, stop)
            return ""
        learned |= brought.learned if brought else {}
        turn = _with(turn, learned)
        turn = replace(turn, version=turn.session.qbxml_version or version or turn.version)
    while True:
        step = plan.next_step(_standing(turn.session, turn.settings.message_set_max))
        step = Step.CLOSING if step is Step.FINISH else step
        token = token_hex(8)
        asked: Asked = STEPS[step].ask(turn, token)
        learned |= asked.learned
        turn = _with(turn, asked.learned)
        if asked.xml:
            _store(turn, step, token, asked, learned)
            return asked.xml


def _store(turn: Turn, step: Step, token: str, asked: Asked, learned: Mapping[str, Any]) -> None:
    """Write down what is about to leave, with an attempt for each payment in it."""
    number = turn.session.exchanges + 1
    exchange_id = exchanges.add(
        turn.db,
        session_id=turn.session.id,
        number=number,
        token=token,
        step=step,
        asked=dict(asked.asked),
        holds=envelope.requests_in(asked.xml),
        request_xml=asked.xml,
        now=turn.now,
    )
    if asked.attempts:
        outbox.add_attempts(turn.db, exchange_id, asked.attempts)
        outbox.note_exchange_events(
            turn.db,
            exchange_id,
            PaymentStatus.QUEUED,
            session_id=turn.session.id,
            now=turn.now,
        )
    changes = {**learned, "state": State.READING, "exchanges": number}
    if step.writes:
        changes |= {"state": State.WRITING, "wrote": True}
    sessions.change(turn.db, turn.session.id, **changes)
    log.info("handed_out", session=turn.session.id, step=step.value, number=number)


def _go_on(turn: Turn, taken: Taken) -> int:
    """Write what was learned, and say how far the session has come."""
    if taken.stop is not None:
        return _fail(turn, taken.stop)
    learned = replace(turn.session, **taken.learned)
    standing = _standing(learned, turn.settings.message_set_max)
    if plan.next_step(standing) is Step.FINISH:
        turn = replace(turn, session=learned)
        told = endings.summary(turn)
        over = {"state": State.DONE, "percent": DONE, "ended_at": turn.now, "message": told}
        sessions.change(turn.db, turn.session.id, **{**taken.learned, **over, **endings.NO_TROUBLE})
        endings.leave_notice(turn)
        log.info("session_done", session=turn.session.id, posted=learned.posted)
        return DONE
    percent = plan.percent(standing, before=turn.session.percent)
    sessions.change(
        turn.db,
        turn.session.id,
        **{**taken.learned, "state": State.READY, "percent": percent},
    )
    return percent


def _fail(
    turn: Turn,
    trouble: Trouble,
    *,
    problem: str = "",
    why: str = "",
    said: Mapping[str, str] | None = None,
) -> int:
    """End the session with a problem; payments that are out unanswered fall in doubt.

    `problem` and `said` are about an answer that could not be read, which is kept as it came.
    """
    doubt = turn.session.state is State.WRITING
    trouble = endings.unsure(turn, trouble, problem=problem) if doubt else trouble
    _end(turn, Reaction(Act.END, State.FAILED, doubt=doubt), trouble, why=why, said=said)
    return ERROR


def _end(
    turn: Turn,
    reaction: Reaction,
    trouble: Trouble,
    *,
    why: str,
    said: Mapping[str, str] | None = None,
    tells: bool = False,
) -> str:
    """End an open session before its time; give the sentence, which `tells` what it had done."""
    done = endings.done_so_far(turn) if tells else []
    message = " - ".join([*done, endings.status(turn, trouble)])
    endings.end(turn, reaction, why=why, trouble=trouble, message=message, said=said)
    return message


def _file_to_name(turn: Turn) -> str | None:
    """Give where this install last opened the company file; None when it was named already.

    As an administrator confirmed it: on another PC the file may have another place.
    """
    own = turn.session
    if own.tried_file or own.exchanges:
        return None
    place = installs.confirmed_place(turn.db, own.company_file_id, own.install_id)
    return place.path if place is not None and place.install_id == own.install_id else None


def _with(turn: Turn, learned: Mapping[str, Any]) -> Turn:
    """Go on with what was learned; it is written together with what is handed out."""
    return replace(turn, session=replace(turn.session, **learned))


def _standing(session: SessionRow, message_set_max: int) -> plan.Standing:
    return plan.Standing(
        company_known=session.company_known,
        settled=session.settled,
        has_to_take_out=bool(session.take_out),
        is_paused=session.is_paused,
        looked_up=not session.more_pages and not session.look_again,
        may_write=session.may_write,
        has_methods_to_add=bool(session.methods_to_add),
        has_enough=session.to_post >= message_set_max,
        waiting=session.waiting,
        looked=session.looked,
        to_post=session.to_post,
        has_questions=session.has_questions,
        listed=sum(cursor["told"] for cursor in session.lists.values()),
        unlisted=sum(cursor["left"] or 0 for cursor in session.lists.values()),
        to_explain=len(session.to_explain) + len(session.held),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class NoAnswer:
    """There is none to be read: why, the sentence for it, and QuickBooks' own words.

    `is_refused_whole`: QuickBooks could not read the set, and has done nothing of it.
    """

    trouble: Trouble
    problem: str
    said: str = ""
    is_refused_whole: bool = False


def _read(response: str, hresult: str, message: str) -> MessageSet | NoAnswer:
    """Read an answer.

    Done before the transaction, which would hold SQLite's only writer all the while.
    """
    if hresult.strip():
        return NoAnswer(
            trouble=connection.trouble(hresult, message),
            problem=connection.sentence(hresult, message),
            said=" ".join(message.split()) or hresult.strip(),
            is_refused_whole=connection.is_refused_whole(hresult) and not response.strip(),
        )
    try:
        return envelope.parse(response)
    except ParseError as error:
        problem = str(error)
        trouble = Trouble(Kind.OTHER, Variant.UNREADABLE, {"problem": problem})
        return NoAnswer(trouble=trouble, problem=problem)


def _is_late(turn: Turn, out: ExchangeRow, answer: MessageSet | NoAnswer) -> bool:
    """Say whether this is the answer to an earlier message set.

    An answer without a requestID of ours is not late: it is an answer that proves nothing.
    """
    if isinstance(answer, NoAnswer):
        return False
    told = answer.by_request_id()
    tokens = {token_of(name) for name in told}
    if out.token in tokens:
        return False
    return not tokens.isdisjoint(exchanges.tokens(turn.db, turn.session.id)) or outbox.are_attempts(
        turn.db, turn.session.company_file_id, told
    )


def _note_late(turn: Turn, answer: MessageSet | NoAnswer) -> None:
    """Take a late answer as evidence: what it shows as posted is posted, and nothing else moves.

    Source: exactly-once rules D.6 and F.
    """
    if isinstance(answer, NoAnswer):
        return
    answers = answer.by_request_id()
    attempts = outbox.attempts_named(turn.db, turn.session.company_file_id, answers)
    shown = {
        attempt: outcome
        for attempt, outcome in posting.decided_all(turn, attempts, answers).items()
        if isinstance(outcome, Posted)
    }
    moved = posting.show(turn, shown)
    outbox.close_attempts(turn.db, [attempt.id for attempt in shown], "posted", 0, None)
    log.info("late_answer", session=turn.session.id, posted=moved)


def _said_before(session: SessionRow) -> int:
    """Repeat what the answer before this one was told."""
    if session.state in OPEN:
        return session.percent
    return DONE if session.percent == DONE else ERROR
