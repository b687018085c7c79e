"""Sessions: opening, finding by ticket, fencing, ending."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, bindparam, select, text, update

from models.base import AnyRow
from models.engine import insert_into
from models.statements import change_one, once
from models.wc_session import IS_OVER, IS_WRITING, WcSession
from sync_core.session import State


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """A session as read."""

    id: int
    company_file_id: int
    install_id: int
    state: State
    revision: int
    opened_at: datetime
    last_heard_at: datetime
    percent: int
    message: str | None
    company_known: bool
    may_write: bool
    is_paused: bool
    settled: bool
    asked_to: int
    more_to_ask: bool
    receipts_read: bool
    receipts_from: str | None
    receipts_to: str | None
    receipts_left: int | None
    receipts_again: bool
    iterator_id: str | None
    lists: dict[str, Any]
    stale_after: str | None
    has_questions: bool
    locks: dict[str, str]
    app_lock: str | None
    take_out: list[str]
    set_limit: int | None
    waiting_to: int | None
    looked_up_to: int
    more_pages: bool
    look_again: list[int]
    held: list[int]
    to_explain: list[int]
    methods_to_add: list[list[str]]
    waiting: int
    looked: int
    exchanges: int
    to_post: int
    posted: int
    rejected: int
    wrote: bool
    customers_changed: int
    invoices_changed: int
    credit_memos_changed: int
    qbxml_version: str | None
    company_name: str | None
    company_path: str | None
    tried_file: bool
    trouble: str | None
    trouble_variant: str | None
    trouble_facts: dict[str, str] | None


_COLUMNS = [WcSession.__table__.c[name] for name in SessionRow.__slots__]
_SELECT = select(*_COLUMNS)
# Every call begins with it, and so many columns take longer to be looked through than to be read.
_TAKE = (
    update(WcSession)
    .where(WcSession.ticket_hash == bindparam("of_ticket"))
    .values(revision=WcSession.revision + 1, last_heard_at=bindparam("heard_at"))
    .returning(*_COLUMNS)
)


@once
def _open_session(db: Connection) -> Executable:
    return insert_into(db, WcSession).on_conflict_do_nothing().returning(WcSession.id)


def open_session(
    db: Connection, *, company_file_id: int, install_id: int, ticket_hash: str, now: datetime
) -> bool:
    """Open a session; False when the company file has an open one (two called at once)."""
    insertion, _ = _open_session(db)
    row = {
        "company_file_id": company_file_id,
        "install_id": install_id,
        "ticket_hash": ticket_hash,
        "state": State.READY,
        "opened_at": now,
        "last_heard_at": now,
    }
    return db.execute(insertion, row).first() is not None


def take(db: Connection, ticket_hash: str, now: datetime) -> SessionRow | None:
    """Take the session of a ticket, open or over, for this transaction, and read it.

    The first statement of every call. The row is read by the statement that locks it until the
    transaction ends: whoever comes meanwhile waits, and reads what this one has made of it, so
    whatever follows is done once.
    """
    return _one(db.execute(_TAKE, {"of_ticket": ticket_hash, "heard_at": now}))


@once
def _open_one(company_file_id: int) -> Executable:
    is_open = (WcSession.company_file_id == company_file_id, WcSession.ended_at.is_(None))
    return _SELECT.where(*is_open)


def open_one(db: Connection, company_file_id: int) -> SessionRow | None:
    """Read the company file's open session."""
    return _one(db.execute(*_open_one(company_file_id)))


@once
def _last_over(install_id: int) -> Executable:
    return (
        select(
            WcSession.trouble,
            WcSession.trouble_variant,
            WcSession.failed_in_row,
            WcSession.trouble_times,
            WcSession.trouble_since,
        )
        .where(WcSession.install_id == install_id, text(IS_OVER))
        .order_by(WcSession.id.desc())
        .limit(1)
    )


def last_over(db: Connection, install_id: int) -> AnyRow | None:
    """Read how the last sync of an install ended: its trouble, how often in a row, since when."""
    return db.execute(*_last_over(install_id)).first()


def silent_with_writes(
    db: Connection, since: datetime, until: datetime, *, limit: int
) -> list[SessionRow]:
    """Read open sessions whose payments are out, last heard before a moment or after another.

    The second lies in the future: the clock was set back since.
    """
    return [
        _row(row)
        for is_silent in (WcSession.last_heard_at < since, WcSession.last_heard_at > until)
        for row in db.execute(_SELECT.where(text(IS_WRITING), is_silent).limit(limit))
    ]


def fence(db: Connection, session: SessionRow, now: datetime) -> bool:
    """Take the session for this transaction, as it was read; False when another worker has it.

    For those who come without its ticket: one row or nothing. The row stays locked until the
    transaction ends, so whatever follows is done once.
    """
    taken = db.execute(
        update(WcSession)
        .where(
            WcSession.id == session.id,
            WcSession.state == session.state,
            WcSession.revision == session.revision,
        )
        .values(revision=session.revision + 1, last_heard_at=now)
    )
    return taken.rowcount == 1


def change(db: Connection, session_id: int, **values: Any) -> None:
    """Write what a step has learned. Only inside a transaction that holds the fence."""
    db.execute(*change_one(WcSession, session_id, values))


def _one(found: CursorResult[*tuple[Any, ...]]) -> SessionRow | None:
    row = found.first()
    return None if row is None else _row(row)


def _row(row: AnyRow) -> SessionRow:
    found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    return SessionRow(**{**found, "state": State(found["state"])})
