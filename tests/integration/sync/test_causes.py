"""Why a payment was rejected: each row of the table, as a bookkeeper brought it about.

She does something between a customer's payment and the sync; the cause named is what she did, the
evidence is what she would find, and it heals when she takes it back, if the table says so.
"""

from collections.abc import Callable
from datetime import date

import pytest

from qbwc_server.services.payments import RejectionView
from scripts.simulate.quickbooks import refusals
from tests.integration.sync.firm import Firm, kinds, sent, update

CAFE, HARPER = "Café Belém", "Harper Dental Group"


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    firm.books.add_customer(HARPER)
    return firm


def owed(firm: Firm, amount: str = "100.00", number: str = "2102", customer: str = CAFE) -> str:
    """Owe an invoice that the payment site knows: it was imported before the customer paid."""
    txn_id = firm.books.add_invoice(customer, amount=amount, number=number)
    update(firm.pc(f"PC {len(firm.queued)}-{number}", primary=False))
    firm.clock.move(hours=2)
    return txn_id


def why(firm: Firm, payment: str) -> RejectionView:
    rejection = firm.payment(payment).rejection
    assert rejection is not None, firm.payment(payment).status
    return rejection


def told(firm: Firm, payment: str) -> tuple[str, str | None]:
    rejection = why(firm, payment)
    return rejection.cause.value, rejection.variant


def test_paid_by_hand(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.receive_by_hand(
        CAFE, amount="100.00", number="1071", invoices={invoice: "100.00"}, date=date(2026, 11, 1)
    )
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("paid_in_quickbooks", "by_hand")
    rejection = why(firm, payment)
    assert rejection.summary == (
        "Invoice 2102 is already paid in QuickBooks, by payment 1071 of 2026-11-01 for 100.00."
    )
    (row,) = rejection.evidence
    assert (row["type"], row["number"], row["amount"]) == ("payment", "1071", "100.00")
    assert rejection.facts["found_txn_id"] == row["txn_id"]
    firm.clock.move(hours=2)
    firm.books.delete_payment(row["txn_id"])
    update(pc)
    assert firm.payment(payment).status == "rejected"  # a person says: post it now


def test_paid_in_part_by_hand(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.receive_by_hand(CAFE, amount="40.00", number="1072", invoices={invoice: "40.00"})
    update(firm.pc())
    assert told(firm, payment) == ("paid_in_quickbooks", "part")
    assert "60.00 is left" in why(firm, payment).summary


@pytest.mark.parametrize("kind", ["Deposit", "JournalEntry"])
def test_paid_by_a_deposit_line_or_a_journal_entry(firm: Firm, kind: str) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.pay_otherwise(invoice, kind=kind, amount="100.00", number="J-9")
    update(firm.pc())
    assert told(firm, payment) == ("paid_in_quickbooks", "by_hand")


def test_paid_twice_online(firm: Firm) -> None:
    """Both arrive before the sync: the second waits until the first is in QuickBooks."""
    invoice = owed(firm)
    first = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    second = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    session = update(firm.pc())
    assert firm.statuses() == {first: "posted", second: "rejected"}
    assert told(firm, second) == ("paid_in_quickbooks", "twice")
    assert firm.payment(first).reference in why(firm, second).summary
    assert firm.attempts(second) == []
    assert session.status.startswith("1 payment posted, 1 needs you")


def test_paid_twice_online_in_two_message_sets(opened: Callable[..., Firm]) -> None:
    """The second is looked at when the first is in QuickBooks already, and not imported yet."""
    firm = opened(message_set_max=1, import_page_size=1)
    firm.books.add_customer(CAFE)
    invoice = owed(firm)
    first = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    second = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2026-11-10")
    update(firm.pc())
    assert firm.statuses() == {first: "posted", second: "rejected"}
    assert told(firm, second) == ("paid_in_quickbooks", "twice")
    (row,) = why(firm, second).evidence
    there = firm.payment(first)
    assert (row["type"], row["txn_id"], row["number"], row["amount"]) == (
        "online payment",
        there.txn_id,
        there.reference,
        "100.00",
    )


def test_several_payments_for_one_invoice_go_in_together(firm: Firm) -> None:
    invoice = owed(firm)
    for _ in range(4):
        firm.pay(CAFE, "25.00", {invoice: "25.00"})
    session = update(firm.pc())
    assert set(firm.statuses().values()) == {"posted"}
    assert [len(each) for each in sent(session, "ReceivePaymentAdd")] == [4]


def test_something_like_it_is_there_already(firm: Firm) -> None:
    """The day of going live: the bookkeeper has typed it in, on no invoice yet."""
    invoice = owed(firm)
    entry = firm.books.receive_by_hand(CAFE, amount="100.00", number="9", date=date(2026, 11, 18))
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    update(firm.pc())
    assert told(firm, payment) == ("paid_in_quickbooks", "look_alike")
    assert why(firm, payment).facts["found_txn_id"] == entry
    assert firm.attempts(payment) == []
    firm.services.review.act(
        firm.company_file_id, payment, {"action": "post_anyway"}, by="bookkeeper"
    )
    update(firm.pc("Other PC", primary=False))
    assert firm.payment(payment).status == "posted"


def test_a_credit_was_applied_and_is_taken_back(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    credit = firm.books.add_credit(CAFE, amount="30.00", number="C-7")
    firm.books.apply_credit(credit, invoice, "30.00")
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("credit_applied", "memo")
    assert why(firm, payment).summary == (
        "Credit memo C-7 was applied to invoice 2102; 70.00 is left on it, and this payment was "
        "for 100.00."
    )
    firm.clock.move(hours=2)
    firm.books.unapply(credit)
    session = update(pc)
    assert firm.payment(payment).status == "posted"
    assert len(kinds(session)) == 2
    assert firm.payment(payment).history[-3].note == (
        "What was in the way is gone, so it goes to QuickBooks."
    )


def credit_of_another_job(firm: Firm, invoice: str, amount: str) -> str:
    firm.books.add_customer(f"{CAFE}:Shed")
    memo = firm.books.add_credit(f"{CAFE}:Shed", amount="100.00", number="C-8")
    return firm.books.move_credit(memo, invoice, amount, number="J-8")


@pytest.mark.parametrize("amount", ["30.00", "100.00"])
def test_a_credit_of_another_job_was_applied(firm: Firm, amount: str) -> None:
    """QuickBooks moves it with a journal entry; the credit memo is shown beside that."""
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    entry = credit_of_another_job(firm, invoice, amount)
    update(firm.pc())
    assert told(firm, payment) == ("credit_applied", "moved_credit")
    journal, memo = why(firm, payment).evidence
    assert (journal["type"], journal["txn_id"], journal["amount"]) == (
        "journal entry",
        entry,
        amount,
    )
    assert (memo["type"], memo["number"], memo["amount"]) == ("credit memo", "C-8", amount)


def test_a_credit_of_another_job_that_came_after_the_look_is_known_at_the_next(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    pc = firm.pc()
    session = pc.begin()
    while session.step():
        if "ReceivePaymentAddRq" in session.calls[-1].answer:
            firm.clock.move(seconds=1)
            credit_of_another_job(firm, invoice, "30.00")
    assert told(firm, payment) == ("balance_changed", "journal")
    firm.clock.move(hours=2)
    update(pc)
    assert told(firm, payment) == ("credit_applied", "moved_credit")


def test_a_journal_entry_lowered_it(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.pay_otherwise(invoice, kind="JournalEntry", amount="20.00", number="J-4")
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "journal")


def test_a_discount_was_given(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "60.00", {invoice: "60.00"})
    earlier = firm.books.receive_by_hand(CAFE, amount="40.00", invoices={invoice: "40.00"})
    update(firm.pc("PC A", primary=False))
    assert firm.payment(payment).status == "posted"
    firm.books.unapply(firm.payment(payment).txn_id or "")
    late = firm.pay(CAFE, "60.00", {invoice: "60.00"}, received_on="2026-08-01")
    firm.clock.move(hours=2)
    firm.books.give_discount(earlier, invoice, "10.00")
    update(firm.pc("PC B", primary=False))
    assert told(firm, late) == ("balance_changed", "discount")


def test_the_total_was_edited_and_edited_back(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.change_invoice(invoice, amount="80.00")
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("balance_changed", "edited")
    assert why(firm, payment).facts["balance_before"] == "100.00"
    firm.clock.move(hours=2)
    firm.books.change_invoice(invoice, amount="100.00")
    update(pc)
    assert firm.payment(payment).status == "posted"


def test_a_few_cents(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.02", {invoice: "100.02"})
    update(firm.pc())
    assert told(firm, payment) == ("balance_changed", "cents")


def test_still_pending(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.change_invoice(invoice, pending=True)
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("balance_changed", "pending")
    firm.clock.move(hours=2)
    firm.books.change_invoice(invoice, pending=False)
    update(pc)
    assert firm.payment(payment).status == "posted"


def test_deleted(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.delete_invoice(invoice)
    update(firm.pc())
    assert told(firm, payment) == ("invoice_deleted", "plain")
    assert "Invoice 2102 was deleted in QuickBooks on " in why(firm, payment).summary


def test_deleted_before_it_was_ever_imported(firm: Firm) -> None:
    invoice = firm.books.add_invoice(CAFE, amount="100.00", number="2102")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.delete_invoice(invoice)
    update(firm.pc())
    assert told(firm, payment) == ("invoice_deleted", "plain")


def test_deleted_and_entered_again(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2027-01-01")
    new = firm.books.recreate_invoice(invoice)
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("invoice_recreated", "twin")
    assert why(firm, payment).facts["new_invoice_txn_id"] == new
    firm.services.companies.set(firm.company_id, {"use_twins": "yes"})
    firm.clock.move(hours=2)
    firm.books.change_invoice(new, due_date=date(2027, 1, 1))
    update(pc)
    assert firm.payment(payment).status == "posted"
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [new]


def links(firm: Firm, payment: str) -> list[str]:
    return [link.invoice.txn_id for link in firm.receipt(payment).links]


def entered_again(firm: Firm, invoice: str) -> str:
    """Delete an invoice and enter it once more, exactly as it was."""
    firm.clock.move(minutes=1)
    return firm.books.recreate_invoice(invoice)


def test_a_payment_is_not_in_its_own_way_when_it_goes_to_the_twin_again(firm: Firm) -> None:
    """QuickBooks had the new invoice in use at the first try."""
    firm.services.companies.set(firm.company_id, {"use_twins": "yes"})
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    new = entered_again(firm, invoice)
    firm.books.refuse_next("ReceivePaymentAdd", code=3175, message="It is in use.")
    pc = firm.pc()
    update(pc)
    assert firm.payment(payment).status == "queued"
    firm.clock.move(hours=2)
    update(pc)
    assert firm.payment(payment).status == "posted"
    assert links(firm, payment) == [new]


@pytest.mark.parametrize("use_twins", ["yes", "no"])
def test_part_payments_that_fit_together_are_not_in_each_others_way(
    firm: Firm, use_twins: str
) -> None:
    invoice = owed(firm)
    first = firm.pay(CAFE, "40.00", {invoice: "40.00"})
    new = entered_again(firm, invoice)
    pc = firm.pc()
    firm.services.companies.set(firm.company_id, {"use_twins": "yes"})
    update(pc)
    assert links(firm, first) == [new]
    firm.clock.move(hours=2)
    firm.services.companies.set(firm.company_id, {"use_twins": use_twins})
    second = firm.pay(CAFE, "60.00", {invoice: "60.00"})
    update(pc)
    if use_twins == "yes":
        assert links(firm, second) == [new]
    else:
        assert told(firm, second) == ("invoice_recreated", "twin")
        assert why(firm, second).facts["new_invoice_txn_id"] == new


@pytest.mark.parametrize("use_twins", ["yes", "no"])
def test_the_new_invoice_is_another_payments(firm: Firm, use_twins: str) -> None:
    """It is told of, and not used: the customer paid the new one by itself."""
    firm.services.companies.set(firm.company_id, {"use_twins": use_twins})
    invoice = owed(firm)
    new = entered_again(firm, invoice)
    update(firm.pc())
    other = firm.pay(CAFE, "100.00", {new: "100.00"}, received_on="2026-11-21")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2026-11-19")
    update(firm.pc("Other PC", primary=False))
    assert firm.statuses() == {other: "posted", payment: "rejected"}
    assert told(firm, payment) == ("invoice_recreated", "differs")
    assert "new_invoice_txn_id" not in why(firm, payment).facts
    assert why(firm, payment).summary.endswith(
        f"and entered again, and online payment {other} is for the new invoice."
    )


def test_entered_again_with_another_amount(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    new = firm.books.recreate_invoice(invoice)
    firm.books.change_invoice(new, amount="120.00")
    update(firm.pc())
    assert told(firm, payment) == ("invoice_recreated", "differs")
    assert "new_invoice_txn_id" not in why(firm, payment).facts


def test_entered_again_after_the_sync_saw_it_gone(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2027-01-01")
    firm.books.delete_invoice(invoice)
    pc = firm.pc()
    update(pc)
    firm.clock.move(hours=2)
    new = firm.books.add_invoice(CAFE, amount="100.00", number="2102")
    update(pc)
    assert told(firm, payment) == ("invoice_recreated", "twin")
    assert why(firm, payment).facts["new_invoice_txn_id"] == new


def test_a_twin_entered_after_the_sync_saw_it_gone_is_used_where_the_company_says_so(
    firm: Firm,
) -> None:
    firm.services.companies.set(firm.company_id, {"use_twins": "yes"})
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.delete_invoice(invoice)
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("invoice_deleted", "plain")
    firm.clock.move(hours=2)
    other = firm.books.add_invoice(CAFE, amount="120.00", number="2102")
    update(pc)
    assert told(firm, payment) == ("invoice_recreated", "differs")
    firm.clock.move(hours=2)
    firm.books.delete_invoice(other)
    update(pc)
    assert told(firm, payment) == ("invoice_deleted", "plain")
    firm.clock.move(hours=2)
    new = firm.books.add_invoice(CAFE, amount="100.00", number="2102")
    update(pc)
    assert links(firm, payment) == [new]


def test_voided(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.void_invoice(invoice)
    update(firm.pc())
    assert told(firm, payment) == ("invoice_voided", "plain")


def test_an_inactive_customer_that_comes_back(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.make_inactive(CAFE)
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("customer_unavailable", "inactive")
    assert why(firm, payment).status_code == 3140
    firm.clock.move(hours=2)
    firm.books.make_active(CAFE)
    update(pc)
    assert firm.payment(payment).status == "posted"
    assert firm.times_in_quickbooks(payment) == 1


@pytest.mark.parametrize("job", ["", ":Garden"])
def test_an_inactive_customer_whose_balance_changes_is_still_inactive(firm: Firm, job: str) -> None:
    """Nothing is sent until it is active; QuickBooks' refusal would say what is known."""
    if job:
        firm.books.add_customer(CAFE + job)
    invoice = owed(firm, customer=CAFE + job)
    other = firm.books.add_invoice(CAFE + job, amount="20.00", number="2103")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.make_inactive(CAFE + job)
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("customer_unavailable", "inactive")
    for amount in ("30.00", "40.00"):
        firm.clock.move(hours=2)
        firm.books.change_invoice(other, amount=amount)
        assert sent(update(pc), "ReceivePaymentAdd") == []
    assert len(firm.attempts(payment)) == 1
    firm.clock.move(hours=2)
    firm.books.make_active(CAFE + job)
    update(pc)
    assert firm.payment(payment).status == "posted"


def test_a_merged_customer(firm: Firm) -> None:
    list_id = firm.books.customer(CAFE).list_id
    invoice = owed(firm)
    payment = firm.pay({"list_id": list_id}, "100.00", {invoice: "100.00"})
    firm.books.merge_customers(CAFE, into=HARPER)
    update(firm.pc())
    assert told(firm, payment) == ("customer_unavailable", "merged")
    facts = why(firm, payment).facts
    assert facts["invoice_customer"] == HARPER
    assert facts["invoice_customer_list_id"] == firm.books.customer(HARPER).list_id


def test_moved_to_another_customer(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.change_invoice(invoice, customer=HARPER)
    update(firm.pc())
    assert told(firm, payment) == ("wrong_customer", "customer")


def test_a_method_that_quickbooks_does_not_have_until_it_does(firm: Firm) -> None:
    payment = firm.pay(CAFE, "100.00", method="Store card")
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("unknown_reference", "method")
    firm.clock.move(hours=2)
    firm.books.add_payment_method("Store card", "Other")
    update(pc)
    assert firm.payment(payment).status == "posted"


def test_an_invoice_number_that_comes_later(firm: Firm) -> None:
    part = {"invoice": {"number": "3001"}, "amount": "10.00"}
    payment = firm.pay(CAFE, "10.00", [part])
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("unknown_reference", "invoice_none")
    firm.clock.move(hours=2)
    firm.books.add_invoice(CAFE, amount="10.00", number="3001")
    update(pc)
    assert firm.payment(payment).status == "posted"


def test_closed_books_are_no_invitation_when_they_are_opened(firm: Firm) -> None:
    firm.books.closing_date = date(2026, 11, 30)
    payment = firm.pay(CAFE, "100.00", received_on="2026-11-20")
    pc = firm.pc()
    update(pc)
    assert told(firm, payment) == ("closed_period", "closing")
    assert why(firm, payment).facts["first_open_day"] == "2026-12-01"
    firm.books.closing_date = None
    firm.clock.move(hours=2)
    update(pc)
    assert firm.payment(payment).status == "rejected"


@pytest.mark.parametrize(
    ("code", "variant"), [(3260, "rights"), (3261, "application"), (3263, "read_only")]
)
def test_not_permitted_pauses_and_one_is_tried(firm: Firm, code: int, variant: str) -> None:
    paid = [firm.pay(CAFE, f"{number}0.00") for number in range(1, 4)]
    firm.books.refuse_next("ReceivePaymentAdd", code=code, message="No.", times=5)
    pc = firm.pc()
    update(pc)
    assert told(firm, paid[0]) == ("not_permitted", variant)
    tried = []
    for _ in range(2):
        firm.clock.move(hours=1)
        session = update(pc)
        tried += [len(each) for each in sent(session, "ReceivePaymentAdd")]
    assert set(tried) == {1}
    firm.clock.move(hours=1)
    firm.books.refuse_next("ReceivePaymentAdd", code=code, message="No.", times=0)
    update(pc)
    update(pc)
    assert set(firm.statuses().values()) == {"posted"}
    assert {firm.times_in_quickbooks(payment) for payment in paid} == {1}


def test_refused_although_the_books_show_nothing_is_invalid_in_quickbooks_words(firm: Firm) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.refuse_next(
        "ReceivePaymentAdd", code=3180, message=refusals.cannot_save("The credit limit.").message
    )
    session = update(firm.pc())
    assert told(firm, payment) == ("invalid", "plain")
    assert "The credit limit." in why(firm, payment).summary
    assert kinds(session)[-1] == ["InvoiceQuery", "ReceivePaymentQuery"]


def test_the_second_look_finds_what_changed_after_the_import(firm: Firm) -> None:
    """Somebody pays the invoice in QuickBooks between our look and our payment."""
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    session = firm.pc().begin()
    while session.step():
        if "ReceivePaymentAddRq" in session.calls[-1].answer:
            firm.clock.move(seconds=1)
            firm.books.receive_by_hand(CAFE, amount="100.00", invoices={invoice: "100.00"})
    assert told(firm, payment) == ("paid_in_quickbooks", "by_hand")
    assert why(firm, payment).status_code == 3120


def test_a_session_costs_the_same_however_many_were_rejected(
    opened: Callable[..., Firm],
) -> None:
    """With many rejected payments waiting, one changed invoice costs no more exchanges."""
    firm = opened()
    firm.books.add_customer(CAFE)
    invoices = [
        firm.books.add_invoice(CAFE, amount="10.00", number=str(number)) for number in range(30)
    ]
    pc = firm.pc()
    update(pc)
    for number, invoice in enumerate(invoices):
        firm.pay(CAFE, f"{20 + number}.00", {invoice: f"{20 + number}.00"})
    firm.clock.move(hours=2)
    update(pc)
    assert set(firm.statuses().values()) == {"rejected"}
    firm.clock.move(hours=30)
    firm.books.change_invoice(invoices[0], amount="20.00")
    session = update(pc)
    assert list(firm.statuses().values()).count("posted") == 1
    assert len(kinds(session)) == 2


def test_a_question_that_quickbooks_refused_is_the_reason_why_a_payment_waits(firm: Firm) -> None:
    pc = firm.pc()
    update(pc)
    firm.clock.move(hours=2)
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-11-01"})
    invoice = firm.books.add_invoice(CAFE, amount="100.00", number="2102", date=date(2026, 1, 5))
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.refuse_next("InvoiceQuery", code=1000, message="Not now.", times=2)
    update(pc)
    assert firm.payment(payment).status == "queued"
    (row,) = firm.rows("SELECT note FROM payment")
    assert row["note"] == (
        "QuickBooks did not answer what was asked about it, so it waits for the next sync: Not now."
    )
    firm.clock.move(hours=2)
    update(pc)
    assert firm.payment(payment).status == "posted"
    assert firm.rows("SELECT note FROM payment") == [{"note": None}]
