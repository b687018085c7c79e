"""Which records a filter query means: one test per filter element.

Names and numbers are compared whatever the case. Date filters take both ends in and read the wall
clock of the PC. Source: Intuit OSR, the queries' filters.
"""

from collections.abc import Callable
from datetime import datetime

from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.markup import Element
from scripts.simulate.quickbooks.reading import date_of, moment_of, text_of, texts_of
from scripts.simulate.quickbooks.records import (
    Account,
    Charge,
    Customer,
    Invoice,
    ListItem,
    Transaction,
)

MATCHES: dict[str, Callable[[str, str], bool]] = {
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "Contains": str.__contains__,
}


def moment_range(books: CompanyFile, parent: Element, name: str) -> Callable[[datetime], bool]:
    """The test of From...Date and To...Date, for aware UTC."""
    start = moment_of(parent, f"From{name}")
    end = moment_of(parent, f"To{name}", end_of_day=True)

    def seen_from(bound: datetime, moment: datetime) -> datetime:
        return moment.replace(microsecond=0) if bound.tzinfo else books.wall_clock(moment)

    def is_within(moment: datetime) -> bool:
        return (start is None or start <= seen_from(start, moment)) and (
            end is None or seen_from(end, moment) <= end
        )

    return is_within


def wants_item(books: CompanyFile, query: Element) -> Callable[[ListItem], bool]:
    """The test of a list query's filters; inactive items are hidden unless asked for."""
    status = text_of(query, "ActiveStatus") or "ActiveOnly"
    in_range = moment_range(books, query, "ModifiedDate")
    has_name = _has_text(query, "NameFilter", "Name")

    def wants(item: ListItem) -> bool:
        return (
            (status == "All" or item.is_active == (status == "ActiveOnly"))
            and in_range(item.modified)
            and has_name(item.name)
        )

    return wants


def wants_transaction(books: CompanyFile, query: Element) -> Callable[[Transaction], bool]:
    """The test of a transaction query's filters."""
    modified = query.find("ModifiedDateRangeFilter")
    dated = query.find("TxnDateRangeFilter")
    in_range = None if modified is None else moment_range(books, modified, "ModifiedDate")
    first = None if dated is None else date_of(dated, "FromTxnDate")
    last = None if dated is None else date_of(dated, "ToTxnDate")
    of_customer = _related(query.find("EntityFilter"))
    of_account = _related(query.find("AccountFilter"))
    has_number = _has_text(query, "RefNumberFilter", "RefNumber")
    paid_status = text_of(query, "PaidStatus") or "All"

    def wants(item: Transaction) -> bool:
        return (
            (in_range is None or in_range(item.modified))
            and (first is None or first <= item.date)
            and (last is None or item.date <= last)
            and of_customer(item.customer)
            and of_account(item.ar_account)
            and has_number(item.number or "")
            and (paid_status == "All" or _is_paid(item) == (paid_status == "PaidOnly"))
        )

    return wants


def _is_paid(item: Transaction) -> bool:
    if isinstance(item, Charge):
        return item.open_balance == 0
    return isinstance(item, Invoice) and item.is_paid


def _has_text(query: Element, filter_name: str, field: str) -> Callable[[str], bool]:
    given = query.find(filter_name)
    if given is None:
        return lambda _: True
    matches = MATCHES[text_of(given, "MatchCriterion") or "Contains"]
    wanted = (text_of(given, field) or "").casefold()
    return lambda value: matches(value.casefold(), wanted)


def _related(given: Element | None) -> Callable[[Customer | Account], bool]:
    if given is None:
        return lambda _: True
    ids = set(texts_of(given, "ListID"))
    names = {name.casefold() for name in texts_of(given, "FullName")}
    parent_id = text_of(given, "ListIDWithChildren")
    parent_name = (text_of(given, "FullNameWithChildren") or "").casefold()

    def is_meant(item: Customer | Account) -> bool:
        if item.list_id in ids or item.full_name.casefold() in names:
            return True
        if item.list_id == parent_id or item.full_name.casefold() == parent_name:
            return True
        parent = item.parent if isinstance(item, Customer) else None
        return parent is not None and bool(parent_id or parent_name) and is_meant(parent)

    return is_meant
