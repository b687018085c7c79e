"""The overview: one company file, and several."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Engine, event, insert, update

from models.company_file import CompanyFile
from models.engine import database_clock
from models.payment import Payment
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.site import move, payment
from tests.integration.synced import REJECTED, rejection
from tests.schema.rows import NOON, row

Count = Callable[[Person, str], int]


@pytest.fixture
def count(engine: Engine) -> Iterator[Count]:
    """Count the statements of a page."""
    asked: list[str] = []

    def note(*call: object) -> None:
        asked.append(str(call[2]))

    def opened(person: Person, path: str) -> int:
        asked.clear()
        assert person.open(path).status_code == 200
        return len(asked)

    event.listen(engine, "before_cursor_execute", note)
    yield opened
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def today(engine: Engine) -> str:
    with engine.connect() as db:
        return database_clock(db).date().isoformat()


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return found[1]


def counted(page: str) -> list[tuple[str, str]]:
    """Read the four counts with their sums."""
    return re.findall(r'count-number">(\d+)</dd>\s*<dd class="money">([^<]+)<', page)


def test_the_first_thing_said_is_how_the_month_stands(
    admin: Person, use_cases: UseCases, engine: Engine, company_file_id: int, today: str
) -> None:
    assert heading(admin.open("/").text) == "No payment has arrived yet."
    wanted = [
        payment(f"p{number}", amount=amount, received_on=today, apply=[])
        for number, amount in enumerate(("100.00", "20.50", "3.25", "0.75", "7.00"))
    ]
    use_cases.intake.queue(company_file_id, wanted, by="test")
    assert heading(admin.open("/").text) == (
        "0 of 5 payments of this month are in QuickBooks, 5 waiting. Nothing needs you."
    )
    for number in (0, 1):
        move(engine, f"p{number}", PaymentStatus.POSTED, txn_id=f"T-{number}")
    move(engine, "p2", PaymentStatus.REJECTED, **REJECTED)
    move(engine, "p3", PaymentStatus.IN_DOUBT)
    page = admin.open("/").text
    assert heading(page) == (
        "2 of 5 payments of this month are in QuickBooks, 1 waiting, 1 being checked. 1 needs you."
    )
    assert counted(page) == [("2", "120.50"), ("1", "7.00"), ("1", "3.25"), ("1", "0.75")]
    for number in (2, 3, 4):
        move(engine, f"p{number}", PaymentStatus.POSTED, txn_id=f"T-{number}")
    assert heading(admin.open("/").text) == (
        "All 5 payments of this month are in QuickBooks. Nothing needs you."
    )


def test_what_is_asked_for_anew_is_sent_only_when_it_changed(
    admin: Person,
    use_cases: UseCases,
    engine: Engine,
    company: CompanyView,
    company_file_id: int,
    today: str,
) -> None:
    use_cases.intake.queue(company_file_id, [payment("p1", received_on=today, apply=[])], by="test")
    pages = [admin.open(path).text for path in ("/", f"/companies/{company.id}")]
    (asks,) = {asks_for(page) for page in pages}
    unchanged = admin.open(asks)
    assert (unchanged.status_code, unchanged.text) == (204, "")
    move(engine, "p1", PaymentStatus.POSTED, txn_id="T-1")
    anew = admin.open(asks)
    assert anew.status_code == 200
    assert heading(anew.text) == "1 payment of this month is in QuickBooks. Nothing needs you."
    assert counted(anew.text)[0][0] == "1"
    assert "<html" not in anew.text
    assert asks_for(anew.text) != asks
    assert admin.open(asks_for(anew.text)).status_code == 204


def asks_for(page: str) -> str:
    """Read what a page asks for by itself, every half minute."""
    found = re.search(r'id="live" hx-get="([^"]+)"', page)
    assert found
    return unescape(found[1])


def test_many_refused_payments_are_told_with_the_way_to_them(
    admin: Person,
    use_cases: UseCases,
    engine: Engine,
    company: CompanyView,
    company_file_id: int,
    today: str,
) -> None:
    wanted = [payment(f"p{number}", received_on=today, apply=[]) for number in range(6)]
    use_cases.intake.queue(company_file_id, wanted, by="test")
    for number in range(5):
        refused = REJECTED | {"last_cause": REJECTED["cause"]}
        move(engine, f"p{number}", PaymentStatus.REJECTED, **refused)
    page = unescape(admin.open(f"/companies/{company.id}").text)
    assert "83 % of the last 30 days' payments were refused (5 of 6)." in page
    there = f"/companies/{company.id}/payments?state=rejected"
    assert f'<a href="{there}">See the refused payments</a>' in page
    shown = admin.open(there).text
    assert {f"p{number}" in shown for number in range(5)} == {True}
    assert "p5" not in shown
    # On the page of the refused payments themselves it leads nowhere.
    assert "See the refused payments" not in admin.open(f"/companies/{company.id}/resolve").text


def test_currencies_stand_beside_each_other_and_are_not_added_up(
    admin: Person, use_cases: UseCases, engine: Engine, company_file_id: int, today: str
) -> None:
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(country="US"))
    given = [("7824.00", "USD"), ("0.50", None), ("30.00", "EUR"), ("10.00", "EUR")]
    wanted = [
        payment(f"p{number}", amount=amount, currency=currency, received_on=today, apply=[])
        for number, (amount, currency) in enumerate(given)
    ]
    use_cases.intake.queue(company_file_id, wanted, by="test")
    both = "$7,824.50 and EUR\N{NO-BREAK SPACE}40.00"
    page = admin.open("/").text
    assert counted(page)[1] == ("4", both)
    assert f'<td class="money">{both}</td>' in page.partition("The same as a table")[2]
    for number in range(4):
        move(engine, f"p{number}", PaymentStatus.POSTED, txn_id=f"T-{number}")
    assert counted(admin.open("/").text)[0] == ("4", both)


def test_what_the_company_file_lacks_is_not_in_quickbooks_and_needs_somebody(
    admin: Person,
    use_cases: UseCases,
    engine: Engine,
    company: CompanyView,
    company_file_id: int,
    today: str,
) -> None:
    wanted = [payment(f"p{number}", received_on=today, apply=[]) for number in range(3)]
    use_cases.intake.queue(company_file_id, wanted, by="test")
    for number in range(3):
        move(engine, f"p{number}", PaymentStatus.POSTED, txn_id=f"T-{number}")
    move(engine, "p1", PaymentStatus.POSTED, missing_since=NOON)
    page = admin.open("/").text
    said = "2 of 3 payments of this month are in QuickBooks. 1 needs you."
    assert heading(page) == said
    assert heading(admin.open(f"/companies/{company.id}/payments").text) == said
    assert counted(page)[0] == ("2", "250.00")
    assert counted(page)[2] == ("1", "125.00")
    assert "Resolve now" in page
    assert heading(admin.open("/companies").text) == "1 of 1 company files needs you."


def test_nothing_needs_you_is_not_said_of_a_company_file_in_doubt(
    admin: Person, use_cases: UseCases, engine: Engine, company_file_id: int, today: str
) -> None:
    use_cases.intake.queue(
        company_file_id, [payment("one", received_on=today, apply=[])], by="test"
    )
    assert heading(admin.open("/companies").text) == "Nothing needs you in 1 company files."
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(books_doubted="It lacks payments."))
    assert heading(admin.open("/companies").text) == "1 of 1 company files needs you."
    assert "Which file?" in admin.open("/companies?needing=1").text
    assert "Resolve now" in admin.open(f"/companies/{use_cases.companies.every()[0].id}").text


def test_what_is_older_than_the_chart_still_waits(
    admin: Person, use_cases: UseCases, company_file_id: int, today: str
) -> None:
    use_cases.intake.queue(
        company_file_id, [payment("old", received_on="2025-01-31", apply=[])], by="test"
    )
    page = admin.open("/").text
    assert heading(page) == (
        "No payment was received this month yet, 1 waiting. Nothing needs you."
    )
    assert counted(page)[1] == ("1", "125.00")
    assert "<rect" not in page.partition('class="chart"')[2].partition("</svg>")[0]
    use_cases.intake.queue(
        company_file_id, [payment("new", received_on=today, apply=[])], by="test"
    )
    assert admin.open("/").text.count('<rect class="became-waiting"') == 1


def test_a_page_asks_as_often_however_many_payments_there_are(
    admin: Person,
    count: Count,
    use_cases: UseCases,
    engine: Engine,
    company_file_id: int,
    today: str,
) -> None:
    use_cases.intake.queue(
        company_file_id, [payment("one", received_on=today, apply=[])], by="test"
    )
    move(engine, "one", PaymentStatus.REJECTED, **REJECTED)
    before = count(admin, "/")
    more = [payment(f"p{number}", received_on=today, apply=[]) for number in range(300)]
    use_cases.intake.queue(company_file_id, more, by="test")
    for number in range(0, 300, 10):
        move(engine, f"p{number}", PaymentStatus.REJECTED, **REJECTED)
    assert count(admin, "/") == before
    assert before <= 40


def test_what_needs_somebody_stands_on_top_with_what_can_be_done(
    admin: Person,
    hire: Hire,
    use_cases: UseCases,
    engine: Engine,
    company: CompanyView,
    company_file_id: int,
    today: str,
) -> None:
    use_cases.intake.queue(
        company_file_id,
        [payment(f"p{number}", received_on=today, apply=[]) for number in range(5)],
        by="test",
    )
    assert "Resolve now" not in admin.open("/").text
    facts = {**REJECTED["facts"], "qb_message": "refused on purpose"}
    for number in range(4):
        move(engine, f"p{number}", PaymentStatus.REJECTED, **{**REJECTED, "facts": facts})
    page = admin.open("/").text
    assert f'href="/companies/{company.id}/resolve">Resolve now' in page
    section = page.partition('id="refused-title"')[2].partition("</section>")[0]
    assert section.count("refused on purpose") == 3
    assert section.count(">Dismiss Syncing<") == 3
    viewer = hire("vera", "viewer").open("/").text
    assert "refused on purpose" in viewer
    assert "Dismiss Syncing" not in viewer


def test_hostile_names_stand_as_they_are(
    admin: Person, use_cases: UseCases, company_file_id: int
) -> None:
    use_cases.intake.queue(
        company_file_id, [payment(customer={"name": "<b>Ruiz</b> & 'Co'"}, apply=[])], by="test"
    )
    page = admin.open("/").text
    assert "<b>Ruiz" not in page
    assert "&lt;b&gt;Ruiz&lt;/b&gt; &amp; &#39;Co&#39;" in page


# Several company files


@pytest.fixture
def provider(engine: Engine) -> None:
    """120 company files beside ours; in every tenth a payment needs somebody."""
    with engine.begin() as db:
        now = database_clock(db) - timedelta(hours=1)
        ids = db.scalars(
            insert(CompanyFile).returning(CompanyFile.id, sort_by_parameter_order=True),
            [
                row(
                    CompanyFile,
                    uuid=f"00000000-0000-4000-8000-{number:012}",
                    name=f"Firm {number:03} <Ltd>",
                )
                for number in range(1, 121)
            ],
        ).all()
        db.execute(
            insert(Payment),
            [
                row(
                    Payment,
                    company_file_id=number,
                    external_id=f"p{number}",
                    external_guid=f"{{{number}}}",
                    reference=f"R{number}",
                    status=PaymentStatus.REJECTED,
                    changed_at=now,
                    created_at=now,
                    amount_cents=1250,
                    **REJECTED,
                )
                for number in ids[::10]
            ],
        )


@pytest.mark.usefixtures("provider")
def test_a_provider_pages_through_its_company_files_and_finds_one(
    admin: Person, company: CompanyView, count: Count
) -> None:
    page = admin.open("/").text
    assert heading(page) == "12 of 121 company files need you."
    seen: list[str] = []
    path: str | None = "/"
    while path:
        page = admin.open(path).text
        seen += re.findall(r'href="/companies/[0-9a-f-]{36}">([^<]+)</a></th>', page)
        following = re.search(r'href="(/companies\?[^"]*cursor=[^"]+)">Next page', page)
        path = following[1].replace("&amp;", "&") if following else None
    names = [f"Firm {number:03} &lt;Ltd&gt;" for number in range(1, 121)]
    assert seen == [*names, "Sunrise Dental"]

    found = admin.open("/companies?search=SUNRISE").text
    assert f'href="/companies/{company.id}"' in found
    assert "Firm" not in found.partition("<main")[2]
    assert "No company file fits." in admin.open("/companies?search=100%25").text
    needing = admin.open("/companies?needing=1").text.partition("<main")[2]
    assert needing.count("Firm ") == 12
    assert "Sunrise" not in needing
    assert count(admin, "/companies") <= 10


@pytest.mark.usefixtures("provider")
def test_the_company_file_looked_at_last_is_the_one_of_the_menu(
    admin: Person, company: CompanyView
) -> None:
    other = "00000000-0000-4000-8000-000000000007"
    page = admin.open(f"/companies/{other}").text
    assert "Company file: Firm 007 &lt;Ltd&gt;" in page
    assert f'href="/companies/{other}"' in admin.open("/users").text
    admin.open(f"/companies/{company.id}")
    assert f'href="/companies/{company.id}"' in admin.open("/users").text


@pytest.mark.usefixtures("provider")
def test_nobody_sees_the_company_files_of_others(hire: Hire, company: CompanyView) -> None:
    amy = hire("amy", "viewer", [company.id])
    for path in ("/", "/companies"):
        assert "Firm" not in amy.open(path).text
    assert heading(amy.open("/companies").text) == "Nothing needs you in 1 company files."


def test_a_forged_cursor_is_told_in_a_sentence(admin: Person) -> None:
    answer = admin.open("/companies?cursor=nonsense")
    assert answer.status_code == 400
    assert "This is no cursor of ours" in answer.text


def test_without_a_company_file_the_page_says_what_comes_next(hire: Hire) -> None:
    owner = hire("zoe", "admin")
    page = owner.open("/").text
    assert heading(page) == "No company file is connected yet."
    assert 'href="/settings/integrations/add">Add the company file</a>' in page
    assert owner.open("/settings/integrations/add").status_code == 200
    assert 'href="/companies/' not in page
    page = hire("bea", "bookkeeper").open("/").text  # who may not add one
    assert heading(page) == "No company file is connected yet."
    assert "/settings/integrations/add" not in page


def test_what_is_told_of_a_payment_is_written_for_its_reader(
    admin: Person, use_cases: UseCases, engine: Engine
) -> None:
    """No ISO day, and amounts as the reader has chosen."""
    company = use_cases.companies.add("Sunrise Dental", yes_to_first=True)
    number = use_cases.companies.internal_id(company.id)
    use_cases.intake.queue(number, [payment("web-1", amount="1312.50")], by="api")
    page = f"/companies/{company.id}"
    assert "Goes to QuickBooks at the next sync." in admin.open(page).text
    found = {"found_date": "2026-11-18", "found_amount": "1312.50", "customer": "Northside Bakery"}
    alike = rejection(Cause.PAID_IN_QUICKBOOKS, "look_alike", found)
    move(engine, "web-1", PaymentStatus.REJECTED, **alike)
    assert (
        "QuickBooks already has a payment of 1,312.50 from Northside Bakery, dated Nov 18, 2026, "
        "that looks like this one."
    ) in admin.open(page).text
    move(engine, "web-1", PaymentStatus.POSTED, unapplied_cents=123456)
    assert "1,234.56 left as the customer" in admin.open(page).text
