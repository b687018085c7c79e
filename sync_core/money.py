"""A person's amounts: text to integer cents and back. Refuses, never rounds; knows no float."""

import re

# QuickBooks' AMTTYPE holds 13 digits before the point (Intuit XSD 13.0).
CENTS_MAX = 10**15 - 1

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
