"""What changed in the books: customers, invoices, credit memos, and what is set against what.

Asked in the message sets of `settle`, page by page; the rules are `sync_core.reading`.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from models.base import AnyRow
from models.queries import ledger
from models.queries import receipts as stored
from qbwc_server.services.steps import elements
from qbwc_server.services.steps.answers import is_absent, is_complete, is_none
from qbwc_server.services.steps.step import Turn
from qbxml.aggregate import RequestMessage
from qbxml.credit_memo import CreditMemoQuery, CreditMemoRet
from qbxml.customer import CustomerQuery, CustomerRet
from qbxml.deletion import ListDeletedRet, TxnDeletedRet
from qbxml.envelope import Request, Response
from qbxml.filters import ModifiedDateRangeFilter, TxnDateRangeFilter
from qbxml.invoice import InvoiceQuery, InvoiceRet
from qbxml.payment import ReceivePaymentQuery, ReceivePaymentRet
from sync_core import doubt, reading, receipts
from sync_core.names import plain
from sync_core.reading import IMPORTED, Cursor, Listed, Page
from sync_core.wording import office

log = structlog.get_logger()

Row = dict[str, Any]
Told = tuple[Sequence[Any], Response | None]  # a kind, a value, an id; and its answer

# What may be asked for again, by TxnID: the list each is on, as its kind of question.
STALE = "stale_"
# The questions that bring along what payments are applied to: the list of them, and these.
WITH_LINES = ("list", f"{STALE}{Listed.PAYMENTS}")

_WHAT = {
    Listed.CUSTOMERS: "customers",
    Listed.INVOICES: "invoices",
    Listed.CREDIT_MEMOS: "credit memos",
}

# What an id, an EditSequence, a number and a name hold (Intuit XSD 13.0). What is longer was
# garbled on its way.
ID_MAX, EDIT_SEQUENCE_MAX, NUMBER_MAX, NAME_MAX, WORD_MAX = 36, 16, 11, 209, 50
RECEIPT_NUMBER_MAX, CURRENCY_MAX = 20, 64


# Asking


def cursors(turn: Turn, company: AnyRow) -> dict[Listed, Cursor]:
    """Give how far this session has read each list; where it begins, at its first question."""
    if turn.session.lists:
        return {Listed(name): Cursor.of(kept) for name, kept in turn.session.lists.items()}
    known = ledger.readings(turn.db, turn.session.company_file_id)
    begun = {}
    for listed in IMPORTED:
        row = known.get(listed)
        sync_from = None if listed is Listed.CUSTOMERS else company.sync_from
        is_whole = (
            row is None
            or company.takes_stock
            or reading.is_out_of_date(row.complete_at, row.since, sync_from, now=turn.now)
        )
        since = "" if is_whole or row is None else doubt.asked_from(row.mark) or ""
        begun[listed] = Cursor(since=since, began=turn.now.isoformat())
    return begun


def was_silent(turn: Turn, begun: Mapping[Listed, Cursor]) -> bool:
    """Say whether so long was nothing read that deletions are lost: all is to be read again."""
    if not any(cursor.is_whole for cursor in begun.values()):
        return False
    known = ledger.readings(turn.db, turn.session.company_file_id).values()
    return any(
        row.complete_at is not None and reading.is_silence(row.complete_at, now=turn.now)
        for row in known
    )


def doubt_unseen_payments(turn: Turn) -> None:
    """Ask by TxnID for the payments received that their whole list did not tell."""
    session = turn.session
    ledger.doubt_unseen(turn.db, Listed.PAYMENTS, session.company_file_id, session.id, since=None)


def questions(
    turn: Turn, begun: Mapping[Listed, Cursor], *, has_stale: bool
) -> list[tuple[str, str, int]]:
    """List what is asked next: a page of each list that is not over, and what has gone stale."""
    company_file_id, after = turn.session.company_file_id, turn.session.stale_after or ""
    limit = turn.settings.import_page_size
    stale = ledger.stale(turn.db, company_file_id, after=after, limit=limit) if has_stale else ()
    return [
        *(
            (listed.value, cursor.iterator_id or "", 0)
            for listed, cursor in begun.items()
            if not cursor.is_over
        ),
        *((f"{STALE}{listed}", txn_id, 0) for listed, txn_id in stale),
    ]


def size(turn: Turn, company: AnyRow) -> int:
    """Give how many entries of a list one answer is to bring."""
    limit = turn.settings.import_page_size
    return min(company.page_size or limit, limit)


def request(
    question: Sequence[Any],
    name: str,
    begun: Mapping[Listed, Cursor],
    company: AnyRow,
    page: int,
) -> Request | None:
    """Make the request of one of these questions; None for a question that is none of them."""
    kind, value, _ = question
    if kind.startswith(STALE):
        return Request(name, _by_txn_id(Listed(kind.removeprefix(STALE)), value))
    if kind not in _WHAT:
        return None
    listed = Listed(kind)
    asked = _page_of(listed, begun[listed].since, company.sync_from, page)
    return Request(name, asked, "Continue" if value else "Start", value or None)


def _page_of(listed: Listed, since: str, sync_from: date | None, page: int) -> RequestMessage:
    """Ask for a page: of what changed since, or of the whole list from the Sync From Date on."""
    if listed is Listed.CUSTOMERS:
        return CustomerQuery(
            max_returned=page,
            active_status="All",
            from_modified_date=since or None,
            include_ret_element=elements.CUSTOMER,
        )
    changed = ModifiedDateRangeFilter(from_modified_date=since) if since else None
    dated = TxnDateRangeFilter(from_txn_date=sync_from) if sync_from and not since else None
    if listed is Listed.INVOICES:
        return InvoiceQuery(
            max_returned=page,
            modified_date_range_filter=changed,
            txn_date_range_filter=dated,
            include_linked_txns=True,
            include_ret_element=elements.INVOICE,
        )
    return CreditMemoQuery(
        max_returned=page,
        modified_date_range_filter=changed,
        txn_date_range_filter=dated,
        include_linked_txns=True,
        include_ret_element=elements.CREDIT_MEMO,
    )


def _by_txn_id(listed: Listed, txn_id: str) -> RequestMessage:
    if listed is Listed.INVOICES:
        return InvoiceQuery(
            txn_id=(txn_id,), include_linked_txns=True, include_ret_element=elements.INVOICE
        )
    if listed is Listed.CREDIT_MEMOS:
        return CreditMemoQuery(
            txn_id=(txn_id,), include_linked_txns=True, include_ret_element=elements.CREDIT_MEMO
        )
    return ReceivePaymentQuery(
        txn_id=(txn_id,), include_line_items=True, include_ret_element=elements.RECEIPT_WITH_LINES
    )


# Taking


@dataclass(slots=True)
class _Taking:
    """One answer on its way into the tables."""

    turn: Turn
    sync_from: date | None = None  # what is older is not written, unless it is known
    takes_all: bool = False  # or a payment means it
    changed: set[str] = field(default_factory=set)  # TxnIDs
    number: int | None = None
    counts: Counter[Listed] = field(default_factory=Counter)  # of what is new, changed or gone

    @property
    def company_file_id(self) -> int:
        return self.turn.session.company_file_id

    def change(self) -> int:
        """Give the number of this transaction's changes, taken when the first one is written."""
        if self.number is None:
            self.number = ledger.next_change(self.turn.db, self.company_file_id)
        return self.number

    def learned(self) -> dict[str, int]:
        """Count on in the session how much came in."""
        session = self.turn.session
        names = (f"{listed}_changed" for listed in self.counts)
        counts = self.counts.values()
        return {
            name: getattr(session, name) + count for name, count in zip(names, counts, strict=True)
        }


def take(
    turn: Turn, told: Sequence[Told], company: AnyRow, page: int
) -> tuple[dict[str, Any], bool]:
    """Write what was told; say how far the lists were read, and whether any entry has changed."""
    taking = _Taking(turn, company.sync_from)
    begun = cursors(turn, company)
    after = {listed: _follow(cursor, listed, told, page) for listed, cursor in begun.items()}
    whole = {listed for listed, cursor in begun.items() if cursor.is_whole and not cursor.is_over}
    for listed in IMPORTED:
        items = _objects(told, _RETS[listed])
        if items:
            _write(taking, listed, items, is_whole=listed in whole)
    with_lines = [each for each in told if each[0][0] in WITH_LINES]
    _write_payments(taking, _objects(with_lines, ReceivePaymentRet))
    _write_deletions(taking, told)
    _settle_stale(taking, told)
    _compare(taking)
    ended = {
        listed: cursor
        for listed, cursor in after.items()
        if cursor.left == 0 and not begun[listed].is_over
    }
    if ended:
        _complete(taking, ended)
    if taking.changed:
        _link_twins(taking)
    stale = [question[1] for question, _ in told if question[0].startswith(STALE)]
    learned = {
        "lists": {listed.value: cursor.as_json() for listed, cursor in after.items()},
        **({"stale_after": max(stale)} if stale else {}),
        **taking.learned(),
    }
    return learned, taking.number is not None


def are_read(turn: Turn) -> bool:
    """Say whether a session has nothing more to ask of any list."""
    return all(Cursor.of(cursor).is_over for cursor in turn.session.lists.values())


def resize(turn: Turn, size: int, took: timedelta) -> None:
    """Make pages smaller when QuickBooks was slow, and let them grow back when it was quick."""
    wanted = reading.page_size(size, took, limit=turn.settings.import_page_size)
    if wanted != size:
        ledger.resize(turn.db, turn.session.company_file_id, wanted)


def said(begun: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """Tell the office of lists that were given up with this answer; None when none was."""
    given_up = [
        _WHAT[Listed(name)]
        for name, kept in after.items()
        if kept["given_up"] and not begun[name]["given_up"]
    ]
    return office.NOT_LISTED.format(what=" and ".join(given_up)) if given_up else None


def _follow(cursor: Cursor, listed: Listed, told: Sequence[Told], page: int) -> Cursor:
    """Go on with a list by its answer; it is given up for this session where that tells no end."""
    answers = [response for question, response in told if question[0] == listed.value]
    if not answers:
        return cursor
    (response,) = answers
    if response is None or not is_complete(response):
        return replace(cursor, given_up=True)
    items = [item for item in response.objects if isinstance(item, _RETS[listed])]
    if len(items) != len(response.objects):
        return replace(cursor, given_up=True)
    moments = [receipts.wall_of(item.time_modified) for item in items]
    told_page = Page(
        count=len(response.objects),
        left=0 if is_none(response) else response.iterator_remaining,
        iterator_id=_plain_id(response.iterator_id),
        seen=max(filter(None, moments), default=None),
    )
    return reading.follow(cursor, told_page, size=page) or replace(cursor, given_up=True)


def _plain_id(iterator_id: str | None) -> str | None:
    is_plain = iterator_id and iterator_id.isascii() and iterator_id.isprintable()
    return iterator_id if is_plain and " " not in str(iterator_id) else None


def _complete(taking: _Taking, ended: Mapping[Listed, Cursor]) -> None:
    """Write that lists were read to their end; what a whole one lacks is gone, or asked for."""
    turn, company_file_id = taking.turn, taking.company_file_id
    known = ledger.readings(turn.db, company_file_id)
    read = []
    for listed, cursor in ended.items():
        since = None if listed is Listed.CUSTOMERS else taking.sync_from
        if cursor.is_whole and listed is Listed.CUSTOMERS:
            unseen = ledger.unseen_customers(turn.db, company_file_id, turn.session.id)
            _gone(taking, listed, dict.fromkeys(unseen, ""))
        elif cursor.is_whole:
            ledger.doubt_unseen(turn.db, listed, company_file_id, turn.session.id, since=since)
        before = known.get(listed)
        mark = reading.mark_of(cursor, before.mark if before else None, now=turn.now)
        is_told = cursor.seen is not None
        if before is None or _is_news(before, mark if is_told else before.mark, since, turn.now):
            read.append({"listed": listed, "mark": mark, "since": since, "complete_at": turn.now})
    ledger.complete(turn.db, company_file_id, read)


def _is_news(before: AnyRow, mark: str | None, since: date | None, now: datetime) -> bool:
    """Say whether the end of a list is to be written; a poll in which nothing changed is not.

    Where nothing was told the mark is our clock's, and moves with each poll: the one before is as
    good, for a day.
    """
    is_old = before.complete_at is None or now - before.complete_at > timedelta(days=1)
    return is_old or (before.mark, before.since) != (mark, since)


def _write(taking: _Taking, listed: Listed, items: Iterable[Any], *, is_whole: bool) -> None:
    """Write the entries of a list that are not as they were, with what is set against them."""
    turn, table = taking.turn, ledger.TABLES[listed]
    key = "list_id" if listed is Listed.CUSTOMERS else "txn_id"
    made = {row[key]: (row, links) for row, links in map(_MAKERS[listed], items) if row}
    known = ledger.fingerprints(turn.db, table, taking.company_file_id, made)
    same, rows, links = [], [], []
    for one, (row, own) in made.items():
        told = _fingerprint(row, own)
        if known.get(one) == told:
            same.append(one)
        elif one in known or taking.takes_all or _is_wanted(row, taking.sync_from):
            rows.append(row | {"fingerprint": told})
            links.extend(own)
    if is_whole:
        ledger.see(turn.db, table, taking.company_file_id, same, turn.session.id)
    if not rows:
        return
    taking.counts[listed] += len(rows)
    shared = {"company_file_id": taking.company_file_id, "seen_session_id": turn.session.id}
    if listed is not Listed.CREDIT_MEMOS:
        shared["change_number"] = taking.change()
    ledger.write(turn.db, table, [row | shared for row in rows])
    if listed is not Listed.CUSTOMERS:
        written = [row["txn_id"] for row in rows]
        taking.changed.update(written)
        if listed is Listed.INVOICES and taking.sync_from is not None:
            ledger.hide(turn.db, taking.company_file_id, taking.sync_from, taking.change(), written)
        _write_links(taking, written, links)
        _rename(taking, [row for row in rows if row["txn_id"] in known])


def _is_wanted(row: Row, sync_from: date | None) -> bool:
    """Say whether what is not known yet is to be known: not what is older than that day."""
    day = row.get("txn_date")
    return sync_from is None or day is None or day >= sync_from


def _write_links(taking: _Taking, txn_ids: Sequence[str], links: Sequence[Row]) -> None:
    company = {"company_file_id": taking.company_file_id}
    ledger.write_links(
        taking.turn.db, taking.company_file_id, txn_ids, [link | company for link in links]
    )


def _rename(taking: _Taking, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write transactions' numbers and dates where others name them: those are not told anew."""
    ledger.rename(
        taking.turn.db,
        taking.company_file_id,
        [
            {"named": row["txn_id"], "to_number": row["number"], "to_date": row["txn_date"]}
            for row in rows
        ],
    )


def _write_payments(taking: _Taking, items: Sequence[ReceivePaymentRet]) -> None:
    """Write what payments are applied to, where that is news; the payments are `evidence`'s."""
    told = {
        item.txn_id: _applied(item) for item in items if item.txn_id and len(item.txn_id) <= ID_MAX
    }
    if not told:
        return
    known: dict[str, list[AnyRow]] = {}
    called: dict[str, set[tuple[str | None, date | None]]] = {}
    for row in ledger.both_sides(taking.turn.db, taking.company_file_id, told):
        if row.txn_id in told:
            known.setdefault(row.txn_id, []).append(row)
        else:
            called.setdefault(row.other_txn_id, set()).add((row.other_number, row.other_date))
    news = [
        txn_id
        for txn_id, links in told.items()
        if [[link[name] for name in _TOLD] for link in links]
        != [[getattr(row, name) for name in _TOLD] for row in known.get(txn_id, ())]
    ]
    taking.changed.update(news)
    _write_links(taking, news, [link for txn_id in news for link in told[txn_id]])
    names = {item.txn_id or "": _name(item) for item in items}
    _rename(
        taking,
        [
            {"txn_id": txn_id, "number": names[txn_id][0], "txn_date": names[txn_id][1]}
            for txn_id, said in called.items()
            if said != {names[txn_id]}
        ],
    )


def _name(item: ReceivePaymentRet) -> tuple[str | None, date | None]:
    return _short(item.ref_number, RECEIPT_NUMBER_MAX), item.txn_date


def take_referred(turn: Turn, items: Sequence[InvoiceRet]) -> dict[str, int]:
    """Write invoices that payments refer to, be they older than the Sync From Date."""
    company = stored.reading(turn.db, turn.session.company_file_id)
    taking = _Taking(turn, company.sync_from, takes_all=True)
    if items:
        _write(taking, Listed.INVOICES, items, is_whole=False)
    _compare(taking)
    return taking.learned()


def show(turn: Turn, txn_ids: Collection[str]) -> None:
    """Show invoices older than the Sync From Date that a payment means."""
    if txn_ids:
        company_file_id = turn.session.company_file_id
        change = ledger.next_change(turn.db, company_file_id)
        ledger.show(turn.db, company_file_id, txn_ids, change)


def take_asked(turn: Turn, items: Sequence[InvoiceRet], sync_from: date | None) -> dict[str, int]:
    """Write invoices that were asked for by number, as if they had been listed."""
    if not items:
        return {}
    taking = _Taking(turn, sync_from)
    _write(taking, Listed.INVOICES, items, is_whole=False)
    _compare(taking)
    _link_twins(taking)
    return taking.learned()


def invoice_row(item: InvoiceRet) -> Row | None:
    """Read an invoice as it would be written; None for one that cannot be."""
    return _invoice(item)[0]


def _write_deletions(taking: _Taking, told: Sequence[Told]) -> None:
    """Write what was deleted, and doubt all that had to do with it."""
    gone: dict[Listed, dict[str, str]] = {}
    by_type = {"Invoice": Listed.INVOICES, "CreditMemo": Listed.CREDIT_MEMOS}
    payments, named = list[str](), list[TxnDeletedRet]()
    for item in _objects(told, TxnDeletedRet):
        if item.txn_id and item.txn_del_type in by_type:
            wall = receipts.wall_of(item.time_deleted) or ""
            gone.setdefault(by_type[item.txn_del_type], {})[item.txn_id] = wall
            if item.txn_del_type == "Invoice":
                named.append(item)
        elif item.txn_id:
            payments.append(item.txn_id)
    for entry in _objects(told, ListDeletedRet):
        if entry.list_id and entry.list_del_type == "Customer":
            wall = receipts.wall_of(entry.time_deleted) or ""
            gone.setdefault(Listed.CUSTOMERS, {})[entry.list_id] = wall
    for listed, ids in gone.items():
        _gone(taking, listed, ids)
    _remember(taking, named)
    if payments:
        _cut(taking, payments)


def _remember(taking: _Taking, items: Sequence[TxnDeletedRet]) -> None:
    """Write down invoices that were deleted before they were ever told: a payment may mean one."""
    told = {item.txn_id or "": item for item in items if _fits(item.txn_id, ID_MAX)}
    if not told:
        return
    known = ledger.fingerprints(
        taking.turn.db, ledger.TABLES[Listed.INVOICES], taking.company_file_id, told
    )
    rows = [
        {
            "company_file_id": taking.company_file_id,
            "txn_id": txn_id,
            "created_wall": receipts.wall_of(item.time_created),
            "number": (number := _short(item.ref_number, NUMBER_MAX)),
            "plain_number": plain(number) if number else None,
            "deleted_wall": receipts.wall_of(item.time_deleted) or "",
            "is_paid": False,
            "is_pending": False,
            "is_voided": False,
            "fingerprint": "",
            "seen_session_id": taking.turn.session.id,
            "change_number": taking.change(),
        }
        for txn_id, item in told.items()
        if txn_id not in known
    ]
    taking.counts[Listed.INVOICES] += len(rows)
    ledger.write(taking.turn.db, ledger.TABLES[Listed.INVOICES], rows)


def _gone(taking: _Taking, listed: Listed, named: Mapping[str, str]) -> None:
    """Write that entries are gone, `named` by id with QuickBooks' time or ""."""
    if not named:
        return
    table = ledger.TABLES[listed]
    there = ledger.there(taking.turn.db, table, taking.company_file_id, named)
    if not there:
        return
    taking.counts[listed] += len(there)
    change: Row = {} if listed is Listed.CREDIT_MEMOS else {"change_number": taking.change()}
    gone = {one: named[one] for one in there}
    ledger.delete_named(taking.turn.db, table, taking.company_file_id, gone, change)
    if listed is not Listed.CUSTOMERS:
        ledger.settle(taking.turn.db, taking.company_file_id, there)
        _cut(taking, there)


def _cut(taking: _Taking, txn_ids: Collection[str]) -> None:
    """Take away what was set against transactions that are gone; what still says so is doubted."""
    db, company_file_id = taking.turn.db, taking.company_file_id
    ledger.doubt(db, company_file_id, ledger.set_against(db, company_file_id, txn_ids))
    ledger.write_links(db, company_file_id, txn_ids, [])
    taking.changed.update(txn_ids)


def _settle_stale(taking: _Taking, told: Sequence[Told]) -> None:
    """Be done with what was asked for by its TxnID and told; what is not there is gone.

    Of an online payment that says nothing: only QuickBooks' own word that it was deleted does.
    """
    absent: dict[str, list[str]] = {}
    settled = []
    for question, response in told:
        kind, txn_id, _ = question
        if not kind.startswith(STALE) or response is None:
            continue
        is_there = any(getattr(item, "txn_id", None) == txn_id for item in response.objects)
        if not is_there and not is_absent(response, txn_id):
            continue
        settled.append(txn_id)
        if not is_there:
            absent.setdefault(kind.removeprefix(STALE), []).append(txn_id)
    ledger.settle(taking.turn.db, taking.company_file_id, settled)
    for name, txn_ids in absent.items():
        if name != Listed.PAYMENTS:
            _gone(taking, Listed(name), dict.fromkeys(txn_ids, ""))
        elif forgotten := stored.forget(taking.turn.db, taking.company_file_id, txn_ids):
            _cut(taking, forgotten)


def _compare(taking: _Taking) -> None:
    """Doubt whatever does not say of what changed what that says of it.

    QuickBooks does not always tell an invoice anew when a payment is set against it (unverified).
    """
    if not taking.changed:
        return
    db, company_file_id = taking.turn.db, taking.company_file_id
    one_sided = {
        own if other in taking.changed else other
        for own, other in ledger.one_sided(db, company_file_id, taking.changed)
    }
    ledger.doubt(db, company_file_id, one_sided - taking.changed)


def _link_twins(taking: _Taking) -> None:
    """Link deleted invoices to the ones that were made anew in their place."""
    found = ledger.twins(taking.turn.db, taking.company_file_id, taking.changed)
    if found:
        ledger.replace(taking.turn.db, taking.company_file_id, found, taking.change())


def _objects(told: Sequence[Told], kind: type[Any]) -> list[Any]:
    """List all objects of a kind that were told, whatever was asked."""
    return [
        item
        for _, response in told
        if response is not None
        for item in response.objects
        if isinstance(item, kind)
    ]


# Rows


def _customer(item: CustomerRet) -> tuple[Row | None, list[Row]]:
    if not _fits(item.list_id, ID_MAX) or not _fits(item.full_name, NAME_MAX):
        return None, []
    parent = item.parent_ref
    return {
        "list_id": item.list_id,
        "edit_sequence": _short(item.edit_sequence, EDIT_SEQUENCE_MAX),
        "full_name": item.full_name,
        "plain_name": plain(item.full_name or ""),
        "parent_list_id": _short(parent.list_id if parent else None, ID_MAX),
        "is_active": item.is_active is not False,
        "balance_cents": item.balance,
        "currency": _currency(item),
        "gone_wall": None,
    }, []


def _invoice(item: InvoiceRet) -> tuple[Row | None, list[Row]]:
    if not _fits(item.txn_id, ID_MAX):
        return None, []
    number = _short(item.ref_number, NUMBER_MAX)
    total = None if item.subtotal is None else item.subtotal + (item.sales_tax_total or 0)
    return {
        **_transaction(item),
        "created_wall": receipts.wall_of(item.time_created),
        "number": number,
        "plain_number": plain(number) if number else None,
        "due_date": item.due_date,
        "total_cents": total,
        "balance_cents": item.balance_remaining,
        "is_paid": item.is_paid is True,
        "is_pending": item.is_pending is True,
        "is_voided": total == 0 and (item.memo or "").startswith("VOID:"),
        "currency": _currency(item),
        "replaced_by": None,
    }, _linked(item)


def _credit_memo(item: CreditMemoRet) -> tuple[Row | None, list[Row]]:
    if not _fits(item.txn_id, ID_MAX):
        return None, []
    return {
        **_transaction(item),
        "number": _short(item.ref_number, NUMBER_MAX),
        "total_cents": item.total_amount,
        "remaining_cents": item.credit_remaining,
    }, _linked(item)


def _transaction(item: InvoiceRet | CreditMemoRet) -> Row:
    customer, account = item.customer_ref, item.ar_account_ref
    return {
        "txn_id": item.txn_id,
        "edit_sequence": _short(item.edit_sequence, EDIT_SEQUENCE_MAX),
        "customer_list_id": _short(customer.list_id if customer else None, ID_MAX),
        "ar_account_list_id": _short(account.list_id if account else None, ID_MAX),
        "txn_date": item.txn_date,
        "deleted_wall": None,
    }


def _linked(item: InvoiceRet | CreditMemoRet) -> list[Row]:
    return [
        _link(item.txn_id, place, linked, linked.amount)
        for place, linked in enumerate(item.linked_txn)
        if _fits(linked.txn_id, ID_MAX)
    ]


def _applied(item: ReceivePaymentRet) -> list[Row]:
    return [
        _link(item.txn_id, place, line, line.amount)
        for place, line in enumerate(item.applied_to_txn_ret)
        if _fits(line.txn_id, ID_MAX)
    ]


# What tells whether a link is as it was: the other's number and date are told by the other.
_TOLD = ("other_txn_id", "other_type", "amount_cents")


def _link(txn_id: str | None, place: int, linked: Any, cents: int | None) -> Row:
    return {
        "txn_id": txn_id,
        "position": place,
        "other_txn_id": linked.txn_id,
        "other_type": _short(linked.txn_type, WORD_MAX),
        "other_number": _short(linked.ref_number, RECEIPT_NUMBER_MAX),
        "other_date": linked.txn_date,
        "amount_cents": cents,
    }


def _currency(item: CustomerRet | InvoiceRet) -> str | None:
    return _short(item.currency_ref.full_name if item.currency_ref else None, CURRENCY_MAX)


def _fits(text: str | None, length_max: int) -> bool:
    return bool(text) and len(text or "") <= length_max


def _short(text: str | None, length_max: int) -> str | None:
    return text if len(text or "") <= length_max else None


def _fingerprint(row: Row, links: Sequence[Row]) -> str:
    """Give what two tellings of the same entry have in common if nothing changed."""
    said = repr((list(row.values()), [[link[name] for name in _TOLD] for link in links]))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


_MAKERS: Mapping[Listed, Callable[[Any], tuple[Row | None, list[Row]]]] = {
    Listed.CUSTOMERS: _customer,
    Listed.INVOICES: _invoice,
    Listed.CREDIT_MEMOS: _credit_memo,
}
_RETS: Mapping[Listed, type[Any]] = {
    Listed.CUSTOMERS: CustomerRet,
    Listed.INVOICES: InvoiceRet,
    Listed.CREDIT_MEMOS: CreditMemoRet,
}
