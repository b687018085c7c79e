"""The server with its statements counted: what gunicorn loads to see what an answer costs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qbwc_server.wsgi import app as uncounted
from scripts.bench import statements

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Serve a call, and say what it has run."""
    count = statements.begin()

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        told = f"{count.every} {count.of_lists}"
        return start_response(status, [*headers, (statements.HEADER, told)], *more)

    return uncounted(environ, start)
