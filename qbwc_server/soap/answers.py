"""What each operation may answer: the right type always, and a way out when we fail inside.

Source: QBWC Programmer's Guide 2.0, ch. 10. Nothing here may need a database or fail itself.
"""

import uuid

from qbwc_server.soap.wire import Answer
from sync_core.wording import faults

PERCENT_MAX = 100
_INT32_MIN = -(2**31)


def checked(operation: str, value: object) -> Answer:
    """Return the use case's answer if the protocol has such a one; raises TypeError if not.

    None above all is never an answer: it would leave the result element out.
    """
    if operation == "authenticate":
        # The ticket and the verdict; then, optional, two times in seconds.
        if isinstance(value, list) and 2 <= len(value) <= 4:  # noqa: PLR2004 - see above
            return [_text(operation, item) for item in value]
        raise TypeError("authenticate must answer two to four strings")
    if operation == "receiveResponseXML":
        if type(value) is int and _INT32_MIN <= value <= PERCENT_MAX:
            return value
        raise TypeError("receiveResponseXML must answer a whole number, 100 at most")
    return _text(operation, value)


def on_failure(operation: str) -> Answer:
    """Return what the protocol lets us say when the use case raised.

    Never a fault, which the office would read as QBWC10xx; never "" or "NoOp" from getLastError,
    of which the second would be asked again for ever.
    """
    match operation:
        case "authenticate":
            # Any ticket will do, but no two may be equal; the protocol has no text here.
            return [str(uuid.uuid4()), "busy"]
        case "receiveResponseXML":
            return -1
        case "connectionError":
            return "done"
        case "getLastError":
            return faults.FAULT
        case "closeConnection":
            return faults.CLOSED_WITH_FAULT
        case _:
            # sendRequestXML: getLastError is asked next. clientVersion: go on. serverVersion and
            # the interactive ones: nothing to show.
            return ""


def _text(operation: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{operation} must answer text")
    return value
