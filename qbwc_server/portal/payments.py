"""Payments: a list with filters that stand in its address, files of it, and a page for each."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import (
    cards,
    company_pages,
    door,
    downloads,
    elsewhere,
    forms,
    payment,
    writing,
)
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.portal.payment_sentences import sentence
from qbwc_server.services import payment_filter
from qbwc_server.services.payment_filter import Filter, Kind
from qbwc_server.services.payment_list import TOTALS_MAX, Listing
from sync_core.people import Role
from sync_core.wording import phrases
from sync_core.wording.causes import CAUSES
from sync_core.wording.payments import CANNOT, LISTS
from sync_core.wording.states import STATES

# What a filter is made of, by its name in the address.
FIELDS = (*("q", "list", "state", "from", "to", "method", "processor", "batch", "cause", "amount"),)
# Those behind "More filters": the list and the search have places of their own.
_MORE = FIELDS[2:]
# A page shows sums of so many days and methods; a file has all of them.
_SUMS_MAX = 100

Answer = Response | str | tuple[str, int]


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("payments", __name__)
    _add_list(blueprint, frame)
    _add_files(blueprint, frame)
    _add_one(blueprint, frame)
    entry = Entry(
        place=Place.PAYMENTS, label="Payments", endpoint="payments.every", of_company=True
    )
    company_pages.add(frame, blueprint, entry, short="/payments")


def _add_list(blueprint: Blueprint, frame: Frame) -> None:
    use = frame.use.payment_list

    @blueprint.get("/companies/<company_id>/payments")
    @needs(Role.VIEWER)
    def every(company_id: str) -> Answer:
        today, given = reader().preferences.today(door.visit().now), _given()
        found, problems, title = None, dict[str, str](), CANNOT
        try:
            asked, cursor = _asked(), request.args.get("cursor", "")
            found = use.page(door.company(), asked, today=today, cursor=cursor)
            title = sentence(found, asked)
        except InvalidInput as wrong:
            problems = forms.problems(wrong)
        lines = found.page.items if found else []
        here = request.full_path.rstrip("?")
        body = render_template(
            "payments.html",
            sentence=title,
            problems=problems,
            given=given,
            more=[name for name in _MORE if name in given],
            lists=_lists(today),
            offered=_offered(found, given),
            found=found,
            shown=[(line, cards.shown(company_id, line.card, back=here)) for line in lines],
            sums_max=_SUMS_MAX,
            totals_max=TOTALS_MAX,
            address=elsewhere.there,
        )
        return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _add_files(blueprint: Blueprint, frame: Frame) -> None:
    use = frame.use.payment_list

    @blueprint.get("/companies/<company_id>/payments.csv")
    @needs(Role.VIEWER)
    def export(company_id: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        lines = use.export(door.company(), _asked_or_nothing())
        return downloads.csv(lines, _named("payments"))

    @blueprint.get("/companies/<company_id>/payments-totals.csv")
    @needs(Role.VIEWER)
    def export_totals(company_id: str) -> Answer:  # noqa: ARG001 - the same
        lines = use.export_totals(door.company(), _asked_or_nothing())
        return downloads.csv(lines, _named("payments-totals"))


def _add_one(blueprint: Blueprint, frame: Frame) -> None:
    use = frame.use.payment_pages

    @blueprint.get("/companies/<company_id>/payment")
    @needs(Role.VIEWER)
    def show(company_id: str) -> Answer:
        try:
            found = use.show(door.company(), request.args.get("id", ""), by=reader().email)
        except NotFound:
            abort(HTTPStatus.NOT_FOUND)
        here = elsewhere.payment(found.card.id)
        return render_template("payment.html", **payment.told(company_id, found, back=here))


def _given() -> dict[str, str]:
    """Give what the address says of the filter, without what says nothing."""
    return {name: word for name, word in elsewhere.asked(FIELDS).items() if word}


def _asked() -> Filter:
    return payment_filter.read(request.args, reader().preferences)


def _asked_or_nothing() -> Filter:
    """Read the filter of a file: its link stands on a page whose filter could be read."""
    try:
        return _asked()
    except InvalidInput:
        abort(HTTPStatus.BAD_REQUEST)


def _lists(today: date) -> list[tuple[str, Mapping[str, str], Kind]]:
    """List the lists that are looked at again and again: label, filter, kind.

    At the month's end that of the month before is wanted, or of the day that was asked for.
    """
    month_end = today.replace(day=1) - timedelta(days=1)
    until = request.args.get("to") if request.args.get("list") == Kind.NOT_IN_QUICKBOOKS else ""
    try:
        by = date.fromisoformat(until or "")
    except ValueError:
        by = month_end
    return [
        ("All", {}, Kind.ALL),
        *(
            (
                phrases.fill(listed.label, {"day": writing.plain_day(by)}),
                {"list": kind} | ({"to": by.isoformat()} if kind == Kind.NOT_IN_QUICKBOOKS else {}),
                Kind(kind),
            )
            for kind, listed in LISTS.items()
        ),
    ]


def _offered(found: Listing | None, given: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """List what can be chosen for each field, the word of the address and what is shown for it."""
    words = {
        "method": found.methods if found else (),
        "processor": found.processors if found else (),
    }
    offered = {
        name: [("", "Any"), *((word, word) for word in dict.fromkeys([*some, *_own(given, name)]))]
        for name, some in words.items()
    }
    offered["state"] = [("", "Any"), *((one.value, said.label) for one, said in STATES.items())]
    causes = ((one.value, said.label) for one, said in CAUSES.items())
    offered["cause"] = [("", "Whatever it was"), *causes]
    return offered


def _own(given: Mapping[str, str], name: str) -> list[str]:
    return [given[name]] if name in given else []


def _named(name: str) -> str:
    """Name a file after the company file and the day, for whoever keeps one of each month."""
    company = re.sub(r"[^a-z0-9]+", "-", door.company_file().name.lower()).strip("-")[:40]
    today = reader().preferences.today(door.visit().now).isoformat()
    return "-".join(filter(None, (name, company.rstrip("-"), today)))
