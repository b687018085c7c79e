"""What pages say of payments in lists, and of one beside its state.

Sentences only, in the language of `phrases`; pairs are said of one payment and of several.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sync_core.wording.phrases import Forms

COUNTED: Forms = ("1 payment", "{count} payments")
TOGETHER = "{payments} ({sum})"

# With what a list of payments begins: all of them.
NOTHING_YET = "No payment has arrived yet."
NOTHING_NEEDS_YOU = "Nothing needs you"
OF_MONTH = "{month}[, {waiting} waiting][, {checked} being checked]. {needs}."
ALL_THERE: Forms = (
    "1 payment of {when} is in QuickBooks",
    "All {count} payments of {when} are in QuickBooks",
)
SOME_THERE: Forms = (
    "{count} of {payments} of {when} is in QuickBooks",
    "{count} of {payments} of {when} are in QuickBooks",
)
MORE_ARRIVED = "More than {most} payments of {when} have arrived"
THIS_MONTH = "this month"

# Those of a filter.
CANNOT = "Something in the filter cannot be looked for."
TOO_MANY_MATCH = "More than {most} payments match."
NONE_MATCHES = "No payment matches."
MATCH: Forms = (
    "1 payment matches: {sum}[; {states}].",
    "{count} payments match: {sum}[; {states}].",
)
IN_QUICKBOOKS = "{count} in QuickBooks"


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that is looked at again and again: its label, and what is said with none in it."""

    label: str
    none: str
    some: Forms


# By the words of an address.
LISTS: Mapping[str, Listed] = {
    "not_in_quickbooks": Listed(
        "Received by {day} and not in QuickBooks",
        "Every payment[ received by {day}] is in QuickBooks, or was dismissed.",
        (
            "1 payment[ received by {day}] is not in QuickBooks: {sum}.",
            "{count} payments[ received by {day}] are not in QuickBooks: {sum}.",
        ),
    ),
    "left_over": Listed(
        "With money left over",
        "No payment[ received by {day}] has money left over.",
        (
            "1 payment[ received by {day}] has money left over: {sum}.",
            "{count} payments[ received by {day}] have money left over: {sum}.",
        ),
    ),
    "changed": Listed(
        "Changed in QuickBooks since posted",
        "No payment[ received by {day}] was changed in QuickBooks since it was posted.",
        (
            "1 payment[ received by {day}] was changed in QuickBooks since it was posted.",
            (
                "{count} payments[ received by {day}] were changed in QuickBooks since they were "
                "posted."
            ),
        ),
    ),
    "dismissed_without_entry": Listed(
        "Dismissed without a payment in QuickBooks",
        "No payment[ received by {day}] was dismissed without a payment in QuickBooks.",
        (
            "1 payment[ received by {day}] was dismissed without a payment in QuickBooks: {sum}.",
            (
                "{count} payments[ received by {day}] were dismissed without a payment in "
                "QuickBooks: {sum}."
            ),
        ),
    ),
}

# Beside a list.
_COME = "Payments come in from the payment site over the API, or from a file with {command}."
_GO = "go to QuickBooks when its Web Connector calls."
HOW_THEY_COME = f"{_COME} Each stands here from then on, and goes to QuickBooks at the next sync."
HOW_THEY_COME_AND_GO = f"{_COME} They {_GO}"
WHEN_THEY_GO = f"Payments {_GO}"
DISMISSED: Forms = (
    "1 was dismissed without a payment in QuickBooks",
    "{count} were dismissed without a payment in QuickBooks",
)
BESIDES = "Besides, {dismissed}: of those a person said that the books are right without them."
TOO_MANY_TO_ADD = (
    "There are more than {most} payments, too many to add up here. Choose received dates, or take "
    "the totals from the file."
)
ALL_DELETED = "All payments were deleted from the history"

# Of one payment.
IS_CHANGED = "Changed in QuickBooks[ on {changed_on}]."
NOT_CHANGED_BACK = "We do not change it back."
IS_DELETED = (
    "It was deleted from the history {deleted_on}: lists leave it out, and nothing of it is erased."
)
APPLIED_TO_MORE = "In QuickBooks it is applied to more: {invoices}."
NOT_READ_YET = (
    "QuickBooks said that it is recorded. The next sync reads it, and it stands here beside the "
    "online payment."
)
NO_INVOICES = "It names none: all of it is the customer's credit."
LATEST_ATTEMPTS = "It was sent {count} times; these are the latest."

# What was asked of QuickBooks for it.
CANNOT_BE_SHOWN = "It is not kept in a form that can be shown."
SAYS_NOTHING_OF_IT = "The answer said nothing of this payment, or cannot be read."
