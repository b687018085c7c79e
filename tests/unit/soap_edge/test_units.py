"""The small parts by themselves: repair, legal text, numbers, masks, places, sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qbwc_server.soap import answers, protocol, wire, xml
from sync_core.wording import faults
from tests.unit.soap_edge import office


@given(st.text(st.characters(), max_size=200))
def test_legal_text_is_what_lxml_takes_and_nothing_legal_is_lost(text: str) -> None:
    kept = xml.legal_text(text)
    element = etree.Element("a")
    element.text = kept
    assert (etree.fromstring(etree.tostring(element)).text or "") == kept
    for character in set(text) - set(kept):
        with pytest.raises((ValueError, UnicodeEncodeError)):
            element.text = character


@given(st.integers(0, 0x120000))
def test_a_reference_stays_exactly_if_a_parser_takes_it(number: int) -> None:
    for reference in (f"&#{number};", f"&#x{number:x};", f"&#x{number:08X};"):
        document = f"<a>{reference}</a>"
        repaired = xml.repair(document.encode())
        assert xml.repair_text(document).encode() == repaired
        try:
            etree.fromstring(document)
        except etree.XMLSyntaxError:
            assert repaired == b"<a></a>"
        else:
            assert repaired == document.encode()


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary(max_size=20))
def test_repair_leaves_good_xml_alone(text: str, junk: bytes) -> None:
    element = etree.Element("a")
    element.text = xml.legal_text(text)
    good = etree.tostring(element, encoding="utf-8")
    assert xml.repair(good) == good
    # And it is done in one go: a second repair finds nothing the first has left.
    once = xml.repair(good + junk)
    assert xml.repair(once) == once or b"&" in junk


@given(st.lists(st.text(), min_size=2, max_size=4))
def test_a_list_comes_back_as_it_was_sent(texts: list[str]) -> None:
    answer = office.Answer("200 OK", {"Content-Type": "text/xml; charset=utf-8"}, b"")
    content = wire.answer("authenticate", texts)
    read = office.Answer(answer.status, answer.headers, content).texts
    assert read == [xml.legal_text(text) for text in texts]


@given(st.text(max_size=30))
def test_a_number_is_read_or_nothing(text: str) -> None:
    number = protocol.lenient_int(text)
    assert number is None or int(text) == number


def test_a_ticket_is_shown_by_its_first_six_characters() -> None:
    assert protocol.masked("3b241101-e2bb-4255-8caf-4136c566a962") == "3b2411..."


def test_what_is_too_short_for_a_ticket_is_not_shown() -> None:
    assert protocol.masked("hunter2") == "..."


def test_the_innermost_place_of_ours_is_named() -> None:
    with pytest.raises(xml.Refused) as refused:
        xml.parse(b"<a><b></a>")
    place = protocol.innermost_place(refused.value)
    assert place.startswith("qbwc_server.soap.xml:")


def test_a_place_that_is_not_ours_is_empty() -> None:
    with pytest.raises(ZeroDivisionError) as error:
        _ = 1 / 0
    assert protocol.innermost_place(error.value) == ""


SENTENCES = {name: text for name, text in vars(faults).items() if name.isupper()}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_fits_the_status_column(name: str) -> None:
    text = SENTENCES[name]
    assert len(text) <= 150
    assert text.isascii()
    assert text.endswith(".")


@pytest.mark.parametrize("operation", [*office.OPERATIONS, *office.INTERACTIVE])
def test_the_answer_on_failure_is_one_the_protocol_has(operation: str) -> None:
    answer = answers.on_failure(operation)
    assert answers.checked(operation, answer) == answer
    if operation in {"getLastError", "closeConnection"}:
        assert answer not in {"", "NoOp"}
