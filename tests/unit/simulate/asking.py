"""How these tests speak to the simulated QuickBooks: qbXML as texts, written out by hand."""

from lxml import etree

from scripts.simulate.quickbooks import CompanyFile, RequestProcessor

GUID = "{11111111-2222-3333-4444-555555555555}"


def message_set(*requests: str, version: str = "13.0", on_error: str = "continueOnError") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'
        f'<QBXML><QBXMLMsgsRq onError="{on_error}">{"".join(requests)}</QBXMLMsgsRq></QBXML>'
    )


def answers(
    books: CompanyFile, *requests: str, version: str = "13.0", on_error: str = "continueOnError"
) -> list[etree._Element]:
    text = message_set(*requests, version=version, on_error=on_error)
    return read(RequestProcessor(books).process(text))


def read(text: str) -> list[etree._Element]:
    return list(etree.fromstring(text.encode())[0])


def answer(books: CompanyFile, request: str, version: str = "13.0") -> etree._Element:
    return answers(books, request, version=version)[0]


def code(response: etree._Element) -> int:
    return int(response.attrib["statusCode"])


def said(response: etree._Element) -> str:
    return str(response.attrib["statusMessage"])


def values(response: etree._Element, path: str) -> list[str | None]:
    return [found.text for found in response.iterfind(path)]


def payment(
    *,
    customer: str = "<FullName>Northside Bakery</FullName>",
    total: str | None = "125.00",
    before_total: str = "",
    after_total: str = "",
    applied: str = "<IsAutoApply>false</IsAutoApply>",
    request_id: str = "1",
) -> str:
    amount = "" if total is None else f"<TotalAmount>{total}</TotalAmount>"
    return (
        f'<ReceivePaymentAddRq requestID="{request_id}"><ReceivePaymentAdd>'
        f"<CustomerRef>{customer}</CustomerRef>{before_total}{amount}{after_total}{applied}"
        "</ReceivePaymentAdd></ReceivePaymentAddRq>"
    )


def to(txn_id: str, amount: str) -> str:
    return (
        f"<AppliedToTxnAdd><TxnID>{txn_id}</TxnID>"
        f"<PaymentAmount>{amount}</PaymentAmount></AppliedToTxnAdd>"
    )
