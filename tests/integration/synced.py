"""What syncs leave in the database, for tests of those who are no sync."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, insert, select, update

from models.books import Customer, Invoice
from models.company_file import CompanyFile, Install
from models.engine import database_clock
from models.exchange import Exchange
from models.payment import Attempt, Payment
from models.receipt import ExtraReceipt, Receipt
from models.wc_session import WcSession
from qbwc_server.services.steps.step import rejection_columns
from sync_core import causes
from sync_core.extras import Kind
from sync_core.lifecycle import PaymentStatus
from sync_core.plan import Step
from sync_core.rejection import Cause
from sync_core.session import State
from sync_core.variants import VARIANTS, Variant
from tests.integration.site import move
from tests.schema.rows import NOON, add

# The ListID of the customer that is known.
CAFE = "80000001-1760000001"
REJECTED: dict[str, Any] = {
    "cause": Cause.INVALID,
    "variant": Variant.PLAIN,
    "facts": {"qb_message": "no", "qb_code": "3120"},
    "summary": 'QuickBooks did not accept this payment and said: "no" (3120).',
    "evidence": [{"said": "no"}],
    "status_code": 3120,
    "status_message": "no",
}

# What a sync writes beside each cause (and variant, where they differ): `sync_core.check` and what
# it calls. Of 100.00 for invoice 100, 40.00 fits, or nothing.
_PART = {
    "position": "0",
    "customer": "Café Belém",
    "invoice_txn_id": "6-100",
    "invoice_number": "100",
    "planned": "100.00",
}
_LESS = {
    **_PART,
    "invoice_balance": "40.00",
    "balance_before": "100.00",
    "fits": "40.00",
    "left_over": "60.00",
}
_NOTHING = {**_LESS, "invoice_balance": "0.00", "fits": "0.00", "left_over": "100.00"}
_FOUND = {
    "found_kind": "payment",
    "found_number": "1042",
    "found_date": "2026-11-20",
    "found_amount": "125.00",
    "found_txn_id": "R-1",
}
_SAID = {"qb_message": "no", "qb_code": "3120"}
_GONE = {**_PART, "deleted_on": "2026-11-19"}
_NEW = {
    **_GONE,
    "new_invoice_number": "101",
    "new_invoice_date": "2026-11-20",
    "new_invoice_amount": "120.00",
}
_TWIN = {**_NEW, "new_invoice_txn_id": "6-101"}
_THEIRS = {
    "position": "0",
    "customer": "Café Belém",
    "invoice_txn_id": "6-104",
    "invoice_number": "104",
    "invoice_customer": "Moonlight",
    "invoice_customer_list_id": "C-3",
}
_CREDIT = {"credit_number": "77", "credit_date": "2026-11-19", "credit_amount": "60.00"}
_OTHER = {"other_id": "pay_1", "other_reference": "CBFIRST", "other_date": "2026-11-20"}
_UNKNOWN = {key: _PART[key] for key in ("position", "customer", "invoice_number", "planned")}
_DAY = {"received_on": "2026-11-20"}
_FACTS: Mapping[Cause | tuple[Cause, Variant], Mapping[str, str]] = {
    (Cause.PAID_IN_QUICKBOOKS, Variant.BY_HAND): {**_NOTHING, **_FOUND},
    (Cause.PAID_IN_QUICKBOOKS, Variant.PART): {**_LESS, **_FOUND, "found_amount": "60.00"},
    (Cause.PAID_IN_QUICKBOOKS, Variant.TWICE): {**_NOTHING, **_OTHER},
    (Cause.PAID_IN_QUICKBOOKS, Variant.LOOK_ALIKE): {
        **_FOUND,
        "customer": "Café Belém",
        "position": "0",
    },
    Cause.CREDIT_APPLIED: {**_LESS, **_CREDIT, "credit_txn_id": "CM-1"},
    Cause.BALANCE_CHANGED: {**_LESS, "difference": "60.00"},
    (Cause.INVOICE_RECREATED, Variant.TWIN): _TWIN,
    (Cause.INVOICE_RECREATED, Variant.DATED_LATER): _TWIN,
    (Cause.INVOICE_RECREATED, Variant.DIFFERS): _NEW,
    Cause.INVOICE_DELETED: _GONE,
    Cause.INVOICE_VOIDED: _PART,
    Cause.CUSTOMER_UNAVAILABLE: {**_SAID, "customer": "Café Belém"},
    (Cause.CUSTOMER_UNAVAILABLE, Variant.MERGED): _THEIRS,
    (Cause.CUSTOMER_UNAVAILABLE, Variant.UNMAPPED): {"customer_external_id": "cust_7"},
    Cause.WRONG_CUSTOMER: _THEIRS,
    (Cause.WRONG_CUSTOMER, Variant.ACCOUNT): {**_PART, "account_name": "A/R Clinic"},
    (Cause.WRONG_CUSTOMER, Variant.SEVERAL): {},
    Cause.UNKNOWN_REFERENCE: _UNKNOWN,
    (Cause.UNKNOWN_REFERENCE, Variant.METHOD): {"method_name": "Visa"},
    (Cause.UNKNOWN_REFERENCE, Variant.METHOD_INACTIVE): {"method_name": "Visa"},
    (Cause.UNKNOWN_REFERENCE, Variant.ACCOUNT): {**_SAID, "account_name": "Undeposited Funds"},
    (Cause.UNKNOWN_REFERENCE, Variant.INVOICE_UNMAPPED): {
        "position": "0",
        "invoice_external_id": "inv_7",
    },
    (Cause.CLOSED_PERIOD, Variant.CLOSING): {
        **_DAY,
        "closing_date": "2026-11-30",
        "first_open_day": "2026-12-01",
    },
    (Cause.CLOSED_PERIOD, Variant.ACCOUNTANT): {**_SAID, **_DAY},
    Cause.CURRENCY_MISMATCH: {"payment_currency": "EUR", "invoice_currency": "USD"},
    Cause.NOT_PERMITTED: _SAID,
    Cause.LOCKED: {},
    Cause.POSSIBLE_DUPLICATE: {},
    Cause.INVALID: _SAID,
}


def rejection(
    cause: Cause, variant: str | None, facts: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Give the columns of a payment that a sync rejected; `facts` are over its own, "" takes out.

    Without a variant, or with one that is not known here, it was written by another release.
    """
    if variant not in VARIANTS[cause]:
        known = causes.rejected(cause, Variant.PLAIN, {**_PART, **(facts or {})})
        return {**rejection_columns(known), "variant": variant}
    story = Variant(variant)
    own = _FACTS.get((cause, story), _FACTS.get(cause, {}))
    return rejection_columns(causes.rejected(cause, story, {**own, **(facts or {})}))


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
