"""`qbwc customers`: what customers miss."""

import pytest
from sqlalchemy import Engine

from models.books import Customer
from qbwc_server.services.assembly import UseCases
from tests.integration.cli.conftest import Terminal
from tests.integration.synced import open_sync
from tests.schema.rows import add

KERN = "80000001-1760000001"


@pytest.fixture
def own(company_id: str, use_cases: UseCases, engine: Engine) -> str:
    """The company's id, after a sync that imported a customer."""
    found = use_cases.companies.internal_id(company_id)
    session = open_sync(engine, found)
    with engine.begin() as db:
        facts = {"list_id": KERN, "full_name": "Kern", "is_active": True}
        add(db, Customer, company_file_id=found, seen_session_id=session, **facts)
    return company_id


def test_why_an_invoice_is_missing(terminal: Terminal, own: str) -> None:
    words = ("customers", "missing-invoice", own, KERN, "1042")
    told = terminal.json(*words)
    assert told["reason"] == "not_imported_since"
    result = terminal.run(*words)
    assert (result.exit_code, result.stdout) == (0, f"{told['summary']}\n")


def test_what_cannot_be_answered_is_one_sentence(terminal: Terminal, own: str) -> None:
    assert terminal.refused("customers", "missing-invoice", own, "80000009-1", "1042") == (
        "QuickBooks has told of no customer with this ListID."
    )
    assert terminal.refused("customers", "missing-invoice", own, KERN, "123456789012") == (
        "number: An invoice number has 1 to 11 characters."
    )
