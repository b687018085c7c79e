"""Big bodies are taken one at a time in a process, small ones side by side."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qbwc_server.soap import http
from qbwc_server.soap.application import create_soap_app
from tests.unit.soap_edge import office
from tests.unit.soap_edge.fake_sync import FakeSync


class MeetingSync(FakeSync):
    """Waits in receiveResponseXML for a second call to come in as well."""

    def __init__(self) -> None:
        super().__init__()
        self.barrier = threading.Barrier(2)
        self.met: list[bool] = []

    def receive_response(self, ticket: str, *, response: str, hresult: str, message: str) -> int:
        try:
            # Small calls meet at once; how long big ones wait in vain is all the time it takes.
            self.barrier.wait(timeout=1)
            self.met.append(True)
        except threading.BrokenBarrierError:
            self.met.append(False)
        return super().receive_response(ticket, response=response, hresult=hresult, message=message)


@pytest.mark.parametrize(("size", "meet"), [(1000, True), (http.BIG_BODY + 1, False)])
def test_two_calls_at_once(size: int, meet: bool) -> None:  # noqa: FBT001 - parametrized
    sync = MeetingSync()
    app = create_soap_app(sync, public_url="https://sync.example.com")
    body = office.envelope("receiveResponseXML", {"response": "x" * size})
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: office.post(app, body), range(2)))
    assert [answer.text for answer in answers] == ["-1", "-1"]
    assert sync.met == [meet, meet]


def test_a_refused_big_body_leaves_the_way_free() -> None:
    app = create_soap_app(FakeSync(), public_url="https://sync.example.com")
    cut_off = office.envelope("receiveResponseXML", {"response": "x" * http.BIG_BODY})[:-1]
    for _ in range(2):
        assert office.post(app, cut_off).fault
