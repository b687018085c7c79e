"""Message sets: what leaves, what is refused before it leaves, and how an answer is read."""

import pytest
from lxml import etree

from qbxml import envelope
from qbxml.company import CompanyQuery, HostQuery, HostRet, PreferencesQuery
from qbxml.customer import CustomerQuery
from qbxml.deletion import TxnDelRet
from qbxml.envelope import Request
from qbxml.errors import BuildError, ParseError, QbxmlError
from qbxml.fields import Ref
from qbxml.invoice import InvoiceQuery
from qbxml.lists import AccountQuery, PaymentMethodAdd
from qbxml.payment import AppliedToTxnAdd, ReceivePaymentAdd
from qbxml.status import Status
from tests.unit.qbxml_language import shared

HOST = Request("r-1", HostQuery())
PAGE = InvoiceQuery(max_returned=100)


def payment(**changes: object) -> ReceivePaymentAdd:
    values: dict[str, object] = {
        "customer_ref": Ref(list_id="80000001-1760000001"),
        "total_amount": 12500,
        "is_auto_apply": False,
    }
    return ReceivePaymentAdd(**{**values, **changes})  # type: ignore[arg-type]  # examples, some wrong


def refusal(*requests: Request, version: str = "13.0") -> BuildError:
    with pytest.raises(BuildError) as caught:
        envelope.build(requests, version=version)
    return caught.value


class TestBuilding:
    def test_the_set_is_one_line_of_ascii_after_two_declarations(self) -> None:
        memo = Request("r-1", payment(memo="Ren\u00e9e \u2013 \u0141"))
        text = envelope.build([memo], version="13.0", on_error="continueOnError")
        assert text == (
            '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'
            '<QBXML><QBXMLMsgsRq onError="continueOnError">'
            '<ReceivePaymentAddRq requestID="r-1"><ReceivePaymentAdd>'
            "<CustomerRef><ListID>80000001-1760000001</ListID></CustomerRef>"
            "<TotalAmount>125.00</TotalAmount><Memo>Ren&#233;e &#8211; L</Memo>"
            "<IsAutoApply>false</IsAutoApply>"
            "</ReceivePaymentAdd></ReceivePaymentAddRq></QBXMLMsgsRq></QBXML>"
        )
        shared.assert_valid(text)

    def test_requests_keep_their_order_and_their_ids(self) -> None:
        message_set = shared.build(
            HOST, Request("r-2", CompanyQuery()), Request("r-3", PreferencesQuery())
        )
        assert [(str(node.tag), node.get("requestID")) for node in message_set] == [
            ("HostQueryRq", "r-1"),
            ("CompanyQueryRq", "r-2"),
            ("PreferencesQueryRq", "r-3"),
        ]

    def test_a_set_stops_on_errors_unless_told_otherwise_and_has_no_id_of_its_own(self) -> None:
        root = etree.fromstring(envelope.build([HOST], version="13.0").encode())
        assert dict(root[0].attrib) == {"onError": "stopOnError"}

    def test_an_empty_set_is_refused(self) -> None:
        assert str(refusal()) == "QBXMLMsgsRq holds no request."

    def test_an_unknown_on_error_is_refused(self) -> None:
        with pytest.raises(BuildError, match="QBXMLMsgsRq/@onError must be"):
            envelope.build([HOST], version="13.0", on_error="rollbackOnError")  # type: ignore[arg-type]  # the wrong word is the example

    @pytest.mark.parametrize("version", ["2.0", "1.1", "13", "newest", ""])
    def test_a_version_that_is_none_of_ours_is_refused(self, version: str) -> None:
        assert refusal(HOST, version=version).path == "qbxml/@version"

    @pytest.mark.parametrize("request_id", ["", "x" * 51, "r 1", "r\u00e9", "r\n"])
    def test_a_request_id_that_would_not_come_back_is_refused(self, request_id: str) -> None:
        error = refusal(Request(request_id, HostQuery()))
        assert error.path == "HostQuery/@requestID"
        shared.build(Request("x" * 50, HostQuery()))

    def test_a_request_id_is_used_once(self) -> None:
        error = refusal(HOST, Request("r-1", CompanyQuery()))
        assert str(error) == "CompanyQuery/@requestID is used a second time in this message set."

    def test_a_fault_is_named_with_its_path_and_its_request(self) -> None:
        lines = (
            AppliedToTxnAdd(txn_id="6-1760000006", payment_amount=100),
            AppliedToTxnAdd(txn_id="9-1760000009", payment_amount=-1),
        )
        wrong = payment(is_auto_apply=None, applied_to_txn_add=lines)
        error = refusal(HOST, Request("r-7", wrong))
        assert error.path == "ReceivePaymentAdd/AppliedToTxnAdd[2]/PaymentAmount"
        assert error.problem == "must be more than 0.00"
        assert error.request_id == "r-7"
        assert str(error) == f"{error.path} {error.problem}."
        assert isinstance(error, QbxmlError)

    def test_a_reference_names_something_within_the_limit_of_its_list(self) -> None:
        long = payment(payment_method_ref=Ref(full_name="x" * 32))
        assert refusal(Request("r-1", long)).path == "ReceivePaymentAdd/PaymentMethodRef/FullName"
        empty = payment(customer_ref=Ref())
        assert refusal(Request("r-1", empty)).path == "ReceivePaymentAdd/CustomerRef"
        blank = payment(customer_ref=Ref(list_id=""))
        assert refusal(Request("r-1", blank)).path == "ReceivePaymentAdd/CustomerRef/ListID"

    def test_an_element_newer_than_the_version_is_refused(self) -> None:
        guid = payment(external_guid="{8a2f9d2c-1111-5222-8333-123456789abc}")
        shared.build(Request("r-1", guid), version="9.0")
        error = refusal(Request("r-1", guid), version="8.0")
        assert str(error) == "ReceivePaymentAdd/ExternalGUID needs qbXML 9.0 or newer."
        visa = PaymentMethodAdd(name="Visa", payment_method_type="Visa")
        assert refusal(Request("r-1", visa), version="6.0").path.endswith("/PaymentMethodType")


class TestIterators:
    def test_the_first_page_is_started_and_the_next_continued(self) -> None:
        first, second, end = shared.build(
            Request("r-1", PAGE, "Start"),
            Request("r-2", PAGE, "Continue", "{6fcbb18b-68cf-4adb-bf40-164ac0bb4ec0}"),
            Request("r-3", CustomerQuery(), "Stop", "{6fcbb18b-68cf-4adb-bf40-164ac0bb4ec0}"),
        )
        assert first.get("iterator") == "Start"
        assert first.get("iteratorID") is None
        assert second.get("iterator") == "Continue"
        assert second.get("iteratorID") == "{6fcbb18b-68cf-4adb-bf40-164ac0bb4ec0}"
        assert end.get("iterator") == "Stop"

    def test_what_is_no_iterator_is_refused(self) -> None:
        assert refusal(Request("r", AccountQuery(max_returned=9), "Start")).path == (
            "AccountQuery/@iterator"
        )
        assert refusal(Request("r", InvoiceQuery(), "Start")).path == "InvoiceQuery/MaxReturned"
        for wrong in (
            Request("r", PAGE, "Continue"),
            Request("r", PAGE, "Stop"),
            Request("r", PAGE, "Start", "{6fcb}"),
            Request("r", PAGE, "Continue", ""),
        ):
            assert refusal(wrong).path == "InvoiceQuery/@iteratorID"
        assert refusal(Request("r", PAGE, None, "{6fcb}")).path == "InvoiceQuery/@iterator"
        again = Request("r", PAGE, "Again", "{6fcb}")  # type: ignore[arg-type]  # the wrong word is the example
        assert refusal(again).path == "InvoiceQuery/@iterator"
        assert refusal(Request("r", PAGE, "Start"), version="4.0").path == "InvoiceQuery/@iterator"


def answer(inner: str) -> str:
    return f'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n{inner}\n</QBXMLMsgsRs>\n</QBXML>\n'


HOST_ANSWER = """<HostQueryRs requestID="r-1" statusCode="0" statusSeverity="Info"
 statusMessage="Status OK"><HostRet><ProductName>QuickBooks Pro 2024</ProductName></HostRet>
</HostQueryRs>"""
HOST_RET = HostRet(product_name="QuickBooks Pro 2024")


class TestParsing:
    def test_an_answer_is_its_responses_in_order(self) -> None:
        found = envelope.parse(
            answer(
                HOST_ANSWER + '<InvoiceQueryRs requestID="r-2" statusCode="1"'
                ' statusSeverity="Info" statusMessage="None found"'
                ' iteratorRemainingCount="7" iteratorID="{6fcb}"/>'
            )
        )
        host, invoices = found.responses
        assert host.name == "HostQuery"
        assert host.request_id == "r-1"
        assert host.status == Status(0, "Info", "Status OK")
        assert host.objects == (HOST_RET,)
        assert (host.iterator_id, host.iterator_remaining) == (None, None)
        assert invoices.objects == ()
        assert (invoices.iterator_id, invoices.iterator_remaining) == ("{6fcb}", 7)

    def test_responses_are_found_by_their_request_id(self) -> None:
        twice = '<ReceivePaymentAddRs requestID="r-2" statusCode="{}" />'
        none = '<ReceivePaymentAddRs requestID="" statusCode="0" />'
        found = envelope.parse(answer(HOST_ANSWER + twice.format(0) + twice.format(3120) + none))
        by_id = found.by_request_id()
        assert set(by_id) == {"r-1", "r-2"}
        assert [response.status.code for response in by_id["r-2"]] == [0, 3120]
        assert found.responses[-1].request_id is None

    def test_a_message_we_do_not_know_has_its_name_and_status(self) -> None:
        found = envelope.parse(
            answer('<TxnUnheardOfRs requestID="r-9" statusCode="0"><HostRet/><X/></TxnUnheardOfRs>')
        )
        (response,) = found.responses
        assert (response.name, response.request_id) == ("TxnUnheardOf", "r-9")
        assert response.status.is_success
        assert response.objects == ()

    def test_a_deletion_is_told_in_the_response_itself(self) -> None:
        done, refused = envelope.parse(
            answer(
                '<TxnDelRs requestID="r-1" statusCode="0"><TxnDelType>ReceivePayment</TxnDelType>'
                "<TxnID>1C-1795186800</TxnID><TimeDeleted>2026-11-20T10:00:00-05:00</TimeDeleted>"
                "</TxnDelRs>"
                '<TxnDelRs requestID="r-2" statusCode="3120"><ErrorRecovery>'
                "<TxnID>1E-1795186800</TxnID></ErrorRecovery></TxnDelRs>"
            )
        ).responses
        assert done.objects == (
            TxnDelRet(
                txn_del_type="ReceivePayment",
                txn_id="1C-1795186800",
                time_deleted="2026-11-20T10:00:00-05:00",
            ),
        )
        assert refused.objects == ()
        assert refused.recovery_txn_id == "1E-1795186800"

    @pytest.mark.parametrize("code", ["", "abc", "3.5", "99999999999999999999"])
    def test_a_status_code_that_is_no_number_is_none(self, code: str) -> None:
        (response,) = envelope.parse(answer(f'<HostQueryRs statusCode="{code}"/>')).responses
        assert response.status == Status(None, "", "")
        assert not response.status.is_success

    def test_a_set_without_responses_is_empty(self) -> None:
        assert envelope.parse("<QBXML><QBXMLMsgsRs/></QBXML>").responses == ()

    @pytest.mark.parametrize(
        "declaration",
        [
            "",
            "\ufeff",
            "\n  \t",
            '<?xml version="1.0" ?>',
            '<?xml version="1.0" encoding="utf-8"?>',
            '\r\n <?xml version="1.0" encoding="utf-16"?>',
            '\ufeff<?xml version="1.0" encoding="windows-1252"?><?qbxml version="13.0"?>',
            '<?xml version="1.0" encoding="no-such-thing"?><!-- a comment -->',
        ],
    )
    def test_a_text_is_read_whatever_its_declaration_says(self, declaration: str) -> None:
        name = HOST_ANSWER.replace("Pro 2024", "Caf\u00e9 2024")
        text = f"{declaration}<QBXML><QBXMLMsgsRs>{name}</QBXMLMsgsRs></QBXML>"
        (response,) = envelope.parse(text).responses
        assert response.objects == (HostRet(product_name="QuickBooks Caf\u00e9 2024"),)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
    def test_bytes_are_read_in_the_encoding_they_declare(self, encoding: str) -> None:
        declared = encoding.removesuffix("-sig")
        name = HOST_ANSWER.replace("Pro 2024", "Caf\u00e9 2024")
        text = f'<?xml version="1.0" encoding="{declared}"?>{answer(name)[22:]}'
        (response,) = envelope.parse(text.encode(encoding)).responses
        assert response.objects == (HostRet(product_name="QuickBooks Caf\u00e9 2024"),)

    @pytest.mark.parametrize(
        "broken",
        ["Pro&#x1; 2024", "Pro&#0; 2024", "Pro\x01 2024", "Pro\ufffe 2024", "Pro&#xFFFF; 2024",
         "Pro&#xd800; 2024", "Pro\ud800 2024"],
    )  # fmt: skip
    def test_characters_that_xml_forbids_are_taken_out(self, broken: str) -> None:
        found = envelope.parse(answer(HOST_ANSWER.replace("Pro 2024", broken)))
        assert found.responses[0].objects == (HOST_RET,)

    def test_a_repair_leaves_the_legal_references_alone(self) -> None:
        found = envelope.parse(answer(HOST_ANSWER.replace(" 2024", "&#x1;&#233;&#x1F600; 2024")))
        assert found.responses[0].objects == (
            HostRet(product_name="QuickBooks Pro\u00e9\U0001f600 2024"),
        )

    def test_comments_and_instructions_inside_are_passed_over(self) -> None:
        found = envelope.parse(
            answer("<!-- so --><?or so?>" + HOST_ANSWER.replace("o 2", "o<!-- --> 2"))
        )
        assert [response.objects for response in found.responses] == [(HOST_RET,)]

    def test_ten_megabytes_of_text_are_read(self) -> None:
        memo = "x" * 10_100_000
        found = envelope.parse(
            answer(
                '<ReceivePaymentQueryRs statusCode="0"><ReceivePaymentRet>'
                f"<Memo>{memo}</Memo></ReceivePaymentRet></ReceivePaymentQueryRs>"
            )
        )
        assert getattr(found.responses[0].objects[0], "memo", None) == memo

    @pytest.mark.parametrize(
        "stranger",
        [
            "",
            " \n",
            b"",
            "not supported in QBPOS",
            "<html><body>Proxy error</body></html>",
            "<QBXML/>",
            "<QBXMLMsgsRs/>",
            "<QBXML><QBXMLMsgsRq onError='stopOnError'/></QBXML>",
            "<QBXML xmlns='http://developer.intuit.com/'><QBXMLMsgsRs/></QBXML>",
            b'<?xml version="1.0" encoding="no-such-thing"?><QBXML><QBXMLMsgsRs/></QBXML>',
        ],
    )
    def test_what_is_no_message_set_is_refused(self, stranger: str | bytes) -> None:
        with pytest.raises(ParseError, match=r"^The answer .*\.$"):
            envelope.parse(stranger)

    @pytest.mark.parametrize(
        "doctype",
        [
            "<!DOCTYPE QBXML>",
            '<!DOCTYPE QBXML [<!ENTITY a "secret">]>',
            '<!DOCTYPE QBXML SYSTEM "http://example.com/qbxml.dtd">',
            '<!DOCTYPE QBXML [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        ],
    )
    def test_a_doctype_is_refused(self, doctype: str) -> None:
        with pytest.raises(ParseError, match="DOCTYPE"):
            envelope.parse(f"{doctype}<QBXML><QBXMLMsgsRs/></QBXML>")
        utf16 = f'<?xml version="1.0" encoding="utf-16"?>{doctype}<QBXML><QBXMLMsgsRs/></QBXML>'
        with pytest.raises(ParseError, match="DOCTYPE"):
            envelope.parse(utf16.encode("utf-16"))

    def test_entities_that_multiply_are_refused(self) -> None:
        entities = '<!ENTITY a0 "ha">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
        )
        with pytest.raises(ParseError):
            envelope.parse(
                f'<!DOCTYPE QBXML [{entities}]><QBXML><QBXMLMsgsRs><X statusMessage="&a11;"/>'
                "</QBXMLMsgsRs></QBXML>"
            )

    def test_the_error_tells_where_and_never_what(self) -> None:
        secret = answer(HOST_ANSWER.replace("</ProductName>", "<SecretName>"))
        with pytest.raises(ParseError) as caught:
            envelope.parse(secret)
        assert str(caught.value).startswith("The answer is cut or not well-formed XML (line 5, ")
        assert "Secret" not in str(caught.value)
        assert caught.value.__suppress_context__  # lxml's own sentence quotes the answer


@pytest.mark.parametrize(
    ("code", "success", "warning"),
    [
        (0, True, False),
        (1, False, False),
        (499, False, False),
        (500, True, True),
        (999, True, True),
        (1000, False, False),
        (3120, False, False),
        (None, False, False),
    ],
)
def test_a_status_is_judged_by_its_code(code: int | None, success: bool, warning: bool) -> None:  # noqa: FBT001 - a table of examples
    status = Status(code, "Error", "")
    assert (status.is_success, status.is_warning) == (success, warning)


def test_an_error_recovery_block_names_the_transaction_that_was_touched() -> None:
    answer = envelope.parse(
        """<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>
        <ReceivePaymentAddRs requestID="1" statusCode="3180" statusMessage="not saved">
          <ErrorRecovery><TxnID>9F-1763700000</TxnID><EditSequence>1</EditSequence></ErrorRecovery>
        </ReceivePaymentAddRs>
        <ReceivePaymentAddRs requestID="2" statusCode="3180" statusMessage="not saved" />
        </QBXMLMsgsRs></QBXML>"""
    )
    assert [each.recovery_txn_id for each in answer.responses] == ["9F-1763700000", None]
