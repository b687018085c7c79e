"""qbXML as QuickBooks prints it, built by lxml.

QuickBooks writes `<?xml version="1.0" ?>` without an encoding and without a qbxml instruction, one
tag a line, every character above 127 as a decimal reference, and also quotes and apostrophes in
text as entities. Source: recorded answers of QuickBooks 2009 to 2026.
"""

from collections.abc import Iterable

from lxml import etree

Element = etree._Element  # noqa: SLF001  # lxml has no public name for the type of its elements
Part = Element | tuple[str, str | None] | Iterable["Part"]

# lxml leaves ' and " alone in text. They travel as private characters and become entities at the
# end; no other character of these two can be there, since Windows-1252 has none of them.
_PRIVATE = str.maketrans({"'": "\ue001", '"': "\ue002"})


def node(tag: str, *parts: Part) -> Element:
    """Make an element of its children, in the order given.

    A part is an element, a (tag, text) pair, or a series of parts; a pair whose text is None is
    left out.
    """
    element = etree.Element(tag)
    for part in parts:
        _append(element, part)
    return element


def _append(parent: Element, part: Part) -> None:
    match part:
        case (str(tag), None):
            pass
        case (str(tag), str(text)):
            etree.SubElement(parent, tag).text = text.translate(_PRIVATE)
        case etree._Element():  # noqa: SLF001  # as above
            parent.append(part)
        case _:
            for inner in part:
                _append(parent, inner)


def document(message_set: Element) -> str:
    """Print a response message set the way QuickBooks does, with LF line ends."""
    root = node("QBXML", message_set)
    etree.indent(root, space="")
    body = etree.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii")
    body = body.replace("&#57345;", "&apos;").replace("&#57346;", "&quot;").replace('"/>', '" />')
    return f'<?xml version="1.0" ?>\n{body}\n'


def tag_of(element: Element) -> str:
    """Name an element; an instruction among the elements has no name."""
    return element.tag if isinstance(element.tag, str) else ""


def flag(value: bool) -> str:  # noqa: FBT001  # the only thing it takes is the flag
    """Write a BOOLTYPE."""
    return "true" if value else "false"
