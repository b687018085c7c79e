"""Many refusals: the company is shown as needing attention, with what to look at."""

from tests.integration.sync.firm import Firm, update

CUSTOMER = "Café Belém"


def refused(firm: Firm, count: int) -> None:
    """Have payments refused: QuickBooks has no such payment method."""
    for number in range(count):
        firm.pay(CUSTOMER, f"{number + 1}.00", method="Shells")


def test_a_tenth_of_a_months_payments(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)
    pc = firm.pc()
    refused(firm, 4)
    for number in range(40):
        firm.pay(CUSTOMER, f"{number + 1}.50")
    update(pc)
    assert sorted(set(firm.statuses().values())) == ["posted", "rejected"]
    isolated = firm.services.companies.show(firm.company_id)
    assert (isolated.attention, isolated.notices) == (None, [])
    refused(firm, 1)
    update(pc)
    shown = firm.services.companies.show(firm.company_id)
    assert shown.attention is not None
    assert (shown.attention.refused, shown.attention.total, shown.attention.percent) == (5, 45, 11)
    assert shown.attention.cause == "unknown_reference"
    assert shown.notices == [shown.attention.summary]
    assert shown.attention.summary == (
        "11 % of the last 30 days' payments were refused (5 of 45). Most often: not found in "
        "QuickBooks. Set the payment methods once under Settings."
    )
    standing = firm.services.companies.standing(firm.company_file_id)
    assert (standing.notices, standing.attention) == (shown.notices, shown.attention)
    # What was settled since had been refused all the same; what is older than a month is past.
    firm.books.add_payment_method("Shells", "Cash")
    firm.clock.move(days=1)
    update(pc)
    assert set(firm.statuses().values()) == {"posted"}
    assert firm.services.companies.show(firm.company_id).attention == shown.attention
    firm.clock.move(days=30)
    assert firm.services.companies.show(firm.company_id).notices == []
