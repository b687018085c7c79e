"""`qbwc` as an administrator types it, on an empty database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from qbwc_server.cli import main
from tests.integration.conftest import SECRET_KEY


@dataclass(frozen=True)
class Terminal:
    """Types commands; `json` asks for the document and reads it."""

    runner: CliRunner = field(default_factory=CliRunner)

    def run(self, *words: str) -> Result:
        result = self.runner.invoke(main, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *words: str, exit_code: int = 0) -> Any:
        result = self.run(*words, "--json")
        assert result.exit_code == exit_code, result.stderr
        return json.loads(result.stdout)

    def refused(self, *words: str) -> str:
        """Run what is refused: nothing on stdout, one line on stderr, exit 1."""
        for more in ((), ("--json",)):
            result = self.run(*words, *more)
            assert (result.exit_code, result.stdout) == (1, "")
            assert result.stderr.count("\n") == 1
        return result.stderr.strip()


@pytest.fixture
def terminal(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("QBWC_DATABASE_URL", database)
    monkeypatch.setenv("QBWC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QBWC_SECRET_KEY", SECRET_KEY)
    yield Terminal()
    structlog.reset_defaults()  # the command line's logs went to a terminal that is gone


@pytest.fixture
def company_id(terminal: Terminal) -> str:
    added: str = terminal.json("company", "add", "Sunrise Dental")["id"]
    return added
