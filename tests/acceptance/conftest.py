"""Offices on SQLite and on PostgreSQL, one server for all or one for a single test; a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scripts import browser as chromium
from tests import databases
from tests.acceptance.office import House, Office, open_house

DATABASES = ["sqlite", "postgres"]


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """An empty, migrated database of a kind."""
    if kind == "sqlite":
        with databases.sqlite_url() as url:
            yield url
    elif databases.has_postgres():
        with databases.postgres_url() as url:
            yield url
    else:
        pytest.skip(databases.NO_POSTGRES)


@pytest.fixture(scope="session", params=DATABASES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A server that many firms share."""
    folder = tmp_path_factory.mktemp("house")
    with _database(request.param) as url, open_house(url, folder) as opened:
        yield opened


@pytest.fixture
def office(house: House) -> Office:
    """A firm that takes web payments, with others on the same server."""
    return house.move_in()


@pytest.fixture(params=DATABASES)
def own_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """A firm that has a server for itself."""
    with _database(request.param) as url, open_house(url, tmp_path) as opened:
        yield opened.move_in()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium.CHROMIUM is None:
        pytest.skip(chromium.MISSING)
    with chromium.running() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()
