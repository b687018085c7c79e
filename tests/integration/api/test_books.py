"""The API's lists of customers and invoices, and what the payment site calls them.

What stands in them after a sync is tested with the syncs; here, how they are asked for.
"""

import pytest
from sqlalchemy import Engine

from tests.integration.site import Site
from tests.integration.synced import CAFE, know_books


@pytest.fixture(autouse=True)
def _books(engine: Engine, company_file_id: int) -> None:
    know_books(engine, company_file_id)


def test_invoices_page_by_page_then_what_changed(client: Site) -> None:
    first = client.get("/invoices?limit=1").get_json()
    assert [one["txn_id"] for one in first["items"]] == ["1-1760000006"]
    assert first["items"][0]["customer"] == {"list_id": CAFE, "name": "Café Belém"}
    last = client.get(f"/invoices?limit=1&cursor={first['next_cursor']}").get_json()
    assert [one["balance"] for one in last["items"]] == ["50.00"]
    assert last["next_cursor"] is None
    nothing = client.get(f"/invoices?changed_since={last['changes_cursor']}").get_json()
    assert nothing == {
        "items": [],
        "next_cursor": None,
        "changes_cursor": last["changes_cursor"],
    }


def test_invoices_of_a_number(client: Site) -> None:
    found = client.get(f"/invoices?number=2&customer={CAFE}").get_json()["items"]
    assert [one["number"] for one in found] == ["2"]
    cursor = client.get("/invoices").get_json()["changes_cursor"]
    answer = client.get(f"/invoices?number=2&changed_since={cursor}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/changed_since"


def test_customers(client: Site) -> None:
    (customer,) = client.get("/customers").get_json()["items"]
    assert customer == {
        "list_id": CAFE,
        "name": "Café Belém",
        "active": True,
        "external_id": None,
        "balance": "125.00",
        "parent_list_id": None,
        "currency": None,
        "gone": False,
    }


@pytest.mark.parametrize("path", ["/customers", "/invoices", "/mappings/customers"])
@pytest.mark.parametrize("asked", ["limit=0", "limit=201", "cursor=x"])
def test_a_page_that_cannot_be(client: Site, path: str, asked: str) -> None:
    answer = client.get(f"{path}?{asked}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == f"/{asked.partition('=')[0]}"


def test_csv(client: Site) -> None:
    answer = client.get("/invoices.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="invoices.csv"'
    header, *rows = answer.get_data(as_text=True).splitlines()
    assert header.removeprefix("\ufeff").startswith("txn_id,external_id,number,")
    assert len(rows) == 2
    assert len(client.get("/customers.csv").get_data(as_text=True).splitlines()) == 2


def test_mapping_over_the_api(client: Site) -> None:
    given = [{"external_id": "c-1", "list_id": CAFE}, {"external_id": "c-2", "list_id": "8-1"}]
    answer = client.put("/mappings/customers", given)
    assert [one["outcome"] for one in answer.get_json()["items"]] == ["set", "unknown"]
    (mapped,) = client.get("/mappings/customers").get_json()["items"]
    assert (mapped["external_id"], mapped["quickbooks_id"], mapped["name"], mapped["set_by"]) == (
        "c-1",
        CAFE,
        "Café Belém",
        "api:payment site",
    )
    assert client.get("/customers").get_json()["items"][0]["external_id"] == "c-1"
    proposed = client.post(
        "/mappings/invoices/proposals", [{"external_id": "i-1", "number": "1"}]
    ).get_json()["items"]
    assert proposed[0]["quickbooks_id"] == "1-1760000006"
    assert client.get("/mappings/invoices").get_json()["items"] == []
    assert client.get("/mappings/customers/unmapped").get_json()["items"] == []


@pytest.mark.parametrize("path", ["/mappings/customers", "/mappings/invoices"])
def test_what_is_no_list(client: Site, path: str) -> None:
    answer = client.put(path, {"external_id": "c-1"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [
        {"pointer": "", "detail": "This must be a list, in square brackets."}
    ]
