"""Message sets: requests to the one document QuickBooks takes, and its answer back to values.

The requests of one set are matched to their responses by requestID. Message-set ids
(newMessageSetID, oldMessageSetID) are never sent: nothing shows that they work through the Web
Connector. Nothing here decides what an answer means.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from qbxml.aggregate import Aggregate, RequestMessage, fill, read
from qbxml.charge import ChargeQuery
from qbxml.company import CompanyQuery, HostQuery, PreferencesQuery
from qbxml.credit_memo import CreditMemoQuery
from qbxml.customer import CustomerQuery
from qbxml.deletion import ListDeletedQuery, TxnDel, TxnDeletedQuery
from qbxml.errors import BuildError, ParseError
from qbxml.fields import Version, parse_version, read_integer
from qbxml.invoice import InvoiceQuery
from qbxml.lists import AccountQuery, PaymentMethodAdd, PaymentMethodQuery
from qbxml.payment import (
    ReceivePaymentAdd,
    ReceivePaymentQuery,
    ReceivePaymentToDepositQuery,
)
from qbxml.status import Status

Iterator = Literal["Start", "Continue", "Stop"]
OnError = Literal["stopOnError", "continueOnError"]

MESSAGES: tuple[type[RequestMessage], ...] = (
    HostQuery,
    CompanyQuery,
    PreferencesQuery,
    ReceivePaymentAdd,
    ReceivePaymentQuery,
    ReceivePaymentToDepositQuery,
    TxnDel,
    TxnDeletedQuery,
    ListDeletedQuery,
    InvoiceQuery,
    CreditMemoQuery,
    ChargeQuery,
    CustomerQuery,
    PaymentMethodAdd,
    PaymentMethodQuery,
    AccountQuery,
)
_BY_NAME = {message.__name__: message for message in MESSAGES}

# Longer ones come back as status 1060 (Intuit On-Screen Reference, "Status codes").
REQUEST_ID_LENGTH_MAX = 50
# The lengths declared here hold from 3.0 on; before that a payment's RefNumber had 11 characters.
VERSION_MIN = (3, 0)
_ITERATOR_SINCE = (5, 0)
_PLAIN = re.compile(r"[!-~]+")
_CONTINUES = ' iterator="Continue"'
_REQUEST = re.compile(r"<(\w+)Rq requestID=")


@dataclass(frozen=True, slots=True)
class Request:
    """One message on its way out, under the requestID that its response will carry.

    `iterator` asks for the answer in pages of the message's MaxReturned; "Continue" and "Stop"
    need the `iterator_id` of the first page.
    """

    request_id: str
    message: RequestMessage
    iterator: Iterator | None = None
    iterator_id: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: its message's name without "Rs", its status, and the objects it brought.

    `objects` is empty for messages we do not know. `iterator_remaining` counts the objects that
    are still to come, 0 on the last page; None when the answer does not come in pages.
    `recovery_txn_id` is the TxnID in an ErrorRecovery block: a transaction that was touched.
    """

    name: str
    request_id: str | None
    status: Status
    objects: tuple[Aggregate, ...]
    iterator_id: str | None
    iterator_remaining: int | None
    recovery_txn_id: str | None = None


@dataclass(frozen=True, slots=True)
class MessageSet:
    """All that QuickBooks answered in one exchange, in its order."""

    responses: tuple[Response, ...]

    def by_request_id(self) -> dict[str, tuple[Response, ...]]:
        """Return the responses under their requestID; those without one are left out.

        More than one response under an id is the caller's to notice.
        """
        found: dict[str, list[Response]] = {}
        for response in self.responses:
            if response.request_id is not None:
                found.setdefault(response.request_id, []).append(response)
        return {request_id: tuple(responses) for request_id, responses in found.items()}

    def counts(self) -> dict[str, dict[str, int]]:
        """Count the objects that came by name, and the responses by status code ("" for none)."""
        codes = (response.status.code for response in self.responses)
        return {
            "objects": dict(
                Counter(type(item).__name__ for one in self.responses for item in one.objects)
            ),
            "codes": dict(Counter("" if code is None else str(code) for code in codes)),
        }


def build(requests: Sequence[Request], *, version: str, on_error: OnError = "stopOnError") -> str:
    """Return the message set as the text to hand to QuickBooks: ASCII, two declarations first.

    `version` ("13.0") is the language QuickBooks is asked to read it in. Raises BuildError for
    whatever QuickBooks would refuse; nothing is built then.
    """
    spoken = _spoken(version)
    if on_error not in ("stopOnError", "continueOnError"):
        raise BuildError("QBXMLMsgsRq/@onError", "must be stopOnError or continueOnError")
    if not requests:
        raise BuildError("QBXMLMsgsRq", "holds no request")
    root = etree.Element("QBXML")
    message_set = etree.SubElement(root, "QBXMLMsgsRq", onError=on_error)
    seen: set[str] = set()
    for request in requests:
        try:
            _check_request_id(request.request_id, seen)
            _append(message_set, request, spoken)
        except BuildError as error:
            name = type(request.message).__name__
            raise error.within(name, request.request_id) from None
    body = etree.tostring(root, encoding="us-ascii").decode("ascii")
    return f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>{body}'


def goes_on(text: str) -> bool:
    """Say whether a message set that was built here asks for a further page of an answer.

    Such a one is not the same question when it is asked twice.
    """
    return _CONTINUES in text


def requests_in(text: str) -> dict[str, int]:
    """Count the requests of a message set that was built here, by the names of their messages."""
    return dict(Counter(_REQUEST.findall(text)))


def _spoken(version: str) -> Version:
    try:
        spoken = parse_version(version)
    except ValueError:
        raise BuildError("qbxml/@version", "must be a version like 13.0") from None
    if spoken < VERSION_MIN:
        raise BuildError("qbxml/@version", "must be 3.0 or newer")
    return spoken


def _check_request_id(request_id: str, seen: set[str]) -> None:
    if not _PLAIN.fullmatch(request_id) or len(request_id) > REQUEST_ID_LENGTH_MAX:
        raise BuildError("@requestID", "must be 1 to 50 ASCII characters without spaces")
    if request_id in seen:
        raise BuildError("@requestID", "is used a second time in this message set")
    seen.add(request_id)


def _append(message_set: etree._Element, request: Request, version: Version) -> None:
    message = request.message
    name = type(message).__name__
    node = etree.SubElement(message_set, f"{name}Rq", requestID=request.request_id)
    if request.iterator is not None or request.iterator_id is not None:
        _set_iterator(node, request, version)
    fill(etree.SubElement(node, name) if message.wrapped else node, message, version)


def _set_iterator(node: etree._Element, request: Request, version: Version) -> None:
    iterator, iterator_id, message = request.iterator, request.iterator_id, request.message
    if not message.has_iterator:
        raise BuildError("@iterator", "is not known to this message")
    if version < _ITERATOR_SINCE:
        raise BuildError("@iterator", "needs qbXML 5.0 or newer")
    if iterator not in ("Start", "Continue", "Stop"):
        raise BuildError("@iterator", "must be Start, Continue or Stop")
    if (iterator == "Start") != (iterator_id is None):
        raise BuildError("@iteratorID", "belongs to Continue and Stop, and to them alone")
    if iterator != "Stop" and getattr(message, "max_returned", None) is None:
        raise BuildError("MaxReturned", "is required with an iterator")
    node.set("iterator", iterator)
    if iterator_id is not None:
        if not _PLAIN.fullmatch(iterator_id):
            raise BuildError("@iteratorID", "must be the iteratorID of the first page")
        node.set("iteratorID", iterator_id)


def parse(text: str | bytes) -> MessageSet:
    """Return QuickBooks' answer as values.

    Lenient about elements: unknown, missing and unreadable ones never raise. Strict about the
    whole: ParseError when it is cut, not well-formed, declares a DOCTYPE, or is no message set.
    A str may carry a declaration of any encoding; bytes are read in the encoding they declare.
    """
    root = _tree(text)
    sets = root.findall("QBXMLMsgsRs") if root.tag == "QBXML" else []
    if not sets:
        raise ParseError("The answer is XML, but not a qbXML message set of responses.")
    return MessageSet(
        tuple(
            _response(node, str(node.tag).removesuffix("Rs"))
            for message_set in sets
            for node in message_set
        )
    )


def _response(node: etree._Element, name: str) -> Response:
    message = _BY_NAME.get(name)
    remaining = node.get("iteratorRemainingCount")
    return Response(
        name=name,
        request_id=node.get("requestID") or None,
        status=Status(
            read_integer(node.get("statusCode", "")),
            node.get("statusSeverity", ""),
            node.get("statusMessage", ""),
        ),
        objects=_objects(message, node) if message else (),
        iterator_id=node.get("iteratorID") or None,
        iterator_remaining=read_integer(remaining) if remaining else None,
        recovery_txn_id=node.findtext("ErrorRecovery/TxnID") or None,
    )


def _objects(message: type[RequestMessage], node: etree._Element) -> tuple[Aggregate, ...]:
    answer = message.answer
    if message.answer_wrapped:
        return tuple(read(answer, child) for child in node.iterchildren(answer.__name__))
    found = read(answer, node)
    return () if found == answer() else (found,)


_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
# The characters of XML 1.0, section 2.2.
_LEGAL = ((0x9, 0xA, 0xD), range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))
_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));|\xef\xbf[\xbe\xbf]")


def _tree(text: str | bytes) -> etree._Element:
    body = text.encode("utf-8", "ignore") if isinstance(text, str) else text
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")  # a byte order mark, and space before a declaration
    encoding = "utf-8" if isinstance(text, str) else None
    if not body:
        raise ParseError("The answer is empty.")
    try:
        return _read_xml(body, encoding)
    except etree.XMLSyntaxError:
        # A .NET client writes U+0001 as "&#x1;", which XML forbids. Without this one repair the
        # answer to a set that was carried out would be lost.
        body = _REFERENCE.sub(_legal, body.translate(None, _CONTROLS))
    try:
        return _read_xml(body, encoding)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise ParseError(
            f"The answer is cut or not well-formed XML (line {line}, column {column})."
        ) from None


def _read_xml(body: bytes, encoding: str | None) -> etree._Element:
    """Parse with entities, DTD and network off; `huge_tree` only lifts the 10 MB limit."""
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(body, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ParseError("The answer declares a DOCTYPE, which qbXML never does.")
    return root


def _legal(found: re.Match[bytes]) -> bytes:
    if found[1] is None and found[2] is None:
        return b""  # U+FFFE or U+FFFF
    number = int(found[1], 16) if found[1] else int(found[2])
    return found[0] if any(number in legal for legal in _LEGAL) else b""
