"""Committed before a byte leaves: what another connection sees while the set is on its way."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from models.engine import make_engine
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.web_connector import Session
from tests.integration.sync.firm import (
    Firm,
    play,
    requests,
    second_connection,
    until_all_is_read,
    until_payments_are_out,
    url_of,
)

CUSTOMER = "Café Belém"

Seen = list[tuple[object, ...]]


@pytest.fixture
def payments(firm: Firm) -> list[str]:
    firm.books.add_customer(CUSTOMER)
    return [firm.pay(CUSTOMER, f"{number}.00") for number in (1, 2, 3)]


def seen_by(other: Engine, sql: str) -> Seen:
    with other.connect() as db:
        return [tuple(row) for row in db.execute(text(sql))]


OUT = (
    "SELECT payment.external_id, payment.status, payment.attempt_count, attempt.outcome,"
    " exchange.answered_at, exchange.request_xml, attempt.request_id"
    " FROM payment JOIN attempt ON attempt.payment_id = payment.id"
    " JOIN exchange ON exchange.id = attempt.exchange_id ORDER BY payment.id"
)


def test_the_hand_out_is_committed_before_the_answer_is_passed_on(
    firm: Firm, payments: list[str]
) -> None:
    pc = firm.pc()
    line = pc.transport
    seen: list[Seen] = []
    with second_connection(firm) as other:

        def watched(operation: str, body: bytes) -> HttpAnswer:
            answer = line(operation, body)
            if b"ReceivePaymentAddRq" in answer.body:
                seen.append(seen_by(other, OUT))
            return answer

        pc.transport = watched
        session = play(pc.begin())
    (rows,) = seen
    handed_out = session.message_sets[-1][0]
    ids = [node.get("requestID") for node in requests(handed_out, "ReceivePaymentAdd")]
    assert rows == [
        (payment, "sent", 1, None, None, handed_out, request_id)
        for payment, request_id in zip(payments, ids, strict=True)
    ]
    assert firm.statuses() == dict.fromkeys(payments, "posted")


def test_the_hand_out_is_committed_as_the_call_returns(firm: Firm, payments: list[str]) -> None:
    """The use case called directly: nothing is left for somebody above it to commit."""
    session = until_all_is_read(firm.pc().begin())
    with second_connection(firm) as other:
        leaves = firm.services.sync.send_request(
            session.ticket,
            hcp_response="",
            company_file_name=firm.books.path,
            country="US",
            major=16,
            minor=0,
        )
        rows = seen_by(other, OUT)
    assert len(requests(leaves, "ReceivePaymentAdd")) == 3
    assert [row[:4] for row in rows] == [(payment, "sent", 1, None) for payment in payments]
    assert {row[5] for row in rows} == {leaves}
    events = firm.rows(
        "SELECT to_status FROM payment_event WHERE from_status = 'queued' ORDER BY id"
    )
    assert [row["to_status"] for row in events] == ["sent"] * 3


def test_nothing_is_sent_before_its_turn(opened: Callable[..., Firm]) -> None:
    """Payments of the next message set wait as queued while the first one is out."""
    firm = opened(message_set_max=2)
    firm.books.add_customer(CUSTOMER)
    for number in range(1, 5):
        firm.pay(CUSTOMER, f"{number}.00")
    until_payments_are_out(firm.pc())
    assert list(firm.statuses().values()) == ["sent", "sent", "queued", "queued"]
    assert len(firm.rows("SELECT id FROM attempt")) == 2


def test_a_commit_is_on_the_disk_before_it_is_believed(firm: Firm) -> None:
    engine = make_engine(url_of(firm.engine))  # the tests' own waits for no disk
    with engine.connect() as db:
        if db.dialect.name == "sqlite":
            assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        else:
            assert db.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    engine.dispose()


def test_a_message_set_that_is_read_is_stored_as_well(firm: Firm, payments: list[str]) -> None:
    session: Session = play(firm.pc().begin())
    stored = firm.rows("SELECT * FROM exchange ORDER BY number")
    assert [(row["request_xml"], row["response_xml"]) for row in stored] == session.message_sets
    assert [row["number"] for row in stored] == [1, 2, 3]
    assert all(row["answered_at"] and row["hresult"] is None for row in stored)
    assert len(payments) == 3
