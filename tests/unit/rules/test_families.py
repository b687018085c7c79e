"""Customer families: a customer and its jobs, and under whom a payment of theirs stands."""

import pytest

from sync_core.books import Customer, Invoice, is_family
from sync_core.check import customer_of


@pytest.mark.parametrize(
    ("payer", "invoices", "stands_under"),
    [
        ("Abercrombie", ["Abercrombie"], "Abercrombie"),
        ("abercrombie", ["Abercrombie:Kitchen"], "Abercrombie:Kitchen"),
        ("Abercrombie", ["Abercrombie:Kitchen", "Abercrombie:Roof"], "Abercrombie"),
        ("Abercrombie", ["Abercrombie:Kitchen:Tiles", "Abercrombie:Kitchen:Sink"], "Kitchen"),
        ("Abercrombie", ["Abercrombie:Kitchen:Tiles", "Abercrombie:Kitchen"], "Kitchen"),
        ("Abercrombie", ["Abercrombie:Kitchen:Tiles", "Abercrombie:Roof:Tiles"], "Abercrombie"),
        ("Abercrombie:Roof", ["ABERCROMBIE:Kitchen", "Abercrombie:kitchen:Sink"], "Kitchen"),
        ("Northside Bakery", ["Abercrombie:Kitchen", "Abercrombie:Roof"], "Northside Bakery"),
        ("Abercrombie", ["Abercrombie:Kitchen", "Northside Bakery"], "Abercrombie"),
        ("Abercrombie", ["Abercrombie & Sons"], "Abercrombie"),
        ("Abercrombie", [None, "Abercrombie:Roof"], "Abercrombie"),
        ("Abercrombie", [], "Abercrombie"),
        (None, ["Abercrombie:Roof"], None),
    ],
)
def test_families(payer: str | None, invoices: list[str | None], stands_under: str | None) -> None:
    chosen = customer_of(
        Customer(list_id="80000099-1", name=payer),
        [
            Invoice(
                txn_id="A-1",
                number=None,
                customer_list_id=None,
                customer_name=name,
                ar_account_list_id=None,
                is_open=True,
            )
            for name in invoices
        ],
    )
    if stands_under == "Kitchen":
        assert (chosen.name or "").casefold() == "abercrombie:kitchen"
    else:
        assert chosen.name == stands_under


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("Abercrombie", "Abercrombie", True),
        ("Abercrombie", "abercrombie:Roof", True),
        ("Abercrombie:Kitchen", "Abercrombie:Roof", True),
        ("Abercrombie", "Abercrombie & Sons", False),
        ("Roof", "Abercrombie:Roof", False),
        ("", "", False),
        (None, "Abercrombie", False),
        (None, None, False),
    ],
)
def test_one_family(one: str | None, other: str | None, *, is_one: bool) -> None:
    assert is_family(one, other) is is_one
    assert is_family(other, one) is is_one
