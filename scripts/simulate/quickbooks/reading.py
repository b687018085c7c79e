"""Values out of a checked request: texts, amounts, dates, flags.

The form is right by now; what the schema let pass and QuickBooks cannot convert (an empty amount,
the 30th of February) is refused with a status code.
"""

from datetime import date, datetime, timedelta, timezone

from scripts.simulate.quickbooks.markup import Element
from scripts.simulate.quickbooks.money import cents
from scripts.simulate.quickbooks.refusals import unconvertible

# QuickBooks knows no other years.
YEARS = range(1970, 2038)


def text_of(parent: Element, path: str) -> str | None:
    """Read an element's text; None when it is not there."""
    found = parent.find(path)
    return None if found is None else found.text or ""


def texts_of(parent: Element, path: str) -> list[str]:
    """Read all texts of a repeated element."""
    return [found.text or "" for found in parent.iterfind(path)]


def amount_of(parent: Element, path: str) -> int | None:
    """Read an amount as cents. Errors: Refusal 3040."""
    value = text_of(parent, path)
    if value is None:
        return None
    try:
        return cents(value)
    except ValueError:
        raise unconvertible(3040, "amount", value) from None


def date_of(parent: Element, path: str) -> date | None:
    """Read a date. Errors: Refusal 3020."""
    value = text_of(parent, path)
    if value is None:
        return None
    if not value:
        raise unconvertible(3020, "date", value)
    return date.fromisoformat(value)


def flag_of(parent: Element, path: str) -> bool:
    """Read a flag; absent is false. Errors: Refusal 3010."""
    value = text_of(parent, path)
    if value == "":
        raise unconvertible(3010, "boolean", value)
    return value in ("true", "1")


def moment_of(parent: Element, path: str, *, end_of_day: bool = False) -> datetime | None:
    """Read a time: naive wall clock of the PC, or aware where it came with an offset.

    A date alone is the start of that day, or its end. Errors: Refusal 3020.
    """
    value = text_of(parent, path)
    if value is None:
        return None
    day, _, clock = value.partition("T")
    try:
        moment = datetime.combine(_day(day), datetime.min.time())
        if not clock:
            return moment + timedelta(days=1, seconds=-1) if end_of_day else moment
        zone = max(clock.find("+"), clock.find("-"))
        local, offset = (clock, "") if zone < 0 else (clock[:zone], clock[zone:])
        parts = [int(part) for part in local.split(":")]
        hour, minute, second = (*parts, 0, 0)[:3]
        zone_info = timezone(_delta(offset)) if offset else None
        return moment.replace(hour=hour, minute=minute, second=second, tzinfo=zone_info)
    except (ValueError, OverflowError):
        raise unconvertible(3020, "date", value) from None


def _day(text: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    if year not in YEARS:
        raise ValueError(text)
    return date(year, month, day)


def _delta(offset: str) -> timedelta:
    hours, minutes = offset[1:].split(":")
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return -delta if offset[0] == "-" else delta
