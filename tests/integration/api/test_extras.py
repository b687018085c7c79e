"""What is one too many in QuickBooks, over the API."""

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models.payment import Attempt, PaymentEvent
from qbwc_server.services.assembly import UseCases
from sync_core.lifecycle import PaymentStatus
from tests.integration.api.test_problems import problem
from tests.integration.site import Site, move, payment
from tests.integration.synced import find_extra, hand_out, open_sync
from tests.schema.rows import add


@pytest.fixture
def found(client: Site, company_file_id: int, engine: Engine) -> Site:
    """The payment site, after a sync that found a payment of its in QuickBooks twice."""
    client.post("/payments", payment())
    move(engine, "pay_123", PaymentStatus.POSTED, txn_id="1A-9")
    find_extra(engine, open_sync(engine, company_file_id), "1A-10", "pay_123")
    return client


def test_it_is_listed_and_ordered_out(found: Site) -> None:
    page = found.get("/extras?limit=5").get_json()
    [one] = page["items"]
    assert page["next_cursor"] is None
    reference = found.get("/payments/pay_123").get_json()["reference"]
    assert one["payment"] == {"id": "pay_123", "reference": reference}
    assert {name: one[name] for name in ("txn_id", "kind", "date", "amount")} == {
        "txn_id": "1A-10",
        "kind": "second",
        "date": "2026-11-20",
        "amount": "125.00",
    }
    answer = found.post("/extras/1A-10/actions", {"action": "take_out"})
    assert (answer.status_code, answer.get_json()["ordered_by"]) == (200, "api:payment site")
    last = found.get("/payments/pay_123").get_json()["history"][-1]
    assert (last["from"], last["to"], last["by"]) == ("posted", "posted", "api:payment site")


def test_it_is_kept_with_a_note_once(found: Site) -> None:
    told = problem(found.post("/extras/1A-10/actions", {"action": "keep"}), 422)
    assert [one["pointer"] for one in told["errors"]] == ["/note"]
    kept = found.post("/extras/1A-10/actions", {"action": "keep", "note": "two courses"})
    assert kept.get_json()["resolution"] == "kept"
    assert found.get("/extras").get_json() == {"items": [], "next_cursor": None}
    problem(found.post("/extras/1A-10/actions", {"action": "keep", "note": "again"}), 409)
    problem(found.post("/extras/1A-99/actions", {"action": "take_out"}), 404)


def test_the_payments_own_action_does_the_same(found: Site) -> None:
    answer = found.act("pay_123", "take_out_extra")
    assert answer.status_code == 200
    assert "1A-10" in answer.get_json()["history"][-1]["note"]
    assert found.get("/extras").get_json()["items"][0]["ordered_at"] is not None


@pytest.mark.usefixtures("found")
def test_a_token_opens_one_companys_alone(flask: Flask, use_cases: UseCases) -> None:
    other = use_cases.companies.add("Moonlight Dental").id
    stranger = Site(flask.test_client(), use_cases.tokens.add(other, label="other site").token)
    assert stranger.get("/extras").get_json()["items"] == []
    problem(stranger.post("/extras/1A-10/actions", {"action": "take_out"}), 404)


def test_the_history_names_the_sync_and_the_attempt(
    client: Site, company_file_id: int, engine: Engine
) -> None:
    client.post("/payments", payment())
    session = open_sync(engine, company_file_id)
    hand_out(engine, session, "pay_123")
    with engine.begin() as db:
        attempt = db.execute(select(Attempt.id, Attempt.payment_id)).one()
        moved = {"from_status": PaymentStatus.SENT, "to_status": PaymentStatus.POSTED}
        by = {"by": "session", "wc_session_id": session, "attempt_id": attempt.id}
        add(db, PaymentEvent, payment_id=attempt.payment_id, **moved, **by)
    last = client.get("/payments/pay_123").get_json()["history"][-1]
    assert (last["session"], last["attempt"]) == (str(session), "request of pay_123")
