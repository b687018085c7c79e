"""Migrations: from nothing to what the models say, back to nothing, and by two servers at once."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, make_url
from sqlalchemy.schema import CreateIndex

from models.base import Base
from models.engine import make_engine
from qbwc_server import database

ROOT = Path(__file__).resolve().parents[2]
Facts = dict[str, frozenset[str]]


def config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = engine
    return config


def facts(db: Connection) -> Facts:
    """Read what the database itself keeps of each table: columns, CHECKs, keys, indexes."""
    found = _sqlite_facts(db) if db.dialect.name == "sqlite" else _postgres_facts(db)
    return {table: lines for table, lines in found.items() if table != "alembic_version"}


def _sqlite_facts(db: Connection) -> Facts:
    rows = db.exec_driver_sql("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    found: Facts = {}
    for table, sql in rows:
        # A table that a migration rebuilt has its name in quotes: SQLite's own, when it renames.
        plain = sql.replace(f'CREATE TABLE "{table}"', f"CREATE TABLE {table}")
        lines = {re.sub(r"\s+", " ", line).strip(" ,") for line in plain.splitlines()}
        found[table] = found.get(table, frozenset()) | lines
    return found


def _postgres_facts(db: Connection) -> Facts:
    rows = db.exec_driver_sql(
        """
        SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT table_name, concat_ws(' ', column_name, data_type, character_maximum_length,
               is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public'
        """
    )
    found: Facts = {}
    for table, fact in rows:
        found[table] = found.get(table, frozenset()) | {fact}
    return found


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def empty(engine: Engine) -> None:
    """Leave nothing, not even the mark of how far the migrations had come."""
    if engine.dialect.name == "sqlite":
        file = Path(str(make_url(engine.url).database))
        engine.dispose()
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
    else:
        with engine.begin() as db:
            db.exec_driver_sql("DROP SCHEMA public CASCADE")
            db.exec_driver_sql("CREATE SCHEMA public")


def test_nothing_is_left_to_migrate(engine: Engine) -> None:
    with engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), Base.metadata) == []
    assert database.is_current(engine)


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    empty(engine)
    database.migrate(engine)
    with engine.connect() as db:
        migrated = facts(db)
    empty(engine)
    Base.metadata.create_all(engine)
    with engine.connect() as db:
        declared = facts(db)
    assert migrated == declared
    assert set(migrated) == set(Base.metadata.tables)


def test_the_comparison_sees_checks_and_partial_indexes(engine: Engine) -> None:
    with engine.connect() as db:
        seen = " ".join(fact for lines in facts(db).values() for fact in lines)
    assert "in_doubt" in seen  # the words of a status
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            assert str(index.name) in seen
            if "WHERE" in str(CreateIndex(index).compile(engine)):
                assert re.search(rf"INDEX \S*{index.name}\b[^;]* WHERE", seen)
    if engine.dialect.name == "sqlite":
        assert "typeof(amount_cents)" in seen


def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    with engine.connect() as db:
        before = facts(db)
    for step in list(ScriptDirectory.from_config(config(engine)).walk_revisions()):
        command.downgrade(config(engine), str(step.down_revision or "base"))
    assert tables(engine) == set()
    assert not database.is_current(engine)
    database.migrate(engine)
    with engine.connect() as db:
        assert facts(db) == before
    assert database.is_current(engine)


def test_migrating_what_is_up_to_date_changes_nothing(engine: Engine) -> None:
    with engine.connect() as db:
        before = facts(db)
    database.migrate(engine)
    with engine.connect() as db:
        assert facts(db) == before


# A server that says when it is ready, waits for the word, and migrates.
SERVER = """
import sys
from models.engine import make_engine
from qbwc_server.database import is_current, migrate
engine = make_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate(engine)
print(is_current(engine), flush=True)
engine.dispose()
"""


@pytest.fixture
def servers(url: str) -> Iterator[list[subprocess.Popen[str]]]:
    started = [
        subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-c", SERVER, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    yield started
    for server in started:
        server.kill()
        server.communicate()


def test_two_servers_that_migrate_at_once_both_succeed(
    url: str, servers: list[subprocess.Popen[str]]
) -> None:
    engine = make_engine(url)
    empty(engine)
    for server in servers:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
    for server in servers:
        assert server.stdin is not None
        server.stdin.write("go\n")
        server.stdin.flush()
    ends = [server.communicate(timeout=60) for server in servers]
    assert ends == [("True\n", ""), ("True\n", "")]
    assert tables(engine) == set(Base.metadata.tables)
    engine.dispose()
