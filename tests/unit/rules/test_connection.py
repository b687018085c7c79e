"""What the office reads when the connection fails: what to do at the PC, in one line."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.connection import SENTENCES, STATUS_LENGTH_MAX, is_refused_whole, sentence

# The HRESULTs that published tables explain, and a word of what has to be done.
TO_DO = {
    "0x80040308": "Repair",
    "0x80040154": "Repair",
    "0x80040400": "support",
    "0x80040401": "could not open",
    "0x80040403": "could not open",
    "0x80040406": "version",
    "0x80040407": "Repair",
    "0x80040408": "could not open",
    "0x80040409": "version",
    "0x8004040A": "Another company file",
    "0x8004040D": "again",
    "0x80040410": "multi-user mode",
    "0x80040414": "window",
    "0x80040416": "closed",
    "0x80040417": "closed",
    "0x80040418": "Admin",
    "0x8004041A": "Integrated Applications",
    "0x8004041B": "in a few minutes",
    "0x8004041C": "Start it again",
    "0x8004041D": "closed",
    "0x8004041E": "Admin",
    "0x8004041F": "Pro, Premier or Enterprise",
    "0x80040420": "Integrated Applications",
    "0x80040422": "other program",
    "0x80040423": "support",
    "0x80040424": "in a minute",
    "0x80040427": "Register",
    "0x8004042A": "Run the Web Connector on the PC",
    "0x8004042C": "support",
    "0x80010105": "Start it again",
    "0x800706BA": "Start it again",
    "0x80070005": "same Windows user",
}
# Explained by QuickBooks' own sentence better than by one of ours.
QUOTED = ["0x80040402", "0x80040421", "0x80040425", "0x8004040B", "0x80042500", "0xDEADBEEF", ""]


@pytest.mark.parametrize(("hresult", "word"), TO_DO.items())
@pytest.mark.parametrize("written", [str, str.lower, str.upper, lambda code: f" {code}\n"])
def test_what_needs_an_action_says_which(
    hresult: str, word: str, written: Callable[[str], str]
) -> None:
    said = sentence(written(hresult), "Could not start QuickBooks.")
    assert word in said
    assert "Could not start" not in said


@pytest.mark.parametrize("hresult", SENTENCES)
def test_a_sentence_fits_into_the_status_column(hresult: str) -> None:
    said = SENTENCES[hresult]
    assert hresult == hresult.lower()
    assert len(said) <= STATUS_LENGTH_MAX == 150
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("hresult", QUOTED)
def test_an_unknown_one_quotes_quickbooks(hresult: str) -> None:
    assert sentence(hresult, " The  licence\r\nhas run out. ") == "The licence has run out."


def test_without_words_of_quickbooks_the_code_is_told() -> None:
    assert sentence(" 0xDEADBEEF ", " ") == "QuickBooks ended the connection (0xDEADBEEF)."
    assert sentence("", "") == "QuickBooks ended the connection."


def test_a_long_quotation_is_cut() -> None:
    said = sentence("0xDEADBEEF", "word " * 100)
    assert len(said) == STATUS_LENGTH_MAX
    assert said.startswith("word word")
    assert said.endswith("\u2026")
    assert sentence("0xDEADBEEF", "x" * 150) == "x" * 150


@given(st.text(max_size=300), st.text(max_size=300))
def test_there_is_always_one_line_that_fits(hresult: str, message: str) -> None:
    said = sentence(hresult, message)
    assert said.strip()
    assert len(said) <= STATUS_LENGTH_MAX
    assert len(said.splitlines()) == 1


WRITTEN: list[Callable[[str], str]] = [str, str.lower, str.upper, lambda code: f" {code}\n"]


@pytest.mark.parametrize("hresult", ["0x80040400", "0x80040423"])
@pytest.mark.parametrize("written", WRITTEN)
def test_two_codes_prove_that_nothing_of_a_set_was_done(
    hresult: str, written: Callable[[str], str]
) -> None:
    assert is_refused_whole(written(hresult))


@pytest.mark.parametrize(
    "hresult",
    [
        *(code for code in (*TO_DO, *QUOTED) if code not in ("0x80040400", "0x80040423")),
        *("80040400", "0x8004040", "0x800404000", "0x80040400 0x80040400", "-2147220480"),
    ],
)
@pytest.mark.parametrize("written", WRITTEN)
def test_no_other_code_does(hresult: str, written: Callable[[str], str]) -> None:
    assert not is_refused_whole(written(hresult))


@given(st.text(max_size=20))
def test_nor_does_any_other_text(text: str) -> None:
    assert is_refused_whole(text) == (text.strip().lower() in ("0x80040400", "0x80040423"))
