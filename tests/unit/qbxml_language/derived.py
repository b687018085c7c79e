"""One base that derives the tests of a message from its declaration and one example.

A subclass gives the example twice, as an object and as the XML it must be; everything else (each
required child left out, each length, each version, each branch) follows from the declared elements.
"""

import dataclasses
import datetime as dt
import itertools
import re
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from lxml import etree

from qbxml import fields
from qbxml.aggregate import Aggregate, Nested, RequestMessage, fill, read
from qbxml.envelope import Request
from qbxml.errors import BuildError
from qbxml.fields import Element, Kind, Ref
from tests.unit.qbxml_language import shared

NEWEST = (16, 0)

_SAMPLES: dict[type[Kind[Any]], Any] = {
    fields.Text: "A text",
    fields.Id: "80000001-1760000001",
    fields.Guid: "{8a2f9d2c-1111-5222-8333-123456789abc}",
    fields.Bool: True,
    fields.Integer: 7,
    fields.Amount: 12500,
    fields.Date: dt.date(2026, 11, 20),
    fields.DateTime: "2026-11-20T14:05:00",
    fields.Reference: Ref(list_id="80000001-1760000001", full_name="A name"),
}


def sample(kind: Kind[Any]) -> Any:
    """Return some value of a kind that QuickBooks would take."""
    if isinstance(kind, Nested):
        return holding(kind.cls)
    if isinstance(kind, fields.Keyword):
        return kind.words[0]
    if isinstance(kind, fields.Text):
        return "A text"[: kind.max_length]
    return _SAMPLES[type(kind)]


def holding(cls: type[Aggregate], **values: Any) -> Any:
    """Return the smallest valid object of the class that holds the given values."""
    given = dict(values)
    for attribute, declared in cls.plan.elements:
        if declared.required:
            given.setdefault(attribute, one_of(declared))
    for choice in cls.choices:
        branches = [attribute for branch in choice.branches for attribute in branch]
        if choice.required and not any(attribute in given for attribute in branches):
            first = branches[0]
            given[first] = one_of(dict(cls.plan.elements)[first])
    return cls(**given)


def one_of(declared: Element) -> Any:
    """Return a value for the element, in a tuple where it may be repeated."""
    value = sample(declared.kind)
    return (value,) if declared.many else value


def write(message: Aggregate, version: fields.Version = NEWEST) -> etree._Element:
    node = etree.Element(type(message).__name__)
    fill(node, message, version)
    return node


def snake_case(name: str) -> str:
    """TxnID -> txn_id, ARAccountRef -> ar_account_ref, SupportedQBXMLVersion -> ..."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def parse_xml(text: str) -> etree._Element:
    return etree.fromstring(text, etree.XMLParser(remove_blank_text=True))


class DerivedTests:
    """What holds for every aggregate."""

    example: ClassVar[Any]
    xml: ClassVar[str]

    def elements(self) -> Iterator[tuple[str, Element]]:
        yield from type(self.example).plan.elements

    def test_the_example_is_written_as_its_xml(self) -> None:
        assert etree.tostring(write(self.example)) == etree.tostring(parse_xml(self.xml))

    def test_the_xml_is_read_as_its_example(self) -> None:
        assert read(type(self.example), parse_xml(self.xml)) == self.example

    def test_attributes_are_named_like_the_elements(self) -> None:
        for attribute, declared in self.elements():
            assert attribute == snake_case(declared.name)

    def test_every_element_goes_both_ways(self) -> None:
        for attribute, declared in self.elements():
            message = holding(type(self.example), **{attribute: one_of(declared)})
            assert read(type(message), write(message)) == message, attribute

    def test_every_required_element_is_missed(self) -> None:
        for attribute, declared in self.elements():
            message = dataclasses.replace(self.example, **{attribute: None})
            if declared.required:
                with pytest.raises(BuildError, match="is required") as caught:
                    write(message)
                assert caught.value.path == declared.name

    def test_text_is_taken_to_its_limit_and_not_one_character_further(self) -> None:
        for attribute, declared in self.elements():
            if not isinstance(declared.kind, fields.Text):
                continue
            longest = "x" * declared.kind.max_length
            wrap = (lambda text: (text,)) if declared.many else (lambda text: text)
            fits = write(holding(type(self.example), **{attribute: wrap(longest)}))
            assert fits.findtext(declared.name) == longest
            with pytest.raises(BuildError, match="characters long; QuickBooks takes") as caught:
                write(holding(type(self.example), **{attribute: wrap(longest + "x")}))
            assert caught.value.path.removesuffix("[1]") == declared.name

    def test_every_element_refuses_a_value_of_another_kind(self) -> None:
        for attribute, declared in self.elements():
            for stranger in (object(), 1.5, b"bytes"):
                value = (stranger,) if declared.many else stranger
                with pytest.raises(BuildError) as caught:
                    write(holding(type(self.example), **{attribute: value}))
                assert caught.value.path.removesuffix("[1]") == declared.name

    def test_a_repeated_element_refuses_what_is_no_tuple(self) -> None:
        for attribute, declared in self.elements():
            if declared.many:
                with pytest.raises(BuildError, match="must be a tuple"):
                    write(holding(type(self.example), **{attribute: "80000001-1760000001"}))

    def test_an_element_is_refused_in_versions_that_did_not_have_it(self) -> None:
        for attribute, declared in self.elements():
            if declared.since is None:
                continue
            message = holding(type(self.example), **{attribute: one_of(declared)})
            write(message, declared.since)
            with pytest.raises(BuildError, match="needs qbXML") as caught:
                write(message, (declared.since[0] - 1, 9))
            assert caught.value.path == declared.name

    def test_branches_exclude_each_other(self) -> None:
        declared = dict(self.elements())
        for choice in type(self.example).choices:
            pairs = itertools.combinations(choice.branches, 2)
            for one, other in itertools.chain(*(itertools.product(*pair) for pair in pairs)):
                both = {name: one_of(declared[name]) for name in (one, other)}
                with pytest.raises(BuildError, match=r"cannot hold \w+ and \w+ together"):
                    write(holding(type(self.example), **both))
            if choice.required:
                none = {a: None for branch in choice.branches for a in branch}
                with pytest.raises(BuildError, match="needs one of"):
                    write(dataclasses.replace(self.example, **none))

    def test_it_is_frozen(self) -> None:
        attribute = next(self.elements())[0]
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(self.example, attribute, None)


class RequestTests(DerivedTests):
    """What also holds for every message that we send."""

    example: ClassVar[RequestMessage]

    def test_it_stands_in_its_request_and_passes_the_schema(self) -> None:
        name = type(self.example).__name__
        message_set = shared.build(Request("r-1", self.example))
        (node,) = message_set
        assert node.tag == f"{name}Rq"
        assert node.get("requestID") == "r-1"
        inner = node[0] if self.example.wrapped else node
        assert [etree.tostring(child) for child in inner] == [
            etree.tostring(child) for child in parse_xml(self.xml)
        ]

    def test_every_element_passes_the_schema(self) -> None:
        for attribute, declared in self.elements():
            message = holding(type(self.example), **{attribute: one_of(declared)})
            shared.build(Request(attribute, message))


class AnswerTests(DerivedTests):
    """What also holds for every object that comes back."""

    def test_nothing_is_required(self) -> None:
        empty = read(type(self.example), etree.Element("Empty"))
        for attribute, declared in self.elements():
            assert getattr(empty, attribute) == (() if declared.many else None)

    def test_an_unknown_element_is_passed_over(self) -> None:
        node = parse_xml(self.xml)
        etree.SubElement(node, "ComesInVersion99").text = "x"
        node.insert(0, etree.Element("AlsoNew"))
        assert read(type(self.example), node) == self.example

    def test_a_missing_element_takes_nothing_else_with_it(self) -> None:
        for attribute, declared in self.elements():
            node = parse_xml(self.xml)
            for child in node.findall(declared.name):
                node.remove(child)
            missing = () if declared.many else None
            expected = dataclasses.replace(self.example, **{attribute: missing})
            assert read(type(self.example), node) == expected

    def test_an_unreadable_value_is_like_a_missing_one(self) -> None:
        unreadable = (fields.Amount, fields.Date, fields.Integer, fields.Bool, fields.Guid)
        for attribute, declared in self.elements():
            for text in ("garbage", "10.5", "2026-02-30", ""):
                node = parse_xml(self.xml)
                for child in node.findall(declared.name):
                    child.text = text
                if isinstance(declared.kind, unreadable):
                    assert getattr(read(type(self.example), node), attribute) is None
