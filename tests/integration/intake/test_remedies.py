"""What settles a rejected payment: what each remedy does, says, refuses, and how it goes back.

The office: Café Belém with its job Garden, and Moonlight, another customer. Invoices 101 (120.00
due), 102 (40.00 due), 103 of the job, 104 of Moonlight, 105 paid, 106 pending; 107 twice.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text, update

from models.base import AnyRow
from models.books import Customer, Invoice, LinkedTxn, PaymentMethod, SiteMapping
from models.company_file import CompanyFile
from models.payment import Attempt, Payment, PaymentApply, Watch
from models.receipt import Receipt
from models.remedy import RecordedAs, Undo
from qbwc_server.errors import InvalidInput, NotFound, Refused
from qbwc_server.services.actions import Action
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.payments import PaymentView
from qbwc_server.services.previews import PreviewView
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS
from tests.integration.intake.test_at_once import at_once
from tests.integration.site import move, payment
from tests.integration.synced import hand_out, open_sync, rejection
from tests.schema.rows import NOON

CAFE, GARDEN, MOON, OLD = "C-1", "C-2", "C-3", "C-4"
INVOICES = [
    # TxnID, number, customer, due, pending
    ("6-101", "101", CAFE, 12000, False),
    ("6-102", "102", CAFE, 4000, False),
    ("6-103", "103", GARDEN, 10000, False),
    ("6-104", "104", MOON, 10000, False),
    ("6-105", "105", CAFE, 0, False),
    ("6-106", "106", CAFE, 10000, True),
    ("6-107", "107", CAFE, 10000, False),
    ("6-1107", "107", CAFE, 10000, False),
]
Office = Callable[..., Any]


@pytest.fixture(autouse=True)
def books(engine: Engine, company_file_id: int) -> None:
    """Know the books, as a sync of this morning told them."""
    session_id = open_sync(engine, company_file_id, state="closed", ended_at=NOON)
    told = {"company_file_id": company_file_id, "seen_session_id": session_id}
    row = {**told, "fingerprint": "x", "change_number": 1}
    own = {"company_file_id": company_file_id}
    names = {CAFE: "Café Belém", GARDEN: "Café Belém:Garden", MOON: "Moonlight", OLD: "Old Mill"}
    with engine.begin() as db:
        db.execute(
            insert(Customer),
            [
                {
                    **row,
                    "list_id": list_id,
                    "full_name": name,
                    "plain_name": name.casefold(),
                    "is_active": list_id != OLD,
                }
                for list_id, name in names.items()
            ],
        )
        db.execute(
            insert(Invoice),
            [
                {
                    **row,
                    "txn_id": txn_id,
                    "number": number,
                    "plain_number": number,
                    "customer_list_id": customer,
                    "txn_date": NOON.date(),
                    "total_cents": 12000,
                    "balance_cents": due,
                    "is_paid": not due,
                    "is_pending": pending,
                    "is_voided": False,
                }
                for txn_id, number, customer, due, pending in INVOICES
            ],
        )
        db.execute(
            insert(PaymentMethod),
            [
                {**own, "list_id": "M-1", "name": "Visa Card", "is_active": True},
                {**own, "list_id": "M-2", "name": "Check", "is_active": False},
            ],
        )
        for txn_id, reference, cents, gone in (
            ("R-1", "1042", 12500, None),
            ("R-2", "1043", 5000, None),
            ("R-3", "1044", 12500, "2026-11-19T09:00:00"),
            ("R-4", "1045", 20000, None),
        ):
            db.execute(
                insert(Receipt).values(
                    **told,
                    txn_id=txn_id,
                    reference=reference,
                    txn_date=NOON.date(),
                    total_cents=cents,
                    deleted_wall=gone,
                )
            )
        paid = {"other_date": NOON.date(), "amount_cents": -12500, "txn_id": "6-105"}
        db.execute(
            insert(LinkedTxn),
            [
                {**own, **paid, "position": 0, "other_txn_id": "J-1", "other_type": "JournalEntry"},
                {**own, **paid, "position": 1, "other_txn_id": "CM-1", "other_type": "CreditMemo"},
            ],
        )


@pytest.fixture
def office(use_cases: UseCases, company_file_id: int) -> Office:
    """Act on a payment as the bookkeeper, and show it then; or what a preview says."""

    def act(action: str, name: str = "pay_123", *, by: str = "ann", **more: Any) -> Any:
        given = {"action": action, **more}
        shown = use_cases.review.act(company_file_id, name, given, by=by)
        return shown or use_cases.payments.show(company_file_id, name)

    return act


@pytest.fixture
def reject(use_cases: UseCases, company_file_id: int, engine: Engine) -> Office:
    """Take a payment in, and reject it as a sync would; it waits for its invoice to change."""

    def rejected(cause: Cause, variant: str | None, name: str = "pay_123", **how: Any) -> None:
        why = rejection(cause, variant, how.pop("facts", None))
        asked = {"customer": {"list_id": CAFE}, **how}
        [outcome] = use_cases.intake.queue(company_file_id, [payment(name, **asked)], by="api")
        assert outcome.kind == "created"
        why |= {"evidence": [{"said": "no"}], "ever_left": True}
        move(engine, name, PaymentStatus.REJECTED, **why, returns=1)
        with engine.begin() as db:
            payment_id = db.execute(select(Payment.id).where(Payment.external_id == name)).scalar()
            own = {"company_file_id": company_file_id, "payment_id": payment_id}
            db.execute(insert(Watch).values(**own, kind="invoice", key="6-100"))

    return rejected


def row(engine: Engine, name: str = "pay_123") -> AnyRow:
    """The payment as it is kept."""
    with engine.connect() as db:
        return db.execute(select(Payment.__table__).where(Payment.external_id == name)).one()


def chosen(engine: Engine) -> list[str | None]:
    """The invoices that a person chose, part by part."""
    with engine.connect() as db:
        parts = select(PaymentApply.chosen_txn_id).order_by(PaymentApply.position)
        return list(db.execute(parts).scalars())


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All that acts may change, to be compared."""
    tables = (Payment, PaymentApply, Watch, SiteMapping, RecordedAs, Undo, Attempt)
    with engine.connect() as db:
        found = {
            table.__tablename__: sorted(map(tuple, db.execute(select(table.__table__))), key=str)
            for table in tables
        }
        events = db.execute(text("SELECT count(*) FROM payment_event")).one()
    return {**found, "events": [tuple(events)]}


def mapped(engine: Engine) -> dict[str, str]:
    """What the site's words mean, as `meant word`."""
    with engine.connect() as db:
        rows = db.execute(select(SiteMapping.__table__)).all()
    return {f"{one.meant} {one.external_id}": one.quickbooks_id for one in rows}


def why(wrong: pytest.ExceptionInfo[InvalidInput]) -> tuple[str, str]:
    """The field that is wrong, and the sentence."""
    [problem] = wrong.value.problems
    return problem.pointer, problem.sentence


def last(shown: PaymentView) -> tuple[str | None, str, str, str | None]:
    """The last move of a payment: from, to, by, why."""
    event = shown.history[-1]
    return event.from_status, event.to_status, event.by, event.note


# That is this payment


def test_that_is_this_payment(reject: Office, office: Office, engine: Engine) -> None:
    """Mrs. Belém's card was typed in on Friday, before we went live."""
    reject(Cause.PAID_IN_QUICKBOOKS, "look_alike")
    before = everything(engine)
    shown = office("link", preview=True)
    assert shown == PreviewView(
        sentence="Nothing is sent. Payment 1042 of 2026-11-20 stands for this payment.",
        quickbooks=None,
    )
    assert everything(engine) == before
    shown = office("link", note="the same card")
    assert (shown.status, shown.recorded_as) == (PaymentStatus.DISMISSED, ["R-1"])
    assert shown.note == "That is this payment: Payment 1042 of 2026-11-20. the same card"
    assert last(shown) == ("rejected", "dismissed", "ann", f"{shown.note} (R-1)")
    kept = row(engine)
    assert (kept.last_cause, everything(engine)["watch"]) == ("paid_in_quickbooks", [])
    shown = office("reopen", note="it was another card")
    assert (shown.status, shown.recorded_as, row(engine).ever_left) == ("queued", [], True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Say which entry in QuickBooks is this payment."),
        ({"txn_id": "R-9"}, "QuickBooks had no payment R-9"),
        ({"txn_id": "R-3"}, "QuickBooks had no payment R-3"),  # deleted
        ({"txn_ids": ["R-1", "CM-1"]}, "QuickBooks had no payment CM-1"),  # a credit memo
    ],
)
def test_what_is_no_payment_in_quickbooks_is_not_linked(
    reject: Office, office: Office, engine: Engine, given: dict[str, Any], said: str
) -> None:
    reject(Cause.PAID_IN_QUICKBOOKS, "by_hand", facts={"found_txn_id": ""})
    before = everything(engine)
    with pytest.raises(InvalidInput, match=said):
        office("link", **given)
    assert everything(engine) == before


def test_an_entry_of_another_online_payment_is_never_it(
    reject: Office, office: Office, use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    """That customer has paid twice."""
    reject(Cause.PAID_IN_QUICKBOOKS, "by_hand")
    use_cases.intake.queue(company_file_id, [payment("first")], by="api")
    move(engine, "first", PaymentStatus.POSTED, txn_id="R-1")
    for action in ("link", "dismiss"):
        with pytest.raises(Refused, match="R-1 in QuickBooks is payment first already"):
            office(action, txn_id="R-1", note="the same")
    reject(Cause.PAID_IN_QUICKBOOKS, "twice", name="second")
    with pytest.raises(Refused, match="What fits now: retry, post_unapplied, choose_invoice, dis"):
        office("link", "second", txn_id="R-2")


def test_one_entry_stands_for_several_up_to_its_amount(
    reject: Office, office: Office, engine: Engine
) -> None:
    """R-4 is 200.00: two cards of 100.00 that were typed in together; a third has no room."""
    for name in ("one", "two", "three"):
        reject(Cause.PAID_IN_QUICKBOOKS, "look_alike", name=name, amount="100.00")
    for name in ("one", "two"):
        assert office("link", name, txn_id="R-4").recorded_as == ["R-4"]
    with pytest.raises(Refused, match=r"R-4 in QuickBooks cannot stand for .* 100.00 too"):
        office("link", "three", txn_id="R-4")
    with pytest.raises(Refused, match="R-4 and R-2 in QuickBooks cannot"):  # R-2 is 50.00
        office("link", "three", txn_ids=["R-4", "R-2"])
    assert office("link", "three", txn_ids=["R-4", "R-2", "R-1"]).recorded_as == [
        *("R-1", "R-2", "R-4"),
    ]
    office("undo", "one")  # with its room given back, that entry stands for another
    assert row(engine, "one").status == "rejected"


def test_what_was_typed_in_with_another_amount_or_as_a_journal_entry_is_it_too(
    reject: Office, office: Office
) -> None:
    reject(Cause.PAID_IN_QUICKBOOKS, "part", name="one", facts={"found_txn_id": "R-2"})
    assert office("link", "one").recorded_as == ["R-2"]
    reject(Cause.PAID_IN_QUICKBOOKS, "by_hand", name="two", facts={"found_txn_id": "J-1"})
    assert "Journal entry of 2026-11-20" in office("link", "two", preview=True).sentence
    assert office("link", "two").recorded_as == ["J-1"]


def test_dismissing_with_its_entries_links_them(
    reject: Office, office: Office, engine: Engine
) -> None:
    """Entered by hand for two customers; only the first one was imported since."""
    reject(Cause.WRONG_CUSTOMER, "several")
    shown = office("dismiss", note="by hand", txn_ids=["R-2", "R-99"])
    assert (shown.status, shown.recorded_as) == ("dismissed", ["R-2", "R-99"])
    assert last(shown)[3] == "by hand (in QuickBooks as R-2, R-99)"
    assert row(engine).evidence[:2] == [
        {"recorded_as_txn_id": "R-2"},
        {"recorded_as_txn_id": "R-99"},
    ]


def test_two_who_link_to_the_room_of_one_at_once_are_one(reject: Office, office: Office) -> None:
    for name in ("one", "two"):
        reject(Cause.PAID_IN_QUICKBOOKS, "look_alike", name=name)

    def link(name: str) -> str:
        try:
            office("link", name, txn_id="R-1")
        except Refused:
            return "refused"
        return "linked"

    assert sorted(map(str, at_once(partial(link, "one"), partial(link, "two")))) == [
        "linked",
        "refused",
    ]


# On which invoices


def test_the_invoice_that_was_entered_anew_is_used(
    reject: Office, office: Office, engine: Engine
) -> None:
    """Deleted and entered again as 101; the payment site's name for it means the new one now."""
    reject(
        Cause.INVOICE_RECREATED,
        "twin",
        apply=[{"invoice": {"external_id": "inv_7"}, "amount": "100.00"}],
    )
    shown = office("use_new_invoice", preview=True)
    assert shown.sentence == "100.00 goes on invoice 101 of 2026-11-20."
    assert shown.quickbooks.model_dump(mode="json") == {
        "customer": "Café Belém",
        "date": "2026-11-20",
        "amount": "125.00",
        "apply": [{"invoice": "101", "amount": "100.00"}],
        "unapplied": "25.00",
    }
    shown = office("use_new_invoice")
    assert (shown.status, shown.note) == ("queued", "On the new invoice 101 (6-101).")
    assert last(shown) == ("rejected", "queued", "ann", "On the new invoice 101 (6-101).")
    assert (chosen(engine), mapped(engine)) == (["6-101"], {"invoices inv_7": "6-101"})
    kept = row(engine)
    assert (kept.ever_left, kept.cleared_session_id, kept.returns) == (True, None, 0)
    assert (kept.cause, kept.variant, kept.facts, kept.last_cause) == (
        *(None, None, None),
        "invoice_recreated",
    )
    office("undo")
    assert (chosen(engine), mapped(engine)) == ([None], {})


def test_a_new_invoice_that_does_not_fit_any_more_is_not_used(
    reject: Office, office: Office
) -> None:
    reject(Cause.INVOICE_RECREATED, "twin", name="none", facts={"new_invoice_txn_id": ""})
    reject(Cause.INVOICE_RECREATED, "differs", name="other")
    for name in ("none", "other"):
        with pytest.raises(Refused, match="What fits now: retry, choose_invoice, post_unapplied"):
            office("use_new_invoice", name)
    reject(Cause.INVOICE_RECREATED, "twin", name="paid", facts={"new_invoice_txn_id": "6-105"})
    with pytest.raises(Refused, match="not open any more"):
        office("use_new_invoice", "paid")
    reject(
        Cause.INVOICE_RECREATED, "dated_later", name="small", facts={"new_invoice_txn_id": "6-102"}
    )
    with pytest.raises(Refused, match=r"Only 40\.00 is due .* 100\.00 was to be paid"):
        office("use_new_invoice", "small")


def test_another_invoice_is_chosen_and_the_rest_stays_as_credit(
    reject: Office, office: Office, engine: Engine
) -> None:
    reject(Cause.INVOICE_DELETED, "plain")
    shown = office("choose_invoice", invoice={"number": "102"}, preview=True)
    assert shown.sentence == "40.00 goes on invoice 102; 85.00 stays as Café Belém's credit."
    assert (shown.quickbooks.unapplied, chosen(engine)) == ("85.00", [None])
    shown = office("choose_invoice", invoice={"txn_id": "6-102"}, note="billed again")
    assert last(shown)[3] == "On invoice 102 (6-102). billed again"
    assert (chosen(engine), row(engine).what_fits) == (["6-102"], True)


def test_an_invoice_of_the_payers_job_is_the_familys(reject: Office, office: Office) -> None:
    """All of it is one job's, so it stands under that job."""
    reject(Cause.INVOICE_VOIDED, "plain")
    shown = office("choose_invoice", invoice={"number": "103"}, preview=True)
    assert shown.quickbooks.customer == "Café Belém:Garden"
    assert office("choose_invoice", invoice={"number": "103"}).status == "queued"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({}, "/invoice", "Say which invoice it pays"),
        ({"invoice": {"number": "999"}}, "/invoice", "QuickBooks had no invoice 999"),
        ({"invoice": {"txn_id": "6-999"}}, "/invoice", "no invoice with the TxnID 6-999"),
        ({"invoice": {"number": "104"}}, "/invoice", "belongs to Moonlight, and this payment is"),
        ({"invoice": {"number": "105"}}, "/invoice", "Nothing is due on invoice 105"),
        ({"invoice": {"number": "106"}}, "/invoice", "Nothing is due on invoice 106"),
        ({"invoice": {"number": "107"}}, "/invoice", "more than one open invoice 107"),
        ({"invoice": {"number": "101"}, "position": 1}, "/position", "has 1 parts"),
        ({"invoice": {}}, "/invoice", "exactly one of txn_id and number"),
        ({"invoice": {"number": "101", "txn_id": "6-1"}}, "/invoice", "exactly one of"),
        ({"invoice": {"number": "101"}, "position": -1}, "/position", "greater than or equal"),
    ],
)
def test_an_invoice_that_cannot_be_it_is_told_in_a_sentence(
    reject: Office, office: Office, engine: Engine, given: dict[str, Any], field: str, said: str
) -> None:
    reject(Cause.INVOICE_DELETED, "plain")
    before = everything(engine)
    with pytest.raises(InvalidInput) as wrong:
        office("choose_invoice", **given)
    pointer, sentence = why(wrong)
    assert (pointer, said in sentence) == (field, True), sentence
    assert everything(engine) == before


def test_of_several_parts_the_one_that_failed_is_meant(
    reject: Office, office: Office, engine: Engine
) -> None:
    parts = [{"invoice": {"number": number}, "amount": "40.00"} for number in ("101", "100", "107")]
    reject(Cause.UNKNOWN_REFERENCE, "invoice_none", apply=parts, facts={"position": "1"})
    with pytest.raises(InvalidInput, match="Another part of this payment pays this invoice"):
        office("choose_invoice", invoice={"number": "101"})
    shown = office("choose_invoice", invoice={"number": "102"})
    assert (shown.status, chosen(engine)) == ("queued", [None, "6-102", None])
    assert not row(engine).what_fits  # 40.00 is just what is due on it
    reject(Cause.INVOICE_DELETED, "plain", name="unknown", apply=parts, facts={"position": ""})
    with pytest.raises(InvalidInput, match="Say which of the 3 parts"):
        office("choose_invoice", "unknown", invoice={"number": "102"})


def test_what_fits_is_posted_and_the_rest_stays_as_credit(
    reject: Office, office: Office, engine: Engine
) -> None:
    parts = [
        {"invoice": {"number": "101"}, "amount": "60.00"},
        {"invoice": {"number": "102"}, "amount": "65.00"},
    ]
    reject(
        Cause.CREDIT_APPLIED,
        "memo",
        apply=parts,
        facts={"position": "1", "planned": "65.00", "left_over": "25.00"},
    )
    shown = office("apply_what_fits", preview=True)
    assert shown.sentence == (
        "QuickBooks gets one payment of 125.00: 60.00 on invoice 101, 40.00 on invoice 102; "
        "25.00 stays as Café Belém's credit."
    )
    assert shown.quickbooks.unapplied == "25.00"
    shown = office("apply_what_fits")
    kept = row(engine)
    assert (kept.what_fits, kept.as_credit, last(shown)[3]) == (True, False, "Post what fits.")


def test_where_nothing_fits_it_is_posted_as_a_credit(
    reject: Office, office: Office, engine: Engine
) -> None:
    reject(Cause.CREDIT_APPLIED, "memo", name="some")
    with pytest.raises(Refused, match="What fits now: retry, apply_what_fits, dismiss"):
        office("post_unapplied", "some")
    reject(Cause.CREDIT_APPLIED, "moved_credit", facts={"fits": "0.00", "left_over": "100.00"})
    with pytest.raises(Refused, match="What fits now: retry, post_unapplied, dismiss"):
        office("apply_what_fits")
    shown = office("post_unapplied", preview=True)
    assert shown.sentence == (
        "QuickBooks gets one payment of 125.00 from Café Belém, on no invoice. "
        "Apply it later in Customers > Receive Payments."
    )
    assert (shown.quickbooks.apply, shown.quickbooks.unapplied) == ([], "125.00")
    assert office("post_unapplied").status == "queued"
    assert row(engine).as_credit


def test_the_account_of_the_invoice_is_used(reject: Office, office: Office) -> None:
    reject(Cause.WRONG_CUSTOMER, "account")
    shown = office("use_invoice_account", preview=True)
    assert shown.sentence == "QuickBooks gets this payment in A/R Clinic."
    assert last(office("use_invoice_account"))[:2] == ("rejected", "queued")


# From whom


def test_the_customer_of_the_invoice_is_used_for_later_payments_too(
    reject: Office, office: Office, engine: Engine
) -> None:
    """Café Belém was merged into Moonlight."""
    reject(Cause.CUSTOMER_UNAVAILABLE, "merged")
    shown = office("choose_customer", remember=True, preview=True)
    assert shown.sentence == (
        "QuickBooks gets this payment from Moonlight. Later payments of this customer too."
    )
    assert (shown.quickbooks.customer, mapped(engine)) == ("Moonlight", {})
    office("choose_customer", remember=True)
    assert (row(engine).chosen_customer_list_id, mapped(engine)) == (MOON, {f"payers {CAFE}": MOON})


@pytest.mark.parametrize(
    ("payer", "word"),
    [
        ({"name": "Cafe BELEM "}, "payers cafe belem"),
        ({"external_id": "cust_7"}, "customers cust_7"),
    ],
)
def test_a_payer_is_remembered_by_the_sites_word(
    reject: Office, office: Office, engine: Engine, payer: dict[str, str], word: str
) -> None:
    reject(Cause.CUSTOMER_UNAVAILABLE, "missing", customer=payer)
    office("choose_customer", customer={"name": "moonlight"}, remember=True)
    assert mapped(engine) == {word: MOON}
    office("undo")
    assert (mapped(engine), row(engine).chosen_customer_list_id) == ({}, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Say which customer"),
        ({"customer": {"name": "Nobody"}}, 'no customer called "Nobody"'),
        ({"customer": {"list_id": "C-9"}}, "no customer with the ListID C-9"),
        ({"customer": {"list_id": OLD}}, "Old Mill is inactive"),
        ({"customer": {"name": "x", "list_id": "y"}}, "exactly one of"),
    ],
)
def test_a_customer_that_cannot_be_it_is_told_in_a_sentence(
    reject: Office, office: Office, given: dict[str, Any], said: str
) -> None:
    reject(Cause.CURRENCY_MISMATCH, "plain")
    with pytest.raises(InvalidInput) as wrong:
        office("choose_customer", **given)
    assert (why(wrong)[0], said in why(wrong)[1]) == ("/customer", True)


# By which method


def test_a_method_is_matched_once_for_all_payments(
    reject: Office, office: Office, use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    for name, method in (("one", "VISA credit"), ("two", "visa Credit"), ("other", "Zelle")):
        reject(
            Cause.UNKNOWN_REFERENCE,
            "method",
            name=name,
            method=method,
            facts={"method_name": method},
        )
    reject(Cause.UNKNOWN_REFERENCE, "invoice_none", name="invoice", method="VISA credit")
    elsewhere = use_cases.companies.internal_id(use_cases.companies.add("Elsewhere").id)
    use_cases.intake.queue(elsewhere, [payment("away", method="VISA credit")], by="api")
    moved = rejection(Cause.UNKNOWN_REFERENCE, "method", {"method_name": "VISA credit"})
    move(engine, "away", PaymentStatus.REJECTED, **moved)
    before = everything(engine)
    chosen_method = {"method": {"name": "visa card"}}
    shown = office("choose_method", "one", **chosen_method, preview=True)
    assert shown.sentence == (
        'Payments with "VISA credit" show Pmt. Method Visa Card; waiting now: 2.'
    )
    assert everything(engine) == before
    office("choose_method", "one", **chosen_method)
    assert mapped(engine) == {"methods visa credit": "M-1"}
    standing = {name: row(engine, name).status for name in ("one", "two", "other", "invoice")}
    assert standing == {
        **dict.fromkeys(("one", "two"), "queued"),
        **dict.fromkeys(("other", "invoice"), "rejected"),
    }
    assert row(engine, "away").status == "rejected"
    shown = use_cases.payments.show(company_file_id, "two")
    assert last(shown) == (
        *("rejected", "queued", "ann"),
        '"VISA credit" is Visa Card in QuickBooks.',
    )
    assert len(everything(engine)["watch"]) == 2  # of those that are still rejected

    # One of them is withdrawn meanwhile; what else went together comes back together.
    shown = office("undo", "two", preview=True)
    assert (shown.sentence, shown.quickbooks) == ("2 payments are as they were before.", None)
    office("undo", "two")
    after = everything(engine)
    assert {key: after[key] for key in ("watch", "site_mapping", "undo", "recorded_as")} == {
        key: before[key] for key in ("watch", "site_mapping", "undo", "recorded_as")
    }
    assert {row(engine, name).status for name in ("one", "two")} == {"rejected"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Say which payment method"),
        ({"method": {"name": "Zelle"}}, 'no payment method called "Zelle"'),
        ({"method": {"list_id": "M-9"}}, "no payment method with the ListID M-9"),
        ({"method": {"list_id": "M-2"}}, "Check is inactive"),
    ],
)
def test_a_method_that_cannot_be_it_is_told_in_a_sentence(
    reject: Office, office: Office, given: dict[str, Any], said: str
) -> None:
    reject(Cause.UNKNOWN_REFERENCE, "method_inactive")
    with pytest.raises(InvalidInput) as wrong:
        office("choose_method", **given)
    assert (why(wrong)[0], said in why(wrong)[1]) == ("/method", True)


# On which day


def test_the_first_open_day_is_used(reject: Office, office: Office, engine: Engine) -> None:
    def close(day: date | None) -> None:
        with engine.begin() as db:
            db.execute(update(CompanyFile).values(closing_date=day))

    reject(Cause.CLOSED_PERIOD, "closing", facts={"first_open_day": "soon"})
    with pytest.raises(Refused, match="No closing date is known any more; Retry"):
        office("use_open_day")
    close(date(2026, 11, 19))
    with pytest.raises(Refused, match="The books are open for 2026-11-20 now"):
        office("use_open_day")
    close(date(2026, 11, 30))
    shown = office("use_open_day", preview=True)
    assert shown.sentence == (
        'QuickBooks gets the date 2026-12-01; Memo says "Received 2026-11-20".'
    )
    assert shown.quickbooks.day == date(2026, 12, 1)
    shown = office("use_open_day")
    assert (row(engine).post_on, shown.received_on) == (date(2026, 12, 1), date(2026, 11, 20))
    assert last(shown)[3] == "Dated 2026-12-01 in QuickBooks, received 2026-11-20."
    # An Accountant's Copy closes further than the closing date.
    reject(Cause.CLOSED_PERIOD, "accountant", name="copy", facts={"first_open_day": "2026-12-15"})
    office("use_open_day", "copy")
    assert row(engine, "copy").post_on == date(2026, 12, 15)


# Where each fits


# From product.md, section 5, by hand: cause, variant, what fits ("": not said), and what a person
# can do beside Retry, Dismiss Syncing and Delete.
BY_HAND = [
    (Cause.PAID_IN_QUICKBOOKS, "by_hand", "0.00", "link post_unapplied"),
    (Cause.PAID_IN_QUICKBOOKS, "part", "40.00", "link apply_what_fits post_unapplied"),
    (Cause.PAID_IN_QUICKBOOKS, "twice", "0.00", "post_unapplied choose_invoice"),
    (Cause.PAID_IN_QUICKBOOKS, "look_alike", "", "link post_anyway"),
    (Cause.PAID_IN_QUICKBOOKS, None, "", ""),
    (Cause.CREDIT_APPLIED, "memo", "40.00", "apply_what_fits"),
    (Cause.CREDIT_APPLIED, "moved_credit", "0.00", "post_unapplied"),
    (Cause.CREDIT_APPLIED, None, "", "apply_what_fits post_unapplied"),
    (Cause.BALANCE_CHANGED, "edited", "40.00", "apply_what_fits"),
    (Cause.BALANCE_CHANGED, "pending", "0.00", "post_unapplied"),
    (Cause.INVOICE_RECREATED, "twin", "", "use_new_invoice choose_invoice post_unapplied"),
    (Cause.INVOICE_RECREATED, "differs", "", "choose_invoice post_unapplied"),
    (Cause.INVOICE_RECREATED, None, "", "choose_invoice post_unapplied"),
    (Cause.INVOICE_DELETED, "plain", "", "choose_invoice post_unapplied"),
    (Cause.INVOICE_VOIDED, "plain", "", "choose_invoice post_unapplied"),
    (Cause.CUSTOMER_UNAVAILABLE, "inactive", "", "choose_customer"),
    (Cause.CUSTOMER_UNAVAILABLE, "merged", "", "choose_customer"),
    (Cause.WRONG_CUSTOMER, "customer", "", "choose_customer choose_invoice post_unapplied"),
    (Cause.WRONG_CUSTOMER, "account", "", "use_invoice_account choose_invoice post_unapplied"),
    (Cause.WRONG_CUSTOMER, "several", "", ""),
    (Cause.UNKNOWN_REFERENCE, "method", "", "choose_method"),
    (Cause.UNKNOWN_REFERENCE, "account", "", ""),
    (Cause.UNKNOWN_REFERENCE, "invoice_many", "", "choose_invoice post_unapplied"),
    (Cause.UNKNOWN_REFERENCE, None, "", ""),
    (Cause.CLOSED_PERIOD, "closing", "", "use_open_day"),
    (Cause.CURRENCY_MISMATCH, "plain", "", "choose_customer"),
    (Cause.NOT_PERMITTED, "rights", "", ""),
    (Cause.LOCKED, "plain", "", ""),
    (Cause.POSSIBLE_DUPLICATE, "plain", "", "post_anyway"),
    (Cause.INVALID, "plain", "", ""),
]


@pytest.mark.parametrize(("cause", "variant", "fits", "own"), BY_HAND)
def test_the_remedies_are_those_of_the_product(
    reject: Office,
    use_cases: UseCases,
    company_file_id: int,
    cause: Cause,
    variant: str | None,
    fits: str,
    own: str,
) -> None:
    reject(cause, variant, facts={"fits": fits})
    shown = use_cases.payments.show(company_file_id, "pay_123").rejection
    assert shown is not None
    assert shown.remedies == ["retry", *own.split(), "dismiss", "delete"]


@pytest.mark.parametrize("fits", [None, ""])
@pytest.mark.parametrize("cause", Cause)
def test_each_remedy_is_allowed_where_the_table_says_and_nowhere_else(
    reject: Office,
    office: Office,
    use_cases: UseCases,
    company_file_id: int,
    cause: Cause,
    fits: str | None,
) -> None:
    """With what fits as a sync says it (None), and not saying it."""
    for variant in (*VARIANTS[cause], None, "of_a_newer_release"):
        name = f"{cause} {variant}"
        reject(cause, variant, name=name, facts={} if fits is None else {"fits": fits})
        shown = use_cases.payments.show(company_file_id, name)
        assert shown.rejection is not None
        offered = shown.rejection.remedies
        table = words.remedies(cause, variant, shown.rejection.facts)
        left_out = {"retry", "dismiss", "delete"}
        if "first_open_day" not in shown.rejection.facts:
            left_out.add("use_open_day")  # an accountant's dividing date is told nowhere
        own = [action for action in table if action not in left_out]
        assert offered == ["retry", *own, "dismiss", "delete"]
        for action in set(Action) - set(offered):
            with pytest.raises(Refused, match="does not fit a payment that was rejected"):
                office(action, name, note="please", preview=True)
        for action in offered:
            try:
                office(action, name, note="please", preview=True)
            except InvalidInput:
                continue  # it wants to know more, so it fits
            except Refused as refused:
                assert "does not fit" not in str(refused)  # noqa: PT017 - some pass
        assert use_cases.payments.show(company_file_id, name) == shown


def test_a_payment_of_another_company_is_not_there(
    reject: Office, use_cases: UseCases, engine: Engine
) -> None:
    reject(Cause.INVALID, "plain")
    other = use_cases.companies.internal_id(use_cases.companies.add("Moonlight Dental").id)
    with pytest.raises(NotFound):
        use_cases.review.act(other, "pay_123", {"action": "retry"}, by="ann")
    told = use_cases.review.act_on_all(other, {"action": "retry", "ids": ["pay_123"]}, by="ann")
    assert [(one.outcome, one.sentence) for one in told.items] == [
        ("refused", "There is no payment with this id.")
    ]
    assert row(engine).status == "rejected"


def test_what_stands_in_another_companys_books_is_not_known(
    use_cases: UseCases, engine: Engine
) -> None:
    other = use_cases.companies.internal_id(use_cases.companies.add("Moonlight Dental").id)
    use_cases.intake.queue(other, [payment()], by="api")
    why_ = rejection(Cause.PAID_IN_QUICKBOOKS, "look_alike")
    move(engine, "pay_123", PaymentStatus.REJECTED, **why_)
    with pytest.raises(InvalidInput, match="QuickBooks had no payment R-1"):
        use_cases.review.act(other, "pay_123", {"action": "link", "txn_id": "R-1"}, by="ann")


# Undo


@pytest.mark.parametrize(
    ("variant", "action", "more"),
    [
        ("by_hand", "retry", {}),
        ("by_hand", "dismiss", {"note": "by hand", "txn_ids": ["R-2"]}),
        ("by_hand", "delete", {}),
        ("by_hand", "link", {"txn_id": "R-1"}),
        ("look_alike", "link", {"txn_id": "R-1"}),
        ("look_alike", "post_anyway", {}),
        ("part", "apply_what_fits", {}),
        ("by_hand", "post_unapplied", {}),
        ("twice", "post_unapplied", {}),
    ],
)
def test_what_was_done_is_taken_back_as_it_was(
    reject: Office,
    office: Office,
    engine: Engine,
    variant: str,
    action: str,
    more: dict[str, Any],
) -> None:
    reject(Cause.PAID_IN_QUICKBOOKS, variant)
    before = everything(engine)
    office(action, **more)
    with pytest.raises(Refused, match="Only ann can take this back"):
        office("undo", by="bob")
    shown = office("undo", note="wrong row")
    assert last(shown)[1:] == ("rejected", "ann", "Taken back. wrong row")
    after = everything(engine)
    assert after.pop("events") != before.pop("events")
    [was], [now] = before.pop("payment"), after.pop("payment")
    differs = {
        column.name
        for column, one, other in zip(Payment.__table__.columns, was, now, strict=True)
        if one != other
    }
    assert (differs, after) == ({"changed_at"}, before)
    with pytest.raises(Refused, match='"undo" does not fit'):
        office("undo")


@pytest.mark.parametrize(
    ("status", "action", "facts"),
    [
        ("queued", "withdraw", {}),
        ("dismissed", "reopen", {"hidden_at": NOON}),
        ("reversed", "reopen", {"txn_id": "R-8", "posted_at": NOON, "unapplied_cents": 2500}),
        ("posted", "reopen", {"txn_id": "R-8", "posted_at": NOON, "missing_since": NOON}),
        ("in_doubt", "settle_not_posted", {"is_restored": True, "returns": 1}),
    ],
)
def test_other_acts_are_taken_back_too(
    office: Office,
    use_cases: UseCases,
    company_file_id: int,
    engine: Engine,
    status: str,
    action: str,
    facts: dict[str, Any],
) -> None:
    use_cases.intake.queue(company_file_id, [payment()], by="api")
    if status == "in_doubt":
        hand_out(engine, open_sync(engine, company_file_id), "pay_123")
        with engine.begin() as db:
            db.execute(text("UPDATE attempt SET outcome = 'in_doubt'"))
    move(engine, "pay_123", PaymentStatus(status), **facts)
    before = everything(engine)
    office(action, note="so it is")
    assert row(engine).status != status
    office("undo")
    shown = row(engine)._asdict()
    assert {name: shown[name] for name in ("status", *facts)} == {"status": status, **facts}
    assert everything(engine)["attempt"] == before["attempt"]


def test_nothing_is_taken_back_once_a_sync_has_begun(
    reject: Office, office: Office, engine: Engine, company_file_id: int
) -> None:
    reject(Cause.INVALID, "plain")
    office("retry")
    open_sync(engine, company_file_id)
    with pytest.raises(Refused, match="A sync has begun since"):
        office("undo")
    assert row(engine).status == "queued"


def test_what_evidence_moved_is_never_taken_back(
    reject: Office, office: Office, engine: Engine
) -> None:
    """A late answer of yesterday's sync: it is in QuickBooks; and then its entry was deleted."""
    reject(Cause.INVALID, "plain")
    office("dismiss", note="by hand")
    move(engine, "pay_123", PaymentStatus.POSTED, txn_id="R-8", changed_at=NOON)
    with pytest.raises(Refused, match='"undo" does not fit a payment that is in QuickBooks'):
        office("undo")
    move(engine, "pay_123", PaymentStatus.DISMISSED)
    with pytest.raises(Refused, match='"undo" does not fit a payment that was dismissed'):
        office("undo")


def test_after_a_restore_nothing_is_waited_for_or_taken_back(
    reject: Office, office: Office, use_cases: UseCases, engine: Engine
) -> None:
    reject(Cause.CREDIT_APPLIED, "memo", name="waits")
    reject(Cause.CREDIT_APPLIED, "memo")
    office("retry")
    use_cases.restore.run(by="cli")
    assert everything(engine)["watch"] == []
    kept = row(engine, "waits")
    assert (kept.status, kept.cause, kept.variant, kept.facts) == ("in_doubt", None, None, None)
    with pytest.raises(Refused, match='"undo" does not fit a payment that is being checked'):
        office("undo")


def test_only_the_last_act_is_taken_back(reject: Office, office: Office, engine: Engine) -> None:
    reject(Cause.CLOSED_PERIOD, "closing")
    with pytest.raises(Refused, match='"undo" does not fit a payment that was rejected'):
        office("undo")
    office("retry")
    office("undo")
    office("dismiss", note="by hand")
    office("delete")
    with pytest.raises(Refused, match="What fits now: reopen, delete"):
        office("undo")
    assert row(engine).status == "dismissed"


# A hidden payment


def test_a_hidden_payment_is_brought_back_by_a_person_alone(
    reject: Office, office: Office, engine: Engine
) -> None:
    reject(Cause.UNKNOWN_REFERENCE, "method", name="hidden")
    office("delete", "hidden")
    with pytest.raises(Refused, match=r"was dismissed\. What fits now: reopen, undo, delete"):
        office("choose_method", "hidden", method={"name": "Visa Card"})
    reject(Cause.UNKNOWN_REFERENCE, "method")
    office("choose_method", method={"name": "Visa Card"})  # moves all with that method
    assert row(engine, "hidden").status == "dismissed"
    shown = office("undo", "hidden")
    assert (shown.status, shown.deleted_at) == ("rejected", None)


# Several at once


def test_several_at_once_and_what_does_not_fit_is_named(
    reject: Office, use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    reject(Cause.PAID_IN_QUICKBOOKS, "by_hand", name="one")
    reject(Cause.PAID_IN_QUICKBOOKS, "by_hand", name="two", amount="100.00")
    reject(Cause.INVALID, "plain", name="three")
    names = ["one", "three", "two", "four", "one"]
    given = {"action": "post_unapplied", "ids": names, "note": "no time"}
    before = everything(engine)

    def act(**more: Any) -> Any:
        return use_cases.review.act_on_all(company_file_id, {**given, **more}, by="ann")

    shown = act(preview=True)
    assert (shown.preview, shown.count, shown.amount, shown.refused) == (True, 2, "225.00", 3)
    assert shown.sentence == "2 payments, 225.00 together. 3 of 5 are left out."
    assert [one.outcome for one in shown.items] == [
        *("done", "refused", "done", "refused", "refused"),
    ]
    assert shown.items[2].sentence.startswith("QuickBooks gets one payment of 100.00 from Café")
    assert everything(engine) == before
    done = act()
    assert (done.preview, done.count, done.sentence) == (False, 2, shown.sentence)
    assert [one.sentence is None for one in done.items] == [True, False, True, False, False]
    assert "What fits now: retry, dismiss, delete" in str(done.items[1].sentence)
    assert {name: row(engine, name).as_credit for name in ("one", "two", "three")} == {
        "one": True,
        "two": True,
        "three": False,
    }
    undone = act(action="undo", ids=["one", "two", "three"])
    assert (undone.count, undone.refused) == (2, 1)
    assert {row(engine, name).status for name in ("one", "two", "three")} == {"rejected"}
    # Two share an entry of 125.00: the first takes it, and the second has no room then.
    linked = act(action="link", ids=["one", "two"], txn_id="R-1")
    assert [one.outcome for one in linked.items] == ["done", "refused"]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"action": "retry"}, "/ids"),
        ({"action": "retry", "ids": []}, "/ids"),
        ({"action": "retry", "ids": ["a"] * 1001}, "/ids"),
        ({"action": "retry", "ids": [7]}, "/ids/0"),
        ({"action": "dismiss", "ids": ["a"]}, "/note"),
        ({"action": "choose_method", "ids": ["a"], "method": {"name": "Visa"}}, "/action"),
        (["retry"], ""),
    ],
)
def test_what_is_asked_of_several_is_read_strictly(
    use_cases: UseCases, company_file_id: int, given: object, pointer: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        use_cases.review.act_on_all(company_file_id, given, by="ann")
    assert why(wrong)[0] == pointer


# Races


def test_a_remedy_and_a_sync_at_once_are_one_after_the_other(
    reject: Office, office: Office, engine: Engine
) -> None:
    """An import heals what the bookkeeper dismisses: the one that comes first counts."""
    heal = (
        "UPDATE payment SET status = 'queued', cause = NULL, changed_at = :now"
        " WHERE external_id = :name AND status = 'rejected'"
    )
    for number in range(8):
        name = f"pay_{number}"
        reject(Cause.CREDIT_APPLIED, "memo", name=name)

        def fit(name: str = name) -> str:
            try:
                office("apply_what_fits", name)
            except Refused:
                return "refused"
            return "done"

        def healing(name: str = name) -> int:
            with engine.begin() as db:
                return db.execute(text(heal), {"name": name, "now": NOON}).rowcount

        said, healed = at_once(fit, healing)
        kept = row(engine, name)
        assert (healed, kept.what_fits, kept.status) == (
            (0, True, "queued") if said == "done" else (1, False, "queued")
        )


def test_many_at_once_do_not_wait_crosswise(
    reject: Office, office: Office, use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    """The method is chosen on two payments, and all are retried backwards, in the same moment."""
    names = [f"pay_{number}" for number in range(20)]
    for name in names:
        reject(Cause.UNKNOWN_REFERENCE, "method", name=name)
    choose = partial(office, "choose_method", method={"name": "Visa Card"})
    given = {"action": "retry", "ids": names[::-1]}
    results = at_once(
        partial(choose, "pay_3"),
        partial(choose, "pay_17"),
        partial(use_cases.review.act_on_all, company_file_id, given, by="bob"),
    )
    assert all(not isinstance(one, Exception) or isinstance(one, Refused) for one in results)
    assert {row(engine, name).status for name in names} == {"queued"}
    events = text("SELECT count(*) FROM payment_event WHERE to_status = 'queued'")
    with engine.connect() as db:
        assert db.execute(events).scalar() == 2 * len(names)
