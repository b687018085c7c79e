"""Exchanges: message sets out and in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, insert, select

from models.exchange import Exchange
from models.statements import change_one, once
from sync_core.plan import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class ExchangeRow:
    """An exchange as read; `asked` says what its reading requestIDs stand for."""

    id: int
    token: str
    step: Step
    asked: dict[str, Any]
    asked_at: datetime


_ADD = insert(Exchange).returning(Exchange.id)


def add(
    db: Connection,
    *,
    session_id: int,
    number: int,
    token: str,
    step: Step,
    asked: dict[str, Any],
    holds: dict[str, int],
    request_xml: str,
    now: datetime,
) -> int:
    """Store a message set that is about to leave; give its id."""
    row = {
        "wc_session_id": session_id,
        "number": number,
        "token": token,
        "step": step,
        "asked": asked,
        "holds": holds,
        "request_xml": request_xml,
        "asked_at": now,
    }
    return db.execute(_ADD, row).scalar_one()


@once
def _unanswered(session_id: int) -> Executable:
    return select(
        Exchange.id, Exchange.token, Exchange.step, Exchange.asked, Exchange.asked_at
    ).where(Exchange.wc_session_id == session_id, Exchange.answered_at.is_(None))


def unanswered(db: Connection, session_id: int) -> ExchangeRow | None:
    """Read what the message set that is out was about; not its text, which is long."""
    row = db.execute(*_unanswered(session_id)).first()
    return None if row is None else ExchangeRow(**{**row._asdict(), "step": Step(row.step)})


@once
def _text(session_id: int) -> Executable:
    return select(Exchange.request_xml).where(
        Exchange.wc_session_id == session_id, Exchange.answered_at.is_(None)
    )


def text(db: Connection, session_id: int) -> str:
    """Read the message set that is out, as it was handed out."""
    return str(db.execute(*_text(session_id)).scalar_one())


@once
def _tokens(session_id: int) -> Executable:
    return select(Exchange.token).where(Exchange.wc_session_id == session_id)


def tokens(db: Connection, session_id: int) -> set[str]:
    """List the tokens of a session's exchanges, by which late answers are known."""
    found = db.execute(*_tokens(session_id))
    return set(found.scalars())


def close(
    db: Connection,
    exchange_id: int,
    *,
    now: datetime,
    response: str = "",
    hresult: str = "",
    kept_max: int | None = None,
    told: dict[str, dict[str, int]] | None = None,
) -> None:
    """Stop waiting for the answer: keep it as it came, readable or not, or give it up.

    `kept_max` is how many characters of it are kept, None for all.
    """
    kept = {
        "answered_at": now,
        "response_xml": response[:kept_max] or None,
        "response_length": len(response) if response else None,
        "hresult": hresult[:20] or None,
        "told": told,
    }
    db.execute(*change_one(Exchange, exchange_id, kept))
