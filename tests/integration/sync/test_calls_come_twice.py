"""A line that delivers calls twice, at once or later: a payment is recorded once all the same."""

from collections.abc import Callable, Iterator

import pytest

from scripts.simulate.postman import Postman
from scripts.simulate.web_connector import Session, WebConnector
from tests.integration.sync.firm import Firm, sign_in, update
from tests.integration.sync.leaving import (
    A_NIGHT_S,
    are_once,
    die,
    executed,
    fair_update,
    have_left,
    left_fairly,
    some_payments,
)

# The calls of a session in which payments are settled and posted, as they come.
OFFICE = ["serverVersion", "clientVersion", "authenticate"]
EXCHANGE = ["sendRequestXML", "receiveResponseXML"]
CALLS = [*OFFICE, *EXCHANGE * 2, "closeConnection"]
WRITES = CALLS.index("closeConnection") - 2


@pytest.fixture
def office(firm: Firm) -> tuple[Firm, WebConnector, Postman, list[str]]:
    """Two payments in doubt, one of which is there, and two new ones."""
    pc = firm.pc()
    payments = some_payments(firm, 2)
    die(pc, after=1)
    firm.clock.move(seconds=A_NIGHT_S)
    payments += some_payments(firm, 2)
    pc.transport = post = Postman(pc.transport)
    return firm, pc, post, payments


def calls(session: Session) -> list[str]:
    return [call.operation for call in session.calls]


def is_settled(firm: Firm, pc: WebConnector, payments: list[str]) -> None:
    """See that two more syncs, a night apart, leave every payment in QuickBooks once."""
    for _ in range(2):
        firm.clock.move(seconds=A_NIGHT_S)
        fair_update(firm, pc)
    are_once(firm, payments)
    assert firm.rows("SELECT id FROM extra_receipt") == []
    assert update(pc).status == "Nothing to post."


def test_the_calls_of_a_session(office: tuple[Firm, WebConnector, Postman, list[str]]) -> None:
    firm, pc, _, payments = office
    session = fair_update(firm, pc)
    assert calls(session) == CALLS
    assert session.status == "4 payments posted"
    are_once(firm, payments)


@pytest.mark.parametrize("shows_first", [True, False])
@pytest.mark.parametrize("place", range(len(CALLS)))
def test_a_call_comes_twice(
    office: tuple[Firm, WebConnector, Postman, list[str]], place: int, *, shows_first: bool
) -> None:
    firm, pc, post, payments = office
    left = have_left(firm)
    session = pc.begin()
    for _ in range(place):
        session.step()
    post.deliver_twice(CALLS[place], shows_first=shows_first)
    session.finish()
    left_fairly(session, left)
    assert max(executed(firm, payment) for payment in payments) == 1
    if place == WRITES:
        # Who asks twice has lost the answer; it is not handed out a second time.
        assert "is not known yet" in session.status
        there, *out = (firm.payment(payment).status for payment in payments)
        assert there == "posted"
        assert out == ["posted" if shows_first else "in_doubt"] * 3
    elif CALLS[place] == "authenticate" and not shows_first:
        assert session.status == "Application busy"  # its own session, of which it does not know
        assert firm.payment(payments[1]).status == "in_doubt"
    else:
        assert session.status == "4 payments posted"
        are_once(firm, payments)
    is_settled(firm, pc, payments)


@pytest.mark.parametrize("place", range(len(OFFICE), len(CALLS)))
@pytest.mark.parametrize("after", range(1, 5))
def test_a_copy_of_a_call_comes_later(
    office: tuple[Firm, WebConnector, Postman, list[str]], place: int, after: int
) -> None:
    """So many calls later, or when the session is over."""
    firm, pc, post, payments = office
    left = have_left(firm)
    session = pc.begin()
    for _ in range(place):
        session.step()
    post.copy(CALLS[place])
    for _ in range(1 + after):
        session.step()
    post.deliver()
    session.finish()
    left_fairly(session, left)
    assert max(executed(firm, payment) for payment in payments) == 1
    is_settled(firm, pc, payments)


# The calls of sessions that end early


def failing(firm: Firm, pc: WebConnector) -> Iterator[Session]:
    """Sessions in which QuickBooks does not open, and whose answer cannot be read."""
    firm.books.refuse_sessions("0x80040414", "A modal dialog box is showing in QuickBooks.")
    yield pc.begin()
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.execute(crash_after=1)
    yield session


@pytest.mark.parametrize("operation", ["connectionError", "getLastError", "closeConnection"])
@pytest.mark.parametrize("shows_first", [True, False])
def test_the_calls_that_end_a_session_come_twice(
    firm: Firm, operation: str, *, shows_first: bool
) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    pc.closes_after_failure = True
    pc.transport = post = Postman(pc.transport)
    said = []
    for session in failing(firm, pc):
        post.deliver_twice(operation, shows_first=shows_first)
        session.finish()
        said.append(session.status)
    assert "modal dialog" in said[0]  # as the Web Connector shows it
    assert "is not known yet" in said[1]
    is_settled(firm, pc, payments)


# A set that was refused whole


@pytest.mark.parametrize("after", range(7))
def test_a_copy_of_a_refusal_comes_later(firm: Firm, after: int) -> None:
    """It carries no requestID, and may be taken for a refusal of what is out by then.

    That costs a look-up: the answer to what is out comes all the same, as a late one.
    """
    pc = firm.pc()
    *innocents, culprit = [*some_payments(firm, 3), *some_payments(firm, 1, memo="unreadable")]
    firm.books.behaviour.chokes_on = "unreadable"
    pc.transport = post = Postman(pc.transport)
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    post.copy("receiveResponseXML", "<hresult>0x80040400")
    for _ in range(1 + after):
        session.step()
    assert len(post.kept) == 1
    post.deliver()
    session.finish()
    firm.clock.move(seconds=A_NIGHT_S)
    fair_update(firm, pc)
    are_once(firm, innocents)
    assert firm.payment(culprit).status == "rejected"
    assert executed(firm, culprit) == 0


# Another sync meanwhile


@pytest.mark.parametrize("operation", ["receiveResponseXML", "closeConnection", "sendRequestXML"])
def test_a_copy_comes_to_a_session_that_was_taken_over(firm: Firm, operation: str) -> None:
    desk, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    payments = some_payments(firm, 2)
    desk.transport = post = Postman(desk.transport)
    session = desk.begin()
    session.take("ReceivePaymentAdd")
    post.hold_back(operation, "" if operation != "receiveResponseXML" else "ReceivePaymentAddRs")
    session.execute()
    session.finish()
    firm.clock.move(seconds=A_NIGHT_S)
    other = back.begin()
    while "TxnDeletedQuery" not in other.held:
        other.step()
    post.deliver()
    other.finish()
    are_once(firm, payments)
    is_settled(firm, desk, payments)


Ends = Callable[[WebConnector], object]


@pytest.mark.parametrize("ends", [sign_in, update], ids=["authenticate alone", "a whole sync"])
def test_a_session_that_nobody_ends_is_taken_over_in_time(firm: Firm, ends: Ends) -> None:
    """authenticate came twice, and the PC was told "busy": its second session is nobody's."""
    pc = firm.pc()
    payments = some_payments(firm, 2)
    pc.transport = post = Postman(pc.transport)
    post.deliver_twice("authenticate")
    assert update(pc).status == "Application busy"
    assert update(pc).status == "Application busy"
    firm.clock.move(seconds=120)
    ends(pc)
    firm.clock.move(seconds=120)
    fair_update(firm, pc)
    are_once(firm, payments)
