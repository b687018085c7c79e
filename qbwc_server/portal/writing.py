"""Filters for the templates: dates, times and money in the reader's format."""

import re
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from qbwc_server.portal.door import visit_or_none
from qbwc_server.services.preferences import Preferences
from sync_core import words
from sync_core.money import MoneyError, parse_cents


def add_to(app: Flask) -> None:
    """Teach the templates to write for their reader."""
    app.jinja_env.filters |= {
        "day": _day,
        "plain_day": plain_day,
        "moment": _moment,
        "exact": _exact,
        "money": money,
        "bold": bold,
    }


def show(name: str, value: str) -> str:
    """Write one fact of a sentence for the reader (`words.told` and the like take this)."""
    try:
        if name in words.AMOUNTS:
            return money(parse_cents(value))
        if name in words.DATES:
            return plain_day(date.fromisoformat(value))
    except (MoneyError, ValueError):
        return value  # written by another release; as it is, it says more than nothing
    return value


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


def money(cents: int) -> str:
    """Write an amount."""
    return _preferences().money(cents)


def bold(said: str) -> Markup:
    """Set in bold what stands between ** and **: menus and buttons."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(said))))  # noqa: S704 - escaped
