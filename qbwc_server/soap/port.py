"""What the service asks of the use cases behind it.

One Protocol, plain values in and out: no Spyne, no XML tree, no database on either side of it.
"""

from typing import Protocol


class Sync(Protocol):
    """The eight calls of the Web Connector, as use cases.

    Texts that were absent arrive as "". No method returns None. A method may raise: the edge then
    logs where, never what, and gives the answer the protocol has for it (`answers.on_failure`).
    Source: QBWC Programmer's Guide 2.0, ch. 10, and the WSDL of QBWebConnectorSvc.
    """

    def server_version(self) -> str:
        """Name the version shown in the Web Connector's "More information"."""
        ...

    def client_version(self, version: str) -> str:
        """Judge the Web Connector's version: "" to go on, or "W:", "E:", "O:" and a text."""
        ...

    def authenticate(self, user_name: str, password: str, *, address: str) -> list[str]:
        """Open a session.

        Returns two to four strings: the ticket; "", "none", "nvu", "busy" or the path of the
        company file; seconds to postpone; the shortest interval in seconds. `address` is the
        caller's IP address as the server in front of us reports it.
        """
        ...

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
        """Give the next message set, or "" to be asked `last_error`.

        `hcp_response` is qbXML, on the first call only, cleaned like `response` below. `major`
        and `minor` are the highest qbXML version QuickBooks speaks; None: not a plain number.
        """
        ...

    def receive_response(self, ticket: str, *, response: str, hresult: str, message: str) -> int:
        """Take QuickBooks' answer; return percent done, 100 at the end, negative for an error.

        `response` is qbXML from which characters that XML forbids have been removed, written out
        or as references (the Web Connector passes both on).
        """
        ...

    def connection_error(self, ticket: str, *, hresult: str, message: str) -> str:
        """Hear that QuickBooks did not open; return "done", or a company file to try next."""
        ...

    def last_error(self, ticket: str) -> str:
        """Return the sentence for the status column, or "NoOp" to be asked again in 5 seconds.

        The edge replaces "" by a sentence of its own: what the Web Connector shows for it is not
        documented.
        """
        ...

    def close(self, ticket: str) -> str:
        """End the session; return the sentence for the status column."""
        ...
