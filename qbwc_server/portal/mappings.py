"""Mapping: what the payment site calls customers and invoices, one by one, proposed, or by file."""

import io
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from qbwc_server.errors import InvalidInput, Refused
from qbwc_server.portal import door, downloads, elsewhere, forms
from qbwc_server.portal.customers import counted
from qbwc_server.portal.door import needs, reader
from qbwc_server.portal.frame import Frame
from qbwc_server.services import mapping_files
from qbwc_server.services.mapping_files import Report
from qbwc_server.services.mappings import Kind, MappingOutcome, What
from sync_core.people import Role
from sync_core.wording import mapping as says
from sync_core.wording.phrases import count_of, fill

Answer = Response | str | tuple[str, int]
# What a page shows of a file: more is mended in the file, not on a page.
SHOWN_MAX = 200


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("mappings", __name__)
    _add_reading(blueprint, frame)
    _add_one_by_one(blueprint, frame)
    _add_many(blueprint, frame)
    frame.add(blueprint)


def _what(word: str) -> What:
    try:
        return What(word)
    except ValueError:
        abort(404)


def _add_reading(blueprint: Blueprint, frame: Frame) -> None:
    @blueprint.get("/companies/<company_id>/mappings/<what>")
    @needs(Role.VIEWER)
    def every(company_id: str, what: str) -> Answer:  # noqa: ARG001 - the door has looked at it
        return _page(frame, _what(what))

    @blueprint.get("/companies/<company_id>/mappings/<what>.csv")
    @needs(Role.VIEWER)
    def export(company_id: str, what: str) -> Answer:  # noqa: ARG001 - the same
        lines = mapping_files.export(frame.use.mappings, door.company(), _what(what))
        return downloads.csv(lines, f"mapped-{_what(what)}")


def _add_one_by_one(blueprint: Blueprint, frame: Frame) -> None:
    words = frame.use.site_words

    @blueprint.post("/companies/<company_id>/mappings/<what>/meaning")
    @needs(Role.BOOKKEEPER)
    def give_meaning(company_id: str, what: str) -> Answer:  # noqa: ARG001 - the same
        meant, word = _what(what), request.form.get("external_id", "")
        called = request.form.get("called", "")
        try:
            words.give_meaning(door.company(), meant, word, called, by=reader().email)
        except InvalidInput as wrong:
            problem = " ".join(forms.problems(wrong).values())
            return _page(frame, meant, problems={f"word {word}": problem}, typed={word: called})
        return _back(meant, fill(says.MAPPED, {"word": word}))

    @blueprint.post("/companies/<company_id>/mappings/<what>/remove")
    @needs(Role.BOOKKEEPER)
    def remove(company_id: str, what: str) -> Answer:  # noqa: ARG001 - the same
        meant, word = _what(what), request.form.get("external_id", "")
        words.forget(door.company(), meant, word, by=reader().email)
        return _back(meant, fill(says.MEANS_NOTHING, {"word": word}))


def _add_many(blueprint: Blueprint, frame: Frame) -> None:
    words = frame.use.site_words

    @blueprint.post("/companies/<company_id>/mappings/<what>/take")
    @needs(Role.BOOKKEEPER)
    def take(company_id: str, what: str) -> Answer:  # noqa: ARG001 - the same
        meant, only = _what(what), request.form.get("only")
        pairs = [
            pair
            for pair in zip(
                request.form.getlist("external_id"),
                request.form.getlist("quickbooks_id"),
                strict=False,
            )
            if only in (None, pair[0])
        ]
        outcomes = words.take(door.company(), meant, pairs, by=reader().email)
        return _back(meant, taken(outcomes))

    @blueprint.post("/companies/<company_id>/mappings/<what>/file")
    @needs(Role.BOOKKEEPER)
    def take_file(company_id: str, what: str) -> Answer:  # noqa: ARG001 - the same
        meant, file = _what(what), request.files.get("file")
        if file is None or not file.filename:
            return _page(frame, meant, problems={"file": says.CHOOSE_A_FILE})
        lines = io.TextIOWrapper(file.stream, encoding="utf-8-sig", errors="replace", newline="")
        try:
            report = mapping_files.import_lines(
                frame.use.mappings,
                door.company(),
                meant,
                lines,
                accept="accept" in request.form,
                by=reader().email,
            )
        except Refused as wrong:
            return _page(frame, meant, problems={"file": str(wrong)})
        return render_template(
            "mapping_file.html", what=meant, report=report, told=told(report), shown_max=SHOWN_MAX
        )


def _page(
    frame: Frame,
    what: What,
    *,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Answer:
    words, company = frame.use.site_words, door.company()
    wrong = dict(problems or {})

    def read(page_of: Callable[..., object], name: str) -> object:
        try:
            return page_of(company, what, cursor=request.args.get(name, ""))
        except InvalidInput as refused:
            wrong["page"] = " ".join(forms.problems(refused).values())
            return page_of(company, what)

    body = render_template(
        "mappings.html",
        what=what,
        sentence=sentence(what, words.count_unmapped(company, what)),
        unmapped=read(words.unmapped, "cursor"),
        mapped=read(words.mapped, "mapped"),
        problems=wrong,
        typed=typed or {},
        elsewhere=elsewhere,
    )
    return body, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _back(what: What, told: str) -> Response:
    flash(told)
    return redirect(elsewhere.there("mappings.every", {"what": what.value}), 303)


def sentence(what: What, unmapped: int) -> str:
    """Say in one sentence what is not mapped."""
    thing = {"thing": what.value[:-1]}
    if not unmapped:
        return fill(says.ALL_MEAN_SOMETHING, thing)
    return count_of(says.UNMAPPED, unmapped, {"many": counted(unmapped).capitalize(), **thing})


def taken(outcomes: list[MappingOutcome]) -> str:
    """Say what became of proposals that were taken."""
    done = sum(one.outcome in (Kind.SET, Kind.SAME) for one in outcomes)
    left = len(outcomes) - done
    return count_of(says.TAKEN, done, {"left": str(left)} if left else {})


def told(report: Report) -> str:
    """Say in one sentence what became of a file."""
    return says.file_read(
        set_now=report.set,
        same=report.same,
        removed=report.removed,
        proposed=len(report.proposed),
        refused=report.refused,
    )
