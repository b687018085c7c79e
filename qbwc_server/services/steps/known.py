"""What is known of the books, as values for the check: the tables, and what was just told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from models.base import AnyRow
from models.queries import books as short_lists
from models.queries import installs, ledger, mappings
from models.queries import receipts as stored
from qbwc_server.services.meaning import known_customer, known_invoice
from qbwc_server.services.steps.answers import MALFORMED_ID, NO_MATCH, is_absent
from qbwc_server.services.steps.questions import CUSTOMER, NAME, NUMBER, TXN_ID, Question
from qbwc_server.services.steps.step import Turn
from qbxml.customer import CustomerRet
from qbxml.envelope import Response
from qbxml.fields import Ref
from qbxml.invoice import InvoiceRet
from sync_core import receipts
from sync_core.books import (
    Books,
    Claim,
    Entry,
    Invoice,
    KnownCustomer,
    Link,
    OnlinePayment,
    is_family,
)
from sync_core.check import CURRENCIES, AskCustomer, Waiting, check
from sync_core.names import Meant, plain

Told = Mapping[Question, Response]

# What an id and a customer's full name hold (Intuit XSD 13.0). A longer one was garbled on its way.
ID_LENGTH_MAX, NAME_LENGTH_MAX = 36, 209
# An entry that somebody typed in is dated near the day on which the money was received.
ALIKE_DAYS = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Known:
    """The books for a page of payments; `hidden` are open invoices before the Sync From Date."""

    books: Books
    reserved: dict[str, int]  # the books' own, to be added to as payments are marked
    hidden: frozenset[str]


def is_answered(answer: Response) -> bool:
    """Say whether QuickBooks answered the question, be it that there is no such thing."""
    return answer.status.is_success or answer.status.code in (NO_MATCH, MALFORMED_ID)


def known(turn: Turn, payments: Sequence[Waiting], told: Told) -> Known:
    """Gather what the tables know of the payments' invoices and customers, and what was told."""
    company_file_id = turn.session.company_file_id
    parts = [part for payment in payments for part in payment.apply]
    rows = ledger.invoices_named(
        turn.db,
        company_file_id,
        txn_ids={part.txn_id for part in parts if part.txn_id},
        plain_numbers={plain(part.number) for part in parts if part.number},
    )
    absent = _absent(told)
    gone = {row.txn_id for row in rows if row.deleted_wall is not None or row.txn_id in absent}
    numbers = {plain(row.number) for row in rows if row.txn_id in gone and row.number}
    if numbers:  # what was entered in place of deleted ones has their number
        anew = ledger.invoices_named(turn.db, company_file_id, txn_ids=(), plain_numbers=numbers)
        rows = list({row.txn_id: row for row in (*rows, *anew)}.values())
    invoices = {row.txn_id: known_invoice(row) for row in rows} | _told_invoices(told)
    for txn_id in gone & absent:  # deleted since the last import: nobody has said yet when
        deleted_wall = invoices[txn_id].deleted_wall or ""
        invoices[txn_id] = replace(invoices[txn_id], deleted_wall=deleted_wall)
    customers = _customers(turn, payments, told)
    policy = installs.policy(turn.db, company_file_id)
    reserved = ledger.reserved(turn.db, company_file_id, turn.session.id, invoices)
    books = Books(
        invoices=invoices,
        customers=customers,
        absent=absent,
        methods=short_lists.methods_of(turn.db, company_file_id),
        chosen_methods=mappings.resolve(
            turn.db, company_file_id, Meant.METHODS, {plain(one.method) for one in payments}
        ),
        may_add_methods=policy.add_payment_methods,
        use_twins=policy.use_twins,
        currency=CURRENCIES.get(policy.country or ""),
        closing_date=policy.closing_date,
        accounts=_accounts(turn, invoices.values()),
        receivables=short_lists.receivables(turn.db, company_file_id)
        if any(one.currency for one in customers.values())
        else {},
        alike=_alike(turn, payments, customers),
        reserved=reserved,
        claimed=_claimed(turn, invoices) if numbers else {},
    )
    hidden = frozenset(row.txn_id for row in rows if row.is_hidden and not row.is_paid)
    return Known(_with_links(turn, books, payments), reserved, hidden)


def unknown(payment: Waiting, now: Known) -> list[Question]:
    """List what QuickBooks is to be asked before a payment is checked."""
    missing: list[Question] = []
    payer = payment.customer
    for part in () if payment.as_credit else payment.apply:
        if part.txn_id is not None:
            if part.txn_id not in now.books.invoices and part.txn_id not in now.books.absent:
                missing.append((TXN_ID, part.txn_id))
        elif part.number is not None and not now.books.of_payer(part.number, payer):
            missing.append((NUMBER, part.number))
    if payer.list_id is None or payer.list_id in now.books.customers:
        return missing
    if missing or isinstance(check(payment, now.books), AskCustomer):
        missing.append((CUSTOMER, payer.list_id))
    return missing


def _customers(turn: Turn, payments: Sequence[Waiting], told: Told) -> dict[str, KnownCustomer]:
    """Give the customers by ListID: those of the tables, and those that were told by the way."""
    payers = [payment.customer for payment in payments]
    found = {
        row.list_id: known_customer(row)
        for row in ledger.customers_named(
            turn.db,
            turn.session.company_file_id,
            {payer.list_id for payer in payers if payer.list_id},
            {plain(payer.name) for payer in payers if payer.name},
        )
    }
    for (kind, value), response in told.items():
        if kind in (CUSTOMER, NAME) and is_absent(response, value):
            for one in list(found.values()):
                if value == one.list_id or (kind == NAME and plain(value) == plain(one.name)):
                    found[one.list_id] = replace(one, is_gone=True)
        for item in response.objects:
            if isinstance(item, InvoiceRet):  # it tells its customer's name by the way
                customer = _kept(item.customer_ref)
                if customer.list_id and customer.full_name:
                    known = KnownCustomer(list_id=customer.list_id, name=customer.full_name)
                    found.setdefault(customer.list_id, known)
            elif isinstance(item, CustomerRet) and item.list_id and item.full_name:
                found[item.list_id] = _told_customer(item, found.get(item.list_id))
    return found


def _told_customer(item: CustomerRet, known: KnownCustomer | None) -> KnownCustomer:
    """Make a customer of what was just told; what was not told of it stays as it was known."""
    told = replace(
        known or KnownCustomer(list_id=item.list_id or "", name=""),
        name=item.full_name or "",
        is_active=item.is_active is not False,
        is_gone=False,
    )
    if item.balance is not None:
        told = replace(told, balance_cents=item.balance)
    currency = item.currency_ref.full_name if item.currency_ref else None
    return replace(told, currency=currency) if currency else told


def _absent(told: Told) -> frozenset[str]:
    """List the ids that QuickBooks was asked for and does not have."""
    return frozenset(
        value
        for (kind, value), response in told.items()
        if kind in (TXN_ID, CUSTOMER)
        and (is_absent(response, value) or response.status.code == MALFORMED_ID)
        and not response.objects
    )


def _claimed(turn: Turn, txn_ids: Collection[str]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for row in ledger.claimed(turn.db, turn.session.company_file_id, txn_ids):
        claim = Claim(payment_id=row.payment_id, id=row.external_id, cents=row.cents)
        found.setdefault(row.txn_id, []).append(claim)
    return found


def _accounts(turn: Turn, invoices: Iterable[Invoice]) -> dict[str, str]:
    """Name the A/R accounts, where there is more than one to be told apart."""
    used = {invoice.ar_account_list_id for invoice in invoices if invoice.ar_account_list_id}
    if len(used) < 2:  # noqa: PLR2004 - one cannot be taken for another
        return {}
    return short_lists.account_names(turn.db, turn.session.company_file_id, used)


def _alike(
    turn: Turn, payments: Sequence[Waiting], customers: Mapping[str, KnownCustomer]
) -> dict[int, tuple[Entry, ...]]:
    """Find entries that others made and that look like a payment: same family, amount and days."""
    asked = [one for one in payments if one.received_on is not None and not one.post_anyway]
    days = [one.received_on for one in asked if one.received_on is not None]
    if not days:
        return {}
    rows = stored.entries_like(
        turn.db,
        turn.session.company_file_id,
        amounts={payment.amount_cents for payment in asked},
        since=min(days) - ALIKE_DAYS,
        until=max(days) + ALIKE_DAYS,
    )
    by_cents: dict[int, list[AnyRow]] = {}
    for row in rows:
        by_cents.setdefault(row.total_cents, []).append(row)
    found = {
        payment.id: tuple(
            _entry(row)
            for row in by_cents.get(payment.amount_cents, ())
            if _is_near(row, payment) and _is_of_family(row, payment, customers)
        )
        for payment in asked
    }
    return {payment_id: entries for payment_id, entries in found.items() if entries}


def _is_near(row: AnyRow, payment: Waiting) -> bool:
    assert payment.received_on is not None  # only those are asked about
    return bool(abs(row.txn_date - payment.received_on) <= ALIKE_DAYS)


def _is_of_family(row: AnyRow, payment: Waiting, customers: Mapping[str, KnownCustomer]) -> bool:
    payer = payment.customer
    if payer.list_id is not None and row.customer_list_id == payer.list_id:
        return True
    known = customers.get(payer.list_id or "")
    return is_family(row.customer_name, payer.name or (known.name if known else None))


def _entry(row: AnyRow) -> Entry:
    return Entry(
        txn_id=row.txn_id,
        number=row.reference,
        day=row.txn_date,
        cents=row.total_cents,
        customer_name=row.customer_name,
    )


def _with_links(turn: Turn, books: Books, payments: Sequence[Waiting]) -> Books:
    """Add what is set against invoices that have too little room, and whose payments those are."""
    short = _short(books, payments)
    alike = {entry.txn_id for entries in books.alike.values() for entry in entries}
    if not short and not alike:
        return books
    company_file_id = turn.session.company_file_id
    links = _set_against(turn, books, short) if short else {}
    others = {link.txn_id for own in links.values() for link in own}
    said_back = ledger.links(turn.db, company_file_id, others | alike)
    used_on = {
        txn_id: tuple(dict.fromkeys(row.other_number for row in own if row.other_number))
        for txn_id, own in said_back.items()
    }
    if not short:
        return replace(books, used_on=used_on)
    own_side = {
        (row.txn_id, row.other_txn_id): None if row.amount_cents is None else abs(row.amount_cents)
        for own in said_back.values()
        for row in own
    }
    moved = _moved(turn, links)
    explained = {
        txn_id: replace(
            books.invoices[txn_id],
            links=tuple(
                replace(
                    link,
                    own_cents=own_side.get((link.txn_id, txn_id)),
                    moved_credit=moved.get(link.txn_id),
                )
                for link in _joined(own)
            ),
        )
        for txn_id, own in links.items()
    }
    ours = {
        row.txn_id: OnlinePayment(
            id=row.external_id,
            reference=row.reference,
            day=row.received_on,
            cents=row.amount_cents,
            method=row.method,
        )
        for row in stored.payments_under(turn.db, company_file_id, others)
    }
    return replace(books, invoices={**books.invoices, **explained}, ours=ours, used_on=used_on)


def _short(books: Books, payments: Sequence[Waiting]) -> set[str]:
    """List the invoices (TxnIDs) that have less room than a payment has for them."""
    planned: dict[str, int] = {}
    for payment in payments:
        for part in payment.apply:
            if part.txn_id is not None:
                planned[part.txn_id] = max(planned.get(part.txn_id, 0), part.amount_cents)
            elif part.number is not None:
                for named in books.numbered(part.number):
                    cents = max(planned.get(named.txn_id, 0), part.amount_cents)
                    planned[named.txn_id] = cents
    return {
        txn_id
        for txn_id, cents in planned.items()
        if (invoice := books.standing(txn_id)) is not None
        and (not invoice.is_open or (invoice.balance_cents or 0) < cents)
    }


def _set_against(turn: Turn, books: Books, short: Collection[str]) -> dict[str, tuple[Link, ...]]:
    """Give what is set against invoices: as just told, or else as imported, and what we just paid.

    The balance of an invoice that this session has paid is known, and its payment not imported yet.
    """
    imported = ledger.links(turn.db, turn.session.company_file_id, short)
    links = {
        txn_id: books.invoices[txn_id].links
        or tuple(_link(row) for row in imported.get(txn_id, ()))
        for txn_id in short
    }
    for row in ledger.just_paid(turn.db, turn.session.id, short):
        told = {link.txn_id for link in links[row.invoice_txn_id]}
        if row.cents and row.txn_id not in told:
            links[row.invoice_txn_id] = (_posted(row), *links[row.invoice_txn_id])
    return links


def _moved(turn: Turn, links: Mapping[str, Sequence[Link]]) -> dict[str, Link]:
    """Give the credit memos of other jobs that journal entries (by TxnID) brought here."""
    journals = {
        link.txn_id for own in links.values() for link in own if link.type == "JournalEntry"
    }
    if not journals:
        return {}
    return {
        row.journal_txn_id: Link(
            txn_id=row.txn_id,
            type="CreditMemo",
            number=row.number,
            day=row.txn_date,
            cents=None if row.amount_cents is None else abs(row.amount_cents),
        )
        for row in ledger.moved_credits(turn.db, turn.session.company_file_id, journals)
    }


def _joined(links: Sequence[Link]) -> list[Link]:
    """Put the lines of one transaction together: a payment and the discount given with it."""
    joined: dict[str, Link] = {}
    for link in links:
        before = joined.get(link.txn_id)
        if before is not None and before.cents is not None and link.cents is not None:
            joined[link.txn_id] = replace(before, cents=before.cents + link.cents)
        else:
            joined[link.txn_id] = link
    return list(joined.values())


def _link(row: AnyRow) -> Link:
    return Link(
        txn_id=row.other_txn_id,
        type=row.other_type,
        number=row.other_number,
        day=row.other_date,
        cents=None if row.amount_cents is None else abs(row.amount_cents),
    )


def _posted(row: AnyRow) -> Link:
    return Link(
        txn_id=row.txn_id,
        type="ReceivePayment",
        number=row.reference,
        day=row.day,
        cents=row.cents,
    )


def _told_invoices(told: Told) -> dict[str, Invoice]:
    return {
        item.txn_id: _told_invoice(item, item.txn_id)
        for response in told.values()
        for item in response.objects
        if isinstance(item, InvoiceRet) and item.txn_id
    }


def _told_invoice(item: InvoiceRet, txn_id: str) -> Invoice:
    customer, account = _kept(item.customer_ref), _kept(item.ar_account_ref)
    total = None if item.subtotal is None else item.subtotal + (item.sales_tax_total or 0)
    return Invoice(
        txn_id=txn_id,
        number=item.ref_number,
        customer_list_id=customer.list_id,
        customer_name=customer.full_name,
        ar_account_list_id=account.list_id,
        day=item.txn_date,
        total_cents=total,
        balance_cents=item.balance_remaining,
        is_open=item.is_paid is not True,
        is_pending=item.is_pending is True,
        is_voided=total == 0 and (item.memo or "").startswith("VOID:"),
        created_wall=receipts.wall_of(item.time_created),
        links=tuple(
            Link(
                txn_id=linked.txn_id,
                type=linked.txn_type,
                number=linked.ref_number,
                day=linked.txn_date,
                cents=None if linked.amount is None else abs(linked.amount),
            )
            for linked in item.linked_txn
            if linked.txn_id
        ),
    )


def _kept(ref: Ref | None) -> Ref:
    """Keep of a reference what QuickBooks itself could hold."""
    list_id, name = (ref.list_id, ref.full_name) if ref else (None, None)
    return Ref(
        list_id=list_id if len(list_id or "") <= ID_LENGTH_MAX else None,
        full_name=name if len(name or "") <= NAME_LENGTH_MAX else None,
    )
