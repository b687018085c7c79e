"""Message sets as people are shown them: readable, and without what is nobody's business."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qbxml import envelope
from qbxml.envelope import Request
from qbxml.payment import ReceivePaymentQuery
from qbxml.showing import HIDDEN, part, show

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").rglob("*.xml"))
TOKEN = "0123456789abcdef"


def lines(text: str, *, names: bool = False) -> list[str]:
    return list(show(text, names=names).lines)


def test_an_element_a_line_and_names_and_amounts_hidden() -> None:
    answer = (
        '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><CustomerQueryRs requestID="1" statusCode="0" '
        'statusSeverity="Info" statusMessage="Abercrombie is fine"><CustomerRet>'
        "<ListID>80000001-1760000001</ListID><FullName>Abercrombie &amp; Sons</FullName>"
        "<IsActive>true</IsActive><Balance>1150.00</Balance><Notes/>"
        "</CustomerRet></CustomerQueryRs></QBXMLMsgsRs></QBXML>"
    )
    assert "\n".join(lines(answer)) == (
        "<QBXML>\n"
        "  <QBXMLMsgsRs>\n"
        '    <CustomerQueryRs requestID="1" statusCode="0" statusSeverity="Info" '
        'statusMessage="***">\n'
        "      <CustomerRet>\n"
        "        <ListID>80000001-1760000001</ListID>\n"
        "        <FullName>***</FullName>\n"
        "        <IsActive>true</IsActive>\n"
        "        <Balance>***</Balance>\n"
        "        <Notes/>\n"
        "      </CustomerRet>\n"
        "    </CustomerQueryRs>\n"
        "  </QBXMLMsgsRs>\n"
        "</QBXML>"
    )
    shown = "\n".join(lines(answer, names=True))
    assert "<FullName>Abercrombie &amp; Sons</FullName>" in shown
    assert "<Balance>1150.00</Balance>" in shown
    assert 'statusMessage="Abercrombie is fine"' in shown


def test_what_is_asked_can_be_followed_without_names() -> None:
    asked = ReceivePaymentQuery(
        txn_id=("1A-1760000001",), include_ret_element=("TxnID", "TotalAmount")
    )
    text = envelope.build([Request(f"{TOKEN}.0", asked)], version="13.0")
    shown = lines(text)
    assert f'    <ReceivePaymentQueryRq requestID="{TOKEN}.0">' in shown
    assert "      <TxnID>1A-1760000001</TxnID>" in shown
    assert "      <IncludeRetElement>TotalAmount</IncludeRetElement>" in shown
    assert HIDDEN not in "\n".join(shown)


# Secrets


@pytest.mark.parametrize(
    "secret",
    [
        "<CreditCardInfo><CreditCardNumber>{}</CreditCardNumber></CreditCardInfo>",
        "<CreditCardInfo><NameOnCard>{}</NameOnCard></CreditCardInfo>",
        "<EmployeeRet><SSN>{}</SSN></EmployeeRet>",
        "<BankAccountNumber>{}</BankAccountNumber>",
        "<VendorTaxIdent>{}</VendorTaxIdent>",
        "<Login Password='{}'/>",
        "<Password><Word>{}</Word></Password>",
        "<DataExtRet><DataExtName>FileID</DataExtName><DataExtValue>{}</DataExtValue></DataExtRet>",
    ],
)
def test_a_secret_is_hidden_whoever_asks(secret: str) -> None:
    text = secret.format("9f8e7d6c")
    for names in (False, True):
        assert "9f8e7d6c" not in "\n".join(lines(text, names=names))


@pytest.mark.parametrize("number", ["4111111111111111", "4111 1111 1111 1111", "3782-822463-10005"])
def test_the_number_of_a_card_is_hidden_wherever_somebody_typed_it(number: str) -> None:
    for text in (
        f"<Memo>paid by {number}, thanks</Memo>",
        f"<A statusMessage='refused: {number}'/>",
        f"<A>{number}<B/></A>",
        f"no XML {number}",
    ):
        shown = "\n".join(lines(text, names=True))
        assert number not in shown
        assert HIDDEN in shown


def test_numbers_that_are_no_cards_stay() -> None:
    text = "<Memo>order 4111111111111112, TxnID 80000001-1760000001</Memo>"
    assert lines(text, names=True) == [text]


# What comes in

HOSTILE = {
    "entities": '<!DOCTYPE x [<!ENTITY a "leak"><!ENTITY b "&a;&a;">]><x><Memo>&b;</Memo></x>',
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><Memo>&a;</Memo></x>',
    "a DTD": '<!DOCTYPE x SYSTEM "http://example.com/x.dtd"><x/>',
    "markup": "<x><Memo>&lt;script&gt;alert(1)&lt;/script&gt;</Memo></x>",
    "CDATA": "<x><Memo><![CDATA[<script>alert(1)</script>]]></Memo></x>",
    "a comment": "<x><!-- <script> --><Memo>y</Memo></x>",
    "an instruction": "<x><?php leak ?></x>",
    "depth": "<a>" * 5_000,
    "attributes": "<x " + " ".join(f'a{number}="leak"' for number in range(2_000)) + "/>",
    "namespaces": '<x xmlns:q="leak"><q:Memo q:leaks="leak">leak</q:Memo></x>',
    "cut in a name": "<x><Memo>leak</Me",
    "cut in a text": "<x><Memo>lea",
    "cut in an attribute": '<x><Memo a="lea',
    "controls": "<x><Memo>a\x00b\x01&#x1;</Memo></x>",
    "surrogates": "<x><Memo>\ud800</Memo></x>",
    "no XML": "leak",
    "nothing": "",
    "spaces": " \n ",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_without_harm(text: str) -> None:
    for names in (False, True):
        shown = "\n".join(lines(text, names=names))
        assert "<script" not in shown
        assert "root:" not in shown
        assert len(shown) < 200_000
    assert not re.search(r">lea|\"leak\"|php", "\n".join(lines(text)))


def test_long_ones_are_cut_with_a_word() -> None:
    text = "<x>" + "<Memo>y</Memo>" * 100 + "</x>"
    shown = show(text, names=False, lines_max=10)
    assert (len(shown.lines), shown.has_more, shown.is_whole) == (10, True, True)
    shown = show(text, names=False)
    assert (len(shown.lines), shown.has_more) == (102, False)
    assert not show(text[:500], names=False).is_whole


# For any message set

NAMES = [
    *("FullName", "Name", "FirstName", "CompanyName", "Memo", "Notes", "RefNumber", "Unheard"),
    *("Addr1", "City", "State", "PostalCode", "Phone", "Email", "IsActive", "TxnDate", "TxnID"),
    *("Amount", "TotalAmount", "Balance", "BalanceRemaining", "Subtotal"),
]
VALUES = st.text(min_size=1, max_size=40).filter(lambda text: not text.isspace()) | st.decimals(
    min_value=0, max_value=10**9, places=2
).map(str)


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    """A message set of any shape, whose leaves hold a mark where a value is to stand."""
    root = etree.Element("QBXML")
    nodes = [root]
    for _ in range(draw(st.integers(1, 15))):
        parent = draw(st.sampled_from(nodes))
        nodes.append(etree.SubElement(parent, draw(st.sampled_from(NAMES))))
    return root


def filled(root: etree._Element, values: list[str]) -> str:
    """Write a message set with values in its leaves and attributes, as well as XML can hold."""
    for place, node in enumerate(root.iter()):
        value = re.sub(r"[^\t\n -\ud7ff\ue000-\ufffd]", "?", values[place % len(values)])
        node.set("statusMessage", value)
        if not len(node):
            node.text = value
    return etree.tostring(root, encoding="unicode")


def is_shown_by_its_form(value: str) -> bool:
    """Say whether a value looks like an id, a day or a truth: that is shown where those stand."""
    return re.fullmatch(r"true|false|[0-9A-Fa-f]+-\d+|\d{4}-.*|[01]", value) is not None


@given(trees(), st.lists(VALUES, min_size=1), st.lists(VALUES, min_size=1))
def test_what_is_hidden_does_not_depend_on_any_value(
    root: etree._Element, some: list[str], others: list[str]
) -> None:
    """Whatever the names, memos, addresses and amounts are, the same is shown: nothing of them."""
    some = [value for value in some if not is_shown_by_its_form(value.strip())] or ["x"]
    others = [value for value in others if not is_shown_by_its_form(value.strip())] or ["y"]
    first, second = lines(filled(root, some)), lines(filled(root, others))
    assert first == second
    shape = [str(node.tag) for node in root.iter()]
    assert [found[1] for line in first if (found := re.match(r" *<(\w+)", line))] == shape


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_nothing_of_a_real_answer_is_shown_but_its_structure(sample: Path) -> None:
    text = sample.read_text("utf-8", "replace")
    shown = "\n".join(lines(text))
    shape = re.findall(r"<(\w+)", shown)
    assert shape
    values = re.findall(
        r"<(?:\w*Name|Memo|City|Phone|Email|\w*Amount|\w*Balance\w*)>([^<]+)<", text
    )
    assert [value for value in values if f">{value}<" in shown] == []


# One request, or one response, out of a message set

SENT = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq '
    'onError="continueOnError"><ReceivePaymentAddRq requestID="1"><ReceivePaymentAdd>'
    "<CustomerRef><FullName>O&#39;Neill &amp; Co</FullName></CustomerRef><Memo>{memo}</Memo>"
    '</ReceivePaymentAdd></ReceivePaymentAddRq><ReceivePaymentAddRq requestID="2"/>'
    "</QBXMLMsgsRq></QBXML>"
)


def test_one_request_of_many_is_shown_alone() -> None:
    shown = part(SENT.format(memo="web"), "1", names=True)
    assert shown is not None
    assert shown.is_whole
    assert "\n".join(shown.lines) == (
        '<ReceivePaymentAddRq requestID="1">\n'
        "  <ReceivePaymentAdd>\n"
        "    <CustomerRef>\n"
        "      <FullName>O'Neill &amp; Co</FullName>\n"
        "    </CustomerRef>\n"
        "    <Memo>web</Memo>\n"
        "  </ReceivePaymentAdd>\n"
        "</ReceivePaymentAddRq>"
    )
    hidden = part(SENT.format(memo="web"), "1", names=False)
    assert hidden is not None
    assert "O'Neill" not in "".join(hidden.lines)


def test_what_is_not_there_or_cannot_be_read_is_nothing() -> None:
    for text, request_id in (
        (SENT, "3"),
        ("<QBXML><cut", "1"),
        ("", "1"),
        ("\0", "1"),
    ):
        assert part(text, request_id, names=True) is None


def test_a_part_hides_cards_and_is_cut_like_the_whole() -> None:
    for card in ("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"):
        shown = part(SENT.format(memo=f"card {card}."), "1", names=True)
        assert shown is not None
        assert f"    <Memo>card {HIDDEN}.</Memo>" in shown.lines
    for plain in ("80000001-1760000001", "2026-11-20T15:00:00", "pp_1005"):
        shown = part(SENT.format(memo=plain), "1", names=True)
        assert shown is not None
        assert f"    <Memo>{plain}</Memo>" in shown.lines
    cut = part(SENT.format(memo="web"), "1", names=True, lines_max=2)
    assert cut is not None
    assert (len(cut.lines), cut.has_more) == (2, True)
