"""Intuit's schemas and the samples from public sources, read where they lie beside the project."""

import functools
from pathlib import Path

import pytest
from lxml import etree

from qbxml import envelope
from qbxml.envelope import OnError, Request

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "reference"


def at_hand(relative: str) -> Path:
    """Return a file or folder of the shared reference, or skip the test with a line."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"no folder `shared` beside the project, so no {relative}")
    return path


@functools.cache
def _schema() -> etree.XMLSchema | None:
    path = SHARED / "qbxml-schemas/13.0/qbxmlops130.xsd"
    return etree.XMLSchema(etree.parse(path)) if path.exists() else None


def assert_valid(text: str) -> None:
    """Check a message set against Intuit's XSD 13.0, where that is at hand."""
    schema = _schema()
    if schema is not None:
        schema.assertValid(etree.fromstring(text.encode()))


def build(
    *requests: Request, version: str = "13.0", on_error: OnError = "continueOnError"
) -> etree._Element:
    """Build a message set, check it against the schema, and return its QBXMLMsgsRq."""
    text = envelope.build(requests, version=version, on_error=on_error)
    assert text.isascii()
    assert_valid(text)
    message_set = etree.fromstring(text.encode()).find("QBXMLMsgsRq")
    assert message_set is not None
    return message_set
