"""Connection problems: what an HRESULT means, whether another try can help, and what is told.

The sentences are those of `wording.trouble`. Sources: QuickBooks SDK error list, "Supporting your
user"; the tables of published integrations.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sync_core.trouble import Kind, Trouble, Variant
from sync_core.wording import phrases
from sync_core.wording.obstacle import CARRIES_ON
from sync_core.wording.phrases import Show, as_is, fill
from sync_core.wording.states import BOOKS, Books
from sync_core.wording.trouble import TROUBLES

# The status column shows about this much without scrolling.
STATUS_LENGTH_MAX = 150
# As much as is kept of what stands in a call.
HRESULT_MAX, MESSAGE_MAX = 40, 500

# How facts are written, for `show`; all others are text.
AMOUNTS = frozenset({"amount", "sum", "waiting_amount"})
MOMENTS = frozenset({"last_call", "check_time", "waiting_since"})
DATES = frozenset({"date_1", "date_2"})

_PLAIN = Variant.PLAIN

MEANS: Mapping[str, tuple[Kind, Variant]] = {
    "0x80040154": (Kind.OTHER, Variant.REPAIR),
    "0x80040308": (Kind.OTHER, Variant.REPAIR),
    "0x80040400": (Kind.OTHER, Variant.NOT_UNDERSTOOD),
    "0x80040401": (Kind.COULD_NOT_OPEN, _PLAIN),
    "0x80040403": (Kind.COULD_NOT_OPEN, _PLAIN),
    "0x80040406": (Kind.OTHER, Variant.OTHER_VERSION),
    "0x80040407": (Kind.OTHER, Variant.REPAIR),
    "0x80040408": (Kind.COULD_NOT_OPEN, _PLAIN),
    "0x80040409": (Kind.OTHER, Variant.OTHER_VERSION),
    "0x8004040a": (Kind.OTHER_COMPANY, _PLAIN),
    "0x8004040d": (Kind.OTHER, Variant.RESTART),
    "0x80040410": (Kind.SINGLE_USER, _PLAIN),
    "0x80040414": (Kind.DIALOG_OPEN, _PLAIN),
    "0x80040416": (Kind.QUICKBOOKS_CLOSED, _PLAIN),
    "0x80040417": (Kind.QUICKBOOKS_CLOSED, _PLAIN),
    "0x80040418": (Kind.PERMISSION, Variant.FIRST_TIME),
    "0x8004041a": (Kind.PERMISSION, Variant.TAKEN_AWAY),
    "0x8004041b": (Kind.OTHER, Variant.BUSY),
    "0x8004041c": (Kind.OTHER, Variant.RESTART),
    "0x8004041d": (Kind.QUICKBOOKS_CLOSED, _PLAIN),
    "0x8004041e": (Kind.PERMISSION, Variant.RENEW),
    "0x8004041f": (Kind.OTHER, Variant.EDITION),
    "0x80040420": (Kind.PERMISSION, Variant.TAKEN_AWAY),
    "0x80040422": (Kind.OTHER, Variant.OTHER_PROGRAM),
    "0x80040423": (Kind.OTHER, Variant.NOT_UNDERSTOOD),
    "0x80040424": (Kind.OTHER, Variant.STARTING),
    "0x80040427": (Kind.OTHER, Variant.NOT_REGISTERED),
    "0x8004042a": (Kind.OTHER, Variant.REMOTE),
    "0x8004042c": (Kind.OTHER, Variant.REVOKED),
    "0x80010105": (Kind.OTHER, Variant.RESTART),
    "0x800706ba": (Kind.OTHER, Variant.RESTART),
    "0x80070005": (Kind.OTHER, Variant.WINDOWS_USER),
}

# No code of its own is known for a lack of licences: these three are suspected, or none is known.
# Then QuickBooks' sentence decides, where it names one of these; its labels are never relied on.
_VAGUE = frozenset({"0x80040408", "0x80040414", "0x80040421"})
_NAMED: tuple[tuple[re.Pattern[str], tuple[Kind, Variant]], ...] = (
    (
        re.compile(
            r"\b(maximum|number|limit) of users\b|\buser limit\b|\btoo many users\b"
            r"|\busers? licen[cs]es?\b|\blicen[cs]es? (are|is) in use\b"
            r"|\bno (free|available) licen[cs]e|\balready (logged|signed) (in|on)\b"
            r"|\bmultiple users of the same application\b",
            re.IGNORECASE,
        ),
        (Kind.SEATS, _PLAIN),
    ),
    (re.compile(r"\bmodal dialog\b", re.IGNORECASE), (Kind.DIALOG_OPEN, _PLAIN)),
    (
        re.compile(r"\blocked by another client\b", re.IGNORECASE),
        (Kind.HELD_BY_OTHER, Variant.STOPPED),
    ),
)

# QuickBooks asks for a file's name, or has another one before it: naming the file we know may do.
# We begin by naming none, which means the file that is open. All else needs a person or time.
_FILE_HELPS = frozenset({"0x80040403", "0x80040406", "0x8004040a", "0x80040416", "0x80040417"})

# QuickBooks could not read the set, or not in its version: nothing of it was done. No other code
# proves that (rule D.1).
REFUSED_WHOLE = ("0x80040400", "0x80040423")


def is_refused_whole(hresult: str) -> bool:
    """Say whether a code proves that a message set was refused before any of it was done."""
    return _code(hresult) in REFUSED_WHOLE


def may_help_to_name_file(hresult: str) -> bool:
    """Say whether QuickBooks may open when it is asked once more, by the file's name."""
    return _code(hresult) in _FILE_HELPS


def trouble(hresult: str, message: str) -> Trouble:
    """Say which problem an HRESULT with QuickBooks' own sentence is."""
    code, words = _code(hresult), words_of(message)
    kind, variant = MEANS.get(code, (Kind.OTHER, Variant.QUOTED))
    if code in _VAGUE or code not in MEANS:
        said = words.get("qb_message", "")
        named = (means for pattern, means in _NAMED if pattern.search(said))
        kind, variant = next(named, (kind, variant))
    written = " ".join(hresult.split())[:HRESULT_MAX]
    return Trouble(kind, variant, words | ({"hresult": written} if written else {}))


def words_of(message: str) -> dict[str, str]:
    """Give QuickBooks' own words as a fact, on one line; none when it said nothing."""
    words = " ".join(message.split())[:MESSAGE_MAX]
    return {"qb_message": words} if words else {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A problem for people; menus and buttons stand between ** and **."""

    title: str
    what: str
    books: str
    who: str
    steps: tuple[str, ...]
    status: str


def told(trouble: Trouble, facts: Mapping[str, str], *, show: Show = as_is) -> Told:
    """Say all that is said about a problem; `facts` are those of the moment it is read.

    `show` writes one fact, by name, for the reader.
    """
    words = TROUBLES[trouble.kind, trouble.variant]
    known = phrases.shown({**facts, **trouble.facts}, show)
    had_begun = "had_begun" in known and words.books == BOOKS[Books.SYNC_STOPPED]
    return Told(
        title=fill(words.title, known),
        what=fill(words.what, known),
        books=fill(CARRIES_ON if had_begun else words.books, known),
        who=fill(words.who, known),
        steps=tuple(fill(step, known) for step in words.steps),
        status=status(trouble, facts),
    )


def status(trouble: Trouble, facts: Mapping[str, str]) -> str:
    """Say a problem in one line for the Web Connector's status column.

    A fact that makes it too long is left out; QuickBooks' own words are cut.
    """
    phrase = TROUBLES[trouble.kind, trouble.variant].status
    known = phrases.shown({**facts, **trouble.facts}, as_is)
    spare = sorted(phrases.names(phrase) & known.keys(), key=lambda name: len(known[name]))
    said = fill(phrase, known)
    while len(said) > STATUS_LENGTH_MAX and spare:
        longest = spare.pop()
        if longest != "qb_message":
            del known[longest]
            said = fill(phrase, known)
    return said if len(said) <= STATUS_LENGTH_MAX else f"{said[: STATUS_LENGTH_MAX - 1]}…"


def sentence(hresult: str, message: str) -> str:
    """Say in one line what an HRESULT means, when nothing else is known."""
    return status(trouble(hresult, message), {})


def _code(hresult: str) -> str:
    return hresult.strip().lower()
