"""A chart of bars drawn as plain shapes: no script, no style, and it prints.

A chart library would weigh more than the rest of the page and show nothing without scripts; this is
thirty rectangles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qbwc_server.services.overview import Became, ByBecame
from sync_core.money import Sums, added

# From the foot of a bar upwards.
ORDER = (
    Became.IN_QUICKBOOKS,
    Became.SET_ASIDE,
    Became.WAITING,
    Became.NOT_KNOWN,
    Became.NEEDS_YOU,
)
HEIGHT = 120
STEP, WIDTH = 20, 14
# What is there is seen, however small beside the rest.
PIECE_MIN = 3
_SCALED = HEIGHT - PIECE_MIN * len(ORDER)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a bar: what it shows, where it begins, how high it is."""

    became: Became
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    day: date
    x: int
    pieces: Sequence[Piece]
    sums: ByBecame

    @property
    def count(self) -> int:
        """Count the payments of the day."""
        return sum(one.count for one in self.sums.values())

    @property
    def together(self) -> Sums:
        """Add up the payments of the day."""
        return added(part for one in self.sums.values() for part in one.sums.items())


def bars(days: Mapping[date, ByBecame]) -> list[Bar]:
    """Draw a bar for each day, as high as it had payments."""
    most = max((sum(one.count for one in sums.values()) for sums in days.values()), default=0)
    return [
        Bar(day, number * STEP, _pieces(sums, most), sums)
        for number, (day, sums) in enumerate(days.items())
    ]


def _pieces(sums: ByBecame, most: int) -> list[Piece]:
    pieces, top = [], HEIGHT
    for became in ORDER:
        if became in sums:
            height = PIECE_MIN + _SCALED * sums[became].count // most
            top -= height
            pieces.append(Piece(became, top, height))
    return pieces
