"""`python -m scripts.bench post` or `import`: measure, print, and fail when a limit is broken."""

import argparse
import json
import sys
from pathlib import Path

from scripts.bench import importing, post

LINUX = Path("/proc/self/stat")


def main() -> int:
    """Run one measurement."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    whats = parser.add_subparsers(dest="what", required=True)
    posting = whats.add_parser("post", help="waiting payments into QuickBooks")
    posting.add_argument("--payments", type=int, default=1000, help="how many wait; default 1000")
    taking = whats.add_parser("import", help="QuickBooks' books into the server")
    taking.add_argument(
        "--invoices", type=int, default=100_000, help="how many there are; default 100000"
    )
    for each in (posting, taking):
        each.add_argument("--json", action="store_true", help="print one JSON document")
        each.add_argument(
            "--counts",
            action="store_true",
            help="fail for counts alone; times and memory, which depend on the machine, are told",
        )
    arguments = parser.parse_args()
    if not LINUX.exists():
        print("The figures are read from /proc: run this on Linux.", file=sys.stderr)
        return 1
    figures = (
        post.measure(arguments.payments)
        if arguments.what == "post"
        else importing.measure(arguments.invoices)
    )
    print(json.dumps(figures.as_json(), indent=2) if arguments.json else figures.as_text())
    return 0 if (figures.counts_hold if arguments.counts else figures.holds) else 1


if __name__ == "__main__":
    sys.exit(main())
