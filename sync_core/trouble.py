"""What keeps a sync from getting through: kinds, their variants, and how an install stands.

Pure: whoever asks has the times and the counts. The sentences are in `wording.trouble`, said by
`connection`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What stands in the way of a sync."""

    DIALOG_OPEN = "dialog_open"
    SINGLE_USER = "single_user"
    SEATS = "seats"
    COULD_NOT_OPEN = "could_not_open"
    QUICKBOOKS_CLOSED = "quickbooks_closed"
    OTHER_COMPANY = "other_company"
    PERMISSION = "permission"
    HELD_BY_OTHER = "held_by_other"
    SILENT = "silent"
    CUT_OFF = "cut_off"
    OTHER_BOOKS = "other_books"
    NEW_PLACE = "new_place"
    ONE_TOO_MANY = "one_too_many"
    PASSWORD = "password"  # noqa: S105 - a word
    OTHER = "other"


class Variant(StrEnum):
    """Which story of a kind it is."""

    PLAIN = "plain"
    # permission
    FIRST_TIME = "first_time"
    TAKEN_AWAY = "taken_away"
    RENEW = "renew"
    # held_by_other
    STOPPED = "stopped"  # right after it had signed in
    TURNED_AWAY = "turned_away"  # by us: another sync was running
    # new_place
    FIRST = "first"
    MOVED = "moved"
    # one_too_many
    SECOND = "second"
    STRANGER = "stranger"
    # other: what has an advice of its own, and what QuickBooks' own words tell best
    STARTING = "starting"
    BUSY = "busy"
    RESTART = "restart"
    WINDOWS_USER = "windows_user"
    REPAIR = "repair"
    OTHER_VERSION = "other_version"
    TOO_OLD = "too_old"
    EDITION = "edition"
    OTHER_PROGRAM = "other_program"
    NOT_REGISTERED = "not_registered"
    REMOTE = "remote"
    REVOKED = "revoked"
    NOT_UNDERSTOOD = "not_understood"
    NOT_TOLD = "not_told"
    NOT_LISTED = "not_listed"
    ANSWER_LOST = "answer_lost"
    UNREADABLE = "unreadable"
    ENDED_EARLY = "ended_early"
    QUOTED = "quoted"


VARIANTS: Mapping[Kind, tuple[Variant, ...]] = {
    **dict.fromkeys(Kind, (Variant.PLAIN,)),
    Kind.PERMISSION: (Variant.FIRST_TIME, Variant.TAKEN_AWAY, Variant.RENEW),
    Kind.HELD_BY_OTHER: (Variant.STOPPED, Variant.TURNED_AWAY),
    Kind.NEW_PLACE: (Variant.FIRST, Variant.MOVED),
    Kind.ONE_TOO_MANY: (Variant.SECOND, Variant.STRANGER),
    Kind.OTHER: (
        *(Variant.STARTING, Variant.BUSY, Variant.RESTART, Variant.WINDOWS_USER, Variant.REPAIR),
        *(Variant.OTHER_VERSION, Variant.TOO_OLD, Variant.EDITION, Variant.OTHER_PROGRAM),
        *(Variant.NOT_REGISTERED, Variant.REMOTE, Variant.REVOKED, Variant.NOT_UNDERSTOOD),
        *(Variant.NOT_TOLD, Variant.NOT_LISTED, Variant.ANSWER_LOST, Variant.UNREADABLE),
        *(Variant.ENDED_EARLY, Variant.QUOTED),
    ),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One problem, with what was learned of it as it happened; a blank fact is left out."""

    kind: Kind
    variant: Variant = Variant.PLAIN
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a variant that its kind does not have.

        Raises:
            ValueError: it is of another kind.
        """
        if self.variant not in VARIANTS[self.kind]:
            raise ValueError(f"{self.kind} has no variant {self.variant}")


class Standing(StrEnum):
    """How it stands with an install."""

    OK = "ok"
    FIRST_TRY_FAILED = "first_try_failed"
    TROUBLE = "trouble"
    SILENT = "silent"
    NEVER_CALLED = "never_called"


# A first try may fail and the next get through by itself; the second in a row is for a person.
CARD_FROM = 2
# What cannot wait for a second: payments are out, and somebody may be about to enter them by hand.
AT_ONCE = frozenset({Kind.CUT_OFF})
# A PC that is busy or restarts may leave one call out.
SILENT_INTERVALS = 2


def is_card(kind: Kind, in_a_row: int) -> bool:
    """Say whether so many failures in a row, the last one of this kind, are for a person."""
    return in_a_row >= CARD_FROM or (in_a_row > 0 and kind in AT_ONCE)


def is_silent(
    last_heard_at: datetime | None, now: datetime, *, every_minutes: int, runs_by_itself: bool
) -> bool:
    """Say whether an install that should call by itself has left out two calls.

    One that never called has yet to be connected, and nobody expects one that is paused or that
    syncs by hand. A call in the future, before the clock was set back, is a call.
    """
    if last_heard_at is None or not runs_by_itself:
        return False
    return now - last_heard_at >= SILENT_INTERVALS * timedelta(minutes=every_minutes)


def standing(*, has_called: bool, is_silent: bool, is_in_trouble: bool, failures: int) -> Standing:
    """Say how it stands with an install; `failures` since the last sync that got through."""
    if is_silent:
        return Standing.SILENT
    if is_in_trouble:
        return Standing.TROUBLE
    if failures:
        return Standing.FIRST_TRY_FAILED
    return Standing.OK if has_called else Standing.NEVER_CALLED
