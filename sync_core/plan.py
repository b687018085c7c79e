"""The steps of a session: what to ask QuickBooks next, and how far it has come."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a message set is for. Each is either read or write, never both."""

    COMPANY = "company"  # which books are these?
    LOOK_UP = "look_up"  # methods, accounts, and the invoices that waiting payments name
    ADD_METHODS = "add_methods"  # payment methods the company lets us add
    POST = "post"  # the payments
    CLOSING = "closing"  # a question without consequence, so that the session can end by 100
    FINISH = "finish"  # nothing is left: answer 100

    @property
    def writes(self) -> bool:
        """Say whether a message set of this step changes the books."""
        return self in (Step.ADD_METHODS, Step.POST)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a session knows about itself. Counts are of payments."""

    company_known: bool = False
    looked_up: bool = False
    look_up_left: int = 0
    methods_to_add: int = 0
    to_post: int = 0
    may_write: bool = True


def next_step(standing: Standing) -> Step:
    """Say what to ask next."""
    if not standing.company_known:
        return Step.COMPANY
    if not standing.looked_up:
        return Step.LOOK_UP
    if not standing.may_write or not standing.to_post:
        return Step.FINISH
    return Step.ADD_METHODS if standing.methods_to_add else Step.POST


def percent(*, done: int, remaining: int, before: int) -> int:
    """Tell the progress for the Web Connector's bar: 0 to 99, never backwards.

    `done` and `remaining` are message sets; 100 is said by Step.FINISH alone.
    """
    now = 100 * done // (done + remaining) if done else 0
    return max(before, min(now, 99))
