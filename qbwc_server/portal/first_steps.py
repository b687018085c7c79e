"""One-time links: the first administrator, an invitation, a new password."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import door, forms
from qbwc_server.portal.door import open_to_all
from qbwc_server.portal.frame import Frame
from sync_core.people import PASSWORD_LENGTH_MIN, Purpose

_HELLO = {
    Purpose.SETUP: "You are the administrator now.",
    Purpose.INVITE: "Welcome.",
    Purpose.RESET: "Your password is changed. Everybody who was signed in with the old one is out.",
}


def register(frame: Frame) -> None:
    """Mount the page."""
    blueprint = Blueprint("first_steps", __name__)
    sign_in = frame.use.user_sign_in

    @blueprint.get("/setup/<token>")  # the same, under the name that ./scripts/start prints
    @blueprint.get("/link/<token>")
    @open_to_all
    def show(token: str) -> tuple[str, int]:
        return _page(token)

    @blueprint.post("/setup/<token>")
    @blueprint.post("/link/<token>")
    @open_to_all
    def take(token: str) -> Response | tuple[str, int]:
        email, password = request.form.get("email", ""), request.form.get("password", "")
        try:
            purpose = sign_in.open_link(token).purpose
            if password != request.form.get("password_again", ""):
                return _page(token, {"password_again": forms.NOT_THE_SAME}, email)
            name = sign_in.use_link(token, password, email=email)
        except NotFound:
            return _gone()
        except InvalidInput as wrong:
            return _page(token, forms.problems(wrong), email)
        door.let_in(name)
        flash(_HELLO[purpose])
        return redirect("/", 303)

    def _page(
        token: str, problems: dict[str, str] | None = None, email: str = ""
    ) -> tuple[str, int]:
        try:
            link = sign_in.open_link(token)
        except NotFound:
            return _gone()
        page = render_template(
            "first_steps.html",
            purpose=link.purpose,
            email=link.email or email,
            problems=problems or {},
            length_min=PASSWORD_LENGTH_MIN,
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK

    frame.add(blueprint)


def _gone() -> tuple[str, int]:
    return render_template("link_gone.html"), HTTPStatus.NOT_FOUND
