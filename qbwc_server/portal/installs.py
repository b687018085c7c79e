"""One PC of a company file: its name and schedule, a new password, renewing and retiring it."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, Refused
from qbwc_server.portal import connect, forms
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services.connecting import InstallStanding
from sync_core import connecting as rules
from sync_core.people import Role
from sync_core.wording import companies
from sync_core.wording.connecting import STATES
from sync_core.wording.phrases import fill

Answer = Response | str | tuple[str, int]


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("installs", __name__)
    _add_page(blueprint, frame)
    _add_deeds(blueprint, frame)
    frame.add(blueprint)


def _add_page(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/companies/<company_id>/installs/<install_id>")
    @needs(Role.VIEWER)
    def show(company_id: str, install_id: str) -> Answer:
        return _page(frame, company_id, install_id)

    @blueprint.post("/companies/<company_id>/installs/<install_id>")
    @needs(Role.ADMIN)
    def change(company_id: str, install_id: str) -> Answer:
        def save() -> Answer:
            frame.use.installs.change(
                install_id,
                label=request.form.get("label", ""),
                primary=request.form.get("sync") == "by_itself",
                run_every_minutes=connect.number(request.form.get("minutes", "")),
            )
            flash(companies.PC_CHANGED)
            return redirect(_address(company_id, install_id), 303)

        return _do(frame, company_id, install_id, save, field="label")


def _add_deeds(blueprint: Blueprint, frame: Frame) -> None:
    use = frame.use

    @blueprint.post("/companies/<company_id>/installs/<install_id>/password")
    @needs(Role.ADMIN)
    def new_password(company_id: str, install_id: str) -> Answer:
        def make() -> Answer:
            made = use.installs.new_password(install_id, by=reader().email)
            return _steps(frame, company_id, made.id, made.password)

        return _do(frame, company_id, install_id, make, field="deed")

    @blueprint.post("/companies/<company_id>/installs/<install_id>/renew")
    @needs(Role.ADMIN)
    def renew(company_id: str, install_id: str) -> Answer:
        def make() -> Answer:
            made = use.installs.renew(install_id, by=reader().email)
            return _steps(frame, company_id, made.id, made.password)

        return _do(frame, company_id, install_id, make, field="deed")

    @blueprint.post("/companies/<company_id>/installs/<install_id>/retire")
    @needs(Role.ADMIN)
    def retire(company_id: str, install_id: str) -> Answer:
        def end() -> Answer:
            retired = use.installs.retire(install_id, by=reader().email)
            flash(fill(companies.RETIRED, {"pc": retired.label}))
            return redirect(url_for("integrations.view", company_id=company_id), 303)

        return _do(frame, company_id, install_id, end, field="deed")


def _do(
    frame: Frame, company_id: str, install_id: str, deed: Callable[[], Answer], *, field: str
) -> Answer:
    """Do something about a PC of this company file; what is refused is told beside its form."""
    connect.named(frame.use.connecting.installs(company_id), install_id)
    try:
        return deed()
    except InvalidInput as wrong:
        return _page(frame, company_id, install_id, forms.problems(wrong))
    except Refused as refused:
        return _page(frame, company_id, install_id, {field: str(refused)})


def _page(
    frame: Frame, company_id: str, install_id: str, problems: dict[str, str] | None = None
) -> Answer:
    installs = frame.use.connecting.installs(company_id)
    install = connect.named(installs, install_id)
    body = render_template(
        "install.html",
        company_id=company_id,
        install=install,
        line=rules.line(install.live, connect.written(install)),
        question=connect.asked(install, install.place) if install.place else None,
        states=STATES,
        given=request.form if problems else _given(install),
        problems=problems or {},
    )
    return body, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _given(install: InstallStanding) -> dict[str, str]:
    return {
        "label": install.label,
        "sync": "by_itself" if install.primary else "by_hand",
        "minutes": str(install.run_every_minutes),
    }


def _steps(frame: Frame, company_id: str, install_id: str, password: str | None) -> Answer:
    """Show the steps with a new password; the address of the form shows them too, without it."""
    installs = frame.use.connecting.installs(company_id)
    install = connect.named(installs, install_id)
    return connect.page(company_id, installs, install, password=password)


def _address(company_id: str, install_id: str) -> str:
    return url_for("installs.show", company_id=company_id, install_id=install_id)
