"""What a person does about a payment, and what does not fit its state."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from models.queries import payments
from qbwc_server.errors import InvalidInput, NotFound, Refused
from qbwc_server.services.actions import OFFERED, Action
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.payments import PaymentView
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from tests.integration.site import move, payment

REJECTED = {
    "cause": Cause.INVALID,
    "summary": 'QuickBooks did not accept this payment and said: "Object not found"',
    "evidence": [{"said": "Object not found"}],
    "status_code": 3120,
    "status_message": "Object not found",
}

Act = Callable[..., PaymentView]


@pytest.fixture
def act(use_cases: UseCases, company_file_id: int) -> Act:
    """Queue a payment; hand out a function that acts on it and shows it."""
    use_cases.intake.queue(company_file_id, [payment()], by="api")

    def run(action: str, **more: Any) -> PaymentView:
        use_cases.review.act(company_file_id, "pay_123", {"action": action, **more}, by="api:site")
        return use_cases.payments.show(company_file_id, "pay_123")

    return run


def test_a_waiting_payment_is_withdrawn(act: Act) -> None:
    shown = act("withdraw", note="charged twice")
    assert (shown.status, shown.note) == (PaymentStatus.DISMISSED, "charged twice")
    last = shown.history[-1]
    assert (last.from_status, last.to_status) == (PaymentStatus.QUEUED, PaymentStatus.DISMISSED)
    assert (last.by, last.note) == ("api:site", "charged twice")


def test_one_that_was_sent_before_is_not_withdrawn(act: Act, engine: Engine) -> None:
    move(engine, "pay_123", PaymentStatus.QUEUED, attempt_count=1)
    with pytest.raises(Refused, match="QuickBooks may have it"):
        act("withdraw")


def test_a_rejected_payment_is_dismissed_with_its_entry_in_the_books(
    act: Act, engine: Engine
) -> None:
    move(engine, "pay_123", PaymentStatus.REJECTED, **REJECTED)
    shown = act("dismiss", note="entered by hand", txn_id="1A-1760000009")
    assert (shown.status, shown.rejection, shown.txn_id) == (PaymentStatus.DISMISSED, None, None)
    assert shown.history[-1].note == "entered by hand (in QuickBooks as 1A-1760000009)"
    with engine.connect() as db:
        row = payments.one(db, 1, "pay_123")
    assert row is not None
    assert row.evidence == [{"recorded_as_txn_id": "1A-1760000009"}, {"said": "Object not found"}]


def test_dismissing_needs_a_reason(act: Act, engine: Engine) -> None:
    move(engine, "pay_123", PaymentStatus.REJECTED, **REJECTED)
    for note in ({}, {"note": " "}, {"note": None}):
        with pytest.raises(InvalidInput, match="/note"):
            act("dismiss", **note)


def test_deleting_a_rejected_payment_dismisses_it(
    act: Act, use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    move(engine, "pay_123", PaymentStatus.REJECTED, **REJECTED)
    shown = act("delete", note="a test")
    assert (shown.status, shown.note) == (
        PaymentStatus.DISMISSED,
        "Deleted from the history. a test",
    )
    assert shown.deleted_at is not None
    assert use_cases.payments.page(company_file_id).items == []


@pytest.mark.parametrize("status", ["posted", "dismissed", "reversed"])
def test_deleting_hides_and_keeps_the_trail(
    act: Act, use_cases: UseCases, company_file_id: int, engine: Engine, status: str
) -> None:
    move(engine, "pay_123", PaymentStatus(status))
    shown = act("delete")
    assert shown.status == status
    assert (shown.history[-1].from_status, shown.history[-1].to_status) == (status, status)
    assert use_cases.payments.page(company_file_id).items == []
    assert use_cases.payments.page(company_file_id, status=status).items == []
    with pytest.raises(Refused, match="already"):
        act("delete")


@pytest.mark.parametrize("status", PaymentStatus)
def test_every_other_action_is_refused_with_a_sentence_and_moves_nothing(
    act: Act, use_cases: UseCases, company_file_id: int, engine: Engine, status: PaymentStatus
) -> None:
    move(engine, "pay_123", status, **(REJECTED if status == "rejected" else {}))
    before = use_cases.payments.show(company_file_id, "pay_123")
    for action in Action:
        if action not in OFFERED[status]:
            with pytest.raises(Refused, match=r"does not fit a payment that .* What fits now: "):
                act(action, note="please")
    assert use_cases.payments.show(company_file_id, "pay_123") == before


def test_the_fields_of_an_action_that_is_never_offered_are_not_looked_at(act: Act) -> None:
    with pytest.raises(Refused, match="does not fit"):
        act("choose_invoice", invoice={"number": "101"})


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/action"),
        ({"action": "explode"}, "/action"),
        ({"action": ["retry"]}, "/action"),
        ({"action": None}, "/action"),
        ("withdraw", ""),
        ({"action": "withdraw", "why": "?"}, "/why"),
        ({"action": "dismiss", "note": "x", "txn_id": "-1"}, "/txn_id"),
        ({"action": "dismiss", "note": "a\x00b"}, "/note"),
        ({"action": "dismiss", "note": "\ud800"}, "/note"),
    ],
)
def test_an_action_that_cannot_be_read_is_told_field_by_field(
    use_cases: UseCases, company_file_id: int, given: object, pointer: str
) -> None:
    use_cases.intake.queue(company_file_id, [payment()], by="api")
    with pytest.raises(InvalidInput) as wrong:
        use_cases.review.act(company_file_id, "pay_123", given, by="api:site")
    assert [problem.pointer for problem in wrong.value.problems] == [pointer]


@pytest.mark.parametrize("external_id", ["pay_124", "", "a\x00b", "\ud800"])
def test_no_such_payment(use_cases: UseCases, company_file_id: int, external_id: str) -> None:
    with pytest.raises(NotFound):
        use_cases.review.act(company_file_id, external_id, {"action": "retry"}, by="api:site")
    with pytest.raises(NotFound):
        use_cases.payments.show(company_file_id, external_id)


def test_a_payment_that_a_session_took_meanwhile_is_left_alone(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    """The row was read as waiting; before the person's word is written, it was sent."""
    use_cases.intake.queue(company_file_id, [payment()], by="api")
    with engine.connect() as db:
        read = payments.one(db, company_file_id, "pay_123")
    assert read is not None
    move(engine, "pay_123", PaymentStatus.SENT, attempt_count=1)
    with engine.begin() as db:
        assert not payments.dismiss(db, read, now=read.created_at)
        assert not payments.hide(db, read, now=read.created_at)
    move(engine, "pay_123", PaymentStatus.QUEUED, attempt_count=1)
    with engine.begin() as db:
        assert not payments.dismiss(db, read, now=read.created_at)
