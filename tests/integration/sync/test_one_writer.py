"""One sync at a time: who is turned away, who takes over and when, and what he knows then."""

from collections.abc import Callable

import pytest

from scripts.simulate.web_connector import Session, WebConnector
from tests.integration.sync.firm import (
    Firm,
    kinds,
    last_error,
    receive,
    send,
    sign_in,
    until_all_is_read,
    update,
)
from tests.integration.sync.leaving import (
    are_once,
    fair_update,
    have_left,
    left_fairly,
    numbers_sent,
    some_payments,
)

SILENT_S, WITH_WRITES_S = 120, 600
UNDOUBTED = "This sync went silent, and another one began."


def nothing_out(session: Session) -> None:
    """It has signed in, and asked for nothing yet."""
    while session.step() != "authenticate":
        pass


def question_out(session: Session) -> None:
    """It was asked what QuickBooks has."""
    session.take("InvoiceQuery")


def answered(session: Session) -> None:
    """It has told what QuickBooks has, and is about to ask for payments."""
    until_all_is_read(session)


def payments_out(session: Session) -> None:
    session.take("ReceivePaymentAdd")


STAGES = [
    (nothing_out, SILENT_S),
    (question_out, SILENT_S),
    (answered, SILENT_S),
    (payments_out, WITH_WRITES_S),
]


@pytest.fixture
def pcs(firm: Firm) -> tuple[WebConnector, WebConnector]:
    desk, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    for pc in (desk, back):
        update(pc)
    return desk, back


@pytest.mark.parametrize(("stage", "limit_s"), STAGES)
def test_who_is_told_busy_renews_nothing(
    firm: Firm,
    pcs: tuple[WebConnector, WebConnector],
    stage: Callable[[Session], None],
    limit_s: int,
) -> None:
    """Others, and the PC itself, ask again and again; at the very limit the next one is let in."""
    desk, back = pcs
    some_payments(firm, 2)
    session = desk.begin()
    stage(session)
    before = firm.rows("SELECT * FROM wc_session ORDER BY id")
    for pc in [desk, back] * 5:
        firm.clock.move(seconds=(limit_s - 1) // 10)
        assert sign_in(pc)[1] == "busy"
    assert firm.rows("SELECT * FROM wc_session ORDER BY id") == before
    firm.clock.move(seconds=limit_s - 1 - (limit_s - 1) // 10 * 10)
    assert sign_in(back)[1] == "busy"
    firm.clock.move(seconds=1)
    assert sign_in(back)[1] == ""
    ended = firm.rows("SELECT state, message FROM wc_session ORDER BY id DESC")[1]
    assert ended == {"state": "closed", "message": UNDOUBTED}


@pytest.mark.parametrize(("stage", "limit_s"), STAGES[1:])
@pytest.mark.parametrize("call", [last_error, send])
def test_a_call_of_its_own_renews_it(
    firm: Firm,
    pcs: tuple[WebConnector, WebConnector],
    stage: Callable[[Session], None],
    limit_s: int,
    call: Callable[[WebConnector, str], str],
) -> None:
    desk, back = pcs
    some_payments(firm, 2)
    session = desk.begin()
    stage(session)
    firm.clock.move(seconds=limit_s - 1)
    call(desk, session.ticket)
    firm.clock.move(seconds=limit_s - 1)
    # Asked for an answer that it must not repeat, it is over, and nobody is kept waiting.
    assert sign_in(back)[1] == ("" if stage is payments_out else "busy")


@pytest.mark.parametrize(("stage", "limit_s"), STAGES)
def test_who_takes_over_inherits_nothing(
    firm: Firm,
    pcs: tuple[WebConnector, WebConnector],
    stage: Callable[[Session], None],
    limit_s: int,
) -> None:
    """He asks all of it himself, the one who woke up has no say, and all is recorded once."""
    desk, back = pcs
    payments = some_payments(firm, 4)
    lost = desk.begin()
    stage(lost)
    firm.clock.move(seconds=limit_s)
    left = have_left(firm)
    taking_over = back.begin()
    taking_over.take("TxnDeletedQuery")
    assert firm.last_session()["to_post"] == 0
    # The other one is back, and goes on as if nothing had been.
    lost.finish()
    assert numbers_sent(lost) == ([numbers_sent(lost)[0]] if stage is payments_out else [])
    taking_over.finish()
    left_fairly(taking_over, left)
    if stage is not payments_out:  # else there is nothing left to do
        asked = [kind for kinds_of_set in kinds(taking_over) for kind in kinds_of_set]
        assert {"ReceivePaymentQuery", "InvoiceQuery", "ReceivePaymentAdd"} <= set(asked)
    are_once(firm, payments)
    firm.clock.move(hours=12)
    assert fair_update(firm, desk).status == "Nothing to post."


def test_a_session_that_was_taken_over_writes_and_moves_nothing(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    desk, back = pcs
    payments = some_payments(firm, 2)
    lost = desk.begin()
    answered(lost)
    firm.clock.move(seconds=SILENT_S)
    ticket, verdict = sign_in(back)
    assert verdict == ""
    assert send(desk, lost.ticket) == ""
    assert last_error(desk, lost.ticket) == UNDOUBTED
    assert receive(desk, lost.ticket, lost.message_sets[-1][1]) == -1
    assert {firm.payment(payment).status for payment in payments} == {"queued"}
    assert [firm.attempts(payment) for payment in payments] == [[], []]
    assert send(back, ticket) != ""
