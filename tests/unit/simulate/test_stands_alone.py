"""The simulated office is a judge: it may not share a line with what it judges."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OURS = ("qbxml", "sync_core", "models", "config_builder", "qbwc_server")
PROGRAM = f"""
import sys
import scripts.simulate.demo_company
import scripts.simulate.postman
import scripts.simulate.web_connector
print([name for name in sys.modules if name.partition(".")[0] in {OURS!r}])
"""


def test_it_imports_nothing_of_the_server() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(  # noqa: S603  # our own interpreter and our own program
        command, cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
