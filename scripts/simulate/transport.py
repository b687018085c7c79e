"""SOAP calls over real HTTP, one connection each, and the GETs made when an application is added.

It neither repeats a call nor follows a redirect. A test may put another `Transport` around it, to
lose a request or an answer.
"""

from collections.abc import Callable
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from scripts.simulate.soap import NAMESPACE, HttpAnswer

# The operation's name and the envelope; raises OSError or http.client.HTTPException.
Transport = Callable[[str, bytes], HttpAnswer]

# What .NET's SoapHttpClientProtocol waits for one call; the Web Connector's own value is not known.
CALL_TIMEOUT_S = 100.0


class HttpTransport:
    """POSTs to the service at `url`; `timeout_s` for connecting and for each read."""

    def __init__(self, url: str, *, timeout_s: float = CALL_TIMEOUT_S) -> None:
        self.url = url
        self.timeout_s = timeout_s

    def __call__(self, operation: str, body: bytes) -> HttpAnswer:
        """Make one call. Errors: OSError, http.client.HTTPException."""
        headers = {
            "User-Agent": "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol)",
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{NAMESPACE}{operation}"',
            "Expect": "100-continue",
        }
        return _exchange("POST", self.url, body, headers, self.timeout_s)


def get(url: str) -> int:
    """Ask for a page and answer its HTTP status. Errors: OSError, http.client.HTTPException."""
    return _exchange("GET", url, None, {}, CALL_TIMEOUT_S).status


def _exchange(
    method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_s: float
) -> HttpAnswer:
    parts = urlsplit(url)
    connection = _connection(parts, timeout_s)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return HttpAnswer(answer.status, names, answer.read())
    finally:
        connection.close()


def _connection(parts: SplitResult, timeout_s: float) -> HTTPConnection:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout_s)
