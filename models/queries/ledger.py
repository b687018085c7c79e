"""Customers, invoices and credit memos as QuickBooks tells them, and what is set against what."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Executable,
    and_,
    bindparam,
    cast,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)

from models import bulk
from models.base import AnyRow, among
from models.books import CreditMemo, Customer, Invoice, LinkedTxn, Reading, Stale
from models.company_file import CompanyFile
from models.engine import insert_into
from models.payment import Payment, PaymentApply
from models.receipt import Receipt
from models.statements import once
from models.wc_session import WcSession
from sync_core.reading import Listed

_CLAIM, _ANSWER = LinkedTxn.__table__.alias("claim"), LinkedTxn.__table__.alias("answer")

Table = type[Customer] | type[Invoice] | type[CreditMemo]
TABLES: Mapping[Listed, Table] = {
    Listed.CUSTOMERS: Customer,
    Listed.INVOICES: Invoice,
    Listed.CREDIT_MEMOS: CreditMemo,
}


@once
def _readings(company_file_id: int) -> Executable:
    return select(Reading.listed, Reading.mark, Reading.since, Reading.complete_at).where(
        Reading.company_file_id == company_file_id
    )


def readings(db: Connection, company_file_id: int) -> dict[Listed, AnyRow]:
    """Read how far each list was read to its end; those never read are left out."""
    rows = db.execute(*_readings(company_file_id))
    return {Listed(row.listed): row for row in rows}


def complete(db: Connection, company_file_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write that lists were read to their end: `listed`, `mark`, `since` and `complete_at`."""
    if not rows:
        return
    added = insert_into(db, Reading)
    told = {name: added.excluded[name] for name in rows[0] if name != "listed"}
    db.execute(
        added.on_conflict_do_update(index_elements=["company_file_id", "listed"], set_=told),
        [{"company_file_id": company_file_id, **row} for row in rows],
    )


@once
def _read_again(company_file_id: int) -> Executable:
    return delete(Reading).where(Reading.company_file_id == company_file_id)


def read_again(db: Connection, company_file_id: int) -> None:
    """Let the next session read all lists from their beginning."""
    db.execute(*_read_again(company_file_id))


@once
def _resize(company_file_id: int, page_size: int) -> Executable:
    return update(CompanyFile).where(CompanyFile.id == company_file_id).values(page_size=page_size)


def resize(db: Connection, company_file_id: int, page_size: int) -> None:
    """Write how many entries the next page is to have."""
    db.execute(*_resize(company_file_id, page_size))


@once
def _next_change(company_file_id: int) -> Executable:
    return (
        update(CompanyFile)
        .where(CompanyFile.id == company_file_id)
        .values(change_count=CompanyFile.change_count + 1)
        .returning(CompanyFile.change_count)
    )


def next_change(db: Connection, company_file_id: int) -> int:
    """Take the number of this transaction's changes; no other can take one until it ends."""
    return int(db.execute(*_next_change(company_file_id)).scalar_one())


# What an entry is known by, and since when it is gone.
_COLUMNS: Mapping[Table, tuple[Any, Any]] = {
    Customer: (Customer.list_id, Customer.gone_wall),
    Invoice: (Invoice.txn_id, Invoice.deleted_wall),
    CreditMemo: (CreditMemo.txn_id, CreditMemo.deleted_wall),
}


def _key(table: Table) -> Any:
    return _COLUMNS[table][0]


def _gone(table: Table) -> Any:
    return _COLUMNS[table][1]


@once
def _fingerprints(table: Table, /, company_file_id: int, ids: Collection[str]) -> Executable:
    key = _key(table)
    return select(key, table.fingerprint).where(
        table.company_file_id == company_file_id, among(key, ids)
    )


def fingerprints(
    db: Connection, table: Table, company_file_id: int, ids: Collection[str]
) -> dict[str, str]:
    """Read the fingerprints of what is known under some ids."""
    rows = db.execute(*_fingerprints(table, company_file_id, ids))
    return {row[0]: row[1] for row in rows}


def write(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write entries as told, each a mapping of the same columns."""
    bulk.put(db, table, rows, keys=("company_file_id", _key(table).key))


def hide(
    db: Connection,
    company_file_id: int,
    sync_from: date | None,
    change: int,
    txn_ids: Collection[str] | None = None,
) -> None:
    """Hide the invoices that are older than the Sync From Date, and show all others.

    An open one that a payment means is shown, however old. `txn_ids` are those that may have to
    be hidden or shown; None is all of them.
    """
    concerned = () if txn_ids is None else (among(Invoice.txn_id, txn_ids),)
    hidden = _is_hidden(company_file_id, sync_from)
    db.execute(
        update(Invoice)
        .where(Invoice.company_file_id == company_file_id, Invoice.is_hidden != hidden, *concerned)
        .values(is_hidden=hidden, change_number=change)
    )


def _is_hidden(company_file_id: int, sync_from: date | None) -> ColumnElement[bool]:
    if sync_from is None:
        return false()
    payment = (
        select(Payment.id)
        .join(PaymentApply, PaymentApply.payment_id == Payment.id)
        .where(Payment.company_file_id == company_file_id)
    )
    is_meant = or_(
        payment.where(PaymentApply.invoice_txn_id == Invoice.txn_id).exists(),
        payment.where(PaymentApply.meant_txn_id == Invoice.txn_id).exists(),
        payment.where(PaymentApply.post_txn_id == Invoice.txn_id).exists(),
    )
    return and_(
        Invoice.txn_date.is_not(None),
        Invoice.txn_date < sync_from,
        or_(Invoice.is_paid, Invoice.deleted_wall.is_not(None), ~is_meant),
    )


@once
def _show(company_file_id: int, txn_ids: Collection[str], change: int) -> Executable:
    return (
        update(Invoice)
        .where(
            Invoice.company_file_id == company_file_id,
            among(Invoice.txn_id, txn_ids),
            Invoice.is_hidden,
        )
        .values(is_hidden=False, change_number=change)
    )


def show(db: Connection, company_file_id: int, txn_ids: Collection[str], change: int) -> None:
    """Show invoices that a payment means, however old they are."""
    db.execute(*_show(company_file_id, txn_ids, change))


@once
def _see(
    table: Table, /, company_file_id: int, ids: Collection[str], session_id: int
) -> Executable:
    return (
        update(table)
        .where(table.company_file_id == company_file_id, among(_key(table), ids))
        .values(seen_session_id=session_id)
    )


def see(
    db: Connection, table: Table, company_file_id: int, ids: Collection[str], session_id: int
) -> None:
    """Note that a session was told of entries that are as they were."""
    if ids:
        db.execute(*_see(table, company_file_id, ids, session_id))


@once
def _write_links(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return delete(LinkedTxn).where(
        LinkedTxn.company_file_id == company_file_id, among(LinkedTxn.txn_id, txn_ids)
    )


def write_links(
    db: Connection,
    company_file_id: int,
    txn_ids: Collection[str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Write what is set against some transactions, in place of what was known."""
    if txn_ids:
        db.execute(*_write_links(company_file_id, txn_ids))
    bulk.put(db, LinkedTxn, rows)


@once
def _links(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return (
        select(LinkedTxn.__table__)
        .where(LinkedTxn.company_file_id == company_file_id, among(LinkedTxn.txn_id, txn_ids))
        .order_by(LinkedTxn.txn_id, LinkedTxn.position)
    )


def links(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> dict[str, list[AnyRow]]:
    """Read what is set against some transactions, in QuickBooks' order."""
    rows = db.execute(*_links(company_file_id, txn_ids))
    found: dict[str, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.txn_id, []).append(row)
    return found


@once
def _both_sides(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    link = LinkedTxn.__table__
    by_own, by_other = (
        select(link).where(link.c.company_file_id == company_file_id, among(column, txn_ids))
        for column in (link.c.txn_id, link.c.other_txn_id)
    )
    return union_all(by_own, by_other)


def both_sides(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> Sequence[AnyRow]:
    """Read what is set against some transactions, and where others name them, in order."""
    rows = db.execute(*_both_sides(company_file_id, txn_ids)).all()
    return sorted(rows, key=lambda row: (row.txn_id, row.position))


def rename(db: Connection, company_file_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write how transactions are called where others name them: `named`, `to_number`, `to_date`."""
    if rows:
        db.execute(
            update(LinkedTxn)
            .where(
                LinkedTxn.company_file_id == company_file_id,
                LinkedTxn.other_txn_id == bindparam("named"),
            )
            .values(other_number=bindparam("to_number"), other_date=bindparam("to_date")),
            rows,
        )


@once
def _one_sided(column: Any, /, company_file_id: int, txn_ids: Collection[str]) -> Executable:
    own, back = _CLAIM, _ANSWER
    is_said_back = (
        select(back.c.txn_id)
        .where(
            back.c.company_file_id == own.c.company_file_id,
            back.c.txn_id == own.c.other_txn_id,
            back.c.other_txn_id == own.c.txn_id,
            func.abs(back.c.amount_cents).is_not_distinct_from(func.abs(own.c.amount_cents)),
        )
        .exists()
    )
    return select(own.c.txn_id, own.c.other_txn_id).where(
        own.c.company_file_id == company_file_id, among(column, txn_ids), ~is_said_back
    )


def one_sided(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> Sequence[tuple[str, str]]:
    """List what some transactions say of others, or others of them, and is not said back.

    Whose word it is, and whom it is about (TxnIDs). What is said back has the same cents, whatever
    their sign.
    """
    return [
        (txn_id, other)
        for column in (_CLAIM.c.txn_id, _CLAIM.c.other_txn_id)
        for txn_id, other in db.execute(*_one_sided(column, company_file_id, txn_ids))
    ]


@once
def _set_against(company_file_id: int, other_txn_ids: Collection[str]) -> Executable:
    return select(LinkedTxn.txn_id).where(
        LinkedTxn.company_file_id == company_file_id,
        among(LinkedTxn.other_txn_id, other_txn_ids),
    )


def set_against(db: Connection, company_file_id: int, other_txn_ids: Collection[str]) -> set[str]:
    """List the transactions (TxnIDs) that say of some others that they are set against them."""
    return set(db.execute(*_set_against(company_file_id, other_txn_ids)).scalars())


_DATED: Mapping[Listed, type[Invoice] | type[CreditMemo] | type[Receipt]] = {
    Listed.INVOICES: Invoice,
    Listed.CREDIT_MEMOS: CreditMemo,
    Listed.PAYMENTS: Receipt,
}


@once
def _known_in(table: Any, /, company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(table.txn_id).where(
        table.company_file_id == company_file_id,
        among(table.txn_id, txn_ids),
        table.deleted_wall.is_(None),
    )


def doubt(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> None:
    """Let transactions be asked for by their TxnID, as far as they are known and not deleted."""
    rows = [
        {"company_file_id": company_file_id, "txn_id": txn_id, "listed": listed}
        for listed, table in _DATED.items()
        for txn_id in db.execute(*_known_in(table, company_file_id, txn_ids)).scalars()
    ]
    if rows:
        db.execute(insert_into(db, Stale).on_conflict_do_nothing(), rows)


@once
def _doubt_unseen(
    listed: Listed,
    is_bounded: bool,  # noqa: FBT001 - one statement each
    /,
    db: Connection,
    company_file_id: int,
    session_id: int,
    since: date | None,
) -> Executable:
    table = _DATED[listed]
    unseen = select(
        table.company_file_id, table.txn_id, literal(listed.value, Stale.listed.type)
    ).where(
        table.company_file_id == company_file_id,
        table.seen_session_id != session_id,
        table.deleted_wall.is_(None),
        *((table.txn_date >= since,) if is_bounded else ()),
    )
    return (
        insert_into(db, Stale)
        .from_select(["company_file_id", "txn_id", "listed"], unseen)
        .on_conflict_do_nothing()
    )


def doubt_unseen(
    db: Connection, listed: Listed, company_file_id: int, session_id: int, *, since: date | None
) -> None:
    """Let what a reading of the whole list did not tell be asked for by its TxnID.

    `since` is the Sync From Date that the list was read with.
    """
    db.execute(*_doubt_unseen(listed, since is not None, db, company_file_id, session_id, since))


@once
def _stale(company_file_id: int, after: str, limit: int) -> Executable:
    return (
        select(Stale.listed, Stale.txn_id)
        .where(Stale.company_file_id == company_file_id, Stale.txn_id > after)
        .order_by(Stale.txn_id)
        .limit(limit)
    )


def stale(
    db: Connection, company_file_id: int, *, after: str, limit: int
) -> Sequence[tuple[str, str]]:
    """List the next transactions to be asked for by TxnID: the list each is on, its TxnID."""
    rows = db.execute(*_stale(company_file_id, after, limit))
    return [(row.listed, row.txn_id) for row in rows]


@once
def _settle(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return delete(Stale).where(
        Stale.company_file_id == company_file_id, among(Stale.txn_id, txn_ids)
    )


def settle(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> None:
    """Ask for transactions no more: they were told."""
    if txn_ids:
        db.execute(*_settle(company_file_id, txn_ids))


@once
def _there(table: Table, /, company_file_id: int, ids: Collection[str]) -> Executable:
    key = _key(table)
    return select(key).where(
        table.company_file_id == company_file_id, among(key, ids), _gone(table).is_(None)
    )


def there(
    db: Connection, table: Table, company_file_id: int, ids: Collection[str]
) -> Sequence[str]:
    """List those of some entries that are known and not gone."""
    return db.execute(*_there(table, company_file_id, ids)).scalars().all()


def delete_named(
    db: Connection,
    table: Table,
    company_file_id: int,
    gone: Mapping[str, str],
    change: Mapping[str, Any],
) -> None:
    """Write that entries are gone, `gone` by id with QuickBooks' time or "".

    `change` has what else is written: the change number, where the table has one.
    """
    key, wall = _key(table), _gone(table)
    by_wall: dict[str, list[str]] = {}
    for one, moment in gone.items():
        by_wall.setdefault(moment, []).append(one)
    for moment, ids in by_wall.items():
        facts: dict[str, Any] = {wall.key: moment, "fingerprint": "", **change}
        db.execute(
            update(table)
            .where(table.company_file_id == company_file_id, key.in_(ids))
            .values(**facts)
        )


@once
def _unseen_customers(company_file_id: int, session_id: int) -> Executable:
    return select(Customer.list_id).where(
        Customer.company_file_id == company_file_id,
        Customer.seen_session_id != session_id,
        Customer.gone_wall.is_(None),
    )


def unseen_customers(db: Connection, company_file_id: int, session_id: int) -> Sequence[str]:
    """List the customers that a reading of the whole list did not tell."""
    return db.execute(*_unseen_customers(company_file_id, session_id)).scalars().all()


@once
def _twins(company_file_id: int, deleted: Collection[str]) -> Executable:
    old, new, other = (
        Invoice.__table__.alias("old_invoice"),
        Invoice.__table__.alias("new_invoice"),
        Invoice.__table__.alias("other_invoice"),
    )
    is_taken = (
        select(other.c.txn_id)
        .where(
            other.c.company_file_id == company_file_id,
            other.c.plain_number == new.c.plain_number,
            other.c.replaced_by == new.c.txn_id,
            other.c.txn_id != old.c.txn_id,
        )
        .exists()
    )
    is_twin = and_(
        new.c.company_file_id == old.c.company_file_id,
        new.c.plain_number == old.c.plain_number,
        new.c.customer_list_id == old.c.customer_list_id,
        new.c.total_cents == old.c.total_cents,
        new.c.created_wall > old.c.created_wall,
        new.c.deleted_wall.is_(None),
        new.c.is_voided.is_(False),
        ~is_taken,
    )
    return (
        select(
            old.c.txn_id,
            old.c.replaced_by,
            func.count(new.c.txn_id),
            func.min(new.c.txn_id),
        )
        .select_from(old.outerjoin(new, is_twin))
        .where(old.c.company_file_id == company_file_id, among(old.c.txn_id, deleted))
        .group_by(old.c.txn_id, old.c.replaced_by)
    )


def twins(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> Sequence[tuple[str, str | None]]:
    """Find for deleted invoices the ones made anew: TxnID of the old one, and of its only twin.

    A twin has its number, customer and total, was made later, is not deleted, and takes the place
    of no other. None where there is none, or more than one. `txn_ids` are those, deleted or new,
    for which that may have changed.
    """
    deleted = _deleted_alike(db, company_file_id, txn_ids)
    if not deleted:
        return []
    return [
        (txn_id, only if count == 1 else None)
        for txn_id, before, count, only in db.execute(*_twins(company_file_id, deleted))
        if before != (only if count == 1 else None)
    ]


@once
def _deleted_alike_rows(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    numbers = select(Invoice.plain_number).where(
        Invoice.company_file_id == company_file_id, among(Invoice.txn_id, txn_ids)
    )
    old = Invoice.__table__.alias("old_invoice")
    return select(old.c.txn_id).where(
        old.c.company_file_id == company_file_id,
        old.c.plain_number.in_(numbers),
        old.c.deleted_wall.is_not(None),
    )


def _deleted_alike(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> Sequence[str]:
    """List the deleted invoices (TxnIDs) that have the number of one of some invoices."""
    return db.execute(*_deleted_alike_rows(company_file_id, txn_ids)).scalars().all()


def replace(
    db: Connection, company_file_id: int, found: Sequence[tuple[str, str | None]], change: int
) -> None:
    """Link deleted invoices to those that were made anew in their place."""
    for old, new in found:
        db.execute(
            update(Invoice)
            .where(Invoice.company_file_id == company_file_id, Invoice.txn_id == old)
            .values(replaced_by=new, change_number=change)
        )


@once
def _invoices_named(column: Any, /, company_file_id: int, values: Collection[str]) -> Executable:
    is_customer = and_(
        Customer.company_file_id == Invoice.company_file_id,
        Customer.list_id == Invoice.customer_list_id,
    )
    return (
        select(
            *(Invoice.txn_id, Invoice.number, Invoice.customer_list_id),
            *(Invoice.ar_account_list_id, Invoice.txn_date, Invoice.total_cents),
            *(Invoice.balance_cents, Invoice.currency, Invoice.is_paid, Invoice.is_pending),
            *(Invoice.is_voided, Invoice.is_hidden, Invoice.created_wall, Invoice.deleted_wall),
            Customer.full_name.label("customer_name"),
        )
        .join_from(Invoice, Customer, is_customer, isouter=True)
        .where(Invoice.company_file_id == company_file_id, among(column, values))
    )


def invoices_named(
    db: Connection,
    company_file_id: int,
    *,
    txn_ids: Collection[str],
    plain_numbers: Collection[str],
) -> Sequence[AnyRow]:
    """Read invoices by TxnID or number, deleted ones too, with their customer's full name."""
    found = {
        row.txn_id: row
        for column, values in ((Invoice.txn_id, txn_ids), (Invoice.plain_number, plain_numbers))
        if values
        for row in db.execute(*_invoices_named(column, company_file_id, values))
    }
    return list(found.values())


@once
def _numbers(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(Invoice.txn_id, Invoice.number).where(
        Invoice.company_file_id == company_file_id, among(Invoice.txn_id, txn_ids)
    )


def numbers(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> dict[str, str]:
    """Read the numbers of some invoices, deleted ones too."""
    if not txn_ids:
        return {}
    rows = db.execute(*_numbers(company_file_id, txn_ids))
    return {row.txn_id: row.number for row in rows if row.number}


@once
def _balances(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(Invoice.txn_id, Invoice.balance_cents, Invoice.total_cents).where(
        Invoice.company_file_id == company_file_id, among(Invoice.txn_id, txn_ids)
    )


def balances(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> dict[str, tuple[int | None, int | None]]:
    """Read what is due on some invoices, and their totals, in cents."""
    if not txn_ids:
        return {}
    rows = db.execute(*_balances(company_file_id, txn_ids))
    return {row.txn_id: (row.balance_cents, row.total_cents) for row in rows}


@once
def _customers_named(column: Any, /, company_file_id: int, values: Collection[str]) -> Executable:
    return (
        select(
            *(Customer.list_id, Customer.full_name, Customer.is_active, Customer.currency),
            *(Customer.gone_wall, Customer.balance_cents, WcSession.opened_at.label("seen_at")),
        )
        .join_from(Customer, WcSession, WcSession.id == Customer.seen_session_id)
        .where(Customer.company_file_id == company_file_id, among(column, values))
    )


def customers_named(
    db: Connection,
    company_file_id: int,
    list_ids: Collection[str],
    plain_names: Collection[str] = (),
) -> Sequence[AnyRow]:
    """Read customers by ListID or by full name as names are compared, those that are gone too.

    `seen_at` is the beginning of the sync that was told of it last.
    """
    found = {
        row.list_id: row
        for column, values in ((Customer.list_id, list_ids), (Customer.plain_name, plain_names))
        if values
        for row in db.execute(*_customers_named(column, company_file_id, values))
    }
    return list(found.values())


@once
def _moved_credits(company_file_id: int, journal_txn_ids: Collection[str]) -> Executable:
    is_memo = and_(
        CreditMemo.company_file_id == LinkedTxn.company_file_id,
        CreditMemo.txn_id == LinkedTxn.txn_id,
    )
    return (
        select(
            LinkedTxn.other_txn_id.label("journal_txn_id"),
            CreditMemo.txn_id,
            CreditMemo.number,
            CreditMemo.txn_date,
            LinkedTxn.amount_cents,
        )
        .join_from(LinkedTxn, CreditMemo, is_memo)
        .where(
            LinkedTxn.company_file_id == company_file_id,
            among(LinkedTxn.other_txn_id, journal_txn_ids),
        )
    )


def moved_credits(
    db: Connection, company_file_id: int, journal_txn_ids: Collection[str]
) -> Sequence[AnyRow]:
    """Read the credit memos that are set against some journal entries: those moved elsewhere."""
    return db.execute(*_moved_credits(company_file_id, journal_txn_ids)).all()


_POST_TXN_ID = PaymentApply.post_txn_id
_CENTS = func.coalesce(PaymentApply.post_cents, PaymentApply.amount_cents)


def _as_asked(column: Any) -> tuple[ColumnElement[bool], ...]:
    """Leave out what stands on another invoice than the payment site named."""
    return () if column is _POST_TXN_ID else (_POST_TXN_ID.is_(None),)


@once
def _reserved(
    column: Any, /, company_file_id: int, session_id: int, txn_ids: Collection[str]
) -> Executable:
    txn_id = func.coalesce(PaymentApply.post_txn_id, PaymentApply.invoice_txn_id)
    is_going = or_(
        and_(Payment.status == "queued", Payment.checked_session_id == session_id),
        Payment.status == "sent",
    )
    return (
        select(txn_id.label("txn_id"), cast(func.sum(_CENTS), BigInteger).label("cents"))
        .join(Payment, Payment.id == PaymentApply.payment_id)
        .where(
            Payment.company_file_id == company_file_id,
            among(column, txn_ids),
            is_going,
            *_as_asked(column),
        )
        .group_by(txn_id)
    )


def reserved(
    db: Connection, company_file_id: int, session_id: int, txn_ids: Collection[str]
) -> dict[str, int]:
    """Sum what payments that this session sends, or has sent, put on some invoices, in cents."""
    found: dict[str, int] = {}
    for column in (_POST_TXN_ID, PaymentApply.invoice_txn_id):
        rows = db.execute(*_reserved(column, company_file_id, session_id, txn_ids))
        found |= {row.txn_id: found.get(row.txn_id, 0) + row.cents for row in rows}
    return found


@once
def _just_paid(column: Any, /, session_id: int, txn_ids: Collection[str]) -> Executable:
    return (
        select(
            column.label("invoice_txn_id"),
            Payment.txn_id,
            Payment.reference,
            func.coalesce(Payment.post_on, Payment.received_on).label("day"),
            _CENTS.label("cents"),
        )
        .join(Payment, Payment.id == PaymentApply.payment_id)
        .where(
            among(column, txn_ids),
            Payment.status == "posted",
            Payment.checked_session_id == session_id,
            *_as_asked(column),
        )
        .order_by(Payment.id, PaymentApply.position)
    )


def just_paid(db: Connection, session_id: int, txn_ids: Collection[str]) -> Sequence[AnyRow]:
    """Read what this session's own payments have put on some invoices; it is not imported yet.

    `invoice_txn_id`, and the payment in QuickBooks: TxnID, number, date, cents on that invoice.
    """
    return [
        row
        for column in (_POST_TXN_ID, PaymentApply.invoice_txn_id)
        for row in db.execute(*_just_paid(column, session_id, txn_ids))
    ]


@once
def _claimed(column: Any, /, company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return (
        select(
            column.label("txn_id"),
            Payment.id.label("payment_id"),
            Payment.external_id,
            _CENTS.label("cents"),
        )
        .join(Payment, Payment.id == PaymentApply.payment_id)
        .where(
            Payment.company_file_id == company_file_id,
            among(column, txn_ids),
            Payment.status.in_(("queued", "sent", "in_doubt")),
            *_as_asked(column),
        )
        .order_by(Payment.id, PaymentApply.position)
    )


def claimed(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> Sequence[AnyRow]:
    """Read what payments that are not settled have for some invoices.

    `txn_id`, `payment_id`, `external_id` and `cents`. What is posted is off the balance already.
    """
    return [
        row
        for column in (PaymentApply.invoice_txn_id, PaymentApply.meant_txn_id, _POST_TXN_ID)
        for row in db.execute(*_claimed(column, company_file_id, txn_ids))
    ]


def pay(db: Connection, company_file_id: int, balances: Mapping[str, int], change: int) -> None:
    """Write what is left of invoices after payments, as QuickBooks' answer said.

    What else changed with it is told by the next reading: so it is not as it was.
    """
    db.execute(
        update(Invoice)
        .where(Invoice.company_file_id == company_file_id, Invoice.txn_id == bindparam("of_txn_id"))
        .values(
            balance_cents=bindparam("to_cents"),
            is_paid=bindparam("to_paid"),
            fingerprint="",
            change_number=change,
        ),
        [
            {"of_txn_id": txn_id, "to_cents": cents, "to_paid": cents == 0}
            for txn_id, cents in balances.items()
        ],
    )


@once
def _customers_called(company_file_id: int, plain_names: Collection[str]) -> Executable:
    return (
        select(Customer.plain_name, func.min(Customer.list_id))
        .where(
            Customer.company_file_id == company_file_id,
            among(Customer.plain_name, plain_names),
            Customer.gone_wall.is_(None),
        )
        .group_by(Customer.plain_name)
        .having(func.count() == 1)
    )


def customers_called(
    db: Connection, company_file_id: int, plain_names: Collection[str]
) -> dict[str, str]:
    """Give the ListID of each of some full names that is one customer's, and that is not gone."""
    if not plain_names:
        return {}
    rows = db.execute(*_customers_called(company_file_id, plain_names))
    return {row[0]: str(row[1]) for row in rows}
