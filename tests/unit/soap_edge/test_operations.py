"""The eight operations and the interactive ones: what goes in, what comes out, what fails."""

from typing import Any
from wsgiref.types import WSGIApplication

import pytest

from sync_core.wording import faults
from tests.unit.soap_edge import fake_sync, office
from tests.unit.soap_edge.fake_sync import FakeSync

METHODS = {
    "serverVersion": "server_version",
    "clientVersion": "client_version",
    "authenticate": "authenticate",
    "sendRequestXML": "send_request",
    "receiveResponseXML": "receive_response",
    "connectionError": "connection_error",
    "getLastError": "last_error",
    "closeConnection": "close",
}
TICKET = "3b241101-e2bb-4255-8caf-4136c566a962"


def sign_in(app: WSGIApplication) -> str:
    credentials = {"strUserName": fake_sync.USER_NAME, "strPassword": fake_sync.PASSWORD}
    ticket, verdict = office.call(app, "authenticate", credentials).texts
    assert verdict == ""
    return ticket


def test_a_whole_session(app: WSGIApplication, sync: FakeSync) -> None:
    assert office.call(app, "serverVersion").text == "1.0"
    assert office.call(app, "clientVersion", {"strVersion": "34.0.1002.79"}).text == ""
    ticket = sign_in(app)
    first = {
        "ticket": ticket,
        "strHCPResponse": "<QBXML><QBXMLMsgsRs/></QBXML>",
        "strCompanyFileName": fake_sync.COMPANY_FILE,
        "qbXMLCountry": "US",
        "qbXMLMajorVers": "13",
        "qbXMLMinorVers": "0",
    }
    assert office.call(app, "sendRequestXML", first).text == fake_sync.QBXML
    answer = {"ticket": ticket, "response": "<QBXML/>", "hresult": "", "message": ""}
    assert office.call(app, "receiveResponseXML", answer).text == "50"
    later = {"ticket": ticket, "qbXMLMajorVers": "13", "qbXMLMinorVers": "0"}
    assert office.call(app, "sendRequestXML", later).text == fake_sync.QBXML
    assert office.call(app, "receiveResponseXML", answer).text == "100"
    assert office.call(app, "closeConnection", {"ticket": ticket}).text == "OK"

    assert sync.heard("client_version") == {"version": "34.0.1002.79"}
    assert sync.heard("authenticate")["address"] == "203.0.113.7"
    assert sync.calls[3] == (
        "send_request",
        {
            "ticket": ticket,
            "hcp_response": "<QBXML><QBXMLMsgsRs/></QBXML>",
            "company_file_name": fake_sync.COMPANY_FILE,
            "country": "US",
            "major": 13,
            "minor": 0,
        },
    )
    assert sync.heard("send_request")["hcp_response"] == ""


def test_quickbooks_did_not_open(app: WSGIApplication, sync: FakeSync) -> None:
    ticket = sign_in(app)
    arguments = {"ticket": ticket, "hresult": "0x80040408", "message": "Could not start QuickBooks"}
    assert office.call(app, "connectionError", arguments).text == "done"
    assert sync.heard("connection_error") == arguments


def test_an_unknown_ticket_is_told_so_in_the_protocol(app: WSGIApplication) -> None:
    ticket = {"ticket": "not-one-of-ours"}
    assert office.call(app, "sendRequestXML", ticket).text == ""
    assert office.call(app, "receiveResponseXML", ticket).text == "-1"
    assert office.call(app, "getLastError", ticket).text == fake_sync.UNKNOWN_TICKET
    assert office.call(app, "closeConnection", ticket).text == fake_sync.UNKNOWN_TICKET


def test_calls_in_the_wrong_order_are_told_so_in_the_protocol(app: WSGIApplication) -> None:
    ticket = {"ticket": sign_in(app)}
    assert office.call(app, "receiveResponseXML", ticket).text == "-1"
    assert office.call(app, "getLastError", ticket).text == fake_sync.WRONG_ORDER
    assert office.call(app, "sendRequestXML", ticket).text == fake_sync.QBXML
    assert office.call(app, "sendRequestXML", ticket).text == ""
    assert office.call(app, "getLastError", ticket).text == fake_sync.WRONG_ORDER


@pytest.mark.parametrize("operation", office.OPERATIONS)
def test_an_operation_without_any_argument_has_its_result_element(
    app: WSGIApplication, sync: FakeSync, operation: str
) -> None:
    assert office.call(app, operation).result is not None
    given = sync.heard(METHODS[operation])
    absent = {name: None if name in {"major", "minor"} else "" for name in given}
    assert given == {**absent, **({"address": "203.0.113.7"} if "address" in given else {})}


@pytest.mark.parametrize("operation", office.OPERATIONS)
def test_empty_elements_are_the_same_as_absent_ones(
    app: WSGIApplication, sync: FakeSync, operation: str
) -> None:
    names = [name for name, _ in office.OPERATIONS[operation][0]]
    office.call(app, operation)
    absent = sync.heard(METHODS[operation])
    office.call(app, operation, dict.fromkeys(names, ""))
    assert sync.heard(METHODS[operation]) == absent


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13", 13),
        (" 13\n", 13),
        ("-1", -1),
        ("", None),
        ("  ", None),
        ("13.0", None),
        ("thirteen", None),
        ("9" * 5000, None),
        ("\u0663", None),
    ],
)
def test_the_version_is_a_number_or_nothing(
    app: WSGIApplication, sync: FakeSync, text: str, number: int | None
) -> None:
    arguments = {"ticket": sign_in(app), "qbXMLMajorVers": text}
    assert office.call(app, "sendRequestXML", arguments).text == fake_sync.QBXML
    assert sync.heard("send_request")["major"] == number
    assert sync.heard("send_request")["minor"] is None


@pytest.mark.parametrize("operation", office.INTERACTIVE)
def test_interactive_operations_answer_an_empty_text(app: WSGIApplication, operation: str) -> None:
    arguments = dict.fromkeys(office.INTERACTIVE[operation], "x")
    assert office.call(app, operation, arguments).text == ""
    assert office.call(app, operation).text == ""


@pytest.mark.parametrize("error", [RuntimeError("boom"), KeyError("x"), RecursionError()])
@pytest.mark.parametrize(
    ("operation", "text"),
    [
        ("serverVersion", ""),
        ("clientVersion", ""),
        ("sendRequestXML", ""),
        ("receiveResponseXML", "-1"),
        ("connectionError", "done"),
        ("getLastError", faults.FAULT),
        ("closeConnection", faults.CLOSED_WITH_FAULT),
    ],
)
def test_an_exception_inside_is_answered_in_the_protocol(
    app: WSGIApplication, sync: FakeSync, operation: str, text: str, error: Exception
) -> None:
    sync.raises[METHODS[operation]] = error
    assert office.call(app, operation, {"ticket": TICKET}).text == text


def test_an_exception_in_authenticate_is_answered_busy(
    app: WSGIApplication, sync: FakeSync
) -> None:
    sync.raises["authenticate"] = RuntimeError("boom")
    first, second = (office.call(app, "authenticate").texts for _ in range(2))
    assert first[1] == second[1] == "busy"
    assert first[0] != second[0]


@pytest.mark.parametrize(
    ("operation", "wrong", "text"),
    [
        ("sendRequestXML", None, ""),
        ("receiveResponseXML", None, "-1"),
        ("receiveResponseXML", "50", "-1"),
        ("receiveResponseXML", True, "-1"),
        ("receiveResponseXML", 101, "-1"),
        ("receiveResponseXML", 12.5, "-1"),
        ("getLastError", None, faults.FAULT),
        ("getLastError", "", faults.FAULT),
        ("closeConnection", None, faults.CLOSED_WITH_FAULT),
    ],
)
def test_a_wrong_answer_of_ours_never_reaches_the_wire(
    app: WSGIApplication, sync: FakeSync, operation: str, wrong: Any, text: str
) -> None:
    sync.answers[METHODS[operation]] = wrong
    assert office.call(app, operation, {"ticket": TICKET}).text == text


@pytest.mark.parametrize("wrong", [None, [], ["t"], [None, ""], ["t", ""] * 3, "t"])
def test_a_wrong_answer_of_authenticate_is_busy(
    app: WSGIApplication, sync: FakeSync, wrong: Any
) -> None:
    sync.answers["authenticate"] = wrong
    ticket, verdict = office.call(app, "authenticate").texts
    assert ticket
    assert verdict == "busy"


def test_authenticate_may_answer_four_strings(app: WSGIApplication, sync: FakeSync) -> None:
    sync.answers["authenticate"] = ["t", "none", "", "300"]
    assert office.call(app, "authenticate").texts == ["t", "none", "", "300"]


def test_a_pause_is_passed_on(app: WSGIApplication, sync: FakeSync) -> None:
    sync.answers["last_error"] = "NoOp"
    assert office.call(app, "getLastError").text == "NoOp"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Ann\x00\x01\x1f & Co", "Ann & Co"),
        ("a\ufffe\uffffb\ud800c", "abc"),
        ("caf\u00e9 \u20ac \U0001f600", "caf\u00e9 \u20ac \U0001f600"),
        ("two\r\nlines\tand <tags>", "two\r\nlines\tand <tags>"),
    ],
)
def test_what_we_return_is_legal_xml_and_ascii(
    app: WSGIApplication, sync: FakeSync, ours: str, theirs: str
) -> None:
    sync.answers = {
        "close": ours,
        "last_error": ours,
        "send_request": ours,
        "authenticate": [ours, ours],
    }
    for operation in ("closeConnection", "getLastError", "sendRequestXML"):
        answer = office.call(app, operation)
        assert answer.text == theirs
        assert answer.content.isascii()
    assert office.call(app, "authenticate").texts == [theirs, theirs]


def test_a_listed_empty_string_is_there(app: WSGIApplication) -> None:
    sign_in(app)
    credentials = {"strUserName": fake_sync.USER_NAME, "strPassword": fake_sync.PASSWORD}
    answer = office.call(app, "authenticate", credentials)
    assert len(answer.result) == 2
    assert b"nil" not in answer.content
