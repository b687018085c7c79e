"""Our tables are the books, whatever the bookkeeper does between syncs that may break off."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.books import Mirror

SEQUENCES = int(os.environ.get("QBWC_MODEL_SEQUENCES", "40"))
STEPS = int(os.environ.get("QBWC_MODEL_STEPS", "14"))
SEED = int(os.environ.get("QBWC_MODEL_SEED", "1"))


@pytest.fixture(autouse=True)
def _database() -> Iterator[None]:
    yield
    Mirror.close()


@pytest.mark.timeout(0)
def test_our_tables_are_the_books() -> None:
    run_state_machine_as_test(
        seed(SEED)(Mirror),
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
