"""When a sync does not get through: what the pages say, at which PC, and what to do there."""

import html
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from qbwc_server.portal import writing
from qbwc_server.services.assembly import UseCases
from scripts.simulate.web_connector import WebConnector
from sync_core import connection
from sync_core.trouble import VARIANTS, Trouble
from sync_core.wording.connecting import SYNC_USER
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person, portal_of
from tests.integration.sync.firm import Firm, counted, open_firm, update

CUSTOMER = "Café Belém"
DIALOG = ("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.")


@pytest.fixture
def firm(engine: Engine, tmp_path: Path) -> Firm:
    opened = open_firm(engine, tmp_path)
    opened.books.add_customer(CUSTOMER)
    return opened


@pytest.fixture
def use_cases(firm: Firm) -> UseCases:
    return firm.services


@pytest.fixture
def portal(firm: Firm) -> Flask:
    return portal_of(firm.services, firm.services.installs.settings)


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    """A PC that has synced once."""
    connected = firm.pc()
    update(connected)
    return connected


@pytest.fixture
def viewer(hire: Hire) -> Person:
    return hire("vera", "viewer")


def text(person: Person, path: str) -> str:
    """Open a page and read what it says, as a person does."""
    answer = person.open(path)
    assert answer.status_code == 200
    return " ".join(
        html.unescape(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])).split()
    )


def overview(firm: Firm) -> str:
    return f"/companies/{firm.company_id}"


def connection_page(firm: Firm) -> str:
    return f"/companies/{firm.company_id}/quickbooks"


def test_a_pc_in_order_is_one_line(firm: Firm, pc: WebConnector, viewer: Person) -> None:
    firm.pay(CUSTOMER, "100.00")
    update(pc)
    page = text(viewer, overview(firm))
    assert re.search(
        r"Office PC In order called .* last sync took (under )?\d+ s next expected", page
    )
    assert "What to do" not in page


def test_one_failed_try_is_no_alarm_and_the_second_is(
    firm: Firm, pc: WebConnector, viewer: Person
) -> None:
    firm.pay(CUSTOMER, "100.00")
    firm.books.refuse_sessions(*DIALOG, times=9)
    update(pc)
    page = text(viewer, overview(firm))
    assert "Office PC Tried once" in page
    assert "The first try did not get through. Press Update Selected once more." in page
    assert "A window in QuickBooks" not in page
    page = text(viewer, connection_page(firm))
    assert "Tried once" in page
    assert "Not let in" not in page
    firm.clock.move(minutes=15)
    update(pc)
    for address in (overview(firm), connection_page(firm)):
        page = text(viewer, address)
        assert "Nothing needs you" not in page
        assert "A window in QuickBooks is waiting for a click. Office PC 2 times in a row" in page
        assert "Who can act: Anyone at Office PC" in page
        assert re.search(r"Payments waiting: 1 \(\$?100\.00\)", page)
    assert "Office PC Does not get through" in text(viewer, overview(firm))
    page = text(viewer, connection_page(firm))
    assert "Office PC does not get through." in page
    assert "min Does not get through" in page


def test_a_sync_that_gets_through_ends_it(firm: Firm, pc: WebConnector, viewer: Person) -> None:
    firm.pay(CUSTOMER, "100.00")
    firm.books.refuse_sessions(*DIALOG, times=2)
    for _ in range(2):
        update(pc)
    assert "A window in QuickBooks" in text(viewer, overview(firm))
    update(pc)
    page = text(viewer, overview(firm))
    assert "A window in QuickBooks" not in page
    assert "Office PC In order" in page


def test_a_pc_that_does_not_call_is_silent(firm: Firm, pc: WebConnector, viewer: Person) -> None:
    firm.pay(CUSTOMER, "100.00")
    update(pc)
    firm.clock.move(hours=3)
    page = text(viewer, overview(firm))
    assert "Office PC has not called since" in page
    assert "sign in to Windows" in page
    assert "Office PC Silent" in page
    page = text(viewer, connection_page(firm))
    assert re.search(r"Office PC qbXML [\d.]+ By itself, every \d+ min Silent", page)
    assert "Office PC is silent." in page


def test_a_wrong_password_leads_an_administrator_to_a_new_one(
    firm: Firm, pc: WebConnector, viewer: Person, hire: Hire
) -> None:
    pc.password = "mistyped"
    firm.clock.move(minutes=1)
    for _ in range(2):
        update(pc)
    assert "New password</a>" not in viewer.open(overview(firm)).text
    page = hire("anna", "admin").open(overview(firm)).text
    link = re.search(r'href="([^"]+)#danger">New password</a>', page)
    assert link is not None
    assert "New password" in text(hire("bea", "admin"), link[1])


def test_what_needs_an_answer_leads_to_where_it_is_given(
    firm: Firm, pc: WebConnector, viewer: Person, hire: Hire
) -> None:
    firm.pay(CUSTOMER, "100.00")
    update(pc)
    copy = firm.books.backup()
    copy.path = r"D:\Accountant\prairie.qbw"
    pc.company_file = copy
    update(pc)
    page = text(viewer, overview(firm))
    assert "Is this the same company file?" in page
    assert "An administrator decides." in page
    admin = hire("anna", "admin")
    assert f'href="{connection_page(firm)}">Decide</a>' in admin.open(overview(firm)).text
    assert "Yes, it was moved" in text(admin, connection_page(firm))


def test_a_card_says_what_the_books_hold_before_the_steps_and_quotes_below(
    firm: Firm, pc: WebConnector, viewer: Person
) -> None:
    firm.pay(CUSTOMER, "100.00")
    firm.books.refuse_sessions(*DIALOG, times=9)
    for _ in range(2):
        update(pc)
    page = text(viewer, overview(firm))
    books = page.index("Nothing was read or written. Payments waiting: 1")
    assert books < page.index("What to do") < page.index("Details Code 0x80040414")
    assert f"QuickBooks' sentence {DIALOG[1]}" in page
    assert "In the Web Connector's status column A window is open in QuickBooks. Close it" in page
    # The user that the steps of connecting had people make.
    assert f" as {SYNC_USER} and answer what appears" in page


def test_a_sync_that_ended_with_a_problem_says_what_to_do_at_the_pc(
    firm: Firm, pc: WebConnector, viewer: Person
) -> None:
    def last() -> str:
        sync = firm.services.session_log.page(firm.company_file_id, limit="1").items[0]
        return text(viewer, f"/companies/{firm.company_id}/sync-log/sync?id={sync.id}")

    assert "What to do at the PC" not in last()
    firm.pay(CUSTOMER, "100.00")
    firm.books.refuse_sessions(*DIALOG, times=1)
    update(pc)
    page = last()
    assert "A window in QuickBooks is waiting for a click." in page
    assert "Who can act: Anyone at Office PC" in page
    assert "At Office PC, find the window" in page
    assert f"QuickBooks' sentence {DIALOG[1]}" in page


@pytest.mark.usefixtures("pc")
def test_a_pc_that_nobody_uses_leads_an_administrator_to_retiring_it(
    firm: Firm, viewer: Person, hire: Hire
) -> None:
    firm.clock.move(hours=3)
    assert "A PC that nobody uses any more: retire it." in text(viewer, overview(firm))
    assert "Renew or retire" not in text(viewer, overview(firm))
    page = hire("anna", "admin").open(overview(firm)).text
    link = re.search(r'href="([^"]+)#danger">Renew or retire Office PC</a>', page)
    assert link is not None
    assert 'id="danger"' in hire("bea", "admin").open(link[1]).text


def test_outsiders_words_are_text(firm: Firm, pc: WebConnector, viewer: Person) -> None:
    firm.pay(CUSTOMER, "100.00")
    firm.books.refuse_sessions("0x80049999", "<script>alert(1)</script>", times=2)
    for _ in range(2):
        update(pc)
    page = viewer.open(overview(firm)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_many_pcs_cost_as_many_statements_as_one(
    firm: Firm, pc: WebConnector, viewer: Person
) -> None:
    counts = []
    for more in (0, 12):
        for number in range(more):
            firm.register(f"PC {number}")
        update(pc)
        with counted(firm.engine) as statements:
            viewer.open(overview(firm))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_support_page_says_to_everybody_what_helps(stranger: Person) -> None:
    page = stranger.open("/support").text
    for kind, variants in VARIANTS.items():
        for variant in variants:
            told = connection.told(Trouble(kind, variant), {})
            for said in (told.status, *told.steps):
                assert writing.bold(said) in page


def test_waiting_money_of_two_currencies_is_told_as_two_sums(
    firm: Firm, pc: WebConnector, viewer: Person
) -> None:
    firm.pay(CUSTOMER, "100.00")
    firm.pay(CUSTOMER, "40.00", currency="EUR")
    firm.books.refuse_sessions(*DIALOG, times=9)
    for _ in range(2):
        update(pc)
    for address in (overview(firm), connection_page(firm)):
        page = text(viewer, address)
        assert re.search(r"Payments waiting: 2 \(\$?100\.00 and EUR\s40\.00\)", page)
