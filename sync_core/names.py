"""How names and numbers are compared: as QuickBooks can keep them, and whatever their case.

The payment site's text may hold letters that QuickBooks does not have, such as the hyphen of a web
page. What we send is written in QuickBooks' letters, so that is how it comes back.
"""

from qbxml import text as wire_text


def plain(text: str) -> str:
    """Reduce a name to what it is compared by."""
    return wire_text.clean(text).strip().casefold()
