"""Money on QuickBooks' side: texts with two decimals outside, integer cents inside.

It never rounds and never sees a float.
"""

import re

AMOUNT = re.compile(r"([+-]?)([0-9]{1,13})(?:\.([0-9]{2}))?")


def cents(text: str) -> int:
    """Read an AMTTYPE text ("125.00", "125", "-3.10") as cents.

    Errors: ValueError for anything else, "10.5" and "" included.
    Source: Intuit XSD 13.0, AMTTYPE.
    """
    found = AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no amount; write it with two decimals, like 125.00")
    sign, whole, fraction = found.groups()
    value = int(whole) * 100 + int(fraction or 0)
    return -value if sign == "-" else value


def amount(value: int) -> str:
    """Write cents as QuickBooks prints them: 12500 is "125.00"."""
    whole, fraction = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole}.{fraction:02}"
