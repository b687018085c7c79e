"""Which entries can stand for which payments: no money stands for two."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sync_core.linking import Linked, has_room


def linked(amount_cents: int, *txn_ids: str) -> Linked:
    return Linked(amount_cents, frozenset(txn_ids))


def test_one_entry_stands_for_several_payments_up_to_its_amount() -> None:
    """The bookkeeper typed in Friday's two card payments as one of 100.00."""
    assert has_room({1: linked(6000, "A"), 2: linked(4000, "A")}, {"A": 10000})
    assert not has_room({1: linked(6000, "A"), 2: linked(4001, "A")}, {"A": 10000})


def test_several_entries_stand_for_one_payment() -> None:
    """A parent paid for two jobs, and each job has its own entry."""
    assert has_room({1: linked(10000, "A", "B")}, {"A": 6000, "B": 4000})


def test_what_is_alone_with_its_entry_may_be_larger() -> None:
    """Typed in as 52.10 instead of 125.00: she corrects it in QuickBooks."""
    assert has_room({1: linked(12500, "A")}, {"A": 5210})


def test_a_payment_moves_over_to_make_room() -> None:
    payments = {1: linked(6000, "A", "B"), 2: linked(6000, "A")}
    assert has_room(payments, {"A": 6000, "B": 6000})
    assert not has_room(payments, {"A": 6000, "B": 5999})
    assert not has_room(payments, {"A": 5999, "B": 10000})


def test_an_entry_of_unknown_amount_holds_anything() -> None:
    assert has_room({1: linked(6000, "A"), 2: linked(6000, "A")}, {"A": None})


amounts = st.integers(1, 4)
links = st.dictionaries(
    st.integers(1, 3),
    st.builds(
        Linked, amounts, st.frozensets(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=3)
    ),
    min_size=2,
)


@given(payments=links, totals=st.fixed_dictionaries(dict.fromkeys(["A", "B", "C"], amounts)))
def test_it_fits_when_no_group_of_payments_outweighs_its_entries(
    payments: dict[int, Linked], totals: dict[str, int]
) -> None:
    """Hall's condition, over all groups of payments that share an entry with another."""
    shared = {
        number: one
        for number, one in payments.items()
        if any(one.txn_ids & other.txn_ids for key, other in payments.items() if key != number)
    }
    groups = itertools.chain.from_iterable(
        itertools.combinations(shared.values(), size) for size in range(1, len(shared) + 1)
    )
    fits = all(
        sum(one.amount_cents for one in group)
        <= sum(totals[txn_id] for txn_id in frozenset[str]().union(*(g.txn_ids for g in group)))
        for group in groups
    )
    assert has_room(payments, dict(totals)) == fits
