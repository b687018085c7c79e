"""How QuickBooks says no: COM errors for a whole message set, status codes for one request.

The sentences are Intuit's where a real answer was recorded; where none is known the docstring says
so, and a reader must not rely on the words.
"""

from dataclasses import dataclass

# Intuit OSR: 0 to 499 tell, 500 to 999 warn, from 1000 on nothing was done.
FIRST_WARNING = 500
FIRST_FAILURE = 1000
OVER_AMOUNT_DUE = 3210

NO_SUCH_RECORD = "Invalid argument.  The specified record does not exist in the list."

# Texts that lock a record for a moment, for `CompanyFile.refuse_next`.
TRANSACTION_LOCKED = (
    "There was an error when saving a ReceivePayment.  QuickBooks error message: "
    "The transaction could not be locked.  It is in use by another user."
)
LIST_MODIFIED = (
    "There was an error when saving a ReceivePayment.  QuickBooks error message: "
    "This list has been modified by another user."
)
OBJECT_IN_USE = (
    'Cannot use the object "ReceivePayment" because it is already in use. '
    "QuickBooks error message: The list element is in use."
)
NO_PERMISSION = "Insufficient permission level to perform this action."
CLOSED_PERIOD = (
    "An attempt was made to modify a ReceivePayment with a date that is on or before the closing "
    "date of the company. If you are sure you really want to do this, please ask a user with Admin "
    "privileges to remove the password for editing transactions on or before to closing date"
)


class ComError(Exception):
    """QuickBooks refused a whole call; nothing of it was executed.

    `hresult` is "0x" and eight hex digits and `message` QuickBooks' sentence; `detail` is for the
    author of a test, since QuickBooks never says which element it disliked.
    """

    def __init__(self, hresult: str, message: str, detail: str = "") -> None:
        super().__init__(f"{hresult} {message}" + (f" ({detail})" if detail else ""))
        self.hresult = hresult
        self.message = message
        self.detail = detail


def unparsable(detail: str) -> ComError:
    """Refuse a message set that breaks the schema."""
    message = "QuickBooks found an error when parsing the provided XML text stream."
    return ComError("0x80040400", message, detail)


def unsupported_version(version: str) -> ComError:
    """Refuse a qbXML version that this QuickBooks does not list (wording not recorded)."""
    message = "The version of qbXML that was requested is not supported or is unknown."
    return ComError("0x80040423", message, f"qbXML {version}")


def gone() -> ComError:
    """Answer for a QuickBooks that crashed or was closed; what it had executed stands."""
    return ComError("0x800706BA", "The RPC server is unavailable.")


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818  # QuickBooks refuses; the error is not ours
    """One request was not executed: its statusCode and statusMessage."""

    code: int
    message: str


def severity(code: int) -> str:
    """Name the severity of a status code.

    3210 says Info, as the one recorded answer of a refused payment does: nobody may rely on it.
    """
    if is_warning(code):
        return "Warn"
    return "Error" if is_failure(code) and code != OVER_AMOUNT_DUE else "Info"


def is_warning(code: int) -> bool:
    """Whether the request was executed, and something is to be said about it."""
    return FIRST_WARNING <= code < FIRST_FAILURE


def is_failure(code: int) -> bool:
    """Whether the request was not executed."""
    return code >= FIRST_FAILURE


def not_processed() -> Refusal:
    """Refuse what stands behind a failure under stopOnError."""
    return Refusal(3231, "The request has not been processed.")


def bad_request_id() -> Refusal:
    """Refuse a requestID of more than 50 characters (wording not recorded)."""
    return Refusal(1060, "The request ID is invalid: it is longer than 50 characters.")


def too_long(field: str, value: str, limit: int) -> Refusal:
    """Refuse a text over its maximum length (wording not recorded)."""
    return Refusal(
        3070, f'The string "{value}" in the field "{field}" is too long. The maximum is {limit}.'
    )


def unconvertible(code: int, kind: str, value: str) -> Refusal:
    """Refuse a boolean (3010), date (3020) or amount (3040) that the schema let pass."""
    return Refusal(code, f'There was an error when converting the {kind} value "{value}".')


def malformed_id(field: str, value: str) -> Refusal:
    """Refuse an id that is none."""
    return Refusal(3000, f'The given object ID "{value}" in the field "{field}" is invalid.')


def not_found(object_id: str) -> Refusal:
    """Refuse an object that does not exist, or that this request cannot reach."""
    return Refusal(3120, f'Object "{object_id}" specified in the request cannot be found.')


def invalid_reference(noun: str, value: str, reason: str = NO_SUCH_RECORD) -> Refusal:
    """Refuse a list reference of a ReceivePayment; the noun of QuickBooks' sentence varies."""
    return Refusal(
        3140,
        f'There is an invalid reference to QuickBooks {noun} "{value}" in the ReceivePayment.  '
        f"QuickBooks error message: {reason}",
    )


def missing_element(field: str) -> Refusal:
    """Refuse a request without an element that only its meaning demands (wording not recorded)."""
    return Refusal(3150, f'There is a missing element: "{field}".')


def line_conflict(txn_id: str) -> Refusal:
    """Refuse the same TxnID twice in one payment (code and wording not recorded)."""
    return Refusal(3153, f'There is a conflict: "{txn_id}" is named twice in AppliedToTxnAdd.')


def cannot_save(sentence: str) -> Refusal:
    """Refuse to save a payment, for the reason given."""
    return Refusal(
        3180,
        f"There was an error when saving a ReceivePayment.  QuickBooks error message: {sentence}",
    )


def closed_period(code: int) -> Refusal:
    """Refuse a date in a closed period; whether as 3180 or 3171 is not recorded."""
    if code == cannot_save("").code:
        return cannot_save(CLOSED_PERIOD)
    return Refusal(code, CLOSED_PERIOD)


def invalid_amount(field: str, value: str, sentence: str) -> Refusal:
    """Refuse an amount for what it would do to the books."""
    return Refusal(
        OVER_AMOUNT_DUE,
        f'The "{field}" field has an invalid value "{value}".  '
        f"QuickBooks error message: {sentence}",
    )


def cannot_delete(code: int, txn_id: str, sentence: str) -> Refusal:
    """Refuse to delete a transaction: 3160, or 3161 for a closed period."""
    return Refusal(
        code,
        f'Cannot delete the object specified by the id = "{txn_id}".  '
        f"QuickBooks error message: {sentence}",
    )


def bad_iterator(iterator_id: str) -> Refusal:
    """Refuse an iterator that is over, of another session, or asked with other filters."""
    return Refusal(3391, f'The iteratorID "{iterator_id}" is not valid.')
