"""What a person looks for in a list: words of an address, read with limits. Knows no list."""

from collections.abc import Collection, Mapping
from datetime import date

from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services.preferences import Preferences
from sync_core.names import plain


def word(given: Mapping[str, str], name: str, allowed: Collection[str]) -> str | None:
    """Read one of some words; a blank says nothing.

    Raises:
        InvalidInput: it is another word.
    """
    said = given.get(name, "")
    if said and said not in allowed:
        sentence = f"This must be one of {', '.join(allowed)}, or be left out."
        raise InvalidInput((Problem(f"/{name}", sentence),))
    return said or None


def yes_or_no(given: Mapping[str, str], name: str) -> bool | None:
    """Read yes or no; a blank says nothing.

    Raises:
        InvalidInput: it is another word.
    """
    said = word(given, name, ("yes", "no"))
    return None if said is None else said == "yes"


def day(given: Mapping[str, str], name: str) -> date | None:
    """Read a day; a blank says nothing.

    Raises:
        InvalidInput: it is none.
    """
    said = given.get(name, "").strip()
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        sentence = "Give a day as year-month-day, such as 2026-11-20."
        raise InvalidInput((Problem(f"/{name}", sentence),)) from None


def span(given: Mapping[str, str]) -> tuple[date | None, date | None]:
    """Read a first and a last day, `from` and `to`; a blank says nothing.

    Raises:
        InvalidInput: one is no day, or the last one is before the first.
    """
    first, last = day(given, "from"), day(given, "to")
    if first and last and first > last:
        sentence = "The last day is before the first one; change one of them."
        raise InvalidInput((Problem("/to", sentence),))
    return first, last


def amount(given: Mapping[str, str], name: str, prefer: Preferences) -> int | None:
    """Read an amount, in cents, as its reader writes it; a blank says nothing.

    Raises:
        InvalidInput: it is none.
    """
    said = given.get(name, "").strip()
    cents = prefer.cents(said) if said else None
    if said and cents is None:
        raise InvalidInput((Problem(f"/{name}", "Give an amount such as 125.00."),))
    return cents


def beginning(given: Mapping[str, str], name: str, length_max: int) -> str:
    """Read how a name or number begins, as names are compared; a blank says nothing.

    Raises:
        InvalidInput: no name is so long.
    """
    said = plain(given.get(name, ""))
    if len(said) > length_max:
        sentence = f"QuickBooks has no more than {length_max} characters here; type fewer."
        raise InvalidInput((Problem(f"/{name}", sentence),))
    return said
