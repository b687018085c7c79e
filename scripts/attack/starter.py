"""Starts one server after the other, quickly: a process of its own loads once what each needs.

Loading takes a worker two seconds and is nothing that a kill can break. All else is as
`scripts.simulate.server` does it: gunicorn with its settings file, a master, and workers each of
which makes its application, its engine and its pool.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from qbwc_server.settings import HOME
from scripts.simulate.server import CONFIG, STOP_S_MAX

LINUX = Path("/proc/self/stat")
LOADED = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "qbwc_server.bootstrap")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the process id of gunicorn's master, which leads a group. Linux only."""

    pid: int

    def is_there(self) -> bool:
        """Say whether its master lives."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return True
        return False

    def workers(self) -> list[int]:
        """List the process ids of its workers."""
        with suppress(OSError):  # it is gone
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
            return [int(pid) for pid in children.split()]
        return []

    def kill(self) -> None:
        """Kill it, all processes at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop it, gently first."""
        until = time.monotonic() + STOP_S_MAX
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        while self.is_there() and time.monotonic() < until:
            time.sleep(0.05)
        self.kill()


@dataclass(frozen=True, slots=True)
class Starter:
    """The process that servers are started from."""

    process: subprocess.Popen[str]

    @contextmanager
    def serving(self, *, workers: int) -> Iterator[Server]:
        """Serve for as long as the block lasts, or the server is left alive.

        Errors: RuntimeError when servers cannot be started at all.
        """
        assert self.process.stdin
        assert self.process.stdout
        with suppress(BrokenPipeError):
            print(workers, file=self.process.stdin, flush=True)
        started = self.process.stdout.readline()
        if not started:
            raise RuntimeError("The process that starts servers ended by itself: see above.")
        server = Server(int(started))
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def starter(environ: Mapping[str, str], port: int) -> Iterator[Starter]:
    """Lend a starter of servers on a port; `environ` are settings besides the caller's own."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-m", "scripts.attack.starter", str(port)],
        cwd=HOME,
        env={**os.environ, "QBWC_PUBLIC_URL": f"http://localhost:{port}", **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Starter(process)


def main() -> None:
    """Load, then start a server for each line that comes in, and answer with its process id.

    A line is the number of its workers.
    """
    for name in LOADED:
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a server died
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _serve(int(sys.argv[1]), workers=int(line))
        _lead(pid)
        print(pid, flush=True)


def _serve(port: int, *, workers: int) -> NoReturn:
    """Become gunicorn's master, once the dead have let go of the port."""
    _lead(0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    while True:
        with suppress(OSError):
            listener = socket.create_server(("127.0.0.1", port))
            break
        time.sleep(0.01)
    sys.argv = [
        *("gunicorn", "--config", str(CONFIG), "--bind", f"fd://{listener.detach()}"),
        *("--workers", str(workers), "--log-level", "warning", "qbwc_server.wsgi:app"),
    ]
    import_module("gunicorn.app.wsgiapp").run()
    raise SystemExit


def _lead(pid: int) -> None:
    """Let a process lead a group; both sides do it, so that it is done when either goes on."""
    with suppress(OSError):
        os.setpgid(pid, pid)


if __name__ == "__main__":
    main()
