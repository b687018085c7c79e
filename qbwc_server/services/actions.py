"""What a person can do about a payment: the words, and which of them are offered when."""

from enum import StrEnum

from sync_core.lifecycle import PaymentStatus


class Action(StrEnum):
    """The words of the API. Those that no state offers yet are known and refused."""

    RETRY = "retry"
    DISMISS = "dismiss"
    LINK = "link"
    USE_NEW_INVOICE = "use_new_invoice"
    CHOOSE_INVOICE = "choose_invoice"
    APPLY_WHAT_FITS = "apply_what_fits"
    POST_UNAPPLIED = "post_unapplied"
    CHOOSE_CUSTOMER = "choose_customer"
    USE_OPEN_DAY = "use_open_day"
    POST_ANYWAY = "post_anyway"
    WITHDRAW = "withdraw"
    SETTLE_POSTED = "settle_posted"
    SETTLE_NOT_POSTED = "settle_not_posted"
    CHOOSE_METHOD = "choose_method"
    USE_INVOICE_ACCOUNT = "use_invoice_account"
    TAKE_OUT_EXTRA = "take_out_extra"
    DELETE_IN_QUICKBOOKS = "delete_in_quickbooks"
    UNDO = "undo"
    DELETE = "delete"
    REOPEN = "reopen"


OFFERED: dict[PaymentStatus, tuple[Action, ...]] = {
    PaymentStatus.QUEUED: (Action.WITHDRAW,),
    PaymentStatus.SENT: (),
    PaymentStatus.IN_DOUBT: (),
    PaymentStatus.POSTED: (Action.DELETE,),
    PaymentStatus.REJECTED: (Action.DISMISS, Action.DELETE),
    PaymentStatus.DISMISSED: (Action.DELETE,),
    PaymentStatus.REVERSED: (Action.DELETE,),
}

# Each state as it is said of a payment: "a payment that ...".
SAID = {
    PaymentStatus.QUEUED: "is waiting",
    PaymentStatus.SENT: "is being sent",
    PaymentStatus.IN_DOUBT: "is being checked, since QuickBooks' answer was lost",
    PaymentStatus.POSTED: "is in QuickBooks",
    PaymentStatus.REJECTED: "was rejected",
    PaymentStatus.DISMISSED: "was dismissed",
    PaymentStatus.REVERSED: "is no longer in QuickBooks",
}


def offered(status: PaymentStatus) -> str:
    """Say in words what can be done about a payment in a state."""
    return ", ".join(OFFERED[status]) or "nothing, until the next sync has settled it"
