"""`qbwc migrate` and `qbwc settings`, wrong usage, a fresh checkout, the real command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from models.engine import make_engine
from qbwc_server.settings import Settings
from tests.integration.cli.conftest import Terminal


def point_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{folder / 'fresh.sqlite3'}"
    monkeypatch.setenv("QBWC_DATABASE_URL", url)
    monkeypatch.setenv("QBWC_DATA_DIR", str(folder))
    return url


@pytest.fixture(autouse=True)
def _logs_back() -> object:
    yield
    structlog.reset_defaults()


def test_an_empty_database_is_set_up_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(tmp_path, monkeypatch)
    assert Terminal().json("company", "list") == []


def test_one_of_another_release_is_left_alone_until_migrate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = point_at(tmp_path, monkeypatch)
    Terminal().json("migrate")
    engine = make_engine(url)
    with engine.begin() as db:
        ours = db.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        db.execute(text("DELETE FROM alembic_version"))
    said = Terminal().refused("company", "list")
    assert said == "The database is not set up for this release; run: qbwc migrate"
    with engine.begin() as db:
        db.execute(text("INSERT INTO alembic_version VALUES (:ours)"), {"ours": ours})
    engine.dispose()
    assert Terminal().json("migrate") == {"current": True}
    assert Terminal().json("migrate") == {"current": True}


def test_a_database_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QBWC_DATABASE_URL", "postgresql+psycopg://joe:hunter2@127.0.0.1:1/none")
    said = Terminal().refused("company", "list")
    assert said.startswith("The database does not answer (")
    assert "hunter2" not in said


def test_settings_say_value_and_source_and_hide_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QBWC_SECRET_KEY", "hunter2")
    monkeypatch.setenv("QBWC_THREADS", "8")
    monkeypatch.setenv(
        "QBWC_DATABASE_URL", "postgresql+psycopg://joe:hunter3@db.example.com/q?password=hunter4"
    )
    monkeypatch.setenv("QBWC_SMTP_USER", "sync")
    monkeypatch.setenv("QBWC_SMTP_PASSWORD", "hunter5")
    dotenv = tmp_path / ".env"
    dotenv.write_text("QBWC_MESSAGE_SET_MAX=50\nQBWC_THREADS=2\n")
    monkeypatch.setitem(Settings.model_config, "env_file", dotenv)
    shown = {one["name"]: one for one in Terminal().json("settings")["settings"]}
    assert set(shown) == {f"QBWC_{name.upper()}" for name in Settings.model_fields}
    assert (shown["QBWC_THREADS"]["value"], shown["QBWC_THREADS"]["source"]) == (8, "environment")
    assert shown["QBWC_MESSAGE_SET_MAX"]["value"] == 50
    assert shown["QBWC_MESSAGE_SET_MAX"]["source"] == ".env"
    assert shown["QBWC_IMPORT_PAGE_SIZE"]["source"] == "default"
    assert shown["QBWC_DATABASE_URL"]["value"] == "postgresql+psycopg://joe:***@db.example.com/q"
    assert shown["QBWC_SECRET_KEY"]["value"] == "***"
    assert shown["QBWC_SMTP_PASSWORD"]["value"] == "***"
    assert "hunter" not in Terminal().run("settings").output


def test_a_wrong_setting_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QBWC_IN_DOUBT_WAIT_S", "1")
    assert "QBWC_IN_DOUBT_WAIT_S must be at least" in Terminal().refused("settings")
    assert "QBWC_IN_DOUBT_WAIT_S" in Terminal().refused("company", "list")


@pytest.mark.parametrize(
    "words",
    [
        ("company", "explode"),
        ("company", "add"),
        ("company", "add", "x", "--sync-from", "yesterday"),
        ("company", "set", "x"),
        ("company", "set", "x", "paused"),
        ("install", "add", "x", "--every", "0"),
        ("payments", "import", "x", "/nowhere.csv"),
        ("payments", "list", "x", "--status", "done"),
        ("payments", "act", "x", "p1", "explode"),
        ("payments", "reopen-missing", "x"),
        ("extras", "keep", "x", "1A-10"),
        ("verify",),
    ],
)
def test_wrong_usage_is_2(words: tuple[str, ...]) -> None:
    result = Terminal().run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")


def test_every_command_takes_json() -> None:
    from qbwc_server.cli import main  # noqa: PLC0415 - the commands under test

    for group in main.commands.values():
        for command in getattr(group, "commands", {"": group}).values():
            names = [name for one in command.params for name in one.opts]
            assert "--json" in names, command.name


def test_the_command_itself_prints_json_and_nothing_else(tmp_path: Path) -> None:
    qbwc = Path(sys.executable).with_name("qbwc")
    environment = {**os.environ, "QBWC_DATA_DIR": str(tmp_path), "QBWC_DATABASE_URL": ""}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [qbwc, *words], env=environment, capture_output=True, text=True, check=False
        )

    added = run("company", "add", "Sunrise Dental", "--json")
    assert (added.returncode, added.stderr) == (0, "")
    assert json.loads(added.stdout)["name"] == "Sunrise Dental"
    assert (tmp_path / "qbwc.sqlite3").exists()
    refused = run("company", "show", "nonsense", "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert run("company", "explode").returncode == 2
