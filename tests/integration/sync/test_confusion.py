"""The cause found is the cause done: each edit of the books once before our look, once after it.

`python -m scripts.confusion` plays it with 500 payments.
"""

from pathlib import Path

from sqlalchemy import Engine

from scripts.confusion.edits import EDITS
from scripts.confusion.play import open_office, play


def test_the_cause_found_is_the_cause_done(engine: Engine, tmp_path: Path) -> None:
    table = play(open_office(engine, tmp_path), payments=2 * len(EDITS), seed=1)
    assert not table.wrong, table.as_text()
    assert not table.invalid, table.as_text()
    assert table.refused_by_quickbooks >= len(EDITS) / 2
