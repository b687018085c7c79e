"""The steps of a session: what to ask QuickBooks next, and how far it has come."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a message set is for. Each is either read or write, never both."""

    COMPANY = "company"  # which books are these?
    SETTLE = "settle"  # the same books? what changed in them? what became of what is in doubt?
    TAKE_OUT = "take_out"  # receipts of ours that a person wants out
    LOOK_UP = "look_up"  # what the books do not tell of the invoices that waiting payments name
    ADD_METHODS = "add_methods"  # payment methods the company lets us add
    POST = "post"  # the payments
    QUESTIONS = "questions"  # invoices that somebody looks for and nobody here knows
    CLOSING = "closing"  # a question without consequence, so that the session can end by 100
    FINISH = "finish"  # nothing is left: answer 100

    @property
    def writes(self) -> bool:
        """Say whether a message set of this step changes the books."""
        return self in (Step.TAKE_OUT, Step.ADD_METHODS, Step.POST)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a session knows about itself.

    `waiting`: payments when the look-ups began; `looked`: those looked at since; `to_post`: those
    that fit and were not handed out yet, and `has_enough`: they fill a message set.
    `has_questions`: somebody looks for an invoice that nobody here knows. `listed` and `unlisted`
    count the entries of lists that were told, and those known to come.
    """

    company_known: bool
    may_write: bool
    settled: bool
    has_to_take_out: bool
    is_paused: bool
    looked_up: bool
    has_methods_to_add: bool
    has_enough: bool
    waiting: int
    looked: int
    to_post: int
    has_questions: bool = False
    listed: int = 0
    unlisted: int = 0


def next_step(standing: Standing) -> Step:
    """Say what to ask next.

    A file that nobody has confirmed yet is not used to judge payments either: it may be another
    company's. The questions come last: whatever becomes of them, all else is done by then.
    """
    last = Step.QUESTIONS if standing.has_questions else Step.FINISH
    order = (
        (not standing.company_known, Step.COMPANY),
        (not standing.may_write, Step.FINISH),
        (not standing.settled, Step.SETTLE),
        (standing.has_to_take_out, Step.TAKE_OUT),
        (standing.is_paused, last),
        (not standing.looked_up and not standing.has_enough, Step.LOOK_UP),
        (not standing.to_post, last),
        (standing.has_methods_to_add, Step.ADD_METHODS),
    )
    return next((step for holds, step in order if holds), Step.POST)


def percent(standing: Standing, *, before: int) -> int:
    """Tell the progress for the Web Connector's bar: 0 to 99, never backwards.

    Every waiting payment is two pieces of work, looking it up and posting it, and every entry of a
    list is one. 100 is said by Step.FINISH alone.
    """
    whole = 2 * standing.waiting + standing.listed + standing.unlisted
    left = 2 * max(standing.waiting - standing.looked, 0) + standing.to_post + standing.unlisted
    now = 100 * (whole - left) // whole if whole else 0
    return max(before, min(now, 99))
