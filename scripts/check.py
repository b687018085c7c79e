"""Checks the form of the code: format, lint, types, arrows. All of them run, whatever fails.

One line for each; behind a failure, what the tool said. `python -m scripts.check`; ends with 1 if
any failed. The tests are `./scripts/test`.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy", "--no-error-summary"],
    "arrows": ["lint-imports", "--no-logo"],
}


def main() -> int:
    """Run every check and return 1 if any failed."""
    if not (TOOLS / "lint-imports").exists():
        print("The checks are not installed here: run ./scripts/setup test", file=sys.stderr)
        return 1
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    tool, *arguments = command
    done = subprocess.run(  # noqa: S603 - the commands above
        [TOOLS / tool, *arguments],
        cwd=ROOT,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:8}{verdict:8}{time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout.rstrip())
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
