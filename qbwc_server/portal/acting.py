"""Acting on one payment: what an action will do, what it needs to be told, and doing it."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound, Refused
from qbwc_server.portal import cards, door, forms, writing
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services.actions import Action
from qbwc_server.services.needs_you import Card
from qbwc_server.services.payment_input import PARTS_MAX
from qbwc_server.services.previews import PreviewView
from sync_core import words
from sync_core.people import Role
from sync_core.wording import acts
from sync_core.wording.buttons import WHY_NOT

Form = MultiDict[str, str]
Answer = Response | tuple[str, int]

# Those that ask "Why?", and those that want a sentence of the person's own.
ASK_WHY = (Action.DISMISS, Action.WITHDRAW)
_ASK_NOTE = (Action.SETTLE_POSTED, Action.SETTLE_NOT_POSTED, Action.REOPEN)
# What has to be chosen before it can be said what will stand in QuickBooks.
_CHOICES = {
    Action.CHOOSE_INVOICE: ("invoice", "Use this invoice"),
    Action.CHOOSE_CUSTOMER: ("customer", "Use this customer"),
    Action.CHOOSE_METHOD: ("method", "Use this method"),
}
# Those that name entries in QuickBooks, one or several.
NAME_ENTRIES = (
    *(Action.LINK, Action.DISMISS, Action.WITHDRAW),
    *(Action.SETTLE_POSTED, Action.TAKE_OUT_EXTRA),
)
# How QuickBooks writes a TxnID: the moment it was made, and a count (Intuit's samples; observed).
_TXN_ID = re.compile(r"[0-9A-Fa-f]{1,8}-[0-9]{1,10}")
_POSITIONS = frozenset(map(str, range(PARTS_MAX)))
# Stands for a note that is not written yet, while only what would happen is asked.
NOT_WRITTEN_YET = "-"


def add_to(blueprint: Blueprint, frame: Frame) -> None:
    """Mount the page."""

    @blueprint.route("/companies/<company_id>/payment/act", methods=["GET", "POST"])
    @needs(Role.BOOKKEEPER)
    def act(company_id: str) -> Answer:
        try:
            action = Action(request.values.get("action", ""))
            card = _card(frame)
        except (NotFound, ValueError):
            abort(404)
        if action not in card.acts:
            return _too_late(company_id, card, action)
        if request.method == "POST":
            return _do(frame, company_id, card, action)
        return _page(frame, company_id, card, action, request.args)


def _card(frame: Frame) -> Card:
    wanted = request.values.get("id", "")
    return frame.use.needs_you.card(door.company(), wanted, by=reader().email)


def _do(frame: Frame, company_id: str, card: Card, action: Action) -> Answer:
    form = request.form.copy()
    meant = _by_number(frame, action, form)
    if isinstance(meant, str):
        return _page(frame, company_id, card, action, form, problems={"txn_id": meant})
    form.setlist("entry", [*meant, *form.getlist("entry")])
    try:
        frame.use.review.act(
            door.company(),
            card.id,
            given_by(action, form),
            by=reader().email,
            show=writing.marked(card.mark),
        )
    except NotFound:
        abort(404)
    except InvalidInput as wrong:
        return _page(frame, company_id, card, action, form, problems=forms.problems(wrong))
    except Refused as refused:
        now = _card(frame)
        if action not in now.acts:
            return _too_late(company_id, now, action)
        return _page(frame, company_id, now, action, form, problems={"": str(refused)})
    now = _card(frame)
    if action is not Action.UNDO and Action.UNDO in now.acts:
        query: dict[str, Any] = {"id": now.id, "action": Action.UNDO.value}
        # A message of the kind that is an address has a button to take back what it tells.
        flash(_done(now, action), url_for("resolve.act", company_id=company_id, **query))
    else:
        flash(_done(now, action))
    return redirect(back(company_id), 303)


def _by_number(frame: Frame, action: Action, form: Form) -> list[str] | str:
    """Give the entry (TxnID) that is meant by a number typed; or say why that is not clear."""
    typed = form.get("entry_number", "").strip()
    if not typed or action not in NAME_ENTRIES:
        return []
    found = [entry.txn_id for entry in frame.use.choices.named(door.company(), typed)]
    if set(found) & set(form.getlist("entry")):  # one of several was picked since
        return []
    if len(found) > 1:
        return acts.SEVERAL_NUMBERED.format(count=len(found), named=typed)
    if not found and not _TXN_ID.fullmatch(typed):
        return acts.NO_ENTRY_NUMBERED.format(named=typed)
    return found or [typed.upper()]


def back(company_id: str) -> str:
    """Give the address that acting comes back to: the one it came from, or Resolve."""
    where = door.local(request.values.get("next"))
    return url_for("resolve.show", company_id=company_id) if where == "/" else where


def given_by(action: Action, form: Form) -> dict[str, Any]:
    """Read a form as the use case takes it; what is blank is not given."""
    given: dict[str, Any] = {"action": action.value}
    why, note = WHY_NOT.get(form.get("why", ""), ""), form.get("note", "").strip()
    if why or note:
        given["note"] = f"{why}: {note}" if why and note else why or note
    named = [one for one in form.getlist("entry") if one]
    if action in NAME_ENTRIES and named:
        given |= {"txn_id": named[0], "txn_ids": named[1:]}
    for name, kind in (("number", "number"), ("invoice", "txn_id")):
        if form.get(name, "").strip():
            given["invoice"] = {kind: form[name].strip()}
    for name in ("customer", "method"):
        if form.get(name):
            given[name] = {"list_id": form[name]}
    if form.get("position") in _POSITIONS:
        given["position"] = int(form["position"])
    if form.get("remember"):
        given["remember"] = True
    return given


def _page(
    frame: Frame,
    company_id: str,
    card: Card,
    action: Action,
    form: Form,
    *,
    problems: Mapping[str, str] | None = None,
) -> Answer:
    """Show what an action will do, what it needs, and what was wrong with what it was told."""
    show = writing.marked(card.mark)
    given = given_by(action, form)
    # What is never sent has nothing to show.
    preview, doubts = (None, {}) if action in ASK_WHY else _preview(frame, card, given)
    chosen = _CHOICES[action][0] if action in _CHOICES else ""
    # What was not said yet is no fault, but for what has to be asked besides.
    told = {
        name: sentence
        for name, sentence in doubts.items()
        if name in given or name in ("", "position")
    } | dict(problems or {})
    said = words.button(action, card.facts, cause=card.cause, variant=card.variant, show=show)
    page = render_template(
        "act.html",
        company_id=company_id,
        shown=cards.shown(company_id, card, back=back(company_id)),
        action=action,
        said=said,
        label=_CHOICES[action][1] if chosen else said.on_card,
        preview=preview,
        problems={name.partition("/")[0]: sentence for name, sentence in told.items()},
        form=form,
        chosen=chosen,
        asks_why=action in ASK_WHY,
        asks_note=action in _ASK_NOTE,
        why_not=WHY_NOT,
        back=back(company_id),
        **_choices(frame, card, action, form, doubts),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _preview(
    frame: Frame, card: Card, given: Mapping[str, Any]
) -> tuple[PreviewView | None, dict[str, str]]:
    """Ask what an action would do; or what is missing or wrong, by field."""
    note = given.get("note") or NOT_WRITTEN_YET
    try:
        shown = frame.use.review.act(
            door.company(),
            card.id,
            {**given, "note": note, "preview": True},
            by=reader().email,
            show=writing.marked(card.mark),
        )
    except InvalidInput as wrong:
        return None, forms.problems(wrong)
    except Refused as refused:
        return None, {"": str(refused)}
    return shown, {}


def _choices(
    frame: Frame, card: Card, action: Action, form: Form, doubts: Mapping[str, str]
) -> dict[str, Any]:
    """List what can be picked for an action."""
    company, use = door.company(), frame.use
    if action is Action.CHOOSE_INVOICE:
        parts = use.payments.show(company, card.id).apply if "position" in doubts else []
        return {
            "invoices": use.choices.invoices(company, card.id),
            "parts_of_it": parts,
        }
    if action is Action.CHOOSE_CUSTOMER:
        return {"customers": use.choices.customers(company, form.get("q", ""))}
    if action is Action.CHOOSE_METHOD:
        return {"methods": use.choices.methods(company)}
    if action is Action.TAKE_OUT_EXTRA:
        extras = use.extras.page(company).items
        return {"extras": [one for one in extras if one.payment and one.payment.id == card.id]}
    if action in NAME_ENTRIES:
        entries = use.choices.entries(company, card.id)
        if form.get("entry_number"):
            known = {one.txn_id for one in entries}
            named = use.choices.named(company, form["entry_number"])
            entries += [one for one in named if one.txn_id not in known]
        found = [] if action in ASK_WHY else [one.txn_id for one in entries if one.is_found]
        return {"entries": entries, "picked": form.getlist("entry") or found}
    return {}


def _too_late(company_id: str, card: Card, action: Action) -> Answer:
    """Say that an action does not fit a payment any more, and show what does."""
    page = render_template(
        "act_too_late.html",
        shown=cards.shown(company_id, card, back=back(company_id)),
        name=words.button(action, card.facts).name,
        back=back(company_id),
    )
    # Whoever only looked did nothing wrong.
    return page, HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK


def _done(card: Card, action: Action) -> str:
    """Say what an act has done."""
    if action is Action.UNDO:
        what = "taken_back"
    elif action is Action.TAKE_OUT_EXTRA:
        what = "take_out"
    elif card.is_hidden:
        what = "deleted"
    else:
        what = card.status.value
    return words.done(what, card.facts, show=writing.marked(card.mark))
