"""What the office reads at the end, how far the bar is, and what a poll costs."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from scripts.simulate.web_connector import Session
from sync_core.wording import office
from tests.integration.sync.firm import (
    Firm,
    last_error,
    play,
    until_all_is_read,
    update,
)

CUSTOMER = "Café Belém"
RESOLVE = "https://pay.example.com/resolve"
# The Web Connector's bar, as receiveResponseXML answers it.
PERCENT = re.compile(r"receiveResponseXMLResult>(-?\d+)<")


@pytest.fixture(autouse=True)
def _customer(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)


def percents(session: Session) -> list[int]:
    return [int(found[1]) for call in session.calls if (found := PERCENT.search(call.answer))]


def shown(firm: Firm) -> tuple[str, int, int, int]:
    """Say what the list of syncs shows of the newest one."""
    newest = firm.services.session_log.page(firm.company_file_id, limit="1").items[0]
    return newest.message or "", newest.percent, newest.posted, newest.rejected


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        (0, 0, "Nothing to post."),
        (1, 0, "1 payment posted"),
        (12, 0, "12 payments posted"),
        (0, 1, f"1 needs you: {RESOLVE}"),
        (12, 3, f"12 payments posted, 3 need you: {RESOLVE}"),
    ],
)
def test_how_a_sync_went(firm: Firm, good: int, bad: int, told: str) -> None:
    """Refused by our own check and by QuickBooks: both need a person."""
    for _ in range(good):
        firm.pay(CUSTOMER, "1.00")
    for number in range(bad):
        firm.pay("Nobody, Inc." if number % 2 else {"external_id": "cust-9"}, "1.00")
    pc = firm.pc()
    session = update(pc)
    assert session.status == told
    assert session.error_code is None
    assert shown(firm) == (told, 100, good, bad)
    assert last_error(pc, session.ticket) == told


def test_the_next_sync_starts_counting_anew(firm: Firm) -> None:
    firm.pay(CUSTOMER, "1.00")
    firm.pay("Nobody, Inc.", "1.00")
    pc = firm.pc()
    assert update(pc).status == f"1 payment posted, 1 needs you: {RESOLVE}"
    assert update(pc).status == "Nothing to post."


def test_what_else_there_is_to_say_is_said(opened: Callable[..., Firm]) -> None:
    firm = opened(message_set_max=1)
    firm.books.add_customer(CUSTOMER)
    firm.books.add_invoice(CUSTOMER, amount="9.00", number="7")
    firm.pay(CUSTOMER, "9.00", [{"invoice": {"number": "7"}, "amount": "9.00"}])
    for _ in range(3):
        firm.pay(CUSTOMER, "1.00")
    firm.books.refuse_next("InvoiceQuery", code=1000, message="Not now.", times=2)
    firm.books.refuse_next("ReceivePaymentAdd", code=3175, message="It is in use.", times=2)
    firm.books.refuse_next("ReceivePaymentAdd", code=1000, message="Internal error.")
    session = update(firm.pc())
    unanswered = office.UNANSWERED.format(said="Not now.")
    assert session.status == (
        "1 payment being checked: please do not enter by hand - "
        f"{office.NOT_LISTED.format(what='invoices')} {unanswered} {office.HELD_BACK}"
    )
    assert list(firm.statuses().values()) == ["queued", "queued", "queued", "in_doubt"]


def test_a_file_that_nobody_confirmed_is_named(opened: Callable[..., Firm]) -> None:
    firm = opened(yes_to_first=False)
    session = update(firm.pc())
    assert session.status == (
        "Nothing is posted until an administrator confirms that this is the right company file "
        r"(Prairie Wind Yoga, C:\Books\prairie.qbw)."
    )
    assert percents(session)[-1] == 100


def test_the_bar_never_goes_back_and_is_full_at_the_end_alone(
    opened: Callable[..., Firm],
) -> None:
    firm = opened(import_page_size=7, message_set_max=3)
    books = firm.books
    books.add_customer("Harper Dental Group:Elm Street")
    parent = {"list_id": books.customer("Harper Dental Group").list_id}
    for number in range(40):
        books.add_invoice("Harper Dental Group:Elm Street", amount="1.00", number=str(number))
        by_number = [{"invoice": {"number": str(number)}, "amount": "1.00"}]
        firm.pay(parent if number % 2 else "Harper Dental Group", "1.00", by_number)
        if number % 5 == 0:
            firm.pay({"external_id": "cust-9"}, "1.00")
    session = firm.pc().begin()
    arrived = 0
    while session.step():
        if "ReceivePaymentAddRq" in session.calls[-1].answer:
            firm.pay(CUSTOMER, "1.00")  # what arrives meanwhile does not push the bar back
            arrived += 1
    bar = percents(session)
    assert bar == sorted(bar)
    assert bar.count(100) == 1
    assert bar[-1] == 100
    assert len(set(bar)) > 10  # it moves
    assert session.status == f"40 payments posted, 8 need you: {RESOLVE}"
    assert list(firm.statuses().values()).count("queued") == arrived


def test_the_end_is_told_by_100_and_never_by_an_empty_request(firm: Firm) -> None:
    """With nothing to do, with everything withdrawn, with all refused: the answer is 100."""
    pc = firm.pc()
    sessions = [update(pc), update(pc)]
    firm.pay({"external_id": "cust-9"}, "1.00")
    sessions.append(update(pc))
    payment = firm.pay(CUSTOMER, "1.00")
    session = until_all_is_read(pc.begin())
    withdraw = {"action": "withdraw"}
    firm.services.review.act(firm.company_file_id, payment, withdraw, by="bookkeeper")
    sessions.append(play(session))
    for session in sessions:
        assert all(asked for asked, _ in session.message_sets)
        assert percents(session)[-1] == 100
        assert "getLastError" not in [call.operation for call in session.calls]
        assert session.calls[-1].operation == "closeConnection"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Note the statements that are made."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_poll_with_nothing_to_do_costs_a_handful_of_statements(firm: Firm) -> None:
    """The same with ten payments in the books and with sixty."""
    pc = firm.pc()
    counts = []
    for already_there in (10, 50):
        for _ in range(already_there):
            firm.pay(CUSTOMER, "1.00")
        update(pc)
        update(pc)  # reads what was posted just now
        with counted(firm.engine) as statements:
            session = update(pc)
        assert session.status == "Nothing to post."
        counts.append(len(statements))
    print(f"A poll with nothing to do takes {counts[0]} statements")  # noqa: T201 - for whoever looks
    assert counts[0] == counts[1] <= 66


def test_statements_do_not_grow_with_the_payments_of_a_set(firm: Firm) -> None:
    """Posting works on sets: fifty payments take as many statements as five."""
    pc = firm.pc()
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    update(pc)
    counts = []
    for how_many in (5, 50):
        for _ in range(how_many):
            firm.pay(CUSTOMER, "1.00")
        with counted(firm.engine) as statements:
            update(pc)
        update(pc)  # reads what was posted just now
        counts.append(len(statements))
    print(f"A sync that posts takes {counts[1]} statements")  # noqa: T201 - for whoever looks
    assert counts[0] == counts[1] <= 110
