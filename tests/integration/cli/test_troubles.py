"""`qbwc troubles`: what is in the way of a sync, and what to do at which PC."""

from sqlalchemy import Engine

from qbwc_server.services.assembly import UseCases
from tests.integration.api.test_troubles import fail
from tests.integration.cli.conftest import Terminal


def test_nothing_is_in_the_way(terminal: Terminal, company_id: str) -> None:
    install = terminal.json("install", "add", company_id, "--label", "Office PC")
    assert terminal.run("troubles", company_id).stdout.splitlines() == [
        "Nothing is in the way.",
        "",
        f"Install {install['id']}  Office PC  never_called  last call never",
    ]


def test_a_problem_with_its_steps(
    terminal: Terminal, company_id: str, engine: Engine, use_cases: UseCases
) -> None:
    terminal.json("install", "add", company_id, "--label", "Office PC")
    fail(engine, use_cases.companies.internal_id(company_id), 1)
    told = terminal.run("troubles", company_id).stdout
    assert told.startswith("Nothing is in the way.")
    assert (
        'first_try_failed  last call never  The first try did not get through. Press "Update '
        'Selected" once more.'
    ) in told
    fail(engine, use_cases.companies.internal_id(company_id), 2)
    lines = terminal.run("troubles", company_id).stdout.splitlines()
    assert lines[0] == (
        "A window in QuickBooks is waiting for a click. (since 2026-11-20 12:00 UTC, 2 times, at "
        "Office PC)"
    )
    assert "For the books: Nothing was read or written." in lines
    assert '  3. Press "Update Selected".' in lines
    [shown] = terminal.json("troubles", company_id)["items"]
    assert shown["kind"] == "dialog_open"


def test_a_company_that_is_not_there(terminal: Terminal) -> None:
    assert "no company with this id" in terminal.refused("troubles", "nobody")
