"""The status that stands on every response; what it means for a payment is decided elsewhere."""

from dataclasses import dataclass

_WARNINGS = range(500, 1000)


@dataclass(frozen=True, slots=True)
class Status:
    """QuickBooks' statusCode, statusSeverity and statusMessage, word for word.

    `code` is None when the attribute is missing or no number. Decide on the code: real refusals
    carry the severity Info. (Intuit On-Screen Reference, "Status codes".)
    """

    code: int | None
    severity: str
    message: str

    @property
    def is_success(self) -> bool:
        """True when the request was carried out, with or without a warning."""
        return self.code == 0 or self.is_warning

    @property
    def is_warning(self) -> bool:
        """True for 500 to 999: carried out, but something about it deserves a look."""
        return self.code in _WARNINGS
