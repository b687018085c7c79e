"""Connect: the questions about a PC, the steps at it, the line that turns green, the word.

Nothing is kept of how far somebody has come: the page tells it from what the PC has done, so it is
the same page for whoever comes back, or goes on in another browser.
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, Refused
from qbwc_server.portal import door, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services.companies import PlaceView
from qbwc_server.services.connecting import InstallStanding, PlaceStanding
from qbwc_server.services.installs import RUN_EVERY_MINUTES
from sync_core import connecting as rules
from sync_core import connection
from sync_core.connecting import Live, Stage
from sync_core.people import Role
from sync_core.wording import companies as says
from sync_core.wording import connecting as words
from sync_core.wording.connecting import Asked, Only, Question
from sync_core.wording.phrases import fill

Answer = Response | str | tuple[str, int]

_MARK_LENGTH = 12
# What the database can hold has more, and no id or number of minutes comes near it.
DIGITS_MAX = 18


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("connect", __name__)
    _add_page(blueprint, frame)
    _add_word(blueprint, frame)
    frame.add(blueprint)


def _add_page(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/companies/<company_id>/connect")
    @needs(Role.ADMIN)
    def show(company_id: str) -> Answer:
        installs = frame.use.connecting.installs(company_id)
        wanted = request.args.get("install", "")
        if wanted:
            return page(company_id, installs, named(installs, wanted))
        # Whoever comes back without saying which PC goes on with the one that is not through.
        begun = [one for one in installs if one.retired_at is None and not one.is_connected]
        if begun and "new" not in request.args:
            return page(company_id, installs, begun[-1])
        return _questions(company_id, installs)

    @blueprint.post("/companies/<company_id>/connect")
    @needs(Role.ADMIN)
    def add(company_id: str) -> Answer:
        form = request.form
        minutes = form.get("minutes", "")
        label = form.get("label", "") or ("Terminal server" if form.get("server") else "")
        try:
            made = frame.use.installs.add(
                company_id,
                label=label,
                primary=form.get("sync") == "by_itself",
                paired=form.get("password") == "typed",
                run_every_minutes=number(minutes) if minutes else RUN_EVERY_MINUTES,
                install_id=form.get("install", ""),
            )
        except InvalidInput as wrong:
            installs = frame.use.connecting.installs(company_id)
            return _questions(company_id, installs, forms.problems(wrong))
        except Refused:  # the same form once more: its PC is there, and its password was shown
            return redirect(address(company_id, form.get("install", "")), 303)
        installs = frame.use.connecting.installs(company_id)
        return page(company_id, installs, named(installs, made.id), password=made.password)

    @blueprint.get("/companies/<company_id>/connect/live")
    @needs(Role.ADMIN)
    def live(company_id: str) -> Answer:
        installs = frame.use.connecting.installs(company_id)
        install = named(installs, request.args.get("install", ""))
        known = _told(installs, install)
        if request.args.get("seen") == known["mark"]:
            return "", HTTPStatus.NO_CONTENT  # htmx leaves what stands there alone
        return render_template("_connect_live.html", company_id=company_id, is_news=True, **known)


def _add_word(blueprint: Blueprint, frame: Frame) -> None:
    companies = frame.use.companies

    @blueprint.post("/companies/<company_id>/word/place")
    @needs(Role.ADMIN)
    def place(company_id: str) -> Answer:
        place_id, by = number(request.form.get("place", "")), reader().email

        def give() -> str:
            if request.form.get("answer") == "yes":
                told = companies.confirm(company_id, by=by, place_id=place_id)
                return _said(says.CONFIRMED, told)
            return _said(says.DENIED, companies.deny(company_id, by=by, place_id=place_id))

        return _word(give)

    @blueprint.post("/companies/<company_id>/word/ours")
    @needs(Role.ADMIN)
    def ours(company_id: str) -> Answer:
        def give() -> str:
            companies.ours(company_id, by=reader().email)
            return fill(says.OURS, {})

        return _word(give)

    @blueprint.post("/companies/<company_id>/word/no-pc")
    @needs(Role.ADMIN)
    def no_pc(company_id: str) -> Answer:
        def give() -> str:
            company = companies.no_pc_at_work(company_id, by=reader().email)
            return fill(says.POSTS_AGAIN, {"company": company.name})

        return _word(give)


def _said(phrase: str, place: PlaceView) -> str:
    facts = {"company_name_found": place.company_name, "company_file": place.path}
    return fill(phrase, facts)


def _word(give: Callable[[], str]) -> Response:
    """Take a word, and go back to the page that asked for it."""
    try:
        flash(give())
    except Refused as refused:
        flash(str(refused))
    return redirect(door.local(request.form.get("next")), 303)


def address(company_id: str, install_id: str) -> str:
    """Give the address of the steps for a PC."""
    return url_for("connect.show", company_id=company_id, install=install_id)


def named(installs: list[InstallStanding], install_id: str) -> InstallStanding:
    """Give the PC of the company file at hand with an id; 404 when it has none."""
    found = next((one for one in installs if one.id == install_id), None)
    if found is None:
        abort(404)
    return found


def number(text: str) -> int:
    """Read a number from a form; what is none is 0, which no field takes."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else 0


def page(
    company_id: str,
    installs: list[InstallStanding],
    install: InstallStanding,
    *,
    password: str | None = None,
) -> Answer:
    """Show the steps for a PC; with its password, on the one occasion on which it is shown."""
    return render_template(
        "connect.html",
        company_id=company_id,
        company=door.company_file().name,
        before=words.BEFORE,
        sync_user=words.SYNC_USER,
        password=password,
        is_news=False,
        **_told(installs, install),
    )


def asked(install: InstallStanding, place: PlaceStanding) -> Asked:
    """Say what is asked about the company file that a PC opened last."""
    kind = Question.MOVED if place.before else Question.FIRST
    facts = written(install) | {
        "time": reader().preferences.moment(place.last_seen_at),
        "company_file_before": place.before,
    }
    return rules.question(Question.DENIED if place.is_denied else kind, facts)


def written(install: InstallStanding) -> dict[str, str]:
    """Write the facts of a PC as this reader is shown them."""
    prefer = reader().preferences
    return {
        name: prefer.moment(fact) if isinstance(fact, datetime) else fact
        for name, fact in install.facts.items()
    }


def _told(installs: list[InstallStanding], install: InstallStanding) -> dict[str, object]:
    """Tell the steps, the live line, what is asked and what goes wrong, for a template.

    `mark` changes when any of it does.
    """
    facts = written(install)
    others = [one for one in installs if one.id != install.id]
    only = frozenset(
        {
            Only.SECOND if any(one.is_connected for one in others) else Only.FIRST,
            Only.BY_ITSELF if install.primary else Only.BY_HAND,
            Only.PAIRED if install.paired else Only.MADE,
        }
    )
    happening, folded = rules.troubles(install.trouble, facts)
    steps: tuple[str, ...] = ()
    if install.live is Live.NOT_LET_IN and install.met is not None and not happening:
        steps = connection.told(install.met, facts).steps
    line = rules.line(install.live, facts)
    place = install.place
    state = f"{line} {install.stage} {place} {happening}"
    return {
        "install": install,
        "told": rules.steps(install.stage, only, facts),
        "line": line,
        "asked": asked(install, place) if place else None,
        "happening": happening,
        "what_to_do": steps,
        "folded": folded,
        "is_over": install.stage is Stage.DONE or install.retired_at is not None,
        "mark": hashlib.sha256(state.encode()).hexdigest()[:_MARK_LENGTH],
    }


def _questions(
    company_id: str, installs: list[InstallStanding], problems: dict[str, str] | None = None
) -> Answer:
    by_itself = [one.label for one in installs if one.primary and one.retired_at is None]
    body = render_template(
        "connect_new.html",
        company_id=company_id,
        company=door.company_file().name,
        before=words.BEFORE,
        by_itself=by_itself,
        install_id=request.form.get("install") or str(uuid.uuid4()),
        given=request.form,
        minutes=RUN_EVERY_MINUTES,
        problems=problems or {},
    )
    return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
