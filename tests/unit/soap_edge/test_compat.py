"""Spyne in a fresh interpreter: it imports without a warning and leaves nothing behind."""

import subprocess
import sys

IMPORT = """
import importlib.util, logging, sys
from qbwc_server.soap import compat
assert not [f for f in sys.meta_path if type(f).__module__.startswith("spyne")]
assert importlib.util.find_spec("no_such_module_at_all") is None
log = logging.getLogger("spyne")
assert not log.propagate and log.level > logging.CRITICAL
import spyne.const
assert spyne.const.MIN_GC_INTERVAL == float("inf")
from qbwc_server.soap.application import create_soap_app
create_soap_app(None, public_url="https://sync.example.com")
"""


def test_it_imports_where_warnings_are_errors() -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own text
        [sys.executable, "-W", "error", "-c", IMPORT],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
