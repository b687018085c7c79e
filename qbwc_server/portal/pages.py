"""The start page, for now a plain table for whoever sits at this machine, and the support page."""

from collections import Counter
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, render_template, request

from qbwc_server.services.overview import LATEST_MAX, Overview
from qbwc_server.settings import LOOPBACK
from sync_core.lifecycle import PaymentStatus

_LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


def create_blueprint(overview: Overview, *, is_for_this_machine: bool) -> Blueprint:
    """Make the pages. `is_for_this_machine` says that nobody else is meant to reach the server."""
    pages = Blueprint("portal", __name__, template_folder="templates", static_folder="static")

    @pages.get("/")
    @pages.get("/resolve")  # where the Web Connector's status column sends people
    def start() -> str:
        if not (is_for_this_machine and _is_at_this_machine()):
            abort(403, "This page is shown on the server's own machine only.")
        lines = overview.latest()
        counts = Counter(line.status for line in lines)
        told = sentence(counts, only_latest=len(lines) == LATEST_MAX)
        several = len({line.company for line in lines}) > 1
        return render_template("start.html", lines=lines, sentence=told, several=several)

    @pages.get("/support")
    def support() -> str:
        return render_template("support.html")

    @pages.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            "form-action 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return pages


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
    needs = f"{need} {'needs' if need == 1 else 'need'} you" if need else "nothing needs you"
    return f"{begin}{told}; {needs}." if told else f"{begin}{needs}."


def _is_at_this_machine() -> bool:
    """Say whether the caller is here: by address, and by the name under which it asks.

    Behind a proxy on this machine everybody has our address; a page in a browser here that another
    site's name led to us (DNS rebinding) asks under that name.
    """
    forwarded = any(name in request.headers for name in _FORWARDED)
    asked_for = urlsplit(f"//{request.host}").hostname
    return request.remote_addr in _LOOPBACK and asked_for in LOOPBACK and not forwarded
