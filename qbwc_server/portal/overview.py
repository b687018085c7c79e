"""The overview: for now a sentence and the latest payments."""

from collections import Counter

from flask import Blueprint, render_template

from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.services.overview import LATEST_MAX
from sync_core.lifecycle import PaymentStatus
from sync_core.people import Role


def register(frame: Frame) -> None:
    """Mount the page."""
    blueprint = Blueprint("overview", __name__)

    @blueprint.get("/")
    @blueprint.get("/resolve")  # where the Web Connector's status column sends people
    @needs(Role.VIEWER)
    def show() -> str:
        lines = frame.use.overview.latest(reader().companies)
        counts = Counter(line.status for line in lines)
        told = sentence(counts, only_latest=len(lines) == LATEST_MAX)
        several = len({line.company for line in lines}) > 1
        return render_template("overview.html", lines=lines, sentence=told, several=several)

    frame.add(blueprint, Entry(place=Place.OVERVIEW, label="Overview", endpoint="overview.show"))


def sentence(counts: Counter[PaymentStatus], *, only_latest: bool = False) -> str:
    """Say in one sentence how the listed payments stand."""
    begin = f"Of the latest {LATEST_MAX}: " if only_latest else ""
    if not counts:
        return "No payment has arrived yet."
    parts = [
        (counts[PaymentStatus.POSTED], "in QuickBooks"),
        (counts[PaymentStatus.QUEUED] + counts[PaymentStatus.SENT], "waiting"),
        (counts[PaymentStatus.IN_DOUBT], "being checked"),
        (counts[PaymentStatus.DISMISSED] + counts[PaymentStatus.REVERSED], "set aside"),
    ]
    told = ", ".join(f"{count} {word}" for count, word in parts if count)
    need = counts[PaymentStatus.REJECTED]
    needs_you = f"{need} {'needs' if need == 1 else 'need'} you" if need else "nothing needs you"
    return f"{begin}{told}; {needs_you}." if told else f"{begin}{needs_you}."
