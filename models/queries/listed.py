"""Invoices and customers as lists that a person looks through: by day or by name, page by page.

Each page is read along one index, whatever it leaves out; what begins with something is found by
the order of characters (`models.books`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)

from models.base import AnyRow, among
from models.books import (
    DELETED,
    GONE,
    OPEN,
    PAID,
    SHOWN,
    THERE,
    VOIDED,
    Customer,
    Invoice,
    SiteMapping,
)
from models.payment import NAMED_BY_SITE, Payment, PaymentApply, Watch
from models.queries import mappings
from sync_core.names import Meant
from sync_core.rejection import WatchKind

# A first and a last day; None: there is none.
Days = tuple[date | None, date | None]
ANY_DAY: Days = (None, None)
# The last of all characters: what stands behind everything that begins with a text.
_LAST = "\U0010ffff"

_STATES: Mapping[str, str] = MappingProxyType(
    {"open": OPEN, "paid": PAID, "voided": VOIDED, "deleted": DELETED}
)
_INVOICE = (
    *(Invoice.txn_id, Invoice.number, Invoice.plain_number, Invoice.customer_list_id),
    *(Invoice.txn_date, Invoice.due_date, Invoice.total_cents, Invoice.balance_cents),
    *(Invoice.is_paid, Invoice.is_pending, Invoice.is_voided, Invoice.deleted_wall),
    *(Invoice.replaced_by, Invoice.currency, Customer.full_name.label("customer_name")),
)
_OF_CUSTOMER = and_(
    Customer.company_file_id == Invoice.company_file_id,
    Customer.list_id == Invoice.customer_list_id,
)
_CUSTOMER = (
    *(Customer.list_id, Customer.full_name, Customer.plain_name, Customer.parent_list_id),
    *(Customer.is_active, Customer.balance_cents, Customer.currency, Customer.gone_wall),
)
_PAYMENT = (
    *(Payment.id, Payment.external_id, Payment.reference, Payment.received_on),
    *(Payment.amount_cents, Payment.currency, Payment.method, Payment.status, Payment.txn_id),
)


# Invoices


def invoices_by_day(
    db: Connection,
    company_file_id: int,
    state: str,
    *,
    customers: Collection[str] | None = None,
    is_mapped: bool | None = None,
    days: Days = ANY_DAY,
    before: tuple[date, str] | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the next invoices in a state, the newest first; of some customers, or of all (None)."""
    return _by_day(
        db,
        _invoices(company_file_id, is_mapped=is_mapped).where(text(_STATES[state])),
        customers=customers,
        days=days,
        before=before,
        limit=limit,
    )


def invoices_over(
    db: Connection,
    company_file_id: int,
    cents: int,
    *,
    state: str | None = None,
    customers: Collection[str] | None = None,
    is_mapped: bool | None = None,
    days: Days = ANY_DAY,
    before: tuple[date, str] | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the next invoices over an amount, the newest first; `state` None: whatever it is."""
    return _by_day(
        db,
        _invoices(company_file_id, is_mapped=is_mapped).where(
            text(SHOWN),
            *(() if state is None else (text(_STATES[state]),)),
            Invoice.total_cents == cents,
        ),
        customers=customers,
        days=days,
        before=before,
        limit=limit,
    )


def invoices_due(
    db: Connection,
    company_file_id: int,
    cents: int,
    *,
    customers: Collection[str] | None = None,
    is_mapped: bool | None = None,
    days: Days = ANY_DAY,
    before: tuple[date, str] | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the next open invoices on which an amount is due, over another one; the newest first."""
    return _by_day(
        db,
        _invoices(company_file_id, is_mapped=is_mapped).where(
            text(OPEN),
            Invoice.balance_cents == cents,
            Invoice.total_cents.is_distinct_from(cents),
        ),
        customers=customers,
        days=days,
        before=before,
        limit=limit,
    )


def _by_day(
    db: Connection,
    asked: Select[*tuple[Any, ...]],
    *,
    customers: Collection[str] | None,
    days: Days,
    before: tuple[date, str] | None,
    limit: int,
) -> Sequence[AnyRow]:
    place = tuple_(Invoice.txn_date, Invoice.txn_id)
    return db.execute(
        asked.where(
            *(() if customers is None else (among(Invoice.customer_list_id, customers),)),
            Invoice.txn_date.is_not(None) if before is None else place < before,
            *_within(days),
        )
        .order_by(Invoice.txn_date.desc(), Invoice.txn_id.desc())
        .limit(limit)
    ).all()


def invoices_by_number(
    db: Connection,
    company_file_id: int,
    begins: str,
    *,
    state: str | None = None,
    customers: Collection[str] | None = None,
    is_mapped: bool | None = None,
    days: Days = ANY_DAY,
    cents: int | None = None,
    after: tuple[str, str] | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the next invoices whose number begins with something, as numbers are compared.

    `cents` is what they are over, or what is due on them.
    """
    place = tuple_(Invoice.plain_number, Invoice.txn_id)
    return db.execute(
        _invoices(company_file_id, is_mapped=is_mapped)
        .where(
            text(SHOWN if state is None else _STATES[state]),
            *_within(days),
            *(() if cents is None else (_is_amount(cents),)),
            *_beginning(Invoice.plain_number, begins),
            *(() if customers is None else (among(Invoice.customer_list_id, customers),)),
            *(() if after is None else (place > after,)),
        )
        .order_by(Invoice.plain_number, Invoice.txn_id)
        .limit(limit)
    ).all()


def _within(days: Days) -> tuple[ColumnElement[bool], ...]:
    first, last = days
    return (
        *(() if first is None else (Invoice.txn_date >= first,)),
        *(() if last is None else (Invoice.txn_date <= last,)),
    )


def _is_amount(cents: int) -> ColumnElement[bool]:
    is_due = and_(text(OPEN), Invoice.balance_cents == cents)
    return or_(Invoice.total_cents == cents, is_due)


def invoice(db: Connection, company_file_id: int, txn_id: str) -> AnyRow | None:
    """Read an invoice, unless it is hidden."""
    return db.execute(
        _invoices(company_file_id).where(Invoice.txn_id == txn_id, text(SHOWN))
    ).first()


def open_total(
    db: Connection, company_file_id: int, *, customer: str | None = None
) -> tuple[int, int]:
    """Count the open invoices, of one customer or of all, and add up what is due on them."""
    count, cents = db.execute(
        select(func.count(), cast(func.coalesce(func.sum(Invoice.balance_cents), 0), BigInteger))
        .select_from(Invoice)
        .where(
            Invoice.company_file_id == company_file_id,
            text(OPEN),
            *(() if customer is None else (Invoice.customer_list_id == customer,)),
        )
    ).one()
    return count, cents


def due_by_customer(
    db: Connection, company_file_id: int, list_ids: Collection[str]
) -> dict[str, int]:
    """Add up what is due on the open invoices of each of some customers that has any."""
    rows = db.execute(
        select(
            Invoice.customer_list_id,
            cast(func.coalesce(func.sum(Invoice.balance_cents), 0), BigInteger).label("cents"),
        )
        .where(
            Invoice.company_file_id == company_file_id,
            text(OPEN),
            among(Invoice.customer_list_id, list_ids),
        )
        .group_by(Invoice.customer_list_id)
    )
    return {str(row.customer_list_id): row.cents for row in rows}


def _invoices(company_file_id: int, *, is_mapped: bool | None = None) -> Select[*tuple[Any, ...]]:
    return (
        select(*_INVOICE)
        .join_from(Invoice, Customer, _OF_CUSTOMER, isouter=True)
        .where(
            Invoice.company_file_id == company_file_id,
            *_mapped(company_file_id, Meant.INVOICES, Invoice.txn_id, is_mapped=is_mapped),
        )
    )


# Customers


def customers(
    db: Connection,
    company_file_id: int,
    *,
    begins: str = "",
    state: str | None = None,
    is_mapped: bool | None = None,
    owes: bool | None = None,
    after: tuple[str, str] | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Read the next customers by name; `state` is active, inactive or gone, None: whatever it is.

    `begins` is how their full names begin, as names are compared; `owes`: something is left to pay
    on an open invoice of their own, or nothing is.
    """
    place = tuple_(Customer.plain_name, Customer.list_id)
    return db.execute(
        _customers(company_file_id)
        .where(
            *_state(state),
            *_beginning(Customer.plain_name, begins),
            *_mapped(company_file_id, Meant.CUSTOMERS, Customer.list_id, is_mapped=is_mapped),
            *_owes(company_file_id, owes=owes),
            *(() if after is None else (place > after,)),
        )
        .order_by(Customer.plain_name, Customer.list_id)
        .limit(limit)
    ).all()


def _owes(company_file_id: int, *, owes: bool | None) -> tuple[ColumnElement[bool], ...]:
    """Ask by looking for one invoice of each customer, by its index; see `mappings.has`."""
    if owes is None:
        return ()
    open_one = (
        select(Invoice.txn_id)
        .where(
            Invoice.company_file_id == company_file_id,
            Invoice.customer_list_id == Customer.list_id,
            text(OPEN),
            Invoice.balance_cents > 0,
        )
        .correlate(Customer)
        .limit(1)
        .scalar_subquery()
    )
    return (open_one.is_not(None) if owes else open_one.is_(None),)


def customer(db: Connection, company_file_id: int, list_id: str) -> AnyRow | None:
    """Read a customer, one that is gone too."""
    return db.execute(_customers(company_file_id).where(Customer.list_id == list_id)).first()


def count_customers(db: Connection, company_file_id: int) -> dict[bool, int]:
    """Count the customers that are in QuickBooks, by whether they are active."""
    rows = db.execute(
        select(Customer.is_active, func.count())
        .where(Customer.company_file_id == company_file_id, text(THERE))
        .group_by(Customer.is_active)
    )
    return {row.is_active: row[1] for row in rows}


def _customers(company_file_id: int) -> Select[*tuple[Any, ...]]:
    return select(*_CUSTOMER).where(Customer.company_file_id == company_file_id)


def _state(state: str | None) -> tuple[ColumnElement[bool], ...]:
    if state is None:
        return ()
    if state == "gone":
        return (text(GONE),)  # type: ignore[return-value] # stands where a condition does
    return (text(THERE), Customer.is_active if state == "active" else ~Customer.is_active)  # type: ignore[return-value] # the same


# Their payments


def payments_of_customer(
    db: Connection,
    company_file_id: int,
    *,
    list_id: str,
    name: str,
    words: Collection[str],
    limit: int,
) -> Sequence[AnyRow]:
    """List the newest payments of a customer: by ListID, full name, or the site's ids for it."""
    named = (
        Payment.post_customer_list_id == list_id,
        Payment.customer_list_id == list_id,
        Payment.customer_name == name,
        # Few: named one by one, so that SQLite sees that there are.
        and_(text(NAMED_BY_SITE), Payment.customer_external_id.in_(words)),
    )
    return _newest(
        [
            row
            for is_named in named
            for row in db.execute(
                select(*_PAYMENT)
                .where(
                    Payment.company_file_id == company_file_id,
                    is_named,
                    Payment.hidden_at.is_(None),
                )
                .order_by(Payment.id.desc())
                .limit(limit)
            )
        ],
        limit,
    )


def payments_of_invoice(
    db: Connection,
    company_file_id: int,
    *,
    txn_id: str,
    words: Collection[str],
    linked: Collection[str],
    limit: int,
) -> Sequence[AnyRow]:
    """List the newest payments that mean an invoice, or that are set against it in QuickBooks.

    `words` are the site's ids for it, `linked` the TxnIDs that are set against it.
    """
    means = (
        PaymentApply.invoice_txn_id == txn_id,
        PaymentApply.post_txn_id == txn_id,
        among(PaymentApply.invoice_external_id, words),
    )
    found = [
        row
        for is_meant in means
        for row in db.execute(
            _payments(company_file_id)
            .join(PaymentApply, PaymentApply.payment_id == Payment.id)
            .where(is_meant)
            .order_by(Payment.id.desc())
            .limit(limit)
        )
    ]
    found += db.execute(_payments(company_file_id).where(among(Payment.txn_id, linked))).all()
    return _newest(found, limit)


def _payments(company_file_id: int) -> Select[*tuple[Any, ...]]:
    return select(*_PAYMENT).where(
        Payment.company_file_id == company_file_id, Payment.hidden_at.is_(None)
    )


def _newest(rows: Sequence[AnyRow], limit: int) -> Sequence[AnyRow]:
    by_id = {row.id: row for row in rows}
    return [by_id[number] for number in sorted(by_id, reverse=True)[:limit]]


def waiting_under(db: Connection, company_file_id: int, names: Collection[str]) -> set[str]:
    """Say which of some names payments wait under, as the site's own id that means nothing yet."""
    is_meant = SiteMapping.external_id == Payment.customer_external_id
    rows = db.execute(
        select(Payment.customer_external_id)
        .where(
            Payment.company_file_id == company_file_id,
            text(NAMED_BY_SITE),
            among(Payment.customer_external_id, names),
            ~mappings.has(company_file_id, Meant.CUSTOMERS, is_meant),
        )
        .distinct()
    )
    return {str(row.customer_external_id) for row in rows}


# Payment methods


def method_words(db: Connection, company_file_id: int, *, limit: int) -> Sequence[AnyRow]:
    """List the site's words for payment methods that a person gave a meaning."""
    return db.execute(
        select(SiteMapping.__table__)
        .where(SiteMapping.company_file_id == company_file_id, SiteMapping.meant == Meant.METHODS)
        .order_by(SiteMapping.external_id)
        .limit(limit)
    ).all()


def methods_waiting(db: Connection, company_file_id: int, *, limit: int) -> Sequence[AnyRow]:
    """List the methods for which payments were rejected: `method`, `payments`, `amount_cents`."""
    return db.execute(
        select(
            Payment.method,
            func.count().label("payments"),
            cast(func.sum(Payment.amount_cents), BigInteger).label("amount_cents"),
        )
        .join_from(Watch, Payment, Payment.id == Watch.payment_id)
        .where(
            Watch.company_file_id == company_file_id,
            Watch.kind == WatchKind.METHOD.value,
            Payment.company_file_id == company_file_id,
            Payment.status == literal_column("'rejected'"),
            Payment.hidden_at.is_(None),
        )
        .group_by(Payment.method)
        .order_by(Payment.method)
        .limit(limit)
    ).all()


# What they have in common


def words_of(
    db: Connection, company_file_id: int, meant: Meant, quickbooks_id: str
) -> Sequence[AnyRow]:
    """List the site's words for one entry, the oldest first, with when and by whom."""
    return db.execute(
        select(SiteMapping.external_id, SiteMapping.set_at, SiteMapping.set_by)
        .where(
            SiteMapping.company_file_id == company_file_id,
            SiteMapping.meant == meant,
            SiteMapping.quickbooks_id == quickbooks_id,
        )
        .order_by(SiteMapping.set_at, SiteMapping.external_id)
    ).all()


def _beginning(column: Any, begins: str) -> tuple[ColumnElement[bool], ...]:
    """Ask for what begins with a text; by a range, which an index answers on both databases."""
    return (column >= begins, column < begins + _LAST) if begins else ()


def _mapped(
    company_file_id: int, meant: Meant, quickbooks_id: Any, *, is_mapped: bool | None
) -> tuple[ColumnElement[bool], ...]:
    if is_mapped is None:
        return ()
    has_word = mappings.has(company_file_id, meant, SiteMapping.quickbooks_id == quickbooks_id)
    return (has_word if is_mapped else ~has_word,)
