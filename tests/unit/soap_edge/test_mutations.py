"""Ten thousand bodies that went wrong: each is answered, by a result or by a SOAP fault."""

import random
from wsgiref.types import WSGIApplication

from tests.unit.soap_edge import office

COUNT = 10_000
# A fixed seed, so that a failure can be looked at again.
SEED = 20261121

TOKENS = [
    *(b"<", b">", b"/>", b"</", b"&", b";", b'"', b"'", b"=", b":", b"<!--", b"-->", b"<?", b"?>"),
    *(b"<![CDATA[", b"]]>", b"<!DOCTYPE a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&lt;"),
    *(b"&#x1;", b"&#0;", b"&#xFFFE;", b"&#x110000;", b"&#99999999999;", b"&amp;#1;", b"\x00"),
    *(
        b"\xff",
        b"\xc3",
        b"\xef\xbf\xbe",
        b"\xed\xa0\x80",
        b"\xfe\xff",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
    ),
    *(b' xmlns="x"', b' xmlns:soap="x"', b' xsi:type="foo"', b' xsi:nil="true"', b' href="#a"'),
    *(b' id="a"', b' ticket="1"', b"soap:", b"q1:", b"http://developer.intuit.com", b"12x/soap"),
    *(b"<soap:Fault/>", b"<soap:Body/>", b"<soap:Header/>", b"<a/>", b"<ticket>", b"</ticket>"),
    *(b"utf-16", b"ascii", b"iso-8859-1", b"nonsense", b"1e9", b"-1", b"9" * 5000, b"13.0", b" "),
    *(
        b"interactiveDone",
        b"serverVersion",
        b"authenticate",
        b"getLastError",
        b"receiveResponseXML",
    ),
]


def seeds() -> list[bytes]:
    """Return a good call of each operation, in several dresses."""
    plain = [
        office.envelope(operation, {name: f"text of {name}" for name, _ in arguments})
        for operation, (arguments, _) in office.OPERATIONS.items()
    ]
    plain += [
        office.envelope(operation, dict.fromkeys(names, "x"))
        for operation, names in office.INTERACTIVE.items()
    ]
    rpc = [
        body.replace(b"<ticket>", b'<ticket xsi:type="xsd:string">').replace(
            b"<soap:Body>", b"<soap:Header><h/></soap:Header><soap:Body>"
        )
        for body in plain
    ]
    utf_16 = [body.decode().replace("utf-8", "utf-16").encode("utf-16") for body in plain]
    return plain + rpc + utf_16


def mutate(body: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """Do one to four bad things to a body."""
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        start = dice.randrange(len(body) + 1)
        end = min(len(body), start + dice.randint(0, 40))
        match dice.randrange(9):
            case 0:  # cut off
                body = body[:start]
            case 1:  # a hole
                body = body[:start] + body[end:]
            case 2:  # twice
                body = body[:end] + body[start:]
            case 3:  # a token thrown in
                body = body[:start] + dice.choice(TOKENS) + body[start:]
            case 4:  # a token instead of something
                body = body[:start] + dice.choice(TOKENS) + body[end:]
            case 5:  # another byte
                body = body[:start] + bytes([dice.randrange(256)]) + body[start + 1 :]
            case 6:  # the end of another call
                body = body[:start] + dice.choice(others)[start:]
            case 7:  # one word of it for another
                body = body.replace(dice.choice(TOKENS), dice.choice(TOKENS), 1)
            case _:  # a token in every text
                body = body.replace(b"text of", dice.choice(TOKENS))
    return body


def test_ten_thousand_mutated_bodies(app: WSGIApplication) -> None:
    dice = random.Random(SEED)  # noqa: S311 - dice, no secret
    bodies = seeds()
    results = faults = 0
    for _ in range(COUNT):
        body = mutate(dice.choice(bodies), bodies, dice)
        answer = office.post(app, body)
        if answer.status == "200 OK":
            assert answer.result is not None, body
            results += 1
        else:
            assert answer.fault.startswith(("The ", "This ")), body
            # A fault of theirs: nothing fell through to the last resort.
            assert answer.body.findtext("faultcode") == "soap:Client", body
            faults += 1
    # The mutator is neither too tame nor too wild.
    assert min(results, faults) > COUNT // 10
