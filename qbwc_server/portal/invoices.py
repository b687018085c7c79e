"""Invoices: the list with its filters, its export, and the page of one."""

from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import (
    company_pages,
    door,
    downloads,
    elsewhere,
    entry_words,
    forms,
    writing,
)
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.services.invoices import InvoiceFilter, Standing
from qbwc_server.services.mappings import What
from qbwc_server.services.paging import Page
from sync_core.people import Role

# As much of a moment in QuickBooks' own clock as is its day.
_DAY = 10
_WORDS = ("state", "number", "customer", "mapped", "from", "to", "amount")
Answer = Response | str | tuple[str, int]


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("invoices", __name__)
    _add_list(blueprint, frame)
    _add_one(blueprint, frame)
    company_pages.add(
        frame,
        blueprint,
        Entry(place=Place.INVOICES, label="Invoices", endpoint="invoices.every", of_company=True),
        short="/invoices",
    )


def _add_list(blueprint: Blueprint, frame: Frame) -> None:
    invoices = frame.use.invoices

    @blueprint.get("/companies/<company_id>/invoices")
    @needs(Role.VIEWER)
    def every(company_id: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        company, words, problems = door.company(), elsewhere.asked(_WORDS), dict[str, str]()
        standing = invoices.standing(company)
        try:
            cursor = request.args.get("cursor", "")
            page = invoices.page(company, _asked(words), cursor=cursor)
        except InvalidInput as wrong:
            page, problems = Page([], None), forms.problems(wrong)
        body = render_template(
            "invoices.html",
            standing=standing,
            sentence=sentence(standing),
            page=page,
            words=words,
            problems=problems,
            address=elsewhere.there,
        )
        return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK

    @blueprint.get("/companies/<company_id>/invoices.csv")
    @needs(Role.VIEWER)
    def export(company_id: str) -> Answer:  # noqa: ARG001 - the same
        try:
            wanted = _asked(elsewhere.asked(_WORDS))
            return downloads.csv(invoices.csv(door.company(), wanted), "invoices")
        except InvalidInput:
            abort(HTTPStatus.BAD_REQUEST)


def _asked(words: dict[str, str]) -> InvoiceFilter:
    return InvoiceFilter.read(words, reader().preferences)


def _add_one(blueprint: Blueprint, frame: Frame) -> None:
    def page(txn_id: str, problems: dict[str, str] | None = None, typed: str = "") -> Answer:
        try:
            shown = frame.use.invoices.show(door.company(), txn_id)
        except NotFound:
            abort(404)
        body = render_template(
            "invoice.html",
            shown=shown,
            line=shown.line,
            deleted_on=writing.show("deleted_on", (shown.deleted_wall or "")[:_DAY]),
            problems=problems or {},
            typed=typed,
            elsewhere=elsewhere,
        )
        return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK

    @blueprint.get("/companies/<company_id>/invoice")
    @needs(Role.VIEWER)
    def show(company_id: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        return page(request.args.get("txn_id", ""))

    entry_words.add(blueprint, frame, What.INVOICES, name="txn_id", page=page)


def sentence(standing: Standing) -> str:
    """Say in one sentence how it stands with the invoices."""
    count = standing.open_count
    if not count:
        nothing = standing.read_at is None
        return "No invoice has been read from QuickBooks yet." if nothing else "No invoice is open."
    told = "1 invoice is open" if count == 1 else f"{count:,} invoices are open"
    if standing.due_cents is None:
        return f"{told}."
    due = reader().preferences.money(standing.due_cents, standing.mark)
    return f"{told}, with {due} left to pay."
