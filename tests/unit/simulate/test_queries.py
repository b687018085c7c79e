"""The queries: lists of values, filters, pages, and what they say when there is nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree

from scripts.simulate.quickbooks import ComError, CompanyFile, Missing, RequestProcessor
from tests.unit.simulate.asking import (
    answer,
    answers,
    code,
    message_set,
    payment,
    read,
    said,
    values,
)
from tests.unit.simulate.conftest import SetClock

NO_MATCH = "A query request did not find a matching object in QuickBooks."


def invoices(*content: str) -> str:
    return f"<InvoiceQueryRq>{''.join(content)}</InvoiceQueryRq>"


def names(response: etree._Element) -> list[str | None]:
    return values(response, "*/FullName")


def test_a_filter_that_matches_nothing_is_status_1(books: CompanyFile) -> None:
    response = answer(books, invoices("<PaidStatus>NotPaidOnly</PaidStatus>"))
    assert (code(response), said(response), len(response)) == (1, NO_MATCH, 0)
    assert response.get("statusSeverity") == "Info"


def test_a_list_with_an_unknown_value_is_status_500(books: CompanyFile) -> None:
    known = books.add_invoice("Northside Bakery", amount="10.00")
    query = invoices(f"<TxnID>B68F-1621437495</TxnID><TxnID>{known}</TxnID>")
    response = answer(books, query)
    assert (code(response), response.get("statusSeverity")) == (500, "Warn")
    assert said(response) == (
        "The query request has not been fully completed. There was a required element "
        '("B68F-1621437495") that could not be found in QuickBooks.'
    )
    assert values(response, "InvoiceRet/TxnID") == [known]
    books.behaviour.missing = Missing.NO_ROWS
    assert (code(answer(books, query)), len(answer(books, query))) == (500, 0)
    books.behaviour.missing = Missing.EMPTY
    assert (code(answer(books, query)), len(answer(books, query))) == (0, 1)
    assert code(answer(books, invoices("<TxnID>B68F-1621437495</TxnID>"))) == 1


@pytest.mark.parametrize("by", ["TxnID", "RefNumber", "RefNumberCaseSensitive"])
@pytest.mark.parametrize(
    ("missing", "with_another", "alone"),
    [
        (Missing.OTHER_ROWS, (500, 1), (500, 0)),
        (Missing.NO_ROWS, (500, 0), (500, 0)),
        (Missing.EMPTY, (0, 1), (1, 0)),
        (Missing.SILENT, (0, 1), (0, 0)),
    ],
)
def test_a_payment_that_is_not_there_in_every_reading(
    books: CompanyFile,
    by: str,
    missing: Missing,
    with_another: tuple[int, int],
    alone: tuple[int, int],
) -> None:
    books.behaviour.missing = missing
    receipt = books.receive_by_hand("Northside Bakery", amount="1.00", number="CB7")
    there = receipt if by == "TxnID" else "CB7"
    gone = f"<{by}>B68F-1621437495</{by}>"
    query = "<ReceivePaymentQueryRq>{}</ReceivePaymentQueryRq>"
    both = answer(books, query.format(f"{gone}<{by}>{there}</{by}>"))
    assert (code(both), len(both)) == with_another
    one = answer(books, query.format(gone))
    assert (code(one), len(one)) == alone
    if alone[0] == 500:
        assert '("B68F-1621437495")' in said(one)
    found = answer(books, query.format(f"<{by}>{there}</{by}>"))
    assert (code(found), len(found)) == (0, 1)


@pytest.mark.parametrize(
    "query",
    [
        "<CustomerQueryRq><FullName>Joe Smith</FullName></CustomerQueryRq>",
        "<CustomerQueryRq><ListID>80000009-1</ListID></CustomerQueryRq>",
        "<AccountQueryRq><FullName>Old bank</FullName></AccountQueryRq>",
        "<PaymentMethodQueryRq><FullName>Zelle</FullName></PaymentMethodQueryRq>",
        "<ReceivePaymentQueryRq><RefNumber>CB7K3F</RefNumber></ReceivePaymentQueryRq>",
        "<CreditMemoQueryRq><RefNumberCaseSensitive>7</RefNumberCaseSensitive></CreditMemoQueryRq>",
        "<ChargeQueryRq><RefNumber>FC-7</RefNumber></ChargeQueryRq>",
    ],
)
def test_every_list_of_values_is_answered_so(books: CompanyFile, query: str) -> None:
    assert code(answer(books, query)) == 500


def test_a_malformed_id_is_status_3000(books: CompanyFile) -> None:
    assert code(answer(books, invoices("<TxnID>-1</TxnID>"))) == 3000
    assert code(answer(books, "<CustomerQueryRq><ListID/></CustomerQueryRq>")) == 3000


def test_numbers_are_found_whatever_the_case_unless_asked_otherwise(books: CompanyFile) -> None:
    lower = books.receive_by_hand("Northside Bakery", amount="1.00", number="cb7")
    upper = books.receive_by_hand("Northside Bakery", amount="2.00", number="CB7")
    books.receive_by_hand("Northside Bakery", amount="3.00")
    query = "<ReceivePaymentQueryRq><{0}>CB7</{0}></ReceivePaymentQueryRq>"
    found = answer(books, query.format("RefNumber"))
    assert values(found, "*/TxnID") == [lower, upper]
    assert values(answer(books, query.format("RefNumberCaseSensitive")), "*/TxnID") == [upper]


def test_an_invoice_with_its_links_and_lines(books: CompanyFile) -> None:
    invoice = books.add_invoice(
        "O'Neill Law:Elm Street", number="1042", amount="100.00", tax="8.25", memo='Say "hi"'
    )
    check = books.receive_by_hand(
        "O'Neill Law", amount="55.00", invoices={invoice: "55.00"}, number="123"
    )
    plain = answer(books, invoices(f"<TxnID>{invoice}</TxnID>"))[0]
    assert plain.find("LinkedTxn") is None
    assert plain.find("InvoiceLineRet") is None
    detailed = answer(
        books,
        invoices(
            f"<TxnID>{invoice}</TxnID><IncludeLineItems>true</IncludeLineItems>"
            "<IncludeLinkedTxns>1</IncludeLinkedTxns>"
        ),
    )[0]
    assert detailed.findtext("CustomerRef/FullName") == "O'Neill Law:Elm Street"
    assert [(child.tag, child.text) for child in plain][8:] == [
        ("RefNumber", "1042"),
        ("IsPending", "false"),
        ("IsFinanceCharge", "false"),
        ("DueDate", "2026-12-20"),
        ("Subtotal", "100.00"),
        ("SalesTaxPercentage", "0.00"),
        ("SalesTaxTotal", "8.25"),
        ("AppliedAmount", "-55.00"),
        ("BalanceRemaining", "53.25"),
        ("Memo", 'Say "hi"'),
        ("IsPaid", "false"),
        ("IsToBePrinted", "false"),
    ]
    linked = detailed.find("LinkedTxn")
    assert linked is not None
    assert [(child.tag, child.text) for child in linked] == [
        ("TxnID", check),
        ("TxnType", "ReceivePayment"),
        ("TxnDate", "2026-11-20"),
        ("RefNumber", "123"),
        ("LinkType", "AMTTYPE"),
        ("Amount", "-55.00"),
    ]
    assert values(detailed, "InvoiceLineRet/Amount") == ["100.00"]


def test_paid_status_dates_customers_and_accounts(books: CompanyFile) -> None:
    books.add_account("Retainage", "AccountsReceivable")
    old = books.add_invoice("Northside Bakery", amount="10.00", date=date(2026, 9, 1), number="A-1")
    elm = books.add_invoice("O'Neill Law:Elm Street", amount="20.00", date=date(2026, 10, 1))
    other = books.add_invoice("O'Neill Law", amount="30.00", ar_account="Retainage")
    books.receive_by_hand("Northside Bakery", amount="10.00", invoices={old: "10.00"})

    def found(*content: str) -> list[str | None]:
        return values(answer(books, invoices(*content)), "*/TxnID")

    assert found() == [old, elm, other]
    assert found("<PaidStatus>PaidOnly</PaidStatus>") == [old]
    assert found("<PaidStatus>NotPaidOnly</PaidStatus>") == [elm, other]
    since = "<TxnDateRangeFilter><FromTxnDate>2026-10-01</FromTxnDate></TxnDateRangeFilter>"
    assert found(since) == [elm, other]
    until = "<TxnDateRangeFilter><ToTxnDate>2026-10-01</ToTxnDate></TxnDateRangeFilter>"
    assert found(until) == [old, elm]
    family = "<EntityFilter><FullNameWithChildren>o'neill law</FullNameWithChildren></EntityFilter>"
    assert found(family) == [elm, other]
    alone = "<EntityFilter><FullName>O'Neill Law</FullName></EntityFilter>"
    assert found(alone) == [other]
    bakery = books.customer("Northside Bakery").list_id
    by_id = f"<EntityFilter><ListID>{bakery}</ListID></EntityFilter>"
    assert found(by_id) == [old]
    account = "<AccountFilter><FullName>Retainage</FullName></AccountFilter>"
    assert found(account) == [other]
    number = (
        "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion>"
        "<RefNumber>a-</RefNumber></RefNumberFilter>"
    )
    assert found(number) == [old]
    assert found("<MaxReturned>2</MaxReturned>") == [old, elm]


@pytest.mark.parametrize(
    ("start", "end", "is_found"),
    [
        # The record was changed at 10:00:00 on the PC's wall clock.
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00", True),
        ("2026-11-20T10:00:01", None, False),
        (None, "2026-11-20T09:59:59", False),
        ("2026-11-20", "2026-11-20", True),
        ("2026-11-21", None, False),
        (None, "2026-11-19", False),
        ("2026-11-20T10", "2026-11-20T10:00", True),
        ("2026-11-20T15:00:00+00:00", "2026-11-20T16:00:00+01:00", True),
        ("2026-11-20T10:00:01-05:00", None, False),
    ],
)
def test_modified_dates_take_both_ends_in(
    books: CompanyFile, *, start: str | None, end: str | None, is_found: bool
) -> None:
    books.add_invoice("Northside Bakery", amount="10.00")
    first = "" if start is None else f"<FromModifiedDate>{start}</FromModifiedDate>"
    last = "" if end is None else f"<ToModifiedDate>{end}</ToModifiedDate>"
    query = invoices(f"<ModifiedDateRangeFilter>{first}{last}</ModifiedDateRangeFilter>")
    assert (code(answer(books, query)) == 0) is is_found
    customers = f"<CustomerQueryRq>{first}{last}</CustomerQueryRq>"
    assert (code(answer(books, customers)) == 0) is is_found


def test_the_wall_clock_is_right_and_its_offset_may_be_wrong(books: CompanyFile) -> None:
    books.utc_offset = timedelta(hours=-4)
    books.add_invoice("Northside Bakery", amount="10.00")
    row = answer(books, invoices())[0]
    assert row.findtext("TimeModified") == "2026-11-20T11:00:00-05:00"


def test_winter_time_leaves_the_summers_wall_clock_alone(
    books: CompanyFile, clock: SetClock
) -> None:
    """The night in which the clock shows half past one twice."""
    clock.now = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    books.utc_offset = timedelta(hours=-4)
    books.receive_by_hand("Northside Bakery", amount="1.00")
    clock.move(minutes=30)
    books.utc_offset = timedelta(hours=-5)
    clock.move(minutes=30)
    books.receive_by_hand("Northside Bakery", amount="2.00")
    query = (
        "<ReceivePaymentQueryRq><ModifiedDateRangeFilter><FromModifiedDate>{0}</FromModifiedDate>"
        "<ToModifiedDate>{0}</ToModifiedDate></ModifiedDateRangeFilter></ReceivePaymentQueryRq>"
    )
    both = answer(books, query.format("2026-11-01T01:30:00"))
    assert values(both, "*/TimeModified") == ["2026-11-01T01:30:00-05:00"] * 2
    assert values(both, "*/TotalAmount") == ["1.00", "2.00"]
    first = answer(books, query.format("2026-11-01T01:30:00-04:00"))
    assert values(first, "*/TotalAmount") == ["1.00"]
    assert books.today() == date(2026, 11, 1)


def test_quickbooks_knows_whole_seconds(books: CompanyFile, clock: SetClock) -> None:
    clock.move(microseconds=999_999)
    books.add_invoice("Northside Bakery", amount="10.00")
    until = "<ModifiedDateRangeFilter><ToModifiedDate>{}</ToModifiedDate></ModifiedDateRangeFilter>"
    for end in ("2026-11-20T10:00:00", "2026-11-20T15:00:00+00:00"):
        row = answer(books, invoices(until.format(end)))[0]
        assert row.findtext("TimeModified") == "2026-11-20T10:00:00-05:00"
    assert code(answer(books, invoices(until.format("2026-11-20T15:00:00+99:00")))) == 3020


def test_inactive_items_are_hidden_unless_asked_for(books: CompanyFile) -> None:
    books.make_inactive("Northside Bakery")

    def found(content: str) -> list[str | None]:
        return names(answer(books, f"<CustomerQueryRq>{content}</CustomerQueryRq>"))

    jobs = ["O'Neill Law", "O'Neill Law:Elm Street", "O'Neill Law:Lakeview"]
    assert found("") == jobs
    assert found("<ActiveStatus>InactiveOnly</ActiveStatus>") == ["Northside Bakery"]
    assert found("<ActiveStatus>All</ActiveStatus>") == ["Northside Bakery", *jobs]
    assert found("<FullName>northside bakery</FullName>") == ["Northside Bakery"]
    by_name = "<NameFilter><MatchCriterion>EndsWith</MatchCriterion><Name>VIEW</Name></NameFilter>"
    assert found(by_name) == ["O'Neill Law:Lakeview"]


def test_a_job_and_what_the_family_owes(books: CompanyFile) -> None:
    books.add_invoice("O'Neill Law", amount="10.00")
    books.add_invoice("O'Neill Law:Elm Street", amount="20.00")
    books.add_invoice("O'Neill Law:Elm Street", amount="99.00", pending=True)
    query = "<CustomerQueryRq><FullName>{}</FullName></CustomerQueryRq>"
    parent = answer(books, query.format("O'Neill Law"))[0]
    assert (parent.findtext("Balance"), parent.findtext("TotalBalance")) == ("10.00", "30.00")
    assert parent.find("ParentRef") is None
    job = answer(books, query.format("O'Neill Law:Elm Street"))[0]
    assert job.findtext("Name") == "Elm Street"
    assert job.findtext("ParentRef/ListID") == parent.findtext("ListID")
    assert (job.findtext("Sublevel"), job.findtext("TotalBalance")) == ("1", "20.00")


def test_accounts_by_type_with_their_balances(books: CompanyFile) -> None:
    first = books.receive_by_hand("Northside Bakery", amount="30.00")
    books.receive_by_hand("Northside Bakery", amount="12.00")
    books.add_invoice("Northside Bakery", amount="100.00")
    books.deposit(first, bank="Checking")
    every = answer(books, "<AccountQueryRq/>")
    assert dict(zip(names(every), values(every, "*/Balance"), strict=True)) == {
        "Accounts Receivable": "58.00",
        "Undeposited Funds": "12.00",
        "Checking": "30.00",
    }
    assert values(every, "*/SpecialAccountType") == ["UndepositedFunds"]
    banks = answer(books, "<AccountQueryRq><AccountType>Bank</AccountType></AccountQueryRq>")
    assert names(banks) == ["Checking"]


def test_payment_methods(books: CompanyFile) -> None:
    books.add_payment_method("Electronic", "ECheck")
    query = (
        "<PaymentMethodQueryRq><PaymentMethodType>ECheck</PaymentMethodType>"
        "<PaymentMethodType>Check</PaymentMethodType></PaymentMethodQueryRq>"
    )
    assert values(answer(books, query), "*/Name") == ["Electronic"]
    every = answer(books, "<PaymentMethodQueryRq/>")
    assert values(every, "*/PaymentMethodType") == ["Visa", "ECheck"]


def test_credit_memos_and_what_is_left_of_them(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    credit = books.add_credit("Northside Bakery", amount="40.00", number="CM-7")
    books.apply_credit(credit, invoice, "15.00")
    query = (
        "<CreditMemoQueryRq><IncludeLineItems>1</IncludeLineItems>"
        "<IncludeLinkedTxns>1</IncludeLinkedTxns></CreditMemoQueryRq>"
    )
    row = answer(books, query)[0]
    assert (row.findtext("TotalAmount"), row.findtext("CreditRemaining")) == ("40.00", "25.00")
    assert values(row, "LinkedTxn/TxnID") == [invoice]
    linked = answer(books, invoices("<IncludeLinkedTxns>1</IncludeLinkedTxns>"))
    assert values(linked, "*/LinkedTxn/TxnType") == ["CreditMemo"]


def test_statement_charges_are_owed_and_no_invoices(books: CompanyFile) -> None:
    charge = books.add_charge("Northside Bakery", amount="25.00", number="FC-7", memo="Late fee")
    row = answer(books, "<ChargeQueryRq><RefNumber>fc-7</RefNumber></ChargeQueryRq>")[0]
    assert row.findtext("TxnID") == charge
    assert (row.findtext("Amount"), row.findtext("BalanceRemaining")) == ("25.00", "25.00")
    assert (row.findtext("Desc"), row.findtext("IsPaid")) == ("Late fee", "false")
    assert row.findtext("CustomerRef/FullName") == "Northside Bakery"
    assert code(answer(books, invoices("<RefNumber>FC-7</RefNumber>"))) == 500
    bakery = "<CustomerQueryRq><FullName>Northside Bakery</FullName></CustomerQueryRq>"
    assert values(answer(books, bakery), "*/Balance") == ["25.00"]
    unpaid = "<ChargeQueryRq><PaidStatus>{}</PaidStatus></ChargeQueryRq>"
    assert values(answer(books, unpaid.format("NotPaidOnly")), "*/TxnID") == [charge]
    assert code(answer(books, unpaid.format("PaidOnly"))) == 1
    books.delete_transaction(charge)
    assert values(answer(books, bakery), "*/Balance") == ["0.00"]
    gone = "<TxnDeletedQueryRq><TxnDelType>Charge</TxnDelType></TxnDeletedQueryRq>"
    assert values(answer(books, gone), "*/RefNumber") == ["FC-7"]


def test_a_charge_has_no_lines_to_ask_for(books: CompanyFile) -> None:
    with pytest.raises(ComError):
        answer(books, "<ChargeQueryRq><IncludeLineItems>1</IncludeLineItems></ChargeQueryRq>")


def test_received_payments_with_what_they_are_applied_to(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    books.receive_by_hand(
        "Northside Bakery", amount="90.00", invoices={invoice: "80.00"}, method="Visa"
    )
    assert answer(books, "<ReceivePaymentQueryRq/>").find("*/AppliedToTxnRet") is None
    row = answer(
        books,
        "<ReceivePaymentQueryRq><IncludeLineItems>1</IncludeLineItems></ReceivePaymentQueryRq>",
    )[0]
    assert row.findtext("PaymentMethodRef/FullName") == "Visa"
    assert row.findtext("AppliedToTxnRet/BalanceRemaining") == "20.00"
    assert row.findtext("UnusedPayment") == "10.00"


def test_what_waits_in_undeposited_funds(books: CompanyFile) -> None:
    query = "<ReceivePaymentToDepositQueryRq/>"
    assert code(answer(books, query)) == 1
    waits = books.receive_by_hand("O'Neill Law:Elm Street", amount="30.00", number="CB7")
    deposited = books.receive_by_hand("Northside Bakery", amount="12.00")
    deposit = books.deposit(deposited, bank="Checking")
    emptied = books.receive_by_hand("Northside Bakery", amount="5.00")
    books.change_payment(emptied, amount="0.00")
    to_bank = "<DepositToAccountRef><FullName>Checking</FullName></DepositToAccountRef>"
    answer(books, payment(total="7.00", after_total=to_bank))
    (row,) = answer(books, query)
    assert [(child.tag, child.text) for child in row if not len(child)] == [
        ("TxnID", waits),
        ("TxnType", "ReceivePayment"),
        ("TxnDate", "2026-11-20"),
        ("RefNumber", "CB7"),
        ("Amount", "30.00"),
    ]
    assert row.findtext("CustomerRef/FullName") == "O'Neill Law:Elm Street"
    books.delete_deposit(deposit)
    assert values(answer(books, query), "*/TxnID") == [waits, deposited]
    one = "<IncludeRetElement>TxnID</IncludeRetElement>"
    narrow = answer(books, query.replace("/>", f">{one}</ReceivePaymentToDepositQueryRq>"))
    assert [child.tag for child in narrow[0]] == ["TxnID"]


@pytest.mark.parametrize(
    ("start", "end", "is_found"),
    [
        # The payment was deleted at 10:00:00 on the PC's wall clock.
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00", True),
        ("2026-11-20T10:00:01", None, False),
        (None, "2026-11-20T09:59:59", False),
        ("2026-11-20", "2026-11-20", True),
        ("2026-11-20T15:00:00+00:00", "2026-11-20T15:00:00+00:00", True),
    ],
)
def test_deleted_dates_take_both_ends_in(
    books: CompanyFile, *, start: str | None, end: str | None, is_found: bool
) -> None:
    books.behaviour.printed_offset = "+02:00"
    books.delete_payment(books.receive_by_hand("Northside Bakery", amount="1.00"))
    first = "" if start is None else f"<FromDeletedDate>{start}</FromDeletedDate>"
    last = "" if end is None else f"<ToDeletedDate>{end}</ToDeletedDate>"
    query = (
        "<TxnDeletedQueryRq><TxnDelType>ReceivePayment</TxnDelType>"
        f"<DeletedDateRangeFilter>{first}{last}</DeletedDateRangeFilter></TxnDeletedQueryRq>"
    )
    found = answer(books, query)
    assert (code(found) == 0) is is_found
    if is_found:
        assert found.findtext("*/TimeDeleted") == "2026-11-20T10:00:00+02:00"


def test_deletions_of_the_types_named_and_of_90_days(books: CompanyFile, clock: SetClock) -> None:
    query = (
        "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType>"
        "<TxnDelType>CreditMemo</TxnDelType>{}</TxnDeletedQueryRq>"
    )
    assert code(answer(books, query.format(""))) == 1
    invoice = books.add_invoice("Northside Bakery", amount="100.00", number="1042")
    payment_id = books.receive_by_hand("Northside Bakery", amount="1.00")
    clock.move(hours=1)
    books.delete_invoice(invoice)
    books.delete_payment(payment_id)
    row = answer(books, query.format(""))[0]
    assert [(child.tag, child.text) for child in row] == [
        ("TxnDelType", "Invoice"),
        ("TxnID", invoice),
        ("TimeCreated", "2026-11-20T10:00:00-05:00"),
        ("TimeDeleted", "2026-11-20T11:00:00-05:00"),
        ("RefNumber", "1042"),
    ]
    later = (
        "<DeletedDateRangeFilter><FromDeletedDate>2026-11-20T11:00:01</FromDeletedDate>"
        "</DeletedDateRangeFilter>"
    )
    assert code(answer(books, query.format(later))) == 1
    clock.move(days=90)
    assert code(answer(books, query.format(""))) == 0
    clock.move(seconds=1)
    assert code(answer(books, query.format(""))) == 1


def list_deletions(*types: str, since: str = "") -> str:
    kinds = "".join(f"<ListDelType>{each}</ListDelType>" for each in types)
    first = f"<FromDeletedDate>{since}</FromDeletedDate>" if since else ""
    return (
        f"<ListDeletedQueryRq>{kinds}"
        f"<DeletedDateRangeFilter>{first}</DeletedDateRangeFilter></ListDeletedQueryRq>"
    )


def test_customers_that_were_deleted_or_merged_away(books: CompanyFile, clock: SetClock) -> None:
    query = list_deletions("PaymentMethod", "Customer")
    assert code(answer(books, query)) == 1
    lakeview = books.customer("O'Neill Law:Lakeview").list_id
    bakery = books.customer("Northside Bakery").list_id
    books.add_invoice("Northside Bakery", amount="20.00")
    clock.move(hours=1)
    books.delete_customer("O'Neill Law:Lakeview")
    clock.move(hours=1)
    books.merge_customers("Northside Bakery", "O'Neill Law:Elm Street")
    deleted, merged = answer(books, query)
    assert [(child.tag, child.text) for child in deleted] == [
        ("ListDelType", "Customer"),
        ("ListID", lakeview),
        ("TimeCreated", "2026-11-20T10:00:00-05:00"),
        ("TimeDeleted", "2026-11-20T11:00:00-05:00"),
        ("FullName", "O'Neill Law:Lakeview"),
    ]
    assert merged.findtext("ListID") == bakery
    assert merged.findtext("FullName") == "Northside Bakery"
    assert merged.findtext("TimeDeleted") == "2026-11-20T12:00:00-05:00"
    later = list_deletions("Customer", since="2026-11-20T11:00:01")
    assert names(answer(books, later)) == ["Northside Bakery"]
    assert code(answer(books, list_deletions("Account"))) == 1
    one = "<IncludeRetElement>ListID</IncludeRetElement>"
    narrow = query.replace("</ListDeletedQueryRq>", f"{one}</ListDeletedQueryRq>")
    assert [child.tag for child in answer(books, narrow)[0]] == ["ListID"]
    gone = f"<CustomerQueryRq><ListID>{bakery}</ListID></CustomerQueryRq>"
    assert code(answer(books, gone)) == 500
    clock.move(days=90)
    assert names(answer(books, query)) == ["Northside Bakery"]
    clock.move(seconds=1)
    assert code(answer(books, query)) == 1


def test_a_merger_may_be_no_deletion(books: CompanyFile) -> None:
    books.behaviour.merging_deletes = False
    books.merge_customers("Northside Bakery", "O'Neill Law:Elm Street")
    books.delete_customer("O'Neill Law:Lakeview")
    assert names(answer(books, list_deletions("Customer"))) == ["O'Neill Law:Lakeview"]


def test_host_company_and_preferences(books: CompanyFile) -> None:
    books.closing_date = date(2026, 9, 30)
    books.dividing_date = date(2026, 8, 31)
    books.home_currency = "US Dollar"
    books.auto_apply = True
    books.write_data("{aaaaaaaa-0000-0000-0000-000000000001}", "FileID", "{F}")
    host, plain, company, preferences = answers(
        books,
        "<HostQueryRq/>",
        "<CompanyQueryRq/>",
        "<CompanyQueryRq><OwnerID>{AAAAAAAA-0000-0000-0000-000000000001}</OwnerID></CompanyQueryRq>",
        "<PreferencesQueryRq/>",
    )
    assert values(host, "*/SupportedQBXMLVersion")[-1] == "16.0"
    assert host.findtext("*/QBFileMode") == "MultiUser"
    assert plain.find("*/DataExtRet") is None
    assert company.findtext("*/CompanyName") == "Rock Castle Construction"
    assert company.findtext("*/DataExtRet/DataExtValue") == "{F}"
    assert company.findtext("*/AccountantCopy/DividingDate") == "2026-08-31"
    assert preferences.findtext("*/AccountingPreferences/ClosingDate") == "2026-09-30"
    assert preferences.findtext(".//IsMultiCurrencyOn") == "true"
    assert preferences.findtext(".//IsAutoApplyingPayments") == "true"


def page(verb: str, limit: int = 2, iterator_id: str = "", content: str = "") -> str:
    known = f' iteratorID="{iterator_id}"' if iterator_id else ""
    return (
        f'<CustomerQueryRq requestID="9" iterator="{verb}"{known}>'
        f"<MaxReturned>{limit}</MaxReturned>{content}</CustomerQueryRq>"
    )


def test_an_iterator_reads_to_the_end_in_pages(books: CompanyFile) -> None:
    session = RequestProcessor(books)
    first = read(session.process(message_set(page("Start"))))[0]
    iterator_id = str(first.get("iteratorID"))
    assert names(first) == ["Northside Bakery", "O'Neill Law"]
    assert first.get("iteratorRemainingCount") == "2"
    second = read(session.process(message_set(page("Continue", iterator_id=iterator_id))))[0]
    assert names(second) == ["O'Neill Law:Elm Street", "O'Neill Law:Lakeview"]
    assert second.get("iteratorRemainingCount") == "0"
    assert second.get("iteratorID") is None
    over = read(session.process(message_set(page("Continue", iterator_id=iterator_id))))[0]
    assert code(over) == 3391


def test_an_iterator_keeps_its_records_and_leaves_the_deleted_out(books: CompanyFile) -> None:
    made = [books.add_invoice("Northside Bakery", amount=f"{n}.00") for n in range(1, 5)]
    session = RequestProcessor(books)
    query = '<InvoiceQueryRq iterator="{}"{}><MaxReturned>2</MaxReturned></InvoiceQueryRq>'
    first = read(session.process(message_set(query.format("Start", ""))))[0]
    books.add_invoice("Northside Bakery", amount="5.00")
    books.delete_invoice(made[2])
    iterator_id = f' iteratorID="{first.get("iteratorID")}"'
    second = read(session.process(message_set(query.format("Continue", iterator_id))))[0]
    assert values(second, "*/TxnID") == made[3:]


def test_an_iterator_is_of_one_session_and_one_question(books: CompanyFile) -> None:
    session = RequestProcessor(books)
    first = read(session.process(message_set(page("Start"))))[0]
    iterator_id = str(first.get("iteratorID"))
    again = page("Continue", iterator_id=iterator_id)
    assert code(answer(books, again)) == 3391
    narrower = page("Continue", iterator_id=iterator_id, content="<ActiveStatus>All</ActiveStatus>")
    assert code(read(session.process(message_set(narrower)))[0]) == 3391
    stopped = read(session.process(message_set(page("Stop", iterator_id=iterator_id))))[0]
    assert len(stopped) == 0
    assert code(read(session.process(message_set(again)))[0]) == 3391


def test_an_iterator_needs_a_page_size(books: CompanyFile) -> None:
    assert code(answer(books, '<CustomerQueryRq iterator="Start"/>')) == 3150


def test_an_iterator_over_nothing_is_status_1(books: CompanyFile) -> None:
    query = '<InvoiceQueryRq iterator="Start"><MaxReturned>5</MaxReturned></InvoiceQueryRq>'
    assert code(answer(books, query)) == 1


def test_request_ids_come_back_in_order(books: CompanyFile) -> None:
    responses = answers(books, payment(request_id="b"), payment(request_id="a"), "<HostQueryRq/>")
    assert [response.get("requestID") for response in responses] == ["b", "a", None]
    assert [response.tag for response in responses] == [
        "ReceivePaymentAddRs",
        "ReceivePaymentAddRs",
        "HostQueryRs",
    ]
