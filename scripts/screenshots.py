"""Writes a picture of each page, light, dark, and as wide as a phone, for a person to look at.

`python -m scripts.screenshots [FOLDER]`; the default is `var/screenshots`. It plays the demo on a
server of its own and visits what `PAGES` lists.
"""

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


# Name, whether one is signed in, how to get there. A page that is added is added here.
PAGES: dict[str, tuple[bool, Callable[[Page, Place], None]]] = {
    "sign-in": (False, _open("/sign-in")),
    "sign-in-wrong": (False, _wrong_password),
    "forgotten": (False, _open("/forgotten-password")),
    "invitation": (False, _invitation),
    "link-gone": (False, _open("/link/used-before")),
    "support": (False, _open("/support")),
    "overview": (True, _open("/")),
    "users": (True, _open("/users")),
    "menu": (True, _menu),
    "user": (True, _user),
    "user-invite": (True, _open("/users/invite")),
    "user-link": (True, _reset_link),
    "account": (True, _open("/account")),
    "not-found": (True, _open("/nowhere")),
}


@contextmanager
def furnished() -> Iterator[Place]:
    """Serve a firm that has played the demo's sync and has a few people."""
    folder = Path(tempfile.mkdtemp())
    environ = {
        "QBWC_DATA_DIR": str(folder),
        "QBWC_DATABASE_URL": "",
        "QBWC_SECRET_KEY": KEY,
        "QBWC_LOG_LEVEL": "ERROR",
    }
    logs.configure("ERROR")
    try:
        settings = Settings(data_dir=folder, database_url="", secret_key=SecretStr(KEY))
        assembly.migrate(settings)
        with serving(environ) as server:
            settings = settings.model_copy(update={"public_url": server.url})
            use = assembly.use_cases(settings)
            _play(use)
            admin = use.users.add("maria@example.com", "admin", by=OPERATOR)
            use.users.add("bea@example.com", "bookkeeper", by=OPERATOR)
            use.users.invite("chris@example.com", "viewer", by=OPERATOR)
            use.users.add("left@example.com", "viewer", by=OPERATOR)
            use.users.revoke(use.users.id_of("left@example.com"), by=OPERATOR)
            yield Place(server.url, use, admin.email, admin.password)
            use.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _play(use: UseCases) -> None:
    demo = demo_company.build()
    company = use.companies.add(demo.books.name, yes_to_first=True)
    install = use.installs.add(company.id, label="Office PC")
    use.intake.queue(use.companies.internal_id(company.id), demo.payments, by="demo")
    qwc = use.installs.build_file(install.id).content
    WebConnector.from_qwc(qwc, install.password or "", demo.books).update_selected()


def sign_in(page: Page, place: Place) -> None:
    """Sign in as the administrator."""
    page.goto(f"{place.url}/sign-in")
    page.get_by_label("E-mail address").fill(place.email)
    page.get_by_label("Password").fill(place.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{place.url}/")


def main() -> int:
    """Write the pictures."""
    if browser.CHROMIUM is None:
        print(browser.MISSING, file=sys.stderr)
        return 1
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HOME / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with furnished() as place, browser.running() as chromium:
        for look, (scheme, size) in LOOKS.items():
            _take(chromium, place, folder, look, scheme, size)
    print(f"{len(PAGES) * len(LOOKS)} pictures are in {folder}.")
    return 0


def _take(
    chromium: Browser, place: Place, folder: Path, look: str, scheme: str, size: ViewportSize
) -> None:
    for signed_in in (False, True):
        context = chromium.new_context(
            color_scheme="dark" if scheme == "dark" else "light", viewport=size
        )
        page = context.new_page()
        if signed_in:
            sign_in(page, place)
        for name, (needed, go) in PAGES.items():
            if needed == signed_in:
                go(page, place)
                page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
        context.close()


if __name__ == "__main__":
    sys.exit(main())
