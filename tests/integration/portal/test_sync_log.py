"""The sync log: real syncs, read by people; what is hidden, who may look, what it costs."""

import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, select, update

from models.company_file import Install
from models.exchange import Exchange
from models.wc_session import WcSession
from qbwc_server.errors import NotFound
from qbwc_server.services import session_log as log
from qbwc_server.services import support_bundle
from qbwc_server.services.access import OPERATOR
from qbwc_server.settings import Settings
from scripts.simulate.web_connector import WebConnector
from sync_core.plan import Step
from tests.integration.portal.person import Person, portal_of
from tests.integration.sync.firm import (
    Firm,
    close,
    open_firm,
    play_until,
    send,
    sign_in,
    until_payments_are_out,
)
from tests.integration.sync.firm import update as update_selected
from tests.integration.sync.test_status_column import counted
from tests.schema.rows import NOON, row

CUSTOMER = "Ruiz & Daughters <Plumbing>"
MEMO = "thank you, Consuela"
AMOUNT = "1150.25"


@pytest.fixture
def firm(engine: Engine, tmp_path: Path) -> Firm:
    opened = open_firm(engine, tmp_path)
    opened.books.add_customer(CUSTOMER)
    return opened


@pytest.fixture
def portal(firm: Firm, database: str, tmp_path: Path) -> Flask:
    return portal_of(firm.services, Settings(data_dir=tmp_path, database_url=database))


Visit = Callable[..., Person]


@pytest.fixture
def visit(portal: Flask, firm: Firm) -> Visit:
    """Let somebody sign in."""

    def let_in(
        role: str = "viewer", name: str = "vera", companies: list[str] | None = None
    ) -> Person:
        users = firm.services.users
        made = users.add(f"{name}@example.com", role, companies=companies, by=OPERATOR)
        person = Person(portal.test_client(), made.email, made.password)
        person.sign_in()
        return person

    return let_in


def address(firm: Firm, page: str = "", **query: object) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/companies/{firm.company_id}/sync-log{page}{'?' if asked else ''}{asked}"


def said(person: Person, path: str) -> str:
    """Open a page and read what it says, as a person does."""
    answer = person.open(path)
    assert answer.status_code == 200, answer.status_code
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.text.partition("<main")[2])
    return " ".join(html.unescape(text).split())


def h1(person: Person, path: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", person.open(path).text)
    assert found
    return html.unescape(found[1])


def newest(firm: Firm) -> str:
    return firm.services.session_log.page(firm.company_file_id, limit="1").items[0].id


def give_up(pc: WebConnector) -> None:
    """Let a sync end before it has come far."""
    ticket, _ = sign_in(pc)
    send(pc, ticket)
    close(pc, ticket)


# The list


def test_before_the_first_sync_it_says_what_to_do(firm: Firm, visit: Visit) -> None:
    admin = visit("admin")
    assert h1(admin, address(firm)) == "No sync has run yet."
    assert f'href="/companies/{firm.company_id}/connect"' in admin.open(address(firm)).text
    viewer = visit("viewer", "vince")
    assert "An administrator connects it" in said(viewer, address(firm))
    assert "/connect" not in viewer.open(address(firm)).text


def test_a_line_says_what_came_in_and_what_went_out(firm: Firm, visit: Visit) -> None:
    pc, person = firm.pc(), visit()
    invoice = firm.books.add_invoice(CUSTOMER, amount="60.00")
    firm.pay(CUSTOMER, "60.00", {invoice: "60.00"})
    firm.pay("Nobody, Inc.", "5.00")
    update_selected(pc)
    assert re.fullmatch(
        r"Last sync \S.* from Office PC: 1 posted, 1 needs you\.", h1(person, address(firm))
    )
    line = said(person, address(firm))
    assert "1 customer and 1 invoice 1 posted 1 needs you Got through" in line
    update_selected(pc)  # QuickBooks tells the invoice anew: it is paid
    update_selected(pc)
    assert h1(person, address(firm)).endswith("from Office PC: nothing to post.")
    assert "Nothing new" in said(person, address(firm))
    views = firm.services.session_log.page(firm.company_file_id).items
    assert [(one.customers_changed, one.wrote, one.posted) for one in views] == [
        (0, False, 0),
        (views[1].customers_changed, False, 0),
        (1, True, 1),
    ]


def test_a_first_failure_is_no_alarm_and_the_second_is(firm: Firm, visit: Visit) -> None:
    pc, person = firm.pc(), visit()
    update_selected(pc)
    give_up(pc)
    assert h1(person, address(firm)).endswith(
        "from Office PC did not get through; a first failed try is no alarm."
    )
    page = person.open(address(firm)).text
    assert "state-stopped" not in page
    assert "alert-danger" not in page
    give_up(pc)
    assert h1(person, address(firm)).startswith(
        "Syncs from Office PC do not get through; the last good one was "
    )
    page = person.open(address(firm)).text
    assert page.count('<span class="state state-stopped">Failed again</span>') == 1
    assert page.count('<span class="state state-dismissed">Did not get through</span>') == 1
    assert "alert-danger" in page


def test_another_pcs_failure_does_not_count(firm: Firm, visit: Visit) -> None:
    office, laptop, person = firm.pc(), firm.pc("Laptop", primary=False), visit()
    give_up(office)
    give_up(laptop)
    assert "state-stopped" not in person.open(address(firm)).text
    give_up(office)
    assert h1(person, address(firm)) == "No sync from Office PC has got through yet."


def test_filters_stay_in_the_address(firm: Firm, visit: Visit) -> None:
    office, laptop, person = firm.pc(), firm.pc("Laptop", primary=False), visit()
    firm.pay(CUSTOMER, "1.00")
    update_selected(office)
    update_selected(laptop)
    for _ in range(3):
        give_up(laptop)
    names = {
        one.label: one.uuid for one in firm.services.session_log.installs(firm.company_file_id)
    }
    rows = {
        "": 5,
        f"install={names['Laptop']}": 4,
        "badly=1": 3,
        "wrote=1": 1,
        f"install={names['Office PC']}&badly=1": 0,
        f"install={names['Laptop']}&badly=1": 3,
        "install=nobody": 0,
    }
    for query, count in rows.items():
        page = person.open(f"{address(firm)}?{query}").text
        assert page.count('data-label="Began"') == count, query
    assert "No sync is like that" in said(person, f"{address(firm)}?install=nobody")
    page = person.open(f"{address(firm)}?install={names['Laptop']}&badly=1").text
    assert f'<option value="{names["Laptop"]}" selected>' in page
    assert 'name="badly" value="1" checked' in page


def test_a_long_list_is_paged_and_keeps_its_filters(firm: Firm, visit: Visit) -> None:
    person = visit()
    many_sessions(firm, 120)
    page = person.open(f"{address(firm)}?badly=1").text
    seen = []
    while True:
        seen += re.findall(r"sync-log/sync\?id=(\d+)", page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        if older is None:
            break
        assert "badly=1" in older[1]
        page = person.open(html.unescape(older[1])).text
    assert len(seen) == len(set(seen)) == 60
    assert seen == sorted(seen, key=int, reverse=True)
    assert person.open(f"{address(firm)}?cursor=nonsense").status_code == 400


def many_sessions(firm: Firm, count: int) -> None:
    """Put a history in: every second sync ended badly."""
    install = firm.register("History").id
    with firm.engine.begin() as db:
        install_id = db.execute(select(Install.id).where(Install.uuid == install)).scalar_one()
        db.execute(
            insert(WcSession),
            [
                row(
                    WcSession,
                    company_file_id=firm.company_file_id,
                    install_id=install_id,
                    ticket_hash=f"ticket {number}",
                    state="closed",
                    opened_at=NOON + timedelta(minutes=number),
                    last_heard_at=NOON + timedelta(minutes=number),
                    ended_at=NOON + timedelta(minutes=number, seconds=9),
                    percent=100 if number % 2 else 40,
                )
                for number in range(count)
            ],
        )


# The sync under way


def test_a_sync_under_way_shows_step_and_percent(firm: Firm, visit: Visit) -> None:
    pc, person = firm.pc(), visit()
    for _ in range(4):
        firm.pay(CUSTOMER, "2.00")
    session = until_payments_are_out(pc)
    assert h1(person, address(firm)) == "A sync from Office PC is under way."
    (view,) = firm.services.session_log.page(firm.company_file_id).items
    assert (view.step, view.outcome, view.took_s) == (Step.POST, "under_way", None)
    page = person.open(address(firm)).text
    assert f'<progress class="progress" max="100" value="{view.percent}"' in page
    assert 0 < view.percent < 100
    now = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', page)
    assert now
    live = html.unescape(now[1])
    assert person.open(live).status_code == 204  # as it was: nothing is sent, and nothing read out
    session.finish()
    assert person.open(live).headers["HX-Refresh"] == "true"
    assert h1(person, address(firm)).endswith("from Office PC: 4 posted.")


def test_a_sync_that_begins_is_noticed(firm: Firm, visit: Visit) -> None:
    pc, person = firm.pc(), visit()
    now = re.search(r'hx-get="([^"]+)"', person.open(address(firm)).text)
    assert now
    live = html.unescape(now[1])
    assert person.open(live).status_code == 204
    session = play_until(pc.begin(), "CustomerQueryRq")
    begun = person.open(live)
    assert "Under way" in begun.text
    session.finish()
    later = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', begun.text)
    assert later
    over = person.open(html.unescape(later[1]))
    assert "The sync from Office PC is over: nothing to post." in " ".join(over.text.split())
    assert "HX-Refresh" not in over.headers
    later = re.search(r'hx-get="([^"]+)" hx-trigger="every 15s"', over.text)
    assert later
    assert person.open(html.unescape(later[1])).status_code == 204


def test_one_that_fell_silent_says_so(firm: Firm, visit: Visit) -> None:
    pc, person = firm.pc(), visit()
    play_until(pc.begin(), "CustomerQueryRq")
    with firm.engine.begin() as db:
        db.execute(update(WcSession).values(last_heard_at=NOON - timedelta(days=400)))
    assert "Nothing was heard from it since" in said(person, address(firm))


# One sync


def test_a_sync_is_a_timeline_of_its_exchanges(firm: Firm, visit: Visit) -> None:
    person = visit()
    paid = firm.pay(CUSTOMER, AMOUNT, memo=MEMO)
    update_selected(firm.pc())
    told = said(person, address(firm, "/sync", id=newest(firm)))
    assert "1. Finding out which company file is open" in told
    assert "QuickBooks was told to record 1 payment. 1 done." in told
    assert re.search(r"took (under 1|\d+) s; [\d.]+ k?B out, [\d.]+ k?B in", told)
    page = person.open(address(firm, "/sync", id=newest(firm))).text
    assert f'href="/companies/{firm.company_id}/payment?id={paid}"' in page
    assert firm.payment(paid).reference in page


def test_names_and_amounts_are_hidden_until_asked_for(firm: Firm, visit: Visit) -> None:
    person = visit()
    firm.pay(CUSTOMER, AMOUNT, memo=MEMO)
    update_selected(firm.pc())
    session_id = newest(firm)
    steps = firm.services.session_log.exchanges(firm.company_file_id, session_id).items
    pages = [("/sync", {}), *(("/exchange", {"number": one.number}) for one in steps)]
    for names, is_shown in ((0, False), (1, True)):
        whole = "".join(
            said(person, address(firm, page, id=session_id, names=names, **query))
            for page, query in pages
        )
        for secret in ("Ruiz", "Consuela", AMOUNT):
            assert (secret in whole) == is_shown, secret
    assert "<Plumbing>" not in person.open(address(firm, "/sync", id=session_id, names=1)).text


def test_the_texts_are_a_page_of_their_own_without_scripts(firm: Firm, visit: Visit) -> None:
    person = visit()
    update_selected(firm.pc())
    session_id = newest(firm)
    page = person.open(address(firm, "/sync", id=session_id)).text
    links = re.findall(r'<a href="([^"]+)">Show what was asked and answered</a>', page)
    assert len(links) == page.count('<details class="sync-texts"')
    whole = person.open(html.unescape(links[1])).text
    assert "<h1" in whole
    assert "&lt;CustomerQueryRq" in whole
    part = person.http.get(html.unescape(links[1]), headers={"HX-Request": "true"}).text
    assert "<h1" not in part
    assert "&lt;CustomerQueryRq" in part


def test_stamps_are_hidden_whoever_asks(firm: Firm, visit: Visit) -> None:
    person, made = visit("admin"), firm.register()
    update_selected(firm.add_to_pc(made))
    stamp = firm.rows("SELECT file_id FROM install")[0]["file_id"]
    session_id = newest(firm)
    for one in firm.services.session_log.exchanges(firm.company_file_id, session_id).items:
        page = person.open(
            address(firm, "/exchange", id=session_id, number=one.number, names=1)
        ).text
        assert stamp not in page
        assert "DataExtValue&gt;***" in page or "DataExtRet" not in page


@pytest.mark.parametrize("names", [0, 1])
@pytest.mark.parametrize(
    "answer",
    [
        "<script>alert(1)</script>",
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        "<x><FullName>&lt;img src=x onerror=alert(1)&gt;</FullName></x>",
        "<QBXML><QBXMLMsgsRs><" + "a" * 5000,
        "not at all XML <",
    ],
)
def test_hostile_answers_do_no_harm(firm: Firm, visit: Visit, answer: str, names: int) -> None:
    person = visit()
    update_selected(firm.pc())
    with firm.engine.begin() as db:
        db.execute(update(Exchange).values(response_xml=answer, hresult="<b>bold</b>", told=None))
    session_id = newest(firm)
    for page in (
        person.open(address(firm, "/sync", id=session_id, names=names)).text,
        person.open(address(firm, "/exchange", id=session_id, number=1, names=names)).text,
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>bold" not in page
        assert "root:" not in page


def test_a_long_answer_is_cut_with_a_line_that_says_so(firm: Firm, visit: Visit) -> None:
    person = visit()
    for number in range(300):
        firm.books.add_customer(f"Customer {number}")
    update_selected(firm.pc())
    session_id = newest(firm)
    read = firm.services.session_log.exchanges(firm.company_file_id, session_id).items[1]
    assert read.kept_length == 20_000 < read.response_length
    assert "301 customers" in read.came
    told = said(person, address(firm, "/exchange", id=session_id, number=2))
    assert "Of this answer only the beginning is kept: 20.0 kB of" in told
    with firm.engine.begin() as db:
        long = f"<x>{'<Memo>y</Memo>' * 5_000}</x>"
        db.execute(update(Exchange).values(response_xml=long, response_length=len(long)))
    told = said(person, address(firm, "/exchange", id=session_id, number=2))
    assert f"Cut here: these are the first {log.LINES_MAX} lines." in told


def test_many_exchanges_and_payments_are_paged(firm: Firm, visit: Visit) -> None:
    person = visit()
    for _ in range(log.PAYMENTS_MAX + 5):
        firm.pay(CUSTOMER, "1.00")
    update_selected(firm.pc())
    session_id = newest(firm)
    page = person.open(address(firm, "/sync", id=session_id)).text
    assert page.count("/payment?id=") == log.PAYMENTS_MAX
    more = re.search(r'href="([^"]+)">More payments', page)
    assert more
    assert person.open(html.unescape(more[1])).text.count("/payment?id=") == 5
    with firm.engine.begin() as db:
        first = row(Exchange, wc_session_id=int(session_id), answered_at=NOON)
        db.execute(insert(Exchange), [first | {"number": number} for number in range(100, 190)])
    page = person.open(address(firm, "/sync", id=session_id)).text
    assert page.count('<details class="sync-texts"') == log.EXCHANGES_MAX
    later = re.search(r'href="([^"]+)">Later exchanges', page)
    assert later
    assert "qbXML of exchange 189" in person.open(html.unescape(later[1])).text


# Who may look


def test_a_sync_of_another_company_is_not_there(firm: Firm, visit: Visit, portal: Flask) -> None:
    update_selected(firm.pc())
    others = firm.services.companies.add("Moonlight Dental")
    theirs = visit("admin", "moon", [others.id])
    ours = visit("viewer", "sun", [firm.company_id])
    session_id = newest(firm)
    one: dict[str, object] = {"id": session_id}
    pages: list[tuple[str, dict[str, object]]] = [("", {}), ("/now", {}), ("/sync", one)]
    pages += [("/bundle", one), ("/exchange", one | {"number": 1})]
    for page, query in pages:
        there = address(firm, page, **query)
        assert ours.open(there).status_code in (200, 204)
        assert theirs.open(there).status_code == 404
        own = there.replace(firm.company_id, others.id)
        assert theirs.open(own).status_code == (404 if query else 200)
        stranger = portal.test_client().get(there)
        assert stranger.status_code == 303
        assert stranger.location.startswith("/sign-in")


@pytest.mark.parametrize(
    "session_id", ["", "0", "x", "9" * 19, "9" * 30, "%00", "-1", "\N{FULLWIDTH DIGIT ONE}"]
)
def test_an_id_of_nothing_is_not_there(firm: Firm, visit: Visit, session_id: str) -> None:
    person = visit()
    for page in ("/sync", "/exchange", "/bundle"):
        assert person.open(address(firm, page, id=session_id, number=1)).status_code == 404


# The support bundle


def bundle(person: Person, firm: Firm) -> dict[str, str]:
    answer = person.open(address(firm, "/bundle", id=newest(firm)))
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="sync-{newest(firm)}.zip"'
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_a_support_bundle_tells_all_but_names_and_amounts(firm: Firm, visit: Visit) -> None:
    person = visit()
    pc = firm.pc("Maria's laptop")
    invoice = firm.books.add_invoice(CUSTOMER, amount="60.00", number="CONSUELA-1")
    firm.pay(CUSTOMER, "60.00", {invoice: "60.00"})
    firm.pay(CUSTOMER, AMOUNT, memo=MEMO, id="order of consuela@example.com")
    firm.pay("Nobody, Inc.", "77.31")
    update_selected(pc)
    files = bundle(person, firm)
    whole = "\n".join([*files, *files.values()])
    for secret in ("Ruiz", "Plumbing", "onsuela", "CONSUELA", AMOUNT, "77.31", "Nobody", "aria"):
        assert secret not in whole, secret
    for secret in ("Prairie", r"C:\Books", "OFFICE", *firm.rows("SELECT file_id FROM install")[0]):
        assert secret not in whole or secret == "file_id", secret
    assert firm.rows("SELECT file_id FROM install")[0]["file_id"] not in whole
    session = json.loads(files["session.json"])
    assert (session["posted"], session["rejected"], session["percent"]) == (2, 1, 100)
    exchanges = json.loads(files["exchanges.json"])
    assert [one["number"] for one in exchanges] == list(range(1, len(exchanges) + 1))
    payments = json.loads(files["payments.json"])
    assert {one["status"] for one in payments} == {"posted", "rejected"}
    assert "exchanges/0001-company-asked.xml" in files
    (posted,) = [text for name, text in files.items() if name.endswith("post-answered.xml")]
    assert f"<TxnID>{firm.books.payments()[0].txn_id}</TxnID>" in posted
    assert "Every message set that is kept is here." in files["README.txt"]


def test_a_bundle_that_would_grow_too_long_keeps_the_newest(
    firm: Firm, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = visit()
    firm.pay(CUSTOMER, "1.00")
    update_selected(firm.pc())
    monkeypatch.setattr(support_bundle, "TEXTS_MAX", 100)
    files = bundle(person, firm)
    names = [name for name in files if name.startswith("exchanges/")]
    assert {name.partition("-")[2] for name in names} == {"post-asked.xml", "post-answered.xml"}
    assert re.search(r"The first \d+ message sets are left out", files["README.txt"])
    with pytest.raises(NotFound):
        firm.services.support_bundle.make(firm.company_file_id, "999")


# What it costs


def test_statements_do_not_grow_with_what_there_is(firm: Firm, visit: Visit) -> None:
    person = visit()
    firm.pay(CUSTOMER, "1.00")
    update_selected(firm.pc())
    first = newest(firm)
    pages = [
        address(firm),
        address(firm, badly=1),
        address(firm, wrote=1),
        address(firm, "/now"),
        address(firm, "/sync", id=first),
        address(firm, "/exchange", id=first, number=1),
        address(firm, "/bundle", id=first),
    ]

    def costs() -> list[int]:
        counts = []
        for page in pages:
            with counted(firm.engine) as made:
                assert person.open(page).status_code == 200
            counts.append(len(made))
        return counts

    person.open(address(firm))
    before = costs()
    many_sessions(firm, 10_000)
    with firm.engine.begin() as db:
        known = row(Exchange, wc_session_id=int(first), answered_at=NOON, request_xml="<x/>")
        db.execute(insert(Exchange), [known | {"number": number} for number in range(100, 600)])
    after = costs()
    print(f"The pages of the sync log take {after} statements")  # noqa: T201 - for whoever looks
    # The newest of the history ended well or badly: one more look-up for the last good one.
    assert all(now <= then + 1 for now, then in zip(after, before, strict=True))
    assert max(after) <= 17
