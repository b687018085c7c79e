"""Mapping: what the payment site calls customers and invoices, set by the site or by a person.

One of the site's ids means one customer (ListID) or invoice (TxnID) of QuickBooks. What is not
mapped is proposed by exact name or number, never taken by itself.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import mappings, payments, watches
from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services import paging, payment_input
from qbwc_server.services.payment_input import (
    BLANK_IS_NONE,
    CustomerName,
    Given,
    Id,
    InvoiceNumber,
    QuickBooksId,
)
from qbwc_server.services.payments import View, each
from sync_core.money import format_cents
from sync_core.names import Meant, plain
from sync_core.rejection import WatchKind
from sync_core.wording import acts

# As many as a list of payments holds.
LIST_MAX = 1000


class What(StrEnum):
    """What is mapped, in the words of the API."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"

    @property
    def meant(self) -> Meant:
        """Give what the rules call it."""
        return Meant(self.value)


class Named(Given):
    """An entry of a list: what it says of one of the site's ids."""

    external_id: Id = Field(description="The payment site's own id")


class CustomerMappingInput(Named):
    """Which customer of QuickBooks one of the site's ids means; null or blank forgets it."""

    list_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(description="QuickBooks' ListID")

    @property
    def quickbooks_id(self) -> str | None:
        """Give the ListID."""
        return self.list_id


class InvoiceMappingInput(Named):
    """Which invoice of QuickBooks one of the site's ids means; null or blank forgets it."""

    txn_id: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(description="QuickBooks' TxnID")

    @property
    def quickbooks_id(self) -> str | None:
        """Give the TxnID."""
        return self.txn_id


class CustomerProposalInput(Named):
    """One of the site's customers, to be found in QuickBooks by its full name."""

    name: CustomerName


class InvoiceProposalInput(Named):
    """One of the site's invoices, to be found in QuickBooks by its number and its customer."""

    number: InvoiceNumber
    customer: Annotated[QuickBooksId | None, BLANK_IS_NONE] = Field(
        None, description="QuickBooks' ListID, where a number stands twice"
    )


class Kind(StrEnum):
    """What became of one mapping that was handed in."""

    SET = "set"
    SAME = "same"
    REMOVED = "removed"
    UNKNOWN = "unknown"  # QuickBooks has no such entry
    INVALID = "invalid"


class MappingOutcome(View):
    """What became of one mapping of a list."""

    external_id: str | None
    outcome: Kind
    problems: list[str] = Field(description="A sentence for each thing that is wrong")


class MappingView(View):
    """What one of the site's ids means."""

    external_id: str
    quickbooks_id: str = Field(description="ListID of a customer, TxnID of an invoice")
    name: str | None = Field(description="The customer's full name, or the invoice's number")
    set_at: datetime
    set_by: str


class UnmappedView(View):
    """One of the site's ids that payments wait for and that means nothing yet."""

    external_id: str
    payments: int = Field(description="How many wait or were rejected")
    amount: str = Field(description="What they come to; of an invoice, what is meant for it")


class ProposalView(View):
    """What one of the site's ids probably means: exactly one has this very name or number."""

    external_id: str | None
    quickbooks_id: str | None
    name: str | None
    why_not: str | None = Field(description="Why nothing is proposed")


MappingInput = CustomerMappingInput | InvoiceMappingInput
Proposed = CustomerProposalInput | InvoiceProposalInput
AnyNamed = TypeVar("AnyNamed", bound=Named)


@dataclass(frozen=True, slots=True)
class Mappings:
    """Keeps what the payment site calls things."""

    engine: Engine
    clock: Clock

    def put(
        self, company_file_id: int, what: What, given: Sequence[object], *, by: str
    ) -> list[MappingOutcome]:
        """Set, change or remove mappings, given as JSON's own types; one outcome each, in order.

        An entry must be one that QuickBooks has told of; an invoice may be older than what is
        imported.

        Raises:
            InvalidInput: the list is longer than LIST_MAX.
        """
        read: list[MappingInput | tuple[Problem, ...]] = [
            _read(CustomerMappingInput, value)
            if what is What.CUSTOMERS
            else _read(InvoiceMappingInput, value)
            for value in _short_enough(given)
        ]
        wanted = [one for one in read if not isinstance(one, tuple)]
        with self.engine.begin() as db:
            before = mappings.resolve(
                db, company_file_id, what.meant, {one.external_id for one in wanted}
            )
            ids = {one.quickbooks_id for one in wanted if one.quickbooks_id}
            known = mappings.known(db, company_file_id, what.meant, ids)
            outcomes = [
                _unreadable(value, one)
                if isinstance(one, tuple)
                else _outcome(what, one, before.get(one.external_id), known)
                for value, one in zip(given, read, strict=True)
            ]
            told = [
                (one, outcome)
                for one, outcome in zip(read, outcomes, strict=True)
                if not isinstance(one, tuple)
            ]
            self._write(db, company_file_id, what, told, by=by)
        return outcomes

    def page(
        self, company_file_id: int, what: What, *, cursor: str = "", limit: str = ""
    ) -> paging.Page[MappingView]:
        """Show a page of what is mapped, by the site's ids.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.by_name(limit, cursor)
        with for_reading(self.engine).connect() as db:
            rows = mappings.page(
                db, company_file_id, what.meant, after=wanted.after, limit=wanted.limit + 1
            )
        page = paging.cut_by_name(rows, wanted.limit, lambda row: str(row.external_id))
        return paging.Page([_view(row) for row in page.items], page.next_cursor)

    def unmapped(
        self, company_file_id: int, what: What, *, cursor: str = "", limit: str = ""
    ) -> paging.Page[UnmappedView]:
        """Show a page of the site's ids that payments wait for and that mean nothing yet.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.by_name(limit, cursor)
        with for_reading(self.engine).connect() as db:
            rows = mappings.unmapped(
                db, company_file_id, what.meant, after=wanted.after, limit=wanted.limit + 1
            )
        page = paging.cut_by_name(rows, wanted.limit, lambda row: str(row.external_id))
        return paging.Page([_unmapped(row) for row in page.items], page.next_cursor)

    def every(self, company_file_id: int, what: What) -> Iterator[MappingView]:
        """Show all that is mapped."""
        return each(partial(self.page, company_file_id, what))

    def every_unmapped(self, company_file_id: int, what: What) -> Iterator[UnmappedView]:
        """Show all of the site's ids that payments wait for and that mean nothing yet."""
        return each(partial(self.unmapped, company_file_id, what))

    def propose(
        self, company_file_id: int, what: What, given: Sequence[object]
    ) -> list[ProposalView]:
        """Propose what the site's ids mean, by exact name or number; one answer each, in order.

        Raises:
            InvalidInput: the list is longer than LIST_MAX.
        """
        read: list[Proposed | tuple[Problem, ...]] = [
            _read(CustomerProposalInput, value)
            if what is What.CUSTOMERS
            else _read(InvoiceProposalInput, value)
            for value in _short_enough(given)
        ]
        called = {plain(_name(one)) for one in read if not isinstance(one, tuple)}
        ask = mappings.customers_called if what is What.CUSTOMERS else mappings.invoices_called
        with for_reading(self.engine).connect() as db:
            rows = ask(db, company_file_id, called)
        return [
            _unreadable_proposal(value, one) if isinstance(one, tuple) else _proposed(one, rows)
            for value, one in zip(given, read, strict=True)
        ]

    def _write(
        self,
        db: Connection,
        company_file_id: int,
        what: What,
        told: Sequence[tuple[MappingInput, MappingOutcome]],
        *,
        by: str,
    ) -> None:
        """Write what a list says; of an id that stands there twice, the last word counts."""
        now = self.clock(db)
        rows = {
            one.external_id: {
                "company_file_id": company_file_id,
                "meant": what.meant,
                "external_id": one.external_id,
                "quickbooks_id": one.quickbooks_id,
                "set_at": now,
                "set_by": by,
            }
            for one, outcome in told
            if outcome.outcome is Kind.SET
        }
        mappings.put(db, list(rows.values()))
        _let_go(db, company_file_id, what, set(rows), by=by, now=now)
        removed = [one.external_id for one, said in told if said.outcome is Kind.REMOVED]
        mappings.remove(db, company_file_id, what.meant, removed)


def _let_go(
    db: Connection,
    company_file_id: int,
    what: What,
    external_ids: Collection[str],
    *,
    by: str,
    now: datetime,
) -> None:
    """Let the payments go that were rejected because the site's id meant nothing."""
    kind = WatchKind.SITE_CUSTOMER if what is What.CUSTOMERS else WatchKind.SITE_INVOICE
    waiting = watches.named(db, company_file_id, kind, external_ids)
    payments.requeue(db, waiting, by=by, told=_MAPPED, now=now)


def _short_enough(given: Sequence[object]) -> Sequence[object]:
    if len(given) > LIST_MAX:
        sentence = f"A list holds at most {LIST_MAX} entries; send the rest in another."
        raise InvalidInput((Problem("", sentence),))
    return given


def _read(model: type[AnyNamed], value: object) -> AnyNamed | tuple[Problem, ...]:
    try:
        return model.model_validate(value)
    except ValidationError as refused:
        return payment_input.problems(refused)


def _unreadable(value: object, problems: tuple[Problem, ...]) -> MappingOutcome:
    return MappingOutcome(
        external_id=payment_input.said_id(value, "external_id"),
        outcome=Kind.INVALID,
        problems=_sentences(problems),
    )


def _sentences(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{one.pointer}: {one.sentence}".removeprefix(": ") for one in problems]


def _outcome(
    what: What, given: MappingInput, before: str | None, known: set[str]
) -> MappingOutcome:
    kind, problems = Kind.SET, list[str]()
    if given.quickbooks_id is None:
        kind = Kind.SAME if before is None else Kind.REMOVED
    elif given.quickbooks_id == before:
        kind = Kind.SAME
    elif given.quickbooks_id not in known and what is What.CUSTOMERS:
        # An invoice may be older than what is imported; a customer never is.
        kind, problems = Kind.UNKNOWN, [_UNKNOWN_CUSTOMER]
    return MappingOutcome(external_id=given.external_id, outcome=kind, problems=problems)


_MAPPED = "What the payment site calls it is known now."
_UNKNOWN_CUSTOMER = acts.NOT_AT_LAST_SYNC.format(what="customer", named="with this ListID")


def _unreadable_proposal(value: object, problems: tuple[Problem, ...]) -> ProposalView:
    return ProposalView(
        external_id=payment_input.said_id(value, "external_id"),
        quickbooks_id=None,
        name=None,
        why_not=" ".join(_sentences(problems)),
    )


def _name(given: Proposed) -> str:
    return given.name if isinstance(given, CustomerProposalInput) else given.number


def _proposed(given: Proposed, rows: Sequence[AnyRow]) -> ProposalView:
    """Propose the only entry that has this very name or number."""
    if isinstance(given, CustomerProposalInput):
        same = [row for row in rows if row.plain_name == plain(given.name)]
        found = [(row.list_id, row.full_name) for row in same if row.is_active]
        said = f'{"active " if same else ""}customer called "{given.name}"'
    else:
        found = [
            (row.txn_id, row.number)
            for row in rows
            if row.plain_number == plain(given.number)
            and given.customer in (None, row.customer_list_id)
        ]
        said = f"invoice {given.number}{' for this customer' if given.customer else ''}"
    only = found[0] if len(found) == 1 else None
    how_many = "more than one" if found else "no"
    return ProposalView(
        external_id=given.external_id,
        quickbooks_id=only[0] if only else None,
        name=only[1] if only else None,
        why_not=None if only else f"QuickBooks has {how_many} {said}.",
    )


def _view(row: AnyRow) -> MappingView:
    return MappingView(
        external_id=row.external_id,
        quickbooks_id=row.quickbooks_id,
        name=row.name,
        set_at=row.set_at,
        set_by=row.set_by,
    )


def _unmapped(row: AnyRow) -> UnmappedView:
    return UnmappedView(
        external_id=row.external_id,
        payments=row.payments,
        amount=format_cents(row.amount_cents),
    )
