"""The README's first command, as a newcomer runs it."""

import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_posts_most_payments_and_says_why_not_the_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "scripts.serve", "--demo", "--exit", "--port", str(port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    posted = [line for line in lines if re.search(r"\d\.\d\d  posted", line)]
    refused = [line for line in lines if "NOT POSTED" in line]
    assert len(posted) == 12
    assert len(refused) == 3
    for said in (
        "is already paid in QuickBooks, by payment 5521",
        "Credit memo CM-31 was applied to invoice 2115",
        "Invoice 2116 was deleted in QuickBooks",
    ):
        assert sum(said in line for line in refused) == 1, said
    assert "The Web Connector shows: 12 payments posted, 3 need you" in done.stdout
    assert f"http://localhost:{port}/" in done.stdout


def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "scripts.serve", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        (
            f"Port {port} on 127.0.0.1 is taken: stop what listens there, "
            "or choose another one with --port."
        )
    ]
