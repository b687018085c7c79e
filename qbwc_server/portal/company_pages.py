"""Pages about one company file: their short addresses, the menu, the choice of another file.

Such a page has `/companies/<company_id>/...` as its address. The short one, `/payments`, leads to
the company file that this browser looked at last.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from qbwc_server.portal import door
from qbwc_server.portal.door import needs
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Line, Navigation
from qbwc_server.services.access import Access, Choice, CompanyName

_LAST = "company"


def add(
    frame: Frame,
    blueprint: Blueprint,
    entry: Entry,
    *,
    short: str,
    instead: Callable[[CompanyName], CompanyName | None] | None = None,
) -> None:
    """Mount the pages of a blueprint, with their line in the menu and their short address.

    `instead` may name another company file for the short address to lead to.
    """
    access = frame.use.access

    @blueprint.get(short, endpoint="short")
    @needs(entry.role)
    def short_address() -> Response:
        here = choice(access).here
        if here is None:  # no company file yet, or none is open to this person
            return redirect(url_for("overview.show"), 303)
        here = (instead(here) if instead else None) or here
        asked = request.query_string.decode("ascii", "replace")
        where = url_for(entry.endpoint, company_id=here.uuid)
        return redirect(f"{where}?{asked}" if asked else where, 303)

    frame.add(blueprint, entry)


def choice(access: Access) -> Choice:
    """Give the company file that this browser looks at, or did last, and the others."""
    found: Choice | None = g.get("choice")
    if found is None:
        of_page = door.company_file() if "company" in g else None
        found = access.choice(door.reader(), here=of_page, last=session.get(_LAST, ""))
        if found.here is not None and session.get(_LAST) != found.here.uuid:
            session[_LAST] = found.here.uuid
        g.choice = found
    return found


def menu(navigation: Navigation, access: Access) -> list[Line]:
    """List the lines of the menu for whoever is signed in."""
    here = choice(access).here
    lines = []
    for entry in navigation.for_role(door.reader().role):
        if entry.of_company and here is None:
            continue
        company: dict[str, Any] = {"company_id": here.uuid} if entry.of_company and here else {}
        needs_you = entry.needs_you(here.id) if entry.needs_you and here else 0
        lines.append(
            Line(
                label=entry.label,
                href=url_for(entry.endpoint, **company),
                is_here=entry.holds(request.endpoint),
                needs_you=needs_you,
            )
        )
    return lines


def others(navigation: Navigation, access: Access) -> list[tuple[CompanyName, str]]:
    """List the company files to change to on a page about one, each with its address."""
    if "company" not in g:
        return []
    entries = (entry for entry in navigation.entries if entry.holds(request.endpoint))
    entry = next(entries, None)
    if entry is None or not entry.of_company:
        return []
    return [
        (company, url_for(entry.endpoint, company_id=company.uuid))
        for company in choice(access).offered
    ]
