"""Why is an invoice missing? Over the API, as the payment site's support desk asks it."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from models.books import Customer, Invoice
from qbwc_server.services.assembly import UseCases
from sync_core.reason import Reason
from tests.integration.api.test_problems import problem
from tests.integration.site import Site
from tests.integration.synced import open_sync
from tests.schema.rows import add

KERN = "80000001-1760000001"
WHY = f"/customers/{KERN}/missing-invoice"


@pytest.fixture
def site(client: Site, company_file_id: int, engine: Engine) -> Site:
    """The payment site, after a sync that imported a customer and an open invoice of it."""
    session = open_sync(engine, company_file_id)
    own = {"company_file_id": company_file_id, "seen_session_id": session}
    with engine.begin() as db:
        add(db, Customer, **own, list_id=KERN, full_name="Kern", is_active=True)
        add(
            db,
            Invoice,
            **own,
            txn_id="6-1",
            number="1042",
            plain_number="1042",
            customer_list_id=KERN,
            txn_date=date(2026, 10, 31),
            total_cents=12500,
            balance_cents=12500,
        )
    return client


def test_it_is_here_and_open(site: Site) -> None:
    answer = site.get(f"{WHY}?number=1042")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "reason": "here_and_open",
        "summary": "Invoice 1042 of 2026-10-31 is here and open, with 125.00 due. If Kern does "
        "not see it, look at the customer's rights on the payment site.",
        "txn_id": "6-1",
        "number": "1042",
        "date": "2026-10-31",
        "customer": "Kern",
        "asked_at": None,
        "sent_at": None,
        "answered_at": None,
    }


def test_what_nobody_knows_is_asked_by_the_next_sync(site: Site) -> None:
    first = site.get(f"{WHY}?number=77").get_json()
    assert first["reason"] == "not_imported_since"
    assert "The next sync asks QuickBooks for exactly this number." in first["summary"]
    assert first["asked_at"]
    assert (first["txn_id"], first["answered_at"]) == (None, None)
    assert site.get(f"{WHY}?number=77").get_json() == first


def test_who_asks_wrongly_is_told_so(site: Site) -> None:
    for query in ("", "?number=", "?number=%20", "?number=%00", "?number=123456789012"):
        told = problem(site.get(WHY + query), 422)
        assert [one["pointer"] for one in told["errors"]] == ["/number"]
    for list_id in ("80000009-1", "a%00b"):
        problem(site.get(f"/customers/{list_id}/missing-invoice?number=1"), 404)
    problem(site.post(f"{WHY}?number=1042", {}), 405)


@pytest.mark.usefixtures("site")
def test_a_token_opens_one_companys_customers(flask: Flask, use_cases: UseCases) -> None:
    other = use_cases.companies.add("Moonlight Dental").id
    stranger = Site(flask.test_client(), use_cases.tokens.add(other, label="other site").token)
    problem(stranger.get(f"{WHY}?number=1042"), 404)
    problem(Site(flask.test_client(), "nobody's").get(f"{WHY}?number=1042"), 401)


def test_the_document_says_what_comes(site: Site) -> None:
    schemas: dict[str, Any] = site.get("/openapi.json").get_json()["components"]["schemas"]
    shown = site.get(f"{WHY}?number=1042").get_json()
    assert set(shown) == set(schemas["MissingInvoiceView"]["properties"])
    assert schemas["Reason"]["enum"] == list(Reason)
