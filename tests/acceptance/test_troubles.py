"""A sync that does not get through, in a browser: what a bookkeeper sees, and that it goes away."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from models.company_file import Install
from models.engine import database_clock
from tests.acceptance.office import Office
from tests.acceptance.people import hire

CUSTOMER = "Harper Dental Group"
POP_UP = ("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.")


@pytest.fixture(autouse=True)
def _customer(office: Office) -> None:
    office.books.add_customer(CUSTOMER)


def visit(page: Page, office: Office) -> None:
    """Sign in as a bookkeeper of this firm, on its overview."""
    hire(page, office, "bookkeeper")
    page.wait_for_url(f"{office.server.url}/")


def line_of(page: Page, label: str) -> Locator:
    return page.get_by_role("region", name="PCs that sync").locator("li", has_text=label)


def test_a_pop_up_is_named_with_its_pc_and_gone_when_it_is_closed(
    office: Office, page: Page
) -> None:
    pc = office.install("Front desk")
    pc.update_selected()
    office.pay(CUSTOMER, "125.00")
    visit(page, office)
    expect(line_of(page, "Front desk")).to_contain_text("In order")
    office.books.refuse_sessions(*POP_UP, times=2)
    pc.update_selected()
    page.reload()
    expect(line_of(page, "Front desk")).to_contain_text("Tried once")
    expect(page.locator(".trouble-card")).to_have_count(0)
    pc.update_selected()
    page.reload()
    card = page.locator(".trouble-card")
    expect(card.locator("h2")).to_have_text("A window in QuickBooks is waiting for a click.")
    expect(card).to_contain_text("2 times in a row")
    expect(card).to_contain_text("Payments waiting: 1 ($125.00)")
    expect(card.locator("li").first).to_contain_text("At Front desk, find the window")
    card.get_by_role("link", name="The syncs of Front desk").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    pc.update_selected()  # somebody has closed it
    page.goto(f"{office.server.url}/")
    expect(page.locator(".trouble-card")).to_have_count(0)
    expect(page.locator("h1")).to_contain_text("1 payment of this month is in QuickBooks")


def test_a_pc_that_does_not_call_is_shown_as_silent_until_it_calls(
    office: Office, page: Page
) -> None:
    pc = office.install("Front desk")
    pc.update_selected()
    office.pay(CUSTOMER, "125.00")
    number = office.services.companies.internal_id(office.company_id)
    with office.services.engine.begin() as db:
        mine = update(Install).where(Install.company_file_id == number)
        db.execute(mine.values(last_called_at=database_clock(db) - timedelta(hours=3)))
    visit(page, office)
    expect(line_of(page, "Front desk")).to_contain_text("Silent")
    card = page.locator(".trouble-card")
    expect(card.locator("h2")).to_contain_text("Front desk has not called since")
    for reason in ("sign in to Windows", "QuickBooks Web Connector", "Auto-Run", "Sleep: Never"):
        expect(card).to_contain_text(reason)
    pc.update_selected()
    page.reload()
    expect(card).to_have_count(0)
    expect(line_of(page, "Front desk")).to_contain_text("In order")
