"""Is an entry in QuickBooks ours? Its GUID says so, and where there is none, all else must fit."""

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core import identity
from sync_core.receipts import (
    ByHand,
    Contested,
    Found,
    Nowhere,
    Ours,
    Receipt,
    Wanted,
    find,
    guid_of,
    is_stranger,
    number_of,
    wall_of,
)

GUID = "5a0f6cc1-30f6-5d6e-9d3e-0b1c2d3e4f50"
OTHER_GUID = "11111111-2222-5333-8444-555555555555"
NUMBER = "CB7K3F9QXM2D"
WANTED = Wanted(
    guid=GUID,
    reference=NUMBER,
    amount_cents=12_500,
    customers=frozenset({"80000013-1416570432", "Café Belém"}),
)
OURS = Receipt(
    txn_id="9F-1763700000",
    guid=GUID,
    reference=NUMBER,
    customer_list_id="80000013-1416570432",
    customer_name="Café Belém",
    total_cents=12_500,
    created_wall="2026-11-20T10:00:00",
)
# As a QuickBooks tells it that keeps no GUID, and as somebody types it in.
BARE = replace(OURS, guid=None)
KEEPS, DROPS, NOT_KNOWN = True, False, None


# Its GUID


@pytest.mark.parametrize("keeps_guid", [KEEPS, DROPS, NOT_KNOWN])
@pytest.mark.parametrize(
    "receipt",
    [
        pytest.param(OURS, id="as we sent it"),
        pytest.param(replace(OURS, reference="1042"), id="somebody changed its number"),
        pytest.param(replace(OURS, reference=None), id="or took it away"),
        pytest.param(replace(OURS, total_cents=1), id="its amount"),
        pytest.param(replace(OURS, total_cents=0), id="set to 0.00"),
        pytest.param(
            replace(OURS, customer_list_id="8000009A-1", customer_name="Nobody"), id="its customer"
        ),
    ],
)
def test_our_guid_is_enough(receipt: Receipt, *, keeps_guid: bool | None) -> None:
    assert find(WANTED, [receipt], keeps_guid=keeps_guid) == Ours((receipt,))


def test_two_of_ours_are_told_oldest_first() -> None:
    second = replace(OURS, txn_id="1-1763700000", created_wall="2026-11-20T10:00:01")
    undated = replace(OURS, txn_id="2-1763700000", created_wall=None)
    found = find(WANTED, [second, OURS, undated], keeps_guid=KEEPS)
    assert found == Ours((undated, OURS, second))


def test_what_stands_beside_ours_under_our_number_is_not_ours() -> None:
    beside = [replace(BARE, txn_id="A0-1"), replace(OURS, txn_id="A0-2", guid=OTHER_GUID)]
    assert find(WANTED, [*beside, OURS], keeps_guid=DROPS) == Ours((OURS,))


# No GUID


@pytest.mark.parametrize(
    ("keeps_guid", "found"),
    [(KEEPS, ByHand(BARE)), (DROPS, Ours((BARE,))), (NOT_KNOWN, Ours((BARE,)))],
)
def test_one_entry_that_fits_in_all_else(found: Found, *, keeps_guid: bool | None) -> None:
    """Before the first answer nobody knows; to take it for ours cannot post money twice."""
    assert find(WANTED, [BARE], keeps_guid=keeps_guid) == found


@pytest.mark.parametrize(
    ("receipt", "fits"),
    [
        (BARE, True),
        (replace(BARE, customer_list_id=None), True),  # by its name
        (replace(BARE, customer_name=None), True),  # by its ListID
        (replace(BARE, customer_list_id=None, customer_name=" CAFÉ belém "), True),
        (replace(BARE, customer_list_id="8000009A-1"), True),  # the name fits
        (replace(BARE, customer_list_id=None, customer_name=None), False),
        (replace(BARE, customer_list_id="8000009A-1", customer_name="Café Belém:Bar"), False),
        (replace(BARE, total_cents=12_501), False),
        (replace(BARE, total_cents=None), False),
        (replace(BARE, total_cents=0), False),
    ],
)
@pytest.mark.parametrize("keeps_guid", [KEEPS, DROPS, NOT_KNOWN])
def test_all_else_is_customer_and_amount(
    receipt: Receipt, *, fits: bool, keeps_guid: bool | None
) -> None:
    found = find(WANTED, [receipt], keeps_guid=keeps_guid)
    assert isinstance(found, Contested) is not fits


@pytest.mark.parametrize("keeps_guid", [KEEPS, DROPS, NOT_KNOWN])
@pytest.mark.parametrize(
    "receipts",
    [
        pytest.param([replace(OURS, guid=OTHER_GUID)], id="our number with another GUID"),
        pytest.param([replace(BARE, total_cents=12_501)], id="with another amount and no GUID"),
        pytest.param([BARE, replace(BARE, txn_id="A0-1")], id="two without a GUID"),
        pytest.param([BARE, replace(BARE, txn_id="A0-1", total_cents=1)], id="one of them fits"),
        pytest.param([BARE, replace(OURS, txn_id="A0-1", guid=OTHER_GUID)], id="one has another"),
    ],
)
def test_what_nobody_decides_but_a_person(
    receipts: list[Receipt], *, keeps_guid: bool | None
) -> None:
    assert find(WANTED, receipts, keeps_guid=keeps_guid) == Contested(tuple(receipts))


@pytest.mark.parametrize(
    "receipts",
    [
        [],
        [replace(BARE, reference="CB7K3F9QXM2E")],
        [replace(BARE, reference=None)],
        [replace(OURS, guid=OTHER_GUID, reference="1042")],
    ],
)
def test_nothing_is_like_it(receipts: list[Receipt]) -> None:
    assert find(WANTED, receipts, keeps_guid=KEEPS) == Nowhere()


@pytest.mark.parametrize(
    ("receipt", "found"),
    [
        pytest.param(replace(OURS, total_cents=0), Nowhere(), id="it is still 0.00"),
        pytest.param(OURS, Ours((OURS,)), id="it has its amount again"),
        pytest.param(
            replace(OURS, txn_id="A0-1", total_cents=0),
            Ours((replace(OURS, txn_id="A0-1", total_cents=0),)),
            id="another one that is 0.00",
        ),
    ],
)
def test_the_receipt_that_it_had_before(receipt: Receipt, found: Found) -> None:
    """Set to 0.00 in QuickBooks and re-opened by a person: it is posted anew."""
    wanted = replace(WANTED, former_txn_id=OURS.txn_id)
    assert find(wanted, [receipt], keeps_guid=KEEPS) == found


# Whatever stands there

receipts = st.builds(
    Receipt,
    txn_id=st.sampled_from(["1-1", "2-1", "3-1", OURS.txn_id]),
    guid=st.sampled_from([None, GUID, OTHER_GUID]),
    reference=st.sampled_from([None, NUMBER, "1042"]),
    customer_list_id=st.sampled_from([None, OURS.customer_list_id, "8000009A-1"]),
    customer_name=st.sampled_from([None, OURS.customer_name, "Nobody"]),
    total_cents=st.sampled_from([None, 0, 12_500, 12_501]),
    created_wall=st.sampled_from([None, "2026-11-20T10:00:00", "2026-11-20T10:00:01"]),
)
lists = st.lists(receipts, max_size=4, unique_by=lambda receipt: receipt.txn_id)
knowledge = st.sampled_from([KEEPS, DROPS, NOT_KNOWN])


@given(there=lists, keeps_guid=knowledge)
def test_a_guid_decides_before_all_else(there: list[Receipt], *, keeps_guid: bool | None) -> None:
    found = find(WANTED, there, keeps_guid=keeps_guid)
    with_guid = {receipt for receipt in there if receipt.guid == GUID}
    if with_guid:
        assert isinstance(found, Ours)
        assert set(found.receipts) == with_guid
    elif isinstance(found, Ours):
        (only,) = found.receipts
        assert only.guid is None
        assert (only.reference, only.total_cents) == (NUMBER, 12_500)
        assert [receipt for receipt in there if receipt.reference == NUMBER] == [only]
        assert not keeps_guid


@given(there=lists, keeps_guid=knowledge)
def test_what_carries_our_number_is_never_overlooked(
    there: list[Receipt], *, keeps_guid: bool | None
) -> None:
    found = find(WANTED, there, keeps_guid=keeps_guid)
    like = [receipt for receipt in there if receipt.guid == GUID or receipt.reference == NUMBER]
    assert (found == Nowhere()) == (not like)


@given(there=lists, keeps_guid=knowledge, dice=st.randoms(use_true_random=False))
def test_the_order_of_the_list_says_nothing(
    there: list[Receipt], dice: Random, *, keeps_guid: bool | None
) -> None:
    found = find(WANTED, there, keeps_guid=keeps_guid)
    shuffled = list(there)
    dice.shuffle(shuffled)
    assert find(WANTED, shuffled, keeps_guid=keeps_guid) == found


# Nobody's


MADE = identity.reference("CB", UUID(int=7), "web-1")


@pytest.mark.parametrize(
    ("receipt", "strange"),
    [
        pytest.param(Receipt(txn_id="1", guid=GUID, reference=MADE), True, id="as we make them"),
        pytest.param(
            Receipt(txn_id="1", guid=GUID, reference=MADE, total_cents=0), False, id="it is gone"
        ),
        pytest.param(Receipt(txn_id="1", reference=MADE), False, id="typed in, as we advise"),
        pytest.param(Receipt(txn_id="1", guid=GUID), False, id="another program's, no number"),
        pytest.param(Receipt(txn_id="1", guid=GUID, reference="1042"), False, id="its own number"),
        pytest.param(
            Receipt(txn_id="1", guid=GUID, reference=MADE[:-1] + ("2" if MADE[-1] != "2" else "3")),
            False,
            id="the check character is wrong",
        ),
        pytest.param(
            Receipt(txn_id="1", guid=GUID, reference=f"WEB{MADE[2:]}"), True, id="our own prefix"
        ),
        pytest.param(
            Receipt(txn_id="1", guid=GUID, reference=f"XX{MADE[2:]}"), False, id="another prefix"
        ),
    ],
)
def test_a_stranger_of_our_making(receipt: Receipt, *, strange: bool) -> None:
    assert is_stranger(receipt, {"CB", "WEB"}) is strange


# As QuickBooks writes it


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (f"{{{GUID}}}", GUID),
        (f"{{{GUID.upper()}}}", GUID),
        (GUID, GUID),
        ("0", None),
        ("", None),
        (None, None),
    ],
)
def test_a_guid(told: str | None, kept: str | None) -> None:
    assert guid_of(told) == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (NUMBER, NUMBER),
        (f" {NUMBER.lower()} ", NUMBER),
        ("a-1/2", "A-1/2"),
        (" ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number(told: str | None, kept: str | None) -> None:
    assert number_of(told) == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-11-20T10:00:00-05:00", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00:00+01:00", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00:00.123-05:00", "2026-11-20T10:00:00"),
        ("2026-11-20", "2026-11-20T00:00:00"),
        (" 2026-11-20 ", "2026-11-20T00:00:00"),
        ("11/20/2026", None),
        ("2026-11-20T10:00", None),
        ("", None),
        (None, None),
    ],
)
def test_a_moment(told: str | None, kept: str | None) -> None:
    assert wall_of(told) == kept


@given(st.text(max_size=40))
def test_no_other_text_is_a_moment(told: str) -> None:
    kept = wall_of(told)
    assert kept is None or kept[:10] in told


@given(st.datetimes(), st.sampled_from(["", "-05:00", "+00:00", "+05:45"]))
def test_the_offset_is_cut_off(moment: object, offset: str) -> None:
    wall = str(moment)[:19].replace(" ", "T")
    assert wall_of(wall + offset) == wall
    assert wall_of(wall[:10]) == f"{wall[:10]}T00:00:00"
