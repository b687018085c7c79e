from wsgiref.types import WSGIApplication

import pytest

from qbwc_server.soap.application import create_soap_app
from tests.unit.soap_edge.fake_sync import FakeSync


@pytest.fixture
def sync() -> FakeSync:
    return FakeSync()


@pytest.fixture
def app(sync: FakeSync) -> WSGIApplication:
    return create_soap_app(sync, public_url="https://sync.example.com")
