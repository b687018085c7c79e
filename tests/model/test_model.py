"""A few sequences of the model with every run of the tests.

`python -m scripts.attack model` runs many.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Promises

# How many sequences, how long each, and from which seed on: the command sets them.
SEQUENCES = int(os.environ.get("QBWC_MODEL_SEQUENCES", "60"))
STEPS = int(os.environ.get("QBWC_MODEL_STEPS", "14"))
SEED = int(os.environ.get("QBWC_MODEL_SEED", "1"))


@pytest.fixture(autouse=True)
def _database() -> Iterator[None]:
    yield
    if Promises.database is not None:
        Promises.database.close()
        Promises.database = None


@pytest.mark.timeout(0)
def test_the_promises_hold_whatever_happens() -> None:
    run_state_machine_as_test(
        seed(SEED)(Promises),
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
