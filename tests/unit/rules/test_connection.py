"""What the office reads when the connection fails: what to do at the PC, in one line."""

import re
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.troubles import EXAMPLE
from sync_core.connection import (
    AMOUNTS,
    MEANS,
    MOMENTS,
    STATUS_LENGTH_MAX,
    is_refused_whole,
    may_help_to_name_file,
    sentence,
    status,
    told,
    trouble,
)
from sync_core.trouble import VARIANTS, Kind, Trouble, Variant
from sync_core.wording.obstacle import CARRIES_ON
from sync_core.wording.phrases import names
from sync_core.wording.trouble import TROUBLES

STORIES = [(kind, variant) for kind in Kind for variant in VARIANTS[kind]]


# Each HRESULT of the reference leads to its kind

LEADS_TO = """
0x80040308 other repair
0x80040154 other repair
0x80040400 other not_understood
0x80040401 could_not_open plain
0x80040402 other quoted
0x80040403 could_not_open plain
0x80040406 other other_version
0x80040407 other repair
0x80040408 could_not_open plain
0x80040409 other other_version
0x8004040A other_company plain
0x8004040B other quoted
0x8004040C other quoted
0x8004040D other restart
0x8004040E other quoted
0x8004040F other quoted
0x80040410 single_user plain
0x80040411 other quoted
0x80040412 other quoted
0x80040413 other quoted
0x80040414 dialog_open plain
0x80040415 other quoted
0x80040416 quickbooks_closed plain
0x80040417 quickbooks_closed plain
0x80040418 permission first_time
0x8004041A permission taken_away
0x8004041B other busy
0x8004041C other restart
0x8004041D quickbooks_closed plain
0x8004041E permission renew
0x8004041F other edition
0x80040420 permission taken_away
0x80040421 other quoted
0x80040422 other other_program
0x80040423 other not_understood
0x80040424 other starting
0x80040425 other quoted
0x80040426 other quoted
0x80040427 other not_registered
0x80040428 other quoted
0x80040429 other quoted
0x8004042A other remote
0x8004042B other quoted
0x8004042C other revoked
0x80010105 other restart
0x800706BA other restart
0x80070005 other windows_user
0x80042500 other quoted
"""


@pytest.mark.parametrize("line", LEADS_TO.strip().splitlines())
@pytest.mark.parametrize("written", [str, str.lower, str.upper, lambda code: f" {code}\n"])
def test_each_hresult_leads_to_its_kind(line: str, written: Callable[[str], str]) -> None:
    hresult, kind, variant = line.split()
    found = trouble(written(hresult), "QuickBooks found an error.")
    assert (found.kind, found.variant) == (Kind(kind), Variant(variant))
    assert found.facts["qb_message"] == "QuickBooks found an error."
    assert found.facts["hresult"].lower() == hresult.lower()


def test_the_table_has_every_hresult_that_is_told_in_our_words() -> None:
    listed = {line.split()[0].lower() for line in LEADS_TO.strip().splitlines()}
    assert set(MEANS) <= listed


@pytest.mark.parametrize(
    ("hresult", "message", "kind"),
    [
        ("0x80040408", "You have reached the maximum number of users.", Kind.SEATS),
        ("0x80040414", "The user is already logged in on another computer.", Kind.SEATS),
        ("0x80040421", "All user licenses are in use.", Kind.SEATS),
        ("", "QuickBooks does not support multiple users of the same application.", Kind.SEATS),
        ("0x80040421", "The licence has run out.", Kind.OTHER),
        ("0x80040408", "A modal dialog box is showing in QuickBooks.", Kind.DIALOG_OPEN),
        ("0x12345678", "Company file is locked by another client PC-2.", Kind.HELD_BY_OTHER),
        # A code that says which is believed, whatever stands beside it.
        ("0x80040410", "The user is already signed in elsewhere.", Kind.SINGLE_USER),
    ],
)
def test_where_the_code_does_not_say_the_message_may(
    hresult: str, message: str, kind: Kind
) -> None:
    assert trouble(hresult, message).kind is kind


# Whether to try once more

FILE_HELPS = ["0x80040403", "0x80040406", "0x8004040A", "0x80040416", "0x80040417"]


@pytest.mark.parametrize("line", LEADS_TO.strip().splitlines())
def test_the_file_is_named_only_where_that_can_help(line: str) -> None:
    """What is busy comes round again by itself, and nothing done here gives a permission."""
    hresult = line.split(maxsplit=1)[0]
    assert may_help_to_name_file(hresult) is (hresult in FILE_HELPS)
    assert may_help_to_name_file(hresult.lower()) is (hresult in FILE_HELPS)


# The status column

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
    "0x80040410": "Multi-user Mode",
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


@pytest.mark.parametrize(("kind", "variant"), STORIES)
@pytest.mark.parametrize("facts", [{}, EXAMPLE, dict.fromkeys(EXAMPLE, "x" * 300)])
def test_a_sentence_fits_into_the_status_column(
    kind: Kind, variant: Variant, facts: dict[str, str]
) -> None:
    said = status(Trouble(kind, variant), facts)
    assert len(said) <= STATUS_LENGTH_MAX == 150
    assert said[-1] in ".…x" or said.endswith("/support")
    assert "*" not in said
    assert "\n" not in said


def test_what_makes_it_too_long_is_left_out() -> None:
    known = {"company_file": "C:\\" + "long\\" * 30 + "prairie.qbw"}
    assert status(Trouble(Kind.QUICKBOOKS_CLOSED), known) == status(
        Trouble(Kind.QUICKBOOKS_CLOSED), {}
    )


def test_how_many_payments_wait_is_told_while_there_is_room() -> None:
    assert status(Trouble(Kind.DIALOG_OPEN), {"waiting_count": "12"}) == (
        "A window is open in QuickBooks. Close it, then Update Selected. Payments waiting: 12."
    )


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


# The whole card

WRONG = re.compile(r'[{}\[\]|]|  |None|""|\(\)|\*\*\*|\.\.| [.,;:)]')


@pytest.mark.parametrize(("kind", "variant"), STORIES)
def test_a_card_reads_well_with_any_of_its_facts_missing(kind: Kind, variant: Variant) -> None:
    words = TROUBLES[kind, variant]
    own = names(" ".join((words.title, words.what, words.books, words.who, *words.steps)))
    assert own <= set(EXAMPLE) | {"sync_user", "problem", "support_contact"}
    for left_out in (*combinations(sorted(own), 1), *combinations(sorted(own), 2), tuple(own)):
        known = {name: EXAMPLE.get(name, "Some") for name in own if name not in left_out}
        card = told(Trouble(kind, variant), known)
        for said in (card.title, card.what, card.books, card.who, *card.steps):
            assert said == said.strip()
            assert said, (kind, left_out)
            assert not WRONG.search(said), said
            assert said.count("**") % 2 == 0, said
        assert all(step[-1] in ".?)" for step in card.steps)


def test_a_sync_that_had_begun_is_not_said_to_have_written_nothing() -> None:
    at_once = trouble("0x8004040D", "The session ticket is invalid.")
    later = Trouble(at_once.kind, at_once.variant, {**at_once.facts, "had_begun": "yes"})
    assert told(at_once, {}).books == "Nothing was read or written."
    assert told(later, {}).books.startswith(CARRIES_ON.partition(".")[0])
    other = Trouble(Kind.OTHER_COMPANY, facts={"had_begun": "yes"})
    assert told(other, {}).books == "Nothing was read or written, in either file."


def test_quickbooks_own_words_are_quoted() -> None:
    card = told(trouble("0xDEADBEEF", "The [planets] are {wrong}."), {})
    assert card.what == 'QuickBooks said: "The [planets] are {wrong}." (0xDEADBEEF)'


def test_a_reader_sees_amounts_and_moments_in_his_own_way() -> None:
    def show(name: str, value: str) -> str:
        return f"${value}" if name in AMOUNTS else f"<{value}>" if name in MOMENTS else value

    silent = told(Trouble(Kind.SILENT), EXAMPLE, show=show)
    assert silent.title == f"Office PC has not called since <{EXAMPLE['last_call']}>."
    assert silent.books == "Nothing is lost. Payments waiting: 12 ($3450.00)."


# The table is whole


def test_every_kind_and_variant_is_in_the_table() -> None:
    assert set(TROUBLES) == set(STORIES)
    assert {variant for variants in VARIANTS.values() for variant in variants} == set(Variant)


def test_a_problem_has_a_variant_of_its_kind() -> None:
    with pytest.raises(ValueError, match="silent has no variant renew"):
        Trouble(Kind.SILENT, Variant.RENEW)


def test_the_words_are_those_of_the_table() -> None:
    """No sentence is written anywhere else."""
    for kind, variant in STORIES:
        assert told(Trouble(kind, variant), {}).status == status(Trouble(kind, variant), {})
