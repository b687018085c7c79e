"""`qbwc sessions`: the syncs of a company file."""

from datetime import timedelta

from sqlalchemy import Engine

from qbwc_server.services.assembly import UseCases
from sync_core.session import State
from tests.integration.cli.conftest import Terminal
from tests.integration.synced import open_sync
from tests.schema.rows import NOON


def test_syncs_are_listed_newest_first(
    terminal: Terminal, engine: Engine, use_cases: UseCases, company_id: str
) -> None:
    company = use_cases.companies.internal_id(company_id)
    assert terminal.run("sessions", company_id).stdout == ""
    over = {"state": State.CLOSED, "opened_at": NOON, "ended_at": NOON + timedelta(seconds=75)}
    told = {"customers_changed": 12, "posted": 3, "message": "3 posted"}
    open_sync(engine, company, **over, **told, percent=100)
    open_sync(engine, company, **over, percent=40, message="QuickBooks is closed.")
    open_sync(engine, company, opened_at=NOON, percent=20)
    lines = terminal.run("sessions", company_id).stdout.splitlines()
    label = terminal.json("sessions", company_id)[0]["install"]
    assert [line.partition("  ")[2] for line in lines] == [
        f"2026-11-20 12:00:00Z  {label}  Under way  20 %",
        f"2026-11-20 12:00:00Z  {label}  Did not get through  1 min 15 s  QuickBooks is closed.",
        f"2026-11-20 12:00:00Z  {label}  Got through  1 min 15 s  12 customers came in  3 posted",
    ]
    outcomes = [one["outcome"] for one in terminal.json("sessions", company_id)]
    assert outcomes == ["under_way", "failed_once", "through"]
