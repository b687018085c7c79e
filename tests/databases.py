"""Databases for tests: SQLite and PostgreSQL, an empty one of its own for every test.

A PostgreSQL is found by QBWC_TEST_POSTGRES_URL, else on this machine's usual port.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import OperationalError

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
def sqlite_url(folder: Path) -> Iterator[str]:
    """Lend an empty, migrated SQLite database."""
    file = folder / f"{uuid.uuid4().hex}.sqlite3"
    shutil.copy(_sqlite_template(folder.parent), file)
    yield f"sqlite:///{file}"


@contextmanager
def postgres_url() -> Iterator[str]:
    """Lend an empty, migrated PostgreSQL database."""
    name = f"qbwc_test_{uuid.uuid4().hex[:12]}"
    template = _postgres_template()
    with _administrator() as db:
        db.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield _url_of(name)
    finally:
        with _administrator() as db:
            db.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


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


@cache
def _sqlite_template(folder: Path) -> Path:
    file = folder / "template.sqlite3"
    _migrated(f"sqlite:///{file}")
    return file


_TEMPLATES: list[str] = []


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
    """Take the run's template away at its end."""
    while _TEMPLATES:
        with _administrator() as db:
            db.exec_driver_sql(f'DROP DATABASE "{_TEMPLATES.pop()}" WITH (FORCE)')


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
    with erasing(db):
        for table in reversed(Base.metadata.sorted_tables):
            db.execute(table.delete())
