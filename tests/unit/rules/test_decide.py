"""What QuickBooks' answer to one payment proves: recorded, refused, not done, or nothing."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml import envelope
from qbxml.aggregate import Aggregate
from qbxml.envelope import Response
from qbxml.payment import AppliedToTxnRet, ReceivePaymentRet
from qbxml.status import Status
from sync_core.decide import (
    PROVEN_REFUSALS,
    NotExecuted,
    Outcome,
    Posted,
    Rejected,
    Sent,
    Unknown,
    decide,
)
from sync_core.rejection import Cause
from tests.unit.qbxml_language import shared

GUID = UUID("5a0f6cc1-30f6-5d6e-9d3e-0b1c2d3e4f50")
SENT = Sent(external_guid=GUID, reference="CB7K3F9QXM2D", amount_cents=12_500)
OK = "Status OK"


def receipt(
    *,
    txn_id: str | None = "9F-1763700000",
    guid: str | None = f"{{{GUID}}}",
    number: str | None = "CB7K3F9QXM2D",
    total: int | None = 12_500,
    unused: int | None = 2_500,
    applied: tuple[int | None, ...] = (10_000,),
) -> ReceivePaymentRet:
    return ReceivePaymentRet(
        txn_id=txn_id,
        edit_sequence="1763700000",
        ref_number=number,
        total_amount=total,
        external_guid=guid,
        unused_payment=unused,
        applied_to_txn_ret=tuple(AppliedToTxnRet(txn_id="6-1", amount=part) for part in applied),
    )


def answer(
    code: int | None,
    message: str = "",
    *objects: Aggregate,
    name: str = "ReceivePaymentAdd",
    severity: str = "Error",
) -> Response:
    return Response(
        name=name,
        request_id="r1",
        status=Status(code, severity, message),
        objects=objects,
        iterator_id=None,
        iterator_remaining=None,
    )


def told(code: int | None, message: str = "", *objects: Aggregate) -> Outcome:
    return decide([answer(code, message, *objects)], SENT)


# Recorded


def test_recorded() -> None:
    assert told(0, OK, receipt()) == Posted(
        txn_id="9F-1763700000", edit_sequence="1763700000", unapplied_cents=2_500
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

IN_USE = "The transaction could not be locked.  It is in use by another user."
CLOSED = (
    "An attempt was made to modify a Payment with a date that is on or before the closing date of "
    "the company. If you are sure you really want to do this, please ask a user with Admin "
    "privileges to remove the password."
)
TOO_MUCH = (
    'The "AppliedToTxnAdd payment amount" field has an invalid value "129.43".  '
    "QuickBooks error message: You cannot pay more than the amount due."
)
NO_RECORD = "QuickBooks error message: Invalid argument.  The specified record does not exist."

REFUSED: list[tuple[int, str, Cause]] = [
    (1030, "This request is not supported by this implementation.", Cause.INVALID),
    (1060, "The request ID is too long.", Cause.INVALID),
    (3000, 'The given object ID "-1" in the field "Transaction id" is invalid.', Cause.INVALID),
    (3000, 'The given object ID "" in the field "list id" is invalid.', Cause.INVALID),
    (3010, "", Cause.INVALID),
    (3020, "There was an error when converting the date value.", Cause.INVALID),
    (3030, "", Cause.INVALID),
    (3031, "", Cause.INVALID),
    (3035, "", Cause.INVALID),
    (3040, "There was an error when converting the amount.", Cause.INVALID),
    *((code, "", Cause.INVALID) for code in (3045, 3050, 3060, 3065, 3070, 3080, 3085)),
    (3090, "Names in this list cannot contain a colon.", Cause.INVALID),
    (3100, 'The name "abc" of the list element is already in use.', Cause.INVALID),
    (3110, "", Cause.INVALID),
    (3120, 'Object "B68F-1621437495" specified in the request cannot be found.', Cause.INVALID),
    (3130, "There is an invalid reference to a parent.", Cause.INVALID),
    (
        3140,
        f'There is an invalid reference to QuickBooks Customer "Joe" in the Payment.  {NO_RECORD}',
        Cause.CUSTOMER_UNAVAILABLE,
    ),
    (
        3140,
        f'There is an invalid reference to QuickBooks Payment Method "Visa" in it.  {NO_RECORD}',
        Cause.UNKNOWN_REFERENCE,
    ),
    (
        3140,
        f'There is an invalid reference to QuickBooks Account "Customer deposits".  {NO_RECORD}',
        Cause.UNKNOWN_REFERENCE,
    ),
    (
        3140,
        "The Account for the transaction must be of type Accounts Receivable.",
        Cause.UNKNOWN_REFERENCE,
    ),
    (3140, 'There is an invalid reference to QuickBooks Class "Customer".', Cause.INVALID),
    *((code, "", Cause.INVALID) for code in (3150, 3151, 3152, 3153)),
    (3170, "There was an error when modifying a payment.", Cause.INVALID),
    (3170, CLOSED, Cause.CLOSED_PERIOD),
    (3171, CLOSED, Cause.CLOSED_PERIOD),
    (3171, "", Cause.INVALID),  # the code alone is no evidence
    (3180, "The credit limit for the name on this transaction has been exceeded.", Cause.INVALID),
    (3180, f"There was an error when saving a Payment. {CLOSED}", Cause.CLOSED_PERIOD),
    (3210, TOO_MUCH, Cause.INVALID),
    (3220, "The user is not authorized.", Cause.NOT_PERMITTED),
    (3240, "", Cause.INVALID),
    (3250, "This feature is not enabled or not available.", Cause.NOT_PERMITTED),
    (3260, "Insufficient permission level to perform this action.", Cause.NOT_PERMITTED),
    (3261, "The integrated application has no permission.", Cause.NOT_PERMITTED),
    (3262, "", Cause.INVALID),
    (3263, "The company file is read-only.", Cause.NOT_PERMITTED),
    (3264, "", Cause.INVALID),
    (3270, "Missing posting account.", Cause.INVALID),
]
LATER: list[tuple[int, str]] = [
    (3231, "The request has not been processed."),
    (3231, ""),
    (3170, "QuickBooks error message: This list has been modified by another user."),
    (3175, "The list element is in use."),
    (3175, ""),
    (3176, ""),
    (3180, "There was an error when saving. This list has been modified by another user."),
    (3180, IN_USE),
    (3180, "QuickBooks failed to acquire the lock."),
    (3180, "The internals could not be locked. They are in use by another user."),
    (3180, IN_USE.upper()),
]
# Documented, or of a range that is, and no proof that no payment was written.
UNPROVEN = [
    *(1, 9001, 9002, 9003, 9004, 9005),
    *(1000, 1010),
    *(2000, 2500, 2999),
    *(3160, 3161, 3190, 3200),
    *(3280, 3290, 3300, 3310, 3320, 3330, 3340, 3350),
    *(9100, 9150, 9199),
    *(-1, 2, 499, 100_000),
]


@pytest.mark.parametrize(("code", "message", "cause"), REFUSED)
def test_a_proven_refusal(code: int, message: str, cause: Cause) -> None:
    outcome = told(code, f"  {message} ")
    assert isinstance(outcome, Rejected)
    rejection = outcome.rejection
    assert (rejection.cause, rejection.status_code) == (cause, code)
    assert rejection.status_message == message
    assert rejection.evidence == ({"said": message, "code": str(code)},)
    assert message in rejection.summary
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


def test_a_refusal_with_an_empty_payment_is_a_refusal() -> None:
    assert isinstance(told(3210, "no", receipt(txn_id=None)), Rejected)


REFUSED_IT = "QuickBooks did not accept this payment"
FORBIDDEN = "QuickBooks did not allow the payment to be recorded"
BOOKS_CLOSED = "QuickBooks has the books closed for the date of this payment"


@pytest.mark.parametrize(
    ("code", "message", "summary"),
    [
        (3210, "You cannot pay more.", f'{REFUSED_IT} and said: "You cannot pay more." (3210)'),
        (3040, "", f"{REFUSED_IT} (status code 3040)."),
        (3260, "Insufficient permission.", f'{FORBIDDEN}: "Insufficient permission."'),
        (3171, "On the closing date.", f'{BOOKS_CLOSED} and said: "On the closing date."'),
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
