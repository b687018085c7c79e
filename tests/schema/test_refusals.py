"""What the database itself refuses, whatever the code above it believes."""

from typing import Any

import pytest
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Float,
    Insert,
    String,
    Update,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from models.base import Base
from models.company_file import CompanyFile, Install
from models.exchange import Exchange
from models.payment import Attempt, Payment, PaymentApply, PaymentEvent
from models.wc_session import WcSession
from tests.schema.rows import NOON, add

WORDS = [
    (Payment, "status"),
    (Payment, "cause"),
    (Attempt, "outcome"),
    (Exchange, "step"),
    (WcSession, "state"),
    (PaymentEvent, "from_status"),
    (PaymentEvent, "to_status"),
]
CENTS = [
    (Payment, "amount_cents"),
    (Payment, "applied_cents"),
    (Payment, "unapplied_cents"),
    (PaymentApply, "amount_cents"),
]


class Office:
    """A company with an install, a session, a message set that is out, and a payment in it."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.company = add(db, CompanyFile)
        self.install = add(db, Install, company_file_id=self.company)
        self.session = self.open_session()
        self.exchange = self.hand_out()
        self.payment = add(db, Payment, company_file_id=self.company)
        self.attempt = self.attempt_again()
        add(db, PaymentApply, payment_id=self.payment)
        add(db, PaymentEvent, payment_id=self.payment)

    def open_session(self, **given: Any) -> int:
        whose = {"company_file_id": self.company, "install_id": self.install}
        return add(self.db, WcSession, **whose | given)

    def hand_out(self, **given: Any) -> int:
        number = self.db.scalar(select(func.count()).select_from(Exchange))
        return add(self.db, Exchange, **{"wc_session_id": self.session, "number": number} | given)

    def attempt_again(self, **given: Any) -> int:
        what = {"payment_id": self.payment, "exchange_id": self.exchange}
        return add(self.db, Attempt, **what | given)


def refuses(db: Connection, kind: type[Base], column: str, value: ColumnElement[Any]) -> None:
    """Write a value past its column's own type, and expect the database to refuse it."""
    statement: Insert | Update = update(kind).values({column: value})
    if kind is PaymentEvent:  # never updated at all, so a copy is written
        columns = [each for each in kind.__table__.c if each.name != "id"]
        copied = select(*(value if each.name == column else each for each in columns))
        statement = insert(kind).from_select(columns, copied.select_from(kind))
    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(statement)


@pytest.mark.parametrize(("kind", "column"), WORDS)
def test_a_word_outside_its_list(engine: Engine, kind: type[Base], column: str) -> None:
    kept = select(kind.__table__.c[column])
    with engine.begin() as db:
        Office(db)
        before = db.scalar(kept)
        for word in ("lost", "", "Queued", "queued "):
            refuses(db, kind, column, literal(word, String))
        assert db.scalar(kept) == before


def test_two_open_sessions_of_one_company_file(engine: Engine) -> None:
    with engine.begin() as db:
        office = Office(db)
        with pytest.raises(IntegrityError), db.begin_nested():
            office.open_session()
        db.execute(update(WcSession).values(ended_at=NOON))
        office.open_session()


def test_each_company_file_has_its_own_open_session(engine: Engine) -> None:
    with engine.begin() as db:
        Office(db)
        Office(db)
        is_open = WcSession.ended_at.is_(None)
        assert db.scalar(select(func.count()).where(is_open)) == 2


def test_sessions_that_are_over_do_not_count(engine: Engine) -> None:
    with engine.begin() as db:
        office = Office(db)
        office.open_session(ended_at=NOON)
        office.open_session(ended_at=NOON)


def test_two_unanswered_message_sets_in_one_session(engine: Engine) -> None:
    with engine.begin() as db:
        office = Office(db)
        with pytest.raises(IntegrityError), db.begin_nested():
            office.hand_out()
        office.hand_out(answered_at=NOON)
        db.execute(update(Exchange).values(answered_at=NOON))
        office.hand_out()


def test_two_open_attempts_of_one_payment(engine: Engine) -> None:
    with engine.begin() as db:
        office = Office(db)
        with pytest.raises(IntegrityError), db.begin_nested():
            office.attempt_again()
        office.attempt_again(outcome="in_doubt")
        db.execute(update(Attempt).values(outcome="in_doubt"))
        office.attempt_again()


@pytest.mark.parametrize("column", ["external_id", "reference"])
def test_a_payment_is_in_a_company_once(engine: Engine, column: str) -> None:
    with engine.begin() as db:
        office = Office(db)
        add(db, Payment, company_file_id=office.company, **{column: "the same"})
        with pytest.raises(IntegrityError), db.begin_nested():
            add(db, Payment, company_file_id=office.company, **{column: "the same"})
        add(db, Payment, company_file_id=Office(db).company, **{column: "the same"})


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (Attempt, "request_id"),
        (WcSession, "ticket_hash"),
        (Install, "user_name"),
        (Install, "owner_id"),
        (Install, "file_id"),
        (CompanyFile, "uuid"),
    ],
)
def test_what_names_one_row_alone(engine: Engine, kind: type[Base], column: str) -> None:
    with engine.begin() as db:
        Office(db)
        Office(db)
        refuses(db, kind, column, literal("the same"))


def test_a_row_without_its_parent(engine: Engine) -> None:
    with engine.connect() as db, db.begin():
        with pytest.raises(IntegrityError), db.begin_nested():
            add(db, Payment, company_file_id=999)
        office = Office(db)
        with pytest.raises(IntegrityError), db.begin_nested():
            db.execute(delete(Exchange).where(Exchange.id == office.exchange))


@pytest.mark.parametrize(("kind", "column"), CENTS)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # PostgreSQL's column is an integer
def test_sqlite_keeps_no_part_of_a_cent(engine: Engine, kind: type[Base], column: str) -> None:
    with engine.begin() as db:
        Office(db)
        for amount in (literal(12.5, Float), literal("12.50", String), literal("ten", String)):
            refuses(db, kind, column, amount)
