"""The documentation names what there is: every setting, every status, every cause."""

import re
from pathlib import Path

import pytest

from qbwc_server.settings import Settings
from scripts import draw
from sync_core.lifecycle import PaymentStatus
from sync_core.missing import Reason
from sync_core.rejection import Cause

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `QBWC_{name.upper()}` |" in (ROOT / "docs/operating.md").read_text()


@pytest.mark.parametrize("word", [*PaymentStatus, *Cause, *Reason])
def test_every_word_of_the_api_is_in_the_glossary(word: str) -> None:
    assert f"`{word}`" in (ROOT / "docs/glossary.md").read_text()


def test_the_diagrams_are_as_the_tables_say() -> None:
    page = draw.PAGE.read_text()
    assert draw.drawn(page) == page


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []
