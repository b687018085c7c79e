"""The documentation names what there is: every setting, every status, every cause."""

import re
from pathlib import Path

import pytest

from qbwc_server.services.actions import Action
from qbwc_server.settings import Settings
from scripts import causes, draw, troubles
from sync_core.lifecycle import PaymentStatus
from sync_core.reason import Reason
from sync_core.rejection import Cause
from sync_core.trouble import VARIANTS as TROUBLES
from sync_core.trouble import Kind, Standing
from sync_core.variants import VARIANTS
from sync_core.wording.buttons import BUTTONS
from sync_core.wording.syncs import Outcome

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `QBWC_{name.upper()}` |" in (ROOT / "docs/operating.md").read_text()


@pytest.mark.parametrize("word", [*PaymentStatus, *Cause, *Reason, *Kind, *Standing, *Outcome])
def test_every_word_of_the_api_is_in_the_glossary(word: str) -> None:
    assert f"`{word}`" in (ROOT / "docs/glossary.md").read_text()


def test_the_diagrams_are_as_the_tables_say() -> None:
    page = draw.PAGE.read_text()
    assert draw.drawn(page) == page


def test_the_page_of_causes_is_as_the_table_says() -> None:
    assert draw.CAUSES.read_text() == causes.page()


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_and_variant_has_its_place_on_the_page(cause: Cause) -> None:
    page = draw.CAUSES.read_text()
    assert f"\n## {cause}\n" in page
    if len(VARIANTS[cause]) > 1:
        titles = [f"\n### {cause}: {variant}\n" for variant in VARIANTS[cause]]
        assert [title for title in titles if title not in page] == []


def test_the_page_of_connection_problems_is_as_the_table_says() -> None:
    assert draw.TROUBLES.read_text() == troubles.page()


@pytest.mark.parametrize("kind", Kind)
def test_every_connection_problem_has_its_place_on_the_page(kind: Kind) -> None:
    page = draw.TROUBLES.read_text()
    assert f"\n## {kind}\n" in page
    if len(TROUBLES[kind]) > 1:
        titles = [f"\n### {kind}: {variant}\n" for variant in TROUBLES[kind]]
        assert [title for title in titles if title not in page] == []


def test_every_action_of_the_api_has_a_button() -> None:
    assert set(BUTTONS) == set(Action)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []
