"""A customer does not see an invoice: why? From the books to the answer.

What was imported tells most of it. For the rest QuickBooks is asked at the end of the next sync,
and whatever it answers, that sync ends as it would have.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from qbwc_server.errors import InvalidInput, NotFound
from qbwc_server.services.missing_invoice import QUESTIONS_KEPT, MissingInvoiceView
from qbwc_server.services.steps.invoice_questions import QUESTIONS_MAX
from scripts.simulate.quickbooks.company_file import Missing
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.reason import Reason
from tests.integration.sync.firm import (
    Firm,
    close,
    kinds,
    play_until,
    receive,
    sent,
    tampered,
    update,
)

KERN, KITCHEN, ABBOTT = "Kern", "Kern:Kitchen", "Abbott"
ASKS = ["ChargeQuery", "InvoiceQuery"]
LAST_YEAR = date(2025, 6, 30)


@pytest.fixture(autouse=True)
def _customers(firm: Firm) -> None:
    for name in (KITCHEN, ABBOTT):
        firm.books.add_customer(name)
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-01-01"})


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    """The PC, after a first sync."""
    pc = firm.pc()
    update(pc)
    firm.clock.move(minutes=30)
    return pc


def why(firm: Firm, number: str = "1042", customer: str = KERN) -> MissingInvoiceView:
    """Ask why a customer, named by full name or ListID, misses an invoice."""
    found = firm.books.find_customer(customer)
    list_id = found.list_id if found else customer
    return firm.services.missing_invoice.explain(firm.company_file_id, list_id, number)


def invoice(firm: Firm, customer: str = KERN, **more: Any) -> str:
    """Enter invoice 1042 over 125.00."""
    return firm.books.add_invoice(customer, **{"amount": "125.00", "number": "1042", **more})


def asked(session: Session) -> bool:
    """Say whether the session ended with the questions."""
    return kinds(session)[-1] == ASKS


# What the import knows


def test_it_is_here_and_open(firm: Firm, pc: WebConnector) -> None:
    txn_id = invoice(firm)
    update(pc)
    told = why(firm)
    assert told.reason is Reason.HERE_AND_OPEN
    assert told.summary == (
        "Invoice 1042 of 2026-11-20 is here and open, with 125.00 due. If Kern does not see it, "
        "look at the customer's rights on the payment site."
    )
    assert (told.txn_id, told.day, told.customer) == (txn_id, date(2026, 11, 20), KERN)
    assert told.asked_at is None
    assert not asked(update(pc))


def test_it_stands_under_a_job_of_the_customer(firm: Firm, pc: WebConnector) -> None:
    invoice(firm, KITCHEN)
    update(pc)
    assert why(firm).reason is Reason.HERE_AND_OPEN
    assert "It stands under Kern:Kitchen." in why(firm).summary
    assert why(firm, customer=KITCHEN).reason is Reason.HERE_AND_OPEN


def test_the_number_is_found_whatever_the_case(firm: Firm, pc: WebConnector) -> None:
    invoice(firm, number="INV-é7")
    update(pc)
    assert why(firm, " inv-É7 ").reason is Reason.HERE_AND_OPEN


def pay(firm: Firm, txn_id: str) -> None:
    firm.books.receive_by_hand(KERN, amount="125.00", invoices={txn_id: "125.00"})


EDITS: dict[str, tuple[Callable[[Firm, str], object], Reason, str]] = {
    "paid": (pay, Reason.NO_OPEN_BALANCE, "is paid in full"),
    "voided": (
        lambda firm, txn_id: firm.books.void_invoice(txn_id),
        Reason.NO_OPEN_BALANCE,
        "was voided",
    ),
    "made pending": (
        lambda firm, txn_id: firm.books.change_invoice(txn_id, pending=True),
        Reason.PENDING,
        "is marked as pending",
    ),
    "its customer made inactive": (
        lambda firm, _: firm.books.make_inactive(KERN),
        Reason.CUSTOMER_INACTIVE,
        "Kern is inactive in QuickBooks",
    ),
    "moved": (
        lambda firm, txn_id: firm.books.change_invoice(txn_id, customer=ABBOTT),
        Reason.OTHER_CUSTOMER,
        "stands under Abbott in QuickBooks, not under Kern.",
    ),
    "dated back": (
        lambda firm, txn_id: firm.books.change_invoice(txn_id, date=LAST_YEAR),
        Reason.BEFORE_SYNC_FROM,
        "is dated 2025-06-30, before the Sync From Date 2026-01-01",
    ),
    "deleted": (
        lambda firm, txn_id: firm.books.delete_invoice(txn_id),
        Reason.DELETED,
        "was deleted in QuickBooks on 2026-11-20.",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_a_bookkeeper_did_with_it(firm: Firm, pc: WebConnector, edit: str) -> None:
    act, reason, said = EDITS[edit]
    txn_id = invoice(firm)
    update(pc)
    firm.clock.move(minutes=30)
    act(firm, txn_id)
    update(pc)
    told = why(firm)
    assert told.reason is reason
    assert said in told.summary
    assert told.txn_id == txn_id


def test_the_one_entered_anew_is_the_one_that_is_meant(firm: Firm, pc: WebConnector) -> None:
    old = invoice(firm)
    update(pc)
    firm.clock.move(minutes=30)
    new = firm.books.recreate_invoice(old)
    update(pc)
    assert (why(firm).reason, why(firm).txn_id) == (Reason.HERE_AND_OPEN, new)
    firm.clock.move(minutes=30)
    firm.books.change_invoice(new, number="1042-B")
    update(pc)
    told = why(firm)
    assert told.reason is Reason.DELETED
    assert told.summary.endswith("It was entered anew as invoice 1042-B of 2026-11-20.")
    assert told.asked_at is None


def test_the_customer_was_merged_into_another(firm: Firm, pc: WebConnector) -> None:
    firm.books.add_customer("Kern & Co")
    invoice(firm, "Kern & Co")
    update(pc)
    firm.clock.move(minutes=30)
    gone = firm.books.customer("Kern & Co").list_id
    firm.books.merge_customers("Kern & Co", into=ABBOTT)
    update(pc)
    told = why(firm, customer=gone)
    assert told.reason is Reason.CUSTOMER_GONE
    assert told.summary.startswith("Kern & Co is no longer in QuickBooks")


@pytest.mark.usefixtures("pc")
def test_nobody_has_told_of_this_customer(firm: Firm) -> None:
    for list_id in ("80000099-1", "a\x00b"):
        with pytest.raises(NotFound):
            why(firm, customer=list_id)


@pytest.mark.usefixtures("pc")
@pytest.mark.parametrize("number", ["", "  ", "\x00", "123456789012"])
def test_no_invoice_can_have_this_number(firm: Firm, number: str) -> None:
    with pytest.raises(InvalidInput):
        why(firm, number)


# What only QuickBooks knows


def test_nobody_knows_it_and_the_next_sync_asks(firm: Firm, pc: WebConnector) -> None:
    told = why(firm)
    assert told.reason is Reason.NOT_IMPORTED_SINCE
    assert told.summary == (
        "Invoice 1042 was not among the invoices of QuickBooks when they were last read to their "
        "end, at 2026-11-20 15:00 UTC. If it was entered since, press Update Selected. The next "
        "sync asks QuickBooks for exactly this number."
    )
    assert (told.asked_at, told.answered_at) == (firm.clock.now, None)
    session = update(pc)
    assert asked(session)
    assert session.status == "Nothing to post."
    told = why(firm)
    assert told.reason is Reason.NOT_IMPORTED_SINCE
    assert told.summary == (
        "QuickBooks had no invoice and no statement charge 1042 when it was asked, at "
        "2026-11-20 15:30 UTC. If it was entered since, press Update Selected."
    )
    assert told.answered_at == firm.clock.now
    assert not asked(update(pc))


@pytest.mark.parametrize("missing", Missing)
def test_however_quickbooks_says_that_there_is_none(
    firm: Firm, pc: WebConnector, missing: Missing
) -> None:
    firm.books.behaviour.missing = missing
    why(firm)
    update(pc)
    assert why(firm).answered_at == firm.clock.now


@pytest.mark.usefixtures("engine")
def test_before_the_first_import(firm: Firm, pc: WebConnector) -> None:
    with firm.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM reading")
        db.exec_driver_sql("UPDATE wc_session SET lists = '{}'")
    assert why(firm).summary.startswith("The invoices of QuickBooks have not been read to their")
    update(pc)
    assert why(firm).answered_at == firm.clock.now


def test_it_is_older_than_the_sync_from_date(firm: Firm, pc: WebConnector) -> None:
    txn_id = invoice(firm, date=LAST_YEAR)
    update(pc)
    assert why(firm).reason is Reason.NOT_IMPORTED_SINCE
    update(pc)
    told = why(firm)
    assert told.reason is Reason.BEFORE_SYNC_FROM
    assert told.summary == (
        "Invoice 1042 is dated 2025-06-30, before the Sync From Date 2026-01-01, so it is not "
        "shown. To show it, move the Sync From Date back and press Update Selected."
    )
    assert (told.txn_id, told.day, told.customer) == (txn_id, LAST_YEAR, KERN)
    assert firm.rows("SELECT txn_id FROM invoice") == []  # it was asked for, not imported


def test_after_the_date_was_moved_back_it_is_imported(firm: Firm, pc: WebConnector) -> None:
    invoice(firm, date=LAST_YEAR)
    why(firm)
    update(pc)
    firm.services.companies.set(firm.company_id, {"sync_from": "2025-01-01"})
    told = why(firm)
    assert told.reason is Reason.NOT_IMPORTED_SINCE
    assert "is in QuickBooks and was not imported yet. Press Update Selected." in told.summary
    update(pc)
    assert why(firm).reason is Reason.HERE_AND_OPEN


def test_it_is_a_statement_charge(firm: Firm, pc: WebConnector) -> None:
    txn_id = firm.books.add_charge(KITCHEN, amount="25.00", number="1042")
    update(pc)
    why(firm)
    update(pc)
    told = why(firm)
    assert told.reason is Reason.STATEMENT_CHARGE
    assert told.summary == (
        "1042 is a statement charge in QuickBooks, dated 2026-11-20, over 25.00, not an invoice. "
        "Statement charges are not shown; only an invoice can be paid online. It stands under "
        "Kern:Kitchen."
    )
    assert told.txn_id == txn_id


def test_another_customers_is_told_at_once_and_then_for_sure(firm: Firm, pc: WebConnector) -> None:
    invoice(firm, ABBOTT)
    firm.books.add_charge(KERN, amount="25.00", number="1042")
    update(pc)
    told = why(firm)
    assert told.reason is Reason.OTHER_CUSTOMER
    assert told.summary.endswith("The next sync asks QuickBooks whether Kern has one too.")
    assert asked(update(pc))
    assert why(firm).reason is Reason.STATEMENT_CHARGE


def test_what_was_entered_while_the_sync_ran_is_imported(firm: Firm, pc: WebConnector) -> None:
    """The list was read when the invoice was not there yet; the question finds it."""
    why(firm)
    session = play_until(pc.begin(), "TxnDeletedQueryRq")
    session.step()
    txn_id = invoice(firm)
    session.finish()
    assert [row["txn_id"] for row in firm.rows("SELECT txn_id FROM invoice")] == [txn_id]
    assert why(firm).reason is Reason.HERE_AND_OPEN


def test_many_under_one_number_are_no_answer(firm: Firm, pc: WebConnector) -> None:
    for _ in range(101):
        firm.books.add_charge(ABBOTT, amount="1.00", number="1042")
    why(firm)
    update(pc)
    assert "and did not say" in why(firm).summary


# How often, how many


def test_a_number_is_asked_for_once_a_day(firm: Firm, pc: WebConnector) -> None:
    why(firm)
    assert asked(update(pc))
    firm.clock.move(hours=23)
    told = why(firm)
    assert not asked(update(pc))
    firm.clock.move(hours=2)
    assert why(firm).asked_at != told.asked_at
    assert "The next sync asks" in why(firm).summary
    assert "had no invoice and no statement charge 1042" in why(firm).summary  # still stands
    assert asked(update(pc))
    assert why(firm).answered_at == firm.clock.now


def test_it_is_not_asked_again_by_itself(firm: Firm, pc: WebConnector) -> None:
    why(firm)
    update(pc)
    firm.clock.move(days=3)
    assert not asked(update(pc))


def test_old_questions_make_room(firm: Firm, pc: WebConnector) -> None:
    for number in range(QUESTIONS_KEPT + 5):
        firm.clock.move(seconds=1)
        why(firm, f"{number}")
    rows = firm.rows("SELECT number FROM invoice_question ORDER BY asked_for_at")
    assert [row["number"] for row in rows] == [f"{n}" for n in range(5, QUESTIONS_KEPT + 5)]
    session = update(pc)
    (first,) = sent(session, "ChargeQuery")
    assert len(first) == QUESTIONS_MAX
    assert first[0].findtext("RefNumber") == "5"
    (second,) = sent(update(pc), "ChargeQuery")  # the rest wait for their turn
    assert second[0].findtext("RefNumber") == f"{5 + QUESTIONS_MAX}"


def test_a_token_opens_one_companys_questions(firm: Firm, pc: WebConnector) -> None:
    other = firm.services.companies.add("Moonlight Dental")
    own = firm.services.companies.internal_id(other.id)
    with pytest.raises(NotFound):
        firm.services.missing_invoice.explain(own, firm.books.customer(KERN).list_id, "1042")
    assert firm.rows("SELECT * FROM invoice_question") == []
    assert not asked(update(pc))


@contextmanager
def statements(firm: Firm) -> Iterator[list[str]]:
    """List the statements that the server makes meanwhile."""
    made: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)

    event.listen(firm.engine, "before_cursor_execute", note)
    yield made
    event.remove(firm.engine, "before_cursor_execute", note)


def test_a_sync_without_questions_makes_no_statement_for_them(firm: Firm, pc: WebConnector) -> None:
    firm.pay(KERN, "1.00")
    with statements(firm) as made:
        assert update(pc).status == "1 payment posted"
    assert made
    about = [statement for statement in made if "invoice_question" in statement]
    # It is a column of what is read of the company anyway.
    assert [each for each in about if "company_file.reference_prefix" not in each] == []


# It harms nothing


def with_a_payment(firm: Firm) -> str:
    """Let a question wait beside a payment."""
    why(firm)
    return firm.pay(KERN, "12.00")


def test_the_questions_come_after_the_payments(firm: Firm, pc: WebConnector) -> None:
    payment = with_a_payment(firm)
    session = update(pc)
    assert kinds(session)[-2:] == [["ReceivePaymentAdd"], ASKS]
    assert session.status == "1 payment posted"
    assert firm.statuses() == {payment: "posted"}


def test_while_posting_is_paused_they_are_asked_too(firm: Firm, pc: WebConnector) -> None:
    firm.services.companies.set(firm.company_id, {"deposit_to": "Nowhere"})
    payment = with_a_payment(firm)
    session = update(pc)
    assert asked(session)
    assert "Nowhere" in session.status
    assert firm.statuses() == {payment: "queued"}


def ends_well(firm: Firm, pc: WebConnector, session: Session, payment: str) -> None:
    """See that the sync ended as it would have, and that nothing is asked again by itself."""
    assert (session.status, session.error_code) == ("1 payment posted", None)
    assert "<receiveResponseXMLResult>100<" in session.calls[-2].answer
    assert firm.last_session()["state"] == "closed"
    assert firm.last_session()["message"] == "1 payment posted"
    assert firm.statuses() == {payment: "posted"}
    told = why(firm)
    assert told.reason is Reason.NOT_IMPORTED_SINCE
    assert f"asked for this number at {firm.clock.now:%Y-%m-%d %H:%M} UTC" in told.summary
    assert told.answered_at is None
    again = update(pc)
    assert not asked(again)
    assert again.status == "Nothing to post."


def test_a_quickbooks_that_does_not_know_statement_charges(firm: Firm, pc: WebConnector) -> None:
    firm.books.behaviour.chokes_on = "ChargeQueryRq"
    payment = with_a_payment(firm)
    ends_well(firm, pc, update(pc), payment)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("ChargeQuery", 3250, "This feature is not enabled."),
        ("ChargeQuery", 3260, "Insufficient permission level."),
        ("InvoiceQuery", 3120, "Object not found."),
    ],
)
def test_an_error_status(firm: Firm, pc: WebConnector, name: str, code: int, message: str) -> None:
    """That there is none is not concluded from one answer of two."""
    payment = with_a_payment(firm)
    session = play_until(pc.begin(), "ChargeQueryRq")
    firm.books.refuse_next(name, code=code, message=message)
    session.finish()
    ends_well(firm, pc, session, payment)


def test_an_error_beside_what_was_found(firm: Firm, pc: WebConnector) -> None:
    invoice(firm, date=LAST_YEAR)
    why(firm)
    session = play_until(pc.begin(), "ChargeQueryRq")
    firm.books.refuse_next("ChargeQuery", code=3250, message="This feature is not enabled.")
    session.finish()
    assert why(firm).reason is Reason.BEFORE_SYNC_FROM


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: "<QBXML>", id="cut off"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda text: text.replace("requestID", "requestId"), id="of nobody"),
        pytest.param(lambda text: text.replace("ChargeQueryRs", "NoteQueryRs"), id="renamed"),
        pytest.param(lambda text: text.replace('statusCode="500"', ""), id="without a status"),
    ],
)
def test_an_answer_that_cannot_be_read(
    firm: Firm, pc: WebConnector, change: Callable[[str], str]
) -> None:
    payment = with_a_payment(firm)
    assert pc.transport is not None
    well = pc.transport
    pc.transport = tampered(well, change, only="ChargeQueryRs")
    session = update(pc)
    pc.transport = well
    ends_well(firm, pc, session, payment)


@pytest.mark.parametrize("hresult", ["0x80040400", "0x80040423", "0x80010108", "0x8004040D"])
def test_an_hresult_in_place_of_the_answer(firm: Firm, pc: WebConnector, hresult: str) -> None:
    payment = with_a_payment(firm)
    session = play_until(pc.begin(), "ChargeQueryRq")
    assert receive(pc, session.ticket, "", hresult=hresult, message="Something broke.") == 100
    assert close(pc, session.ticket) == "1 payment posted"
    assert firm.statuses() == {payment: "posted"}
    assert not asked(update(pc))


def test_a_line_that_is_cut_at_the_question(firm: Firm, pc: WebConnector) -> None:
    """What was posted is posted; the question is not asked again by itself."""
    payment = with_a_payment(firm)
    session = play_until(pc.begin(), "ChargeQueryRq")
    session.power_cut()
    assert firm.statuses() == {payment: "posted"}
    firm.clock.move(minutes=30)
    assert not asked(update(pc))
    assert "and did not say" in why(firm).summary
