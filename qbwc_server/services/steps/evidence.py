"""What QuickBooks shows as recorded is recorded: the moves that only evidence makes.

Whoever learns of a receipt of ours (an answer, a late one, a look-up, the list of payments
received) comes here with it. Source: exactly-once rules B.2, B.3 and F.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from models.base import AnyRow
from models.queries import outbox
from models.queries import receipts as stored
from qbwc_server.services.steps import changed
from qbwc_server.services.steps.step import Turn, company_of
from qbxml.deletion import TxnDeletedRet
from qbxml.payment import ReceivePaymentRet
from sync_core import doubt, identity, receipts
from sync_core.extras import Kind, Resolution
from sync_core.lifecycle import Mover, PaymentStatus
from sync_core.reading import WALL
from sync_core.receipts import Contested, Found, Nowhere, Ours, Receipt, Wanted
from sync_core.wording import notes

log = structlog.get_logger()

# What an id, an EditSequence, a RefNumber and a full name hold (Intuit XSD 13.0). What is longer
# was garbled on its way.
TXN_ID_MAX, EDIT_SEQUENCE_MAX, REFERENCE_MAX, LIST_ID_MAX, NAME_MAX = 36, 16, 20, 36, 209
GUID_MAX = 36

# From here evidence moves a payment to posted.
TO_POSTED = (
    PaymentStatus.QUEUED,
    PaymentStatus.SENT,
    PaymentStatus.IN_DOUBT,
    PaymentStatus.REJECTED,
    PaymentStatus.DISMISSED,
)
# What waits to be sent, or to be asked for.
WAITS = (PaymentStatus.QUEUED, PaymentStatus.IN_DOUBT)
# Columns that say why a payment is not in QuickBooks, or is not shown.
CLEARED: dict[str, Any] = dict.fromkeys(
    (
        *("cause", "variant", "facts", "summary", "evidence", "status_code", "status_message"),
        *("note", "hidden_at", "missing_since"),
    )
)


def take_receipts(turn: Turn, told: Iterable[ReceivePaymentRet]) -> int:
    """Write receipts down as told, and move the payments that they prove to be recorded.

    Gives how many became posted.
    """
    rows = _rows(turn, told)
    if not rows:
        return 0
    company_file_id = turn.session.company_file_id
    known = stored.stored(turn.db, company_file_id, rows)
    news = [row for txn_id, row in rows.items() if not _is_known(row, known.get(txn_id))]
    stored.store(turn.db, news)
    guids, references = _names(rows.values())
    payments = stored.payments_of(
        turn.db, company_file_id, guids=guids, references=references, txn_ids=rows
    )
    policy = company_of(turn)
    _see_again(turn, rows, news, payments, takes_stock=policy.takes_stock)
    _resolve_zeroed(turn, rows)
    told_anew = {row[name] for row in news for name in ("external_guid", "reference", "txn_id")}
    found = look(
        turn,
        [
            payment
            for payment in payments
            if payment.status != PaymentStatus.POSTED
            or not told_anew.isdisjoint({payment.external_guid, payment.reference, payment.txn_id})
            or payment.missing_since
            or payment.entered_wall is None  # a person named its entry; there may be another one
        ],
        keeps_guid=policy.keeps_guid,
    )
    standing = {
        payment: looked.found.receipts
        for payment, looked in found.items()
        if isinstance(looked.found, Ours)
        and any(receipt.txn_id in rows for receipt in looked.found.receipts)
    }
    moved = stand(turn, standing, why=notes.SEEN)
    _note_entered(turn, rows, payments)
    changed.note(turn, {row["txn_id"] for row in news})
    ours = {payment.external_guid for payment in payments} | {
        payment.reference for payment in payments
    }
    prefixes = {policy.reference_prefix, *policy.former_prefixes, identity.PREFIX_DEFAULT}
    strangers = [
        {"txn_id": row["txn_id"], "edit_sequence": row["edit_sequence"]}
        for row in rows.values()
        if ours.isdisjoint({row["external_guid"], row["reference"]})
        and receipts.is_stranger(as_receipt(row), prefixes)
    ]
    stored.add_extras(
        turn.db,
        company_file_id,
        Kind.STRANGER,
        strangers,
        session_id=turn.session.id,
        now=turn.now,
    )
    return moved


def take_deletions(turn: Turn, told: Iterable[TxnDeletedRet]) -> None:
    """Reverse the payments whose receipts were deleted, unless another of theirs stands."""
    company_file_id = turn.session.company_file_id
    rows = {
        item.txn_id: {
            "company_file_id": company_file_id,
            "txn_id": item.txn_id,
            "reference": _short(receipts.number_of(item.ref_number), REFERENCE_MAX),
            "deleted_wall": receipts.wall_of(item.time_deleted) or "",
            "seen_session_id": turn.session.id,
        }
        for item in told
        if item.txn_id and len(item.txn_id) <= TXN_ID_MAX
        if item.txn_del_type in (None, "ReceivePayment")
    }
    if not rows:
        return
    stored.store(turn.db, list(rows.values()))
    mark = doubt.mark_after(
        max(str(row["deleted_wall"]) for row in rows.values()),
        company_of(turn).deletions_mark,
        now=turn.now,
    )
    stored.learn(turn.db, company_file_id, {"deletions_mark": mark})
    stored.resolve_extras(turn.db, company_file_id, rows, Resolution.GONE, now=turn.now)
    gone = [
        payment
        for payment in stored.payments_in(turn.db, company_file_id, rows)
        if payment.status == PaymentStatus.POSTED
    ]
    seconds = {extra.payment_id: extra for extra in stored.open_extras(turn.db, company_file_id)}
    _adopt(turn, [(payment, seconds[payment.id]) for payment in gone if payment.id in seconds])
    _reverse(turn, [payment for payment in gone if payment.id not in seconds], notes.IS_DELETED)


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is like a payment, and when one with its name was deleted in QuickBooks.

    By QuickBooks' clock, "" where nobody said; None: none was.
    """

    found: Found
    deleted_wall: str | None


def look(
    turn: Turn, payments: Sequence[AnyRow], *, keeps_guid: bool | None
) -> dict[AnyRow, Looked]:
    """Look for payments among the receipts that were told.

    For one that may have left, what this session was told alone counts.
    """
    if not payments:
        return {}
    rows = stored.alike(
        turn.db,
        turn.session.company_file_id,
        guids={payment.external_guid for payment in payments},
        references={payment.reference for payment in payments},
        txn_ids={payment.txn_id for payment in payments if _stands(payment)},
    )
    by_name: dict[str | None, dict[str, AnyRow]] = {}
    for row in rows:
        for name in (row.external_guid, row.reference, row.txn_id):
            by_name.setdefault(name, {})[row.txn_id] = row
    looked = {}
    for payment in payments:
        named = by_name.get(payment.external_guid, {}) | by_name.get(payment.reference, {})
        if _stands(payment):
            named |= by_name.get(payment.txn_id, {})
        former = None if _stands(payment) else named.get(payment.txn_id)
        there = [
            as_receipt(row._asdict())
            for row in named.values()
            if row.deleted_wall is None
            and not _is_over(row, former)
            and (not _may_have_left(payment) or row.seen_session_id == turn.session.id)
        ]
        looked[payment] = Looked(
            _find(payment, there, keeps_guid=keeps_guid),
            deleted_wall=max(
                (
                    row.deleted_wall
                    for row in named.values()
                    if row.deleted_wall is not None and row.txn_id != payment.txn_id
                ),
                default=None,
            ),
        )
    looked |= _others(turn, looked)
    return looked if keeps_guid else looked | _renumbered(turn, looked, keeps_guid=keeps_guid)


def _others(turn: Turn, looked: Mapping[AnyRow, Looked]) -> dict[AnyRow, Looked]:
    """Find those for which nothing speaks but an entry that is another payment's already.

    A bookkeeper may have changed its number to this one's: a person has to look.
    """
    named = {
        payment: found.found.receipts
        for payment, found in looked.items()
        if isinstance(found.found, Ours) and not _stands(payment)
    }
    txn_ids = {receipt.txn_id for receipts_ in named.values() for receipt in receipts_}
    if not txn_ids:
        return {}
    owners = stored.owners(turn.db, turn.session.company_file_id, txn_ids)
    return {
        payment: Looked(Contested(tuple(own)), looked[payment].deleted_wall)
        for payment, own in named.items()
        if any(
            receipt.guid is None and owners.get(receipt.txn_id, set()) - {payment.id}
            for receipt in own
        )
    }


def _renumbered(
    turn: Turn, looked: Mapping[AnyRow, Looked], *, keeps_guid: bool | None
) -> dict[AnyRow, Looked]:
    """Find what may be payments of ours, where only their number could tell.

    Of their customer and amount, entered since, and of no other payment: a person has to look.
    Where GUIDs are known to be dropped, that one never left is no proof of the contrary: this
    database may be older than the day it did.
    """
    concerned = _may_have_left if keeps_guid is None else _waits
    since = {
        payment: _entered_since(turn, payment)
        for payment, seen in looked.items()
        if isinstance(seen.found, Nowhere) and concerned(payment)
    }
    if not since:
        return {}
    rows = stored.nobodys(
        turn.db,
        turn.session.company_file_id,
        amounts={payment.amount_cents for payment in since},
        since=min(since.values()),
    )
    there = [as_receipt(row._asdict()) for row in rows]
    found = {
        payment: tuple(
            each
            for each in there
            if (each.created_wall or "") >= first and receipts.is_like(each, wanted(payment))
        )
        for payment, first in since.items()
    }
    return {
        payment: Looked(Contested(alike), looked[payment].deleted_wall)
        for payment, alike in found.items()
        if alike
    }


def _entered_since(turn: Turn, payment: AnyRow) -> str:
    """Say since when (wall clock) an entry of a payment can have been made."""
    if _may_have_left(payment):
        return turn.session.receipts_from or ""
    return doubt.asked_from(payment.received_on.isoformat(), doubt.ANY_CLOCK) or ""


def _may_have_left(payment: AnyRow) -> bool:
    return bool(payment.ever_left and _waits(payment))


def _waits(payment: AnyRow) -> bool:
    return payment.status in WAITS


def _is_over(row: AnyRow, former: AnyRow | None) -> bool:
    """Say whether a receipt at 0.00 is from before a payment was re-opened, as its last one is."""
    if former is None or row.total_cents != 0:
        return False
    return bool((row.created_wall or "") <= (former.created_wall or ""))


def _stands(payment: AnyRow) -> bool:
    return bool(payment.status == PaymentStatus.POSTED)


def _find(payment: AnyRow, there: Sequence[Receipt], *, keeps_guid: bool | None) -> Found:
    """Look for a payment; one that is posted is known by its TxnID, whatever was edited since.

    Where the GUID is dropped, what is like it besides is it a second time. Where that is not known,
    it may have been typed in by hand.
    """
    own = [receipt for receipt in there if receipt.txn_id == payment.txn_id]
    if not own or not _stands(payment):
        return receipts.find(wanted(payment), there, keeps_guid=keeps_guid)
    others = [receipt for receipt in there if receipt not in own]
    more = receipts.further(wanted(payment), others, drops_guid=keeps_guid is False)
    return Ours((*own, *more))


def wanted(payment: AnyRow) -> Wanted:
    """Say what a payment is known by in QuickBooks."""
    names = (
        payment.customer_list_id,
        payment.customer_name,
        payment.post_customer_list_id,
        payment.post_customer_name,
    )
    return Wanted(
        guid=payment.external_guid,
        reference=payment.reference,
        amount_cents=payment.amount_cents,
        customers=frozenset(name for name in names if name),
        former_txn_id=None if payment.status == PaymentStatus.POSTED else payment.txn_id,
    )


def stand(
    turn: Turn,
    standing: Mapping[AnyRow, Sequence[Receipt]],
    *,
    why: str,
    attempts: Mapping[int, int] | None = None,
) -> int:
    """Write that payments stand in QuickBooks under receipts, the first of which is it.

    Any other receipt of theirs is one too many. `attempts` names the attempt (by payment id) whose
    answer showed it. Gives how many payments moved.
    """
    if not standing:
        return 0
    now = stored.lock(turn.db, [payment.id for payment in standing])
    standing = {now[payment.id]: found for payment, found in standing.items()}
    moved: list[tuple[AnyRow, Receipt]] = []
    extras: list[tuple[AnyRow, Receipt]] = []
    adopted: list[tuple[AnyRow, Receipt]] = []
    over: list[AnyRow] = []
    zeroed = _zeroed(turn, standing)
    for payment, found in standing.items():
        own = [receipt for receipt in found if receipt.txn_id == payment.txn_id]
        live = [receipt for receipt in found if receipt.txn_id not in zeroed]
        others = [receipt for receipt in live if receipt not in own]
        if payment.status in TO_POSTED:
            moved.append((payment, (live or found)[0]))
            over += [] if live else [payment]
            others = live[1:]
        elif payment.status == PaymentStatus.POSTED:
            is_zero = any(receipt not in live for receipt in own)
            if others and (is_zero or (payment.missing_since and not own)):
                adopted.append((payment, others.pop(0)))
            elif is_zero:
                over.append(payment)
        else:  # reversed: whatever stands there again is for a person
            others = live
        extras += [(payment, receipt) for receipt in others]
    _post(turn, moved, why, attempts or {})
    _adopt(turn, adopted)
    _found_again(turn, standing)
    _reverse(turn, over, notes.IS_ZERO)
    _add_seconds(turn, extras)
    return len(moved)


def _zeroed(turn: Turn, standing: Mapping[AnyRow, Sequence[Receipt]]) -> set[str]:
    """List the receipts (TxnIDs) at 0.00; an answer to a payment does not tell how it is now."""
    told = [receipt for found in standing.values() for receipt in found]
    untold = {receipt.txn_id for receipt in told if receipt.total_cents is None}
    known = stored.stored(turn.db, turn.session.company_file_id, untold) if untold else {}
    return {
        receipt.txn_id for receipt in told if known.get(receipt.txn_id, receipt).total_cents == 0
    }


def take_stock(turn: Turn) -> None:
    """Settle what was one too many in another file, once the whole list of this one was read."""
    company_file_id = turn.session.company_file_id
    open_ = stored.open_extras(turn.db, company_file_id)
    names = {txn_id for extra in open_ for txn_id in (extra.txn_id, extra.kept_txn_id) if txn_id}
    there = {
        txn_id
        for txn_id, row in stored.stored(turn.db, company_file_id, names).items()
        if row.seen_session_id == turn.session.id and row.deleted_wall is None
    }
    stored.resolve_extras(turn.db, company_file_id, names - there, Resolution.GONE, now=turn.now)
    alone = {
        extra.payment_id: extra
        for extra in open_
        if extra.txn_id in there and extra.kept_txn_id not in there
    }
    payments = stored.lock(turn.db, [number for number in alone if number is not None])
    _adopt(
        turn,
        [(payment, alone[payment.id]) for payment in payments.values() if _stands(payment)],
    )


def as_receipt(row: Mapping[str, Any]) -> Receipt:
    """Put a row of receipts into a value for the rules."""
    return Receipt(
        txn_id=row["txn_id"],
        guid=row["external_guid"],
        reference=row["reference"],
        customer_list_id=row["customer_list_id"],
        customer_name=row["customer_name"],
        total_cents=row["total_cents"],
        unused_cents=row["unused_cents"],
        edit_sequence=row["edit_sequence"],
        created_wall=row["created_wall"],
        day=row["txn_date"],
        seen_session_id=row["seen_session_id"],
    )


def _note_entered(
    turn: Turn, rows: Mapping[str, Mapping[str, Any]], payments: Sequence[AnyRow]
) -> None:
    """Write when payments that were posted before were entered, where it is told otherwise."""
    walls = {
        payment.id: str(rows[payment.txn_id]["created_wall"])
        for payment in payments
        if _stands(payment) and payment.txn_id in rows
        if rows[payment.txn_id]["created_wall"] not in (None, payment.entered_wall)
    }
    outbox.note_entered(turn.db, walls)


def is_readable(item: ReceivePaymentRet) -> bool:
    """Say whether a receipt can be kept: it has an id, and one that can be one."""
    return 0 < len(item.txn_id or "") <= TXN_ID_MAX


def _rows(turn: Turn, told: Iterable[ReceivePaymentRet]) -> dict[str, dict[str, Any]]:
    """Write receipts as we keep them, by TxnID.

    Of one that is told twice, what comes first counts, and the second fills the gaps.
    """
    rows: dict[str, dict[str, Any]] = {}
    for item in filter(is_readable, told):
        row = _row(turn, item)
        first = rows.setdefault(row["txn_id"], row)
        first.update({name: row[name] for name, value in first.items() if value is None})
    return rows


def _row(turn: Turn, item: ReceivePaymentRet) -> dict[str, Any]:
    customer = item.customer_ref
    return {
        "company_file_id": turn.session.company_file_id,
        "txn_id": item.txn_id,
        "edit_sequence": _short(item.edit_sequence, EDIT_SEQUENCE_MAX),
        "created_wall": receipts.wall_of(item.time_created),
        "modified_wall": receipts.wall_of(item.time_modified),
        "external_guid": _short(receipts.guid_of(item.external_guid), GUID_MAX),
        "reference": _short(receipts.number_of(item.ref_number), REFERENCE_MAX),
        "customer_list_id": _short(customer.list_id if customer else None, LIST_ID_MAX),
        "customer_name": _short(customer.full_name if customer else None, NAME_MAX),
        "txn_date": item.txn_date,
        "total_cents": item.total_amount,
        "unused_cents": item.unused_payment,
        "seen_session_id": turn.session.id,
        "deleted_wall": None,
    }


def _short(text: str | None, length_max: int) -> str | None:
    return text if len(text or "") <= length_max else None


def _is_known(row: Mapping[str, Any], known: AnyRow | None) -> bool:
    if known is None:
        return False
    return all(
        getattr(known, name) == value for name, value in row.items() if name != "seen_session_id"
    )


def _names(rows: Iterable[Mapping[str, Any]]) -> tuple[set[str], set[str]]:
    told = list(rows)
    return (
        {row["external_guid"] for row in told if row["external_guid"]},
        {row["reference"] for row in told if row["reference"]},
    )


def _see_again(
    turn: Turn,
    rows: Mapping[str, Mapping[str, Any]],
    news: Sequence[Mapping[str, Any]],
    payments: Sequence[AnyRow],
    *,
    takes_stock: bool,
) -> None:
    """Note that this session has seen those that did not change, where that will be asked.

    That is for payments that are in doubt, and for all of them when stock is taken; a row a poll
    would be work that grows with what was already done.
    """
    written = {row["txn_id"] for row in news}
    names = {
        name
        for payment in payments
        if _may_have_left(payment)
        for name in (payment.external_guid, payment.reference)
    }
    again = [
        txn_id
        for txn_id, row in rows.items()
        if txn_id not in written
        and (takes_stock or not names.isdisjoint({row["external_guid"], row["reference"]}))
    ]
    stored.see(turn.db, turn.session.company_file_id, again, turn.session.id)


def _resolve_zeroed(turn: Turn, rows: Mapping[str, Mapping[str, Any]]) -> None:
    zeroed = [txn_id for txn_id, row in rows.items() if row["total_cents"] == 0]
    stored.resolve_extras(
        turn.db, turn.session.company_file_id, zeroed, Resolution.GONE, now=turn.now
    )


def _post(
    turn: Turn, moved: Sequence[tuple[AnyRow, Receipt]], why: str, attempts: Mapping[int, int]
) -> None:
    by_status: dict[str, list[dict[str, Any]]] = {}
    for payment, receipt in moved:
        by_status.setdefault(payment.status, []).append(
            {"payment": payment.id, **posted_facts(turn, payment.amount_cents, receipt)}
        )
    for status, rows in by_status.items():
        source = PaymentStatus(status)
        outbox.record(turn.db, source, PaymentStatus.POSTED, Mover.EVIDENCE, rows, now=turn.now)
    outbox.add_events(
        turn.db,
        [
            event(turn, payment, PaymentStatus.POSTED, why)
            | {"attempt_id": attempts.get(payment.id)}
            for payment, _ in moved
        ],
    )
    stored.resolve_extras(
        turn.db,
        turn.session.company_file_id,
        {receipt.txn_id for _, receipt in moved},
        Resolution.LINKED,
        now=turn.now,
    )


def posted_facts(turn: Turn, amount_cents: int, receipt: Receipt) -> dict[str, Any]:
    """Give the columns of a payment that stands in QuickBooks."""
    return CLEARED | {
        "txn_id": receipt.txn_id,
        "edit_sequence": receipt.edit_sequence,
        **applied(amount_cents, receipt),
        "posted_at": turn.now,
        "entered_wall": receipt.created_wall or turn.now.strftime(WALL),
        "differs": False,
    }


def applied(amount_cents: int, receipt: Receipt | None) -> dict[str, int | None]:
    """Give the columns that say how much of a payment is applied; None where it was not told."""
    if receipt is None or receipt.unused_cents is None:
        return {"applied_cents": None, "unapplied_cents": None}
    total = amount_cents if receipt.total_cents is None else receipt.total_cents
    return {
        "applied_cents": total - receipt.unused_cents,
        "unapplied_cents": receipt.unused_cents,
    }


def event(turn: Turn, payment: AnyRow, target: PaymentStatus, why: str | None) -> dict[str, Any]:
    """Make the event of a payment that this session moves."""
    return {
        "payment_id": payment.id,
        "at": turn.now,
        "from_status": payment.status,
        "to_status": target,
        "by": "session",
        "note": why,
        "wc_session_id": turn.session.id,
    }


def _found_again(turn: Turn, standing: Mapping[AnyRow, Sequence[Receipt]]) -> None:
    """Take back that payments are missing, of those whose own receipt was seen."""
    outbox.found_again(
        turn.db,
        [
            payment.id
            for payment, found in standing.items()
            if payment.missing_since and any(each.txn_id == payment.txn_id for each in found)
        ],
    )


def _reverse(turn: Turn, payments: Sequence[AnyRow], why: str) -> None:
    """Reverse payments that stand as posted now, whatever they were before."""
    outbox.record(
        turn.db,
        PaymentStatus.POSTED,
        PaymentStatus.REVERSED,
        Mover.EVIDENCE,
        [
            {"payment": payment.id, "note": why, "hidden_at": None, "missing_since": None}
            for payment in payments
        ],
        now=turn.now,
    )
    outbox.add_events(
        turn.db,
        [
            event(turn, payment, PaymentStatus.REVERSED, why)
            | {"from_status": PaymentStatus.POSTED}
            for payment in payments
        ],
    )


def _adopt(turn: Turn, pairs: Sequence[tuple[AnyRow, Any]]) -> None:
    """Let payments stand under another receipt of theirs; their own is gone."""
    if not pairs:
        return
    txn_ids = {other.txn_id for _, other in pairs}
    rows = stored.stored(turn.db, turn.session.company_file_id, txn_ids)
    told = {txn_id: as_receipt(row._asdict()) for txn_id, row in rows.items()}
    outbox.restate(
        turn.db,
        [
            {
                "payment": payment.id,
                "txn_id": other.txn_id,
                "edit_sequence": other.edit_sequence,
                "entered_wall": told[other.txn_id].created_wall if other.txn_id in told else None,
                **applied(payment.amount_cents, told.get(other.txn_id)),
            }
            for payment, other in pairs
        ],
    )
    outbox.add_events(
        turn.db,
        [event(turn, payment, PaymentStatus.POSTED, notes.OTHER_STANDS) for payment, _ in pairs],
    )
    stored.resolve_extras(
        turn.db,
        turn.session.company_file_id,
        txn_ids,
        Resolution.LINKED,
        now=turn.now,
    )


def _add_seconds(turn: Turn, found: Sequence[tuple[AnyRow, Receipt]]) -> None:
    """Note second receipts of payments; one that is another payment's already is none."""
    txn_ids = {receipt.txn_id for _, receipt in found}
    owners = stored.owners(turn.db, turn.session.company_file_id, txn_ids) if found else {}
    extras = [
        (payment, receipt)
        for payment, receipt in found
        if not owners.get(receipt.txn_id, set()) - {payment.id}
    ]
    if extras:
        log.warning("receipts_too_many", session=turn.session.id, count=len(extras))
    stored.add_extras(
        turn.db,
        turn.session.company_file_id,
        Kind.SECOND,
        [
            {
                "txn_id": receipt.txn_id,
                "edit_sequence": receipt.edit_sequence,
                "payment_id": payment.id,
            }
            for payment, receipt in extras
        ],
        session_id=turn.session.id,
        now=turn.now,
    )
