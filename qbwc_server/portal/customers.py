"""Customers: the list with its filters, its export, the page of one, and why an invoice misses."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import company_pages, door, downloads, elsewhere, entry_words, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.services.customers import CustomerFilter, CustomerPage, CustomerState, Standing
from qbwc_server.services.mappings import What
from qbwc_server.services.paging import Page
from qbwc_server.services.site_words import COUNTED_MAX
from sync_core.people import Role
from sync_core.wording import books as says
from sync_core.wording.phrases import count_of, fill

_WORDS = ("state", "name", "mapped", "owes")
Answer = Response | str | tuple[str, int]


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("customers", __name__)
    _add_list(blueprint, frame)
    _add_one(blueprint, frame)
    company_pages.add(
        frame,
        blueprint,
        Entry(
            place=Place.CUSTOMERS, label="Customers", endpoint="customers.every", of_company=True
        ),
        short="/customers",
    )


def _add_list(blueprint: Blueprint, frame: Frame) -> None:
    customers, site_words = frame.use.customers, frame.use.site_words

    @blueprint.get("/companies/<company_id>/customers")
    @needs(Role.VIEWER)
    def every(company_id: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        company, words, problems = door.company(), elsewhere.asked(_WORDS), dict[str, str]()
        standing = customers.standing(company)
        unmapped = site_words.count_unmapped(company, What.CUSTOMERS)
        try:
            cursor = request.args.get("cursor", "")
            page = customers.page(company, CustomerFilter.read(words), cursor=cursor)
        except InvalidInput as wrong:
            page, problems = Page([], None), forms.problems(wrong)
        body = render_template(
            "customers.html",
            standing=standing,
            sentence=sentence(standing),
            unmapped=unmapped,
            many=counted(unmapped).capitalize(),
            page=page,
            words=words,
            problems=problems,
            address=elsewhere.there,
        )
        return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK

    @blueprint.get("/companies/<company_id>/customers.csv")
    @needs(Role.VIEWER)
    def export(company_id: str) -> Answer:  # noqa: ARG001 - the same
        try:
            wanted = CustomerFilter.read(elsewhere.asked(_WORDS))
        except InvalidInput:
            abort(HTTPStatus.BAD_REQUEST)
        return downloads.csv(customers.csv(door.company(), wanted), "customers")


def _add_one(blueprint: Blueprint, frame: Frame) -> None:
    def page(list_id: str, problems: dict[str, str] | None = None, typed: str = "") -> Answer:
        problems = dict(problems or {})
        try:
            shown = frame.use.customers.show(door.company(), list_id)
        except NotFound:
            abort(404)
        number = request.form.get("number", request.args.get("number"))
        answer: dict[str, Any] = {}
        if number is not None and request.method == "GET":
            try:
                answer = _why_missing(frame, list_id, number)
            except InvalidInput as wrong:
                problems |= forms.problems(wrong)
        body = render_template(
            "customer.html",
            shown=shown,
            line=shown.line,
            sentence=sentence_of(shown),
            problems=problems,
            typed=typed,
            number=number or "",
            elsewhere=elsewhere,
            **answer,
        )
        return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK

    @blueprint.get("/companies/<company_id>/customer")
    @needs(Role.VIEWER)
    def show(company_id: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        return page(request.args.get("list_id", ""))

    @blueprint.post("/companies/<company_id>/customer/missing")
    @needs(Role.VIEWER)
    def ask_missing(company_id: str) -> Answer:
        list_id, number = request.args.get("list_id", ""), request.form.get("number", "")
        try:
            frame.use.missing_invoice.explain(door.company(), list_id, number)
        except NotFound:
            abort(404)
        except InvalidInput as wrong:
            return page(list_id, forms.problems(wrong))
        shown: dict[str, Any] = {"list_id": list_id, "number": number.strip()}
        return redirect(
            url_for("customers.show", company_id=company_id, **shown, _anchor="missing"), 303
        )

    entry_words.add(blueprint, frame, What.CUSTOMERS, name="list_id", page=page)


def _why_missing(frame: Frame, list_id: str, number: str) -> dict[str, Any]:
    """Say why an invoice is missing, as is known; with the invoice's page, where it has one."""
    why = frame.use.missing_invoice.answer(door.company(), list_id, number)
    if why is None:
        return {}
    is_shown = bool(why.txn_id) and frame.use.invoices.is_shown(door.company(), why.txn_id or "")
    return {"why": why, "why_txn_id": why.txn_id if is_shown else None}


def sentence(standing: Standing) -> str:
    """Say in one sentence how it stands with the customers."""
    if not standing.active + standing.inactive:
        return says.NO_CUSTOMER_READ if standing.read_at is None else says.NO_CUSTOMER
    more = {"inactive": f"{standing.inactive:,}"} if standing.inactive else {}
    return count_of(says.ACTIVE, standing.active, more)


def sentence_of(shown: CustomerPage) -> str:
    """Say in one sentence how it stands with a customer."""
    name, count = shown.line.name, shown.open_count
    if shown.line.state is CustomerState.GONE:
        return fill(says.IS_GONE, {"name": name})
    if not count:
        return fill(says.HAS_NONE_OPEN, {"name": name})
    due = reader().preferences.money(shown.line.due_cents, shown.line.mark)
    return count_of(says.HAS_OPEN, count, {"name": name, "due": due})


def counted(count: int) -> str:
    """Write how many of the site's ids mean nothing yet; "" for none."""
    if not count:
        return ""
    return f"more than {COUNTED_MAX}" if count > COUNTED_MAX else str(count)
