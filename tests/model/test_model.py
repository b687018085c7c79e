"""A few sequences of the model with every run of the tests.

`python -m scripts.attack model` runs many.
"""

from collections.abc import Iterator

import pytest

from tests.model.machine import Promises
from tests.model.sequences import play


@pytest.fixture(autouse=True)
def _database() -> Iterator[None]:
    yield
    if Promises.database is not None:
        Promises.database.close()
        Promises.database = None


@pytest.mark.timeout(0)
def test_the_promises_hold_whatever_happens() -> None:
    play(Promises, few=60)
