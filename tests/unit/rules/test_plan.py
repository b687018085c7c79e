"""What a session asks next, and the bar that people watch meanwhile."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.plan import Standing, Step, next_step, percent

FRESH = Standing(
    company_known=False,
    may_write=True,
    settled=False,
    has_to_take_out=False,
    is_paused=False,
    looked_up=False,
    has_methods_to_add=False,
    has_enough=False,
    waiting=0,
    looked=0,
    to_post=0,
)
KNOWN = replace(FRESH, company_known=True)
SETTLED = replace(KNOWN, settled=True)
LOOKED_UP = replace(SETTLED, looked_up=True, waiting=4, looked=4)


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        pytest.param(FRESH, Step.COMPANY, id="which books are these?"),
        pytest.param(
            replace(LOOKED_UP, company_known=False, to_post=4), Step.COMPANY, id="always first"
        ),
        pytest.param(KNOWN, Step.SETTLE, id="then what stands there already"),
        pytest.param(
            replace(KNOWN, may_write=False),
            Step.FINISH,
            id="by books that nobody confirmed no payment is judged",
        ),
        pytest.param(
            replace(LOOKED_UP, settled=False, to_post=4),
            Step.SETTLE,
            id="once more after a set was refused whole",
        ),
        pytest.param(
            replace(KNOWN, has_to_take_out=True),
            Step.SETTLE,
            id="nothing is taken out before it was seen",
        ),
        pytest.param(
            replace(SETTLED, has_to_take_out=True, is_paused=True),
            Step.TAKE_OUT,
            id="what a person wants out, though posting is paused",
        ),
        pytest.param(
            replace(LOOKED_UP, is_paused=True, to_post=4), Step.FINISH, id="posting is paused"
        ),
        pytest.param(
            replace(LOOKED_UP, is_paused=True, to_post=4, has_methods_to_add=True),
            Step.FINISH,
            id="and no method is added for what is not posted",
        ),
        pytest.param(SETTLED, Step.LOOK_UP, id="then what QuickBooks has"),
        pytest.param(
            replace(LOOKED_UP, looked_up=False, to_post=4), Step.LOOK_UP, id="to the last page"
        ),
        pytest.param(
            replace(LOOKED_UP, looked_up=False, to_post=4, has_enough=True),
            Step.POST,
            id="a full message set waits for no other page",
        ),
        pytest.param(
            replace(LOOKED_UP, to_post=4, has_methods_to_add=True),
            Step.ADD_METHODS,
            id="methods before the payments that use them",
        ),
        pytest.param(replace(LOOKED_UP, to_post=4), Step.POST, id="then the payments"),
        pytest.param(LOOKED_UP, Step.FINISH, id="nothing fits, nothing is left"),
        pytest.param(
            replace(LOOKED_UP, has_methods_to_add=True), Step.FINISH, id="no method for nobody"
        ),
        pytest.param(
            replace(LOOKED_UP, to_post=4, may_write=False), Step.FINISH, id="not confirmed yet"
        ),
        pytest.param(
            replace(LOOKED_UP, has_questions=True),
            Step.QUESTIONS,
            id="last of all, what somebody looks for",
        ),
        pytest.param(
            replace(LOOKED_UP, to_post=4, has_questions=True),
            Step.POST,
            id="never before the payments",
        ),
        pytest.param(
            replace(LOOKED_UP, is_paused=True, to_post=4, has_questions=True),
            Step.QUESTIONS,
            id="questions are no posting",
        ),
        pytest.param(
            replace(KNOWN, may_write=False, has_questions=True),
            Step.FINISH,
            id="books that nobody confirmed are asked nothing",
        ),
        pytest.param(
            replace(LOOKED_UP, to_post=4, may_write=False, has_methods_to_add=True),
            Step.FINISH,
            id="adding a method is writing too",
        ),
    ],
)
def test_what_is_asked_next(standing: Standing, step: Step) -> None:
    assert next_step(standing) is step


def test_what_changes_the_books() -> None:
    assert {step for step in Step if step.writes} == {Step.TAKE_OUT, Step.ADD_METHODS, Step.POST}


@given(
    st.builds(
        Standing,
        company_known=st.booleans(),
        may_write=st.booleans(),
        settled=st.booleans(),
        has_to_take_out=st.booleans(),
        is_paused=st.booleans(),
        looked_up=st.booleans(),
        has_methods_to_add=st.booleans(),
        has_enough=st.booleans(),
        waiting=st.integers(0, 50),
        looked=st.integers(0, 50),
        to_post=st.integers(0, 50),
        has_questions=st.booleans(),
    )
)
def test_nothing_is_written_unless_it_may_be(standing: Standing) -> None:
    step = next_step(standing)
    if step is not Step.COMPANY:
        assert standing.company_known
    if step.writes:
        assert standing.may_write
        assert standing.settled
    if step in (Step.ADD_METHODS, Step.POST):
        assert not standing.is_paused
        assert not standing.has_to_take_out
        assert standing.looked_up or standing.has_enough
        assert standing.to_post > 0
    if step is Step.QUESTIONS:
        assert standing.settled
        assert standing.is_paused or not standing.to_post


@pytest.mark.parametrize(
    ("waiting", "looked", "to_post", "shown"),
    [
        (0, 0, 0, 0),
        (4, 0, 0, 0),
        (4, 2, 2, 25),  # half of them looked up: a quarter of the work
        (4, 4, 4, 50),
        (4, 4, 2, 75),
        (4, 4, 0, 99),  # 100 is said at the end alone
        (4, 4, 1, 87),
        (4, 2, 0, 50),  # both that were looked at cannot be posted
        (3, 5, 5, 16),  # two arrived meanwhile
    ],
)
def test_the_bar(waiting: int, looked: int, to_post: int, shown: int) -> None:
    standing = replace(KNOWN, waiting=waiting, looked=looked, to_post=to_post)
    assert percent(standing, before=0) == shown


def test_the_bar_does_not_go_back_when_more_arrives() -> None:
    assert percent(replace(KNOWN, waiting=4, looked=4, to_post=4), before=63) == 63


standings = st.builds(
    replace,
    st.just(KNOWN),
    waiting=st.integers(0, 10_000),
    looked=st.integers(0, 20_000),
    to_post=st.integers(0, 20_000),
)


@given(st.lists(standings, max_size=30))
def test_whatever_happens_it_never_goes_back_and_never_says_100(steps: list[Standing]) -> None:
    shown = 0
    for standing in steps:
        now = percent(standing, before=shown)
        assert shown <= now <= 99
        shown = now


@given(st.data(), st.integers(0, 300), st.integers(1, 100), st.integers(1, 100))
def test_a_whole_session_comes_to_its_end(
    data: st.DataObject, waiting: int, page: int, set_max: int
) -> None:
    """Play a session: pages of payments, some refused, methods to add, sets of payments.

    A set is refused whole now and then, and what stands there is asked for once more.
    """
    standing, steps, shown = FRESH, list[Step](), [0]
    has_questions = data.draw(st.booleans())
    refusals = data.draw(st.integers(0, 3))
    while (step := next_step(standing)) is not Step.FINISH:
        steps.append(step)
        if step is Step.COMPANY:
            standing = replace(standing, company_known=True)
        elif step is Step.SETTLE:
            asked_before = Step.SETTLE in steps[:-1]
            has_to_take_out = not asked_before and data.draw(st.booleans())
            standing = replace(
                standing,
                settled=True,
                has_to_take_out=has_to_take_out,
                has_questions=has_questions,
            )
        elif step is Step.TAKE_OUT:
            standing = replace(standing, has_to_take_out=False)
        elif step is Step.LOOK_UP:
            looked = min(page, waiting - standing.looked)
            refused = data.draw(st.integers(0, looked))
            standing = replace(
                standing,
                waiting=waiting,
                looked=standing.looked + looked,
                looked_up=standing.looked + looked == waiting,
                to_post=(to_post := standing.to_post + looked - refused),
                has_enough=to_post >= set_max,
                has_methods_to_add=standing.has_methods_to_add or data.draw(st.booleans()),
            )
        elif step is Step.ADD_METHODS:
            standing = replace(standing, has_methods_to_add=False)
        elif step is Step.QUESTIONS:
            standing = replace(standing, has_questions=False)
            has_questions = False
        elif refusals:
            refusals -= 1
            standing = replace(standing, settled=False)
        else:
            to_post = max(standing.to_post - set_max, 0)
            standing = replace(standing, to_post=to_post, has_enough=to_post >= set_max)
        shown.append(percent(standing, before=shown[-1]))
    assert Step.QUESTIONS not in steps[:-1]
    again = [Step.POST, Step.SETTLE]
    while again in (pair := [steps[at : at + 2] for at in range(len(steps))]):
        del steps[pair.index(again) + 1]
    order = [Step.COMPANY, Step.SETTLE, Step.TAKE_OUT]
    looks_and_posts = [step for step in steps if step not in order]
    assert (
        steps == sorted(steps[: -len(looks_and_posts) or None], key=order.index) + looks_and_posts
    )
    assert looks_and_posts.count(Step.LOOK_UP) <= max(waiting // page + 1, 1)
    assert shown == sorted(shown)
    assert shown[-1] == (99 if waiting else 0)
