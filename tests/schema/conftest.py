"""An empty, migrated database for each test: SQLite, and PostgreSQL where one answers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.engine import make_engine
from tests import databases

BOTH = ["sqlite", "postgresql"]


@contextmanager
def lent(name: str, folder: Path) -> Iterator[str]:
    """Lend a database by its URL, or skip with a line that says how to get one."""
    if name == "postgresql" and not databases.has_postgres():
        pytest.skip(databases.NO_POSTGRES)
    with ExitStack() as stack:
        lending = databases.sqlite_url(folder) if name == "sqlite" else databases.postgres_url()
        yield stack.enter_context(lending)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with lent(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _templates() -> Iterator[None]:
    yield
    databases.drop_templates()
