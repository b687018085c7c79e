"""A short soak, as `python -m scripts.attack soak` plays a long one."""

from pathlib import Path

import pytest

from scripts.attack.figures import Plan
from scripts.attack.judge import judge
from scripts.attack.lent import lend
from scripts.attack.soak import Soak
from scripts.attack.starter import LINUX
from tests import databases


@pytest.mark.skipif(not LINUX.exists(), reason="workers are found in /proc, on Linux alone")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_each_payment_stands_once_although_the_server_is_killed(
    database: str, tmp_path: Path
) -> None:
    if database == "postgresql" and not databases.has_postgres():
        pytest.skip(databases.NO_POSTGRES)
    with lend(database, tmp_path) as lent:
        soak = Soak(Plan(kills=3, payments=30, database=database, seed=7), lent.url, tmp_path)
        figures = soak.run()
        assert figures.broken == ()
        assert figures.kills == 3
        assert figures.verdict.posted == figures.verdict.receipts == figures.verdict.adds == 30

        # And it would have noticed.
        twice = soak.books.payments()[0]
        soak.books.receive_by_hand(twice.customer.full_name, amount="1.00", number=twice.number)
        broken = judge(soak.services.engine, soak.books, soak.given, soak.kills).broken
        soak.services.engine.dispose()
    (sentence,) = broken
    assert f"({twice.number}) stands in QuickBooks 2 times" in sentence
