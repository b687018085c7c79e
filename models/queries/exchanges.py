"""Exchanges: message sets out and in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.exchange import Exchange
from sync_core.plan import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class ExchangeRow:
    """An exchange as read; `asked` says what its reading requestIDs stand for."""

    id: int
    token: str
    step: Step
    asked: dict[str, Any]
    asked_at: datetime


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
    return db.execute(
        insert(Exchange)
        .values(
            wc_session_id=session_id,
            number=number,
            token=token,
            step=step,
            asked=asked,
            holds=holds,
            request_xml=request_xml,
            asked_at=now,
        )
        .returning(Exchange.id)
    ).scalar_one()


def unanswered(db: Connection, session_id: int) -> ExchangeRow | None:
    """Read what the message set that is out was about; not its text, which is long."""
    row = db.execute(
        select(Exchange.id, Exchange.token, Exchange.step, Exchange.asked, Exchange.asked_at).where(
            Exchange.wc_session_id == session_id, Exchange.answered_at.is_(None)
        )
    ).first()
    return None if row is None else ExchangeRow(**{**row._asdict(), "step": Step(row.step)})


def text(db: Connection, session_id: int) -> str:
    """Read the message set that is out, as it was handed out."""
    return db.execute(
        select(Exchange.request_xml).where(
            Exchange.wc_session_id == session_id, Exchange.answered_at.is_(None)
        )
    ).scalar_one()


def tokens(db: Connection, session_id: int) -> set[str]:
    """List the tokens of a session's exchanges, by which late answers are known."""
    found = db.execute(select(Exchange.token).where(Exchange.wc_session_id == session_id))
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
    db.execute(
        update(Exchange)
        .where(Exchange.id == exchange_id)
        .values(
            answered_at=now,
            response_xml=response[:kept_max] or None,
            response_length=len(response) if response else None,
            hresult=hresult[:20] or None,
            told=told,
        )
    )
