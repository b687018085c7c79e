"""What QuickBooks' answer to one payment proves: recorded, refused, not done, or nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml import envelope
from qbxml.aggregate import Aggregate
from qbxml.envelope import Response
from qbxml.payment import ReceivePaymentRet
from sync_core import words
from sync_core.decide import PROVEN_REFUSALS, NotExecuted, Posted, Rejected, Unknown, decide
from sync_core.rejection import Cause
from tests.unit.qbxml_language import shared
from tests.unit.rules.answers import (
    CLOSED,
    GUID,
    IN_USE,
    LATER,
    OK,
    REFUSED,
    SENT,
    UNPROVEN,
    answer,
    receipt,
    told,
)

# Recorded


def test_recorded() -> None:
    assert told(0, OK, receipt()) == Posted(
        txn_id="9F-1763700000",
        edit_sequence="1763700000",
        unapplied_cents=2_500,
        keeps_guid=True,
    )


@pytest.mark.parametrize("code", [500, 501, 510, 530, 531, 550, 560, 570, 999])
def test_a_warning_with_a_txn_id_is_recorded_too(code: int) -> None:
    assert isinstance(told(code, "saved, with a remark", receipt()), Posted)


@pytest.mark.parametrize("code", [0, 500, 501, 510, 530, 531, 550, 560, 570, 600, 999])
@pytest.mark.parametrize(
    "objects",
    [
        pytest.param((), id="nothing came with it"),
        pytest.param((receipt(txn_id=None),), id="a payment without its TxnID"),
        pytest.param((receipt(txn_id=""),), id="an empty TxnID"),
        pytest.param((receipt(), receipt(txn_id="A0-1763700000")), id="two payments"),
    ],
)
def test_success_without_one_txn_id_proves_nothing(
    code: int, objects: tuple[Aggregate, ...]
) -> None:
    assert isinstance(told(code, OK, *objects), Unknown)


@pytest.mark.parametrize("severity", ["Info", "Warn", "Error", "", "INFO"])
def test_the_code_decides_and_not_the_severity(severity: str) -> None:
    assert isinstance(decide([answer(0, OK, receipt(), severity=severity)], SENT), Posted)
    refusal = decide([answer(3210, "cannot pay more", severity=severity)], SENT)
    assert isinstance(refusal, Rejected)


@pytest.mark.parametrize(
    ("unused", "applied", "unapplied"),
    [
        (2_500, (10_000,), 2_500),
        (12_500, (), 12_500),
        (0, (10_000, 2_500), 0),
        (0, (10_000,), 0),  # QuickBooks' own word goes before our sum
        (None, (10_000,), 2_500),  # not told: what the invoices did not take
        (None, (10_000, None), 2_500),
        (None, (), 12_500),
    ],
)
def test_what_is_left_over(
    unused: int | None, applied: tuple[int | None, ...], unapplied: int
) -> None:
    outcome = told(0, OK, receipt(unused=unused, applied=applied))
    assert isinstance(outcome, Posted)
    assert outcome.unapplied_cents == unapplied


@pytest.mark.parametrize(
    ("guid", "kept"),
    [
        (f"{{{GUID}}}", True),
        (str(GUID), True),
        (None, False),
    ],
)
def test_the_first_answer_tells_whether_quickbooks_keeps_the_guid(
    guid: str | None, *, kept: bool
) -> None:
    outcome = told(0, OK, receipt(guid=guid))
    assert isinstance(outcome, Posted)
    assert outcome.keeps_guid is kept


# Whose answer is it?


def test_no_answer_to_this_request() -> None:
    assert decide([], SENT) == Unknown("QuickBooks gave no answer to this request.")


@pytest.mark.parametrize(
    "second", [answer(0, OK, receipt()), answer(3210, "no"), answer(3231, "not processed")]
)
def test_two_answers_prove_nothing(second: Response) -> None:
    outcome = decide([answer(0, OK, receipt()), second], SENT)
    assert outcome == Unknown("QuickBooks gave 2 answers to this request.")


@pytest.mark.parametrize("name", ["InvoiceQuery", "ReceivePaymentMod", "SalesReceiptAdd", ""])
@pytest.mark.parametrize("code", [0, 3210, 3231])
def test_the_answer_to_another_message_proves_nothing(name: str, code: int) -> None:
    assert isinstance(decide([answer(code, OK, receipt(), name=name)], SENT), Unknown)


@pytest.mark.parametrize(
    "guid",
    [f"{{{GUID}}}", str(GUID), f"{{{str(GUID).upper()}}}"],
    ids=["braces", "bare", "capitals"],
)
def test_our_guid_however_it_is_written(guid: str) -> None:
    assert isinstance(told(0, OK, receipt(guid=guid)), Posted)


def test_our_guid_is_enough() -> None:
    assert isinstance(told(0, OK, receipt(number="other", total=1)), Posted)


def test_a_guid_of_zero_is_none() -> None:
    """Intuit's GUIDTYPE is a GUID or "0"."""
    outcome = told(0, OK, receipt(guid="0"))
    assert isinstance(outcome, Posted)
    assert outcome.keeps_guid is False
    assert isinstance(told(0, OK, receipt(guid="0", number="other")), Unknown)


def test_another_guid_is_another_payment_whatever_else_fits() -> None:
    other = receipt(guid="{11111111-2222-5333-8444-555555555555}")
    assert told(0, OK, other) == Unknown("QuickBooks' answer describes another payment.")


@pytest.mark.parametrize(
    ("number", "total", "ours"),
    [
        ("CB7K3F9QXM2D", 12_500, True),
        ("CB7K3F9QXM2D", None, True),
        (None, 12_500, True),
        (None, None, True),  # the requestID is ours, and there is a TxnID
        ("CB7K3F9QXM2E", 12_500, False),
        ("CB7K3F9QXM2D", 12_501, False),
        ("CB7K3F9QXM2E", None, False),
        (None, 0, False),
    ],
)
def test_a_quickbooks_that_drops_the_guid_is_held_to_number_and_amount(
    number: str | None, total: int | None, *, ours: bool
) -> None:
    outcome = told(0, OK, receipt(guid=None, number=number, total=total))
    assert isinstance(outcome, Posted if ours else Unknown)


# Refused


@pytest.mark.parametrize(("code", "message", "cause"), REFUSED)
def test_a_proven_refusal(code: int, message: str, cause: Cause) -> None:
    outcome = told(code, f"  {message} ")
    assert isinstance(outcome, Rejected)
    rejection = outcome.rejection
    assert (rejection.cause, rejection.status_code) == (cause, code)
    assert rejection.status_message == message
    said = {"said": message} if message else {}
    assert rejection.evidence == ({**said, "code": str(code)},)
    assert words.summary(cause, rejection.variant, rejection.facts) == rejection.summary
    assert " ".join(message.split()) in rejection.summary
    assert message or '""' not in rejection.summary  # no empty pair of quotes


@pytest.mark.parametrize(("code", "message"), LATER)
def test_nothing_was_done_and_it_may_succeed_later(code: int, message: str) -> None:
    outcome = told(code, message)
    assert isinstance(outcome, NotExecuted)
    assert outcome.status_code == code
    assert message in outcome.note


@pytest.mark.parametrize("code", UNPROVEN)
@pytest.mark.parametrize("message", ["", "There was an error.", IN_USE, CLOSED])
def test_what_is_not_on_the_list_proves_nothing(code: int, message: str) -> None:
    outcome = told(code, message)
    assert isinstance(outcome, Unknown)
    assert message in outcome.why
    assert str(code) in outcome.why


def test_no_status_code_proves_nothing() -> None:
    assert isinstance(told(None, OK), Unknown)
    assert isinstance(told(None, OK, receipt()), Unknown)


@pytest.mark.parametrize(("code", "message"), [(code, said) for code, said, _ in REFUSED] + LATER)
def test_a_refusal_that_names_a_txn_id_proves_nothing(code: int, message: str) -> None:
    assert isinstance(told(code, message, receipt()), Unknown)


def test_a_refusal_that_asks_to_recover_a_transaction_proves_nothing() -> None:
    """QuickBooks' ErrorRecovery block names what it has touched before it gave up."""
    refused = answer(3210, "no")
    touched = replace(refused, recovery_txn_id="9F-1763700000")
    assert isinstance(decide([refused], SENT), Rejected)
    assert isinstance(decide([touched], SENT), Unknown)


def test_a_refusal_with_an_empty_payment_is_a_refusal() -> None:
    assert isinstance(told(3210, "no", receipt(txn_id=None)), Rejected)


REFUSED_IT = "QuickBooks did not accept this payment"
FORBIDDEN = "QuickBooks did not allow the payment to be recorded"


@pytest.mark.parametrize(
    ("code", "message", "summary"),
    [
        (3210, "You cannot pay more.", f'{REFUSED_IT} and said: "You cannot pay more." (3210).'),
        (3040, "", f"{REFUSED_IT} (status code 3040)."),
        (3260, "Insufficient permission.", f'{FORBIDDEN}: "Insufficient permission."'),
        (
            3171,
            "On the closing date.",
            'The books are closed for the day the money was received: "On the closing date."',
        ),
    ],
)
def test_the_sentence_for_the_bookkeeper(code: int, message: str, summary: str) -> None:
    outcome = told(code, message)
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.summary == summary


def test_every_entry_of_the_list_has_its_source_and_its_example() -> None:
    examples = [(code, message) for code, message, _ in REFUSED] + LATER
    for refusal in PROVEN_REFUSALS:
        assert refusal.source
        assert any(refusal.proves(code, message) for code, message in examples)


# Whatever QuickBooks says

CODES = {refusal.code for refusal in PROVEN_REFUSALS}
SAYINGS = st.text(max_size=60) | st.sampled_from([message for _, message, _ in REFUSED])
statuses = st.tuples(st.none() | st.integers(-1, 10_000) | st.sampled_from(sorted(CODES)), SAYINGS)
txn_ids = st.none() | st.sampled_from(["", "9F-1763700000"])
receipts = st.builds(
    receipt,
    txn_id=txn_ids,
    guid=st.sampled_from([None, f"{{{GUID}}}", "{11111111-2222-5333-8444-555555555555}", "0"]),
    number=st.none() | st.text(max_size=20) | st.just(SENT.reference),
    total=st.none() | st.integers(0, 10**15 - 1) | st.just(SENT.amount_cents),
    unused=st.none() | st.integers(0, 10**15 - 1),
)
answers = st.lists(
    st.builds(
        lambda status, objects, name: answer(*status, *objects, name=name),
        statuses,
        st.lists(receipts, max_size=2),
        st.sampled_from(["ReceivePaymentAdd", "ReceivePaymentQuery"]),
    ),
    max_size=2,
)


@given(answers)
def test_nothing_moves_without_proof(responses: list[Response]) -> None:
    outcome = decide(responses, SENT)
    named = {
        item.txn_id
        for response in responses
        for item in response.objects
        if isinstance(item, ReceivePaymentRet) and item.txn_id
    }
    codes = {response.status.code for response in responses}
    match outcome:
        case Posted():
            assert {outcome.txn_id} == named
            assert all(code == 0 or 500 <= (code or 0) < 1000 for code in codes)
        case Rejected() | NotExecuted():
            assert not named
            assert codes <= CODES
        case Unknown():
            assert outcome.why


@given(st.integers(-1, 100_000).filter(lambda code: code not in CODES), SAYINGS)
def test_a_code_that_is_not_on_the_list_refuses_nothing(code: int, message: str) -> None:
    assert isinstance(told(code, message), Unknown)


# Real answers, where the public samples lie beside the project


def of_sample(name: str) -> Response:
    (response,) = envelope.parse(shared.at_hand(f"samples/{name}").read_bytes()).responses
    return response


def test_a_real_refusal_of_an_amount() -> None:
    outcome = decide([of_sample("receivepayment_add_3210_over_amount_due.xml")], SENT)
    assert isinstance(outcome, Rejected)
    assert outcome.rejection.cause is Cause.INVALID
