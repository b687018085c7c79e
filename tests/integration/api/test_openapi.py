"""The OpenAPI document: whole, without loose ends, and true."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from qbwc_server.services.actions import Action
from qbwc_server.services.extras import ExtraAction
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from tests.integration.site import PAYMENT, Site


@pytest.fixture
def document(flask: Flask) -> dict[str, Any]:
    """Read as anybody may, without a token."""
    answer = flask.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_it_is_openapi_3_1_in_shape(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    names = []
    for path, _, operation in operations(document):
        names.append(operation["operationId"])
        assert operation["summary"]
        told = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert told == set(re.findall(r"{(\w+)}", path))
        for status, answer in operation["responses"].items():
            assert re.fullmatch(r"[2-5]\d\d", status)
            assert answer["description"]
            told_well = "text/csv" if path.endswith(".csv") else "application/json"
            kind = told_well if status < "300" else "application/problem+json"
            assert set(answer["content"]) == {kind}
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere_and_every_schema_is_used(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    used = {reference.removeprefix("#/components/schemas/") for reference in references(document)}
    assert used == set(schemas)


def test_it_names_every_route_that_there_is(document: dict[str, Any], flask: Flask) -> None:
    routes = set()
    for rule in flask.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.nothing":
            path = rule.rule.removeprefix("/api/v1").replace("<any_id:_>", "{id}")
            path = re.sub(r"<(\w+)>", r"{\1}", path)
            routes |= {(path, method) for method in rule.methods or ()}
    told = {(path, method.upper()) for path, method, _ in operations(document)}
    assert told == {(path, method) for path, method in routes if method in ("GET", "POST", "PUT")}


def test_only_the_document_itself_needs_no_token(document: dict[str, Any]) -> None:
    assert document["security"] == [{"token": []}]
    open_ones = [path for path, _, operation in operations(document) if "security" in operation]
    assert open_ones == ["/openapi.json"]


def test_its_words_are_ours(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["PaymentStatus"]["enum"] == list(PaymentStatus)
    assert schemas["Cause"]["enum"] == list(Cause)
    assert schemas["Action"]["enum"] == list(Action)
    assert schemas["ExtraAction"]["enum"] == list(ExtraAction)


def test_what_it_says_of_a_payment_is_what_is_taken_and_shown(
    document: dict[str, Any], client: Site
) -> None:
    schemas = document["components"]["schemas"]
    given = schemas["PaymentInput"]
    assert set(given["required"]) <= set(PAYMENT) <= set(given["properties"])
    assert given["additionalProperties"] is False
    shown = client.post("/payments", PAYMENT).get_json()
    assert set(shown) == set(schemas["PaymentCreated"]["properties"])
    assert re.fullmatch(given["properties"]["amount"]["pattern"], shown["amount"])
    event = shown["history"][0]
    assert set(event) == set(schemas["EventView"]["properties"])
