"""What an aggregate is: a frozen record whose declared elements are its XML, both ways.

`aggregate` makes the record and its table of elements once, at import. `fill` and `read` follow
the table. No message is declared here and no rule of QuickBooks' about payments stands here.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, dataclass_transform

from lxml import etree

from qbxml.errors import BuildError
from qbxml.fields import Element, Kind, Leaf, Version, element

A = TypeVar("A", bound="Aggregate")
Decode = Callable[[str], Any]
Take = Callable[[Any], Any]  # from an element of lxml


class Choice:
    """Branches of which at most one may be used, or exactly one when `required`.

    A branch is the name of an attribute, or a tuple of names that may stand together.
    """

    def __init__(self, *branches: str | tuple[str, ...], required: bool = False) -> None:
        self.branches = tuple((b,) if isinstance(b, str) else b for b in branches)
        self.required = required


@dataclass(frozen=True, slots=True)
class Plan:
    """The table of one aggregate: (attribute, element) in wire order, and how to read each.

    `readers` by wire name: the attribute, whether it is repeated, how the text of a leaf is read
    (None for an aggregate), how the element is.
    """

    elements: tuple[tuple[str, Element], ...]
    readers: dict[Any, tuple[str, bool, Decode | None, Take]]  # lxml types a tag as more than str


class Aggregate:
    """Base of every record that is an element with declared children.

    The class has the element's own name. `choices` declares which children exclude each other.
    """

    __slots__ = ()
    plan: ClassVar[Plan]
    choices: ClassVar[tuple[Choice, ...]] = ()

    def check(self) -> None:
        """Raise BuildError when the children do not fit together; the path starts at a child."""


class RequestMessage(Aggregate):
    """Base of every message we can send.

    `answer` is the object that comes back. `wrapped` says that `<XRq>` holds an `<X>` that holds
    the children; else they stand in `<XRq>` itself. `answer_wrapped` says the same of `<XRs>` and
    the answer. `has_iterator`: the answer can come in pages.
    """

    __slots__ = ()
    answer: ClassVar[type[Aggregate]]
    wrapped: ClassVar[bool] = False
    answer_wrapped: ClassVar[bool] = True
    has_iterator: ClassVar[bool] = False


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(element,))
def aggregate(cls: type[A]) -> type[A]:
    """Make the class a frozen, keyword-only record and compile its table of elements.

    Without slots, so that `read` can fill a record at once and the class has the defaults.
    """
    record = dataclass(frozen=True, kw_only=True)(cls)
    fields = dataclasses.fields(record)  # type: ignore[arg-type]  # the line above made it a dataclass
    rows = tuple((f.name, f.metadata["element"]) for f in fields)
    record.plan = Plan(
        elements=rows,
        readers={
            declared.name: (
                attribute,
                declared.many,
                declared.kind.decode if isinstance(declared.kind, Leaf) else None,
                declared.kind.take,
            )
            for attribute, declared in rows
        },
    )
    return record


@dataclass(frozen=True, slots=True)
class Nested(Kind[A]):
    """An element that is an aggregate itself."""

    cls: type[A]

    def put(self, node: etree._Element, value: A, version: Version) -> None:
        """Append the aggregate's children."""
        if not isinstance(value, self.cls):
            raise BuildError("", f"must be {self.cls.__name__}")
        fill(node, value, version)

    def take(self, node: etree._Element) -> A | None:
        """Return the aggregate."""
        return read(self.cls, node)


def fill(node: etree._Element, message: Aggregate, version: Version) -> None:
    """Append the message's children to the node, in declared order.

    Raises BuildError, its path starting at the child, for what QuickBooks would refuse: a missing
    or newer element, a value out of its bounds, two branches of a choice, a broken rule.
    """
    for attribute, declared in message.plan.elements:
        value = getattr(message, attribute)
        if value is None or (declared.many and not value):
            if declared.required:
                raise BuildError(declared.name, "is required")
        elif declared.since is not None and declared.since > version:
            since = ".".join(map(str, declared.since))
            raise BuildError(declared.name, f"needs qbXML {since} or newer")
        elif declared.many:
            _put_each(node, declared, value, version)
        else:
            try:
                declared.kind.put(etree.SubElement(node, declared.name), value, version)
            except BuildError as error:
                raise error.within(declared.name) from None
    for choice in message.choices:
        _check_choice(message, choice)
    message.check()


def read(cls: type[A], node: etree._Element) -> A:
    """Return the aggregate that the node holds; never raises.

    Children that are not declared are passed over; those missing or unreadable are None, or absent
    from their tuple. Of an element that should stand once the last one counts.
    """
    readers = cls.plan.readers
    values: dict[str, Any] = {}
    repeated: dict[str, list[Any]] = {}
    for child in node:
        reader = readers.get(child.tag)
        if reader is None:
            continue
        attribute, is_many, decode, take = reader
        if decode is None:
            value = take(child)
        else:  # most of what there is, by the hundred thousand
            text = child.text
            value = decode(text) if text else None
        if value is None:
            continue
        if is_many:
            repeated.setdefault(attribute, []).append(value)
        else:
            values[attribute] = value
    for attribute, items in repeated.items():
        values[attribute] = tuple(items)
    made = object.__new__(cls)
    # What __init__ would do name by name, in a quarter of the time that all the rest takes.
    object.__setattr__(made, "__dict__", values)
    return made


def _put_each(node: etree._Element, declared: Element, values: Any, version: Version) -> None:
    if not isinstance(values, tuple):  # a str, taken letter by letter, would pass for many
        raise BuildError(declared.name, "must be a tuple")
    for position, value in enumerate(values, 1):
        try:
            declared.kind.put(etree.SubElement(node, declared.name), value, version)
        except BuildError as error:
            raise error.within(f"{declared.name}[{position}]") from None


def _check_choice(message: Aggregate, choice: Choice) -> None:
    used: list[str] = []  # one attribute of each branch that is used
    for branch in choice.branches:
        for attribute in branch:
            if getattr(message, attribute) not in (None, ()):
                used.append(attribute)
                break
    if len(used) > 1:
        raise BuildError("", f"cannot hold {_names(message, used)} together")
    if choice.required and not used:
        raise BuildError("", f"needs one of {_names(message, [b[0] for b in choice.branches])}")


def _names(message: Aggregate, attributes: list[str]) -> str:
    names = {attribute: declared.name for attribute, declared in message.plan.elements}
    return " and ".join(names[attribute] for attribute in attributes)
