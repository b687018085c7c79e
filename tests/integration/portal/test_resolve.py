"""Resolve: what needs a person, and acting on it, without a script."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from models.books import Customer, Invoice, PaymentMethod
from models.company_file import CompanyFile
from models.payment import Payment
from models.receipt import Receipt
from qbwc_server.services import needs_you
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from sync_core import connection
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.trouble import Kind, Trouble, Variant
from sync_core.variants import VARIANTS
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.portal.shelf import Shelf
from tests.integration.site import move, payment
from tests.integration.sync.test_status_column import counted
from tests.integration.synced import (
    CAFE,
    bring,
    find_extra,
    know_books,
    open_sync,
    rejection,
)
from tests.schema.rows import NOON, add

EVERY = [(cause, variant) for cause in Cause for variant in VARIANTS[cause]]
UNPAID = {"invoice": {"txn_id": "1-1760000006"}, "amount": "125.00"}

Queue = Callable[..., str]
Reject = Callable[..., str]


@pytest.fixture
def queue(use_cases: UseCases, company_file_id: int) -> Queue:
    """Queue a payment."""
    count = 0

    def add(**more: Any) -> str:
        nonlocal count
        count += 1
        wanted = payment(f"pay_{count}", **{"customer": {"list_id": CAFE}, **more})
        (outcome,) = use_cases.intake.queue(company_file_id, [wanted], by="test")
        assert outcome.kind == "created", outcome
        return f"pay_{count}"

    return add


@pytest.fixture
def reject(engine: Engine, queue: Queue) -> Reject:
    """Queue a payment, and have it rejected for a cause."""

    def add(
        cause: Cause = Cause.INVALID,
        variant: str | None = "plain",
        facts: dict[str, str] | None = None,
        **more: Any,
    ) -> str:
        payment_id = queue(**more)
        move(engine, payment_id, PaymentStatus.REJECTED, **rejection(cause, variant, facts))
        return payment_id

    return add


@pytest.fixture
def bookkeeper(hire: Hire) -> Person:
    return hire("bea", "bookkeeper")


def resolve(company: CompanyView) -> str:
    return f"/companies/{company.id}/resolve"


def act(company: CompanyView, payment_id: str, action: str, **more: str) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/companies/{company.id}/payment/act?id={payment_id}&action={action}{query}"


def text(page: str) -> str:
    """Read a page as a person does."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def next_page(page: str) -> str:
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


def status(use_cases: UseCases, company_file_id: int, payment_id: str) -> str:
    return use_cases.payments.show(company_file_id, payment_id).status


# The page


def test_every_cause_has_its_card_and_every_button_its_page(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    for cause, variant in EVERY:
        reject(cause, variant, customer={"name": f"{cause}, {variant}"})
    page = bookkeeper.open(resolve(company)).text
    shown = text(page) + text(bookkeeper.open(next_page(page)).text)
    assert f"{len(EVERY)} payments ({len(EVERY) * 125:,}.00) need you." in shown
    assert "received Nov 20, 2026" in shown
    assert "**" not in shown
    for cause, variant in EVERY:
        assert f"{cause}, {variant}" in shown
    links = re.findall(r'href="(/companies/[^"]+/payment/act[^"]+)"', page)
    assert len(links) > 3 * 25
    for link in links:
        form = bookkeeper.open(html.unescape(link))
        assert form.status_code == 200, link
        assert "act-panel" in form.text
        assert "**" not in text(form.text)


def test_currencies_are_not_added_up_together(
    bookkeeper: Person, company: CompanyView, reject: Reject, engine: Engine
) -> None:
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(country="US"))
    both = "$7,824.50 and EUR\N{NO-BREAK SPACE}40.00"
    given = [("7824.00", "USD"), ("0.50", None), ("40.00", "EUR")]
    ids = [
        reject(Cause.LOCKED, "plain", amount=amount, currency=currency, apply=[])
        for amount, currency in given
    ]
    page = bookkeeper.open(resolve(company)).text
    assert f"3 payments ({both}) need you." in page
    assert f'<strong class="money">{both}</strong> <span>together</span>' in page
    several = f"{resolve(company)}/several"
    asked = bookkeeper.send(several, on=resolve(company), action="retry", id=ids)
    assert f"3 payments ({both})" in asked.text


def test_what_becomes_of_several_is_told_in_the_currency_of_each(
    bookkeeper: Person, company: CompanyView, reject: Reject, engine: Engine
) -> None:
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(country="US"))
    ids = [
        reject(Cause.PAID_IN_QUICKBOOKS, "twice", amount="40.00", currency=currency, apply=[])
        for currency in ("USD", "EUR")
    ]
    several = f"{resolve(company)}/several"
    asked = bookkeeper.send(several, on=resolve(company), action="post_unapplied", id=ids)
    shown = text(asked.text)
    assert "QuickBooks gets one payment of $40.00" in shown
    assert "QuickBooks gets one payment of EUR 40.00" in shown


def test_entries_too_many_and_missing_payments_have_their_currency(
    bookkeeper: Person,
    company: CompanyView,
    queue: Queue,
    company_file_id: int,
    engine: Engine,
) -> None:
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(country="US"))
    posted = queue(currency="EUR", apply=[])
    bring(engine, company_file_id, posted, PaymentStatus.POSTED)
    move(engine, posted, PaymentStatus.POSTED, missing_since=NOON)
    session = open_sync(engine, company_file_id, state="closed", ended_at=NOON)
    find_extra(engine, session, "2A-1", posted)
    find_extra(engine, session, "2A-2")
    extras = text(bookkeeper.open(f"{resolve(company)}/extras").text)
    assert "Take out the extra one: EUR 125.00" in extras
    assert "Take out the extra one: $125.00" in extras
    assert "EUR 125.00" in text(bookkeeper.open(f"{resolve(company)}/missing").text)
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(multi_currency=True))
    extras = text(bookkeeper.open(f"{resolve(company)}/extras").text)
    assert "Take out the extra one: 125.00" in extras  # it may be in any


def test_a_card_says_the_five_things(
    bookkeeper: Person, company: CompanyView, reject: Reject, engine: Engine
) -> None:
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(country="US"))
    reject(Cause.CREDIT_APPLIED, "memo", amount="100.00", apply=[])
    shown = text(bookkeeper.open(resolve(company)).text)
    for said in (
        "1 payment ($100.00) needs you.",
        (
            "Credit memo 77 was applied to invoice 100; $40.00 is left on it, and this payment was "
            "for $100.00."
        ),
        "Nothing was written in QuickBooks. Café Belém has no credit there for this $100.00 yet.",
        "Who can act: Anyone who works in QuickBooks.",
        "Should the credit stay? Then choose Post what fits : $40.00 goes on the invoice, and",
        "Settles by itself: yes, at the next sync, when the credit is no longer applied",
        "Apply $40.00, keep $60.00 as credit",
        "Record it by hand",
    ):
        assert said in shown, said


def test_dates_and_amounts_are_as_the_reader_writes_them(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    bookkeeper.send(
        "/account/preferences",
        on="/account",
        date_format="dots",
        number_format="point_comma",
        time_zone="Europe/Berlin",
    )
    late = reject(Cause.CLOSED_PERIOD, "closing", amount="1250.00", apply=[])
    shown = text(bookkeeper.open(resolve(company)).text)
    assert "1.250,00" in shown
    assert "dated 20.11.2026, and the books are closed through 30.11.2026." in shown
    assert "Record on 01.12.2026" in shown
    asked = text(bookkeeper.open(act(company, late, "use_open_day")).text)
    assert 'QuickBooks gets the date 01.12.2026; Memo says "Received 2026-11-20".' in asked


def test_the_oldest_money_comes_first(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    for day in ("2026-11-20", "2026-11-03", "2026-11-11"):
        reject(received_on=day, customer={"name": f"Customer of {day}"}, apply=[])
    shown = bookkeeper.open(resolve(company)).text
    days = re.findall(r"Customer of (\S+)</h2>", shown)
    assert days == ["2026-11-03", "2026-11-11", "2026-11-20"]


def test_pages_go_on_where_the_last_one_ended(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    wanted = [reject(received_on=f"2026-11-{1 + number % 3:02}", apply=[]) for number in range(60)]
    seen, path = [], resolve(company)
    for _ in range(3):
        page = bookkeeper.open(path).text
        seen += re.findall(r'type="checkbox" name="id" value="([^"]+)"', page)
        path = next_page(page) if 'rel="next"' in page else ""
    assert path == ""
    assert sorted(seen) == sorted(wanted)
    assert bookkeeper.open(f"{resolve(company)}?cursor=nonsense").status_code == 400


def test_nothing_to_resolve(bookkeeper: Person, company: CompanyView, engine: Engine) -> None:
    shown = text(bookkeeper.open(resolve(company)).text)
    assert "Nothing needs you." in shown
    assert "No sync has run yet." in shown
    know_books(engine, 1)
    assert "Last sync" in text(bookkeeper.open(resolve(company)).text)


def test_what_outsiders_wrote_is_text(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    strange = '<script>alert("1")</script>** & =1+1'
    facts = {"qb_message": "<img src=x onerror=alert(1)> **no**", "qb_code": "3120"}
    strange_id = reject(
        Cause.INVALID, "plain", facts, customer={"name": strange}, method='"<b>', apply=[]
    )
    for path in (
        resolve(company),
        act(company, strange_id, "dismiss"),
        act(company, strange_id, "retry"),
        act(company, strange_id, "retry", next="//elsewhere.example"),
        act(company, strange_id, "retry", next="javascript:alert(1)"),
    ):
        page = bookkeeper.open(path)
        assert page.status_code == 200
        for bad in ("<script>alert", "<img", "<b>", '"//elsewhere', '"javascript:'):
            assert bad not in page.text, path
    assert strange in text(bookkeeper.open(resolve(company)).text)


def test_a_viewer_sees_the_cards_and_no_button(
    hire: Hire, company: CompanyView, reject: Reject
) -> None:
    waits = reject(Cause.CREDIT_APPLIED, "memo")
    for _ in range(3):
        reject(Cause.UNKNOWN_REFERENCE, "method", method="Gift card", apply=[])
    viewer = hire("amy", "viewer")
    page = viewer.open(resolve(company)).text
    assert "Credit memo 77 was applied" in page
    assert "3 payments" in page
    assert "payment/act" not in page
    assert "checkbox" not in page
    assert "several" not in page
    assert viewer.open(act(company, waits, "retry")).status_code == 403
    several = f"{resolve(company)}/several"
    for path in (act(company, waits, "retry"), several, f"{resolve(company)}/extras"):
        assert viewer.send(path, on="/account", id=waits, action="retry").status_code == 403


def test_payments_of_another_company_are_not_there(
    use_cases: UseCases, hire: Hire, company: CompanyView, reject: Reject
) -> None:
    waits = reject()
    other = use_cases.companies.add("Moonlight Dental")
    theirs = hire("moon", "admin", [other.id])
    assert theirs.open(resolve(company)).status_code == 404
    assert theirs.open(act(company, waits, "retry")).status_code == 404
    assert theirs.open(act(other, waits, "retry")).status_code == 404
    told = theirs.send(f"{resolve(other)}/several", on="/account", id=waits, action="retry", sure=1)
    assert "There is no payment with this id." in text(told.text)
    assert use_cases.payments.show(1, waits).status == "rejected"


def test_the_short_address_leads_to_a_company_file_that_has_something(
    use_cases: UseCases, bookkeeper: Person, company: CompanyView, engine: Engine
) -> None:
    other = use_cases.companies.add("Moonlight Dental")
    assert bookkeeper.open("/resolve").location == resolve(company)
    number = use_cases.companies.internal_id(other.id)
    use_cases.intake.queue(number, [payment("moon", customer={"name": "Moon"})], by="test")
    move(engine, "moon", PaymentStatus.REJECTED, **rejection(Cause.INVALID, "plain"))
    assert bookkeeper.open("/resolve").location == resolve(other)
    assert "Moon" in bookkeeper.open(resolve(other)).text
    page = bookkeeper.open("/").text
    assert 'aria-label="1 needs you"' in page


# Acting


def test_what_it_will_do_is_said_and_then_done(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    know_books(engine, company_file_id)
    facts = {"invoice_txn_id": "1-1760000006", "invoice_number": "1"}
    waits = reject(Cause.CREDIT_APPLIED, "memo", facts, apply=[UNPAID])
    asked = text(bookkeeper.open(act(company, waits, "apply_what_fits")).text)
    assert (
        "QuickBooks gets one payment of 125.00: 25.00 on invoice 1; 100.00 stays as Café Belém's "
        "credit." in asked
    )
    assert "In QuickBooks afterwards Received From Café Belém Date Nov 20, 2026" in asked
    assert status(use_cases, company_file_id, waits) == "rejected"
    back = f"{resolve(company)}?cursor="
    done = bookkeeper.send(act(company, waits, "apply_what_fits"), note="as agreed", next=back)
    assert (done.status_code, done.location) == (303, back)
    assert status(use_cases, company_file_id, waits) == "queued"
    page = bookkeeper.open(resolve(company)).text
    assert "125.00 from Café Belém goes to QuickBooks at the next sync." in text(page)
    history = use_cases.payments.show(company_file_id, waits).history
    assert (history[-1].by, history[-1].note) == ("bea@example.com", "Post what fits. as agreed")

    again = bookkeeper.send(act(company, waits, "undo"), on=resolve(company))
    assert again.status_code == 303
    assert status(use_cases, company_file_id, waits) == "rejected"
    assert "125.00 from Café Belém is as it was before." in text(
        bookkeeper.open(resolve(company)).text
    )


def test_undo_ends_when_the_next_sync_begins(
    bookkeeper: Person, company: CompanyView, reject: Reject, engine: Engine, company_file_id: int
) -> None:
    waits = reject()
    bookkeeper.send(act(company, waits, "retry"))
    page = bookkeeper.open(resolve(company)).text
    assert "until the next sync begins" in page
    open_sync(engine, company_file_id)
    late = bookkeeper.send(act(company, waits, "undo"), on="/account")
    assert late.status_code == 409
    assert "Undo does not fit this payment any more." in text(late.text)


def test_dismissing_asks_why(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
) -> None:
    waits = reject()
    path = act(company, waits, "dismiss")
    answer = bookkeeper.send(path)
    assert answer.status_code == 422
    assert "Say why this payment need not be sent." in text(answer.text)
    bookkeeper.send(path, why="by_hand", note="on Friday")
    shown = use_cases.payments.show(company_file_id, waits)
    assert (shown.status, shown.note) == ("dismissed", "I recorded it by hand: on Friday")


def test_a_note_that_is_too_long_is_told_beside_it(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    answer = bookkeeper.send(act(company, reject(), "dismiss"), why="voided", note="x" * 1001)
    assert answer.status_code == 422
    assert "This is longer than 1000 characters." in text(answer.text)


def test_deleting_hides_and_dismisses(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
) -> None:
    waits = reject()
    asked = text(bookkeeper.open(act(company, waits, "delete")).text)
    assert "the audit trail keeps it. This also dismisses it." in asked
    bookkeeper.send(act(company, waits, "delete"))
    assert use_cases.payments.show(company_file_id, waits).deleted_at is not None
    shown = text(bookkeeper.open(resolve(company)).text)
    assert "is deleted from lists and history. Undo until the next sync begins" in shown


def test_an_invoice_is_picked_from_those_that_are_open(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    know_books(engine, company_file_id)
    waits = reject(Cause.INVOICE_DELETED, "plain", apply=[UNPAID])
    page = text(bookkeeper.open(act(company, waits, "choose_invoice")).text)
    assert "1 of Nov 20, 2026 : 25.00 due" in page
    assert "25.00 goes on it, 100.00 stays as credit." in page
    chosen = bookkeeper.open(act(company, waits, "choose_invoice", invoice="2-1760000006"))
    assert "50.00 goes on invoice 2; 75.00 stays as Café Belém's credit." in text(chosen.text)
    none = bookkeeper.open(act(company, waits, "choose_invoice", invoice="F-1"))
    assert "QuickBooks had no invoice with the TxnID F-1" in text(none.text)
    bookkeeper.send(act(company, waits, "choose_invoice"), invoice="2-1760000006")
    assert status(use_cases, company_file_id, waits) == "queued"


def test_what_is_chosen_from_stands_in_its_own_currency(
    bookkeeper: Person, company: CompanyView, reject: Reject, company_file_id: int, engine: Engine
) -> None:
    know_books(engine, company_file_id)
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(country="US"))
        db.execute(update(Customer).values(currency="Euro", balance_cents=7500))
        db.execute(update(Invoice).values(currency="Euro"))
    waits = reject(Cause.INVOICE_DELETED, "plain", apply=[UNPAID])
    page = text(bookkeeper.open(act(company, waits, "choose_invoice")).text)
    assert "1 of Nov 20, 2026 : EUR 25.00 due" in page
    assert "$25.00" not in page
    waits = reject(Cause.CUSTOMER_UNAVAILABLE, "missing", customer={"name": "Cafe"}, apply=[])
    page = text(bookkeeper.open(act(company, waits, "choose_customer", q="BELÉM")).text)
    assert "Balance EUR 75.00" in page


def test_a_customer_is_searched_and_used_for_later_payments_too(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    know_books(engine, company_file_id)
    waits = reject(Cause.CUSTOMER_UNAVAILABLE, "missing", customer={"name": "Cafe Belem"}, apply=[])
    page = bookkeeper.open(act(company, waits, "choose_customer", q="BELÉM")).text
    assert "Café Belém" in text(page)
    nobody = bookkeeper.open(act(company, waits, "choose_customer", q="100%")).text
    assert "No active customer in QuickBooks has this in its name." in text(nobody)
    asked = text(bookkeeper.open(act(company, waits, "choose_customer", customer=CAFE)).text)
    assert "QuickBooks gets this payment from Café Belém." in asked
    assert "Use it for later payments of this customer too." in asked
    bookkeeper.send(act(company, waits, "choose_customer"), customer=CAFE, remember="yes")
    history = use_cases.payments.show(company_file_id, waits).history
    assert history[-1].note is not None
    assert "Later payments of this customer too." in history[-1].note


def test_an_entry_is_picked_for_a_payment_that_is_being_checked(
    bookkeeper: Person,
    company: CompanyView,
    queue: Queue,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    doubted = queue()
    bring(engine, company_file_id, doubted, PaymentStatus.IN_DOUBT)
    page = text(bookkeeper.open(resolve(company)).text)
    assert "Please do not enter it by hand until then." in page
    assert "It is in QuickBooks" in page
    assert "It is not in QuickBooks" in page
    answer = bookkeeper.send(act(company, doubted, "settle_posted"), note="seen")
    assert answer.status_code == 422
    assert "Say which entry in QuickBooks is this payment." in text(answer.text)
    asked = text(bookkeeper.open(act(company, doubted, "settle_not_posted")).text)
    assert "Please look first: Customer Center" in asked
    answer = bookkeeper.send(act(company, doubted, "settle_not_posted"))
    assert "Say how you know that QuickBooks does not have it." in text(answer.text)
    bookkeeper.send(act(company, doubted, "settle_not_posted"), note="not there")
    assert status(use_cases, company_file_id, doubted) == "queued"


def receive(engine: Engine, company_file_id: int, txn_id: str, number: str, **more: Any) -> None:
    """Let somebody have entered a payment in QuickBooks by hand."""
    session_id = open_sync(engine, company_file_id, state="closed", ended_at=NOON)
    with engine.begin() as db:
        told = {
            "seen_session_id": session_id,
            "txn_id": txn_id,
            "reference": number,
            "txn_date": date(2026, 1, 5),
            "total_cents": 4000,
            "customer_name": "Café Belém",
            "company_file_id": company_file_id,
        }
        add(db, Receipt, **told | more)


@pytest.mark.parametrize(
    ("action", "becomes"),
    [("withdraw", "dismissed"), ("dismiss", "dismissed"), ("settle_posted", "posted")],
)
def test_an_entry_is_named_by_its_number(
    bookkeeper: Person,
    company: CompanyView,
    queue: Queue,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
    action: str,
    becomes: str,
) -> None:
    """One that does not look like the payment, so that it is not proposed."""
    know_books(engine, company_file_id)
    receive(engine, company_file_id, "5A1B-1760000001", "chk 77")
    one = reject() if action == "dismiss" else queue()
    if action == "settle_posted":
        bring(engine, company_file_id, one, PaymentStatus.IN_DOUBT)
    there = act(company, one, action)
    assert "Its number (Reference # or Check #, or the TxnID)" in text(bookkeeper.open(there).text)
    wrong = bookkeeper.send(there, note="seen", entry_number="78 x")
    assert wrong.status_code == 422
    assert "No sync has told of an entry in QuickBooks with the number or TxnID 78 x." in text(
        wrong.text
    )
    assert 'value="78 x"' in wrong.text
    assert bookkeeper.send(there, note="seen", entry_number=" CHK 77 ").status_code == 303
    assert status(use_cases, company_file_id, one) == becomes
    shown = use_cases.payments.show(company_file_id, one)
    assert "5A1B-1760000001" in (shown.history[-1].note or "")
    assert shown.txn_id == ("5A1B-1760000001" if action == "settle_posted" else None)
    listed = bookkeeper.open(f"/companies/{company.id}/payments?list=dismissed_without_entry").text
    assert f'/payment?id={one}"' not in listed


def test_of_several_entries_with_a_number_one_is_picked(
    bookkeeper: Person,
    company: CompanyView,
    queue: Queue,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    know_books(engine, company_file_id)
    for txn_id in ("5A1B-1", "5A1B-2"):
        receive(engine, company_file_id, txn_id, "77", total_cents=99900)
    one = queue()
    there = act(company, one, "withdraw")
    several = bookkeeper.send(there, entry_number="77")
    assert "QuickBooks has 2 entries with the number 77. Pick the one it is." in text(several.text)
    assert several.text.count('name="entry" value="5A1B-') == 2
    assert bookkeeper.send(there, entry_number="77", entry="5A1B-2").status_code == 303
    (event,) = use_cases.payments.show(company_file_id, one).history[-1:]
    assert event.note == "In QuickBooks as 5A1B-2."
    bookkeeper.send(act(company, one, "undo"))
    assert status(use_cases, company_file_id, one) == "queued"
    known = use_cases.needs_you.card(company_file_id, one, by="bea@example.com")
    assert known.state_facts["found_number"] == ""


def test_an_entry_of_ours_stands_for_no_other_payment(
    bookkeeper: Person,
    company: CompanyView,
    queue: Queue,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    know_books(engine, company_file_id)
    first, second = queue(), queue()
    receive(engine, company_file_id, "5A1B-1", "77")
    move(engine, first, PaymentStatus.POSTED, txn_id="5A1B-1")
    answer = bookkeeper.send(act(company, second, "withdraw"), entry_number="77")
    assert answer.status_code == 422
    assert status(use_cases, company_file_id, second) == "queued"
    by_txn_id = bookkeeper.send(act(company, second, "withdraw"), entry_number="5a1b-1")
    assert by_txn_id.status_code == 422


def test_what_was_quicker_is_told(bookkeeper: Person, company: CompanyView, queue: Queue) -> None:
    waiting = queue()
    page = bookkeeper.open(act(company, waiting, "retry"))
    assert page.status_code == 200
    assert "Retry does not fit this payment any more." in text(page.text)
    assert "Withdraw" in text(page.text)
    assert bookkeeper.open(act(company, waiting, "explode")).status_code == 404
    assert bookkeeper.open(act(company, "nobody%00", "retry")).status_code == 404


def test_what_an_act_says_is_written_for_its_reader(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    company_file_id: int,
    engine: Engine,
) -> None:
    late = reject(
        Cause.CLOSED_PERIOD,
        "closing",
        {"first_open_day": "2026-11-05"},
        received_on="2026-11-10",
        apply=[],
    )
    page = text(bookkeeper.open(act(company, late, "use_open_day")).text)
    assert "The books are open for Nov 10, 2026 now; Retry sends it with its own date." in page
    shelf = Shelf.of(engine, company_file_id)
    anew = shelf.invoice("1042B", balance_cents=123400)
    part = {"invoice": {"number": "1042"}, "amount": "5000.00"}
    facts = {"new_invoice_txn_id": anew, "new_invoice_number": "1042B"}
    gone = reject(Cause.INVOICE_RECREATED, "twin", facts, apply=[part], amount="5000.00")
    page = text(bookkeeper.open(act(company, gone, "use_new_invoice")).text)
    assert "Only 1,234.00 is due on the new invoice, and 5,000.00 was to be paid" in page


# Many alike, several at once


def test_what_one_remedy_settles_is_one_card(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    with engine.begin() as db:
        db.execute(
            insert(PaymentMethod).values(
                company_file_id=company_file_id, list_id="M-1", name="Other card", is_active=True
            )
        )
    methods = ("Gift card", "GIFT CARD", "Gift card", "Gift card")
    facts = {"method_name": "Gift card"}
    some = [
        reject(Cause.UNKNOWN_REFERENCE, "method", facts, method=method, apply=[])
        for method in methods
    ]
    lone = reject()
    page = bookkeeper.open(resolve(company)).text
    shown = text(page)
    assert "5 payments (625.00) need you." in shown
    assert "4 payments 500.00 together" in shown
    assert 'QuickBooks has no payment method called "Gift card".' in shown
    assert (
        "Nothing was written in QuickBooks. The customers have no credit there for these payments "
        "yet."
    ) in shown
    assert len(re.findall(r"<article", page)) == 2
    asked = bookkeeper.open(act(company, some[0], "choose_method", method="M-1"))
    assert 'Payments with "Gift card" show Pmt. Method Other card; waiting now: 4.' in text(
        asked.text
    )
    bookkeeper.send(act(company, some[0], "choose_method"), method="M-1")
    found = {status(use_cases, company_file_id, one) for one in some}
    assert found == {"queued"}
    assert status(use_cases, company_file_id, lone) == "rejected"
    bookkeeper.send(act(company, some[0], "undo"), on=resolve(company))
    assert {status(use_cases, company_file_id, one) for one in some} == {"rejected"}


def test_closed_books_are_settled_for_all_at_once(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(closing_date=date(2026, 11, 30)))
    some = [
        reject(Cause.CLOSED_PERIOD, "closing", received_on=f"2026-11-{day}", apply=[])
        for day in (10, 11, 12, 13)
    ]
    page = text(bookkeeper.open(resolve(company)).text)
    assert "4 payments 500.00 together" in page
    assert "Use Dec 1, 2026, all" in page
    group = {"cause": "closed_period", "variant": "closing", "method": ""}
    several = f"{resolve(company)}/several"
    asked = bookkeeper.send(several, on=resolve(company), action="use_open_day", **group)
    assert "Use the first open day: 4 payments (500.00)" in text(asked.text)
    each = bookkeeper.open(f"{resolve(company)}/alike?cause=closed_period&variant=closing").text
    assert len(re.findall(r"<article", each)) == 4
    assert bookkeeper.open(f"{resolve(company)}/alike?cause=invalid&variant=x").status_code == 404
    done = bookkeeper.send(several, on=resolve(company), action="use_open_day", id=some, sure=1)
    assert "4 payments (500.00): done." in text(done.text)
    assert {status(use_cases, company_file_id, one) for one in some} == {"queued"}


def test_several_are_told_counted_and_what_does_not_fit_is_left_out_first(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
) -> None:
    some = [reject(Cause.INVOICE_VOIDED, "plain"), reject(Cause.INVOICE_DELETED, "plain")]
    lone = reject(Cause.INVALID, "plain")
    several, here = f"{resolve(company)}/several", resolve(company)
    nothing = bookkeeper.send(several, on=here, action="post_unapplied", next=here)
    assert nothing.location == here
    asked = bookkeeper.send(several, on=here, action="post_unapplied", id=[*some, lone], next=here)
    shown = text(asked.text)
    assert "Post as a credit: 2 payments (250.00)" in shown
    assert "1 of 3 is left out:" in shown
    assert 'Not accepted by QuickBooks: "Post as a credit" is not offered.' in shown
    assert {status(use_cases, company_file_id, one) for one in some} == {"rejected"}
    done = bookkeeper.send(several, on=here, action="post_unapplied", id=some, sure=1, next=here)
    assert "2 payments (250.00): done." in text(done.text)
    assert {status(use_cases, company_file_id, one) for one in some} == {"queued"}
    undone = bookkeeper.send(several, on=here, action="undo", id=some, sure=1, next=here)
    assert "2 payments (250.00): done." in text(undone.text)
    assert {status(use_cases, company_file_id, one) for one in some} == {"rejected"}


def test_several_are_dismissed_with_a_reason(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
) -> None:
    some = [reject(), reject()]
    several, here = f"{resolve(company)}/several", resolve(company)
    assert "Why?" in bookkeeper.send(several, on=here, action="dismiss", id=some).text
    silent = bookkeeper.send(several, on=here, action="dismiss", id=some, sure=1)
    assert silent.status_code == 422
    assert "Say why this payment need not be sent." in silent.text
    bookkeeper.send(several, on=here, action="dismiss", id=some, sure=1, why="not_ours")
    notes = {use_cases.payments.show(company_file_id, one).note for one in some}
    assert notes == {"Sent to us twice, not ours, or a test"}
    for word in ("choose_invoice", "settle_posted", "explode", ""):
        assert bookkeeper.send(several, on=here, action=word, id=some).status_code == 404


def test_what_is_more_than_fits_at_once_goes_on_with_the_next(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    use_cases: UseCases,
    company_file_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(needs_you, "TOGETHER_MAX", 2)  # 200 of 1,234 take a minute to make
    facts = {"first_open_day": "2026-12-01"}
    days = [f"2026-11-{day}" for day in (10, 11, 12, 13, 14)]
    some = [
        reject(Cause.CLOSED_PERIOD, "closing", facts, received_on=day, apply=[]) for day in days
    ]
    here, several = resolve(company), f"{resolve(company)}/several"
    group = {"cause": "closed_period", "variant": "closing", "method": "", "action": "use_open_day"}
    asked = text(bookkeeper.send(several, on=here, **group).text)
    assert "These are the first 2 of 5; do it again for the next." in asked
    wrong = bookkeeper.send(several, on=here, id=some[:2], sure=1, note="x" * 1001, **group)
    assert wrong.status_code == 422
    assert "These are the first 2 of 5; do it again for the next." in text(wrong.text)
    done = bookkeeper.send(several, on=here, id=some[:2], sure=1, **group)
    assert "3 more are left." in text(done.text)
    assert "Go on with the next" in text(done.text)
    assert 'name="cause" value="closed_period"' in done.text
    bookkeeper.send(several, on=here, id=some[2:4], sure=1, **group)
    asked = text(bookkeeper.send(several, on=here, **group).text)
    assert "These are the first" not in asked
    done = bookkeeper.send(several, on=here, id=some[4:], sure=1, **group)
    assert "Go on with the next" not in text(done.text)
    assert {status(use_cases, company_file_id, one) for one in some} == {"queued"}


def test_what_does_not_fit_any_more_is_told_by_the_names_of_buttons(
    bookkeeper: Person, company: CompanyView, reject: Reject, queue: Queue
) -> None:
    some = [reject(), queue()]
    here, several = resolve(company), f"{resolve(company)}/several"
    done = text(bookkeeper.send(several, on=here, action="delete", id=some, sure=1).text)
    assert 'Waiting: "Delete" is not offered. What fits now: Withdraw' in done
    undone = text(bookkeeper.send(several, on=here, action="undo", id=some[1:], sure=1).text)
    assert 'Waiting: "Undo" is not offered. What fits now: Withdraw.' in undone


def test_a_reason_that_is_too_long_is_shown_again_as_it_was_typed(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    some = [reject(), reject()]
    here, several = resolve(company), f"{resolve(company)}/several"
    typed = "They paid in cash at the desk. " * 32
    for action in ("dismiss", "retry"):
        asked = {"action": action, "id": some, "sure": 1, "why": "not_ours"}
        answer = bookkeeper.send(several, on=here, note=typed + "x" * 20, **asked)
        assert answer.status_code == 422
        assert typed in html.unescape(answer.text)
        assert "1000 characters" in text(answer.text)
    assert "checked" in answer.text.partition('value="not_ours"')[2][:20] or action == "retry"


# What else waits


def test_an_entry_too_many_is_taken_out_or_kept(
    bookkeeper: Person,
    company: CompanyView,
    queue: Queue,
    company_file_id: int,
    engine: Engine,
) -> None:
    posted = queue()
    bring(engine, company_file_id, posted, PaymentStatus.POSTED)
    session = open_sync(engine, company_file_id, state="closed", ended_at=NOON)
    find_extra(engine, session, "2A-1", posted)
    find_extra(engine, session, "2A-2")
    page = text(bookkeeper.open(resolve(company)).text)
    assert "No payment was refused, and something else needs you." in page
    assert "QuickBooks holds 2 entries of ours too many." in page
    extras = f"{resolve(company)}/extras"
    shown = text(bookkeeper.open(extras).text)
    assert "stands in QuickBooks twice; this is the second entry." in shown
    assert "no payment here belongs to it." in shown
    silent = bookkeeper.send(extras, txn_id="2A-2", action="keep")
    assert "Say why both are right." in text(silent.text)
    bookkeeper.send(extras, txn_id="2A-2", action="keep", note="they are two")
    kept = text(bookkeeper.open(extras).text)
    bookkeeper.send(extras, txn_id="2A-1", action="take_out")
    assert "To be taken out by the next sync, as bea@example.com said" in text(
        bookkeeper.open(extras).text
    )
    assert bookkeeper.send(extras, txn_id="none", action="keep", note="x").status_code == 404
    assert (
        "The entry stays in QuickBooks. Posting is paused until the other one is decided." in kept
    )
    asked = bookkeeper.open(act(company, posted, "take_out_extra"))
    assert "The next sync takes 2A-1 out of QuickBooks" in text(asked.text)
    bookkeeper.send(extras, txn_id="2A-1", action="keep", note="on purpose")
    assert "The entry stays in QuickBooks, and posting goes on." in text(
        bookkeeper.open(extras).text
    )


def test_the_steps_name_the_buttons_that_the_pages_have(
    bookkeeper: Person, company: CompanyView, queue: Queue, company_file_id: int, engine: Engine
) -> None:
    posted = queue()
    bring(engine, company_file_id, posted, PaymentStatus.POSTED)
    move(engine, posted, PaymentStatus.POSTED, missing_since=NOON)
    session = open_sync(engine, company_file_id, state="closed", ended_at=NOON)
    find_extra(engine, session, "2A-1", posted)
    find_extra(engine, session, "2A-2")
    pages = "".join(bookkeeper.open(f"{resolve(company)}/{name}").text for name in ASIDE)
    there = {text(one) for one in re.findall(r"<button[^>]*>(.*?)</button>", pages, re.DOTALL)}
    reference = text(bookkeeper.open(f"{resolve(company)}/extras").text)
    reference = reference.partition("Payment No. ")[2].split()[0]
    for trouble in (
        Trouble(Kind.ONE_TOO_MANY, Variant.SECOND, {"reference": reference}),
        Trouble(Kind.ONE_TOO_MANY, Variant.STRANGER),
        Trouble(Kind.OTHER_BOOKS),
    ):
        steps = " ".join(connection.told(trouble, {}).steps)
        named = set(re.findall(r"\*\*([^*]+)\*\*", steps)) - NOT_THERE
        assert named
        assert all(any(one.startswith(name) for one in there) for name in named), named


ASIDE = ("extras", "missing")
# Buttons of Settings and of the Web Connector.
NOT_THERE = {"This is our file now", "Update Selected"}


def test_payments_that_the_company_file_of_now_lacks_are_opened_again(
    bookkeeper: Person,
    company: CompanyView,
    queue: Queue,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
) -> None:
    some = [queue(), queue()]
    for one in some:
        bring(engine, company_file_id, one, PaymentStatus.POSTED)
        move(engine, one, PaymentStatus.POSTED, missing_since=NOON)
    assert "Not in the company file of now" in text(bookkeeper.open(resolve(company)).text)
    path = f"{resolve(company)}/missing"
    assert "2 posted payments are not in the company file of now." in text(
        bookkeeper.open(path).text
    )
    silent = bookkeeper.send(path)
    assert "Say why it goes to QuickBooks again." in text(silent.text)
    bookkeeper.send(path, note="restored by mistake")
    assert {status(use_cases, company_file_id, one) for one in some} == {"queued"}


def test_what_keeps_payments_back_is_told_with_what_to_do(
    bookkeeper: Person, company: CompanyView, engine: Engine
) -> None:
    with engine.begin() as db:
        db.execute(
            update(CompanyFile).values(
                paused=True, books_doubted="It lacks payments.", is_restored=True, refused=True
            )
        )
    shown = text(bookkeeper.open(resolve(company)).text)
    for said in (
        "This company file is paused.",
        "is this still your company file? It lacks payments.",
        "Press Update Selected in the Web Connector of every PC.",
        "QuickBooks does not allow it. One payment is tried at each sync",
    ):
        assert said in shown, said


def test_many_refused_payments_are_told_with_what_to_look_at(
    bookkeeper: Person, company: CompanyView, reject: Reject, engine: Engine
) -> None:
    for _ in range(5):
        reject(Cause.INVOICE_DELETED, "plain")
    with engine.begin() as db:
        db.execute(update(Payment).values(last_cause=Payment.cause))
    shown = text(bookkeeper.open(resolve(company)).text)
    assert "100 % of the last 30 days' payments were refused (5 of 5)." in shown


def test_nothing_of_a_payment_is_lost_on_the_way(
    bookkeeper: Person, company: CompanyView, reject: Reject, engine: Engine
) -> None:
    """The site's ids may hold what an address cannot."""
    odd = "a/b?c=d&e #%é+"
    waits = reject()
    with engine.begin() as db:
        db.execute(update(Payment).where(Payment.external_id == waits).values(external_id=odd))
    page = bookkeeper.open(resolve(company)).text
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+act\?[^"]+)"', page)]
    assert links
    for link in links:
        assert bookkeeper.open(link).status_code == 200
    bookkeeper.send(next(one for one in links if "action=retry" in one))
    with engine.connect() as db:
        found = db.execute(select(Payment.status).where(Payment.external_id == odd)).scalar()
    assert found == "queued"


# However much there is


def many(engine: Engine, company_file_id: int, like: str, how_many: int) -> None:
    """Let many more payments need somebody as one does, and ten times the invoices be open."""
    with engine.begin() as db:
        (row,) = db.execute(select(Payment.__table__).where(Payment.external_id == like))
        first = db.execute(select(func.max(Payment.id))).scalar_one() + 1
        before = db.execute(select(func.count()).select_from(Invoice)).scalar_one()
        made = [
            {
                **row._asdict(),
                "id": first + number,
                "external_id": f"old-{first + number}",
                "reference": f"CBOLD{first + number:06}",
                "external_guid": f"00000000-0000-4000-8000-{first + number:012}",
                "received_on": date(2026, 1 + number % 10, 1 + number % 28),
                "method": f"Card {number % 40}",
                "likeness": None,
            }
            for number in range(how_many)
        ]
        invoices = [
            {
                "company_file_id": company_file_id,
                "txn_id": f"{before + number:X}-1",
                "change_number": number,
                "fingerprint": "x",
                "number": f"{number}",
                "plain_number": f"{number}",
                "customer_list_id": CAFE,
                "txn_date": NOON.date(),
                "balance_cents": 100,
                "is_paid": False,
                "is_pending": False,
                "is_voided": False,
                "seen_session_id": 1,
            }
            for number in range(10 * how_many)
        ]
        for start in range(0, len(made), 1000):
            db.execute(insert(Payment), made[start : start + 1000])
        for start in range(0, len(invoices), 5000):
            db.execute(insert(Invoice), invoices[start : start + 5000])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_with_ten_thousand_refused_each_page_takes_as_many_statements_as_with_fifty(
    bookkeeper: Person,
    company: CompanyView,
    reject: Reject,
    company_file_id: int,
    engine: Engine,
) -> None:
    know_books(engine, company_file_id)
    waits = reject(Cause.INVOICE_DELETED, "plain", apply=[UNPAID])
    alike = reject(Cause.UNKNOWN_REFERENCE, "method", {"method_name": "Card"}, apply=[])
    group = f"{resolve(company)}/alike?cause=unknown_reference&variant=method&method=card%203"
    pages = {
        "resolve": resolve(company),
        "alike": group,
        "act": act(company, waits, "post_unapplied"),
        "choose_invoice": act(company, waits, "choose_invoice"),
        "choose_customer": act(company, waits, "choose_customer", q="caf"),
        "choose_method": act(company, alike, "choose_method"),
        "dismiss": act(company, waits, "dismiss"),
    }
    many(engine, company_file_id, waits, 400)
    many(engine, company_file_id, alike, 400)
    counts = []
    for more in (0, 9_200):
        many(engine, company_file_id, waits, more)
        pages["next"] = next_page(bookkeeper.open(resolve(company)).text)
        taken = {}
        for name, path in pages.items():
            with counted(engine) as statements:
                assert bookkeeper.open(path).status_code == 200
            taken[name] = len(statements)
        counts.append(taken)
    assert counts[0] == counts[1]
    assert max(counts[1].values()) <= 40
    assert "10,002 payments" in bookkeeper.open(resolve(company)).text
