"""The chart of the overview, bar by bar."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.portal import chart
from qbwc_server.portal.chart import HEIGHT, Piece
from qbwc_server.services.overview import Became, Sum

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def test_a_bar_is_as_high_as_its_day_was_full() -> None:
    busy = {Became.IN_QUICKBOOKS: Sum(6, {None: 60000}), Became.NEEDS_YOU: Sum(2, {None: 100})}
    quiet = {Became.WAITING: Sum(2, {None: 5})}
    monday, tuesday = chart.bars({MONDAY: busy, TUESDAY: quiet})
    assert monday.pieces == [
        Piece(Became.IN_QUICKBOOKS, 39, 81),
        Piece(Became.NEEDS_YOU, 10, 29),
    ]
    assert tuesday.pieces == [Piece(Became.WAITING, 91, 29)]
    assert (monday.x, tuesday.x) == (0, chart.STEP)
    assert (monday.count, tuesday.count) == (8, 2)


def test_a_day_without_payments_has_no_bar() -> None:
    (bar,) = chart.bars({MONDAY: {}})
    assert not bar.pieces


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(Became),
            st.integers(1, 10**6).map(lambda count: Sum(count, {None: count})),
        ),
        max_size=30,
    )
)
def test_what_is_there_is_seen_and_nothing_leaves_the_chart(days: list[dict[Became, Sum]]) -> None:
    drawn = chart.bars({date.fromordinal(740_000 + n): sums for n, sums in enumerate(days)})
    for bar, sums in zip(drawn, days, strict=True):
        assert {piece.became for piece in bar.pieces} == set(sums)
        top = HEIGHT
        for piece in bar.pieces:
            assert piece.height > 0
            assert piece.y + piece.height == top
            top = piece.y
        assert top >= 0
