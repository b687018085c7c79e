"""Ten thousand answers that went wrong: no crash, and no payment moved by another one's answer.

All of them go through the reading and the decision, which touch no database; a few hundred more go
through the whole call on each database, with the answers of other sessions and companies mixed in.
"""

import dataclasses
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast
from uuid import UUID, uuid5

import pytest
from sqlalchemy import Connection, Engine, text

from qbwc_server.services.sync import Sync
from qbxml import envelope
from qbxml.envelope import Request, Response
from qbxml.errors import ParseError
from qbxml.fields import Ref
from scripts.simulate.quickbooks import CompanyFile
from scripts.simulate.quickbooks.refusals import OBJECT_IN_USE
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.web_connector import WebConnector
from sync_core.decide import NotExecuted, Posted, Rejected, Sent, Unknown, decide
from sync_core.translate import Outgoing, to_receive_payment
from tests.integration.sync import mutations
from tests.integration.sync.firm import Firm, close, play_until, until_payments_are_out, update

IN_MEMORY, IN_A_DATABASE, QUESTIONS = 10_000, 200, 100
# A fixed seed, so that a failure can be looked at again.
SEED = 20261121
CUSTOMER = "Café Belém"


def test_ten_thousand_mutated_answers() -> None:
    sent = {
        f"a1b2.{number}": Sent(
            external_guid=uuid5(UUID(int=7), str(number)),
            reference=f"CB222222222{number}",
            amount_cents=100 * number,
        )
        for number in range(1, 7)
    }
    answer, stranger = answered(sent), answered({f"c3d4.{id_}": each for id_, each in sent.items()})
    dice = random.Random(SEED)  # noqa: S311 - dice, no secret
    found: Counter[type] = Counter()
    for _ in range(IN_MEMORY):
        mutated = mutations.mutate(answer, [stranger], dice)
        responses = read(mutated)
        if responses is None:
            found[ParseError] += 1
            continue
        for request_id, each in sent.items():
            outcome = decide(responses.get(request_id, ()), each)
            found[type(outcome)] += 1
            match outcome:
                case Posted():
                    assert mutations.shows_receipt(
                        mutated,
                        request_id,
                        outcome.txn_id,
                        str(each.external_guid),
                        each.reference,
                        f"{each.amount_cents // 100}.00",
                    ), mutated
                case Rejected() | NotExecuted():
                    assert mutations.shows_refusal(mutated, request_id), mutated
    # The mutator is neither too tame nor too wild.
    assert min(found[kind] for kind in (Posted, Rejected, NotExecuted, Unknown)) > IN_MEMORY // 20
    assert found[ParseError] > IN_MEMORY // 20


def read(answer: str) -> dict[str, tuple[Response, ...]] | None:
    """Read an answer; None for one that is refused as a whole, the only way it may be."""
    try:
        return envelope.parse(answer).by_request_id()
    except ParseError:
        return None


def answered(sent: dict[str, Sent]) -> str:
    """Let QuickBooks answer: five are recorded or refused in different ways, all in one set."""
    books = CompanyFile("Prairie Wind Yoga")
    customer = books.add_customer(CUSTOMER)
    method = books.add_payment_method("Visa", "Visa")
    invoice = books.add_invoice(CUSTOMER, amount="2.00")
    books.refuse_next("ReceivePaymentAdd", code=3175, message=OBJECT_IN_USE)
    requests = [
        Request(
            request_id,
            to_receive_payment(
                Outgoing(
                    external_id=request_id,
                    external_guid=each.external_guid,
                    reference=each.reference,
                    customer_list_id=customer if each.amount_cents != 300 else "8000FFFF-1",
                    customer_name=None,
                    ar_account_list_id=None,
                    received_on=date(2026, 11, 20),
                    amount_cents=each.amount_cents,
                    method_list_id=method,
                    method_name="Visa",
                    memo=None,
                    processor=None,
                    processor_txn_id=None,
                    apply=[(invoice, 150)] if each.amount_cents == 200 else [],
                ),
                Ref(full_name="Undeposited Funds"),
            ),
        )
        for request_id, each in sent.items()
    ]
    asked = envelope.build(requests, version="13.0", on_error="continueOnError")
    return RequestProcessor(books).process(asked)


class Rehearsal:
    """An engine on one connection: its transactions are savepoints, and all is undone at the end.

    So a call can be made on the same state as often as one likes.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self.connection.begin_nested():
            yield self.connection


@contextmanager
def rehearsed(firm: Firm) -> Iterator[tuple[Sync, Connection]]:
    """Lend the use cases on a state that comes back."""
    with firm.engine.connect() as db:
        transaction = db.begin()
        engine = cast("Engine", Rehearsal(db))
        yield dataclasses.replace(firm.services.sync, engine=engine), db
        transaction.rollback()


STANDING = (
    "SELECT payment.id, payment.company_file_id, payment.status, payment.txn_id,"
    " payment.amount_cents, payment.reference, payment.external_guid, attempt.request_id,"
    " attempt.outcome, (SELECT COUNT(*) FROM payment_event WHERE payment_id = payment.id) AS moves"
    " FROM payment LEFT JOIN attempt ON attempt.payment_id = payment.id ORDER BY payment.id"
)


def test_mutated_answers_in_the_database(opened: Callable[..., Firm]) -> None:
    """200 on each database: payments out, in doubt from before, waiting, and another company's."""
    firm, others = opened(name="Northside Bakery"), opened(name="O'Neill Law")
    for each in (firm, others):
        each.books.add_customer(CUSTOMER)
        each.queued.extend(["-"] * (100 if each is others else 0))  # so that the ids differ
    pc, others_pc = firm.pc(), others.pc()
    update(firm_with(firm, 2, pc))
    earlier = until_payments_are_out(firm_with(firm, 2, pc))
    (held,) = firm.rows("SELECT request_xml FROM exchange WHERE answered_at IS NULL")
    close(pc, earlier.ticket)
    others_session = until_payments_are_out(firm_with(others, 3, others_pc))
    others_answer = answer_to_what_is_out(others)
    firm_with(firm, 5, pc)
    firm.pay("Nobody, Inc.", "9.00")
    session = until_payments_are_out(pc)
    waiting = firm.pay(CUSTOMER, "8.00")
    # Executed only now: the look-up of the session under way would have seen it.
    earlier_answer = RequestProcessor(firm.books).process(held["request_xml"])
    firm.books.refuse_next("ReceivePaymentAdd", code=3175, message=OBJECT_IN_USE)
    answer = answer_to_what_is_out(firm)
    before = {row["id"]: row for row in firm.rows(STANDING)}
    assert Counter(row["status"] for row in before.values()) == {
        "posted": 2,
        "in_doubt": 2,
        "sent": 6 + 3,
        "queued": 1,
    }
    looked_up = session.message_sets[-1][1]
    dice = random.Random(SEED)  # noqa: S311 - dice, no secret
    moved: Counter[str] = Counter()
    for _ in range(IN_A_DATABASE):
        mutated = mutations.mutate(answer, [earlier_answer, others_answer, looked_up], dice)
        ticket = dice.choice([session.ticket] * 8 + [earlier.ticket, others_session.ticket])
        with rehearsed(firm) as (sync, db):
            percent = sync.receive_response(ticket, response=mutated, hresult="", message="")
            after = [dict(row) for row in db.execute(text(STANDING)).mappings()]
        assert -1 <= percent <= 100
        company = others if ticket == others_session.ticket else firm
        for row in after:
            was = before[row["id"]]
            if row == was:
                continue
            assert row["company_file_id"] == company.company_file_id, mutated
            assert is_right(was, row, mutated), (mutated, was, row)
            moved[f"{was['status']} to {row['status']}"] += 1
    assert firm.payment(waiting).status == "queued"
    assert {row["id"]: row for row in firm.rows(STANDING)} == before  # it did come back
    wanted = ("posted", "rejected", "queued", "in_doubt")
    assert min(moved[f"sent to {status}"] for status in wanted) > 10
    assert moved["in_doubt to posted"] > 2
    assert set(moved) == {"in_doubt to posted", *(f"sent to {status}" for status in wanted)}


def is_right(was: dict[str, object], row: dict[str, object], answer: str) -> bool:
    """Hold a move against what the answer shows."""
    request_id = str(row["request_id"])
    if row["amount_cents"] != was["amount_cents"] or row["moves"] != int(str(was["moves"])) + 1:
        return False
    match row["status"]:
        case "posted":
            return row["outcome"] == "posted" and mutations.shows_receipt(
                answer,
                request_id,
                str(row["txn_id"]),
                str(row["external_guid"]),
                str(row["reference"]),
                f"{int(str(row['amount_cents'])) // 100}.00",
            )
        case "rejected" | "queued":
            return mutations.shows_refusal(answer, request_id)
        case _:
            return row["status"] == row["outcome"] == "in_doubt"


@pytest.mark.parametrize("keeps_guid", [True, False])
def test_mutated_answers_to_look_ups(
    firm: Firm,
    keeps_guid: bool,  # noqa: FBT001
) -> None:
    """200 on each database: what left and stands there is never let go again by an answer that
    shows it, and what does not stand there is never posted by one that does not.
    """
    firm.books.behaviour.keeps_external_guid = keeps_guid
    firm.books.add_customer(CUSTOMER)
    pc = firm.pc()
    update(firm_with(firm, 2, pc))
    there, gone = firm.pay(CUSTOMER, "25.00"), firm.pay(CUSTOMER, "26.00")
    lost = until_payments_are_out(pc)
    lost.power_cut(after=1)
    firm.clock.move(hours=12)
    session = play_until(pc.begin(), "ReceivePaymentQueryRq")
    answer = answer_to_what_is_out(firm)
    names = {
        row["external_id"]: (row["external_guid"], row["reference"])
        for row in firm.rows("SELECT external_id, external_guid, reference FROM payment")
    }
    assert firm.statuses()[there] == firm.statuses()[gone] == "in_doubt"
    dice = random.Random(SEED)  # noqa: S311 - dice, no secret
    moved: Counter[str] = Counter()
    for _ in range(IN_A_DATABASE):
        mutated = mutations.mutate(answer, [answer], dice)
        with rehearsed(firm) as (sync, db):
            sync.receive_response(session.ticket, response=mutated, hresult="", message="")
            after = {
                row.external_id: row.status
                for row in db.execute(text("SELECT external_id, status FROM payment"))
            }
        shown = {each: mutations.shows_any(mutated, names[each]) for each in (there, gone)}
        for each in (there, gone):
            moved[f"{'there' if each == there else 'gone'}: {after[each]}"] += 1
        assert after[there] != "queued" or not shown[there], mutated
        assert after[gone] != "posted" or shown[gone], mutated
        assert {after[there], after[gone]} <= {"in_doubt", "queued", "posted", "rejected"}
    assert moved["there: posted"] > 10
    assert moved["gone: queued"] > 10
    assert moved["there: in_doubt"] + moved["gone: in_doubt"] > 10


def test_mutated_answers_to_questions(firm: Firm) -> None:
    """100 on each database: lists, invoices and customers that went wrong move nothing but what
    our own check may reject.
    """
    firm.books.add_customer(CUSTOMER)
    invoice = firm.books.add_invoice(CUSTOMER, amount="8.00", number="7")
    firm.pay(CUSTOMER, "1.00", {invoice: "1.00"})
    firm.pay(CUSTOMER, "2.00", [{"invoice": {"number": "7"}, "amount": "2.00"}])
    firm.pay(CUSTOMER, "3.00")
    pc = firm.pc()
    session = pc.begin()
    while "InvoiceQueryRq" not in (session.step() or "") + session.calls[-1].answer:
        pass
    answer = answer_to_what_is_out(firm)
    dice = random.Random(SEED)  # noqa: S311 - dice, no secret
    ends: Counter[int] = Counter()
    for _ in range(QUESTIONS):
        mutated = mutations.mutate(answer, [session.message_sets[-1][1]], dice)
        with rehearsed(firm) as (sync, db):
            percent = sync.receive_response(
                session.ticket, response=mutated, hresult="", message=""
            )
            ends[percent] += 1
            after = db.execute(text("SELECT status, attempt_count, cause FROM payment")).all()
        for status, attempt_count, cause in after:
            assert attempt_count == 0
            assert (status, cause) in (("queued", None), ("rejected", "unknown_reference")), mutated
    assert min(ends[-1], ends.total() - ends[-1]) > 10


def firm_with(firm: Firm, payments: int, pc: WebConnector) -> WebConnector:
    """Queue some payments, and give the PC that is to sync them."""
    for number in range(1, payments + 1):
        firm.pay(CUSTOMER, f"{number}.00")
    return pc


def answer_to_what_is_out(firm: Firm) -> str:
    """Let QuickBooks carry out what was handed out last."""
    (out,) = firm.rows(
        "SELECT request_xml FROM exchange JOIN wc_session ON wc_session.id = wc_session_id"
        " WHERE answered_at IS NULL AND company_file_id = :id",
        id=firm.company_file_id,
    )
    return RequestProcessor(firm.books).process(out["request_xml"])
