"""What leaves for QuickBooks: message sets, their order, and what stands in each payment."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

import pytest
from lxml import etree

from tests.integration.sync.firm import (
    Firm,
    kinds,
    play,
    play_until,
    requests,
    sent,
    until_all_is_read,
    update,
)

CUSTOMER = "Café Belém"
LISTS = ["AccountQuery", "PaymentMethodQuery"]


@pytest.fixture(autouse=True)
def customer(firm: Firm) -> str:
    return firm.books.add_customer(CUSTOMER)


def payments(firm: Firm) -> list[etree._Element]:
    """Play an update and list the payments that left."""
    session = update(firm.pc())
    return [node[0] for message_set in sent(session, "ReceivePaymentAdd") for node in message_set]


def test_a_payment_as_it_leaves(firm: Firm, customer: str) -> None:
    one = firm.books.add_invoice(CUSTOMER, amount="300.00", number="2102")
    other = firm.books.add_invoice(CUSTOMER, amount="98.75", number="2118")
    payment = firm.pay(
        CUSTOMER,
        "450.00",
        {one: "300.00", other: "98.75"},
        received_on="2026-11-18",
        method="visa",
        memo="November\nand October",
        processor="Prairie Pay",
        processor_txn_id="pp_1001",
    )
    (node,) = payments(firm)
    books = firm.books
    assert [
        (child.tag, child.text or [(each.tag, each.text) for each in child]) for child in node
    ] == [
        ("CustomerRef", [("ListID", customer)]),
        ("ARAccountRef", [("ListID", books.account("Accounts Receivable").list_id)]),
        ("TxnDate", "2026-11-18"),
        ("RefNumber", firm.payment(payment).reference),
        ("TotalAmount", "450.00"),
        ("PaymentMethodRef", [("ListID", books.payment_method("Visa").list_id)]),
        ("Memo", "Online payment web-1; Prairie Pay pp_1001; November and October"),
        ("DepositToAccountRef", [("ListID", books.account("Undeposited Funds").list_id)]),
        ("ExternalGUID", f"{{{uuid5(UUID(firm.company_id), payment)}}}"),
        ("AppliedToTxnAdd", [("TxnID", one), ("PaymentAmount", "300.00")]),
        ("AppliedToTxnAdd", [("TxnID", other), ("PaymentAmount", "98.75")]),
    ]
    receipt = firm.receipt(payment)
    assert (receipt.date, receipt.total, receipt.unapplied) == (date(2026, 11, 18), 45000, 5125)


def test_what_is_posted_keeps_what_quickbooks_said(firm: Firm) -> None:
    invoice = firm.books.add_invoice(CUSTOMER, amount="300.00")
    payment = firm.pay(CUSTOMER, "450.00", {invoice: "300.00"})
    firm.clock.move(minutes=5)
    update(firm.pc())
    (row,) = firm.rows("SELECT * FROM payment")
    receipt = firm.receipt(payment)
    assert (row["txn_id"], row["edit_sequence"]) == (receipt.txn_id, receipt.edit_sequence)
    assert (row["applied_cents"], row["unapplied_cents"]) == (30000, 15000)
    shown = firm.payment(payment)
    assert (shown.status, shown.unapplied) == ("posted", "150.00")
    assert shown.posted_at == firm.clock.now
    (attempt,) = firm.attempts(payment)
    assert (attempt["outcome"], attempt["status_code"]) == ("posted", 0)
    assert [(event.from_status, event.to_status, event.by) for event in shown.history] == [
        (None, "queued", "api"),
        ("queued", "sent", "session"),
        ("sent", "posted", "session"),
    ]


def test_one_message_set_for_many_payments_that_goes_on_after_a_refusal(
    opened: Callable[..., Firm],
) -> None:
    firm = opened(message_set_max=3)
    firm.books.add_customer(CUSTOMER)
    for number in range(1, 8):
        firm.pay(CUSTOMER, f"{number}.00")
    session = update(firm.pc())
    sets = sent(session, "ReceivePaymentAdd")
    assert [len(each) for each in sets] == [3, 3, 1]
    for node in (node for message_set in sets for node in message_set):
        parent = node.getparent()
        assert parent is not None
        assert dict(parent.attrib) == {"onError": "continueOnError"}
    amounts = [node.findtext(".//TotalAmount") for message_set in sets for node in message_set]
    assert amounts == [f"{number}.00" for number in range(1, 8)]  # the oldest first
    ids = [node.get("requestID") for message_set in sets for node in message_set]
    assert len(set(ids)) == 7
    assert max(len(str(each)) for each in ids) <= 50  # a longer one is status 1060


def test_each_message_set_reads_or_writes_and_never_both(firm: Firm, customer: str) -> None:
    firm.services.companies.set(firm.company_id, {"add_payment_methods": "yes"})
    invoice = firm.books.add_invoice(CUSTOMER, amount="40.00", number="7")
    firm.pay({"list_id": customer}, "40.00", {invoice: "40.00"}, method="Discover")
    first = update(firm.pc())
    assert kinds(first) == [
        ["CompanyQuery", "HostQuery", "PreferencesQuery"],
        [
            "AccountQuery",
            "CompanyQuery",
            "CreditMemoQuery",
            "CustomerQuery",
            "InvoiceQuery",
            "ListDeletedQuery",
            "PaymentMethodQuery",
            "ReceivePaymentQuery",
            "TxnDeletedQuery",
        ],
        ["PaymentMethodAdd"],
        ["ReceivePaymentAdd"],
    ]


def test_a_payment_on_account_is_left_unapplied(firm: Firm) -> None:
    """QuickBooks would choose invoices by itself if it were let."""
    firm.books.auto_apply = True
    firm.books.add_invoice(CUSTOMER, amount="150.00")
    payment = firm.pay(CUSTOMER, "150.00")
    (node,) = payments(firm)
    assert node.findtext("IsAutoApply") == "false"
    assert node.find("ARAccountRef") is None
    assert firm.receipt(payment).unapplied == 15000
    assert firm.payment(payment).unapplied == "150.00"


def test_the_same_invoice_named_twice_leaves_once(firm: Firm) -> None:
    invoice = firm.books.add_invoice(CUSTOMER, amount="100.00", number="7")
    parts = [
        {"invoice": {"txn_id": invoice}, "amount": "60.00"},
        {"invoice": {"number": "7"}, "amount": "40.00"},
    ]
    payment = firm.pay(CUSTOMER, "100.00", parts)
    (node,) = payments(firm)
    (line,) = node.findall("AppliedToTxnAdd")
    assert [child.text for child in line] == [invoice, "100.00"]
    assert firm.payment(payment).unapplied == "0.00"


def test_money_goes_where_the_company_says(firm: Firm) -> None:
    firm.services.companies.set(firm.company_id, {"deposit_to": "First Prairie Bank"})
    payment = firm.pay(CUSTOMER, "150.00")
    (node,) = payments(firm)
    assert node.findtext("DepositToAccountRef/FullName") == "First Prairie Bank"
    assert firm.receipt(payment).deposit_to.name == "First Prairie Bank"


def test_undeposited_funds_is_known_by_its_kind_and_not_by_its_name(firm: Firm) -> None:
    firm.books.undeposited_funds().name = "Payments to deposit"
    payment = firm.pay(CUSTOMER, "150.00")
    update(firm.pc())
    assert firm.receipt(payment).deposit_to is firm.books.undeposited_funds()


def test_the_ar_account_is_that_of_the_invoices(firm: Firm) -> None:
    firm.books.add_account("Retail A/R", "AccountsReceivable")
    ours = firm.books.add_invoice(CUSTOMER, amount="50.00", ar_account="Retail A/R")
    usual = firm.books.add_invoice(CUSTOMER, amount="70.00")
    retail = firm.pay(CUSTOMER, "50.00", {ours: "50.00"})
    usually = firm.pay(CUSTOMER, "70.00", {usual: "70.00"})
    update(firm.pc())
    assert firm.receipt(retail).ar_account.name == "Retail A/R"
    assert firm.receipt(usually).ar_account.name == "Accounts Receivable"


def test_invoices_of_two_ar_accounts_never_leave(firm: Firm) -> None:
    """One payment cannot stand in two accounts."""
    firm.books.add_account("Retail A/R", "AccountsReceivable")
    one = firm.books.add_invoice(CUSTOMER, amount="50.00", ar_account="Retail A/R")
    other = firm.books.add_invoice(CUSTOMER, amount="70.00")
    payment = firm.pay(CUSTOMER, "120.00", {one: "50.00", other: "70.00"})
    assert payments(firm) == []
    rejection = firm.payment(payment).rejection
    assert rejection
    assert (rejection.cause, rejection.variant) == ("wrong_customer", "several")
    accounts = {row["account"] for row in rejection.evidence if row["type"] == "invoice"}
    assert accounts == {"Retail A/R", "Accounts Receivable"}


# Families


def test_a_parent_pays_for_its_job(firm: Firm) -> None:
    """The payment stands under the job whose invoice it is, also when the parent is a ListID."""
    books = firm.books
    books.add_customer("Harper Dental Group:Elm Street")
    parent = books.customer("Harper Dental Group").list_id
    job = books.customer("Harper Dental Group:Elm Street").list_id
    invoice = books.add_invoice("Harper Dental Group:Elm Street", amount="1250.00", number="2103")
    by_id = firm.pay({"list_id": parent}, "250.00", {invoice: "250.00"})
    by_name = firm.pay("Harper Dental Group", "300.00", {invoice: "300.00"})
    number = [{"invoice": {"number": "2103"}, "amount": "400.00"}]
    by_number = firm.pay({"list_id": parent}, "400.00", number)
    session = update(firm.pc())
    assert session.status == "3 payments posted"
    for payment in (by_id, by_name, by_number):
        assert firm.receipt(payment).customer.list_id == job
        assert firm.payment(payment).unapplied == "0.00"


def test_a_payment_for_several_jobs_stands_under_their_parent(firm: Firm) -> None:
    books = firm.books
    one = "Harper Dental Group:West:Elm Street"
    other = "Harper Dental Group:West:Lakeview"
    for name in (one, other):
        books.add_customer(name)
    payer = books.customer("Harper Dental Group").list_id
    invoices = {books.add_invoice(name, amount="100.00"): "100.00" for name in (one, other)}
    payment = firm.pay({"list_id": payer}, "200.00", invoices)
    update(firm.pc())
    assert firm.receipt(payment).customer.full_name == "Harper Dental Group:West"


def test_a_strangers_invoice_never_leaves(firm: Firm, customer: str) -> None:
    firm.books.add_customer("Zoë Lindqvist")
    invoice = firm.books.add_invoice("Zoë Lindqvist", amount="100.00")
    payment = firm.pay({"list_id": customer}, "100.00", {invoice: "100.00"})
    assert payments(firm) == []
    assert firm.statuses() == {payment: "rejected"}
    assert firm.books.payments() == []


# Letters


NAMES = {
    "Café Belém & Söhne": "Café Belém & Söhne",
    'O\'Neill "Law" <Offices>': 'O\'Neill "Law" <Offices>',
    "Łukasz Wiśniewski": "Lukasz Wisniewski",
    "Zoe\u0308 Lindqvist": "Zoë Lindqvist",  # the two dots as a letter of their own
    "Smith\u2010Jones": "Smith-Jones",
}


def test_names_are_written_in_quickbooks_letters(firm: Firm) -> None:
    queued = []
    for said, kept in NAMES.items():
        firm.books.add_customer(kept)
        firm.books.add_invoice(kept, amount="60.00", number="Nº 7")
        by_number = [{"invoice": {"number": "Nº 7"}, "amount": "60.00"}]
        on_account = firm.pay(said, "40.00", memo="Thanks 💛 \u2013 Zoë")
        queued.append((kept, on_account, firm.pay(said, "60.00", by_number)))
    assert update(firm.pc()).status == "10 payments posted"
    for kept, on_account, on_invoice in queued:
        assert firm.receipt(on_account).customer.full_name == kept
        assert firm.receipt(on_account).memo == f"Online payment {on_account}; Thanks ? \u2013 Zoë"
        assert firm.receipt(on_invoice).customer.full_name == kept
        assert firm.receipt(on_invoice).unapplied == 0


# Pages and sets


def test_hundreds_of_payments_over_several_pages_and_sets(opened: Callable[..., Firm]) -> None:
    firm = opened(import_page_size=40, message_set_max=30)
    books = firm.books
    books.add_customer("Harper Dental Group:Elm Street")
    parent = books.customer("Harper Dental Group").list_id
    job = "Harper Dental Group:Elm Street"
    for number in range(150):
        invoice = books.add_invoice(job, amount="10.00", number=str(number))
        by_number = [{"invoice": {"number": str(number)}, "amount": "10.00"}]
        payer = {"list_id": parent} if number % 3 == 0 else job
        firm.pay(payer, "10.00", by_number if number % 2 else {invoice: "10.00"})
    session = update(firm.pc())
    assert session.status == "150 payments posted"
    sets = sent(session, "ReceivePaymentAdd")
    assert [len(each) for each in sets] == [30] * 5
    assert set(books.executed_adds.values()) == {1}
    assert len(books.executed_adds) == 150
    assert books.customer(job).balance == 0
    # The books are read a page at a time, and to their end before the first write.
    pages = [node for each in sent(session, "InvoiceQuery") for node in each]
    assert [node.findtext("MaxReturned") for node in pages] == ["40"] * 4
    assert [node.get("iterator") for node in pages] == ["Start", *["Continue"] * 3]
    steps = ["write" if "ReceivePaymentAdd" in kind else "read" for kind in kinds(session)]
    assert steps == sorted(steps)


def test_invoices_older_than_the_sync_from_date_are_looked_up(opened: Callable[..., Firm]) -> None:
    """One value per request, a page at a time; a set is posted as soon as it is full."""
    firm = opened(import_page_size=40, message_set_max=30)
    firm.services.companies.set(firm.company_id, {"sync_from": "2030-01-01"})
    firm.books.add_customer(CUSTOMER)
    for number in range(100):
        invoice = firm.books.add_invoice(CUSTOMER, amount="10.00", number=str(number))
        by_number = [{"invoice": {"number": str(number)}, "amount": "10.00"}]
        firm.pay(CUSTOMER, "10.00", by_number if number % 2 else {invoice: "10.00"})
    session = update(firm.pc())
    assert session.status == "100 payments posted"
    pages = sent(session, "InvoiceQuery")
    assert [len(each) for each in pages] == [1, 40, 40, 20]
    assert all(
        len(node.findall("TxnID") + node.findall("RefNumber")) == 1
        for each in pages[1:]
        for node in each
    )
    assert set(firm.books.executed_adds.values()) == {1}
    kept = firm.rows("SELECT txn_id FROM invoice")
    assert len(kept) == 100  # they were open, and payments refer to them


def test_pages_of_payments_on_account_need_no_questions(opened: Callable[..., Firm]) -> None:
    firm = opened(import_page_size=2)
    firm.books.add_customer(CUSTOMER)
    for number in range(1, 8):
        firm.pay(CUSTOMER, f"{number}.00")
    session = update(firm.pc())
    assert session.status == "7 payments posted"
    assert set(firm.books.executed_adds.values()) == {1}


def test_a_page_of_one(opened: Callable[..., Firm]) -> None:
    """The smallest settings there are; a payment of many invoices is looked up whole."""
    firm = opened(import_page_size=1, message_set_max=1)
    firm.books.add_customer(CUSTOMER)
    invoices = {firm.books.add_invoice(CUSTOMER, amount="1.00"): "1.00" for _ in range(5)}
    first, second = firm.pay(CUSTOMER, "5.00", invoices), firm.pay(CUSTOMER, "2.00")
    assert update(firm.pc()).status == "2 payments posted"
    assert firm.receipt(first).unapplied == 0
    assert firm.statuses() == {first: "posted", second: "posted"}


def test_a_payment_that_arrives_during_a_session_waits_for_the_next_one(firm: Firm) -> None:
    early = firm.pay(CUSTOMER, "1.00")
    pc = firm.pc()
    session = until_all_is_read(pc.begin())
    late = firm.pay(CUSTOMER, "2.00")
    assert play(session).status == "1 payment posted"
    assert firm.statuses() == {early: "posted", late: "queued"}
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {early: "posted", late: "posted"}


@pytest.mark.parametrize("is_read", [False, True])
def test_a_payment_withdrawn_during_a_session_never_leaves(firm: Firm, *, is_read: bool) -> None:
    """While QuickBooks is being asked, and after it was: until the payment itself leaves."""
    kept, withdrawn = firm.pay(CUSTOMER, "1.00"), firm.pay(CUSTOMER, "2.00")
    session = play_until(firm.pc().begin(), "PaymentMethodQueryRq")
    if is_read:
        session.step()
    firm.services.review.act(
        firm.company_file_id, withdrawn, {"action": "withdraw"}, by="bookkeeper"
    )
    assert play(session).status == "1 payment posted"
    assert firm.statuses() == {kept: "posted", withdrawn: "dismissed"}
    assert [len(each) for each in sent(session, "ReceivePaymentAdd")] == [1]
    assert firm.attempts(withdrawn) == []


def test_all_withdrawn_in_the_last_moment_ends_in_good_order(firm: Firm) -> None:
    payment = firm.pay(CUSTOMER, "2.00")
    session = until_all_is_read(firm.pc().begin())
    firm.services.review.act(firm.company_file_id, payment, {"action": "withdraw"}, by="bookkeeper")
    assert play(session).status == "Nothing to post."
    assert ">100<" in session.calls[-2].answer
    assert sent(session, "ReceivePaymentAdd") == []
    assert [node.tag for node in requests(session.message_sets[-1][0])] == ["HostQueryRq"]
