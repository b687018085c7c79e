"""One Web Connector session as a table: what each call does in each state.

The Web Connector's calls may come in any order and any number of times, so the table is total:
every call has a reaction in every state. Source: QBWC Programmer's Guide 2.0, chapters 2 and 10;
`exactly-once` rules D.1 and E.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a session stands. The first three are open; a company file has one open session."""

    READY = "ready"  # nothing is out; the next sendRequestXML gets a message set
    READING = "reading"  # a message set that only reads is out, unanswered
    WRITING = "writing"  # a message set that writes is out, unanswered
    DONE = "done"  # 100 was answered
    FAILED = "failed"  # ended early; a sentence waits for getLastError
    CLOSED = "closed"  # the Web Connector took its leave, or another session took over


class Call(StrEnum):
    """What happens to a session from outside."""

    SEND = "sendRequestXML"
    RECEIVE = "receiveResponseXML"
    CONNECTION_ERROR = "connectionError"
    LAST_ERROR = "getLastError"
    CLOSE = "closeConnection"
    TAKEOVER = "authenticate"


class Act(StrEnum):
    """What we do about it."""

    HAND_OUT = "hand out the next message set"
    HAND_OUT_AGAIN = "hand out the same message set: beginning to read twice does no harm"
    TAKE_ANSWER = "take the answer to the message set that is out"
    NOTE_LATE_ANSWER = "keep the answer as evidence, and repeat what was answered"
    TURN_AWAY = "hand out nothing, and have a sentence ready"
    TRY_AGAIN = "name the file that QuickBooks shall open"
    TELL = "tell how it stands"
    END = "end the session"


OPEN = (State.READY, State.READING, State.WRITING)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a call does: the act, the state after it, and whether what is out falls in doubt.

    After HAND_OUT and TAKE_ANSWER the state depends on what is handed out or answered; `after` is
    then the state in which nothing else happened.
    """

    act: Act
    after: State
    doubt: bool = False


_OVER = (State.DONE, State.FAILED, State.CLOSED)

TABLE: dict[tuple[State, Call], Reaction] = {
    (State.READY, Call.SEND): Reaction(Act.HAND_OUT, State.READY),
    (State.READING, Call.SEND): Reaction(Act.HAND_OUT_AGAIN, State.READING),
    (State.WRITING, Call.SEND): Reaction(Act.TURN_AWAY, State.FAILED, doubt=True),
    **{(state, Call.SEND): Reaction(Act.TURN_AWAY, state) for state in _OVER},
    (State.READY, Call.RECEIVE): Reaction(Act.NOTE_LATE_ANSWER, State.READY),
    (State.READING, Call.RECEIVE): Reaction(Act.TAKE_ANSWER, State.READY),
    (State.WRITING, Call.RECEIVE): Reaction(Act.TAKE_ANSWER, State.READY),
    **{(state, Call.RECEIVE): Reaction(Act.NOTE_LATE_ANSWER, state) for state in _OVER},
    (State.READY, Call.CONNECTION_ERROR): Reaction(Act.END, State.CLOSED),
    (State.READING, Call.CONNECTION_ERROR): Reaction(Act.END, State.CLOSED),
    (State.WRITING, Call.CONNECTION_ERROR): Reaction(Act.END, State.CLOSED, doubt=True),
    **{(state, Call.CONNECTION_ERROR): Reaction(Act.TELL, state) for state in _OVER},
    (State.READY, Call.LAST_ERROR): Reaction(Act.TELL, State.READY),
    (State.READING, Call.LAST_ERROR): Reaction(Act.TELL, State.READING),
    (State.WRITING, Call.LAST_ERROR): Reaction(Act.TELL, State.FAILED, doubt=True),
    **{(state, Call.LAST_ERROR): Reaction(Act.TELL, state) for state in _OVER},
    (State.READY, Call.CLOSE): Reaction(Act.END, State.CLOSED),
    (State.READING, Call.CLOSE): Reaction(Act.END, State.CLOSED),
    (State.WRITING, Call.CLOSE): Reaction(Act.END, State.CLOSED, doubt=True),
    **{(state, Call.CLOSE): Reaction(Act.END, State.CLOSED) for state in _OVER},
    (State.READY, Call.TAKEOVER): Reaction(Act.END, State.CLOSED),
    (State.READING, Call.TAKEOVER): Reaction(Act.END, State.CLOSED),
    (State.WRITING, Call.TAKEOVER): Reaction(Act.END, State.CLOSED, doubt=True),
    **{(state, Call.TAKEOVER): Reaction(Act.TELL, state) for state in _OVER},
}


# QuickBooks may have carried the set out already. Given a second time, it goes on behind the page
# whose answer is lost, and nothing in its answer shows that one is lacking.
_PAGE_LOST = Reaction(Act.TURN_AWAY, State.FAILED)
# QuickBooks has not opened yet. The Web Connector calls as long as it is answered with a file.
_TRY_AGAIN = Reaction(Act.TRY_AGAIN, State.READY)


def react(
    state: State, call: Call, *, is_repeatable: bool = True, has_file: bool = False
) -> Reaction:
    """Look up what a call does in a state.

    `is_repeatable`: the message set that is out tells the same when it is given twice. One that
    goes on with a list does not. `has_file`: there is a file to name, and it was not named yet.
    """
    reaction = TABLE[state, call]
    is_page_lost = reaction.act is Act.HAND_OUT_AGAIN and not is_repeatable
    if has_file and (state, call) == (State.READY, Call.CONNECTION_ERROR):
        return _TRY_AGAIN
    return _PAGE_LOST if is_page_lost else reaction


def is_busy(
    state: State, *, silent_s: float, silent_limit_s: int, silent_with_writes_limit_s: int
) -> bool:
    """Say whether an open session is too fresh to be taken over.

    `silent_s` is how many seconds ago it was last heard from. A session whose payments are out
    gets the longer limit: QuickBooks may still be at work on them. One that was heard from in the
    future, by a clock that was set back since, is as silent as it is ahead: not busy for ever.
    """
    limit = silent_with_writes_limit_s if state is State.WRITING else silent_limit_s
    return abs(silent_s) < limit
