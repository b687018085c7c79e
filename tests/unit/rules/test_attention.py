"""The 10 % rule: many refusals are told, isolated ones are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sync_core import words
from sync_core.attention import COUNT_MIN, ONE_IN, attention
from sync_core.rejection import Cause


@pytest.mark.parametrize(
    ("total", "refused", "is_needed"),
    [
        (0, 0, False),
        (4, 4, False),  # all of them, but only four
        (5, 5, True),
        (49, 5, True),
        (50, 5, True),  # a tenth exactly
        (51, 5, False),
        (1_000, 99, False),
        (1_000, 100, True),
    ],
)
def test_a_tenth_and_at_least_five(total: int, refused: int, *, is_needed: bool) -> None:
    found = attention(total, {Cause.CLOSED_PERIOD: refused} if refused else {})
    assert (found is not None) is is_needed


def test_the_most_frequent_cause_is_named_with_its_hint() -> None:
    refused = {Cause.INVALID: 2, Cause.CLOSED_PERIOD: 4, Cause.LOCKED: 1}
    found = attention(50, refused)
    assert found is not None
    assert (found.refused, found.total, found.percent) == (7, 50, 14)
    assert words.many_refused(found.most, found.facts) == (
        "**14 % of the last 30 days' payments were refused** (7 of 50). Most often: books closed. "
        "Payments arrive with dates in closed books. Sync before closing, or close later."
    )


def test_of_two_as_frequent_as_each_other_it_is_always_the_same() -> None:
    refused = {Cause.INVALID: 3, Cause.CREDIT_APPLIED: 3}
    one, other = attention(9, refused), attention(9, dict(reversed(refused.items())))
    assert one == other
    assert one is not None
    assert one.most is Cause.CREDIT_APPLIED


@given(
    some.dictionaries(some.sampled_from(Cause), some.integers(1, 60)),
    some.integers(0, 2_000),
)
def test_the_rule_is_what_the_sentence_says(refused: dict[Cause, int], others: int) -> None:
    count = sum(refused.values())
    total = count + others
    found = attention(total, refused)
    assert (found is not None) == (count >= COUNT_MIN and ONE_IN * count >= total)
    if found is not None:
        assert refused[found.most] == max(refused.values())
        assert 10 <= found.percent <= 100
