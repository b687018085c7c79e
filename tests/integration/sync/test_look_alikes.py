"""Payments that look alike: held before they are sent, until a person says that they are two."""

from collections.abc import Callable
from typing import Any

import pytest

from qbwc_server.services.steps import holds
from scripts.simulate.web_connector import WebConnector
from sync_core.wording import notes
from tests.integration.sync.firm import Firm, sent, update
from tests.integration.sync.losses import (
    act,
    executed,
    lose_the_answers,
    stand_once,
    trail,
    wrote,
)

CUSTOMER = "Café Belém"
OTHER = "Zoë Lindqvist"
# A payment: 312.50, of which 200.00 is applied to invoice 2118, received on 20 November.
PART = [{"invoice": {"number": "2118"}, "amount": "200.00"}]
PART_OF_IT = [{"invoice": {"number": "2118"}, "amount": "20.00"}]
ONE_LIKE_IT: dict[str, Any] = {"customer": CUSTOMER, "amount": "312.50", "apply": PART}


@pytest.fixture
def firm(opened: Callable[..., Firm]) -> Firm:
    """A firm as it is set up: payments that look alike are held."""
    firm = opened(holds_look_alikes=True)
    firm.books.add_customer(CUSTOMER)
    firm.books.add_customer(OTHER)
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2118")
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2119")
    firm.books.add_invoice(OTHER, amount="9000.00", number="2120")
    return firm


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    return firm.pc()


def is_held(firm: Firm, payment: str, like: str) -> None:
    """See that a payment waits for a person, who is shown the one that is like it."""
    rejection = firm.payment(payment).rejection
    assert rejection is not None, firm.payment(payment)
    assert rejection.cause == "possible_duplicate"
    other = firm.payment(like)
    assert rejection.summary == (
        f"This payment looks like online payment {other.reference} of {other.received_on}: the "
        "same customer, amount and invoices."
    )
    own, shown = rejection.evidence
    for row, one in ((own, firm.payment(payment)), (shown, other)):
        assert row["id"] == one.id
        assert row["reference"] == one.reference
        assert row["amount"] == one.amount
        assert row["method"] == one.method
        assert row["received_on"] == one.received_on.isoformat()
        invoices = [part.invoice["number"] for part in one.apply]
        assert row.get("invoices", "") == ", ".join(invoices)
    assert own["state"] == "this one"
    assert "The other one is " in rejection.books
    assert "post_anyway" in rejection.remedies
    assert firm.attempts(payment) == []
    assert executed(firm, payment) == 0


@pytest.mark.parametrize(
    ("apply", "received_on"), [([], "2026-11-17"), (PART, "2026-11-20"), (PART, "2026-11-23")]
)
def test_a_payment_like_one_that_is_posted_is_held(
    firm: Firm, pc: WebConnector, apply: list[dict[str, Any]], received_on: str
) -> None:
    first = firm.pay(CUSTOMER, "312.50", apply)
    assert update(pc).status == "1 payment posted"
    second = firm.pay(CUSTOMER, "312.50", apply, received_on=received_on)
    session = update(pc)
    assert session.status == "1 needs you: https://pay.example.com/resolve"
    assert wrote(session) == []
    is_held(firm, second, first)
    assert update(pc).status == "Nothing to post."  # never by itself
    stand_once(firm, first)


@pytest.mark.parametrize("apply", [[], PART])
def test_of_two_in_one_batch_the_first_goes(
    firm: Firm, pc: WebConnector, apply: list[dict[str, Any]]
) -> None:
    first, second, third = (firm.pay(CUSTOMER, "312.50", apply) for _ in range(3))
    session = update(pc)
    assert session.status == "1 payment posted, 2 need you: https://pay.example.com/resolve"
    assert [len(some) for some in sent(session, "ReceivePaymentAdd")] == [1]
    stand_once(firm, first)
    is_held(firm, second, first)
    is_held(firm, third, second)


@pytest.mark.parametrize(
    "differs",
    [
        {"customer": OTHER, "apply": [{"invoice": {"number": "2120"}, "amount": "200.00"}]},
        {"amount": "312.51"},
        {"apply": [{"invoice": {"number": "2119"}, "amount": "200.00"}]},
        {"apply": []},
        {"apply": [*PART, {"invoice": {"number": "2119"}, "amount": "1.00"}]},
        {"received_on": "2026-11-24"},
        {"received_on": "2026-11-16"},
    ],
)
def test_what_differs_is_not_held(firm: Firm, pc: WebConnector, differs: dict[str, Any]) -> None:
    """Another customer, amount or invoice; or four days apart."""
    first, second = firm.pay(**ONE_LIKE_IT), firm.pay(**(ONE_LIKE_IT | differs))
    assert update(pc).status == "2 payments posted"
    stand_once(firm, first, second)


@pytest.mark.parametrize(
    "differs",
    [
        {"method": "E-Check"},
        {"memo": "second try"},
        {"processor": "stripe", "processor_txn_id": "ch_2"},
        {"apply": [{"invoice": {"number": "2118"}, "amount": "150.00"}]},
    ],
)
def test_what_differs_only_in_its_words_is_held(
    firm: Firm, pc: WebConnector, differs: dict[str, Any]
) -> None:
    """The customer pressed the button twice, or tried the other card."""
    first, second = firm.pay(**ONE_LIKE_IT), firm.pay(**(ONE_LIKE_IT | differs))
    assert update(pc).status.startswith("1 payment posted, 1 needs you")
    stand_once(firm, first)
    is_held(firm, second, first)


@pytest.mark.parametrize("apply", [[], PART])
def test_they_are_two_post_it(firm: Firm, pc: WebConnector, apply: list[dict[str, Any]]) -> None:
    first, second = (firm.pay(CUSTOMER, "312.50", apply) for _ in range(2))
    update(pc)
    act(firm, second, "post_anyway")
    assert update(pc).status == "1 payment posted"
    stand_once(firm, first, second)
    assert trail(firm, second) == ["queued", "rejected", "queued", "sent", "posted"]
    third = firm.pay(CUSTOMER, "312.50", apply)  # the word was about the second one alone
    update(pc)
    is_held(firm, third, second)


def test_a_retry_is_no_word_that_they_are_two(firm: Firm, pc: WebConnector) -> None:
    first, second = (firm.pay(**ONE_LIKE_IT) for _ in range(2))
    update(pc)
    act(firm, second, "retry")
    assert wrote(update(pc)) == []
    is_held(firm, second, first)


def test_with_the_setting_off_nothing_is_held(firm: Firm, pc: WebConnector) -> None:
    firm.services.companies.set(firm.company_id, {"hold_look_alikes": "no"})
    payments = [firm.pay(**ONE_LIKE_IT) for _ in range(3)]
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *payments)


def test_a_dismissed_payment_holds_nothing(firm: Firm, pc: WebConnector) -> None:
    """The first one was withdrawn, and sent in again under a new id."""
    first = firm.pay(**ONE_LIKE_IT)
    act(firm, first, "withdraw")
    second = firm.pay(**ONE_LIKE_IT)
    assert update(pc).status == "1 payment posted"
    stand_once(firm, second)
    assert firm.payment(first).status == "dismissed"


@pytest.mark.parametrize("is_hidden", [True, False])
def test_a_rejected_payment_holds_until_it_is_dismissed(
    firm: Firm,
    pc: WebConnector,
    is_hidden: bool,  # noqa: FBT001
) -> None:
    """It may still be posted; deleting it from the history dismisses it."""
    first = firm.pay(**ONE_LIKE_IT, method="Barter")
    update(pc)
    second = firm.pay(**ONE_LIKE_IT)
    update(pc)
    is_held(firm, second, first)
    act(firm, first, "delete" if is_hidden else "dismiss")
    act(firm, second, "retry")
    assert update(pc).status == "1 payment posted"
    stand_once(firm, second)


def test_a_hidden_posted_payment_still_holds(firm: Firm, pc: WebConnector) -> None:
    first = firm.pay(**ONE_LIKE_IT)
    update(pc)
    act(firm, first, "delete")
    second = firm.pay(**ONE_LIKE_IT)
    update(pc)
    is_held(firm, second, first)


def test_it_is_held_while_the_first_one_is_in_doubt(firm: Firm, pc: WebConnector) -> None:
    first = firm.pay(**ONE_LIKE_IT)
    lose_the_answers(pc)
    firm.clock.move(minutes=11)
    second = firm.pay(**ONE_LIKE_IT)
    update(pc)
    assert firm.payment(first).status in ("in_doubt", "posted")
    is_held(firm, second, first)
    firm.clock.move(hours=1)
    update(pc)
    stand_once(firm, first)


def test_the_first_one_is_not_held_for_the_second(firm: Firm, pc: WebConnector) -> None:
    """It comes back from doubt, and is sent again although there is one like it by now."""
    first = firm.pay(**ONE_LIKE_IT)
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    second = firm.pay(**ONE_LIKE_IT)
    firm.clock.move(hours=1)
    assert update(pc).status.startswith("1 payment posted, 1 needs you")
    stand_once(firm, first)
    is_held(firm, second, first)


def test_one_that_was_withdrawn_and_comes_again_beside_one_that_is_posted(
    firm: Firm, pc: WebConnector
) -> None:
    """The first one was withdrawn and handed in anew; that one is posted. Then it is re-opened."""
    first = firm.pay(**ONE_LIKE_IT)
    act(firm, first, "withdraw")
    second = firm.pay(**ONE_LIKE_IT)
    update(pc)
    act(firm, first, "reopen")
    assert wrote(update(pc)) == []
    is_held(firm, first, second)
    act(firm, first, "post_anyway")
    update(pc)
    stand_once(firm, first, second)


def test_one_that_was_withdrawn_and_comes_again_beside_one_in_doubt(
    firm: Firm, pc: WebConnector
) -> None:
    """It waits until it is known whether QuickBooks has the other, and is held if so."""
    back = firm.pc("Back office", primary=False)
    update(back)
    first = firm.pay(**ONE_LIKE_IT)
    act(firm, first, "withdraw")
    second = firm.pay(**ONE_LIKE_IT)
    asleep = pc.begin()
    asleep.take("ReceivePaymentAdd")
    act(firm, first, "reopen")
    firm.clock.move(hours=1)
    session = update(back)
    assert wrote(session) == []
    assert session.status.startswith("1 payment being checked")
    assert firm.payment(first).note == notes.ALIKE_IN_DOUBT.format(other=second)
    asleep.wake()
    firm.clock.move(hours=1)
    update(back)
    stand_once(firm, second)
    is_held(firm, first, second)


def test_of_two_that_wait_again_the_older_one_goes(firm: Firm, pc: WebConnector) -> None:
    """QuickBooks has neither: they do not hold each other for ever."""
    first = firm.pay(**ONE_LIKE_IT)
    act(firm, first, "withdraw")
    second = firm.pay(**ONE_LIKE_IT)
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    act(firm, first, "reopen")
    firm.clock.move(hours=1)
    update(pc)
    stand_once(firm, first)
    rejection = firm.payment(second).rejection
    assert rejection is not None
    assert rejection.cause == "possible_duplicate"
    assert executed(firm, second) == 0


def test_one_that_was_posted_anyway_and_lost_its_answer(firm: Firm, pc: WebConnector) -> None:
    """A person's word holds; and QuickBooks is asked all the same."""
    first, second = (firm.pay(**ONE_LIKE_IT) for _ in range(2))
    update(pc)
    act(firm, second, "post_anyway")
    lose_the_answers(pc)
    firm.clock.move(hours=1)
    session = update(pc)
    assert wrote(session) == []
    stand_once(firm, first, second)


def test_one_that_was_posted_anyway_and_never_reached_quickbooks(
    firm: Firm, pc: WebConnector
) -> None:
    first, second = (firm.pay(**ONE_LIKE_IT) for _ in range(2))
    update(pc)
    act(firm, second, "post_anyway")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    firm.clock.move(hours=1)
    assert update(pc).status == "1 payment posted"
    stand_once(firm, first, second)


def test_one_that_was_posted_anyway_and_deleted_before_its_answer_was_looked_for(
    firm: Firm, pc: WebConnector
) -> None:
    """They are two, said a person; that it was deleted since is another matter."""
    first, second = (firm.pay(**ONE_LIKE_IT) for _ in range(2))
    update(pc)
    act(firm, second, "post_anyway")
    lose_the_answers(pc)
    firm.books.delete_payment(firm.books.payments()[-1].txn_id)
    firm.clock.move(hours=1)
    assert wrote(update(pc)) == []
    rejection = firm.payment(second).rejection
    assert rejection is not None
    assert "it was deleted there" in rejection.summary
    stand_once(firm, first)
    assert executed(firm, second) == 1


def test_look_alikes_of_another_company_hold_nothing(opened: Callable[..., Firm]) -> None:
    firms = [opened(holds_look_alikes=True, name=name) for name in ("Bakery", "Law office")]
    for each in firms:
        each.books.add_customer(CUSTOMER)
        each.pay(CUSTOMER, "25.00")
        assert update(each.pc()).status == "1 payment posted"


def test_across_the_turn_of_the_year(firm: Firm, pc: WebConnector) -> None:
    first = firm.pay(CUSTOMER, "25.00", received_on="2026-12-30")
    second = firm.pay(CUSTOMER, "25.00", received_on="2027-01-02")
    third = firm.pay(CUSTOMER, "25.00", received_on="2027-01-06")
    assert update(pc).status.startswith("2 payments posted, 1 needs you")
    stand_once(firm, first, third)
    is_held(firm, second, first)
    assert holds.ALIKE_DAYS == 3


@pytest.mark.parametrize("is_read", [True, False])
@pytest.mark.parametrize("by_name_first", [True, False])
def test_a_customer_named_in_two_ways_is_the_same_customer(
    firm: Firm,
    pc: WebConnector,
    by_name_first: bool,  # noqa: FBT001
    is_read: bool,  # noqa: FBT001
) -> None:
    """By name, in whatever case, and by ListID; known to be one from the first sync on."""
    if is_read:
        update(pc)
    ways: list[Any] = ["CAFÉ Belém", {"list_id": firm.books.customer(CUSTOMER).list_id}]
    one, other = ways if by_name_first else ways[::-1]
    first, second = firm.pay(one, "25.00", PART_OF_IT), firm.pay(other, "25.00", PART_OF_IT)
    assert update(pc).status == "1 payment posted, 1 needs you: https://pay.example.com/resolve"
    stand_once(firm, first)
    is_held(firm, second, first)


def test_a_name_that_is_no_customer_we_know_is_compared_as_it_is(
    firm: Firm, pc: WebConnector
) -> None:
    """A customer that is gone has left its name to nobody."""
    list_id = firm.books.customer(OTHER).list_id
    update(pc)
    with firm.engine.begin() as db:
        db.exec_driver_sql("UPDATE customer SET gone_wall = '2026-11-20T10:00:00'")
    for payment in (firm.pay(OTHER, "25.00"), firm.pay({"list_id": list_id}, "25.00")):
        update(pc)
        rejection = firm.payment(payment).rejection
        assert rejection is not None
        assert rejection.cause == "customer_unavailable"  # and no duplicate
