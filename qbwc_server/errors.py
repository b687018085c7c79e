"""Our exceptions: one class for each thing that a caller can do about it.

ServiceError            one sentence for a person
├── NotFound            nothing has this id
├── Refused             the request does not fit the state of things
└── InvalidInput        fields are wrong; carries a pointer and a sentence for each
"""

from dataclasses import dataclass


class ServiceError(Exception):
    """A use case could not be done; `str()` is one sentence: what is wrong, what to do."""


class NotFound(ServiceError):  # noqa: N818 - named for what it is
    """Nothing has this id."""


class Refused(ServiceError):  # noqa: N818 - named for what it is
    """What was asked does not fit the state of things."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong field: a JSON pointer (RFC 6901, ``/apply/0/amount``) and a sentence."""

    pointer: str
    sentence: str


class InvalidInput(ServiceError):  # noqa: N818 - named for what it is
    """Fields are wrong."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.pointer}: {p.sentence}" for p in problems))
        self.problems = problems
