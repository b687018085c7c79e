"""How a reader wants dates, times and money written, and the writing of them.

The words of each choice are kept with the user; the examples beside them are what people choose by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from sync_core.money import MoneyError, parse_cents

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Word, what is shown to choose by. The names of months stand in no locale of the machine.
DATE_FORMATS: Mapping[str, str] = {
    "words": "Nov 20, 2026",
    "month_first": "11/20/2026",
    "day_first": "20/11/2026",
    "dots": "20.11.2026",
    "iso": "2026-11-20",
}
_HALF_DAYS = ("words", "month_first")  # written where clocks go to twelve

_SPACE = "\N{NARROW NO-BREAK SPACE}"
_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"

# Word: what parts thousands, what parts cents, and the example.
_NUMBERS: Mapping[str, tuple[str, str, str]] = {
    "comma_point": (",", ".", "1,234.56"),
    "point_comma": (".", ",", "1.234,56"),
    "space_comma": (_SPACE, ",", f"1{_SPACE}234,56"),
    "apostrophe_point": (_APOSTROPHE, ".", f"1{_APOSTROPHE}234.56"),
}
NUMBER_FORMATS: Mapping[str, str] = {word: shown for word, (_, _, shown) in _NUMBERS.items()}

# What stands before an amount of the currency in which the books are kept.
_SIGNS = {"USD": "$", "CAD": "$", "AUD": "$", "GBP": "\N{POUND SIGN}"}

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
# Beyond this "43 days ago" says less than the day itself.
_RELATIVE_DAYS_MAX = 30


@dataclass(frozen=True, slots=True)
class Preferences:
    """One reader's choices."""

    date_format: str = "words"
    number_format: str = "comma_point"
    time_zone: str = "UTC"

    def day(self, day: date) -> str:
        """Write a day."""
        match self.date_format:
            case "month_first":
                return f"{day:%m/%d/%Y}"
            case "day_first":
                return f"{day:%d/%m/%Y}"
            case "dots":
                return f"{day:%d.%m.%Y}"
            case "iso":
                return day.isoformat()
            case _:
                return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"

    def today(self, now: datetime) -> date:
        """Give the day it is where the reader is."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def moment(self, at: datetime) -> str:
        """Write a moment to the second, in the reader's time zone and with its name."""
        local = at.astimezone(ZoneInfo(self.time_zone))
        clock = f"{local:%H:%M:%S}"
        if self.date_format in _HALF_DAYS:
            clock = f"{local.hour % 12 or 12}:{local:%M:%S} {'AM' if local.hour < 12 else 'PM'}"  # noqa: PLR2004 - noon
        return f"{self.day(local.date())} {clock} {local.tzname()}"

    def ago(self, at: datetime, now: datetime) -> str:
        """Write a moment as it lies from now: "20 minutes ago", "in 3 days"; far ones as a day."""
        seconds = (now - at).total_seconds()
        span = abs(seconds)
        if span >= _RELATIVE_DAYS_MAX * _DAY:
            return self.day(at.astimezone(ZoneInfo(self.time_zone)).date())
        if span < _MINUTE:
            return "just now" if seconds >= 0 else "in less than a minute"
        unit, size = next(
            (unit, size)
            for unit, size in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE))
            if span >= size
        )
        count = int(span // size)
        told = f"{count} {unit}{'' if count == 1 else 's'}"
        return f"{told} ago" if seconds >= 0 else f"in {told}"

    def money(self, cents: int, mark: str = "") -> str:
        """Write an amount with two decimals; a minus sign that is as wide as a digit.

        `mark` stands before the figures, see `currency_mark`.
        """
        thousands, point, _ = _NUMBERS.get(self.number_format, _NUMBERS["comma_point"])
        whole, rest = divmod(abs(cents), 100)
        sign = "\N{MINUS SIGN}" if cents < 0 else ""
        return f"{sign}{mark}{f'{whole:,}'.replace(',', thousands)}{point}{rest:02d}"

    def cents(self, text: str) -> int | None:
        """Read an amount as people type it, as this reader writes it or plainly; None for none."""
        typed = "".join(text.replace("$", "").split())
        thousands, point, _ = _NUMBERS.get(self.number_format, _NUMBERS["comma_point"])
        for amount in (typed, typed.replace(thousands, "").replace(point, ".")):
            try:
                return parse_cents(amount)
            except MoneyError:
                continue
        return None


def currency_mark(home: str | None, currency: str | None = None) -> str:
    """Give what stands before an amount: a sign, the code of another currency than at home, or "".

    Both are codes of ISO 4217; `home` is None where it is not known in what the books are kept,
    `currency` where nobody said anything else.
    """
    if currency is not None and currency != home:
        return f"{currency}\N{NO-BREAK SPACE}"
    return _SIGNS.get(home or "", "")


@cache
def time_zones() -> tuple[str, ...]:
    """List the time zones that people live in, by continent and city."""
    places = (name for name in available_timezones() if "/" in name)
    return (
        "UTC",
        *sorted(
            name
            for name in places
            if name.partition("/")[0] not in ("Etc", "SystemV", "posix", "right")
        ),
    )


def problems(date_format: str, number_format: str, time_zone: str) -> dict[str, str]:
    """Say which of three choices is none: field to sentence."""
    found = {}
    if date_format not in DATE_FORMATS:
        found["date_format"] = "Choose one of the ways to write a date."
    if number_format not in NUMBER_FORMATS:
        found["number_format"] = "Choose one of the ways to write an amount."
    if time_zone not in time_zones():
        found["time_zone"] = "Choose a time zone of the list, such as America/Chicago."
    return found
