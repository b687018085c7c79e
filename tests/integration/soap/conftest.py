from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.soap.server import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("gunicorn")
    with serving(folder) as running:
        yield running
