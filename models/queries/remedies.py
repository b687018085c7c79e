"""What a remedy looks up before it acts, and what it writes beside the payment itself.

Links to what records a payment in QuickBooks, the way back of an act, and overrides of parts.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from models.base import AnyRow, among
from models.books import Customer, Invoice, LinkedTxn, SiteMapping
from models.company_file import CompanyFile
from models.engine import insert_into
from models.payment import Attempt, Payment, PaymentApply, Watch
from models.receipt import Receipt
from models.remedy import RecordedAs, Undo
from models.statements import once
from models.wc_session import WcSession
from sync_core.lifecycle import PaymentStatus
from sync_core.names import Meant

# Entries that pay an invoice and are no payment received, as QuickBooks calls them in links.
_PAYS_BESIDES = ("Deposit", "JournalEntry")


@once
def _parts(payment_id: int) -> Executable:
    return (
        select(PaymentApply.__table__)
        .where(PaymentApply.payment_id == payment_id)
        .order_by(PaymentApply.position)
    )


def parts(db: Connection, payment_id: int) -> Sequence[AnyRow]:
    """Read the parts of a payment in their order, with what a person chose for each."""
    return db.execute(*_parts(payment_id)).all()


def choose_invoices(db: Connection, payment_id: int, chosen: Mapping[int, str | None]) -> None:
    """Let parts of a payment, by their position, pay other invoices (TxnIDs) than was asked."""
    if chosen:
        db.execute(
            update(PaymentApply)
            .where(
                PaymentApply.payment_id == payment_id, PaymentApply.position == bindparam("place")
            )
            .values(chosen_txn_id=bindparam("chosen")),
            [{"place": place, "chosen": txn_id} for place, txn_id in chosen.items()],
        )


@once
def _choose_nothing(payment_ids: Collection[int]) -> Executable:
    return (
        update(PaymentApply)
        .where(among(PaymentApply.payment_id, payment_ids), PaymentApply.chosen_txn_id.is_not(None))
        .values(chosen_txn_id=None)
    )


def choose_nothing(db: Connection, payment_ids: Collection[int]) -> None:
    """Let all parts of payments pay what was asked."""
    db.execute(*_choose_nothing(payment_ids))


def invoices(
    db: Connection,
    company_file_id: int,
    *,
    txn_ids: Collection[str] = (),
    plain_numbers: Collection[str] = (),
) -> list[AnyRow]:
    """Read invoices that are in QuickBooks by TxnID or number, with their customer's full name."""
    is_customer = and_(
        Customer.company_file_id == Invoice.company_file_id,
        Customer.list_id == Invoice.customer_list_id,
    )
    found = {
        row.txn_id: row
        for column, values in ((Invoice.txn_id, txn_ids), (Invoice.plain_number, plain_numbers))
        if values
        for row in db.execute(
            select(
                Invoice.txn_id,
                Invoice.number,
                Invoice.plain_number,
                Invoice.customer_list_id,
                Customer.full_name.label("customer_name"),
                Invoice.txn_date,
                Invoice.balance_cents,
                Invoice.is_paid,
                Invoice.is_pending,
                Invoice.is_voided,
            )
            .join_from(Invoice, Customer, is_customer, isouter=True)
            .where(
                Invoice.company_file_id == company_file_id,
                among(column, values),
                Invoice.deleted_wall.is_(None),
            )
            .order_by(Invoice.txn_id)
        )
    }
    return list(found.values())


def customers(
    db: Connection,
    company_file_id: int,
    *,
    list_ids: Collection[str] = (),
    plain_names: Collection[str] = (),
) -> Sequence[AnyRow]:
    """Read the customers that are in QuickBooks by ListID or full name, as names are compared."""
    named = [
        among(column, values)
        for column, values in ((Customer.list_id, list_ids), (Customer.plain_name, plain_names))
        if values
    ]
    if not named:
        return ()
    return db.execute(
        select(Customer.list_id, Customer.full_name, Customer.is_active)
        .where(
            Customer.company_file_id == company_file_id, or_(*named), Customer.gone_wall.is_(None)
        )
        .order_by(Customer.list_id)
    ).all()


@once
def _closing_date(company_file_id: int) -> Executable:
    return select(CompanyFile.closing_date).where(CompanyFile.id == company_file_id)


def closing_date(db: Connection, company_file_id: int) -> date | None:
    """Give the day through which the books are closed, as QuickBooks last told it."""
    return db.execute(*_closing_date(company_file_id)).scalar()


def rejected_for(
    db: Connection, company_file_id: int, cause: str, variants: Collection[str | None]
) -> Sequence[AnyRow]:
    """List the rejected payments of a cause and some of its variants: id, method."""
    known = [variant for variant in variants if variant is not None]
    is_one = or_(
        Payment.variant.in_(known), *([Payment.variant.is_(None)] if None in variants else [])
    )
    return db.execute(
        select(Payment.id, Payment.method)
        .where(
            Payment.company_file_id == company_file_id,
            Payment.status == literal_column(f"'{PaymentStatus.REJECTED.value}'"),
            Payment.cause == cause,
            is_one,
            Payment.hidden_at.is_(None),
        )
        .order_by(Payment.id)
    ).all()


# What a site's word means, and who said so


@once
def _mapping(company_file_id: int, meant: Meant, word: str) -> Executable:
    return select(SiteMapping.__table__).where(
        SiteMapping.company_file_id == company_file_id,
        SiteMapping.meant == meant,
        SiteMapping.external_id == word,
    )


def mapping(db: Connection, company_file_id: int, meant: Meant, word: str) -> AnyRow | None:
    """Read what a word of the payment site means, with when and by whom it was set."""
    return db.execute(*_mapping(company_file_id, meant, word)).first()


# What stands for a payment


@once
def _entries(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(
        Receipt.txn_id,
        Receipt.reference,
        Receipt.txn_date,
        Receipt.total_cents,
        Receipt.customer_name,
    ).where(
        Receipt.company_file_id == company_file_id,
        among(Receipt.txn_id, txn_ids),
        Receipt.deleted_wall.is_(None),
    )


def entries(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> dict[str, AnyRow]:
    """Read payments received by TxnID; those that were deleted left out.

    Number, date, amount, the customer's name.
    """
    rows = db.execute(*_entries(company_file_id, txn_ids))
    return {row.txn_id: row for row in rows}


@once
def _payers_besides(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return (
        select(
            LinkedTxn.other_txn_id.label("txn_id"),
            func.min(LinkedTxn.other_type).label("kind"),
            func.min(LinkedTxn.other_number).label("reference"),
            func.min(LinkedTxn.other_date).label("txn_date"),
            func.sum(func.abs(LinkedTxn.amount_cents)).label("total_cents"),
        )
        .join(
            Invoice,
            and_(
                Invoice.company_file_id == LinkedTxn.company_file_id,
                Invoice.txn_id == LinkedTxn.txn_id,
            ),
        )
        .where(
            LinkedTxn.company_file_id == company_file_id,
            among(LinkedTxn.other_txn_id, txn_ids),
            LinkedTxn.other_type.in_(_PAYS_BESIDES),
            Invoice.deleted_wall.is_(None),
        )
        .group_by(LinkedTxn.other_txn_id)
    )


def payers_besides(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> dict[str, AnyRow]:
    """Read deposits and journal entries (TxnIDs) that pay invoices: number, date, amount so set."""
    rows = db.execute(*_payers_besides(company_file_id, txn_ids))
    return {row.txn_id: row for row in rows}


@once
def _own_among(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return (
        select(Payment.txn_id, Payment.external_id)
        .where(Payment.company_file_id == company_file_id, among(Payment.txn_id, txn_ids))
        .order_by(Payment.id)
    )


def own_among(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> Sequence[AnyRow]:
    """List those of some entries that payments stand, or stood, under: TxnID, the payment's id."""
    return db.execute(*_own_among(company_file_id, txn_ids)).all()


def record_as(
    db: Connection, company_file_id: int, payment_id: int, txn_ids: Sequence[str]
) -> None:
    """Link a payment to the entries that record it."""
    rows = [
        {"payment_id": payment_id, "company_file_id": company_file_id, "txn_id": txn_id}
        for txn_id in txn_ids
    ]
    if rows:
        db.execute(insert_into(db, RecordedAs).on_conflict_do_nothing(), rows)


@once
def _unlink(payment_ids: Collection[int]) -> Executable:
    return delete(RecordedAs).where(among(RecordedAs.payment_id, payment_ids))


def unlink(db: Connection, payment_ids: Collection[int]) -> None:
    """Take the links of payments away."""
    db.execute(*_unlink(payment_ids))


@once
def _recorded(payment_ids: Collection[int]) -> Executable:
    return (
        select(RecordedAs.payment_id, RecordedAs.txn_id)
        .where(among(RecordedAs.payment_id, payment_ids))
        .order_by(RecordedAs.payment_id, RecordedAs.txn_id)
    )


def recorded(db: Connection, payment_ids: Collection[int]) -> dict[int, list[str]]:
    """List the entries (TxnIDs) that payments are linked to."""
    rows = db.execute(*_recorded(payment_ids))
    found: dict[int, list[str]] = {payment_id: [] for payment_id in payment_ids}
    for row in rows:
        found[row.payment_id].append(row.txn_id)
    return found


@once
def _linked_with(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    some = select(RecordedAs.payment_id).where(
        RecordedAs.company_file_id == company_file_id, among(RecordedAs.txn_id, txn_ids)
    )
    return (
        select(RecordedAs.payment_id, Payment.amount_cents, RecordedAs.txn_id)
        .join(Payment, Payment.id == RecordedAs.payment_id)
        .where(
            RecordedAs.payment_id.in_(some),
            Payment.status == literal_column(f"'{PaymentStatus.DISMISSED.value}'"),
        )
        .order_by(RecordedAs.payment_id, RecordedAs.txn_id)
    )


def linked_with(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> Sequence[AnyRow]:
    """List the dismissed payments that some entries stand for: id, cents, TxnID.

    With all the entries of each of them, so that whoever follows them sees all that is linked.
    """
    return db.execute(*_linked_with(company_file_id, txn_ids)).all()


# The way back


@once
def _watched(payment_ids: Collection[int]) -> Executable:
    return (
        select(Watch.__table__)
        .where(among(Watch.payment_id, payment_ids))
        .order_by(Watch.payment_id, Watch.kind, Watch.key)
    )


def watched(db: Connection, payment_ids: Collection[int]) -> Sequence[AnyRow]:
    """Read what rejected payments wait for."""
    return db.execute(*_watched(payment_ids)).all()


def watch(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let rejected payments wait for something, each a mapping of Watch's columns."""
    if rows:
        db.execute(insert_into(db, Watch).on_conflict_do_nothing(), rows)


@once
def _chosen_parts(payment_ids: Collection[int]) -> Executable:
    return (
        select(PaymentApply.payment_id, PaymentApply.position, PaymentApply.chosen_txn_id)
        .where(among(PaymentApply.payment_id, payment_ids), PaymentApply.chosen_txn_id.is_not(None))
        .order_by(PaymentApply.payment_id, PaymentApply.position)
    )


def chosen_parts(db: Connection, payment_ids: Collection[int]) -> Sequence[AnyRow]:
    """Read for which parts of payments a person has chosen another invoice."""
    return db.execute(*_chosen_parts(payment_ids)).all()


@once
def _attempts_in_doubt(payment_id: int) -> Executable:
    return select(Attempt.id).where(
        Attempt.payment_id == payment_id, Attempt.outcome == literal_column("'in_doubt'")
    )


def attempts_in_doubt(db: Connection, payment_id: int) -> Sequence[int]:
    """List the attempts of a payment of which nobody knows how they ended."""
    return db.execute(*_attempts_in_doubt(payment_id)).scalars().all()


@once
def _doubt_attempts(attempt_ids: Collection[int]) -> Executable:
    return (
        update(Attempt)
        .where(among(Attempt.id, attempt_ids), Attempt.outcome == literal_column("'absent'"))
        .values(outcome="in_doubt")
    )


def doubt_attempts(db: Connection, attempt_ids: Collection[int]) -> None:
    """Let it be unknown again how attempts ended that a person had said are nowhere."""
    if attempt_ids:
        db.execute(*_doubt_attempts(attempt_ids))


@once
def _newest_session(company_file_id: int) -> Executable:
    return select(func.max(WcSession.id)).where(WcSession.company_file_id == company_file_id)


def newest_session(db: Connection, company_file_id: int) -> int | None:
    """Give the id of the session of a company that began last."""
    return db.execute(*_newest_session(company_file_id)).scalar()


def keep_undo(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write how payments were before an act, each a mapping of Undo's columns."""
    if rows:
        forget_undo(db, [row["payment_id"] for row in rows])
        db.execute(insert(Undo), rows)


@once
def _undo_of(payment_ids: Collection[int]) -> Executable:
    return select(Undo.__table__).where(among(Undo.payment_id, payment_ids))


def undo_of(db: Connection, payment_ids: Collection[int]) -> dict[int, AnyRow]:
    """Read how payments were before the last act on each."""
    rows = db.execute(*_undo_of(payment_ids))
    return {row.payment_id: row for row in rows}


def moved_with(db: Connection, undo: AnyRow) -> Sequence[int]:
    """List the payments (ids) that one act moved together, as far as it is the last on each."""
    return (
        db.execute(
            select(Undo.payment_id)
            .where(Undo.said_of_id == undo.said_of_id, Undo.at == undo.at, Undo.by == undo.by)
            .order_by(Undo.payment_id)
        )
        .scalars()
        .all()
    )


@once
def _forget_undo(payment_ids: Collection[int]) -> Executable:
    return delete(Undo).where(among(Undo.payment_id, payment_ids))


def forget_undo(db: Connection, payment_ids: Collection[int]) -> None:
    """Forget how payments were before."""
    db.execute(*_forget_undo(payment_ids))
