"""The words for where a payment stands, for what stands in the books, and for who can act.

Sentences only, in the language of `phrases`; which of them applies is decided elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sync_core.lifecycle import AttemptOutcome, PaymentStatus
from sync_core.wording.phrases import Forms


@dataclass(frozen=True, slots=True)
class State:
    """A status as people read it; `line` says a little more ("" where a cause says it)."""

    label: str
    line: str


STATES: Mapping[PaymentStatus, State] = {
    PaymentStatus.QUEUED: State("Waiting", "[{note}.|Goes to QuickBooks at the next sync.]"),
    PaymentStatus.SENT: State(
        "Being sent", "Handed to QuickBooks[ at {time}]; the answer is on its way."
    ),
    PaymentStatus.IN_DOUBT: State(
        "Being checked",
        "[{note}.|The connection was cut before QuickBooks answered.] We ask QuickBooks at the "
        "next sync. **Please do not enter it by hand until then.**",
    ),
    PaymentStatus.POSTED: State(
        "In QuickBooks",
        "Recorded[ as No. {reference}][, {left_over} left as the customer's credit]"
        "[; since {missing_on} it is not in the company file].",
    ),
    PaymentStatus.REJECTED: State("Needs you", ""),
    PaymentStatus.DISMISSED: State(
        "Dismissed", "Not sent[: {note}].[ Recorded in QuickBooks as {found_number}.]"
    ),
    PaymentStatus.REVERSED: State(
        "No longer in QuickBooks",
        "The payment in QuickBooks was deleted or set to 0.00[ on {reversed_on}]. "
        "Nothing is posted again by itself.",
    ),
}

NEED_YOU: Forms = ("1 needs you", "{count} need you")

# What became of one handing over to QuickBooks; None: nobody knows yet.
ATTEMPTS: Mapping[AttemptOutcome | None, str] = {
    AttemptOutcome.POSTED: "QuickBooks recorded it.",
    AttemptOutcome.REJECTED: "QuickBooks refused it.",
    AttemptOutcome.NOT_EXECUTED: "QuickBooks did nothing with it, this once.",
    AttemptOutcome.REFUSED_WHOLE: "QuickBooks refused the whole message set.",
    AttemptOutcome.REFUSED_ALONE: "QuickBooks refused the message set, which held this alone.",
    AttemptOutcome.IN_DOUBT: "The answer was lost, or proves nothing.",
    AttemptOutcome.ABSENT: "The answer was lost; QuickBooks does not have it.",
    None: "The answer is awaited.",
}


class Books(StrEnum):
    """What a problem means for the books."""

    NOT_WRITTEN = "not_written"
    MAYBE_THERE = "maybe_there"
    WRITTEN = "written"
    NOT_KNOWN = "not_known"
    SYNC_STOPPED = "sync_stopped"


# NOT_WRITTEN, said of several payments at once.
NOT_WRITTEN_OF_SEVERAL = (
    "Nothing was written in QuickBooks. The customers have no credit there for these payments yet."
)

BOOKS: Mapping[Books, str] = {
    Books.NOT_WRITTEN: (
        "Nothing was written in QuickBooks. [{customer}|The customer] has no credit there for "
        "[this {amount}|this payment] yet."
    ),
    Books.MAYBE_THERE: (
        "Nothing was written by us. QuickBooks may already hold this money: see below."
    ),
    Books.WRITTEN: "QuickBooks has this payment[ as No. {reference}][, dated {received_on}].",
    Books.NOT_KNOWN: (
        "Not known yet. We ask QuickBooks at the next sync; do not enter it by hand until then."
    ),
    Books.SYNC_STOPPED: (
        "Nothing was read or written.[ Payments waiting: {waiting_count}[ ({waiting_amount})]; "
        "they go in at the next sync that gets through.]"
    ),
}

# Beside a problem, each with what its table says.
FOR_THE_BOOKS = "For the books: {books}"
WHO_CAN_ACT = "Who can act: {who}"
SETTLES = "Settles by itself: {heals}"

ANYONE = "Anyone who works in QuickBooks"
ADMIN = "The QuickBooks Admin"
ADMIN_OR_ACCOUNTANT = "The QuickBooks Admin, or your accountant"
PROCESSOR = "Whoever can sign in to the payment processor"
OR_SUPPORT = (
    "Anyone who works in QuickBooks; if it comes often, "
    "[{support_contact}|the support of your payment site]"
)
