"""The words for a payment that was changed in QuickBooks after we posted it."""

from collections.abc import Mapping

from sync_core.changed import Change

CHANGED: Mapping[Change, str] = {
    Change.AMOUNT: "The amount is [{found_amount}|another one] there[; {amount} was posted].",
    Change.CUSTOMER: "It stands under [{found_customer}|another customer] there.",
    Change.INVOICES: "It is no longer applied to its invoices there as it was posted.",
}
