"""When the environment is ready, and when it is of no use, on small folders that stand for one."""

import platform
import sys
from pathlib import Path

import pytest

from scripts import environment

FILES = [
    "pyproject.toml",
    "scripts/environment.py",
    "requirements-build.lock",
    "requirements.lock",
    "requirements-test.lock",
    "requirements-browser.lock",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment was set up to run and to test."""
    (tmp_path / "scripts").mkdir()
    for name in FILES:
        (tmp_path / name).write_text(name)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch()
    (tmp_path / ".venv/made-for").write_text(environment.made_for(tmp_path))
    for purpose in ("run", "test"):
        (tmp_path / f".venv/ready-to-{purpose}").write_text(environment.digest(tmp_path, purpose))
    return tmp_path


def ready(checkout: Path) -> list[str]:
    return [purpose for purpose in ("run", "test") if environment.is_ready(checkout, purpose)]


def test_nothing_changed(checkout: Path) -> None:
    assert ready(checkout) == ["run", "test"]
    assert not environment.must_be_made_anew(checkout)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_seen(checkout: Path, name: str) -> None:
    (checkout / name).write_text("changed")
    only_for_tests = name in {"requirements-test.lock", "requirements-browser.lock"}
    assert ready(checkout) == (["run"] if only_for_tests else [])
    assert not environment.must_be_made_anew(checkout)


def test_another_python_makes_it_anew(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: "3.12.99")
    assert ready(checkout) == []
    assert environment.must_be_made_anew(checkout)


def test_a_moved_checkout_makes_it_anew(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("moved"))
    assert ready(moved) == []
    assert environment.must_be_made_anew(moved)


@pytest.mark.parametrize("missing", [".venv/bin/python", ".venv"])
def test_a_missing_one_is_made_anew(checkout: Path, missing: str) -> None:
    (checkout / missing).rename(checkout / "elsewhere")
    assert ready(checkout) == []
    assert environment.must_be_made_anew(checkout)


def test_an_interrupted_set_up_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv/unfinished").touch()
    assert ready(checkout) == []
    assert environment.must_be_made_anew(checkout)


def test_one_made_by_hand_is_kept_if_we_run_in_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / ".venv/made-for").unlink()
    assert environment.must_be_made_anew(checkout)
    monkeypatch.setattr(sys, "prefix", str(checkout / ".venv"))
    assert not environment.must_be_made_anew(checkout)
