"""What keeps syncs from getting through, over the API."""

from sqlalchemy import Engine

from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from sync_core.session import State
from tests.integration.site import Site, payment
from tests.integration.synced import open_sync
from tests.schema.rows import NOON


def fail(engine: Engine, company_file_id: int, times: int) -> None:
    """Let syncs fail in a row, each as the one before."""
    for number in range(1, times + 1):
        open_sync(
            engine,
            company_file_id,
            state=State.CLOSED,
            ended_at=NOON,
            trouble="dialog_open",
            trouble_variant="plain",
            trouble_facts={"hresult": "0x80040414", "qb_message": "A modal dialog <b>box</b>."},
            failed_in_row=number,
            trouble_times=number,
            trouble_since=NOON,
        )


def test_a_company_without_a_web_connector(client: Site) -> None:
    assert client.get("/troubles").get_json() == {"items": [], "installs": []}


def test_a_problem_is_told_with_the_steps_at_the_pc(
    client: Site, company: CompanyView, company_file_id: int, engine: Engine, use_cases: UseCases
) -> None:
    install = use_cases.installs.add(company.id, label="Office PC")
    client.post("/payments", payment())
    fail(engine, company_file_id, 2)
    told = client.get("/troubles").get_json()
    [shown] = told["items"]
    assert {name: shown[name] for name in ("kind", "variant", "times", "pc", "install")} == {
        "kind": "dialog_open",
        "variant": "plain",
        "times": 2,
        "pc": "Office PC",
        "install": install.id,
    }
    assert shown["since"] == "2026-11-20T12:00:00Z"
    assert shown["facts"]["qb_message"] == "A modal dialog <b>box</b>."
    assert "Payments waiting: 1 (125.00)" in shown["books"]
    assert shown["steps"][0].startswith("At Office PC, find the window")
    assert told["installs"] == [
        {
            "id": install.id,
            "label": "Office PC",
            "primary": True,
            "standing": "trouble",
            "sentence": "",
            "failed_in_row": 2,
            "last_problem": "A window in QuickBooks is waiting for a click.",
            "last_called_at": None,
            "last_sync_at": "2026-11-20T12:00:00Z",
            "last_sync_s": 0,
            "next_expected_at": None,
            "version": None,
        }
    ]


def test_another_company_is_not_told_of_it(
    client: Site, engine: Engine, use_cases: UseCases
) -> None:
    other = use_cases.companies.add("Harbor Yoga")
    use_cases.installs.add(other.id)
    fail(engine, use_cases.companies.internal_id(other.id), 3)
    assert client.get("/troubles").get_json() == {"items": [], "installs": []}
