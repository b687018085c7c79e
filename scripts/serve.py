"""Starts the server: brings the database up to date, then becomes gunicorn.

`./scripts/start` calls it after the set-up. With `--demo` it plays an Update Selected first, on a
database of its own.
"""

import argparse
import os
import socket
import sys
from pathlib import Path

import sqlalchemy.exc

from qbwc_server import settings
from qbwc_server.errors import ServiceError
from qbwc_server.services import assembly
from qbwc_server.settings import HOME


def main() -> int:
    """Serve, or play the demo; give the exit code when the server is not to be started."""
    arguments = _arguments()
    if not _is_free(arguments.host, arguments.port):
        return _refuse(
            f"Port {arguments.port} on {arguments.host} is taken: stop what listens there, "
            "or choose another one with --port."
        )
    if arguments.demo:
        from scripts.simulate import demo  # noqa: PLC0415 - a server loads no simulation

        return demo.play(host=arguments.host, port=arguments.port, stay=not arguments.exit)
    try:
        chosen = settings.load()
        if "public_url" not in chosen.model_fields_set:
            # What goes into .qwc files must lead here; a server that people reach sets it.
            os.environ["QBWC_PUBLIC_URL"] = f"http://localhost:{arguments.port}"
        os.environ["QBWC_CLIENT_SILENT_S"] = str(chosen.client_silent_s)
        assembly.migrate(chosen)
    except ServiceError as error:
        return _refuse(str(error))
    except sqlalchemy.exc.OperationalError as error:
        return _refuse(f"The database does not answer: {error.orig}. Check QBWC_DATABASE_URL.")
    print(f"Serving on http://{arguments.host}:{arguments.port}, data in {chosen.data_dir}.")
    sys.stdout.flush()
    config = Path(settings.__file__).with_name("gunicorn_conf.py")
    line = [sys.executable, "-m", "gunicorn", "--config", str(config)]
    line += ["--bind", _address(arguments.host, arguments.port)]
    line += ["--threads", str(chosen.threads)]
    line += ["--workers", str(arguments.workers)] if arguments.workers else []
    os.chdir(HOME)
    return os.execv(line[0], [*line, "qbwc_server.wsgi:app"])  # noqa: S606 - our own interpreter


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/start", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="play a sync with a made-up company")
    parser.add_argument("--exit", action="store_true", help="end after the demo's table")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8085, help="port to listen on")
    parser.add_argument("--workers", type=int, default=None, help="processes; default 2")
    arguments = parser.parse_args()
    if arguments.exit and not arguments.demo:
        parser.error("--exit goes with --demo")
    return arguments


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
