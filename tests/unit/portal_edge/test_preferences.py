"""Dates, times and money as their reader wants them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qbwc_server.services.preferences import (
    DATE_FORMATS,
    NUMBER_FORMATS,
    Preferences,
    problems,
    time_zones,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("word", "shown"), DATE_FORMATS.items())
def test_a_date_is_written_as_its_example(word: str, shown: str) -> None:
    assert Preferences(date_format=word).day(date(2026, 11, 20)) == shown


@pytest.mark.parametrize(("word", "shown"), NUMBER_FORMATS.items())
def test_money_is_written_as_its_example(word: str, shown: str) -> None:
    prefer = Preferences(number_format=word)
    assert prefer.money(123_456) == shown
    assert prefer.money(-123_456) == f"\N{MINUS SIGN}{shown}"
    assert prefer.money(5).endswith("05")
    assert prefer.money(0)[0] == "0"


@pytest.mark.parametrize(
    ("word", "typed", "cents"),
    [
        ("comma_point", "1,234.56", 123_456),
        ("comma_point", "$1,234", 123_400),
        ("comma_point", " 12.5 ", 1_250),
        ("point_comma", "1.234,56", 123_456),
        ("point_comma", "1.234", 123_400),
        ("point_comma", "12.50", 1_250),  # as exports have it
        ("space_comma", "1 234,56", 123_456),
        ("comma_point", "12.345", None),
        ("comma_point", "-5", None),
        ("comma_point", "2118-A", None),
        ("comma_point", "", None),
    ],
)
def test_an_amount_is_read_as_people_type_it(word: str, typed: str, cents: int | None) -> None:
    assert Preferences(number_format=word).cents(typed) == cents


def test_a_moment_is_written_in_the_readers_zone() -> None:
    chicago = Preferences(time_zone="America/Chicago")
    assert chicago.moment(NOON) == "Nov 20, 2026 6:00:00 AM CST"
    berlin = Preferences(date_format="dots", time_zone="Europe/Berlin")
    assert berlin.moment(NOON) == "20.11.2026 13:00:00 CET"
    assert Preferences().moment(NOON) == "Nov 20, 2026 12:00:00 PM UTC"


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=20), "20 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(days=2, hours=5), "2 days ago"),
        (timedelta(days=40), "Oct 11, 2026"),
        (timedelta(seconds=-5), "in less than a minute"),
        (timedelta(days=-3), "in 3 days"),
    ],
)
def test_a_moment_is_told_as_it_lies_from_now(since: timedelta, told: str) -> None:
    assert Preferences().ago(NOON - since, NOON) == told


def test_a_choice_that_is_none_is_named() -> None:
    assert problems("words", "comma_point", "America/Chicago") == {}
    wrong = problems("", "x", "../../etc/passwd")
    assert wrong.keys() == {"date_format", "number_format", "time_zone"}
    assert all(said.endswith(".") for said in wrong.values())


def test_the_time_zones_are_places() -> None:
    assert time_zones()[0] == "UTC"
    assert {"America/New_York", "Europe/Berlin", "Asia/Tokyo"} <= set(time_zones())
    assert not [name for name in time_zones() if name.startswith("Etc/")]
