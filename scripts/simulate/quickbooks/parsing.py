"""A message set as text becomes checked requests, or is refused whole.

Reads as QuickBooks does: strict in form, ASCII only, one version instruction. Texts lose what
Windows-1252 cannot hold. Nothing is executed here.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from lxml import etree

from scripts.simulate.quickbooks.company_file import version_number
from scripts.simulate.quickbooks.grammar import Check, Version
from scripts.simulate.quickbooks.markup import Element, tag_of
from scripts.simulate.quickbooks.refusals import (
    Refusal,
    bad_request_id,
    unparsable,
    unsupported_version,
)
from scripts.simulate.quickbooks.request_table import REQUESTS, RequestForm

VERSION_INSTRUCTION = re.compile(r"""version=["']([0-9]+\.[0-9]+)["']""")
ITERATOR_SINCE = (5, 0)
MAX_REQUEST_ID = 50  # more is status 1060


@dataclass(frozen=True)
class Request:
    """One request as sent: `name` without its Rq, and what refuses it before it is executed."""

    name: str
    request_id: str | None
    element: Element
    version: Version
    fault: Refusal | None

    def attribute(self, name: str) -> str | None:
        """Read an attribute of the request element."""
        return self.element.get(name)


@dataclass(frozen=True)
class MessageSet:
    """A request message set; `stops` is stopOnError."""

    requests: tuple[Request, ...]
    stops: bool


def parse(text: str, versions: Collection[str]) -> MessageSet:
    """Read a request message set.

    Errors: ComError 0x80040400 for anything wrong with its form, 0x80040423 for a version that is
    not in `versions`. Source: Intuit XSD 13.0, QBXMLMsgsRq.
    """
    root = _read(text)
    version = _version(root, versions)
    if [tag_of(each) for each in (root, *root)] != ["QBXML", "QBXMLMsgsRq"] or root.attrib:
        raise unparsable("a QBXML element with one QBXMLMsgsRq is wanted")
    message_set = root[0]
    # The schema also knows rollbackOnError and message set ids; see request_table.
    if dict(message_set.attrib) not in ({"onError": "stopOnError"}, {"onError": "continueOnError"}):
        raise unparsable("QBXMLMsgsRq needs onError and nothing else")
    _no_text(root)
    _no_text(message_set)
    requests = tuple(_request(element, version) for element in message_set)
    return MessageSet(requests, message_set.get("onError") == "stopOnError")


def _read(text: str) -> Element:
    # Raw letters above 127 fail in one published account even where the encoding is declared.
    if not text.isascii():
        raise unparsable("raw characters above 127")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode("ascii"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise unparsable(f"not well-formed: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise unparsable("a document type")
    for element in root.iter(etree.Element):
        element.text = _windows_1252(element.text)
    return root


def _windows_1252(text: str | None) -> str | None:
    """Put a question mark for each letter QuickBooks cannot keep."""
    return text and text.encode("cp1252", "replace").decode("cp1252")


def _version(root: Element, versions: Collection[str]) -> Version:
    instructions = list(root.itersiblings(preceding=True))
    if len(instructions) != 1:
        raise unparsable("one qbxml instruction is wanted before QBXML")
    found = VERSION_INSTRUCTION.fullmatch((instructions[0].text or "").strip())
    if getattr(instructions[0], "target", None) != "qbxml" or found is None:
        raise unparsable("the qbxml instruction is wrong")
    if found[1] not in versions:
        raise unsupported_version(found[1])
    return version_number(found[1])


def _no_text(element: Element) -> None:
    if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
        raise unparsable(f"text in {tag_of(element)}")


def _request(element: Element, version: Version) -> Request:
    name, suffix = tag_of(element)[:-2], tag_of(element)[-2:]
    form = REQUESTS.get(name)
    if form is None or suffix != "Rq" or form.since > version:
        raise unparsable(f"{tag_of(element)} is not known")
    _attributes(element, form, version)
    check = Check(version)
    check.element(element, form.content)
    request_id = element.get("requestID")
    faults = [bad_request_id()] if len(request_id or "") > MAX_REQUEST_ID else check.too_long
    return Request(name, request_id, element, version, faults[0] if faults else None)


def _attributes(element: Element, form: RequestForm, version: Version) -> None:
    allowed = {"requestID"}
    if form.has_iterator and version >= ITERATOR_SINCE:
        allowed |= {"iterator", "iteratorID"}
    if not allowed.issuperset(map(str, element.attrib)):
        raise unparsable(f"{tag_of(element)} has other attributes than {sorted(allowed)}")
    if element.get("iterator", "Start") not in ("Start", "Continue", "Stop"):
        raise unparsable(f"the iterator of {tag_of(element)} is none")
