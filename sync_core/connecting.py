"""Connecting a PC: how far it has come, what the live line says, and what goes wrong just now.

Rules only. Nothing of it is kept: each time it is told from what the install has done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sync_core.trouble import Kind, Variant
from sync_core.wording import connecting as words
from sync_core.wording import phrases
from sync_core.wording.connecting import Asked, Only, Question, Step, Trouble
from sync_core.wording.phrases import as_is, fill


class Stage(IntEnum):
    """How far an install has come. A step is done when the stage is past its own."""

    FILE = 1  # its .qwc file is not built yet
    CALL = 2  # it is; the Web Connector has not signed in
    OPEN = 3  # it has; QuickBooks has not said which company file is open
    CONFIRM = 4  # it has; an administrator has not said that this is the right one
    PROVE = 5  # it is; no sync has come through since
    DONE = 6


class Live(StrEnum):
    """What the live line says."""

    NO_FILE = "no_file"
    WAITING = "waiting"
    PASSWORD = "password"  # noqa: S105 - a word for one that did not match
    PAIRING_OVER = "pairing_over"
    PAUSED = "paused"
    RUNNING = "running"
    NOT_LET_IN = "not_let_in"
    OTHER_FILE = "other_file"
    ASKS = "asks"
    BUSY = "busy"
    AGAIN = "again"
    CONNECTED = "connected"
    RETIRED = "retired"


class Place(StrEnum):
    """What is known of the company file that an install opened last."""

    NONE = "none"
    WAITS = "waits"
    DENIED = "denied"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What an install has done so far.

    `failed_sign_in`: the last one was with a wrong password; `pairing_over`: the time for a first
    password is over, and none was typed. `place` is that of the company file it opened last;
    `was_right`: one that it opened was confirmed, and `read_since`: opened again since.
    `last_failed`: its last sync, if there was one, did not come so far as to say which company file
    is open.
    """

    retired: bool = False
    paused: bool = False
    built: bool = False
    called: bool = False
    failed_sign_in: bool = False
    pairing_over: bool = False
    running: bool = False
    last_failed: bool = False
    place: Place = Place.NONE
    was_right: bool = False
    read_since: bool = False


def stage(seen: Seen) -> Stage:
    """Say how far an install has come."""
    if seen.was_right:
        return Stage.DONE if seen.read_since else Stage.PROVE
    if seen.place is Place.WAITS:
        return Stage.CONFIRM
    if seen.called:
        return Stage.OPEN
    return Stage.CALL if seen.built else Stage.FILE


def live(seen: Seen) -> Live:
    """Say what the live line says: the latest that happened."""
    order = (
        (seen.retired, Live.RETIRED),
        (seen.failed_sign_in and seen.pairing_over, Live.PAIRING_OVER),
        (seen.failed_sign_in, Live.PASSWORD),
        (not seen.called, Live.WAITING if seen.built else Live.NO_FILE),
        (seen.paused, Live.PAUSED),
        (seen.running, Live.RUNNING),
        (seen.place is Place.DENIED, Live.OTHER_FILE),
        (seen.last_failed, Live.NOT_LET_IN),
        (seen.place is Place.WAITS, Live.ASKS),
        (seen.read_since, Live.CONNECTED),
        (seen.place is Place.NONE, Live.BUSY),
    )
    return next((one for holds, one in order if holds), Live.AGAIN)


# What goes wrong on a state of the live line, and where QuickBooks did not open.
_TROUBLE: Mapping[Live, str] = {
    Live.PASSWORD: "password",
    Live.OTHER_FILE: "other_file",
}
_MET: Mapping[tuple[Kind, Variant], str] = {
    (Kind.PERMISSION, Variant.FIRST_TIME): "not_admin",
    (Kind.QUICKBOOKS_CLOSED, Variant.PLAIN): "not_always",
    (Kind.SINGLE_USER, Variant.PLAIN): "single_user",
    (Kind.OTHER, Variant.WINDOWS_USER): "windows_user",
}


def trouble(now: Live, met: tuple[Kind, Variant] | None, *, other_primary: bool) -> str | None:
    """Name which of the things that go wrong while connecting is happening; None: none of them.

    `met` is what kept the last sync from getting through; `other_primary`: another PC calls by
    itself as this one does.
    """
    if now is Live.NOT_LET_IN:
        return _MET.get(met) if met else None
    return _TROUBLE.get(now) or ("two_primaries" if other_primary else None)


@dataclass(frozen=True, slots=True)
class Told:
    """A step for a reader; menus and buttons stand between ** and **."""

    number: int
    says: tuple[str, ...]
    drawing: str
    is_done: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class PartTold:
    """The steps at one place, such as "In QuickBooks"."""

    title: str
    hint: str
    steps: tuple[Told, ...]


def steps(reached: Stage, only: frozenset[Only], facts: Mapping[str, str]) -> tuple[PartTold, ...]:
    """Tell all steps in their order, those that `only` leaves out apart; numbers run through."""
    known = phrases.shown(facts, as_is)
    parts, number = [], 0
    for part in words.PARTS:
        listed = []
        for step in part.steps:
            if not _applies(step, only):
                continue
            number += 1
            at = Stage[step.stage]
            listed.append(
                Told(
                    number,
                    tuple(fill(line, known) for line in _lines(step, only)),
                    step.drawing,
                    is_done=reached > at,
                    is_now=reached is at,
                )
            )
        if listed:
            parts.append(PartTold(part.title, part.hint, tuple(listed)))
    return tuple(parts)


def _applies(step: Step, only: frozenset[Only]) -> bool:
    return step.only is None or step.only in only


def _lines(step: Step, only: frozenset[Only]) -> tuple[str, ...]:
    return (*step.says, *(line for flag, line in step.also.items() if flag in only))


def line(now: Live, facts: Mapping[str, str]) -> str:
    """Say the live line."""
    return fill(words.LIVE[now], phrases.shown(facts, as_is))


def question(kind: Question, facts: Mapping[str, str]) -> Asked:
    """Say what an administrator's word is asked for, and what it means."""
    known, asked = phrases.shown(facts, as_is), words.QUESTIONS[kind]
    return Asked(
        title=fill(asked.title, known),
        says=fill(asked.says, known),
        yes=fill(asked.yes, known),
        no=asked.no,
    )


def troubles(
    happening: str | None, facts: Mapping[str, str]
) -> tuple[Trouble | None, tuple[Trouble, ...]]:
    """Tell what goes wrong: the one that is happening, and the others."""
    known = phrases.shown(facts, as_is)
    told = {
        key: Trouble(fill(one.seen, known), fill(one.says, known))
        for key, one in words.TROUBLES.items()
    }
    now = told.pop(happening, None) if happening else None
    return now, tuple(told.values())
