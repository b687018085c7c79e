"""Connecting a company file in a browser, from nothing on, and what goes wrong on the way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config_builder import checks
from qbwc_server.services.access import OPERATOR
from scripts.simulate import qwc_file
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.web_connector import WebConnector
from tests.acceptance import people
from tests.acceptance.office import House, Office

# The page asks every three seconds, and the machine of the tests may be busy.
GREEN_MS = 30_000


def sign_in(page: Page, house: House, name: str) -> None:
    """Hire an administrator who sees all company files, and sign in."""
    made = house.services.users.add(f"{name}@example.com", "admin", by=OPERATOR)
    people.sign_in(page, house.server.url, made.email, made.password)


def add_company(page: Page, house: House, name: str) -> None:
    page.goto(f"{house.server.url}/settings/integrations")
    page.get_by_role("link", name="Add a company file").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Sync From Date").fill("2026-01-01")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("status")).to_contain_text(f"{name} is added.")


def answer_questions(page: Page, label: str) -> str:
    """Answer the questions, and give the password that the next page shows."""
    page.get_by_label("What you call this PC").fill(label)
    page.get_by_role("button", name="Show the steps").click()
    shown = page.get_by_label("The password for the Web Connector, shown this once")
    return shown.input_value()


def build_config_file(page: Page, folder: Path) -> bytes:
    with page.expect_download() as loading:
        page.get_by_role("button", name="Build Config File").click()
    file = folder / loading.value.suggested_filename
    assert file.suffix == ".qwc"
    loading.value.save_as(file)
    return file.read_bytes()


def look(page: Page, *, scripted: bool) -> None:
    """Wait for the line to change by itself; without scripts look again."""
    if not scripted:
        page.get_by_role("link", name="Look again").click()


@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "no scripts"])
def test_from_nothing_to_a_pc_that_syncs(
    house: House, browser: Browser, tmp_path: Path, *, scripted: bool
) -> None:
    name = f"Sunflower Dental {tmp_path.name[-24:]} {scripted}"
    page = browser.new_context(java_script_enabled=scripted).new_page()
    sign_in(page, house, f"{tmp_path.name.lower()[-20:].strip('_')}-{scripted}".lower())
    add_company(page, house, name)
    password = answer_questions(page, "Front desk")
    line = page.locator(".live-line")
    expect(line).to_contain_text("Build the config file first")

    content = build_config_file(page, tmp_path)
    look(page, scripted=scripted)
    expect(line).to_have_text("Waiting for the first call.", timeout=GREEN_MS)
    expect(page.locator("#tick-5")).to_contain_text("Done:")
    expect(page.locator("#tick-6")).not_to_contain_text("Done:")
    (company,) = [one for one in house.services.companies.every() if one.name == name]
    (install,) = house.services.companies.show(company.id).installs
    wanted = house.services.installs.file(install.id)
    assert wanted is not None
    assert checks.problems(wanted) == ()
    qwc_file.check_add(content)  # asks the server for its pages, as the Web Connector does

    books = CompanyFile(name)
    books.add_customer("Ruiz & Daughters")
    books.add_payment_method("Visa", "Visa")
    pc = WebConnector.from_qwc(content, password, books)
    assert pc.update_selected().status.startswith("Nothing is posted until")
    look(page, scripted=scripted)
    expect(line).to_contain_text(f"Is this {name}?", timeout=GREEN_MS)
    expect(line).to_have_class(re.compile("live-good"))
    expect(line).to_contain_text(r"C:\Books\company.qbw")
    expect(page.locator("#tick-13")).to_contain_text("Done:")
    page.get_by_role("button", name="Yes, this is it").click()
    expect(page.get_by_role("status")).to_contain_text("is the right one")
    expect(page.locator("#tick-14")).to_contain_text("Done:")
    expect(line).to_contain_text("Press Update Selected once more")
    assert password not in page.content()

    assert pc.update_selected().error_code is None
    look(page, scripted=scripted)
    expect(line).to_have_text(
        "Connected. 1 customer and 0 open invoices read so far.", timeout=GREEN_MS
    )
    expect(page.locator("#tick-17")).to_contain_text("Done:")
    page.get_by_role("link", name="Done", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"{name} syncs by itself, every 15 minutes."
    )
    page.context.close()


def test_a_wrong_password_a_wrong_file_and_a_renewed_connection(
    own_office: Office, page: Page, tmp_path: Path
) -> None:
    house = House(own_office.server, own_office.services)
    sign_in(page, house, "ada")
    add_company(page, house, "Sunflower Dental")
    password = answer_questions(page, "Front desk")
    line = page.locator(".live-line")
    other = CompanyFile("Somebody <b>Else</b>", path=r"C:\Books\other.qbw")
    pc = WebConnector.from_qwc(build_config_file(page, tmp_path), "mistyped", other)
    assert pc.update_selected().error_code == "QBWC1040"
    expect(line).to_contain_text("the password did not match", timeout=GREEN_MS)
    expect(page.get_by_role("heading", name="What to do now")).to_be_visible()
    assert page.get_by_label("The password for the Web Connector").input_value() == password

    pc.password = password
    pc.update_selected()
    expect(line).to_contain_text("Somebody <b>Else</b>", timeout=GREEN_MS)
    page.get_by_role("button", name="No", exact=True).click()
    expect(line).to_contain_text("with another company file")
    page.get_by_role("button", name="Renew the connection").click()
    renewed = page.get_by_label("The password for the Web Connector").input_value()
    assert renewed != password

    books = CompanyFile("Sunflower Dental")
    content = build_config_file(page, tmp_path)
    right = WebConnector.from_qwc(content, renewed, books)
    right.update_selected()
    expect(line).to_contain_text("Is this Sunflower Dental?", timeout=GREEN_MS)
    page.get_by_role("button", name="Yes, this is it").click()
    right.update_selected()
    expect(line).to_contain_text("read so far", timeout=GREEN_MS)
    assert pc.update_selected().error_code == "QBWC1040", "the old one is out"


def test_a_second_pc_is_connected_and_retired(
    own_office: Office, page: Page, tmp_path: Path
) -> None:
    own_office.install("Front desk").update_selected()
    house = House(own_office.server, own_office.services)
    sign_in(page, house, "ada")
    page.goto(f"{house.server.url}/companies/{own_office.company_id}/quickbooks")
    page.get_by_role("link", name="Connect another PC").click()
    expect(page.get_by_role("radio", name="Only when somebody presses")).to_be_checked()
    password = answer_questions(page, "Back office")
    expect(page.get_by_text("Make a user for the sync")).to_have_count(0)
    expect(page.locator(".tick")).to_have_count(15)
    content = build_config_file(page, tmp_path)
    pc = WebConnector.from_qwc(content, password, own_office.books, computer="BACK-OFFICE")
    assert pc.run_every_s is None
    assert pc.update_selected().error_code is None
    expect(page.locator(".live-line")).to_contain_text("read so far", timeout=GREEN_MS)
    page.get_by_role("link", name="Done", exact=True).click()
    page.get_by_role("rowheader", name="Back office").get_by_role("link").click()
    page.get_by_role("button", name="Retire Back office").click()
    expect(page.get_by_role("status")).to_contain_text("Back office is retired")
    expect(page.get_by_role("row", name=re.compile("Back office"))).to_contain_text("Retired")
    assert pc.update_selected().error_code == "QBWC1040"


def test_a_wrong_setting_is_told_beside_its_field(own_office: Office, page: Page) -> None:
    house = House(own_office.server, own_office.services)
    sign_in(page, house, "ada")
    page.goto(f"{house.server.url}/companies/{own_office.company_id}/quickbooks")
    page.get_by_label("Reference # begins with").fill("web shop")
    page.get_by_label("Deposit To").fill("Checking")
    page.get_by_role("button", name="Save").click()
    field = page.get_by_label("Reference # begins with")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#reference_prefix-wrong")).to_have_text(
        "This must be 1 to 10 of A-Z and 0-9."
    )
    expect(page.get_by_label("Deposit To")).to_have_value("Checking")
    field.fill("WEB")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_label("Deposit To")).to_have_value("Checking")
