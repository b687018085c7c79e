"""How it stands with an install: what is a card, who is silent."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.trouble import Kind, Standing, is_card, is_silent, standing

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "in_a_row", "card"),
    [
        (Kind.DIALOG_OPEN, 0, False),
        pytest.param(Kind.DIALOG_OPEN, 1, False, id="a first try may fail"),
        (Kind.DIALOG_OPEN, 2, True),
        (Kind.CUT_OFF, 0, False),
        pytest.param(Kind.CUT_OFF, 1, True, id="payments are out"),
    ],
)
def test_the_second_in_a_row_is_a_card(kind: Kind, in_a_row: int, *, card: bool) -> None:
    assert is_card(kind, in_a_row) is card


@pytest.mark.parametrize(
    ("minutes_ago", "runs_by_itself", "silent"),
    [
        (0, True, False),
        (15, True, False),
        (29, True, False),
        (30, True, True),
        (60 * 24 * 30, True, True),
        pytest.param(None, True, False, id="it has yet to be connected"),
        pytest.param(60 * 24 * 30, False, False, id="by hand, paused"),
        pytest.param(-60, True, False, id="the clock was set back"),
    ],
)
def test_who_is_silent(minutes_ago: int | None, *, runs_by_itself: bool, silent: bool) -> None:
    last = None if minutes_ago is None else NOON - timedelta(minutes=minutes_ago)
    assert is_silent(last, NOON, every_minutes=15, runs_by_itself=runs_by_itself) is silent


@pytest.mark.parametrize(
    ("has_called", "silent", "in_trouble", "failures", "stands"),
    [
        (False, False, False, 0, Standing.NEVER_CALLED),
        (True, False, False, 0, Standing.OK),
        (True, False, False, 1, Standing.FIRST_TRY_FAILED),
        (True, False, True, 2, Standing.TROUBLE),
        (True, True, True, 2, Standing.SILENT),
        pytest.param(False, False, True, 2, Standing.TROUBLE, id="with a wrong password only"),
    ],
)
def test_how_an_install_stands(
    *, has_called: bool, silent: bool, in_trouble: bool, failures: int, stands: Standing
) -> None:
    found = standing(
        has_called=has_called, is_silent=silent, is_in_trouble=in_trouble, failures=failures
    )
    assert found is stands
