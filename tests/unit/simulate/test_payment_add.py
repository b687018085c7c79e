"""ReceivePaymentAdd: what posts, and every refusal the reference knows."""

from datetime import date

import pytest

from scripts.simulate.quickbooks import CompanyFile, refusals
from tests.unit.simulate.asking import (
    GUID,
    answer,
    answers,
    code,
    payment,
    said,
    to,
    values,
)

NOT_IN_THE_LIST = "Invalid argument.  The specified record does not exist in the list."


def test_a_payment_on_one_invoice(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", number="1042", amount="125.00", tax="10.31")
    bakery = books.customer("Northside Bakery").list_id
    visa = books.payment_method("visa").list_id
    response = answer(
        books,
        payment(
            customer=f"<ListID>{bakery}</ListID>",
            before_total="<TxnDate>2026-11-19</TxnDate><RefNumber>CB7K3F</RefNumber>",
            total="125.00",
            after_total=f"<PaymentMethodRef><ListID>{visa}</ListID></PaymentMethodRef>"
            f"<Memo>pay_1 &amp; &quot;co&quot;</Memo><ExternalGUID>{GUID}</ExternalGUID>",
            applied=to(invoice, "125.00"),
        ),
    )
    assert dict(response.attrib) == {
        "requestID": "1",
        "statusCode": "0",
        "statusSeverity": "Info",
        "statusMessage": "Status OK",
    }
    receipt = books.payments()[0]
    assert [(child.tag, child.text) for child in response[0] if not len(child)] == [
        ("TxnID", receipt.txn_id),
        ("TimeCreated", "2026-11-20T10:00:00-05:00"),
        ("TimeModified", "2026-11-20T10:00:00-05:00"),
        ("EditSequence", "1795186800"),
        ("TxnNumber", "2"),
        ("TxnDate", "2026-11-19"),
        ("RefNumber", "CB7K3F"),
        ("TotalAmount", "125.00"),
        ("Memo", 'pay_1 & "co"'),
        ("UnusedPayment", "0.00"),
        ("UnusedCredits", "0.00"),
        ("ExternalGUID", GUID),
    ]
    applied = response[0].find("AppliedToTxnRet")
    assert applied is not None
    assert [(child.tag, child.text) for child in applied] == [
        ("TxnID", invoice),
        ("TxnType", "Invoice"),
        ("TxnDate", "2026-11-20"),
        ("RefNumber", "1042"),
        ("BalanceRemaining", "10.31"),
        ("Amount", "125.00"),
    ]
    assert response.findtext("*/DepositToAccountRef/FullName") == "Undeposited Funds"
    assert response.findtext("*/ARAccountRef/FullName") == "Accounts Receivable"


def test_what_is_not_applied_is_left_over(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    kept = answer(books, payment(total="125.00", applied=to(invoice, "60.00")))
    assert kept.findtext("*/UnusedPayment") == "65.00"
    on_account = answer(books, payment(total="40.00"))
    assert on_account.findtext("*/UnusedPayment") == "40.00"
    assert on_account.find("*/AppliedToTxnRet") is None
    assert books.customer("Northside Bakery").balance == 100_00 - 125_00 - 40_00


def test_the_day_is_today_when_none_is_given(books: CompanyFile) -> None:
    assert answer(books, payment()).findtext("*/TxnDate") == "2026-11-20"


def test_a_number_may_be_there_twice(books: CompanyFile) -> None:
    same = payment(before_total="<RefNumber>CB7K3F</RefNumber>")
    assert [code(response) for response in answers(books, same, same)] == [0, 0]
    assert len({receipt.txn_id for receipt in books.payments()}) == 2


def test_every_executed_add_is_counted_also_when_its_receipt_is_gone(books: CompanyFile) -> None:
    add = payment(after_total=f"<ExternalGUID>{GUID}</ExternalGUID>")
    answers(books, add, add, payment(total="0.00"))
    books.delete_payment(books.payments()[0].txn_id)
    assert books.executed_adds == {GUID: 2}
    assert len(books.payments()) == 1


def test_a_guid_may_be_dropped(books: CompanyFile) -> None:
    books.behaviour.keeps_external_guid = False
    response = answer(books, payment(after_total=f"<ExternalGUID>{GUID}</ExternalGUID>"))
    assert response.find("*/ExternalGUID") is None
    assert books.executed_adds == {GUID: 1}


@pytest.mark.parametrize("spoil", ["unknown", "paid", "deleted", "voided", "pending"])
def test_3120_for_an_invoice_that_cannot_be_paid(books: CompanyFile, spoil: str) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="125.00")
    match spoil:
        case "unknown":
            invoice = "B68F-1621437495"
        case "paid":
            books.receive_by_hand("Northside Bakery", amount="125.00", invoices={invoice: "125.00"})
        case "deleted":
            books.delete_invoice(invoice)
        case "voided":
            books.void_invoice(invoice)
        case "pending":
            books.change_invoice(invoice, pending=True)
    receipts = len(books.payments())
    response = answer(books, payment(applied=to(invoice, "125.00")))
    assert code(response) == 3120
    assert said(response) == f'Object "{invoice}" specified in the request cannot be found.'
    assert len(books.payments()) == receipts


def test_3120_for_the_invoice_of_another_customer(books: CompanyFile) -> None:
    invoice = books.add_invoice("O'Neill Law:Elm Street", amount="125.00")
    assert code(answer(books, payment(applied=to(invoice, "125.00")))) == 3120
    other_job = payment(
        customer="<FullName>O'Neill Law:Lakeview</FullName>", applied=to(invoice, "125.00")
    )
    assert code(answer(books, other_job)) == 3120


def test_a_parent_pays_for_its_jobs_but_no_job_for_its_parent(books: CompanyFile) -> None:
    elm = books.add_invoice("O'Neill Law:Elm Street", amount="50.00")
    lakeview = books.add_invoice("O'Neill Law:Lakeview", amount="75.00")
    own = books.add_invoice("O'Neill Law", amount="20.00")
    by_parent = payment(
        customer="<FullName>O'Neill Law</FullName>",
        applied=to(elm, "50.00") + to(lakeview, "75.00"),
    )
    assert code(answer(books, by_parent)) == 0
    by_job = payment(
        customer="<FullName>O'Neill Law:Elm Street</FullName>", applied=to(own, "20.00")
    )
    assert code(answer(books, by_job)) == 3120


def test_3120_when_the_ar_account_is_not_the_invoices(books: CompanyFile) -> None:
    books.add_account("Retainage", "AccountsReceivable")
    invoice = books.add_invoice("Northside Bakery", amount="125.00", ar_account="Retainage")
    assert code(answer(books, payment(applied=to(invoice, "125.00")))) == 3120
    right = payment(
        before_total="<ARAccountRef><FullName>Retainage</FullName></ARAccountRef>",
        applied=to(invoice, "125.00"),
    )
    assert code(answer(books, right)) == 0


def test_3210_above_the_balance(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="125.00")
    credit = books.add_credit("Northside Bakery", amount="25.00")
    books.apply_credit(credit, invoice, "25.00")
    response = answer(books, payment(total="129.43", applied=to(invoice, "129.43")))
    assert code(response) == 3210
    assert response.get("statusSeverity") == "Info"
    assert said(response) == (
        'The "AppliedToTxnAdd payment amount" field has an invalid value "129.43".  '
        "QuickBooks error message: You cannot pay more than the amount due."
    )
    assert not books.payments()


def test_two_payments_for_one_invoice_in_one_set(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    part = payment(total="60.00", applied=to(invoice, "60.00"))
    assert [code(response) for response in answers(books, part, part)] == [0, 3210]


def test_more_applied_than_received(books: CompanyFile) -> None:
    first = books.add_invoice("Northside Bakery", amount="100.00")
    second = books.add_invoice("Northside Bakery", amount="100.00")
    response = answer(
        books, payment(total="150.00", applied=to(first, "100.00") + to(second, "50.01"))
    )
    assert code(response) == 3210
    assert not books.payments()


def test_the_same_invoice_twice(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    twice = payment(total="100.00", applied=to(invoice, "50.00") * 2)
    assert code(answer(books, twice)) == 3153


@pytest.mark.parametrize("line", ["<PaymentAmount>0.00</PaymentAmount>", ""])
def test_an_empty_line(books: CompanyFile, line: str) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    applied = f"<AppliedToTxnAdd><TxnID>{invoice}</TxnID>{line}</AppliedToTxnAdd>"
    assert code(answer(books, payment(applied=applied))) == 3180


@pytest.mark.parametrize("total", [None, "0.00"])
def test_an_empty_payment(books: CompanyFile, total: str | None) -> None:
    assert code(answer(books, payment(total=total))) == 3180


def test_negative_amounts(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    assert code(answer(books, payment(total="-5.00"))) == 3210
    assert code(answer(books, payment(applied=to(invoice, "-5.00")))) == 3210


@pytest.mark.parametrize("bad", ["-1", "", "1042/7"])
def test_3000_for_an_id_that_is_none(books: CompanyFile, bad: str) -> None:
    response = answer(books, payment(applied=to(bad, "1.00")))
    assert code(response) == 3000
    assert (
        said(response) == f'The given object ID "{bad}" in the field "Transaction id" is invalid.'
    )
    response = answer(books, payment(customer=f"<ListID>{bad}</ListID>"))
    assert said(response) == f'The given object ID "{bad}" in the field "list id" is invalid.'


def test_3140_for_a_customer_that_is_not_there(books: CompanyFile) -> None:
    response = answer(books, payment(customer="<FullName>Joe Smith</FullName>"))
    assert code(response) == 3140
    assert said(response) == (
        'There is an invalid reference to QuickBooks Customer "Joe Smith" in the ReceivePayment.  '
        f"QuickBooks error message: {NOT_IN_THE_LIST}"
    )


def test_3140_for_an_inactive_or_merged_customer(books: CompanyFile) -> None:
    bakery = books.customer("Northside Bakery").list_id
    books.make_inactive("Northside Bakery")
    assert code(answer(books, payment(customer=f"<ListID>{bakery}</ListID>"))) == 3140
    books.make_active("Northside Bakery")
    books.merge_customers("Northside Bakery", "O'Neill Law")
    assert code(answer(books, payment(customer=f"<ListID>{bakery}</ListID>"))) == 3140


def test_3140_when_id_and_name_disagree(books: CompanyFile) -> None:
    bakery = books.customer("Northside Bakery").list_id
    both = f"<ListID>{bakery}</ListID><FullName>O'Neill Law</FullName>"
    assert code(answer(books, payment(customer=both))) == 3140


def test_3150_for_a_customer_without_a_name(books: CompanyFile) -> None:
    assert code(answer(books, payment(customer=""))) == 3150


@pytest.mark.parametrize(
    ("before", "after", "noun"),
    [
        ("<ARAccountRef><FullName>Old A/R</FullName></ARAccountRef>", "", "A/R Account"),
        ("", "<PaymentMethodRef><FullName>Zelle</FullName></PaymentMethodRef>", "Payment Method"),
        (
            "",
            "<DepositToAccountRef><FullName>Old bank</FullName></DepositToAccountRef>",
            "Deposit To Account",
        ),
    ],
)
def test_3140_for_the_other_references(
    books: CompanyFile, before: str, after: str, noun: str
) -> None:
    response = answer(books, payment(before_total=before, after_total=after))
    assert code(response) == 3140
    assert f"invalid reference to QuickBooks {noun} " in said(response)


def test_3140_for_an_account_of_the_wrong_kind(books: CompanyFile) -> None:
    books.add_account("Sales", "Income")
    as_ar = payment(before_total="<ARAccountRef><FullName>Checking</FullName></ARAccountRef>")
    assert "must be of type Accounts Receivable" in said(answer(books, as_ar))
    as_deposit = payment(
        after_total="<DepositToAccountRef><FullName>Sales</FullName></DepositToAccountRef>"
    )
    assert code(answer(books, as_deposit)) == 3140
    to_bank = payment(
        after_total="<DepositToAccountRef><FullName>Checking</FullName></DepositToAccountRef>"
    )
    assert code(answer(books, to_bank)) == 0


def test_a_payment_in_a_closed_period(books: CompanyFile) -> None:
    books.closing_date = date(2026, 10, 31)
    on_it = payment(before_total="<TxnDate>2026-10-31</TxnDate>")
    assert code(answer(books, on_it)) == 3180
    assert "closing date" in said(answer(books, on_it))
    books.behaviour.closed_period_code = 3171
    assert code(answer(books, on_it)) == 3171
    after_it = payment(before_total="<TxnDate>2026-11-01</TxnDate>")
    assert code(answer(books, after_it)) == 0


def test_a_payment_before_the_dividing_date_of_an_accountants_copy(books: CompanyFile) -> None:
    books.dividing_date = date(2026, 9, 30)
    assert code(answer(books, payment(before_total="<TxnDate>2026-09-30</TxnDate>"))) == 3180


def test_3250_for_an_exchange_rate_without_the_feature(books: CompanyFile) -> None:
    rate = payment(after_total="<ExchangeRate>1.35</ExchangeRate>")
    assert code(answer(books, rate)) == 3250
    books.home_currency = "US Dollar"
    assert code(answer(books, rate)) == 0


def test_another_currency_needs_its_own_accounts(books: CompanyFile) -> None:
    books.home_currency = "US Dollar"
    books.add_customer("Maple Foods", currency="Canadian Dollar")
    books.add_account("A/R - CAD", "AccountsReceivable", currency="Canadian Dollar")
    books.add_account("Euro bank", "Bank", currency="Euro")
    maple = "<FullName>Maple Foods</FullName>"
    cad = "<ARAccountRef><FullName>A/R - CAD</FullName></ARAccountRef>"
    euro = "<DepositToAccountRef><FullName>Euro bank</FullName></DepositToAccountRef>"
    assert code(answer(books, payment(customer=maple))) == 3140
    assert code(answer(books, payment(customer=maple, before_total=cad, after_total=euro))) == 3140
    good = answer(books, payment(customer=maple, before_total=cad))
    assert good.findtext("*/CurrencyRef/FullName") == "Canadian Dollar"
    assert good.findtext("*/TotalAmountInHomeCurrency") == "125.00"


def test_auto_apply_takes_the_exact_amount_else_the_oldest(books: CompanyFile) -> None:
    old = books.add_invoice("Northside Bakery", amount="80.00", date=date(2026, 9, 1))
    new = books.add_invoice("Northside Bakery", amount="50.00", date=date(2026, 10, 1))
    automatic = "<IsAutoApply>true</IsAutoApply>"
    exact = answer(books, payment(total="50.00", applied=automatic))
    assert values(exact, "*/AppliedToTxnRet/TxnID") == [new]
    oldest = answer(books, payment(total="90.00", applied=automatic))
    assert values(oldest, "*/AppliedToTxnRet/TxnID") == [old]
    assert oldest.findtext("*/UnusedPayment") == "10.00"


def test_stop_on_error_leaves_the_rest_alone(books: CompanyFile) -> None:
    bad = payment(customer="<FullName>Joe Smith</FullName>", request_id="bad")
    after = payment(request_id="after")
    stopped = answers(books, bad, after, on_error="stopOnError")
    assert [code(response) for response in stopped] == [3140, 3231]
    assert stopped[1].get("requestID") == "after"
    assert said(stopped[1]) == "The request has not been processed."
    assert not books.payments()
    went_on = answers(books, bad, after)
    assert [code(response) for response in went_on] == [3140, 0]


def test_no_match_and_warnings_stop_nothing(books: CompanyFile) -> None:
    nothing = "<InvoiceQueryRq/>"
    missing = "<InvoiceQueryRq><TxnID>1-1</TxnID></InvoiceQueryRq>"
    stopped = answers(books, nothing, missing, payment(), on_error="stopOnError")
    assert [code(response) for response in stopped] == [1, 500, 0]


def test_a_test_may_lay_out_a_refusal(books: CompanyFile) -> None:
    books.refuse_next("ReceivePaymentAdd", code=3180, message=refusals.TRANSACTION_LOCKED, times=2)
    responses = answers(books, payment(), "<HostQueryRq/>", payment(), payment())
    assert [code(response) for response in responses] == [3180, 0, 3180, 0]
    assert said(responses[0]).endswith("It is in use by another user.")
    assert len(books.payments()) == 1


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (3180, refusals.LIST_MODIFIED),
        (3175, refusals.OBJECT_IN_USE),
        (3260, refusals.NO_PERMISSION),
    ],
)
def test_the_sentences_at_hand_for_it(books: CompanyFile, status: int, message: str) -> None:
    books.refuse_next("ReceivePaymentAdd", code=status, message=message)
    response = answer(books, payment())
    assert (code(response), said(response)) == (status, message)
    assert not books.payments()


def test_a_test_may_lay_out_a_warning_and_the_payment_is_there(books: CompanyFile) -> None:
    message = 'The field "IsStatementWithParent" is not supported by this implementation.'
    books.refuse_next("ReceivePaymentAdd", code=530, message=message)
    response = answer(books, payment())
    assert (code(response), response.get("statusSeverity")) == (530, "Warn")
    assert response.findtext("*/TxnID") == books.payments()[0].txn_id


def test_only_the_elements_that_were_asked_for_come_back(books: CompanyFile) -> None:
    sent = payment().replace(
        "</ReceivePaymentAddRq>",
        "<IncludeRetElement>TxnID</IncludeRetElement>"
        "<IncludeRetElement>RefNumber</IncludeRetElement></ReceivePaymentAddRq>",
    )
    assert [child.tag for child in answer(books, sent)[0]] == ["TxnID"]


def test_an_old_version_is_not_told_what_it_does_not_know(books: CompanyFile) -> None:
    answer(books, payment(after_total=f"<ExternalGUID>{GUID}</ExternalGUID>"))
    query = "<ReceivePaymentQueryRq/>"
    assert answer(books, query, version="8.0").find("*/ExternalGUID") is None
    assert answer(books, query, version="9.0").findtext("*/ExternalGUID") == GUID
