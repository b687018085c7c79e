"""Does a payment fit the books? Examples of a builder with jobs, a bakery and a law firm."""

import dataclasses

import pytest

from sync_core.books import Books, Customer, Invoice, KnownCustomer
from sync_core.check import Apply, AskCustomer, Checked, Ready, Refused, Waiting, check
from sync_core.methods import Method
from sync_core.rejection import Cause

BUILDER, KITCHEN, ROOF, BAKERY = "80000001-1", "80000002-1", "80000003-1", "80000004-1"
NAMES = {
    BUILDER: "Abercrombie",
    KITCHEN: "Abercrombie:Kitchen",
    ROOF: "Abercrombie:Roof",
    BAKERY: "Northside Bakery",
}
VISA = Method(list_id="80000010-1", name="Visa", is_active=True, type="Visa")
RECEIVABLE, NOTES = "80000020-1", "80000021-1"


def invoice(
    txn_id: str,
    of: str,
    *,
    number: str | None = None,
    account: str | None = RECEIVABLE,
    is_open: bool = True,
) -> Invoice:
    return Invoice(
        txn_id=txn_id,
        number=number,
        customer_list_id=of,
        customer_name=NAMES[of],
        ar_account_list_id=account,
        is_open=is_open,
    )


def books(
    *invoices: Invoice,
    names: dict[str, str | None] | None = None,
    methods: tuple[Method, ...] = (VISA,),
    may_add_methods: bool = False,
) -> Books:
    told = names or {}
    return Books(
        invoices={one.txn_id: one for one in invoices},
        customers={
            list_id: KnownCustomer(list_id=list_id, name=name)
            for list_id, name in told.items()
            if name
        },
        absent={list_id for list_id, name in told.items() if name is None},
        methods=methods,
        may_add_methods=may_add_methods,
    )


def payment(
    *apply: Apply,
    customer: str | None = None,
    name: str | None = None,
    external_id: str | None = None,
    method: str = "Visa",
) -> Waiting:
    who = Customer(list_id=customer, name=name, external_id=external_id)
    return Waiting(id=7, customer=who, method=method, apply=apply)


def on(txn_id: str) -> Apply:
    return Apply(amount_cents=10_000, txn_id=txn_id)


def no(number: str) -> Apply:
    return Apply(amount_cents=10_000, number=number)


def ready(outcome: Checked) -> Ready:
    assert isinstance(outcome, Ready), outcome
    assert outcome.payment_id == 7
    return outcome


def refused(outcome: Checked, cause: Cause) -> str:
    assert isinstance(outcome, Refused), outcome
    assert outcome.payment_id == 7
    assert outcome.rejection.cause is cause
    assert outcome.rejection.evidence or cause is Cause.BALANCE_CHANGED
    assert outcome.rejection.status_code is None
    return outcome.rejection.summary


# Under which Customer:Job it stands


def test_the_payers_own_invoice() -> None:
    outcome = check(payment(on("A-1"), customer=BAKERY), books(invoice("A-1", BAKERY)))
    assert ready(outcome) == Ready(
        payment_id=7,
        customer_list_id=BAKERY,
        customer_name=None,
        ar_account_list_id=RECEIVABLE,
        method_list_id=VISA.list_id,
        add_method=None,
        txn_ids=("A-1",),
        cents=(10_000,),
    )


def test_a_payment_on_account() -> None:
    outcome = ready(check(payment(customer=BAKERY), books()))
    assert (outcome.customer_list_id, outcome.ar_account_list_id) == (BAKERY, None)
    assert outcome.txn_ids == ()


def test_a_payer_known_by_name_alone() -> None:
    outcome = ready(check(payment(name="Northside Bakery"), books()))
    assert (outcome.customer_list_id, outcome.customer_name) == (None, "Northside Bakery")


def test_a_parent_pays_for_one_of_its_jobs() -> None:
    told = books(invoice("A-1", KITCHEN), names={BUILDER: "Abercrombie"})
    outcome = ready(check(payment(on("A-1"), customer=BUILDER), told))
    assert (outcome.customer_list_id, outcome.customer_name) == (KITCHEN, "Abercrombie:Kitchen")


def test_a_parent_pays_for_several_jobs() -> None:
    told = books(invoice("A-1", KITCHEN), invoice("A-2", ROOF), names={BUILDER: "Abercrombie"})
    outcome = ready(check(payment(on("A-1"), on("A-2"), customer=BUILDER), told))
    assert outcome.customer_list_id == BUILDER


def test_a_parent_pays_for_a_job_and_for_itself() -> None:
    told = books(invoice("A-1", KITCHEN), invoice("A-2", BUILDER), names={BUILDER: "Abercrombie"})
    outcome = ready(check(payment(on("A-1"), on("A-2"), customer=BUILDER), told))
    assert outcome.customer_list_id == BUILDER


def test_a_job_pays_for_its_sister() -> None:
    told = books(invoice("A-1", ROOF), names={KITCHEN: "Abercrombie:Kitchen"})
    outcome = ready(check(payment(on("A-1"), customer=KITCHEN), told))
    assert outcome.customer_list_id == ROOF


def test_a_job_pays_for_itself_and_its_sister() -> None:
    told = books(
        invoice("A-1", ROOF), invoice("A-2", KITCHEN), names={KITCHEN: "Abercrombie:Kitchen"}
    )
    outcome = ready(check(payment(on("A-1"), on("A-2"), customer=KITCHEN), told))
    assert (outcome.customer_list_id, outcome.customer_name) == (None, "Abercrombie")


def test_an_invoice_of_another_family() -> None:
    told = books(invoice("A-1", KITCHEN, number="77"), names={BAKERY: "Northside Bakery"})
    outcome = check(payment(on("A-1"), customer=BAKERY), told)
    assert refused(outcome, Cause.WRONG_CUSTOMER) == (
        "Invoice 77 belongs to Abercrombie:Kitchen, and this payment is from Northside Bakery."
    )


def test_invoices_of_two_families_on_one_payment() -> None:
    told = books(
        invoice("A-1", KITCHEN), invoice("A-2", BAKERY), names={BAKERY: "Northside Bakery"}
    )
    outcome = check(payment(on("A-1"), on("A-2"), customer=BAKERY), told)
    assert "more than one customer" in refused(outcome, Cause.WRONG_CUSTOMER)


# When the payer's full name decides


def test_the_payers_name_is_asked_for_when_the_invoice_is_somebody_elses() -> None:
    outcome = check(payment(on("A-1"), customer=BUILDER), books(invoice("A-1", KITCHEN)))
    assert outcome == AskCustomer(7, BUILDER)


def test_the_same_for_an_invoice_found_by_its_number() -> None:
    told = books(invoice("A-1", KITCHEN, number="77"))
    assert check(payment(no("77"), customer=BUILDER), told) == AskCustomer(7, BUILDER)


def test_one_invoice_of_somebody_else_among_own_ones_is_enough() -> None:
    told = books(invoice("A-1", BUILDER), invoice("A-2", KITCHEN))
    assert check(payment(on("A-1"), on("A-2"), customer=BUILDER), told) == AskCustomer(7, BUILDER)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(books(invoice("A-1", BUILDER)), id="its own invoice"),
        pytest.param(books(), id="QuickBooks has no such invoice"),
        pytest.param(books(invoice("A-1", KITCHEN), names={BUILDER: "Abercrombie"}), id="told"),
    ],
)
def test_the_name_is_not_asked_for_without_need_nor_twice(told: Books) -> None:
    assert isinstance(check(payment(on("A-1"), customer=BUILDER), told), Ready)


def test_a_customer_that_is_gone_and_whose_invoice_is_anothers_was_merged() -> None:
    told = books(invoice("A-1", KITCHEN, number="77"), names={BUILDER: None})
    outcome = check(payment(on("A-1"), customer=BUILDER), told)
    assert "invoice 77 now belongs to Abercrombie:Kitchen" in refused(
        outcome, Cause.CUSTOMER_UNAVAILABLE
    )


def test_a_payer_by_name_is_never_asked_about() -> None:
    told = books(invoice("A-1", KITCHEN))
    outcome = ready(check(payment(on("A-1"), name="Abercrombie"), told))
    assert outcome.customer_list_id == KITCHEN


def test_of_two_invoices_with_one_number_the_payers_own_needs_no_name() -> None:
    told = books(invoice("A-1", BAKERY, number="77"), invoice("A-2", KITCHEN, number="77"))
    assert ready(check(payment(no("77"), customer=BAKERY), told)).txn_ids == ("A-1",)


def test_an_invoice_that_is_gone_is_left_to_quickbooks_to_refuse() -> None:
    assert ready(check(payment(on("A-9"), customer=BAKERY), books())).txn_ids == ("A-9",)


# Invoice numbers


def test_an_invoice_number_that_quickbooks_has_once() -> None:
    told = books(invoice("A-1", BAKERY, number="INV-77"), invoice("A-2", BAKERY, number="INV-78"))
    assert ready(check(payment(no("inv-77"), customer=BAKERY), told)).txn_ids == ("A-1",)


def test_a_number_is_compared_as_quickbooks_can_keep_it() -> None:
    told = books(invoice("A-1", BAKERY, number="INV-77"))
    outcome = check(payment(no("INV\u201177"), customer=BAKERY), told)  # a web page's hyphen
    assert ready(outcome).txn_ids == ("A-1",)


def test_the_same_for_a_payers_name() -> None:
    told = books(invoice("A-1", BAKERY, number="77"))
    outcome = check(payment(no("77"), name="Northside\u2002Bakery"), told)  # a wide blank
    assert ready(outcome).txn_ids == ("A-1",)


def test_a_number_that_quickbooks_does_not_have() -> None:
    summary = refused(check(payment(no("77"), customer=BAKERY), books()), Cause.UNKNOWN_REFERENCE)
    assert summary == "QuickBooks has no open invoice 77 for this customer."


def test_a_number_that_quickbooks_has_twice() -> None:
    told = books(invoice("A-1", BAKERY, number="77"), invoice("A-2", BAKERY, number="77"))
    outcome = check(payment(no("77"), name="Northside Bakery"), told)
    summary = refused(outcome, Cause.UNKNOWN_REFERENCE)
    assert summary == (
        "QuickBooks has more than one open invoice with the number 77 for Northside Bakery."
    )
    assert isinstance(outcome, Refused)
    assert [row["txn_id"] for row in outcome.rejection.evidence] == ["A-1", "A-2"]


def test_of_two_invoices_with_one_number_the_open_one_is_meant() -> None:
    told = books(
        invoice("A-1", BAKERY, number="77", is_open=False), invoice("A-2", BAKERY, number="77")
    )
    assert ready(check(payment(no("77"), customer=BAKERY), told)).txn_ids == ("A-2",)


def test_a_paid_invoice_is_found_too() -> None:
    told = books(invoice("A-1", BAKERY, number="77", is_open=False))
    assert "77" in refused(check(payment(no("77"), customer=BAKERY), told), Cause.BALANCE_CHANGED)


def test_a_number_of_another_customer_is_not_this_customers() -> None:
    told = books(invoice("A-1", KITCHEN, number="77"), names={BAKERY: "Northside Bakery"})
    summary = refused(check(payment(no("77"), customer=BAKERY), told), Cause.UNKNOWN_REFERENCE)
    assert summary == "QuickBooks has no open invoice 77 for Northside Bakery."


def test_a_number_of_a_job_is_its_parents() -> None:
    told = books(invoice("A-1", KITCHEN, number="77"))
    outcome = ready(check(payment(no("77"), name="Abercrombie"), told))
    assert (outcome.customer_list_id, outcome.txn_ids) == (KITCHEN, ("A-1",))


def test_invoices_without_a_number_are_nobodys_answer() -> None:
    told = books(invoice("A-1", BAKERY, number=None))
    refused(check(payment(no("77"), customer=BAKERY), told), Cause.UNKNOWN_REFERENCE)


def test_one_part_that_is_unknown_holds_the_whole_payment() -> None:
    told = books(invoice("A-1", BAKERY, number="77"))
    outcome = check(payment(no("77"), no("78"), customer=BAKERY), told)
    assert "78" in refused(outcome, Cause.UNKNOWN_REFERENCE)


def test_parts_keep_their_places() -> None:
    told = books(invoice("A-1", BAKERY, number="77"), invoice("A-2", BAKERY))
    outcome = check(payment(on("A-2"), no("77"), on("A-1"), customer=BAKERY), told)
    assert ready(outcome).txn_ids == ("A-2", "A-1", "A-1")


# The payment site's own ids


def test_a_customer_of_the_site_that_is_not_linked() -> None:
    outcome = check(payment(external_id="c-9"), books())
    assert "c-9" in refused(outcome, Cause.CUSTOMER_UNAVAILABLE)


def test_an_invoice_of_the_site_that_is_not_linked() -> None:
    part = Apply(amount_cents=10_000, external_id="i-9")
    outcome = check(payment(part, customer=BAKERY), books())
    assert "i-9" in refused(outcome, Cause.UNKNOWN_REFERENCE)


def test_it_is_not_taken_for_an_invoice_without_a_number() -> None:
    part = Apply(amount_cents=10_000, external_id="i-9")
    told = books(invoice("A-1", KITCHEN, number=None))
    refused(check(payment(part, customer=BAKERY), told), Cause.UNKNOWN_REFERENCE)


# A/R accounts


@pytest.mark.parametrize(
    ("accounts", "account"),
    [
        ([RECEIVABLE], RECEIVABLE),
        ([NOTES], NOTES),
        ([NOTES, NOTES], NOTES),
        ([None], None),
    ],
)
def test_the_account_is_the_invoices(accounts: list[str | None], account: str | None) -> None:
    owed = [invoice(f"A-{place}", BAKERY, account=name) for place, name in enumerate(accounts)]
    parts = [on(one.txn_id) for one in owed]
    assert (
        ready(check(payment(*parts, customer=BAKERY), books(*owed))).ar_account_list_id == account
    )


def test_invoices_of_two_accounts_on_one_payment() -> None:
    owed = [invoice("A-1", BAKERY), invoice("A-2", BAKERY, account=NOTES)]
    outcome = check(payment(on("A-1"), on("A-2"), customer=BAKERY), books(*owed))
    assert "more than one customer or A/R account" in refused(outcome, Cause.WRONG_CUSTOMER)


# Payment methods


def test_a_method_is_named_by_its_list_id() -> None:
    outcome = ready(check(payment(customer=BAKERY, method="VISA"), books()))
    assert (outcome.method_list_id, outcome.add_method) == (VISA.list_id, None)


def test_a_method_that_is_missing() -> None:
    outcome = check(payment(customer=BAKERY, method="Amex"), books())
    assert refused(outcome, Cause.UNKNOWN_REFERENCE) == (
        'QuickBooks has no payment method called "Amex".'
    )


def test_a_method_that_is_missing_and_may_be_added() -> None:
    outcome = ready(check(payment(customer=BAKERY, method=" Amex "), books(may_add_methods=True)))
    assert (outcome.method_list_id, outcome.add_method) == (None, ("Amex", "AmericanExpress"))


def test_a_method_without_a_type_is_never_added() -> None:
    outcome = check(payment(customer=BAKERY, method="Store credit"), books(may_add_methods=True))
    refused(outcome, Cause.UNKNOWN_REFERENCE)


@pytest.mark.parametrize("may_add", [True, False])
def test_an_inactive_method_is_never_doubled(*, may_add: bool) -> None:
    asleep = dataclasses.replace(VISA, is_active=False)
    told = books(methods=(asleep,), may_add_methods=may_add)
    outcome = check(payment(customer=BAKERY), told)
    assert refused(outcome, Cause.UNKNOWN_REFERENCE) == (
        'The payment method "Visa" is inactive in QuickBooks.'
    )
