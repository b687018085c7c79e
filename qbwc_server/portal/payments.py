"""Payments: a list with filters that stand in its address, files of it, and a page for each."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import company_pages, door, forms, payment, writing
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.portal.payment_sentences import sentence
from qbwc_server.services import payment_filter
from qbwc_server.services.payment_filter import Filter, Kind
from qbwc_server.services.payment_list import TOTALS_MAX, Line
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.people import Role
from sync_core.wording.causes import CAUSES
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
        today = reader().preferences.today(door.visit().now)
        about = {
            "company_id": company_id,
            "given": _given(),
            "more": [name for name in _MORE if request.args.get(name)],
            "lists": _lists(today),
            "states": STATES,
            "causes": CAUSES,
        }
        try:
            asked = _asked()
            found = use.page(
                door.company(), asked, today=today, cursor=request.args.get("cursor", "")
            )
        except InvalidInput as wrong:
            told = "Something in the filter cannot be looked for."
            page = render_template(
                "payments.html", sentence=told, problems=forms.problems(wrong), found=None, **about
            )
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        return render_template(
            "payments.html",
            sentence=sentence(found, asked),
            problems={},
            found=found,
            asked=asked,
            to_know=_to_know,
            sums_max=_SUMS_MAX,
            totals_max=TOTALS_MAX,
            **about,
        )


def _add_files(blueprint: Blueprint, frame: Frame) -> None:
    use = frame.use.payment_list

    @blueprint.get("/companies/<company_id>/payments.csv")
    @needs(Role.VIEWER)
    def export(company_id: str) -> Answer:  # noqa: ARG001 - the door has read it
        return _file(use.export(door.company(), _asked_or_nothing()), "payments")

    @blueprint.get("/companies/<company_id>/payments-totals.csv")
    @needs(Role.VIEWER)
    def export_totals(company_id: str) -> Answer:  # noqa: ARG001 - the same
        return _file(use.export_totals(door.company(), _asked_or_nothing()), "payments-totals")


def _add_one(blueprint: Blueprint, frame: Frame) -> None:
    use = frame.use.payment_pages

    @blueprint.get("/companies/<company_id>/payment")
    @needs(Role.VIEWER)
    def show(company_id: str) -> Answer:
        try:
            found = use.show(door.company(), request.args.get("id", ""))
        except NotFound:
            abort(HTTPStatus.NOT_FOUND)
        return render_template("payment.html", company_id=company_id, **payment.told(found))


def _given() -> dict[str, str]:
    """Give what the address says of the filter."""
    return {name: request.args[name] for name in FIELDS if request.args.get(name)}


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
        (
            f"Received by {writing.plain_day(by)} and not in QuickBooks",
            {"list": Kind.NOT_IN_QUICKBOOKS, "to": by.isoformat()},
            Kind.NOT_IN_QUICKBOOKS,
        ),
        ("With money left over", {"list": Kind.LEFT_OVER}, Kind.LEFT_OVER),
        ("Changed in QuickBooks since posted", {"list": Kind.CHANGED}, Kind.CHANGED),
        ("Dismissed without a payment in QuickBooks", {"list": Kind.DISMISSED}, Kind.DISMISSED),
    ]


def _to_know(line: Line) -> str:
    """Say what is to know about a payment, in a line of the list."""
    if line.status is PaymentStatus.REJECTED and line.cause is not None:
        return words.summary(line.cause, line.variant, line.facts, show=writing.show)
    return line.note or ""


def _file(lines: Iterator[str], name: str) -> Response:
    """Answer line by line, so that memory does not grow with the list."""
    company = re.sub(r"[^a-z0-9]+", "-", door.company_file().name.lower()).strip("-")[:40]
    today = reader().preferences.today(door.visit().now).isoformat()
    whole = "-".join(filter(None, (name, company.rstrip("-"), today)))
    answer = Response(lines, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{whole}.csv"'
    return answer
