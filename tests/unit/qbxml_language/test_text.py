"""Text on its way to QuickBooks: what it can keep stays, the rest becomes what looks like it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml import text


@pytest.mark.parametrize(
    "kept",
    [
        "Kern & Sons <kern@example.com>",
        "Ren\u00e9e's Caf\u00e9, Malm\u00f6",
        "\u201cquoted\u201d \u2018so\u2019 \u2013 or \u2014 so\u2026",  # Windows-1252 has these
        "\u20ac 12,50 \u2122 \u0152uvre \u017di\u017eka",
    ],
)
def test_what_windows_1252_holds_is_kept(kept: str) -> None:
    assert text.clean(kept) == kept


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Micha\u0142 \u015awi\u0119tek, \u0141\u00f3d\u017a", "Michal Swietek, L\u00f3dz"),
        ("Dvo\u0159\u00e1k", "Dvor\u00e1k"),
        ("\u0130stanbul \u011eazi", "Istanbul Gazi"),
        ("\u0110or\u0111e", "Dorde"),
        ("o\ufb03ce", "office"),
        ("\u201bquoted\u201f 5\u2032 10\u2033", "'quoted\" 5' 10\""),
        ("2026\u201111\u201120 \u2212 5", "2026-11-20 - 5"),
        ("wait\u22ef", "wait..."),
        ("\u2167 \u2460 \u2153", "VIII 1 1/3"),
        ("\uff21\uff22\uff23", "ABC"),
        ("a \u2260 b", "a != b"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),  # letter and accent as two characters
        ("\u0391\u03b8\u03ae\u03bd\u03b1", "?????"),
        ("\u738b\u5c0f\u660e", "???"),
        ("thanks \U0001f600", "thanks ?"),
    ],
)
def test_what_it_does_not_hold_becomes_what_looks_like_it(written: str, sent: str) -> None:
    assert text.clean(written) == sent


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("first\r\nsecond\nthird\tfourth", "first second third fourth"),
        ("bell\x07, nul\x00, escape\x1b, delete\x7f, \x85next", "bell, nul, escape, delete,  next"),
        ("\ufeffmark zero\u200bwidth", "mark zerowidth"),
        ("right\u202eto left", "rightto left"),
        ("half a pair \ud800", "half a pair ?"),
        ("no character \uffff", "no character ?"),
    ],
)
def test_control_characters_go(written: str, sent: str) -> None:
    assert text.clean(written) == sent


@given(st.text(st.characters()))
def test_whatever_comes_can_be_kept_by_quickbooks(written: str) -> None:
    cleaned = text.clean(written)
    cleaned.encode("cp1252")
    assert not any(unicodedata.category(char) == "Cc" for char in cleaned)


@given(st.text(st.characters()))
def test_cleaning_twice_changes_nothing_more(written: str) -> None:
    cleaned = text.clean(written)
    assert text.clean(cleaned) == cleaned
