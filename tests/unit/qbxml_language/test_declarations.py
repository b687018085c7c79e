"""The declared elements against Intuit's own schema and annotated listing, where they are at hand.

Order, type, length and repetition come from the XSD 13.0; the versions from the 16.0 listing.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from qbxml import envelope, fields
from qbxml.aggregate import Aggregate, Nested, RequestMessage
from qbxml.fields import Element
from tests.unit.qbxml_language import shared

XSD = "{http://www.w3.org/2001/XMLSchema}"
FIRST_GATED = (3, 0)

CLASSES: list[type[Aggregate]] = []


def collect(cls: type[Aggregate]) -> None:
    """Add the class and all that it holds to CLASSES."""
    if cls not in CLASSES:
        CLASSES.append(cls)
        for _, declared in cls.plan.elements:
            if isinstance(declared.kind, Nested):
                collect(declared.kind.cls)


for _message in envelope.MESSAGES:
    collect(_message)
    collect(_message.answer)


@dataclass(frozen=True)
class Declared:
    """One element as Intuit declares it."""

    name: str
    type: str
    max_length: int | None
    words: tuple[str, ...]
    required: bool
    many: bool


@functools.cache
def top_level(folder: Path) -> dict[tuple[str, str], etree._Element]:
    """All global declarations of the schema by kind and name."""
    return {
        (node.tag.removeprefix(XSD), node.get("name", "")): node
        for path in sorted(folder.glob("*.xsd"))
        for node in etree.parse(path).getroot()
        if isinstance(node.tag, str)
    }


class Schema:
    def __init__(self, folder: Path) -> None:
        self.top = top_level(folder)

    def children(self, cls: type[Aggregate]) -> list[Declared]:
        """Return what the schema lets stand in the element, in its order."""
        name = cls.__name__
        if issubclass(cls, RequestMessage) and not cls.wrapped:
            return list(self._walk(self.top["complexType", f"{name}RqType"], required=True))
        kind = "element" if ("element", name) in self.top else "group"  # TxnDelRet is a group
        return list(self._walk(self.top[kind, name], required=True))

    def _walk(self, node: etree._Element, *, required: bool) -> list[Declared]:
        found: list[Declared] = []
        for child in node:
            kind = str(child.tag).removeprefix(XSD)
            needed = required and child.get("minOccurs") != "0"
            if kind == "element":
                found.append(self._element(child, required=needed))
            elif kind == "group":
                found += self._walk(self.top["group", child.get("ref", "")], required=needed)
            elif kind in ("complexType", "sequence", "choice"):
                found += self._walk(child, required=needed and kind != "choice")
        return found

    def _element(self, node: etree._Element, *, required: bool) -> Declared:
        shape = self.top["element", node.get("ref", "")] if node.get("ref") else node
        bases = [b.get("base", "") for b in shape.iter(f"{XSD}restriction", f"{XSD}extension")]
        lengths = [int(length.get("value", "")) for length in shape.iter(f"{XSD}maxLength")]
        ref = shape.find(f"{XSD}complexType/{XSD}sequence/{XSD}group")
        if ref is not None and str(ref.get("ref")).endswith("ListRef"):
            names = self._walk(self.top["group", ref.get("ref", "")], required=False)
            lengths = [n.max_length for n in names if n.max_length]
        return Declared(
            name=shape.get("name", ""),
            type=shape.get("type") or next(iter(bases), ""),
            max_length=next(iter(lengths), None),
            words=tuple(e.get("value", "") for e in shape.iter(f"{XSD}enumeration")),
            required=required,
            many=node.get("maxOccurs", "1") != "1",
        )


TYPES: dict[type[fields.Kind[Any]], set[str]] = {
    fields.Text: {"STRTYPE", "ENUMTYPE"},
    fields.Keyword: {"ENUMTYPE"},
    fields.Id: {"IDTYPE"},
    fields.Guid: {"GUIDTYPE"},
    fields.Bool: {"BOOLTYPE"},
    fields.Integer: {"INTTYPE"},
    fields.Amount: {"AMTTYPE"},
    fields.Date: {"DATETYPE"},
    fields.DateTime: {"DATETIMETYPE"},
}


def limit(declared: Element) -> int | None:
    kind = declared.kind.full_name if isinstance(declared.kind, fields.Reference) else declared.kind
    return kind.max_length if isinstance(kind, fields.Text) else None


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
class TestAgainstTheSchema:
    def intuits(self, cls: type[Aggregate]) -> list[Declared]:
        return Schema(shared.at_hand("qbxml-schemas/13.0")).children(cls)

    def test_the_order_is_the_schemas(self, cls: type[Aggregate]) -> None:
        ours = [declared.name for _, declared in cls.plan.elements]
        assert [d.name for d in self.intuits(cls) if d.name in ours] == ours

    def test_type_and_length_are_the_schemas(self, cls: type[Aggregate]) -> None:
        theirs = {d.name: d for d in self.intuits(cls)}
        for _, declared in cls.plan.elements:
            intuit = theirs[declared.name]
            if type(declared.kind) in TYPES:
                assert intuit.type in TYPES[type(declared.kind)], declared.name
            if intuit.max_length is not None:
                assert limit(declared) in (intuit.max_length, None), declared.name
            if isinstance(declared.kind, fields.Keyword):
                assert set(declared.kind.words) == set(intuit.words), declared.name
            if isinstance(declared.kind, fields.Text) and intuit.words:
                assert max(map(len, intuit.words)) <= declared.kind.max_length

    def test_repetition_is_the_schemas(self, cls: type[Aggregate]) -> None:
        theirs = {d.name: d for d in self.intuits(cls)}
        for _, declared in cls.plan.elements:
            assert declared.many == theirs[declared.name].many, declared.name

    def test_what_the_schema_requires_of_us_is_required(self, cls: type[Aggregate]) -> None:
        if not cls.__name__.endswith(("Add", "Del", "Query", "Filter")):
            return  # an answer requires nothing
        ours = {declared.name: declared for _, declared in cls.plan.elements}
        for intuit in self.intuits(cls):
            if intuit.required:
                assert ours[intuit.name].required, intuit.name


@functools.cache
def introduced(listing: Path) -> dict[str, tuple[int, int]]:
    """Return "RqOrRs/.../element" -> the version that the listing says it came with."""
    table: dict[str, tuple[int, int]] = {}
    stack: list[str] = []
    for line in listing.read_text(encoding="latin-1").splitlines():
        note = re.search(r"<!--.*\bv(\d+)\.(\d)\b.*-->\s*$", line)
        for close, name, empty in re.findall(
            r"<(/?)([A-Za-z]\w*)[^<>]*?(/?)>", re.sub(r"<!--.*?-->", "", line)
        ):
            if close:
                stack.pop()
                continue
            stack.append(name)
            if note:
                table.setdefault("/".join(stack[2:]), (int(note[1]), int(note[2])))
                note = None
            if empty:
                stack.pop()
    return table


def paths(cls: type[Aggregate], prefix: str) -> list[tuple[str, Element]]:
    found = []
    for _, declared in cls.plan.elements:
        path = f"{prefix}/{declared.name}"
        found.append((path, declared))
        if isinstance(declared.kind, Nested):
            found += paths(declared.kind.cls, path)
    return found


@pytest.mark.parametrize("message", envelope.MESSAGES, ids=lambda cls: cls.__name__)
def test_the_versions_are_the_listings(message: type[RequestMessage]) -> None:
    listing = introduced(shared.at_hand("qbxml-schemas/16.0/qbxmlops160-annotated.xml"))
    name = message.__name__
    ours = paths(message, f"{name}Rq/{name}" if message.wrapped else f"{name}Rq")
    answer = f"{name}Rs/{message.answer.__name__}" if message.answer_wrapped else f"{name}Rs"
    ours += paths(message.answer, answer)
    for path, declared in ours:
        since = listing.get(path)
        if since is not None and since > FIRST_GATED:
            assert declared.since == since, path
        else:
            assert declared.since is None, path
