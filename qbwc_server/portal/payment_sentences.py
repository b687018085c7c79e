"""Sentences with which pages about payments begin: how many there are, and how they stand."""

from collections.abc import Mapping

from qbwc_server.portal import writing
from qbwc_server.portal.writing import plain_day
from qbwc_server.services.payment_filter import Filter, Kind
from qbwc_server.services.payment_list import TOTALS_MAX, Listing
from sync_core.lifecycle import PaymentStatus

NOTHING_YET = "No payment has arrived yet."
CANNOT = "Something in the filter cannot be looked for."


def of_month(there: int, total: int, when: str = "this month") -> str:
    """Say how many payments of a month are in QuickBooks, without a full stop."""
    if there == total:
        return (
            f"{'All ' if total > 1 else ''}{payments(total)} of {when} {are(total)} in QuickBooks"
        )
    return f"{there:,} of {payments(total)} of {when} {are(there)} in QuickBooks"


def needs_you(count: int) -> str:
    """Say how many payments need a person, without a full stop."""
    return f"{count:,} {'needs' if count == 1 else 'need'} you" if count else "Nothing needs you"


def payments(count: int) -> str:
    """Say how many payments there are."""
    return "1 payment" if count == 1 else f"{count:,} payments"


def are(count: int) -> str:
    """Give the verb that goes with a number."""
    return "is" if count == 1 else "are"


def sentence(found: Listing, asked: Filter) -> str:
    """Say how the payments of a filter stand; without one, those of the month."""
    totals = found.totals
    if asked.is_empty:
        return _of_all(found)
    if totals.is_cut:
        return f"More than {TOTALS_MAX:,} payments match."
    is_plain = asked == Filter(kind=asked.kind, received_to=asked.received_to)
    if asked.kind is not Kind.ALL and is_plain:
        return _of_kind(asked, found)
    if not totals.count:
        return "No payment matches."
    need = totals.states[PaymentStatus.REJECTED]
    states = [
        f"{totals.in_quickbooks:,} in QuickBooks" if totals.in_quickbooks else "",
        needs_you(need) if need else "",
    ]
    said = ", ".join(filter(None, states))
    matches = f"{payments(totals.count)} {'matches' if totals.count == 1 else 'match'}"
    return f"{matches}: {sums(found, totals.by_currency)}{f'; {said}' if said else ''}."


def _of_all(found: Listing) -> str:
    totals, month = found.totals, found.month
    if month is None:
        return NOTHING_YET
    when = "this month" if month.is_present else f"{month.first:%B %Y}"
    told = (
        f"More than {TOTALS_MAX:,} payments of {when} have arrived"
        if totals.is_cut
        else of_month(totals.in_quickbooks, totals.count, when)
    )
    return f"{told}. {needs_you(found.need_you)}."


def _of_kind(asked: Filter, found: Listing) -> str:
    totals, by = found.totals, ""
    if asked.received_to is not None:
        by = f" received by {plain_day(asked.received_to)}"
    none, one, more = _KINDS[asked.kind]
    if not totals.count:
        return none.format(by=by)
    told = sums(found, totals.by_currency)
    if asked.kind is Kind.LEFT_OVER:
        told = sums(found, totals.left_by_currency)
    return (one if totals.count == 1 else more).format(count=f"{totals.count:,}", by=by, sum=told)


# What is said of each list that is looked at again and again: of none, of one, of more payments.
_KINDS = {
    Kind.NOT_IN_QUICKBOOKS: (
        "Every payment{by} is in QuickBooks, or was dismissed.",
        "1 payment{by} is not in QuickBooks: {sum}.",
        "{count} payments{by} are not in QuickBooks: {sum}.",
    ),
    Kind.LEFT_OVER: (
        "No payment{by} has money left over.",
        "1 payment{by} has money left over: {sum}.",
        "{count} payments{by} have money left over: {sum}.",
    ),
    Kind.CHANGED: (
        "No payment{by} was changed in QuickBooks since it was posted.",
        "1 payment{by} was changed in QuickBooks since it was posted.",
        "{count} payments{by} were changed in QuickBooks since they were posted.",
    ),
    Kind.DISMISSED: (
        "No payment{by} was dismissed without a payment in QuickBooks.",
        "1 payment{by} was dismissed without a payment in QuickBooks: {sum}.",
        "{count} payments{by} were dismissed without a payment in QuickBooks: {sum}.",
    ),
}


def sums(found: Listing, by_currency: Mapping[str | None, int]) -> str:
    """Write sums, that of the books' own currency first."""
    return writing.sums(by_currency, found.home)
