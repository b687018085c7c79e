"""The operations of the Web Connector, a few lines each: names and types for the wire, no rules.

Source: the WSDL of QBWebConnectorSvc (eight operations); for the interactive ones, which stand in
no WSDL, QBWC Programmer's Guide 2.0, ch. 6 and 10. Python names are ours, wire names Intuit's.
"""

from collections.abc import Callable
from typing import Any, cast

from qbwc_server.soap import xml
from qbwc_server.soap.compat import Array, Integer32, Service, Unicode, rpc
from qbwc_server.soap.port import Sync
from sync_core.wording import faults

SERVICE_NAME = "QBWebConnectorSvc"
PORT_NAME = "QBWebConnectorSvcSoap"
# Its page works in Internet Explorer only, so it is never asked for; answered all the same, under
# each of the names that Intuit's texts and samples give.
INTERACTIVE = frozenset(
    {"getInteractiveURL", "interactiveRejected", "interactiveDone", "isInteractiveDone"},
)

_Text = Unicode(nillable=False)
_Int = Integer32(min_occurs=1, nillable=False)
_ArrayOfString = Array(Unicode(nillable=True), type_name="ArrayOfString", nillable=False)


def _operation(
    name: str,
    arguments: dict[str, Any],
    returns: Any = _Text,
) -> Callable[[Callable[..., Any]], Any]:
    """Declare an operation: its name, its arguments in order, by wire name, and its result."""

    def declare(function: Callable[..., Any]) -> Any:
        own_names = function.__code__.co_varnames[1 : function.__code__.co_argcount]
        return rpc(
            *arguments.values(),
            _operation_name=name,
            _in_variable_names=dict(zip(own_names, arguments, strict=True)),
            _returns=returns,
            _out_message_name=f"{name}Response",
            _out_variable_name=f"{name}Result",
            _port_type=PORT_NAME,
        )(function)

    return declare


def _sync(ctx: Any) -> Sync:
    return cast("Sync", ctx.app.config)


class WebConnectorService(Service):
    """All operations in one class: with two, .NET's tools read the binding twice and give up.

    The first argument is Spyne's context of the call. A docstring here stands in the WSDL.
    """

    __service_name__ = SERVICE_NAME
    __port_types__ = (PORT_NAME,)

    @_operation("serverVersion", {})
    def server_version(ctx: Any) -> str:  # noqa: N805 - Spyne makes it a static method
        """Name the server's version."""
        return _sync(ctx).server_version()

    @_operation("clientVersion", {"strVersion": _Text})
    def client_version(ctx: Any, version: str) -> str:  # noqa: N805 - as above
        """Judge the version of the Web Connector."""
        return _sync(ctx).client_version(version)

    @_operation("authenticate", {"strUserName": _Text, "strPassword": _Text}, _ArrayOfString)
    def authenticate(ctx: Any, user_name: str, password: str) -> list[str]:  # noqa: N805 - as above
        """Open a session: ticket and verdict."""
        address = ctx.transport.req_env.get("REMOTE_ADDR") or ""
        return _sync(ctx).authenticate(user_name, password, address=address)

    @_operation(
        "sendRequestXML",
        {
            "ticket": _Text,
            "strHCPResponse": _Text,
            "strCompanyFileName": _Text,
            "qbXMLCountry": _Text,
            "qbXMLMajorVers": _Int,
            "qbXMLMinorVers": _Int,
        },
    )
    def send_request(
        ctx: Any,  # noqa: N805 - as above
        ticket: str,
        hcp_response: str,
        company_file_name: str,
        country: str,
        major: int | None,
        minor: int | None,
    ) -> str:
        """Give the next message set for QuickBooks."""
        return _sync(ctx).send_request(
            ticket,
            hcp_response=xml.repair_text(hcp_response),
            company_file_name=company_file_name,
            country=country,
            major=major,
            minor=minor,
        )

    @_operation(
        "receiveResponseXML",
        {"ticket": _Text, "response": _Text, "hresult": _Text, "message": _Text},
        _Int,
    )
    def receive_response(
        ctx: Any,  # noqa: N805 - as above
        ticket: str,
        response: str,
        hresult: str,
        message: str,
    ) -> int:
        """Take QuickBooks' answer to a message set."""
        return _sync(ctx).receive_response(
            ticket,
            response=xml.repair_text(response),
            hresult=hresult,
            message=message,
        )

    @_operation("connectionError", {"ticket": _Text, "hresult": _Text, "message": _Text})
    def connection_error(ctx: Any, ticket: str, hresult: str, message: str) -> str:  # noqa: N805 - as above
        """Hear that QuickBooks did not open."""
        return _sync(ctx).connection_error(ticket, hresult=hresult, message=message)

    @_operation("getLastError", {"ticket": _Text})
    def last_error(ctx: Any, ticket: str) -> str:  # noqa: N805 - as above
        """Tell what went wrong."""
        # An empty text is shown as nobody knows what, and comes when we failed and kept nothing.
        return _sync(ctx).last_error(ticket) or faults.FAULT

    @_operation("closeConnection", {"ticket": _Text})
    def close(ctx: Any, ticket: str) -> str:  # noqa: N805 - as above
        """End the session."""
        return _sync(ctx).close(ticket)

    @_operation("getInteractiveURL", {"wcTicket": _Text, "sessionID": _Text})
    def interactive_url(ctx: Any, ticket: str, session_id: str) -> str:  # noqa: ARG002, N805 - as above
        """Have no page to show."""
        return ""

    @_operation("interactiveRejected", {"wcTicket": _Text, "reason": _Text})
    def interactive_rejected(ctx: Any, ticket: str, reason: str) -> str:  # noqa: ARG002, N805 - as above
        """Have nothing to say about it."""
        return ""

    @_operation("interactiveDone", {"wcTicket": _Text})
    def interactive_done(ctx: Any, ticket: str) -> str:  # noqa: ARG002, N805 - as above
        """Have nothing that could be done."""
        return ""

    @_operation("isInteractiveDone", {"wcTicket": _Text})
    def is_interactive_done(ctx: Any, ticket: str) -> str:  # noqa: ARG002, N805 - as above
        """Have nothing that could be done."""
        return ""
