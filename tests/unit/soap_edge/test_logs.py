"""No secret reaches any log at any level, whatever it came in, Spyne's own loggers included."""

import logging
from collections.abc import Iterator
from wsgiref.types import WSGIApplication

import pytest
import structlog

from tests.unit.soap_edge import fake_sync, office
from tests.unit.soap_edge.fake_sync import FakeSync

SECRET = "hunter2-the-secret"
NS = 'xmlns="http://developer.intuit.com/"'
SIGN_IN = office.envelope("authenticate", {"strUserName": "office-1", "strPassword": SECRET})

BODIES = {
    "well-formed": SIGN_IN,
    "cut off": SIGN_IN[: SIGN_IN.index(SECRET.encode()) + len(SECRET)],
    "with a control character": SIGN_IN.replace(SECRET.encode(), SECRET.encode() + b"&#x1;"),
    "beyond repair": SIGN_IN.replace(SECRET.encode(), SECRET.encode() + b"&#x1;<"),
    "as an entity": SIGN_IN.replace(SECRET.encode(), f"&{SECRET};".encode()),
    "as a declared entity": f"<!DOCTYPE a [<!ENTITY p '{SECRET}'>]><a>&p;</a>".encode(),
    "as an element": SIGN_IN.replace(b"strPassword", SECRET.encode()),
    "as a prefix": SIGN_IN.replace(b"<strPassword>", f"<{SECRET}:strPassword>".encode()),
    "as an attribute": SIGN_IN.replace(b"<strPassword>", f'<strPassword p="{SECRET}">'.encode()),
    "as an operation": SIGN_IN.replace(b"authenticate", SECRET.encode()),
    "as an encoding": SIGN_IN.replace(b"utf-8", SECRET.encode()),
    "as a ticket": office.envelope("closeConnection", {"ticket": SECRET}),
    "as a number": office.envelope("sendRequestXML", {"qbXMLMajorVers": SECRET}),
    "not XML": f"strPassword={SECRET}".encode(),
    "not SOAP": f"<a>{SECRET}</a>".encode(),
}


@pytest.fixture
def printed(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[list[str]]:
    """Turn everything up to DEBUG; afterwards hold all that was logged or printed."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("spyne")]
    assert len(names) > 10
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        if name != "spyne":
            logging.getLogger(name).setLevel(logging.DEBUG)
    everything: list[str] = []
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as events:
        yield everything
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    out, err = capfd.readouterr()
    everything += [out, err, caplog.text, *(record.getMessage() for record in caplog.records)]
    everything += [str(event) for event in events]
    assert not [line for line in everything if SECRET in line]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.usefixtures("printed")
def test_a_secret_in_a_body(app: WSGIApplication, body: str) -> None:
    answer = office.post(
        app,
        BODIES[body],
        HTTP_AUTHORIZATION=f"Basic {SECRET}",
        HTTP_COOKIE=f"session={SECRET}",
        HTTP_SOAPACTION=SECRET,
        QUERY_STRING=f"password={SECRET}",
    )
    assert SECRET.encode() not in answer.content


@pytest.mark.usefixtures("printed")
def test_a_secret_in_an_exception(app: WSGIApplication, sync: FakeSync) -> None:
    sync.raises["authenticate"] = RuntimeError(f"cannot check {SECRET}")
    assert office.post(app, SIGN_IN).texts[1] == "busy"


def test_a_failure_is_logged_with_what_helps(app: WSGIApplication, sync: FakeSync) -> None:
    sync.raises["send_request"] = RuntimeError(f"cannot check {SECRET}")
    with structlog.testing.capture_logs() as events:
        office.call(app, "sendRequestXML", {"ticket": "3b241101-e2bb-4255-8caf-4136c566a962"})
    (event,) = events
    assert event["event"] == "soap_operation_failed"
    assert event["operation"] == "sendRequestXML"
    assert event["ticket"] == "3b2411..."
    assert event["error"] == "RuntimeError"
    assert event["at"].startswith("qbwc_server.soap.service:")


def test_a_refusal_is_logged_with_its_place(app: WSGIApplication) -> None:
    with structlog.testing.capture_logs() as events:
        office.post(app, b"<a>\n<b></a>")
    (event,) = events
    assert event["event"] == "soap_request_refused"
    assert (event["reason"], event["line"]) == ("not_well_formed", 2)


def test_a_good_session_logs_nothing(app: WSGIApplication) -> None:
    credentials = {"strUserName": fake_sync.USER_NAME, "strPassword": fake_sync.PASSWORD}
    with structlog.testing.capture_logs() as events:
        ticket, _ = office.call(app, "authenticate", credentials).texts
        office.call(app, "closeConnection", {"ticket": ticket})
    assert events == []
