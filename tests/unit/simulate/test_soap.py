"""The envelopes a Web Connector writes, and how strictly it reads what comes back."""

import pytest

from scripts.simulate.soap import HttpAnswer, SoapError, read_result, write_request
from tests.unit.simulate.service import TICKET, TNS, envelope, fault, ok


def test_a_call_without_arguments_as_captured() -> None:
    assert write_request("serverVersion", {}) == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        b'<serverVersion xmlns="http://developer.intuit.com/" /></soap:Body></soap:Envelope>'
    )


def test_qbxml_is_escaped_and_empty_arguments_are_empty_elements() -> None:
    text = write_request(
        "receiveResponseXML",
        {"ticket": TICKET, "response": "<a x='1'/>\n", "hresult": "", "message": ""},
    ).decode()
    assert text.partition("<soap:Body>")[2] == (
        f'<receiveResponseXML xmlns="{TNS}"><ticket>{TICKET}</ticket>'
        "<response>&lt;a x='1'/&gt;\n</response><hresult /><message /></receiveResponseXML>"
        "</soap:Body></soap:Envelope>"
    )


def test_arguments_stand_in_the_order_of_the_wsdl() -> None:
    text = write_request("authenticate", {"strPassword": "p", "strUserName": "zoë"}).decode()
    assert "<strUserName>zoë</strUserName><strPassword>p</strPassword>" in text


def test_results_are_read() -> None:
    assert read_result("closeConnection", ok("closeConnection", "OK")) == "OK"
    assert read_result("sendRequestXML", ok("sendRequestXML", "")) == ""
    assert read_result("receiveResponseXML", ok("receiveResponseXML", " -1 ")) == -1
    assert read_result("authenticate", ok("authenticate", [TICKET, ""])) == [TICKET, ""]
    plain = (
        f'<closeConnectionResponse xmlns="{TNS}"><closeConnectionResult>OK'
        "</closeConnectionResult></closeConnectionResponse>"
    )
    assert read_result("closeConnection", envelope(plain, content_type="text/xml")) == "OK"


def result(inner: str, operation: str = "sendRequestXML") -> HttpAnswer:
    return envelope(f"<t:{operation}Response>{inner}</t:{operation}Response>")


GOOD = ok("sendRequestXML", "x")
STRINGS = "<t:authenticateResult>{}</t:authenticateResult>"


@pytest.mark.parametrize(
    "answer",
    [
        fault("It broke."),
        HttpAnswer(302, GOOD.headers, GOOD.body),
        HttpAnswer(200, {"content-type": "text/html"}, GOOD.body),
        HttpAnswer(200, {"content-type": "application/soap+xml; charset=utf-8"}, GOOD.body),
        HttpAnswer(200, {"content-type": "text/xml; charset=iso-8859-1"}, GOOD.body),
        HttpAnswer(200, {}, GOOD.body),
        HttpAnswer(200, {**GOOD.headers, "content-encoding": "gzip"}, GOOD.body),
        HttpAnswer(200, GOOD.headers, b""),
        HttpAnswer(200, GOOD.headers, b"\n" + GOOD.body),
        HttpAnswer(200, GOOD.headers, GOOD.body[:-5]),
        HttpAnswer(200, GOOD.headers, b"<html/>"),
        HttpAnswer(200, GOOD.headers, GOOD.body.replace(b"?>", b"?><!DOCTYPE x>", 1)),
        HttpAnswer(
            200,
            GOOD.headers,
            GOOD.body.replace(b"schemas.xmlsoap.org/soap/envelope/", b"www.w3.org/2003/05/soap"),
        ),
        HttpAnswer(200, GOOD.headers, GOOD.body.replace(b"intuit.com/", b"intuit.com")),
        HttpAnswer(200, GOOD.headers, GOOD.body.replace(b"s:Body", b"s:Header")),
        ok("getLastError", "x"),
        envelope(""),
        result(""),
        result("<t:sendRequestXMLResult/><t:sendRequestXMLResult/>"),
        result("<sendRequestXMLResult>x</sendRequestXMLResult>"),
        result("<t:sendRequestXMLResult><a>x</a></t:sendRequestXMLResult>"),
        result(
            '<t:sendRequestXMLResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
            ' i:nil="true"/>'
        ),
    ],
)
def test_an_answer_that_cannot_be_bound(answer: HttpAnswer) -> None:
    with pytest.raises(SoapError):
        read_result("sendRequestXML", answer)


@pytest.mark.parametrize(
    "strings",
    [
        "",
        "<t:string>one</t:string>",
        "<t:string/>" * 5,
        "<string>one</string><string>two</string>",
        (
            '<a:string xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">one'
            '</a:string><a:string xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"/>'
        ),
        (
            "<t:string>one</t:string>"
            '<t:string xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
        ),
    ],
)
def test_an_array_that_cannot_be_bound(strings: str) -> None:
    with pytest.raises(SoapError):
        read_result("authenticate", result(STRINGS.format(strings), "authenticate"))


@pytest.mark.parametrize("text", ["", "12.5", "50%", "true", "2147483648"])
def test_a_percentage_that_is_no_int(text: str) -> None:
    with pytest.raises(SoapError, match="int"):
        read_result("receiveResponseXML", ok("receiveResponseXML", text))


def test_the_sentence_of_a_fault_is_passed_on() -> None:
    with pytest.raises(SoapError, match=r"HTTP status 500: The books are locked\."):
        read_result("closeConnection", fault("The books are locked."))
    with pytest.raises(SoapError, match="no SOAP fault"):
        read_result("closeConnection", HttpAnswer(500, {}, b"Internal Server Error"))
