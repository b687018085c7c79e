"""Why is an invoice missing? Gathers what is known of it; the rules are `sync_core.missing`.

What only QuickBooks can say is written down here, and asked by the next sync.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pydantic import Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import mappings, missing
from qbwc_server.errors import InvalidInput, NotFound, Problem
from qbwc_server.services.payments import View
from qbxml import text
from sync_core.missing import Customer, Entry, Explanation, Facts, Question, explain
from sync_core.names import Meant, plain
from sync_core.reason import Reason

# A number in QuickBooks has no more characters (Intuit XSD 13.0, InvoiceRet).
NUMBER_MAX = 11
# More invoices than this with one number are not looked through.
INVOICES_MAX = 1000
# A number is asked for at most once in this time, and so many are kept for a company.
ASKED_AGAIN_AFTER = timedelta(days=1)
QUESTIONS_KEPT = 200

_NO_NUMBER = f"An invoice number has 1 to {NUMBER_MAX} characters."


class MissingInvoiceView(View):
    """Why a customer misses an invoice."""

    reason: Reason
    summary: str = Field(description="A few sentences for a bookkeeper")
    txn_id: str | None = Field(description="QuickBooks' TxnID of what it is about, if known")
    number: str = Field(description="As QuickBooks writes it, if known")
    day: date | None = Field(serialization_alias="date")
    customer: str | None = Field(description="The Customer:Job it stands under, if known")
    asked_at: datetime | None = Field(
        description="When it was written down for the next sync to ask QuickBooks; null where the "
        "imported invoices tell"
    )
    sent_at: datetime | None = Field(description="When a sync asked QuickBooks, since then")
    answered_at: datetime | None = Field(description="When QuickBooks last answered that")


@dataclass(frozen=True, slots=True)
class MissingInvoice:
    """Explains why an invoice is missing."""

    engine: Engine
    clock: Clock

    def explain(self, company_file_id: int, list_id: str, number: str) -> MissingInvoiceView:
        """Say why a customer (by ListID) misses the invoice with a number.

        What only QuickBooks can say is written down, for the next sync to ask.

        Raises:
            NotFound: QuickBooks has told of no such customer.
            InvalidInput: QuickBooks can have no such number.
        """
        wanted = _wanted(number)
        with for_reading(self.engine).connect() as db:
            told, row = _explain(db, company_file_id, list_id, wanted)
            now = self.clock(db)
        if told.asks and _is_due(row, now):
            with self.engine.begin() as db:
                missing.ask(
                    db,
                    company_file_id,
                    plain_number=plain(wanted),
                    number=wanted,
                    now=now,
                    unless_since=now - ASKED_AGAIN_AFTER,
                )
                missing.keep_newest(db, company_file_id, QUESTIONS_KEPT)
                told, row = _explain(db, company_file_id, list_id, wanted)
        return _view(told, wanted, row if told.asks else None)

    def answer(self, company_file_id: int, list_id: str, number: str) -> MissingInvoiceView | None:
        """Say the same as is known now, and write nothing down.

        None: only QuickBooks can say it, and nobody has asked.

        Raises:
            NotFound: QuickBooks has told of no such customer.
            InvalidInput: QuickBooks can have no such number.
        """
        wanted = _wanted(number)
        with for_reading(self.engine).connect() as db:
            told, row = _explain(db, company_file_id, list_id, wanted)
        if told.asks and row is None:
            return None
        return _view(told, wanted, row if told.asks else None)


def _wanted(number: str) -> str:
    wanted = text.clean(number).strip()
    if not 0 < len(wanted) <= NUMBER_MAX:
        raise InvalidInput((Problem("/number", _NO_NUMBER),))
    return wanted


def _is_due(row: AnyRow | None, now: datetime) -> bool:
    """Say whether the next sync is to be told to ask, which it is not yet."""
    if row is None:
        return True
    return row.sent_at is not None and now - row.sent_at >= ASKED_AGAIN_AFTER


def _explain(
    db: Connection, company_file_id: int, list_id: str, number: str
) -> tuple[Explanation, AnyRow | None]:
    """Gather the facts and decide; the question about the number comes along, if there is one."""
    customer = _customer(db, company_file_id, list_id)
    sync_from = missing.sync_from(db, company_file_id)
    row = missing.question(db, company_file_id, plain(number))
    rows = missing.invoices(db, company_file_id, plain(number), list_id=list_id, limit=INVOICES_MAX)
    anew = missing.invoices_by_id(
        db, company_file_id, {each.replaced_by for each in rows if each.replaced_by}
    )
    facts = Facts(
        number=number,
        customer=customer,
        entries=[
            replace(
                _entry(each),
                replaced_by=_entry(anew[each.replaced_by]) if each.replaced_by in anew else None,
            )
            for each in rows
        ],
        question=None if row is None else _question(row, sync_from),
        read_at=missing.read_to_end_at(db, company_file_id),
        sync_from=sync_from,
    )
    return explain(facts), row


def _customer(db: Connection, company_file_id: int, list_id: str) -> Customer:
    # No ListID holds a character that cannot be shown, and PostgreSQL takes no NUL.
    row = missing.customer(db, company_file_id, list_id) if list_id.isprintable() else None
    if row is None:
        raise NotFound("QuickBooks has told of no customer with this ListID.")
    return Customer(
        list_id=row.list_id,
        name=row.full_name,
        is_active=row.is_active,
        is_gone=row.gone_wall is not None,
        is_mapped=_is_mapped(db, company_file_id, list_id),
    )


def _is_mapped(db: Connection, company_file_id: int, list_id: str) -> bool:
    """Say whether the payment site knows a customer; one that maps none goes by ListIDs itself."""
    if mappings.names_of(db, company_file_id, Meant.CUSTOMERS, [list_id]):
        return True
    return not mappings.page(db, company_file_id, Meant.CUSTOMERS, after="", limit=1)


def _is_hidden(day: date | None, sync_from: date | None) -> bool:
    """Say whether an invoice of a day is older than what is shown."""
    return day is not None and sync_from is not None and day < sync_from


def _entry(row: AnyRow) -> Entry:
    return Entry(
        txn_id=row.txn_id,
        number=row.number or "",
        customer_list_id=row.customer_list_id,
        customer_name=row.customer_name,
        day=row.txn_date,
        total_cents=row.total_cents,
        balance_cents=row.balance_cents,
        is_paid=row.is_paid,
        is_pending=row.is_pending,
        is_voided=row.is_voided,
        is_hidden=row.is_hidden,
        is_customer_active=row.is_customer_active is not False,
        deleted_wall=row.deleted_wall,
    )


def _question(row: AnyRow, sync_from: date | None) -> Question:
    found = [Entry.of(kept) for kept in row.found]
    return Question(
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        found=tuple(replace(entry, is_hidden=_is_hidden(entry.day, sync_from)) for entry in found),
    )


def _view(told: Explanation, number: str, row: AnyRow | None) -> MissingInvoiceView:
    entry = told.entry
    return MissingInvoiceView(
        reason=told.reason,
        summary=told.summary,
        txn_id=entry.txn_id if entry else None,
        number=(entry.number if entry else None) or number,
        day=entry.day if entry else None,
        customer=entry.customer_name if entry else None,
        asked_at=row.asked_for_at if row else None,
        sent_at=row.sent_at if row else None,
        answered_at=row.answered_at if row else None,
    )
