"""Mapping: proposals, one by one, by file and back; and which payment method a word means."""

import csv
import io
from html import unescape

import pytest
from sqlalchemy import Engine, insert, select, update
from werkzeug.test import TestResponse

from models.books import PaymentMethod
from models.payment import Payment, Watch
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.services.mappings import What
from sync_core.people import Role
from sync_core.rejection import Cause, WatchKind
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.portal.shelf import ABBOTT, KERN, KITCHEN, Shelf, listed, next_page
from tests.integration.site import payment
from tests.integration.synced import REJECTED

EVIL = "<script>x</script>"


@pytest.fixture
def shelf(engine: Engine, company_file_id: int) -> Shelf:
    shelf = Shelf.of(engine, company_file_id)
    shelf.customer(KERN, "Kern")
    shelf.customer(KITCHEN, "Kern:Kitchen")
    shelf.customer(ABBOTT, EVIL)
    return shelf


@pytest.fixture
def home(company: CompanyView) -> str:
    return f"/companies/{company.id}/mappings/customers"


@pytest.fixture
def waiting(shelf: Shelf, use_cases: UseCases, company_file_id: int) -> Shelf:
    """Payments wait for kern, <script> and c-9 of the payment site."""
    named = ("kern", EVIL, "c-9", "c-9")
    queued = [
        payment(f"pay_{n}", customer={"external_id": word}, amount="10.00", apply=[])
        for n, word in enumerate(named)
    ]
    use_cases.intake.queue(company_file_id, queued, by="test")
    return shelf


@pytest.fixture
def bea(hire: Hire) -> Person:
    return hire("bea", Role.BOOKKEEPER)


def meanings(
    use_cases: UseCases, company_file_id: int, what: What = What.CUSTOMERS
) -> dict[str, str]:
    found = use_cases.mappings.every(company_file_id, what)
    return {one.external_id: one.quickbooks_id for one in found}


@pytest.mark.usefixtures("waiting")
def test_what_means_nothing_is_listed_with_what_it_probably_means(bea: Person, home: str) -> None:
    page = bea.open(home).text
    assert "3 of the payment site&#39;s customers mean nothing in QuickBooks yet." in page
    assert listed(page) == [EVIL, "c-9", "kern"]
    assert EVIL not in page
    assert page.count("Take it</button>") == 2
    assert "Take all 2 proposals" in page
    customers = bea.open(home.replace("/mappings", "")).text
    assert (
        "3 of the payment site&#39;s customers mean nothing in QuickBooks yet, and payments wait "
        "for them."
    ) in customers


@pytest.mark.usefixtures("waiting")
def test_all_proposals_are_taken_with_one_button(
    bea: Person, home: str, use_cases: UseCases, company_file_id: int
) -> None:
    pairs = {"external_id": ["kern", EVIL], "quickbooks_id": [KERN, ABBOTT]}
    answer = bea.send(f"{home}/take", on=home, **pairs)
    assert (answer.status_code, answer.location) == (303, home)
    assert meanings(use_cases, company_file_id) == {"kern": KERN, EVIL: ABBOTT}
    page = bea.open(home).text
    assert "2 are mapped." in page
    assert listed(page) == ["c-9"]


@pytest.mark.usefixtures("waiting")
def test_one_proposal_is_taken_alone(
    bea: Person, home: str, use_cases: UseCases, company_file_id: int
) -> None:
    pairs = {"external_id": ["kern", EVIL], "quickbooks_id": [KERN, ABBOTT]}
    bea.send(f"{home}/take", on=home, only="kern", **pairs)
    assert meanings(use_cases, company_file_id) == {"kern": KERN}


@pytest.mark.usefixtures("waiting")
def test_what_went_meanwhile_is_not_taken(
    bea: Person, home: str, use_cases: UseCases, company_file_id: int
) -> None:
    bea.send(f"{home}/take", on=home, external_id="kern", quickbooks_id="80000099-1")
    assert meanings(use_cases, company_file_id) == {}
    assert "0 are mapped. 1 could not be: QuickBooks has them no more." in bea.open(home).text


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    ("called", "found"),
    [("kern:KITCHEN", KITCHEN), (KITCHEN, KITCHEN), ("Nobody", None), (" ", None), ("a\0b", None)],
)
def test_a_person_types_what_is_meant(
    bea: Person,
    home: str,
    use_cases: UseCases,
    company_file_id: int,
    called: str,
    found: str | None,
) -> None:
    answer = bea.send(f"{home}/meaning", on=home, external_id="c-9", called=called)
    if found:
        assert answer.status_code == 303
        assert meanings(use_cases, company_file_id) == {"c-9": found}
    else:
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert meanings(use_cases, company_file_id) == {}
    if called == "Nobody":
        assert 'QuickBooks has no customer called "Nobody".' in unescape(answer.text)


def test_a_meaning_is_removed(
    bea: Person, home: str, shelf: Shelf, use_cases: UseCases, company_file_id: int
) -> None:
    assert shelf
    use_cases.site_words.name_entry(company_file_id, What.CUSTOMERS, KERN, "c-1", by="test")
    assert "c-1" in bea.open(home).text
    assert bea.send(f"{home}/remove", on=home, external_id="c-1").status_code == 303
    assert meanings(use_cases, company_file_id) == {}


def test_invoices_are_mapped_by_number(
    bea: Person, company: CompanyView, shelf: Shelf, use_cases: UseCases, company_file_id: int
) -> None:
    first, _ = shelf.invoice("A-1"), shelf.invoice("A-2", txn_id="6-2")
    shelf.invoice("A-2", txn_id="6-3")
    part = {"invoice": {"external_id": "a-1"}, "amount": "10.00"}
    use_cases.intake.queue(company_file_id, [payment(amount="10.00", apply=[part])], by="test")
    home = f"/companies/{company.id}/mappings/invoices"
    page = bea.open(home).text
    assert listed(page) == ["a-1"]
    assert "Take the proposal" in page
    answer = bea.send(f"{home}/meaning", on=home, external_id="a-1", called="A-2")
    assert "QuickBooks has more than one invoice A-2." in answer.text
    bea.send(f"{home}/take", on=home, external_id="a-1", quickbooks_id=first)
    assert meanings(use_cases, company_file_id, What.INVOICES) == {"a-1": first}


def test_long_lists_have_pages(
    bea: Person, home: str, shelf: Shelf, use_cases: UseCases, company_file_id: int
) -> None:
    assert shelf
    queued = [
        payment(f"pay_{n}", customer={"external_id": f"c-{n:03}"}, apply=[]) for n in range(120)
    ]
    use_cases.intake.queue(company_file_id, queued, by="test")
    page = bea.open(home).text
    assert "More than 99 of the payment site&#39;s customers mean nothing" in page
    seen = listed(page)
    while address := next_page(page):
        page = bea.open(address).text
        seen += listed(page)
    assert seen == [f"c-{n:03}" for n in range(120)]
    wrong = bea.open(f"{home}?cursor=nonsense")
    assert wrong.status_code == 422
    assert "This is no cursor of ours" in wrong.text


@pytest.mark.parametrize("what", ["payers", "customer", "..", "%00"])
def test_there_is_nothing_else_to_map(bea: Person, company: CompanyView, what: str) -> None:
    assert bea.open(f"/companies/{company.id}/mappings/{what}").status_code == 404
    assert bea.open(f"/companies/{company.id}/mappings/{what}.csv").status_code == 404


# By file


def upload(person: Person, home: str, content: bytes, **more: str) -> TestResponse:
    return person.send(f"{home}/file", on=home, file=(io.BytesIO(content), "ours.csv"), **more)


@pytest.mark.usefixtures("waiting")
def test_a_file_has_an_outcome_for_each_row(
    bea: Person, home: str, use_cases: UseCases, company_file_id: int
) -> None:
    content = (
        (
            "external_id,list_id,name\n"
            f"1,{KERN},\n"
            "2,,Kern:Kitchen\n"
            "3,,Nobody\n"
            "4,80000099-1,\n"
            f",{KERN},\n"
            "6,,=cmd|' /C calc'!A0\n"
            f"7,{KERN},Kern,too,many\n"
        ).encode()
        + b"8,,Caf\xe9\n9,"
        + KITCHEN.encode()
        + b'\n10,"open\n'
    )
    answer = upload(bea, home, content)
    assert answer.status_code == 200
    page = unescape(answer.text)
    assert "The file was read: 2 set, 1 proposed, 7 refused." in page
    for told in (
        'Line 4: QuickBooks has no customer called "Nobody".',
        "Line 5: QuickBooks had no customer with this ListID at the last sync.",
        "Line 6: /external_id: ",
        "Line 7: QuickBooks has no customer called \"=cmd|' /C calc'!A0\".",
        "Line 8: There are more cells than columns.",
        "Line 9: This is no UTF-8; save the file as CSV UTF-8.",
        "Line 11: This is no CSV: ",
    ):
        assert told in page
    assert meanings(use_cases, company_file_id) == {"1": KERN, "9": KITCHEN}
    bea.send(f"{home}/take", on=home, external_id="2", quickbooks_id=KITCHEN)
    assert meanings(use_cases, company_file_id)["2"] == KITCHEN


def test_what_a_name_finds_is_set_if_that_is_wanted(
    bea: Person, home: str, shelf: Shelf, use_cases: UseCases, company_file_id: int
) -> None:
    assert shelf
    answer = upload(bea, home, b"external_id,name\r\n2,KERN\r\n", accept="on")
    assert "The file was read: 1 set." in answer.text
    assert meanings(use_cases, company_file_id) == {"2": KERN}
    (told,) = use_cases.mappings.every(company_file_id, What.CUSTOMERS)
    assert told.set_by == "bea@example.com"


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, "The first line must name the columns"),
        (b"\xff\xfe\x00", 422, "The first line must name the columns"),
        (b"id;list\n", 422, "The first line must name the columns"),
        (b"external_id,name\n" + b"x" * 10_001, 200, "is longer than 10,000"),
        (b"external_id,name\n", 200, "The file has no rows."),
    ],
)
def test_a_file_that_is_none(
    bea: Person, home: str, shelf: Shelf, content: bytes, status: int, said: str
) -> None:
    assert shelf
    answer = upload(bea, home, content)
    assert answer.status_code == status
    assert said in unescape(answer.text)


def test_a_file_that_is_too_large(bea: Person, home: str) -> None:
    sent = {"data": b"x" * (1 << 20) + b"x", "content_type": "multipart/form-data; boundary=x"}
    answer = bea.http.post(f"{home}/file", **sent)
    assert answer.status_code == 413
    assert "What was sent is too large." in answer.text


def test_no_file_at_all(bea: Person, home: str, shelf: Shelf) -> None:
    assert shelf
    answer = bea.send(f"{home}/file", on=home)
    assert answer.status_code == 422
    assert "Choose a CSV file first." in answer.text


@pytest.mark.usefixtures("waiting")
def test_what_is_downloaded_goes_in_again_unchanged(
    bea: Person, home: str, use_cases: UseCases, company_file_id: int
) -> None:
    for word, list_id in (("-17", KERN), ("=1+1", KITCHEN), ("c 1", ABBOTT)):
        use_cases.site_words.name_entry(company_file_id, What.CUSTOMERS, list_id, word, by="test")
    answer = bea.open(f"{home}.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mapped-customers.csv"'
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows == [
        ["external_id", "list_id", "name"],
        ["'-17", KERN, "Kern"],
        ["'=1+1", KITCHEN, "Kern:Kitchen"],
        ["c 1", ABBOTT, EVIL],
        [EVIL, "", ""],
        ["c-9", "", ""],
        ["kern", "", ""],
    ]
    before = meanings(use_cases, company_file_id)
    assert "The file was read: 6 as before." in upload(bea, home, answer.data).text
    assert meanings(use_cases, company_file_id) == before


# Payment methods


@pytest.fixture
def methods(engine: Engine, company: CompanyView, company_file_id: int, use_cases: UseCases) -> str:
    """QuickBooks has Visa and an inactive Cash; a payment was rejected for Apple Pay."""
    use_cases.intake.queue(
        company_file_id, [payment("pay_m", method="Apple Pay", apply=[])], by="test"
    )
    with engine.begin() as db:
        known = (("M-1", "Visa", True), ("M-2", "Cash", False))
        for list_id, name, is_active in known:
            own = {"company_file_id": company_file_id, "list_id": list_id}
            db.execute(insert(PaymentMethod).values(**own, name=name, is_active=is_active))
        rejected = {**REJECTED, "cause": Cause.UNKNOWN_REFERENCE, "variant": "method"}
        is_it = Payment.method == "Apple Pay"
        number = db.execute(select(Payment.id).where(is_it)).scalar_one()
        db.execute(update(Payment).where(is_it).values(status="rejected", **rejected))
        watched = {"kind": WatchKind.METHOD, "key": "apple pay", "payment_id": number}
        db.execute(insert(Watch).values(company_file_id=company_file_id, **watched))
    return f"/companies/{company.id}/mappings/methods"


def test_a_method_is_said_once_and_payments_go(
    bea: Person, methods: str, use_cases: UseCases, company_file_id: int
) -> None:
    page = bea.open(methods).text
    assert "1 payment method of the payment site is not in QuickBooks." in page
    assert listed(page) == ["Apple Pay"]
    assert "M-2" not in page
    answer = bea.send(f"{methods}/word", on=methods, word="Apple Pay", list_id="M-1")
    assert (answer.status_code, answer.location) == (303, methods)
    (shown,) = use_cases.payments.every(company_file_id)
    assert shown.status == "queued"
    last = shown.history[-1]
    assert (last.by, last.note) == ("bea@example.com", '"Apple Pay" is Visa in QuickBooks.')
    page = bea.open(methods).text
    assert "Every payment method of the waiting payments is known." in page
    assert listed(page) == ["apple pay"]
    bea.send(f"{methods}/remove", on=methods, word="apple pay")
    assert "Nothing has been said here yet." in bea.open(methods).text


@pytest.mark.parametrize(
    ("word", "list_id", "said"),
    [
        ("Apple Pay", "M-2", "Choose an active payment method of QuickBooks."),
        ("Apple Pay", "", "Choose an active payment method of QuickBooks."),
        (" ", "M-1", "Type the payment site's word."),
        ("\0", "M-1", "Type the payment site's word."),
    ],
)
def test_a_method_that_cannot_be_meant(
    bea: Person, methods: str, word: str, list_id: str, said: str
) -> None:
    answer = bea.send(f"{methods}/word", on=methods, word=word, list_id=list_id)
    assert answer.status_code == 422
    assert said in unescape(answer.text)


# Who may


@pytest.mark.usefixtures("waiting", "methods")
def test_a_viewer_sees_and_changes_nothing(hire: Hire, company: CompanyView) -> None:
    vera = hire("vera", Role.VIEWER)
    for what in ("customers", "invoices", "methods"):
        home = f"/companies/{company.id}/mappings/{what}"
        page = vera.open(home)
        assert page.status_code == 200
        assert f'action="{home}' not in page.text
        for form in ("take", "meaning", "remove", "file", "word"):
            if (what == "methods") == (form == "word") or form == "remove":
                answer = vera.send(f"{home}/{form}", on="/account")
                assert answer.status_code == 403


@pytest.mark.usefixtures("waiting")
def test_the_words_of_another_company_are_not_there(
    hire: Hire, company: CompanyView, use_cases: UseCases
) -> None:
    theirs = use_cases.companies.add("Moonlight Dental").id
    moon = hire("moon", "admin", [theirs])
    for path in ("customers", "customers.csv", "invoices", "methods"):
        assert moon.open(f"/companies/{company.id}/mappings/{path}").status_code == 404
        own = moon.open(f"/companies/{theirs}/mappings/{path}")
        assert own.status_code == 200
        assert "c-9" not in own.text
