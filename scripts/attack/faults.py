"""What can happen to a call: on the line, and to the worker that takes it."""

from enum import StrEnum


class Fault(StrEnum):
    """What happens to the worker that takes the call."""

    KILLED_BEFORE_COMMIT = "worker killed before commit"
    KILLED_AFTER_COMMIT = "worker killed after commit and before the answer"
    NO_DATABASE = "database unavailable"


class Line(StrEnum):
    """What happens to a call, or to its answer, on the line."""

    REQUEST_LOST = "request lost"
    ANSWER_LOST = "answer lost"
    TWICE = "delivered twice"
    LATE = "delivered late after the next call"
