"""What a person asks to be done about payments: its fields, and a sentence for each fault."""

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services import payment_input
from qbwc_server.services.actions import Action, Note
from qbwc_server.services.payment_input import (
    BLANK_IS_NONE,
    CustomerName,
    Given,
    Id,
    InvoiceNumber,
    QuickBooksId,
    Word,
)

# As many as a list of payments holds.
LIST_MAX = 1000
# A payment that was typed in by more entries than this is better looked at again.
ENTRIES_MAX = 100


def _action(word: object) -> Action:
    if isinstance(word, str) and word in list(Action):
        return Action(word)
    raise payment_input.fault(f"An action is one of {', '.join(Action)}.")


class _OneOf(Given):
    """Something of QuickBooks, by its id or by its name."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        names = list(type(self).model_fields)
        if sum(getattr(self, name) is not None for name in names) != 1:
            raise payment_input.fault(f"Give exactly one of {' and '.join(names)}.")
        return self


class ChosenInvoice(_OneOf):
    """An open invoice of QuickBooks: exactly one of the two."""

    txn_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' TxnID"
    )
    number: Annotated[InvoiceNumber | None, BLANK_IS_NONE] = Field(
        None, description="The invoice's number as QuickBooks shows it"
    )


class ChosenCustomer(_OneOf):
    """An active customer of QuickBooks: exactly one of the two."""

    list_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' ListID"
    )
    name: Annotated[CustomerName | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' full name, Customer:Job"
    )


class ChosenMethod(_OneOf):
    """An active payment method of QuickBooks: exactly one of the two."""

    list_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' ListID"
    )
    name: Annotated[Word | None, BLANK_IS_NONE] = Field(
        None, description="Its name in the Payment Method List"
    )


class ActionInput(Given):
    """What to do about a payment, and why."""

    action: Annotated[Action, BeforeValidator(_action)]
    note: Annotated[Note | None, BLANK_IS_NONE] = Field(
        None, description="Why; dismiss, reopen, settle_posted and settle_not_posted need it"
    )
    txn_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(
        None,
        description="An entry in QuickBooks. For settle_posted, which needs it: the one that is "
        "this payment; for link, dismiss and withdraw: the one that records this money; for "
        "take_out_extra, which needs it where there are several: the one to take out",
    )
    txn_ids: Annotated[list[QuickBooksId], Field(max_length=ENTRIES_MAX)] = Field(
        default_factory=list,
        description="For link, dismiss and withdraw: all entries that record this money together; "
        "link takes those that the rejection found where none is given",
    )
    invoice: ChosenInvoice | None = Field(None, description="For choose_invoice, which needs it")
    position: int | None = Field(
        None,
        ge=0,
        description="For choose_invoice: which part of the payment, from 0; the one that failed "
        "where it is not given",
    )
    customer: ChosenCustomer | None = Field(
        None,
        description="For choose_customer; the customer of the invoice where it is not given",
    )
    remember: bool = Field(
        False,  # noqa: FBT003 - pydantic's signature
        description="For choose_customer: for later payments of this customer too",
    )
    method: ChosenMethod | None = Field(
        None,
        description="For choose_method, which needs it: remembered for every payment with this "
        "method, and those rejected for it wait again",
    )
    preview: bool = Field(
        False,  # noqa: FBT003 - pydantic's signature
        description="Only tell what will stand in QuickBooks; nothing is changed",
    )

    @property
    def entries(self) -> list[str]:
        """Give the entries that are named, each once."""
        return list(dict.fromkeys([*([self.txn_id] if self.txn_id else []), *self.txn_ids]))


class BulkActionInput(ActionInput):
    """What to do about several payments, each as if it were asked alone."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=LIST_MAX)] = Field(
        description="The payment site's own ids"
    )


# What an action cannot do without, and the sentence that asks for it.
_NEEDED: Mapping[Action, Mapping[str, str]] = {
    Action.DISMISS: {"note": "Say why this payment need not be sent."},
    Action.SETTLE_POSTED: {
        "txn_id": "Say which entry in QuickBooks is this payment.",
        "note": "Say how you know that it is this payment.",
    },
    Action.SETTLE_NOT_POSTED: {"note": "Say how you know that QuickBooks does not have it."},
    Action.REOPEN: {"note": "Say why it goes to QuickBooks again."},
    Action.CHOOSE_INVOICE: {"invoice": "Say which invoice it pays."},
    Action.CHOOSE_METHOD: {"method": "Say which payment method of QuickBooks is meant."},
}

# Known, and never offered yet.
NEVER = frozenset({Action.DELETE_IN_QUICKBOOKS})

AnyInput = TypeVar("AnyInput", bound=ActionInput)


def read(given: object) -> ActionInput:
    """Read what is asked; the fields of an action that is never offered are not looked at.

    Raises:
        InvalidInput: no such action, or its fields are wrong.
    """
    word = given.get("action") if isinstance(given, dict) else None
    if isinstance(word, str) and word in NEVER:
        return ActionInput.model_validate({"action": word})
    return _validated(ActionInput, given)


def read_bulk(given: object) -> BulkActionInput:
    """Read what is asked of several payments.

    Raises:
        InvalidInput: no such action, or its fields are wrong.
    """
    said = _validated(BulkActionInput, given)
    if said.action is Action.CHOOSE_METHOD:
        sentence = "This moves all payments with the same method by itself; ask it of one of them."
        raise InvalidInput((Problem("/action", sentence),))
    refuse_without(said)
    return said


def refuse_without(said: ActionInput) -> None:
    """Ask for what the action cannot do without.

    Raises:
        InvalidInput: something is missing.
    """
    missing = tuple(
        Problem(f"/{name}", sentence)
        for name, sentence in _NEEDED.get(said.action, {}).items()
        if getattr(said, name) is None
    )
    if missing:
        raise InvalidInput(missing)


def _validated(model: type[AnyInput], given: Any) -> AnyInput:
    try:
        return model.model_validate(given)
    except ValidationError as refused:
        raise InvalidInput(payment_input.problems(refused)) from None
