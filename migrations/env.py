"""Run migrations: one server at a time, all or nothing, on SQLite and on PostgreSQL."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, Engine

import models.books
import models.company_file
import models.exchange
import models.invoice_question
import models.notice
import models.payment
import models.receipt
import models.remedy
import models.server
import models.user
import models.wc_session  # noqa: F401 - the imports fill the metadata
from models.base import Base, plain

# Any number will do, as long as nobody else takes the same advisory lock in this database.
LOCK = 7261


def _render(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as SQLAlchemy's, so that version files import none of our code."""
    return (kind == "type" and plain(item)) or False


def _run(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        # SQLite changes a table by copying and dropping it, which foreign keys would forbid or,
        # worse, follow. It can be switched off only before the transaction.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        render_as_batch=is_sqlite,
        render_item=_render,
    )
    with context.begin_transaction():
        if not is_sqlite:
            # A migration may take as long as it needs, but nobody waits for a lock for ever.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
        context.run_migrations()
        if is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"a migration left {len(broken)} rows without their parent")


def _engine() -> Engine:
    """Take the engine that the caller passed in, else the one of the settings."""
    passed = context.config.attributes.get("engine")
    if isinstance(passed, Engine):
        return passed
    from models.engine import make_engine  # noqa: PLC0415 - the command line's way alone
    from qbwc_server import settings  # noqa: PLC0415 - the same

    return make_engine(settings.load().database)


with _engine().connect() as _connection:
    try:
        _run(_connection)
    finally:
        if _connection.dialect.name == "sqlite":
            # The connection goes back to the caller's pool, where foreign keys are to be watched.
            _connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
