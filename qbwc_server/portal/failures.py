"""Pages for what goes wrong, in plain words.

They ask the database nothing: it may be what failed.
"""

import traceback

import structlog
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from qbwc_server.errors import InvalidInput
from sync_core.wording.faults import DATABASE_AWAY
from sync_core.wording.phrases import fill

log = structlog.get_logger()

FRAMES_LOGGED = 5

# What happened, what to do.
_SENTENCES = {
    400: ("This request could not be read.", "Go back and try it once more."),
    403: (
        "This page is not open to you.",
        "Your role does not include it. An administrator can change that under Users.",
    ),
    404: (
        "There is nothing at this address.",
        "The page may have moved, or it belongs to a company file that is not open to you.",
    ),
    405: ("This page cannot be used in that way.", "Go back and use the buttons of the page."),
    413: ("What was sent is too large.", "Send it in smaller parts."),
    503: (
        fill(DATABASE_AWAY, {}),
        "Nothing is lost. Try again in a minute; if it stays, tell whoever runs this server.",
    ),
}
_FAULT = (
    "Something went wrong on the server.",
    "It was written down. Try again; if it stays, tell whoever runs this server what you did.",
)
_STALE = (
    "This page was open for too long.",
    "Nothing was done. Go back, load the page again, and repeat what you did.",
)


def add_to(app: Flask) -> None:
    """Answer every failure outside the API with a page."""

    @app.errorhandler(CSRFError)
    def stale(_: CSRFError) -> tuple[str, int]:
        log.warning("portal_form_refused", path=request.path)
        return _page(400, _STALE)

    @app.errorhandler(InvalidInput)
    def wrong(error: InvalidInput) -> tuple[str, int]:
        # An address that somebody has changed by hand: a cursor, a filter.
        return _page(400, (_SENTENCES[400][0], " ".join(one.sentence for one in error.problems)))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int] | HTTPException:
        status = error.code or InternalServerError.code
        if error.response is not None or status < 400:  # noqa: PLR2004 - redirects and the like
            return error
        return _page(status, _SENTENCES.get(status, _FAULT))

    @app.errorhandler(OperationalError)
    def away(error: OperationalError) -> tuple[str, int]:
        log.error("portal_database_away", error=type(error.orig).__name__)
        return _page(503, _SENTENCES[503])

    @app.errorhandler(Exception)
    def fault(error: Exception) -> tuple[str, int]:
        # Where, but not what it says: the text of an error may repeat what somebody typed.
        where = "".join(traceback.format_tb(error.__traceback__)[-FRAMES_LOGGED:])
        log.error("portal_fault", path=request.path, error=type(error).__name__, where=where)
        return _page(500, _FAULT)


def _page(status: int, told: tuple[str, str]) -> tuple[str, int]:
    g.failed = status
    happened, to_do = told
    return render_template("failure.html", status=status, happened=happened, to_do=to_do), status
