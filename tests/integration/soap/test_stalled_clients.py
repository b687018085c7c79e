"""Clients that fall silent hold no thread for longer than the set time."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.soap.server import Server, post, serving
from tests.unit.soap_edge import office

HALF_A_HEADER = b"POST /qbwc HTTP/1.1\r\nHost: a\r\nContent-Le"
HALF_A_BODY = b"POST /qbwc HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n<soap:Enve"
HALF_A_CHUNK = b"POST /qbwc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n<soap:En"


def ready(server: Server) -> None:
    line = server.http()
    post(line, office.envelope("serverVersion"))
    line.close()


@pytest.mark.parametrize("start", [HALF_A_HEADER, HALF_A_BODY, HALF_A_CHUNK])
def test_eight_stalled_clients_do_not_stop_two_threads(tmp_path: Path, start: bytes) -> None:
    with (
        serving(tmp_path, "--threads", "2", QBWC_CLIENT_SILENT_S="1") as server,
        ExitStack() as stalled,
    ):
        ready(server)
        for _ in range(8):
            stalled.enter_context(server.connect()).sendall(start)
        line = server.http()
        asked = time.monotonic()
        assert post(line, office.envelope("serverVersion")).text == "1.0"
        # Four pairs, a second each; without the limit, never.
        assert time.monotonic() - asked < 20
        line.close()


def test_four_clients_that_never_read_do_not_stop_two_threads(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--threads", "2", QBWC_CLIENT_SILENT_S="1") as server,
        ExitStack() as stalled,
    ):
        ready(server)
        for _ in range(4):
            line = stalled.enter_context(server.connect())
            line.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        good = server.http()
        assert post(good, office.envelope("serverVersion")).text == "1.0"
        good.close()
