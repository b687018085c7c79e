"""`python -m scripts.attack WHAT`: attack the promises, print, and fail when one is broken."""

import argparse
import sys
from collections.abc import Callable
from typing import NamedTuple

from scripts.attack import matrix, model, mutations, soak


class Attack(NamedTuple):
    """An attack: its arguments, and how it is run; the exit code says whether all held."""

    does: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


ATTACKS = {
    "matrix": Attack("let every call meet every fault", matrix.add_arguments, matrix.main),
    "model": Attack("let anything happen in any order", model.add_arguments, model.main),
    "soak": Attack("kill the server again and again", soak.add_arguments, soak.main),
    "mutations": Attack(
        "take each protection away, and see that a test notices",
        mutations.add_arguments,
        mutations.main,
    ),
}


def main() -> int:
    """Run one attack."""
    parser = argparse.ArgumentParser(prog="python -m scripts.attack", description=__doc__)
    attacks = parser.add_subparsers(required=True, metavar="WHAT")
    for name, attack in ATTACKS.items():
        command = attacks.add_parser(name, help=attack.does, description=attack.does)
        attack.add_arguments(command)
        command.set_defaults(run=attack.run)
    arguments = parser.parse_args()
    run: Callable[[argparse.Namespace], int] = arguments.run
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
