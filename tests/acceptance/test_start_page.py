"""What people see in a browser, for now: the start page on the server itself, and support."""

import shutil
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.acceptance.office import Office

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# The browser asks no other host for anything.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def test_the_start_page_says_how_things_stand(own_office: Office, page: Page) -> None:
    customer = "Ruiz & Daughters <Plumbing>"
    own_office.books.add_customer(customer)
    own_office.pay(customer, "150.00")
    own_office.install().update_selected()
    own_office.pay(customer, "75.00")
    page.goto(own_office.server.url)
    assert page.locator("h1").inner_text() == "1 in QuickBooks, 1 waiting; nothing needs you."
    rows = page.locator("tbody tr")
    assert rows.count() == 2
    assert customer in rows.nth(1).inner_text()
    assert "In QuickBooks" in rows.nth(1).inner_text()
    assert "150.00 left as the customer's credit" in rows.nth(1).inner_text()


def test_the_start_page_of_an_empty_server_says_what_comes_next(
    own_office: Office, page: Page
) -> None:
    page.goto(own_office.server.url)
    assert page.locator("h1").inner_text() == "No payment has arrived yet."


def test_the_support_page_opens_without_a_login(own_office: Office, page: Page) -> None:
    answer = page.goto(f"{own_office.server.url}/support")
    assert answer is not None
    assert answer.status == 200
    assert "Update Selected" in page.locator("main").inner_text()


def test_the_start_page_is_for_the_servers_own_machine_alone(own_office: Office) -> None:
    """A proxy on the same machine would make everybody look local; it says for whom it asks."""
    connection = HTTPConnection("127.0.0.1", own_office.server.port)
    connection.request("GET", "/", headers={"X-Forwarded-For": "203.0.113.7"})
    assert connection.getresponse().status == 403
    connection.close()
