"""Who a payment is: the same after any restore, and safe from slips of the pen."""

import re
import uuid
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sync_core import identity
from sync_core.identity import ALPHABET

BAKERY = uuid.UUID("6f1c2a34-0b5d-4e7f-8a9b-0c1d2e3f4a5b")
OTHER = uuid.UUID("90e8b3ac-11d2-4c3b-9e1f-aa00bb11cc22")

companies = st.uuids()
external_ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)
prefixes = st.from_regex(rf"[A-Z0-9]{{1,{identity.PREFIX_LENGTH_MAX}}}", fullmatch=True)


def test_a_payment_as_it_was_on_the_first_day() -> None:
    # Written down once: a release that changes these repeats every waiting payment.
    guid = identity.external_guid(BAKERY, "pay_123")
    assert str(guid) == "8322e1b9-a52d-5a72-b9fa-f752f13cbc5c"
    assert identity.reference("CB", BAKERY, "pay_123") == "CBCSDZPWMVM8"


@given(companies, external_ids)
def test_the_guid_is_a_uuid5_of_company_and_external_id(company: uuid.UUID, name: str) -> None:
    guid = identity.external_guid(company, name)
    assert guid == uuid.uuid5(company, name)
    assert (guid.version, guid.variant) == (5, uuid.RFC_4122)


@given(companies, external_ids, prefixes)
def test_the_same_payment_has_the_same_identity(company: uuid.UUID, name: str, prefix: str) -> None:
    again = uuid.UUID(str(company))
    assert identity.external_guid(company, name) == identity.external_guid(again, name)
    assert identity.reference(prefix, company, name) == identity.reference(prefix, again, name)


@given(companies, external_ids, external_ids)
def test_another_payment_has_another_identity(company: uuid.UUID, one: str, two: str) -> None:
    assume(one != two)
    assert identity.external_guid(company, one) != identity.external_guid(company, two)
    assert identity.reference("CB", company, one) != identity.reference("CB", company, two)


def test_the_same_id_in_another_company_is_another_payment() -> None:
    assert identity.external_guid(BAKERY, "1") != identity.external_guid(OTHER, "1")
    assert identity.reference("CB", BAKERY, "1") != identity.reference("CB", OTHER, "1")


def test_a_number_that_is_taken_gives_way_by_turns() -> None:
    turns = [identity.reference("CB", BAKERY, "pay_123", turn=turn) for turn in range(50)]
    assert turns[0] == identity.reference("CB", BAKERY, "pay_123")
    assert len(set(turns)) == len(turns)


@given(companies, external_ids, prefixes)
def test_a_reference_fits_into_quickbooks(company: uuid.UUID, name: str, prefix: str) -> None:
    reference = identity.reference(prefix, company, name)
    assert reference.startswith(prefix)
    assert len(reference) == len(prefix) + 10 <= 20
    assert set(reference[len(prefix) :]) <= set(ALPHABET)
    assert identity.is_acceptable(reference)
    assert identity.is_of_our_making(reference, prefix)


def test_the_usual_reference() -> None:
    reference = identity.reference(identity.PREFIX_DEFAULT, BAKERY, "pay_123")
    assert re.fullmatch(r"CB[2-9A-HJKMNP-Z]{10}", reference)


def test_no_character_looks_like_another() -> None:
    assert not set(ALPHABET) & set("01OIL")
    assert len(set(ALPHABET)) == len(ALPHABET) == 31


bodies = st.tuples(companies, external_ids).map(lambda who: identity.reference("CB", *who)[2:])


@given(bodies, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_noticed(body: str, place: int, wrong: str) -> None:
    assume(body[place] != wrong)
    mistyped = body[:place] + wrong + body[place + 1 :]
    assert not identity.is_of_our_making("CB" + mistyped, "CB")


@given(bodies, st.integers(0, 8))
def test_any_swap_of_two_neighbours_is_noticed(body: str, place: int) -> None:
    assume(body[place] != body[place + 1])
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert not identity.is_of_our_making("CB" + swapped, "CB")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(str.lower, id="small letters"),
        pytest.param(lambda text: text + "2", id="one more"),
        pytest.param(lambda text: text[:-1], id="one fewer"),
        pytest.param(lambda text: " " + text, id="a blank before"),
        pytest.param(lambda text: text + "\n", id="a line break after"),
        pytest.param(lambda text: "XY" + text[2:], id="another prefix"),
        pytest.param(lambda text: text[2:], id="no prefix"),
        pytest.param(lambda text: text[:0], id="nothing"),
        pytest.param(lambda text: text[:2], id="the prefix alone"),
        pytest.param(lambda text: text[:2] + "22", id="right, but shorter"),
        pytest.param(lambda text: text[:2] + "2" * 11, id="right, but longer"),
        pytest.param(lambda text: text[:-1] + "0", id="a character we never use"),
    ],
)
def test_what_is_not_of_our_making(change: Callable[[str], str]) -> None:
    reference = identity.reference("CB", BAKERY, "pay_123")
    assert not identity.is_of_our_making(change(reference), "CB")


@given(st.text(max_size=22))
def test_any_text_may_be_asked_about(text: str) -> None:
    if identity.is_of_our_making(text, "CB"):
        assert re.fullmatch(r"CB[2-9A-HJKMNP-Z]{10}", text)


@pytest.mark.parametrize(
    "given_", ["1", "A-1", "2026/11/20", "INV.77", "A" * 20, "0", "-", "CB7K3F9QXM2D"]
)
def test_a_reference_that_the_site_may_give(given_: str) -> None:
    assert identity.is_acceptable(given_)


@pytest.mark.parametrize(
    "given_",
    [
        *("", " ", "A B", "a1", "A" * 21, "A_1", "#12", "A&B", "A,B", "A\n", "\tA", "A\\B"),
        *("\u00c4", "\u0661\u0662", "\uff21", "A\u200b"),
    ],
)
def test_a_reference_that_the_site_may_not_give(given_: str) -> None:
    assert not identity.is_acceptable(given_)


@given(st.text(max_size=22))
def test_a_given_reference_is_plain_and_short(text: str) -> None:
    assert identity.is_acceptable(text) == bool(
        1 <= len(text) <= 20 and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./")
    )
