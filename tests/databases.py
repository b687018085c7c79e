"""Databases for tests: SQLite and PostgreSQL, an empty one for every test alone.

A PostgreSQL is found by QBWC_TEST_POSTGRES_URL, else on this machine's usual port.
"""

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from models.base import Base
from models.engine import make_engine
from qbwc_server.database import migrate

POSTGRES_URL = os.environ.get(
    "QBWC_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
NO_POSTGRES = (
    "no PostgreSQL answers: install it (apt-get install postgresql), "
    "and set QBWC_TEST_POSTGRES_URL if it is not on 127.0.0.1:5432"
)

# Where SQLite's files wait for no disk.
MEMORY = Path("/dev/shm")  # noqa: S108 - no names and amounts of anybody stand in it


@cache
def has_postgres() -> bool:
    """Say whether the PostgreSQL for tests answers."""
    engine = create_engine(POSTGRES_URL, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


@contextmanager
def sqlite_url() -> Iterator[str]:
    """Lend an empty, migrated SQLite database; in memory where that can be, as no power goes."""
    file = (
        _IDLE_FILES.pop() if _IDLE_FILES else Path(_folder().name) / f"{uuid.uuid4().hex}.sqlite3"
    )
    file.write_bytes(_sqlite_template())
    yield f"sqlite:///{file}"
    # Whoever has it open still keeps what is no file of ours any more.
    _leave(f"sqlite:///{file}")
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    _IDLE_FILES.append(file)


@contextmanager
def postgres_url(*, for_good: bool = False) -> Iterator[str]:
    """Lend an empty, migrated PostgreSQL database.

    It is lent again when it can be cleaned: a new one takes longer than a test. `for_good` keeps
    those with very many rows out of that.
    """
    name = _IDLE.pop() if _IDLE else _new_postgres()
    try:
        yield _url_of(name)
    finally:
        if not for_good and _cleaned(name):
            _IDLE.append(name)
        else:
            _drop(name)


def _new_postgres() -> str:
    name = f"qbwc_test_{uuid.uuid4().hex[:12]}"
    template = _postgres_template()
    with _administrator() as db:
        db.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def _drop(name: str) -> None:
    _leave(_url_of(name))
    with _administrator() as db:
        db.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


# Where the schema stands. Whatever changes it leaves a row with a newer xmin, or one row less.
_CATALOGS = (
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_index",
    "pg_trigger",
    "pg_proc",
    "pg_type",
    "alembic_version",
)
_SETTINGS = """
    SELECT count(*), 0 FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
    WHERE datname = current_database()
"""
_FINGERPRINT = " UNION ALL ".join(
    [
        *(f"SELECT count(*), max(xmin::text::bigint) FROM {each}" for each in _CATALOGS),  # noqa: S608 - the names above
        _SETTINGS,
    ]
)
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""
# Without triggers and foreign keys, and nobody's row waits for the disk.
_EMPTY = """
    SET session_replication_role = replica;
    SET synchronous_commit = off;
    {deletes};
    RESET session_replication_role;
"""
_SEQUENCES = b"""
    SELECT setval(seqrelid, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
"""
_LEAVING_S = 0.5


def _cleaned(name: str) -> bool:
    """Make a database as the migrations left it; False where only a new one is sure to be that.

    So it is where somebody is still connected, who could write into the next test, where the
    schema was changed, and where the tests' user may not switch triggers off.
    """
    try:
        with _idle_connection(_url_of(name)) as (db, ours):
            end = time.monotonic() + _LEAVING_S
            while db.execute(_OTHERS).fetchone() != (ours,):  # who has said goodbye is soon gone
                if time.monotonic() > end:
                    return False
                time.sleep(0.002)
            if db.execute(_FINGERPRINT).fetchall() != _fingerprint_of_template():
                return False
            db.execute(_emptying() + _SEQUENCES)
            return True
    except psycopg.Error:
        return False


@contextmanager
def _idle_connection(url: str) -> Iterator[tuple[psycopg.Connection[tuple[Any, ...]], int]]:
    """Lend a connection of the engine that the test used, and tell how many more rest in it.

    They are kept for the next test: a new one has everything to learn. A test that has not given
    back all of its own is one that is still at work.
    """
    pool = hasty_engine(url).pool
    assert isinstance(pool, QueuePool)
    lent = pool.connect()
    try:
        db = lent.driver_connection
        assert isinstance(db, psycopg.Connection)
        db.rollback()
        db.autocommit = True
        yield db, pool.checkedin()
        db.autocommit = False
    finally:
        lent.close()


@cache
def _emptying() -> bytes:
    deletes = "; ".join(str(table.delete()) for table in Base.metadata.tables.values())
    return _EMPTY.format(deletes=deletes).encode()


@cache
def _fingerprint_of_template() -> list[tuple[Any, ...]]:
    with _straight(_postgres_template()) as db:
        return db.execute(_FINGERPRINT).fetchall()


def _straight(name: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect without SQLAlchemy, which asks the server five things first."""
    plain = make_url(_url_of(name)).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


@cache
def hasty_engine(url: str) -> Engine:
    """Make the application's engine, but wait for no disk: no power goes in these tests.

    The engine of a database that is lent again is the same: it knows the statements, which take
    longer to put into SQL than to carry out, and its connections the plans. Take off it what you
    listen with.
    What the application asks of the disk is tested in test_durability.py, with its own engine.
    """
    engine = make_engine(url)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _do_not_wait)
    _ENGINES[url] = engine
    return engine


_ENGINES: dict[str, Engine] = {}


def _leave(url: str) -> None:
    """Close what the engine of a database keeps open, if there is one."""
    if url in _ENGINES:
        _ENGINES[url].dispose()


def _do_not_wait(db: psycopg.Connection[tuple[Any, ...]], _record: object) -> None:
    db.execute("SET synchronous_commit = off")
    db.commit()


@contextmanager
def _administrator() -> Iterator[Connection]:
    engine = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as db:
            yield db
    finally:
        engine.dispose()


def _url_of(name: str) -> str:
    return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)


_IDLE_FILES: list[Path] = []  # names that nobody uses now


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)


@cache
def _sqlite_template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.sqlite3"
        _migrated(f"sqlite:///{file}")
        return file.read_bytes()


_TEMPLATES: list[str] = []
_IDLE: list[str] = []  # made, empty, and lent to nobody


def _postgres_template() -> str:
    """Make one migrated database per test run; the others are copies of it."""
    if not _TEMPLATES:
        name = f"qbwc_test_template_{uuid.uuid4().hex[:12]}"
        with _administrator() as db:
            db.exec_driver_sql(f'CREATE DATABASE "{name}"')
        _TEMPLATES.append(name)
        _migrated(_url_of(name))
    return _TEMPLATES[0]


def drop_templates() -> None:
    """Take away at the run's end what it made to copy and to lend."""
    for names in (_IDLE, _TEMPLATES):
        while names:
            _drop(names.pop())
    _folder().cleanup()
    for cached in (_fingerprint_of_template, _folder, hasty_engine):
        cached.cache_clear()
    _IDLE_FILES.clear()


def _migrated(url: str) -> None:
    engine: Engine = make_engine(url)
    migrate(engine)
    engine.dispose()  # the last one to leave folds SQLite's log into the file


@contextmanager
def erasing(db: Connection) -> Iterator[None]:
    """Let a test clear the audit trail, which the database itself refuses to everybody else."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql("ALTER TABLE payment_event DISABLE TRIGGER USER")
        yield
        db.exec_driver_sql("ALTER TABLE payment_event ENABLE TRIGGER USER")
        return
    found = db.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'payment_event'"
    ).all()
    for name, _ in found:
        db.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, sql in found:
        db.exec_driver_sql(sql)


def clear(db: Connection) -> None:
    """Empty all tables."""
    if db.dialect.name == "postgresql":
        driver = db.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.execute(_emptying())
        return
    with erasing(db):
        for table in reversed(Base.metadata.sorted_tables):
            db.execute(table.delete())
