"""The last step: ask QuickBooks for invoices that somebody looks for and nobody here knows.

It reads only, and whatever becomes of it the session has done its work: a QuickBooks that does not
know these requests, or does not answer them, is not asked again by itself.
"""

from collections.abc import Sequence
from typing import Any

from models.queries import missing
from models.queries import receipts as stored
from models.queries.exchanges import ExchangeRow
from qbwc_server.services.steps import lists, questions
from qbwc_server.services.steps.answers import is_absent
from qbwc_server.services.steps.questions import CHARGE, NUMBER
from qbwc_server.services.steps.step import Asked, Taken, Turn, answer_to
from qbxml.charge import ChargeRet
from qbxml.envelope import MessageSet, Response
from qbxml.fields import Ref
from qbxml.invoice import InvoiceRet
from sync_core.missing import Entry
from sync_core.names import plain

# Two requests each; what waits beyond that is asked by the next sync.
QUESTIONS_MAX = 50
# More under one number would be kept and read for nobody: such an answer is none.
FOUND_MAX = 100

_ANSWERS = {NUMBER: "InvoiceQuery", CHARGE: "ChargeQuery"}


def ask(turn: Turn, token: str) -> Asked:
    """Ask for invoices and statement charges by number; note that they are asked for."""
    company_file_id = turn.session.company_file_id
    numbers = missing.open_questions(turn.db, company_file_id, limit=QUESTIONS_MAX)
    wanted = [(kind, number) for number in numbers for kind in (NUMBER, CHARGE)]
    xml, asked, _ = questions.message_set(turn, token, wanted)
    missing.note_sent(turn.db, company_file_id, {plain(number) for number in numbers}, turn.now)
    return Asked(xml=xml, asked={"questions": asked}, learned={"has_questions": False})


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Keep what was told; what is to be imported is imported on the way."""
    answers = answer.by_request_id()
    told: dict[str, list[Response | None]] = {}
    for place, (kind, number) in enumerate(exchange.asked["questions"]):
        response = answer_to(answers, exchange.token, place)
        is_answer = response is not None and response.name == _ANSWERS[kind]
        told.setdefault(number, []).append(response if is_answer else None)
    invoices = [item for number in told for item in _numbered(told[number], InvoiceRet, number)]
    company = stored.reading(turn.db, turn.session.company_file_id)
    read = lists.take_asked(turn, invoices, company.sync_from)
    found = {plain(number): _entries(told[number], number) for number in told}
    missing.answer(
        turn.db,
        turn.session.company_file_id,
        {number: entries for number, entries in found.items() if entries is not None},
        turn.now,
    )
    return Taken(learned=read)


def _entries(told: Sequence[Response | None], number: str) -> list[dict[str, Any]] | None:
    """List what has a number; None when that was not told.

    That there is nothing is believed when both questions were answered so.
    """
    made = [
        *(_invoice(item) for item in _numbered(told, InvoiceRet, number)),
        *(_charge(item) for item in _numbered(told, ChargeRet, number)),
    ]
    entries = [entry.as_json() for entry in made if entry is not None]
    if len(entries) > FOUND_MAX:
        return None
    if not entries and not all(each and is_absent(each, number) for each in told):
        return None
    return entries


def _numbered(told: Sequence[Response | None], kind: type[Any], number: str) -> list[Any]:
    """List the objects of a class that were told and have the number."""
    return [
        item
        for response in told
        if response is not None
        for item in response.objects
        if isinstance(item, kind) and plain(item.ref_number or "") == plain(number)
    ]


def _invoice(item: InvoiceRet) -> Entry | None:
    row = lists.invoice_row(item)
    if row is None:
        return None
    return Entry(
        txn_id=row["txn_id"],
        number=item.ref_number or "",
        customer_list_id=row["customer_list_id"],
        customer_name=_name(item.customer_ref),
        day=item.txn_date,
        total_cents=row["total_cents"],
        balance_cents=row["balance_cents"],
        is_paid=row["is_paid"],
        is_pending=row["is_pending"],
        is_voided=row["is_voided"],
    )


def _charge(item: ChargeRet) -> Entry | None:
    list_id = item.customer_ref.list_id if item.customer_ref else None
    if not item.txn_id or len(item.txn_id) > lists.ID_MAX:
        return None
    return Entry(
        txn_id=item.txn_id,
        number=item.ref_number or "",
        customer_list_id=list_id if len(list_id or "") <= lists.ID_MAX else None,
        customer_name=_name(item.customer_ref),
        day=item.txn_date,
        total_cents=item.amount,
        balance_cents=item.balance_remaining,
        is_charge=True,
        is_paid=item.is_paid is True,
    )


def _name(customer: Ref | None) -> str | None:
    name = customer.full_name if customer else None
    return name if len(name or "") <= lists.NAME_MAX else None
