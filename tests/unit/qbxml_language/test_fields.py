"""The values of qbXML: what is sent, what is refused, and what can be read."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml import fields
from qbxml.errors import BuildError
from qbxml.fields import Leaf, Text


@pytest.mark.parametrize(
    ("cents", "wire"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (12500, "125.00"),
        (-5500, "-55.00"),
        (-5, "-0.05"),
        (999_999_999_999_999, "9999999999999.99"),
    ],
)
def test_cents_are_sent_with_two_decimals(cents: int, wire: str) -> None:
    assert fields.AMOUNT.encode(cents) == wire
    assert fields.AMOUNT.decode(wire) == cents


@pytest.mark.parametrize(
    ("wire", "cents"),
    [
        ("125", 12500),
        ("+1.00", 100),
        ("-0", 0),
        (" 45.00 ", 4500),
        ("10.5", None),
        ("10.555", None),
        ("1,250.00", None),
        ("$5.00", None),
        (".50", None),
        ("5.", None),
        ("1e3", None),
        ("\u0661\u0662", None),  # digits, but not QuickBooks'
        ("12345678901234.00", None),
        ("9" * 5000, None),
    ],
)
def test_only_a_whole_amount_is_read(wire: str, cents: int | None) -> None:
    assert fields.AMOUNT.decode(wire) == cents


@pytest.mark.parametrize("wrong", [1.25, "1.25", True, None, 10**15, -(10**15)])
def test_an_amount_is_whole_cents_of_13_digits(wrong: object) -> None:
    refuses(fields.AMOUNT, wrong)


@given(st.integers(-fields.AMOUNT_CENTS_MAX, fields.AMOUNT_CENTS_MAX))
def test_no_cent_is_lost(cents: int) -> None:
    assert fields.AMOUNT.decode(fields.AMOUNT.encode(cents)) == cents


def test_a_length_is_counted_after_cleaning() -> None:
    assert Text(4).encode("a\u200bbcd") == "abcd"
    refuses(Text(4), "o\ufb03c")  # four characters that become six


@pytest.mark.parametrize("blank", ["", " ", "\n", "\x00"])
def test_a_name_may_not_be_blank_and_a_memo_may(blank: str) -> None:
    refuses(Text(20), blank)
    assert Text(20, may_be_blank=True).encode(blank).strip() == ""


@pytest.mark.parametrize("txn_id", ["B7-1417040299", "0000000000000owb", "1", "A" * 36])
def test_an_id_is_sent_as_it_came(txn_id: str) -> None:
    assert fields.ID.encode(txn_id) == txn_id


@pytest.mark.parametrize("wrong", ["", "-1", " ", "B7 1", "B7-1\n", "A" * 37, "B\u00e9-1", 7])
def test_an_id_that_quickbooks_never_gave_is_refused(wrong: object) -> None:
    refuses(fields.ID, wrong)


def test_a_guid_is_sent_in_braces_and_read_in_small_letters() -> None:
    bare = "8A2F9D2C-1111-5222-8333-123456789ABC"
    assert fields.GUID.encode(bare) == f"{{{bare}}}"
    assert fields.GUID.encode(f"{{{bare}}}") == f"{{{bare}}}"
    assert fields.GUID.decode(f"{{{bare}}}") == f"{{{bare.lower()}}}"
    assert fields.GUID.encode("0") == fields.GUID.decode("0") == "0"  # the user's custom fields


@pytest.mark.parametrize(
    "wrong", ["", "1", "{8a2f9d2c-1111-5222-8333-123456789abc", "8a2f9d2c11115222833312345678", 0]
)
def test_a_guid_that_is_none_is_refused(wrong: object) -> None:
    refuses(fields.GUID, wrong)


def test_a_day_is_a_date_and_nothing_else() -> None:
    assert fields.DATE.encode(dt.date(2026, 2, 3)) == "2026-02-03"
    refuses(fields.DATE, dt.datetime(2026, 2, 3, 4, 5))  # noqa: DTZ001 - refused either way
    refuses(fields.DATE, "2026-02-03")


@pytest.mark.parametrize(
    "wrong", ["2026-02-30", "20260203", "2026-W06-2", "03/02/2026", "tomorrow"]
)
def test_a_day_that_is_none_cannot_be_read(wrong: str) -> None:
    assert fields.DATE.decode(wrong) is None


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-20",
        "2026-11-20T14",
        "2026-11-20T14:05",
        "2026-11-20T14:05:09",
        "2026-11-20T14:05:09-08:00",
    ],
)
def test_a_moment_is_sent_as_written(moment: str) -> None:
    assert fields.DATETIME.encode(moment) == moment


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "2026-11-20T14:05:09Z",
        "2026-11-20T14:05:09.5",
        "2026-11-20 14:05:09",
        "2026-11-31",
        "2026-11-20T24:00:00",
        "2026-11-20T14:60",
        "1969-12-31",
        "2038-01-19",
        dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
    ],
)
def test_a_moment_that_quickbooks_cannot_read_is_refused(wrong: object) -> None:
    refuses(fields.DATETIME, wrong)


def test_a_moment_is_read_as_it_stands() -> None:
    wall_clock = "2010-10-03T19:15:35-08:00"  # the offset is wrong, the clock is right
    assert fields.DATETIME.decode(wall_clock) == wall_clock


@pytest.mark.parametrize(
    ("wire", "value"),
    [("true", True), ("1", True), ("True", True), ("false", False), ("0", False), ("yes", None)],
)
def test_true_and_false_are_read_in_any_spelling_of_theirs(wire: str, value: object) -> None:
    assert fields.BOOL.decode(wire) is value


def test_at_least_one_object_must_be_asked_for() -> None:
    assert fields.Integer(minimum=1).encode(1) == "1"
    refuses(fields.Integer(minimum=1), 0)
    refuses(fields.Integer(minimum=1), wrong=True)


@pytest.mark.parametrize("version", ["13", "13.10", "CA3.0", "", "13.0 ", "-1.0"])
def test_a_version_is_two_numbers(version: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        fields.parse_version(version)
    assert fields.parse_version("13.0") == (13, 0)


def refuses(kind: Leaf[object] | Leaf[int] | Leaf[str] | Leaf[dt.date], wrong: object) -> None:
    with pytest.raises(BuildError) as caught:
        kind.encode(wrong)  # type: ignore[arg-type]  # the wrong type is the example
    assert caught.value.problem
