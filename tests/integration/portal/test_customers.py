"""Customers as people look through them, the page of one, and why an invoice is missing."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from html import escape, unescape
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from models.company_file import CompanyFile
from models.engine import database_clock
from models.invoice_question import InvoiceQuestion
from models.payment import Payment
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.services.mappings import What
from sync_core.missing import Entry
from sync_core.people import Role
from sync_core.reason import Reason
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.portal.shelf import ABBOTT, KERN, KITCHEN, Shelf, listed, next_page
from tests.integration.site import payment
from tests.schema.rows import add

EVIL = "<script>alert('x')</script>"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def shelf(engine: Engine, company_file_id: int) -> Shelf:
    """Five customers: two mapped or proposed, one inactive, one gone."""
    shelf = Shelf.of(engine, company_file_id)
    shelf.customer(KERN, "Kern", balance_cents=12500)
    shelf.customer(KITCHEN, "Kern:Kitchen", parent_list_id=KERN)
    shelf.customer(ABBOTT, EVIL, is_active=False)
    shelf.customer("80000004-1", FORMULA)
    shelf.customer("80000005-1", "Merged Away", gone_wall="2026-11-19T10:00:00")
    return shelf


@pytest.fixture
def home(company: CompanyView) -> str:
    return f"/companies/{company.id}"


@pytest.fixture
def mapped(shelf: Shelf, use_cases: UseCases, company_file_id: int) -> Shelf:
    """Kern is c-1 on the payment site, and a payment waits for one called Kern:Kitchen there."""
    use_cases.site_words.name_entry(company_file_id, What.CUSTOMERS, KERN, "c-1", by="test")
    waits = payment(customer={"external_id": "Kern:Kitchen"}, apply=[])
    use_cases.intake.queue(company_file_id, [waits], by="test")
    return shelf


FILTERS = [
    ({}, [EVIL, FORMULA, "Kern", "Kern:Kitchen", "Merged Away"]),
    ({"name": "KERN"}, ["Kern", "Kern:Kitchen"]),
    ({"name": "kern:"}, ["Kern:Kitchen"]),
    ({"name": "kitchen"}, []),
    ({"name": "="}, [FORMULA]),
    ({"name": "_"}, []),
    ({"state": "active"}, [FORMULA, "Kern", "Kern:Kitchen"]),
    ({"state": "inactive"}, [EVIL]),
    ({"state": "gone"}, ["Merged Away"]),
    ({"mapped": "yes"}, ["Kern"]),
    ({"mapped": "no", "state": "active"}, [FORMULA, "Kern:Kitchen"]),
]


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize(("words", "names"), FILTERS, ids=[str(one) for one, _ in FILTERS])
def test_the_list_and_its_export_have_what_is_looked_for(
    admin: Person, home: str, words: dict[str, str], names: list[str]
) -> None:
    page = admin.open(f"{home}/customers?{urlencode(words)}")
    assert page.status_code == 200
    assert listed(page.text) == names
    export = admin.open(f"{home}/customers.csv?{urlencode(words)}").text.removeprefix("\ufeff")
    told = [row["name"] for row in csv.DictReader(io.StringIO(export))]
    assert told == [f"'{name}" if name == FORMULA else name for name in names]


@pytest.mark.usefixtures("mapped")
def test_each_has_a_mark_and_a_word_for_its_mapping(admin: Person, home: str) -> None:
    page = admin.open(f"{home}/customers").text
    assert "3 customers are active in QuickBooks, 1 inactive." in page
    assert "1 of the payment site&#39;s customers means nothing" in page.replace("'", "&#39;")
    for name, word in (("Kern", "Mapped"), ("Kern:Kitchen", "Proposed"), (EVIL, "Not mapped")):
        (line,) = (
            line
            for line in page.split("<tr")
            if f">{escape(name)}</a>".replace("&#x27;", "&#39;") in line
        )
        assert f"</svg>\n{word}" in line or f"</svg>{word}" in line
    assert "<s>Merged Away</s>" in page
    assert "No longer in QuickBooks" in page


@pytest.mark.usefixtures("shelf")
def test_a_site_that_maps_nothing_is_not_alarmed(admin: Person, home: str) -> None:
    page = admin.open(f"{home}/customers").text
    assert "so none has to be mapped." in page
    assert "Needs you" not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("state=lost", "This must be one of active, inactive, gone"),
        (f"name={'x' * 210}", "QuickBooks has no more than 209 characters here"),
        ("cursor=nonsense", "This is no page of this list"),
    ],
)
def test_what_cannot_be_looked_for_is_said(
    admin: Person, home: str, shelf: Shelf, words: str, said: str
) -> None:
    assert shelf
    answer = admin.open(f"{home}/customers?{words}")
    assert answer.status_code == 422
    assert said in answer.text


def test_before_the_first_sync_it_says_what_to_do(admin: Person, home: str) -> None:
    page = admin.open(f"{home}/customers").text
    assert "No customer has been read from QuickBooks yet." in page
    assert "Update Selected" in page
    assert "The first sync reads all customers; then they stand here." in page
    assert f'href="{home}/connect">Connect a PC</a>' in page


def test_those_with_something_left_to_pay(admin: Person, home: str, shelf: Shelf) -> None:
    shelf.invoice("1", KITCHEN)
    shelf.invoice("2", KERN, is_paid=True, balance_cents=0)
    shelf.invoice("3", KERN, is_voided=True)
    shelf.invoice("4", KERN, is_hidden=True)
    assert listed(admin.open(f"{home}/customers?owes=yes").text) == ["Kern:Kitchen"]
    assert listed(admin.open(f"{home}/customers?owes=no&name=kern").text) == ["Kern"]
    export = admin.open(f"{home}/customers.csv?owes=yes").text
    assert [line.split(",")[1] for line in export.splitlines()[1:]] == ["Kern:Kitchen"]
    wrong = admin.open(f"{home}/customers?owes=much")
    assert wrong.status_code == 422
    assert "This must be one of yes, no" in wrong.text


def test_every_customer_stands_on_one_page(admin: Person, home: str, shelf: Shelf) -> None:
    for number in range(120):  # half of them have the same name as another
        shelf.customer(f"{number}-9", f"Smith\N{NO-BREAK SPACE}{number // 2:02}")
    seen, address = [], f"{home}/customers?name=smith&state=active"
    while address:
        page = admin.open(address).text
        seen += listed(page)
        address = next_page(page) or ""
    assert len(seen) == 120
    assert seen == sorted(seen)


# One


def test_a_customer_shows_what_belongs_to_it(
    engine: Engine,
    admin: Person,
    home: str,
    mapped: Shelf,
    use_cases: UseCases,
    company_file_id: int,
) -> None:
    mapped.invoice("1001")
    mapped.invoice("1002", balance_cents=2550)
    mapped.invoice("1003", is_paid=True, balance_cents=0)
    mapped.invoice("1004", KITCHEN)
    by = {"list_id": KERN}, {"name": "Kern"}, {"external_id": "c-1"}, {"name": "Other"}
    queued = [payment(f"pay_{n}", customer=one, apply=[]) for n, one in enumerate(by)]
    use_cases.intake.queue(company_file_id, queued, by="test")
    with engine.begin() as db:  # by its id on the site, and posted under another customer
        is_third = Payment.external_id == "pay_2"
        moved = update(Payment).where(is_third).values(post_customer_list_id=KITCHEN)
        db.execute(moved.values(status="posted"))
    page = unescape(admin.open(f"{home}/customer?list_id={KERN}").text)
    assert "Kern has 2 open invoices, with 125.50 left to pay." in page
    for told in ("c-1", "Kern:Kitchen", "125.00", "1001", "1002"):
        assert told in page
    assert ">1003<" not in page
    assert [n for n in range(4) if f"id=pay_{n}" in page] == [0, 1]
    page = unescape(admin.open(f"{home}/customer?list_id={KITCHEN}").text)
    assert [n for n in range(4) if f"id=pay_{n}" in page] == [2]
    assert "(this job's customer)" in page
    page = unescape(admin.open(f"{home}/customer?list_id=80000005-1").text)
    assert "Merged Away is no longer in QuickBooks." in page
    assert "<s>Merged Away</s>" in page


@pytest.mark.parametrize("list_id", ["", "80000099-1", "a\0b"])
def test_a_customer_that_is_none(admin: Person, home: str, list_id: str) -> None:
    assert admin.open(f"{home}/customer?list_id={quote(list_id)}").status_code == 404


def test_a_bookkeeper_says_what_the_site_calls_it(
    hire: Hire, home: str, shelf: Shelf, use_cases: UseCases, company_file_id: int
) -> None:
    assert shelf
    bea, page = hire("bea", Role.BOOKKEEPER), f"{home}/customer?list_id={KERN}"
    answer = bea.send(f"{home}/customer/word?list_id={KERN}", on=page, external_id="c-1")
    assert (answer.status_code, answer.location) == (303, page)
    assert "The payment site's c-1 means this one now." in unescape(bea.open(page).text)
    answer = bea.send(f"{home}/customer/word?list_id={KITCHEN}", on=page, external_id="c-1")
    assert answer.status_code == 422
    assert "means another one already" in answer.text
    answer = bea.send(f"{home}/customer/word?list_id=1-1", on=page, external_id="c-2")
    assert answer.status_code == 404
    answer = bea.send(f"{home}/customer/word/remove?list_id={KERN}", on=page, external_id="c-1")
    assert answer.status_code == 303
    assert list(use_cases.mappings.every(company_file_id, What.CUSTOMERS)) == []


def test_a_viewer_asks_and_changes_nothing(hire: Hire, home: str, shelf: Shelf) -> None:
    assert shelf
    vera, page = hire("vera", Role.VIEWER), f"{home}/customer?list_id={KERN}"
    shown = vera.open(page).text
    assert "Missing an invoice?" in shown
    assert "/word" not in shown
    for form in ("word", "word/remove"):
        answer = vera.send(f"{home}/customer/{form}?list_id={KERN}", on="/account", external_id="1")
        assert answer.status_code == 403


def test_names_from_quickbooks_are_text(admin: Person, home: str, shelf: Shelf) -> None:
    shelf.invoice(EVIL[:11], ABBOTT, txn_id="6-1")
    for path in (f"/customer?list_id={ABBOTT}", "/customers", "/invoices", "/invoice?txn_id=6-1"):
        page = admin.open(f"{home}{path}").text
        assert "<script>alert" not in page
        assert "<script>ale" not in page
        assert "&lt;script&gt;" in page


# Why is an invoice missing?


def _question(shelf: Shelf, found: list[Entry]) -> None:
    """Let QuickBooks have answered a minute ago what it has under 1042."""
    with shelf.engine.begin() as db:
        now = database_clock(db)
        add(
            db,
            InvoiceQuestion,
            company_file_id=shelf.company_file_id,
            plain_number="1042",
            number="1042",
            asked_for_at=now - timedelta(minutes=3),
            sent_at=now - timedelta(minutes=2),
            answered_at=now - timedelta(minutes=1),
            found=[entry.as_json() for entry in found],
        )


def _charge(shelf: Shelf) -> None:
    charge = Entry(
        txn_id="7-1",
        number="1042",
        customer_list_id=KERN,
        customer_name="Kern",
        day=date(2026, 11, 2),
        total_cents=4000,
        balance_cents=None,
        is_charge=True,
    )
    _question(shelf, [charge])


def _other_mapped(shelf: Shelf, use: UseCases) -> None:
    use.site_words.name_entry(shelf.company_file_id, What.CUSTOMERS, KITCHEN, "c-2", by="test")
    shelf.invoice("1042")


# The customer that asks, how the books come to be so, the reason, some of the sentence, and where
# the page leads on.
WHY: list[tuple[str, Callable[[Shelf, UseCases], object], Reason, str, str]] = [
    (KERN, _other_mapped, Reason.NO_MAPPING, "is not linked to a customer of the", "#mapping"),
    ("80000005-1", lambda *_: None, Reason.CUSTOMER_GONE, "is no longer in QuickBooks", ""),
    (
        KERN,
        lambda shelf, _: shelf.invoice("1042", deleted_wall="2026-11-19T10:00:00"),
        Reason.DELETED,
        "Invoice 1042 was deleted in QuickBooks on 2026-11-19.",
        "Look at 1042",
    ),
    (KERN, lambda shelf, _: _charge(shelf), Reason.STATEMENT_CHARGE, "is a statement charge", ""),
    (
        KERN,
        lambda shelf, _: shelf.invoice("1042", txn_date=date(2025, 6, 30), is_hidden=True),
        Reason.BEFORE_SYNC_FROM,
        "before the Sync From Date 2026-01-01",
        "Look at the Sync From Date",
    ),
    (
        KERN,
        lambda shelf, _: shelf.invoice("1042", is_paid=True, balance_cents=0),
        Reason.NO_OPEN_BALANCE,
        "is paid in full in QuickBooks",
        "Look at 1042",
    ),
    (
        ABBOTT,
        lambda shelf, _: shelf.invoice("1042", ABBOTT),
        Reason.CUSTOMER_INACTIVE,
        "is inactive in QuickBooks",
        "Look at 1042",
    ),
    (
        KERN,
        lambda shelf, _: shelf.invoice("1042", is_pending=True),
        Reason.PENDING,
        "choose Edit > Mark Invoice as Final",
        "Look at 1042",
    ),
    (
        KERN,
        lambda shelf, _: shelf.invoice("1042", "80000004-1"),
        Reason.OTHER_CUSTOMER,
        f"stands under {FORMULA} in QuickBooks, not under Kern.",
        "Look at 1042",
    ),
    (
        KERN,
        lambda *_: None,
        Reason.NOT_IMPORTED_SINCE,
        "The next sync asks QuickBooks for exactly this number.",
        "QuickBooks is asked at the next sync",
    ),
    (
        KERN,
        lambda shelf, _: _question(shelf, []),
        Reason.NOT_IMPORTED_SINCE,
        "QuickBooks had no invoice and no statement charge 1042",
        "QuickBooks was asked",
    ),
    (
        KERN,
        lambda shelf, _: shelf.invoice("1042"),
        Reason.HERE_AND_OPEN,
        "look at the customer's rights on the payment site.",
        "Look at 1042",
    ),
]


@pytest.mark.parametrize(
    ("list_id", "happen", "reason", "told", "leads"),
    WHY,
    ids=[f"{n}-{w[2]}" for n, w in enumerate(WHY)],
)
def test_why_an_invoice_is_missing(
    hire: Hire,
    home: str,
    shelf: Shelf,
    use_cases: UseCases,
    company: CompanyView,
    list_id: str,
    happen: Callable[[Shelf, UseCases], object],
    reason: Reason,
    told: str,
    leads: str,
) -> None:
    use_cases.companies.set(company.id, {"sync_from": "2026-01-01"})
    happen(shelf, use_cases)
    vera = hire("vera", Role.VIEWER)
    answer = ask(vera, home, list_id, " 1042 ")
    box = unescape(answer.text.partition('class="answer"')[2].partition("</div>")[0])
    why = use_cases.missing_invoice.explain(shelf.company_file_id, list_id, "1042")
    assert why.reason is reason
    assert why.summary in box
    assert told in box
    assert leads in box
    assert ("Look at 1042" in box) == (leads == "Look at 1042")


def ask(person: Person, home: str, list_id: str, number: str) -> TestResponse:
    """Ask why an invoice is missing; the page that answers."""
    there = f"{home}/customer?list_id={list_id}"
    sent = person.send(f"{home}/customer/missing?list_id={list_id}", on=there, number=number)
    assert sent.status_code == 303
    assert sent.location == f"{there}&number={number.strip()}#missing"
    answer = person.open(sent.location.partition("#")[0])
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("number", ["", " ", "123456789012"])
def test_a_number_that_is_none(admin: Person, home: str, shelf: Shelf, number: str) -> None:
    assert shelf
    there = f"{home}/customer?list_id={KERN}"
    asked = admin.send(f"{home}/customer/missing?list_id={KERN}", on=there, number=number)
    for answer in (asked, admin.open(f"{there}&number={quote(number)}")):
        assert answer.status_code == 422
        assert "An invoice number has 1 to 11 characters." in answer.text
        assert 'class="answer"' not in answer.text
        assert f'name="number" type="text"\n value="{number}"' in answer.text


def test_a_customer_that_is_none_misses_nothing(admin: Person, home: str, shelf: Shelf) -> None:
    assert shelf
    there = f"{home}/customer"
    sent = admin.send(f"{there}/missing?list_id=none", on=f"{there}?list_id={KERN}", number="1")
    assert sent.status_code == 404


def test_an_address_alone_asks_quickbooks_nothing(
    engine: Engine, admin: Person, home: str, shelf: Shelf
) -> None:
    """It may have been sent by somebody, or be opened ahead by the browser."""
    assert shelf
    page = admin.open(f"{home}/customer?list_id={KERN}&number=77")
    assert page.status_code == 200
    assert 'class="answer"' not in page.text
    assert 'value="77"' in page.text
    with engine.connect() as db:
        assert db.execute(InvoiceQuestion.__table__.select()).all() == []


def test_what_is_asked_is_asked_once(
    engine: Engine, admin: Person, home: str, shelf: Shelf
) -> None:
    assert shelf
    for _ in range(2):
        page = ask(admin, home, KERN, "77").text
        assert "QuickBooks is asked at the next sync" in page
    with engine.connect() as db:
        (row,) = db.execute(InvoiceQuestion.__table__.select()).all()
    assert (row.number, row.sent_at) == ("77", None)


def test_amounts_have_the_sign_of_the_company_and_foreign_ones_their_own(
    admin: Person, home: str, engine: Engine, company_file_id: int
) -> None:
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(country="US"))
    shelf = Shelf.of(engine, company_file_id)
    shelf.customer(KERN, "Kern", currency="US Dollar")
    shelf.customer(ABBOTT, "Abbott", currency="Euro", balance_cents=10000)
    shelf.invoice("2001", KERN, currency="US Dollar")
    foreign = shelf.invoice("2002", ABBOTT, currency="Euro")
    euros = "EUR\N{NO-BREAK SPACE}100.00"
    page = admin.open(f"{home}/customer?list_id={KERN}").text
    assert "Kern has 1 open invoice, with $100.00 left to pay." in page
    page = admin.open(f"{home}/customer?list_id={ABBOTT}").text
    assert f"Abbott has 1 open invoice, with {euros} left to pay." in page
    assert "$" not in page.partition("<main")[2]
    assert f"is open, with {euros} due." in admin.open(f"{home}/invoice?txn_id={foreign}").text
    for address in ("customers", "invoices"):
        page = admin.open(f"{home}/{address}").text
        assert "$100.00" in page
        assert euros in page
