"""gunicorn at its most talkative prints no secret, and says what helps."""

from pathlib import Path

from tests.integration.soap.server import post, serving
from tests.unit.soap_edge import office
from tests.unit.soap_edge.test_logs import BODIES, SECRET


def test_no_secret_is_printed_at_debug(tmp_path: Path) -> None:
    secret_headers = {"Authorization": f"Basic {SECRET}", "Cookie": f"a={SECRET}"}
    with serving(
        tmp_path, "--log-level", "debug", "--access-logfile", "-", QBWC_TEST_RAISES=SECRET
    ) as server:
        line = server.http()
        for body in BODIES.values():
            post(line, body, secret_headers)
        assert post(line, office.envelope("sendRequestXML")).text == ""
        line.close()
        with server.connect() as cut:
            length = len(BODIES["well-formed"]) + 1
            cut.sendall(
                f"POST /qbwc HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode()
                + BODIES["well-formed"]
            )
            cut.shutdown(1)
            assert cut.recv(20)
        server.stop()
        printed = server.output.read_text()
    assert SECRET not in printed
    for expected in ("soap_operation_failed", "soap_request_refused", "RuntimeError", "broke_off"):
        assert expected in printed
