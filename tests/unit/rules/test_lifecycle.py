"""The life of a payment, row by row as the product describes it, and nothing besides."""

from itertools import product

import pytest

from sync_core.lifecycle import (
    MOVES,
    AttemptOutcome,
    IllegalMove,
    Mover,
    PaymentStatus,
    check_move,
)

QUEUED, SENT, IN_DOUBT = PaymentStatus.QUEUED, PaymentStatus.SENT, PaymentStatus.IN_DOUBT
POSTED, REJECTED = PaymentStatus.POSTED, PaymentStatus.REJECTED
DISMISSED, REVERSED = PaymentStatus.DISMISSED, PaymentStatus.REVERSED

Move = tuple[PaymentStatus | None, PaymentStatus, Mover]
Row = tuple[str, tuple[PaymentStatus | None, ...], tuple[PaymentStatus, ...], tuple[Mover, ...]]

# What happens, from, to, and what makes it move.
LIFE: list[Row] = [
    ("accepted", (None,), (QUEUED,), (Mover.INTAKE,)),
    ("claimed for a message set", (QUEUED,), (SENT,), (Mover.HAND_OUT,)),
    ("recorded, with a TxnID", (SENT,), (POSTED,), (Mover.EVIDENCE,)),
    ("our own check refuses it", (QUEUED,), (REJECTED,), (Mover.CHECK,)),
    ("QuickBooks refused it, proven", (SENT,), (REJECTED,), (Mover.REFUSAL,)),
    ("not executed, or in use", (SENT,), (QUEUED,), (Mover.NOT_EXECUTED,)),
    ("the answer was lost", (SENT,), (IN_DOUBT,), (Mover.LOSS,)),
    (
        "QuickBooks was asked, or a person says so",
        (IN_DOUBT,),
        (POSTED, QUEUED, REJECTED),
        (Mover.EVIDENCE, Mover.PERSON),
    ),
    (
        "evidence of our own receipt",
        (QUEUED, SENT, IN_DOUBT, REJECTED, DISMISSED),
        (POSTED,),
        (Mover.EVIDENCE,),
    ),
    ("the cause has gone, or was corrected", (REJECTED,), (QUEUED,), (Mover.HEALING, Mover.PERSON)),
    ("Dismiss Syncing", (REJECTED,), (DISMISSED,), (Mover.PERSON,)),
    ("withdrawn", (QUEUED,), (DISMISSED,), (Mover.PERSON,)),
    ("our database was restored", (QUEUED, SENT, REJECTED), (IN_DOUBT,), (Mover.RESTORE,)),
    ("missing from the file they called ours", (POSTED,), (QUEUED,), (Mover.PERSON,)),
    ("deleted in QuickBooks, or set to 0.00", (POSTED,), (REVERSED,), (Mover.EVIDENCE,)),
    ("re-opened", (DISMISSED, REVERSED), (QUEUED,), (Mover.PERSON,)),
    (
        "Undo, of what made it wait",
        (QUEUED,),
        (IN_DOUBT, REJECTED, POSTED, DISMISSED, REVERSED),
        (Mover.UNDO,),
    ),
    ("Undo, of a dismissal", (DISMISSED,), (QUEUED, REJECTED), (Mover.UNDO,)),
]
LEGAL: set[Move] = {move for _, from_, to, movers in LIFE for move in product(from_, to, movers)}
ALL: list[Move] = list(product((None, *PaymentStatus), PaymentStatus, Mover))


def test_the_states_are_the_words_that_the_api_names() -> None:
    assert [str(status) for status in PaymentStatus] == [
        *("queued", "sent", "in_doubt", "posted", "rejected", "dismissed", "reversed")
    ]


def test_how_an_attempt_may_have_ended() -> None:
    """Kept with each handing-out for as long as the payment is; a word once kept stays."""
    assert [str(outcome) for outcome in AttemptOutcome] == [
        *("posted", "rejected", "not_executed", "refused_whole", "refused_alone"),
        *("in_doubt", "absent"),
    ]


@pytest.mark.parametrize("row", LIFE, ids=[row[0] for row in LIFE])
def test_a_row_of_the_table_is_legal(row: Row) -> None:
    _, from_, to, movers = row
    for source, target, mover in product(from_, to, movers):
        check_move(source, target, mover)
        assert mover in MOVES[source, target]


def test_any_other_move_raises() -> None:
    for source, target, mover in ALL:
        if (source, target, mover) not in LEGAL:
            with pytest.raises(IllegalMove, match=f"to {target} by {mover} is not a legal move"):
                check_move(source, target, mover)


def test_whatever_a_person_made_wait_or_dismissed_can_be_undone() -> None:
    by_person = {
        (source, target)
        for source, target, mover in LEGAL
        if mover is Mover.PERSON and target in (QUEUED, DISMISSED) and source is not None
    }
    undone = {(target, source) for source, target, mover in LEGAL if mover is Mover.UNDO}
    assert undone == by_person


def test_what_evidence_moved_is_never_undone() -> None:
    evident = {target for _, target, mover in LEGAL if mover is Mover.EVIDENCE} - {QUEUED}
    assert not {source for source, _, mover in LEGAL if mover is Mover.UNDO} & evident


def test_our_own_receipt_moves_whatever_is_not_in_quickbooks() -> None:
    shown = {source for source, target, mover in LEGAL if target is POSTED} - {None}
    assert shown == {QUEUED, SENT, IN_DOUBT, REJECTED, DISMISSED}
    gone = {mover for source, target, mover in LEGAL if (source, target) == (POSTED, REVERSED)}
    assert gone == {Mover.EVIDENCE}  # never mere absence, and nobody's word


def test_nothing_leaves_posted_or_reversed_by_itself() -> None:
    by_itself = {mover for source, target, mover in LEGAL if source is REVERSED}
    assert by_itself == {Mover.PERSON}
    assert {mover for source, target, mover in LEGAL if (source, target) == (POSTED, QUEUED)} == {
        Mover.PERSON
    }


def test_only_a_waiting_payment_is_handed_out() -> None:
    assert {source for source, target, _ in LEGAL if target is SENT} == {QUEUED}
    assert {target for _, target, mover in LEGAL if mover is Mover.HAND_OUT} == {SENT}
