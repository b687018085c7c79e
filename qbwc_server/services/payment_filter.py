"""What somebody looks for in the list of payments, as it stands in the address of the page.

Names and references are found whole, or customers by how their full name begins: never by what
stands somewhere inside, which no index answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection

from models.queries import listed
from models.queries import payment_list as rows
from models.queries.payment_list import EVERY, Wanted, Way
from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services.preferences import Preferences
from sync_core.lifecycle import PaymentStatus
from sync_core.names import plain
from sync_core.rejection import Cause

Word = TypeVar("Word", bound=StrEnum)

# As long as the longest name of QuickBooks, Customer:Job.
TEXT_MAX = 209
# Customers, or invoices, that one search follows; more than these want a longer beginning.
FOUND_MAX = 50


class Kind(StrEnum):
    """Which list of payments."""

    ALL = ""
    NOT_IN_QUICKBOOKS = "not_in_quickbooks"
    LEFT_OVER = "left_over"
    CHANGED = "changed"
    DISMISSED = "dismissed_without_entry"


# What the word of its list says, but for dismissed ones: that the books are right without us is
# what a person said of those.
_NOT_IN_QUICKBOOKS = (
    *(PaymentStatus.QUEUED, PaymentStatus.SENT, PaymentStatus.IN_DOUBT),
    *(PaymentStatus.REJECTED, PaymentStatus.REVERSED),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which payments; what is None or "" says nothing."""

    search: str = ""
    kind: Kind = Kind.ALL
    state: PaymentStatus | None = None
    received_from: date | None = None
    received_to: date | None = None
    method: str | None = None
    processor: str | None = None
    batch: str | None = None
    cause: Cause | None = None
    amount_cents: int | None = None
    search_cents: int | None = None  # the amount that the search is, besides all else

    @property
    def is_empty(self) -> bool:
        """Say whether all payments are wanted."""
        return self == Filter()


def read(given: Mapping[str, str], prefer: Preferences) -> Filter:
    """Read a filter; `prefer` is how its reader writes amounts.

    Raises:
        InvalidInput: a sentence for each field that cannot be one.
    """
    problems: list[Problem] = []
    texts = {name: _text(given, name, problems) for name in _TEXTS}
    found = Filter(
        search=texts["q"],
        kind=_word(given, "list", Kind, problems) or Kind.ALL,
        state=_word(given, "state", PaymentStatus, problems),
        received_from=_day(given, "from", problems),
        received_to=_day(given, "to", problems),
        method=texts["method"] or None,
        processor=texts["processor"] or None,
        batch=texts["batch"] or None,
        cause=_word(given, "cause", Cause, problems),
        amount_cents=_amount(texts["amount"], prefer, problems),
        search_cents=prefer.cents(texts["q"]) if texts["q"] else None,
    )
    span = (found.received_from, found.received_to)
    if None not in span and span[0] > span[1]:  # type: ignore[operator] # neither is None
        problems.append(Problem("/to", "The last day is before the first one; change one of them."))
    if problems:
        raise InvalidInput(tuple(problems))
    return found


_TEXTS = ("q", "method", "processor", "batch", "amount")


def _text(given: Mapping[str, str], name: str, problems: list[Problem]) -> str:
    text = given.get(name, "").strip()
    if len(text) > TEXT_MAX or not text.isprintable():  # PostgreSQL takes no NUL
        problems.append(Problem(f"/{name}", f"Give at most {TEXT_MAX} letters that can be read."))
        return ""
    return text


def _word(
    given: Mapping[str, str], name: str, words: type[Word], problems: list[Problem]
) -> Word | None:
    word = given.get(name, "")
    if not word:
        return None
    try:
        return words(word)
    except ValueError:
        problems.append(Problem(f"/{name}", "Choose one of the list."))
        return None


def _day(given: Mapping[str, str], name: str, problems: list[Problem]) -> date | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(f"/{name}", "Give a day as year-month-day, such as 2026-11-20."))
        return None


def _amount(text: str, prefer: Preferences, problems: list[Problem]) -> int | None:
    cents = prefer.cents(text) if text else None
    if text and cents is None:
        problems.append(Problem("/amount", "Give an amount such as 125.00."))
    return cents


def wanted(db: Connection, company_file_id: int, asked: Filter) -> Wanted:
    """Say to the database which payments a filter means; what finds the fewest is looked for."""
    groups = []
    if asked.search:
        groups.append(_search(db, company_file_id, asked))
    if asked.kind is not Kind.ALL:
        groups.append(_KINDS[asked.kind])
    if asked.amount_cents is not None:
        groups.append((rows.of_amount(asked.amount_cents),))
    if asked.state is not None:
        groups.append((rows.in_state(asked.state),))
    ways, *besides = groups or [(EVERY,)]
    return Wanted(
        company_file_id=company_file_id,
        ways=ways,
        besides=tuple(besides),
        received_from=asked.received_from,
        received_to=asked.received_to,
        method=asked.method,
        processor=asked.processor,
        batch=asked.batch,
        cause=asked.cause,
        # Whoever watches what is dismissed sees what was deleted from the history as well.
        with_hidden=asked.kind is Kind.DISMISSED,
    )


_KINDS: Mapping[Kind, tuple[Way, ...]] = {
    Kind.NOT_IN_QUICKBOOKS: (*map(rows.in_state, _NOT_IN_QUICKBOOKS), rows.missing()),
    Kind.LEFT_OVER: (rows.left_over(),),
    Kind.CHANGED: (rows.changed(),),
    Kind.DISMISSED: (rows.dismissed_without_entry(),),
}


def _search(db: Connection, company_file_id: int, asked: Filter) -> tuple[Way, ...]:
    text = asked.search
    customers = listed.customers(db, company_file_id, begins=plain(text), limit=FOUND_MAX)
    invoices = rows.invoices_numbered(db, company_file_id, plain(text), limit=FOUND_MAX)
    return (
        *rows.named(text.upper(), text),
        *rows.of_customers(
            [row.list_id for row in customers], {text, *(row.full_name for row in customers)}
        ),
        rows.of_ids(rows.paying(db, company_file_id, invoices, plain(text))),
        *(() if asked.search_cents is None else (rows.of_amount(asked.search_cents),)),
    )
