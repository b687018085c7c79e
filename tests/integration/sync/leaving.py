"""What the tests of doubt share: payments of both kinds, and what must hold whenever one leaves.

What a session asked and was answered is read from its message sets; how often QuickBooks did a
payment, from its own count by ExternalGUID.
"""

from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from scripts.simulate import soap
from scripts.simulate.quickbooks.records import Payment
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.transport import Transport
from scripts.simulate.web_connector import Session, WebConnector
from tests.integration.sync.firm import Firm, requests, update

CUSTOMER = "Café Belém"
A_NIGHT_S = 12 * 3600


def some_payments(firm: Firm, count: int, **more: object) -> list[str]:
    """Queue payments: every other one is part of an invoice, the others stand on account."""
    if firm.books.find_customer(CUSTOMER) is None:
        firm.books.add_customer(CUSTOMER)
    queued = []
    for number in range(count):
        amount = f"{len(firm.queued) + 1}.00"
        invoice = firm.books.add_invoice(CUSTOMER, amount="1000.00") if number % 2 == 0 else None
        queued.append(firm.pay(CUSTOMER, amount, {invoice: amount} if invoice else (), **more))
    return queued


def reference(firm: Firm, payment: str) -> str:
    """Give a payment's number."""
    return firm.payment(payment).reference


def guid(firm: Firm, payment: str) -> str:
    """Give a payment's ExternalGUID as it is sent."""
    rows = firm.rows("SELECT external_guid FROM payment WHERE external_id = :id", id=payment)
    return f"{{{rows[0]['external_guid']}}}"


def executed(firm: Firm, payment: str) -> int:
    """Count how often QuickBooks has carried a payment out."""
    return firm.books.executed_adds[guid(firm, payment)]


def receipts(firm: Firm, payment: str) -> list[Payment]:
    """List the entries in QuickBooks that carry a payment's ExternalGUID."""
    mine = guid(firm, payment)
    return [receipt for receipt in firm.books.payments() if receipt.external_guid == mine]


def are_once(firm: Firm, payments: Sequence[str]) -> None:
    """See that payments stand in QuickBooks once, whole, and under the TxnID that we believe."""
    for payment in payments:
        shown = firm.payment(payment)
        assert shown.status == "posted", (payment, shown.note)
        assert executed(firm, payment) == 1
        (receipt,) = receipts(firm, payment)
        assert receipt.txn_id == shown.txn_id
        applied = sum(link.amount for link in receipt.links)
        assert applied == (receipt.total if _has_invoice(firm, payment) else 0)


def _has_invoice(firm: Firm, payment: str) -> bool:
    sql = (
        "SELECT payment_id FROM payment_apply JOIN payment ON payment.id = payment_id"
        " WHERE external_id = :id"
    )
    return bool(firm.rows(sql, id=payment))


def set_columns(firm: Firm, payment: str, assignments: str) -> None:
    """Change a payment's row, as somebody at the database does."""
    with firm.engine.begin() as db:
        db.exec_driver_sql(
            f"UPDATE payment SET {assignments} WHERE external_id = '{payment}'"  # noqa: S608 - a test's own words
        )


def die(pc: WebConnector, *, after: int = 0) -> Session:
    """Let a PC lose its power with payments in its hands, so many of them executed; -1: all."""
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    if after < 0:
        session.execute()
        session.power_cut()
    else:
        session.power_cut(after=after)
    return session


def numbers_sent(session: Session) -> list[list[str]]:
    """List the numbers that left, by message set."""
    sets = [
        [str(node.findtext("*/RefNumber")) for node in requests(asked, "ReceivePaymentAdd")]
        for asked, _ in session.message_sets
    ]
    return [numbers for numbers in sets if numbers]


def numbers_asked(session: Session) -> list[str]:
    """List the numbers that QuickBooks was asked for, one request each."""
    return [
        number
        for asked, _ in session.message_sets
        for node in requests(asked, "ReceivePaymentQuery")
        for number in _only_number(node)
    ]


def _only_number(node: etree._Element) -> list[str]:
    numbers = [str(found.text) for found in node.findall("RefNumber")]
    assert len(numbers) <= 1, "one request each"
    return numbers


def fair_update(firm: Firm, pc: WebConnector) -> Session:
    """Press Update Selected, and see that whatever left before left again by the rules."""
    left = have_left(firm)
    session = update(pc)
    left_fairly(session, left)
    return session


def have_left(firm: Firm) -> set[str]:
    """Give the numbers that were ever handed out."""
    return {row["reference"] for row in firm.rows("SELECT reference FROM payment WHERE ever_left")}


def left_fairly(session: Session, left: set[str]) -> None:
    """See that a number that left before was asked for, and the list read to its end, since then.

    `left` are the numbers that had left when the session began.
    """
    left = set(left)
    asked: set[str] = set()
    is_read = False
    for text, answer in session.message_sets:
        out = [str(node.findtext("*/RefNumber")) for node in requests(text, "ReceivePaymentAdd")]
        for number in out:
            if number in left:
                assert number in asked, f"{number} left again and was not asked for"
                assert is_read, f"{number} left again before the list was read"
        asked.difference_update(out)
        left.update(out)
        for node in requests(text, "ReceivePaymentQuery"):
            asked.update(_only_number(node))
            if node.get("iterator") is not None:
                is_read = _is_end(answer, str(node.get("requestID")))


def _is_end(answer: str, request_id: str) -> bool:
    if not answer:
        return False
    (told,) = [
        node for node in etree.fromstring(answer.encode())[0] if node.get("requestID") == request_id
    ]
    return told.get("statusCode") == "1" or told.get("iteratorRemainingCount") == "0"


Edit = Callable[[etree._Element], object]


def answering(line: Transport, edits: Mapping[str, Edit]) -> Transport:
    """Change QuickBooks' answers to the look-ups of some numbers, on their way to the service."""
    asked_for: dict[str, str] = {}  # the number by the requestID under which it was asked for

    def call(operation: str, body: bytes) -> HttpAnswer:
        if operation == "receiveResponseXML" and asked_for:
            given = etree.fromstring(body)[0][0]
            arguments = {str(etree.QName(node).localname): node.text or "" for node in given}
            root = etree.fromstring(arguments["response"].encode())
            told = [(asked_for.get(str(node.get("requestID"))), node) for node in root[0]]
            for number, node in told:
                if number is not None:
                    edits[number](node)
            arguments["response"] = etree.tostring(root, encoding="unicode")
            body = soap.write_request(operation, arguments)
        answer = line(operation, body)
        asked_for.clear()
        if operation == "sendRequestXML" and (asks := str(soap.read_result(operation, answer))):
            for node in requests(asks, "ReceivePaymentQuery"):
                number = node.findtext("RefNumber") or ""
                if number in edits:
                    asked_for[str(node.get("requestID"))] = number
        return answer

    return call
