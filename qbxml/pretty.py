"""One request or response out of a message set, as a person reads it: indented, secrets masked.

For looking at alone: what it gives is no message any more.
"""

import re

from lxml import etree

from qbxml.envelope import tree
from qbxml.errors import ParseError

# Nobody reads on; what is longer is cut, and says so.
LENGTH_MAX = 20_000

# What no page shows, if QuickBooks ever told it.
_SECRET = frozenset({"CreditCardNumber", "SessionTicket", "Password", "SSN"})
# The number of a card, which people write into memos: 13 to 19 digits, or in groups as on the card.
_CARD = re.compile(
    r"(?<![\d-])(?:\d{9,15}|(?:\d{4}[ -]){3}|\d{4}[ -]\d{6}[ -]\d)(\d{4})(?![\d-])", re.ASCII
)
_MASK = "***"


def excerpt(text: str, request_id: str) -> str | None:
    """Give what stands under a requestID in a message set; None where nothing does."""
    try:
        root = tree(text)
    except ParseError:
        return None
    found = next(
        (each for each in root.iter(etree.Element) if each.get("requestID") == request_id), None
    )
    if found is None:
        return None
    for each in found.iter(etree.Element):
        if each.tag in _SECRET:
            each.text = _MASK
        elif each.text:
            each.text = _CARD.sub(rf"{_MASK}\1", each.text)
    etree.indent(found)
    return _cut(etree.tostring(found, encoding="unicode", with_tail=False))


def _cut(text: str) -> str:
    if len(text) <= LENGTH_MAX:
        return text
    left_out = len(text) - LENGTH_MAX
    return f"{text[:LENGTH_MAX]}\n... {left_out:,} more characters are left out here."
