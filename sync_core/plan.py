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
    """What a session knows about itself.

    `waiting`: payments when the look-ups began; `looked`: those looked at since; `to_post`: those
    that fit and were not handed out yet.
    """

    company_known: bool
    looked_up: bool
    may_write: bool
    has_methods_to_add: bool
    waiting: int
    looked: int
    to_post: int


def next_step(standing: Standing) -> Step:
    """Say what to ask next.

    A file that nobody has confirmed yet is not used to judge payments either: it may be another
    company's.
    """
    if not standing.company_known:
        return Step.COMPANY
    if not standing.may_write:
        return Step.FINISH
    if not standing.looked_up:
        return Step.LOOK_UP
    if not standing.to_post:
        return Step.FINISH
    return Step.ADD_METHODS if standing.has_methods_to_add else Step.POST


def percent(standing: Standing, *, before: int) -> int:
    """Tell the progress for the Web Connector's bar: 0 to 99, never backwards.

    Every waiting payment is two pieces of work, looking it up and posting it. 100 is said by
    Step.FINISH alone.
    """
    whole = 2 * standing.waiting
    left = 2 * max(standing.waiting - standing.looked, 0) + standing.to_post
    now = 100 * (whole - left) // whole if whole else 0
    return max(before, min(now, 99))
