"""The Web Connector's side of the wire for tests: envelopes as it writes them, answers as read."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication
from xml.sax.saxutils import escape

from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
INTUIT = "{http://developer.intuit.com/}"

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope'
    ' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = "</soap:Body></soap:Envelope>"

# Our own table of the eight operations, typed from the Web Connector's documentation:
# (argument, type) in order, and the type of the result. All texts are optional, no integer is.
OPERATIONS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "serverVersion": ([], "string"),
    "clientVersion": ([("strVersion", "string")], "string"),
    "authenticate": ([("strUserName", "string"), ("strPassword", "string")], "ArrayOfString"),
    "sendRequestXML": (
        [
            ("ticket", "string"),
            ("strHCPResponse", "string"),
            ("strCompanyFileName", "string"),
            ("qbXMLCountry", "string"),
            ("qbXMLMajorVers", "int"),
            ("qbXMLMinorVers", "int"),
        ],
        "string",
    ),
    "receiveResponseXML": (
        [
            ("ticket", "string"),
            ("response", "string"),
            ("hresult", "string"),
            ("message", "string"),
        ],
        "int",
    ),
    "connectionError": (
        [("ticket", "string"), ("hresult", "string"), ("message", "string")],
        "string",
    ),
    "getLastError": ([("ticket", "string")], "string"),
    "closeConnection": ([("ticket", "string")], "string"),
}
INTERACTIVE = {
    "getInteractiveURL": ["wcTicket", "sessionID"],
    "interactiveRejected": ["wcTicket", "reason"],
    "interactiveDone": ["wcTicket"],
    "isInteractiveDone": ["wcTicket"],
}


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers, bytes."""

    status: str
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> etree._Element:
        """The one element in the SOAP body."""
        envelope = etree.fromstring(self.content)
        assert envelope.tag == f"{SOAP}Envelope"
        (body,) = envelope
        assert body.tag == f"{SOAP}Body"
        (element,) = body
        return element

    @property
    def result(self) -> etree._Element:
        """The result element of an answer that is no fault."""
        assert self.status == "200 OK", self.content
        assert self.headers["Content-Type"] == "text/xml; charset=utf-8"
        (result,) = self.body
        assert result.tag == str(self.body.tag).removesuffix("Response") + "Result"
        return result

    @property
    def text(self) -> str:
        return self.result.text or ""

    @property
    def texts(self) -> list[str]:
        assert all(item.tag == f"{INTUIT}string" for item in self.result)
        return [item.text or "" for item in self.result]

    @property
    def fault(self) -> str:
        """The sentence of a fault, of the form the .NET client shows."""
        assert self.status == "500 Internal Server Error"
        assert self.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert self.body.tag == f"{SOAP}Fault"
        assert [child.tag for child in self.body] == ["faultcode", "faultstring", "detail"]
        return self.body.findtext("faultstring") or ""


def envelope(operation: str, arguments: dict[str, str] | None = None) -> bytes:
    """Write a call as the Web Connector does."""
    inner = "".join(f"<{n}>{escape(text)}</{n}>" for n, text in (arguments or {}).items())
    call = f'<{operation} xmlns="http://developer.intuit.com/">{inner}</{operation}>'
    return f"{HEAD}{call}{TAIL}".encode()


def request(
    app: WSGIApplication, method: str = "POST", environ: Mapping[str, Any] | None = None
) -> Answer:
    """Make one request, in process."""
    heard: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        heard.append((status, dict(headers)))

    whole = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "/qbwc",
        "PATH_INFO": "",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "203.0.113.7",
        "wsgi.input": io.BytesIO(),
        **(environ or {}),
    }
    content = b"".join(app(whole, start_response))
    ((status, headers),) = heard
    return Answer(status, headers, content)


def post(app: WSGIApplication, body: bytes, **environ: Any) -> Answer:
    """Post bytes, with a length."""
    usual = {
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    return request(app, "POST", {**usual, **environ})


def call(app: WSGIApplication, operation: str, arguments: dict[str, str] | None = None) -> Answer:
    """Call an operation."""
    return post(app, envelope(operation, arguments))
