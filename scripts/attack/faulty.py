"""The server with a fault in it, where a call asks for one: what gunicorn loads for the matrix.

A call that carries the header `X-Fault` meets it: the worker is killed before its first commit or
after its last one and before a byte of the answer, or there is no database.
"""

import os
import signal
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from qbwc_server.wsgi import app as healthy
from scripts.attack.faults import Fault

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


_met = threading.local()


def _fault() -> str:
    return getattr(_met, "fault", "")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@event.listens_for(Engine, "commit")
def _before_commit(_connection: Connection) -> None:
    if _fault() == Fault.KILLED_BEFORE_COMMIT:
        _die()


@event.listens_for(Engine, "begin")
def _begin(_connection: Connection) -> None:
    if _fault() == Fault.NO_DATABASE:
        raise OperationalError("BEGIN", None, ConnectionError("the database is gone"))


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Serve a call, with the fault it asks for."""
    _met.fault = fault = environ.get("HTTP_X_FAULT", "")
    try:
        body = b"".join(healthy(environ, start_response))
    finally:
        _met.fault = ""
    if fault in (Fault.KILLED_BEFORE_COMMIT, Fault.KILLED_AFTER_COMMIT):
        _die()  # a call that commits nothing dies as well
    return [body]
