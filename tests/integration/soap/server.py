"""A real gunicorn, in a process of its own, with the server's own settings file."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from tests.unit.soap_edge import office

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Server:
    """A running server: its port, its process, and the file that holds all it prints."""

    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/qbwc"

    def connect(self, timeout_s: float = 30) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)

    def http(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)


@contextmanager
def serving(folder: Path, *options: str, **environ: str) -> Iterator[Server]:
    """Start gunicorn on a socket that already listens, so that nobody has to wait for it."""
    output = folder / "gunicorn.txt"
    with socket.create_server(("127.0.0.1", 0)) as listener, output.open("wb") as out:
        port = listener.getsockname()[1]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [
                *(sys.executable, "-m", "gunicorn"),
                *("--config", "qbwc_server/gunicorn_conf.py"),
                *("--bind", f"fd://{listener.fileno()}", "--workers", "1"),
                *options,
                "tests.integration.soap.served:app",
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "QBWC_TEST_PUBLIC_URL": f"http://127.0.0.1:{port}",
                **environ,
            },
            pass_fds=[listener.fileno()],
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        server = Server(port, process, output)
        try:
            yield server
        finally:
            server.stop()


def post(
    connection: HTTPConnection, body: bytes, headers: dict[str, str] | None = None
) -> office.Answer:
    """Post to a running server and read the answer."""
    usual = {"Content-Type": "text/xml; charset=utf-8"}
    connection.request("POST", "/qbwc", body, {**usual, **(headers or {})})
    return read(connection.getresponse())


def read(response: HTTPResponse) -> office.Answer:
    status = f"{response.status} {response.reason}"
    return office.Answer(status, dict(response.getheaders()), response.read())
