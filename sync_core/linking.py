"""Which entries in QuickBooks can stand for which payments of ours, by their amounts.

One entry may stand for several payments, and several entries for one; but no money stands for two.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Linked:
    """A payment, and the entries (TxnIDs) that stand for it together."""

    amount_cents: int
    txn_ids: frozenset[str]


def has_room(payments: Mapping[int, Linked], totals: Mapping[str, int | None]) -> bool:
    """Say whether entries can stand for all payments (by id) that are linked to them.

    `totals` are the entries' amounts, None where it is not known and holds anything. A payment that
    shares its entries with no other may be larger than they are: it was entered with another
    amount, which a person puts right in QuickBooks.
    """
    left = {txn_id: total for txn_id, total in totals.items() if total is not None}
    used: dict[tuple[int, str], int] = {}
    for number, payment in payments.items():
        if _is_alone(number, payments) or any(txn_id not in left for txn_id in payment.txn_ids):
            continue
        missing = payment.amount_cents
        while missing:
            path = _path(number, payments, left, used)
            if path is None:
                return False
            missing -= _shift(path, missing, left, used)
    return True


def _is_alone(number: int, payments: Mapping[int, Linked]) -> bool:
    return all(
        other == number or payment.txn_ids.isdisjoint(payments[number].txn_ids)
        for other, payment in payments.items()
    )


# From a payment to an entry, from there to another payment that uses it, and so on.
_Path = list[tuple[int, str]]


def _path(
    start: int,
    payments: Mapping[int, Linked],
    left: Mapping[str, int],
    used: Mapping[tuple[int, str], int],
) -> _Path | None:
    """Find an entry with room, be it that other payments have to move over; the shortest way."""
    waiting: deque[tuple[int, _Path]] = deque([(start, [])])
    seen: set[str] = set()
    while waiting:
        payment, path = waiting.popleft()
        for txn_id in sorted(payments[payment].txn_ids - seen):
            if txn_id not in left:
                continue
            seen.add(txn_id)
            further = [*path, (payment, txn_id)]
            if left[txn_id] > 0:
                return further
            waiting.extend(
                (other, further)
                for (other, entry), cents in used.items()
                if entry == txn_id and cents and other != payment
            )
    return None


def _shift(
    path: _Path, missing: int, left: dict[str, int], used: dict[tuple[int, str], int]
) -> int:
    """Move cents along a path; give how many."""
    giving = [(path[place + 1][0], path[place][1]) for place in range(len(path) - 1)]
    cents = min([missing, left[path[-1][1]], *(used[step] for step in giving)])
    for step in path:
        used[step] = used.get(step, 0) + cents
    for step in giving:
        used[step] -= cents
    left[path[-1][1]] -= cents
    return cents
