"""What a bookkeeper does at the PC, and what it leaves in the books."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from scripts.simulate.quickbooks import ComError, CompanyFile, RequestProcessor
from scripts.simulate.quickbooks.money import amount, cents
from scripts.simulate.quickbooks.refusals import unparsable, unsupported_version
from tests.unit.simulate.asking import (
    GUID,
    answer,
    answers,
    code,
    message_set,
    payment,
    read,
    said,
    to,
    values,
)
from tests.unit.simulate.conftest import SetClock


def test_money_is_read_exactly_or_not_at_all() -> None:
    assert [cents(text) for text in ("125.00", "0.07", "-3.10", "12")] == [12500, 7, -310, 1200]
    assert [amount(value) for value in (12500, 7, -310)] == ["125.00", "0.07", "-3.10"]
    for text in ("10.5", "1,000.00", "", "1e3"):
        with pytest.raises(ValueError, match="two decimals"):
            cents(text)


def test_ids_look_like_quickbooks_own(books: CompanyFile) -> None:
    assert books.customer("Northside Bakery").list_id == "80000005-1795186800"
    first = books.add_invoice("Northside Bakery", amount="1.00")
    second = books.add_invoice("Northside Bakery", amount="1.00")
    assert (first, second) == ("1-1795186800", "3-1795186800")


def test_a_name_that_nobody_has_is_a_mistake_of_the_test(books: CompanyFile) -> None:
    for reference in ("Joe Smith", "80000099-1795186800"):
        with pytest.raises(LookupError, match="is on no list"):
            books.add_invoice(reference, amount="1.00")


def test_books_run_by_the_clock_of_the_machine() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    books = CompanyFile("Rock Castle Construction")
    assert before <= books.default_ar_account().created <= datetime.now(UTC)


def test_a_job_brings_its_parents(books: CompanyFile) -> None:
    books.add_customer("Harper:Main Street:Phase 2")
    job = books.customer("harper:main street:phase 2")
    assert job.parent is books.customer("Harper:Main Street")
    assert job.sublevel == 2


def test_a_renamed_customer_takes_its_jobs_along(books: CompanyFile) -> None:
    elm = books.customer("O'Neill Law:Elm Street")
    books.rename_customer("O'Neill Law", "O'Neill & Reyes")
    assert books.find_customer("O'Neill & Reyes:Elm Street") is elm
    assert books.find_customer("O'Neill Law") is None


def test_merging_customers_moves_all_they_have(books: CompanyFile) -> None:
    lakeview = books.customer("O'Neill Law:Lakeview").list_id
    invoice = books.add_invoice("O'Neill Law:Lakeview", amount="20.00")
    books.add_customer("O'Neill Law:Lakeview:Annex")
    books.merge_customers("O'Neill Law:Lakeview", "O'Neill Law:Elm Street")
    elm = books.customer("O'Neill Law:Elm Street")
    assert books.invoice(invoice).customer is elm
    assert elm.balance == 2000
    assert lakeview not in books.customers
    assert books.find_customer("O'Neill Law:Elm Street:Annex") is not None
    assert books.customer("O'Neill Law").total_balance == 2000


def test_only_a_customer_with_nothing_below_it_is_deleted(books: CompanyFile) -> None:
    invoice = books.add_invoice("O'Neill Law:Elm Street", amount="20.00")
    receipt = books.receive_by_hand("Northside Bakery", amount="5.00")
    for kept in ("O'Neill Law", "O'Neill Law:Elm Street", "Northside Bakery"):
        with pytest.raises(ValueError, match="has jobs or transactions"):
            books.delete_customer(kept)
    books.delete_customer("O'Neill Law:Lakeview")
    assert [job.name for job in books.customer("O'Neill Law").jobs] == ["Elm Street"]
    books.delete_invoice(invoice)
    books.delete_payment(receipt)
    for gone in ("O'Neill Law:Elm Street", "O'Neill Law", "Northside Bakery"):
        books.delete_customer(gone)
    assert not books.customers
    assert books.find_customer("Northside Bakery") is None
    with pytest.raises(LookupError, match="is on no list"):
        books.delete_customer("Northside Bakery")


def test_a_voided_invoice_stays_and_gives_the_money_back(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00", memo="May")
    receipt = books.receive_by_hand("Northside Bakery", amount="50.00", invoices={invoice: "50.00"})
    books.void_invoice(invoice)
    row = answer(books, f"<InvoiceQueryRq><TxnID>{invoice}</TxnID></InvoiceQueryRq>")[0]
    assert (row.findtext("Memo"), row.findtext("IsPaid")) == ("VOID: May", "true")
    assert (row.findtext("Subtotal"), row.findtext("BalanceRemaining")) == ("0.00", "0.00")
    assert books.payment(receipt).unapplied == 5000
    assert not books.deletions


def test_a_deleted_invoice_gives_the_money_back_and_is_remembered(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00", number="1042")
    receipt = books.receive_by_hand("Northside Bakery", amount="50.00", invoices={invoice: "50.00"})
    books.delete_invoice(invoice)
    assert books.payment(receipt).unapplied == 5000
    assert books.deletions[0].number == "1042"
    with pytest.raises(LookupError, match="is no invoice"):
        books.invoice(invoice)


def test_a_recreated_invoice_has_its_number_and_another_id(books: CompanyFile) -> None:
    old = books.add_invoice("Northside Bakery", amount="50.00", tax="4.00", number="1042")
    new = books.recreate_invoice(old)
    assert new != old
    twin = books.invoice(new)
    assert (twin.number, twin.total, twin.tax) == ("1042", 5400, 400)
    assert books.deletions[0].txn_id == old


def test_an_edited_invoice_keeps_its_id(books: CompanyFile, clock: SetClock) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00", tax="4.00")
    books.add_account("Retainage", "AccountsReceivable")
    clock.move(minutes=5)
    books.change_invoice(
        invoice, amount="60.00", tax="5.00", customer="O'Neill Law", ar_account="Retainage"
    )
    edited = books.invoice(invoice)
    assert (edited.total, edited.customer.name, edited.ar_account.name) == (
        6500,
        "O'Neill Law",
        "Retainage",
    )
    assert edited.edit_sequence == "1795187100"
    assert books.customer("Northside Bakery").balance == 0


def test_an_invoice_with_another_number_date_and_due_date(
    books: CompanyFile, clock: SetClock
) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00", number="1042")
    before = answer(books, "<InvoiceQueryRq/>")[0]
    clock.move(minutes=5)
    books.change_invoice(
        invoice, number="1043", date=date(2026, 11, 19), due_date=date(2026, 12, 1)
    )
    after = answer(books, "<InvoiceQueryRq/>")[0]
    assert {
        child.tag: child.text for child in after if child.text != before.findtext(str(child.tag))
    } == {
        "TimeModified": "2026-11-20T10:05:00-05:00",
        "EditSequence": "1795187100",
        "TxnDate": "2026-11-19",
        "RefNumber": "1043",
        "DueDate": "2026-12-01",
    }
    books.change_invoice(invoice, number="")
    assert answer(books, "<InvoiceQueryRq/>")[0].find("RefNumber") is None


def test_an_invoice_is_lowered_to_what_is_applied_and_no_further(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00", tax="4.00", number="1042")
    books.receive_by_hand("Northside Bakery", amount="30.00", invoices={invoice: "30.00"})
    with pytest.raises(ValueError, match="more than 2999 cents are applied"):
        books.change_invoice(invoice, amount="25.99", number="1043")
    assert (books.invoice(invoice).total, books.invoice(invoice).number) == (5400, "1042")
    books.change_invoice(invoice, amount="26.00")
    assert books.invoice(invoice).is_paid


def test_a_pending_invoice_is_made_final(books: CompanyFile, clock: SetClock) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00", pending=True)
    pending = answer(books, "<InvoiceQueryRq/>")[0]
    assert (pending.findtext("IsPending"), pending.findtext("IsPaid")) == ("true", "false")
    assert books.customer("Northside Bakery").balance == 0
    clock.move(minutes=5)
    books.change_invoice(invoice, pending=False)
    final = answer(books, "<InvoiceQueryRq/>")[0]
    assert (final.findtext("IsPending"), final.findtext("BalanceRemaining")) == ("false", "50.00")
    assert final.findtext("EditSequence") == "1795187100"
    assert books.customer("Northside Bakery").balance == 5000


Stamps = tuple[datetime, str]


def stamps_of(books: CompanyFile, invoice: str) -> tuple[Stamps, Stamps]:
    """Return TimeModified and EditSequence, of the invoice and of its customer."""
    record = books.invoice(invoice)
    customer = record.customer
    return (
        (record.modified, record.edit_sequence),
        (customer.modified, customer.edit_sequence),
    )


def pay(books: CompanyFile, invoice: str) -> str:
    return books.receive_by_hand("Northside Bakery", amount="9.00", invoices={invoice: "9.00"})


def credit(books: CompanyFile, invoice: str) -> str:
    memo = books.add_credit("Northside Bakery", amount="9.00")
    books.apply_credit(memo, invoice, "9.00")
    return memo


def correct(books: CompanyFile, invoice: str) -> str:
    return books.pay_otherwise(invoice, kind="JournalEntry", amount="9.00")


@pytest.mark.parametrize("touches", [True, False])
@pytest.mark.parametrize("apply", [pay, credit, correct])
@pytest.mark.parametrize("remove", [CompanyFile.delete_transaction, CompanyFile.unapply])
def test_what_pays_an_invoice_moves_its_time_modified_or_nothing(
    books: CompanyFile,
    clock: SetClock,
    apply: Callable[[CompanyFile, str], str],
    remove: Callable[[CompanyFile, str], None],
    *,
    touches: bool,
) -> None:
    """Neither moves its EditSequence, so a program may still edit the invoice it has read."""
    books.behaviour.linking_touches = touches
    invoice = books.add_invoice("Northside Bakery", amount="50.00")
    entered, sequence = clock.now, "1795186800"
    clock.move(minutes=5)
    source = apply(books, invoice)
    assert books.invoice(invoice).balance == 4100
    paid = clock.now if touches else entered
    assert stamps_of(books, invoice) == ((paid, sequence), (paid, sequence))
    clock.move(minutes=5)
    remove(books, source)
    assert books.invoice(invoice).balance == 5000
    opened = clock.now if touches else entered
    assert stamps_of(books, invoice) == ((opened, sequence), (opened, sequence))
    since = (
        "<InvoiceQueryRq><ModifiedDateRangeFilter><FromModifiedDate>2026-11-20T10:10:00"
        "</FromModifiedDate></ModifiedDateRangeFilter></InvoiceQueryRq>"
    )
    assert values(answer(books, since), "*/TxnID") == ([invoice] if touches else [])


def test_a_voided_journal_entry_pays_nothing(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00")
    entry = correct(books, invoice)
    books.void_transaction(entry)
    assert books.invoice(invoice).balance == 5000
    assert books.customer("Northside Bakery").balance == 5000
    assert books.transactions[entry].links == []


def test_a_voided_credit_memo_stays_and_pays_nothing(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00")
    memo = books.add_credit("Northside Bakery", amount="20.00", number="CM-7")
    books.apply_credit(memo, invoice, "15.00")
    books.void_transaction(memo)
    row = answer(books, f"<CreditMemoQueryRq><TxnID>{memo}</TxnID></CreditMemoQueryRq>")[0]
    assert row.findtext("RefNumber") == "CM-7"
    assert str(row.findtext("Memo")).startswith("VOID:")
    assert (row.findtext("TotalAmount"), row.findtext("CreditRemaining")) == ("0.00", "0.00")
    assert books.invoice(invoice).balance == 5000
    assert books.customer("Northside Bakery").balance == 5000
    assert not books.deletions


def test_deleted_credits_and_journal_entries_are_remembered(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="50.00")
    memo, entry = credit(books, invoice), correct(books, invoice)
    assert books.invoice(invoice).balance == 3200
    for each in (memo, entry):
        books.delete_transaction(each)
    assert books.invoice(invoice).balance == 5000
    query = (
        "<TxnDeletedQueryRq><TxnDelType>CreditMemo</TxnDelType>"
        "<TxnDelType>JournalEntry</TxnDelType></TxnDeletedQueryRq>"
    )
    assert values(answer(books, query), "*/TxnID") == [memo, entry]
    assert values(answer(books, query), "*/TxnDelType") == ["CreditMemo", "JournalEntry"]
    gone = f"<CreditMemoQueryRq><TxnID>{memo}</TxnID></CreditMemoQueryRq>"
    assert code(answer(books, gone)) == 500


def test_what_pays_an_invoice_besides_payments(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="100.00")
    receipt = books.receive_by_hand("Northside Bakery", amount="10.00", invoices={invoice: "10.00"})
    books.give_discount(receipt, invoice, "5.00")
    journal = books.pay_otherwise(invoice, kind="JournalEntry", amount="20.00", number="J-9")
    books.pay_otherwise(invoice, kind="Deposit", amount="15.00")
    query = "<InvoiceQueryRq><IncludeLinkedTxns>1</IncludeLinkedTxns></InvoiceQueryRq>"
    row = answer(books, query)[0]
    assert [
        (link.findtext("TxnType"), link.findtext("Amount")) for link in row.iterfind("LinkedTxn")
    ] == [
        ("ReceivePayment", "-10.00"),
        ("ReceivePayment", "-5.00"),
        ("JournalEntry", "-20.00"),
        ("Deposit", "-15.00"),
    ]
    assert row.findtext("BalanceRemaining") == "50.00"
    assert books.payment(receipt).unapplied == 0
    detail = "<ReceivePaymentQueryRq><IncludeLineItems>1</IncludeLineItems></ReceivePaymentQueryRq>"
    assert answer(books, detail).findtext("*/AppliedToTxnRet/DiscountAmount") == "5.00"
    books.delete_transaction(journal)
    assert books.invoice(invoice).balance == 7000
    books.unapply(receipt)
    assert books.invoice(invoice).balance == 8500


def test_nothing_is_applied_beyond_what_is_there(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="10.00")
    credit = books.add_credit("Northside Bakery", amount="5.00")
    with pytest.raises(ValueError, match="more than"):
        books.apply_credit(credit, invoice, "5.01")
    with pytest.raises(ValueError, match="more than"):
        books.receive_by_hand("Northside Bakery", amount="20.00", invoices={invoice: "10.01"})


def test_an_edited_payment(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="10.00")
    receipt = books.receive_by_hand("Northside Bakery", amount="10.00", invoices={invoice: "10.00"})
    books.change_payment(receipt, amount="0.00", customer="O'Neill Law")
    row = answer(books, "<ReceivePaymentQueryRq/>")[0]
    assert row.findtext("TotalAmount") == "0.00"
    assert row.findtext("CustomerRef/FullName") == "O'Neill Law"
    assert books.invoice(invoice).balance == 1000


def test_edits_that_leave_a_payment_on_its_invoice(books: CompanyFile, clock: SetClock) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="10.00")
    added = payment(
        total="10.00",
        before_total="<RefNumber>CB7</RefNumber>",
        after_total=f"<ExternalGUID>{GUID}</ExternalGUID>",
        applied=to(invoice, "10.00"),
    )
    before = answer(books, added)[0]
    receipt = str(before.findtext("TxnID"))
    clock.move(hours=1)
    books.change_payment(receipt, number="4471", date=date(2026, 11, 19))
    after = answer(books, "<ReceivePaymentQueryRq/>")[0]
    assert [child.tag for child in after if child.text != before.findtext(str(child.tag))] == [
        "TimeModified",
        "EditSequence",
        "TxnDate",
        "RefNumber",
    ]
    assert after.findtext("ExternalGUID") == GUID
    assert after.findtext("TimeModified") == "2026-11-20T11:00:00-05:00"
    assert books.invoice(invoice).balance == 0
    books.change_payment(receipt, number="")
    assert answer(books, "<ReceivePaymentQueryRq/>")[0].find("RefNumber") is None


def test_the_edit_sequence_moves_with_every_edit(books: CompanyFile) -> None:
    """Also with two of them in the second in which the payment was entered."""
    receipt = books.receive_by_hand("Northside Bakery", amount="10.00")
    seen = [books.payment(receipt).edit_sequence]
    for amount_now in ("11.00", "10.00"):
        books.change_payment(receipt, amount=amount_now)
        seen.append(books.payment(receipt).edit_sequence)
    assert len(set(seen)) == 3


def test_a_deposited_payment_keeps_its_amount_and_its_customer(books: CompanyFile) -> None:
    receipt = books.receive_by_hand("Northside Bakery", amount="10.00")
    deposit = books.deposit(receipt, bank="Checking")
    for forbidden in ({"amount": "0.00"}, {"customer": "O'Neill Law"}):
        with pytest.raises(ValueError, match="out of its deposit first"):
            books.change_payment(receipt, **forbidden)  # type: ignore[arg-type]  # texts, all of them
    with pytest.raises(ValueError, match="out of its deposit first"):
        books.delete_payment(receipt)
    books.change_payment(receipt, number="4471")
    books.delete_deposit(deposit)
    books.change_payment(receipt, amount="0.00")
    assert (books.payment(receipt).number, books.payment(receipt).total) == ("4471", 0)


def delete(kind: str, txn_id: str) -> str:
    return f"<TxnDelRq><TxnDelType>{kind}</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"


def test_a_payment_is_deleted_by_a_program(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="10.00")
    receipt = books.receive_by_hand(
        "Northside Bakery", amount="10.00", invoices={invoice: "10.00"}, number="CB7"
    )
    assert code(answer(books, delete("Invoice", receipt))) == 3120
    response = answer(books, delete("ReceivePayment", receipt))
    assert [(child.tag, child.text) for child in response] == [
        ("TxnDelType", "ReceivePayment"),
        ("TxnID", receipt),
        ("TimeDeleted", "2026-11-20T10:00:00-05:00"),
        ("RefNumber", "CB7"),
    ]
    assert books.invoice(invoice).balance == 1000
    assert code(answer(books, delete("ReceivePayment", receipt))) == 3120


def test_a_deposited_payment_cannot_be_deleted(books: CompanyFile) -> None:
    receipt = books.receive_by_hand("Northside Bakery", amount="10.00")
    deposit = books.deposit(receipt, bank="Checking")
    response = answer(books, delete("ReceivePayment", receipt))
    assert code(response) == 3160
    assert "You need to delete this transaction from the deposit" in said(response)
    with pytest.raises(ValueError, match="Undeposited"):
        books.deposit(receipt, bank="Checking")
    books.delete_deposit(deposit)
    assert code(answer(books, delete("ReceivePayment", receipt))) == 0


def test_a_payment_in_a_closed_period_cannot_be_deleted(books: CompanyFile) -> None:
    receipt = books.receive_by_hand("Northside Bakery", amount="1.00", date=date(2026, 9, 30))
    books.closing_date = date(2026, 9, 30)
    assert code(answer(books, delete("ReceivePayment", receipt))) == 3161
    books.closing_date, books.dividing_date = None, date(2026, 9, 30)
    assert code(answer(books, delete("ReceivePayment", receipt))) == 3161
    assert len(books.payments()) == 1


def test_an_unknown_payment_cannot_be_deleted(books: CompanyFile) -> None:
    refused = answer(books, delete("ReceivePayment", "B68F-1621437495"))
    assert (code(refused), len(refused)) == (3120, 0)
    assert code(answer(books, delete("ReceivePayment", "-1"))) == 3000
    assert not books.deletions


def method(name: str, more: str = "") -> str:
    return (
        f"<PaymentMethodAddRq><PaymentMethodAdd><Name>{name}</Name>{more}"
        "</PaymentMethodAdd></PaymentMethodAddRq>"
    )


def test_a_payment_method_is_added_once(books: CompanyFile) -> None:
    echeck = "<PaymentMethodType>ECheck</PaymentMethodType>"
    first, second, third = answers(
        books, method("E-Check", echeck), method("e-check", echeck), method("Barter")
    )
    assert first.findtext("*/PaymentMethodType") == "ECheck"
    assert third.findtext("*/PaymentMethodType") == "Other"
    assert (code(second), said(second)) == (
        3100,
        'The name "e-check" of the list element is already in use.',
    )
    assert code(answer(books, method(""))) == 3150


def test_an_inactive_payment_method_keeps_its_name(books: CompanyFile) -> None:
    added = answer(books, method("Gift card", "<IsActive>false</IsActive>"))
    assert added.findtext("*/IsActive") == "false"
    assert code(answer(books, method("Gift card"))) == 3100
    used = payment(
        after_total="<PaymentMethodRef><FullName>Gift card</FullName></PaymentMethodRef>"
    )
    assert code(answer(books, used)) == 3140


def test_a_backup_lives_its_own_life(books: CompanyFile) -> None:
    invoice = books.add_invoice("Northside Bakery", amount="10.00")
    backup = books.backup()
    answer(books, payment(total="10.00", applied=to(invoice, "10.00")))
    assert (books.invoice(invoice).balance, backup.invoice(invoice).balance) == (0, 1000)
    assert not backup.payments()
    assert books.executed_adds.total() == 1
    assert backup.executed_adds.total() == 0


def test_a_copy_goes_on_by_the_same_clock_and_without_what_a_test_laid_out(
    books: CompanyFile, clock: SetClock
) -> None:
    books.refuse_next("HostQuery", code=1000, message="Not now.")
    books.refuse_sessions("0x80040414", "A modal dialog box is showing.")
    copy = books.backup()
    clock.move(minutes=5)
    assert code(answer(copy, "<HostQueryRq/>")) == 0
    receipt = copy.receive_by_hand("Northside Bakery", amount="1.00")
    assert copy.payment(receipt).created == clock.now
    with pytest.raises(ComError, match="0x80040414"):
        RequestProcessor(books)
    assert code(answer(books, "<HostQueryRq/>")) == 1000


def test_a_restored_file_is_as_it_was_and_gives_numbers_out_again(
    books: CompanyFile, clock: SetClock
) -> None:
    books.write_data(GUID, "FileID", GUID)
    kept = books.receive_by_hand("Northside Bakery", amount="1.00")
    backup = books.backup()
    clock.move(days=1)
    lost = books.receive_by_hand("Northside Bakery", amount="2.00", number="CB7")
    books.delete_payment(kept)
    books.delete_customer("O'Neill Law:Lakeview")
    books.add_customer("Prairie Wind Yoga")
    books.write_data(GUID, "FileID", "")
    clock.move(days=1)
    books.behaviour.keeps_external_guid = False
    books.restore(backup)
    assert [receipt.txn_id for receipt in books.payments()] == [kept]
    assert not books.deletions
    assert not books.list_deletions
    assert books.find_customer("O'Neill Law:Lakeview") is not None
    assert books.find_customer("Prairie Wind Yoga") is None
    assert books.data_of(GUID) == {"FileID": GUID}
    assert not books.behaviour.keeps_external_guid  # QuickBooks is the same program
    new = books.receive_by_hand("Northside Bakery", amount="3.00")
    number, _, seconds = new.partition("-")
    assert number == lost.partition("-")[0]
    assert seconds == str(int(clock.now.timestamp()))
    # The backup itself may be restored again.
    books.restore(backup)
    assert [receipt.txn_id for receipt in books.payments()] == [kept]
    assert len(backup.payments()) == 1


@pytest.mark.parametrize(
    ("is_open", "path", "hresult"),
    [
        (True, "", None),
        (True, r"c:\books\ROCK_CASTLE.qbw", None),
        (True, r"C:\Books\other.qbw", "0x8004040A"),
        (False, "", "0x80040416"),
        (False, r"C:\Books\rock_castle.qbw", None),
        (False, r"C:\Books\other.qbw", "0x80040403"),
    ],
)
def test_which_file_a_session_opens(
    books: CompanyFile, *, is_open: bool, path: str, hresult: str | None
) -> None:
    books.is_open = is_open
    if hresult is None:
        assert RequestProcessor(books, path=path).process(message_set("<HostQueryRq/>"))
        return
    with pytest.raises(ComError) as caught:
        RequestProcessor(books, path=path)
    assert caught.value.hresult == hresult


def test_a_closed_quickbooks_that_no_program_may_open(books: CompanyFile) -> None:
    books.is_open = books.may_sign_in = False
    with pytest.raises(ComError, match="0x8004041D"):
        RequestProcessor(books, path=books.path)
    books.is_open = True
    assert RequestProcessor(books).books is books


def test_a_modal_dialog_lets_nobody_in(books: CompanyFile) -> None:
    books.refuse_sessions("0x80040414", "A modal dialog box is showing in QuickBooks.")
    with pytest.raises(ComError, match="0x80040414"):
        RequestProcessor(books)
    assert RequestProcessor(books).books is books


class DiesBefore:
    """A hook: QuickBooks is gone before it executes the request at that place."""

    def __init__(self, index: int) -> None:
        self.index = index

    def before_execute(self, index: int) -> None:
        if index == self.index:
            raise ComError("0x800706BA", "The RPC server is unavailable.")


def test_quickbooks_may_die_half_way(books: CompanyFile) -> None:
    session = RequestProcessor(books, hook=DiesBefore(1))
    with pytest.raises(ComError, match="0x800706BA"):
        session.process(message_set(payment(total="1.00"), payment(total="2.00")))
    assert [receipt.total for receipt in books.payments()] == [100]


@pytest.mark.parametrize(
    ("choke", "hresult", "words"),
    [
        (unparsable, "0x80040400", "found an error when parsing the provided XML text stream."),
        (unsupported_version, "0x80040423", "The version of qbXML that was requested"),
    ],
)
def test_quickbooks_may_choke_on_a_text(
    books: CompanyFile, choke: Callable[[str], ComError], hresult: str, words: str
) -> None:
    """The whole set is refused before any of it is executed; the session lives on."""
    books.behaviour.chokes_on = "<TotalAmount>2.00"
    books.behaviour.choke = choke
    session = RequestProcessor(books)
    with pytest.raises(ComError, match=words) as refused:
        session.process(message_set(payment(total="1.00"), payment(total="2.00")))
    assert refused.value.hresult == hresult
    assert books.payments() == []
    session.process(message_set(payment(total="1.00"), payment(total="3.00")))
    assert [receipt.total for receipt in books.payments()] == [100, 300]


def test_answers_are_printed_as_quickbooks_prints_them(books: CompanyFile) -> None:
    books.add_customer('Café O\'Neill & Co "9"')
    query = (
        '<CustomerQueryRq><FullName>Caf&#233; O\'Neill &amp; Co "9"</FullName></CustomerQueryRq>'
    )
    text = RequestProcessor(books).process(message_set(query, '<InvoiceQueryRq requestID="2"/>'))
    assert text.startswith('<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n<CustomerQueryRs ')
    assert "\n<Name>Caf&#233; O&apos;Neill &amp; Co &quot;9&quot;</Name>\n" in text
    assert (
        '\n<InvoiceQueryRs requestID="2" statusCode="1" statusSeverity="Info" statusMessage='
        '"A query request did not find a matching object in QuickBooks." />\n'
    ) in text
    assert text.isascii()
    assert "<?qbxml" not in text
    assert read(text)[0].findtext("*/Name") == 'Café O\'Neill & Co "9"'


def test_an_empty_message_set_has_an_empty_answer(books: CompanyFile) -> None:
    assert read(RequestProcessor(books).process(message_set())) == []
