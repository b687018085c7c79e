"""Filters for the templates: dates, times and money in the reader's format."""

import re
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from qbwc_server.portal.door import visit_or_none
from qbwc_server.services.preferences import Preferences

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def add_to(app: Flask) -> None:
    """Teach the templates to write for their reader."""
    app.jinja_env.filters |= {
        "day": _day,
        "plain_day": _plain_day,
        "moment": _moment,
        "exact": _exact,
        "money": _money,
        "bold": bold,
    }


def _preferences() -> Preferences:
    visit = visit_or_none()
    return visit.reader.preferences if visit else Preferences()


def _day(day: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), _preferences().day(day))


def _plain_day(day: date) -> str:
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


def bold(said: str) -> Markup:
    """Set in bold what stands between ** and **."""
    strong = _BOLD.sub(r"<strong>\1</strong>", str(escape(said)))
    return Markup(strong)  # noqa: S704 - escaped above


def _money(cents: int) -> str:
    return _preferences().money(cents)
