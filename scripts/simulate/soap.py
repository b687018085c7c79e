"""SOAP 1.1 as a .NET client writes it, and a strict reading of what the service answers.

Source: Intuit's WSDL of the Web Connector service, and captured requests. Dispatching the calls is
not done here, nor is HTTP.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

NAMESPACE = "http://developer.intuit.com/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
PREFIXES = {"soap": ENVELOPE, "xsi": INSTANCE, "xsd": SCHEMA}

# Each operation and its parameters, in the order of the WSDL.
OPERATIONS: dict[str, tuple[str, ...]] = {
    "serverVersion": (),
    "clientVersion": ("strVersion",),
    "authenticate": ("strUserName", "strPassword"),
    "sendRequestXML": (
        *("ticket", "strHCPResponse", "strCompanyFileName"),
        *("qbXMLCountry", "qbXMLMajorVers", "qbXMLMinorVers"),
    ),
    "receiveResponseXML": ("ticket", "response", "hresult", "message"),
    "connectionError": ("ticket", "hresult", "message"),
    "getLastError": ("ticket",),
    "closeConnection": ("ticket",),
}
INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
CONTENT_TYPE = re.compile(r"""text/xml(\s*;\s*charset\s*=\s*"?utf-8"?)?""", re.IGNORECASE)
INT_RANGE = range(-(2**31), 2**31)

Result = str | int | list[str]
Node = etree._Element  # noqa: SLF001  # lxml has no public name for the type of its elements


class SoapError(Exception):
    """A call failed: no answer, a fault, or an answer that a .NET client cannot bind."""


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP answer; `headers` with their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def write_request(operation: str, arguments: Mapping[str, str | int]) -> bytes:
    """Write the envelope of a call; an empty argument becomes an empty element."""
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=PREFIXES)
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    call = etree.SubElement(body, f"{{{NAMESPACE}}}{operation}", nsmap={None: NAMESPACE})
    for name in OPERATIONS[operation]:
        element = etree.SubElement(call, f"{{{NAMESPACE}}}{name}")
        element.text = str(arguments[name]) or None
    # In an element's text lxml writes > as an entity, so these two characters end a tag.
    text = etree.tostring(envelope, encoding="unicode").replace("/>", " />")
    return f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()


def read_result(operation: str, answer: HttpAnswer) -> Result:
    """Read the result of a call.

    A text, an int (receiveResponseXML) or two to four texts (authenticate). Errors: SoapError for
    anything else than HTTP 200 with exactly the element the WSDL describes.
    """
    _check_http(answer)
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.fromstring(answer.body, parser)
    except etree.XMLSyntaxError as error:
        raise SoapError(f"Response is not well-formed XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise SoapError("The answer has a document type; .NET forbids it.")
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise SoapError(f"The answer is no SOAP 1.1 envelope but {root.tag!r}.")
    body = _only_child(_body(root), f"{operation}Response")
    result = _only_child(body, f"{operation}Result")
    if operation == "authenticate":
        return _strings(result)
    text = _text(result)
    return _integer(text) if operation == "receiveResponseXML" else text


def _check_http(answer: HttpAnswer) -> None:
    if answer.status != 200:  # noqa: PLR2004  # HTTP OK
        raise SoapError(f"HTTP status {answer.status}: {_fault(answer.body)}")
    content_type = answer.headers.get("content-type", "")
    if CONTENT_TYPE.fullmatch(content_type.strip()) is None:
        raise SoapError(f"Found response content type of {content_type!r}, but expected text/xml.")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise SoapError("The answer is compressed.")
    if not answer.body:
        raise SoapError("The request failed with an empty response.")


def _fault(body: bytes) -> str:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return "no SOAP fault"
    return root.findtext(".//faultstring") or "no SOAP fault"


def _body(root: Node) -> Node:
    bodies = root.findall(f"{{{ENVELOPE}}}Body")
    if len(bodies) != 1:
        raise SoapError("The envelope has no Body, or several.")
    return bodies[0]


def _only_child(parent: Node, name: str) -> Node:
    tags = [child.tag for child in parent]
    if tags != [f"{{{NAMESPACE}}}{name}"] or (parent.text or "").strip():
        raise SoapError(f"{name} alone is wanted in {parent.tag!r}, not {tags}.")
    return parent[0]


def _strings(result: Node) -> list[str]:
    if any(child.tag != f"{{{NAMESPACE}}}string" for child in result):
        raise SoapError("Index was outside the bounds of the array: wrong elements in it.")
    values = [_text(child) for child in result]
    if not 2 <= len(values) <= 4:  # noqa: PLR2004  # ticket, verdict, and two optional times
        raise SoapError(f"Index was outside the bounds of the array: {len(values)} strings.")
    return values


def _text(element: Node) -> str:
    if len(element):
        raise SoapError(f"{element.tag!r} holds elements where a text is wanted.")
    if element.get(f"{{{INSTANCE}}}nil") is not None:
        raise SoapError(f"{element.tag!r} is nil.")
    return element.text or ""


def _integer(text: str) -> int:
    if INTEGER.fullmatch(text.strip()) is None or int(text) not in INT_RANGE:
        raise SoapError(f"{text!r} is not in a correct format for an int.")
    return int(text)
