"""The database goes away in the middle of a call: the protocol's answer, and nothing half written.

Each call is made once for every statement that it needs, and loses its database at that statement.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from qbwc_server.errors import Refused
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.web_connector import WebConnector
from sync_core.wording import faults
from tests.integration.sync.firm import (
    Firm,
    close,
    last_error,
    play_until,
    receive,
    requests,
    second_connection,
    send,
    sign_in,
    until_all_is_read,
    until_payments_are_out,
    update,
)

CUSTOMER = "Café Belém"


class Outage:
    """Takes the database away at the n-th statement from now: for good, or for a moment."""

    def __init__(self, server: Engine, administrator: Engine) -> None:
        self.server = server
        self.administrator = administrator
        self.left: int | None = None
        self.came = False
        self.passes = False

    def before_statement(self, connection: Connection, *_: Any) -> None:
        if self.left is None or (self.came and self.passes):
            return
        if self.left <= 0:
            self.strike(connection)
        self.left -= 1

    def strike(self, connection: Connection) -> None:
        """Make the connection useless: shut by the administrator, or a disk turned read-only."""
        self.came = True
        raw: Any = connection.connection.dbapi_connection
        if connection.dialect.name == "sqlite":
            raw.execute("PRAGMA query_only=ON")
        else:
            with self.administrator.connect() as db:
                db.execute(
                    text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": raw.info.backend_pid}
                )

    @contextmanager
    def at(self, statement: int, *, passes: bool = False) -> Iterator[None]:
        """Let the calls inside lose the database; afterwards it is back.

        With `passes` one connection is lost, and a second try finds the database well.
        """
        self.left, self.came, self.passes = statement, False, passes
        try:
            yield
        finally:
            self.left = None
            self.server.dispose()


@pytest.fixture
def outage(firm: Firm) -> Iterator[Outage]:
    with second_connection(firm) as administrator:
        made = Outage(firm.engine, administrator)
        event.listen(firm.engine, "before_cursor_execute", made.before_statement)
        yield made
        event.remove(firm.engine, "before_cursor_execute", made.before_statement)


@pytest.fixture
def payments(firm: Firm) -> list[str]:
    firm.books.add_customer(CUSTOMER)
    invoice = firm.books.add_invoice(CUSTOMER, amount="3.00")
    return [
        firm.pay(CUSTOMER, "1.00"),
        firm.pay(CUSTOMER, "2.00", {invoice: "2.00"}),
        firm.pay("Nobody, Inc.", "3.00"),
    ]


def at_every_statement(
    firm: Firm, outage: Outage, call: Callable[[], object], is_right: Callable[[Any], bool]
) -> None:
    """Make a call, losing the database at its first statement, its second and so on.

    Ends with the call that got through. It is a different one on SQLite, which loses no reading.
    """
    before = firm.everything()
    statements = 0
    while True:
        with outage.at(statements):
            answer = call()
        if not outage.came:
            break
        assert is_right(answer), f"{answer!r} at statement {statements}"
        assert firm.everything() == before, f"at statement {statements}"
        statements += 1
    assert statements > 2


def test_while_payments_are_handed_out(firm: Firm, outage: Outage, payments: list[str]) -> None:
    """Nothing leaves, nothing is sent; the next call hands out what this one could not."""
    pc = firm.pc()
    session = until_all_is_read(pc.begin())
    leaves: list[str] = []

    def asked() -> str:
        leaves.append(send(pc, session.ticket))
        return leaves[-1]

    at_every_statement(firm, outage, asked, lambda answer: answer == "")
    assert len(requests(leaves[-1], "ReceivePaymentAdd")) == 3
    assert firm.statuses() == dict.fromkeys(payments, "sent")
    assert len(firm.rows("SELECT id FROM attempt")) == 3


def test_a_connection_that_drops_once_costs_nothing(
    firm: Firm, outage: Outage, payments: list[str]
) -> None:
    """The answer in our hands will not come again, so it gets a second try."""
    if firm.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no connection that could drop")
    pc = firm.pc()
    session = until_payments_are_out(pc)
    answer = answer_to_what_is_out(firm)
    with outage.at(6, passes=True):
        assert receive(pc, session.ticket, answer) == 99  # why was one refused? is asked next
    assert outage.came
    assert list(firm.statuses().values()).count("posted") == 2
    assert [len(firm.attempts(payment)) for payment in payments] == [1, 1, 1]


def test_while_an_answer_is_taken(firm: Firm, outage: Outage, payments: list[str]) -> None:
    """All of an answer is written or none of it; given again, it counts."""
    pc = firm.pc()
    session = until_payments_are_out(pc)
    answer = answer_to_what_is_out(firm)
    percents: list[int] = []

    def answered() -> int:
        percents.append(receive(pc, session.ticket, answer))
        return percents[-1]

    at_every_statement(firm, outage, answered, lambda percent: percent == -1)
    assert percents[-1] == 99  # why was one refused? is asked next
    assert firm.statuses() == dict(zip(payments, ["posted", "posted", "rejected"], strict=True))


def test_while_the_books_are_taken(firm: Firm, outage: Outage, payments: list[str]) -> None:
    firm.pay(CUSTOMER, "4.00", method="Barter")
    pc = firm.pc()
    session = play_until(pc.begin(), "PaymentMethodQueryRq")
    answer = answer_to_what_is_out(firm)
    at_every_statement(
        firm, outage, lambda: receive(pc, session.ticket, answer), lambda percent: percent == -1
    )
    assert set(firm.statuses().values()) == {"queued"}
    assert firm.rows("SELECT complete_at FROM reading WHERE complete_at IS NULL") == []
    assert len(requests(send(pc, session.ticket), "ReceivePaymentAdd")) == len(payments)
    assert list(firm.statuses().values()) == ["sent"] * len(payments) + ["rejected"]


def test_while_an_invoice_is_asked_for(firm: Firm, outage: Outage, payments: list[str]) -> None:
    """A question that did not leave waits, and an answer that was not kept may come again."""
    pc = firm.pc()
    update(pc)
    list_id = firm.books.customer(CUSTOMER).list_id
    firm.services.missing_invoice.explain(firm.company_file_id, list_id, "1042")
    firm.books.add_charge(CUSTOMER, amount="25.00", number="1042")
    session = play_until(pc.begin(), "TxnDeletedQueryRq")
    session.step()
    at_every_statement(firm, outage, lambda: send(pc, session.ticket), lambda answer: answer == "")
    answer = answer_to_what_is_out(firm)
    assert "ChargeQueryRs" in answer
    at_every_statement(
        firm, outage, lambda: receive(pc, session.ticket, answer), lambda percent: percent == -1
    )
    told = firm.services.missing_invoice.explain(firm.company_file_id, list_id, "1042")
    assert told.reason == "statement_charge"
    assert firm.last_session()["state"] == "done"
    assert len(firm.statuses()) == len(payments)


def answer_to_what_is_out(firm: Firm) -> str:
    (out,) = firm.rows("SELECT request_xml FROM exchange WHERE answered_at IS NULL")
    return RequestProcessor(firm.books).process(out["request_xml"])


def test_while_somebody_signs_in(firm: Firm, outage: Outage) -> None:
    """A word of the protocol, and the password is not held against anybody."""
    pc = firm.pc()
    at_every_statement(firm, outage, lambda: sign_in(pc)[1], lambda verdict: verdict == "busy")
    assert firm.last_session()["state"] == "ready"


def test_while_a_session_with_payments_out_is_taken_over(
    firm: Firm, outage: Outage, payments: list[str]
) -> None:
    until_payments_are_out(firm.pc("Front desk"))
    other = firm.pc("Back office", primary=False)
    firm.clock.move(hours=12)
    at_every_statement(firm, outage, lambda: sign_in(other)[1], lambda verdict: verdict == "busy")
    assert firm.statuses() == dict.fromkeys(payments, "in_doubt")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [(last_error, faults.FAULT), (close, faults.CLOSED_WITH_FAULT)],
)
def test_while_a_session_ends(
    firm: Firm,
    outage: Outage,
    payments: list[str],
    call: Callable[[WebConnector, str], str],
    sentence: str,
) -> None:
    pc = firm.pc()
    session = until_payments_are_out(pc)
    at_every_statement(
        firm, outage, lambda: call(pc, session.ticket), lambda told: told == sentence
    )
    assert firm.statuses() == dict.fromkeys(payments, "in_doubt")


def test_while_a_late_answer_is_noted(firm: Firm, outage: Outage, payments: list[str]) -> None:
    pc = firm.pc()
    session = until_payments_are_out(pc)
    answer = answer_to_what_is_out(firm)
    close(pc, session.ticket)
    at_every_statement(
        firm, outage, lambda: receive(pc, session.ticket, answer), lambda percent: percent == -1
    )
    assert list(firm.statuses().values()) == ["posted", "posted", "in_doubt"]
    assert len(payments) == 3


def test_a_commit_that_fails_lets_nothing_leave(
    firm: Firm, outage: Outage, payments: list[str]
) -> None:
    if firm.engine.dialect.name == "sqlite":
        pytest.skip("SQLite's commit cannot be made to fail from outside")
    pc = firm.pc()
    session = until_all_is_read(pc.begin())
    before = firm.everything()
    event.listen(firm.engine, "commit", outage.strike)
    try:
        assert send(pc, session.ticket) == ""
    finally:
        event.remove(firm.engine, "commit", outage.strike)
        firm.engine.dispose()
    assert firm.everything() == before
    assert firm.statuses() == dict.fromkeys(payments, "queued")


def test_a_database_that_takes_no_writes(firm: Firm, payments: list[str]) -> None:
    """A full disk, a standby: every call is answered, and the office is told to try again."""
    pc = firm.pc()
    session = until_payments_are_out(pc)
    answer = answer_to_what_is_out(firm)
    before = firm.everything()
    read_only = "PRAGMA query_only=ON" if is_sqlite(firm) else "SET TRANSACTION READ ONLY"

    def forbid(connection: Connection) -> None:
        connection.exec_driver_sql(read_only)

    event.listen(firm.engine, "begin", forbid, insert=is_sqlite(firm))
    try:
        assert sign_in(pc)[1] == "busy"
        assert send(pc, session.ticket) == ""
        assert receive(pc, session.ticket, answer) == -1
        assert last_error(pc, session.ticket) == faults.FAULT
        assert close(pc, session.ticket) == faults.CLOSED_WITH_FAULT
        assert pc.call("connectionError", ticket=session.ticket, hresult="", message="") == "done"
    finally:
        event.remove(firm.engine, "begin", forbid)
        firm.engine.dispose()
    assert firm.everything() == before
    # The disk has room again, and the Web Connector calls the next morning.
    firm.clock.move(hours=12)
    assert update(pc).status == "2 payments posted, 1 needs you: https://pay.example.com/resolve"
    assert firm.statuses() == dict(zip(payments, ["posted", "posted", "rejected"], strict=True))


def is_sqlite(firm: Firm) -> bool:
    return firm.engine.dialect.name == "sqlite"


def test_a_fault_of_ours_is_the_protocols_answer(firm: Firm, payments: list[str]) -> None:
    """An operator left out the migrations: a table is not there."""
    pc = firm.pc()
    session = until_payments_are_out(pc)
    answer = answer_to_what_is_out(firm)
    with firm.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE payment_event RENAME TO somewhere_else")
    try:
        assert receive(pc, session.ticket, answer) == -1
        assert last_error(pc, session.ticket) == faults.FAULT
        assert close(pc, session.ticket) == faults.CLOSED_WITH_FAULT
    finally:
        with firm.engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE somewhere_else RENAME TO payment_event")
    assert firm.statuses() == dict.fromkeys(payments, "sent")
    assert receive(pc, session.ticket, answer) == 99  # why was one refused? is asked next


# A person acts between two statements of a session


@pytest.mark.parametrize(
    ("before", "method"),
    [
        ("UPDATE payment SET checked_session_id", "Visa"),
        ("UPDATE payment SET status", "Visa"),
        ("UPDATE payment SET status", "Barter"),
    ],
)
def test_a_payment_withdrawn_between_two_statements(firm: Firm, before: str, method: str) -> None:
    """Marked, claimed or rejected by the session, or withdrawn by the person: one of them."""
    firm.books.add_customer(CUSTOMER)
    payment, other = firm.pay(CUSTOMER, "1.00", method=method), firm.pay(CUSTOMER, "2.00")
    refused: list[Refused] = []
    person = Thread(target=lambda: withdraw(firm, payment, refused))

    def act(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(before) and person.ident is None:
            person.start()
            person.join(0.3)  # long enough to act; where it has to wait, it goes on afterwards

    event.listen(firm.engine, "before_cursor_execute", act)
    try:
        session = update(firm.pc())
    finally:
        event.remove(firm.engine, "before_cursor_execute", act)
        person.join()
    assert ">100<" in session.calls[-2].answer
    assert firm.payment(other).status == "posted"
    shown = firm.payment(payment)
    assert (shown.status == "dismissed") == (refused == [])
    assert len(firm.attempts(payment)) == (shown.status == "posted")
    assert [event_.to_status for event_ in shown.history][1:] in (
        ["dismissed"],
        ["rejected"],
        ["sent", "posted"],
    )


def withdraw(firm: Firm, payment: str, refused: list[Refused]) -> None:
    try:
        firm.services.review.act(
            firm.company_file_id, payment, {"action": "withdraw"}, by="bookkeeper"
        )
    except Refused as said:
        refused.append(said)
