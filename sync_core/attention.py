"""The 10 % rule: when so many payments are refused that something other than payments is wrong.

Isolated failures are ordinary: each has its own card. Pure: whoever asks has counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sync_core.rejection import Cause

# Of the payments that were accepted in the last so many days ...
DAYS = 30
# ... at least one in so many, and at least so many, were refused at some time.
ONE_IN = 10
COUNT_MIN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Attention:
    """A company needs attention: how much was refused, and most often for which cause."""

    refused: int
    total: int
    most: Cause

    @property
    def percent(self) -> int:
        """Say how many of a hundred were refused, never more than there were."""
        return 100 * self.refused // self.total

    @property
    def facts(self) -> dict[str, str]:
        """Give what the sentence is made of (`words.many_refused`)."""
        return {
            "rate": f"{self.percent} %",
            "count": f"{self.refused}",
            "total": f"{self.total}",
        }


def attention(total: int, refused: Mapping[Cause, int]) -> Attention | None:
    """Say whether a company needs attention; `refused` counts by cause those of the `total`.

    Of causes that are as frequent as each other, the one that stands first among all is named.
    """
    count = sum(refused.values())
    if count < COUNT_MIN or count * ONE_IN < total:
        return None
    most = max(Cause, key=lambda cause: refused.get(cause, 0))
    return Attention(refused=count, total=total, most=most)
