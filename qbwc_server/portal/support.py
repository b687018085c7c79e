"""The support page, which the Web Connector asks for before it takes an application.

Whoever stands at the PC may have no account here, so it is open to all: what to do about each
problem, and nothing about any company.
"""

from collections.abc import Sequence

from flask import Blueprint, render_template

from qbwc_server.portal.door import open_to_all
from qbwc_server.portal.frame import Frame
from sync_core import connection
from sync_core.connection import Told
from sync_core.trouble import VARIANTS, Trouble


def register(frame: Frame) -> None:
    """Mount the page."""
    blueprint = Blueprint("support", __name__)
    troubles = _troubles()

    @blueprint.get("/support")
    @open_to_all
    def show() -> str:
        return render_template("support.html", troubles=troubles)

    frame.add(blueprint)


def _troubles() -> Sequence[Told]:
    """Tell every problem as it is told of no PC in particular, what reads alike once."""
    every = (
        connection.told(Trouble(kind, variant), {})
        for kind, variants in VARIANTS.items()
        for variant in variants
    )
    return list({(one.status, one.steps): one for one in every}.values())
