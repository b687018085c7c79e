"""How an online payment stands in QuickBooks, element by element."""

import dataclasses
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbxml.envelope import Request
from qbxml.fields import Ref
from sync_core.translate import MEMO_LENGTH_MAX, Outgoing, memo, merged, to_receive_payment
from tests.unit.qbxml_language import shared

UNDEPOSITED = Ref(list_id="80000030-1760000030")
PAYMENT = Outgoing(
    external_id="pay_123",
    external_guid=UUID("5a0f6cc1-30f6-5d6e-9d3e-0b1c2d3e4f50"),
    reference="CB7K3F9QXM2D",
    customer_list_id="80000001-1760000001",
    customer_name="Abercrombie:Kitchen",
    ar_account_list_id="80000020-1760000020",
    received_on=date(2016, 3, 9),
    amount_cents=12_500,
    method_list_id="80000010-1760000010",
    method_name="Visa",
    memo="Thank you",
    processor="Stripe",
    processor_txn_id="ch_9",
    apply=[("6-1760000006", 10_000)],
)


def written(deposit_to: Ref = UNDEPOSITED, **changes: Any) -> etree._Element:
    """Build the message as it leaves, valid against Intuit's schema where that is at hand."""
    message = to_receive_payment(dataclasses.replace(PAYMENT, **changes), deposit_to)
    added = shared.build(Request("r1", message)).find("ReceivePaymentAddRq/ReceivePaymentAdd")
    assert added is not None
    return added


def text(node: etree._Element, path: str) -> str | None:
    return node.findtext(path)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("CustomerRef/ListID", "80000001-1760000001"),
        ("ARAccountRef/ListID", "80000020-1760000020"),
        ("TxnDate", "2016-03-09"),  # the day the money was received, never the day of the sync
        ("RefNumber", "CB7K3F9QXM2D"),
        ("TotalAmount", "125.00"),
        ("PaymentMethodRef/ListID", "80000010-1760000010"),
        ("Memo", "Online payment pay_123; Stripe ch_9; Thank you"),
        ("DepositToAccountRef/ListID", "80000030-1760000030"),
        ("ExternalGUID", "{5a0f6cc1-30f6-5d6e-9d3e-0b1c2d3e4f50}"),
        ("AppliedToTxnAdd/TxnID", "6-1760000006"),
        ("AppliedToTxnAdd/PaymentAmount", "100.00"),
        ("IsAutoApply", None),
        ("AppliedToTxnAdd/DiscountAmount", None),
        ("AppliedToTxnAdd/SetCredit", None),
        ("CreditCardTxnInfo", None),
        ("ExchangeRate", None),
    ],
)
def test_what_is_written(path: str, content: str | None) -> None:
    assert text(written(), path) == content


def test_nothing_else_is_written() -> None:
    assert [child.tag for child in written()] == [
        *("CustomerRef", "ARAccountRef", "TxnDate", "RefNumber", "TotalAmount"),
        *("PaymentMethodRef", "Memo", "DepositToAccountRef", "ExternalGUID", "AppliedToTxnAdd"),
    ]


@pytest.mark.parametrize("changes", [{}, {"apply": []}, {"customer_list_id": None}])
def test_it_is_valid_by_intuits_schema(changes: dict[str, Any]) -> None:
    schema = etree.XMLSchema(etree.parse(shared.at_hand("qbxml-schemas/13.0/qbxmlops130.xsd")))
    schema.assertValid(written(**changes).getroottree())


def test_a_list_entry_is_named_once_by_its_id_where_that_is_known() -> None:
    assert text(written(), "CustomerRef/FullName") is None
    by_name = written(customer_list_id=None, method_list_id=None)
    assert [child.tag for child in by_name[0]] == ["FullName"]
    assert text(by_name, "CustomerRef/FullName") == "Abercrombie:Kitchen"
    assert text(by_name, "PaymentMethodRef/FullName") == "Visa"


def test_a_deposit_account_of_the_settings_is_named_by_its_name() -> None:
    node = written(Ref(full_name="Bank:Checking"))
    assert text(node, "DepositToAccountRef/FullName") == "Bank:Checking"


def test_without_invoices_there_is_no_account_and_quickbooks_chooses_none_of_them() -> None:
    node = written(apply=[], ar_account_list_id=None)
    assert text(node, "ARAccountRef/ListID") is None
    assert text(node, "IsAutoApply") == "false"
    assert node.find("AppliedToTxnAdd") is None


@pytest.mark.parametrize(
    ("apply", "lines"),
    [
        ([("A-1", 2_500)], [("A-1", "25.00")]),
        ([("A-1", 2_500), ("A-2", 100)], [("A-1", "25.00"), ("A-2", "1.00")]),
        ([("A-1", 2_500), ("A-2", 100), ("A-1", 50)], [("A-1", "25.50"), ("A-2", "1.00")]),
    ],
)
def test_parts_for_one_invoice_are_one_line(
    apply: list[tuple[str, int]], lines: list[tuple[str, str]]
) -> None:
    found = written(apply=apply).iterfind("AppliedToTxnAdd")
    assert [(text(line, "TxnID"), text(line, "PaymentAmount")) for line in found] == lines


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 10**6)), max_size=10))
def test_merging_loses_no_cent_and_names_no_invoice_twice(parts: list[tuple[str, int]]) -> None:
    lines = merged(parts)
    assert sum(cents for _, cents in lines) == sum(cents for _, cents in parts)
    assert [txn_id for txn_id, _ in lines] == list(dict.fromkeys(txn_id for txn_id, _ in parts))


# The memo


@pytest.mark.parametrize(
    ("changes", "written_"),
    [
        ({}, "Online payment pay_123; Stripe ch_9; Thank you"),
        ({"memo": None}, "Online payment pay_123; Stripe ch_9"),
        ({"memo": ""}, "Online payment pay_123; Stripe ch_9"),
        ({"memo": "Line one\r\nline two\ttab"}, "{}; Line one line two tab"),
        ({"processor": None}, "Online payment pay_123; ch_9; Thank you"),
        ({"processor_txn_id": None}, "Online payment pay_123; Stripe; Thank you"),
        (
            {"processor": None, "processor_txn_id": None, "memo": None},
            "Online payment pay_123",
        ),
    ],
)
def test_the_memo(changes: dict[str, Any], written_: str) -> None:
    start = "Online payment pay_123; Stripe ch_9"
    assert memo(dataclasses.replace(PAYMENT, **changes)) == written_.format(start)


@pytest.mark.parametrize(
    "long",
    [
        pytest.param("x" * 5_000, id="longer than QuickBooks takes"),
        pytest.param("\ufb03" * 3_000, id="letters that are written with three each"),
        pytest.param("\u2026\u00e9" * 2_500, id="letters that QuickBooks has"),
        pytest.param("\u4e2d" * 4_000, id="letters that QuickBooks does not have"),
    ],
)
def test_a_long_memo_is_cut_at_its_end_and_never_stops_a_payment(long: str) -> None:
    kept = text(written(memo=long), "Memo") or ""
    assert kept.startswith("Online payment pay_123; Stripe ch_9; ")
    assert 4_000 <= len(kept) <= MEMO_LENGTH_MAX


letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)


@settings(max_examples=50)
@given(
    external_id=letters.filter(bool),
    memo=letters,
    processor=letters,
    processor_txn_id=letters,
    amount_cents=st.integers(10_000, 10**15 - 1),
    received_on=st.dates(date(1970, 1, 1), date(2037, 12, 31)),
)
def test_whatever_the_site_says_the_message_is_one_that_quickbooks_reads(**site: Any) -> None:
    node = written(**site)
    assert text(node, "TxnDate") == site["received_on"].isoformat()
    assert (text(node, "TotalAmount") or "").replace(".", "") == f"{site['amount_cents']:03d}"
