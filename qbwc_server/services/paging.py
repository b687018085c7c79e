"""Pages of long lists: a limit, an opaque cursor, no offset.

A list runs from the newest to the oldest, so what arrives while somebody pages stands before the
first page and neither repeats nor hides a row.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from qbwc_server.errors import InvalidInput, Problem

LIMIT_DEFAULT = 50
# What one answer holds, each with its whole history, and stays below a few hundred kilobytes.
LIMIT_MAX = 200
# The largest id that a database can hold; a cursor of ours has none above it.
_ID_MAX = 2**63 - 1

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


def cut(rows: Sequence[Row], limit: int, id_of: Callable[[Row], int]) -> Page[Row]:
    """Make a page of rows of which one more than `limit` was asked for."""
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items, _encode(id_of(items[-1])) if more else None)


def _encode(last: int) -> str:
    return base64.urlsafe_b64encode(f"before {last}".encode()).decode().rstrip("=")


def _decode(cursor: str) -> int | None:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        return None
    word, _, digits = text.partition(" ")
    if word != "before" or not digits.isdigit() or len(digits) > len(str(_ID_MAX)):
        return None
    return min(int(digits), _ID_MAX)
