"""A stub of the web service: real HTTP, answers laid out by a test, written from Intuit's WSDL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from xml.sax.saxutils import escape

from lxml import etree

from scripts.simulate.soap import HttpAnswer

TNS = "http://developer.intuit.com/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TICKET = "c3f6e0a2-ticket"
Laid = str | int | list[str] | HttpAnswer


@dataclass
class Service:
    """What it answers per operation, the last answer again and again; and what it was asked."""

    answers: dict[str, list[Laid]]
    pages: dict[str, int] = field(default_factory=lambda: {"/qbwc": 200, "/support": 200})
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/qbwc"

    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]

    def arguments(self, operation: str) -> list[dict[str, str]]:
        return [arguments for name, arguments in self.asked if name == operation]

    def answer(self, body: bytes, headers: dict[str, str]) -> HttpAnswer:
        call = etree.fromstring(body)[0][0]
        operation = etree.QName(call).localname
        arguments = {etree.QName(child).localname: child.text or "" for child in call}
        self.asked.append((operation, arguments))
        self.headers.append(headers)
        self.bodies.append(body)
        laid = self.answers[operation]
        value = laid.pop(0) if len(laid) > 1 else laid[0]
        return value if isinstance(value, HttpAnswer) else ok(operation, value)


def ok(operation: str, value: str | int | list[str]) -> HttpAnswer:
    if isinstance(value, list):
        inner = "".join(f"<t:string>{escape(each)}</t:string>" for each in value)
    else:
        inner = escape(str(value))
    return envelope(
        f"<t:{operation}Response><t:{operation}Result>{inner}</t:{operation}Result>"
        f"</t:{operation}Response>"
    )


def envelope(
    body: str, *, status: int = 200, content_type: str = "text/xml; charset=utf-8"
) -> HttpAnswer:
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}" xmlns:t="{TNS}">'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )
    return HttpAnswer(status, {"content-type": content_type}, text.encode())


def fault(sentence: str) -> HttpAnswer:
    return envelope(
        f"<s:Fault><faultcode>s:Server</faultcode><faultstring>{sentence}</faultstring></s:Fault>",
        status=500,
    )


def working(*message_sets: str, percents: tuple[int, ...] = (100,)) -> dict[str, list[Laid]]:
    """Answers of a service with these message sets to send."""
    return {
        "serverVersion": ["1.0"],
        "clientVersion": [""],
        "authenticate": [[TICKET, ""]],
        "sendRequestXML": [*message_sets] or [""],
        "receiveResponseXML": [*percents],
        "getLastError": [""],
        "connectionError": ["done"],
        "closeConnection": ["OK"],
    }


@contextmanager
def running(answers: dict[str, list[Laid]]) -> Iterator[Service]:
    service = Service(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = {name.lower(): value for name, value in self.headers.items()}
            self._send(service.answer(body, names))

        def do_GET(self) -> None:
            self._send(HttpAnswer(service.pages.get(self.path, 404), {}, b"page"))

        def _send(self, answer: HttpAnswer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
