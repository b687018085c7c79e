"""gunicorn's settings for this server; the command line overrides each of them.

Reads the environment alone, before any code of ours is loaded, and decides nothing else.
Numbers are for two cores.
"""

import ctypes
import os
import socket
import struct
from typing import Any

bind = "127.0.0.1:8085"
worker_class = "gthread"
# Two processes use both cores; one with eight threads does half the work.
workers = 2
threads = 4
# Longer than QuickBooks works on a usual message set, so that the next call finds its connection
# open. The default of 2 seconds closes it in between.
keepalive = 75
# The heartbeat of a worker's main thread. It ends no long request: limits on work are in the code
# and in the database.
timeout = 60
# Above the 100 seconds after which a .NET client gives a call up: nobody waits longer than that.
graceful_timeout = 110
# Its path is fixed per user: two servers on one machine would meet there.
control_socket_disable = True
# No database pool may exist before the processes part.
preload_app = False


def client_silent_s() -> int:
    """Return after how many seconds of silence within a request a client is given up."""
    text = os.environ.get("QBWC_CLIENT_SILENT_S", "60")
    if not text.isdecimal() or not 1 <= int(text) <= 3600:  # noqa: PLR2004 - 0 would mean for ever
        raise ValueError("QBWC_CLIENT_SILENT_S must be whole seconds, 1 to 3600. Correct it.")
    return int(text)


def when_ready(server: Any) -> None:
    """Give every connection a limit for silence; gunicorn itself has none.

    A client that stops within its headers, within a body, or while it should read our answer
    holds a thread for ever otherwise. Accepted sockets inherit the limit from the listening one.
    """
    limit = struct.pack("ll", client_silent_s(), 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


M_ARENA_MAX = -8  # malloc.h of glibc


def post_fork(_server: Any, _worker: Any) -> None:
    """Let a worker's threads share one heap.

    glibc gives each thread its own, and each grows to the largest message set that its thread
    ever handled. Python's own allocator and lock leave nothing to win by that.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # other C libraries have one heap anyway
        mallopt(M_ARENA_MAX, 1)
