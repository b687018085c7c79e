"""Payments as they are shown: one, a page of them, all of them. Reads only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import outbox, payments, remedies
from qbwc_server.errors import InvalidInput, NotFound, Problem
from qbwc_server.services import actions, paging, standing
from qbwc_server.services.actions import Action
from qbwc_server.services.standing import Entries
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents
from sync_core.rejection import Cause
from sync_core.variants import Variant
from sync_core.wording import acts

# The states of what stands, or stood, in QuickBooks. A payment that goes there again may keep the
# TxnID of before, which is not its own any more.
_IN_QUICKBOOKS = (PaymentStatus.POSTED, PaymentStatus.REVERSED)

Shown = TypeVar("Shown")


class View(BaseModel):
    """What is shown to outsiders, in the words of the API."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)


class EventView(View):
    """One move of a payment."""

    at: datetime
    from_status: PaymentStatus | None = Field(serialization_alias="from")
    to_status: PaymentStatus = Field(serialization_alias="to")
    by: str = Field(description="A person, api:TOKEN, cli, or session")
    note: str | None
    session: str | None = Field(description="The sync in which it moved")
    attempt: str | None = Field(description="The requestID under which it was handed out")


class RejectionView(View):
    """Why a payment was rejected, and what can be done about it now."""

    cause: Cause
    variant: str | None = Field(description="Which story of the cause it is; see docs/causes.md")
    summary: str = Field(description="One sentence for a bookkeeper: what happened")
    evidence: list[dict[str, Any]]
    books: str = Field(description="What it means for the books")
    who: str = Field(description="Who can act")
    steps: list[str] = Field(description="What to do; QuickBooks' own words between two **")
    heals: str = Field(description="Whether it settles by itself, and when")
    facts: dict[str, str] = Field(description="What the sentences are made of")
    remedies: list[Action]
    status_code: int | None = Field(description="QuickBooks' own; null when our check refused it")
    status_message: str | None


class PartView(View):
    """One part of a payment, set against one invoice."""

    invoice: dict[str, str] = Field(description="txn_id, number or external_id")
    amount: str


class PaymentView(View):
    """A payment and where it stands."""

    id: str
    reference: str
    status: PaymentStatus
    amount: str
    txn_id: str | None = Field(description="QuickBooks' TxnID, once it is posted or reversed")
    unapplied: str = Field(
        description="What is on no invoice: planned, then as QuickBooks last told it"
    )
    rejection: RejectionView | None
    state_line: str = Field(
        description="Where it stands, in a sentence; QuickBooks' own words between two **"
    )
    history: list[EventView]
    customer: dict[str, str] = Field(description="list_id, name or external_id")
    quickbooks_customer: str | None = Field(
        description="The Customer:Job under which it stands in QuickBooks, once that is known"
    )
    received_on: date
    method: str
    memo: str | None
    processor: str | None
    processor_txn_id: str | None
    batch: str | None
    currency: str | None
    apply: list[PartView]
    recorded_as: list[str] = Field(
        description="The entries in QuickBooks (TxnIDs) that a person linked: they stand for it"
    )
    note: str | None = Field(description="Why it waits, or what a person said")
    created_at: datetime
    changed_at: datetime
    posted_at: datetime | None
    missing_since: datetime | None = Field(
        description="Posted, and since then not in the company file that is ours now"
    )
    deleted_at: datetime | None = Field(description="When it was deleted from the history")


@dataclass(frozen=True, slots=True)
class Payments:
    """Shows the payments of a company file."""

    engine: Engine

    def show(self, company_file_id: int, external_id: str) -> PaymentView:
        """Show a payment, also one that was deleted from the history.

        Raises:
            NotFound: the company has no payment with this id.
        """
        # No accepted id holds a character that cannot be shown, and PostgreSQL takes no NUL.
        if external_id.isprintable():
            with for_reading(self.engine).connect() as db:
                row = payments.one(db, company_file_id, external_id)
                if row is not None:
                    return _views(db, [row])[0]
        raise NotFound(acts.NO_PAYMENT)

    def page(
        self, company_file_id: int, *, status: str = "", cursor: str = "", limit: str = ""
    ) -> paging.Page[PaymentView]:
        """Show a page of payments, newest first; those deleted from the history are left out.

        Raises:
            InvalidInput: an unknown status, a cursor that is not ours, a limit out of bounds.
        """
        if status and status not in list(PaymentStatus):
            words = ", ".join(PaymentStatus)
            raise InvalidInput((Problem("/status", f"A status is one of {words}."),))
        wanted = paging.wanted(limit, cursor)
        statuses = [PaymentStatus(status)] if status else list(PaymentStatus)
        with for_reading(self.engine).connect() as db:
            rows = payments.page(
                db, company_file_id, statuses, before=wanted.before, limit=wanted.limit + 1
            )
            return _page(db, rows, wanted)

    def missing(
        self, company_file_id: int, *, cursor: str = "", limit: str = ""
    ) -> paging.Page[PaymentView]:
        """Show a page of the posted payments that the company file of now lacks, newest first.

        Raises:
            InvalidInput: a cursor that is not ours, a limit out of bounds.
        """
        wanted = paging.wanted(limit, cursor)
        with for_reading(self.engine).connect() as db:
            rows = payments.missing_page(
                db, company_file_id, before=wanted.before, limit=wanted.limit + 1
            )
            return _page(db, rows, wanted)

    def every(self, company_file_id: int, *, status: str = "") -> Iterator[PaymentView]:
        """Show all payments, newest first."""
        return each(partial(self.page, company_file_id, status=status))

    def every_missing(self, company_file_id: int) -> Iterator[PaymentView]:
        """Show all posted payments that the company file of now lacks, newest first."""
        return each(partial(self.missing, company_file_id))


def each(page_of: Callable[..., paging.Page[Shown]]) -> Iterator[Shown]:
    """Show a list whole, page by page, so that memory does not grow with its length."""
    cursor: str | None = ""
    while cursor is not None:
        page = page_of(cursor=cursor, limit=str(paging.LIMIT_MAX))
        yield from page.items
        cursor = page.next_cursor


def _page(
    db: Connection, rows: Sequence[AnyRow], wanted: paging.Wanted
) -> paging.Page[PaymentView]:
    cut = paging.cut(rows, wanted.limit, lambda row: int(row.id))
    return paging.Page(_views(db, cut.items), cut.next_cursor)


def _views(db: Connection, rows: Sequence[AnyRow]) -> list[PaymentView]:
    ids = [row.id for row in rows]
    parts = outbox.applies(db, ids)
    events = payments.events(db, ids)
    links = remedies.recorded(db, ids)
    entries = standing.entries(db, rows, links)
    return [_view(row, parts[row.id], events[row.id], links[row.id], entries) for row in rows]


def _view(
    row: AnyRow,
    parts: Sequence[AnyRow],
    events: Sequence[payments.Event],
    recorded_as: list[str],
    entries: Entries,
) -> PaymentView:
    planned_cents = row.amount_cents - sum(part.amount_cents for part in parts)
    unapplied_cents = planned_cents if row.unapplied_cents is None else row.unapplied_cents
    return PaymentView(
        id=row.external_id,
        reference=row.reference,
        status=row.status,
        amount=format_cents(row.amount_cents),
        txn_id=row.txn_id if row.status in _IN_QUICKBOOKS else None,
        unapplied=format_cents(unapplied_cents),
        rejection=_rejection(row, entries) if row.status == PaymentStatus.REJECTED else None,
        state_line=standing.line(row, recorded_as, entries),
        history=[
            EventView(
                at=event.at,
                from_status=event.from_status,
                to_status=event.to_status,
                by=event.by,
                note=event.note,
                session=None if event.wc_session_id is None else str(event.wc_session_id),
                attempt=event.request_id,
            )
            for event in events
        ],
        customer=_named(row, "customer", ("list_id", "name", "external_id")),
        quickbooks_customer=row.post_customer_name,
        received_on=row.received_on,
        method=row.method,
        memo=row.memo,
        processor=row.processor,
        processor_txn_id=row.processor_txn_id,
        batch=row.batch,
        currency=row.currency,
        apply=[
            PartView(
                invoice=_named(part, "invoice", ("txn_id", "number", "external_id")),
                amount=format_cents(part.amount_cents),
            )
            for part in parts
        ],
        recorded_as=recorded_as,
        note=row.note,
        created_at=row.created_at,
        changed_at=row.changed_at,
        posted_at=row.posted_at,
        missing_since=row.missing_since,
        deleted_at=row.hidden_at,
    )


def _rejection(row: AnyRow, entries: Entries) -> RejectionView:
    facts, variant = standing.facts_of(row), standing.variant_now(row, entries)
    told = words.told(Cause(row.cause), variant, facts)
    return RejectionView(
        cause=row.cause,
        variant=variant,
        summary=told.what,
        evidence=row.evidence or [],
        books=told.books,
        who=told.who,
        steps=list(told.steps),
        heals=told.heals,
        facts=facts,
        remedies=list(
            actions.offered(row, actions.Beside(entry_is_gone=variant == Variant.ENTRY_GONE))
        ),
        status_code=row.status_code,
        status_message=row.status_message,
    )


def _named(row: AnyRow, what: str, names: Sequence[str]) -> dict[str, str]:
    """Give the one of several names under which a thing was named."""
    named = {name: getattr(row, f"{what}_{name}") for name in names}
    return {name: value for name, value in named.items() if value is not None}
