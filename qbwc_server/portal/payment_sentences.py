"""Sentences with which pages about payments begin: how many there are, and how they stand."""

from collections.abc import Mapping

from qbwc_server.portal import writing
from qbwc_server.portal.writing import plain_day
from qbwc_server.services.payment_filter import Filter, Kind
from qbwc_server.services.payment_list import TOTALS_MAX, Listing
from sync_core.lifecycle import PaymentStatus
from sync_core.wording import payments as words
from sync_core.wording.payments import CANNOT, NOTHING_YET
from sync_core.wording.phrases import count_of, fill
from sync_core.wording.states import NEED_YOU

__all__ = ["CANNOT", "NOTHING_YET", "needs_you", "of_month", "payments", "sentence", "sums"]

_MOST = {"most": f"{TOTALS_MAX:,}"}


def of_month(there: int, total: int, when: str = words.THIS_MONTH) -> str:
    """Say how many payments of a month are in QuickBooks, without a full stop."""
    if there == total:
        return count_of(words.ALL_THERE, total, {"when": when})
    return count_of(words.SOME_THERE, there, {"payments": payments(total), "when": when})


def needs_you(count: int) -> str:
    """Say how many payments need a person, without a full stop."""
    return count_of(NEED_YOU, count) if count else words.NOTHING_NEEDS_YOU


def payments(count: int) -> str:
    """Say how many payments there are."""
    return count_of(words.COUNTED, count)


def sentence(found: Listing, asked: Filter) -> str:
    """Say how the payments of a filter stand; without one, those of the month."""
    totals = found.totals
    if asked.is_empty:
        return _of_all(found)
    if totals.is_cut:
        return fill(words.TOO_MANY_MATCH, _MOST)
    is_plain = asked == Filter(kind=asked.kind, received_to=asked.received_to)
    if asked.kind is not Kind.ALL and is_plain:
        return _of_kind(asked, found)
    if not totals.count:
        return words.NONE_MATCHES
    need = totals.states[PaymentStatus.REJECTED]
    there = {"count": f"{totals.in_quickbooks:,}"}
    states = [
        fill(words.IN_QUICKBOOKS, there) if totals.in_quickbooks else "",
        needs_you(need) if need else "",
    ]
    said = ", ".join(filter(None, states))
    facts = {"sum": sums(found, totals.by_currency)} | ({"states": said} if said else {})
    return count_of(words.MATCH, totals.count, facts)


def _of_all(found: Listing) -> str:
    totals, month = found.totals, found.month
    if month is None:
        return NOTHING_YET
    when = words.THIS_MONTH if month.is_present else f"{month.first:%B %Y}"
    told = (
        fill(words.MORE_ARRIVED, {"when": when, **_MOST})
        if totals.is_cut
        else of_month(totals.in_quickbooks, totals.count, when)
    )
    return fill(words.OF_MONTH, {"month": told, "needs": needs_you(found.need_you)})


def _of_kind(asked: Filter, found: Listing) -> str:
    totals, listed = found.totals, words.LISTS[asked.kind]
    by = {"day": plain_day(asked.received_to)} if asked.received_to is not None else {}
    if not totals.count:
        return fill(listed.none, by)
    told = sums(found, totals.by_currency)
    if asked.kind is Kind.LEFT_OVER:
        told = sums(found, totals.left_by_currency)
    return count_of(listed.some, totals.count, {"sum": told, **by})


def sums(found: Listing, by_currency: Mapping[str | None, int]) -> str:
    """Write sums, that of the books' own currency first."""
    return writing.sums(by_currency, found.home)
