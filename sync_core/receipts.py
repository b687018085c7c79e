"""Is a payment that stands in QuickBooks ours? By its ExternalGUID, and by no more than it must.

Source: exactly-once rules A.3 and B.3.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sync_core import identity
from sync_core.names import plain
from sync_core.same_books import bare

# The wall clock of the QuickBooks machine; the offset behind it cannot be trusted (observed on the
# summer times of recorded answers), so it is cut off.
_WALL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """A payment as it stands in QuickBooks; `guid` and `reference` as `guid_of`, `number_of` do."""

    txn_id: str
    guid: str | None = None
    reference: str | None = None
    customer_list_id: str | None = None
    customer_name: str | None = None
    total_cents: int | None = None
    unused_cents: int | None = None
    edit_sequence: str | None = None
    created_wall: str | None = None
    day: date | None = None
    seen_session_id: int | None = None  # the last sync that was told of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A payment of ours that is looked for.

    `customers` are the ListIDs and full names under which it may stand. `former_txn_id` is the
    receipt that it had before; as long as that is 0.00, it is no longer it.
    """

    guid: str
    reference: str
    amount_cents: int
    customers: frozenset[str]
    former_txn_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ours:
    """It stands there. The first receipt is it; any other is one too many."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody typed it in under our number: no GUID in a QuickBooks that keeps them."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Contested:
    """Our number stands on something else: nobody decides but a person."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Nothing there is like it."""


Found = Ours | ByHand | Contested | Nowhere


def find(wanted: Wanted, receipts: Sequence[Receipt], *, keeps_guid: bool | None) -> Found:
    """Look for a payment among receipts that carry its GUID or its number.

    `keeps_guid` says whether this QuickBooks gives the ExternalGUID back; None: not known yet, and
    then one that has none is taken for ours as where it is dropped, since the other way would post
    the money a second time.
    """
    candidates = [
        receipt
        for receipt in receipts
        if receipt.txn_id != wanted.former_txn_id or receipt.total_cents != 0
    ]
    ours = [receipt for receipt in candidates if receipt.guid == wanted.guid]
    if ours:
        return Ours(tuple(sorted(ours, key=_age)))
    numbered = [receipt for receipt in candidates if receipt.reference == wanted.reference]
    if not numbered:
        return Nowhere()
    only = numbered[0]
    if len(numbered) > 1 or only.guid is not None or not is_like(only, wanted):
        return Contested(tuple(sorted(numbered, key=_age)))
    return ByHand(only) if keeps_guid else Ours((only,))


def further(
    wanted: Wanted, receipts: Sequence[Receipt], *, drops_guid: bool
) -> tuple[Receipt, ...]:
    """Find the entries that are a payment once more, besides the one under which it stands.

    By its GUID; where it is dropped, each one of its number, customer and amount, however many.
    """
    found = [
        receipt
        for receipt in receipts
        if receipt.guid == wanted.guid
        or (
            drops_guid
            and receipt.guid is None
            and receipt.reference == wanted.reference
            and is_like(receipt, wanted)
        )
    ]
    return tuple(sorted(found, key=_age))


def is_stranger(receipt: Receipt, prefixes: Collection[str]) -> bool:
    """Say whether a receipt of no payment that we know looks as if we had made it.

    One without a GUID was typed in by hand, as our own steps advise. One that is zero is gone.
    """
    reference = receipt.reference
    return (
        receipt.guid is not None
        and receipt.total_cents != 0
        and reference is not None
        and any(identity.is_of_our_making(reference, prefix) for prefix in prefixes)
    )


def guid_of(told: str | None) -> str | None:
    """Write an ExternalGUID as we keep it: bare, lower case; None where there is none."""
    return (bare(told or "") or None) if told != "0" else None


def number_of(told: str | None) -> str | None:
    """Write a RefNumber as it is compared: in capitals, which ours is made of."""
    return (told or "").strip().upper() or None


def wall_of(told: str | None) -> str | None:
    """Cut the offset off a moment as QuickBooks tells it; None for what is none."""
    found = _WALL.match(told or "")
    if found:
        return found[0]
    day = _DAY.fullmatch((told or "").strip())
    return f"{day[0]}T00:00:00" if day else None


def is_like(receipt: Receipt, wanted: Wanted) -> bool:
    """Say whether a receipt has the customer and the amount of a payment, whatever its number."""
    names = {receipt.customer_list_id, plain(receipt.customer_name or "")}
    known = {*wanted.customers, *map(plain, wanted.customers)}
    return receipt.total_cents == wanted.amount_cents and not known.isdisjoint(names)


def _age(receipt: Receipt) -> tuple[str, str]:
    return receipt.created_wall or "", receipt.txn_id
