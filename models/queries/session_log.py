"""The list of syncs and what crossed in each, for people to read."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, text
from sqlalchemy.orm import aliased

from models.base import AnyRow, among
from models.company_file import Install
from models.exchange import Exchange
from models.payment import Payment, PaymentEvent
from models.wc_session import ENDED_BADLY, WcSession

_BEFORE = aliased(WcSession)


def _sessions() -> Select[*tuple[Any, ...]]:
    """Select sessions with the label of their install, and how far its one before each came."""
    before = (
        select(_BEFORE.percent)
        .where(
            _BEFORE.install_id == WcSession.install_id,
            _BEFORE.id < WcSession.id,
            _BEFORE.ended_at.is_not(None),
        )
        .order_by(_BEFORE.id.desc())
        .limit(1)
        .correlate(WcSession)
        .scalar_subquery()
    )
    return select(
        WcSession.id,
        WcSession.opened_at,
        WcSession.last_heard_at,
        WcSession.ended_at,
        WcSession.state,
        WcSession.percent,
        WcSession.posted,
        WcSession.rejected,
        WcSession.wrote,
        WcSession.customers_changed,
        WcSession.invoices_changed,
        WcSession.credit_memos_changed,
        WcSession.message,
        WcSession.trouble,
        WcSession.trouble_variant,
        WcSession.trouble_facts,
        WcSession.qbxml_version,
        WcSession.exchanges,
        Install.uuid.label("install_uuid"),
        Install.label,
        before.label("percent_before"),
    ).join_from(WcSession, Install, Install.id == WcSession.install_id)


def page(
    db: Connection,
    company_file_id: int,
    *,
    before: int | None,
    limit: int,
    install: str = "",
    badly: bool = False,
    wrote: bool = False,
) -> Sequence[AnyRow]:
    """Read the newest sessions, those with a smaller id than `before`.

    Of one install (by its uuid), of those that ended badly, of those that changed the books.
    """
    wanted: list[ColumnElement[bool]] = [WcSession.company_file_id == company_file_id]
    if before is not None:
        wanted.append(WcSession.id < before)
    if install:
        own = select(Install.id).where(Install.uuid == install).scalar_subquery()
        wanted.append(WcSession.install_id == own)
    if badly:
        wanted.append(text(ENDED_BADLY))  # type: ignore[arg-type]  # as its index has it
    if wrote:
        wanted.append(text("wrote"))  # type: ignore[arg-type]  # the same
    return db.execute(_sessions().where(*wanted).order_by(WcSession.id.desc()).limit(limit)).all()


def one(db: Connection, company_file_id: int, session_id: int) -> AnyRow | None:
    """Read a session of a company file."""
    return db.execute(
        _sessions().where(WcSession.id == session_id, WcSession.company_file_id == company_file_id)
    ).first()


def last_through(db: Connection, install: str) -> AnyRow | None:
    """Read the last session of an install (by its uuid) that came to its end."""
    own = select(Install.id).where(Install.uuid == install).scalar_subquery()
    return db.execute(
        select(WcSession.id, WcSession.ended_at)
        .where(
            WcSession.install_id == own,
            WcSession.ended_at.is_not(None),
            text("percent = 100"),
        )
        .order_by(WcSession.id.desc())
        .limit(1)
    ).first()


def installs(db: Connection, company_file_id: int) -> Sequence[AnyRow]:
    """Read the installs of a company file by label: `uuid` and `label`."""
    return db.execute(
        select(Install.uuid, Install.label)
        .where(Install.company_file_id == company_file_id)
        .order_by(Install.label, Install.id)
    ).all()


def last_step(db: Connection, session_id: int) -> str | None:
    """Read what a session's last message set was for."""
    return db.execute(
        select(Exchange.step)
        .where(Exchange.wc_session_id == session_id)
        .order_by(Exchange.number.desc())
        .limit(1)
    ).scalar()


_EXCHANGE = (
    Exchange.number,
    Exchange.step,
    Exchange.asked_at,
    Exchange.answered_at,
    Exchange.hresult,
    Exchange.holds,
    Exchange.told,
    func.length(Exchange.request_xml).label("request_length"),
    func.length(Exchange.response_xml).label("kept_length"),
    func.coalesce(Exchange.response_length, func.length(Exchange.response_xml)).label(
        "response_length"
    ),
)


def exchanges_page(db: Connection, session_id: int, *, after: int, limit: int) -> Sequence[AnyRow]:
    """Read a session's exchanges in order, those behind a number; not their texts."""
    return db.execute(
        select(*_EXCHANGE)
        .where(Exchange.wc_session_id == session_id, Exchange.number > after)
        .order_by(Exchange.number)
        .limit(limit)
    ).all()


def texts_of(limit: int) -> tuple[ColumnElement[str], ...]:
    """Select the texts of an exchange, of each so many characters."""
    return tuple(
        func.substr(column, 1, limit).label(column.key)
        for column in (Exchange.request_xml, Exchange.response_xml)
    )


def exchange(db: Connection, session_id: int, number: int, *, length_max: int) -> AnyRow | None:
    """Read an exchange with its texts, of each so many characters."""
    return db.execute(
        select(*_EXCHANGE, *texts_of(length_max)).where(
            Exchange.wc_session_id == session_id, Exchange.number == number
        )
    ).first()


def lengths(db: Connection, session_id: int, limit: int) -> Sequence[AnyRow]:
    """Read how long the texts of a session's last exchanges are, the newest first."""
    return db.execute(
        select(*_EXCHANGE)
        .where(Exchange.wc_session_id == session_id)
        .order_by(Exchange.number.desc())
        .limit(limit)
    ).all()


def texts(
    db: Connection, session_id: int, numbers: Collection[int], *, length_max: int
) -> Sequence[AnyRow]:
    """Read the texts of some exchanges of a session in order, of each so many characters."""
    return db.execute(
        select(Exchange.number, *texts_of(length_max))
        .where(Exchange.wc_session_id == session_id, among(Exchange.number, numbers))
        .order_by(Exchange.number)
    ).all()


def moved(db: Connection, session_id: int, *, after: int, limit: int) -> Sequence[AnyRow]:
    """Read the payments that moved in a session, by id, those behind one; not the hidden ones."""
    ids = (
        select(PaymentEvent.payment_id)
        .where(PaymentEvent.wc_session_id == session_id, PaymentEvent.payment_id > after)
        .distinct()
        .order_by(PaymentEvent.payment_id)
        .limit(limit)
    )
    return db.execute(
        select(
            Payment.id,
            Payment.external_id,
            Payment.reference,
            Payment.status,
            Payment.cause,
            Payment.status_code,
            Payment.txn_id,
            Payment.amount_cents,
            Payment.currency,
            Payment.hidden_at,
            func.coalesce(
                Payment.post_customer_name,
                Payment.customer_name,
                Payment.customer_list_id,
                Payment.customer_external_id,
            ).label("customer"),
        )
        .where(Payment.id.in_(ids))
        .order_by(Payment.id)
    ).all()
