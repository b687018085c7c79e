"""One Web Connector session: every call, in every state, in any order."""

from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.session import OPEN, TABLE, Act, Call, Reaction, State, is_busy, react

OVER = tuple(state for state in State if state not in OPEN)


def test_the_table_is_total() -> None:
    assert set(TABLE) == set(product(State, Call))


def test_a_sync_as_it_should_be() -> None:
    assert react(State.READY, Call.SEND).act is Act.HAND_OUT
    assert react(State.READING, Call.RECEIVE) == Reaction(Act.TAKE_ANSWER, State.READY)
    assert react(State.WRITING, Call.RECEIVE) == Reaction(Act.TAKE_ANSWER, State.READY)
    assert react(State.DONE, Call.CLOSE) == Reaction(Act.END, State.CLOSED)


@pytest.mark.parametrize(
    ("call", "act", "after"),
    [
        pytest.param(Call.SEND, Act.TURN_AWAY, State.FAILED, id="asked again before it answered"),
        pytest.param(Call.CONNECTION_ERROR, Act.END, State.CLOSED, id="QuickBooks went away"),
        pytest.param(Call.LAST_ERROR, Act.TELL, State.FAILED, id="asked what went wrong"),
        pytest.param(Call.CLOSE, Act.END, State.CLOSED, id="closed without an answer"),
        pytest.param(Call.TAKEOVER, Act.END, State.CLOSED, id="another sync began"),
    ],
)
def test_payments_whose_answer_never_came_fall_in_doubt(call: Call, act: Act, after: State) -> None:
    assert react(State.WRITING, call) == Reaction(act, after, doubt=True)


@pytest.mark.parametrize("call", [call for call in Call if call is not Call.RECEIVE])
def test_nothing_but_its_answer_ends_a_write_without_doubt(call: Call) -> None:
    reaction = react(State.WRITING, call)
    assert reaction.doubt
    assert reaction.after not in OPEN


@pytest.mark.parametrize(("state", "call"), list(product(State, Call)))
def test_there_is_no_doubt_where_nothing_was_written(state: State, call: Call) -> None:
    if state is not State.WRITING:
        assert not react(state, call).doubt


def test_reading_twice_does_no_harm() -> None:
    assert react(State.READING, Call.SEND) == Reaction(Act.HAND_OUT_AGAIN, State.READING)
    again = {state for state, call in TABLE if TABLE[state, call].act is Act.HAND_OUT_AGAIN}
    assert again == {State.READING}


def test_the_next_page_is_not_handed_out_twice() -> None:
    """QuickBooks would go on behind the page whose answer was lost."""
    for state, call in product(State, Call):
        reaction = react(state, call, is_repeatable=False)
        if (state, call) == (State.READING, Call.SEND):
            assert reaction == Reaction(Act.TURN_AWAY, State.FAILED)
        else:
            assert reaction == react(state, call)


def test_quickbooks_that_did_not_open_is_tried_once_more_with_a_file_to_name() -> None:
    """Only before anything was asked of it: whatever is out then is not forgotten."""
    for state, call in product(State, Call):
        reaction = react(state, call, has_file=True)
        if (state, call) == (State.READY, Call.CONNECTION_ERROR):
            assert reaction == Reaction(Act.TRY_AGAIN, State.READY)
        else:
            assert reaction == react(state, call)
    assert react(State.READY, Call.CONNECTION_ERROR) == Reaction(Act.END, State.CLOSED)


@pytest.mark.parametrize(("state", "call"), list(product(OVER, Call)))
def test_a_session_that_is_over_hands_out_nothing_and_stays_over(state: State, call: Call) -> None:
    reaction = react(state, call)
    assert reaction.act not in (Act.HAND_OUT, Act.HAND_OUT_AGAIN, Act.TAKE_ANSWER)
    assert reaction.after in OVER


@pytest.mark.parametrize("state", OVER)
def test_an_answer_that_comes_too_late_is_kept_as_evidence(state: State) -> None:
    assert react(state, Call.RECEIVE) == Reaction(Act.NOTE_LATE_ANSWER, state)


@pytest.mark.parametrize("state", State)
def test_closing_twice_is_closing_once(state: State) -> None:
    once = react(state, Call.CLOSE)
    assert once.after is State.CLOSED
    assert react(once.after, Call.CLOSE).after is State.CLOSED


@dataclass
class Played:
    """A session as the calls leave it; `writes` says what the next message set would be."""

    state: State = State.READY
    was_lost: bool = False

    def call(self, call: Call, *, writes: bool, ends: bool) -> Reaction:
        reaction = react(self.state, call)
        was_writing, self.state = self.state is State.WRITING, reaction.after
        if reaction.act is Act.HAND_OUT:
            self.state = State.WRITING if writes else State.READING
        elif reaction.act is Act.TAKE_ANSWER and ends:
            self.state = State.DONE
        if was_writing:
            assert reaction.doubt != (reaction.act is Act.TAKE_ANSWER)
        self.was_lost |= reaction.doubt
        return reaction


@given(st.lists(st.tuples(st.sampled_from(list(Call)), st.booleans(), st.booleans()), max_size=40))
def test_after_a_loss_the_session_never_writes_again(
    calls: list[tuple[Call, bool, bool]],
) -> None:
    session = Played()
    for call, writes, ends in calls:
        had_lost = session.was_lost
        reaction = session.call(call, writes=writes, ends=ends)
        if had_lost:
            assert reaction.act not in (Act.HAND_OUT, Act.HAND_OUT_AGAIN)
            assert not reaction.doubt  # what is lost is lost once


SILENT_S, WITH_WRITES_S = 120, 600


@pytest.mark.parametrize(
    ("state", "silent_s", "busy"),
    [
        (State.READY, 0, True),
        (State.READY, 119.9, True),
        (State.READY, 120, False),
        (State.READING, 119.9, True),
        (State.READING, 121, False),
        (State.WRITING, 121, True),
        (State.WRITING, 599.9, True),
        (State.WRITING, 600, False),
        (State.READY, -5, True),  # a clock that was set back proves no silence
        (State.WRITING, -5, True),
        pytest.param(State.READY, -SILENT_S + 1, True, id="a clock that was corrected a little"),
        pytest.param(State.READY, -SILENT_S, False, id="heard from in the future"),
        pytest.param(State.WRITING, -WITH_WRITES_S, False, id="with payments out"),
    ],
)
def test_when_another_sync_may_take_over(state: State, silent_s: float, *, busy: bool) -> None:
    assert busy is is_busy(
        state,
        silent_s=silent_s,
        silent_limit_s=SILENT_S,
        silent_with_writes_limit_s=WITH_WRITES_S,
    )


@given(st.floats(0, 10_000), st.integers(1, 5_000), st.integers(0, 5_000))
def test_a_write_is_never_taken_over_sooner_than_a_read(
    silent_s: float, silent_limit_s: int, more_s: int
) -> None:
    busy = {
        state: is_busy(
            state,
            silent_s=silent_s,
            silent_limit_s=silent_limit_s,
            silent_with_writes_limit_s=silent_limit_s + more_s,
        )
        for state in OPEN
    }
    assert busy[State.READY] == busy[State.READING]
    assert busy[State.WRITING] or not busy[State.READING]
