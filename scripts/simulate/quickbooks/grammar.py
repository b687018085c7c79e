"""A small grammar for request elements: sequences, choices, types, lengths and versions.

It checks a request's children strictly in order, as QuickBooks' own parser does. What is wrong with
the form refuses the whole message set; a text that is only too long refuses its request, later.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from scripts.simulate.quickbooks.markup import Element, tag_of
from scripts.simulate.quickbooks.refusals import Refusal, too_long, unparsable

Version = tuple[int, int]


@dataclass(frozen=True)
class Leaf:
    """A text: the test of its form, and the length over which its request is refused (3070)."""

    fits: Callable[[str], bool]
    limit: int | None = None


@dataclass(frozen=True)
class One:
    """An element at one place of a sequence, `least` to `most` times, known since a version."""

    name: str
    content: "Leaf | Group"
    least: int = 1
    most: int | None = 1
    since: Version = (1, 1)


@dataclass(frozen=True)
class Choice:
    """One of several sequences; when it is not required, possibly none."""

    branches: "tuple[Group, ...]"
    required: bool = True


Group = tuple[One | Choice, ...]


def one(name: str, content: Leaf | Group, since: Version = (1, 1)) -> One:
    """An element that must be there once."""
    return One(name, content, since=since)


def maybe(name: str, content: Leaf | Group, since: Version = (1, 1)) -> One:
    """An element that may be there once."""
    return One(name, content, least=0, since=since)


def some(name: str, content: Leaf | Group, since: Version = (1, 1)) -> One:
    """An element that is there once or more."""
    return One(name, content, most=None, since=since)


def any_number(name: str, content: Leaf | Group, since: Version = (1, 1)) -> One:
    """An element that may be there any number of times."""
    return One(name, content, least=0, most=None, since=since)


def text(limit: int) -> Leaf:
    """A STRTYPE of at most that many characters."""
    return Leaf(lambda _: True, limit)


def enumeration(*values: str) -> Leaf:
    """An ENUMTYPE."""
    return Leaf(values.__contains__)


def matching(pattern: str) -> Leaf:
    """A type given by a pattern."""
    return Leaf(lambda value: re.fullmatch(pattern, value) is not None)


def _is_date(value: str) -> bool:
    if value == "":
        return True
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


# Intuit's own patterns (XSD 13.0). Where a type lets an empty text pass, the request fails later.
# A date is held to YYYY-MM-DD, though the schema would let a zone follow.
AMOUNT = matching(r"([+\-]?[0-9]{1,13}(\.[0-9]{2})?)?")
BOOLEAN = enumeration("true", "false", "1", "0", "")
DATE = Leaf(_is_date)
DATETIME = matching(
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(T[0-9]{1,2}(:[0-9]{1,2}(:[0-9]{1,2}([+\-][0-9]{1,2}:[0-9]{1,2})?)?)?)?)?"
)
FLOAT = matching(r"([+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?")
GUID = matching(r"0|(\{[0-9a-fA-F]{8}(-([0-9a-fA-F]{4})){3}-[0-9a-fA-F]{12}\})")
MAX_ID_LENGTH = 36  # Intuit XSD 13.0, IDTYPE
ID = Leaf(lambda value: len(value) <= MAX_ID_LENGTH)
COUNT = matching(r"\+?0*[1-9][0-9]*")


class Check:
    """One reading of a request against the grammar of a qbXML version."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.too_long: list[Refusal] = []

    def element(self, element: Element, content: Leaf | Group) -> None:
        """Check what stands in an element. Errors: ComError 0x80040400."""
        if isinstance(content, Leaf):
            self._leaf(element, content)
            return
        children = list(element)
        if (element.text or "").strip() or any((child.tail or "").strip() for child in children):
            raise unparsable(f"text between the elements of {tag_of(element)}")
        end = self._group(content, children, 0)
        if end < len(children):
            raise unparsable(f"{tag_of(children[end])} is not expected here in {tag_of(element)}")

    def _leaf(self, element: Element, leaf: Leaf) -> None:
        value = element.text or ""
        if len(element):
            raise unparsable(f"{tag_of(element)} holds elements")
        if element.attrib:
            raise unparsable(f"{tag_of(element)} has attributes")
        if not leaf.fits(value):
            raise unparsable(f"{tag_of(element)} cannot be {value!r}")
        if leaf.limit is not None and len(value) > leaf.limit:
            self.too_long.append(too_long(tag_of(element), value, leaf.limit))

    def _group(self, group: Group, children: Sequence[Element], start: int) -> int:
        for part in group:
            if isinstance(part, One):
                start = self._one(part, children, start)
            else:
                start = self._choice(part, children, start)
        return start

    def _one(self, part: One, children: Sequence[Element], start: int) -> int:
        end = start
        while end < len(children) and tag_of(children[end]) == part.name:
            if part.since > self.version:
                raise unparsable(f"{part.name} is not known in this version")
            if part.most is not None and end - start == part.most:
                raise unparsable(f"{part.name} stands here too often")
            if isinstance(part.content, tuple) and children[end].attrib:
                raise unparsable(f"{part.name} has attributes")
            self.element(children[end], part.content)
            end += 1
        if end - start < part.least:
            raise unparsable(f"{part.name} is missing")
        return end

    def _choice(self, choice: Choice, children: Sequence[Element], start: int) -> int:
        tag = tag_of(children[start]) if start < len(children) else None
        for branch in choice.branches:
            if tag in _openers(branch):
                return self._group(branch, children, start)
        if choice.required:
            raise unparsable("one of several elements is missing")
        return start


def _openers(group: Group) -> set[str]:
    """Names that an element may have which opens this sequence."""
    names: set[str] = set()
    for part in group:
        if isinstance(part, One):
            names.add(part.name)
            if part.least:
                return names
        else:
            for branch in part.branches:
                names |= _openers(branch)
    return names
