"""Any JSON at all gets an answer that the contract knows, and the promises hold whatever comes."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from qbwc_server.services.actions import Action
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from tests.integration.site import PAYMENT, Site, move, payment

# The company and its database serve all examples: what came before may meet what comes after.
shared = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
amounts = st.integers(-5, 10**15).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
invoices = st.fixed_dictionaries(
    {}, optional={"number": words, "txn_id": words, "external_id": words}
)
parts = st.fixed_dictionaries({"invoice": invoices, "amount": amounts})
# Mostly right, so that many are taken; few ids, so that they meet again.
likely = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["pay_1", "pay_2", "pay_3"]) | words,
        "customer": st.just(PAYMENT["customer"]) | st.builds(lambda name: {"name": name}, words),
        "amount": st.sampled_from(["125.00", "10.00"]) | amounts,
        "received_on": st.dates().map(str) | st.just("2026-11-20"),
        "method": words,
    },
    optional={
        "memo": st.text(max_size=50),
        "reference": st.sampled_from(["INV-7", "INV-8"]) | st.text(max_size=25),
        "currency": st.sampled_from(["USD", "usd", ""]),
        "batch": st.none() | words,
        "apply": st.lists(parts, max_size=3),
    },
)
one_field_changed = st.builds(
    lambda name, value: payment(**{name: value}), st.sampled_from(list(PAYMENT)), anything
)
bodies = likely | one_field_changed | anything


@shared
@given(body=bodies)
def test_a_payment_is_taken_or_told_why_not(client: Site, body: Any) -> None:
    answer = client.post("/payments", body)
    assert answer.status_code in (200, 201, 409, 422)
    if answer.status_code in (200, 201):
        assert answer.get_json()["amount"] == body["amount"]
        again = client.post("/payments", body)
        assert again.status_code == 200
        assert again.get_json()["reference"] == answer.get_json()["reference"]
    else:
        assert answer.get_json()["errors"]


@shared
@given(given_list=st.lists(bodies, max_size=6))
def test_a_list_answers_as_its_payments_one_by_one_would(
    client: Site, given_list: list[Any]
) -> None:
    told = client.post("/payments/bulk", given_list).get_json()
    assert [one["index"] for one in told] == list(range(len(given_list)))
    for body, one in zip(given_list, told, strict=True):
        if "before it in the list" in str(one["problems"]):
            continue  # refused for its company alone
        alone = client.post("/payments", body).status_code
        assert alone == (200 if one["status"] == 201 else one["status"])


@shared
@given(body=anything | st.fixed_dictionaries({"action": anything, "note": anything}))
def test_an_action_is_done_or_told_why_not(client: Site, body: Any) -> None:
    client.post("/payments", payment())
    assert client.post("/payments/pay_123/actions", body).status_code == 422


fields = st.dictionaries(
    st.sampled_from(
        ["note", "txn_id", "txn_ids", "invoice", "position", "customer", "remember", "method"]
    ),
    anything | st.dictionaries(st.sampled_from(["txn_id", "number", "list_id", "name"]), anything),
)


@shared
@given(action=st.sampled_from(list(Action)), cause=st.sampled_from(list(Cause)), more=fields)
def test_a_remedy_is_told_or_why_not_and_a_preview_changes_nothing(
    client: Site, engine: Engine, action: Action, cause: Cause, more: dict[str, Any]
) -> None:
    client.post("/payments", payment())
    move(engine, "pay_123", PaymentStatus.REJECTED, cause=cause, summary="No.")
    before = client.get("/payments/pay_123").get_json()
    answer = client.act("pay_123", action, **more, preview=True)
    assert answer.status_code in (200, 409, 422)
    if answer.status_code == 200:
        assert answer.get_json()["sentence"].endswith(".")
    several = {"action": action, **more, "ids": ["pay_123", "pay_124"], "preview": True}
    assert client.post("/payments/actions", several).status_code in (200, 422)
    assert client.get("/payments/pay_123").get_json() == before
