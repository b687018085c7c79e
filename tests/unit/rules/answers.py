"""What QuickBooks may answer to one payment: an example of each documented status."""

from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.envelope import Response
from qbxml.payment import AppliedToTxnRet, ReceivePaymentRet
from qbxml.status import Status
from sync_core.decide import Outcome, Sent, decide
from sync_core.rejection import Cause

GUID = UUID("5a0f6cc1-30f6-5d6e-9d3e-0b1c2d3e4f50")
SENT = Sent(external_guid=GUID, reference="CB7K3F9QXM2D", amount_cents=12_500)
OK = "Status OK"


def receipt(
    *,
    txn_id: str | None = "9F-1763700000",
    guid: str | None = f"{{{GUID}}}",
    number: str | None = "CB7K3F9QXM2D",
    total: int | None = 12_500,
    unused: int | None = 2_500,
    applied: tuple[int | None, ...] = (10_000,),
) -> ReceivePaymentRet:
    return ReceivePaymentRet(
        txn_id=txn_id,
        edit_sequence="1763700000",
        ref_number=number,
        total_amount=total,
        external_guid=guid,
        unused_payment=unused,
        applied_to_txn_ret=tuple(AppliedToTxnRet(txn_id="6-1", amount=part) for part in applied),
    )


def answer(
    code: int | None,
    message: str = "",
    *objects: Aggregate,
    name: str = "ReceivePaymentAdd",
    severity: str = "Error",
) -> Response:
    return Response(
        name=name,
        request_id="r1",
        status=Status(code, severity, message),
        objects=objects,
        iterator_id=None,
        iterator_remaining=None,
    )


def told(code: int | None, message: str = "", *objects: Aggregate) -> Outcome:
    return decide([answer(code, message, *objects)], SENT)


IN_USE = "The transaction could not be locked.  It is in use by another user."
CLOSED = (
    "An attempt was made to modify a Payment with a date that is on or before the closing date of "
    "the company. If you are sure you really want to do this, please ask a user with Admin "
    "privileges to remove the password."
)
TOO_MUCH = (
    'The "AppliedToTxnAdd payment amount" field has an invalid value "129.43".  '
    "QuickBooks error message: You cannot pay more than the amount due."
)
NO_RECORD = "QuickBooks error message: Invalid argument.  The specified record does not exist."

REFUSED: list[tuple[int, str, Cause]] = [
    (1030, "This request is not supported by this implementation.", Cause.INVALID),
    (1060, "The request ID is too long.", Cause.INVALID),
    (3000, 'The given object ID "-1" in the field "Transaction id" is invalid.', Cause.INVALID),
    (3000, 'The given object ID "" in the field "list id" is invalid.', Cause.INVALID),
    (3010, "", Cause.INVALID),
    (3020, "There was an error when converting the date value.", Cause.INVALID),
    (3030, "", Cause.INVALID),
    (3031, "", Cause.INVALID),
    (3035, "", Cause.INVALID),
    (3040, "There was an error when converting the amount.", Cause.INVALID),
    *((code, "", Cause.INVALID) for code in (3045, 3050, 3060, 3065, 3070, 3080, 3085)),
    (3090, "Names in this list cannot contain a colon.", Cause.INVALID),
    (3100, 'The name "abc" of the list element is already in use.', Cause.INVALID),
    (3110, "", Cause.INVALID),
    (3120, 'Object "B68F-1621437495" specified in the request cannot be found.', Cause.INVALID),
    (3130, "There is an invalid reference to a parent.", Cause.INVALID),
    (
        3140,
        f'There is an invalid reference to QuickBooks Customer "Joe" in the Payment.  {NO_RECORD}',
        Cause.CUSTOMER_UNAVAILABLE,
    ),
    (
        3140,
        f'There is an invalid reference to QuickBooks Payment Method "Visa" in it.  {NO_RECORD}',
        Cause.UNKNOWN_REFERENCE,
    ),
    (
        3140,
        f'There is an invalid reference to QuickBooks Account "Customer deposits".  {NO_RECORD}',
        Cause.UNKNOWN_REFERENCE,
    ),
    (
        3140,
        "The Account for the transaction must be of type Accounts Receivable.",
        Cause.UNKNOWN_REFERENCE,
    ),
    (3140, 'There is an invalid reference to QuickBooks Class "Customer".', Cause.INVALID),
    (3150, "", Cause.INVALID),
    (3170, "There was an error when modifying a payment.", Cause.INVALID),
    (3170, CLOSED, Cause.CLOSED_PERIOD),
    (3171, CLOSED, Cause.CLOSED_PERIOD),
    (3171, "", Cause.INVALID),  # the code alone is no evidence
    (3180, "The credit limit for the name on this transaction has been exceeded.", Cause.INVALID),
    (3180, f"There was an error when saving a Payment. {CLOSED}", Cause.CLOSED_PERIOD),
    (3210, TOO_MUCH, Cause.INVALID),
    (3220, "The user is not authorized.", Cause.NOT_PERMITTED),
    (3250, "This feature is not enabled or not available.", Cause.NOT_PERMITTED),
    (3260, "Insufficient permission level to perform this action.", Cause.NOT_PERMITTED),
    (3261, "The integrated application has no permission.", Cause.NOT_PERMITTED),
    (3262, "", Cause.INVALID),
    (3263, "The company file is read-only.", Cause.NOT_PERMITTED),
    (3264, "", Cause.INVALID),
    (3270, "Missing posting account.", Cause.INVALID),
]
LATER: list[tuple[int, str]] = [
    (3231, "The request has not been processed."),
    (3231, ""),
    (3170, "QuickBooks error message: This list has been modified by another user."),
    (3175, "The list element is in use."),
    (3175, ""),
    (3176, ""),
    (3180, "There was an error when saving. This list has been modified by another user."),
    (3180, IN_USE),
    (3180, "QuickBooks failed to acquire the lock."),
    (3180, "The internals could not be locked. They are in use by another user."),
    (3180, IN_USE.upper()),
]
# Documented, or of a range that is, and no proof that no payment was written.
UNPROVEN = [
    *(1, 9001, 9002, 9003, 9004, 9005),
    *(1000, 1010),
    *(2000, 2500, 2999),
    *(3151, 3152, 3153, 3160, 3161, 3190, 3200, 3240),
    *(3280, 3290, 3300, 3310, 3320, 3330, 3340, 3350),
    *(9100, 9150, 9199),
    *(-1, 2, 499, 100_000),
]
