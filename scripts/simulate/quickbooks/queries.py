"""The queries: by values, which may be unknown, or by filters, perhaps in pages.

Source: Intuit OSR and XSD 13.0. A query changes nothing in the books.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from scripts.simulate.quickbooks import company_rows, rows
from scripts.simulate.quickbooks.answers import Answer, found, value_missing
from scripts.simulate.quickbooks.company_file import CompanyFile, Missing
from scripts.simulate.quickbooks.filters import moment_range, wants_item, wants_transaction
from scripts.simulate.quickbooks.iterators import Iterators, Page
from scripts.simulate.quickbooks.lists import find
from scripts.simulate.quickbooks.markup import Element
from scripts.simulate.quickbooks.parsing import Request
from scripts.simulate.quickbooks.reading import flag_of, texts_of
from scripts.simulate.quickbooks.records import (
    Charge,
    CreditMemo,
    Invoice,
    ListItem,
    Payment,
    Removal,
    Transaction,
)
from scripts.simulate.quickbooks.refusals import malformed_id

Item = TypeVar("Item", bound=ListItem)
Kind = TypeVar("Kind", bound=Transaction)
Removed = TypeVar("Removed", bound=Removal)
Found = TypeVar("Found")
Query = Callable[[CompanyFile, Iterators, Request], Answer]

# "80000013-1416570432", and the short ids that recorded contacts have.
WELL_FORMED_ID = re.compile(r"[0-9A-Za-z]+(-[0-9]+)?")
# QuickBooks remembers a deletion for 90 days.
DELETIONS_KEPT = timedelta(days=90)


def check_id(field: str, value: str) -> str:
    """Take an id as one. Errors: Refusal 3000."""
    if WELL_FORMED_ID.fullmatch(value) is None:
        raise malformed_id(field, value)
    return value


def host(books: CompanyFile, _: Iterators, __: Request) -> Answer:
    """HostQuery."""
    return Answer([company_rows.host(books)])


def company(books: CompanyFile, _: Iterators, request: Request) -> Answer:
    """CompanyQuery: private data comes back for the OwnerIDs named."""
    return Answer([company_rows.company(books, texts_of(request.element, "OwnerID"))])


def preferences(books: CompanyFile, _: Iterators, __: Request) -> Answer:
    """PreferencesQuery."""
    return Answer([company_rows.preferences(books)])


def customers(books: CompanyFile, iterators: Iterators, request: Request) -> Answer:
    """CustomerQuery."""
    return _list(books, iterators, request, books.customers, rows.customer)


def accounts(books: CompanyFile, iterators: Iterators, request: Request) -> Answer:
    """AccountQuery."""
    types = texts_of(request.element, "AccountType")
    every = books.accounts
    chosen = {k: v for k, v in every.items() if not types or v.account_type in types}
    return _list(books, iterators, request, chosen, rows.account)


def payment_methods(books: CompanyFile, iterators: Iterators, request: Request) -> Answer:
    """PaymentMethodQuery."""
    types = texts_of(request.element, "PaymentMethodType")
    every = books.payment_methods
    chosen = {k: v for k, v in every.items() if not types or v.method_type in types}
    return _list(books, iterators, request, chosen, rows.payment_method)


def invoices(books: CompanyFile, iterators: Iterators, request: Request) -> Answer:
    """InvoiceQuery."""
    lines, links = _details(request)
    row = partial(rows.invoice, lines=lines, links=links)
    return _transactions(books, iterators, request, Invoice, row)


def credit_memos(books: CompanyFile, iterators: Iterators, request: Request) -> Answer:
    """CreditMemoQuery."""
    lines, links = _details(request)
    row = partial(rows.credit_memo, lines=lines, links=links)
    return _transactions(books, iterators, request, CreditMemo, row)


def charges(books: CompanyFile, iterators: Iterators, request: Request) -> Answer:
    """ChargeQuery."""
    return _transactions(books, iterators, request, Charge, rows.charge)


def payments(books: CompanyFile, iterators: Iterators, request: Request) -> Answer:
    """ReceivePaymentQuery."""
    lines, _ = _details(request)
    return _transactions(books, iterators, request, Payment, partial(rows.payment, lines=lines))


def to_deposit(books: CompanyFile, _: Iterators, __: Request) -> Answer:
    """ReceivePaymentToDepositQuery: what has an amount and waits in Undeposited Funds."""
    return found([rows.to_deposit(books, item) for item in books.to_deposit() if item.total])


def deletions(books: CompanyFile, _: Iterators, request: Request) -> Answer:
    """TxnDeletedQuery: of the last 90 days, of the types named."""
    chosen = _removed(books, request, "TxnDelType", books.deletions)
    return found([rows.deletion(books, item) for item in chosen])


def list_deletions(books: CompanyFile, _: Iterators, request: Request) -> Answer:
    """ListDeletedQuery: of the last 90 days, of the lists named."""
    chosen = _removed(books, request, "ListDelType", books.list_deletions)
    tells_of_merged = books.behaviour.merging_deletes
    told = [item for item in chosen if tells_of_merged or not item.is_merged]
    return found([rows.list_deletion(books, item) for item in told])


QUERIES: dict[str, Query] = {
    "HostQuery": host,
    "CompanyQuery": company,
    "PreferencesQuery": preferences,
    "CustomerQuery": customers,
    "AccountQuery": accounts,
    "PaymentMethodQuery": payment_methods,
    "InvoiceQuery": invoices,
    "CreditMemoQuery": credit_memos,
    "ChargeQuery": charges,
    "ReceivePaymentQuery": payments,
    "ReceivePaymentToDepositQuery": to_deposit,
    "TxnDeletedQuery": deletions,
    "ListDeletedQuery": list_deletions,
}


def _details(request: Request) -> tuple[bool, bool]:
    return (
        flag_of(request.element, "IncludeLineItems"),
        flag_of(request.element, "IncludeLinkedTxns"),
    )


def _removed(
    books: CompanyFile, request: Request, types: str, items: Iterable[Removed]
) -> list[Removed]:
    kinds = texts_of(request.element, types)
    given = request.element.find("DeletedDateRangeFilter")
    in_range = moment_range(books, given if given is not None else request.element, "DeletedDate")
    oldest = books.clock() - DELETIONS_KEPT
    return [
        item
        for item in items
        if item.kind in kinds and item.deleted >= oldest and in_range(item.deleted)
    ]


def _list(
    books: CompanyFile,
    iterators: Iterators,
    request: Request,
    items: Mapping[str, Item],
    row: Callable[[CompanyFile, Item], Element],
) -> Answer:
    query = request.element
    ids = [check_id("list id", value) for value in texts_of(query, "ListID")]
    named = [(value, items.get(value)) for value in ids]
    named += [(value, find(items, value)) for value in texts_of(query, "FullName")]
    if named:
        return _by_value(books, [(value, [item] if item else []) for value, item in named], row)
    wants = wants_item(books, query)
    page = iterators.page(request, lambda: [key for key in items if wants(items[key])])
    return _filtered(books, page, items.get, row)


def _transactions(
    books: CompanyFile,
    iterators: Iterators,
    request: Request,
    kind: type[Kind],
    row: Callable[[CompanyFile, Kind], Element],
) -> Answer:
    query = request.element

    def every() -> Iterator[Kind]:
        return (item for item in books.transactions.values() if isinstance(item, kind))

    def pick(txn_id: str) -> Kind | None:
        item = books.transactions.get(txn_id)
        return item if isinstance(item, kind) else None

    ids = [check_id("Transaction id", value) for value in texts_of(query, "TxnID")]
    picked = [(value, pick(value)) for value in ids]
    named = [(value, [item] if item else []) for value, item in picked]
    named += _numbered(every(), texts_of(query, "RefNumber"), str.casefold)
    named += _numbered(every(), texts_of(query, "RefNumberCaseSensitive"), str)
    if named:
        return _by_value(books, named, row)
    wants = wants_transaction(books, query)
    page = iterators.page(request, lambda: [item.txn_id for item in every() if wants(item)])
    return _filtered(books, page, pick, row)


def _numbered(
    every: Iterable[Kind], numbers: Sequence[str], fold: Callable[[str], str]
) -> list[tuple[str, list[Kind]]]:
    wanted = {fold(number): list[Kind]() for number in numbers}
    if not wanted:
        return []
    for item in every:
        if item.number is not None and fold(item.number) in wanted:
            wanted[fold(item.number)].append(item)
    return [(number, wanted[fold(number)]) for number in numbers]


def _by_value(
    books: CompanyFile,
    named: Sequence[tuple[str, Sequence[Found]]],
    row: Callable[[CompanyFile, Found], Element],
) -> Answer:
    rows_found = [row(books, item) for _, items in named for item in items]
    missing = next((value for value, items in named if not items), None)
    reading = books.behaviour.missing
    if missing is None or reading is Missing.SILENT:
        return Answer(rows_found)
    if reading is Missing.EMPTY:
        return found(rows_found)
    return value_missing(missing, rows_found if reading is Missing.OTHER_ROWS else ())


def _filtered(
    books: CompanyFile,
    page: Page,
    pick: Callable[[str], Found | None],
    row: Callable[[CompanyFile, Found], Element],
) -> Answer:
    items = [pick(key) for key in page.keys]
    answer = found([row(books, item) for item in items if item is not None])
    return replace(answer, extra=page.extra)
