"""How lists are read: to their end page by page, from where the last reading ended."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.reading import (
    PAGE_MIN,
    Cursor,
    Page,
    follow,
    is_out_of_date,
    mark_of,
    page_size,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BEGUN = Cursor(since="2026-11-19T00:00:00", began=NOON.isoformat())
HALF_WAY = Cursor(since="", began=NOON.isoformat(), told=500, left=300, iterator_id="{1}")


@pytest.mark.parametrize(
    ("cursor", "told", "left"),
    [
        pytest.param(BEGUN, Page(count=3, left=0, iterator_id=None), 0, id="one page is all"),
        pytest.param(BEGUN, Page(count=0, left=0, iterator_id=None), 0, id="nothing changed"),
        pytest.param(BEGUN, Page(count=499, left=None, iterator_id=None), 0, id="short, no count"),
        pytest.param(BEGUN, Page(count=500, left=7, iterator_id="{1}"), 7, id="there is more"),
        pytest.param(HALF_WAY, Page(count=300, left=0, iterator_id=None), 0, id="the last page"),
        pytest.param(HALF_WAY, Page(count=100, left=200, iterator_id=None), 200, id="id as before"),
    ],
)
def test_a_page_is_followed(cursor: Cursor, told: Page, left: int) -> None:
    after = follow(cursor, told, size=500)
    assert after is not None
    assert (after.left, after.told, after.is_over) == (left, cursor.told + told.count, left == 0)
    assert (after.iterator_id is None) == (left == 0)
    assert after.is_whole == cursor.is_whole


@pytest.mark.parametrize(
    ("cursor", "told"),
    [
        pytest.param(BEGUN, Page(count=500, left=None, iterator_id=None), id="full, and no count"),
        pytest.param(BEGUN, Page(count=500, left=7, iterator_id=None), id="no iterator to follow"),
        pytest.param(HALF_WAY, Page(count=500, left=300, iterator_id="{1}"), id="no less is left"),
        pytest.param(HALF_WAY, Page(count=500, left=800, iterator_id="{1}"), id="more is left"),
        pytest.param(HALF_WAY, Page(count=100, left=100, iterator_id="{1}"), id="a page was lost"),
        pytest.param(
            HALF_WAY, Page(count=100, left=0, iterator_id=None), id="and that was the end"
        ),
        pytest.param(HALF_WAY, Page(count=99, left=200, iterator_id="{1}"), id="one is lacking"),
        pytest.param(
            HALF_WAY, Page(count=299, left=None, iterator_id=None), id="a short last page"
        ),
        pytest.param(
            BEGUN, Page(count=0, left=7, iterator_id="{1}"), id="nothing, and more to come"
        ),
    ],
)
def test_a_page_that_leads_nowhere(cursor: Cursor, told: Page) -> None:
    assert follow(cursor, told, size=500) is None


def test_a_cursor_is_kept_as_it_is() -> None:
    assert Cursor.of(HALF_WAY.as_json()) == HALF_WAY


# Up to where


@pytest.mark.parametrize(
    ("seen", "before", "took", "mark"),
    [
        pytest.param("2026-11-20T07:00:00", None, 0, "2026-11-20T07:00:00", id="the latest seen"),
        pytest.param(
            "2026-11-20T07:00:00", None, 300, "2026-11-20T06:55:00", id="less what reading took"
        ),
        pytest.param(
            "2026-11-20T07:00:00",
            "2026-11-20T06:58:00",
            300,
            "2026-11-20T06:58:00",
            id="never back",
        ),
        pytest.param(None, "2026-11-20T03:00:00", 0, "2026-11-20T03:00:00", id="nothing new"),
        pytest.param(None, None, 0, "2026-11-20T00:00:00", id="nothing: no clock is more behind"),
        pytest.param(
            "2031-01-01T00:00:00", None, 0, "2026-11-21T02:00:00", id="no clock is further ahead"
        ),
    ],
)
def test_how_far_a_list_is_known(
    seen: str | None, before: str | None, took: int, mark: str
) -> None:
    cursor = Cursor(began=NOON.isoformat(), seen=seen, left=0)
    assert mark_of(cursor, before, now=NOON + timedelta(seconds=took)) <= mark
    if took == 0:
        assert mark_of(cursor, before, now=NOON) == mark


@given(
    ahead_h=st.integers(-12, 14),
    took_s=st.integers(0, 7200),
    changed_s=st.integers(0, 7200),
    seen_s=st.integers(-90_000, 7200),
)
def test_what_changes_while_a_list_is_read_is_read_next_time(
    ahead_h: int, took_s: int, changed_s: int, seen_s: int
) -> None:
    """Whatever the PC's time zone: an entry told already, that changed before the end."""
    zone = timedelta(hours=ahead_h)

    def wall(seconds: int) -> str:
        return (NOON + zone + timedelta(seconds=min(seconds, took_s))).strftime("%Y-%m-%dT%H:%M:%S")

    cursor = Cursor(began=NOON.isoformat(), seen=wall(seen_s), left=0)
    assert mark_of(cursor, None, now=NOON + timedelta(seconds=took_s)) <= wall(changed_s)


# Anew


@pytest.mark.parametrize(
    ("days", "read_since", "sync_from", "is_out"),
    [
        (None, None, None, True),  # never read
        (0, None, None, False),
        (80, None, None, False),
        (81, None, None, True),  # QuickBooks has forgotten deletions by now
        (1, date(2026, 1, 1), date(2026, 1, 1), False),
        (1, date(2026, 1, 1), date(2026, 6, 1), False),  # moved forward: it hides
        (1, date(2026, 1, 1), date(2025, 6, 1), True),  # moved back: what is missing is fetched
        (1, date(2026, 1, 1), None, True),
        (1, None, date(2026, 1, 1), False),
    ],
)
def test_when_a_list_is_read_anew(
    days: int | None, read_since: date | None, sync_from: date | None, *, is_out: bool
) -> None:
    complete_at = None if days is None else NOON - timedelta(days=days)
    assert is_out_of_date(complete_at, read_since, sync_from, now=NOON) is is_out


# How much at once


@pytest.mark.parametrize(
    ("before", "took_s", "after"),
    [
        (500, 1, 500),  # never more than the setting
        (500, 10, 500),
        (500, 30, 250),
        (250, 30, 125),
        (12, 30, PAGE_MIN),
        (PAGE_MIN, 30, PAGE_MIN),
        (125, 1, 250),
        (400, 1, 500),
    ],
)
def test_pages_shrink_when_quickbooks_is_slow_and_grow_back(
    before: int, took_s: int, after: int
) -> None:
    assert page_size(before, timedelta(seconds=took_s), limit=500) == after


def test_a_setting_below_the_least_page_holds() -> None:
    assert page_size(3, timedelta(seconds=60), limit=3) == 3
