"""Starts the server: brings the database up to date, then becomes gunicorn.

`./scripts/start` calls it after the set-up. With `--demo` it plays an Update Selected first, on a
database of its own.
"""

import argparse
import errno
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
    taken = _why_not(arguments.host, arguments.port)
    if taken:
        return _refuse(taken)
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
        welcome = _welcome()
    except ServiceError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}. Check QBWC_DATA_DIR.")
    except sqlalchemy.exc.OperationalError as error:
        return _refuse(f"The database does not answer: {error.orig}. Check QBWC_DATABASE_URL.")
    print(f"Serving on http://{arguments.host}:{arguments.port}, data in {chosen.data_dir}.")
    print(welcome)
    sys.stdout.flush()
    config = Path(settings.__file__).with_name("gunicorn_conf.py")
    line = [sys.executable, "-m", "gunicorn", "--config", str(config)]
    line += ["--bind", _address(arguments.host, arguments.port)]
    line += ["--threads", str(chosen.threads)]
    line += ["--workers", str(arguments.workers)] if arguments.workers else []
    os.chdir(HOME)
    return os.execv(line[0], [*line, "qbwc_server.wsgi:app"])  # noqa: S606 - our own interpreter


def _welcome() -> str:
    """Say where people go: to the portal, or first by a link that works once."""
    chosen = settings.load()
    opened = assembly.use_cases(chosen)
    try:
        token = opened.user_sign_in.setup_link()
    finally:
        opened.engine.dispose()
    if token is None:
        return f"The portal: {chosen.base_url}/"
    return (
        "There is no administrator yet. This link works once and makes the first one:\n"
        f"{chosen.base_url}/setup/{token}"
    )


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/start", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="play a sync with a made-up company")
    parser.add_argument("--exit", action="store_true", help="end after the demo's table")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=8085, help="port to listen on")
    parser.add_argument("--workers", type=int, default=None, help="processes; default 2")
    arguments = parser.parse_args()
    if arguments.exit and not arguments.demo:
        parser.error("--exit goes with --demo")
    return arguments


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:  # noqa: PLR2004 - TCP's ports
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _why_not(host: str, port: int) -> str:
    """Say why the server cannot listen there; "" when it can."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is taken: stop what listens there, "
                "or choose another one with --port."
            )
        return f"The server cannot listen on {host}, port {port}: {error.strerror}."
    return ""


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
