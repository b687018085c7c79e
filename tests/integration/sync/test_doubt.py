"""When the answer does not come, or proves nothing: in doubt, until QuickBooks has said more."""

from collections.abc import Callable

import pytest
from lxml import etree

from scripts.simulate.quickbooks.refusals import ComError
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.trouble import Kind, Variant
from sync_core.wording import notes
from tests.integration.sync.firm import (
    Firm,
    close,
    last_error,
    play,
    receive,
    send,
    sent,
    sign_in,
    status_of,
    tampered,
    until_payments_are_out,
    update,
)

CUSTOMER = "Café Belém"
A_NIGHT_S = 12 * 3600
ENDED = "The sync ended before QuickBooks' answer came."
ANSWER_LOST = status_of(Kind.CUT_OFF)
BEING_CHECKED = " being checked: please do not enter by hand"


@pytest.fixture
def payments(firm: Firm) -> list[str]:
    firm.books.add_customer(CUSTOMER)
    return [firm.pay(CUSTOMER, f"{number}.00") for number in (1, 2, 3)]


def is_settled(firm: Firm, pc: WebConnector, payments: list[str]) -> None:
    """See that the next sync asks QuickBooks, sends what is not there, and nothing else again."""
    there = [payment for payment in payments if firm.times_in_quickbooks(payment)]
    left = {payment: len(firm.attempts(payment)) for payment in payments}
    firm.clock.move(seconds=A_NIGHT_S)
    new = firm.pay(CUSTOMER, "99.00")
    session, second = update(pc), update(pc)
    assert session.status == f"{len(payments) + 1} payments posted"
    numbers = {node.findtext("RefNumber") for node in asked_for(session)}
    assert numbers >= {firm.payment(payment).reference for payment in payments}
    assert sent(second, "ReceivePaymentAdd") == []
    for payment in [*payments, new]:
        shown = firm.payment(payment)
        assert shown.status == "posted"
        assert shown.txn_id == firm.receipt(payment).txn_id
        assert firm.times_in_quickbooks(payment) == 1
        assert executed(firm, payment) == 1
    for payment in payments:
        again = 0 if payment in there else 1
        assert len(firm.attempts(payment)) == left[payment] + again


def asked_for(session: Session) -> list[etree._Element]:
    return [node for some in sent(session, "ReceivePaymentQuery") for node in some]


def executed(firm: Firm, payment: str) -> int:
    """Count how often QuickBooks has carried a payment out."""
    rows = firm.rows("SELECT external_guid FROM payment WHERE external_id = :id", id=payment)
    return firm.books.executed_adds[f"{{{rows[0]['external_guid']}}}"]


def is_over(pc: WebConnector, ticket: str, sentence: str) -> None:
    """See that a session that ended answers every later call as the protocol wants, twice."""
    for _ in range(2):
        assert send(pc, ticket) == ""
        assert last_error(pc, ticket) == sentence
        assert receive(pc, ticket, "") == -1
        assert pc.call("connectionError", ticket=ticket, hresult="0x80040408", message="x") == (
            "done"
        )
        assert close(pc, ticket) == sentence


def all_in_doubt(firm: Firm, payments: list[str], why: str) -> None:
    assert [firm.payment(payment).status for payment in payments] == ["in_doubt"] * len(payments)
    for payment in payments:
        shown = firm.payment(payment)
        assert shown.note == why
        assert [event.to_status for event in shown.history] == ["queued", "sent", "in_doubt"]
        assert shown.history[-1].note == why
        (attempt,) = firm.attempts(payment)
        assert attempt["outcome"] == "in_doubt"
    assert firm.rows("SELECT id FROM exchange WHERE answered_at IS NULL") == []


# The answer does not come


def closed(pc: WebConnector, session: Session) -> None:
    assert close(pc, session.ticket) == ANSWER_LOST


def asked_for_the_error(pc: WebConnector, session: Session) -> None:
    assert last_error(pc, session.ticket) == ANSWER_LOST


def connection_failed(pc: WebConnector, session: Session) -> None:
    answer = pc.call(
        "connectionError", ticket=session.ticket, hresult="0x8004040D", message="The ticket."
    )
    assert answer == "done"


def asked_for_the_next(pc: WebConnector, session: Session) -> None:
    assert send(pc, session.ticket) == ""


@pytest.mark.parametrize(
    ("trigger", "why", "was_executed"),
    [
        (closed, ENDED, True),
        (closed, ENDED, False),
        (asked_for_the_error, ENDED, True),
        (connection_failed, ENDED, True),
        (asked_for_the_next, notes.ASKED_FOR_MORE, True),
    ],
)
def test_an_answer_that_does_not_come(
    firm: Firm,
    payments: list[str],
    trigger: Callable[[WebConnector, Session], None],
    why: str,
    was_executed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    pc = firm.pc()
    session = until_payments_are_out(pc)
    if was_executed:
        lose_the_answer(pc, session)
    trigger(pc, session)
    all_in_doubt(firm, payments, why)
    is_over(pc, session.ticket, ANSWER_LOST)
    all_in_doubt(firm, payments, why)
    assert [firm.times_in_quickbooks(payment) for payment in payments] == [int(was_executed)] * 3
    is_settled(firm, pc, payments)


def lose_the_answer(pc: WebConnector, session: Session) -> None:
    """Let QuickBooks carry the message set out, and lose what it answers."""

    def cut(operation: str, _body: bytes) -> None:
        raise ConnectionResetError(f"the line was cut at {operation}")

    line, pc.transport = pc.transport, cut  # type: ignore[assignment]  # never answers
    play(session)
    pc.transport = line


def test_the_pc_lost_its_power_and_calls_again_in_the_morning(
    firm: Firm, payments: list[str]
) -> None:
    pc = firm.pc()
    session = until_payments_are_out(pc)
    lose_the_answer(pc, session)
    firm.clock.move(seconds=A_NIGHT_S)
    ticket, verdict = sign_in(pc)
    assert verdict == ""
    all_in_doubt(firm, payments, "Another sync began before QuickBooks' answer came.")
    close(pc, ticket)
    is_over(pc, session.ticket, "This sync went silent, and another one began.")
    is_settled(firm, pc, payments)


def test_a_write_set_of_methods_alone_puts_no_payment_in_doubt(
    firm: Firm, payments: list[str]
) -> None:
    firm.services.companies.set(firm.company_id, {"add_payment_methods": "yes"})
    late = firm.pay(CUSTOMER, "4.00", method="Discover")
    pc = firm.pc()
    session = pc.begin()
    while "PaymentMethodAddRq" not in (session.step() or "") + session.calls[-1].answer:
        pass
    assert close(pc, session.ticket) == status_of(Kind.OTHER, Variant.ANSWER_LOST)
    assert set(firm.statuses().values()) == {"queued"}
    assert update(pc).status == "4 payments posted"
    assert firm.statuses() == dict.fromkeys([*payments, late], "posted")


# The answer comes, and cannot be read


def cut_in_half(answer: str) -> str:
    return answer[: len(answer) // 2]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (cut_in_half, "cut or not well-formed"),
        (lambda _: "", "The answer is empty."),
        (lambda _: "QuickBooks has stopped working", "cut or not well-formed"),
        (lambda _: "<html><body>Please log in</body></html>", "not a qbXML message set"),
        (lambda answer: "<!DOCTYPE QBXML>" + answer.partition("?>")[2], "DOCTYPE"),
        (lambda answer: answer.replace("QBXMLMsgsRs", "QBXMLMsgsRq"), "not a qbXML message set"),
    ],
)
def test_an_answer_that_cannot_be_read(
    firm: Firm, payments: list[str], change: Callable[[str], str], told: str
) -> None:
    pc = firm.pc()
    line = pc.transport
    pc.transport = tampered(line, change, only="ReceivePaymentAddRs")
    session = update(pc)
    pc.transport = line
    assert ">-1<" in session.calls[-3].answer
    assert told in session.status
    (why,) = {firm.payment(payment).note for payment in payments}
    assert told in (why or "")
    all_in_doubt(firm, payments, str(why))
    is_over(pc, session.ticket, session.status)
    assert [firm.times_in_quickbooks(payment) for payment in payments] == [1, 1, 1]
    is_settled(firm, pc, payments)


@pytest.mark.parametrize("hresult", ["0x8004040D", "0x800706BA", "nonsense"])
def test_a_set_that_ended_with_a_code_that_proves_nothing(
    firm: Firm, payments: list[str], hresult: str
) -> None:
    pc = firm.pc()
    pc.hook = Refusing(hresult)
    session = update(pc)
    pc.hook = None
    assert session.message_sets[-1][1] == ""
    assert ">-1<" in session.calls[-3].answer
    assert [firm.payment(payment).status for payment in payments] == ["in_doubt"] * 3
    (row,) = firm.rows("SELECT hresult FROM exchange WHERE hresult IS NOT NULL")
    assert row["hresult"] == hresult
    is_over(pc, session.ticket, session.status)
    is_settled(firm, pc, payments)


class Refusing:
    """A QuickBooks that refuses every message set from the payments on."""

    def __init__(self, hresult: str) -> None:
        self.hresult = hresult
        self.sets = 0

    def before_execute(self, index: int) -> None:
        """Let what the Web Connector asks, company and books pass: three sets."""
        self.sets += index == 0
        if self.sets > 3:
            raise ComError(self.hresult, "QuickBooks found an error.")


def test_a_set_that_was_cut_off_half_way(firm: Firm, payments: list[str]) -> None:
    """QuickBooks crashed after the second payment: two stand there, and nobody here knows."""
    pc = firm.pc()

    class Crashing(Refusing):
        def before_execute(self, index: int) -> None:
            self.sets += index == 0
            if self.sets > 3 and index == 2:
                raise ComError("0x80010105", "The server threw an exception.")

    pc.hook = Crashing("")
    update(pc)
    pc.hook = None
    assert [firm.payment(payment).status for payment in payments] == ["in_doubt"] * 3
    assert [firm.times_in_quickbooks(payment) for payment in payments] == [1, 1, 0]
    is_settled(firm, pc, payments)


# The answer comes, and one response of it proves nothing


def take_out(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def say_twice(node: etree._Element) -> None:
    node.addnext(etree.fromstring(etree.tostring(node)))


def take_out_all(name: str) -> Callable[[etree._Element], None]:
    def edit(node: etree._Element) -> None:
        for found in list(node.iter(name)):
            take_out(found)

    return edit


def write(name: str, value: str) -> Callable[[etree._Element], None]:
    def edit(node: etree._Element) -> None:
        for found in node.iter(name):
            found.text = value

    return edit


def twice_inside(node: etree._Element) -> None:
    say_twice(node[0])


def refused_as(code: str) -> Callable[[etree._Element], None]:
    def edit(node: etree._Element) -> None:
        take_out(node[0])
        node.set("statusCode", code)

    return edit


def keep_nothing_but_the_amount_of_another(node: etree._Element) -> None:
    take_out_all("ExternalGUID")(node)
    write("TotalAmount", "77.00")(node)


def number_of_another(node: etree._Element) -> None:
    take_out_all("ExternalGUID")(node)
    write("RefNumber", "CB2222222223")(node)


PROVE_NOTHING: list[tuple[Callable[[etree._Element], object], str]] = [
    (take_out, "gave no answer"),
    (lambda node: node.attrib.pop("requestID"), "gave no answer"),
    (lambda node: node.set("requestID", "nobody's"), "gave no answer"),
    (say_twice, "gave 2 answers"),
    (take_out_all("ReceivePaymentRet"), "named no TxnID"),
    (take_out_all("TxnID"), "named no TxnID"),
    (write("TxnID", " "), "named no TxnID"),
    (write("TxnID", "9" * 400), "named no TxnID"),
    (twice_inside, "named no TxnID"),
    (refused_as("4711"), "does not prove"),
    (refused_as(""), "no status code"),
    (refused_as("three"), "no status code"),
    (lambda node: node.set("statusCode", "3120"), "named a TxnID"),
    (lambda node: node.attrib.pop("statusCode"), "named a TxnID"),
    (lambda node: setattr(node, "tag", "CheckAddRs"), "instead of a payment"),
    (write("ExternalGUID", "{8a2f9d2c-1111-5222-8333-123456789abc}"), "another payment"),
    (keep_nothing_but_the_amount_of_another, "another payment"),
    (number_of_another, "another payment"),
]


def test_responses_that_prove_nothing(firm: Firm) -> None:
    """One message set. The payments between them are decided by their own responses."""
    firm.books.add_customer(CUSTOMER)
    fine, doubtful = [], []
    for number in range(len(PROVE_NOTHING)):
        doubtful.append(firm.pay(CUSTOMER, f"{number + 1}.00"))
        fine.append(firm.pay(CUSTOMER, f"{number + 101}.00"))

    def change(answer: str) -> str:
        root = etree.fromstring(answer.encode())
        for node, (edit, _) in zip(list(root[0])[::2], PROVE_NOTHING, strict=True):
            edit(node)
        return etree.tostring(root, encoding="unicode")

    pc = firm.pc()
    line = pc.transport
    pc.transport = tampered(line, change, only="ReceivePaymentAddRs")
    session = update(pc)
    pc.transport = line
    assert ">100<" in session.calls[-2].answer
    checked = f"{len(doubtful)} payments{BEING_CHECKED}"
    assert session.status == f"{len(fine)} payments posted, {checked}"
    for payment, (_, why) in zip(doubtful, PROVE_NOTHING, strict=True):
        assert firm.payment(payment).status == "in_doubt", why
        assert why in (firm.payment(payment).note or "")
    assert {firm.payment(payment).status for payment in fine} == {"posted"}
    is_settled(firm, pc, doubtful)


def test_answers_under_each_others_request_ids_prove_nothing(
    firm: Firm, payments: list[str]
) -> None:
    def swapped(answer: str) -> str:
        root = etree.fromstring(answer.encode())
        one, other = root[0][0], root[0][1]
        ids = str(one.get("requestID")), str(other.get("requestID"))
        one.set("requestID", ids[1])
        other.set("requestID", ids[0])
        return etree.tostring(root, encoding="unicode")

    pc = firm.pc()
    line = pc.transport
    pc.transport = tampered(line, swapped, only="ReceivePaymentAddRs")
    update(pc)
    pc.transport = line
    assert list(firm.statuses().values()) == ["in_doubt", "in_doubt", "posted"]
    is_settled(firm, pc, payments[:2])


@pytest.mark.parametrize("is_same_set", [True, False])
def test_one_entry_named_for_two_payments_proves_nothing(
    opened: Callable[..., Firm],
    is_same_set: bool,  # noqa: FBT001
) -> None:
    """Of one customer and amount, in a QuickBooks that tells neither number nor GUID."""
    firm = opened(message_set_max=2 if is_same_set else 1)
    firm.books.add_customer(CUSTOMER)
    pc = firm.pc()
    update(pc)
    payments = [firm.pay(CUSTOMER, "25.00") for _ in range(2)]
    line = pc.transport
    named: list[str] = []

    def name_the_first(answer: str) -> str:
        root = etree.fromstring(answer.encode())
        for told in root.iter("ReceivePaymentRet"):
            for name in ("RefNumber", "ExternalGUID"):
                for found in told.findall(name):
                    told.remove(found)
            txn_id = told.find("TxnID")
            assert txn_id is not None
            named.append(str(txn_id.text))
            txn_id.text = named[0]
        return etree.tostring(root, encoding="unicode")

    pc.transport = tampered(line, name_the_first, only="ReceivePaymentAddRs")
    update(pc)
    pc.transport = line
    one, other = (firm.payment(payment) for payment in payments)
    assert one.status == ("in_doubt" if is_same_set else "posted")
    assert (other.status, other.note) == ("in_doubt", notes.NOT_ITS_OWN)
    assert firm.services.verify.company(firm.company_id).holds
    is_settled(firm, pc, payments if is_same_set else payments[1:])


def test_a_session_goes_on_after_doubt_about_one_set(opened: Callable[..., Firm]) -> None:
    firm = opened(message_set_max=1)
    firm.books.add_customer(CUSTOMER)
    lost, fine = firm.pay(CUSTOMER, "1.00"), firm.pay(CUSTOMER, "2.00")
    pc = firm.pc()
    pc.transport = tampered(
        pc.transport,
        lambda answer: (
            answer.replace("<TotalAmount>1.00", "<TotalAmount>9.00")
            .replace("<ExternalGUID>", "<Other>")
            .replace("</ExternalGUID>", "</Other>")
        ),
        only="<TotalAmount>1.00",
    )
    update(pc)
    assert firm.statuses() == {lost: "in_doubt", fine: "posted"}


def test_an_edit_sequence_that_is_none_is_not_kept(firm: Firm, payments: list[str]) -> None:
    def change(answer: str) -> str:
        return answer.replace("<EditSequence>", f"<EditSequence>{'1' * 300}", 1)

    pc = firm.pc()
    pc.transport = tampered(pc.transport, change, only="ReceivePaymentAddRs")
    assert update(pc).status == "3 payments posted"
    rows = firm.rows("SELECT edit_sequence FROM payment ORDER BY id")
    kept = firm.receipt(payments[1]).edit_sequence
    assert [row["edit_sequence"] for row in rows] == [None, kept, kept]
