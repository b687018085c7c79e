"""Sync log: one line per sync, and each opened to what crossed in it."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import company_pages, door, elsewhere, writing
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.services.preferences import Preferences
from qbwc_server.services.session_log import LINES_MAX, SessionLog, SessionView, Standing
from sync_core.people import Role
from sync_core.wording import sync_log as says
from sync_core.wording import syncs
from sync_core.wording.phrases import fill
from sync_core.wording.states import STATES
from sync_core.wording.syncs import Outcome

_LIST = "/companies/<company_id>/sync-log"
_DONE = 204  # htmx changes nothing then
# A Web Connector calls again within seconds, unless QuickBooks is at work or the PC went away.
_QUIET = timedelta(minutes=1)
_ADDRESS = re.compile(r"(?::| See)? https?://\S+")
_WORDS: dict[str, Any] = {
    "outcomes": syncs.OUTCOMES,
    "Outcome": Outcome,
    "steps": syncs.STEPS,
    "came_in": syncs.came_in,
    "went_out": syncs.went_out,
    "lasted": syncs.lasted,
    "size": syncs.size,
    "payment_states": STATES,
}


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("sync_log", __name__)
    blueprint.app_template_filter("told")(told)
    _add_list(blueprint, frame.use.session_log)
    _add_one(blueprint, frame)
    entry = Entry(
        place=Place.SYNC_LOG, label="Sync log", endpoint="sync_log.every", of_company=True
    )
    company_pages.add(frame, blueprint, entry, short="/sync-log")


def _add_list(blueprint: Blueprint, log: SessionLog) -> None:
    @blueprint.get(_LIST)
    @needs(Role.VIEWER)
    def every(company_id: str) -> str:
        asked = request.args
        chosen: dict[str, Any] = {
            "install": asked.get("install", ""),
            "badly": asked.get("badly") == "1",
            "wrote": asked.get("wrote") == "1",
        }
        cursor = asked.get("cursor", "")
        try:
            page = log.page(door.company(), cursor=cursor, **chosen)
        except InvalidInput:
            abort(400)
        standing = log.standing(door.company())
        prefer, now = reader().preferences, door.visit().now
        kept = {
            name: value if name == "install" else "1" for name, value in chosen.items() if value
        }
        here = url_for("sync_log.every", company_id=company_id)
        return render_template(
            "sync_log.html",
            **_WORDS,
            **_now(standing, since=_mark(standing.newest)),
            sentence=sentence(standing, prefer, now),
            syncs=page.items,
            installs=log.installs(door.company()),
            chosen=chosen,
            is_filtered=bool(kept),
            is_first_page=not cursor,
            first=f"{here}?{urlencode(kept)}" if kept else here,
            older=f"{here}?{urlencode(kept | {'cursor': page.next_cursor})}"
            if page.next_cursor
            else None,
            connect=f"/companies/{company_id}/connect",
        )

    @blueprint.get(f"{_LIST}/now")
    @needs(Role.VIEWER)
    def now(company_id: str) -> str | Response:  # noqa: ARG001 - the door has looked at it
        standing = log.standing(door.company())
        if request.args.get("seen") == _seen(standing.newest):
            return Response(status=_DONE)
        since = request.args.get("since", "")
        if since.endswith(Outcome.UNDER_WAY) and since != _mark(standing.newest):
            # Somebody has watched it to its end: the sentence and the list are news as well.
            return Response(headers={"HX-Refresh": "true"})
        return render_template("_sync_now.html", **_WORDS, **_now(standing, since=since))


def _add_one(blueprint: Blueprint, frame: Frame) -> None:
    log = frame.use.session_log

    @blueprint.get(f"{_LIST}/sync")
    @needs(Role.VIEWER)
    def show(company_id: str) -> str:
        session_id, names = _asked()
        after, paid = _number("after"), _number("paid")
        try:
            sync = log.show(door.company(), session_id)
            part = log.exchanges(door.company(), session_id, after=after)
            moved = log.moved(door.company(), session_id, after=paid)
        except NotFound:
            abort(404)

        met = None
        if sync.outcome in (Outcome.FAILED_ONCE, Outcome.FAILED_AGAIN):
            met = frame.use.troubles.of_sync(door.company(), session_id, show=writing.show)

        def address(**more: object) -> str:
            return _address("show", company_id, session_id, {"names": names, **more})

        return render_template(
            "sync.html",
            **_WORDS,
            sync=sync,
            met=met,
            sentence=of_one(sync, reader().preferences),
            exchanges=part.items,
            moved=moved.items,
            names=names,
            other=address(names=not names),
            more_exchanges=address(after=part.after) if part.after else None,
            more_moved=address(paid=moved.after) if moved.after else None,
            text_of=lambda number: _address(
                "exchange", company_id, session_id, {"number": number, "names": names}
            ),
            payment_of=elsewhere.payment,
        )

    @blueprint.get(f"{_LIST}/exchange")
    @needs(Role.VIEWER)
    def exchange(company_id: str) -> str:
        session_id, names = _asked()
        number = _number("number")
        try:
            opened = log.open(door.company(), session_id, number, names=names)
        except NotFound:
            abort(404)
        is_part = "HX-Request" in request.headers
        return render_template(
            "_sync_texts.html" if is_part else "sync_exchange.html",
            **_WORDS,
            opened=opened,
            exchange=opened.exchange,
            lines_max=LINES_MAX,
            names=names,
            other=_address(
                "exchange", company_id, session_id, {"number": number, "names": not names}
            ),
            back=_address("show", company_id, session_id, {"names": names}),
        )

    @blueprint.get(f"{_LIST}/bundle")
    @needs(Role.VIEWER)
    def bundle(company_id: str) -> Response:  # noqa: ARG001 - the door has looked at it
        session_id, _ = _asked()
        try:
            content = frame.use.support_bundle.make(door.company(), session_id)
        except NotFound:
            abort(404)
        answer = Response(content, mimetype="application/zip")
        name = f"sync-{int(session_id)}.zip"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def sentence(standing: Standing, prefer: Preferences, now: datetime) -> str:
    """Say in one sentence how it stands with the syncs."""
    newest = standing.newest
    if newest is None:
        return says.NONE_YET
    facts = {
        "pc": newest.install,
        "when": prefer.ago(newest.ended_at or newest.opened_at, now),
        "result": _result(newest),
    }
    if standing.through_at is not None:
        facts["good"] = prefer.ago(standing.through_at, now)
    phrase = {
        Outcome.UNDER_WAY: says.UNDER_WAY,
        Outcome.THROUGH: says.THROUGH,
        Outcome.FAILED_ONCE: says.FAILED_ONCE,
        Outcome.FAILED_AGAIN: says.FAILED_AGAIN if "good" in facts else says.NONE_THROUGH,
    }[newest.outcome]
    return fill(phrase, facts)


def of_one(sync: SessionView, prefer: Preferences) -> str:
    """Say in one sentence what a sync was."""
    facts = {
        "pc": sync.install,
        "when": prefer.moment(sync.opened_at),
        "percent": str(sync.percent),
        "result": _result(sync),
    }
    return fill(says.ONE, facts | {"how": fill(says.HOW[sync.outcome], facts)})


def told(message: str | None) -> str:
    """Write what the Web Connector shows, without the address that leads back here."""
    return _ADDRESS.sub("", message or "")


def _result(sync: SessionView) -> str:
    return syncs.went_out(sync.posted, sync.rejected) or syncs.NOTHING_TO_POST


def _now(standing: Standing, *, since: str) -> dict[str, Any]:
    """Give what the live part of the list is made of; `since` marks what its page began with."""
    newest = standing.newest
    here: dict[str, Any] = {"company_id": door.company_file().uuid}
    is_running = newest is not None and newest.outcome is Outcome.UNDER_WAY
    return {
        "newest": newest,
        "is_running": is_running,
        "is_quiet": newest is not None and door.visit().now - newest.last_heard_at > _QUIET,
        "is_news": not is_running and _mark(newest) != since,
        "result": _result(newest) if newest is not None else "",
        "now_url": url_for("sync_log.now", since=since, seen=_seen(newest), **here),
        "list_url": url_for("sync_log.every", **here),
    }


def _mark(newest: SessionView | None) -> str:
    return "" if newest is None else f"{newest.id} {newest.outcome}"


def _seen(newest: SessionView | None) -> str:
    """Mark what the live part shows, so that it is sent again only when that changes."""
    if newest is None or newest.outcome is not Outcome.UNDER_WAY:
        return _mark(newest)
    silent = door.visit().now - newest.last_heard_at
    return f"{_mark(newest)} {newest.percent} {newest.step} {silent // _QUIET}"


def _asked() -> tuple[str, bool]:
    """Read which sync a page is about, and whether names and amounts are asked for."""
    return request.args.get("id", ""), request.args.get("names") == "1"


def _number(name: str) -> int:
    """Read a number of the address; 0 where there is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else 0  # noqa: PLR2004 - digits of the largest id


def _address(page: str, company_id: str, session_id: str, more: dict[str, Any]) -> str:
    kept: dict[str, Any] = {name: int(value) for name, value in more.items() if value}
    return url_for(f"sync_log.{page}", company_id=company_id, id=session_id, **kept)
