"""Holds what our database says of the payments of a soak against the books. Reads only."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import aliased

from models.engine import for_reading
from models.payment import Attempt, Payment, PaymentEvent
from models.wc_session import WcSession
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.records import Payment as Receipt
from sync_core.lifecycle import PaymentStatus
from sync_core.money import format_cents, parse_cents

_LAST = select(WcSession.message).order_by(WcSession.id.desc()).limit(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What was found. `broken` has a sentence for each payment that breaks a promise.

    `kills_while_out` are those that came while a payment was handed out and unanswered,
    `said_last` is how the last sync ended.
    """

    posted: int
    receipts: int
    adds: int
    sessions: int
    takeovers: int
    doubted: int
    resent: int
    kills_while_out: int
    said_last: str
    broken: tuple[str, ...]


def judge(
    engine: Engine, books: CompanyFile, given: Sequence[dict[str, Any]], kills: Sequence[datetime]
) -> Verdict:
    """Judge payments as they were handed in; `kills` are the moments of the kills."""
    with for_reading(engine).connect() as db:
        rows = {row.external_id: row for row in db.execute(select(Payment.__table__))}
        events = db.execute(select(PaymentEvent.__table__).order_by(PaymentEvent.id)).all()
        attempts = db.execute(select(Attempt.payment_id)).scalars().all()
        adds = Counter({_bare(guid): count for guid, count in books.executed_adds.items()})
        return Verdict(
            posted=sum(row.status == PaymentStatus.POSTED for row in rows.values()),
            receipts=len(books.payments()),
            adds=adds.total(),
            sessions=len(db.execute(select(WcSession.id)).all()),
            takeovers=_takeovers(db),
            doubted=len({e.payment_id for e in events if e.to_status == PaymentStatus.IN_DOUBT}),
            resent=len(attempts) - len(set(attempts)),
            kills_while_out=_kills_while_out(events, kills),
            said_last=db.execute(_LAST).scalar() or "",
            broken=tuple(_broken(rows, events, books, given, adds)),
        )


def _broken(
    rows: dict[str, Any],
    events: Sequence[Any],
    books: CompanyFile,
    given: Sequence[dict[str, Any]],
    adds: Counter[str],
) -> Iterator[str]:
    receipts: dict[str | None, list[Receipt]] = {}
    for receipt in books.payments():
        receipts.setdefault(receipt.number, []).append(receipt)
    for payment in given:
        row = rows.pop(payment["id"], None)
        if row is None:
            yield f"{payment['id']} was accepted and is not there."
            continue
        wrong = list(_wrong(payment, row, receipts.pop(row.reference, []), adds))
        if wrong:
            story = " > ".join(_told(each) for each in events if each.payment_id == row.id)
            yield f"{payment['id']} ({row.reference}) {'; '.join(wrong)}. {story}"
    for external_id in rows:
        yield f"{external_id} is there and was never handed in."
    for number, strangers in receipts.items():
        yield f"QuickBooks has {len(strangers)} payments numbered {number} that nobody handed in."


def _wrong(
    payment: dict[str, Any], row: Any, receipts: Sequence[Receipt], adds: Counter[str]
) -> Iterator[str]:
    cents = parse_cents(payment["amount"])
    executed = adds[row.external_guid]
    if row.status != PaymentStatus.POSTED:
        yield f"is {row.status} ({row.summary or row.note})"
    if row.amount_cents != cents:
        yield f"was handed in over {payment['amount']} and is {format_cents(row.amount_cents)}"
    if len(receipts) != 1 or executed != 1:
        yield f"stands in QuickBooks {len(receipts)} times and was executed {executed} times"
        return
    (receipt,) = receipts
    if row.txn_id != receipt.txn_id:
        yield f"is {row.txn_id} here and {receipt.txn_id} in QuickBooks"
    if receipt.total != cents:
        yield f"is {payment['amount']} here and {format_cents(receipt.total)} in QuickBooks"
    if receipt.customer.list_id != payment["customer"]["list_id"]:
        yield f"stands in QuickBooks under {receipt.customer.full_name}"
    asked = {part["invoice"]["txn_id"]: parse_cents(part["amount"]) for part in payment["apply"]}
    if asked != {link.invoice.txn_id: link.amount for link in receipt.links}:
        yield "is applied to other invoices in QuickBooks than was asked"


def _told(event: Any) -> str:
    """Tell one move of a payment, for whoever looks for the mistake."""
    at = event.at.astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]
    sync = f" in sync {event.wc_session_id}" if event.wc_session_id else ""
    return f"{at} {event.to_status}{sync}" + (f": {event.note}" if event.note else "")


def _takeovers(db: Connection) -> int:
    """Count the sessions that ended in the moment in which another one began."""
    after = aliased(WcSession)
    found = select(WcSession.id).join(after, after.opened_at == WcSession.ended_at)
    return len(db.execute(found).all())


def _kills_while_out(events: Sequence[Any], kills: Sequence[datetime]) -> int:
    """Count the kills between the handing-out of a payment and the answer, or the doubt."""
    since: dict[int, datetime] = {}
    spans = set()
    for event in events:
        if event.to_status == PaymentStatus.SENT:
            since[event.payment_id] = event.at
        elif event.payment_id in since:
            spans.add((since.pop(event.payment_id), event.at))
    spans |= {(began, datetime.max.replace(tzinfo=UTC)) for began in since.values()}
    return sum(any(began < kill < ended for began, ended in spans) for kill in kills)


def _bare(guid: str) -> str:
    return guid.strip("{}").lower()
