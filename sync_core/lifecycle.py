"""The life of a payment: its states and the table of legal moves.

Everything that decides which move is legal lives here. A move that is not in the table raises and
changes nothing; the statements in `models` ask it before they move anything.
"""

from enum import StrEnum


class PaymentStatus(StrEnum):
    """Where a payment stands. Each accepted payment is in exactly one of these."""

    QUEUED = "queued"  # waiting for the next sync
    SENT = "sent"  # handed out, no answer yet
    IN_DOUBT = "in_doubt"  # handed out, and the answer was lost or proves nothing
    POSTED = "posted"  # in QuickBooks, with its TxnID
    REJECTED = "rejected"  # refused for a proven reason; a person, or a change of the books, helps
    DISMISSED = "dismissed"  # a person said: not through us
    REVERSED = "reversed"  # was in QuickBooks and was deleted or set to 0.00 there


class Mover(StrEnum):
    """What makes a payment move."""

    INTAKE = "intake"  # the payment site, or a file
    CHECK = "check"  # our own check before sending
    HAND_OUT = "hand_out"  # a session claims it for a message set
    REFUSAL = "refusal"  # QuickBooks refused it for a proven reason
    NOT_EXECUTED = "not_executed"  # QuickBooks says it did nothing, or was busy with the record
    LOSS = "loss"  # the answer is lost, or proves nothing
    EVIDENCE = "evidence"  # QuickBooks' word: an answer, a look-up, an import
    HEALING = "healing"  # an import shows that the cause is gone
    PERSON = "person"
    UNDO = "undo"  # the person takes the last action back before the next session
    RESTORE = "restore"  # the operator restored our database


class AttemptOutcome(StrEnum):
    """How one handing-out ended."""

    POSTED = "posted"
    REJECTED = "rejected"  # for a proven reason
    NOT_EXECUTED = "not_executed"  # QuickBooks says that it did nothing, this once
    REFUSED_WHOLE = "refused_whole"  # with its whole message set, before any of it was done
    REFUSED_ALONE = "refused_alone"  # the same, when it stood alone in the set
    IN_DOUBT = "in_doubt"  # nobody knows yet
    ABSENT = "absent"  # it was in doubt; QuickBooks does not have it, and will not


class IllegalMove(Exception):  # noqa: N818 - named for what it is
    """A move that is not in the table: a fault of ours, never of outside data."""


_QUEUED, _SENT, _IN_DOUBT, _POSTED, _REJECTED, _DISMISSED, _REVERSED = PaymentStatus

MOVES: dict[tuple[PaymentStatus | None, PaymentStatus], frozenset[Mover]] = {
    (None, _QUEUED): frozenset({Mover.INTAKE}),
    (_QUEUED, _SENT): frozenset({Mover.HAND_OUT}),
    (_QUEUED, _REJECTED): frozenset({Mover.CHECK, Mover.UNDO}),
    (_QUEUED, _DISMISSED): frozenset({Mover.PERSON, Mover.UNDO}),
    (_QUEUED, _POSTED): frozenset({Mover.EVIDENCE, Mover.UNDO}),
    (_QUEUED, _REVERSED): frozenset({Mover.UNDO}),
    (_QUEUED, _IN_DOUBT): frozenset({Mover.RESTORE, Mover.UNDO}),
    (_SENT, _POSTED): frozenset({Mover.EVIDENCE}),
    (_SENT, _REJECTED): frozenset({Mover.REFUSAL}),
    (_SENT, _QUEUED): frozenset({Mover.NOT_EXECUTED}),
    (_SENT, _IN_DOUBT): frozenset({Mover.LOSS, Mover.RESTORE}),
    (_IN_DOUBT, _POSTED): frozenset({Mover.EVIDENCE, Mover.PERSON}),
    (_IN_DOUBT, _QUEUED): frozenset({Mover.EVIDENCE, Mover.PERSON}),
    (_IN_DOUBT, _REJECTED): frozenset({Mover.EVIDENCE, Mover.PERSON}),
    (_REJECTED, _QUEUED): frozenset({Mover.HEALING, Mover.PERSON}),
    (_REJECTED, _DISMISSED): frozenset({Mover.PERSON}),
    (_REJECTED, _POSTED): frozenset({Mover.EVIDENCE}),
    (_REJECTED, _IN_DOUBT): frozenset({Mover.RESTORE}),
    (_POSTED, _QUEUED): frozenset({Mover.PERSON}),
    (_POSTED, _REVERSED): frozenset({Mover.EVIDENCE}),
    (_DISMISSED, _QUEUED): frozenset({Mover.PERSON, Mover.UNDO}),
    (_DISMISSED, _REJECTED): frozenset({Mover.UNDO}),
    (_DISMISSED, _POSTED): frozenset({Mover.EVIDENCE}),
    (_REVERSED, _QUEUED): frozenset({Mover.PERSON}),
}


def check_move(source: PaymentStatus | None, target: PaymentStatus, mover: Mover) -> None:
    """Raise IllegalMove unless the table has this move."""
    if mover not in MOVES.get((source, target), frozenset()):
        raise IllegalMove(f"{source or 'nothing'} to {target} by {mover} is not a legal move")
