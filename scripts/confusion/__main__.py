"""`python -m scripts.confusion`: the cause found against the cause done, printed as a table.

Ends with 1 when a cause was wrong, or more than 2 in 100 were not found.
"""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

import structlog

from models.engine import make_engine
from qbwc_server.database import migrate
from scripts.confusion.play import open_office, play


def main() -> int:
    """Play the table once, on a new SQLite."""
    parser = argparse.ArgumentParser(prog="python -m scripts.confusion", description=__doc__)
    parser.add_argument("--payments", type=int, default=500, help="how many; default 500")
    parser.add_argument("--seed", type=int, default=None, help="to play the same once more")
    parser.add_argument(
        "--currencies", choices=("one", "many"), default="many", help="of the books; default many"
    )
    arguments = parser.parse_args()
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        engine = make_engine(f"sqlite:///{Path(name) / 'confusion.sqlite3'}")
        migrate(engine)
        office = open_office(engine, Path(name), many_currencies=arguments.currencies == "many")
        table = play(office, payments=arguments.payments, seed=seed)
        engine.dispose()
    print(f"played in {time.monotonic() - began:.0f} s")
    print(table.as_text())
    return 0 if table.holds else 1


if __name__ == "__main__":
    sys.exit(main())
