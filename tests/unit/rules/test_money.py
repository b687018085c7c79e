"""A person's amounts: exactly what was typed, or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.money import (
    CENTS_MAX,
    MoneyError,
    added,
    format_cents,
    format_sums,
    parse_cents,
    parse_sums,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("125.00", 12_500),
        ("125", 12_500),
        ("125.5", 12_550),
        ("0.01", 1),
        ("0.1", 10),
        ("0", 0),
        ("0.00", 0),
        ("007.10", 710),
        ("19.99", 1_999),  # as a float, 19.99 * 100 is 1998.9999999999998
        ("1234567890123.45", 123_456_789_012_345),  # as a float, this ends in .50
        ("9999999999999.99", CENTS_MAX),
    ],
)
def test_an_amount_becomes_its_cents(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "125.", ".50", "125.00 ", " 125.00", "125.00\n", "1 000", "1\u00a0000"),
        *("1.234", "0.001", "0.999", "12.3456"),  # never rounded
        *("-5.00", "+5.00", "\u22125.00", "(5.00)", "5.00-"),
        *("1,234.00", "1.234,00", "12,50", "1'000.00", "1_000"),
        *("$5", "5 USD", "\u20ac5", "5%"),
        *("1e3", "1E3", "0x10", "NaN", "inf", "Infinity", "ten", "1.2.3"),
        "\u0661\u0662\u0665.\u0660\u0660",  # Arabic digits
        "\uff11\uff12\uff15.\uff10\uff10",  # full-width digits
        "125.\u0660\u0660",
        *("\u00bd", "10\u00b2"),
        "12345678901234",  # 14 digits: more than QuickBooks holds
        "9" * 5_000,
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(MoneyError, match=r"at most two decimals, such as 125\.00"):
        parse_cents(text)


@given(st.integers(min_value=0, max_value=CENTS_MAX))
def test_there_and_back_nothing_is_lost(cents: int) -> None:
    assert parse_cents(format_cents(cents)) == cents


@given(st.text(alphabet="0123456789.,-+ eE\u0661", max_size=18) | st.text(max_size=8))
def test_what_is_taken_is_worth_exactly_what_it_says(text: str) -> None:
    try:
        cents = parse_cents(text)
    except MoneyError:
        return
    assert text.isascii()
    assert Decimal(cents) == Decimal(text) * 100


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0.00"), (5, "0.05"), (12_500, "125.00"), (-5, "-0.05"), (-12_550, "-125.50")],
)
def test_cents_are_shown_with_two_decimals(cents: int, text: str) -> None:
    assert format_cents(cents) == text


def test_currencies_are_added_up_each_by_itself() -> None:
    parts = [("USD", 782_400), ("EUR", 3_000), (None, 50), ("EUR", 1_000)]
    sums = added(parts, home="USD")
    assert sums == {None: 782_450, "EUR": 4_000}
    assert format_sums(sums) == "7824.50 and EUR 40.00"
    assert parse_sums("7824.50 and EUR 40.00") == sums
    assert format_sums({}) == "0.00"


@pytest.mark.parametrize("text", ["", "about 5.00", "5.00 and", "5.00 and more", "EUR", "eur 5.00"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_sums(text)
