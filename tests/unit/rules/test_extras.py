"""When an entry that is one too many may be taken out by a click, and what is said when not."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.extras import Facts, why_not
from sync_core.wording.acts import TAKE_OUT_BY_HAND

DAY = date(2026, 11, 20)
FINE = Facts(
    is_there=True,
    is_kept_there=True,
    is_unchanged=True,
    is_undeposited=True,
    day=DAY,
    closing_date=None,
    is_closing_date_told=True,
)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(FINE, id="the second entry of a payment"),
        pytest.param(replace(FINE, is_kept_there=None), id="an entry of no payment of ours"),
        pytest.param(replace(FINE, closing_date=date(2026, 11, 19)), id="the day after the close"),
    ],
)
def test_it_may_be_taken_out(facts: Facts) -> None:
    assert why_not(facts) is None


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (replace(FINE, is_there=False), "did not show this entry"),
        (replace(FINE, is_kept_there=False), "so this one stays"),
        (replace(FINE, is_unchanged=False), "was changed"),
        (replace(FINE, is_undeposited=False), "out of the deposit first"),
        (replace(FINE, closing_date=DAY), "books are closed"),
        (replace(FINE, closing_date=date(2026, 12, 31)), "books are closed"),
        (replace(FINE, is_closing_date_told=False), "did not tell its closing date"),
        (replace(FINE, day=None), "books are closed"),  # not told: it might be
    ],
)
def test_it_stays_and_the_person_is_told_why(facts: Facts, word: str) -> None:
    assert word in (why_not(facts) or "")


@pytest.mark.parametrize(
    "facts",
    [
        replace(FINE, is_unchanged=False),
        replace(FINE, is_undeposited=False),
        replace(FINE, closing_date=DAY),
    ],
)
def test_what_a_person_can_do_by_hand_has_its_steps(facts: Facts) -> None:
    assert (why_not(facts) or "").endswith(TAKE_OUT_BY_HAND)


days = st.dates(date(2026, 11, 1), date(2026, 11, 30))


@given(
    st.builds(
        Facts,
        is_there=st.booleans(),
        is_kept_there=st.none() | st.booleans(),
        is_unchanged=st.booleans(),
        is_undeposited=st.booleans(),
        day=st.none() | days,
        closing_date=st.none() | days,
        is_closing_date_told=st.booleans(),
    )
)
def test_nothing_is_taken_out_unless_all_is_as_it_must_be(facts: Facts) -> None:
    if why_not(facts) is not None:
        return
    assert facts.is_there
    assert facts.is_kept_there is not False
    assert facts.is_unchanged
    assert facts.is_undeposited
    assert facts.is_closing_date_told
    assert facts.day is not None
    assert facts.closing_date is None or facts.day > facts.closing_date
