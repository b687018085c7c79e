"""The page docs/connection-problems.md, written from the table of problems by `scripts.draw`.

Every sentence on it is one that people see, with the facts of one example.
"""

from sync_core import connection
from sync_core.trouble import VARIANTS, Kind, Trouble, Variant
from sync_core.wording import obstacle
from sync_core.wording.connecting import SYNC_USER

EXAMPLE = {
    "company": "Sunrise Dental",
    "company_file": r"C:\Books\sunrise.qbw",
    "company_file_before": r"D:\Old\sunrise.qbw",
    "company_name_found": "Sunrise Dental",
    "open_file": r"C:\Books\sample.qbw",
    "app_name": "Payment Sync - Sunrise Dental",
    "sync_user": SYNC_USER,
    "pc": "Office PC",
    "other_pc": "Front desk",
    "last_call": "2026-11-20 09:15 UTC",
    "check_time": "2026-11-20 09:30 UTC",
    "minutes": "15",
    "waiting_count": "12",
    "waiting_amount": "3450.00",
    "waiting_since": "2026-11-18 16:40 UTC",
    "count": "3",
    "sum": "410.00",
    "reference": "CB7K3F9QXM2D",
    "date_1": "2026-11-19",
    "date_2": "2026-11-20",
    "amount": "125.00",
    "hresult": "0x80041234",
    "qb_message": "QuickBooks found an error.",
    "short_link": "https://pay.example.com/support",
}

_HEAD = """# Why a sync does not get through, and what to do

<!-- Written by `python -m scripts.draw` from sync_core/wording: change it there. -->

Each problem says what happened, what it means for the books, who can act, and the steps. The
sentences are those that people see, on a page, in the API and in the Web Connector's status column;
the names, numbers and amounts are an example's. The codes are those that the Web Connector shows
behind QBWC1013.

A first try that fails is no problem yet: {first_try} A problem is shown from the second failure in
a row on, and a sync that gets through ends it. Only one that left payments unanswered is shown at
once. A PC that syncs by itself is silent when it has left out two calls.
"""


def page() -> str:
    """Write the page."""
    stories = [(kind, variant) for kind in Kind for variant in VARIANTS[kind]]
    contents = [
        f"- [{_told(kind, VARIANTS[kind][0]).title}](#{kind})"
        if kind is not Kind.OTHER
        else f"- [Other problems](#{kind})"
        for kind in Kind
    ]
    head = _HEAD.format(first_try=obstacle.FIRST_TRY)
    return "\n".join([head, "\n".join(contents) + "\n", *(_story(*story) for story in stories)])


def _story(kind: Kind, variant: Variant) -> str:
    told = _told(kind, variant)
    titles = [f"## {kind}", ""] if variant is VARIANTS[kind][0] else []
    if len(VARIANTS[kind]) > 1:
        titles += [f"### {kind}: {variant}", ""]
    codes = [code for code, means in connection.MEANS.items() if means == (kind, variant)]
    return "\n".join(
        [
            *titles,
            f"**{told.title}** {told.what}",
            "",
            *([f"- *Codes:* {', '.join(f'`{code}`' for code in codes)}"] if codes else []),
            f"- *For the books:* {told.books}",
            f"- *Who can act:* {told.who}",
            "- *What to do:*",
            *(f"  {number}. {step}" for number, step in enumerate(told.steps, 1)),
            f"- *Status column:* {told.status}",
            "",
        ]
    )


def _told(kind: Kind, variant: Variant) -> connection.Told:
    return connection.told(Trouble(kind, variant), EXAMPLE)
