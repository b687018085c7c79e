"""The overview: how it stands with a company file, or with several."""

import hashlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from markupsafe import Markup

from qbwc_server.portal import cards, chart, company_pages, door, writing
from qbwc_server.portal.door import needs, reader, visit
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.portal.payment_sentences import NOTHING_YET, needs_you, of_month
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.overview import Became, Several, Standing, Sum
from qbwc_server.services.troubles import TroubleView
from sync_core.lifecycle import PaymentStatus
from sync_core.people import Role
from sync_core.wording import companies, payments
from sync_core.wording import needs_you as says
from sync_core.wording.obstacle import STANDINGS
from sync_core.wording.phrases import count_of, fill

# So many of the newest payments the page shows, and of those that were refused.
NEWEST, REFUSED = 10, 3
# Enough to tell one state of the page from another.
_MARK_LENGTH = 16

LABELS = {
    Became.IN_QUICKBOOKS: "In QuickBooks",
    Became.NEEDS_YOU: "Needs you",
    Became.WAITING: "Waiting",
    Became.NOT_KNOWN: "Being checked",
    Became.SET_ASIDE: "Set aside",
}

Answer = str | tuple[str, int]


def register(frame: Frame) -> None:
    """Mount the pages."""
    blueprint = Blueprint("overview", __name__)
    use = frame.use

    @blueprint.get("/")
    @needs(Role.VIEWER)
    def show() -> str:
        found = company_pages.choice(use.access)
        if found.here is not None and len(found.offered) == 1 and not found.has_more:
            g.company = found.here
            return of_company()
        return every()

    @blueprint.get("/companies")
    @needs(Role.VIEWER)
    def every() -> str:
        search, only_needing = request.args.get("search", ""), bool(request.args.get("needing"))
        several = use.overview.of_several(
            reader().companies,
            search=search,
            only_needing=only_needing,
            cursor=request.args.get("cursor", ""),
        )
        return render_template(
            "companies.html",
            several=several,
            sentence=sentence_of_several(several),
            search=search,
            only_needing=only_needing,
            labels=LABELS,
        )

    @blueprint.get("/companies/<company_id>")
    @needs(Role.VIEWER)
    def of_company(company_id: str = "") -> str:  # noqa: ARG001 - the door has looked at it
        here = request.full_path.rstrip("?")
        refused = use.needs_you.newest(door.company(), [PaymentStatus.REJECTED], REFUSED)
        paused, many_refused = use.needs_you.notices(door.company())
        told = _told(use, back=here)
        return render_template(
            "overview.html",
            **told,
            refused=[cards.shown(told["company_id"], card, back=here) for card in refused.cards],
            paused=paused,
            many_refused=many_refused,
        )

    @blueprint.get("/companies/<company_id>/live")
    @needs(Role.VIEWER)
    def live(company_id: str) -> Answer:
        told = _told(use, back=url_for("overview.of_company", company_id=company_id))
        if request.args.get("seen") == told["mark"]:
            return "", HTTPStatus.NO_CONTENT  # htmx leaves what stands there alone
        return render_template("_overview_live.html", **told)

    frame.add(
        blueprint,
        Entry(
            place=Place.OVERVIEW, label="Overview", endpoint="overview.of_company", of_company=True
        ),
    )


def _told(use: UseCases, *, back: str) -> dict[str, Any]:
    """Give what the page shows and asks for anew by itself; `mark` changes when any of it does."""
    company, company_id = door.company(), door.company_file().uuid
    standing = use.overview.of_company(company, reader().preferences.today(visit().now))
    newest = use.needs_you.newest(company, list(PaymentStatus), NEWEST)
    needing = use.needs_you.count(company)
    troubles = use.troubles.of(company, show=writing.marked(newest.mark))
    told: dict[str, Any] = {
        "company_id": company_id,
        "standing": standing,
        "counts": counts(standing, needing),
        "bars": chart.bars(standing.days),
        "chart": chart,
        "labels": LABELS,
        "newest": [cards.shown(company_id, card, back=back) for card in newest.cards],
        "troubles": troubles,
        "needing": needing,
        "standings": STANDINGS,
        "sentence": sentence(standing, needing, troubles.items, has_any=bool(newest.cards)),
    }
    moving = render_template("_overview_moving.html", **told) if newest.cards else ""
    shown = repr([told["sentence"], told["counts"], moving])
    mark = hashlib.sha256(shown.encode()).hexdigest()[:_MARK_LENGTH]
    return {**told, "moving": Markup(moving), "mark": mark}  # noqa: S704 - a template wrote it


def counts(standing: Standing, needing: int) -> list[tuple[str, Became, Sum]]:
    """List the four counts that the page begins with; `needing` counts more than payments."""
    opened = dict(standing.open)
    need = opened.get(Became.NEEDS_YOU, Sum())
    opened[Became.NEEDS_YOU] = Sum(needing, need.sums)
    return [
        (
            "In QuickBooks this month",
            Became.IN_QUICKBOOKS,
            standing.month.get(Became.IN_QUICKBOOKS, Sum()),
        ),
        *(
            (label, became, opened.get(became, Sum()))
            for label, became in (
                ("Waiting for a sync", Became.WAITING),
                ("Need you", Became.NEEDS_YOU),
                ("Being checked", Became.NOT_KNOWN),
            )
        ),
    ]


def sentence(
    standing: Standing, needing: int, troubles: Sequence[TroubleView], *, has_any: bool
) -> str:
    """Say in one sentence how the payments of a company file stand, and what needs a person.

    `has_any`: a payment has arrived, ever.
    """
    if not has_any:
        return f"{NOTHING_YET} {says.NO_SYNC}." if troubles else NOTHING_YET
    month, opened = standing.month, standing.open
    total = sum(one.count for one in month.values())
    there = month.get(Became.IN_QUICKBOOKS, Sum()).count
    told = of_month(there, total) if total else says.NONE_THIS_MONTH
    need = says.NO_SYNC if troubles and not needing else needs_you(needing)
    parts = {"waiting": Became.WAITING, "checked": Became.NOT_KNOWN}
    counted = {name: opened.get(became, Sum()).count for name, became in parts.items()}
    others = {name: f"{count:,}" for name, count in counted.items() if count}
    return fill(payments.OF_MONTH, {"month": told, "needs": need, **others})


def sentence_of_several(several: Several) -> str:
    """Say in one sentence how it stands with the company files of a reader."""
    if not several.count:
        return companies.NONE_IS_CONNECTED
    if not several.needing:
        return fill(says.NO_COMPANY_NEEDS_YOU, {"count": f"{several.count:,}"})
    return count_of(says.COMPANIES_NEED_YOU, several.needing, {"of": f"{several.count:,}"})
