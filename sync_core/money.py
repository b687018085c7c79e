"""A person's amounts: text to integer cents and back. Refuses, never rounds; knows no float.

Currencies are never added up: sums are kept each by its currency, None that of the books.
"""

import re
from collections.abc import Iterable, Mapping

# QuickBooks' AMTTYPE holds 13 digits before the point (Intuit XSD 13.0).
CENTS_MAX = 10**15 - 1

Sums = Mapping[str | None, int]

_AND = " and "
_CURRENCY = re.compile("[A-Z]{3}", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)


class MoneyError(ValueError):
    """The text is not an amount of money; the message is one sentence for a person."""


def parse_cents(text: str) -> int:
    """Read an amount such as ``125.00`` or ``125`` as cents; zero or more.

    Raises:
        MoneyError: anything else: a sign, a symbol, separators, more than two decimals.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise MoneyError("an amount is digits with at most two decimals, such as 125.00")
    whole, decimals = match.groups(default="")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def format_cents(cents: int) -> str:
    """Write cents as text with two decimals, as the API and the tables show them."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def added(
    parts: Iterable[tuple[str | None, int]], home: str | None = None
) -> dict[str | None, int]:
    """Add up cents by currency, the books' own (`home`) first and the others by their codes."""
    found: dict[str | None, int] = {}
    for currency, cents in parts:
        of = None if currency == home else currency
        found[of] = found.get(of, 0) + cents
    return {currency: found[currency] for currency in sorted(found, key=lambda one: one or "")}


def format_sums(sums: Sums) -> str:
    """Write sums as text, such as ``125.00 and EUR 40.00``; nothing at all is ``0.00``."""
    return _AND.join(
        f"{currency} {format_cents(cents)}" if currency else format_cents(cents)
        for currency, cents in (sums or {None: 0}).items()
    )


def parse_sums(text: str) -> dict[str | None, int]:
    """Read what `format_sums` or `format_cents` wrote.

    Raises:
        MoneyError: anything else.
    """
    found: dict[str | None, int] = {}
    for part in text.split(_AND):
        currency, _, amount = part.rpartition(" ")
        if currency and not _CURRENCY.fullmatch(currency):
            raise MoneyError("a currency is three capital letters before an amount")
        cents = parse_cents(amount.removeprefix("-"))
        found[currency or None] = -cents if amount.startswith("-") else cents
    return found
