"""How QuickBooks' lists are read: page by page to the end, then only what has changed since.

Pure rules. Moments of QuickBooks are its wall clock, as text; durations are ours.
Source: Intuit XSD 13.0 (iterators); "Modified-date filters" as observed on recorded answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sync_core.doubt import mark_after

# QuickBooks remembers deletions for 90 days. Who has not heard from it for nearly that long cannot
# know any more what is gone, and reads everything again.
SILENCE_MAX = timedelta(days=80)

# A page that took longer makes the next ones smaller, one that was quicker makes them grow. Web
# Connectors and proxies give up on answers after minutes; a bar that stands still worries people.
SLOW, QUICK = timedelta(seconds=20), timedelta(seconds=5)
PAGE_MIN = 10

# No wall clock on Earth is further behind UTC.
BEHIND_MAX = timedelta(hours=12)
WALL = "%Y-%m-%dT%H:%M:%S"


class Listed(StrEnum):
    """A list that is read as it changes. What is posted depends on the payments: see `doubt`."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    CREDIT_MEMOS = "credit_memos"
    PAYMENTS = "payments"


# Those that are read for what there is to know; the payments are read to their end or nothing is
# posted.
IMPORTED = (Listed.CUSTOMERS, Listed.INVOICES, Listed.CREDIT_MEMOS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a session has read one list.

    `since` is the wall clock it is read from, "" for all of it. `left` counts the entries still to
    come: None before the first page, 0 at the end; `told` counts those that came. `seen` is the
    latest modification told. `given_up` says that QuickBooks did not tell it to the end.
    """

    since: str = ""
    began: str | None = None  # our clock, ISO 8601, when the first page was asked for
    seen: str | None = None
    told: int = 0
    left: int | None = None
    iterator_id: str | None = None
    given_up: bool = False

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is asked of this list in this session."""
        return self.left == 0 or self.given_up

    @property
    def is_whole(self) -> bool:
        """Say whether it is read from its beginning, so that what it lacks is gone."""
        return not self.since

    def as_json(self) -> dict[str, Any]:
        """Write it as the session keeps it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Cursor":
        """Read what a session has kept."""
        return cls(**kept)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What QuickBooks told of one page: how many entries, how many are left, the iterator's id."""

    count: int
    left: int | None
    iterator_id: str | None
    seen: str | None = None  # the latest modification among the entries


def follow(cursor: Cursor, page: Page, *, size: int) -> Cursor | None:
    """Take a page; None when the list cannot be followed to its end from there.

    What came and what is left must add up to what was left before: else a page was lost, or the
    list changed under the iterator. An iterator must have an id.
    """
    left = left_after(cursor.left, page.count, page.left, size=size)
    if left is None or (left and not (page.iterator_id or cursor.iterator_id)):
        return None
    return replace(
        cursor,
        left=left,
        told=cursor.told + page.count,
        seen=max(filter(None, (page.seen, cursor.seen)), default=None),
        iterator_id=(page.iterator_id or cursor.iterator_id) if left else None,
    )


def left_after(before: int | None, count: int, left: int | None, *, size: int) -> int | None:
    """Say how many entries are left behind a page; None when that cannot be believed.

    `before` were left before it, None if it is the first; `left` is QuickBooks' own count, and a
    page without one must be short, or the one that ends it.
    """
    if left is None:
        left = 0 if count < size or count == before else None
    elif count == 0 and left:
        return None
    return left if before is None or left is None or before - count == left else None


def mark_of(cursor: Cursor, before: str | None, *, now: datetime) -> str:
    """Say up to where a list that was read to its end is known: its next reading's beginning.

    What changed while it was read may stand on a page that had been told by then, so the time that
    the reading took is taken off. Where nothing was told, any wall clock on Earth is reckoned with.
    `now` is UTC.
    """
    began = datetime.fromisoformat(cursor.began) if cursor.began else now
    marks = [before, (began - BEHIND_MAX).strftime(WALL)]
    mark = mark_after(cursor.seen, None, now=now)
    if mark is not None:
        try:
            moment = datetime.fromisoformat(mark) - max(now - began, timedelta())
            marks.append(moment.strftime(WALL))
        except (ValueError, OverflowError):  # what no clock can have shown
            pass
    return max(filter(None, marks))


def is_silence(complete_at: datetime, *, now: datetime) -> bool:
    """Say whether so long has passed since a list was read to its end that deletions are lost."""
    return now - complete_at > SILENCE_MAX


def is_out_of_date(
    complete_at: datetime | None,
    read_since: date | None,
    sync_from: date | None,
    *,
    now: datetime,
) -> bool:
    """Say whether a list must be read whole: never read, too long ago, or not from so early on.

    `read_since` is the Sync From Date of the last complete reading, `sync_from` that of now; None
    is the beginning of time.
    """
    if complete_at is None or is_silence(complete_at, now=now):
        return True
    if read_since is None:
        return False
    return sync_from is None or sync_from < read_since


def page_size(before: int, took: timedelta, *, limit: int) -> int:
    """Say how many entries to ask for next, after an answer that took so long."""
    if took > SLOW:
        wanted = before // 2
    elif took < QUICK:
        wanted = before * 2
    else:
        wanted = before
    return min(max(wanted, min(PAGE_MIN, limit)), limit)
