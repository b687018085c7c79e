"""Bad things done to QuickBooks' answers: to their bytes, their elements, their ids.

And what a careful person reads in such an answer, without the code under test.
"""

import functools
import random
import re
from collections.abc import Callable, Sequence

from lxml import etree

Node = etree._Element
Harm = Callable[[list[Node], random.Random], None]

TOKENS = (
    *("<", ">", "/>", "</", "&", '"', "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE a>", "<?x?>"),
    *(
        "&#1;",
        "&#x1F;",
        "&#xFFFE;",
        "&#99999999999;",
        "&amp;#1;",
        "\x01",
        "\x0b",
        "\ufffe",
        "é",
        "💛",
    ),
    *("\ufeff", " ", "\n", "0", "-1", "9" * 50, "13.0", "1e9", "true", "{", "}", "<QBXMLMsgsRs>"),
)
VALUES = (
    *("", " ", "0", "-1", "0.00", "-5.00", "1.5", "99999999999999.99", "9" * 60, "text", "<&>"),
    *("{8a2f9d2c-1111-5222-8333-123456789abc}", "7-1795186800", "CB2222222223", "💛" * 300),
)
CODES = (
    *("", "0", "1", "00", "+0", " 0 ", "500", "530", "999", "499", "1000", "3000", "3120", "3140"),
    *("3175", "3180", "3210", "3231", "3250", "3260", "4711", "-1", "3.0", "0x0", "9" * 30),
)
MESSAGES = ("", "Status OK", "It is in use by another user.", "reference to QuickBooks Customer")
GUID = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?")


def mutate(text: str, strangers: Sequence[str], dice: random.Random) -> str:
    """Do one to three bad things to an answer; `strangers` are answers to something else."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        harm = dice.choice((_in_bytes, _in_elements, _in_elements, _in_elements, _by_strangers))
        text = harm(text, strangers, dice)
    return text


def _in_bytes(text: str, _: Sequence[str], dice: random.Random) -> str:
    start = dice.randrange(len(text) + 1)
    end = min(len(text), start + dice.randint(0, 60))
    match dice.randrange(6):
        case 0:
            return text[:start]
        case 1:
            return text[:start] + text[end:]
        case 2:
            return text[:end] + text[start:]
        case 3:
            return text[:start] + dice.choice(TOKENS) + text[start:]
        case 4:
            return text[:start] + dice.choice(TOKENS) + text[end:]
        case _:
            return text[:start] + chr(dice.randrange(32, 128)) + text[start + 1 :]


def _in_elements(text: str, _: Sequence[str], dice: random.Random) -> str:
    responses = _responses(text)
    if responses:
        dice.choice(HARMS)(responses, dice)
        return etree.tostring(responses[0].getroottree(), encoding="unicode")
    return text


def _by_strangers(text: str, strangers: Sequence[str], dice: random.Random) -> str:
    """Put some or all of another answer in the place of this one's responses, or beside them."""
    stranger = dice.choice(strangers)
    ours, theirs = _responses(text), _responses(stranger)
    if not ours or not theirs or dice.random() < 0.2:
        return stranger
    home = ours[0].getparent()
    assert home is not None
    for node in dice.sample(theirs, dice.randint(1, len(theirs))):
        if dice.random() < 0.5:
            node.set("requestID", dice.choice(ours).get("requestID", ""))
        home.insert(dice.randrange(len(home) + 1), node)
        if dice.random() < 0.5 and len(home) > 1:
            home.remove(dice.choice(list(home)))
    return etree.tostring(home.getroottree(), encoding="unicode")


def _responses(text: str) -> list[Node]:
    try:
        root = etree.fromstring(text.encode("utf-8", "ignore"))
    except (etree.XMLSyntaxError, ValueError):
        return []
    return [node for message_set in root for node in message_set if isinstance(node.tag, str)]


def _swap_ids(responses: list[Node], dice: random.Random) -> None:
    one, other = dice.choice(responses), dice.choice(responses)
    ids = one.get("requestID", ""), other.get("requestID", "")
    one.set("requestID", ids[1])
    other.set("requestID", ids[0])


def _same_id(responses: list[Node], dice: random.Random) -> None:
    dice.choice(responses).set("requestID", dice.choice(responses).get("requestID", ""))


def _lose_attribute(responses: list[Node], dice: random.Random) -> None:
    node = dice.choice(responses)
    if node.attrib:
        del node.attrib[dice.choice(list(node.attrib))]


def _code(responses: list[Node], dice: random.Random) -> None:
    node = dice.choice(responses)
    node.set("statusCode", dice.choice(CODES))
    node.set("statusMessage", dice.choice(MESSAGES))


def _refuse(responses: list[Node], dice: random.Random) -> None:
    node = dice.choice(responses)
    _code([node], dice)
    del node[:]


def _elements(responses: list[Node]) -> list[Node]:
    return [
        child for node in responses for child in node.iterdescendants(etree.Element)
    ] or responses


def _duplicate(responses: list[Node], dice: random.Random) -> None:
    node = dice.choice((dice.choice(responses), dice.choice(_elements(responses))))
    node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))


def _remove(responses: list[Node], dice: random.Random) -> None:
    node = dice.choice((dice.choice(responses), dice.choice(_elements(responses))))
    parent = node.getparent()
    if parent is not None and len(responses) > 1:
        parent.remove(node)


def _rename(responses: list[Node], dice: random.Random) -> None:
    node = dice.choice((dice.choice(responses), dice.choice(_elements(responses))))
    node.tag = dice.choice(("Other", "TxnID", "ReceivePaymentRet", "ReceivePaymentAddRs", "QBXML"))


def _rewrite(responses: list[Node], dice: random.Random) -> None:
    """Write something else into an element, or what the same element of another response says."""
    leaves = [node for node in _elements(responses) if not len(node)]
    node = dice.choice(leaves)
    alike = [other.text for other in leaves if other.tag == node.tag]
    node.text = dice.choice((*alike, dice.choice(VALUES)))


def _move(responses: list[Node], dice: random.Random) -> None:
    """Move what one response holds into another."""
    one, other = dice.choice(responses), dice.choice(responses)
    other.extend(list(one))


HARMS: tuple[Harm, ...] = (
    *(_swap_ids, _same_id, _lose_attribute, _code, _refuse, _duplicate, _remove, _rename),
    *(_rewrite, _rewrite, _rewrite, _move),
)


def shows_receipt(
    text: str, request_id: str, txn_id: str, guid: str, number: str, amount: str
) -> bool:
    """Read as a careful person: does this answer show that payment as recorded?

    One response under the requestID, of the right kind, successful, with one receipt that has the
    TxnID. It tells the payment's GUID; where it tells none, nothing of it is another payment's.
    """
    node = _alone(text, request_id)
    if node is None or node.tag != "ReceivePaymentAddRs":
        return False
    code = (node.get("statusCode") or "").strip()
    if not re.fullmatch(r"[+-]?[0-9]+", code) or not (int(code) == 0 or 500 <= int(code) <= 999):
        return False
    receipts = node.findall("ReceivePaymentRet")
    if len(receipts) != 1 or txn_id not in _texts(receipts[0], "TxnID"):
        return False
    guids = [each.lower() for each in _texts(receipts[0], "ExternalGUID")]
    readable = [each for each in guids if GUID.fullmatch(each) or each == "0"]
    if readable:
        return guid in [each.strip("{}") for each in readable]
    numbers = _texts(receipts[0], "RefNumber")
    amounts = [
        each
        for each in _texts(receipts[0], "TotalAmount")
        if re.fullmatch(r"[+-]?[0-9]{1,13}(\.[0-9]{2})?", each)
    ]
    return (not numbers or number in numbers) and (
        not amounts or amount in [f"{each}.00" if "." not in each else each for each in amounts]
    )


def shows_refusal(text: str, request_id: str) -> bool:
    """Read as a careful person: does this answer show that this was refused?"""
    node = _alone(text, request_id)
    if node is None or node.tag != "ReceivePaymentAddRs":
        return False
    code = (node.get("statusCode") or "").strip()
    receipts = node.findall("ReceivePaymentRet")
    return code in CODES_OF_REFUSALS and not [
        each for receipt in receipts for each in _texts(receipt, "TxnID")
    ]


def shows_any(text: str, names: Sequence[str]) -> bool:
    """Read as a careful person: does any payment in this answer carry one of these names?"""
    root = _readable(text)
    if root is None:
        return False
    told = {
        found.strip("{}").lower()
        for receipt in root.iter("ReceivePaymentRet")
        for name in ("ExternalGUID", "RefNumber")
        for found in _texts(receipt, name)
    }
    return not told.isdisjoint(name.lower() for name in names)


CODES_OF_REFUSALS = {str(code) for code in (1030, 1060, *range(3000, 3160), *range(3170, 3280))}


# What XML forbids and a .NET client writes all the same: read as if it were not there.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#(?:[0-8]|1[124-9]|2[0-9]|3[01]|9{9,}|x[0-8bcefBCEF]|x1[0-9a-fA-F]|xFFF[EF]);"
)


@functools.lru_cache(maxsize=1)
def _readable(text: str) -> Node | None:
    """Read whatever of an answer can be read."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    rest = FORBIDDEN.sub("", text).lstrip("\ufeff \t\r\n")
    return etree.fromstring(rest.encode("utf-8", "ignore"), parser)


def _alone(text: str, request_id: str) -> Node | None:
    """Find the one response under a requestID."""
    root = _readable(text)
    if root is None or root.tag != "QBXML":
        return None
    found = [
        node
        for message_set in root.findall("QBXMLMsgsRs")
        for node in message_set
        if isinstance(node.tag, str) and node.get("requestID") == request_id
    ]
    return found[0] if len(found) == 1 else None


def _texts(node: Node, name: str) -> list[str]:
    return [text for child in node.findall(name) if (text := (child.text or "").strip())]
