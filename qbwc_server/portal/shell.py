"""Joins the portal: cookies, the door, headers, what templates know, and the pages.

A page module is added to `PAGES`; its `register(frame)` mounts its blueprint and puts its lines
into the menu. Nothing else in the portal names it.

Flask-Limiter is not used: its counts would be kept in each worker, or in another server beside the
database. The limits that matter, on signing in, are counted in the database by the use case.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, g, request
from flask_wtf.csrf import CSRFProtect

from qbwc_server.portal import (
    account,
    appearance,
    assets,
    company_pages,
    connect,
    customers,
    door,
    failures,
    first_steps,
    headers,
    installs,
    integrations,
    invoices,
    mappings,
    method_words,
    overview,
    payments,
    resolve,
    sign_in,
    support,
    sync_log,
    users,
    writing,
)
from qbwc_server.portal.frame import Frame
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import Settings
from sync_core.people import ROLE_LABELS, SIGN_IN_IDLE, Role

PAGES = (
    *(sign_in, first_steps, appearance, support, overview, resolve, payments, invoices, customers),
    *(mappings, method_words, sync_log, integrations, installs, connect, users, account),
)


def mount(app: Flask, use: UseCases, settings: Settings, *, without_forms: Blueprint) -> None:
    """Mount the portal. `without_forms` is the API: its callers have tokens, and no cookies."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    https = urlsplit(settings.base_url).scheme == "https"
    _set_up_cookies(app, use, settings, https=https)
    failures.add_to(app)
    CSRFProtect(app).exempt(without_forms)
    door.add_to(app, use.user_sign_in, use.access)
    headers.add_to(app, https=https)
    assets.add_to(app)
    writing.add_to(app)
    frame = Frame(app, use, settings)
    for page in PAGES:
        page.register(frame)
    _teach_templates(frame)


def _set_up_cookies(app: Flask, use: UseCases, settings: Settings, *, https: bool) -> None:
    split = urlsplit(settings.base_url)
    app.config.update(
        SECRET_KEY=use.users.secrets.fingerprint("the portal's cookies"),
        # __Host- lets no other host and no unsafe page set it. Without https the port is in the
        # name, since two servers on one machine would otherwise sign each other's people out.
        SESSION_COOKIE_NAME="__Host-portal" if https else f"portal_{split.port or 80}",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SIGN_IN_IDLE,
        # A page opened writes the cookie anew; what pages ask by themselves must not.
        SESSION_REFRESH_EACH_REQUEST=False,
        # A form stays good as long as the session: people leave pages open over lunch.
        WTF_CSRF_TIME_LIMIT=None,
    )


def _teach_templates(frame: Frame) -> None:
    navigation, access = frame.navigation, frame.use.access

    @frame.app.context_processor
    def know() -> dict[str, Any]:
        known = {"role_labels": ROLE_LABELS, "theme": appearance.chosen()}
        # A page about a failure asks the database nothing, and an unknown address is nobody's.
        quiet = request.endpoint is None or "failed" in g
        visit = None if quiet else door.visit_or_none()
        if visit is None:
            return known | {"reader": None}
        return known | {
            "reader": visit.reader,
            "menu": company_pages.menu(navigation, access),
            "company_choice": company_pages.choice(access),
            "other_companies": company_pages.others(navigation, access),
            "can": visit.reader.role.reaches,
            "Role": Role,
        }
