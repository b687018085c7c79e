"""What syncs leave in the database, for tests of those who are no sync."""

from typing import Any

from sqlalchemy import Engine, insert, select, update

from models.books import Customer, Invoice
from models.company_file import CompanyFile, Install
from models.engine import database_clock
from models.exchange import Exchange
from models.payment import Attempt, Payment
from models.receipt import ExtraReceipt, Receipt
from models.wc_session import WcSession
from sync_core.extras import Kind
from sync_core.lifecycle import PaymentStatus
from sync_core.plan import Step
from sync_core.rejection import Cause
from sync_core.session import State
from tests.integration.site import move
from tests.schema.rows import NOON, add

# The ListID of the customer that is known.
CAFE = "80000001-1760000001"
REJECTED: dict[str, Any] = {
    "cause": Cause.INVALID,
    "summary": "QuickBooks did not accept this payment and said: no.",
    "evidence": [{"said": "no"}],
    "status_code": 3120,
    "status_message": "no",
}


def open_sync(engine: Engine, company_file_id: int, **facts: Any) -> int:
    """Open a session, as authenticate would; give its id."""
    with engine.begin() as db:
        install = db.execute(
            select(Install.id).where(Install.company_file_id == company_file_id)
        ).scalar()
        return add(
            db,
            WcSession,
            company_file_id=company_file_id,
            install_id=install or add(db, Install, company_file_id=company_file_id),
            **{"state": State.READY, "last_heard_at": database_clock(db), **facts},
        )


def hand_out(engine: Engine, session_id: int, *external_ids: str) -> int:
    """Hand payments out in a message set of a session; give the id of the exchange."""
    with engine.begin() as db:
        exchange_id = add(db, Exchange, wc_session_id=session_id, step=Step.POST)
        db.execute(update(WcSession).where(WcSession.id == session_id).values(state=State.WRITING))
        for external_id in external_ids:
            payment_id = db.execute(
                select(Payment.id).where(Payment.external_id == external_id)
            ).scalar_one()
            add(
                db,
                Attempt,
                payment_id=payment_id,
                exchange_id=exchange_id,
                request_id=f"request of {external_id}",
            )
    for external_id in external_ids:
        move(engine, external_id, PaymentStatus.SENT, attempt_count=1, ever_left=True)
    return exchange_id


def find_extra(
    engine: Engine, session_id: int, txn_id: str, external_id: str | None = None, **facts: Any
) -> None:
    """Find an entry of ours too many, as reading the payments received would."""
    with engine.begin() as db:
        company_file_id = db.execute(
            select(WcSession.company_file_id).where(WcSession.id == session_id)
        ).scalar_one()
        payment_id = db.execute(
            select(Payment.id).where(Payment.external_id == external_id)
        ).scalar()
        own = {"company_file_id": company_file_id, "txn_id": txn_id}
        db.execute(
            insert(Receipt).values(
                **own,
                seen_session_id=session_id,
                txn_date=NOON.date(),
                total_cents=12500,
                reference="CBTWICE",
                customer_name="Abercrombie, Kristy",
            )
        )
        extra = {
            **own,
            "kind": Kind.STRANGER if external_id is None else Kind.SECOND,
            "payment_id": payment_id,
            "found_at": NOON,
            "found_session_id": session_id,
        }
        db.execute(insert(ExtraReceipt).values(**extra, **facts))


def know_books(engine: Engine, company_file_id: int) -> None:
    """Know a customer with two open invoices, as a sync would have told them."""
    session_id = open_sync(engine, company_file_id, state="closed", ended_at=NOON)
    told = {"company_file_id": company_file_id, "seen_session_id": session_id, "fingerprint": "x"}
    with engine.begin() as db:
        db.execute(update(CompanyFile).values(change_count=2))
        db.execute(
            insert(Customer).values(
                **told,
                list_id=CAFE,
                change_number=1,
                full_name="Café Belém",
                plain_name="café belém",
                is_active=True,
                balance_cents=12500,
            )
        )
        db.execute(
            insert(Invoice),
            [
                {
                    **told,
                    "txn_id": f"{number}-1760000006",
                    "change_number": number,
                    "number": str(number),
                    "plain_number": str(number),
                    "customer_list_id": CAFE,
                    "txn_date": NOON.date(),
                    "total_cents": 10000,
                    "balance_cents": 2500 * number,
                    "is_paid": False,
                    "is_pending": False,
                    "is_voided": False,
                }
                for number in (1, 2)
            ],
        )


def bring(engine: Engine, company_file_id: int, external_id: str, status: PaymentStatus) -> None:
    """Take a waiting payment to a state, on the way that syncs and people take."""
    if status == PaymentStatus.QUEUED:
        return
    if status == PaymentStatus.DISMISSED:
        move(engine, external_id, status)
        return
    if status == PaymentStatus.SENT:
        hand_out(engine, open_sync(engine, company_file_id), external_id)
        return
    over = {"state": State.CLOSED, "ended_at": NOON}
    exchange_id = hand_out(engine, open_sync(engine, company_file_id, **over), external_id)
    first = PaymentStatus.POSTED if status == PaymentStatus.REVERSED else status
    facts: dict[PaymentStatus, dict[str, Any]] = {
        PaymentStatus.IN_DOUBT: {"note": "The answer was lost."},
        PaymentStatus.POSTED: {"txn_id": f"1A-{external_id}", "posted_at": NOON},
        PaymentStatus.REJECTED: REJECTED,
    }
    move(engine, external_id, first, **facts[first])
    if status == PaymentStatus.REVERSED:
        move(engine, external_id, status)
    with engine.begin() as db:
        db.execute(update(Exchange).where(Exchange.id == exchange_id).values(answered_at=NOON))
        db.execute(
            update(Attempt).where(Attempt.exchange_id == exchange_id).values(outcome=first.value)
        )
