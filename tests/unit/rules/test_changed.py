"""What counts as changed in QuickBooks since we posted it, and what does not."""

import pytest

from sync_core import words
from sync_core.changed import Change, Posted, Stands, changes

POSTED = Posted(amount_cents=100_00, customer_list_id="C-1", parts={"6-1": 60_00, "6-2": 30_00})


def stands(**told: object) -> Stands:
    """As it was posted, but for what is told: 60.00 and 30.00 applied, 10.00 left."""
    as_posted: dict[str, object] = {
        "total_cents": 100_00,
        "customer_list_id": "C-1",
        "unused_cents": 10_00,
        "applied": {"6-1": 60_00, "6-2": 30_00},
    }
    return Stands(**{**as_posted, **told})  # type: ignore[arg-type] # what a test tells


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, ()),
        ({"total_cents": 90_00, "unused_cents": 0}, (Change.AMOUNT,)),
        ({"total_cents": 120_00, "unused_cents": 30_00}, (Change.AMOUNT,)),
        ({"customer_list_id": "C-2"}, (Change.CUSTOMER,)),
        ({"unused_cents": 40_00, "applied": {"6-1": 60_00}}, (Change.INVOICES,)),
        ({"unused_cents": 100_00, "applied": {}}, (Change.INVOICES,)),
        # The same sum, on another invoice
        ({"applied": {"6-1": 60_00, "6-9": 30_00}}, (Change.INVOICES,)),
        ({"total_cents": 95_00, "unused_cents": 95_00, "applied": {}}, tuple(Change)[::2]),
        # What is left is used for another invoice, or put on one of its own
        ({"unused_cents": 0, "applied": {"6-1": 60_00, "6-2": 30_00, "6-3": 10_00}}, ()),
        ({"unused_cents": 0, "applied": {"6-1": 70_00, "6-2": 30_00}}, ()),
        # What was not told, or is not of now, proves nothing
        ({"total_cents": None, "customer_list_id": None, "unused_cents": None}, ()),
        ({"applied": {}}, ()),
        ({"applied": {"6-1": 60_00}}, ()),
    ],
)
def test_what_differs_from_what_was_posted(
    told: dict[str, object], found: tuple[Change, ...]
) -> None:
    assert changes(POSTED, stands(**told)) == found


def test_a_payment_on_no_invoice_is_never_taken_off_one() -> None:
    on_account = Posted(amount_cents=100_00, customer_list_id=None, parts={})
    assert changes(on_account, stands(unused_cents=0, applied={"6-9": 100_00})) == ()


def test_each_change_is_said_with_what_is_there_now() -> None:
    facts = {"amount": "100.00", "found_amount": "90.00", "found_customer": "Moonlight"}
    assert words.changed(Change, facts) == (
        "The amount is 90.00 there; 100.00 was posted.",
        "It stands under Moonlight there.",
        "It is no longer applied to its invoices there as it was posted.",
    )
    assert words.changed(Change, {})[:2] == (
        "The amount is another one there.",
        "It stands under another customer there.",
    )
