"""The support page, which the Web Connector asks for before it takes an application."""

from flask import Blueprint, render_template

from qbwc_server.portal.door import open_to_all
from qbwc_server.portal.frame import Frame


def register(frame: Frame) -> None:
    """Mount the page."""
    blueprint = Blueprint("support", __name__)

    @blueprint.get("/support")
    @open_to_all
    def show() -> str:
        return render_template("support.html")

    frame.add(blueprint)
