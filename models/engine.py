"""Engines for the two databases, and their clock.

SQLite is set up to be as durable as PostgreSQL is by itself: a committed hand-out survives a power
cut, or the promise "never twice" does not hold.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from models.base import Base

T = TypeVar("T")

Clock = Callable[[Connection], datetime]

# SQLite's waiting is not fair: under constant writing from eight threads the slowest wait was
# 1.2 s. Ten times that is still far below the 100 s the Web Connector waits for an answer.
SQLITE_BUSY_MS = 15_000
# A statement that runs longer than this is a fault of ours, and the call behind it is lost anyway.
POSTGRES_STATEMENT_MS = 60_000


# PostgreSQL's code for it; SQLite, with its one writer, knows none.
_DEADLOCK = "40P01"


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """Make an engine for `url`; `pool_size` is the number of threads that use it at once."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            # Names and amounts stand in it: whoever else is on this machine has no business there.
            Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(parsed, pool_size=pool_size, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # synchronous_commit is asked for, not assumed: a server-wide "off" must not reach us.
    options = (
        f"-c synchronous_commit=on -c statement_timeout={POSTGRES_STATEMENT_MS} -c timezone=UTC"
    )
    return create_engine(
        parsed,
        pool_size=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": options},
    )


def for_reading(engine: Engine) -> Engine:
    """Hand out the same pool for transactions that only read.

    On SQLite they do not wait for a writer. Never write in one: SQLite refuses it at once.
    """
    return engine.execution_options(sqlite_begin="DEFERRED")


def database_clock(connection: Connection) -> datetime:
    """Tell the time by the one clock that all servers on this database share.

    SQLite lives on one machine, so its clock is the machine's.
    """
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def crosswise(do: Callable[[], T]) -> T:
    """Do a transaction of its own; once more when PostgreSQL ended it, as two waited crosswise.

    Nothing of the first try is left then. Errors: whatever `do` raises, the second time that too.
    """
    try:
        return do()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _DEADLOCK:
            raise
    return do()


def insert_into(db: Connection | Dialect, row: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Begin an INSERT that knows ON CONFLICT, which both databases have and SQL has not."""
    dialect = db if isinstance(db, Dialect) else db.dialect
    return postgresql.insert(row) if dialect.name == "postgresql" else sqlite.insert(row)


def _prepare_sqlite(db: Any, _record: object) -> None:
    db.isolation_level = None  # we say BEGIN ourselves; works alike on Python 3.11 to 3.13
    for pragma in (
        f"busy_timeout={SQLITE_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "fullfsync=ON",  # macOS alone: there a plain flush does not survive a power cut
        "checkpoint_fullfsync=ON",
        "foreign_keys=ON",
    ):
        db.execute("PRAGMA " + pragma)


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
