"""What an answer to a question says of presence and absence.

Absence is believed for a complete answer alone (exactly-once rule D.3).
"""

import re

from qbxml.envelope import Response

NO_MATCH, NOT_COMPLETE, MALFORMED_ID = 1, 500, 3000  # Intuit, "Status codes"


def is_told(response: Response) -> bool:
    """Say whether a list was told, be it that there is nothing on it."""
    return response.status.is_success or is_none(response)


def is_complete(response: Response) -> bool:
    """Say whether a list was told whole, so that what it lacks is not there.

    A warning (500 to 999) may be that it was not completed.
    """
    return response.status.code == 0 or is_none(response)


def is_none(response: Response) -> bool:
    """Say whether nothing matched."""
    return response.status.code == NO_MATCH


def is_absent(response: Response, value: str) -> bool:
    """Say whether an answer that shows nothing like it says that a value is not there.

    Nothing matched, the very value is named as not found, or there is no row.
    """
    status = response.status
    if status.code == NOT_COMPLETE:
        return names(status.message, value)
    return status.code == NO_MATCH or (status.code == 0 and not response.objects)


def names(message: str, value: str) -> bool:
    """Say whether a message names this very value, not a longer one that has it in itself."""
    whole = rf"(?<![A-Z0-9/.-]){re.escape(value)}(?!\.?[A-Z0-9/-])"
    return re.search(whole, message, re.IGNORECASE) is not None
