"""What is committed survives a power cut: on every connection, whatever the server's default."""

import pytest
from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    func,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from models.company_file import CompanyFile
from models.engine import (
    POSTGRES_STATEMENT_MS,
    SQLITE_BUSY_MS,
    database_clock,
    for_reading,
    make_engine,
)
from models.payment import Payment, PaymentEvent
from qbwc_server import database
from tests.schema.rows import add, row

on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)

WAL, FULL, ON = "wal", 2, 1


@on_sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", WAL),
        ("synchronous", FULL),
        ("foreign_keys", ON),
        ("busy_timeout", SQLITE_BUSY_MS),
    ],
)
def test_sqlite_is_told_on_every_connection(engine: Engine, pragma: str, value: str | int) -> None:
    with engine.connect() as one, for_reading(engine).connect() as other:
        assert one.connection.driver_connection is not other.connection.driver_connection
        for db in (other, one):
            assert db.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@on_sqlite
def test_foreign_keys_are_on_again_after_migrating(engine: Engine) -> None:
    database.migrate(engine)
    with engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == ON


@on_sqlite
def test_a_second_writer_is_told_before_it_decides_anything(url: str, engine: Engine) -> None:
    late = make_engine(url)
    event.listen(late, "connect", lambda db, _: db.execute("PRAGMA busy_timeout=1"))
    with engine.begin() as db, late.connect() as other:
        add(db, CompanyFile)
        with pytest.raises(OperationalError, match="database is locked"):
            other.begin()
    late.dispose()


@on_sqlite
def test_readers_do_not_wait_for_a_writer_and_never_write(engine: Engine) -> None:
    with engine.begin() as db, for_reading(engine).connect() as reader:
        add(db, CompanyFile)
        assert reader.exec_driver_sql("SELECT count(*) FROM company_file").scalar() == 0


@on_postgresql
def test_postgresql_commits_durably_even_where_the_server_would_not(url: str) -> None:
    plain = create_engine(url, isolation_level="AUTOCOMMIT")
    name = make_url(url).database
    with plain.connect() as db:
        db.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    plain.dispose()
    with plain.connect() as db:
        assert db.exec_driver_sql("SHOW synchronous_commit").scalar() == "off"
    ours = make_engine(url)
    with ours.connect() as one, ours.connect() as other:
        for db in (one, other):
            assert db.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    for engine in (plain, ours):
        engine.dispose()


@on_postgresql
def test_postgresql_ends_what_takes_too_long_and_speaks_utc(engine: Engine) -> None:
    with engine.connect() as db:
        assert db.exec_driver_sql("SHOW statement_timeout").scalar() == (
            f"{POSTGRES_STATEMENT_MS // 60_000}min"
        )
        assert db.exec_driver_sql("SHOW timezone").scalar() == "UTC"


def same_row_twice(db: Connection) -> None:
    same = row(CompanyFile)
    add(db, CompanyFile, **same)
    add(db, CompanyFile, **same)


def test_an_error_undoes_the_whole_transaction(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as db:
        same_row_twice(db)
    with engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM company_file").scalar() == 0


def test_the_clock_of_the_database_is_aware_and_moves_on(engine: Engine) -> None:
    with engine.connect() as db:
        one, other = database_clock(db), database_clock(db)
    assert one.utcoffset() is not None
    assert one <= other


def test_the_audit_trail_is_never_rewritten(engine: Engine) -> None:
    with engine.begin() as db:
        payment = add(db, Payment, company_file_id=add(db, CompanyFile))
        add(db, PaymentEvent, payment_id=payment)
        with pytest.raises(IntegrityError, match="never rewritten"), db.begin_nested():
            db.execute(update(PaymentEvent).values(note="another story"))


def test_the_audit_trail_is_never_erased(engine: Engine) -> None:
    with engine.begin() as db:
        payment = add(db, Payment, company_file_id=add(db, CompanyFile))
        add(db, PaymentEvent, payment_id=payment)
        with pytest.raises(IntegrityError, match="the audit trail is never"), db.begin_nested():
            db.execute(delete(PaymentEvent))
        assert db.scalar(select(func.count()).select_from(PaymentEvent)) == 1
