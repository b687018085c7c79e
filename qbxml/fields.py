"""The leaf values of qbXML, and `element`, which declares one element of a message.

Each kind of value writes itself strictly (BuildError for what QuickBooks would refuse) and reads
leniently (None for what cannot be read). Nothing here knows a message; nothing here is a float.
Types and patterns: Intuit XSD 13.0, qbxmltypes130.
"""

import dataclasses
import datetime as dt
import functools
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, overload

from lxml import etree

from qbxml import text as wire_text
from qbxml.errors import BuildError

T = TypeVar("T")

Version = tuple[int, int]

# AMTTYPE holds 13 digits before the point and two after it.
AMOUNT_CENTS_MAX = 10**15 - 1
# The years a DATETIMETYPE can carry, as observed by QuickBooks integrators: a 32-bit clock.
_DATETIME_YEARS = range(1970, 2038)

_AMOUNT = re.compile(r"([+-]?[0-9]{1,13})(?:\.([0-9]{2}))?")
# 18 digits are more than any INTTYPE that QuickBooks counts, and stay clear of Python's own limit.
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:T(?:[01][0-9]|2[0-3])(?::[0-9]{2}(?::[0-9]{2}(?:[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
# An IDTYPE is at most 36 characters. Every id seen begins with a digit or a letter; "-1" and ""
# come back as status 3000.
_ID = re.compile(r"[0-9A-Za-z][!-~]{0,35}")
_GUID = re.compile(r"(\{)?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?(1)\})")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def parse_version(text: str) -> Version:
    """Return "13.0" as (13, 0); ValueError for anything that is not N.N."""
    if not re.fullmatch(r"[0-9]{1,2}\.[0-9]", text):
        raise ValueError(text)
    major, minor = text.split(".")
    return int(major), int(minor)


class Kind(ABC, Generic[T]):
    """A kind of value: how it fills an element and how it is read from one."""

    @abstractmethod
    def put(self, node: etree._Element, value: T, version: Version) -> None:
        """Write the value into its empty element, or raise BuildError."""

    @abstractmethod
    def take(self, node: etree._Element) -> T | None:
        """Return the element's value, None when it is missing or cannot be read."""


class Leaf(Kind[T]):
    """A kind of value that is text on the wire, the same in every version."""

    def put(self, node: etree._Element, value: T, version: Version) -> None:  # noqa: ARG002 - see above
        """Set the element's text, or raise BuildError."""
        node.text = self.encode(value)

    def take(self, node: etree._Element) -> T | None:
        """Return the value of the element's text."""
        content = node.text
        return self.decode(content) if content else None

    @abstractmethod
    def encode(self, value: T) -> str:
        """Return the value as text, or raise BuildError."""

    @abstractmethod
    def decode(self, content: str) -> T | None:
        """Return the value of a text that is not empty, None when it cannot be read."""


@dataclass(frozen=True, slots=True)
class Text(Leaf[str]):
    """STRTYPE: what QuickBooks can keep of the text, at most `max_length` characters of it.

    A name or a number that is blank is refused: an empty RefNumber could never be found again.
    """

    max_length: int
    may_be_blank: bool = False

    def encode(self, value: str) -> str:
        """Return the cleaned text; the length is counted after cleaning."""
        if not isinstance(value, str):
            raise BuildError("", f"must be text, not {type(value).__name__}")
        cleaned = wire_text.clean(value)
        if len(cleaned) > self.max_length:
            raise BuildError(
                "", f"is {len(cleaned)} characters long; QuickBooks takes {self.max_length}"
            )
        if not self.may_be_blank and (not cleaned or cleaned.isspace()):
            raise BuildError("", "is blank; leave it out instead")
        return cleaned

    def decode(self, content: str) -> str | None:
        """Return the text as it stands, however long."""
        return content


@dataclass(frozen=True, slots=True)
class Keyword(Leaf[str]):
    """ENUMTYPE: one of a few words. An answer may hold a word that came later; it is kept."""

    words: tuple[str, ...]

    def encode(self, value: str) -> str:
        """Return the word."""
        if value not in self.words:
            raise BuildError("", f"must be one of {', '.join(self.words)}")
        return value

    def decode(self, content: str) -> str | None:
        """Return the word as it stands."""
        return content


@dataclass(frozen=True, slots=True)
class Id(Leaf[str]):
    """IDTYPE: a TxnID or ListID, opaque, never cleaned: another letter is another object."""

    def encode(self, value: str) -> str:
        """Return the id."""
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise BuildError("", "is no id of QuickBooks (1 to 36 letters, digits and signs)")
        return value

    def decode(self, content: str) -> str | None:
        """Return the id, without white space around it."""
        return content.strip() or None


@dataclass(frozen=True, slots=True)
class Guid(Leaf[str]):
    """GUIDTYPE: "0", or 32 hex digits in braces.

    Read in one form, braces and small letters, so that two of them can be compared as text.
    """

    def encode(self, value: str) -> str:
        """Return the GUID in braces, which the caller may have left out."""
        found = _GUID.fullmatch(value) if isinstance(value, str) else None
        if found:
            return f"{{{found[2]}}}"
        if value == "0":
            return value
        raise BuildError("", "is no GUID ({8-4-4-4-12} hex digits)")

    def decode(self, content: str) -> str | None:
        """Return the GUID in braces and small letters."""
        content = content.strip()
        found = _GUID.fullmatch(content)
        if found:
            return f"{{{found[2].lower()}}}"
        return content if content == "0" else None


@dataclass(frozen=True, slots=True)
class Bool(Leaf[bool]):
    """BOOLTYPE: true or false."""

    def encode(self, value: bool) -> str:  # noqa: FBT001 - the value is what it is about
        """Return "true" or "false"."""
        if not isinstance(value, bool):
            raise BuildError("", "must be true or false")
        return "true" if value else "false"

    def decode(self, content: str) -> bool | None:
        """Return what true, false, 1 or 0 say."""
        known = _BOOLEANS.get(content)
        return _BOOLEANS.get(content.strip().lower()) if known is None else known


@dataclass(frozen=True, slots=True)
class Integer(Leaf[int]):
    """INTTYPE: a whole number, at least `minimum` when we send it."""

    minimum: int = 0

    def encode(self, value: int) -> str:
        """Return the number in digits."""
        if type(value) is not int:
            raise BuildError("", "must be a whole number")
        if value < self.minimum:
            raise BuildError("", f"must be at least {self.minimum}")
        return str(value)

    def decode(self, content: str) -> int | None:
        """Return the number."""
        return read_integer(content)


@dataclass(frozen=True, slots=True)
class Amount(Leaf[int]):
    """AMTTYPE: money as integer cents here, with exactly two decimals on the wire.

    `positive` refuses to send zero and less.
    """

    positive: bool = False

    def encode(self, value: int) -> str:
        """Return cents as "125.00"."""
        if type(value) is not int:
            raise BuildError("", "must be an amount in whole cents")
        if self.positive and value <= 0:
            raise BuildError("", "must be more than 0.00")
        cents = abs(value)
        if cents > AMOUNT_CENTS_MAX:
            raise BuildError("", "has more than 13 digits before the point")
        return f"{'-' if value < 0 else ''}{cents // 100}.{cents % 100:02d}"

    def decode(self, content: str) -> int | None:
        """Return the cents of "125", "125.00" or "-0.05"; one or three decimals are no amount."""
        found = _AMOUNT.fullmatch(content.strip())
        return int(found[1] + (found[2] or "00")) if found else None


@dataclass(frozen=True, slots=True)
class Date(Leaf[dt.date]):
    """DATETYPE: a day."""

    def encode(self, value: dt.date) -> str:
        """Return the day as YYYY-MM-DD."""
        if type(value) is not dt.date:  # a datetime is a date too, but not a day
            raise BuildError("", "must be a date")
        return value.isoformat()

    def decode(self, content: str) -> dt.date | None:
        """Return the day of YYYY-MM-DD."""
        return _read_date(content.strip())


@dataclass(frozen=True, slots=True)
class DateTime(Leaf[str]):
    """DATETIMETYPE: YYYY-MM-DD, optionally Thh:mm:ss and an offset; no Z, no fractions.

    Text on both sides: the wall clock that QuickBooks prints is right, the offset often is not.
    """

    def encode(self, value: str) -> str:
        """Return the text once it is a moment that QuickBooks can read."""
        moment = _read_moment(value) if isinstance(value, str) else None
        if moment is None:
            raise BuildError("", "must be a time like 2026-11-20T14:05:00, without Z or fractions")
        if moment.year not in _DATETIME_YEARS:
            raise BuildError("", "must lie between 1970 and 2037")
        return value

    def decode(self, content: str) -> str | None:
        """Return the text as it stands."""
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A reference to a list item: by ListID, by FullName (`Parent:Child`), or by both.

    QuickBooks answers with both; one is enough to send, and the ListID survives a renaming.
    """

    list_id: str | None = None
    full_name: str | None = None


@dataclass(frozen=True, slots=True)
class Reference(Kind[Ref]):
    """An element that holds a ListID and a FullName, which has its own limit in each list."""

    full_name: Text

    def put(self, node: etree._Element, value: Ref, version: Version) -> None:  # noqa: ARG002 - the same in every version
        """Append `<ListID/>` and `<FullName/>`, leaving out what is None."""
        if not isinstance(value, Ref):
            raise BuildError("", "must be a reference (Ref)")
        if value.list_id is None and value.full_name is None:
            raise BuildError("", "needs a ListID or a FullName")
        if value.list_id is not None:
            append(node, "ListID", ID, value.list_id)
        if value.full_name is not None:
            append(node, "FullName", self.full_name, value.full_name)

    def take(self, node: etree._Element) -> Ref | None:
        """Return the reference, None when it names nothing."""
        list_id = full_name = None
        for child in node:
            tag = child.tag
            if tag == "FullName":
                full_name = child.text
            elif tag == "ListID":
                list_id = child.text
        return _reference(list_id, full_name)


# A page names the same customers and accounts again and again. Bounded, as they come from outside.
@functools.lru_cache(maxsize=1024)
def _reference(list_id: str | None, full_name: str | None) -> Ref | None:
    list_id = (list_id or "").strip() or None
    return Ref(list_id=list_id, full_name=full_name) if list_id or full_name else None


def append(parent: etree._Element, name: str, kind: Leaf[T], value: T) -> None:
    """Append `<name>value</name>`; a BuildError gets the name into its path."""
    try:
        etree.SubElement(parent, name).text = kind.encode(value)
    except BuildError as error:
        raise error.within(name) from None


def read_integer(content: str) -> int | None:
    """Return the number that the text holds, None when it holds none."""
    content = content.strip()
    return int(content) if _INTEGER.fullmatch(content) else None


# Bounded for the same reason; this many days are eleven years.
@functools.lru_cache(maxsize=1024)
def _read_date(content: str) -> dt.date | None:
    if not _DATE.fullmatch(content):
        return None
    try:
        return dt.date.fromisoformat(content)
    except ValueError:
        return None


def _read_moment(content: str) -> dt.datetime | None:
    if not _DATETIME.fullmatch(content):
        return None
    try:
        return dt.datetime.fromisoformat(content)
    except ValueError:
        return None


ID = Id()
GUID = Guid()
BOOL = Bool()
AMOUNT = Amount()
AMOUNT_ABOVE_ZERO = Amount(positive=True)
DATE = Date()
DATETIME = DateTime()
INTEGER = Integer()
# Enumerations in answers are read as text: QuickBooks may know more words than we do. 50 is
# longer than any of them.
WORD = Text(50)

# The longest FullName of each list that we refer to (Intuit XSD 13.0, qbxml130).
CUSTOMER_REF = Reference(Text(209))
ACCOUNT_REF = Reference(Text(159))
PAYMENT_METHOD_REF = Reference(Text(31))
CURRENCY_REF = Reference(Text(64))


@dataclass(frozen=True, slots=True)
class Element:
    """One declared element: its name on the wire, its kind, and since which version it exists."""

    name: str
    kind: Kind[Any]
    required: bool
    many: bool
    since: Version | None


@overload
def element(name: str, kind: Kind[T], *, since: str | None = None) -> T: ...
@overload
def element(name: str, kind: Kind[T], *, default: None, since: str | None = None) -> T | None: ...
@overload
def element(
    name: str, kind: Kind[T], *, default: tuple[()], since: str | None = None
) -> tuple[T, ...]: ...
@overload
def element(
    name: str, kind: Kind[T], *, many: Literal[True], since: str | None = None
) -> tuple[T, ...]: ...
def element(
    name: str, kind: Kind[Any], *, default: Any = ..., many: bool = False, since: str | None = None
) -> Any:
    """Declare one element of an aggregate; the order of declaration is the order on the wire.

    The default says how often it stands: none given, it is required; None, it may be left out;
    (), it may be repeated. `many` without a default: it is required and may be repeated. `since`
    is the qbXML version that brought it, for what came after 3.0.
    """
    declared = Element(
        name=name,
        kind=kind,
        required=default is ...,
        many=many or default == (),
        since=parse_version(since) if since else None,
    )
    # A required element that is left out is refused when the message is built, with its path.
    return dataclasses.field(default=() if declared.many else None, metadata={"element": declared})
