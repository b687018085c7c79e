"""Resolve: what needs a person, a card for each payment, the oldest money first.

Acting on one is `acting`, on several `together`; what is no refused payment is `aside`.
"""

from typing import Any

from flask import Blueprint, abort, render_template, request

from qbwc_server.errors import NotFound
from qbwc_server.portal import acting, aside, cards, company_pages, door, together, writing
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.services.needs_you import Desk
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.people import Role
from sync_core.wording import needs_you as says
from sync_core.wording.phrases import count_of


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("resolve", __name__)
    needs_you = frame.use.needs_you

    @blueprint.get("/companies/<company_id>/resolve")
    @needs(Role.VIEWER)
    def show(company_id: str) -> str:
        cursor = request.args.get("cursor", "")
        desk = needs_you.desk(door.company(), cursor=cursor)
        return _page(company_id, desk, title=sentence(desk), is_first=not cursor)

    @blueprint.get("/companies/<company_id>/resolve/alike")
    @needs(Role.VIEWER)
    def alike(company_id: str) -> str:
        names = ("cause", "variant", "method")
        query = {name: request.args.get(name, "") for name in names}
        cursor = request.args.get("cursor", "")
        try:
            desk = needs_you.group(door.company(), *query.values(), cursor=cursor)
        except NotFound:
            abort(404)
        return _page(company_id, desk, title=sentence(desk), is_first=False, query=query)

    acting.add_to(blueprint, frame)
    together.add_to(blueprint, frame)
    aside.add_to(blueprint, frame)
    company_pages.add(
        frame,
        blueprint,
        Entry(
            place=Place.RESOLVE,
            label="Resolve",
            endpoint="resolve.show",
            of_company=True,
            needs_you=needs_you.count,
        ),
        short="/resolve",
        instead=lambda here: needs_you.elsewhere(reader(), here),
    )


def _page(
    company_id: str, desk: Desk, *, title: str, is_first: bool, query: dict[str, str] | None = None
) -> str:
    here = request.full_path.rstrip("?")
    context: dict[str, Any] = {
        "company_id": company_id,
        "desk": desk,
        "title": title,
        "is_first": is_first,
        "query": query,
        "here": here,
        "shown": [cards.shown(company_id, card, back=here) for card in desk.cards],
        "groups": [cards.shown_group(company_id, group, back=here) for group in desk.groups],
        "being_checked": words.state_line(PaymentStatus.IN_DOUBT, {}),
        "doubted": [cards.shown(company_id, card, back=here) for card in desk.aside.doubted],
        "missing": [cards.shown(company_id, card, back=here) for card in desk.aside.missing],
        "together": _together(desk),
    }
    return render_template("resolve.html", **context)


def _together(desk: Desk) -> list[tuple[str, str]]:
    """Name what fits any card of the page and can be asked of several at once."""
    offered = {action for card in desk.cards for action in card.acts}
    return [
        (action.value, words.button(action, {}).name)
        for action in cards.TOGETHER
        if action in offered
    ]


def sentence(desk: Desk) -> str:
    """Say in one sentence how much needs a person."""
    if desk.count:
        facts = {"sum": writing.sums(desk.sums, desk.home)}
        return count_of(says.PAYMENTS_NEED_YOU, desk.count, facts)
    if desk.aside.extra_count or desk.aside.missing:
        return says.SOMETHING_ELSE
    return says.NOTHING
