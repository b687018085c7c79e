"""Payments: each filter finds what it says and nothing else, on the page and in its file."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import Engine, String, cast, insert, literal

from models.books import Invoice
from models.payment import Payment, PaymentEvent
from models.remedy import RecordedAs
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.services.payment_list import TOTALS_MAX
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS
from sync_core.wording import phrases
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.portal.shelf import KERN, Shelf, next_page
from tests.integration.site import move, payment, stored
from tests.integration.sync.test_status_column import counted
from tests.integration.synced import (
    CAFE,
    REJECTED,
    hand_out,
    know_books,
    open_sync,
    rejection,
)
from tests.schema.rows import NOON
from tests.schema.test_plans import put

POSTED, DISMISSED = PaymentStatus.POSTED, PaymentStatus.DISMISSED

# Id: amount, day, method, processor and batch, and where it stands with what else is so of it.
GIVEN: dict[str, tuple[str, str, str, str, str, PaymentStatus, dict[str, object]]] = {
    "waits": ("10.00", "2026-11-02", "Visa", "Pay", "b1", PaymentStatus.QUEUED, {}),
    "posted": ("20.00", "2026-11-03", "E-Check", "Pay", "b2", POSTED, {}),
    "left": ("30.00", "2026-11-04", "Visa", "Pay", "b1", POSTED, {"unapplied_cents": 500}),
    "changed": ("40.00", "2026-11-05", "Visa", "Other", "b1", POSTED, {"differs": True}),
    "needs": ("50.00", "2026-11-06", "Visa", "", "", PaymentStatus.REJECTED, {}),
    "settled": ("60.00", "2026-11-07", "Visa", "", "", POSTED, {"last_cause": Cause.LOCKED}),
    "dismissed": ("70.00", "2026-10-31", "Check", "", "", DISMISSED, {"note": "Voided."}),
    "linked": ("80.00", "2026-10-30", "Check", "", "", DISMISSED, {}),
    "hidden": ("90.00", "2026-10-29", "Check", "", "", DISMISSED, {"hidden_at": NOON}),
    "deleted": ("95.00", "2026-11-08", "Visa", "Pay", "b1", POSTED, {"hidden_at": NOON}),
    "missing": ("15.00", "2026-10-28", "Visa", "", "", POSTED, {"missing_since": NOON}),
    "reversed": ("25.00", "2026-11-09", "Visa", "", "", PaymentStatus.REVERSED, {}),
}
LISTED = {*GIVEN} - {"hidden", "deleted"}

EVERY = [(cause, variant) for cause in Cause for variant in VARIANTS[cause]]

Queue = Callable[..., None]


@pytest.fixture
def queue(use_cases: UseCases, company_file_id: int) -> Queue:
    def take(*given: dict[str, object]) -> None:
        found = use_cases.intake.queue(company_file_id, list(given), by="api")
        assert [one.problems for one in found] == [()] * len(given)

    return take


@pytest.fixture
def firm(engine: Engine, company_file_id: int, queue: Queue) -> None:
    """A firm with a payment of each kind."""
    know_books(engine, company_file_id)
    for external_id, (amount, day, method, processor, batch, status, facts) in GIVEN.items():
        more = {"processor": processor, "batch": batch} if processor else {}
        to = {"customer": {"list_id": CAFE}} if external_id == "posted" else {}
        of = {"invoice": {"txn_id": "1-1760000006"}, "amount": amount}
        apply = [of] if external_id == "posted" else []
        queue(
            payment(
                external_id,
                **{"customer": {"name": f"The {external_id} one"}, **to},
                amount=amount,
                received_on=day,
                method=method,
                apply=apply,
                **more,
            )
        )
        refused = {**REJECTED, "last_cause": REJECTED["cause"]}
        if status is not PaymentStatus.QUEUED:
            is_refused = status is PaymentStatus.REJECTED
            move(engine, external_id, status, **(refused if is_refused else facts))
    number = stored(engine).index("linked") + 1
    with engine.begin() as db:
        db.execute(
            insert(RecordedAs).values(
                payment_id=number, txn_id="R-1", company_file_id=company_file_id
            )
        )


def listed(page: str) -> list[str]:
    """The ids of the payments that a page lists, in its order."""
    return [
        parse_qs(urlsplit(unescape(href)).query)["id"][0]
        for href in re.findall(r'<th scope="row"[^>]*><a href="([^"]+/payment\?[^"]+)"', page)
    ]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


CASES: dict[str, set[str]] = {
    "": LISTED,
    "state=queued": {"waits"},
    "state=posted": {"posted", "left", "changed", "settled", "missing"},
    "state=rejected": {"needs"},
    "state=dismissed": {"dismissed", "linked"},
    "from=2026-11-05": {"changed", "needs", "settled", "reversed"},
    "from=2026-11-03&to=2026-11-04": {"posted", "left"},
    "to=2026-10-30": {"linked", "missing"},
    "method=E-Check": {"posted"},
    "method=e-check": set(),
    "processor=Pay": {"waits", "posted", "left"},
    "batch=b1": {"waits", "left", "changed"},
    "processor=Pay&batch=b1": {"waits", "left"},
    "cause=invalid": {"needs"},
    "cause=locked": {"settled"},
    "amount=40": {"changed"},
    "amount=40.00&state=queued": set(),
    "list=left_over": {"left"},
    "list=changed": {"changed"},
    "list=dismissed_without_entry": {"dismissed", "hidden"},
    "list=not_in_quickbooks": {"waits", "needs", "missing", "reversed"},
    "list=not_in_quickbooks&to=2026-11-02": {"waits", "missing"},
    "list=not_in_quickbooks&state=rejected": {"needs"},
    "q=waits": {"waits"},
    "q=WAITS": set(),  # ids of the payment site differ by case
    "q=40.00": {"changed"},
    "q=%2440": {"changed"},
    "q=caf%C3%A9": {"posted"},
    "q=CAF%C3%89+BEL": {"posted"},
    "q=Bel%C3%A9m": set(),  # inside a name is not looked
    "q=The+needs+one": {"needs"},
    "q=1": {"posted"},  # the number of its invoice
    "q=50&state=posted": set(),
    "q=%25": set(),
    "q=_____": set(),
}


@pytest.mark.usefixtures("firm")
def test_each_filter_finds_what_it_says_on_the_page_and_in_its_file(
    admin: Person, company: CompanyView
) -> None:
    for query, found in CASES.items():
        page = admin.open(f"/companies/{company.id}/payments?{query}")
        assert page.status_code == 200
        ids = listed(page.text)
        assert sorted(ids) == sorted(found), query
        file = admin.open(f"/companies/{company.id}/payments.csv?{query}")
        assert [row["Id"] for row in rows(file.text)] == ids, query


@pytest.mark.usefixtures("firm")
def test_a_reference_is_found_whatever_its_case(
    admin: Person, company: CompanyView, use_cases: UseCases, company_file_id: int
) -> None:
    reference = use_cases.payments.show(company_file_id, "left").reference
    for typed in (reference, reference.lower(), f" {reference} "):
        page = admin.open(f"/companies/{company.id}/payments?q={quote(typed)}").text
        assert listed(page) == ["left"]


@pytest.mark.usefixtures("firm")
def test_the_short_address_keeps_the_filter(admin: Person, company: CompanyView) -> None:
    answer = admin.open("/payments?list=changed&method=Visa")
    assert answer.status_code == 303
    assert answer.location == f"/companies/{company.id}/payments?list=changed&method=Visa"


@pytest.mark.usefixtures("firm")
def test_the_filter_stays_in_the_forms_and_links_of_the_page(
    admin: Person, company: CompanyView
) -> None:
    page = admin.open(f"/companies/{company.id}/payments?list=left_over&method=Visa").text
    assert '<input type="hidden" name="list" value="left_over">' in page
    assert '<option value="Visa" selected>Visa</option>' in page
    assert f"/companies/{company.id}/payments.csv?list=left_over&amp;method=Visa" in page


SENTENCES = {
    "": "4 of 7 payments of November 2026 are in QuickBooks. 2 need you.",
    "state=posted": "5 payments match: 165.00; 4 in QuickBooks.",
    "state=rejected": "1 payment matches: 50.00; 1 needs you.",
    "amount=1": "No payment matches.",
    "list=left_over": "1 payment has money left over: 5.00.",
    "list=changed": "1 payment was changed in QuickBooks since it was posted.",
    "list=not_in_quickbooks&to=2026-10-31": (
        "1 payment received by Oct 31, 2026 is not in QuickBooks: 15.00."
    ),
    "list=not_in_quickbooks&to=2026-10-01": (
        "Every payment received by Oct 1, 2026 is in QuickBooks, or was dismissed."
    ),
    "list=dismissed_without_entry": (
        "2 payments were dismissed without a payment in QuickBooks: 160.00."
    ),
}


@pytest.mark.usefixtures("firm")
def test_one_sentence_first_with_numbers(admin: Person, company: CompanyView) -> None:
    for query, sentence in SENTENCES.items():
        page = admin.open(f"/companies/{company.id}/payments?{query}").text
        title = re.search(r"<h1[^>]*>([^<]*)</h1>", page)
        assert title is not None
        told = title[1].replace("this month", "November 2026")  # where the test runs in it
        assert told == sentence, query


@pytest.mark.usefixtures("firm")
def test_beside_what_is_not_in_quickbooks_the_dismissed_are_counted(
    admin: Person, company: CompanyView
) -> None:
    page = admin.open(f"/companies/{company.id}/payments?list=not_in_quickbooks&to=2026-11-30")
    told = " ".join(re.sub(r"<[^>]+>", "", page.text).split())
    assert "Besides, 2 were dismissed without a payment in QuickBooks" in told


@pytest.mark.usefixtures("firm")
def test_totals_add_up_by_day_and_method(admin: Person, company: CompanyView) -> None:
    file = rows(admin.open(f"/companies/{company.id}/payments-totals.csv?method=Visa").text)
    assert file[0] == {
        "Received on": "2026-11-09",
        "Method": "Visa",
        "Currency": "",
        "Payments": "1",
        "Amount": "25.00",
    }
    *days, total = file
    assert total["Received on"] == "Total"
    cents = sum(int(row["Amount"].replace(".", "")) for row in days)
    assert total["Amount"] == f"{cents // 100}.{cents % 100:02d}" == "230.00"
    assert total["Payments"] == str(len(days)) == "7"
    page = admin.open(f"/companies/{company.id}/payments?method=Visa").text
    assert "7 payments match: 230.00; 3 in QuickBooks, 1 needs you." in page
    last = rows(admin.open(f"/companies/{company.id}/payments-totals.csv").text)[-1]
    wanted = sum(int(GIVEN[one][0].replace(".", "")) for one in LISTED)
    assert int(last["Amount"].replace(".", "")) == wanted


def test_currencies_are_not_added_up_together(
    admin: Person, company: CompanyView, queue: Queue
) -> None:
    queue(
        payment("a", amount="0.10", apply=[]),
        payment("b", amount="0.20", apply=[]),
        payment("c", amount="5.00", currency="EUR", apply=[]),
    )
    totals = rows(admin.open(f"/companies/{company.id}/payments-totals.csv").text)
    told = [(row["Received on"], row["Currency"], row["Amount"]) for row in totals]
    assert told == [
        ("2026-11-20", "", "0.30"),
        ("2026-11-20", "EUR", "5.00"),
        ("Total", "", "0.30"),
        ("Total", "EUR", "5.00"),
    ]
    page = admin.open(f"/companies/{company.id}/payments?method=Visa").text
    assert "3 payments match: 0.30 and EUR\N{NO-BREAK SPACE}5.00." in page


def test_the_cursor_neither_skips_nor_repeats(
    admin: Person, company: CompanyView, queue: Queue
) -> None:
    """Many of a day, and more arrive while somebody pages."""
    days = ["2026-11-01", "2026-11-02", "2026-11-02", "2026-11-03"]
    queue(*(payment(f"p-{n}", received_on=days[n % 4], apply=[]) for n in range(130)))
    address, seen = f"/companies/{company.id}/payments?method=Visa", []
    for turn in range(3):
        page = admin.open(address).text
        seen += listed(page)
        queue(payment(f"late-{turn}", received_on="2026-11-03", apply=[]))
        following = next_page(page)
        assert (following is None) == (turn == 2)
        address = following or ""
        assert not address or "method=Visa" in address
    assert len(seen) == len(set(seen)) == 130
    assert {one for one in seen if one.startswith("p-")} == {f"p-{n}" for n in range(130)}
    order = [(days[int(one[2:]) % 4], int(one[2:])) for one in seen]
    assert order == sorted(order, reverse=True)


WRONG = {
    "from=2026-13-01": "Give a day as year-month-day",
    "from=2026-11-02&to=2026-11-01": "The last day is before the first one",
    "amount=much": "Give an amount such as 125.00.",
    "amount=1.005": "Give an amount such as 125.00.",
    "state=lost": "Choose one of the list.",
    "cause=lost": "Choose one of the list.",
    "list=lost": "Choose one of the list.",
    "cursor=x": "This is no page of this list",
    "q=%00": "letters that can be read",
    f"q={'x' * 210}": "letters that can be read",
}


@pytest.mark.usefixtures("firm")
def test_what_cannot_be_looked_for_is_told_at_its_field(
    admin: Person, company: CompanyView
) -> None:
    for query, told in WRONG.items():
        answer = admin.open(f"/companies/{company.id}/payments?{query}")
        assert (answer.status_code, query) == (422, query)
        assert told in answer.text
        assert listed(answer.text) == []
        if not query.startswith("cursor"):
            file = admin.open(f"/companies/{company.id}/payments.csv?{query}")
            assert file.status_code == 400


def test_with_no_payment_yet_the_page_says_what_comes_next(
    admin: Person, company: CompanyView
) -> None:
    page = admin.open(f"/companies/{company.id}/payments").text
    assert "No payment has arrived yet." in page
    assert "What comes next" in page
    assert '<form method="get"' not in page
    filtered = admin.open(f"/companies/{company.id}/payments?state=queued").text
    assert "No payment matches." in filtered
    header = admin.open(f"/companies/{company.id}/payments.csv").text
    assert rows(header) == []
    assert header.startswith("\ufeffId,Reference,State")


def test_hostile_names_are_shown_as_they_are_and_make_no_formula(
    admin: Person, company: CompanyView, queue: Queue
) -> None:
    script, formula = "<script>alert(1)</script>", '=HYPERLINK("http://x")'
    hostile = 'a/b?c&d="e"#<i>'
    queue(payment(hostile, customer={"name": script}, method=formula, memo=script, apply=[]))
    page = admin.open(f"/companies/{company.id}/payments").text
    assert script not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert listed(page) == [hostile]
    (row,) = rows(admin.open(f"/companies/{company.id}/payments.csv").text)
    assert (row["Id"], row["Customer"], row["Method"]) == (hostile, script, f"'{formula}")
    totals = rows(admin.open(f"/companies/{company.id}/payments-totals.csv").text)
    assert totals[0]["Method"] == f"'{formula}"
    one = admin.open(f"/companies/{company.id}/payment?id={quote(hostile, safe='')}")
    assert one.status_code == 200
    assert script not in one.text
    assert "a/b?c&amp;d=&#34;e&#34;#&lt;i&gt;" in one.text
    searched = admin.open(f"/companies/{company.id}/payments?q={quote(script)}").text
    assert script not in searched
    assert listed(searched) == [hostile]


def test_the_name_of_a_file_is_safe(admin: Person, use_cases: UseCases) -> None:
    evil = use_cases.companies.add('Evil"; filename=x.exe, Ünï/..\\ & Co')
    for path, name in (("payments.csv", "payments"), ("payments-totals.csv", "payments-totals")):
        told = admin.open(f"/companies/{evil.id}/{path}").headers["Content-Disposition"]
        assert re.fullmatch(
            rf'attachment; filename="{name}-[a-z0-9-]{{1,40}}-\d{{4}}-\d\d-\d\d\.csv"', told
        )


# A payment


@pytest.mark.usefixtures("firm")
def test_each_payment_has_a_page(admin: Person, company: CompanyView) -> None:
    labels = {
        "waits": "Waiting: 10.00 from The waits one",
        "posted": "In QuickBooks: 20.00 from",
        "needs": "Needs you: 50.00 from The needs one",
        "dismissed": "Dismissed: 70.00 from The dismissed one",
        "reversed": "No longer in QuickBooks: 25.00 from The reversed one",
    }
    for external_id in GIVEN:
        answer = admin.open(f"/companies/{company.id}/payment?id={external_id}")
        assert answer.status_code == 200
        assert f"<dd>{external_id}</dd>" in answer.text
        assert labels.get(external_id, "") in answer.text


@pytest.mark.usefixtures("firm")
def test_a_page_says_why_and_what_happened(admin: Person, company: CompanyView) -> None:
    needs = admin.open(f"/companies/{company.id}/payment?id=needs").text
    assert "QuickBooks did not accept this payment and said: &#34;no&#34; (3120)" in needs
    assert "Who can act:" in needs
    dismissed = admin.open(f"/companies/{company.id}/payment?id=dismissed").text
    assert "Not sent: Voided." in dismissed
    deleted = admin.open(f"/companies/{company.id}/payment?id=deleted").text
    assert "It was deleted from the history" in deleted
    waits = admin.open(f"/companies/{company.id}/payment?id=waits").text
    assert "Goes to QuickBooks at the next sync." in waits
    assert waits.count('class="ahead"') == 2


@pytest.mark.parametrize("external_id", ["", "nobody", "%00", "x" * 500, "POSTED"])
@pytest.mark.usefixtures("firm")
def test_an_id_that_is_not_there_is_a_page_too(
    admin: Person, company: CompanyView, external_id: str
) -> None:
    answer = admin.open(f"/companies/{company.id}/payment?id={external_id}")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


# Who may


@pytest.mark.usefixtures("firm")
def test_a_viewer_reads_all_of_it_and_strangers_nothing(
    hire: Hire, stranger: Person, company: CompanyView, use_cases: UseCases
) -> None:
    others = use_cases.companies.add("Moonlight Dental")
    theirs = hire("moon", "admin", [others.id])
    viewer = hire("vera", "viewer", [company.id])
    for path in ("payments", "payments.csv", "payments-totals.csv", "payment?id=posted"):
        assert viewer.open(f"/companies/{company.id}/{path}").status_code == 200
        assert theirs.open(f"/companies/{company.id}/{path}").status_code == 404
        assert stranger.open(f"/companies/{company.id}/{path}").status_code == 303
    assert theirs.open(f"/companies/{others.id}/payment?id=posted").status_code == 404
    assert listed(theirs.open(f"/companies/{others.id}/payments?q=posted").text) == []
    assert listed(theirs.open(f"/companies/{others.id}/payments?q=1").text) == []


# The same everywhere


def part(page: str, begins: str, ends: str) -> str:
    """Read a part of a page as a person does."""
    return text(page.partition(begins)[2].partition(ends)[0])


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def acts(page: str) -> list[tuple[str, str]]:
    """The buttons of a payment, in their order: what each is called, and what it does."""
    found = re.findall(
        r'<a class="(?:btn|dropdown-item)[^"]*" href="([^"]+/payment/act[^"]+)"[^>]*>([^<]+)', page
    )
    return [(name, parse_qs(urlsplit(unescape(href)).query)["action"][0]) for href, name in found]


def test_a_refused_payment_has_the_buttons_and_sentences_of_its_card(
    hire: Hire, company: CompanyView, engine: Engine, queue: Queue
) -> None:
    for number, (cause, variant) in enumerate(EVERY):
        queue(payment(f"p-{number}", customer={"list_id": CAFE}, apply=[]))
        refused = {**rejection(cause, variant), "status_message": f"<{number}>"}
        move(engine, f"p-{number}", PaymentStatus.REJECTED, **refused)
    bookkeeper, viewer = hire("bea", "bookkeeper"), hire("vera", "viewer")
    first = bookkeeper.open(f"/companies/{company.id}/resolve").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = bookkeeper.open(unescape(following[1])).text
    cards = re.findall(
        r'<article class="card payment-card".*?</article>', first + second, re.DOTALL
    )
    assert len(cards) == len(EVERY)
    for card in cards:
        external_id = links(card, "payment")[0]
        address = f"/companies/{company.id}/payment?id={external_id}"
        page = bookkeeper.open(address).text
        assert acts(page) == acts(card)
        assert len(acts(page)) >= 3
        begins = '<p class="cause">'
        assert part(page, begins, "</section>") == text(card.partition(begins)[2])
    page = viewer.open(address).text
    assert acts(page) == []
    assert "What to do" in page


def test_what_is_done_on_the_page_of_a_payment_comes_back_to_it(
    hire: Hire, company: CompanyView, engine: Engine, queue: Queue
) -> None:
    bookkeeper = hire("bea", "bookkeeper")
    queue(payment("a&b=c", apply=[]))
    move(engine, "a&b=c", PaymentStatus.REJECTED, **REJECTED)
    here = f"/companies/{company.id}/payment?id={quote('a&b=c', safe='')}"
    page = bookkeeper.open(here).text
    address = re.search(r'href="([^"]+action=dismiss[^"]+)"', page)
    assert address is not None
    form = parse_qs(urlsplit(unescape(address[1])).query)
    answer = bookkeeper.send(
        unescape(address[1]).partition("?")[0],
        on=unescape(address[1]),
        **{name: value for name, (value,) in form.items()},
        why="by_hand",
        note="typed in",
    )
    assert (answer.status_code, answer.location) == (303, here)
    page = bookkeeper.open(here).text
    assert "Dismissed:" in page
    assert [action for _, action in acts(page)] == ["reopen", "undo", "delete"]
    assert "Undo" in text(page)


@pytest.mark.usefixtures("firm")
def test_a_payment_is_told_of_in_the_same_words_on_each_page(
    admin: Person, company: CompanyView, use_cases: UseCases, company_file_id: int
) -> None:
    every = text(admin.open(f"/companies/{company.id}/payments").text)
    latest = text(admin.open(f"/companies/{company.id}").text)
    file = rows(admin.open(f"/companies/{company.id}/payments.csv").text)
    told = {row["Id"]: row["What to know"] for row in file}
    for external_id in LISTED:
        shown = use_cases.payments.show(company_file_id, external_id)
        line = phrases.plain(shown.state_line)
        assert told[external_id] == line
        line = line.replace("2026-11-20", "Nov 20, 2026")  # as this reader writes it
        one = text(admin.open(f"/companies/{company.id}/payment?id={external_id}").text)
        assert line in one
        assert line in every
        assert line in latest or external_id in ("waits", "posted")  # the latest ten are there


# From page to page


def links(page: str, path: str) -> list[str]:
    """The ids in the links of a page to pages of a kind."""
    found = re.findall(rf'href="[^"]*/{path}\?([^"]+)"', page)
    return [next(iter(parse_qs(unescape(query)).values()))[0] for query in found]


def test_a_payment_is_linked_from_where_it_is_told_of_and_back(
    admin: Person, company: CompanyView, engine: Engine, company_file_id: int, queue: Queue
) -> None:
    shelf = Shelf.of(engine, company_file_id)
    shelf.customer(KERN, "Kern & Co")
    invoice = shelf.invoice("2118")
    apply = [{"invoice": {"txn_id": invoice}, "amount": "10.00"}]
    given = {"customer": {"list_id": KERN}, "amount": "10.00"}
    queue(payment("refused", **given, apply=apply))
    queue(payment("named", **{**given, "customer": {"name": "kern & co"}}, apply=[]))
    queue(payment("nobody", **{**given, "customer": {"name": "Nobody"}}, apply=[]))
    session_id = open_sync(engine, company_file_id)
    hand_out(engine, session_id, "refused")
    move(engine, "refused", PaymentStatus.REJECTED, **REJECTED)
    with engine.begin() as db:
        db.execute(
            insert(PaymentEvent).values(
                payment_id=1,
                at=NOON,
                from_status="sent",
                to_status="rejected",
                by="session",
                wc_session_id=session_id,
            )
        )
    here = f"/companies/{company.id}"
    for path in (
        here,
        f"{here}/resolve",
        f"{here}/payments",
        f"{here}/invoice?txn_id={invoice}",
        f"{here}/customer?list_id={KERN}",
        f"{here}/sync-log/sync?id={session_id}",
    ):
        assert "refused" in links(admin.open(path).text, "payment"), path
    page = admin.open(f"{here}/payment?id=refused").text
    assert links(page, "invoice") == [invoice]
    assert links(page, "customer") == [KERN]
    assert set(links(page, "sync-log/sync")) == {str(session_id)}
    assert links(page, "sync-log/exchange") == [str(session_id)]
    assert links(admin.open(f"{here}/payment?id=named").text, "customer") == [KERN]
    assert links(admin.open(f"{here}/payment?id=nobody").text, "customer") == []
    for path in ("invoice", "customer", "sync-log/sync", "sync-log/exchange"):
        for query in re.findall(rf'href="([^"]*/{path}\?[^"]+)"', page):
            assert admin.open(unescape(query)).status_code == 200, query


def test_what_has_no_page_is_not_linked(
    admin: Person, company: CompanyView, engine: Engine, company_file_id: int, queue: Queue
) -> None:
    shelf = Shelf.of(engine, company_file_id)
    hidden = shelf.invoice("7", is_hidden=True)
    apply = [{"invoice": {"txn_id": hidden}, "amount": "10.00"}]
    queue(payment("one", customer={"list_id": "8000FFFF-1"}, amount="10.00", apply=apply))
    page = admin.open(f"/companies/{company.id}/payment?id=one").text
    assert links(page, "invoice") == []
    assert links(page, "customer") == []


# How much


def test_a_page_costs_as_many_statements_with_ten_thousand_payments(
    admin: Person, company: CompanyView, company_file_id: int, engine: Engine
) -> None:
    """And with a hundred thousand invoices."""
    queries = ("", "state=rejected", "method=Visa", "list=not_in_quickbooks", "q=7", "q=The")
    addresses = [*(f"payments?{query}" for query in queries), "payment?id=p-7"]
    counts: list[list[int]] = []
    know_books(engine, company_file_id)
    for many, invoices in ((10, 10), (TOTALS_MAX + 10, 100_000)):
        add_invoices(engine, company_file_id, invoices, after=sum(map(bool, counts)) * 10)
        add_refused(engine, company_file_id, many, after=len(stored(engine)))
        counts.append([])
        for address in addresses:
            with counted(engine) as statements:
                page = admin.open(f"/companies/{company.id}/{address}")
            assert page.status_code == 200
            counts[-1].append(len(statements))
    print(f"A page of payments takes {counts[1]} statements")  # noqa: T201 - for whoever looks
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 26
    assert "More than 10,000 payments match." in page_of(admin, company, "method=Visa")
    assert "10,020 need you." in page_of(admin, company, "")


def add_invoices(engine: Engine, company_file_id: int, many: int, *, after: int) -> None:
    """Put in many open invoices, numbered from 1 on; those of before are `after`."""
    with engine.begin() as db:
        put(
            db,
            Invoice,
            many,
            company_file_id=lambda _: literal(company_file_id),
            txn_id=lambda number: literal("I-").concat(cast(number + after, String)),
            number=lambda number: cast(number + after, String),
            plain_number=lambda number: cast(number + after, String),
            seen_session_id=lambda _: literal(1),
        )


def add_refused(engine: Engine, company_file_id: int, many: int, *, after: int) -> None:
    """Put in many payments that need somebody; those of before are `after`."""

    def named(number: Any) -> Any:
        return literal("p-").concat(cast(number + after, String))

    with engine.begin() as db:
        put(
            db,
            Payment,
            many,
            company_file_id=lambda _: literal(company_file_id),
            external_id=named,
            external_guid=named,
            reference=named,
            status=lambda _: literal("rejected"),
            method=lambda _: literal("Visa"),
            amount_cents=lambda _: literal(700),
            cause=lambda _: literal("invalid"),
        )


def page_of(person: Person, company: CompanyView, query: str) -> str:
    return person.open(f"/companies/{company.id}/payments?{query}").text
