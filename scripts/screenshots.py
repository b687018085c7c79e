"""Writes a picture of each page, light, dark, and as wide as a phone, for a person to look at.

`python -m scripts.screenshots [FOLDER]`; the default is `var/screenshots`. It plays the demo on a
server of its own, leaves another one empty, and visits what `PAGES` lists.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize
from pydantic import SecretStr

from qbwc_server import logs
from qbwc_server.services import assembly
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import HOME, Settings
from scripts import browser
from scripts.simulate import demo_company
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.server import serving
from scripts.simulate.web_connector import WebConnector

KEY = "the key of the pictures"
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
LOOKS: dict[str, tuple[str, ViewportSize]] = {
    "light": ("light", WIDE),
    "dark": ("dark", WIDE),
    "phone": ("light", PHONE),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A server with something to see, and who may sign in there."""

    url: str
    use: UseCases
    email: str
    password: str


def _open(path: str) -> Callable[[Page, Place], None]:
    def go(page: Page, place: Place) -> None:
        page.goto(place.url + path)

    return go


def _wrong_password(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/sign-in")
    page.get_by_label("E-mail address").fill("maria@example.com")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def _invitation(page: Page, place: Place) -> None:
    email = "chris@example.com"
    known = {user.email: user.id for user in place.use.users.every(OPERATOR)}
    made = (
        place.use.users.link(known[email], by=OPERATOR)
        if email in known
        else place.use.users.invite(email, "viewer", by=OPERATOR)
    )
    page.goto(f"{place.url}/link/{made.token}")


def _user(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/users")
    page.get_by_role("link", name="bea@example.com").click()
    page.get_by_role("heading", name="bea@example.com").wait_for()


def _reset_link(page: Page, place: Place) -> None:
    _user(page, place)
    page.get_by_role("button", name="Make a reset link").click()
    page.get_by_label("The link, shown this once").wait_for()


def _menu(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/users")
    page.locator("details.menu-end summary").click()


def _payment(external_id: str) -> Callable[[Page, Place], None]:
    def go(page: Page, place: Place) -> None:
        page.goto(f"{place.url}/payments?q={external_id}")
        page.locator("tbody a").first.click()
        page.get_by_role("heading", name="What happened").wait_for()

    return go


def _first_start(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/setup/{place.use.user_sign_in.setup_link()}")


@dataclass(frozen=True, slots=True)
class Shot:
    """How to get to a page, whether signed in, and whether on a server where nothing happened."""

    go: Callable[[Page, Place], None]
    signed_in: bool = True
    bare: bool = False


# A page that is added is added here: then it is pictured, and checked for who cannot see it.
PAGES: dict[str, Shot] = {
    "first-start": Shot(_first_start, signed_in=False, bare=True),
    "sign-in-first": Shot(_open("/sign-in"), signed_in=False, bare=True),
    "overview-empty": Shot(_open("/"), bare=True),
    "sign-in": Shot(_open("/sign-in"), signed_in=False),
    "sign-in-wrong": Shot(_wrong_password, signed_in=False),
    "forgotten": Shot(_open("/forgotten-password"), signed_in=False),
    "invitation": Shot(_invitation, signed_in=False),
    "link-gone": Shot(_open("/link/used-before"), signed_in=False),
    "support": Shot(_open("/support"), signed_in=False),
    "overview": Shot(_open("/")),
    "payments": Shot(_open("/payments")),
    "payments-filtered": Shot(_open("/payments?list=not_in_quickbooks&to=2026-11-30&method=Visa")),
    "payments-wrong": Shot(_open("/payments?from=2026-12-01&to=2026-11-30&amount=much")),
    "payments-none": Shot(_open("/payments?q=nobody")),
    "payment": Shot(_payment("web-1009")),
    "payment-changed": Shot(_payment("web-1005")),
    "payment-rejected": Shot(_payment("web-1014")),
    "users": Shot(_open("/users")),
    "menu": Shot(_menu),
    "user": Shot(_user),
    "user-invite": Shot(_open("/users/invite")),
    "user-link": Shot(_reset_link),
    "account": Shot(_open("/account")),
    "not-found": Shot(_open("/nowhere")),
}


@contextmanager
def furnished() -> Iterator[Place]:
    """Serve a firm that has played the demo's sync and has a few people."""
    with _serving() as (url, use):
        _play(use)
        admin = use.users.add("maria@example.com", "admin", by=OPERATOR)
        use.users.add("bea@example.com", "bookkeeper", by=OPERATOR)
        use.users.invite("chris@example.com", "viewer", by=OPERATOR)
        use.users.add("left@example.com", "viewer", by=OPERATOR)
        use.users.revoke(use.users.id_of("left@example.com"), by=OPERATOR)
        yield Place(url, use, admin.email, admin.password)


@contextmanager
def bare() -> Iterator[Place]:
    """Serve a firm where nothing has happened yet, and that has no administrator."""
    with _serving() as (url, use):
        viewer = use.users.add("vera@example.com", "viewer", by=OPERATOR)
        yield Place(url, use, viewer.email, viewer.password)


@contextmanager
def _serving() -> Iterator[tuple[str, UseCases]]:
    folder = Path(tempfile.mkdtemp())
    environ = {
        "QBWC_DATA_DIR": str(folder),
        "QBWC_DATABASE_URL": "",
        "QBWC_SECRET_KEY": KEY,
        "QBWC_LOG_LEVEL": "ERROR",
    }
    logs.configure("ERROR")
    settings = Settings(data_dir=folder, database_url="", secret_key=SecretStr(KEY))
    try:
        assembly.migrate(settings)
        with serving(environ) as server:
            use = assembly.use_cases(settings.model_copy(update={"public_url": server.url}))
            yield server.url, use
            use.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _play(use: UseCases) -> None:
    demo = demo_company.build()
    company = use.companies.add(demo.books.name, yes_to_first=True)
    install = use.installs.add(company.id, label="Office PC")
    use.intake.queue(use.companies.internal_id(company.id), demo.payments, by="demo")
    qwc = use.installs.build_file(install.id).content
    pc = WebConnector.from_qwc(qwc, install.password or "", demo.books)
    pc.update_selected()
    pc.update_selected()  # reads what was posted
    _change(use, company.id, demo.books)
    pc.update_selected()


def _change(use: UseCases, company_id: str, books: CompanyFile) -> None:
    """Edit a payment that was posted, as somebody in the office may: it is off its invoices."""
    posted = use.payments.show(use.companies.internal_id(company_id), "web-1005")
    books.change_payment(posted.txn_id or "", amount="1020.00")


def sign_in(page: Page, place: Place) -> None:
    """Sign in as the person of the place."""
    page.goto(f"{place.url}/sign-in")
    page.get_by_label("E-mail address").fill(place.email)
    page.get_by_label("Password").fill(place.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{place.url}/")


def main() -> int:
    """Write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=HOME / "var" / "screenshots")
    folder = parser.parse_args().folder
    if browser.CHROMIUM is None:
        print(browser.MISSING, file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with furnished() as full, bare() as empty, browser.running() as chromium:
        for look in LOOKS:
            for place, is_bare in ((full, False), (empty, True)):
                for signed_in in (False, True):
                    visitor = visit(chromium, place, look, signed_in=signed_in)
                    for name, shot in PAGES.items():
                        if (shot.bare, shot.signed_in) == (is_bare, signed_in):
                            shot.go(visitor, place)
                            visitor.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
                    visitor.context.close()
    print(f"{len(PAGES) * len(LOOKS)} pictures are in {folder}.")
    return 0


def visit(chromium: Browser, place: Place, look: str, *, signed_in: bool) -> Page:
    """Open a browser that looks in one of the ways; whoever opened it closes its context."""
    scheme, size = LOOKS[look]
    context = chromium.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport=size
    )
    page = context.new_page()
    if signed_in:
        sign_in(page, place)
    return page


if __name__ == "__main__":
    sys.exit(main())
