"""Bytes from a stranger to a tree, and text that XML can carry.

Parses with entities, DTD and network off, bounded in elements; repairs what a .NET client may
write and XML forbids. It knows nothing of SOAP, and no text of a body leaves it in an error.
"""

import re
import sys
from typing import AnyStr

from lxml import etree

from sync_core.wording import faults

# The longest start tag of a SOAP envelope has a few hundred characters. One filled with attributes
# would take thirty times its size in memory before any handler of ours could see it. The text of a
# call is escaped, so outside of tags a "<" is never far from a ">".
_LONG_TAG = re.compile(rb"<[^>]{65536}")
# A call has under ten elements, ours with headers under fifty; the qbXML in it is text. The limit
# keeps 64 MiB of "<a/>" from becoming 2 GiB of tree.
ELEMENTS_MAX = 1_000
# Parsed in steps, so that the limit is met within one of them. Bigger steps are not faster.
_STEP = 1 << 20

_CONTROL_BYTES = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_REFERENCE = r"&#(?:x([0-9a-fA-F]{1,16})|([0-9]{1,20}));"
# A reference, or in UTF-8 one of U+FFFE, U+FFFF and the surrogates. (A legal reference stays.)
_SUSPECT = re.compile(
    _REFERENCE.encode() + rb"|\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf][\x80-\xbf]",
)
_TEXT_REFERENCE = re.compile(_REFERENCE)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Refused(Exception):  # noqa: N818 - it is an answer to the caller, not an error of ours
    """A request that gets a SOAP fault; its text is the sentence for the office.

    `reason` is one word for the log. `line` and `column` say where, if that is known. Nothing of
    the request itself is in here: it may hold a password.
    """

    def __init__(self, reason: str, sentence: str, line: int = 0, column: int = 0) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.line = line
        self.column = column


def parse(body: bytes) -> etree._Element:
    """Parse a whole document, repaired once if it does not parse as it is.

    The encoding is the document's own; what HTTP said about it is ignored. Raises Refused: not
    well-formed, a DOCTYPE, too many elements.
    """
    try:
        return _parse(body)
    except etree.XMLSyntaxError:
        pass
    try:
        return _parse(repair(body))
    except etree.XMLSyntaxError as error:
        # libxml2's message can quote the body, so only the place is kept.
        line, column = error.position
        raise Refused("not_well_formed", faults.NOT_XML, line or 0, column or 0) from None


def repair(body: bytes) -> bytes:
    """Remove what XML 1.0 forbids: control bytes, and references to forbidden characters.

    A .NET client writes U+0001 in a string as "&#x1;", which no parser takes back.
    """
    without_controls = body.translate(None, _CONTROL_BYTES)
    return _SUSPECT.sub(lambda match: match[0] if _is_legal(match) else b"", without_controls)


def repair_text(text: str) -> str:
    """Remove references to forbidden characters from XML that arrived as text in a document.

    The characters themselves cannot be in it: the parser of the document refuses them.
    """
    return _TEXT_REFERENCE.sub(lambda match: match[0] if _is_legal(match) else "", text)


def legal_text(text: str) -> str:
    """Remove the characters that XML 1.0 cannot carry, lone surrogates included."""
    return _ILLEGAL.sub("", text)


def _parse(body: bytes) -> etree._Element:
    if _LONG_TAG.search(body):
        raise Refused("tag_too_long", faults.NOT_SOAP)
    parser = etree.XMLPullParser(
        events=("start",),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    count = 0
    for start in range(0, len(body), _STEP):
        parser.feed(body[start : start + _STEP])
        count += sum(1 for _ in parser.read_events())
        if count > ELEMENTS_MAX:
            raise Refused("too_many_elements", faults.NOT_SOAP)
    root = parser.close()
    # Looked up in the tree, not in the bytes: UTF-16 would hide it there.
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("doctype", faults.DOCTYPE)
    return root


def _is_legal(match: re.Match[AnyStr]) -> bool:
    """Say whether a reference names a character of XML 1.0; a match without a number does not."""
    number = int(match[1], 16) if match[1] else int(match[2] or "0")
    return number <= sys.maxunicode and not _ILLEGAL.match(chr(number))
