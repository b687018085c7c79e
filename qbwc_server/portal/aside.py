"""What needs a person besides refused payments: entries one too many, payments that are missing."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound, Refused
from qbwc_server.portal import door, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services import paging
from sync_core import words
from sync_core.people import Role
from sync_core.wording import acts, buttons, phrases

Answer = Response | str | tuple[str, int]


def add_to(blueprint: Blueprint, frame: Frame) -> None:
    """Mount the pages."""

    @blueprint.get("/companies/<company_id>/resolve/extras")
    @needs(Role.VIEWER)
    def extras(company_id: str) -> Answer:
        return _extras(frame, company_id, {})

    @blueprint.post("/companies/<company_id>/resolve/extras", endpoint="settle_extra")
    @needs(Role.BOOKKEEPER)
    def settle_extra(company_id: str) -> Answer:
        form, txn_id = request.form, request.form.get("txn_id", "")
        given = {"action": form.get("action", ""), "note": form.get("note", "").strip()}
        try:
            frame.use.extras.act(door.company(), txn_id, given, by=reader().email)
        except NotFound:
            abort(404)
        except InvalidInput as wrong:
            return _extras(frame, company_id, {txn_id: " ".join(forms.problems(wrong).values())})
        except Refused as refused:
            return _extras(frame, company_id, {txn_id: str(refused)})
        flash(
            phrases.fill(buttons.TAKES_OUT, {})
            if given["action"] == "take_out"
            else words.kept(frame.use.extras.count_open(door.company()))
        )
        return redirect(url_for("resolve.extras", company_id=company_id), 303)

    @blueprint.get("/companies/<company_id>/resolve/missing")
    @needs(Role.VIEWER)
    def missing(company_id: str) -> Answer:
        return _missing(frame, company_id, {})

    @blueprint.post("/companies/<company_id>/resolve/missing", endpoint="reopen_missing")
    @needs(Role.BOOKKEEPER)
    def reopen_missing(company_id: str) -> Answer:
        note = request.form.get("note", "").strip()
        try:
            count = frame.use.review.reopen_missing(door.company(), note=note, by=reader().email)
        except InvalidInput as wrong:
            return _missing(frame, company_id, forms.problems(wrong))
        flash(phrases.count_of(acts.REOPENED, count))
        return redirect(url_for("resolve.show", company_id=company_id), 303)


def _extras(frame: Frame, company_id: str, problems: dict[str, str]) -> Answer:
    page = frame.use.extras.page(door.company(), cursor=request.args.get("cursor", ""))
    names = {
        "take_out": buttons.TAKE_OUT_EXTRA,
        "keep": {
            one.txn_id: phrases.fill(buttons.STANDS_FOR, {"reference": one.payment.reference or ""})
            if one.payment
            else buttons.KEEP_STRANGER
            for one in page.items
        },
    }
    untold = frame.use.needs_you.mark_of_untold(door.company())
    of_payments = _marks(frame, [one.payment.id for one in page.items if one.payment])
    marks = {
        one.txn_id: of_payments.get(one.payment.id, untold) if one.payment else untold
        for one in page.items
    }
    return _listed("resolve_extras.html", company_id, page, problems, names=names, marks=marks)


def _missing(frame: Frame, company_id: str, problems: dict[str, str]) -> Answer:
    page = frame.use.payments.missing(door.company(), cursor=request.args.get("cursor", ""))
    return _listed(
        "resolve_missing.html",
        company_id,
        page,
        problems,
        post_again=buttons.POST_MISSING,
        marks=_marks(frame, [one.id for one in page.items]),
    )


def _marks(frame: Frame, payments: list[str]) -> dict[str, str]:
    """Give what stands before the amounts of some payments (the site's ids)."""
    known = frame.use.needs_you.cards(door.company(), payments)
    return {one: card.mark for one, card in known.items()}


def _listed(
    template: str,
    company_id: str,
    page: paging.Page[Any],
    problems: dict[str, str],
    **named: object,
) -> Answer:
    body = render_template(template, company_id=company_id, page=page, problems=problems, **named)
    return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
