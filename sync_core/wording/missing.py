"""The words for why an invoice is missing, in the language of `phrases`."""

from collections.abc import Mapping

from sync_core.reason import Reason

# By reason and variant.
SENTENCES: Mapping[tuple[Reason, str], str] = {
    (Reason.NO_MAPPING, ""): (
        "{customer} is not linked to a customer of the payment site, so none of its invoices are "
        "shown there. Link it, then look again."
    ),
    (Reason.CUSTOMER_GONE, ""): (
        "{customer} is no longer in QuickBooks: it was deleted, or merged into another customer."
        "[ Invoice {number} stands under {owner}.]"
    ),
    (Reason.DELETED, ""): (
        "Invoice {number} was deleted in QuickBooks[ on {deleted_on}].[ It was entered anew as "
        "{anew}.][ {asking}]"
    ),
    (Reason.STATEMENT_CHARGE, ""): (
        "{number} is a statement charge in QuickBooks[, dated {date}][, over {total}], not an "
        "invoice. Statement charges are not shown; only an invoice can be paid online."
        "[ It stands under {job}.]"
    ),
    (Reason.BEFORE_SYNC_FROM, ""): (
        "Invoice {number} is dated {date}, before the Sync From Date {sync_from}, so it is not "
        "shown. To show it, move the Sync From Date back and press Update Selected."
    ),
    (Reason.BEFORE_SYNC_FROM, "settled"): (
        "Invoice {number} is dated {date}, before the Sync From Date {sync_from}, so it is not "
        "shown. Nothing is due on it either."
    ),
    (Reason.NO_OPEN_BALANCE, "voided"): (
        "Invoice {number}[ of {date}] was voided in QuickBooks, so nothing is due on it."
    ),
    (Reason.NO_OPEN_BALANCE, "paid"): (
        "Invoice {number}[ of {date}] is paid in full in QuickBooks, so nothing is due on it."
    ),
    (Reason.NO_OPEN_BALANCE, "zero"): (
        "Invoice {number}[ of {date}] comes to 0.00 in QuickBooks, so nothing is due on it."
    ),
    (Reason.CUSTOMER_INACTIVE, ""): (
        "{inactive} is inactive in QuickBooks, so invoice {number}[ of {date}] is not shown. To "
        "show it, make the customer active there and press Update Selected."
    ),
    (Reason.PENDING, ""): (
        "Invoice {number}[ of {date}] is marked as pending, so nothing is due on it yet. In "
        "QuickBooks open the invoice and choose Edit > Mark Invoice as Final (older: Mark As "
        "Final), then press Update Selected."
    ),
    (Reason.OTHER_CUSTOMER, ""): (
        "{kind} {number}[ of {date}] stands under {owner} in QuickBooks, not under {customer}."
        "[ {asking}]"
    ),
    (Reason.NOT_IMPORTED_SINCE, "asking"): (
        "Invoice {number} was not among the invoices of QuickBooks[ when they were last read to "
        "their end, at {read_at}]. If it was entered since, press Update Selected. {asking}"
    ),
    (Reason.NOT_IMPORTED_SINCE, "never_read"): (
        "The invoices of QuickBooks have not been read to their end yet, and {number} was not "
        "among those read. Press Update Selected. {asking}"
    ),
    (Reason.NOT_IMPORTED_SINCE, "absent"): (
        "QuickBooks had no invoice and no statement charge {number} when it was asked, at "
        "{answered_at}. If it was entered since, press Update Selected.[ {asking}]"
    ),
    (Reason.NOT_IMPORTED_SINCE, "unanswered"): (
        "Invoice {number} was not among the invoices of QuickBooks[ when they were last read to "
        "their end, at {read_at}]. QuickBooks was asked for this number at {sent_at} and did not "
        "say. If it was entered since, press Update Selected."
    ),
    (Reason.NOT_IMPORTED_SINCE, "in_books"): (
        "Invoice {number}[ of {date}] is in QuickBooks and was not imported yet. Press Update "
        "Selected."
    ),
    (Reason.HERE_AND_OPEN, ""): (
        "Invoice {number}[ of {date}] is here and open[, with {balance} due].[ It stands under "
        "{job}.] If {customer} does not see it, look at the customer's rights on the payment site."
    ),
}
ASKING: Mapping[Reason, str] = {
    Reason.NOT_IMPORTED_SINCE: "The next sync asks QuickBooks for exactly this number.",
    Reason.OTHER_CUSTOMER: "The next sync asks QuickBooks whether {customer} has one too.",
    Reason.DELETED: "The next sync asks QuickBooks whether there is another one.",
}

# Where asking QuickBooks stands.
WRITTEN_DOWN = "It was written down on {when}. Press Update Selected, then ask here again."
ASKED = "A sync asked QuickBooks {when}."
ANSWERED = "It answered {when}."
