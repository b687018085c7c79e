"""Our tables are the books, whatever the bookkeeper does between syncs that may break off."""

from collections.abc import Iterator

import pytest

from tests.model.books import Mirror
from tests.model.sequences import play


@pytest.fixture(autouse=True)
def _database() -> Iterator[None]:
    yield
    Mirror.close()


@pytest.mark.timeout(0)
def test_our_tables_are_the_books() -> None:
    play(Mirror, few=40)
