"""Light, dark, or as the system has it: kept in a cookie, so that it needs no script."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from qbwc_server.portal.door import local, open_to_all
from qbwc_server.portal.frame import Frame

_COOKIE = "appearance"
_CHOICES = ("light", "dark")  # anything else is the system's
_YEAR_S = 365 * 86_400


def chosen() -> str:
    """Give what this browser chose; "" for the system's."""
    choice = request.cookies.get(_COOKIE, "")
    return choice if choice in _CHOICES else ""


def register(frame: Frame) -> None:
    """Mount the switch."""
    blueprint = Blueprint("appearance", __name__)

    @blueprint.post("/appearance")
    @open_to_all
    def switch() -> Response:
        answer = redirect(local(request.form.get("next")), 303)
        choice = request.form.get("theme", "")
        if choice in _CHOICES:
            secure = bool(frame.app.config["SESSION_COOKIE_SECURE"])
            answer.set_cookie(
                _COOKIE, choice, max_age=_YEAR_S, httponly=True, samesite="Lax", secure=secure
            )
        else:
            answer.delete_cookie(_COOKIE)
        return answer

    frame.add(blueprint)
