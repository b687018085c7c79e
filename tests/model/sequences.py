"""How the models are played: how many sequences, how long each, from which seed on."""

import os

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

STEPS = int(os.environ.get("QBWC_MODEL_STEPS", "14"))
SEED = int(os.environ.get("QBWC_MODEL_SEED", "1"))


def play(machine: type[RuleBasedStateMachine], few: int) -> None:
    """Play the sequences that the command asks for, or a few with every run of the tests."""
    run_state_machine_as_test(
        seed(SEED)(machine),
        settings=settings(
            max_examples=int(os.environ.get("QBWC_MODEL_SEQUENCES", few)),
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
