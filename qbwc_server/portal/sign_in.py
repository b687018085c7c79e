"""Signing in and out."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.portal import door
from qbwc_server.portal.door import needs, open_to_all
from qbwc_server.portal.frame import Frame
from sync_core.people import Role

WRONG = "The e-mail address or the password is not right."
_MINUTE_S = 60


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("sign_in", __name__)
    sign_in = frame.use.user_sign_in

    def page(status: int = 200, *, problem: str = "", email: str = "") -> tuple[str, int]:
        target = door.local(request.values.get("next"))
        is_new = sign_in.needs_setup()
        return (
            render_template(
                "sign_in.html", problem=problem, email=email, target=target, is_new=is_new
            ),
            status,
        )

    @blueprint.get("/sign-in")
    @open_to_all
    def show() -> Response | tuple[str, int]:
        if door.visit_or_none() is not None:
            return redirect(door.local(request.args.get("next")), 303)
        return page()

    @blueprint.post("/sign-in")
    @open_to_all
    def enter() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
        email, password = request.form.get("email", ""), request.form.get("password", "")
        verdict = sign_in.by_password(email, password, address=request.remote_addr or "")
        if verdict.held_s:
            body, status = page(
                HTTPStatus.TOO_MANY_REQUESTS, problem=held(verdict.held_s), email=email
            )
            return body, status, {"Retry-After": str(verdict.held_s)}
        if verdict.session is None:
            return page(HTTPStatus.UNPROCESSABLE_ENTITY, problem=WRONG, email=email)
        door.let_in(verdict.session)
        return redirect(door.local(request.form.get("next")), 303)

    @blueprint.get("/forgotten-password")
    @open_to_all
    def forgotten() -> str:
        return render_template("forgotten.html")

    @blueprint.post("/sign-out")
    @needs(Role.VIEWER)
    def leave() -> Response:
        sign_in.sign_out(door.session_name())
        door.let_out()
        flash("You are signed out.")
        return redirect(url_for("sign_in.show"), 303)

    frame.add(blueprint)


def held(seconds: int) -> str:
    """Say when the next try is looked at."""
    if seconds < _MINUTE_S:
        return f"There were too many tries. Try again in {seconds} second{'s'[: seconds > 1]}."
    minutes = -(-seconds // _MINUTE_S)
    return f"There were too many tries. Try again in {minutes} minute{'s'[: minutes > 1]}."
