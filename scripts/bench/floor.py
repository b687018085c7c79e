"""What floors are made of: a run's envelopes and message sets with bare lxml, and bare sqlite3.

What is read from a run is prepared outside the clock; what the server cannot do without is done
inside it.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lxml import etree

from scripts.simulate.web_connector import Call

Tree = tuple[str, dict[str, str], str | None, list[Any]]  # tag, attributes, text, children

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_INTUIT = "http://developer.intuit.com/"
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_PARSER = etree.XMLParser(huge_tree=True)


def parse(text: str) -> etree._Element:
    """Parse a document."""
    return etree.fromstring(text.encode(), _PARSER)


def answer_in(call: Call) -> etree._Element | None:
    """Parse a call, and QuickBooks' answer where it brings one."""
    values = [child.text for child in parse(call.request)[0][0]]
    if call.operation != "receiveResponseXML":
        return None
    return parse(values[1] or "")


def trees(message_sets: Iterable[tuple[str, str]]) -> list[Tree]:
    """Prepare what was handed out, to be built once more."""
    return [_tree(parse(out)) for out, _ in message_sets]


def answer(calls: Iterable[Call], sets: Iterable[Tree]) -> None:
    """Build the answers to calls: the message sets, and the envelopes of all."""
    for built in sets:
        _envelope("sendRequestXML", etree.tostring(_build(built), encoding="us-ascii").decode())
    for call in calls:
        if call.operation != "sendRequestXML":
            _envelope(call.operation, "100")


def _tree(node: etree._Element) -> Tree:
    return str(node.tag), dict(node.attrib), node.text, [_tree(child) for child in node]


def _build(tree: Tree) -> etree._Element:
    root = etree.Element(tree[0], tree[1])
    _fill(root, tree)
    return root


def _fill(node: etree._Element, tree: Tree) -> None:
    node.text = tree[2]
    for child in tree[3]:
        _fill(etree.SubElement(node, child[0], child[1]), child)


def _envelope(operation: str, text: str) -> bytes:
    envelope = etree.Element(f"{{{_ENVELOPE}}}Envelope")
    body = etree.SubElement(envelope, f"{{{_ENVELOPE}}}Body")
    response = etree.SubElement(body, f"{{{_INTUIT}}}{operation}Response")
    etree.SubElement(response, f"{{{_INTUIT}}}{operation}Result").text = text
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def snapshot(database: Path, copy: Path) -> Path:
    """Copy a database, open or not, so that the floor can begin where the run began."""
    with sqlite3.connect(database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    return copy


def opened(database: Path) -> sqlite3.Connection:
    """Open a copy as the server opens its database; transactions are the caller's."""
    db = sqlite3.connect(database, isolation_level=None)
    for pragma in _PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    return db


def insert(table: str, columns: int) -> str:
    """Write the statement that adds a row."""
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - a name of ours


def touch(db: sqlite3.Connection) -> None:
    """Note that the session was heard of, as each of its transactions does."""
    db.execute("UPDATE wc_session SET revision = revision + 1")
