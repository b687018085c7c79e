"""The cause found is the cause done: each edit of the books once before our look, once after it.

`python -m scripts.confusion` plays it with 500 payments.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from scripts.confusion.edits import EDITS
from scripts.confusion.play import open_office, play


@pytest.mark.parametrize("currencies", ["one", "many"])
def test_the_cause_found_is_the_cause_done(engine: Engine, tmp_path: Path, currencies: str) -> None:
    office = open_office(engine, tmp_path, many_currencies=currencies == "many")
    table = play(office, payments=2 * len(EDITS), seed=1)
    assert not table.wrong, table.as_text()
    assert not table.invalid, table.as_text()
    cases = [one.case for one in table.outcomes]
    assert sum(case.place for case in cases) >= len(EDITS) / 4  # the second of two invoices
    assert any(case.is_foreign for case in cases) == (currencies == "many")
    assert table.refused_by_quickbooks >= len(EDITS) / 2
