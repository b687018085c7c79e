"""`qbwc customers`, `qbwc invoices`, `qbwc mappings`: what is known, and what the site calls it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from qbwc_server.services.assembly import UseCases
from tests.integration.cli.conftest import Terminal
from tests.integration.synced import CAFE, know_books


@pytest.fixture(autouse=True)
def _books(engine: Engine, use_cases: UseCases, company_id: str) -> None:
    know_books(engine, use_cases.companies.internal_id(company_id))


def test_customers_and_invoices_are_listed(terminal: Terminal, company_id: str) -> None:
    shown = terminal.run("customers", "list", company_id).stdout
    assert shown == f"{CAFE}  Café Belém  balance 125.00\n"
    first, second = terminal.json("invoices", "list", company_id)
    assert (first["number"], second["number"]) == ("1", "2")
    shown = terminal.run("invoices", "list", company_id).stdout
    assert "No. 1  Café Belém" in shown
    assert "25.00 of 100.00 due  open" in shown


def test_as_csv(terminal: Terminal, company_id: str) -> None:
    header, *rows = terminal.run("invoices", "list", company_id, "--csv").stdout.splitlines()
    assert header.removeprefix("\ufeff").startswith("txn_id,external_id,number")
    assert len(rows) == 2
    assert "Café Belém" in terminal.run("customers", "list", company_id, "--csv").stdout


def test_mapping(terminal: Terminal, company_id: str) -> None:
    assert terminal.run("mappings", "set", company_id, "customers", "c-1", CAFE).stdout == (
        "c-1: set\n"
    )
    shown = terminal.run("mappings", "list", company_id, "customers").stdout
    assert shown == f"c-1 = {CAFE}  Café Belém\n"
    said = terminal.refused("mappings", "set", company_id, "customers", "c-2", "8-1")
    assert "no customer with this ListID" in said
    assert terminal.json("mappings", "set", company_id, "customers", "c-1")["outcome"] == "removed"
    assert terminal.json("mappings", "list", company_id, "customers") == []
    assert terminal.json("mappings", "unmapped", company_id, "invoices") == []


def test_mapping_from_a_file(terminal: Terminal, company_id: str, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("external_id,name\nc-1,Café Belém\nc-2,Nobody\n")
    result = terminal.run("mappings", "import", company_id, "customers", str(file))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"c-1 = {CAFE}  Café Belém",
        "The file was read: 1 proposed, 1 refused.",
        "Set what is proposed with --accept.",
    ]
    assert result.stderr.splitlines()[0] == ('Line 3: QuickBooks has no customer called "Nobody".')
    file.write_text("external_id,name\nc-1,Café Belém\n")
    report = terminal.json("mappings", "import", company_id, "customers", str(file), "--accept")
    assert (report["set"], report["proposed"]) == (1, [])


def test_everything_is_read_again(terminal: Terminal, company_id: str) -> None:
    shown = terminal.run("company", "read-again", company_id).stdout
    assert shown == "The next sync of Sunrise Dental reads everything again.\n"
    assert "no company with this id" in terminal.refused("company", "read-again", "17")
