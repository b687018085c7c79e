"""The shapes on the wire: a call out of an envelope, an answer or a fault into one.

Source: SOAP 1.1, sections 4 and 6.2, and the WSDL of QBWebConnectorSvc. It decides nothing and
knows no operation by name: an answer to X is XResponse holding XResult.
"""

from dataclasses import dataclass

from lxml import etree

from qbwc_server.soap import xml
from sync_core.wording import faults

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
# The slash at the end is part of it. The Web Connector knows no other namespace.
INTUIT = "http://developer.intuit.com/"

Answer = str | int | list[str]

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True, slots=True)
class Call:
    """One operation as asked for: its full tag, and its arguments by local name."""

    tag: str
    arguments: dict[str, str]


def read_call(envelope: etree._Element) -> Call:
    """Take the call out of an envelope; raises Refused where there is none.

    Lenient in what hangs on it: arguments count by local name, the first of each; attributes
    (xsi:type, xsi:nil, href of the RPC style), headers and all else are passed over.
    """
    body = envelope.find(f"{{{SOAP}}}Body") if envelope.tag == f"{{{SOAP}}}Envelope" else None
    operation = next(iter(body), None) if body is not None else None
    if operation is None:
        raise xml.Refused("not_soap", faults.NOT_SOAP)
    arguments: dict[str, str] = {}
    for child in operation:
        # Elements inside an argument are nothing we know, but no text is dropped unseen.
        arguments.setdefault(etree.QName(child).localname, "".join(child.itertext()))
    return Call(str(operation.tag), arguments)


def answer(operation: str, result: Answer) -> bytes:
    """Build the envelope of an answer; the result element is always there, if need be empty."""
    envelope, body = _envelope()
    response = etree.SubElement(body, f"{{{INTUIT}}}{operation}Response", nsmap={None: INTUIT})
    element = etree.SubElement(response, f"{{{INTUIT}}}{operation}Result")
    if isinstance(result, list):
        for text in result:
            etree.SubElement(element, f"{{{INTUIT}}}string").text = xml.legal_text(text)
    else:
        element.text = xml.legal_text(str(result))
    return _bytes(envelope)


def fault(code: str, sentence: str) -> bytes:
    """Build the envelope of a fault; `code` is Client (their fault) or Server (ours).

    Goes out with HTTP 500. The .NET client shows the sentence only when a detail is there too
    (observed: with a .NET SOAP client class, without a detail it reports a fault in a header).
    """
    envelope, body = _envelope()
    element = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(element, "faultcode").text = f"soap:{code}"
    etree.SubElement(element, "faultstring").text = sentence
    detail = etree.SubElement(element, "detail")
    etree.SubElement(detail, f"{{{INTUIT}}}message", nsmap={None: INTUIT}).text = sentence
    return _bytes(envelope)


def _envelope() -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    return envelope, etree.SubElement(envelope, f"{{{SOAP}}}Body")


def _bytes(envelope: etree._Element) -> bytes:
    # ASCII with numeric references, so that no reader can mistake the encoding. It is UTF-8 too,
    # and that is what it says, as every server does that the Web Connector has been seen with.
    return _DECLARATION + etree.tostring(envelope)
