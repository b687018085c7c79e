"""The simulated answers against Intuit's XSD 13.0 and recorded answers, where those are at hand."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from scripts.simulate.quickbooks import CompanyFile, RequestProcessor, refusals
from tests.unit.simulate.asking import GUID, message_set, payment, to

REFERENCE = Path(__file__).resolve().parents[3] / ".." / "shared" / "reference"
SCHEMA = REFERENCE / "qbxml-schemas" / "13.0" / "qbxmlops130.xsd"
SAMPLES = REFERENCE / "samples"

EVERYTHING = (
    "<HostQueryRq/>",
    "<CompanyQueryRq><OwnerID>{AAAAAAAA-0000-0000-0000-000000000001}</OwnerID></CompanyQueryRq>",
    "<PreferencesQueryRq/>",
    "<CustomerQueryRq><ActiveStatus>All</ActiveStatus></CustomerQueryRq>",
    "<AccountQueryRq/>",
    "<PaymentMethodQueryRq/>",
    (
        "<InvoiceQueryRq><IncludeLineItems>1</IncludeLineItems>"
        "<IncludeLinkedTxns>1</IncludeLinkedTxns></InvoiceQueryRq>"
    ),
    (
        "<CreditMemoQueryRq><IncludeLineItems>1</IncludeLineItems>"
        "<IncludeLinkedTxns>1</IncludeLinkedTxns></CreditMemoQueryRq>"
    ),
    "<ReceivePaymentQueryRq><IncludeLineItems>1</IncludeLineItems></ReceivePaymentQueryRq>",
    "<ReceivePaymentToDepositQueryRq/>",
    "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType></TxnDeletedQueryRq>",
    "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>",
    "<ChargeQueryRq><IncludeLinkedTxns>1</IncludeLinkedTxns></ChargeQueryRq>",
    '<CustomerQueryRq iterator="Start"><MaxReturned>1</MaxReturned></CustomerQueryRq>',
    "<InvoiceQueryRq><TxnID>B68F-1621437495</TxnID></InvoiceQueryRq>",
    (
        "<PaymentMethodAddRq><PaymentMethodAdd><Name>Zelle</Name></PaymentMethodAdd>"
        "</PaymentMethodAddRq>"
    ),
)


@cache
def schema() -> etree.XMLSchema:
    if not SCHEMA.exists():
        pytest.skip("Intuit's XSD 13.0 is not beside the project")
    return etree.XMLSchema(etree.parse(SCHEMA))


def sample(name: str) -> etree._Element:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the recorded answers are not beside the project")
    return etree.fromstring(path.read_bytes())


def assert_valid(text: str) -> None:
    checker = schema()
    document = etree.fromstring(text.encode())
    assert checker.validate(document), checker.error_log.last_error


def fill(books: CompanyFile) -> str:
    """Put one of everything in the books; answers the TxnID of an open invoice."""
    books.home_currency = "US Dollar"
    books.closing_date = books.dividing_date = date(2026, 9, 30)
    books.write_data("{AAAAAAAA-0000-0000-0000-000000000001}", "FileID", GUID)
    invoice = books.add_invoice("O'Neill Law:Elm Street", amount="100.00", tax="8.25", number="7")
    receipt = books.receive_by_hand(
        "O'Neill Law",
        amount="60.00",
        invoices={invoice: "50.00"},
        method="Visa",
        number="123",
        card_number="xxxxxxxxxxxx1234",
    )
    books.give_discount(receipt, invoice, "1.00")
    credit = books.add_credit("O'Neill Law", amount="5.00", number="CM-1")
    books.apply_credit(credit, invoice, "2.00")
    books.add_charge("Northside Bakery", amount="25.00", number="FC-7", memo="Late fee")
    books.void_transaction(books.add_credit("Northside Bakery", amount="1.00"))
    books.void_invoice(books.add_invoice("Northside Bakery", amount="1.00"))
    books.delete_invoice(books.add_invoice("Northside Bakery", amount="1.00", number="8"))
    books.delete_customer("O'Neill Law:Lakeview")
    return invoice


def test_every_answer_is_valid(books: CompanyFile) -> None:
    invoice = fill(books)
    add = payment(
        customer="<FullName>O'Neill Law</FullName>",
        total="20.00",
        after_total=f"<ExternalGUID>{GUID}</ExternalGUID>",
        applied=to(invoice, "10.00"),
    )
    requests = (*EVERYTHING, add, payment(total="-1.00"))
    assert schema().validate(etree.fromstring(message_set(*requests).encode()))
    assert_valid(RequestProcessor(books).process(message_set(*requests)))
    receipt = books.payments()[-1].txn_id
    deletion = (
        f"<TxnDelRq><TxnDelType>ReceivePayment</TxnDelType><TxnID>{receipt}</TxnID></TxnDelRq>"
    )
    assert_valid(RequestProcessor(books).process(message_set(deletion)))


def shape(element: etree._Element) -> list[str]:
    return [str(child.tag) for child in element]


def in_order(part: list[str], whole: list[str]) -> bool:
    """Whether one list is the other with some left out."""
    rest = iter(whole)
    return all(tag in rest for tag in part)


def simulated(books: CompanyFile, request: str) -> etree._Element:
    return etree.fromstring(RequestProcessor(books).process(message_set(request)).encode())[0][0]


def test_an_invoice_looks_like_the_recorded_one(books: CompanyFile) -> None:
    real = sample("invoice_query_partial_paid_linkedtxn.xml")[0][0][0]
    fill(books)
    ours = simulated(books, EVERYTHING[6])[0]
    mine = [tag for tag in dict.fromkeys(shape(ours)) if tag in shape(real)]
    assert in_order(mine, shape(real))
    assert {"AppliedAmount", "BalanceRemaining", "IsPaid", "LinkedTxn"} <= set(mine)
    real_link, our_link = real.find("LinkedTxn"), ours.find("LinkedTxn")
    assert real_link is not None
    assert our_link is not None
    assert shape(our_link) == shape(real_link)
    assert str(our_link.findtext("Amount")).startswith("-")
    assert str(real_link.findtext("Amount")).startswith("-")


def test_a_payment_looks_like_the_recorded_one(books: CompanyFile) -> None:
    real = sample("receivepayment_query_card_applied.xml")[0][0][0]
    fill(books)
    books.home_currency = None
    row = simulated(books, EVERYTHING[8])[0]
    assert in_order(shape(row), shape(real))
    ours, recorded = row.find("AppliedToTxnRet"), real.find("AppliedToTxnRet")
    assert ours is not None
    assert recorded is not None
    assert in_order(shape(recorded), shape(ours))


def test_3210_is_the_recorded_sentence(books: CompanyFile) -> None:
    real = sample("receivepayment_add_3210_over_amount_due.xml")[0][0]
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    ours = simulated(books, payment(total="129.43", applied=to(invoice, "129.43")))
    for name in ("statusCode", "statusSeverity", "statusMessage"):
        assert ours.get(name) == real.get(name)


def test_500_is_the_recorded_sentence(books: CompanyFile) -> None:
    real = sample("customer_query_500_warn_not_found.xml")[0][0]
    ours = simulated(books, "<CustomerQueryRq><FullName>bleech</FullName></CustomerQueryRq>")
    assert dict(ours.attrib) == dict(real.attrib)


def test_3231_is_the_recorded_sentence(books: CompanyFile) -> None:
    real = sample("customer_add_3090_then_query_3231_not_processed.xml")[0][1]
    text = message_set(payment(total="-1.00"), "<CustomerQueryRq/>", on_error="stopOnError")
    ours = etree.fromstring(RequestProcessor(books).process(text).encode())[0][1]
    assert dict(ours.attrib) == dict(real.attrib)


def test_the_texts_of_a_lock_are_the_recorded_ones() -> None:
    real = sample("customer_add_3180_list_modified_by_other_user.xml")[0][0]
    tail = "QuickBooks error message: This list has been modified by another user."
    assert str(real.get("statusMessage")).endswith(tail)
    assert refusals.LIST_MODIFIED.endswith(tail)


def test_accounts_and_customers_look_like_the_recorded_ones(books: CompanyFile) -> None:
    real_account = sample("account_query_negative_balance.xml")[0][0][0]
    real_customer = sample("customer_query_jobs_and_apostrophes.xml")[0][0][1]
    books.add_account("Payroll", "Bank")
    account = simulated(books, "<AccountQueryRq/>")[2]
    assert in_order(shape(account), shape(real_account))
    job = simulated(
        books, "<CustomerQueryRq><FullName>O'Neill Law:Lakeview</FullName></CustomerQueryRq>"
    )[0]
    assert in_order(shape(job), shape(real_customer))
