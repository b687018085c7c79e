"""An office for each test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.acceptance.office import Office, open_office


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database."""
    if request.param == "postgres":
        if not databases.has_postgres():
            pytest.skip(databases.NO_POSTGRES)
        with databases.postgres_url() as url:
            yield url
    else:
        with databases.sqlite_url(tmp_path) as url:
            yield url


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """A firm that takes web payments."""
    with open_office(database_url, tmp_path) as opened:
        yield opened
