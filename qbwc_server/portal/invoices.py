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
from qbwc_server.services.books import InvoiceStatus
from qbwc_server.services.invoices import InvoiceFilter, InvoiceLine, Standing
from qbwc_server.services.mappings import What
from qbwc_server.services.paging import Page
from sync_core.people import Role
from sync_core.wording import books as says
from sync_core.wording.phrases import count_of, fill

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
            sentence=sentence_of(shown.line),
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
        return says.NO_INVOICE_READ if standing.read_at is None else says.NONE_OPEN
    return count_of(says.OPEN, count, _due(standing.due_cents, standing.mark))


def sentence_of(line: InvoiceLine) -> str:
    """Say in one sentence how it stands with an invoice."""
    facts = _due(line.balance_cents, line.mark)
    if line.number:
        facts["number"] = line.number
    phrase = {
        InvoiceStatus.DELETED: says.IS_DELETED,
        InvoiceStatus.VOIDED: says.IS_VOIDED,
        InvoiceStatus.PAID: says.IS_PAID,
        InvoiceStatus.OPEN: says.IS_PENDING if line.is_pending else says.IS_OPEN,
    }[line.status]
    return fill(phrase, facts)


def _due(cents: int | None, mark: str) -> dict[str, str]:
    return {} if cents is None else {"due": reader().preferences.money(cents, mark)}
