"""Acting on several payments at once: first the count, the sum and what is left out, then doing it.

Nothing is redirected: the page that says what was done keeps the way back of all of it.
"""

from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import acting, cards, door, forms, writing
from qbwc_server.portal.cards import TOGETHER
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services import actions
from qbwc_server.services.actions import Action
from qbwc_server.services.needs_you import TOGETHER_MAX, Card
from qbwc_server.services.review import Acted, ActedView, BulkActedView
from sync_core import words
from sync_core.people import Role
from sync_core.wording import acts, phrases
from sync_core.wording.buttons import WHY_NOT

Answer = Response | str | tuple[str, int]

# What those have alike that one remedy settles, as fields of a form.
_ALIKE = ("cause", "variant", "method")


def add_to(blueprint: Blueprint, frame: Frame) -> None:
    """Mount the page."""

    @blueprint.post("/companies/<company_id>/resolve/several")
    @needs(Role.BOOKKEEPER)
    def several(company_id: str) -> Answer:
        word = request.form.get("action", "")
        if word not in (*TOGETHER, Action.UNDO):
            abort(404)
        ids, count = _ids(frame)
        if not ids:
            flash(acts.CHECK_FIRST)
            return redirect(acting.back(company_id), 303)
        return _several(frame, company_id, Action(word), ids, count)


def _ids(frame: Frame) -> tuple[list[str], int]:
    """Read which payments are meant, and of how many they are the first.

    Those checked, or as many as can be of those that one remedy settles.
    """
    checked = list(dict.fromkeys(request.form.getlist("id")))[:TOGETHER_MAX]
    if checked or "cause" not in request.form:
        return checked, len(checked)
    return _ids_alike(frame)


def _ids_alike(frame: Frame) -> tuple[list[str], int]:
    try:
        return frame.use.needs_you.ids(
            door.company(), *(request.form.get(name, "") for name in _ALIKE)
        )
    except NotFound:  # somebody else was quicker
        return [], 0


def _are_left(frame: Frame) -> int:
    """Count what one remedy settles and is not done yet; 0 where it is not about all of them."""
    if "cause" not in request.form:
        return 0
    return _ids_alike(frame)[1]


def _several(frame: Frame, company_id: str, action: Action, ids: list[str], count: int) -> Answer:
    given = {**acting.given_by(action, request.form), "ids": ids}
    problems: dict[str, str] = {}
    known = frame.use.needs_you.cards(door.company(), ids)
    shows = {one: writing.marked(card.mark) for one, card in known.items()}
    if request.form.get("sure"):
        try:
            told = frame.use.review.act_on_all(
                door.company(), given, by=reader().email, shows=shows
            )
        except InvalidInput as wrong:
            problems = forms.problems(wrong)
            count = max(count, _are_left(frame))  # what is checked is no more than the first of it
        else:
            return _page(frame, company_id, action, told, known, {}, left=_are_left(frame))
    # What is wrong with the note is told beside it; what would be done does not depend on it.
    asked = {**given, "note": acting.NOT_WRITTEN_YET, "preview": True}
    try:
        told = frame.use.review.act_on_all(door.company(), asked, by=reader().email, shows=shows)
    except InvalidInput:
        abort(400)
    return _page(frame, company_id, action, told, known, problems, left=count)


def _page(
    frame: Frame,
    company_id: str,
    action: Action,
    told: BulkActedView,
    known: Mapping[str, Card],
    problems: Mapping[str, str],
    *,
    left: int,
) -> Answer:
    """Show what would be done about which, or was; `left` is how many there are (still) in all."""
    done = [item for item in told.items if item.outcome is Acted.DONE]
    sentences = {item.sentence for item in done}
    said = words.button(action, {})
    total = Counter({_mark(known): 0})
    for item in done:
        total[known[item.id].mark] += known[item.id].amount_cents
    if action in acting.ASK_WHY:
        sentences = {said.says}
    page = render_template(
        "several.html",
        company_id=company_id,
        action=action,
        said=said,
        told=told,
        done=done,
        left_out=_left_out(frame, action, told, known),
        left=left,
        alike_by={name: request.form[name] for name in _ALIKE if name in request.form},
        alike=sentences.pop() if len(sentences) == 1 else "",
        cards=known,
        total=writing.amounts(total),
        problems=problems,
        asks_why=action in acting.ASK_WHY,
        why_not=WHY_NOT,
        form=request.form,
        back=acting.back(company_id),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _left_out(
    frame: Frame, action: Action, told: BulkActedView, known: Mapping[str, Card]
) -> list[tuple[ActedView, str]]:
    """List what is left out, each with the reason as a person reads it."""
    left = [item for item in told.items if item.outcome is not Acted.DONE]
    now = known
    if left and not told.preview:  # it may stand otherwise than when it was asked
        now = frame.use.needs_you.cards(door.company(), [item.id for item in left])
    return [(item, _why_left(action, item, now.get(item.id))) for item in left]


def _why_left(action: Action, item: ActedView, card: Card | None) -> str:
    if card is None or not actions.is_refusal(action, item.sentence or ""):
        return item.sentence or ""

    def name(one: Action) -> str:
        return words.button(one, card.facts, cause=card.cause, variant=card.variant).name

    told = {"label": cards.label(card), "action": name(action)}
    fits = ", ".join(name(one) for one in card.acts)
    return phrases.fill(acts.NOT_OFFERED, told | ({"now": fits} if fits else {}))


def _mark(known: Mapping[str, Card]) -> str:
    """Give the mark that all amounts have, "" where they are of several currencies."""
    marks = {card.mark for card in known.values()}
    return marks.pop() if len(marks) == 1 else ""
