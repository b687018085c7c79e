"""The sentence above the list of payments: how things stand in it, with numbers."""

from collections.abc import Mapping

from qbwc_server.portal.writing import money, plain_day
from qbwc_server.services.payment_filter import Filter, Kind
from qbwc_server.services.payment_list import TOTALS_MAX, Listing, Month, Totals
from sync_core.lifecycle import PaymentStatus


def sentence(found: Listing, asked: Filter) -> str:
    """Say how the payments of a filter stand; without one, those of the month."""
    totals = found.totals
    if asked.is_empty:
        if found.month is None:
            return "No payment has arrived yet."
        return f"{_of_month(totals, found.month)} {_need(found.need_you)}"
    if totals.is_cut:
        return f"More than {TOTALS_MAX:,} payments match."
    is_plain = asked == Filter(kind=asked.kind, received_to=asked.received_to)
    if asked.kind is not Kind.ALL and is_plain:
        return _of_kind(asked, totals)
    if not totals.count:
        return "No payment matches."
    states = [
        f"{totals.in_quickbooks} in QuickBooks" if totals.in_quickbooks else "",
        _need(totals.states[PaymentStatus.REJECTED]).rstrip(".").lower()
        if totals.states[PaymentStatus.REJECTED]
        else "",
    ]
    said = ", ".join(filter(None, states))
    matches = "1 payment matches" if totals.count == 1 else f"{totals.count:,} payments match"
    return f"{matches}: {sums(totals.by_currency)}{f'; {said}' if said else ''}."


def _of_month(totals: Totals, month: Month) -> str:
    when = "this month" if month.is_present else f"{month.first:%B %Y}"
    count = f"More than {TOTALS_MAX:,}" if totals.is_cut else f"{totals.count:,}"
    if totals.is_cut:
        return f"{count} payments of {when} have arrived."
    if totals.in_quickbooks == totals.count:
        if totals.count == 1:
            return f"The 1 payment of {when} is in QuickBooks."
        return f"All {count} payments of {when} are in QuickBooks."
    if not totals.in_quickbooks:
        if totals.count == 1:
            return f"The 1 payment of {when} is not in QuickBooks."
        return f"None of the {count} payments of {when} is in QuickBooks."
    are = "is" if totals.in_quickbooks == 1 else "are"
    return f"{totals.in_quickbooks:,} of {count} payments of {when} {are} in QuickBooks."


def _need(count: int) -> str:
    if not count:
        return "Nothing needs you."
    if count >= TOTALS_MAX:
        return f"{TOTALS_MAX:,} or more need you."
    return "1 needs you." if count == 1 else f"{count:,} need you."


def _of_kind(asked: Filter, totals: Totals) -> str:
    count, by = totals.count, ""
    if asked.received_to is not None:
        by = f" received by {plain_day(asked.received_to)}"
    if not count:
        none, _, _ = _KINDS[asked.kind]
        return none.format(by=by)
    _, one, more = _KINDS[asked.kind]
    cents = sums(totals.by_currency)
    if asked.kind is Kind.LEFT_OVER and len(totals.by_currency) == 1:
        cents = money(totals.left_cents)
    return (one if count == 1 else more).format(count=f"{count:,}", by=by, sum=cents)


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


def sums(by_currency: Mapping[str | None, int]) -> str:
    """Write sums, the home currency's first and without a name."""
    told = (
        f"{currency} {money(cents)}" if currency else money(cents)
        for currency, cents in sorted(by_currency.items(), key=lambda one: one[0] or "")
    )
    return ", ".join(told)
