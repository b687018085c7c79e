"""Every page and form of a firm at work, found by following links, as different people.

The firm's customers, invoices, memos and PCs have names that are markup, formulas and lines of
headers, since whoever pays or keeps the books can choose them.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine

from qbwc_server.portal import door
from qbwc_server.services.assembly import UseCases
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.web_connector import WebConnector
from sync_core.people import Role
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person, portal_of
from tests.integration.portal.test_door import OTHER
from tests.integration.sync.firm import Firm, open_firm, play_until, update

MARKUP = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
FORMULA = "=1+1"
HEADER = "a\r\nX-Evil: 1"
# Led to where there is something of the kind: several company files, a PC that is being connected.
NOT_ALWAYS = {"overview.every", "connect.live"}
# More than a firm of this size has; a circle of addresses would never end.
PAGES_MAX = 400


@pytest.fixture
def firm(engine: Engine, tmp_path: Path) -> Firm:
    """A firm with one of everything: posted, refused, waiting, in trouble, and not mapped."""
    firm = open_firm(engine, tmp_path)
    books = firm.books
    for name in (MARKUP, IMAGE, FORMULA):
        books.add_customer(name)
    books.add_customer("Harper Dental Group")
    paid = books.add_invoice(MARKUP, amount="100.00", number="2101")
    books.add_invoice(IMAGE, amount="50.00", number="=2+2")
    late = books.add_invoice(FORMULA, amount="40.00", number="2103")
    pc = firm.pc(MARKUP)
    update(pc)
    lose_a_payment(firm, pc)
    firm.pay(MARKUP, "60.00", {paid: "60.00"}, memo=MARKUP)
    firm.pay(FORMULA, "40.00", {late: "40.00"}, memo=FORMULA)
    for name in (IMAGE, MARKUP, FORMULA):
        firm.pay(name, "11.00", method=FORMULA)
    firm.pay("Nobody at all", "12.00", memo="=cmd()")
    firm.pay({"external_id": FORMULA}, "13.00")
    books.receive_by_hand(FORMULA, amount="40.00", number="-1", invoices={late: "40.00"})
    update(pc)
    firm.clock.move(minutes=15)
    enter_twice(books)
    update(pc)
    firm.clock.move(minutes=15)
    session = pc.begin()
    play_until(session, "InvoiceQuery")
    firm.pay("Harper Dental Group", "14.00")
    firm.services.tokens.add(firm.company_id, label=MARKUP)
    return firm


def enter_twice(books: CompanyFile) -> None:
    """Let QuickBooks hold a payment of ours twice."""
    books.enter_again(next(each for each in books.payments() if each.external_guid))


def lose_a_payment(firm: Firm, pc: WebConnector) -> None:
    """Let the company file be restored from before a payment, and be the one to go on with."""
    kept = firm.books.backup()
    firm.pay(IMAGE, "1.00")
    update(pc)
    firm.clock.move(hours=1)
    firm.books.restore(kept)
    update(pc)
    firm.services.companies.confirm(firm.company_id, by="admin@example.com")
    firm.clock.move(hours=1)
    update(pc)


@pytest.fixture
def use_cases(firm: Firm) -> UseCases:
    return firm.services


@pytest.fixture
def portal(firm: Firm) -> Flask:
    return portal_of(firm.services, firm.services.installs.settings)


def addresses(person: Person, start: str = "/") -> Iterator[tuple[str, str]]:
    """Follow every link from a page on; each address once, with its page."""
    seen, waiting = {start}, [start]
    while waiting:
        address = waiting.pop(0)
        answer = person.open(address)
        if answer.status_code == 303:
            page, found = "", [answer.location]
        else:
            assert answer.status_code in (200, 204), f"{address}: {answer.status_code}"
            is_page = answer.mimetype == "text/html"
            page = answer.text if is_page else ""
            found = re.findall(r'(?:href="|hx-trigger="every[^>]*hx-get=")([^"]+)"', page)
            found += re.findall(r'hx-get="([^"]+)"[^>]*hx-trigger="every', page)
        yield address, page
        for link in found:
            target = urljoin(address, html.unescape(link).partition("#")[0])
            if target.startswith("/") and not target.startswith("/static") and target not in seen:
                seen.add(target)
                waiting.append(target)
        assert len(seen) <= PAGES_MAX


def endpoint_of(portal: Flask, address: str) -> str:
    parts = urlsplit(address)
    endpoint, _ = portal.url_map.bind("localhost").match(parts.path, query_args=parts.query)
    return str(endpoint)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.BOOKKEEPER, Role.VIEWER])
def test_every_link_leads_somewhere_that_is_open_to_whoever_sees_it(
    portal: Flask, hire: Hire, role: Role
) -> None:
    """And on every page names are text."""
    visited = set()
    for address, page in addresses(hire("amy", role)):
        visited.add(endpoint_of(portal, address))
        assert MARKUP not in page, address
        assert "<img src=x" not in page, address
    guarded = {
        rule.endpoint: door.needed_by(portal.view_functions[rule.endpoint])
        for rule in portal.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.partition(".")[0] not in OTHER
    }
    reachable = {name for name, needed in guarded.items() if needed and role.reaches(needed)}
    left = {name for name in reachable - visited if not name.endswith(".short")}
    assert left <= NOT_ALWAYS, sorted(left - NOT_ALWAYS)


def ours(firm: Firm) -> dict[str, list[dict[str, object]]]:
    """Read what the database holds of this firm."""
    return {
        table: [
            row
            for row in rows
            if row.get("company_file_id", row["id"] if table == "company_file" else None)
            in (firm.company_file_id, None)
        ]
        for table, rows in firm.everything().items()
        if table != "app_user"
    }


def test_what_belongs_to_another_company_file_is_not_there(firm: Firm, hire: Hire) -> None:
    """Neither its pages nor its forms, nor through the address of a company file one may see."""
    other = firm.services.companies.add("Moonlight Dental")
    stranger, admin = hire("moon", "admin", [other.id]), hire("amy", "admin")
    pages = {
        address: page
        for address, page in addresses(admin)
        if f"/companies/{firm.company_id}" in address and page
    }
    assert len(pages) > 20
    names = (MARKUP, "Harper Dental Group", firm.payment("web-1").reference)
    before = ours(firm)
    for address in pages:
        assert stranger.open(address).status_code == 404, address
        own = address.replace(firm.company_id, other.id)
        shown = html.unescape(stranger.open(own).text)
        for name in names:  # what was looked for is shown as it was typed
            assert name not in shown or name in unquote_plus(own), own
    forms = {
        html.unescape(action).partition("#")[0]
        for page in pages.values()
        for form in re.findall(r'<form[^>]*method="post"[^>]*', page)
        for action in re.findall(r'action="([^"]+)"', form)
        if f"/companies/{firm.company_id}" in action
    }
    assert len(forms) > 10
    for action in sorted(forms):
        told = stranger.send(action, on="/account", next="//evil.example", id="web-2")
        assert told.status_code == 404, action
        own = action.replace(firm.company_id, other.id)
        told = stranger.send(own, on="/account", next="//evil.example", id="web-2")
        assert not (told.location or "").startswith(("//", "http")), own
    assert ours(firm) == before
