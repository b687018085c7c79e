"""Settings > Integrations > QuickBooks: all company files, and one with its PCs and settings."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.portal import connect, door, forms, writing
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.services.company_settings import SETTINGS
from qbwc_server.services.connecting import CompanyCards, CompanyStanding
from qbwc_server.services.tokens import NewToken
from qbwc_server.services.troubles import TroublesView
from sync_core import connecting as rules
from sync_core.connecting import Live
from sync_core.people import Role
from sync_core.trouble import Kind
from sync_core.trouble import Standing as Stands
from sync_core.wording import companies as says
from sync_core.wording.connecting import STATES, Question
from sync_core.wording.obstacle import STANDINGS
from sync_core.wording.phrases import count_of, fill

Answer = Response | str | tuple[str, int]

# The settings as the page groups them; pausing stands among what is dangerous.
GROUPS = (
    ("What is read from QuickBooks", ("sync_from",)),
    ("What is written in QuickBooks", ("deposit_to", "reference_prefix", "add_payment_methods")),
    ("When a person is asked", ("hold_look_alikes", "use_twins", "yes_to_first")),
    ("Names and people", ("name", "contacts")),
)

# Problems that are questions of this page.
ASKED = (Kind.NEW_PLACE, Kind.OTHER_BOOKS)
# What says more of a PC than how its last syncs went.
TOLD_NOW = (Live.PAUSED, Live.RUNNING, Live.ASKS)
STOPPED = (Stands.TROUBLE, Stands.SILENT)


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("integrations", __name__)
    _add_list(blueprint, frame)
    _add_view(blueprint, frame)
    _add_deeds(blueprint, frame)
    _add_tokens(blueprint, frame)
    frame.add(
        blueprint,
        Entry(place=Place.SETTINGS, label="Settings", endpoint="integrations.every"),
    )


def _add_list(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/settings/integrations")
    @needs(Role.VIEWER)
    def every() -> Answer:
        search = request.args.get("q", "")
        try:
            found = frame.use.connecting.every(
                reader().companies, search=search, cursor=request.args.get("cursor", "")
            )
        except InvalidInput:
            abort(404)
        return render_template(
            "integrations.html",
            cards=found.page.items,
            next_cursor=found.page.next_cursor,
            search=search,
            is_first_page="cursor" not in request.args,
            count=found.count,
            sentence=list_sentence(found),
            may_add=_may_add(),
        )

    @blueprint.get("/settings/integrations/add")
    @needs(Role.ADMIN)
    def ask() -> Answer:
        if not _may_add():
            abort(403)
        return render_template("company_add.html", problems={}, given={}, means=SETTINGS)

    @blueprint.post("/settings/integrations/add")
    @needs(Role.ADMIN)
    def add() -> Answer:
        if not _may_add():
            abort(403)
        form = request.form
        try:
            made = frame.use.companies.add(
                form.get("name", ""), sync_from=form.get("sync_from", "")
            )
        except InvalidInput as wrong:
            page = render_template(
                "company_add.html", problems=forms.problems(wrong), given=form, means=SETTINGS
            )
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        flash(fill(says.ADDED, {"company": made.name}))
        return redirect(url_for("connect.show", company_id=made.id), 303)


def _may_add() -> bool:
    """Say whether this person may add company files: whoever sees only some would not see it."""
    return reader().role.reaches(Role.ADMIN) and reader().companies is None


def _add_view(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/companies/<company_id>/quickbooks")
    @needs(Role.VIEWER)
    def view(company_id: str) -> Answer:
        return _page(frame, company_id)

    @blueprint.post("/companies/<company_id>/quickbooks/settings")
    @needs(Role.ADMIN)
    def save(company_id: str) -> Answer:
        names = [name for _, group in GROUPS for name in group]
        before = frame.use.connecting.show(company_id).company.settings
        given = {name: request.form.get(name, "") for name in names}
        # A box that is not checked is not sent.
        texts = {
            name: (given[name] or "no") if isinstance(before[name].value, bool) else given[name]
            for name in names
        }
        try:
            frame.use.companies.set(company_id, texts)
        except InvalidInput as wrong:
            return _page(frame, company_id, problems=forms.problems(wrong), given=texts)
        return _back(company_id, says.SAVED)


def _add_deeds(blueprint: Blueprint, frame: Frame) -> None:
    companies = frame.use.companies

    @blueprint.post("/companies/<company_id>/quickbooks/pause")
    @needs(Role.ADMIN)
    def pause(company_id: str) -> Answer:
        paused = request.form.get("paused", "") == "yes"
        companies.set(company_id, {"paused": "yes" if paused else "no"})
        return _back(company_id, says.IS_PAUSED_NOW if paused else says.IS_RESUMED)

    @blueprint.post("/companies/<company_id>/quickbooks/read-again")
    @needs(Role.ADMIN)
    def read_again(company_id: str) -> Answer:
        company = companies.read_again(company_id)
        return _back(company_id, fill(says.READS_AGAIN, {"company": company.name}))


def _add_tokens(blueprint: Blueprint, frame: Frame) -> None:
    tokens = frame.use.tokens

    @blueprint.post("/companies/<company_id>/tokens")
    @needs(Role.ADMIN)
    def add_token(company_id: str) -> Answer:
        label = request.form.get("token_label", "")
        try:
            made = tokens.add(company_id, label=label)
        except InvalidInput as wrong:
            problems = {"token_label": forms.problems(wrong)["label"]}
            return _page(frame, company_id, problems=problems)
        return _page(frame, company_id, token=made)

    @blueprint.post("/companies/<company_id>/tokens/<token_id>/revoke")
    @needs(Role.ADMIN)
    def revoke_token(company_id: str, token_id: str) -> Answer:
        own = {token.id for token in frame.use.connecting.show(company_id).tokens}
        if token_id not in own:
            abort(404)
        try:
            tokens.revoke(token_id)
        except NotFound:
            abort(404)
        return _back(company_id, says.TOKEN_REVOKED)


def _page(
    frame: Frame,
    company_id: str,
    *,
    problems: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
    token: NewToken | None = None,
) -> Answer:
    standing = frame.use.connecting.show(company_id)
    troubles = frame.use.troubles.of(door.company(), show=writing.show)
    company = {"company": standing.company.name}
    stands = _stands(standing, troubles)
    body = render_template(
        "integration.html",
        company_id=standing.company.id,
        standing=standing,
        sentence=sentence(standing, stands),
        schedule=schedule(standing),
        states=STATES,
        stands=stands,
        standings=STANDINGS,
        questions=[
            (install.place, connect.asked(install, install.place))
            for install in standing.in_use
            if install.place
        ],
        doubted=rules.question(Question.DOUBTED, company),
        restored=rules.question(Question.RESTORED, company),
        groups=GROUPS,
        labels={name: setting.label for name, setting in SETTINGS.items()},
        texts=_texts(standing) | (given or {}),
        problems=problems or {},
        token=token,
        troubles=[one for one in troubles.items if one.kind not in ASKED],
    )
    return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _stands(standing: CompanyStanding, troubles: TroublesView) -> dict[str, Stands]:
    """Say how each PC stands that was connected, unless more is known of what it does now."""
    connected = {
        install.id
        for install in standing.in_use
        if install.is_connected and install.live not in TOLD_NOW
    }
    return {one.id: one.standing for one in troubles.installs if one.id in connected}


def _texts(standing: CompanyStanding) -> dict[str, str]:
    """Write the settings as a form sends them."""
    texts = {}
    for name, setting in standing.company.settings.items():
        value = setting.value
        if isinstance(value, bool):
            texts[name] = "yes" if value else "no"
        else:
            texts[name] = value.isoformat() if isinstance(value, date) else value or ""
    return texts


def _back(company_id: str, told: str) -> Response:
    flash(told)
    return redirect(url_for("integrations.view", company_id=company_id), 303)


def list_sentence(found: CompanyCards) -> str:
    """Say in one sentence how the company files stand."""
    if not found.count:
        return says.NONE_HERE
    left = found.count - found.connected
    if found.count == 1:
        return says.ONE_IS_NOT if left else says.ONE_IS_CONNECTED
    if not left:
        return fill(says.ALL_CONNECTED, {"count": str(found.count)})
    facts = {"of": str(found.count), "left": str(left)}
    return count_of(says.SOME_CONNECTED, found.connected, facts)


def sentence(standing: CompanyStanding, stands: Mapping[str, Stands]) -> str:
    """Say in one sentence how it stands with the connection of a company file."""
    if standing.paused:
        phrase = says.IS_PAUSED
    elif standing.asks or standing.doubted or standing.is_restored:
        phrase = says.NEEDS_A_WORD
    elif not standing.is_connected:
        phrase = says.NOT_CONNECTED
    elif not standing.in_use:
        phrase = says.NO_PC_LEFT
    else:
        return _at_work(standing, stands)
    return fill(phrase, {"company": standing.company.name})


def _at_work(standing: CompanyStanding, stands: Mapping[str, Stands]) -> str:
    name = standing.company.name
    stopped = [one for one in standing.in_use if stands.get(one.id) in STOPPED]
    if len(stopped) == 1:
        (pc,) = stopped
        is_silent = stands[pc.id] is Stands.SILENT
        phrase = says.PC_SILENT if is_silent else says.PC_NOT_THROUGH
        return fill(phrase, {"company": name, "pc": pc.label})
    if stopped:
        counts = {"count": str(len(stopped)), "of": str(len(standing.in_use))}
        return fill(says.PCS_NOT_THROUGH, {"company": name, **counts})
    own = [install for install in standing.in_use if install.primary]
    if not own:
        return fill(says.BY_HAND, {"who": name})
    return fill(says.BY_ITSELF, {"who": name, "minutes": minutes(own[0].run_every_minutes)})


def schedule(standing: CompanyStanding) -> str:
    """Say what the schedule means."""
    own = [install for install in standing.in_use if install.primary]
    if not standing.in_use:
        return says.NO_PC
    if not own:
        return says.NONE_BY_ITSELF
    first, *others = own
    facts = {"pc": first.label, "minutes": minutes(first.run_every_minutes)}
    if others:
        named = ", ".join(install.label for install in others)
        facts["others"] = count_of(says.ONE_IS_ENOUGH, len(others), {"others": named})
    return fill(says.ONE_BY_ITSELF, facts)


def minutes(count: int) -> str:
    """Write a number of minutes."""
    return count_of(says.MINUTES, count)
