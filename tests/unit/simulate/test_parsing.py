"""What QuickBooks refuses whole: 0x80040400 for the form, 0x80040423 for the version."""

import pytest

from scripts.simulate.quickbooks import ComError, CompanyFile, RequestProcessor
from tests.unit.simulate.asking import answer, code, message_set, payment, said

HOST = "<HostQueryRq/>"


def refused(books: CompanyFile, text: str) -> ComError:
    with pytest.raises(ComError) as caught:
        RequestProcessor(books).process(text)
    return caught.value


def unparsable(books: CompanyFile, text: str) -> None:
    error = refused(books, text)
    assert error.hresult == "0x80040400"
    assert error.message == ("QuickBooks found an error when parsing the provided XML text stream.")
    assert not books.transactions


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        " " + message_set(HOST),
        message_set(HOST).replace('<?qbxml version="13.0"?>', ""),
        message_set(HOST).replace("<?qbxml", "<?qbpos"),
        message_set(HOST).replace('version="13.0"', 'version="13"'),
        message_set(HOST).replace("<?qbxml ", "<?other?><?qbxml "),
        message_set(HOST).replace(' onError="continueOnError"', ""),
        message_set(HOST, on_error="rollbackOnError"),
        message_set(HOST, on_error="stop"),
        message_set(HOST).replace("<QBXMLMsgsRq ", '<QBXMLMsgsRq newMessageSetID="1" '),
        message_set(HOST).replace("QBXMLMsgsRq", "QBXMLMsgsRs"),
        message_set(HOST).replace("QBXML>", "QBPOSXML>"),
        message_set(HOST, "and more"),
        message_set("<HostQuery/>"),
        message_set("<CheckQueryRq/>"),
        message_set('<HostQueryRq iterator="Start"/>'),
        message_set('<HostQueryRq requestid="1"/>'),
        message_set('<InvoiceQueryRq iterator="Next"/>'),
        message_set("<HostQueryRq>text</HostQueryRq>"),
        message_set("<HostQueryRq><?pi?></HostQueryRq>"),
        message_set("<?pi?>"),
        message_set(HOST).replace("<QBXML>", '<!DOCTYPE QBXML [<!ENTITY e "x">]><QBXML>'),
        message_set(HOST) + "<more/>",
    ],
)
def test_a_message_set_out_of_form_is_not_parsed(books: CompanyFile, text: str) -> None:
    unparsable(books, text)


@pytest.mark.parametrize(
    "request_text",
    [
        # The order of elements is that of the schema.
        payment(before_total="<Memo>early</Memo>"),
        payment(after_total="<RefNumber>late</RefNumber>"),
        payment(before_total="<TxnDate>2026-11-20</TxnDate><TxnDate>2026-11-20</TxnDate>"),
        payment(after_total="<ClassRef><FullName>East</FullName></ClassRef>"),
        payment().replace("<CustomerRef><FullName>Northside Bakery</FullName></CustomerRef>", ""),
        payment(customer="<FullName>Northside Bakery</FullName><ListID>8-1</ListID>"),
        # One of IsAutoApply and AppliedToTxnAdd, never none, never both.
        payment(applied=""),
        payment(
            applied="<IsAutoApply>false</IsAutoApply>"
            "<AppliedToTxnAdd><TxnID>1-1</TxnID></AppliedToTxnAdd>"
        ),
        payment(applied="<AppliedToTxnAdd><PaymentAmount>1.00</PaymentAmount></AppliedToTxnAdd>"),
        # Types.
        payment(total="10.5"),
        payment(total="1,000.00"),
        payment(total="$10.00"),
        payment(total="12345678901234.00"),
        payment(before_total="<TxnDate>11/20/2026</TxnDate>"),
        payment(before_total="<TxnDate>2026-02-30</TxnDate>"),
        payment(before_total="<TxnDate>20261120</TxnDate>"),
        payment(applied="<IsAutoApply>no</IsAutoApply>"),
        payment(after_total="<ExternalGUID>11111111-2222-3333-4444-555555555555</ExternalGUID>"),
        payment(customer=f"<ListID>{'8' * 37}</ListID>"),
        payment(total="<b>1.00</b>"),
        payment(customer="<FullName lang='en'>Northside Bakery</FullName>"),
        payment(customer="Northside Bakery"),
        payment().replace("<CustomerRef>", '<CustomerRef lang="en">'),
        "<InvoiceQueryRq><MaxReturned>0</MaxReturned></InvoiceQueryRq>",
        "<InvoiceQueryRq><PaidStatus>Unpaid</PaidStatus></InvoiceQueryRq>",
        (
            "<InvoiceQueryRq><IncludeLinkedTxns>1</IncludeLinkedTxns>"
            "<IncludeLineItems>1</IncludeLineItems></InvoiceQueryRq>"
        ),
        # A list of values excludes every filter.
        "<InvoiceQueryRq><TxnID>1-1</TxnID><MaxReturned>5</MaxReturned></InvoiceQueryRq>",
        "<InvoiceQueryRq><TxnID>1-1</TxnID><RefNumber>1</RefNumber></InvoiceQueryRq>",
        "<ReceivePaymentQueryRq><IncludeLinkedTxns>1</IncludeLinkedTxns></ReceivePaymentQueryRq>",
        "<CustomerQueryRq><ModifiedDateRangeFilter/></CustomerQueryRq>",
        (
            "<CustomerQueryRq><FromModifiedDate>2026-11-20T10:00:00Z</FromModifiedDate>"
            "</CustomerQueryRq>"
        ),
        (
            "<CustomerQueryRq><FromModifiedDate>2026-11-20T10:00:00.5</FromModifiedDate>"
            "</CustomerQueryRq>"
        ),
        "<AccountQueryRq><AccountType>Receivable</AccountType></AccountQueryRq>",
        '<AccountQueryRq iterator="Start"><MaxReturned>5</MaxReturned></AccountQueryRq>',
        '<PaymentMethodQueryRq iterator="Start"/>',
        (
            "<PaymentMethodAddRq><PaymentMethodAdd><PaymentMethodType>Visa</PaymentMethodType>"
            "<Name>Visa</Name></PaymentMethodAdd></PaymentMethodAddRq>"
        ),
        "<TxnDeletedQueryRq/>",
        "<ListDeletedQueryRq/>",
        "<ListDeletedQueryRq><ListDelType>Invoice</ListDelType></ListDeletedQueryRq>",
        (
            '<ListDeletedQueryRq iterator="Start"><ListDelType>Customer</ListDelType>'
            "</ListDeletedQueryRq>"
        ),
        "<TxnDelRq><TxnDelType>Payment</TxnDelType><TxnID>1-1</TxnID></TxnDelRq>",
        (
            "<CompanyQueryRq><OwnerID>0</OwnerID><IncludeRetElement>Name</IncludeRetElement>"
            "</CompanyQueryRq>"
        ),
    ],
)
def test_a_request_out_of_form_refuses_the_whole_set(books: CompanyFile, request_text: str) -> None:
    unparsable(books, message_set(payment(), request_text))


def test_raw_accents_are_not_parsed_and_references_are_read(books: CompanyFile) -> None:
    books.add_customer("Café Belém")
    unparsable(books, message_set(payment(customer="<FullName>Café Belém</FullName>")))
    good = answer(books, payment(customer="<FullName>Caf&#233; Bel&#xE9;m</FullName>"))
    assert code(good) == 0


def test_letters_outside_windows_1252_are_lost(books: CompanyFile) -> None:
    sent = payment(after_total="<Memo>from &#928;&#8364;ter</Memo>")
    assert answer(books, sent).findtext("ReceivePaymentRet/Memo") == "from ?€ter"


def test_a_version_that_is_not_supported(books: CompanyFile) -> None:
    books.host.versions = ("12.0", "13.0")
    assert refused(books, message_set(HOST, version="16.0")).hresult == "0x80040423"
    assert refused(books, message_set(HOST, version="99.0")).hresult == "0x80040423"


@pytest.mark.parametrize(
    ("version", "request_text"),
    [
        ("8.0", payment(after_total="<ExternalGUID>0</ExternalGUID>")),
        ("7.0", payment(after_total="<ExchangeRate>1</ExchangeRate>")),
        (
            "3.0",
            payment().replace(
                "</ReceivePaymentAdd><",
                "</ReceivePaymentAdd><IncludeRetElement>TxnID</IncludeRetElement><",
            ),
        ),
        ("4.1", '<InvoiceQueryRq iterator="Start"><MaxReturned>1</MaxReturned></InvoiceQueryRq>'),
        ("1.1", "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType></TxnDeletedQueryRq>"),
        ("1.1", "<ListDeletedQueryRq><ListDelType>Class</ListDelType></ListDeletedQueryRq>"),
        (
            "3.0",
            "<InvoiceQueryRq><RefNumberCaseSensitive>1</RefNumberCaseSensitive></InvoiceQueryRq>",
        ),
    ],
)
def test_an_element_younger_than_the_version_is_not_parsed(
    books: CompanyFile, version: str, request_text: str
) -> None:
    unparsable(books, message_set(request_text, version=version))


def test_white_space_and_comments_between_elements_are_free(books: CompanyFile) -> None:
    text = payment().replace("><", ">\n  <!-- note -->\n<")
    assert code(answer(books, text)) == 0


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (payment(before_total=f"<RefNumber>{'9' * 21}</RefNumber>"), "RefNumber"),
        (payment(after_total=f"<Memo>{'m' * 4096}</Memo>"), "Memo"),
        (payment(customer=f"<FullName>{'n' * 210}</FullName>"), "FullName"),
        (
            payment(
                after_total=f"<PaymentMethodRef><FullName>{'v' * 32}</FullName></PaymentMethodRef>"
            ),
            "FullName",
        ),
        (f"<InvoiceQueryRq><RefNumber>{'1' * 12}</RefNumber></InvoiceQueryRq>", "RefNumber"),
        (
            f"<HostQueryRq><IncludeRetElement>{'x' * 51}</IncludeRetElement></HostQueryRq>",
            "IncludeRetElement",
        ),
    ],
)
def test_a_text_too_long_refuses_its_request_alone(
    books: CompanyFile, sent: str, field: str
) -> None:
    response = answer(books, sent)
    assert code(response) == 3070
    assert f'"{field}"' in said(response)
    assert not books.transactions


def test_a_request_id_of_more_than_50_characters(books: CompanyFile) -> None:
    assert code(answer(books, payment(request_id="r" * 50))) == 0
    refused_one = answer(books, payment(request_id="r" * 51))
    assert code(refused_one) == 1060
    assert refused_one.get("requestID") == "r" * 51
    assert len(books.payments()) == 1


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (payment(total=""), 3040),
        (payment(before_total="<TxnDate/>"), 3020),
        (payment(applied="<IsAutoApply/>"), 3010),
        (
            "<CustomerQueryRq><FromModifiedDate>2026-13-45</FromModifiedDate></CustomerQueryRq>",
            3020,
        ),
        (
            "<CustomerQueryRq><FromModifiedDate>2060-01-01</FromModifiedDate></CustomerQueryRq>",
            3020,
        ),
        ("<CustomerQueryRq><ToModifiedDate>2026-11-20T25</ToModifiedDate></CustomerQueryRq>", 3020),
    ],
)
def test_what_the_schema_lets_pass_and_quickbooks_cannot_convert(
    books: CompanyFile, sent: str, expected: int
) -> None:
    assert code(answer(books, sent)) == expected
    assert not books.transactions
