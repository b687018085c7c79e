"""How it stands with the company, over the API."""

from sqlalchemy import Engine, update

from models.payment import Payment
from qbwc_server.services.companies import CompanyView
from tests.integration.site import Site, payment


def test_nothing_needs_a_person(client: Site, company: CompanyView) -> None:
    answer = client.get("/company")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "id": company.id,
        "name": "Sunrise Dental",
        "notices": [],
        "attention": None,
    }


def test_many_refusals_are_told_with_what_to_look_at(client: Site, engine: Engine) -> None:
    for number in range(5):
        client.post("/payments", payment(id=f"pay_{number}"))
    with engine.begin() as db:
        db.execute(update(Payment).values(last_cause="locked"))
    told = client.get("/company").get_json()
    assert told["attention"] == {
        "percent": 100,
        "refused": 5,
        "total": 5,
        "cause": "locked",
        "summary": "100 % of the last 30 days' payments were refused (5 of 5). Most often: in use "
        "at every try. Syncs meet people at work. Move Auto-Run to quieter times.",
    }
    assert told["notices"] == [told["attention"]["summary"]]
