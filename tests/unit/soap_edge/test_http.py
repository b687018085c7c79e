"""Methods, paths, sizes and broken lines."""

import io
from wsgiref.types import WSGIApplication

import pytest

from qbwc_server.soap import http, xml
from sync_core.wording import faults
from tests.unit.soap_edge import office
from tests.unit.soap_edge.fake_sync import FakeSync


class Endless(io.RawIOBase):
    """A body of so many zero bytes, made as it is read."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.left -= given
        self.taken += given
        return bytes(given)


class Broken(io.RawIOBase):
    """A body whose line is cut, or whose sender falls silent, after the first bytes."""

    def __init__(self, start: bytes) -> None:
        self.start = start

    def read(self, size: int = -1) -> bytes:
        if not self.start:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        given, self.start = self.start[:size], self.start[size:]
        return given


@pytest.mark.parametrize("path", ["", "/"])
@pytest.mark.parametrize("query", ["", "x=1", "wsdl", "WSDL", "wsdl=1&a=b"])
def test_get_and_head_are_200(app: WSGIApplication, path: str, query: str) -> None:
    get = office.request(app, "GET", {"PATH_INFO": path, "QUERY_STRING": query})
    head = office.request(app, "HEAD", {"PATH_INFO": path, "QUERY_STRING": query})
    assert get.status == head.status == "200 OK"
    assert get.headers == head.headers
    assert head.content == b""
    assert get.headers["Content-Length"] == str(len(get.content))
    is_wsdl = b"definitions" in get.content
    assert is_wsdl == query.lower().startswith("wsdl")
    assert get.headers["Content-Type"] == (
        "text/xml; charset=utf-8" if is_wsdl else "text/html; charset=utf-8"
    )


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"])
def test_other_methods_are_405(app: WSGIApplication, method: str) -> None:
    answer = office.request(app, method)
    assert answer.status == "405 Method Not Allowed"
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_paths_are_404(app: WSGIApplication, method: str) -> None:
    assert office.request(app, method, {"PATH_INFO": "/x"}).status == "404 Not Found"


def test_no_answer_to_a_call_is_kept_by_a_cache(app: WSGIApplication) -> None:
    assert office.call(app, "serverVersion").headers["Cache-Control"] == "no-store"
    assert office.post(app, b"").headers["Cache-Control"] == "no-store"


def test_a_chunked_body_has_no_length(app: WSGIApplication) -> None:
    body = io.BytesIO(office.envelope("serverVersion"))
    answer = office.request(app, "POST", {"wsgi.input": body, "wsgi.input_terminated": True})
    assert answer.text == "1.0"


def test_without_a_length_or_an_end_there_is_no_body(app: WSGIApplication) -> None:
    body = io.BytesIO(office.envelope("serverVersion"))
    assert office.request(app, "POST", {"wsgi.input": body}).fault == faults.NOT_XML


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_64_mib_is_read_and_a_byte_more_is_not(chunked: bool) -> None:  # noqa: FBT001 - parametrized
    def environ(size: int) -> dict[str, object]:
        length = {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(size)}
        return {"wsgi.input": Endless(size), **length}

    assert len(http.read_body(environ(64 << 20))) == 64 << 20
    with pytest.raises(xml.Refused) as refused:
        http.read_body(environ((64 << 20) + 1))
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_too_large_is_read_away_before_it_is_refused(
    app: WSGIApplication,
    chunked: bool,  # noqa: FBT001 - parametrized
) -> None:
    stream = Endless(65 << 20)
    length = {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(65 << 20)}
    answer = office.request(app, "POST", {"wsgi.input": stream, **length})
    assert answer.fault == faults.TOO_LARGE
    assert stream.left == 0


@pytest.mark.parametrize("chunked", [False, True])
def test_politeness_has_an_end(
    app: WSGIApplication,
    chunked: bool,  # noqa: FBT001 - parametrized
) -> None:
    stream = Endless(10 << 30)
    length = {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(10 << 30)}
    answer = office.request(app, "POST", {"wsgi.input": stream, **length})
    assert answer.fault == faults.TOO_LARGE
    assert stream.taken == http.DISCARD_MAX


def test_a_body_shorter_than_it_said_is_not_taken_for_whole(app: WSGIApplication) -> None:
    body = office.envelope("serverVersion")
    answer = office.post(app, body, CONTENT_LENGTH=str(len(body) + 1))
    assert answer.fault == faults.BROKE_OFF


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_stops_arriving(
    app: WSGIApplication,
    chunked: bool,  # noqa: FBT001 - parametrized
) -> None:
    body = office.envelope("serverVersion")
    length = {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(len(body))}
    answer = office.request(app, "POST", {"wsgi.input": Broken(body[:50]), **length})
    assert answer.fault == faults.BROKE_OFF


def test_what_nobody_thought_of_is_a_fault(app: WSGIApplication) -> None:
    # No such environment comes from a server; it stands for whatever might go wrong in ours.
    answer = office.request(app, "POST", {"CONTENT_LENGTH": "a few", "wsgi.input": None})
    assert answer.fault == faults.FAULT
    assert answer.body.findtext("faultcode") == "soap:Server"


def test_no_header_of_the_request_is_needed(app: WSGIApplication, sync: FakeSync) -> None:
    body = office.envelope("authenticate")
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body))}
    app({**environ, "wsgi.input": io.BytesIO(body)}, lambda *_: lambda _: None)
    assert sync.heard("authenticate")["address"] == ""
