"""What a person can do about a payment: the words, and which of them fit when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from models.base import AnyRow
from qbwc_server.services import payment_input
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.variants import Variant
from sync_core.wording import acts

# A few sentences; a note that needs more belongs into the books.
NOTE_MAX = 1000

Note = Annotated[str, StringConstraints(max_length=NOTE_MAX), AfterValidator(payment_input.lines)]


class Action(StrEnum):
    """The words of the API. Those that are never offered yet are known and refused."""

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


def remedies(
    cause: Cause, variant: str | None, facts: Mapping[str, str] | None
) -> tuple[Action, ...]:
    """List the remedies of a cause, beside those that every rejection has."""
    told = dict(facts or {})
    if told.get("fits_elsewhere"):  # nothing fits on this invoice, and yet something does
        told.pop("fits", None)
    offered = words.remedies(cause, variant, told)
    return tuple(Action(word) for word in offered if word not in words.ALWAYS_OFFERED)


_BY_STATUS: Mapping[PaymentStatus, tuple[Action, ...]] = {
    PaymentStatus.QUEUED: (Action.WITHDRAW, Action.UNDO),
    PaymentStatus.SENT: (),
    PaymentStatus.IN_DOUBT: (Action.SETTLE_POSTED, Action.SETTLE_NOT_POSTED),
    PaymentStatus.POSTED: (Action.REOPEN, Action.TAKE_OUT_EXTRA, Action.DELETE),
    PaymentStatus.REJECTED: (Action.RETRY, Action.DISMISS, Action.DELETE),
    PaymentStatus.DISMISSED: (Action.REOPEN, Action.UNDO, Action.DELETE),
    PaymentStatus.REVERSED: (Action.REOPEN, Action.TAKE_OUT_EXTRA, Action.DELETE),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What decides besides the payment itself."""

    has_extra: bool = False  # QuickBooks has a second one of it
    can_undo: bool = False  # the last act on it was a person's, and nothing came after
    entry_is_gone: bool = False  # what its rejection points at was deleted in QuickBooks


# What fits some payments of a state alone.
_ONLY_IF: Mapping[Action, Callable[[AnyRow, Beside], bool]] = {
    Action.WITHDRAW: lambda payment, _: not payment.ever_left,
    Action.USE_NEW_INVOICE: lambda payment, _: bool(
        (payment.facts or {}).get("new_invoice_txn_id")
    ),
    Action.USE_OPEN_DAY: lambda payment, _: bool((payment.facts or {}).get("first_open_day")),
    Action.REOPEN: lambda payment, _: (
        payment.status != PaymentStatus.POSTED or payment.missing_since is not None
    ),
    Action.TAKE_OUT_EXTRA: lambda _, beside: beside.has_extra,
    Action.UNDO: lambda _, beside: beside.can_undo,
}

# Each state as it is said of a payment: "a payment that ...".


def offered(payment: AnyRow, beside: Beside | None = None) -> tuple[Action, ...]:
    """List what fits a payment as it is now."""
    beside, fits = beside or Beside(), _BY_STATUS[PaymentStatus(payment.status)]
    if payment.status == PaymentStatus.REJECTED:
        retry, *others = fits
        variant = Variant.ENTRY_GONE if beside.entry_is_gone else payment.variant
        fits = (retry, *remedies(Cause(payment.cause), variant, payment.facts), *others)
    return tuple(
        action for action in fits if action not in _ONLY_IF or _ONLY_IF[action](payment, beside)
    )


def refusal(action: Action, payment: AnyRow, fits: tuple[Action, ...]) -> str:
    """Say in a sentence that an action does not fit a payment, and what does."""
    said = acts.SAID[PaymentStatus(payment.status)]
    if payment.status == PaymentStatus.QUEUED and payment.ever_left:
        said += acts.MAY_HAVE_LEFT
    now = ", ".join(fits) or acts.NOTHING_FITS
    return acts.FITS_NOW.format(action=action, said=said, now=now)


def is_refusal(action: Action, sentence: str) -> bool:
    """Say whether a sentence is a `refusal`, in the words of the API."""
    return sentence.startswith(_begins(action))


def _begins(action: Action) -> str:
    return acts.DOES_NOT_FIT.format(action=action)
