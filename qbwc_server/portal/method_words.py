"""Mapping of payment methods: which one of QuickBooks is meant by the payment site's word."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput
from qbwc_server.portal import door, elsewhere, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from sync_core.people import Role
from sync_core.wording import mapping as says
from sync_core.wording.phrases import count_of, fill

Answer = Response | str | tuple[str, int]


def register(frame: Frame) -> None:
    """Mount the pages; they stand beside those of customers and invoices (`mappings.every`)."""
    blueprint = Blueprint("method_words", __name__)
    words = frame.use.method_words

    def page(problems: dict[str, str] | None = None, typed: str = "") -> Answer:
        company = door.company()
        waiting = words.waiting(company)
        body = render_template(
            "method_words.html",
            sentence=sentence(len(waiting)),
            waiting=waiting,
            words=words.every(company),
            offered=words.offered(company),
            problems=problems or {},
            typed=typed,
        )
        return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK

    def back(told: str) -> Response:
        flash(told)
        return redirect(elsewhere.there("mappings.every", {"what": "methods"}), 303)

    @blueprint.get("/companies/<company_id>/mappings/methods")
    @needs(Role.VIEWER)
    def every(company_id: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        return page()

    @blueprint.post("/companies/<company_id>/mappings/methods/word")
    @needs(Role.BOOKKEEPER)
    def put(company_id: str) -> Answer:  # noqa: ARG001 - the same
        word = request.form.get("word", "")
        try:
            words.put(door.company(), word, request.form.get("list_id", ""), by=reader().email)
        except InvalidInput as wrong:
            return page(forms.problems(wrong), word)
        return back(fill(says.METHOD_SET, {"word": word.strip()}))

    @blueprint.post("/companies/<company_id>/mappings/methods/remove")
    @needs(Role.BOOKKEEPER)
    def forget(company_id: str) -> Answer:  # noqa: ARG001 - the same
        word = request.form.get("word", "")
        words.forget(door.company(), word)
        return back(fill(says.METHOD_FORGOTTEN, {"word": word}))

    frame.add(blueprint)


def sentence(waiting: int) -> str:
    """Say in one sentence which methods are not known."""
    if not waiting:
        return says.METHODS_KNOWN
    return count_of(says.METHODS_UNKNOWN, waiting)
