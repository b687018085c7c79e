"""What a payment site says of a payment: its fields, their limits, a sentence for each fault.

The one place that validates a payment, for the API and for files alike. It knows no database: what
depends on other payments (a reference that is taken) is `intake`'s.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from qbwc_server.errors import Problem
from qbxml import text as wire_text
from qbxml.errors import BuildError
from qbxml.fields import ID
from sync_core import identity
from sync_core.money import parse_cents

# QuickBooks' own limits (Intuit XSD 13.0): a customer's FullName, a RefNumber. Ours: 100 for the
# words of the payment site, which leaves room for any id we have seen.
CUSTOMER_NAME_MAX = 209
INVOICE_NUMBER_MAX = 20
WORD_MAX = 100
# QuickBooks' Memo takes 4,095 characters; ids of ours stand in front.
MEMO_MAX = 4000
# More invoices than anybody pays at once, and a request that QuickBooks still answers quickly.
PARTS_MAX = 500
# The years of QuickBooks' times, a 32-bit clock. The clock of this server has no say: a check may
# be dated ahead, and the same payment must be judged alike on every day it is sent again.
YEARS = range(1970, 2038)

_AMOUNT = re.compile(r"\d{1,13}\.\d{2}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)

# pydantic's errors in words that a person understands; ours come as sentences already.
_SENTENCES = {
    "missing": "This field is missing.",
    "extra_forbidden": "There is no such field; check its spelling or leave it out.",
    "string_type": "This must be text, in quotes.",
    "string_too_short": "This must not be blank.",
    "string_too_long": "This is longer than {max_length} characters.",
    "string_unicode": "This holds something that is no letter; send it as UTF-8.",
    "model_type": "This must be an object, in braces.",
    "list_type": "This must be a list, in square brackets.",
    "too_long": "This list is longer than {max_length}.",
}


def fault(sentence: str) -> PydanticCustomError:
    """Refuse a value with a sentence of ours."""
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(letter) == "Cc" for letter in text)


def _one_line(text: str) -> str:
    if _has_controls(text):
        raise fault("This must be one line, without line breaks or other control characters.")
    return text


def lines(text: str) -> str:
    """Refuse a text of several lines that holds other control characters."""
    if _has_controls(re.sub(r"[\r\n\t]", "", text)):
        raise fault("This holds a control character that is no line break; take it out.")
    return text


def _quickbooks_name(length_max: int) -> AfterValidator:
    """Refuse a name or number that QuickBooks cannot have, so that it is never asked for it."""

    def check(text: str) -> str:
        kept = wire_text.clean(text).strip()
        if not kept:
            raise fault("This has no letter that QuickBooks can show.")
        if len(kept) > length_max:
            raise fault(f"In QuickBooks' letters this is longer than {length_max} characters.")
        return _one_line(text)

    return AfterValidator(check)


def _id(text: str) -> str:
    if not text.isprintable():
        raise fault("An id is printable characters only.")
    if text != text.strip():
        raise fault("An id must not begin or end with a blank.")
    return text


def _quickbooks_id(text: str) -> str:
    try:
        return ID.encode(text)
    except BuildError:
        raise fault(
            "This is no id of QuickBooks: 1 to 36 letters, digits and signs, as in 6-1760000006."
        ) from None


def _cents(value: object) -> int:
    if not isinstance(value, str):
        raise fault('An amount is text with two decimals, such as "125.00", and not a number.')
    if not _AMOUNT.fullmatch(value):
        raise fault("An amount is digits with two decimals, such as 125.00, without sign or comma.")
    cents = parse_cents(value)
    if not cents:
        raise fault("An amount must be more than 0.00.")
    return cents


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise fault('A date is text such as "2026-11-20": year, month, day.')
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise fault("There is no such day.") from None
    if day.year not in YEARS:
        raise fault(f"A date must lie between {YEARS[0]} and {YEARS[-1]}.")
    return day


def _reference(text: str) -> str:
    if not identity.is_acceptable(text):
        raise fault("A reference is A-Z, 0-9, - . and /, at most 20 characters.")
    return text


def _currency(text: str) -> str:
    if not _CURRENCY.fullmatch(text):
        raise fault("A currency is its three capitals of ISO 4217, such as USD.")
    return text


def _blank_is_none(value: object) -> object:
    """Read a blank text as nothing: many sites send every field they have."""
    return None if isinstance(value, str) and not value.strip() else value


BLANK_IS_NONE = BeforeValidator(_blank_is_none)

Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=WORD_MAX, strip_whitespace=False),
    AfterValidator(_id),
]
Word = Annotated[
    str, StringConstraints(min_length=1, max_length=WORD_MAX), AfterValidator(_one_line)
]
CustomerName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=CUSTOMER_NAME_MAX),
    _quickbooks_name(CUSTOMER_NAME_MAX),
]
InvoiceNumber = Annotated[
    str,
    StringConstraints(min_length=1, max_length=INVOICE_NUMBER_MAX),
    _quickbooks_name(INVOICE_NUMBER_MAX),
]
QuickBooksId = Annotated[
    str,
    AfterValidator(_quickbooks_id),
    WithJsonSchema({"type": "string", "pattern": "^[0-9A-Za-z][!-~]{0,35}$"}),
]
Memo = Annotated[str, StringConstraints(max_length=MEMO_MAX), AfterValidator(lines)]
Amount = Annotated[
    int,
    BeforeValidator(_cents),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[0-9]{1,13}\.[0-9]{2}$", "examples": ["125.00"]}
    ),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Reference = Annotated[
    str,
    AfterValidator(_reference),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z0-9./-]{1,20}$"}),
]
Currency = Annotated[
    str,
    AfterValidator(_currency),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["USD"]}),
]


class Given(BaseModel):
    """What comes from outside: nothing is converted, nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, str_strip_whitespace=True)


class CustomerInput(Given):
    """Who paid: exactly one of the three."""

    list_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' ListID"
    )
    name: Annotated[CustomerName | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' full name, Customer:Job"
    )
    external_id: Annotated[Id | None, BLANK_IS_NONE] = Field(
        None, description="The payment site's own id of the customer"
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(name is not None for name in (self.list_id, self.name, self.external_id)) != 1:
            raise fault("A customer is named by exactly one of list_id, name and external_id.")
        return self


class InvoiceInput(Given):
    """An invoice: exactly one of the three."""

    txn_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' TxnID"
    )
    number: Annotated[InvoiceNumber | None, BLANK_IS_NONE] = Field(
        None, description="The invoice's number as QuickBooks shows it"
    )
    external_id: Annotated[Id | None, BLANK_IS_NONE] = Field(
        None, description="The payment site's own id of the invoice"
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(name is not None for name in (self.txn_id, self.number, self.external_id)) != 1:
            raise fault("An invoice is named by exactly one of txn_id, number and external_id.")
        return self


class ApplyInput(Given):
    """One part of the payment, set against one invoice."""

    invoice: InvoiceInput
    amount_cents: Amount = Field(alias="amount")


class PaymentInput(Given):
    """A payment that a customer made. Immutable once it is accepted."""

    id: Id = Field(description="The payment site's own id; the same id is the same payment")
    customer: CustomerInput
    amount_cents: Amount = Field(
        alias="amount", description="What pays invoices; a surcharge is not in it"
    )
    received_on: Day = Field(description="The day the money was received")
    method: Word = Field(description="How it was paid, such as Visa or eCheck")
    memo: Annotated[Memo | None, BLANK_IS_NONE] = None
    reference: Annotated[Reference | None, BLANK_IS_NONE] = Field(
        None, description="Reference # in QuickBooks; one is made if none is given"
    )
    processor: Annotated[Word | None, BLANK_IS_NONE] = None
    processor_txn_id: Annotated[Word | None, BLANK_IS_NONE] = None
    batch: Annotated[Word | None, BLANK_IS_NONE] = None
    currency: Annotated[Currency | None, BLANK_IS_NONE] = None
    apply: Annotated[list[ApplyInput], Field(max_length=PARTS_MAX)] = Field(
        default_factory=list,
        description="What it pays; what is left over is the customer's credit in QuickBooks",
    )

    @field_validator("apply")
    @classmethod
    def _fits(cls, apply: list[ApplyInput], info: Any) -> list[ApplyInput]:
        received = info.data.get("amount_cents")
        if received is not None and sum(part.amount_cents for part in apply) > received:
            raise fault("The parts add up to more than the amount of the payment.")
        return apply

    def columns(self) -> dict[str, Any]:
        """Give the columns of a payment that are told by the site and compared later."""
        return {
            "customer_list_id": self.customer.list_id,
            "customer_name": self.customer.name,
            "customer_external_id": self.customer.external_id,
            "amount_cents": self.amount_cents,
            "received_on": self.received_on,
            "method": self.method,
            "memo": self.memo,
            "processor": self.processor,
            "processor_txn_id": self.processor_txn_id,
            "batch": self.batch,
            "currency": self.currency,
        }

    def parts(self) -> list[dict[str, Any]]:
        """Give the columns of what the payment is applied to, in the order given."""
        return [
            {
                "amount_cents": part.amount_cents,
                "invoice_txn_id": part.invoice.txn_id,
                "invoice_number": part.invoice.number,
                "invoice_external_id": part.invoice.external_id,
            }
            for part in self.apply
        ]

    @cached_property
    def content_hash(self) -> str:
        """Hash all that the payment says, its id left out; the order of the parts says nothing."""
        parts = sorted(json.dumps(part, sort_keys=True) for part in self.parts())
        content = [self.columns(), parts, self.reference]
        text = json.dumps(content, sort_keys=True, default=date.isoformat)
        return hashlib.sha256(text.encode()).hexdigest()


def read(value: object) -> PaymentInput | tuple[Problem, ...]:
    """Read a payment from JSON's own types; what is wrong with it comes back field by field."""
    try:
        return PaymentInput.model_validate(value)
    except ValidationError as refused:
        return problems(refused)


def said_id(value: object, name: str) -> str | None:
    """Give the id that an unreadable value names, if it can be one, so that its sender knows it."""
    said = value.get(name) if isinstance(value, dict) else None
    is_one = isinstance(said, str) and said.isprintable() and len(said) <= WORD_MAX
    return said if is_one else None


def problems(refused: ValidationError) -> tuple[Problem, ...]:
    """Put pydantic's errors into pointers and plain sentences."""
    return tuple(
        Problem(_pointer(error["loc"]), _sentence(error))
        for error in refused.errors(include_url=False)
    )


def _pointer(place: Sequence[str | int]) -> str:
    """Write a pointer (RFC 6901); a made-up field's name may hold what is no letter."""
    text = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in place)
    return text.encode(errors="replace").decode()


def _sentence(error: ErrorDetails) -> str:
    ours = _SENTENCES.get(error["type"])
    return ours.format(**error.get("ctx", {})) if ours else error["msg"]
