"""The biggest answers of QuickBooks, over a real line: 63 MiB is taken, 65 MiB is refused."""

from pathlib import Path

import pytest

from sync_core.wording import faults
from tests.integration.soap.server import Server, post
from tests.unit.soap_edge import fake_sync, office

MIB = 1 << 20


def waiting_session(server: Server) -> str:
    credentials = {"strUserName": fake_sync.USER_NAME, "strPassword": fake_sync.PASSWORD}
    line = server.http()
    ticket, _ = post(line, office.envelope("authenticate", credentials)).texts
    post(line, office.envelope("sendRequestXML", {"ticket": ticket}))
    line.close()
    return ticket


def answer_of(size: int, ticket: str) -> bytes:
    """Return a receiveResponseXML of about so many bytes, with a character that needs repair."""
    one = "&lt;InvoiceRet&gt;caf\u00e9&lt;/InvoiceRet&gt;"
    body = office.envelope("receiveResponseXML", {"ticket": ticket, "response": "HERE"})
    room = size - len(body)
    return body.replace(b"HERE", b"&#x1;" + one.encode() * (room // len(one.encode())))


def peak_mib(server: Server) -> int:
    """Return the most memory that the server's one worker has ever had."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    status = Path(f"/proc/{children.read_text().split()[0]}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def test_63_mib_twice_then_65(server: Server) -> None:
    ticket = waiting_session(server)
    for percent in ("50", "100"):
        line = server.http()
        body = answer_of(63 * MIB, ticket)
        assert 62 * MIB < len(body) <= 63 * MIB
        assert post(line, body).text == percent
        post(line, office.envelope("sendRequestXML", {"ticket": ticket}))
        line.close()
    if Path("/proc/self/status").exists():
        # The second is not on top of the first: nothing of a call outlives it.
        assert peak_mib(server) < 600

    line = server.http()
    refused = post(line, answer_of(65 * MIB, ticket))
    assert refused.fault == faults.TOO_LARGE
    assert post(line, office.envelope("serverVersion")).text == "1.0"
    line.close()


def test_65_mib_in_chunks_are_refused(server: Server) -> None:
    line = server.http()
    line.request("POST", "/qbwc", (bytes(MIB) for _ in range(65)), encode_chunked=True)
    response = line.getresponse()
    assert response.status == 500
    assert faults.TOO_LARGE.encode() in response.read()
    line.close()


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_a_body_on_either_side_of_a_big_one(server: Server, size: int) -> None:
    # Up to 4 MiB calls are read side by side, above it one by one; no difference shows.
    ticket = waiting_session(server)
    line = server.http()
    assert post(line, answer_of(size * MIB, ticket)).text == "50"
    line.close()
