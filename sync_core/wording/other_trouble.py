"""Problems with a short advice of their own, and those that QuickBooks' own words tell best."""

from collections.abc import Mapping

from sync_core.trouble import Kind, Variant
from sync_core.wording.obstacle import (
    AT_PC,
    CARRIES_ON,
    FILE,
    KEEPER,
    PC,
    PRESS,
    WAITING,
    TroubleWords,
)
from sync_core.wording.states import ADMIN, BOOKS, Books
from sync_core.wording.story import SUPPORT


def _other(
    title: str, status: str, *steps: str, who: str = AT_PC, what: str = "", books: str = ""
) -> TroubleWords:
    """Tell what has a short advice of its own, and QuickBooks' words beside it."""
    return TroubleWords(
        title=title,
        what=what or '[QuickBooks said: "{qb_message}"[ ({hresult})]|QuickBooks did not say why.]',
        who=who,
        steps=(*steps, PRESS),
        status=status,
        books=books or BOOKS[Books.SYNC_STOPPED],
    )


OTHERS: Mapping[tuple[Kind, Variant], TroubleWords] = {
    (Kind.OTHER, Variant.STARTING): _other(
        "QuickBooks was still starting.",
        "QuickBooks is still starting. Try again in a minute.",
        "Wait until QuickBooks is there.",
    ),
    (Kind.OTHER, Variant.BUSY): _other(
        "QuickBooks was busy.",
        "QuickBooks is busy with its list of permissions. Try again in a few minutes.",
        "Wait a few minutes.",
    ),
    (Kind.OTHER, Variant.RESTART): _other(
        "QuickBooks does not answer.",
        "QuickBooks does not answer. Start it again, then press Update Selected.",
        f"Close QuickBooks on {PC} and start it again; if it does not close, restart {PC}.",
        f"See that {FILE} opens.",
    ),
    (Kind.OTHER, Variant.WINDOWS_USER): _other(
        "QuickBooks and the Web Connector run as two Windows users.",
        "Start QuickBooks and the Web Connector as the same Windows user, then try again.",
        (
            "Start QuickBooks and the Web Connector as the same Windows user, both without **Run "
            "as administrator**."
        ),
        who=KEEPER,
    ),
    (Kind.OTHER, Variant.REPAIR): _other(
        "QuickBooks is not fully installed on this PC.",
        "QuickBooks is not fully installed on this PC. Repair or reinstall it, then try again.",
        f"Repair or reinstall QuickBooks on {PC}.",
        who=KEEPER,
    ),
    (Kind.OTHER, Variant.OTHER_VERSION): _other(
        "This version of QuickBooks cannot work with the company file.",
        (
            "This version of QuickBooks cannot work with the company file. Open it in the one it "
            "is from."
        ),
        f"Open {FILE} in the QuickBooks it was last used with, on {PC}.",
    ),
    (Kind.OTHER, Variant.TOO_OLD): _other(
        "This QuickBooks is too old for the sync.",
        (
            "This QuickBooks is too old for the sync, which needs QuickBooks 2011 or newer. "
            "Nothing was read or written."
        ),
        "Update QuickBooks to 2011 or newer.",
        what="The sync needs QuickBooks 2011 or newer.",
        who=KEEPER,
    ),
    (Kind.OTHER, Variant.EDITION): _other(
        "This edition of QuickBooks lets no program in.",
        "This QuickBooks lets no program in. The sync needs Pro, Premier or Enterprise.",
        "Use QuickBooks Pro, Premier or Enterprise.",
        who=KEEPER,
    ),
    (Kind.OTHER, Variant.OTHER_PROGRAM): _other(
        "Another program holds the company file.",
        "Another program holds the company file. Close that program, then try again.",
        "Close the other program that works with QuickBooks.",
    ),
    (Kind.OTHER, Variant.NOT_REGISTERED): _other(
        "QuickBooks is not registered.",
        "QuickBooks is not registered. Register or activate it, then try again.",
        f"Open QuickBooks on {PC} and register or activate it.",
        who=KEEPER,
    ),
    (Kind.OTHER, Variant.REMOTE): _other(
        "QuickBooks allows no remote access.",
        "QuickBooks allows no remote access. Run the Web Connector on the PC it is on.",
        "Run the Web Connector on the PC that QuickBooks is on.",
        who=KEEPER,
    ),
    (Kind.OTHER, Variant.REVOKED): _other(
        "QuickBooks no longer trusts this connection.",
        "QuickBooks no longer trusts this connection. Please tell your site's support.",
        f"Tell {SUPPORT}.",
        who=ADMIN,
    ),
    (Kind.OTHER, Variant.NOT_UNDERSTOOD): _other(
        "QuickBooks could not read what we asked.",
        "QuickBooks could not read what we asked. Please tell the support of your payment site.",
        f"Tell {SUPPORT} what is said here.",
    ),
    (Kind.OTHER, Variant.NOT_TOLD): _other(
        "QuickBooks did not say which company file is open.",
        (
            "QuickBooks did not say which company file is open. Nothing was read or written. "
            "Please press Update Selected again."
        ),
        f"See that {FILE} is open in QuickBooks.",
        what="Nothing is read or written before that is known.",
    ),
    (Kind.OTHER, Variant.NOT_LISTED): _other(
        "QuickBooks did not list the payments it has.",
        (
            "QuickBooks did not list the payments it has[: {qb_message}]. Nothing was written. "
            "Please press Update Selected again."
        ),
        "Close the windows of payments and reports in QuickBooks.",
        books=f"Nothing was written.{WAITING}",
    ),
    (Kind.OTHER, Variant.ANSWER_LOST): _other(
        "QuickBooks' answer did not reach us.",
        ("QuickBooks' answer did not reach us. Nothing is lost: please press Update Selected."),
        f"Check the internet connection of {PC}.",
        what="The connection was lost between two messages.",
        books=CARRIES_ON,
    ),
    (Kind.OTHER, Variant.UNREADABLE): _other(
        "QuickBooks' answer could not be read.",
        "[{problem}|QuickBooks' answer could not be read.]",
        f"Does it come again? Tell {SUPPORT} what is said here.",
        what="[{problem}|It was cut off or damaged on its way.]",
        books=CARRIES_ON,
    ),
    (Kind.OTHER, Variant.ENDED_EARLY): _other(
        "The sync ended early.",
        "The sync ended early. Nothing is lost; the next sync carries on.",
        f"Leave the Web Connector and QuickBooks on {PC} open until the sync is over.",
        what="The Web Connector took its leave or fell silent before the sync was over.",
        books=CARRIES_ON,
    ),
    (Kind.OTHER, Variant.QUOTED): _other(
        "QuickBooks did not let the sync in, for a reason in its own words.",
        "[{qb_message}|QuickBooks ended the connection[ ({hresult})].]",
        "If the sentence names something you can put right, put it right.",
        f"If not, restart {PC}. Does it come again? Tell {SUPPORT} what is said here.",
    ),
}
