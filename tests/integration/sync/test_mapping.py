"""What the payment site calls customers and invoices: set, proposed, listed, and used by a sync."""

from pathlib import Path

import pytest

from qbwc_server.errors import InvalidInput, Refused
from qbwc_server.services.mapping_files import Report, import_file
from qbwc_server.services.mappings import Kind, What
from tests.integration.sync.firm import Firm, update

CAFE, HARPER = "Café Belém", "Harper Dental Group"
CUSTOMERS, INVOICES = What.CUSTOMERS, What.INVOICES


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    firm.books.add_customer(HARPER)
    return firm


def put(firm: Firm, what: What, *given: object) -> list[str]:
    outcomes = firm.services.mappings.put(firm.company_file_id, what, given, by="api:site")
    return [outcome.outcome.value for outcome in outcomes]


def mapped(firm: Firm, what: What) -> dict[str, str]:
    every = firm.services.mappings.every(firm.company_file_id, what)
    return {one.external_id: one.quickbooks_id for one in every}


def list_id(firm: Firm, name: str) -> str:
    return firm.books.customer(name).list_id


def test_a_payment_in_the_sites_own_words_is_posted(firm: Firm) -> None:
    txn_id = firm.books.add_invoice(CAFE, amount="100.00", number="2102")
    pc = firm.pc()
    update(pc)
    assert put(firm, CUSTOMERS, {"external_id": "c-1", "list_id": list_id(firm, CAFE)}) == ["set"]
    assert put(firm, INVOICES, {"external_id": "inv/9", "txn_id": txn_id}) == ["set"]
    apply = [{"invoice": {"external_id": "inv/9"}, "amount": "60.00"}]
    paid = firm.pay({"external_id": "c-1"}, "60.00", apply)
    update(pc)
    assert firm.payment(paid).status == "posted"
    receipt = firm.receipt(paid)
    assert receipt.customer.full_name == CAFE
    assert [(link.invoice.txn_id, link.amount) for link in receipt.links] == [(txn_id, 6000)]
    (shown,) = firm.services.books.invoices(firm.company_file_id).items
    assert shown.external_id == "inv/9"
    customers = firm.services.books.customers(firm.company_file_id).items
    assert {one.name: one.external_id for one in customers} == {CAFE: "c-1", HARPER: None}


def test_what_is_not_mapped_is_listed(firm: Firm) -> None:
    pc = firm.pc()
    update(pc)
    part = {"invoice": {"external_id": "inv-1"}, "amount": "20.00"}
    for amount in ("30.00", "40.00"):
        firm.pay({"external_id": "c-7"}, amount, [part])
    firm.pay({"external_id": "c-8"}, "5.00")
    services, company = firm.services.mappings, firm.company_file_id

    def unmapped(what: What) -> list[tuple[str, int, str]]:
        found = services.every_unmapped(company, what)
        return [(one.external_id, one.payments, one.amount) for one in found]

    waiting = [("c-7", 2, "70.00"), ("c-8", 1, "5.00")]
    assert unmapped(CUSTOMERS) == waiting
    assert unmapped(INVOICES) == [("inv-1", 2, "40.00")]
    update(pc)
    assert set(firm.statuses().values()) == {"rejected"}
    assert unmapped(CUSTOMERS) == waiting
    first = services.unmapped(company, CUSTOMERS, limit="1")
    rest = services.unmapped(company, CUSTOMERS, cursor=first.next_cursor or "")
    assert [one.external_id for one in (*first.items, *rest.items)] == ["c-7", "c-8"]
    put(firm, CUSTOMERS, {"external_id": "c-7", "list_id": list_id(firm, CAFE)})
    assert unmapped(CUSTOMERS) == [("c-8", 1, "5.00")]


def test_set_changed_kept_and_forgotten(firm: Firm) -> None:
    update(firm.pc())
    cafe, harper = list_id(firm, CAFE), list_id(firm, HARPER)
    assert put(firm, CUSTOMERS, {"external_id": "1", "list_id": cafe}) == ["set"]
    assert put(firm, CUSTOMERS, {"external_id": "1", "list_id": cafe}) == ["same"]
    # The site may know a customer under two ids.
    assert put(
        firm,
        CUSTOMERS,
        {"external_id": "1", "list_id": harper},
        {"external_id": "2", "list_id": harper},
    ) == ["set", "set"]
    assert mapped(firm, CUSTOMERS) == {"1": harper, "2": harper}
    assert put(firm, CUSTOMERS, {"external_id": "1", "list_id": None}) == ["removed"]
    assert put(firm, CUSTOMERS, {"external_id": "1", "list_id": ""}) == ["same"]
    assert mapped(firm, CUSTOMERS) == {"2": harper}


def test_what_cannot_be_is_refused_and_the_others_are_set(firm: Firm) -> None:
    update(firm.pc())
    outcomes = firm.services.mappings.put(
        firm.company_file_id,
        CUSTOMERS,
        [
            {"external_id": "1", "list_id": "80000099-1"},
            {"external_id": " 2", "list_id": list_id(firm, CAFE)},
            {"external_id": "3"},
            17,
            {"external_id": "5", "list_id": list_id(firm, CAFE)},
        ],
        by="api:site",
    )
    assert [(one.external_id, one.outcome) for one in outcomes] == [
        ("1", Kind.UNKNOWN),
        (" 2", Kind.INVALID),
        ("3", Kind.INVALID),
        (None, Kind.INVALID),
        ("5", Kind.SET),
    ]
    assert "had no customer with this ListID" in outcomes[0].problems[0]
    assert outcomes[2].problems == ["/list_id: This field is missing."]
    assert mapped(firm, CUSTOMERS) == {"5": list_id(firm, CAFE)}
    with pytest.raises(InvalidInput, match="at most 1000 entries"):
        put(firm, CUSTOMERS, *[{}] * 1001)


def test_an_invoice_may_be_older_than_what_is_imported(firm: Firm) -> None:
    update(firm.pc())
    assert put(firm, INVOICES, {"external_id": "old", "txn_id": "1A-1600000000"}) == ["set"]


def test_proposed_by_exact_name_or_number(firm: Firm) -> None:
    firm.books.add_customer("Twin:Job")
    firm.books.add_customer("Other:Job")
    firm.books.add_customer("Asleep")
    firm.books.make_inactive("Asleep")
    first = firm.books.add_invoice(CAFE, amount="1.00", number="A-1")
    firm.books.add_invoice(HARPER, amount="1.00", number="a-1")
    alone = firm.books.add_invoice(HARPER, amount="1.00", number="B-2")
    update(firm.pc())

    def propose(what: What, *given: object) -> list[tuple[str | None, str | None]]:
        found = firm.services.mappings.propose(firm.company_file_id, what, given)
        return [(one.quickbooks_id, one.why_not) for one in found]

    names = ("CAFÉ BELÉM", "Twin:Job", "Job", "Asleep")
    assert propose(CUSTOMERS, *[{"external_id": name, "name": name} for name in names], 4) == [
        (list_id(firm, CAFE), None),
        (list_id(firm, "Twin:Job"), None),
        (None, 'QuickBooks has no customer called "Job".'),
        (None, 'QuickBooks has no active customer called "Asleep".'),
        (None, "This must be an object, in braces."),
    ]
    assert propose(
        INVOICES,
        {"external_id": "1", "number": "A-1"},
        {"external_id": "2", "number": "A-1", "customer": list_id(firm, CAFE)},
        {"external_id": "3", "number": "b-2"},
        {"external_id": "4", "number": "C-3"},
    ) == [
        (None, "QuickBooks has more than one invoice A-1."),
        (first, None),
        (alone, None),
        (None, "QuickBooks has no invoice C-3."),
    ]
    assert mapped(firm, CUSTOMERS) == {}


def take_in(firm: Firm, folder: Path, text: str, *, accept: bool = False) -> Report:
    file = folder / "customers.csv"
    file.write_text(text, encoding="utf-8")
    return import_file(
        firm.services.mappings, firm.company_file_id, CUSTOMERS, file, accept=accept, by="cli"
    )


def test_from_a_file(firm: Firm, tmp_path: Path) -> None:
    update(firm.pc())
    put(firm, CUSTOMERS, {"external_id": "3", "list_id": list_id(firm, CAFE)})
    text = (
        "\ufeffexternal_id,list_id,name\r\n"
        f"1,{list_id(firm, CAFE)},\r\n"
        f"2,,{HARPER}\r\n"
        "\r\n"
        "3,,\r\n"
        "4,,Nobody\r\n"
        "5,80000099-1,\r\n"
    )
    report = take_in(firm, tmp_path, text)
    assert (report.set, report.removed, report.refused) == (1, 1, 2)
    assert [one.external_id for one in report.proposed] == ["2"]
    assert report.refused_lines[0] == 'Line 6: QuickBooks has no customer called "Nobody".'
    assert report.refused_lines[1].startswith("Line 7: QuickBooks had no customer")
    assert mapped(firm, CUSTOMERS) == {"1": list_id(firm, CAFE)}
    report = take_in(firm, tmp_path, text, accept=True)
    assert (report.set, report.same, report.proposed) == (1, 2, [])
    assert mapped(firm, CUSTOMERS) == {"1": list_id(firm, CAFE), "2": list_id(firm, HARPER)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"3,x\n', "Line 3: This is no CSV: "),
        (f"3,{'x' * 10_000}\n4,\n", "line 3 is longer than 10,000. Nothing was read from here on."),
    ],
)
def test_what_stands_before_a_line_that_is_none_is_done(
    firm: Firm, tmp_path: Path, text: str, said: str
) -> None:
    update(firm.pc())
    report = take_in(firm, tmp_path, f"external_id,list_id\n2,{list_id(firm, CAFE)}\n{text}")
    assert (report.set, report.refused) == (1, 1)
    assert said in report.refused_lines[0]
    assert mapped(firm, CUSTOMERS) == {"2": list_id(firm, CAFE)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The first line must name the columns"),
        ("external_id,list_id,name,colour\n", "The first line must name the columns"),
        ("external_id,name,name\n", "The first line must name the columns"),
        ("list_id,name\n", "The first line must name the columns"),
    ],
)
def test_a_file_that_is_none(firm: Firm, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        take_in(firm, tmp_path, text)
