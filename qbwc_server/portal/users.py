"""Users: who may do what, invitations and reset links (by mail, to copy), taking access away."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound, Refused
from qbwc_server.portal import forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.services.users import NewLink, UserView
from sync_core.people import ROLE_MEANS, Role

_ROLES = tuple(reversed(Role))
Answer = Response | str | tuple[str, int]


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("users", __name__)
    _add_list(blueprint, frame)
    _add_one(blueprint, frame)
    _add_deeds(blueprint, frame)
    frame.add(
        blueprint,
        Entry(place=Place.USERS, label="Users", endpoint="users.show", role=Role.ADMIN),
    )


def _add_list(blueprint: Blueprint, frame: Frame) -> None:
    users = frame.use.users

    @blueprint.get("/users")
    @needs(Role.ADMIN)
    def show() -> Answer:
        found = users.every(reader())
        return render_template("users.html", users=found, sentence=sentence(found))

    @blueprint.get("/users/invite")
    @needs(Role.ADMIN)
    def ask() -> Answer:
        return render_template("user_invite.html", problems={}, given={}, **_choices(frame))

    @blueprint.post("/users/invite")
    @needs(Role.ADMIN)
    def invite() -> Answer:
        form = request.form
        try:
            made = users.invite(
                form.get("email", ""), form.get("role", ""), companies=_companies(), by=reader()
            )
        except (InvalidInput, Refused) as wrong:
            problems = _problems(wrong, "email")
            given = {**form, "companies": form.getlist("company")}
            page = render_template(
                "user_invite.html", problems=problems, given=given, **_choices(frame)
            )
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        return _link_page(frame, made)


def _add_one(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/users/<user_id>")
    @needs(Role.ADMIN)
    def one(user_id: str) -> Answer:
        return _page_of(frame, user_id)


def _add_deeds(blueprint: Blueprint, frame: Frame) -> None:
    users = frame.use.users

    @blueprint.post("/users/<user_id>/access")
    @needs(Role.ADMIN)
    def set_access(user_id: str) -> Answer:
        def change() -> Answer:
            users.set_access(
                user_id, request.form.get("role", ""), companies=_companies(), by=reader()
            )
            return _back(user_id, "Saved. Whoever was signed in with this account signs in again.")

        return _do(frame, user_id, change, field="role")

    @blueprint.post("/users/<user_id>/link")
    @needs(Role.ADMIN)
    def link(user_id: str) -> Answer:
        def make() -> Answer:
            return _link_page(frame, users.link(user_id, by=reader()))

        return _do(frame, user_id, make, field="link")

    @blueprint.post("/users/<user_id>/revoke")
    @needs(Role.ADMIN)
    def revoke(user_id: str) -> Answer:
        def end() -> Answer:
            users.revoke(user_id, by=reader())
            return _back(
                user_id, "Access is revoked. Open pages of this account show nothing more."
            )

        return _do(frame, user_id, end, field="revoke")


def _do(frame: Frame, user_id: str, deed: Callable[[], Answer], *, field: str) -> Answer:
    """Do something about a user; what is refused is told beside its button."""
    try:
        return deed()
    except NotFound:
        abort(404)
    except (InvalidInput, Refused) as wrong:
        return _page_of(frame, user_id, _problems(wrong, field))


def _problems(wrong: InvalidInput | Refused, field: str) -> dict[str, str]:
    return forms.problems(wrong) if isinstance(wrong, InvalidInput) else {field: str(wrong)}


def _page_of(frame: Frame, user_id: str, problems: dict[str, str] | None = None) -> Answer:
    try:
        user = frame.use.users.show(user_id, by=reader())
    except NotFound:
        abort(404)
    page = render_template("user.html", user=user, problems=problems or {}, **_choices(frame))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _choices(frame: Frame) -> dict[str, Any]:
    """List what this administrator may give."""
    return {
        "roles": _ROLES,
        "means": ROLE_MEANS,
        "offered": frame.use.access.companies(reader()),
        "may_give_all": reader().companies is None,
        "mails": frame.use.link_mail.is_on,
    }


def _link_page(frame: Frame, made: NewLink) -> Answer:
    # The settings' address, not the one asked for: a forged Host must not get into a link.
    address = f"{frame.settings.base_url}/link/{made.token}"
    is_sent = frame.use.link_mail.send(made, address, by=reader().email)
    return render_template(
        "user_link.html",
        made=made,
        address=address,
        is_sent=is_sent,
        mails=frame.use.link_mail.is_on,
    )


def _back(user_id: str, told: str) -> Answer:
    flash(told)
    return redirect(url_for("users.one", user_id=user_id), 303)


def _companies() -> list[str] | None:
    """Read which company files were chosen; None: all."""
    return None if request.form.get("sees") == "all" else request.form.getlist("company")


def sentence(users: list[UserView]) -> str:
    """Say in one sentence who has access."""
    inside = [user for user in users if user.revoked_at is None]
    waiting = sum(not user.has_password for user in inside)
    people = "1 person has" if len(inside) == 1 else f"{len(inside)} people have"
    invited = f"; {waiting} {'has' if waiting == 1 else 'have'} not come yet" if waiting else ""
    return f"{people} access{invited}."
