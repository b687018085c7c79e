"""Which payment method is meant: by name first, then by type, and never one more of the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.methods import Found, Inactive, Method, Missing, match


def entry(name: str, type_: str | None = None, *, active: bool = True) -> Method:
    return Method(list_id=f"id of {name}", name=name, is_active=active, type=type_)


CASH = entry("Cash", "Cash")
CHECK = entry("Check", "Check")
VISA = entry("Visa", "Visa")
CARDS = entry("Online cards", "Visa")
LIST = [CASH, CHECK, VISA]


@pytest.mark.parametrize("name", ["Visa", "visa", "VISA", " vIsA "])
def test_the_name_decides_whatever_its_case(name: str) -> None:
    assert match(name, LIST) == Found(VISA)


def test_accents_have_a_case_too() -> None:
    cheque = entry("Ch\u00e8que", "Check")
    assert match("CH\u00c8QUE", [CHECK, cheque]) == Found(cheque)


def test_a_name_is_compared_as_quickbooks_can_keep_it() -> None:
    # The hyphen of a web page is a sign that QuickBooks does not have; it keeps a plain one.
    e_check = entry("E-Check", "ECheck")
    assert match("e\u2011check", [e_check, entry("Bank draft", "ECheck")]) == Found(e_check)


def test_the_name_goes_before_the_type() -> None:
    odd = entry("Visa", "Other")
    assert match("Visa", [CARDS, odd]) == Found(odd)


def test_an_inactive_entry_of_that_name_is_meant_all_the_same() -> None:
    asleep = entry("Visa", "Visa", active=False)
    assert match("VISA", [CASH, asleep]) == Inactive(asleep)
    assert match("VISA", [CASH, asleep, CARDS]) == Inactive(asleep)


def test_of_two_that_differ_in_case_the_active_one_is_meant() -> None:
    asleep, awake = entry("VISA", "Visa", active=False), entry("Visa", "Visa")
    assert match("visa", [asleep, awake]) == Found(awake)
    assert match("visa", [awake, asleep]) == Found(awake)


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("Visa", "Visa"),
        ("MasterCard", "MasterCard"),
        ("Master Card", "MasterCard"),
        ("Amex", "AmericanExpress"),
        ("American Express", "AmericanExpress"),
        ("Discover", "Discover"),
        ("eCheck", "ECheck"),
        ("E-Check", "ECheck"),
        ("ACH", "ECheck"),
        ("EFT", "ECheck"),
        ("Debit", "DebitCard"),
        ("debit card", "DebitCard"),
        ("Gift Card", "GiftCard"),
        ("cash", "Cash"),
        ("Check", "Check"),
    ],
)
def test_the_type_decides_when_there_is_exactly_one(name: str, type_: str) -> None:
    ours = entry("Online payments", type_)
    other = entry("Something else", "Other")
    assert match(name, [other, ours]) == Found(ours)
    assert match(name, [other, ours, entry("More of them", type_)]) == Missing(type_)
    assert match(name, [other]) == Missing(type_)


def test_an_inactive_one_of_its_type_does_not_stand_in_the_way() -> None:
    assert match("Visa", [entry("Old cards", "Visa", active=False), CARDS]) == Found(CARDS)


def test_the_only_one_of_its_type_is_not_doubled_when_it_is_inactive() -> None:
    asleep = entry("Online cards", "Visa", active=False)
    assert match("Visa", [CASH, asleep]) == Inactive(asleep)


@pytest.mark.parametrize("name", ["Store credit", "Bitcoin", "Card", "Visa or cash", "", "  "])
def test_an_unknown_word_has_no_type_that_could_be_right(name: str) -> None:
    assert match(name, LIST) == Missing(None)
    assert match(name, []) == Missing(None)


def test_a_name_that_quickbooks_cannot_hold_is_never_added() -> None:
    masked = "Visa " + "*" * 26
    assert len(masked) == 31
    assert match(masked, []) == Missing("Visa")
    assert match(masked + "*", []) == Missing(None)
    assert match(masked + "*", LIST) == Found(VISA)


methods = st.lists(
    st.builds(
        entry,
        st.sampled_from(["Visa", "VISA", "visa ", "Cards", "Amex", "Check"]),
        st.sampled_from([None, "Visa", "Check", "AmericanExpress", "Other"]),
        active=st.booleans(),
    ),
    max_size=6,
)


@given(st.sampled_from(["Visa", "check", "AMEX", "Store credit"]), methods)
def test_nothing_is_added_under_a_name_that_is_there(name: str, there: list[Method]) -> None:
    found = match(name, there)
    if isinstance(found, Missing):
        assert name.casefold() not in {method.name.strip().casefold() for method in there}
        same_type = [method for method in there if found.type and method.type == found.type]
        assert len(same_type) != 1
    else:
        assert found.method in there
        assert found.method.is_active is isinstance(found, Found)
