"""Structured logs on stderr, one JSON object a line. No secret reaches them.

A secret is a value of one of the names below, wherever it stands; the names are masked here as a
second guard, since nobody logs them in the first place.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRET_NAMES = ("password", "secret", "token", "ticket", "authorization", "cookie")
_SHOWN = 6  # characters of a ticket that a log may show, to tell two sessions apart


def configure(level: str) -> None:
    """Set the logs up for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Cut the values of secret names to their first characters."""
    for name, value in event.items():
        if any(secret in name.lower() for secret in _SECRET_NAMES):
            event[name] = f"{str(value)[:_SHOWN]}…"
    return event
