"""Every failure of the API as `application/problem+json` (RFC 9457), with a sentence to act on."""

import traceback
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from qbwc_server.api.bodies import ProblemDetails, field_problems
from qbwc_server.errors import InvalidInput, NotFound, Problem, Refused

log = structlog.get_logger()

_SENTENCES = {
    404: "There is nothing at this address; GET /api/v1/openapi.json lists what there is.",
    405: "This address does not take this method; the header Allow lists those it takes.",
    413: "The body is too large; send a list in pieces.",
}


def problem(status: int, detail: str, problems: tuple[Problem, ...] = ()) -> Response:
    """Make the answer for a failure."""
    body = ProblemDetails(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=field_problems(problems),
    )
    return Response(body.model_dump_json(), status, mimetype="application/problem+json")


def wrong_fields(problems: tuple[Problem, ...]) -> Response:
    """Make the answer for fields that are wrong."""
    return problem(422, "Some fields are wrong; each is named in errors.", problems)


def handle(blueprint: Blueprint) -> None:
    """Let every exception of a blueprint's views end here."""
    blueprint.register_error_handler(InvalidInput, lambda error: wrong_fields(error.problems))
    blueprint.register_error_handler(Refused, lambda error: problem(409, str(error)))
    blueprint.register_error_handler(NotFound, lambda error: problem(404, str(error)))
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, _SENTENCES.get(status) or error.description or "The call failed.")
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    """Log where it happened, never what was sent, and say no more than that."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    log.error("api_failed", endpoint=request.endpoint, error=type(error).__name__, place=place)
    return problem(
        500, "Something failed on our side; nothing is known to have changed. Try again."
    )
