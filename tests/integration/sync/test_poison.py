"""A payment on which QuickBooks dies, or which it never does, must not stop the others for ever."""

from collections.abc import Collection

import pytest

from scripts.simulate.quickbooks.refusals import OBJECT_IN_USE
from scripts.simulate.web_connector import Session, WebConnector
from tests.integration.sync.firm import Firm, requests, update
from tests.integration.sync.leaving import (
    A_NIGHT_S,
    are_once,
    die,
    executed,
    fair_update,
    have_left,
    left_fairly,
    numbers_sent,
    reference,
    some_payments,
)

NEEDS_YOU = "1 needs you: https://pay.example.com/resolve"


def sync_that_crashes(firm: Firm, pc: WebConnector, poison: Collection[str]) -> Session:
    """Play a sync in which QuickBooks crashes at every set that holds a poisonous payment."""
    numbers = {reference(firm, payment) for payment in poison}
    left = have_left(firm)
    session = pc.begin()
    while session.step():
        out = requests(session.held, "ReceivePaymentAdd") if session.held else []
        places = [
            place for place, node in enumerate(out) if node.findtext("*/RefNumber") in numbers
        ]
        if places:
            session.execute(crash_after=places[0])
    left_fairly(session, left)
    firm.clock.move(seconds=A_NIGHT_S)
    return session


def out(firm: Firm, *sets: Collection[str]) -> list[list[str]]:
    return [[reference(firm, payment) for payment in payments] for payments in sets]


def test_a_payment_that_kills_quickbooks(firm: Firm) -> None:
    """Twice it takes others along, then each of them travels alone, and it is given up."""
    pc = firm.pc()
    poison, second, third = some_payments(firm, 3)
    for _ in range(2):
        session = sync_that_crashes(firm, pc, [poison])
        assert numbers_sent(session) == out(firm, [poison, second, third])
        assert set(firm.statuses().values()) == {"in_doubt"}
    # New ones go first, together; what was lost twice goes after them, each alone.
    new = some_payments(firm, 2)
    session = sync_that_crashes(firm, pc, [poison])
    assert numbers_sent(session) == out(firm, new, [poison])
    assert firm.statuses() == {
        poison: "in_doubt",
        second: "queued",
        third: "queued",
        new[0]: "posted",
        new[1]: "posted",
    }
    session = sync_that_crashes(firm, pc, [poison])
    assert numbers_sent(session) == out(firm, [second], [third])
    assert session.status == f"2 payments posted, {NEEDS_YOU}"
    are_once(firm, [second, third, *new])
    shown = firm.payment(poison)
    assert shown.status == "rejected"
    assert shown.rejection is not None
    assert shown.rejection.cause == "invalid"
    assert shown.rejection.summary.startswith("Three times QuickBooks' answer")
    assert executed(firm, poison) == 0
    assert fair_update(firm, pc).status == "Nothing to post."


def test_a_payment_that_kills_quickbooks_after_it_was_recorded(firm: Firm) -> None:
    """It is looked for before it is counted: it stands there, and is posted."""
    pc = firm.pc()
    payments = some_payments(firm, 3)
    session = die(pc, after=1)
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert session.status == "3 payments posted"
    are_once(firm, payments)


@pytest.mark.parametrize("lost", [1, 2])
def test_what_was_lost_and_stands_there_is_posted_at_the_last_time_too(
    firm: Firm, lost: int
) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 1)
    for _ in range(lost):
        die(pc)
        firm.clock.move(seconds=A_NIGHT_S)
    die(pc, after=-1)
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert numbers_sent(session) == []
    are_once(firm, payments)
    assert len(firm.attempts(payments[0])) == lost + 1


def test_what_travels_alone_does_so_once_a_set(firm: Firm) -> None:
    """Twice the PC died on five payments; nothing is wrong with any of them."""
    pc = firm.pc()
    payments = some_payments(firm, 5)
    for _ in range(2):
        die(pc)
        firm.clock.move(seconds=A_NIGHT_S)
    new = some_payments(firm, 3)
    session = fair_update(firm, pc)
    assert numbers_sent(session) == out(firm, new, *([payment] for payment in payments))
    assert session.status == "8 payments posted"
    are_once(firm, [*payments, *new])


@pytest.mark.parametrize(
    ("code", "message", "cause"),
    [
        (3231, "The request has not been processed.", "invalid"),
        (3175, OBJECT_IN_USE, "locked"),
    ],
)
def test_five_times_not_done(firm: Firm, code: int, message: str, cause: str) -> None:
    pc = firm.pc()
    payment, *others = some_payments(firm, 3)
    for time in range(5):
        firm.books.refuse_next("ReceivePaymentAdd", code=code, message=message)
        assert firm.payment(payment).status == "queued", time
        session = fair_update(firm, pc)
        assert reference(firm, payment) in numbers_sent(session)[0]
    assert session.status == NEEDS_YOU
    shown = firm.payment(payment)
    assert shown.status == "rejected"
    assert shown.rejection is not None
    assert shown.rejection.cause == cause
    assert shown.rejection.evidence[0]["said"] == message
    assert len(firm.attempts(payment)) == 5
    assert executed(firm, payment) == 0
    are_once(firm, others)
    assert numbers_sent(update(pc)) == []


def test_four_times_not_done_and_then_done(firm: Firm) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    for _ in range(4):
        firm.books.refuse_next("ReceivePaymentAdd", code=3175, message=OBJECT_IN_USE, times=2)
        fair_update(firm, pc)
    assert fair_update(firm, pc).status == "2 payments posted"
    are_once(firm, payments)
