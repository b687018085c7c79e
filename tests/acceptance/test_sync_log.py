"""The sync log in a browser: a sync half way, what crossed in it, a bundle to send to support."""

import zipfile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.office import Office
from tests.acceptance.people import hire

CUSTOMER = "Ruiz & Daughters <Plumbing>"


@pytest.fixture
def _people(office: Office) -> None:
    office.books.add_customer(CUSTOMER)


def visit(page: Page, office: Office) -> None:
    """Sign in as a viewer of this firm, and open its sync log."""
    hire(page, office, "viewer", target="/sync-log")
    page.wait_for_url(f"{office.server.url}/companies/{office.company_id}/sync-log")


@pytest.mark.usefixtures("_people")
def test_a_sync_half_way_moves_on_the_page_by_itself(office: Office, page: Page) -> None:
    for number in range(1, 5):
        office.pay(CUSTOMER, f"{number}.00")
    pc = office.install("Office PC")
    visit(page, office)
    expect(page.locator("h1")).to_have_text("No sync has run yet.")
    session = pc.begin()
    while "ReceivePaymentAddRq" not in session.held:
        session.step()
    page.reload()
    bar = page.get_by_role("progressbar")
    (before,) = office.services.session_log.page(
        office.services.companies.internal_id(office.company_id)
    ).items
    expect(bar).to_have_attribute("value", f"{before.percent}")
    expect(page.locator("#now")).to_contain_text("Recording payments")
    session.finish()
    # Nobody touches the page.
    expect(page.locator("h1")).to_have_text(
        "Last sync just now from Office PC: 4 posted.", timeout=30_000
    )
    expect(bar).to_have_count(0)
    expect(page.locator("#now")).to_have_text("")


@pytest.mark.usefixtures("_people")
def test_what_crossed_is_folded_away_and_names_are_asked_for(office: Office, page: Page) -> None:
    office.pay(CUSTOMER, "1150.25")
    office.install().update_selected()
    visit(page, office)
    page.locator("tbody th a").click()
    expect(page.locator("h1")).to_contain_text("1 posted")
    expect(page.locator("pre")).to_have_count(0)
    posted = page.locator(".sync-steps li", has_text="Recording payments")
    posted.locator("summary").click()
    expect(posted.locator("pre")).to_have_count(2)
    expect(posted.locator("pre").first).to_contain_text("<TotalAmount>***</TotalAmount>")
    expect(page.locator("main")).not_to_contain_text("1150.25")
    page.get_by_role("link", name="Show names and amounts").click()
    expect(page.get_by_role("row", name=CUSTOMER)).to_contain_text("1,150.25")
    posted.locator("summary").click()
    expect(posted.locator("pre").first).to_contain_text("<TotalAmount>1150.25</TotalAmount>")
    expect(posted.locator("pre").first).to_contain_text("Ruiz")


@pytest.mark.usefixtures("_people")
def test_it_all_works_without_scripts(office: Office, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    office.pay(CUSTOMER, "5.00")
    session = office.install("Office PC").begin()
    while "ReceivePaymentAddRq" not in session.held:
        session.step()
    visit(page, office)
    expect(page.get_by_role("progressbar")).to_have_count(1)
    session.finish()
    page.get_by_role("link", name="See how far it is now").click()
    expect(page.locator("h1")).to_have_text("Last sync just now from Office PC: 1 posted.")
    page.locator("tbody th a").click()
    page.locator("summary", has_text="qbXML").first.click()
    page.get_by_role("link", name="Show what was asked and answered").first.click()
    expect(page.locator("pre")).to_have_count(2)
    page.get_by_role("link", name="The whole sync").click()
    expect(page.locator("h1")).to_contain_text("1 posted")
    page.context.close()


@pytest.mark.usefixtures("_people")
def test_a_support_bundle_is_downloaded_and_names_nobody(office: Office, page: Page) -> None:
    office.pay(CUSTOMER, "1150.25")
    office.install("Consuela's PC").update_selected()
    visit(page, office)
    page.locator("tbody th a").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download a support bundle").click()
    assert waiting.value.suggested_filename.startswith("sync-")
    with zipfile.ZipFile(waiting.value.path()) as packed:
        whole = b"\n".join(packed.read(name) for name in packed.namelist()).decode()
    assert "ReceivePaymentAddRs" in whole
    for name in ("Ruiz", "Plumbing", "Consuela", "Prairie", "1150.25"):
        assert name not in whole
