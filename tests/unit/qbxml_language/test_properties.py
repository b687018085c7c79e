"""What holds for any message: there and back again, valid, and never half an answer.

The values are made from the declared elements, so a new message is covered by being declared.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbxml import envelope, fields
from qbxml import text as wire_text
from qbxml.aggregate import Aggregate, Nested, fill, read
from qbxml.envelope import MessageSet, Request
from qbxml.errors import ParseError
from qbxml.fields import Element, Kind, Ref, Text
from qbxml.payment import AppliedToTxnAdd, ReceivePaymentAdd
from tests.unit.qbxml_language import shared
from tests.unit.qbxml_language.derived import NEWEST, write

ANSWERS = list(dict.fromkeys(message.answer for message in envelope.MESSAGES))
SAMPLES = Path(__file__).resolve().parents[2] / "samples"

CENTS = fields.AMOUNT_CENTS_MAX
IDS = st.from_regex(r"[0-9A-F]{1,8}-[0-9]{1,10}", fullmatch=True)
GUIDS = st.uuids().map(lambda guid: f"{{{guid}}}")
MOMENTS = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2037, 12, 31)).map(  # noqa: DTZ001 - QuickBooks' wall clock
    lambda moment: moment.isoformat(timespec="seconds")
)


def texts(kind: Text) -> st.SearchStrategy[str]:
    """Any text that survives cleaning whole, so that it can be compared when it comes back."""
    return (
        st.text(max_size=min(kind.max_length, 60))
        .map(wire_text.clean)
        .filter(lambda text: len(text) <= kind.max_length and text.strip() != "")
    )


def values(kind: Kind[Any]) -> st.SearchStrategy[Any]:
    return VALUES[type(kind)](kind)


def references(kind: fields.Reference) -> st.SearchStrategy[Ref]:
    ids, names = st.none() | IDS, st.none() | texts(kind.full_name)
    return st.builds(Ref, list_id=ids, full_name=names).filter(
        lambda ref: bool(ref.list_id or ref.full_name)
    )


def occurrences(declared: Element) -> st.SearchStrategy[Any]:
    value = values(declared.kind)
    if declared.many:
        return st.lists(value, min_size=int(declared.required), max_size=3).map(tuple)
    return value if declared.required else st.none() | value


@st.composite
def messages(draw: st.DrawFn, cls: type[Aggregate]) -> Any:
    """Draw a valid object of the class: any elements, but one branch of each choice."""
    given = {name: draw(occurrences(declared)) for name, declared in cls.plan.elements}
    declared = dict(cls.plan.elements)
    for choice in cls.choices:
        kept = draw(st.sampled_from(choice.branches))
        for branch in choice.branches:
            for name in branch if branch != kept else ():
                given[name] = () if declared[name].many else None
        if choice.required and given[kept[0]] in (None, ()):
            value = draw(values(declared[kept[0]].kind))
            given[kept[0]] = (value,) if declared[kept[0]].many else value
    message = cls(**given)
    return within_the_total(message) if isinstance(message, ReceivePaymentAdd) else message


VALUES: dict[type[Kind[Any]], Callable[[Any], st.SearchStrategy[Any]]] = {
    Nested: lambda kind: messages(kind.cls),
    Text: texts,
    fields.Keyword: lambda kind: st.sampled_from(kind.words),
    fields.Id: lambda _: IDS,
    fields.Guid: lambda _: GUIDS,
    fields.Bool: lambda _: st.booleans(),
    fields.Integer: lambda kind: st.integers(kind.minimum, 10**9),
    fields.Amount: lambda kind: st.integers(1 if kind.positive else -CENTS, CENTS),
    fields.Date: lambda _: st.dates(),
    fields.DateTime: lambda _: MOMENTS,
    fields.Reference: references,
}


def within_the_total(payment: ReceivePaymentAdd) -> ReceivePaymentAdd:
    """Share the total out among the lines, each for an invoice of its own."""
    lines = payment.applied_to_txn_add
    return dataclasses.replace(
        payment,
        total_amount=max(payment.total_amount, len(lines)),
        applied_to_txn_add=tuple(
            AppliedToTxnAdd(
                txn_id=f"{number:X}-1760000000",
                payment_amount=max(payment.total_amount // len(lines), 1),
            )
            for number, _ in enumerate(lines, 1)
        ),
    )


@pytest.mark.parametrize("cls", envelope.MESSAGES, ids=lambda cls: cls.__name__)
@given(data=st.data())
@settings(max_examples=40)
def test_a_request_comes_back_as_it_was(cls: type[Aggregate], data: st.DataObject) -> None:
    message = data.draw(messages(cls))
    (node,) = shared.build(Request("r-1", message), version="16.0")
    inner = node[0] if message.wrapped else node
    assert read(cls, inner) == message


@pytest.mark.parametrize("cls", ANSWERS, ids=lambda cls: cls.__name__)
@given(data=st.data())
@settings(max_examples=40)
def test_an_answer_comes_back_as_it_was(cls: type[Aggregate], data: st.DataObject) -> None:
    message = data.draw(messages(cls))
    assert read(cls, write(message)) == message


@given(memo=st.text(st.characters()), number=st.text(st.characters(), min_size=1, max_size=6))
def test_any_text_leaves_as_ascii_and_arrives_cleaned(memo: str, number: str) -> None:
    cleaned = wire_text.clean(number)
    payment = ReceivePaymentAdd(
        customer_ref=Ref(full_name="Kern"),
        ref_number=number if cleaned.strip() and len(cleaned) <= 20 else None,
        total_amount=12500,
        memo=memo,
        is_auto_apply=False,
    )
    (node,) = shared.build(Request("r-1", payment))
    assert (node.findtext("*/Memo") or "") == wire_text.clean(memo)
    if payment.ref_number:
        assert node.findtext("*/RefNumber") == cleaned


@st.composite
def answers(draw: st.DrawFn) -> str:
    """Draw the answer to a few requests, as QuickBooks would write it."""
    root = etree.Element("QBXML")
    message_set = etree.SubElement(root, "QBXMLMsgsRs")
    for number in range(draw(st.integers(0, 3))):
        message = draw(st.sampled_from(envelope.MESSAGES))
        response = etree.SubElement(
            message_set, f"{message.__name__}Rs", requestID=f"r-{number}", statusCode="0"
        )
        answer = draw(messages(message.answer))
        wrapper = type(answer).__name__
        inner = etree.SubElement(response, wrapper) if message.answer_wrapped else response
        fill(inner, answer, NEWEST)
    return '<?xml version="1.0" ?>\n' + etree.tostring(root, encoding="us-ascii").decode()


@given(answer=answers(), data=st.data())
@settings(max_examples=60)
def test_a_cut_answer_is_never_read(answer: str, data: st.DataObject) -> None:
    assert isinstance(envelope.parse(answer), MessageSet)
    cut = data.draw(st.integers(0, len(answer) - 1))
    with pytest.raises(ParseError):
        envelope.parse(answer[:cut])
    with pytest.raises(ParseError):
        envelope.parse(answer[:cut].encode())


@pytest.mark.parametrize("name", ["hcp_answer.xml", "receivepayment_add_mixed.xml"])
def test_a_recorded_answer_is_read_whole_or_not_at_all(name: str) -> None:
    answer = (SAMPLES / name).read_bytes().rstrip()
    for cut in range(len(answer)):
        with pytest.raises(ParseError):
            envelope.parse(answer[:cut])


@pytest.mark.parametrize("name", ["hcp_answer.xml", "receivepayment_add_mixed.xml"])
@given(data=st.data())
@settings(max_examples=300)
def test_a_damaged_answer_is_read_or_refused(name: str, data: st.DataObject) -> None:
    answer = bytearray((SAMPLES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(answer) - 1))
        piece = data.draw(st.binary(max_size=3) | st.sampled_from(DAMAGE))
        answer[place : place + data.draw(st.integers(0, 3))] = piece
    for damaged in (bytes(answer), answer.decode("utf-8", "surrogateescape")):
        try:
            found = envelope.parse(damaged)
        except ParseError:
            continue
        assert isinstance(found, MessageSet)


DAMAGE = [
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"?>", b"&#0;", b"&#xFFFFFFFF;",
    b"&amp", b'"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"<!DOCTYPE a>", b"xmlns='", b":", b"/>",
    b' encoding="utf-16"', b' encoding="ebcdic"',
]  # fmt: skip


@given(junk=st.binary(max_size=200) | st.text(st.characters(), max_size=200))
def test_junk_is_refused(junk: bytes | str) -> None:
    with pytest.raises(ParseError):
        envelope.parse(junk)
