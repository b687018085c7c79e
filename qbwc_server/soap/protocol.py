"""Spyne's classes with our reading and writing put in: it is left with dispatch and the WSDL.

Its own reading lets a dozen request shapes out as exceptions and guesses at others; its own
writing drops the Body when a text holds a control character.
"""

import re
import traceback
from typing import Any

import structlog

from qbwc_server.soap import answers, wire
from qbwc_server.soap.compat import Application, Integer32, Soap11
from sync_core.wording import faults

# Where the call, already read, waits in the environment that Spyne is given.
CALL_KEY = "qbwc.soap.call"

_OURS = frozenset({"qbwc_server", "models", "sync_core", "qbxml", "config_builder"})
_PLAIN_INT = re.compile(r"\s*[+-]?[0-9]{1,9}\s*")
_TICKET_SHOWN = 6
# Shorter than this it is no ticket of ours, and six characters of it could be most of a secret.
_TICKET_LENGTH_MIN = 20

log = structlog.get_logger()


class ReadSoap(Soap11):
    """The way in: the arguments of a `wire.Call`, in the order of the operation's declaration."""

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:  # noqa: ARG002 - Spyne's signature
        """Take over the call that was read before Spyne was asked."""
        ctx.in_document = ctx.transport.req_env.pop(CALL_KEY)

    def decompose_incoming_envelope(self, ctx: Any, message: str = Soap11.REQUEST) -> None:  # noqa: ARG002 - as above
        """Name the operation by the tag of its element; SOAPAction is not looked at."""
        ctx.method_request_string = ctx.in_document.tag

    def deserialize(self, ctx: Any, message: str) -> None:  # noqa: ARG002 - as above
        """Give every argument a value: "" for a text that is absent, None for no number."""
        given = ctx.in_document.arguments
        ctx.in_object = [
            lenient_int(given.get(name, "")) if issubclass(kind, Integer32) else given.get(name, "")
            for name, kind in ctx.descriptor.in_message._type_info.items()  # noqa: SLF001 - Spyne has no other
        ]
        # A context lives until the garbage collector comes by; 64 MiB of answer must not.
        ctx.in_document = None


class WriteSoap(Soap11):
    """The way out: an answer, or the fault of last resort."""

    def serialize(self, ctx: Any, message: str) -> None:  # noqa: ARG002 - as above
        """Build the whole envelope; the answer has been checked by `WebConnectorApplication`."""
        if ctx.out_error is None:
            ctx.out_document = wire.answer(ctx.descriptor.operation_name, ctx.out_object[0])
        else:
            ctx.out_document = wire.fault("Server", faults.FAULT)

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:  # noqa: ARG002 - as above
        """Hand on the bytes."""
        ctx.out_string = [ctx.out_document]


class WebConnectorApplication(Application):
    """Lets no exception out of an operation and no wrong type into an answer."""

    def call_wrapper(self, ctx: Any) -> wire.Answer:
        """Call the operation; on any exception log where it was and say what the protocol has."""
        operation = ctx.descriptor.operation_name
        ticket = _ticket(ctx)
        try:
            return answers.checked(operation, super().call_wrapper(ctx))
        except Exception as error:  # noqa: BLE001 - the edge, where every one of them ends
            # Type and place only: the text of an exception can quote a password or a customer.
            log.error(  # noqa: TRY400 - a traceback's last line is that text
                "soap_operation_failed",
                operation=operation,
                ticket=ticket,
                error=type(error).__name__,
                at=innermost_place(error),
            )
            return answers.on_failure(operation)
        finally:
            ctx.in_object = None  # as in `deserialize`


def lenient_int(text: str) -> int | None:
    """Read a whole number of up to nine digits; None for anything else, blank included."""
    return int(text) if _PLAIN_INT.fullmatch(text) else None


def masked(ticket: str) -> str:
    """Shorten a ticket for the log, so that nobody can use it."""
    return f"{ticket[:_TICKET_SHOWN]}..." if len(ticket) >= _TICKET_LENGTH_MIN else "..."


def innermost_place(error: BaseException) -> str:
    """Say at which module and line of ours an exception passed last."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in _OURS:
            place = f"{module}:{line}"
    return place


def _ticket(ctx: Any) -> str | None:
    """Return the call's ticket, masked; None for an operation without one."""
    names = list(ctx.descriptor.in_message._type_info)  # noqa: SLF001 - as above
    has_ticket = bool(names) and names[0] in {"ticket", "wcTicket"}
    return masked(ctx.in_object[0]) if has_ticket else None
