"""Connecting a PC: how far it has come, what the line says, the steps, what goes wrong."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server import portal
from sync_core import connecting, connection
from sync_core.connecting import Live, Place, Seen, Stage, line, live, stage, steps, troubles
from sync_core.wording import connecting as words
from sync_core.wording.connecting import Only, Question

DRAWINGS = Path(portal.__file__).parent / "templates" / "_drawings.html"
FACTS = {
    "company": "Sunrise Dental",
    "pc": "Front desk",
    "app_name": "Payment Sync - Sunrise Dental",
    "sync_user": "WebSync",
    "time": "10:15",
    "company_name_found": "Moonlight Dental",
    "company_file": r"C:\Books\moon.qbw",
}
FIRST = frozenset({Only.FIRST, Only.BY_ITSELF, Only.MADE})
SECOND = frozenset({Only.SECOND, Only.BY_HAND, Only.PAIRED})

NEW = Seen()
BUILT = replace(NEW, built=True)
CALLED = replace(BUILT, called=True)
WAITS = replace(CALLED, place=Place.WAITS)
RIGHT = replace(CALLED, place=Place.CONFIRMED, was_right=True)
READ = replace(RIGHT, read_since=True)


@pytest.mark.parametrize(
    ("seen", "reached", "said"),
    [
        (NEW, Stage.FILE, Live.NO_FILE),
        (BUILT, Stage.CALL, Live.WAITING),
        (replace(BUILT, failed_sign_in=True), Stage.CALL, Live.PASSWORD),
        (replace(BUILT, failed_sign_in=True, pairing_over=True), Stage.CALL, Live.PAIRING_OVER),
        (replace(BUILT, pairing_over=True), Stage.CALL, Live.WAITING),
        (CALLED, Stage.OPEN, Live.BUSY),
        (replace(CALLED, running=True), Stage.OPEN, Live.RUNNING),
        (replace(CALLED, paused=True), Stage.OPEN, Live.PAUSED),
        (replace(CALLED, last_failed=True), Stage.OPEN, Live.NOT_LET_IN),
        (replace(CALLED, place=Place.DENIED, last_failed=True), Stage.OPEN, Live.OTHER_FILE),
        (WAITS, Stage.CONFIRM, Live.ASKS),
        (RIGHT, Stage.PROVE, Live.AGAIN),
        (replace(RIGHT, last_failed=True), Stage.PROVE, Live.NOT_LET_IN),
        (READ, Stage.DONE, Live.CONNECTED),
        (replace(READ, place=Place.WAITS), Stage.DONE, Live.ASKS),
        (replace(READ, failed_sign_in=True), Stage.DONE, Live.PASSWORD),
        (replace(READ, retired=True), Stage.DONE, Live.RETIRED),
    ],
)
def test_the_line_says_the_latest_and_the_stage_keeps_what_was_reached(
    seen: Seen, reached: Stage, said: Live
) -> None:
    assert (stage(seen), live(seen)) == (reached, said)


flags = st.booleans()
anything_seen = st.builds(
    Seen,
    retired=flags,
    paused=flags,
    built=flags,
    called=flags,
    failed_sign_in=flags,
    pairing_over=flags,
    running=flags,
    last_failed=flags,
    place=st.sampled_from(Place),
    was_right=flags,
    read_since=flags,
)


@given(anything_seen, st.sampled_from([{}, FACTS]))
def test_whatever_was_seen_something_is_said(seen: Seen, facts: dict[str, str]) -> None:
    said = line(live(seen), {**facts, "company": "Sunrise Dental"})
    if live(seen) not in (Live.ASKS, Live.CONNECTED):  # these have their facts
        assert said
    assert "{" not in said
    assert words.STATES[live(seen)]


def test_each_word_of_the_line_has_its_sentence_and_its_state() -> None:
    assert set(words.LIVE) == set(words.STATES) == set(Live)


# Steps


def listed(reached: Stage, only: frozenset[Only]) -> list[connecting.Told]:
    return [step for part in steps(reached, only, FACTS) for step in part.steps]


def test_the_first_pc_has_seventeen_steps_and_a_second_one_two_less() -> None:
    assert [step.number for step in listed(Stage.FILE, FIRST)] == list(range(1, 18))
    second = listed(Stage.FILE, SECOND)
    assert [step.number for step in second] == list(range(1, 16))
    said = " ".join(line for step in second for line in step.says)
    assert "Make a user for the sync" not in said
    assert "turn off" not in said.lower()


def test_steps_are_ticked_in_their_order_and_never_back() -> None:
    before: set[int] = set()
    for reached in Stage:
        done = {step.number for step in listed(reached, FIRST) if step.is_done}
        assert before <= done
        before = done
    assert len(before) == 17
    now = [step.number for step in listed(Stage.OPEN, FIRST) if step.is_now]
    assert now == [9, 10]


def test_what_is_said_depends_on_how_the_pc_syncs() -> None:
    by_itself = " ".join(said for step in listed(Stage.FILE, FIRST) for said in step.says)
    by_hand = " ".join(said for step in listed(Stage.FILE, SECOND) for said in step.says)
    assert "Leave **Auto-Run** checked" in by_itself
    assert "Leave **Auto-Run** unchecked" in by_hand
    assert "shell:startup" in by_itself
    assert "shell:startup" not in by_hand
    assert "Type anything" in by_hand
    assert "Type anything" not in by_itself


@pytest.mark.parametrize("only", [FIRST, SECOND])
def test_every_step_is_said_whole(only: frozenset[Only]) -> None:
    for step in listed(Stage.FILE, only):
        assert step.says
        for said in step.says:
            assert said
            assert not re.search(r"[{}\[\]|]", said)
            assert said.count("**") % 2 == 0


def test_each_drawing_is_drawn() -> None:
    drawn = set(re.findall(r'"(\w+)"', DRAWINGS.read_text()))
    named = {step.drawing for part in words.PARTS for step in part.steps if step.drawing}
    assert named - {"build"} <= drawn


# What goes wrong


def test_what_is_happening_is_told_first_and_the_others_behind_it() -> None:
    happening, folded = troubles("password", FACTS)
    assert happening is not None
    assert "**Password** field again" in happening.says
    assert len(folded) == 9
    nothing, all_of_them = troubles(None, FACTS)
    assert nothing is None
    assert len(all_of_them) == 10
    for one in all_of_them:
        assert one.seen
        assert not re.search(r"[{}\[\]|]", one.says)


@pytest.mark.parametrize(
    ("now", "hresult", "happening"),
    [
        (Live.PASSWORD, "", "password"),
        (Live.OTHER_FILE, "", "other_file"),
        (Live.NOT_LET_IN, "", None),
        (Live.NOT_LET_IN, "0x80040418", "not_admin"),
        (Live.NOT_LET_IN, "0x8004041D", "not_always"),
        (Live.NOT_LET_IN, "0x80040410", "single_user"),
        (Live.NOT_LET_IN, "0x80070005", "windows_user"),
        (Live.NOT_LET_IN, "0x80040414", None),
        (Live.CONNECTED, "", "two_primaries"),
        (Live.ASKS, "", "two_primaries"),
    ],
)
def test_what_is_happening_is_named(now: Live, hresult: str, happening: str | None) -> None:
    found = connection.trouble(hresult, "") if hresult else None
    met = (found.kind, found.variant) if found else None
    assert connecting.trouble(now, met, other_primary=True) == happening
    if happening == "two_primaries":
        assert connecting.trouble(now, met, other_primary=False) is None


@pytest.mark.parametrize("kind", Question)
def test_a_question_has_an_answer(kind: Question) -> None:
    asked = connecting.question(kind, {**FACTS, "company_file_before": r"D:\old.qbw"})
    assert asked.title
    assert asked.yes
    assert not re.search(r"[{}\[\]|]", f"{asked.title} {asked.says} {asked.yes} {asked.no}")
