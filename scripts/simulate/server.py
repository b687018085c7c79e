"""A real server beside the caller: gunicorn with the settings file it always has.

The socket listens before gunicorn is started, so nobody has to wait or to ask whether it is up.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qbwc_server.settings import HOME

CONFIG = Path("qbwc_server") / "gunicorn_conf.py"
# gunicorn lets running calls finish; a simulated office has none that last longer.
STOP_S_MAX = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://localhost:{self.port}"

    def workers(self) -> list[int]:
        """List the process ids of its workers; Linux only."""
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()]


@contextmanager
def serving(
    environ: Mapping[str, str],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    workers: int = 1,
    app: str = "qbwc_server.wsgi:app",
) -> Iterator[Server]:
    """Serve for as long as the block lasts; `port` 0 takes any that is free.

    `environ` are settings besides the caller's own. QBWC_PUBLIC_URL is the server's own address.
    `app` is what gunicorn loads.
    Raises OSError when the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        port = listener.getsockname()[1]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            [
                *(sys.executable, "-m", "gunicorn", "--config", str(CONFIG)),
                *("--bind", f"fd://{listener.fileno()}", "--workers", str(workers)),
                *("--log-level", "warning", app),
            ],
            cwd=HOME,
            env={**os.environ, "QBWC_PUBLIC_URL": f"http://localhost:{port}", **environ},
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    # Only gunicorn holds the socket now: if it dies, callers are refused instead of waiting.
    try:
        yield Server(port, process)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server, gently first."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
