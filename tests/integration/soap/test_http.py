"""The service under a running gunicorn, mounted at /qbwc, as HTTP sees it."""

from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.integration.soap.server import Server, post, read
from tests.unit.soap_edge import office


@pytest.fixture
def line(server: Server) -> Iterator[HTTPConnection]:
    connection = server.http()
    yield connection
    connection.close()


@pytest.mark.parametrize("path", ["/qbwc", "/qbwc/", "/qbwc?wsdl", "/qbwc/?WSDL"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_plain_look_is_answered_200(line: HTTPConnection, method: str, path: str) -> None:
    line.request(method, path)
    assert read(line.getresponse()).status == "200 OK"


@pytest.mark.parametrize("path", ["/qbwcx", "/qbwc/x", "/QBWC"])
def test_its_neighbours_are_not_it(line: HTTPConnection, path: str) -> None:
    line.request("GET", path)
    assert read(line.getresponse()).status.startswith("404")


def test_one_connection_serves_call_after_call(line: HTTPConnection) -> None:
    post(line, office.envelope("serverVersion"))
    first = line.sock
    assert first is not None
    for body in (office.envelope("serverVersion"), b"<a>", office.envelope("getLastError")):
        post(line, body)
        assert line.sock is first


def test_a_missing_content_type_is_accepted(line: HTTPConnection) -> None:
    body = office.envelope("serverVersion")
    line.putrequest("POST", "/qbwc")
    line.putheader("Content-Length", str(len(body)))
    line.endheaders(body)
    assert read(line.getresponse()).text == "1.0"


def test_a_chunked_body_is_read(line: HTTPConnection) -> None:
    body = office.envelope("serverVersion")
    line.request("POST", "/qbwc", iter([body[:50], body[50:]]), encode_chunked=True)
    assert read(line.getresponse()).text == "1.0"


def test_a_client_that_waits_to_be_asked_for_the_body(server: Server) -> None:
    # As .NET does on every POST.
    body = office.envelope("serverVersion")
    with server.connect() as line, line.makefile("rb") as answers:
        head = f"POST /qbwc HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
        line.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert answers.readline() == b"\r\n"
        line.sendall(body)
        assert answers.readline() == b"HTTP/1.1 200 OK\r\n"


def test_a_body_cut_off_by_its_sender_gets_a_fault(server: Server) -> None:
    with server.connect() as line:
        line.sendall(b"POST /qbwc HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n<a>")
        line.shutdown(1)
        with line.makefile("rb") as answers:
            assert answers.readline() == b"HTTP/1.1 500 Internal Server Error\r\n"
            assert b"broke off" in answers.read()
