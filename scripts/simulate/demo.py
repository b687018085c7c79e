"""The demo: a real server, a simulated office, one Update Selected, and what became of it.

It uses a database of its own under `var/`, made anew each time, and reaches the server as everybody
does: payments over the JSON API, the Web Connector over SOAP with a .qwc file.
"""

import json
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

from qbwc_server import logs, settings
from qbwc_server.services import assembly
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import HOME
from scripts.simulate import demo_company
from scripts.simulate.server import Server, serving
from scripts.simulate.web_connector import WebConnector

# A cold start of one worker took 2 s; a slow machine gets plenty.
START_S_MAX = 60
AMOUNT_COLUMN = 4
RULE_WIDTH = 100


def play(*, host: str, port: int, stay: bool) -> int:
    """Play the demo on a port, and stay until the server is stopped if so wished.

    Raises OSError when the port is taken.
    """
    environ = {
        "QBWC_DATA_DIR": str(HOME / "var" / f"demo-{port}"),
        "QBWC_DATABASE_URL": "",
        "QBWC_PUBLIC_URL": f"http://localhost:{port}",
        "QBWC_LOG_LEVEL": "ERROR",
    }
    services = _fresh(environ)
    demo = demo_company.build()
    with serving(environ, host=host, port=port) as server:
        company = services.companies.add(demo.books.name, yes_to_first=True)
        install = services.installs.add(company.id, label="Office PC")
        token = services.tokens.add(company.id, label="Payment site").token
        queued = _call(server.port, "/api/v1/payments/bulk", token, demo.payments)
        print(f"{len(queued)} web payments were queued over the API.")
        qwc = services.installs.build_file(install.id).content
        connector = WebConnector.from_qwc(qwc, install.password or "", demo.books)
        print(f'The Web Connector of "{demo.books.name}" calls (Update Selected) ...\n')
        outcome = connector.update_selected()
        items = _call(server.port, "/api/v1/payments?limit=200", token)["items"]
        print(_table(items))
        print(f"\nThe Web Connector shows: {outcome.status}")
        administrator = services.users.add("demo@example.com", "admin", by=OPERATOR)
        print(f"\nThe same on a page: {server.url}/")
        print(
            f"Sign in there as {administrator.email} with the password {administrator.password}",
            flush=True,
        )
        if stay:
            _stay(server)
    return 0 if outcome.error_code is None else 1


def _fresh(environ: Mapping[str, str]) -> UseCases:
    """Begin with an empty database, the one that the server will find."""
    shutil.rmtree(environ["QBWC_DATA_DIR"], ignore_errors=True)
    os.environ |= environ
    logs.configure(environ["QBWC_LOG_LEVEL"])
    return assembly.use_cases(settings.load())


def _stay(server: Server) -> None:
    """Wait until somebody stops us, or the server ends by itself."""
    print("The server runs until you press Ctrl-C.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.process.wait()
    except KeyboardInterrupt:
        print()


def _call(port: int, path: str, token: str, body: object = None) -> Any:
    """Call the API as a payment site does. Raises SystemExit with what it said if it refuses."""
    connection = HTTPConnection("localhost", port, timeout=START_S_MAX)
    try:
        connection.request(
            "GET" if body is None else "POST",
            path,
            None if body is None else json.dumps(body),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise SystemExit(f"{path} answered {answer.status}: {said.decode()}")
    return json.loads(said)


def _table(items: Sequence[Mapping[str, Any]]) -> str:
    """Write the payments as a table that a bookkeeper can read, in the order they came in."""
    rows = [("Reference", "Customer", "Received", "Method", "Amount", "In QuickBooks")]
    rows += [
        (
            item["reference"],
            _customer(item),
            item["received_on"],
            item["method"],
            item["amount"],
            _outcome(item),
        )
        for item in sorted(items, key=lambda item: str(item["id"]))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.rjust(width) if column == AMOUNT_COLUMN else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * min(max(map(len, lines)), RULE_WIDTH), *lines[1:]])


def _customer(item: Mapping[str, Any]) -> str:
    customer = item["customer"]
    return str(item["quickbooks_customer"] or customer.get("name") or customer.get("list_id"))


def _outcome(item: Mapping[str, Any]) -> str:
    """Say what became of one payment."""
    if item["status"] == "posted":
        left = "" if item["unapplied"] == "0.00" else f", {item['unapplied']} left as credit"
        return f"posted{left}"
    if item["rejection"]:
        said = item["rejection"]["status_message"] or item["rejection"]["summary"]
        # QuickBooks' second sentence, where there is one, is the useful one.
        return f"NOT POSTED: {said.rpartition('QuickBooks error message:')[2].strip()}"
    return str(item["status"])
