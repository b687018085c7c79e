"""Receipts as QuickBooks tells them, which payments they may be, and those that are too many."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    and_,
    bindparam,
    delete,
    or_,
    select,
    union_all,
    update,
)

from models import bulk
from models.base import AnyRow, among
from models.company_file import CompanyFile, Install, Place
from models.engine import insert_into
from models.invoice_question import InvoiceQuestion
from models.payment import Payment, Watch
from models.receipt import ExtraReceipt, Receipt
from models.remedy import RecordedAs
from models.statements import once
from sync_core.extras import Kind, Resolution

# Read along with the rest: a sync without questions makes no statement more for them.
_HAS_QUESTIONS = (
    select(InvoiceQuestion.plain_number)
    .where(
        InvoiceQuestion.company_file_id == CompanyFile.id,
        InvoiceQuestion.sent_at.is_(None),
    )
    .exists()
    .label("has_questions")
)

_MAY_HEAL = (
    select(Watch.payment_id)
    .where(Watch.company_file_id == CompanyFile.id)
    .exists()
    .label("may_heal")
)


_READING = (
    *(CompanyFile.reference_prefix, CompanyFile.former_prefixes, CompanyFile.hold_look_alikes),
    *(CompanyFile.keeps_guid, CompanyFile.receipts_mark, CompanyFile.deletions_mark),
    *(CompanyFile.books_doubted, CompanyFile.takes_stock, CompanyFile.is_restored),
    *(CompanyFile.sync_from, CompanyFile.page_size, CompanyFile.change_count),
    *(CompanyFile.healed_to, CompanyFile.refused, CompanyFile.deposit_to),
    *(_HAS_QUESTIONS, _MAY_HEAL),
)
_TOLD = (
    *(CompanyFile.quickbooks_name, CompanyFile.quickbooks_product, CompanyFile.country),
    *(CompanyFile.closing_date, CompanyFile.closing_date_told, CompanyFile.multi_currency),
)
_STAMPS = (
    *(Install.id.label("install_id"), Install.owner_id, Install.file_id, Install.proven_at),
    Install.retired_at,
    # Its stamp is in a company file that an administrator knows.
    select(Place.id)
    .where(Place.install_id == Install.id, Place.confirmed_at.is_not(None))
    .correlate(Install)
    .exists()
    .label("was_right"),
)


@once
def _reading(company_file_id: int) -> Executable:
    return select(*_READING).where(CompanyFile.id == company_file_id)


def reading(db: Connection, company_file_id: int) -> AnyRow:
    """Read how the company's lists are read, and what reading them has taught."""
    return db.execute(*_reading(company_file_id)).one()


@once
def _with_installs(company_file_id: int) -> Executable:
    return (
        select(*_READING, *_TOLD, *_STAMPS)
        .join_from(CompanyFile, Install, Install.company_file_id == CompanyFile.id)
        .where(CompanyFile.id == company_file_id)
        .order_by(Install.id)
    )


def with_installs(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Read the same beside each install's stamp, with what QuickBooks said of itself."""
    return db.execute(*_with_installs(company_file_id)).all()


@cache
def _learn(names: tuple[str, ...]) -> Executable:
    facts: dict[str, Any] = {name: bindparam(f"of_{name}") for name in names}
    news = [CompanyFile.__table__.c[name].is_distinct_from(fact) for name, fact in facts.items()]
    is_it = CompanyFile.id == bindparam("of_company_file_id")
    return update(CompanyFile).where(is_it, or_(*news)).values(facts)


def learn(db: Connection, company_file_id: int, facts: Mapping[str, Any]) -> None:
    """Write what reading has taught, if it is news."""
    given = {f"of_{name}": fact for name, fact in facts.items()}
    db.execute(_learn(tuple(facts)), {**given, "of_company_file_id": company_file_id})


@once
def _stored(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(Receipt.__table__).where(
        Receipt.company_file_id == company_file_id, among(Receipt.txn_id, txn_ids)
    )


def stored(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> dict[str, AnyRow]:
    """Read the receipts that are known by some TxnIDs."""
    rows = db.execute(*_stored(company_file_id, txn_ids))
    return {row.txn_id: row for row in rows}


def store(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write receipts as told, each a mapping of the same columns of Receipt."""
    bulk.put(db, Receipt, rows, keys=("company_file_id", "txn_id"))


@once
def _see(company_file_id: int, txn_ids: Collection[str], session_id: int) -> Executable:
    return (
        update(Receipt)
        .where(Receipt.company_file_id == company_file_id, among(Receipt.txn_id, txn_ids))
        .values(seen_session_id=session_id)
    )


def see(db: Connection, company_file_id: int, txn_ids: Collection[str], session_id: int) -> None:
    """Note that a session has seen receipts that are as they were."""
    if txn_ids:
        db.execute(*_see(company_file_id, txn_ids, session_id))


@once
def _alike(column: Any, /, company_file_id: int, values: Collection[str]) -> Executable:
    return select(Receipt.__table__).where(
        Receipt.company_file_id == company_file_id, among(column, values)
    )


def alike(
    db: Connection,
    company_file_id: int,
    *,
    guids: Collection[str],
    references: Collection[str],
    txn_ids: Collection[str],
) -> Sequence[AnyRow]:
    """Read the receipts that carry one of some GUIDs, numbers or TxnIDs, deleted ones too."""
    columns = (Receipt.external_guid, Receipt.reference, Receipt.txn_id)
    found = {
        row.txn_id: row
        for column, values in zip(columns, (guids, references, txn_ids), strict=True)
        if values
        for row in db.execute(*_alike(column, company_file_id, values))
    }
    return list(found.values())


@once
def _nobodys(company_file_id: int, amounts: Collection[int], since: str) -> Executable:
    payment = select(Payment.id).where(Payment.company_file_id == company_file_id)
    return select(Receipt.__table__).where(
        Receipt.company_file_id == company_file_id,
        among(Receipt.total_cents, amounts),
        Receipt.created_wall >= since,
        Receipt.external_guid.is_(None),
        Receipt.deleted_wall.is_(None),
        ~payment.where(Payment.txn_id == Receipt.txn_id).exists(),
        ~payment.where(Payment.reference == Receipt.reference).exists(),
    )


def nobodys(
    db: Connection, company_file_id: int, *, amounts: Collection[int], since: str
) -> Sequence[AnyRow]:
    """Read the receipts of some amounts without a GUID, entered since, that no payment is named by.

    `since` is QuickBooks' wall clock.
    """
    return db.execute(*_nobodys(company_file_id, amounts, since)).all()


def _is_recorded() -> ColumnElement[bool]:
    """Say that a person linked a receipt to a payment."""
    return (
        select(RecordedAs.payment_id)
        .where(
            RecordedAs.company_file_id == Receipt.company_file_id,
            RecordedAs.txn_id == Receipt.txn_id,
        )
        .exists()
    )


@once
def _entries_like(
    company_file_id: int, amounts: Collection[int], since: date, until: date
) -> Executable:
    payment = select(Payment.id).where(Payment.company_file_id == Receipt.company_file_id)
    return (
        select(
            Receipt.txn_id,
            Receipt.reference,
            Receipt.txn_date,
            Receipt.total_cents,
            Receipt.customer_list_id,
            Receipt.customer_name,
        )
        .where(
            Receipt.company_file_id == company_file_id,
            among(Receipt.total_cents, amounts),
            Receipt.txn_date.between(since, until),
            Receipt.external_guid.is_(None),
            Receipt.deleted_wall.is_(None),
            ~payment.where(Payment.txn_id == Receipt.txn_id).exists(),
            ~payment.where(Payment.reference == Receipt.reference).exists(),
            ~_is_recorded(),
        )
        .order_by(Receipt.txn_date.desc(), Receipt.txn_id)
    )


def entries_like(
    db: Connection, company_file_id: int, *, amounts: Collection[int], since: date, until: date
) -> Sequence[AnyRow]:
    """Read the payments of some amounts that nobody here has sent, dated in some days.

    Without a GUID, of no payment of ours, and linked to none.
    """
    return db.execute(*_entries_like(company_file_id, amounts, since, until)).all()


@once
def _entries(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(Receipt.txn_id, Receipt.reference, Receipt.deleted_wall).where(
        Receipt.company_file_id == company_file_id, among(Receipt.txn_id, txn_ids)
    )


def entries(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Read of some payments in QuickBooks (TxnIDs) their number, and when they were deleted.

    By QuickBooks' clock, "" where nobody said when; None: they were not.
    """
    rows = db.execute(*_entries(company_file_id, txn_ids))
    return {row.txn_id: (row.reference, row.deleted_wall) for row in rows}


@once
def _payments_under(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(
        Payment.txn_id,
        Payment.external_id,
        Payment.reference,
        Payment.received_on,
        Payment.amount_cents,
        Payment.method,
    ).where(
        Payment.company_file_id == company_file_id,
        among(Payment.txn_id, txn_ids),
        Payment.status == "posted",
    )


def payments_under(
    db: Connection, company_file_id: int, txn_ids: Collection[str]
) -> Sequence[AnyRow]:
    """Read the payments of ours that stand under some TxnIDs."""
    return db.execute(*_payments_under(company_file_id, txn_ids)).all()


_PAYMENT = (
    *("id", "status", "external_guid", "reference", "amount_cents", "txn_id", "missing_since"),
    *("customer_list_id", "customer_name", "post_customer_list_id", "post_customer_name"),
    *("received_on", "hidden_at", "ever_left", "post_anyway", "entered_wall"),
    *("customer_external_id", "likeness", "unapplied_cents", "differs"),
)
PAYMENT = tuple(Payment.__table__.c[name] for name in _PAYMENT)


@once
def _payments_of(
    wanted: tuple[bool, ...],
    /,
    company_file_id: int,
    guids: Collection[str],
    references: Collection[str],
    txn_ids: Collection[str],
) -> Executable:
    named = zip(
        (Payment.external_guid, Payment.reference, Payment.txn_id),
        (guids, references, txn_ids),
        wanted,
        strict=True,
    )
    return union_all(
        *(
            select(*PAYMENT).where(
                Payment.company_file_id == company_file_id, among(column, values)
            )
            for column, values, is_wanted in named
            if is_wanted
        )
    )


def payments_of(
    db: Connection,
    company_file_id: int,
    *,
    guids: Collection[str],
    references: Collection[str],
    txn_ids: Collection[str],
) -> Sequence[AnyRow]:
    """Read the payments that carry one of some GUIDs, references or TxnIDs, oldest first."""
    wanted = (bool(guids), bool(references), bool(txn_ids))
    if not any(wanted):
        return []
    rows = db.execute(*_payments_of(wanted, company_file_id, guids, references, txn_ids))
    found = {row.id: row for row in rows}
    return [found[number] for number in sorted(found)]


@once
def _owners(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return select(Payment.txn_id, Payment.id).where(
        Payment.company_file_id == company_file_id, among(Payment.txn_id, txn_ids)
    )


def owners(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> dict[str, set[int]]:
    """Say which payments (by id) stand, or stood, under some TxnIDs."""
    rows = db.execute(*_owners(company_file_id, txn_ids))
    found: dict[str, set[int]] = {}
    for txn_id, payment_id in rows:
        found.setdefault(str(txn_id), set()).add(payment_id)
    return found


@once
def _payments_in(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    return (
        select(*PAYMENT)
        .where(Payment.company_file_id == company_file_id, among(Payment.txn_id, txn_ids))
        .order_by(Payment.id)
        .with_for_update(key_share=True)
    )


def payments_in(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> Sequence[AnyRow]:
    """Read the payments that stand under some TxnIDs; until the transaction ends they stay."""
    return db.execute(*_payments_in(company_file_id, txn_ids)).all()


@once
def _note_deleted(company_file_id: int, txn_id: str, wall: str) -> Executable:
    return (
        update(Receipt)
        .where(
            Receipt.company_file_id == company_file_id,
            Receipt.txn_id == txn_id,
            Receipt.deleted_wall.is_(None),
        )
        .values(deleted_wall=wall)
    )


def note_deleted(db: Connection, company_file_id: int, txn_id: str, wall: str) -> None:
    """Note that a receipt was deleted, by us: QuickBooks names it only at the next session."""
    db.execute(*_note_deleted(company_file_id, txn_id, wall))


@once
def _forget_unseen(company_file_id: int, session_id: int) -> Executable:
    return delete(Receipt).where(
        Receipt.company_file_id == company_file_id,
        Receipt.seen_session_id != session_id,
        Receipt.deleted_wall.is_(None),
    )


def forget_unseen(db: Connection, company_file_id: int, session_id: int) -> None:
    """Forget the receipts that this session did not see: they stood in another file.

    Only after a session that read the whole list. What was deleted stays known as that.
    """
    db.execute(*_forget_unseen(company_file_id, session_id))


@once
def _forget(company_file_id: int, txn_ids: Collection[str]) -> Executable:
    is_ours = (
        select(Payment.id)
        .where(Payment.company_file_id == Receipt.company_file_id, Payment.txn_id == Receipt.txn_id)
        .exists()
    )
    return (
        delete(Receipt)
        .where(
            Receipt.company_file_id == company_file_id,
            among(Receipt.txn_id, txn_ids),
            ~is_ours,
        )
        .returning(Receipt.txn_id)
    )


def forget(db: Connection, company_file_id: int, txn_ids: Collection[str]) -> Sequence[str]:
    """Forget those of some receipts that no payment stands under; give their TxnIDs.

    What stands for a payment is gone by QuickBooks' own word alone.
    """
    return db.execute(*_forget(company_file_id, txn_ids)).scalars().all()


@once
def _lock(payment_ids: Collection[int]) -> Executable:
    return (
        select(*PAYMENT)
        .where(among(Payment.id, payment_ids))
        .order_by(Payment.id)
        .with_for_update(key_share=True)
    )


def lock(db: Connection, payment_ids: Collection[int]) -> dict[int, AnyRow]:
    """Read payments by id as they are now; until the transaction ends nobody else moves them."""
    rows = db.execute(*_lock(payment_ids))
    return {row.id: row for row in rows}


@once
def _missing_from(company_file_id: int, session_id: int, now: datetime) -> Executable:
    there = (
        select(Receipt.txn_id)
        .where(
            Receipt.company_file_id == company_file_id,
            Receipt.txn_id == Payment.txn_id,
            Receipt.seen_session_id == session_id,
        )
        .exists()
    )
    return (
        update(Payment)
        .where(
            Payment.company_file_id == company_file_id,
            Payment.status == "posted",
            Payment.missing_since.is_(None),
            ~there,
        )
        .values(missing_since=now)
    )


def missing_from(db: Connection, company_file_id: int, session_id: int, now: datetime) -> int:
    """Mark the payments posted whose receipt this session did not see; give how many.

    Only after a session that read the whole list.
    """
    return db.execute(*_missing_from(company_file_id, session_id, now)).rowcount


def add_extras(
    db: Connection,
    company_file_id: int,
    kind: Kind,
    found: Sequence[Mapping[str, Any]],
    *,
    session_id: int,
    now: datetime,
) -> None:
    """Note receipts that are one too many: `txn_id`, `edit_sequence`, `payment_id` or None.

    One that is noted already stays as it is, unless it was settled and is there again. What a
    person said is right stays right.
    """
    if not found:
        return
    given = {
        "company_file_id": company_file_id,
        "kind": kind,
        "found_at": now,
        "found_session_id": session_id,
    }
    added = insert_into(db, ExtraReceipt)
    anew = ("kind", "payment_id", "edit_sequence", "found_at", "found_session_id")
    over = ("ordered_at", "ordered_by", "said", "resolution", "resolved_at", "resolved_by", "note")
    db.execute(
        added.on_conflict_do_update(
            index_elements=["company_file_id", "txn_id"],
            set_={**{name: added.excluded[name] for name in anew}, **dict.fromkeys(over)},
            where=and_(
                ExtraReceipt.resolved_at.is_not(None), ExtraReceipt.resolution != Resolution.KEPT
            ),
        ),
        [{**given, **row} for row in found],
    )


@once
def _open_extras(company_file_id: int) -> Executable:
    return (
        select(
            ExtraReceipt.id,
            ExtraReceipt.txn_id,
            ExtraReceipt.kind,
            ExtraReceipt.payment_id,
            ExtraReceipt.edit_sequence,
            ExtraReceipt.ordered_at,
            Payment.status.label("payment_status"),
            Payment.txn_id.label("kept_txn_id"),
        )
        .join_from(ExtraReceipt, Payment, Payment.id == ExtraReceipt.payment_id, isouter=True)
        .where(ExtraReceipt.company_file_id == company_file_id, ExtraReceipt.resolved_at.is_(None))
        .order_by(ExtraReceipt.id)
    )


def open_extras(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Read the receipts that are one too many, with the payment whose second each is."""
    return db.execute(*_open_extras(company_file_id)).all()


@once
def _strangers_known(company_file_id: int, limit: int) -> Executable:
    payment = select(Payment.id).where(Payment.company_file_id == company_file_id)
    return (
        select(ExtraReceipt.txn_id)
        .join(
            Receipt,
            and_(
                Receipt.company_file_id == ExtraReceipt.company_file_id,
                Receipt.txn_id == ExtraReceipt.txn_id,
            ),
        )
        .where(
            ExtraReceipt.company_file_id == company_file_id,
            ExtraReceipt.resolved_at.is_(None),
            ExtraReceipt.kind == Kind.STRANGER,
            or_(
                payment.where(Payment.external_guid == Receipt.external_guid).exists(),
                payment.where(Payment.reference == Receipt.reference).exists(),
            ),
        )
        .order_by(ExtraReceipt.id)
        .limit(limit)
    )


def strangers_known(db: Connection, company_file_id: int, *, limit: int) -> Sequence[str]:
    """List the receipts (TxnIDs) of no payment whose payment is known by now, oldest first."""
    return db.execute(*_strangers_known(company_file_id, limit)).scalars().all()


def resolve_extras(
    db: Connection,
    company_file_id: int,
    txn_ids: Collection[str],
    resolution: Resolution,
    *,
    now: datetime,
) -> None:
    """Write how receipts that were one too many have ended, by what QuickBooks told.

    One that a person kept while it was on its way out is taken out all the same, and says so.
    """
    still: ColumnElement[bool] = ExtraReceipt.resolved_at.is_(None)
    if resolution is Resolution.TAKEN_OUT:
        still = or_(still, ExtraReceipt.resolution == Resolution.KEPT)
    if txn_ids:
        db.execute(
            update(ExtraReceipt)
            .where(
                ExtraReceipt.company_file_id == company_file_id,
                still,
                among(ExtraReceipt.txn_id, txn_ids),
            )
            .values(resolution=resolution, resolved_at=now, resolved_by="session")
        )


@once
def _refuse_take_out(extra_id: int, said: str) -> Executable:
    return (
        update(ExtraReceipt)
        .where(ExtraReceipt.id == extra_id)
        .values(ordered_at=None, ordered_by=None, said=said)
    )


def refuse_take_out(db: Connection, extra_id: int, said: str) -> None:
    """Note why a receipt cannot be taken out, and that nobody waits for it any more."""
    db.execute(*_refuse_take_out(extra_id, said))
