"""What QuickBooks' answer to one ReceivePaymentAdd means: a value, never an exception.

Only what is proven moves a payment. A code that is not on the list of proven refusals, a success
without a TxnID, an answer that names another payment: all of these leave it in doubt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from qbxml.envelope import Response
from qbxml.payment import ReceivePaymentRet
from sync_core.causes import rejected
from sync_core.receipts import guid_of, number_of, wall_of
from sync_core.rejection import Cause, Rejection
from sync_core.variants import Variant
from sync_core.wording import notes


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What was handed out, as far as an answer can be held against it."""

    external_guid: UUID
    reference: str
    amount_cents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """QuickBooks recorded it."""

    txn_id: str
    edit_sequence: str | None
    unapplied_cents: int
    keeps_guid: bool  # the answer carried our ExternalGUID
    balances: tuple[tuple[str, int], ...] = ()  # what is left of its invoices: TxnID and cents
    created_wall: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """QuickBooks refused it for a proven reason; nothing was written."""

    rejection: Rejection


@dataclass(frozen=True, kw_only=True, slots=True)
class NotExecuted:
    """Nothing was written, and the same request may succeed later; `said` is QuickBooks' word."""

    status_code: int
    said: str

    @property
    def note(self) -> str:
        """Say for the audit trail that it was not done."""
        return notes.NOT_DONE.format(said=self.said)

    @property
    def is_locked(self) -> bool:
        """Say whether something that it needs was in use."""
        return self.status_code != NOT_PROCESSED


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer proves nothing. `why` is one sentence for the audit trail."""

    why: str


Outcome = Posted | Rejected | NotExecuted | Unknown


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that proves that nothing was written, with its source.

    `text` narrows it to messages that match, whatever the case. `cause` None means that trying
    again later may succeed.
    """

    code: int
    cause: Cause | None
    source: str
    text: re.Pattern[str] | None = None

    def proves(self, code: int, message: str) -> bool:
        """Say whether this entry covers a response's code and message."""
        return code == self.code and (self.text is None or self.text.search(message) is not None)


def _text(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_STATUS_CODES = 'Intuit, "Status codes", QuickBooks Desktop reference'
_RECORDED = "recorded answers of production systems"
_IN_USE = _text(
    r"in use|could not be locked|modified by another user|failed to acquire the lock"
    r"|internals could not be locked"
)
_CLOSED = _text(r"closing date")

# "The request has not been processed" (recorded answer under stopOnError).
NOT_PROCESSED = 3231

# The first entry that matches decides. Codes that the status code page defines as "the request was
# refused" are listed one by one: a code we have never heard of proves nothing.
PROVEN_REFUSALS: tuple[Refusal, ...] = (
    Refusal(NOT_PROCESSED, None, f"{_STATUS_CODES}: the request has not been processed"),
    Refusal(3175, None, f"{_STATUS_CODES}: object is in use"),
    Refusal(3176, None, f"{_STATUS_CODES}: related object is in use"),
    Refusal(3170, None, f"{_RECORDED}: list modified by another user", _IN_USE),
    Refusal(3180, None, f"{_RECORDED}: transaction locked by another user", _IN_USE),
    *(
        Refusal(code, Cause.CLOSED_PERIOD, f"{_RECORDED}: on or before the closing date", _CLOSED)
        for code in (3170, 3171, 3180)  # which of them, for a payment, is not documented
    ),
    Refusal(3220, Cause.NOT_PERMITTED, f"{_STATUS_CODES}: not authorized"),
    Refusal(3250, Cause.NOT_PERMITTED, f"{_STATUS_CODES}: feature not enabled or not available"),
    Refusal(3260, Cause.NOT_PERMITTED, f"{_STATUS_CODES}: insufficient permission level"),
    Refusal(3261, Cause.NOT_PERMITTED, f"{_STATUS_CODES}: the application has no permission"),
    Refusal(3263, Cause.NOT_PERMITTED, f"{_STATUS_CODES}: read-only access"),
    Refusal(
        3140,
        Cause.CUSTOMER_UNAVAILABLE,
        f"{_RECORDED}: invalid reference to QuickBooks Customer",
        _text(r'reference to (a )?QuickBooks [^"]*customer'),
    ),
    Refusal(
        3140,
        Cause.UNKNOWN_REFERENCE,
        f"{_RECORDED}: invalid reference to a payment method or an account",
        _text(r'reference to (a )?QuickBooks [^"]*(method|account)|must be of type'),
    ),
    *(
        Refusal(code, Cause.INVALID, f"{_STATUS_CODES}: 3000 to 3099 are errors of format")
        for code in (
            *(3000, 3010, 3020, 3030, 3031, 3035, 3040, 3045, 3050, 3060, 3065, 3070),
            *(3080, 3085, 3090),
        )
    ),
    *(
        Refusal(code, Cause.INVALID, f"{_STATUS_CODES}: the request was refused")
        for code in (
            *(1030, 1060),  # message not supported; bad requestID
            *(3100, 3110, 3120, 3130, 3140, 3150),  # names and references
            *(3170, 3171, 3180, 3210, 3262, 3264, 3270),  # not saved
        )
    ),
)


def decide(responses: Sequence[Response], sent: Sent) -> Outcome:
    """Decide from the responses that carry the attempt's requestID.

    Source: Intuit XSD 13.0, ReceivePaymentAddRs; "Status codes"; rules A.2 and D.1.
    """
    if len(responses) != 1:
        count = len(responses)
        return Unknown(notes.ANSWERS.format(count=count) if count else notes.NO_ANSWER)
    response = responses[0]
    if response.name != "ReceivePaymentAdd":
        return Unknown(notes.OTHER_ANSWER.format(name=response.name))
    returned = [item for item in response.objects if isinstance(item, ReceivePaymentRet)]
    if response.status.is_success:
        return _recorded(returned, sent)
    if response.recovery_txn_id or any(item.txn_id for item in returned):
        return Unknown(notes.REFUSED_AND_NAMED)
    return _refused(response)


def _recorded(returned: Sequence[ReceivePaymentRet], sent: Sent) -> Outcome:
    if len(returned) != 1 or not returned[0].txn_id:
        return Unknown(notes.NO_TXN_ID)
    receipt = returned[0]
    if not _is_of(receipt, sent):
        return Unknown(notes.OTHER_PAYMENT)
    applied = sum(line.amount or 0 for line in receipt.applied_to_txn_ret)
    unapplied = receipt.unused_payment
    return Posted(
        txn_id=receipt.txn_id or "",
        edit_sequence=receipt.edit_sequence,
        unapplied_cents=sent.amount_cents - applied if unapplied is None else unapplied,
        keeps_guid=guid_of(receipt.external_guid) is not None,
        balances=tuple(
            (line.txn_id, line.balance_remaining)
            for line in receipt.applied_to_txn_ret
            if line.txn_id and line.balance_remaining is not None and line.balance_remaining >= 0
        ),
        created_wall=wall_of(receipt.time_created),
    )


def _is_of(receipt: ReceivePaymentRet, sent: Sent) -> bool:
    """Say whether a receipt is the payment that was sent, by what it carries.

    A QuickBooks that drops the ExternalGUID is held to RefNumber and amount.
    """
    guid = guid_of(receipt.external_guid)
    if guid is not None:
        return guid == str(sent.external_guid)
    same_number = number_of(receipt.ref_number) in (None, sent.reference)
    return same_number and receipt.total_amount in (None, sent.amount_cents)


def _refused(response: Response) -> Outcome:
    code, message = response.status.code, response.status.message.strip()
    if code is None:
        return Unknown(notes.NO_CODE)
    for refusal in PROVEN_REFUSALS:
        if refusal.proves(code, message):
            if refusal.cause is None:
                return NotExecuted(status_code=code, said=message)
            return Rejected(rejected_by_quickbooks(refusal.cause, code, message))
    return Unknown(notes.PROVES_NOTHING.format(message=message, code=code))


def rejected_by_quickbooks(cause: Cause, code: int, message: str) -> Rejection:
    """Put QuickBooks' refusal into a rejection; its own sentence is the evidence.

    Before anybody has looked again, so what it says of invoices and names is not known yet.
    """
    said = {"qb_message": message, "qb_code": str(code)}
    variant = _NOT_PERMITTED.get(code, Variant.RIGHTS) if cause is Cause.NOT_PERMITTED else None
    if cause is Cause.INVALID:
        variant = Variant.PLAIN
    told = rejected(cause, variant, said, ({"said": message, "code": str(code)},))
    return replace(told, status_code=code, status_message=message)


# Which right QuickBooks misses, by its code; of the user where nothing else is said.
_NOT_PERMITTED = {
    3250: Variant.FEATURE,
    3260: Variant.RIGHTS,
    3261: Variant.APPLICATION,
    3263: Variant.READ_ONLY,
}
