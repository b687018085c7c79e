"""Whatever goes wrong is told as application/problem+json, and gives nothing away."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from qbwc_server.services.assembly import UseCases
from tests.integration.site import Site, payment


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """The problem that an answer tells, in the shape of RFC 9457."""
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = answer.get_json()
    assert set(told) == {"type", "title", "status", "detail", "errors"}
    assert told["status"] == status
    assert told["detail"].endswith(".")
    for error in told["errors"]:
        assert set(error) == {"pointer", "detail"}
        assert error["pointer"] == "" or error["pointer"].startswith("/")
    return told


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer nonsense", "Bearer é", "Basic cGF5OnBheQ==", "Bearer a b"],
)
def test_without_a_token_nothing_is_told(flask: Flask, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/payments", "/payments/pay_123", "/sessions", "/extras"):
        answer = flask.test_client().get(f"/api/v1{path}", headers=headers)
        assert problem(answer, 401)["errors"] == []
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_one_company_until_it_is_revoked(
    flask: Flask, client: Site, use_cases: UseCases
) -> None:
    client.post("/payments", payment())
    stranger = use_cases.tokens.add(
        use_cases.companies.add("Moonlight Dental").id, label="other site"
    )
    site = Site(flask.test_client(), stranger.token)
    problem(site.get("/payments/pay_123"), 404)
    assert site.get("/payments").get_json()["items"] == []
    problem(site.act("pay_123", "withdraw"), 404)
    use_cases.tokens.revoke(stranger.id)
    problem(site.get("/payments"), 401)
    assert client.get("/payments/pay_123").status_code == 200


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/payment", "/payments/", "/customer", "/a//b"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_an_unknown_address_is_a_problem(client: Site, path: str, method: str) -> None:
    problem(client.call(method, path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/payments", {"GET", "POST"}),
        ("PUT", "/payments/pay_123", {"GET"}),
        ("POST", "/payments/pay_123", {"GET"}),
        ("PATCH", "/payments/pay_123/actions", {"GET", "POST"}),
        ("POST", "/sessions", {"GET"}),
        ("POST", "/extras", {"GET"}),
        ("GET", "/extras/1A-10/actions", {"POST"}),
        ("POST", "/openapi.json", {"GET"}),
    ],
)
def test_a_wrong_method_is_a_problem(
    client: Site, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.call(method, path)
    problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"nonsense", b"[" * 200_000, b"9" * 5000, b'"\xff"']
)
@pytest.mark.parametrize(
    "path", ["/payments", "/payments/bulk", "/payments/pay_123/actions", "/extras/1A-10/actions"]
)
def test_a_body_that_is_no_json_is_a_problem(client: Site, path: str, body: bytes) -> None:
    assert "JSON" in problem(client.call("POST", path, data=body), 400)["detail"]


@pytest.mark.parametrize("body", [None, 7, "text", [], {}, True])
def test_a_body_of_another_kind_is_a_problem(client: Site, body: object) -> None:
    problem(client.post("/payments", body), 422)
    if body != []:
        problem(client.post("/payments/bulk", body), 422)
    problem(client.post("/payments/pay_123/actions", body), 422)


def test_a_body_that_is_too_large_is_a_problem(client: Site) -> None:
    large = payment(memo="x" * (1 << 20))
    problem(client.post("/payments", large), 413)
    # A list may be larger, and then its payment is looked at.
    told = client.post("/payments/bulk", [large]).get_json()
    assert [one["problems"][0]["pointer"] for one in told] == ["/memo"]
    problem(client.call("POST", "/payments/bulk", data=b" " * ((16 << 20) + 1)), 413)


def test_letters_that_are_none_are_a_problem_wherever_they_stand(client: Site) -> None:
    lone = "\ud800"
    for body in (payment(lone), payment(memo=lone), {**payment(), lone: 1}, payment("a\x00b")):
        raw = json.dumps(body)
        problem(client.call("POST", "/payments", data=raw), 422)
        [outcome] = client.call("POST", "/payments/bulk", data=f"[{raw}]").get_json()
        assert outcome["status"] == 422
    for path in ("%00", "%ED%A0%80", "%FF"):
        problem(client.get(f"/payments/{path}"), 404)


def test_a_fault_of_ours_is_told_without_a_word_of_it(
    client: Site, use_cases: UseCases, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError("a secret of the house")

    event.listen(use_cases.engine, "before_cursor_execute", fail)
    answer = client.get("/payments")
    event.remove(use_cases.engine, "before_cursor_execute", fail)
    problem(answer, 500)
    assert "secret" not in answer.get_data(as_text=True)
    said = capsys.readouterr()
    assert "api_failed" in said.out + said.err
    assert "secret" not in said.out + said.err


def test_answers_are_kept_out_of_caches(client: Site) -> None:
    for path in ("/payments", "/openapi.json", "/nothing"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
