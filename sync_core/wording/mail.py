"""The e-mail to a company's contacts: what stands around the sentences of each payment.

Sentences only, in the language of `phrases`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """How an e-mail begins."""

    subject: str
    opening: str


ONE = Opening(
    subject="1 payment needs you: {company}",
    opening=(
        "1 online payment of {company} was not posted in QuickBooks at the last sync, and needs "
        "you. Settle it here:\n{link}"
    ),
)
MANY = Opening(
    subject="{count} payments need you: {company}",
    opening=(
        "{count} online payments of {company} were not posted in QuickBooks at the last sync, and "
        "need you. Settle them here:\n{link}"
    ),
)
PAYMENT = "{number}. [{customer}, ]{amount}[, received {received_on}][, No. {reference}]"
WHAT_TO_DO = "What to do:"
WHO = "Who: {who}"
MORE = "And {more} more:\n{link}"
WHY_YOU = "You get this because {company} has your address among its contacts."
