"""The portal in a browser: first start, invite, revoke; and what every page keeps to."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from qbwc_server import bootstrap
from qbwc_server.services.access import OPERATOR
from scripts import screenshots
from scripts.screenshots import LOOKS, PAGES, Place
from tests.acceptance.office import Office
from tests.acceptance.people import hire, sign_in

ROOT = Path(__file__).resolve().parents[2]
WORDS = "four plain words here"
# What a first visit may weigh, everything with it (style/portal.md, rule 11).
WEIGHT_MAX = 100 * 1024


def choose_password(page: Page) -> None:
    page.get_by_label("New password").fill(WORDS)
    page.get_by_label("The same password again").fill(WORDS)


# People


@pytest.fixture
def first_start(tmp_path: Path, browser: Browser) -> Iterator[str]:
    """`./scripts/start` on nothing; gives the link that it prints."""
    assert browser.is_connected()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "QBWC_DATA_DIR": str(tmp_path / "var"),
        "QBWC_DATABASE_URL": "",
        "QBWC_LOG_LEVEL": "ERROR",
    }
    server = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "scripts.serve", "--port", str(port), "--workers", "1"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    lines = [server.stdout.readline() for _ in range(3)]
    found = re.fullmatch(rf"http://localhost:{port}/setup/\S+", lines[2].strip())
    assert found, lines
    yield found[0]
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    server.stdout.close()


def opened(page: Page, address: str) -> None:
    """Open an address of a server that has only just begun."""
    page.context.set_default_timeout(60_000)
    for _ in range(100):
        try:
            page.goto(address)
        except Exception:  # noqa: BLE001 - refused until gunicorn listens
            page.wait_for_timeout(100)
        else:
            return


@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "no scripts"])
def test_first_start_invite_sign_in_and_revoke(
    browser: Browser, first_start: str, *, scripted: bool
) -> None:
    url = first_start.rpartition("/setup/")[0]
    owner = browser.new_context(java_script_enabled=scripted).new_page()
    opened(owner, first_start)
    expect(owner.get_by_role("heading")).to_have_text("Make the first administrator")
    owner.get_by_label("Your e-mail address").fill("owner@example.com")
    choose_password(owner)
    owner.get_by_role("button", name="Make me the administrator").click()
    expect(owner.get_by_role("status")).to_have_text("You are the administrator now.")
    expect(owner.get_by_role("heading", level=1)).to_have_text("No company file is connected yet.")

    owner.get_by_role("link", name="Users").click()
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_label("E-mail address").fill("bea@example.com")
    owner.get_by_role("radio", name=re.compile("^Bookkeeper")).check()
    owner.get_by_role("button", name="Make an invite link").click()
    link = owner.get_by_label("The link, shown this once").input_value()

    bea = browser.new_context(java_script_enabled=scripted).new_page()
    bea.goto(link)
    choose_password(bea)
    bea.get_by_role("button", name="Set the password and sign in").click()
    expect(bea.get_by_role("status")).to_have_text("Welcome.")
    expect(bea.get_by_role("link", name="Users")).to_have_count(0)
    bea.locator("details.menu-end summary").click()
    bea.get_by_role("button", name="Sign out").click()
    sign_in(bea, url, "BEA@example.com", WORDS)
    expect(bea.get_by_role("heading", level=1)).to_have_text("No company file is connected yet.")

    owner.goto(f"{url}/users")
    owner.get_by_role("link", name="bea@example.com").click()
    owner.get_by_role("button", name="Revoke access").click()
    expect(owner.get_by_role("status")).to_contain_text("Access is revoked.")
    bea.reload()
    expect(bea.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(bea, url, "bea@example.com", WORDS)
    expect(bea.get_by_role("alert")).to_have_text(
        "The e-mail address or the password is not right."
    )
    for one in (owner, bea):
        one.context.close()


def test_the_overview_says_how_things_stand(own_office: Office, page: Page) -> None:
    customer = "Ruiz & Daughters <Plumbing>"
    own_office.books.add_customer(customer)
    today = datetime.now(UTC).date().isoformat()
    own_office.pay(customer, "1150.00", received_on=today)
    own_office.install().update_selected()
    own_office.pay(customer, "75.00", received_on=today)
    made = own_office.services.users.add("amy@example.com", "viewer", by=OPERATOR)
    page.goto(own_office.server.url)
    sign_in(page, own_office.server.url, made.email, made.password)
    assert page.locator("h1").inner_text() == (
        "1 of 2 payments of this month is in QuickBooks, 1 waiting. Nothing needs you."
    )
    assert [card.inner_text().split() for card in page.locator(".count-card").all()] == [
        ["In", "QuickBooks", "this", "month", "1", "$1,150.00"],
        ["Waiting", "for", "a", "sync", "1", "$75.00"],
        ["Need", "you", "0", "$0.00"],
        ["Being", "checked", "0", "$0.00"],
    ]
    rows = page.locator("#latest tbody tr")
    assert rows.count() == 2
    assert customer in rows.nth(1).inner_text()
    assert "1,150.00" in rows.nth(1).inner_text()
    assert "In QuickBooks" in rows.nth(1).inner_text()
    assert "$1,150.00 left as the customer's credit" in rows.nth(1).inner_text()


def test_what_the_overview_shows_anew_stays_as_its_reader_has_it(
    office: Office, page: Page
) -> None:
    """Unchanged it is left alone; changed, what is open and has the keyboard stays so."""
    office.books.add_customer("Harper Dental Group")
    today = datetime.now(UTC).date().isoformat()
    office.pay("Harper Dental Group", "80.00", received_on=today)
    pc = office.install("Front desk")
    page.clock.install()
    hire(page, office, "viewer")
    page.wait_for_url(f"{office.server.url}/")
    page.get_by_text("The same as a table").click()
    link = page.locator("#latest tbody a")
    link.focus()
    node = page.locator("#live").element_handle()
    with page.expect_response("**/live?*") as asked:
        page.clock.run_for(30_500)
    assert asked.value.status == 204
    assert node.is_visible()
    pc.update_selected()
    with page.expect_response("**/live?*") as asked:
        page.clock.run_for(30_500)
    assert asked.value.status == 200
    expect(page.locator("#title")).to_contain_text("1 payment of this month is in QuickBooks")
    expect(page).to_have_title(re.compile("1 payment of this month is in QuickBooks"))
    expect(page.locator("#latest .state")).to_have_text("In QuickBooks")
    assert not node.is_visible()
    expect(link).to_be_focused()
    expect(page.get_by_role("region", name="Payments by day")).to_be_visible()


def test_the_support_page_opens_without_a_login(own_office: Office, page: Page) -> None:
    answer = page.goto(f"{own_office.server.url}/support")
    assert answer is not None
    assert answer.status == 200
    assert "Update Selected" in page.locator("main").inner_text()


# Every page


@pytest.fixture(scope="module")
def place(browser: Browser) -> Iterator[Place]:
    assert browser.is_connected()
    with screenshots.furnished() as furnished:
        yield furnished


@pytest.fixture(scope="module")
def empty(browser: Browser) -> Iterator[Place]:
    assert browser.is_connected()
    with screenshots.bare() as bare:
        yield bare


@pytest.fixture(scope="module")
def new(browser: Browser) -> Iterator[Place]:
    assert browser.is_connected()
    with screenshots.being_connected() as being_connected:
        yield being_connected


# In the dark the colours alone are others, and on a phone they are the same.
COLOURS = "color-contrast"
RULES: Mapping[str, Mapping[str, object]] = {
    "light": {},
    "dark": {"runOnly": {"type": "rule", "values": [COLOURS]}},
    "phone": {"rules": {COLOURS: {"enabled": False}}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_a_serious_finding_or_asks_another_host(
    browser: Browser, place: Place, empty: Place, new: Place, look: str
) -> None:
    found: list[str] = []
    urls: set[str] = set()
    for where in (place, empty, new):
        for signed_in in (False, True):
            page = screenshots.visit(browser, where, look, signed_in=signed_in)
            watch(page, where.url, found)
            for name, shot in PAGES.items():
                is_here = where is (new if shot.new else empty if shot.bare else place)
                if is_here and shot.signed_in is signed_in:
                    shot.go(page, where)
                    urls.add(page.url)
                    found += [f"{name}: {finding}" for finding in look_at(page, RULES[look])]
            page.context.close()
    assert found == []
    if look == "light":
        assert not_looked_at(place, urls) == NOT_LOOKED_AT


# No pages: what leads on, what is downloaded, and what pages ask for by themselves.
NOT_LOOKED_AT = {
    *(f"{name}.short" for name in ("customers", "invoices", "payments", "resolve", "sync_log")),
    *(f"{name}.export" for name in ("customers", "invoices", "mappings", "payments")),
    *("payments.export_totals", "sync_log.bundle"),
    *("overview.live", "connect.live", "sync_log.now"),
}


def not_looked_at(place: Place, urls: set[str]) -> set[str]:
    """Name the pages of the portal at none of the addresses."""
    app = bootstrap.create_flask(place.use, place.use.installs.settings)
    routes = app.url_map.bind("localhost")
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    paths = {urlsplit(url).path for url in urls}
    seen = {routes.match(path)[0] for path in paths if routes.test(path, "GET")}
    return {name for name in pages - seen if name.partition(".")[0] not in OTHER_DOORS}


OTHER_DOORS = ("api", "health", "assets", "config_builder")


def watch(page: Page, url: str, found: list[str]) -> None:
    """Add to `found` other hosts that are asked, and what the browser complains of."""

    def asked(address: str) -> None:
        if urlsplit(address).netloc != urlsplit(url).netloc:
            found.append(f"asked {address}")

    def said(message: ConsoleMessage) -> None:
        # It complains of every answer that is no success; all else would be our policy at work.
        if message.type == "error" and "status of 4" not in message.text:
            found.append(message.text)

    page.on("request", lambda request: asked(request.url))
    page.on("console", said)


def look_at(page: Page, rules: Mapping[str, object]) -> Iterator[str]:
    """Open all menus of a page and give the serious findings of axe."""
    # By hand one open menu may lie over the next.
    page.evaluate("document.querySelectorAll('details').forEach(menu => { menu.open = true; })")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield "is wider than the window"
    for one in Axe().run(page, options=dict(rules)).response["violations"]:
        if one["impact"] in ("serious", "critical"):
            node = one["nodes"][0]
            yield f"{one['id']}: {node['html']} {node['failureSummary']}"


@pytest.mark.parametrize("path", ["/sign-in", "/users", "/account", "/", "/payments", "/invoices"])
def test_a_first_visit_is_light(browser: Browser, place: Place, path: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    if path != "/sign-in":
        screenshots.sign_in(page, place)
    weights: list[Callable[[], int]] = []
    page.on("response", lambda answer: weights.append(lambda: _weight(answer.request.sizes())))
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(place.url + path, wait_until="networkidle")
    weight = sum(weigh() for weigh in weights)
    context.close()
    assert 0 < weight <= WEIGHT_MAX, weight


def _weight(sizes: object) -> int:
    assert isinstance(sizes, dict)
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])


@pytest.fixture(params=LOOKS)
def visitor(request: pytest.FixtureRequest, browser: Browser, place: Place) -> Iterator[Page]:
    """Somebody who is signed in, in each of the ways to look."""
    page = screenshots.visit(browser, place, request.param, signed_in=True)
    yield page
    page.context.close()


def test_the_keyboard_reaches_the_content_first(visitor: Page, place: Place) -> None:
    visitor.goto(f"{place.url}/users")
    visitor.keyboard.press("Tab")
    expect(visitor.locator(":focus")).to_have_text("Skip to the content")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("main:focus")).to_have_count(1)


def test_a_menu_closes_with_escape(visitor: Page, place: Place) -> None:
    visitor.goto(f"{place.url}/users")
    menu = visitor.locator("details.menu-end")
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="Sign out")).to_be_visible()
    visitor.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Sign out")).to_be_hidden()
