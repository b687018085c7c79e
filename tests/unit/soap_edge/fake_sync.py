"""A small honest `Sync`: it knows its tickets and the order of calls, and notes what it hears.

A session is two message sets long: asked, answered 50, asked, answered 100.
"""

import uuid
from typing import Any

USER_NAME = "office-1"
PASSWORD = "correct-horse-battery"
COMPANY_FILE = r"C:\Books\Ann & Co.qbw"
QBXML = '<?xml version="1.0" encoding="utf-8"?><QBXML><QBXMLMsgsRq onError="stopOnError"/></QBXML>'

WRONG_ORDER = "The calls came in the wrong order. Nothing was written. Please run the update again."
UNKNOWN_TICKET = "This session is over. Nothing was written. Please run the update again."


class FakeSync:
    """Plays the use cases in memory; `raises` names the methods that fail, and how."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.raises: dict[str, Exception] = {}
        self.answers: dict[str, Any] = {}
        self._exchanges: dict[str, int] = {}
        self._waiting: set[str] = set()
        self._errors: dict[str, str] = {}

    def heard(self, method: str) -> dict[str, Any]:
        """Return the arguments of the last call of a method."""
        return next(arguments for name, arguments in reversed(self.calls) if name == method)

    def _hear(self, method: str, **arguments: Any) -> None:
        self.calls.append((method, arguments))
        if method in self.raises:
            raise self.raises[method]

    def server_version(self) -> str:
        self._hear("server_version")
        return str(self.answers.get("server_version", "1.0"))

    def client_version(self, version: str) -> str:
        self._hear("client_version", version=version)
        return ""

    def authenticate(self, user_name: str, password: str, *, address: str) -> list[str]:
        self._hear("authenticate", user_name=user_name, password=password, address=address)
        if "authenticate" in self.answers:
            answer: list[str] = self.answers["authenticate"]
            return answer
        ticket = str(uuid.uuid4())
        if (user_name, password) != (USER_NAME, PASSWORD):
            return [ticket, "nvu"]
        self._exchanges[ticket] = 0
        return [ticket, ""]

    def send_request(
        self,
        ticket: str,
        *,
        hcp_response: str,
        company_file_name: str,
        country: str,
        major: int | None,
        minor: int | None,
    ) -> str:
        self._hear(
            "send_request",
            ticket=ticket,
            hcp_response=hcp_response,
            company_file_name=company_file_name,
            country=country,
            major=major,
            minor=minor,
        )
        if "send_request" in self.answers:
            text: str = self.answers["send_request"]
            return text
        if ticket not in self._exchanges:
            return ""
        if ticket in self._waiting:
            self._errors[ticket] = WRONG_ORDER
            return ""
        self._waiting.add(ticket)
        return QBXML

    def receive_response(self, ticket: str, *, response: str, hresult: str, message: str) -> int:
        self._hear(
            "receive_response",
            ticket=ticket,
            response=response,
            hresult=hresult,
            message=message,
        )
        if "receive_response" in self.answers:
            percent: int = self.answers["receive_response"]
            return percent
        if ticket not in self._waiting:
            self._errors[ticket] = WRONG_ORDER
            return -1
        self._waiting.remove(ticket)
        self._exchanges[ticket] += 1
        return min(100, 50 * self._exchanges[ticket])

    def connection_error(self, ticket: str, *, hresult: str, message: str) -> str:
        self._hear("connection_error", ticket=ticket, hresult=hresult, message=message)
        return "done"

    def last_error(self, ticket: str) -> str:
        self._hear("last_error", ticket=ticket)
        if "last_error" in self.answers:
            text: str = self.answers["last_error"]
            return text
        if ticket not in self._exchanges:
            return UNKNOWN_TICKET
        return self._errors.get(ticket, "")

    def close(self, ticket: str) -> str:
        self._hear("close", ticket=ticket)
        if "close" in self.answers:
            text: str = self.answers["close"]
            return text
        return "OK" if self._exchanges.pop(ticket, None) is not None else UNKNOWN_TICKET
