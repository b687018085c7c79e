"""The one door of the portal: who is signed in, what a page needs, which company file it shows.

Every page passes here before its own code runs. A page says what it needs by `@needs(Role...)` or
`@open_to_all`; one that says nothing is for administrators. A page about a company file has its id
in the address as `<company_id>`: a stranger's file is answered like one that is not there.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import flask_login
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from qbwc_server.errors import NotFound
from qbwc_server.services.access import Access, CompanyName, Reader
from qbwc_server.services.user_sign_in import UserSignIn, Visit
from sync_core.people import Role

View = TypeVar("View", bound=Callable[..., Any])

# These have doors of their own, or show nothing of anybody.
_OTHER_DOORS = frozenset({"api", "health", "config_builder", "assets"})
_NEEDED = "needed_role"
# When a page was last opened, in the cookie. What pages ask by themselves, every few seconds, is
# no visit: else a page left open would keep its session alive for ever.
_SEEN = "seen"
_ASK_BY_THEMSELVES = frozenset({"overview.live", "sync_log.now", "connect.live"})


class SignedIn(flask_login.UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """What Flask-Login keeps: a name for the session that stops fitting when it has to end."""

    def __init__(self, name: str, visit: Visit | None = None) -> None:
        self.name = name
        self.visit = visit

    def get_id(self) -> str:
        """Give what the cookie holds."""
        return self.name


def needs(role: Role) -> Callable[[View], View]:
    """Mark a page as being for people of this role and above."""

    def mark(view: View) -> View:
        setattr(view, _NEEDED, role)
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a page as being for everybody, signed in or not."""
    setattr(view, _NEEDED, None)
    return view


def needed_by(view: Callable[..., Any]) -> Role | None:
    """Say what a page needs; None: nothing."""
    role: Role | None = getattr(view, _NEEDED, Role.ADMIN)
    return role


def add_to(app: Flask, sign_in: UserSignIn, access: Access) -> None:
    """Put the door in front of all pages."""
    manager = flask_login.LoginManager()
    # It would compare network addresses, and a phone on its way changes them.
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)

    @manager.user_loader  # type: ignore[untyped-decorator]  # the same
    def load(name: str) -> SignedIn | None:
        visit = sign_in.by_session(name, _seen())
        return SignedIn(name, visit) if visit else None

    @app.before_request
    def guard() -> Response | None:
        endpoint = request.endpoint
        if endpoint is None or (request.blueprint or "") in _OTHER_DOORS:
            return None
        role = needed_by(current_app.view_functions[endpoint])
        if role is None:
            return None
        visit = visit_or_none()
        if visit is None:
            return _to_sign_in()
        if not (endpoint in _ASK_BY_THEMSELVES and "HX-Request" in request.headers):
            session[_SEEN] = int(visit.now.timestamp())
        if not visit.reader.role.reaches(role):
            abort(403)
        company_id = (request.view_args or {}).get("company_id")
        if company_id is not None:
            try:
                g.company = access.company(visit.reader, company_id)
            except NotFound:
                abort(404)
        return None


def _seen() -> datetime | None:
    """Read when a page was last opened by this session."""
    seen = session.get(_SEEN)
    return datetime.fromtimestamp(seen, UTC) if isinstance(seen, int) else None


def _to_sign_in() -> Response:
    where = url_for("sign_in.show", next=request.full_path.rstrip("?"))
    if request.method != "GET":
        where = url_for("sign_in.show")
    if "HX-Request" in request.headers:  # htmx would put the sign-in page into the middle of ours
        return Response(status=204, headers={"HX-Redirect": url_for("sign_in.show")})
    return redirect(where, 303)


def visit_or_none() -> Visit | None:
    """Give who is signed in, and the time; None for a stranger."""
    return getattr(flask_login.current_user, "visit", None)


def visit() -> Visit:
    """Give who is signed in, on a page that is for nobody else."""
    found = visit_or_none()
    assert found is not None, "this page is open to all"
    return found


def reader() -> Reader:
    """Give who is signed in, on a page that is for nobody else."""
    return visit().reader


def company_file() -> CompanyName:
    """Give the company file of a page with `<company_id>` in its address."""
    found: CompanyName = g.company
    return found


def company() -> int:
    """Give the internal id of that company file, which use cases take."""
    return company_file().id


def is_administrator() -> bool:
    """Say whether whoever asks now is a signed-in administrator."""
    found = visit_or_none()
    return found is not None and found.reader.role.reaches(Role.ADMIN)


def let_in(name: str) -> None:
    """Begin a session; nothing of the one before it is kept, so none can be planted."""
    session.clear()
    session.permanent = True
    flask_login.login_user(SignedIn(name))


def session_name() -> str:
    """Give the name of the session of whoever is signed in."""
    name: str = flask_login.current_user.name
    return name


def let_out() -> None:
    """Forget this browser's session."""
    flask_login.logout_user()
    session.clear()


def local(target: str | None) -> str:
    """Take an address on this server to go on to; whatever could lead elsewhere becomes "/"."""
    text = target or ""
    # A browser drops tabs and line ends, and reads a backslash as a slash.
    if not (text.isprintable() and text.isascii()) or "\\" in text or text.startswith("//"):
        return "/"
    return text if text.startswith("/") else "/"
