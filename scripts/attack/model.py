"""The model at length: many sequences of whatever may happen, on all cores."""

import argparse
import os
import secrets
import subprocess
import sys
import time

from qbwc_server.settings import HOME

TEST = "tests/model/test_model.py"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say how much."""
    command.add_argument("--sequences", type=int, default=2000, help="how many; default 2000")
    command.add_argument("--steps", type=int, default=14, help="most steps of one; default 14")
    command.add_argument("--seed", type=int, default=None, help="to run the same once more")


def main(arguments: argparse.Namespace) -> int:
    """Run the sequences in one process a core; 1 when one breaks a promise."""
    began = time.monotonic()
    first = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    shares = os.cpu_count() or 1
    each = -(-arguments.sequences // shares)
    print(f"model: {each * shares} sequences, seeds {first} to {first + shares - 1}", flush=True)
    running = [
        subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TEST],
            cwd=HOME,
            env={
                **os.environ,
                "QBWC_MODEL_SEQUENCES": str(each),
                "QBWC_MODEL_STEPS": str(arguments.steps),
                "QBWC_MODEL_SEED": str(first + share),
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in range(shares)
    ]
    broken = 0
    for process in running:
        told, _ = process.communicate()
        if process.returncode:
            broken += 1
            print(told)
    took_s = time.monotonic() - began
    print(f"model: {each * shares} sequences, {broken} shares broken, {took_s:.0f} s")
    return 1 if broken else 0
