"""A firm for each test, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from tests import databases
from tests.integration.sync.firm import Firm, open_firm


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def _lent(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One database of a kind for all of these tests: a new one takes longer than a sync."""
    if request.param == "postgres" and not databases.has_postgres():
        pytest.skip(databases.NO_POSTGRES)
    lent = databases.sqlite_url() if request.param == "sqlite" else databases.postgres_url()
    with lent as url:
        engine = databases.hasty_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(autouse=True)
def _no_fault(request: pytest.FixtureRequest) -> Iterator[None]:
    """See that no call failed inside, which the protocol's answer may hide."""
    with capture_logs() as logged:
        yield
    if "faults" not in request.module.__name__:
        assert [entry for entry in logged if entry["log_level"] == "error"] == []


@pytest.fixture
def engine(_lent: Engine) -> Engine:
    """An empty, migrated database."""
    with _lent.begin() as db:
        databases.clear(db)
    return _lent


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Callable[..., Firm]:
    """Open a firm with settings of the test's own."""
    return lambda **settings: open_firm(engine, tmp_path, **settings)


@pytest.fixture
def firm(opened: Callable[..., Firm]) -> Firm:
    """A firm that takes web payments; the first company file it opens is the right one."""
    return opened()
