"""How names and numbers are compared: as QuickBooks can keep them, and whatever their case.

The payment site's text may hold letters that QuickBooks does not have, such as the hyphen of a web
page. What we send is written in QuickBooks' letters, so that is how it comes back.
"""

from enum import StrEnum

from qbxml import text as wire_text


class Meant(StrEnum):
    """What a word of the payment site may mean; whose word it is, in brackets."""

    CUSTOMERS = "customers"  # the site's own id of a customer
    INVOICES = "invoices"  # the site's own id of an invoice
    METHODS = "methods"  # a payment method's name, as it is compared
    PAYERS = "payers"  # a ListID, or a full name as it is compared, that a person has replaced


def plain(text: str) -> str:
    """Reduce a name to what it is compared by."""
    return wire_text.clean(text).strip().casefold()
