"""A request or response as people read it: its own alone, indented, secrets masked, not endless."""

from qbxml.pretty import LENGTH_MAX, excerpt

SENT = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq '
    'onError="continueOnError"><ReceivePaymentAddRq requestID="1-1"><ReceivePaymentAdd>'
    "<CustomerRef><FullName>O&#39;Neill &amp; Co</FullName></CustomerRef><Memo>{memo}</Memo>"
    '</ReceivePaymentAdd></ReceivePaymentAddRq><ReceivePaymentAddRq requestID="1-2"/>'
    "</QBXMLMsgsRq></QBXML>"
)


def test_one_request_of_many_is_shown_indented() -> None:
    assert excerpt(SENT.format(memo="web"), "1-1") == (
        '<ReceivePaymentAddRq requestID="1-1">\n'
        "  <ReceivePaymentAdd>\n"
        "    <CustomerRef>\n"
        "      <FullName>O'Neill &amp; Co</FullName>\n"
        "    </CustomerRef>\n"
        "    <Memo>web</Memo>\n"
        "  </ReceivePaymentAdd>\n"
        "</ReceivePaymentAddRq>"
    )


def test_what_is_not_there_or_cannot_be_read_is_nothing() -> None:
    assert excerpt(SENT, "1-3") is None
    assert excerpt("<QBXML><cut", "1-1") is None
    assert excerpt("", "1-1") is None
    assert excerpt('<!DOCTYPE a [<!ENTITY b "c">]><a requestID="1-1">&b;</a>', "1-1") is None


def test_the_number_of_a_card_is_masked_and_ids_are_not() -> None:
    for card in ("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"):
        shown = excerpt(SENT.format(memo=f"card {card}."), "1-1")
        assert shown is not None
        assert "card ***1111." in shown
    for plain in ("80000001-1760000001", "2026-11-20T15:00:00", "pp_1005"):
        assert plain in (excerpt(SENT.format(memo=plain), "1-1") or "")
    secret = '<QBXML><Rs requestID="1"><CreditCardNumber>1234</CreditCardNumber></Rs></QBXML>'
    assert "1234" not in (excerpt(secret, "1") or "")


def test_what_is_very_long_is_cut_and_says_so() -> None:
    shown = excerpt(SENT.format(memo="x" * (LENGTH_MAX + 5_000)), "1-1")
    assert shown is not None
    assert len(shown) < LENGTH_MAX + 100
    assert shown.endswith("more characters are left out here.")
