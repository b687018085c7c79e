"""What the house promises about itself: names, arrows, clocks, pins, and the two commands."""

import ast
import os
import re
import socket
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["qbxml", "sync_core", "models", "config_builder", "qbwc_server"]
PURE = ["qbxml", "sync_core"]
FRAMEWORKS = ["sqlalchemy", "flask", "spyne", "pydantic", "structlog", "click", "alembic"]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
SHELL_SCRIPTS = ["scripts/setup", "scripts/start", "scripts/test", "scripts/lock"]

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


# Names


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_ours_alone(package: str) -> None:
    assert set(metadata.packages_distributions()[package]) == {PROJECT["project"]["name"]}


def test_only_these_packages_are_installed() -> None:
    ours = PROJECT["project"]["name"]
    provided = metadata.packages_distributions().items()
    assert sorted(name for name, owners in provided if ours in owners) == sorted(PACKAGES)


def test_no_folder_of_tests_is_named_like_a_package() -> None:
    taken = {*PACKAGES, "scripts", "migrations", "tests"}
    folders = {path.name for path in (ROOT / "tests").rglob("*") if path.is_dir()}
    assert not folders & taken


def test_every_folder_with_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


# Arrows

IMPORT_ALL = """
import importlib, pkgutil, sys
for name in sys.argv[1].split():
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def imported_with(*packages: str) -> set[str]:
    """Import all modules of the packages in a fresh interpreter; return every top-level name."""
    command = [sys.executable, "-c", IMPORT_ALL, " ".join(packages)]
    done = subprocess.run(command, cwd="/", check=False, capture_output=True, text=True)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_language_and_the_rules_pull_in_no_framework() -> None:
    names = imported_with(*PURE)
    assert {*PURE, "lxml"} <= names
    assert not names & set(FRAMEWORKS)


def test_a_framework_would_be_seen() -> None:
    assert "sqlalchemy" in imported_with("models")


# Clocks


def clock_uses(source: str) -> list[str]:
    """Return the places where Python source reads a clock, or could."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names) if any(name.name == "time" for name in names):
                found.append(f"line {node.lineno}: import time")
            case ast.ImportFrom(module="time"):
                found.append(f"line {node.lineno}: from time import")
            case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today" as method)):
                found.append(f"line {node.lineno}: {method}()")
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os, time as clock",
        "from time import monotonic",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime, UTC\nx = datetime.now(UTC)",
        "from datetime import date\nx = date.today()",
        "from datetime import datetime\nx = datetime.utcnow().date()",
    ],
)
def test_a_clock_would_be_seen(source: str) -> None:
    assert clock_uses(source)


def test_a_time_that_is_handed_in_is_no_clock() -> None:
    source = "from datetime import datetime, time\ndef f(now: datetime) -> time: return now.time()"
    assert clock_uses(source) == []


@pytest.mark.parametrize(
    "module",
    sorted(path for package in PURE for path in (ROOT / package).rglob("*.py")),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_pure_module_reads_a_clock(module: Path) -> None:
    assert clock_uses(module.read_text()) == []


# Pins

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>[^\s;]+)( ; .+)?")


def locked(lock: Path) -> dict[str, str]:
    """Return name to version of a lock, having seen that each has hashes and none an address."""
    entries = re.sub(r"(?m)^\s*#.*\n", "", lock.read_text()).replace("\\\n", " ").splitlines()
    versions = {}
    for entry in entries:
        pin, *hashes = entry.split(" --hash=")
        match = PIN.fullmatch(re.sub(r"\s+", " ", pin).strip())
        assert match, f"{lock.name}: {entry}"
        assert hashes, f"{lock.name}: {pin} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", value) for value in hashes)
        versions[match["name"]] = match["version"]
    return versions


def pinned(requirements: list[str]) -> dict[str, str]:
    """Return name to version of the pins in pyproject.toml; anything but a pin fails."""
    matches = [PIN.fullmatch(text.replace("; ", " ; ", 1)) for text in requirements]
    assert all(matches), requirements
    return {match["name"]: match["version"] for match in matches if match}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_hashes_and_no_address(lock: Path) -> None:
    assert locked(lock)
    assert not re.search(r"://| @ |--index|--find-links", lock.read_text())


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [
        (PROJECT["build-system"]["requires"], "requirements-build.lock"),
        (PROJECT["dependency-groups"]["build"], "requirements-build.lock"),
        (PROJECT["project"]["dependencies"], "requirements.lock"),
        (PROJECT["project"]["dependencies"], "requirements-test.lock"),
        (PROJECT["project"]["optional-dependencies"]["test"], "requirements-test.lock"),
        (PROJECT["project"]["optional-dependencies"]["browser"], "requirements-browser.lock"),
    ],
)
def test_the_locks_say_what_the_pins_say(requirements: list[str], lock: str) -> None:
    assert pinned(requirements).items() <= locked(ROOT / lock).items()


@pytest.mark.parametrize("lock", ["requirements-test.lock", "requirements-browser.lock"])
def test_tests_run_on_what_runs(lock: str) -> None:
    served, tested = locked(ROOT / "requirements.lock"), locked(ROOT / lock)
    assert served.items() <= tested.items()


# Sockets


def test_a_unit_test_cannot_open_a_socket() -> None:
    with pytest.raises(UserWarning, match=r"tried to use socket\.socket"):
        socket.socket()


# Commands


def test_the_commands_of_the_readme_can_be_run() -> None:
    readme = (ROOT / "README.md").read_text()
    commands = set(re.findall(r"^\./(scripts/\w+)", readme, re.MULTILINE))
    assert commands == {"scripts/start", "scripts/test"}
    assert all(os.access(ROOT / command, os.X_OK) for command in commands)


@pytest.mark.parametrize("script", SHELL_SCRIPTS)
def test_a_shell_script_is_plain_sh(script: str) -> None:
    text = (ROOT / script).read_text()
    assert text.startswith("#!/bin/sh\n")
    subprocess.run(["/bin/sh", "-n", ROOT / script], check=True)  # noqa: S603 - our own script


def test_the_script_that_checks_every_change_is_bash() -> None:
    subprocess.run(["/usr/bin/env", "bash", "-n", ROOT / ".ci/run"], check=True)  # noqa: S603 - our own script
