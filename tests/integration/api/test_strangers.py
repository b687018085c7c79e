"""Every address of the API as nobody, and with the token of another company file."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from models.base import Base
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from tests.integration.api.test_problems import problem
from tests.integration.site import Site, payment

OURS = "Harper Dental Group"
METHODS = ("GET", "POST", "PUT")
# Said without a token: how to use the API.
OPEN = "/openapi.json"
# What forms of the API hold, so that each gets past its own checks.
BODIES = (
    {"action": "dismiss", "note": "gone"},
    {"action": "take_out"},
    {"ids": ["pay_123"], "action": "dismiss", "note": "gone"},
    {"items": [{"external_id": "c-1", "list_id": "80000001-1760000001"}]},
    [payment("pay_124", customer={"name": OURS})],
)


def routes(flask: Flask) -> Iterator[tuple[str, str]]:
    """Every method and address, with ids of ours in it."""
    ids = {"any_id": "pay_123", "txn_id": "6-1760000006", "list_id": "80000001-1760000001"}
    with flask.test_request_context():
        for rule in flask.url_map.iter_rules():
            if not rule.endpoint.startswith("api.") or rule.endpoint == "api.nothing":
                continue
            values = {name: ids.get(name, "pay_123") for name in rule.arguments}
            built = rule.build(values)
            assert built is not None
            for method in sorted((rule.methods or set()) & set(METHODS)):
                yield method, built[1].removeprefix("/api/v1")


def rows(engine: Engine) -> str:
    """Read the whole database, but for who has access."""
    with engine.connect() as db:
        found = {
            table.name: [
                list(row) for row in db.execute(table.select().order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
            if table.name != "api_token"
        }
    return json.dumps(found, default=str)


def test_nobody_is_told_anything(flask: Flask) -> None:
    http = flask.test_client()
    asked = [(method, path) for method, path in routes(flask) if path != OPEN]
    assert len(asked) > 20
    for method, path in asked:
        for body in ("", *map(json.dumps, BODIES)):
            problem(http.open(f"/api/v1{path}", method=method, data=body), 401)
    assert http.get(f"/api/v1{OPEN}").status_code == 200


@pytest.fixture
def other_site(flask: Flask, use_cases: UseCases) -> Site:
    other = use_cases.companies.add("Moonlight Dental")
    return Site(flask.test_client(), use_cases.tokens.add(other.id, label="other site").token)


def test_the_token_of_another_company_file_finds_nothing_and_changes_nothing(
    flask: Flask, client: Site, other_site: Site, company: CompanyView, engine: Engine
) -> None:
    client.post("/payments", payment(customer={"name": OURS}))
    before = rows(engine)
    for method, path in routes(flask):
        if method == "GET":
            answer = other_site.get(path)
            assert OURS not in answer.text, path
            assert company.name not in answer.text, path
        elif "pay_123" in path or "6-1760000006" in path:
            for body in BODIES:
                answer = other_site.call(method, path, data=json.dumps(body))
                assert answer.status_code in (400, 404, 422), (path, body)
    assert rows(engine) == before
