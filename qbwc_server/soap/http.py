"""The plain WSGI callable around Spyne: methods, sizes, and a fault for whatever is left.

All HTTP of the service is here. A fault goes out with status 500, the only one with which the
.NET client shows its sentence.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog

from qbwc_server.soap import protocol, wire, xml
from sync_core.wording import faults

# A page of 64 MiB is far above the biggest we ask QuickBooks for; parsed it takes 200 to 700 MB.
BODY_MAX = 64 << 20
# A bigger one is read away before it is answered: answered earlier, the .NET client reports a
# closed socket and our sentence is lost. Past this we stop being polite.
DISCARD_MAX = 256 << 20
# From here on one at a time is parsed in a process, for the memory's sake.
BIG_BODY = 4 << 20
_BLOCK = 1 << 20

_XML = "text/xml; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_NO_STORE = (("Cache-Control", "no-store"),)
_FAULT_STATUS = "500 Internal Server Error"
_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>QuickBooks Web Connector service</title></head>
<body><h1>QuickBooks Web Connector service</h1>
<p>This address is for Intuit's QuickBooks Web Connector. There is nothing to do here.</p>
<p><a href="?wsdl">WSDL</a></p></body></html>
"""

log = structlog.get_logger()


class Reply(NamedTuple):
    """An HTTP answer: status line, content type, content, further headers."""

    status: str
    content_type: str
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Edge:
    """The service as a WSGI callable, to be mounted at /qbwc."""

    def __init__(
        self,
        spyne: Callable[..., Iterable[bytes]],
        *,
        tags: frozenset[str],
        document: bytes,
    ) -> None:
        """Stand before `spyne`, which knows the operations `tags`; `document` is the WSDL."""
        self._spyne = spyne
        self._tags = tags
        self._document = document
        self._big_one = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one request; never raises, never without a fault in a 500."""
        try:
            reply = self._reply(environ)
        except xml.Refused as refused:
            log.warning(
                "soap_request_refused",
                reason=refused.reason,
                line=refused.line,
                column=refused.column,
            )
            reply = _fault("Client", str(refused))
        except Exception as error:  # noqa: BLE001 - the last resort
            # Type and place only, as in `protocol`: a text could quote the body.
            log.error(  # noqa: TRY400 - as above
                "soap_last_resort",
                error=type(error).__name__,
                at=protocol.innermost_place(error),
            )
            reply = _fault("Server", faults.FAULT)
        head = environ.get("REQUEST_METHOD") == "HEAD"
        start_response(
            reply.status,
            [
                ("Content-Type", reply.content_type),
                ("Content-Length", str(len(reply.content))),
                *reply.headers,
            ],
        )
        return [] if head else [reply.content]

    def _reply(self, environ: WSGIEnvironment) -> Reply:
        if environ.get("PATH_INFO", "") not in {"", "/"}:
            return Reply("404 Not Found", _TEXT, b"There is nothing here.\n")
        match environ["REQUEST_METHOD"]:
            case "GET" | "HEAD":
                # The Web Connector makes a plain GET when the application is added, and blames
                # the certificate (QBWC1048) for any answer but 200.
                if _asks_for_wsdl(environ):
                    return Reply("200 OK", _XML, self._document)
                return Reply("200 OK", "text/html; charset=utf-8", _PAGE)
            case "POST":
                return self._call(environ)
        allow = (("Allow", "GET, HEAD, POST"),)
        return Reply("405 Method Not Allowed", _TEXT, b"GET, HEAD or POST only.\n", allow)

    def _call(self, environ: WSGIEnvironment) -> Reply:
        body = read_body(environ)
        with self._turn(len(body)):
            call = wire.read_call(xml.parse(body))
            del body  # before the use case takes as much again
            if call.tag not in self._tags:
                raise xml.Refused("unknown_operation", faults.UNKNOWN_OPERATION)
            return self._ask_spyne(environ, call)

    def _turn(self, size: int) -> AbstractContextManager[Any]:
        return self._big_one if size > BIG_BODY else nullcontext()

    def _ask_spyne(self, environ: WSGIEnvironment, call: wire.Call) -> Reply:
        statuses: list[str] = []

        def start(status: str, *_: object) -> None:
            statuses.append(status)

        # A made-up environment: no header of the request, least of all a secret one, gets there.
        inner = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "",
            "QUERY_STRING": "",
            "CONTENT_TYPE": _XML,
            "REMOTE_ADDR": environ.get("REMOTE_ADDR", ""),
            protocol.CALL_KEY: call,
        }
        content = b"".join(self._spyne(inner, start, ""))
        return Reply(statuses[0], _XML, content, _NO_STORE)


def read_body(environ: WSGIEnvironment) -> bytes:
    """Read a POST's body, with a length or in chunks; raises Refused: too large, broken off.

    Over BODY_MAX it is read to its end and thrown away, DISCARD_MAX at most.
    """
    length = _declared_length(environ)
    stream = environ["wsgi.input"]
    blocks: list[bytes] = []
    taken = 0
    try:
        while taken < DISCARD_MAX and (length is None or taken < length):
            block = stream.read(_BLOCK if length is None else min(_BLOCK, length - taken))
            if not block:
                break
            taken += len(block)
            if taken <= BODY_MAX:
                blocks.append(block)
            else:
                blocks.clear()
    except OSError:
        # The line was cut, or the client has been silent for too long (see gunicorn_conf).
        raise xml.Refused("broke_off", faults.BROKE_OFF) from None
    if taken > BODY_MAX:
        raise xml.Refused("too_large", faults.TOO_LARGE)
    if length is not None and taken < length:
        raise xml.Refused("broke_off", faults.BROKE_OFF)
    return b"".join(blocks)


def _declared_length(environ: WSGIEnvironment) -> int | None:
    """Return the body's length in bytes; None when it ends by itself (a chunked one)."""
    text = environ.get("CONTENT_LENGTH") or ""
    if text:
        return int(text)
    # Without a length, and without the server's word that the body ends, reading could wait for
    # ever (PEP 3333), so there is no body then.
    return None if environ.get("wsgi.input_terminated") else 0


def _asks_for_wsdl(environ: WSGIEnvironment) -> bool:
    name = str(environ.get("QUERY_STRING", "")).partition("&")[0].partition("=")[0]
    return name.lower() == "wsdl"


def _fault(code: str, sentence: str) -> Reply:
    return Reply(_FAULT_STATUS, _XML, wire.fault(code, sentence), _NO_STORE)
