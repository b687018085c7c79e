"""My account: password, how pages are written, ending all sessions."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput
from qbwc_server.portal import door, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services.preferences import (
    DATE_FORMATS,
    NUMBER_FORMATS,
    Preferences,
    time_zones,
)
from sync_core.people import PASSWORD_LENGTH_MIN, ROLE_MEANS, Role


def register(frame: Frame) -> None:
    """Mount the page."""
    blueprint = Blueprint("account", __name__)
    users = frame.use.users

    def page(
        problems: dict[str, str] | None = None, prefer: Preferences | None = None
    ) -> tuple[str, int]:
        me = reader()
        body = render_template(
            "account.html",
            companies=frame.use.access.companies(me),
            means=ROLE_MEANS[me.role],
            problems=problems or {},
            prefer=prefer or me.preferences,
            date_formats=DATE_FORMATS,
            number_formats=NUMBER_FORMATS,
            time_zones=time_zones(),
            length_min=PASSWORD_LENGTH_MIN,
        )
        return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK

    def back(told: str) -> Response:
        flash(told)
        return redirect(url_for("account.show"), 303)

    @blueprint.get("/account")
    @needs(Role.VIEWER)
    def show() -> tuple[str, int]:
        return page()

    @blueprint.post("/account/password")
    @needs(Role.VIEWER)
    def change_password() -> Response | tuple[str, int]:
        form = request.form
        if form.get("password", "") != form.get("password_again", ""):
            return page({"password_again": forms.NOT_THE_SAME})
        try:
            name = users.change_password(
                reader(), form.get("old_password", ""), form.get("password", "")
            )
        except InvalidInput as wrong:
            return page(forms.problems(wrong))
        door.let_in(name)
        return back("Your password is changed. Your other browsers are signed out.")

    @blueprint.post("/account/preferences")
    @needs(Role.VIEWER)
    def prefer() -> Response | tuple[str, int]:
        names = ("date_format", "number_format", "time_zone")
        wanted = Preferences(*(request.form.get(name, "") for name in names))
        try:
            users.prefer(reader(), wanted)
        except InvalidInput as wrong:
            return page(forms.problems(wrong))
        return back("Saved. Dates and amounts are written this way from now on.")

    @blueprint.post("/account/sign-out-everywhere")
    @needs(Role.VIEWER)
    def sign_out_everywhere() -> Response:
        users.sign_out_everywhere(reader())
        door.let_out()
        flash("You are signed out everywhere.")
        return redirect(url_for("sign_in.show"), 303)

    frame.add(blueprint)
