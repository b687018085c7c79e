"""The API as a payment site uses it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from models.company_file import Install
from models.engine import database_clock
from models.wc_session import WcSession
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.session import State
from sync_core.variants import Variant
from tests.integration.site import Site, move, payment
from tests.integration.synced import rejection

# What the check writes of an invoice that a payment entered by hand has paid.
FACTS = {
    "position": "0",
    "customer": "Café Belém",
    "invoice_txn_id": "6-1760000006",
    "invoice_number": "101",
    "invoice_balance": "0.00",
    "balance_before": "100.00",
    "planned": "100.00",
    "fits": "0.00",
    "left_over": "100.00",
    "found_kind": "payment",
    "found_number": "1042",
    "found_date": "2026-11-19",
    "found_amount": "100.00",
    "found_txn_id": "7-1760000007",
}


def test_a_payment_is_queued_and_shown(client: Site) -> None:
    answer = client.post("/payments", payment())
    assert answer.status_code == 201
    body = answer.get_json()
    assert body.pop("look_alike") is None
    assert body == client.get("/payments/pay_123").get_json()
    assert {name: body[name] for name in ("id", "status", "amount", "txn_id", "unapplied")} == {
        "id": "pay_123",
        "status": "queued",
        "amount": "125.00",
        "txn_id": None,
        "unapplied": "25.00",
    }
    assert body["rejection"] is None
    assert body["customer"] == {"list_id": "80000001-1760000001"}
    assert body["apply"] == payment()["apply"]
    [first] = body["history"]
    assert first.pop("at").endswith("Z")
    assert first == {
        "from": None,
        "to": "queued",
        "by": "api",
        "note": None,
        "session": None,
        "attempt": None,
    }


def test_the_same_payment_again_is_200_and_other_content_409(client: Site) -> None:
    first = client.post("/payments", payment()).get_json()
    again = client.post("/payments", payment())
    assert again.status_code == 200
    assert again.get_json()["reference"] == first["reference"]
    other = client.post("/payments", payment(amount="126.00", memo="Thanks"))
    assert other.status_code == 409
    assert "amount, memo" in other.get_json()["detail"]
    assert [one["pointer"] for one in other.get_json()["errors"]] == ["/amount", "/memo"]


def test_each_wrong_field_is_pointed_at(client: Site) -> None:
    wrong = payment(
        amount=125,
        received_on="20 Nov",
        colour="blue",
        apply=[{"invoice": {"txn_id": "6-1760000006", "number": "101"}, "amount": "1"}],
    )
    answer = client.post("/payments", wrong)
    assert answer.status_code == 422
    told = {one["pointer"]: one["detail"] for one in answer.get_json()["errors"]}
    assert set(told) == {
        "/amount",
        "/received_on",
        "/colour",
        "/apply/0/invoice",
        "/apply/0/amount",
    }
    assert "text with two decimals" in told["/amount"]
    assert all(sentence.endswith(".") for sentence in told.values())


def test_a_taken_reference_is_a_wrong_field(client: Site) -> None:
    client.post("/payments", payment("pay_1", reference="INV-7"))
    answer = client.post("/payments", payment("pay_2", reference="INV-7"))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.get_json()["errors"]] == ["/reference"]


def test_a_look_alike_is_named_once_when_created(client: Site) -> None:
    client.post("/payments", payment("pay_1"))
    answer = client.post("/payments", payment("pay_2", received_on="2026-11-22"))
    alike = answer.get_json()["look_alike"]
    assert (alike["id"], alike["received_on"]) == ("pay_1", "2026-11-20")
    assert set(alike) == {"id", "reference", "received_on"}


@pytest.mark.parametrize(
    "external_id",
    ["/a//b/", "a/actions", "bulk", "100% sure?", "Zoë #7", "a\\b", "https://pay.example.com/1"],
)
def test_any_id_stands_in_an_address(client: Site, external_id: str) -> None:
    assert client.post("/payments", payment(external_id)).status_code == 201
    quoted = "".join(f"%{byte:02X}" for byte in external_id.encode())
    assert client.get(f"/payments/{quoted}").get_json()["id"] == external_id
    answer = client.act(quoted, "withdraw")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "dismissed")


def test_a_list_gets_one_outcome_each(client: Site) -> None:
    client.post("/payments", payment("old"))
    given = [payment("new"), payment("old"), payment("old", amount="200.00"), payment("bad", id=7)]
    answer = client.post("/payments/bulk", given)
    assert answer.status_code == 200
    told = answer.get_json()
    assert [(one["index"], one["id"], one["outcome"], one["status"]) for one in told] == [
        (0, "new", "created", 201),
        (1, "old", "same", 200),
        (2, "old", "conflict", 409),
        (3, None, "invalid", 422),
    ]
    assert told[0]["look_alike"]["id"] == "old"
    assert told[2]["problems"][0]["pointer"] == "/amount"
    assert told[3]["problems"] == [{"pointer": "/id", "detail": "This must be text, in quotes."}]


def test_a_list_may_be_empty_or_full_and_not_more(client: Site) -> None:
    assert client.post("/payments/bulk", []).get_json() == []
    full = [payment(f"pay_{number}") for number in range(1000)]
    assert {one["status"] for one in client.post("/payments/bulk", full).get_json()} == {201}
    answer = client.post("/payments/bulk", [*full, payment("one more")])
    assert answer.status_code == 422
    assert "at most 1000" in answer.get_json()["errors"][0]["detail"]


def test_a_rejected_payment_says_why_and_what_can_be_done(client: Site, engine: Engine) -> None:
    client.post("/payments", payment())
    move(
        engine,
        "pay_123",
        PaymentStatus.REJECTED,
        cause=Cause.PAID_IN_QUICKBOOKS,
        variant=Variant.BY_HAND,
        facts=FACTS,
        summary="Invoice 101 is already paid in QuickBooks.",
        evidence=[{"txn_id": "7-1760000007"}],
        status_code=3210,
        status_message="The object is already paid.",
    )
    shown = client.get("/payments/pay_123").get_json()
    reference = shown["reference"]
    steps = shown["rejection"].pop("steps")
    assert shown["rejection"] == {
        "cause": "paid_in_quickbooks",
        "variant": "by_hand",
        "summary": (
            "Invoice 101 is already paid in QuickBooks, by payment 1042 of 2026-11-19 for 100.00."
        ),
        "evidence": [{"txn_id": "7-1760000007"}],
        "books": "Nothing was written by us. QuickBooks may already hold this money: see below.",
        "who": "Anyone who works in QuickBooks",
        "heals": "No. When the entry is gone, the card says so and offers to post the payment.",
        "facts": {
            **FACTS,
            "amount": "125.00",
            "received_on": "2026-11-20",
            "method": "Visa",
            "reference": reference,
        },
        "remedies": ["retry", "link", "post_unapplied", "dismiss", "delete"],
        "status_code": 3210,
        "status_message": "The object is already paid.",
    }
    # Each step is a sentence about this payment, filled, and names a button that is offered.
    assert len(steps) == 3
    assert "Choose **That is this payment**; nothing is sent" in steps[0]
    assert steps[1].startswith("**Different money?** Choose **Post as a credit**")
    assert "**Post what fits**" not in steps[1]  # nothing fits
    assert "deposit" in steps[2]
    assert not any(sign in step for step in steps for sign in "{}[]|")
    assert client.act("pay_123", "reopen").status_code == 409
    assert client.act("pay_123", "dismiss").status_code == 422
    answer = client.act("pay_123", "dismiss", note="recorded by hand")
    assert (answer.status_code, answer.get_json()["rejection"]) == (200, None)
    last = answer.get_json()["history"][-1]
    assert (last["by"], last["note"]) == ("api:payment site", "recorded by hand")


def test_a_remedy_is_previewed_done_and_taken_back(client: Site, engine: Engine) -> None:
    client.post("/payments", payment())
    nothing_left = {"fits": "0.00", "left_over": "100.00", "invoice_balance": "0.00"}
    changed = rejection(Cause.BALANCE_CHANGED, "discount", nothing_left)
    move(engine, "pay_123", PaymentStatus.REJECTED, **changed)
    before = client.get("/payments/pay_123").get_json()
    assert before["rejection"]["remedies"] == ["retry", "post_unapplied", "dismiss", "delete"]
    preview = client.act("pay_123", "post_unapplied", preview=True)
    assert (preview.status_code, preview.get_json()) == (
        200,
        {
            "sentence": "QuickBooks gets one payment of 125.00 from 80000001-1760000001, on no "
            "invoice. Apply it later in Customers > Receive Payments.",
            "quickbooks": {
                "customer": "80000001-1760000001",
                "date": "2026-11-20",
                "amount": "125.00",
                "apply": [],
                "unapplied": "125.00",
            },
        },
    )
    assert client.get("/payments/pay_123").get_json() == before
    assert client.act("pay_123", "post_unapplied").get_json()["status"] == "queued"
    after = client.act("pay_123", "undo").get_json()
    assert (after["rejection"], after["recorded_as"]) == (before["rejection"], [])
    assert client.act("pay_123", "undo").status_code == 409
    assert client.act("pay_123", "choose_invoice", invoice={"number": "1"}).status_code == 409


def test_several_payments_are_acted_on_at_once(client: Site, engine: Engine) -> None:
    client.post("/payments/bulk", [payment(f"a/{number}") for number in range(3)])
    move(engine, "a/1", PaymentStatus.SENT)
    given = {"action": "withdraw", "ids": ["a/0", "a/1", "a/2"], "note": "the wrong list"}
    for preview in (True, False):
        answer = client.post("/payments/actions", {**given, "preview": preview})
        told = answer.get_json()
        assert (answer.status_code, told["preview"], told["count"], told["amount"]) == (
            *(200, preview, 2),
            "250.00",
        )
        assert told["sentence"] == "2 payments, 250.00 together. 1 of 3 are left out."
        assert [(one["id"], one["outcome"]) for one in told["items"]] == [
            ("a/0", "done"),
            ("a/1", "refused"),
            ("a/2", "done"),
        ]
        assert "is being sent" in told["items"][1]["sentence"]
    shown = client.get("/payments/a/0").get_json()
    assert (shown["status"], shown["note"]) == ("dismissed", "the wrong list")
    wrong = client.post("/payments/actions", {"action": "retry", "ids": "a/0"})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/ids")
    client.post("/payments", payment("actions"))
    assert client.get("/payments/actions").get_json()["id"] == "actions"
    assert client.act("actions", "withdraw").get_json()["status"] == "dismissed"


def test_a_posted_payment_shows_what_quickbooks_left_unapplied(
    client: Site, engine: Engine
) -> None:
    client.post("/payments", payment())
    move(engine, "pay_123", PaymentStatus.POSTED, txn_id="1A-9", unapplied_cents=12500)
    shown = client.get("/payments/pay_123").get_json()
    assert (shown["txn_id"], shown["unapplied"]) == ("1A-9", "125.00")


def test_lists_are_paged(client: Site) -> None:
    client.post("/payments/bulk", [payment(f"pay_{number}") for number in range(5)])
    first = client.get("/payments?status=&cursor=&limit=3").get_json()
    assert [item["id"] for item in first["items"]] == ["pay_4", "pay_3", "pay_2"]
    rest = client.get(f"/payments?limit=3&cursor={first['next_cursor']}").get_json()
    assert [item["id"] for item in rest["items"]] == ["pay_1", "pay_0"]
    assert rest["next_cursor"] is None
    assert client.get("/payments?status=sent").get_json() == {"items": [], "next_cursor": None}


def test_sessions_are_listed(
    client: Site, use_cases: UseCases, company: CompanyView, company_file_id: int, engine: Engine
) -> None:
    use_cases.installs.add(company.id, label="Front desk")
    with engine.begin() as db:
        now = database_clock(db)
        install = {"company_file_id": company_file_id, "install_id": 1, "last_heard_at": now}
        for number in range(3):
            ended = now + timedelta(seconds=number)
            over = {"opened_at": now, "ended_at": ended, "state": State.CLOSED, "posted": number}
            row = {**install, **over, "ticket_hash": f"hash {number}", "message": "2 posted"}
            db.execute(insert(WcSession).values(**row))
        assert db.execute(Install.__table__.select()).one().id == 1
    page = client.get("/sessions?limit=2").get_json()
    assert [item["posted"] for item in page["items"]] == [2, 1]
    assert page["items"][0]["install"] == "Front desk"
    assert page["items"][0]["state"] == "closed"
    last = client.get(f"/sessions?limit=2&cursor={page['next_cursor']}").get_json()
    assert ([item["posted"] for item in last["items"]], last["next_cursor"]) == ([0], None)
