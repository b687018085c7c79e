"""Counts the statements of calls: all that are run, and those that are run for the lists.

BEGIN and COMMIT, which one of the databases is not even sent, are none.
"""

import sys
import threading
from dataclasses import dataclass
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

from qbwc_server.services.steps import lists, short_lists

# The header in which a worker says what a call has run: two numbers.
HEADER = "X-Statements"
_OF_LISTS = {lists.__name__, short_lists.__name__}


@dataclass(slots=True)
class Count:
    """How many statements were run."""

    every: int = 0
    of_lists: int = 0


# By thread: the server does some things by itself, which belong to no call.
_counting = threading.local()


def begin() -> Count:
    """Count this thread's statements from now on, in what is handed out."""
    count: Count = Count()
    _counting.count = count
    return count


@event.listens_for(Engine, "before_cursor_execute")
def _note(_db: Any, _cursor: Any, statement: str, *_: Any) -> None:
    count: Count | None = getattr(_counting, "count", None)
    if count is not None and not statement.startswith("BEGIN"):
        count.every += 1
        count.of_lists += _is_of_lists(sys._getframe())  # noqa: SLF001 - so Python calls it


def _is_of_lists(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") in _OF_LISTS:
            return True
        frame = frame.f_back
    return False
