"""What the support articles tell people of payments, rejections and invoices, and that it is so.

Two articles of a product that people know: "Payments failing to transfer", and that article once
more in a list of questions with others around it. A test for each sentence that concerns us here,
named by what the sentence says; what is told of pages, users, set-up, deposits and refunds is not.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from qbwc_server.errors import Refused
from qbwc_server.services.mappings import What
from qbwc_server.services.needs_you import Notice
from scripts.simulate.quickbooks import refusals
from scripts.simulate.web_connector import WebConnector
from sync_core.lifecycle import PaymentStatus
from sync_core.reason import Reason
from tests.integration import smtp
from tests.integration.sync.firm import Firm, kinds, sent, update
from tests.integration.sync.test_causes import CAFE, HARPER, owed, told, why


@pytest.fixture
def firm(firm: Firm) -> Firm:
    firm.books.add_customer(CAFE)
    firm.books.add_customer(HARPER)
    return firm


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    return firm.pc()


def sync(firm: Firm, pc: WebConnector) -> None:
    """Let the next sync run, two hours later."""
    firm.clock.move(hours=2)
    update(pc)


def act(firm: Firm, payment: str, action: str, **more: Any) -> None:
    given = {"action": action, **more}
    firm.services.review.act(firm.company_file_id, payment, given, by="ann")


def due(firm: Firm, customer: str = CAFE) -> int:
    """Say what a customer owes by QuickBooks, in cents."""
    return firm.books.customer(customer).total_balance


def missing(firm: Firm, number: str) -> Reason:
    list_id = firm.books.customer(CAFE).list_id
    return firm.services.missing_invoice.explain(firm.company_file_id, list_id, number).reason


# "Payments failing to transfer"


def test_a_payment_can_be_rejected_when_the_sync_tries_to_record_it(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    no = refusals.cannot_save("Something of QuickBooks' own.")
    firm.books.refuse_next("ReceivePaymentAdd", code=no.code, message=no.message)
    sync(firm, pc)
    assert firm.payment(payment).status == PaymentStatus.REJECTED
    assert firm.times_in_quickbooks(payment) == 0


def by_hand(firm: Firm, invoice: str) -> None:
    firm.books.receive_by_hand(CAFE, amount="100.00", invoices={invoice: "100.00"})


def by_credit(firm: Firm, invoice: str) -> str:
    credit = firm.books.add_credit(CAFE, amount="30.00", number="C-7")
    firm.books.apply_credit(credit, invoice, "30.00")
    return credit


def anew(firm: Firm, invoice: str) -> str:
    return firm.books.recreate_invoice(invoice)


# The three examples that the article gives of what somebody may have done to an invoice.
EXAMPLES: dict[str, tuple[Callable[[Firm, str], object], str]] = {
    "applied by hand": (by_hand, "paid_in_quickbooks"),
    "a credit memo applied": (by_credit, "credit_applied"),
    "deleted and recreated": (anew, "invoice_recreated"),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_usual_reason_is_that_one_of_its_invoices_was_modified_in_quickbooks(
    firm: Firm, pc: WebConnector, example: str
) -> None:
    """One of two invoices; the payment is rejected as a whole, and the other one stays open."""
    modify, cause = EXAMPLES[example]
    other, invoice = owed(firm, "20.00", "1"), owed(firm)
    payment = firm.pay(CAFE, "120.00", {other: "20.00", invoice: "100.00"})
    modify(firm, invoice)
    sync(firm, pc)
    assert told(firm, payment)[0] == cause
    assert not firm.books.executed_adds
    assert firm.books.invoice(other).balance == 2000


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_is_investigated_to_determine_the_cause(
    firm: Firm, pc: WebConnector, example: str
) -> None:
    """By us: what was done is in the evidence, and the steps say what to do about it."""
    modify, cause = EXAMPLES[example]
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    modify(firm, invoice)
    sync(firm, pc)
    rejection = why(firm, payment)
    assert rejection.cause == cause
    assert {row["txn_id"] for row in rejection.evidence} & set(firm.books.transactions)
    assert all((rejection.summary, rejection.books, rejection.who, rejection.steps))


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_is_made_sure_that_the_client_is_given_credit(
    firm: Firm, pc: WebConnector, example: str
) -> None:
    """Whatever the cause, one act leads to books in which the money is received, once."""
    settle: dict[str, tuple[str, int]] = {
        "applied by hand": ("link", 0),
        "a credit memo applied": ("apply_what_fits", -3000),
        "deleted and recreated": ("use_new_invoice", 0),
    }
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2026-12-31")
    EXAMPLES[example][0](firm, invoice)
    sync(firm, pc)
    action, left = settle[example]
    act(firm, payment, action)
    sync(firm, pc)
    assert [receipt.total for receipt in firm.books.payments()] == [10000]
    assert due(firm) == left


def test_of_one_that_was_created_and_applied_by_hand_syncing_may_be_dismissed_at_once(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    by_hand(firm, invoice)
    sync(firm, pc)
    assert "dismiss" in why(firm, payment).remedies
    act(firm, payment, "dismiss", note="entered by hand")
    assert firm.payment(payment).status == PaymentStatus.DISMISSED


def test_it_may_be_deleted_so_that_the_history_does_not_show_it(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    by_hand(firm, invoice)
    sync(firm, pc)
    act(firm, payment, "delete")
    assert firm.services.payments.page(firm.company_file_id).items == []
    shown = firm.payment(payment)  # the audit trail keeps it
    assert (shown.status, shown.deleted_at is None) == (PaymentStatus.DISMISSED, False)


@pytest.mark.parametrize("action", ["dismiss", "delete"])
def test_the_client_has_been_given_credit_and_the_account_reconciles(
    firm: Firm, pc: WebConnector, action: str
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    by_hand(firm, invoice)
    sync(firm, pc)
    act(firm, payment, action, note="entered by hand")
    sync(firm, pc)
    assert due(firm) == 0
    assert firm.books.invoice(invoice).is_paid
    assert firm.times_in_quickbooks(payment) == 0
    assert firm.books.account_balance(firm.books.undeposited_funds()) == 10000


def test_unapplying_the_credit_memo_reopens_the_full_balance(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    credit = by_credit(firm, invoice)
    sync(firm, pc)
    assert why(firm, payment).facts["invoice_balance"] == "70.00"
    firm.books.unapply(credit)
    assert firm.books.invoice(invoice).balance == 10000


def test_the_payment_reconciles_automatically_on_the_next_sync(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    credit = by_credit(firm, invoice)
    sync(firm, pc)
    firm.clock.move(hours=1)
    firm.books.unapply(credit)
    session = update(pc)
    assert [len(some) for some in sent(session, "ReceivePaymentAdd")] == [1]
    assert firm.payment(payment).status == PaymentStatus.POSTED
    assert {event.by for event in firm.payment(payment).history[1:]} == {"session"}
    assert firm.books.invoice(invoice).is_paid
    assert firm.times_in_quickbooks(payment) == 1


@pytest.mark.parametrize("when", ["before the next sync", "later"])
def test_the_credit_can_be_applied_to_another_invoice_or_kept_for_a_future_one(
    firm: Firm, pc: WebConnector, when: str
) -> None:
    invoice, other = owed(firm), owed(firm, "30.00", "2103")
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    credit = by_credit(firm, invoice)
    sync(firm, pc)
    firm.clock.move(hours=1)
    firm.books.unapply(credit)
    if when == "before the next sync":
        firm.books.apply_credit(credit, other, "30.00")
    update(pc)
    assert firm.payment(payment).status == PaymentStatus.POSTED
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [invoice]
    if when == "later":
        assert firm.books.transactions[credit].unapplied == 3000  # nothing of ours has used it
        firm.books.apply_credit(credit, other, "30.00")
    sync(firm, pc)
    assert (firm.books.invoice(other).is_paid, due(firm)) == (True, 0)


def test_an_invoice_that_was_deleted_and_recreated_breaks_the_mapping(
    firm: Firm, pc: WebConnector
) -> None:
    """The payment means one that is gone; which one is new is found, and not used unasked."""
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2026-12-31")
    new = anew(firm, invoice)
    for _ in range(2):
        sync(firm, pc)
        assert told(firm, payment) == ("invoice_recreated", "twin")
    assert why(firm, payment).facts["new_invoice_txn_id"] == new
    assert firm.books.invoice(new).balance == 10000


def recreated_by_hand(firm: Firm, invoice: str) -> str:
    return firm.books.receive_by_hand(CAFE, amount="100.00", invoices={invoice: "100.00"})


def test_then_the_payment_is_recreated_by_hand_and_dismissed_so_that_it_is_not_sent_any_more(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"}, received_on="2026-12-31")
    new = anew(firm, invoice)
    sync(firm, pc)
    entry = recreated_by_hand(firm, new)
    act(firm, payment, "dismiss", note="entered by hand", txn_id=entry)
    firm.services.companies.set(firm.company_id, {"use_twins": "yes"})
    firm.books.change_invoice(new, due_date=date(2026, 12, 31))
    sync(firm, pc)
    sync(firm, pc)
    assert firm.payment(payment).recorded_as == [entry]
    assert [one.txn_id for one in firm.books.payments()] == [entry]
    assert due(firm) == 0


def test_where_no_cause_is_identified_the_same_procedure_settles_it(
    firm: Firm, pc: WebConnector
) -> None:
    """One isolated failure: QuickBooks' own sentence is shown, it is entered by hand, dismissed."""
    invoice = owed(firm)
    others = [firm.pay(HARPER, f"{number}.00") for number in range(1, 21)]
    sync(firm, pc)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    no = refusals.cannot_save("The credit limit.")
    firm.books.refuse_next("ReceivePaymentAdd", code=no.code, message=no.message)
    sync(firm, pc)
    assert told(firm, payment) == ("invalid", "plain")
    assert "The credit limit." in why(firm, payment).summary
    entry = recreated_by_hand(firm, invoice)
    act(firm, payment, "dismiss", note="entered by hand", txn_id=entry)
    sync(firm, pc)
    assert due(firm) == 0
    assert {firm.payment(one).status for one in others} == {PaymentStatus.POSTED}
    with pytest.raises(Refused):
        act(firm, payment, "retry")


def test_payments_that_fail_frequently_are_told_with_the_setting_in_need_of_attention(
    opened: Callable[..., Firm],
) -> None:
    """A method that QuickBooks does not have, with a tenth of a month's payments.

    The same sentence on the Overview, over the API and in the e-mail, with what to look at; that
    done once, all of them go.
    """
    with smtp.serving() as mail:
        firm = opened(
            smtp_host="127.0.0.1",
            smtp_port=mail.port,
            smtp_security="none",
            smtp_from="sync@pay.example.com",
        )
        firm.books.add_customer(CAFE)
        firm.services.companies.set(firm.company_id, {"contacts": "mia@prairie.example"})
        pc = firm.pc()
        for number in range(1, 46):
            firm.pay(CAFE, f"{number}.00", method="Visa" if number > 4 else "Gift card")
        sync(firm, pc)
        assert firm.services.notices.send_due() == 1
        assert firm.services.needs_you.notices(firm.company_file_id)[1] == ""  # 4 of 45: isolated
        assert "of the last 30 days' payments" not in mail.texts[0]
        last = firm.pay(CAFE, "46.00", method="Gift card")
        sync(firm, pc)
        frequently = (
            "10 % of the last 30 days' payments were refused (5 of 46). Most often: not found in "
            "QuickBooks. Set the payment methods once under Settings."
        )
        assert firm.services.needs_you.notices(firm.company_file_id)[1] == frequently
        told_over_api = firm.services.companies.standing(firm.company_file_id)
        assert told_over_api.notices == [frequently]
        assert firm.services.notices.send_due() == 1
        assert " ".join(mail.texts[1].split()).count(frequently) == 1
        # The setting, once: what was refused for it goes by itself.
        act(firm, last, "choose_method", method={"name": "Visa"})
        sync(firm, pc)
        assert set(firm.statuses().values()) == {"posted"}


# What QuickBooks says when the sync's user, or the sync, may not; and what to click there.
FORBIDDEN: dict[str, tuple[int, str, str]] = {
    "rights": (3260, refusals.NO_PERMISSION, "**External Accountant** or all areas"),
    "application": (
        3261,
        "The application has no permission.",
        "**Properties**, and allow it to read and modify",
    ),
    "read_only": (3263, "The company file is read-only.", "the subscription has expired"),
    "feature": (3250, "This feature is not enabled.", "Switch it on in **Edit > Preferences**"),
}


@pytest.mark.parametrize("variant", FORBIDDEN)
def test_appropriate_permissions_are_ensured(firm: Firm, pc: WebConnector, variant: str) -> None:
    """The sync may not record payments: posting pauses, and what to click is said.

    One payment is tried at each sync. As soon as the rights are given it goes, the rest follows.
    """
    code, said, click = FORBIDDEN[variant]
    invoices = [owed(firm, "40.00", "1"), owed(firm, "60.00", "2"), owed(firm, "80.00", "3")]
    paid = [
        firm.pay(CAFE, amount, {invoice: amount})
        for amount, invoice in zip(("40.00", "60.00"), invoices, strict=False)
    ]
    firm.books.refuse_next("ReceivePaymentAdd", code=code, message=said, times=3)
    sync(firm, pc)
    for payment in paid:
        assert told(firm, payment) == ("not_permitted", variant)
        assert said in why(firm, payment).summary
        assert click in " ".join(why(firm, payment).steps)
    assert Notice.REFUSED in firm.services.needs_you.notices(firm.company_file_id)[0]
    paid.append(firm.pay(CAFE, "80.00", {invoices[2]: "80.00"}))
    firm.clock.move(hours=2)
    session = update(pc)
    assert [len(some) for some in sent(session, "ReceivePaymentAdd")] == [1]
    assert not firm.books.executed_adds
    for _ in range(2):  # the rights were given
        sync(firm, pc)
    assert set(firm.statuses().values()) == {"posted"}
    assert firm.services.needs_you.notices(firm.company_file_id)[0] == {}
    assert {firm.books.invoice(invoice).is_paid for invoice in invoices} == {True}
    assert [firm.times_in_quickbooks(payment) for payment in paid] == [1, 1, 1]


# The questions around it


def test_updating_as_often_as_one_likes_syncs_invoices_and_payments(
    firm: Firm, pc: WebConnector
) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    for _ in range(5):
        update(pc)
        firm.clock.move(seconds=20)
    assert firm.payment(payment).status == PaymentStatus.POSTED
    assert firm.times_in_quickbooks(payment) == 1
    firm.books.add_invoice(CAFE, amount="40.00", number="2104")
    update(pc)
    assert missing(firm, "2104") is Reason.HERE_AND_OPEN


def test_an_error_of_the_first_attempt_is_gone_at_the_next(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    payment = firm.pay(CAFE, "100.00", {invoice: "100.00"})
    firm.books.refuse_sessions("0x80040414", "A modal dialog box is showing in QuickBooks.")
    update(pc)
    assert firm.payment(payment).status == PaymentStatus.QUEUED
    sync(firm, pc)
    assert firm.payment(payment).status == PaymentStatus.POSTED
    assert firm.times_in_quickbooks(payment) == 1


def test_a_missing_invoice_is_looked_for_in_quickbooks_first(firm: Firm, pc: WebConnector) -> None:
    """Nobody has entered it: the next sync asks QuickBooks, which says so."""
    update(pc)
    firm.clock.move(minutes=30)
    assert missing(firm, "2199") is Reason.NOT_IMPORTED_SINCE
    assert kinds(update(pc))[-1] == ["ChargeQuery", "InvoiceQuery"]
    assert missing(firm, "2199") is Reason.NOT_IMPORTED_SINCE


def test_it_must_have_an_amount_due(firm: Firm, pc: WebConnector) -> None:
    invoice = owed(firm)
    by_hand(firm, invoice)
    sync(firm, pc)
    assert missing(firm, "2102") is Reason.NO_OPEN_BALANCE


def test_the_usual_solution_is_that_a_sync_is_completed(firm: Firm, pc: WebConnector) -> None:
    update(pc)
    firm.clock.move(minutes=30)
    firm.books.add_invoice(CAFE, amount="100.00", number="2102")
    assert missing(firm, "2102") is not Reason.HERE_AND_OPEN
    update(pc)
    assert missing(firm, "2102") is Reason.HERE_AND_OPEN


def test_if_only_one_customer_misses_it_the_client_is_to_have_the_permissions_to_view_and_pay(
    firm: Firm,
) -> None:
    """The invoice is here and open; what the customer may see is settled on the payment site."""
    owed(firm)
    list_id = firm.books.customer(CAFE).list_id
    told = firm.services.missing_invoice.explain(firm.company_file_id, list_id, "2102")
    assert told.reason is Reason.HERE_AND_OPEN
    assert f"If {CAFE} does not see it, look at the customer's rights" in told.summary


def test_older_invoices_are_a_matter_of_the_sync_from_date(firm: Firm, pc: WebConnector) -> None:
    firm.services.companies.set(firm.company_id, {"sync_from": "2026-01-01"})
    firm.books.add_invoice(CAFE, amount="100.00", number="2102", date=date(2025, 6, 30))
    update(pc)
    missing(firm, "2102")
    sync(firm, pc)
    assert missing(firm, "2102") is Reason.BEFORE_SYNC_FROM
    firm.services.companies.set(firm.company_id, {"sync_from": ""})
    sync(firm, pc)
    assert missing(firm, "2102") is Reason.HERE_AND_OPEN


def test_a_customer_without_a_link_to_quickbooks_explains_absent_invoices(
    firm: Firm,
) -> None:
    owed(firm)
    linked = {"external_id": "cust-9", "list_id": firm.books.customer(HARPER).list_id}
    firm.services.mappings.put(firm.company_file_id, What.CUSTOMERS, [linked], by="api")
    assert missing(firm, "2102") is Reason.NO_MAPPING
    linked = {"external_id": "cust-7", "list_id": firm.books.customer(CAFE).list_id}
    firm.services.mappings.put(firm.company_file_id, What.CUSTOMERS, [linked], by="api")
    assert missing(firm, "2102") is Reason.HERE_AND_OPEN
