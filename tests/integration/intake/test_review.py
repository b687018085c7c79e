"""What a person does about a payment, and what does not fit it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from models.base import AnyRow
from models.payment import Attempt, Payment
from models.queries import payments
from qbwc_server.errors import InvalidInput, NotFound, Refused
from qbwc_server.services import actions
from qbwc_server.services.actions import Action
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.payments import PaymentView
from sync_core.lifecycle import IllegalMove, PaymentStatus
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS, Variant
from tests.integration.intake.test_at_once import at_once
from tests.integration.site import move, payment
from tests.integration.synced import find_extra, hand_out, open_sync, rejection
from tests.schema.rows import NOON

REJECTED = {
    "cause": Cause.INVALID,
    "variant": Variant.PLAIN,
    "facts": {"qb_message": "Object not found", "qb_code": "3120"},
    "summary": 'QuickBooks did not accept this payment and said: "Object not found" (3120).',
    "evidence": [{"said": "Object not found"}],
    "status_code": 3120,
    "status_message": "Object not found",
}
NO_REJECTION = dict.fromkeys(REJECTED)
POSTED = {
    "txn_id": "1A-9",
    "posted_at": NOON,
    "applied_cents": 10000,
    "unapplied_cents": 2500,
    "ever_left": True,
    "left_at": NOON,
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


def row(engine: Engine, external_id: str = "pay_123") -> AnyRow:
    """The payment as it is kept."""
    with engine.connect() as db:
        return db.execute(select(Payment.__table__).where(Payment.external_id == external_id)).one()


def last(shown: PaymentView) -> tuple[str | None, str, str, str | None]:
    """The last move of a payment: from, to, by, why."""
    event = shown.history[-1]
    return event.from_status, event.to_status, event.by, event.note


# Withdraw, dismiss, delete


def test_a_waiting_payment_is_withdrawn(act: Act) -> None:
    shown = act("withdraw", note="charged twice")
    assert (shown.status, shown.note) == (PaymentStatus.DISMISSED, "charged twice")
    assert last(shown) == ("queued", "dismissed", "api:site", "charged twice")


def test_one_that_ever_left_is_not_withdrawn(act: Act, engine: Engine) -> None:
    move(engine, "pay_123", PaymentStatus.QUEUED, ever_left=True)
    with pytest.raises(Refused, match="QuickBooks may have it"):
        act("withdraw")


def test_one_that_was_built_and_never_left_is_withdrawn(act: Act, engine: Engine) -> None:
    move(engine, "pay_123", PaymentStatus.QUEUED, attempt_count=1)
    assert act("withdraw").status == PaymentStatus.DISMISSED


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


# Retry, and "they are two"


@pytest.mark.parametrize("note", [None, "the customer is back"])
def test_a_rejected_payment_is_tried_again_with_nothing_held_against_it(
    act: Act, engine: Engine, note: str | None
) -> None:
    session = open_sync(engine, 1)
    move(
        engine,
        "pay_123",
        PaymentStatus.REJECTED,
        **REJECTED,
        ever_left=True,
        returns=2,
        refusals=4,
        checked_session_id=session,
        cleared_session_id=session,
    )
    shown = act("retry", note=note)
    assert (shown.status, shown.rejection, shown.note) == (PaymentStatus.QUEUED, None, note)
    assert last(shown) == ("rejected", "queued", "api:site", note)
    kept = row(engine)._asdict()
    assert {name: kept[name] for name in REJECTED} == NO_REJECTION
    assert (kept["returns"], kept["refusals"], kept["post_anyway"]) == (0, 0, False)
    assert kept["checked_session_id"] == session
    # It left, so the session that sends it asks QuickBooks for it first: this one's word is spent.
    assert (kept["ever_left"], kept["cleared_session_id"]) == (True, None)


# What looks like another payment, and nothing else.
ALIKE = [
    (Cause.PAID_IN_QUICKBOOKS, Variant.LOOK_ALIKE),
    (Cause.PAID_IN_QUICKBOOKS, Variant.SAME_NUMBER),
    *((Cause.POSSIBLE_DUPLICATE, variant) for variant in VARIANTS[Cause.POSSIBLE_DUPLICATE]),
    (Cause.POSSIBLE_DUPLICATE, None),
]


@pytest.mark.parametrize(
    ("cause", "variant"),
    [(cause, variant) for cause in Cause for variant in (*VARIANTS[cause], None)],
)
def test_what_looks_like_another_is_posted_all_the_same(
    act: Act, engine: Engine, cause: Cause, variant: Variant | None
) -> None:
    move(engine, "pay_123", PaymentStatus.REJECTED, **rejection(cause, variant))
    if (cause, variant) not in ALIKE:
        with pytest.raises(Refused, match=r"What fits now: retry, (\w+, )*dismiss, delete\."):
            act("post_anyway")
        return
    shown = act("post_anyway", note="two courses")
    told = "They are two: post it. two courses"
    assert (shown.status, shown.note) == (PaymentStatus.QUEUED, told)
    assert last(shown) == ("rejected", "queued", "api:site", told)
    assert row(engine).post_anyway


# Settle a doubt


def test_a_doubt_is_settled_by_the_entry_that_a_person_found(act: Act, engine: Engine) -> None:
    move(engine, "pay_123", PaymentStatus.IN_DOUBT, note="The answer was lost.")
    shown = act("settle_posted", txn_id="1A-9", note="seen in Received Payments")
    assert (shown.status, shown.txn_id) == (PaymentStatus.POSTED, "1A-9")
    assert shown.posted_at is not None
    told = "It is in QuickBooks as 1A-9: seen in Received Payments"
    assert last(shown) == ("in_doubt", "posted", "api:site", told)


def test_one_entry_cannot_be_two_payments(
    act: Act, use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    use_cases.intake.queue(company_file_id, [payment("other")], by="api")
    move(engine, "other", PaymentStatus.POSTED, txn_id="1A-9")
    move(engine, "pay_123", PaymentStatus.IN_DOUBT)
    with pytest.raises(Refused, match="1A-9 in QuickBooks is payment other already"):
        act("settle_posted", txn_id="1A-9", note="seen")
    assert row(engine).status == "in_doubt"


def test_two_who_settle_on_one_entry_at_once_are_one(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    for number in range(5):
        names = [f"a{number}", f"b{number}"]
        use_cases.intake.queue(company_file_id, [payment(name) for name in names], by="api")

        def settle(name: str, txn_id: str = f"1A-{number}") -> str:
            given = {"action": "settle_posted", "txn_id": txn_id, "note": "seen"}
            try:
                use_cases.review.act(company_file_id, name, given, by="bookkeeper")
            except Refused:
                return "refused"
            return "posted"

        for name in names:
            move(engine, name, PaymentStatus.IN_DOUBT)
        told = at_once(*(partial(settle, name) for name in names))
        assert sorted(map(str, told)) == ["posted", "refused"]


def test_a_doubt_is_settled_by_the_word_that_it_is_not_there(act: Act, engine: Engine) -> None:
    """The word stands for the proof that the earlier sync is over; QuickBooks is asked still."""
    hand_out(engine, open_sync(engine, 1), "pay_123")
    move(
        engine,
        "pay_123",
        PaymentStatus.IN_DOUBT,
        note="The answer was lost.",
        is_restored=True,
        returns=1,
    )
    with engine.begin() as db:
        db.execute(text("UPDATE attempt SET outcome = 'in_doubt'"))
    shown = act("settle_not_posted", note="not in Received Payments")
    assert (shown.status, shown.note) == (PaymentStatus.QUEUED, "not in Received Payments")
    told = "It is not in QuickBooks: not in Received Payments"
    assert last(shown) == ("in_doubt", "queued", "api:site", told)
    kept = row(engine)
    assert (kept.ever_left, kept.is_restored, kept.returns) == (True, False, 2)
    with engine.connect() as db:
        assert db.execute(select(Attempt.outcome)).scalars().all() == ["absent"]


# Re-open


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        ("dismissed", {}),
        ("dismissed", {"hidden_at": NOON, **REJECTED}),
        ("reversed", {**POSTED, "hidden_at": NOON, "returns": 3}),
        ("posted", {**POSTED, "missing_since": NOON}),
    ],
)
def test_a_payment_is_re_opened(
    act: Act, engine: Engine, status: str, facts: dict[str, Any]
) -> None:
    move(engine, "pay_123", PaymentStatus(status), **facts)
    shown = act("reopen", note="it is owed still")
    assert (shown.status, shown.note) == (PaymentStatus.QUEUED, "it is owed still")
    assert last(shown) == (status, "queued", "api:site", "it is owed still")
    assert (shown.deleted_at, shown.missing_since, shown.posted_at) == (None, None, None)
    # What stood there before is none of this payment's any more, but it must be known again.
    assert (shown.txn_id, shown.unapplied) == (None, "25.00")
    kept = row(engine)._asdict()
    assert (kept["txn_id"], kept["ever_left"]) == (facts.get("txn_id"), "txn_id" in facts)
    assert (kept["returns"], kept["summary"]) == (0, None)


def test_what_a_restored_database_found_posted_is_asked_for_when_it_is_re_opened(
    act: Act, engine: Engine
) -> None:
    facts = {"txn_id": "1A-9", "posted_at": NOON, "missing_since": NOON}
    move(engine, "pay_123", PaymentStatus.POSTED, **facts)
    act("reopen", note="the file was restored")
    kept = row(engine)
    assert (kept.ever_left, kept.left_at) == (True, NOON)


def test_a_posted_payment_that_is_where_it_should_be_is_not_re_opened(
    act: Act, engine: Engine
) -> None:
    move(engine, "pay_123", PaymentStatus.POSTED, **POSTED)
    with pytest.raises(Refused, match=r"is in QuickBooks\. What fits now: delete\."):
        act("reopen", note="again, please")


def test_all_that_is_missing_is_re_opened_at_once(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    names = ["there", "missing", "hidden", "elsewhere"]
    other = use_cases.companies.internal_id(use_cases.companies.add("Moonlight Dental").id)
    for name in names:
        company = other if name == "elsewhere" else company_file_id
        use_cases.intake.queue(company, [payment(name)], by="api")
        move(engine, name, PaymentStatus.POSTED, **POSTED)
    with engine.begin() as db:
        db.execute(
            text("UPDATE payment SET missing_since = changed_at WHERE external_id != 'there'")
        )
        db.execute(text("UPDATE payment SET hidden_at = changed_at WHERE external_id = 'hidden'"))
    listed = [one.id for one in use_cases.payments.every_missing(company_file_id)]
    assert listed == ["hidden", "missing"]

    def reopen(note: str) -> int:
        return use_cases.review.reopen_missing(company_file_id, note=note, by="cli")

    with pytest.raises(InvalidInput, match="/note"):
        reopen(" ")
    assert (reopen("the backup of Friday"), reopen("the backup of Friday")) == (2, 0)
    assert {name: row(engine, name).status for name in names} == {
        "there": "posted",
        "missing": "queued",
        "hidden": "queued",
        "elsewhere": "posted",
    }
    for name in ("missing", "hidden"):
        shown = use_cases.payments.show(company_file_id, name)
        assert last(shown) == ("posted", "queued", "cli", "the backup of Friday")
        assert (shown.note, shown.deleted_at) == ("the backup of Friday", None)
        assert row(engine, name).txn_id == "1A-9"


# Take out what is one too many


@pytest.mark.parametrize("status", ["posted", "reversed"])
def test_the_second_entry_of_a_payment_is_ordered_out(
    act: Act, engine: Engine, status: str
) -> None:
    move(engine, "pay_123", PaymentStatus(status), **POSTED)
    find_extra(engine, open_sync(engine, 1), "1A-10", "pay_123", said="It is in a deposit.")
    shown = act("take_out_extra", note="out of the deposit now")
    told = "1A-10 in QuickBooks is one too many: to be taken out. out of the deposit now"
    assert last(shown) == (status, status, "api:site", told)
    with engine.connect() as db:
        extra = db.execute(text("SELECT ordered_by, said, resolution FROM extra_receipt")).one()
        assert db.execute(text("SELECT ordered_at FROM extra_receipt")).scalar() is not None
    assert tuple(extra) == ("api:site", None, None)


def test_of_several_the_person_says_which(act: Act, engine: Engine) -> None:
    move(engine, "pay_123", PaymentStatus.POSTED, **POSTED)
    session = open_sync(engine, 1)
    find_extra(engine, session, "1A-10", "pay_123")
    find_extra(engine, session, "1A-11", "pay_123")
    find_extra(engine, session, "1A-12")
    with pytest.raises(InvalidInput, match=r"/txn_id: .*1A-10, 1A-11; say which"):
        act("take_out_extra")
    with pytest.raises(Refused, match="1A-12 is not one too many of this payment"):
        act("take_out_extra", txn_id="1A-12")
    act("take_out_extra", txn_id="1A-11")
    with engine.connect() as db:
        ordered = "SELECT txn_id FROM extra_receipt WHERE ordered_at IS NOT NULL"
        assert db.execute(text(ordered)).scalars().all() == ["1A-11"]


def test_nothing_is_taken_out_where_nothing_is_too_many(act: Act, engine: Engine) -> None:
    move(engine, "pay_123", PaymentStatus.POSTED, **POSTED)
    session = open_sync(engine, 1)
    find_extra(engine, session, "1A-10", "pay_123", resolved_at=NOON)
    find_extra(engine, session, "1A-12")
    with pytest.raises(Refused, match="What fits now: delete"):
        act("take_out_extra")


# What does not fit


@pytest.mark.parametrize("status", PaymentStatus)
def test_every_other_action_is_refused_with_a_sentence_and_moves_nothing(
    act: Act, use_cases: UseCases, company_file_id: int, engine: Engine, status: PaymentStatus
) -> None:
    move(engine, "pay_123", status, **(REJECTED if status == "rejected" else {}))
    before = use_cases.payments.show(company_file_id, "pay_123")
    fits = actions.offered(row(engine))
    for action in Action:
        if action not in fits:
            with pytest.raises(Refused, match=r"does not fit a payment that .* What fits now: "):
                act(action, note="please", txn_id="1A-9")
    assert use_cases.payments.show(company_file_id, "pay_123") == before


@pytest.mark.parametrize("blank", [{}, {"note": " "}, {"note": None}])
@pytest.mark.parametrize(
    ("action", "status", "needed"),
    [
        ("dismiss", "rejected", ["/note"]),
        ("reopen", "dismissed", ["/note"]),
        ("settle_not_posted", "in_doubt", ["/note"]),
        ("settle_posted", "in_doubt", ["/txn_id", "/note"]),
    ],
)
def test_what_an_action_needs_is_asked_for(
    act: Act,
    engine: Engine,
    action: str,
    status: str,
    needed: list[str],
    blank: dict[str, Any],
) -> None:
    move(engine, "pay_123", PaymentStatus(status), **(REJECTED if status == "rejected" else {}))
    with pytest.raises(InvalidInput) as wrong:
        act(action, **blank)
    assert [problem.pointer for problem in wrong.value.problems] == needed
    assert row(engine).status == status


def test_the_fields_of_an_action_that_is_never_offered_are_not_looked_at(act: Act) -> None:
    with pytest.raises(Refused, match="does not fit"):
        act("delete_in_quickbooks", why="?")


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


def test_a_person_and_a_session_at_once_are_one_after_the_other(
    use_cases: UseCases, company_file_id: int, engine: Engine
) -> None:
    """Withdrawn and never sent, or sent and not withdrawn."""
    names = [f"pay_{number}" for number in range(10)]
    use_cases.intake.queue(company_file_id, [payment(name) for name in names], by="api")
    take = (
        "UPDATE payment SET status = 'sent', ever_left = true"
        " WHERE external_id = :name AND status = 'queued'"
    )

    def withdraw(name: str) -> str:
        try:
            use_cases.review.act(company_file_id, name, {"action": "withdraw"}, by="bookkeeper")
        except Refused as refused:
            return str(refused)
        return "withdrawn"

    def claim(name: str) -> int:
        with engine.begin() as db:
            return db.execute(text(take), {"name": name}).rowcount

    for name in names:
        said, claimed = at_once(partial(withdraw, name), partial(claim, name))
        assert (claimed, row(engine, name).status) == (
            (0, "dismissed") if said == "withdrawn" else (1, "sent")
        )
        assert said == "withdrawn" or "is being sent" in str(said)


def test_a_move_that_is_not_legal_is_never_made(act: Act, engine: Engine) -> None:
    act("withdraw")
    dismissed = row(engine)
    with engine.begin() as db, pytest.raises(IllegalMove):
        payments.move(db, dismissed, PaymentStatus.POSTED, now=NOON)
    assert row(engine).status == "dismissed"
