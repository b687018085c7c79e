"""What a payment names: methods, invoices, customers; found, missing, ambiguous, not told."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from scripts.simulate.quickbooks.company_file import Missing
from sync_core.wording import office
from sync_core.wording.phrases import fill
from tests.integration.sync.firm import Firm, play, play_until, sent, tampered, update

CUSTOMER = "Café Belém"


@pytest.fixture(autouse=True)
def _customer(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)
    firm.books.add_customer("Zoë Lindqvist")


def method_of(firm: Firm, payment: str) -> str:
    method = firm.receipt(payment).method
    assert method
    return method.name


def cause(firm: Firm, payment: str) -> tuple[str, str]:
    """Say why a payment was rejected."""
    rejection = firm.payment(payment).rejection
    assert rejection
    return rejection.cause, rejection.summary


def may_add(firm: Firm) -> None:
    firm.services.companies.set(firm.company_id, {"add_payment_methods": "yes"})


# Methods


MEANT = {
    "Visa": "Visa",
    "  vISA ": "Visa",
    "eCheck": "E-Check",
    "ACH": "E-Check",
    "Amex": "American Express",
    "american express": "American Express",
}


def test_a_method_is_matched_by_name_then_by_type(firm: Firm) -> None:
    firm.books.add_payment_method("American Express", "AmericanExpress")
    payments = {firm.pay(CUSTOMER, "25.00", method=said): meant for said, meant in MEANT.items()}
    session = update(firm.pc())
    assert {payment: method_of(firm, payment) for payment in payments} == payments
    assert sent(session, "PaymentMethodAdd") == []


def test_two_methods_of_one_type_are_not_guessed_between(firm: Firm) -> None:
    firm.books.add_payment_method("Visa Business", "Visa")
    by_name = firm.pay(CUSTOMER, "25.00", method="VISA")
    firm.books.add_payment_method("Bank draft", "ECheck")
    by_type = firm.pay(CUSTOMER, "26.00", method="eCheck")
    update(firm.pc())
    assert method_of(firm, by_name) == "Visa"
    assert cause(firm, by_type) == (
        "unknown_reference",
        'QuickBooks has no payment method called "eCheck".',
    )


def test_a_missing_method_is_not_added_unless_the_company_allows_it(firm: Firm) -> None:
    payment = firm.pay(CUSTOMER, "25.00", method="Discover")
    session = update(firm.pc())
    assert sent(session, "PaymentMethodAdd") == sent(session, "ReceivePaymentAdd") == []
    assert cause(firm, payment) == (
        "unknown_reference",
        'QuickBooks has no payment method called "Discover".',
    )
    rejection = firm.payment(payment).rejection
    assert rejection
    assert rejection.status_code is None
    assert firm.attempts(payment) == []


def test_a_missing_method_is_added_once_with_its_type(firm: Firm) -> None:
    may_add(firm)
    payments = [firm.pay(CUSTOMER, "25.00", method=name) for name in ("Discover", "DISCOVER")]
    card = firm.pay(CUSTOMER, "25.00", method="MasterCard")
    pc = firm.pc()
    session = update(pc)
    (added,) = sent(session, "PaymentMethodAdd")
    assert [(node.findtext("*/Name"), node.findtext("*/PaymentMethodType")) for node in added] == [
        ("Discover", "Discover"),
        ("MasterCard", "MasterCard"),
    ]
    assert session.status == "3 payments posted"
    assert {method_of(firm, payment) for payment in payments} == {"Discover"}
    assert method_of(firm, card) == "MasterCard"
    # From then on it is there.
    firm.pay(CUSTOMER, "25.00", method="discover")
    later = update(pc)
    assert later.status == "1 payment posted"
    assert sent(later, "PaymentMethodAdd") == []


def test_a_method_whose_type_cannot_be_proven_is_not_added(firm: Firm) -> None:
    may_add(firm)
    payment = firm.pay(CUSTOMER, "25.00", method="Barter")
    session = update(firm.pc())
    assert sent(session, "PaymentMethodAdd") == []
    assert cause(firm, payment)[0] == "unknown_reference"


def test_a_method_too_long_for_the_list_stops_nobody_else(firm: Firm) -> None:
    may_add(firm)
    payment = firm.pay(CUSTOMER, "25.00", method="Discover 6011-0000-0000-0004-0000-0000")
    other = firm.pay(CUSTOMER, "26.00")
    assert update(firm.pc()).status.startswith("1 payment posted, 1 needs you")
    assert cause(firm, payment)[0] == "unknown_reference"
    assert firm.payment(other).status == "posted"


def test_an_inactive_method_is_never_doubled(firm: Firm) -> None:
    may_add(firm)
    firm.books.add_payment_method("Discover", "Discover")
    firm.books.make_inactive("Discover")
    payment = firm.pay(CUSTOMER, "25.00", method="discover")
    session = update(firm.pc())
    assert sent(session, "PaymentMethodAdd") == []
    assert cause(firm, payment) == (
        "unknown_reference",
        'The payment method "Discover" is inactive in QuickBooks.',
    )


def test_a_method_that_quickbooks_will_not_add_is_told_by_the_payment(firm: Firm) -> None:
    may_add(firm)
    payment, other = firm.pay(CUSTOMER, "25.00", method="Discover"), firm.pay(CUSTOMER, "26.00")
    firm.books.refuse_next("PaymentMethodAdd", code=3260, message="Insufficient permission level.")
    update(firm.pc())
    assert cause(firm, payment)[0] == "unknown_reference"
    assert firm.payment(other).status == "posted"


def test_a_method_somebody_added_in_the_same_minute_is_used(firm: Firm) -> None:
    may_add(firm)
    payment = firm.pay(CUSTOMER, "25.00", method="Discover")
    session = play_until(firm.pc().begin(), "PaymentMethodAddRq")
    firm.books.add_payment_method("Discover", "Discover")
    assert play(session).status == "1 payment posted"
    assert method_of(firm, payment) == "Discover"


def test_lists_that_are_refused_end_the_session_before_a_write(firm: Firm) -> None:
    payment = firm.pay(CUSTOMER, "25.00")
    firm.books.refuse_next("PaymentMethodQuery", code=3260, message="Insufficient permission.")
    pc = firm.pc()
    assert update(pc).status == fill(office.NOT_TOLD, {"said": "Insufficient permission."})
    assert firm.statuses() == {payment: "queued"}
    assert update(pc).status == "1 payment posted"


def test_no_methods_at_all_is_an_answer(firm: Firm) -> None:
    firm.books.payment_methods.clear()
    payment = firm.pay(CUSTOMER, "25.00")
    update(firm.pc())
    assert cause(firm, payment)[0] == "unknown_reference"


@pytest.mark.parametrize(
    "garbled",
    [
        lambda answer: answer.replace("<Name>E-Check<", f"<Name>{'E' * 500}<"),
        lambda answer: answer.replace("<FullName>First ", f"<FullName>{'F' * 500}"),
        lambda answer: answer.replace("ECheck<", f"{'E' * 500}<"),
        lambda answer: answer.replace("<ListID>", f"<ListID>{'8' * 500}"),
        lambda answer: answer.replace("80000005-", "80000004-"),
        lambda answer: answer.replace("<Name>", "<Nome>").replace("</Name>", "</Nome>"),
    ],
)
def test_garbled_lists_stop_no_session(firm: Firm, garbled: Callable[[str], str]) -> None:
    """Longer than QuickBooks' own limits, or the same ListID twice: passed over."""
    firm.pay(CUSTOMER, "25.00")
    pc = firm.pc()
    pc.transport = tampered(pc.transport, garbled, only="PaymentMethodQueryRs")
    session = update(pc)
    assert session.error_code is None
    assert ">100<" in session.calls[-2].answer


# Invoices


def numbered(number: str, amount: str) -> list[dict[str, object]]:
    return [{"invoice": {"number": number}, "amount": amount}]


def test_an_invoice_is_found_by_its_number_whatever_the_case(firm: Firm) -> None:
    invoice = firm.books.add_invoice(CUSTOMER, amount="90.00", number="inv-7a")
    payment = firm.pay(CUSTOMER, "90.00", numbered("INV-7A", "90.00"))
    update(firm.pc())
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [invoice]


def test_a_number_of_another_customer_does_not_count(firm: Firm) -> None:
    firm.books.add_invoice("Zoë Lindqvist", amount="90.00", number="7")
    ours = firm.books.add_invoice(CUSTOMER, amount="90.00", number="7")
    payment = firm.pay(CUSTOMER, "90.00", numbered("7", "90.00"))
    by_id = {"list_id": firm.books.customer("Zoë Lindqvist").list_id}
    hers = firm.pay(by_id, "30.00", numbered("7", "30.00"))
    update(firm.pc())
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [ours]
    assert firm.receipt(hers).links[0].invoice.customer.full_name == "Zoë Lindqvist"


def test_of_two_with_one_number_the_open_one_is_meant(firm: Firm) -> None:
    paid = firm.books.add_invoice(CUSTOMER, amount="90.00", number="7")
    firm.books.receive_by_hand(
        CUSTOMER, amount="90.00", invoices={paid: "90.00"}, date=date(2026, 9, 1)
    )
    fresh = firm.books.add_invoice(CUSTOMER, amount="90.00", number="7")
    payment = firm.pay(CUSTOMER, "90.00", numbered("7", "90.00"))
    update(firm.pc())
    assert [link.invoice.txn_id for link in firm.receipt(payment).links] == [fresh]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (0, "QuickBooks has no open invoice 7 for Café Belém."),
        (2, "QuickBooks has more than one open invoice with the number 7 for Café Belém."),
    ],
)
def test_a_number_that_finds_no_single_invoice_is_unknown(
    firm: Firm, there: int, said: str
) -> None:
    for _ in range(there):
        firm.books.add_invoice(CUSTOMER, amount="90.00", number="7")
    payment = firm.pay(CUSTOMER, "90.00", numbered("7", "90.00"))
    session = update(firm.pc())
    assert cause(firm, payment) == ("unknown_reference", said)
    assert sent(session, "ReceivePaymentAdd") == []


def test_names_of_the_payment_site_have_no_meaning_yet(firm: Firm) -> None:
    customer = firm.pay({"external_id": "cust-9"}, "25.00")
    invoice = firm.pay(
        CUSTOMER, "25.00", [{"invoice": {"external_id": "inv-9"}, "amount": "25.00"}]
    )
    session = update(firm.pc())
    assert cause(firm, customer) == (
        "customer_unavailable",
        "The payment site's customer cust-9 is not linked to one in QuickBooks.",
    )
    assert cause(firm, invoice) == (
        "unknown_reference",
        "The payment site's invoice inv-9 is not linked to one in QuickBooks.",
    )
    assert session.status == "2 need you: https://pay.example.com/resolve"


@pytest.mark.parametrize("missing", list(Missing))
def test_an_unknown_value_is_missing_however_quickbooks_says_so(
    firm: Firm, missing: Missing
) -> None:
    firm.books.behaviour.missing = missing
    known = firm.books.add_invoice(CUSTOMER, amount="90.00", number="7")
    gone = firm.books.add_invoice(CUSTOMER, amount="90.00", number="8")
    firm.books.delete_invoice(gone)
    firm.books.add_customer("Harper Dental Group:Elm Street")
    job = firm.books.add_invoice("Harper Dental Group:Elm Street", amount="50.00", number="9")
    stranger = {"list_id": "8000FFFF-1700000000"}
    wanted = {
        firm.pay(CUSTOMER, "40.00", {known: "40.00"}): "posted",
        firm.pay(CUSTOMER, "50.00", numbered("7", "50.00")): "posted",
        firm.pay(CUSTOMER, "60.00", numbered("8", "60.00")): "unknown_reference",
        firm.pay(CUSTOMER, "70.00", {gone: "70.00"}): "invoice_deleted",
        firm.pay(stranger, "20.00", {job: "20.00"}): "customer_unavailable",
        firm.pay(stranger, "30.00", numbered("9", "30.00")): "customer_unavailable",
    }
    update(firm.pc())
    found = {}
    for payment in wanted:
        shown = firm.payment(payment)
        found[payment] = shown.rejection.cause if shown.rejection else shown.status
    assert found == wanted


def test_a_question_that_was_refused_decides_nothing(firm: Firm) -> None:
    """Not being told of an invoice, twice, is not being told that there is none."""
    firm.books.add_invoice(CUSTOMER, amount="90.00", number="7")
    payment = firm.pay(CUSTOMER, "90.00", numbered("7", "90.00"))
    other = firm.pay(CUSTOMER, "26.00")
    firm.books.refuse_next("InvoiceQuery", code=1000, message="Not now.", times=2)
    pc = firm.pc()
    assert update(pc).status.startswith("1 payment posted")
    assert firm.statuses() == {payment: "queued", other: "posted"}
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted", other: "posted"}


def test_a_payer_who_could_not_be_asked_for_waits(firm: Firm) -> None:
    firm.books.add_customer("Harper Dental Group:Elm Street")
    parent = firm.books.customer("Harper Dental Group").list_id
    firm.books.add_invoice("Harper Dental Group:Elm Street", amount="50.00", number="9")
    payment = firm.pay({"list_id": parent}, "50.00", numbered("9", "50.00"))
    firm.books.refuse_next("CustomerQuery", code=1000, message="Not now.", times=2)
    pc = firm.pc()
    update(pc)
    assert firm.statuses() == {payment: "queued"}
    assert update(pc).status == "1 payment posted"


def test_what_was_garbled_on_its_way_stops_no_sync(firm: Firm) -> None:
    """The name of a currency longer than QuickBooks itself could hold."""
    payment = firm.pay(CUSTOMER, "26.00")
    garbled = f"<CurrencyRef><FullName>{'x' * 100}</FullName></CurrencyRef></CustomerRet>"
    pc = firm.pc()
    pc.transport = tampered(
        pc.transport, lambda answer: answer.replace("</CustomerRet>", garbled), only="CustomerRet"
    )
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted"}
    assert {row["currency"] for row in firm.rows("SELECT currency FROM customer")} == {None}


def without_the_first_look_up(answer: str) -> str:
    if "CompanyQueryRs" in answer:
        return answer
    return re.sub(r'requestID="(\w+)\.0"', r'requestID="\1.77"', answer)


def test_an_answer_without_some_of_the_responses_decides_the_others(firm: Firm) -> None:
    one = firm.books.add_invoice(CUSTOMER, amount="90.00", number="7")
    payments = [
        firm.pay(CUSTOMER, "40.00", {one: "40.00"}),
        firm.pay(CUSTOMER, "50.00", numbered("7", "50.00")),
    ]
    firm.services.companies.set(firm.company_id, {"sync_from": "2030-01-01"})  # it is looked up
    pc = firm.pc()
    line = pc.transport
    pc.transport = tampered(line, without_the_first_look_up, only="InvoiceQueryRs")
    update(pc)
    assert firm.statuses() == dict(zip(payments, ["queued", "posted"], strict=True))
    pc.transport = line
    update(pc)
    assert firm.statuses() == dict.fromkeys(payments, "posted")


def test_those_looked_at_again_may_all_be_withdrawn(opened: Callable[..., Firm]) -> None:
    """The payments behind them are looked at all the same."""
    firm = opened(import_page_size=1)
    books = firm.books
    books.add_customer("Harper Dental Group:Elm Street")
    parent = books.customer("Harper Dental Group").list_id
    books.add_invoice("Harper Dental Group:Elm Street", amount="50.00", number="9")
    payment = firm.pay({"list_id": parent}, "50.00", numbered("9", "50.00"))
    other = firm.pay("Harper Dental Group", "26.00")
    session = play_until(firm.pc().begin(), "InvoiceQueryRq")
    session.step()
    firm.services.review.act(firm.company_file_id, payment, {"action": "withdraw"}, by="bookkeeper")
    assert play(session).status == "1 payment posted"
    assert firm.statuses() == {payment: "dismissed", other: "posted"}
