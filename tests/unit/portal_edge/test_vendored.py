"""What others wrote stands unchanged in the portal, with its version and its licence."""

import hashlib
import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "qbwc_server/portal/static/vendor"
LIST = tomllib.loads((FOLDER / "vendored.toml").read_text())


@pytest.mark.parametrize("name", LIST)
def test_a_vendored_file_is_as_it_was_published(name: str) -> None:
    content = (FOLDER / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == LIST[name]["sha256"]
    assert LIST[name]["version"].encode() in content


@pytest.mark.parametrize("name", LIST)
def test_a_vendored_file_has_its_licence_beside_it(name: str) -> None:
    assert "without fee" in (text := (FOLDER / LIST[name]["licence_file"]).read_text()) or (
        "free of charge" in text
    )


def test_every_file_in_the_folder_is_on_the_list() -> None:
    listed = {*LIST, *(entry["licence_file"] for entry in LIST.values()), "vendored.toml"}
    assert {path.name for path in FOLDER.iterdir()} == listed
