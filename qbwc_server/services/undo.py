"""Taking an act back: by the person who acted, before the next sync, as long as nothing came after.

What evidence or anybody else has moved since is never taken back: a payment is as the act left it
only while its last change is that act.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date

from models.base import AnyRow, UtcDateTime
from models.payment import Payment
from models.queries import mappings, outbox, payments, remedies
from qbwc_server.services import previews
from qbwc_server.services.acting import Asked, left_behind
from qbwc_server.services.previews import Sentence
from sync_core.lifecycle import Mover, PaymentStatus
from sync_core.names import Meant
from sync_core.wording import acts

# What acts change of a payment. What it may have left in QuickBooks is no matter of theirs.
_COLUMNS = (
    *("note", "hidden_at", "post_anyway", "is_restored", "returns", "refusals"),
    *("as_credit", "what_fits", "post_on", "chosen_customer_list_id"),
    *("posted_at", "applied_cents", "unapplied_cents", "missing_since"),
    *payments.NO_REJECTION,
)
# Where a payment may be taken back from.
_FROM = (PaymentStatus.QUEUED, PaymentStatus.DISMISSED)

Before = dict[int, dict[str, Any]]


def look(db: Connection, rows: Sequence[AnyRow]) -> Before:
    """Read how payments are, before an act."""
    ids = [row.id for row in rows]
    chosen: dict[int, list[list[Any]]] = {}
    for part in remedies.chosen_parts(db, ids):
        chosen.setdefault(part.payment_id, []).append([part.position, part.chosen_txn_id])
    watched: dict[int, list[list[str]]] = {}
    for one in remedies.watched(db, ids):
        watched.setdefault(one.payment_id, []).append([one.kind, one.key])
    links = remedies.recorded(db, ids)
    return {
        row.id: {
            "columns": {name: _to_json(getattr(row, name)) for name in _COLUMNS},
            "chosen": chosen.get(row.id, []),
            "watched": watched.get(row.id, []),
            "recorded_as": links[row.id],
        }
        for row in rows
    }


def keep(asked: Asked, rows: Sequence[AnyRow], before: Before) -> None:
    """Keep the way back of an act that was just done, and forget that of the one before it.

    `rows` are the payments as they were before the act.
    """
    now = {row.id: row for row in payments.hold_each(asked.db, list(before)).values()}
    remedies.forget_undo(asked.db, list(before))
    newest = remedies.newest_session(asked.db, asked.payment.company_file_id)
    remedies.keep_undo(
        asked.db,
        [
            {
                "payment_id": row.id,
                "said_of_id": asked.payment.id,
                "by": asked.by,
                "at": asked.now,
                "last_session_id": newest,
                "status": row.status,
                "before": before[row.id]
                | (asked.to_put_back if row.id == asked.payment.id else {}),
            }
            for row in rows
            if now[row.id].status != row.status and now[row.id].status in _FROM
        ],
    )


def is_last(payment: AnyRow, undo: AnyRow | None) -> bool:
    """Say whether the last that happened to a payment was an act that can be taken back."""
    return undo is not None and payment.status in _FROM and payment.changed_at == undo.at


def why_not(db: Connection, payment: AnyRow, undo: AnyRow, by: str) -> str | None:
    """Say why an act that was the last on a payment cannot be taken back by somebody."""
    if undo.by != by:
        return acts.ANOTHERS_TO_TAKE_BACK.format(by=undo.by)
    if remedies.newest_session(db, payment.company_file_id) != undo.last_session_id:
        return acts.SYNC_BEGAN
    return None


def moved_with(db: Connection, payment_ids: Sequence[int]) -> set[int]:
    """List the payments (ids) that were moved together with some, by the last act on them."""
    groups = {
        (undo.said_of_id, undo.at, undo.by): undo
        for undo in remedies.undo_of(db, payment_ids).values()
    }
    return {payment_id for undo in groups.values() for payment_id in remedies.moved_with(db, undo)}


def take_back(asked: Asked) -> Sentence:
    """Put everything back that the last act on a payment moved, as far as it is as it was left."""
    db = asked.db
    held = {row.id: row for row in (asked.payment, *asked.others)}
    kept = remedies.undo_of(db, list(held))
    own = kept[asked.payment.id]
    undone = {
        number: undo
        for number, undo in kept.items()
        if (undo.said_of_id, undo.at, undo.by) == (own.said_of_id, own.at, own.by)
        and is_last(held[number], undo)
    }
    told = left_behind(asked, "undo")
    moves: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for number, undo in undone.items():
        columns = {name: _from_json(name, value) for name, value in _columns(undo).items()}
        facts = {"payment": number, **columns, "cleared_session_id": None}
        moves.setdefault((held[number].status, undo.status), []).append(facts)
    for (source, target), rows in moves.items():
        outbox.record(
            db, PaymentStatus(source), PaymentStatus(target), Mover.UNDO, rows, now=asked.now
        )
    outbox.add_events(
        db,
        [
            {
                "payment_id": number,
                "at": asked.now,
                "from_status": held[number].status,
                "to_status": undo.status,
                "by": asked.by,
                "note": told,
            }
            for number, undo in sorted(undone.items())
        ],
    )
    _put_back(asked, undone)
    remedies.forget_undo(db, list(undone))
    again = acts.AGAIN[PaymentStatus(own.status)]
    return previews.just(
        again if len(undone) == 1 else acts.SEVERAL_AGAIN.format(count=len(undone))
    )


def _put_back(asked: Asked, undone: Mapping[int, AnyRow]) -> None:
    """Put back what is no column of the payments."""
    db, company = asked.db, asked.payment.company_file_id
    remedies.choose_nothing(db, list(undone))
    remedies.unlink(db, list(undone))
    watched = []
    for number, undo in undone.items():
        before = undo.before
        remedies.choose_invoices(db, number, dict(before["chosen"]))
        remedies.record_as(db, company, number, before["recorded_as"])
        watched += [
            {"company_file_id": company, "payment_id": number, "kind": kind, "key": key}
            for kind, key in before["watched"]
        ]
        remedies.doubt_attempts(db, before.get("in_doubt", []))
        for mapping in before.get("mappings", []):
            _put_mapping_back(asked, **mapping)
    remedies.watch(db, watched)


def _put_mapping_back(
    asked: Asked, *, meant: str, word: str, to: str, before: dict[str, str] | None
) -> None:
    """Let a word of the payment site mean what it meant, unless it was changed since."""
    db, company, kind = asked.db, asked.payment.company_file_id, Meant(meant)
    now = remedies.mapping(db, company, kind, word)
    if now is None or now.quickbooks_id != to:
        return
    if before is None:
        mappings.remove(db, company, kind, [word])
        return
    mappings.put(
        db,
        [
            {
                "company_file_id": company,
                "meant": kind,
                "external_id": word,
                "quickbooks_id": before["quickbooks_id"],
                "set_at": datetime.fromisoformat(before["set_at"]),
                "set_by": before["set_by"],
            }
        ],
    )


def _columns(undo: AnyRow) -> dict[str, Any]:
    columns: dict[str, Any] = undo.before["columns"]
    return columns


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date, too


def _from_json(name: str, value: Any) -> Any:
    """Read a column as it was kept."""
    if value is None:
        return None
    kind = Payment.__table__.c[name].type
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
