"""An empty, migrated database for each test: SQLite, and PostgreSQL where one answers."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from models.engine import make_engine
from tests import databases

BOTH = ["sqlite", "postgresql"]


@contextmanager
def lent(name: str, *, for_good: bool = False) -> Iterator[str]:
    """Lend a database by its URL, or skip with a line that says how to get one."""
    if name == "postgresql" and not databases.has_postgres():
        pytest.skip(databases.NO_POSTGRES)
    if name == "sqlite":
        lending = databases.sqlite_url()
    else:
        lending = databases.postgres_url(for_good=for_good)
    with lending as url:
        yield url


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with lent(request.param) as url:
        yield url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()
