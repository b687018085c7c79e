"""Settings and books that do not fit together: one sentence, and nothing is lost or burnt."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from qbwc_server.errors import Refused
from qbwc_server.services import assembly
from qbwc_server.settings import Settings
from scripts.simulate.quickbooks.refusals import NO_PERMISSION
from tests.integration.sync.firm import Firm, sent, tampered, update
from tests.integration.sync.losses import act

CUSTOMER = "Café Belém"


@pytest.fixture(autouse=True)
def _customer(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)


def test_a_deposit_account_that_is_not_there_is_told_before_anything_leaves(firm: Firm) -> None:
    firm.services.companies.set(firm.company_id, {"deposit_to": "Undeposited Fund"})
    payment = firm.pay(CUSTOMER, "150.00")
    pc = firm.pc()
    told = update(pc)
    assert 'no account "Undeposited Fund" to deposit to' in told.status
    assert sent(told, "ReceivePaymentAdd") == []
    assert firm.statuses() == {payment: "queued"}
    firm.services.companies.set(firm.company_id, {"deposit_to": "undeposited funds"})
    assert update(pc).status == "1 payment posted"


def test_after_no_permission_one_payment_is_tried_and_then_all_follow(firm: Firm) -> None:
    refused = firm.pay(CUSTOMER, "1.00")
    firm.books.refuse_next("ReceivePaymentAdd", code=3260, message=NO_PERMISSION)
    pc = firm.pc()
    update(pc)
    waiting = [firm.pay(CUSTOMER, f"{number}.00") for number in (2, 3, 4)]
    firm.books.refuse_next("ReceivePaymentAdd", code=3260, message=NO_PERMISSION)
    tried = update(pc)
    assert [len(each) for each in sent(tried, "ReceivePaymentAdd")] == [1]
    allowed = update(pc)
    # It goes, so all others go, those that were refused for this as well.
    assert [len(each) for each in sent(allowed, "ReceivePaymentAdd")] == [1, 3]
    assert firm.statuses() == dict.fromkeys([refused, *waiting], "posted")


def test_money_in_another_currency_is_not_recorded_as_if_it_were_ours(firm: Firm) -> None:
    ours = firm.pay(CUSTOMER, "100.00", currency="USD")
    theirs = firm.pay(CUSTOMER, "100.00", currency="EUR")
    update(firm.pc())
    assert firm.statuses() == {ours: "posted", theirs: "rejected"}
    rejection = firm.payment(theirs).rejection
    assert rejection is not None
    assert rejection.cause == "currency_mismatch"
    assert rejection.summary == "This payment is in EUR; QuickBooks is kept in USD."


def test_money_on_account_goes_to_the_receivables_of_its_customers_currency(firm: Firm) -> None:
    """Without an invoice QuickBooks takes those in the home currency, and refuses."""
    firm.books.home_currency = "US Dollar"
    euros = firm.books.add_account(
        "Accounts Receivable - EUR", "AccountsReceivable", currency="Euro"
    )
    abroad = firm.books.add_customer("Hotel Atlântico", currency="Euro")
    ours = firm.pay(CUSTOMER, "100.00", currency="USD")
    on_account = firm.pay({"list_id": abroad}, "80.00", currency="EUR")
    wrong = firm.pay(CUSTOMER, "60.00", currency="EUR")
    pc = firm.pc()
    update(pc)
    assert firm.statuses() == {ours: "posted", on_account: "posted", wrong: "rejected"}
    assert firm.receipt(on_account).ar_account.list_id == euros
    act(firm, wrong, "choose_customer", customer={"list_id": abroad})
    update(pc)
    assert firm.statuses()[wrong] == "posted"
    assert firm.receipt(wrong).ar_account.list_id == euros


def test_of_two_receivables_in_a_currency_none_is_guessed(firm: Firm) -> None:
    firm.books.home_currency = "US Dollar"
    for name in ("Receivables EUR", "Receivables EUR 2"):
        firm.books.add_account(name, "AccountsReceivable", currency="Euro")
    abroad = firm.books.add_customer("Hotel Atlântico", currency="Euro")
    payment = firm.pay({"list_id": abroad}, "80.00", currency="EUR")
    update(firm.pc())
    rejection = firm.payment(payment).rejection
    assert rejection is not None
    assert "another currency than the customer" in (rejection.status_message or "")


@pytest.mark.parametrize("element", ["ARAccountRef/ListID", "CustomerRef/FullName"])
def test_an_answer_garbled_beyond_all_length_does_not_stop_the_sync(
    firm: Firm, element: str
) -> None:
    invoice = firm.books.add_invoice(CUSTOMER, amount="150.00")
    firm.pay(CUSTOMER, "150.00", {invoice: "150.00"})
    parent, _, name = element.partition("/")
    pc = firm.pc()

    def garble(answer: str) -> str:
        begin = re.compile(rf"(<{parent}>.*?<{name}>)", re.DOTALL)
        return begin.sub(lambda found: found[1] + "x" * 300, answer)

    pc.transport = tampered(pc.transport, garble, only="InvoiceQueryRs")
    assert update(pc).status == "1 payment posted"


def test_a_confirmation_goes_to_the_place_that_waits_for_one(firm: Firm) -> None:
    """The first PC calls all day; the word is meant for the second one, which stands still."""
    first = firm.pc("Front desk")
    update(first)
    second = firm.pc("Back office", primary=False)
    firm.books.path = r"D:\Copies\prairie.qbw"
    assert "until an administrator confirms" in update(second).status
    firm.books.path = r"C:\Books\prairie.qbw"
    update(first)
    place = firm.services.companies.confirm(firm.company_id, by="admin")
    assert place.path == r"D:\Copies\prairie.qbw"
    firm.books.path = r"D:\Copies\prairie.qbw"
    assert update(second).status == "Nothing to post."


def test_a_server_with_another_key_does_not_start_on_the_same_database(
    firm: Firm, tmp_path: Path
) -> None:
    """It would not know the tickets of the first, and lose the answers that reach it."""
    url = firm.engine.url.render_as_string(hide_password=False)
    other = Settings(data_dir=tmp_path, database_url=url, secret_key=SecretStr("another key"))
    with pytest.raises(Refused, match="give every server the same one"):
        assembly.use_cases(other)
