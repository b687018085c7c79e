"""Message sets for people to read: an element a line, names and amounts hidden, secrets always.

What is shown is listed, and everything else is hidden: an element that came with a later version
is not known to hold no name. A listed one shows what has the form of its kind and nothing else.
What is given may be cut, hostile, or no XML at all; nothing of it is believed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

HIDDEN = "***"
# More is not taken apart for a page: a person reads the first hundred lines of it at most, and a
# support bundle says of more that it was cut.
TEXT_LENGTH_MAX = 2_000_000
_INDENT = "  "

_ID = re.compile(r"[0-9A-Fa-f]{1,8}-[0-9]{1,12}")
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?|0")
_COUNT = re.compile(r"[0-9]{1,16}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}[0-9:+Z-]{0,6})?")
_BOOLEAN = re.compile(r"true|false|0|1")
_VERSION = re.compile(r"(?:[A-Z]{2})?[0-9]{1,2}\.[0-9]{1,2}")
_REQUEST_ID = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{1,16}|[0-9]{1,9}")
_WORD = re.compile(
    "ReceivePayment|Invoice|CreditMemo|Charge|JournalEntry|Deposit|Check|Customer|ActiveOnly|"
    "InactiveOnly|All|PaidOnly|NotPaidOnly|StartsWith|Contains|EndsWith|AMTTYPE|QUANTYPE|"
    "Cash|ECheck|Visa|MasterCard|Discover|AmericanExpress|DebitCard|GiftCard|Other|OtherCreditCard|"
    "AccountsReceivable|AccountsPayable|Bank|CreditCard|Equity|Expense|FixedAsset|Income|"
    "CostOfGoodsSold|LongTermLiability|NonPosting|OtherAsset|OtherCurrentAsset|"
    "OtherCurrentLiability|OtherExpense|OtherIncome|UndepositedFunds|US|CA|UK|AU"
)
# Element names by pattern, with the form of what they hold; the first that fits counts.
_OPEN = (
    (re.compile(r"(?:Txn|List|TxnLine|LinkedTxn)ID"), _ID),
    (re.compile(r"EditSequence|TxnNumber|MaxReturned|M(?:aj|in)orVersion"), _COUNT),
    (re.compile(r"Time\w+|\w*Date"), _MOMENT),
    (re.compile(r"(?:Is|Include)[A-Z]\w*"), _BOOLEAN),
    (re.compile(r"ExternalGUID|OwnerID"), _GUID),
    (re.compile(r"SupportedQBXMLVersion"), _VERSION),
    (
        re.compile(
            r"(?:Txn|TxnDel|ListDel|Link|PaymentMethod|Account|SpecialAccount)Type|Country|"
            r"ActiveStatus|PaidStatus|MatchCriterion"
        ),
        _WORD,
    ),
)
_OPEN_ATTRIBUTES = {
    "requestID": _REQUEST_ID,
    "statusCode": _COUNT,
    "statusSeverity": re.compile("Info|Warn|Error"),
    "iterator": re.compile("Start|Continue|Stop"),
    "iteratorID": _GUID,
    "iteratorRemainingCount": _COUNT,
    "retCount": _COUNT,
    "onError": re.compile("stopOnError|continueOnError|rollbackOnError"),
}
# Names of elements that QuickBooks is asked to tell; only in what we ask.
_RET_ELEMENT = re.compile(r"[A-Z][A-Za-z]{1,40}")

# What stands in these is shown to nobody, whatever it looks like. DataExtValue holds the stamps by
# which a company file is known.
_SECRET = re.compile(
    r"[Pp]assword|[Ss]ecret|CreditCard|CardNumber|CardSecurity|SecurityCode|SSN|\bEIN\b|TaxIdent|"
    r"BankNumber|BankAccount|AccountNumber|Routing|DataExtValue"
)
_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines to read; whether there are more; whether what was given is whole XML."""

    lines: tuple[str, ...]
    has_more: bool
    is_whole: bool


def show(text: str, *, names: bool, lines_max: int | None = None) -> Shown:
    """Write a message set for a person; without `names`, names and amounts are hidden.

    Each line is XML with its own escaping. Of what is no XML the length is told, and with `names`
    the text.
    """
    root, is_whole = _tree(text[:TEXT_LENGTH_MAX])
    is_whole = is_whole and len(text) <= TEXT_LENGTH_MAX
    lines = _no_xml(text, names=names) if root is None else _lines(root, 0, names=names)
    return _cut(lines, lines_max, is_whole=is_whole)


def part(text: str, request_id: str, *, names: bool, lines_max: int | None = None) -> Shown | None:
    """Write what stands under a requestID in a message set; None where nothing does."""
    root, is_whole = _tree(text[:TEXT_LENGTH_MAX])
    every = () if root is None else root.iter(etree.Element)
    found = next((one for one in every if one.get("requestID") == request_id), None)
    if found is None:
        return None
    return _cut(_lines(found, 0, names=names), lines_max, is_whole=is_whole)


def _cut(lines: Iterator[str], lines_max: int | None, *, is_whole: bool) -> Shown:
    kept = tuple(lines if lines_max is None else islice(lines, lines_max))
    return Shown(kept, next(iter(lines), None) is not None, is_whole)


def _no_xml(text: str, *, names: bool) -> Iterator[str]:
    yield f"<!-- no XML: {len(text)} characters -->"
    if names:
        yield from (escape(without_cards(line)) for line in text.splitlines())


def without_cards(text: str) -> str:
    """Hide what could be the number of a card, wherever it stands."""
    return _DIGITS.sub(lambda found: HIDDEN if _is_card(found[0]) else found[0], text)


def _is_card(digits: str) -> bool:
    """Check the last digit by the others, as the number of a card has it (Luhn)."""
    if _ID.fullmatch(digits):
        return False
    numbers = [int(digit) for digit in reversed(digits) if digit.isdigit()]
    doubled = (sum(divmod(2 * number, 10)) for number in numbers[1::2])
    return (sum(numbers[::2]) + sum(doubled)) % 10 == 0


def _tree(text: str) -> tuple[etree._Element | None, bool]:
    """Read as much as there is, with entities, DTD and network off, and lxml's limits on."""
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "ignore").lstrip(), parser)
    except etree.XMLSyntaxError:
        return None, False
    return root, not parser.error_log


def _lines(
    node: etree._Element, depth: int, *, names: bool, is_secret: bool = False
) -> Iterator[str]:
    name = _local(node.tag)
    is_secret = is_secret or _is_secret(name)
    indent = _INDENT * depth
    attributes = "".join(
        f" {_local(key)}={quoteattr(_attribute(key, value, names=names and not is_secret))}"
        for key, value in node.items()
    )
    if not any(isinstance(child.tag, str) for child in node):
        text = "".join(node.itertext()) if len(node) else node.text or ""
        if not text.strip():
            yield f"{indent}<{name}{attributes}/>"
        else:
            shown = escape(_value(node, name, text, names=names, is_secret=is_secret))
            yield f"{indent}<{name}{attributes}>{shown}</{name}>"
        return
    yield f"{indent}<{name}{attributes}>"
    yield from _beside(node.text, depth + 1, names=names and not is_secret)
    for child in node:
        if isinstance(child.tag, str):
            yield from _lines(child, depth + 1, names=names, is_secret=is_secret)
        yield from _beside(child.tail, depth + 1, names=names and not is_secret)
    yield f"{indent}</{name}>"


def _local(name: str | bytes | bytearray | etree.QName) -> str:
    return str(name).rpartition("}")[2]


def _beside(text: str | None, depth: int, *, names: bool) -> Iterator[str]:
    """Give what stands between elements, where qbXML has nothing."""
    if text and not text.isspace():
        shown = escape(without_cards(text.strip())) if names else HIDDEN
        yield f"{_INDENT * depth}{shown}"


def _value(node: etree._Element, name: str, text: str, *, names: bool, is_secret: bool) -> str:
    if is_secret:
        return HIDDEN
    form = _form_of(name)
    if name == "IncludeRetElement":
        asks = node.getparent()
        form = _RET_ELEMENT if asks is not None and _local(asks.tag).endswith("Rq") else None
    if form is not None and form.fullmatch(text):
        return text
    return without_cards(text) if names else HIDDEN


def _attribute(key: str | bytes, value: str, *, names: bool) -> str:
    form = _OPEN_ATTRIBUTES.get(str(key))
    if form is not None and form.fullmatch(value):
        return value
    return without_cards(value) if names and not _is_secret(str(key)) else HIDDEN


@lru_cache(maxsize=1024)  # bounded: what is no qbXML may have any names
def _form_of(name: str) -> re.Pattern[str] | None:
    return next((form for known, form in _OPEN if known.fullmatch(name)), None)


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None
