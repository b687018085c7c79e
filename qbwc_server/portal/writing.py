"""Filters for the templates: dates, times and money in the reader's format; the words' bold."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from qbwc_server.portal.door import visit_or_none
from qbwc_server.services.preferences import Preferences, currency_mark
from sync_core import connection, words
from sync_core.money import Sums, added, parse_sums
from sync_core.wording import (
    acts,
    books,
    companies,
    connecting,
    mapping,
    missing,
    needs_you,
    payments,
    phrases,
    states,
    support,
    sync_log,
)
from sync_core.wording.phrases import Forms, Show

_AMOUNTS = words.AMOUNTS | connection.AMOUNTS
_DATES = words.DATES | connection.DATES
_MOMENTS = words.MOMENTS | connection.MOMENTS
# The tables from which templates say sentences themselves, `say(wording.acts.DONE)`.
_TABLES = {
    "acts": acts,
    "books": books,
    "companies": companies,
    "connecting": connecting,
    "mapping": mapping,
    "missing": missing,
    "needs_you": needs_you,
    "payments": payments,
    "states": states,
    "support": support,
    "sync_log": sync_log,
}
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def add_to(app: Flask) -> None:
    """Teach the templates to write for their reader."""
    app.jinja_env.filters |= {
        "day": _day,
        "plain_day": plain_day,
        "moment": _moment,
        "exact": _exact,
        "money": money,
        "sums": sums,
        "amount": _amount,
        "bold": bold,
    }
    app.jinja_env.globals |= {"say": say, "wording": _TABLES}


def show(name: str, value: str) -> str:
    """Write a fact of a sentence, by its name, for the reader; what cannot be read stays."""
    return marked("")(name, value)


def marked(mark: str) -> Show:
    """Give what writes facts as `show` does, with a mark of the currency before amounts."""
    prefer = _preferences()

    def write(name: str, value: str) -> str:
        try:
            if name in _AMOUNTS:
                return _joined(
                    prefer.money(cents, currency_mark(None, currency) if currency else mark)
                    for currency, cents in parse_sums(value).items()
                )
            if name in _DATES:
                return prefer.day(date.fromisoformat(value))
            if name in _MOMENTS:
                return prefer.moment(datetime.fromisoformat(value))
        except ValueError:
            return value
        return value

    return write


def bold(said: str) -> Markup:
    """Write a sentence of the words: what stands between two ** in bold, all else as text."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(said))))  # noqa: S704 - escaped


def say(phrase: str | Forms, **facts: object) -> Markup:
    """Say a phrase of the tables on a page, with bold; facts are text or markup.

    A pair is said in the form that goes with `count`. A fact that is None or "" has no value.
    """
    said = phrase if isinstance(phrase, str) else phrase[facts["count"] != 1]
    known = {
        name: str(escape(f"{fact:,}" if isinstance(fact, int) else fact))
        for name, fact in facts.items()
        if fact not in (None, "")
    }
    return Markup(phrases.fill(str(bold(said)), known))  # noqa: S704 - both are escaped


def money(cents: int, mark: str = "") -> str:
    """Write an amount."""
    return _preferences().money(cents, mark)


def sums(by_currency: Sums, home: str | None) -> str:
    """Write sums, each with its mark, that of the books' own currency first; none as zero."""
    return _joined(
        money(cents, currency_mark(home, currency))
        for currency, cents in added((by_currency or {None: 0}).items(), home).items()
    )


def amounts(by_mark: Mapping[str, int]) -> str:
    """Write sums by the mark that stands before each; zeros beside others are left out."""
    found = {mark: cents for mark, cents in by_mark.items() if cents} or by_mark
    order = sorted(found, key=lambda mark: (len(mark) > 1, mark))  # codes behind signs
    return _joined(money(found[mark], mark) for mark in order)


def _joined(parts: Iterable[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def _amount(text: str, mark: str = "") -> str:
    """Write an amount that is text, such as 125.00."""
    return marked(mark)("amount", text)


def _preferences() -> Preferences:
    visit = visit_or_none()
    return visit.reader.preferences if visit else Preferences()


def _day(day: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), _preferences().day(day))


def plain_day(day: date) -> str:
    """Write a day where no markup can stand."""
    return _preferences().day(day)


def _moment(at: datetime) -> Markup:
    """Write how long ago a moment was; the exact local time shows on hover."""
    visit, prefer = visit_or_none(), _preferences()
    exact = prefer.moment(at)
    told = prefer.ago(at, visit.now) if visit else exact
    iso = at.isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(iso, exact, told)


def _exact(at: datetime) -> Markup:
    """Write a moment that lies ahead, or that must be known to the minute."""
    iso = at.isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(iso, _preferences().moment(at))
