"""What holds for every test: unit tests open no socket, and the end says what the run ran on."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.databases import drop_templates

UNIT = Path(__file__).parent / "unit"


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Take back what a test said of logs: they would go to a stream that is gone."""
    yield
    structlog.reset_defaults()


# A test belongs to a part by the name of a fixture it asks for or of a parameter it is given.
PARTS = {
    "SQLite": {"sqlite"},
    "PostgreSQL": {"postgres", "postgresql"},
    "Chromium": {"chromium", "browser", "page"},
}

# A busy machine is no reason to call a property false.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if UNIT in item.path.parents:
            item.add_marker(pytest.mark.disable_socket)
        for part, words in PARTS.items():
            if words & _names(item):
                item.user_properties.append(("part", part))


def pytest_sessionfinish() -> None:
    drop_templates()


def _names(item: pytest.Item) -> set[str]:
    callspec = getattr(item, "callspec", None)
    parameters: list[str] = callspec.id.split("-") if callspec else []
    return {*getattr(item, "fixturenames", []), *parameters}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ran = _count(terminalreporter, "passed") + _count(terminalreporter, "failed")
    skipped = _count(terminalreporter, "skipped")
    told = [
        f"{part} {ran[part]}" + (f" ({skipped[part]} skipped)" if skipped[part] else "")
        for part in PARTS
    ]
    terminalreporter.write_line("Ran on (tests): " + ", ".join(told))


def _count(terminalreporter: pytest.TerminalReporter, outcome: str) -> Counter[object]:
    reports = terminalreporter.stats.get(outcome, [])
    return Counter(part for report in reports for kind, part in report.user_properties)
