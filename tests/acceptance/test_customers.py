"""A support desk and a bookkeeper in a browser: a missing invoice, and what the site calls whom."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from qbwc_server.services.access import OPERATOR
from tests.acceptance.office import Office
from tests.acceptance.people import sign_in

HARPER, CAFE = "Harper Dental <Elm Street>", "Café Belém"


def signed_in(office: Office, page: Page, role: str) -> None:
    """Let somebody of a role sign in; the page is the overview then."""
    made = office.services.users.add(f"{role}@example.com", role, by=OPERATOR)
    sign_in(page, office.server.url, made.email, made.password)


def headline(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_why_an_invoice_is_missing_is_answered_by_the_next_sync(
    own_office: Office, page: Page
) -> None:
    own_office.books.add_customer(HARPER)
    own_office.books.add_customer(CAFE)
    pc = own_office.install()
    pc.update_selected()
    signed_in(own_office, page, "viewer")
    page.get_by_role("link", name="Customers", exact=True).click()
    assert headline(page) == "2 customers are active in QuickBooks."
    page.get_by_label("Name").fill("harper")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=HARPER).click()
    assert headline(page) == f"{HARPER} has no open invoice."

    page.get_by_label("Invoice number").fill("1042")
    page.get_by_role("button", name="Why is it missing?").click()
    answer = page.locator("#missing [role=status]")
    expect(answer).to_contain_text("The next sync asks QuickBooks for exactly this number.")
    expect(answer).to_contain_text("QuickBooks is asked at the next sync")

    pc.update_selected()
    page.reload()
    expect(answer).to_contain_text("QuickBooks had no invoice and no statement charge 1042")
    expect(answer).to_contain_text("QuickBooks was asked")

    own_office.books.add_invoice(HARPER, number="1042", amount="125.00")
    pc.update_selected()
    page.reload()
    expect(answer).to_contain_text("is here and open, with 125.00 due.")
    answer.get_by_role("link", name="Look at 1042").click()
    assert headline(page) == "Invoice 1042 is open, with $125.00 due."
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Invoices").click()
    assert headline(page) == "1 invoice is open, with $125.00 left to pay."


def test_a_payment_goes_when_a_bookkeeper_says_whose_it_is(
    own_office: Office, page: Page, tmp_path: Path
) -> None:
    books = own_office.books
    for name in (HARPER, CAFE):
        books.add_customer(name)
    paid = [
        own_office.pay({"external_id": word}, "40.00") for word in (CAFE, "c-17", "c-18", "c-19")
    ]
    pc = own_office.install()
    pc.update_selected()
    assert set(own_office.statuses().values()) == {"rejected"}
    signed_in(own_office, page, "bookkeeper")
    page.get_by_role("link", name="Customers", exact=True).click()
    page.get_by_role("link", name="Map them").click()
    assert headline(page) == "4 of the payment site's customers mean nothing in QuickBooks yet."

    page.get_by_role("button", name="Take the proposal").click()
    expect(page.get_by_role("status")).to_have_text("1 is mapped.")
    page.get_by_label("Full name or ListID for c-17").fill("Nobody")
    page.locator("tr", has_text="c-17").get_by_role("button", name="Set").click()
    expect(page.get_by_role("alert")).to_have_text('QuickBooks has no customer called "Nobody".')
    page.get_by_label("Full name or ListID for c-17").fill(HARPER.upper())
    page.locator("tr", has_text="c-17").get_by_role("button", name="Set").click()
    expect(page.get_by_role("status")).to_have_text("c-17 is mapped.")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    told = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert told[-2:] == ["c-18,,", "c-19,,"]
    filled = tmp_path / "filled.csv"
    lines = [*told[:-2], f"c-18,,{CAFE}", "c-19,,Nobody at all"]
    filled.write_text("\n".join(lines), encoding="utf-8")
    page.get_by_label("CSV file").set_input_files(filled)
    page.get_by_label("Set what an exact name finds without asking again").check()
    page.get_by_role("button", name="Upload").click()
    assert headline(page) == "The file was read: 1 set, 2 as before, 1 refused."
    expect(page.locator("li", has_text="Line 5")).to_have_text(
        'Line 5: QuickBooks has no customer called "Nobody at all".'
    )

    pc.update_selected()
    statuses = own_office.statuses()
    assert [statuses[one] for one in paid] == ["posted", "posted", "posted", "rejected"]
    page.goto(f"{own_office.server.url}/customers")
    line = page.locator("tr", has_text=HARPER)
    expect(line).to_contain_text(re.compile(r"Mapped\s+c-17"))
    line.get_by_role("link").click()
    page.get_by_role("button", name="Remove c-17").click()
    expect(page.get_by_role("status")).to_contain_text("means nothing any more")
    expect(page.locator("#mapping")).to_contain_text("Not mapped")
