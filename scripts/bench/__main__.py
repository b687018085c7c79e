"""`python -m scripts.bench post`: measure, print, and fail when a limit is broken."""

import argparse
import json
import sys
from pathlib import Path

from scripts.bench import post

LINUX = Path("/proc/self/stat")


def main() -> int:
    """Run one measurement."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parser.add_argument("what", choices=["post"], help="post: waiting payments into QuickBooks")
    parser.add_argument("--payments", type=int, default=1000, help="how many wait; default 1000")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    if not LINUX.exists():
        print("The figures are read from /proc: run this on Linux.", file=sys.stderr)
        return 1
    figures = post.measure(arguments.payments)
    print(json.dumps(figures.as_json(), indent=2) if arguments.json else figures.as_text())
    return 0 if figures.holds else 1


if __name__ == "__main__":
    sys.exit(main())
