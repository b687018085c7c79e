"""A firm for each test, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.sync.firm import Firm, open_firm


@pytest.fixture
def opened(database: str, tmp_path: Path) -> Iterator[Callable[..., Firm]]:
    """Open a firm with settings of the test's own."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(open_firm(database, tmp_path, **settings))


@pytest.fixture
def firm(opened: Callable[..., Firm]) -> Firm:
    """A firm that takes web payments; the first company file it opens is the right one."""
    return opened()
