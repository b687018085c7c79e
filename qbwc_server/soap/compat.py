"""The one place that knows Spyne's age; all other modules take Spyne's names from here.

Spyne 2.14.0 is its last release. It carries a `six` that Python 3.12 cannot import, leaves an
importer behind, collects garbage after each call and prints whole bodies, passwords included.
"""

import importlib
import logging
import sys
import types
import warnings

# The names of `six` that Spyne uses, and where the standard library keeps them.
_SIX_MOVES = {
    "collections_abc": "collections.abc",
    "http_cookies": "http.cookies",
    "urllib": "urllib",
    "urllib.error": "urllib.error",
    "urllib.parse": "urllib.parse",
    "urllib.request": "urllib.request",
}


def _stand_in_for_six() -> None:
    """Put the names of `six` where Spyne looks for them; must come before its first import."""
    moves = types.ModuleType("spyne.util.six.moves")
    moves.__path__ = []
    sys.modules[moves.__name__] = moves
    for short, real in _SIX_MOVES.items():
        sys.modules[f"{moves.__name__}.{short}"] = importlib.import_module(real)


def _silence() -> None:
    """Stop Spyne's whole tree of loggers at its root, whatever level a child is set to.

    On a syntax error it prints the body, on DEBUG every HTTP header; both hold passwords.
    """
    log = logging.getLogger("spyne")
    log.propagate = False
    log.addHandler(logging.NullHandler())
    log.setLevel(logging.CRITICAL + 1)


_stand_in_for_six()
_silence()
with warnings.catch_warnings():
    # It imports the deprecated cgi and has invalid escapes. The null server is imported at its
    # first use otherwise, outside this block.
    warnings.simplefilter("ignore")
    import spyne.const
    import spyne.server.null
    from spyne import Application, Array, Integer32, Service, Unicode, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

# The importer of its `six` stays behind on Python 3.11 and warns at every failing import.
sys.meta_path[:] = [f for f in sys.meta_path if type(f).__module__ != "spyne.util.six"]
# Spyne runs a full garbage collection when a call closes: some 40 ms with our libraries loaded.
spyne.const.MIN_GC_INTERVAL = float("inf")

__all__ = [
    "Application",
    "Array",
    "Integer32",
    "Service",
    "Soap11",
    "Unicode",
    "WsgiApplication",
    "rpc",
]
