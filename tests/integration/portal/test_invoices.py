"""Invoices as people look through them: filters, search, pages, the export, and the page of one."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import Engine, event, insert, text, update

from models import bulk
from models.books import Invoice, LinkedTxn
from models.payment import Payment
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.services.mappings import What
from sync_core.people import Role
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.portal.shelf import ABBOTT, KERN, KITCHEN, Shelf, listed, next_page
from tests.integration.site import payment
from tests.schema.rows import row

EVIL = "<script>alert('x')</script>"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def shelf(engine: Engine, company_file_id: int) -> Shelf:
    return Shelf.of(engine, company_file_id)


@pytest.fixture
def books(shelf: Shelf, use_cases: UseCases, company_file_id: int) -> Shelf:
    """Invoices in every state, of four customers; 1001 is what the site calls inv/1."""
    shelf.customer(KERN, "Kern")
    shelf.customer(KITCHEN, "Kern:Kitchen", parent_list_id=KERN)
    shelf.customer(ABBOTT, EVIL)
    shelf.customer("80000004-1", FORMULA)
    first = shelf.invoice("1001", txn_date=date(2026, 11, 1))
    shelf.invoice("1002", KITCHEN, is_paid=True, balance_cents=0, txn_date=date(2026, 11, 2))
    shelf.invoice("1003", is_voided=True, total_cents=0, txn_date=date(2026, 11, 3))
    shelf.invoice("1004", deleted_wall="2026-11-19T10:00:00", txn_date=date(2026, 11, 4))
    shelf.invoice("1005", is_hidden=True, txn_date=date(2024, 11, 5))
    shelf.invoice("A-6", KITCHEN, is_pending=True, txn_date=date(2026, 11, 6))
    shelf.invoice("a-7", ABBOTT, txn_date=date(2026, 11, 7), balance_cents=4000)
    shelf.invoice("=1+1", "80000004-1", txn_date=date(2026, 11, 8))
    use_cases.site_words.name_entry(company_file_id, What.INVOICES, first, "inv/1", by="test")
    return shelf


@pytest.fixture
def home(company: CompanyView) -> str:
    return f"/companies/{company.id}"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Note the statements that are made."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


# What is looked for

FILTERS = [
    ({}, ["=1+1", "a-7", "A-6", "1004", "1003", "1002", "1001"]),
    ({"state": "open"}, ["=1+1", "a-7", "A-6", "1001"]),
    ({"state": "paid"}, ["1002"]),
    ({"state": "voided"}, ["1003"]),
    ({"state": "deleted"}, ["1004"]),
    ({"number": "100"}, ["1001", "1002", "1003", "1004"]),
    ({"number": "1005"}, []),  # older than the Sync From Date
    ({"number": "a-"}, ["A-6", "a-7"]),
    ({"number": " A-7 "}, ["a-7"]),
    ({"number": "%"}, []),
    ({"number": "="}, ["=1+1"]),
    ({"customer": "kern"}, ["A-6", "1004", "1003", "1002", "1001"]),
    ({"customer": "KERN:kit"}, ["A-6", "1002"]),
    ({"customer": "Kitchen"}, []),  # a name is looked for from its beginning
    ({"customer": "<SCRIPT"}, ["a-7"]),
    ({"mapped": "yes"}, ["1001"]),
    ({"mapped": "no", "state": "open"}, ["=1+1", "a-7", "A-6"]),
    ({"customer": "kern", "number": "1", "state": "paid", "mapped": "no"}, ["1002"]),
    ({"from": "2026-11-06"}, ["=1+1", "a-7", "A-6"]),
    ({"to": "2026-11-02"}, ["1002", "1001"]),
    ({"from": "2026-11-02", "to": "2026-11-04", "state": "paid"}, ["1002"]),
    ({"amount": "40"}, ["a-7"]),  # is due on it
    ({"amount": "100.00"}, ["=1+1", "a-7", "A-6", "1004", "1002", "1001"]),
    ({"amount": "100.00", "state": "open"}, ["=1+1", "a-7", "A-6", "1001"]),
    ({"amount": "100.00", "state": "paid"}, ["1002"]),
    ({"amount": "40", "state": "paid"}, []),
    ({"amount": "0"}, ["1003"]),  # paid ones have nothing due, and are over more
    ({"amount": "100", "customer": "kern:", "to": "2026-11-05"}, ["1002"]),
    ({"amount": "100", "number": "1", "from": "2026-11-02"}, ["1002", "1004"]),
    ({"amount": "40", "number": "a"}, ["a-7"]),
]


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(("words", "numbers"), FILTERS, ids=[str(one) for one, _ in FILTERS])
def test_the_list_and_its_export_have_what_is_looked_for(
    admin: Person, home: str, words: dict[str, str], numbers: list[str]
) -> None:
    page = admin.open(f"{home}/invoices?{urlencode(words)}")
    assert page.status_code == 200
    assert listed(page.text) == numbers
    export = admin.open(f"{home}/invoices.csv?{urlencode(words)}")
    assert export.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(export.text.removeprefix("\ufeff"))))
    assert [row["number"].removeprefix("'") for row in rows] == numbers


@pytest.mark.usefixtures("books")
def test_the_page_says_how_it_stands(admin: Person, home: str) -> None:
    page = admin.open(f"{home}/invoices").text
    assert ">4 invoices are open, with 340.00 left to pay.</h1>" in page  # no country is known
    assert "As of the last sync," in page
    assert "<s>1004</s>" in page
    for word in ("Open", "Pending", "Paid", "Voided", "Deleted", "Mapped", "Not mapped"):
        assert word in page


@pytest.mark.usefixtures("books")
def test_the_short_address_keeps_what_is_looked_for(admin: Person, home: str) -> None:
    answer = admin.open("/invoices?state=paid")
    assert (answer.status_code, answer.location) == (303, f"{home}/invoices?state=paid")


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("state=lost", "This must be one of open, paid, voided, deleted"),
        ("mapped=perhaps", "This must be one of yes, no"),
        ("number=123456789012", "QuickBooks has no more than 11 characters here"),
        ("amount=much", "Give an amount such as 125.00."),
        ("from=2026-02-30", "Give a day as year-month-day"),
        ("from=2026-12-01&to=2026-11-30", "The last day is before the first one"),
        ("cursor=nonsense", "This is no page of this list"),
        ("cursor=YXQgNi0xIGE", "This is no page of this list"),  # at 6-1 a: no day
    ],
)
def test_what_cannot_be_looked_for_is_said(admin: Person, home: str, words: str, said: str) -> None:
    answer = admin.open(f"{home}/invoices?{words}")
    assert answer.status_code == 422
    assert said in answer.text
    if "cursor" not in words:
        assert admin.open(f"{home}/invoices.csv?{words}").status_code == 400


def test_a_name_with_which_too_many_begin(admin: Person, home: str, shelf: Shelf) -> None:
    for number in range(201):
        shelf.customer(f"{number}-1", f"Smith {number:03}")
    answer = admin.open(f"{home}/invoices?customer=smith")
    assert answer.status_code == 422
    assert "More than 200 customers begin so; type more of the name." in answer.text
    assert admin.open(f"{home}/invoices?customer=smith+10").status_code == 200
    assert admin.open(f"{home}/invoices.csv?customer=smith").status_code == 400


def test_before_the_first_sync_it_says_what_to_do(admin: Person, hire: Hire, home: str) -> None:
    bea = hire("bea", Role.BOOKKEEPER)
    for person, connects in ((admin, True), (bea, False)):
        page = person.open(f"{home}/invoices").text
        assert "No invoice has been read from QuickBooks yet." in page
        assert "Update Selected" in page
        assert "The first sync reads all invoices from the Sync From Date on;" in page
        assert "<table" not in page
        assert (f'href="{home}/connect">Connect a PC</a>' in page) is connects


def test_nothing_that_fits_leads_back(admin: Person, home: str, books: Shelf) -> None:
    assert books
    page = admin.open(f"{home}/invoices?number=77").text
    assert "Nothing fits what you look for" in page
    assert f'<a href="{home}/invoices">show all</a>' in page


# Pages


@pytest.mark.parametrize("words", ["", "state=open", "number=inv", "customer=k", "amount=100"])
def test_every_invoice_stands_on_one_page_and_in_the_export(
    admin: Person, home: str, shelf: Shelf, words: str
) -> None:
    shelf.customer(KERN, "Kern\N{NO-BREAK SPACE}& Sons")
    for number in range(120):  # three on each day, so that a page ends in the middle of one
        day = date(2026, 9, 1) + timedelta(days=number // 3)
        shelf.invoice(f"inv\N{NO-BREAK SPACE}{number:03}", txn_date=day)
    seen, address = [], f"{home}/invoices?{words}"
    while address:
        page = admin.open(address).text
        seen += listed(page)
        address = next_page(page) or ""
        assert all(f"{word}" in address for word in words.split("=")) or not address
    assert len(seen) == len(set(seen)) == 120
    export = admin.open(f"{home}/invoices.csv?{words}").text.removeprefix("\ufeff")
    assert [row["number"] for row in csv.DictReader(io.StringIO(export))] == seen


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_page_of_100000_invoices_costs_what_a_page_of_100_does(
    engine: Engine, admin: Person, home: str, shelf: Shelf, company_file_id: int
) -> None:
    shelf.customer(KERN, "Kern")
    own = {"company_file_id": company_file_id, "seen_session_id": shelf.session_id}

    def put(first: int, last: int) -> None:
        told = [
            row(
                Invoice,
                **own,
                txn_id=f"6-{number}",
                number=str(number),
                plain_number=str(number),
                customer_list_id=KERN if number % 100 == 0 else f"{number % 997}-1",
                txn_date=date(2020, 1, 1) + timedelta(days=number % 2000),
                total_cents=100,
                balance_cents=100,
                is_paid=number % 2 == 0,
                is_hidden=False,
            )
            for number in range(first, last)
        ]
        with engine.begin() as db:
            bulk.put(db, Invoice, told)

    addresses = [
        f"{home}/invoices{words}"
        for words in (
            "",
            "?state=open",
            "?number=5",
            "?customer=kern",
            "?mapped=no",
            "?amount=1&from=2021-01-01",
        )
    ] + [
        f"{home}/customers",
        f"{home}/customers?owes=yes",
        f"{home}/customer?list_id={KERN}",
        f"{home}/invoice?txn_id=6-5",
    ]
    costs: list[list[int]] = []
    for first, last in ((1, 100), (100, 100_000)):
        put(first, last)
        costs.append([])
        for address in addresses:
            with counted(engine) as statements:
                assert admin.open(address).status_code == 200
            costs[-1].append(len(statements))
    assert costs[0] == costs[1]
    assert max(costs[1]) <= 25, dict(zip(addresses, costs[1], strict=True))


# One


def test_an_invoice_shows_what_belongs_to_it(
    engine: Engine,
    admin: Person,
    home: str,
    shelf: Shelf,
    use_cases: UseCases,
    company_file_id: int,
) -> None:
    shelf.customer(KERN, "Kern")
    anew = shelf.invoice("1042B", txn_date=date(2026, 11, 19))
    gone = shelf.invoice("1042", deleted_wall="2026-11-19T10:00:00", replaced_by=anew)
    with engine.begin() as db:
        link = {"other_type": "ReceivePayment", "other_number": "CB1", "amount_cents": -2500}
        own = {"company_file_id": company_file_id, "txn_id": anew, "position": 0}
        db.execute(insert(LinkedTxn).values(**own, other_txn_id="1A-9", **link))
    meant = payment("pay/1", apply=[{"invoice": {"txn_id": anew}, "amount": "25.00"}])
    named = payment("pay/2", apply=[{"invoice": {"external_id": "inv/7"}, "amount": "1.00"}])
    other = payment("pay/3", apply=[])
    use_cases.intake.queue(company_file_id, [meant, named, other], by="test")
    with engine.begin() as db:
        posted = update(Payment).where(Payment.external_id == "pay/1")
        db.execute(posted.values(status="posted", txn_id="1A-9"))
    use_cases.site_words.name_entry(company_file_id, What.INVOICES, anew, "inv/7", by="bea")
    page = admin.open(f"{home}/invoice?txn_id={anew}").text
    assert "Invoice 1042B is open, with 100.00 due." in page
    assert "inv/7" in page
    assert page.count(f"{home}/payment?id=pay/1") == 2  # as what is set against it, and meant
    assert page.count(f"{home}/payment?id=pay/2") == 1
    assert "pay%2F3" not in page
    page = admin.open(f"{home}/invoice?txn_id={gone}").text
    assert "Invoice 1042 was deleted in QuickBooks." in page
    assert "<s>1042</s>" in page
    assert "Entered anew as" in page
    assert "on Nov 19, 2026</dd>" in page
    assert f"txn_id={anew}" in page


@pytest.mark.parametrize(
    ("number", "how", "said"),
    [
        ("7", {"is_paid": True, "balance_cents": 0}, "Invoice 7 is paid."),
        ("7", {"is_voided": True, "total_cents": 0}, "Invoice 7 was voided in QuickBooks."),
        ("7", {"is_pending": True}, "Invoice 7 is pending, so nothing is due on it yet."),
        ("", {}, "Invoice without a number is open, with 100.00 due."),
    ],
)
def test_an_invoice_says_how_it_stands(
    admin: Person, home: str, shelf: Shelf, number: str, how: dict[str, Any], said: str
) -> None:
    txn_id = shelf.invoice(number, **how)
    assert f"{said}</h1>" in admin.open(f"{home}/invoice?txn_id={txn_id}").text


@pytest.mark.parametrize("txn_id", ["", "6-unknown", "a\0b"])
def test_an_invoice_that_is_none(admin: Person, home: str, txn_id: str) -> None:
    assert admin.open(f"{home}/invoice?txn_id={quote(txn_id)}").status_code == 404


def test_one_from_before_the_sync_from_date_has_no_page(
    admin: Person, home: str, shelf: Shelf
) -> None:
    txn_id = shelf.invoice("9", is_hidden=True)
    assert admin.open(f"{home}/invoice?txn_id={txn_id}").status_code == 404


def test_a_bookkeeper_says_what_the_site_calls_it(
    hire: Hire, home: str, shelf: Shelf, use_cases: UseCases, company_file_id: int
) -> None:
    txn_id, other = shelf.invoice("1042"), shelf.invoice("1043")
    bea, page = hire("bea", Role.BOOKKEEPER), f"{home}/invoice?txn_id={txn_id}"
    form = f"{home}/invoice/word?txn_id={txn_id}"
    answer = bea.send(form, on=page, external_id=" inv/9 ")
    assert (answer.status_code, answer.location) == (303, page)
    (said,) = use_cases.mappings.every(company_file_id, What.INVOICES)
    assert (said.external_id, said.quickbooks_id, said.set_by) == (
        "inv/9",
        txn_id,
        "bea@example.com",
    )
    elsewhere = f"{home}/invoice/word?txn_id={other}"
    answer = bea.send(elsewhere, on=page, external_id="inv/9")
    assert answer.status_code == 422
    assert "means another one already. Remove it there first." in answer.text
    answer = bea.send(form, on=page, external_id=" ")
    assert answer.status_code == 422
    answer = bea.send(f"{home}/invoice/word/remove?txn_id={txn_id}", on=page, external_id="inv/9")
    assert answer.status_code == 303
    assert list(use_cases.mappings.every(company_file_id, What.INVOICES)) == []


@pytest.mark.parametrize("word", ["", "a\0b", "a\nb", "x" * 101])
def test_what_no_id_can_be_is_said(hire: Hire, home: str, shelf: Shelf, word: str) -> None:
    txn_id = shelf.invoice("1042")
    bea, page = hire("bea", Role.BOOKKEEPER), f"{home}/invoice?txn_id={txn_id}"
    answer = bea.send(f"{home}/invoice/word?txn_id={txn_id}", on=page, external_id=word)
    assert answer.status_code == 422
    assert 'class="invalid-feedback"' in answer.text
    remove = f"{home}/invoice/word/remove?txn_id={txn_id}"
    assert bea.send(remove, on=page, external_id=word).status_code == 303


def test_what_is_gone_gets_no_name(
    hire: Hire, home: str, shelf: Shelf, use_cases: UseCases, company_file_id: int
) -> None:
    gone = shelf.invoice("1042", deleted_wall="2026-11-19T10:00:00")
    bea, page = hire("bea", Role.BOOKKEEPER), f"{home}/invoice?txn_id={gone}"
    answer = bea.send(f"{home}/invoice/word?txn_id={gone}", on=page, external_id="inv/9")
    assert answer.status_code == 422
    assert "QuickBooks has this one no more" in answer.text
    for txn_id in ("6-unknown", "a%00b"):
        answer = bea.send(f"{home}/invoice/word?txn_id={txn_id}", on=page, external_id="inv/9")
        assert answer.status_code == 404
    assert list(use_cases.mappings.every(company_file_id, What.INVOICES)) == []


# Who may, and what others wrote


@pytest.mark.usefixtures("books")
def test_a_viewer_sees_and_has_no_button_that_acts(hire: Hire, home: str, books: Shelf) -> None:
    vera = hire("vera", Role.VIEWER)
    txn_id = books.invoice("1042")
    page = vera.open(f"{home}/invoice?txn_id={txn_id}")
    assert page.status_code == 200
    assert "/word" not in page.text
    answer = vera.send(f"{home}/invoice/word?txn_id={txn_id}", on="/account", external_id="x")
    assert answer.status_code == 403


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    "path",
    ["/invoices", "/invoices.csv", f"/customer?list_id={KERN}", "/customers", "/customers.csv"],
)
def test_the_books_of_another_company_are_not_there(
    hire: Hire, use_cases: UseCases, home: str, path: str
) -> None:
    theirs = use_cases.companies.add("Moonlight Dental").id
    moon = hire("moon", "admin", [theirs])
    assert moon.open(f"{home}{path}").status_code == 404
    own = moon.open(f"/companies/{theirs}{path}")
    assert own.status_code == (404 if "list_id" in path else 200)
    assert "Kern" not in own.text


@pytest.mark.usefixtures("books")
def test_names_from_quickbooks_are_text(admin: Person, home: str) -> None:
    page = admin.open(f"{home}/invoices?number=a-7").text
    assert EVIL not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in page
    export = admin.open(f"{home}/invoices.csv").text
    (told,) = (row for row in csv.DictReader(io.StringIO(export)) if "cmd" in row["customer"])
    assert (told["number"], told["customer"]) == ("'=1+1", f"'{FORMULA}")


def test_names_that_are_typed_are_text(admin: Person, home: str, books: Shelf) -> None:
    assert books
    page = admin.open(f"{home}/invoices?customer={quote(EVIL)}&number={quote('<b>')}").text
    assert EVIL not in page
    assert "<b>" not in page


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_names_are_found_in_whatever_order_the_database_sorts(engine: Engine) -> None:
    """A range finds what begins with something where characters are in the order of their codes."""
    asked = text(
        "SELECT collation_name FROM information_schema.columns "
        "WHERE (table_name, column_name) IN "
        "(('customer', 'plain_name'), ('invoice', 'plain_number'))"
    )
    with engine.connect() as db:
        assert db.execute(asked).scalars().all() == ["C", "C"]
