"""Mapping of payment methods: which one of QuickBooks is meant by the payment site's word."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput
from qbwc_server.portal import door, elsewhere, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from sync_core.people import Role

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
        return back(f"{word.strip()} has its payment method. What was refused for it waits again.")

    @blueprint.post("/companies/<company_id>/mappings/methods/remove")
    @needs(Role.BOOKKEEPER)
    def forget(company_id: str) -> Answer:  # noqa: ARG001 - the same
        word = request.form.get("word", "")
        words.forget(door.company(), word)
        return back(f"{word} means again what its name says.")

    frame.add(blueprint)


def sentence(waiting: int) -> str:
    """Say in one sentence which methods are not known."""
    if not waiting:
        return "Every payment method of the waiting payments is known."
    if waiting == 1:
        return "1 payment method of the payment site is not in QuickBooks."
    return f"{waiting} payment methods of the payment site are not in QuickBooks."
