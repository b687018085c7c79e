"""Filters for the templates: dates, times and money in the reader's format."""

from datetime import date, datetime

from flask import Flask
from markupsafe import Markup

from qbwc_server.portal.door import visit_or_none
from qbwc_server.services.preferences import Preferences
from sync_core import words
from sync_core.money import parse_cents


def add_to(app: Flask) -> None:
    """Teach the templates to write for their reader."""
    app.jinja_env.filters |= {
        "day": _day,
        "plain_day": _plain_day,
        "moment": _moment,
        "exact": _exact,
        "money": _money,
    }


def show(name: str, value: str) -> str:
    """Write a fact of a sentence, by its name, for the reader; what cannot be read stays."""
    prefer = _preferences()
    try:
        if name in words.AMOUNTS:
            cents = parse_cents(value.removeprefix("-"))
            return prefer.money(-cents if value.startswith("-") else cents)
        if name in words.DATES:
            return prefer.day(date.fromisoformat(value))
        if name in words.MOMENTS:
            return prefer.moment(datetime.fromisoformat(value))
    except ValueError:
        return value
    return value


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


def _money(cents: int) -> str:
    return _preferences().money(cents)
