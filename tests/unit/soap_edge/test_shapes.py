"""Request shapes, from the merely odd to the hostile: a result or a fault, never anything else."""

import codecs
from wsgiref.types import WSGIApplication

import pytest

from qbwc_server.soap import xml
from sync_core.wording import faults
from tests.unit.soap_edge import fake_sync, office
from tests.unit.soap_edge.fake_sync import FakeSync

HEAD, TAIL = office.HEAD, office.TAIL
NS = 'xmlns="http://developer.intuit.com/"'
PLAIN = f"{HEAD}<serverVersion {NS}/>{TAIL}"


def wrap(inner: str) -> bytes:
    return f"{HEAD}{inner}{TAIL}".encode()


ODD = {
    "as written by the RPC style": wrap(
        '<q1:clientVersion xmlns:q1="http://developer.intuit.com/"'
        ' soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        '<strVersion xsi:type="xsd:string">2.3</strVersion></q1:clientVersion>'
    ),
    "a stray argument": wrap(
        f"<clientVersion {NS}><foo>1</foo><strVersion>2.3</strVersion></clientVersion>"
    ),
    "the same argument twice": wrap(
        f"<clientVersion {NS}><strVersion>2.3</strVersion><strVersion>9</strVersion>"
        "</clientVersion>"
    ),
    "an attribute named like a type": wrap(
        f'<clientVersion {NS}><strVersion strVersion="9" type="x">2.3</strVersion></clientVersion>'
    ),
    "an unknown xsi:type": wrap(
        f'<clientVersion {NS}><strVersion xsi:type="foo">2.3</strVersion></clientVersion>'
    ),
    "xsi:nil that says false": wrap(
        f'<clientVersion {NS}><strVersion xsi:nil="false">2.3</strVersion></clientVersion>'
    ),
    "an href without its id": wrap(
        f'<clientVersion {NS} href="#x"><strVersion href="#y">2.3</strVersion></clientVersion>'
    ),
    "a comment, an instruction, a CDATA section": wrap(
        f"<!-- c --><clientVersion {NS}><strVersion>2<!-- c -->.<?pi?><![CDATA[3]]></strVersion>"
        "</clientVersion>"
    ),
    "a header": (
        wrap(f"<clientVersion {NS}><strVersion>2.3</strVersion></clientVersion>").replace(
            b"<soap:Body>", b'<soap:Header><a soap:mustUnderstand="1"/></soap:Header><soap:Body>'
        )
    ),
    "elements inside an argument": wrap(
        f"<clientVersion {NS}><strVersion><b>2</b>.<b>3</b></strVersion></clientVersion>"
    ),
}


@pytest.mark.parametrize("shape", ODD)
def test_an_odd_shape_is_understood(app: WSGIApplication, sync: FakeSync, shape: str) -> None:
    assert office.post(app, ODD[shape]).text == ""
    assert sync.heard("client_version") == {"version": "2.3"}


REFUSED = {
    "nothing": (b"", faults.NOT_XML),
    "blanks": (b"  \n", faults.NOT_XML),
    "no XML": (b"strUserName=a&strPassword=b", faults.NOT_XML),
    "JSON": (b'{"serverVersion": {}}', faults.NOT_XML),
    "cut off": (PLAIN[:-10].encode(), faults.NOT_XML),
    "an entity nobody declared": (wrap("<a>&foo;</a>"), faults.NOT_XML),
    "an encoding nobody knows": (PLAIN.replace("utf-8", "nonsense").encode(), faults.NOT_XML),
    "deeper than 2,048": (b"<a>" * 3000 + b"</a>" * 3000, faults.NOT_XML),
    "HTML": (b"<html><body/></html>", faults.NOT_SOAP),
    "SOAP 1.2": (
        PLAIN.replace("schemas.xmlsoap.org/soap", "www.w3.org/2003/05/soap").encode(),
        faults.NOT_SOAP,
    ),
    "an envelope without a body": (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>',
        faults.NOT_SOAP,
    ),
    "a body without an element": (wrap(""), faults.NOT_SOAP),
    "a body of text": (wrap("hello"), faults.NOT_SOAP),
    "more elements than a call has": (wrap("<a/>" * 300_000), faults.NOT_SOAP),
    "a fault": (
        wrap("<soap:Fault><faultcode>x</faultcode></soap:Fault>"),
        faults.UNKNOWN_OPERATION,
    ),
    "an unknown operation": (wrap(f"<authenticate2 {NS}/>"), faults.UNKNOWN_OPERATION),
    "the namespace without its slash": (
        wrap('<serverVersion xmlns="http://developer.intuit.com"/>'),
        faults.UNKNOWN_OPERATION,
    ),
    "no namespace": (wrap("<serverVersion/>"), faults.UNKNOWN_OPERATION),
    "a DOCTYPE": (b"<!DOCTYPE a><a/>", faults.DOCTYPE),
    "a DOCTYPE before a good call": (
        PLAIN.replace("?>", "?><!DOCTYPE a [<!ENTITY b 'c'>]>", 1).encode(),
        faults.DOCTYPE,
    ),
    "a DOCTYPE from elsewhere": (
        b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>',
        faults.DOCTYPE,
    ),
    "a DOCTYPE in UTF-16": (
        codecs.BOM_UTF16_LE + "<!DOCTYPE a><a/>".encode("utf-16-le"),
        faults.DOCTYPE,
    ),
    "a file by entity": (
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        faults.DOCTYPE,
    ),
}


@pytest.mark.parametrize("shape", REFUSED)
def test_a_shape_that_is_no_call_gets_a_fault(app: WSGIApplication, shape: str) -> None:
    body, sentence = REFUSED[shape]
    answer = office.post(app, body)
    assert answer.fault == sentence
    assert answer.body.findtext("faultcode") == "soap:Client"
    assert answer.body.find("detail") is not None


def test_a_billion_laughs_are_not_laughed(app: WSGIApplication) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE a [<!ENTITY l0 "lol">{entities}]><a b="&l11;">&l11;</a>'
    assert office.post(app, body.encode()).fault in {faults.DOCTYPE, faults.NOT_XML}


@pytest.mark.parametrize(
    "content_type",
    ["", "text/xml", "application/xml", "text/xml; charset=nonsense", 'text/xml; charset="', ";;="],
)
def test_what_http_says_about_the_content_is_ignored(
    app: WSGIApplication, content_type: str
) -> None:
    body = office.envelope("serverVersion")
    assert office.post(app, body, CONTENT_TYPE=content_type).text == "1.0"


def test_utf_16_is_read(app: WSGIApplication, sync: FakeSync) -> None:
    body = office.envelope("clientVersion", {"strVersion": "caf\u00e9"}).decode()
    office.post(app, body.replace("utf-8", "utf-16").encode("utf-16"))
    assert sync.heard("client_version") == {"version": "caf\u00e9"}


@pytest.mark.parametrize(
    "written",
    [
        b"Ann&#x1;&#1;&#xFFFE;&#65535;&#xd800;&#x110000;&#0; Co",
        b"Ann\x00\x01\x1f Co",
        b"Ann\xef\xbf\xbe\xef\xbf\xbf\xed\xa0\x80 Co",
    ],
)
def test_control_characters_in_the_envelope_are_repaired(
    app: WSGIApplication, sync: FakeSync, written: bytes
) -> None:
    body = office.envelope("receiveResponseXML", {"response": "<a>HERE &#233;</a>"})
    office.post(app, body.replace(b"HERE", written))
    assert sync.heard("receive_response")["response"] == "<a>Ann Co &#233;</a>"


def test_control_characters_in_the_qbxml_are_repaired(app: WSGIApplication, sync: FakeSync) -> None:
    qbxml = "<Name>Ann&#x1;&#2; &#x26; Co&#13;&#x110000;</Name>"
    office.call(app, "sendRequestXML", {"strHCPResponse": qbxml})
    office.call(app, "receiveResponseXML", {"response": qbxml})
    repaired = "<Name>Ann &#x26; Co&#13;</Name>"
    assert sync.heard("send_request")["hcp_response"] == repaired
    assert sync.heard("receive_response")["response"] == repaired


def test_a_text_of_over_ten_megabytes(app: WSGIApplication, sync: FakeSync) -> None:
    text = "<InvoiceRet>\u00e9 &amp;</InvoiceRet>" * 400_000
    ticket, _ = office.call(
        app,
        "authenticate",
        {"strUserName": fake_sync.USER_NAME, "strPassword": fake_sync.PASSWORD},
    ).texts
    office.call(app, "sendRequestXML", {"ticket": ticket})
    answer = office.call(app, "receiveResponseXML", {"ticket": ticket, "response": text})
    assert answer.text == "50"
    assert sync.heard("receive_response")["response"] == text
    assert len(text.encode()) > 10_000_000


def test_one_element_too_many_is_refused_and_the_last_allowed_one_is_not(
    app: WSGIApplication,
) -> None:
    def body(count: int) -> bytes:
        # Envelope, Body and the operation are three of them.
        return wrap(f"<serverVersion {NS}>{'<a/>' * (count - 3)}</serverVersion>")

    assert office.post(app, body(xml.ELEMENTS_MAX)).text == "1.0"
    assert office.post(app, body(xml.ELEMENTS_MAX + 1)).fault == faults.NOT_SOAP
