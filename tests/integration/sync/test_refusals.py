"""What QuickBooks refuses: each refusal with its code, its sentence and its cause."""

from collections.abc import Callable
from datetime import date

import pytest
from lxml import etree

from scripts.simulate.quickbooks import refusals
from sync_core.wording import office
from tests.integration.sync.firm import Firm, counted, sent, tampered, update

CUSTOMER = "Café Belém"
INVALID_FIELD = (
    'The "AppliedToTxnAdd payment amount" field has an invalid value "50.00".  '
    "QuickBooks error message: You cannot pay more than the amount due."
)
NO_RIGHT = "The integrated application has no permission to access this data."
CREDIT_LIMIT = (
    "There was an error when saving a ReceivePayment.  QuickBooks error message: "
    "The credit limit for the name on this transaction has been exceeded."
)
FEATURE = "This feature is not enabled or not available in this version of QuickBooks."


@pytest.fixture(autouse=True)
def _customer(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)


def reference(noun: str, value: str) -> str:
    return f'There is an invalid reference to QuickBooks {noun} "{value}" in the ReceivePayment.'


REFUSED = [
    (3250, FEATURE, "not_permitted"),
    (3260, refusals.NO_PERMISSION, "not_permitted"),
    (3261, NO_RIGHT, "not_permitted"),
    (3263, "The application has read-only access.", "not_permitted"),
    (3140, reference("Customer", "Café Belém"), "invalid"),  # it is there, so that is no reason
    (3140, reference("Payment Method", "Customer card"), "unknown_reference"),
    (3140, reference("A/R Account", "Retail"), "unknown_reference"),
    (3140, reference("Class", "West"), "invalid"),
    (3120, 'Object "6-1" specified in the request cannot be found.', "invalid"),
    (3210, INVALID_FIELD, "invalid"),
    (3180, CREDIT_LIMIT, "invalid"),
    (3070, 'The string "x" in the field "Memo" is too long.', "invalid"),
]


def test_a_refusal_keeps_code_and_sentence_beside_its_cause(firm: Firm) -> None:
    payments = []
    for code, message, _ in REFUSED:
        payments.append(firm.pay(CUSTOMER, "50.00"))
        firm.books.refuse_next("ReceivePaymentAdd", code=code, message=message)
    session = update(firm.pc())
    assert session.status.startswith("12 need you: https://pay.example.com/resolve")
    for payment, (code, message, cause) in zip(payments, REFUSED, strict=True):
        shown = firm.payment(payment)
        assert shown.rejection
        assert (shown.status, shown.rejection.cause) == ("rejected", cause)
        assert (shown.rejection.status_code, shown.rejection.status_message) == (code, message)
        if cause in ("invalid", "not_permitted"):
            assert " ".join(message.split()) in shown.rejection.summary
        assert shown.rejection.evidence
        assert shown.history[-1].to_status == "rejected"
        (attempt,) = firm.attempts(payment)
        assert (attempt["outcome"], attempt["status_code"]) == ("rejected", code)
        assert attempt["status_message"] == message


def test_what_the_books_show_is_not_sent(firm: Firm) -> None:
    """Gone, too small, paid: QuickBooks is not troubled with it."""
    gone = firm.books.add_invoice(CUSTOMER, amount="10.00")
    small = firm.books.add_invoice(CUSTOMER, amount="20.00")
    paid = firm.books.add_invoice(CUSTOMER, amount="30.00")
    wanted = {
        firm.pay(CUSTOMER, "10.00", {gone: "10.00"}): "invoice_deleted",
        firm.pay(CUSTOMER, "20.00", {small: "20.00"}): "balance_changed",
        firm.pay(CUSTOMER, "30.00", {paid: "30.00"}): "paid_in_quickbooks",
    }
    good = firm.pay(CUSTOMER, "60.00")
    firm.books.delete_invoice(gone)
    firm.books.change_invoice(small, amount="19.00")
    firm.books.receive_by_hand(CUSTOMER, amount="30.00", invoices={paid: "30.00"})
    session = update(firm.pc())
    assert session.status == "1 payment posted, 3 need you: https://pay.example.com/resolve"
    assert firm.payment(good).status == "posted"
    for payment, cause in wanted.items():
        rejection = firm.payment(payment).rejection
        assert rejection
        assert (rejection.status_code, rejection.cause) == (None, cause)
        assert firm.attempts(payment) == []


def test_a_customer_that_quickbooks_does_not_have(firm: Firm) -> None:
    by_name = firm.pay("Nobody, Inc.", "40.00")
    by_id = firm.pay({"list_id": "8000FFFF-1700000000"}, "50.00")
    update(firm.pc())
    for payment in (by_name, by_id):
        rejection = firm.payment(payment).rejection
        assert rejection
        assert (rejection.status_code, rejection.cause, rejection.variant) == (
            3140,
            "customer_unavailable",
            "missing",
        )


def test_a_closed_period(firm: Firm) -> None:
    firm.books.closing_date = date(2026, 10, 31)
    payment = firm.pay(CUSTOMER, "50.00", received_on="2026-10-31")
    update(firm.pc())
    rejection = firm.payment(payment).rejection
    assert rejection
    assert rejection.cause == "closed_period"
    assert rejection.summary == (
        "This payment is dated 2026-10-31, and the books are closed through 2026-10-31."
    )
    assert firm.books.payments() == []


LATER = [
    (3231, "The request has not been processed."),
    (3175, refusals.OBJECT_IN_USE),
    (3176, refusals.TRANSACTION_LOCKED),
    (3170, refusals.LIST_MODIFIED),
    (3180, refusals.TRANSACTION_LOCKED),
]

WAITS = {
    refusals.OBJECT_IN_USE: (
        f"{CUSTOMER} was in use in QuickBooks just then; the payment is tried again at the next "
        "sync (try 1 of 5)."
    ),
    refusals.TRANSACTION_LOCKED: (
        f"{CUSTOMER} was in use in QuickBooks by another user just then; the payment is tried "
        "again at the next sync (try 1 of 5)."
    ),
    refusals.LIST_MODIFIED: (
        "Something this payment needs was in use in QuickBooks just then; the payment is tried "
        "again at the next sync (try 1 of 5)."
    ),
}


def test_what_was_not_executed_waits_with_its_note_for_the_next_sync(firm: Firm) -> None:
    """That one asks QuickBooks first: a payment that ever left is not sent on a guess."""
    payments = []
    for code, message in LATER:
        payments.append(firm.pay(CUSTOMER, "50.00"))
        firm.books.refuse_next("ReceivePaymentAdd", code=code, message=message)
    other = firm.pay(CUSTOMER, "60.00")
    pc = firm.pc()
    assert update(pc).status == f"1 payment posted - {office.HELD_BACK}"
    for payment, (code, message) in zip(payments, LATER, strict=True):
        shown = firm.payment(payment)
        waits = WAITS.get(message, f"QuickBooks did not do it: {message}")
        assert (shown.status, shown.note, shown.state_line) == ("queued", waits, waits)
        assert shown.history[-1].to_status == "queued"
        (attempt,) = firm.attempts(payment)
        assert (attempt["outcome"], attempt["status_code"]) == ("not_executed", code)
    again = update(pc)
    assert again.status == "5 payments posted"
    (asked,) = sent(again, "ReceivePaymentQuery")
    named = {node.findtext("RefNumber") for node in asked}
    assert named >= {firm.payment(payment).reference for payment in payments}
    assert set(firm.statuses().values()) == {"posted"}
    assert firm.payment(other).status == "posted"
    assert {firm.times_in_quickbooks(payment) for payment in payments} == {1}


@pytest.mark.parametrize(
    ("code", "message", "cause"),
    [
        (3231, "The request has not been processed.", "invalid"),
        (3176, refusals.TRANSACTION_LOCKED, "locked"),
    ],
)
def test_what_is_never_executed_is_for_a_person_after_five_times(
    firm: Firm, code: int, message: str, cause: str
) -> None:
    payment = firm.pay(CUSTOMER, "50.00")
    firm.books.refuse_next("ReceivePaymentAdd", code=code, message=message, times=99)
    pc = firm.pc()
    for _ in range(4):
        update(pc)
        assert firm.payment(payment).status == "queued"
    update(pc)
    shown = firm.payment(payment)
    assert shown.status == "rejected"
    assert shown.rejection
    assert shown.rejection.cause == cause
    assert message in shown.rejection.evidence[0]["said"]
    assert len(firm.attempts(payment)) == 5


def test_what_is_in_use_at_every_try_is_named(firm: Firm) -> None:
    """The customer and the invoices, with what QuickBooks said of who was at work on them."""
    invoices = [firm.books.add_invoice(CUSTOMER, amount="25.00", number=n) for n in ("77", "78")]
    payment = firm.pay(CUSTOMER, "50.00", dict.fromkeys(invoices, "25.00"))
    firm.books.refuse_next(
        "ReceivePaymentAdd", code=3176, message=refusals.TRANSACTION_LOCKED, times=5
    )
    pc = firm.pc()
    for tried in range(1, 5):
        update(pc)
        assert f"(try {tried} of 5)" in (firm.payment(payment).note or "")
    update(pc)
    rejection = firm.payment(payment).rejection
    assert rejection
    thing = f"{CUSTOMER} or one of the invoices 77, 78"
    assert (rejection.cause, rejection.variant) == ("locked", "plain")
    assert rejection.summary == (
        f"{thing} was in use in QuickBooks by another user at every try (5 of them)."
    )
    assert rejection.steps[0].startswith(f"Close the windows of {thing} on every PC")
    (row,) = rejection.evidence
    assert (row["what"], row["by"], row["code"]) == (thing, "another user", "3176")
    firm.services.review.act(firm.company_file_id, payment, {"action": "retry"}, by="api")
    update(pc)
    assert firm.payment(payment).status == "posted"


def test_what_is_in_use_is_named_by_the_same_statements_however_much_it_is(firm: Firm) -> None:
    counts = []
    pc = firm.pc()
    for round_, many in enumerate((1, 1, 12)):
        for number in range(many):
            firm.pay(CUSTOMER, f"{round_ + 1}.{number:02d}")
        firm.books.refuse_next(
            "ReceivePaymentAdd", code=3176, message=refusals.TRANSACTION_LOCKED, times=many
        )
        with counted(firm.engine) as sent_to_database:
            update(pc)
        counts.append(len(sent_to_database))
        update(pc)
        assert set(firm.statuses().values()) == {"posted"}
    assert counts[2] <= counts[1]


def test_a_code_that_proves_nothing_leaves_doubt(firm: Firm) -> None:
    payments = []
    for code in (1000, 1010, 3160, 3391, 9999, 10**17):
        payments.append(firm.pay(CUSTOMER, "50.00"))
        firm.books.refuse_next("ReceivePaymentAdd", code=code, message="Something new.")
    other = firm.pay(CUSTOMER, "60.00")
    pc = firm.pc()
    assert update(pc).status == (
        f"1 payment posted, {len(payments)} payments being checked: please do not enter by hand"
    )
    assert firm.statuses() == {**dict.fromkeys(payments, "in_doubt"), other: "posted"}
    assert all("does not prove" in (firm.payment(each).note or "") for each in payments)
    assert sent(update(pc), "ReceivePaymentAdd") == []


def test_a_warning_is_a_success(firm: Firm) -> None:
    for code in (500, 530, 550, 999):
        firm.pay(CUSTOMER, "50.00")
        firm.books.refuse_next("ReceivePaymentAdd", code=code, message="The record was saved.")
    assert update(firm.pc()).status == "4 payments posted"
    assert [receipt.total for receipt in firm.books.payments()] == [5000] * 4


def test_after_a_missing_right_the_others_wait_for_the_next_session(
    opened: Callable[..., Firm],
) -> None:
    firm = opened(message_set_max=2)
    firm.books.add_customer(CUSTOMER)
    payments = [firm.pay(CUSTOMER, f"{number}.00") for number in range(1, 6)]
    firm.books.refuse_next("ReceivePaymentAdd", code=3261, message=NO_RIGHT)
    pc = firm.pc()
    session = update(pc)
    assert [len(each) for each in sent(session, "ReceivePaymentAdd")] == [2]
    assert list(firm.statuses().values()) == ["rejected", "posted", "queued", "queued", "queued"]
    assert session.status == (
        f"1 payment posted, 1 needs you: https://pay.example.com/resolve - {office.STOPPED}"
    )
    # The next one tries a single payment; it goes, so all go, the one refused before as well.
    session = update(pc)
    first, *_ = sent(session, "ReceivePaymentAdd")
    assert len(first) == 1
    assert session.status == "4 payments posted"
    assert {firm.times_in_quickbooks(payment) for payment in payments} == {1}


def test_answers_are_matched_by_request_id_alone(firm: Firm) -> None:
    """QuickBooks' answers in another order, and something nobody asked for among them."""
    payments = [firm.pay(CUSTOMER, f"{number}.00") for number in range(1, 7)]
    refused = firm.pay("Nobody, Inc.", "7.00")

    def shuffled(answer: str) -> str:
        root = etree.fromstring(answer.encode())
        responses = list(root[0])
        root[0][:] = [*responses[3:], *reversed(responses[:3])]
        stray = etree.SubElement(root[0], "CustomerQueryRs", requestID="nobody's", statusCode="1")
        root[0].insert(2, stray)
        root[0].insert(0, etree.Element("ReceivePaymentAddRs", statusCode="3260"))
        return etree.tostring(root, encoding="unicode")

    pc = firm.pc()
    pc.transport = tampered(pc.transport, shuffled, only="ReceivePaymentAddRs")
    assert update(pc).status.startswith("6 payments posted, 1 needs you")
    for number, payment in enumerate(payments, start=1):
        assert firm.receipt(payment).total == number * 100
        assert firm.receipt(payment).number == firm.payment(payment).reference
    assert firm.statuses()[refused] == "rejected"


def test_a_quickbooks_that_keeps_no_guid_is_held_to_number_and_amount(firm: Firm) -> None:
    firm.books.behaviour.keeps_external_guid = False
    payments = [firm.pay(CUSTOMER, f"{number}.00") for number in range(1, 4)]
    session = update(firm.pc())
    assert "ExternalGUID" not in session.message_sets[-1][1]
    assert session.status == "3 payments posted"
    assert [firm.receipt(payment).total for payment in payments] == [100, 200, 300]
