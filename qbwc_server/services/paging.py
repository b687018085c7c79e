"""Pages of long lists: a limit, an opaque cursor, no offset.

A list of what was done runs from the newest to the oldest, so what arrives while somebody pages
stands before the first page and neither repeats nor hides a row. A list of what QuickBooks has runs
in the order of its changes, so what changes meanwhile comes again behind the last page.
"""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from qbwc_server.errors import InvalidInput, Problem

LIMIT_DEFAULT = 50
# What one answer holds, each with its whole history, and stays below a few hundred kilobytes.
LIMIT_MAX = 200
# The largest id that a database can hold; a cursor of ours has none above it.
_ID_MAX = 2**63 - 1

# "after", a change number, whether it follows changes, and a ListID or TxnID.
_AFTER = re.compile(r"after (\d{1,19}) ([01]) ([!-~]{0,36})", re.ASCII)
# "at", an id (a ListID, a TxnID, a number of ours), and the name, number or day that the list is
# in the order of.
_AT = re.compile(r"at ([!-~]{1,36}) ([^\0]*)", re.DOTALL)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page: at most `limit` rows, those with a smaller id than `before`."""

    limit: int = LIMIT_DEFAULT
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page, newest first. `next_cursor` is None on the last one."""

    items: Sequence[Row]
    next_cursor: str | None


def wanted(limit: str, cursor: str) -> Wanted:
    """Read which page is asked for; a blank says nothing.

    Raises:
        InvalidInput: no number from 1 to LIMIT_MAX, or no cursor of ours.
    """
    problems = []
    size, before = LIMIT_DEFAULT, None
    if limit:
        size = int(limit) if limit.isascii() and limit.isdigit() and len(limit) <= 3 else 0  # noqa: PLR2004 - LIMIT_MAX has three digits
        if not 1 <= size <= LIMIT_MAX:
            problems.append(Problem("/limit", f"A limit is a number from 1 to {LIMIT_MAX}."))
    if cursor:
        before = _decode(cursor)
        if before is None:
            sentence = "This is no cursor of ours; leave it out to begin at the newest."
            problems.append(Problem("/cursor", sentence))
    if problems:
        raise InvalidInput(tuple(problems))
    return Wanted(limit=size, before=before)


@dataclass(frozen=True, slots=True)
class Following:
    """Which page of a list in the order of its changes: what stands behind a number and an id.

    `is_changes`: what is no longer shown is told too, so that whoever follows can drop it.
    """

    limit: int = LIMIT_DEFAULT
    number: int = 0
    id: str = ""
    is_changes: bool = False

    @property
    def after(self) -> tuple[int, str]:
        """Give the place behind which the page begins."""
        return self.number, self.id


@dataclass(frozen=True, slots=True)
class Followed(Generic[Row]):
    """One page in the order of changes. `changes_cursor` is where what changes later begins."""

    items: Sequence[Row]
    next_cursor: str | None
    changes_cursor: str


def following(limit: str, cursor: str, changed_since: str) -> Following:
    """Read which page in the order of changes is asked for; a blank says nothing.

    Raises:
        InvalidInput: no number from 1 to LIMIT_MAX, no cursor of ours, or two of them.
    """
    size = wanted(limit, "").limit
    if cursor and changed_since:
        sentence = "Give either cursor or changed_since: a cursor knows where it came from."
        raise InvalidInput((Problem("/changed_since", sentence),))
    if not cursor and not changed_since:
        return Following(limit=size)
    name = "cursor" if cursor else "changed_since"
    found = _AFTER.fullmatch(_text_of(cursor or changed_since))
    if found is None:
        sentence = "This is no cursor of ours; leave it out to begin at the beginning."
        raise InvalidInput((Problem(f"/{name}", sentence),))
    number, flag, last = found.groups()
    is_changes = bool(changed_since) or flag == "1"
    return Following(limit=size, number=min(int(number), _ID_MAX), id=last, is_changes=is_changes)


def follow(
    rows: Sequence[Row], wanted: Following, place_of: Callable[[Row], tuple[int, str]]
) -> Followed[Row]:
    """Make a page of rows of which one more than the limit was asked for."""
    items = rows[: wanted.limit]
    number, last = place_of(items[-1]) if items else wanted.after
    more = len(rows) > wanted.limit
    return Followed(
        items,
        _write(f"after {number} {int(wanted.is_changes)} {last}") if more else None,
        _write(f"after {number} 1 {last}"),
    )


def cut(rows: Sequence[Row], limit: int, id_of: Callable[[Row], int]) -> Page[Row]:
    """Make a page of rows of which one more than `limit` was asked for."""
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items, _encode(id_of(items[-1])) if more else None)


@dataclass(frozen=True, slots=True)
class ByName:
    """Which page of a list in the order of names: what stands behind one."""

    limit: int = LIMIT_DEFAULT
    after: str = ""


def by_name(limit: str, cursor: str) -> ByName:
    """Read which page in the order of names is asked for; a blank says nothing.

    Raises:
        InvalidInput: no number from 1 to LIMIT_MAX, or no cursor of ours.
    """
    size = wanted(limit, "").limit
    if not cursor:
        return ByName(limit=size)
    word, _, name = _text_of(cursor).partition(" ")
    if word != "behind" or not name.isprintable():
        sentence = "This is no cursor of ours; leave it out to begin at the beginning."
        raise InvalidInput((Problem("/cursor", sentence),))
    return ByName(limit=size, after=name)


def cut_by_name(rows: Sequence[Row], limit: int, name_of: Callable[[Row], str]) -> Page[Row]:
    """Make a page of rows of which one more than `limit` was asked for."""
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items, _write(f"behind {name_of(items[-1])}") if more else None)


def place(cursor: str) -> tuple[str, str] | None:
    """Read behind which name (number, day) and id a page begins; None: at the beginning.

    Raises:
        InvalidInput: no cursor of ours.
    """
    if not cursor:
        return None
    found = _AT.fullmatch(_text_of(cursor))
    if found is None:
        raise _no_place()
    return found[2], found[1]


def as_day(place: tuple[str, str] | None) -> tuple[date, str] | None:
    """Read a place as one in a list by day.

    Raises:
        InvalidInput: the list was in another order.
    """
    if place is None:
        return None
    try:
        return date.fromisoformat(place[0]), place[1]
    except ValueError:
        raise _no_place() from None


def day_and_number(cursor: str) -> tuple[date, int] | None:
    """Read behind which day and id (a number of ours) a page begins; None: at the beginning.

    Raises:
        InvalidInput: no cursor of ours.
    """
    behind = as_day(place(cursor))
    if behind is None:
        return None
    day, last = behind
    if not last.isdigit() or len(last) > len(str(_ID_MAX)):
        raise _no_place()
    return day, min(int(last), _ID_MAX)


def _no_place() -> InvalidInput:
    sentence = "This is no page of this list; begin at the beginning."
    return InvalidInput((Problem("/cursor", sentence),))


def cut_by_place(
    rows: Sequence[Row], limit: int, place_of: Callable[[Row], tuple[str, str]]
) -> Page[Row]:
    """Make a page of rows of which one more than `limit` was asked for."""
    items = rows[:limit]
    if len(rows) <= limit:
        return Page(items, None)
    name, last = place_of(items[-1])
    return Page(items, _write(f"at {last} {name}"))


@dataclass(frozen=True, slots=True)
class OldestFirst:
    """Which page of a list from its oldest entry on: those with a greater id than `after`."""

    limit: int = LIMIT_DEFAULT
    after: int = 0


def oldest_first(cursor: str) -> OldestFirst:
    """Read which page from the oldest entry on is asked for; a blank says nothing.

    Raises:
        InvalidInput: no cursor of ours.
    """
    after = _decode(cursor) if cursor else 0
    if after is None:
        sentence = "This is no cursor of ours; leave it out to begin at the beginning."
        raise InvalidInput((Problem("/cursor", sentence),))
    return OldestFirst(after=after)


def _encode(last: int) -> str:
    return _write(f"before {last}")


def _decode(cursor: str) -> int | None:
    word, _, digits = _text_of(cursor).partition(" ")
    if word != "before" or not digits.isdigit() or len(digits) > len(str(_ID_MAX)):
        return None
    return min(int(digits), _ID_MAX)


def _write(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _text_of(cursor: str) -> str:
    """Read what a cursor says; "" where it is none."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        return ""
