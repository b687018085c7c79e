"""Receipts that are one too many, and when one may be taken out by a click.

Source: exactly-once rules B.3 and F.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sync_core.wording import acts


class Kind(StrEnum):
    """Why a receipt is one too many."""

    SECOND = "second"  # a payment of ours stands there twice
    STRANGER = "stranger"  # a number of our making and a GUID, of no payment that we know


class Resolution(StrEnum):
    """How it ended."""

    TAKEN_OUT = "taken_out"  # by us, at a person's word
    GONE = "gone"  # deleted or set to 0.00 in QuickBooks
    KEPT = "kept"  # a person said that it is right
    LINKED = "linked"  # its payment is known now


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of a receipt that a person wants out, as QuickBooks told it just now.

    `is_there` and `is_kept_there`: it, and the one that is to stay, were found; the second is None
    where no payment of ours is behind it. `is_unchanged`: as when it was found, with our amount and
    number. `day` is its date. `closing_date` is None where there is none, if that was ever told.
    """

    is_there: bool
    is_kept_there: bool | None
    is_unchanged: bool
    is_undeposited: bool
    day: date | None
    closing_date: date | None
    is_closing_date_told: bool


def why_not(facts: Facts) -> str | None:
    """Say why a receipt cannot be taken out by us, and the steps; None: it can."""
    if not facts.is_there:
        return acts.NOT_SHOWN
    if facts.is_kept_there is False:
        return acts.OTHER_IS_GONE
    if not facts.is_unchanged:
        return acts.CHANGED
    if not facts.is_undeposited:
        return acts.DEPOSITED
    return _why_closed(facts)


def _why_closed(facts: Facts) -> str | None:
    if not facts.is_closing_date_told:
        return acts.CLOSING_DATE_NOT_TOLD
    if facts.day is None or (facts.closing_date is not None and facts.day <= facts.closing_date):
        return acts.BOOKS_ARE_CLOSED
    return None
