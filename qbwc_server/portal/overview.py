"""The overview: how it stands with a company file, or with several."""

from collections.abc import Sequence

from flask import Blueprint, g, render_template, request

from qbwc_server.portal import cards, chart, company_pages, door, writing
from qbwc_server.portal.door import needs, reader, visit
from qbwc_server.portal.frame import Frame
from qbwc_server.portal.navigation import Entry, Place
from qbwc_server.portal.payment_sentences import NOTHING_YET, needs_you, of_month
from qbwc_server.services.overview import Became, Several, Standing, Sum
from qbwc_server.services.troubles import TroubleView
from sync_core.lifecycle import PaymentStatus
from sync_core.people import Role
from sync_core.wording.obstacle import STANDINGS

# So many of the newest payments the page shows, and of those that were refused.
NEWEST, REFUSED = 10, 3
# Said where nothing else needs a person.
NO_SYNC = "The sync needs you: it does not get through"

LABELS = {
    Became.IN_QUICKBOOKS: "In QuickBooks",
    Became.NEEDS_YOU: "Needs you",
    Became.WAITING: "Waiting",
    Became.NOT_KNOWN: "Being checked",
    Became.SET_ASIDE: "Set aside",
}


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
    def of_company(company_id: str = "") -> str:
        today = reader().preferences.today(visit().now)
        standing = use.overview.of_company(door.company(), today)
        newest = use.needs_you.newest(door.company(), list(PaymentStatus), NEWEST)
        refused = use.needs_you.newest(door.company(), [PaymentStatus.REJECTED], REFUSED)
        company_id = door.company_file().uuid
        needing = use.needs_you.count(door.company())
        troubles = use.troubles.of(door.company(), show=writing.marked(newest.mark))
        paused, many_refused = use.needs_you.notices(door.company())
        here = request.full_path.rstrip("?")
        return render_template(
            "overview.html",
            company_id=company_id,
            standing=standing,
            bars=chart.bars(standing.days),
            chart=chart,
            counts=counts(standing, needing),
            labels=LABELS,
            newest=[cards.shown(company_id, card, back=here) for card in newest.cards],
            refused=[cards.shown(company_id, card, back=here) for card in refused.cards],
            paused=paused,
            many_refused=many_refused,
            troubles=troubles,
            needing=needing,
            standings=STANDINGS,
            sentence=sentence(standing, needing, troubles.items, has_any=bool(newest.cards)),
        )

    frame.add(
        blueprint,
        Entry(
            place=Place.OVERVIEW, label="Overview", endpoint="overview.of_company", of_company=True
        ),
    )


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
        return f"{NOTHING_YET} {NO_SYNC}." if troubles else NOTHING_YET
    month, opened = standing.month, standing.open
    total = sum(one.count for one in month.values())
    there = month.get(Became.IN_QUICKBOOKS, Sum()).count
    told = of_month(there, total) if total else "No payment was received this month yet"
    parts = [
        (opened.get(Became.WAITING, Sum()).count, "waiting"),
        (opened.get(Became.NOT_KNOWN, Sum()).count, "being checked"),
    ]
    others = "".join(f", {count} {word}" for count, word in parts if count)
    need = needs_you(needing)
    if troubles and not needing:
        need = NO_SYNC
    return f"{told}{others}. {need}."


def sentence_of_several(several: Several) -> str:
    """Say in one sentence how it stands with the company files of a reader."""
    if not several.count:
        return "No company file is connected yet."
    if not several.needing:
        return f"Nothing needs you in {several.count} company files."
    verb = "needs" if several.needing == 1 else "need"
    return f"{several.needing} of {several.count} company files {verb} you."
