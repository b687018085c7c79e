"""What becomes of a payment that may have left: what absence proves, and when.

Source: exactly-once rules B.1, D.2 to D.5 and D.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.money import format_cents
from sync_core.receipts import ByHand, Contested, Found, Ours, Receipt
from sync_core.rejection import Cause, Rejection
from sync_core.variants import Variant

# AppLock's value is LOCKED:<computer>:<.NET ticks> (recorded logs of the Web Connector 2.x).
_LOCKED = "LOCKED"
CLEAR = ""

# The third time that a payment comes back from doubt, and the fifth that QuickBooks does not do it,
# a person looks; from the second doubt on it travels alone, so that it takes no other with it.
RETURNS_MAX = 2
RETURNS_ALONE = 2
REFUSALS_MAX = 4

# What was in one hour before a moment is asked for again: the hour that summer time takes.
OVERLAP = timedelta(hours=1)
# No wall clock on Earth is further ahead of UTC. A PC whose clock is wrong does not move the mark
# beyond it, or what is posted after it was mended would never be read.
AHEAD_MAX = timedelta(hours=14)
# Before anything is sent, any clock may have set the mark and any other one have stamped what was
# written since: of a PC in another time zone, or one that was wrong for a while. None on Earth is
# further behind UTC than twelve hours.
ANY_CLOCK = AHEAD_MAX + timedelta(hours=12) + OVERLAP


@dataclass(frozen=True, kw_only=True, slots=True)
class Taker:
    """The sync that took a payment and never told what became of it.

    `app_lock` is the stamp it began with, None where it was not told.
    """

    session_id: int
    install_id: int
    app_lock: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """The sync that asks now. `locks` are the stamps it was told, by install; "" is clear."""

    session_id: int
    install_id: int
    locks: Mapping[int, str]


def is_over(taker: Taker, asker: Asker) -> bool:
    """Say whether the sync that took a payment is proven over.

    Its stamp is clear, or another one. A stamp that was never set proves nothing by being clear,
    except to the same install, which cannot call a second time while it is still at work.
    """
    if taker.session_id == asker.session_id:
        return False
    now = asker.locks.get(taker.install_id)
    is_same_install = taker.install_id == asker.install_id
    if now is None:
        return False
    if now == CLEAR:
        return is_same_install or bool(taker.app_lock)
    if not taker.app_lock:
        return False
    if now != taker.app_lock:
        return True
    return is_same_install and computer(now) is not None


def computer(app_lock: str) -> str | None:
    """Read the name of the PC from a stamp; None for one that is written otherwise."""
    word, _, rest = app_lock.partition(":")
    name = rest.rpartition(":")[0]
    return name if word == _LOCKED and name else None


def is_done(install_id: int, asker: Asker, *, leaves_stamps: bool) -> bool:
    """Say whether an install is done with what it took before our database was restored.

    It is the one that asks, so no other sync of it is at work; or its stamp is clear, and it is
    known to leave one: of one that never did, a clear stamp says nothing.
    """
    is_clear = asker.locks.get(install_id) == CLEAR
    return install_id == asker.install_id or (leaves_stamps and is_clear)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A payment that may have left, and that QuickBooks was asked for in this sync.

    `is_proven`: whoever took it is over; `has_waited`: long enough. `refused` is QuickBooks' word
    when the whole message set was refused with nothing but this payment in it. `was_deleted`: a
    payment with its number is among those that were deleted in QuickBooks.
    """

    found: Found
    is_in_doubt: bool
    is_proven: bool
    has_waited: bool
    was_deleted: bool = False
    returns: int = 0
    refused_whole: bool = False
    refused: str | None = None
    post_anyway: bool = False


@dataclass(frozen=True, slots=True)
class Stands:
    """It is in QuickBooks. The first receipt is it; any other is one too many."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Clear:
    """QuickBooks does not have it and will not: it may be sent. `returns` counts such times."""

    returns: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A person has to look at it; QuickBooks does not have it."""

    rejection: Rejection


@dataclass(frozen=True, slots=True)
class Stays:
    """It cannot be told yet. `why` is for whoever looks at the payment."""

    why: str


Verdict = Stands | Clear | Refused | Stays

STILL_AT_WORK = (
    "QuickBooks does not have it yet, but the PC it was handed to may still be at work on it. "
    "Please press Update Selected there, and do not enter it by hand."
)
NOT_LONG_ENOUGH = "QuickBooks does not have it yet; the next sync asks again."
CONTESTED = (
    "Reference # {reference} stands in QuickBooks on a payment that differs. "
    "Please look whether it is this one."
)


LIKE_IT = (
    "QuickBooks has a payment of this customer and amount, entered since, under another number. "
    "Please look whether it is this one."
)


def contested(found: Contested, reference: str) -> str:
    """Say what stands there that may be a payment, and may not."""
    is_numbered = any(receipt.reference == reference for receipt in found.receipts)
    return CONTESTED.format(reference=reference) if is_numbered else LIKE_IT


def judge(doubt: Doubt, reference: str) -> Verdict:
    """Decide by what this sync was told. Nothing is said of absence before it is proven."""
    if isinstance(doubt.found, Ours):
        return Stands(doubt.found.receipts)
    if isinstance(doubt.found, Contested) and doubt.is_in_doubt:
        return Stays(contested(doubt.found, reference))
    if not doubt.is_proven:
        return Stays(STILL_AT_WORK)
    if not doubt.has_waited:
        return Stays(NOT_LONG_ENOUGH)
    return _absent(doubt, reference)


def _absent(doubt: Doubt, reference: str) -> Verdict:
    """Decide about a payment of ours that QuickBooks does not have.

    That a person saw what is there does not cover what was deleted after it was sent.
    """
    has_seen = doubt.post_anyway and not (doubt.is_in_doubt and doubt.was_deleted)
    alike = None if has_seen else like_it(doubt.found, reference, doubt.was_deleted)
    if alike is not None:
        return Refused(alike)
    if not doubt.is_in_doubt:  # nothing was lost, or a person said: again
        return Clear(doubt.returns)
    if doubt.refused is not None:
        return Refused(
            Rejection(
                cause=Cause.INVALID,
                summary=f"QuickBooks could not read this payment: {doubt.refused}",
            )
        )
    if doubt.refused_whole:
        return Clear(doubt.returns)
    if doubt.returns >= RETURNS_MAX:
        return Refused(
            Rejection(
                cause=Cause.INVALID,
                summary=(
                    "Three times QuickBooks' answer to this payment was lost, and it was not "
                    "recorded. Please see whether something in it stops QuickBooks."
                ),
            )
        )
    return Clear(doubt.returns + 1)


def too_often(
    refusals: int, *, is_locked: bool, said: str, status_code: int | None
) -> Rejection | None:
    """Say why a payment that QuickBooks has not done so often is not tried again; None: it is.

    `refusals` counts the times before this one; `said` is QuickBooks' word of this time.
    """
    if refusals < REFUSALS_MAX:
        return None
    return Rejection(
        cause=Cause.LOCKED if is_locked else Cause.INVALID,
        summary=f"Five times this payment was not recorded. {said}",
        status_code=status_code,
        status_message=said,
    )


def like_it(found: Found, reference: str, was_deleted: bool) -> Rejection | None:  # noqa: FBT001 - three facts of one question
    """Say why a payment that is not in QuickBooks is held for a person; None: nothing is like it.

    Somebody typed it in under our number, our number stands on something else, or a payment with
    our number was deleted there.
    """
    if isinstance(found, ByHand):
        return Rejection(
            cause=Cause.PAID_IN_QUICKBOOKS,
            variant=Variant.LOOK_ALIKE,
            facts={"found_txn_id": found.receipt.txn_id, "position": "0"},
            summary=f"A payment with Reference # {reference} was entered in QuickBooks by hand.",
            evidence=(_as_evidence(found.receipt),),
        )
    if isinstance(found, Contested):
        return Rejection(
            cause=Cause.POSSIBLE_DUPLICATE,
            summary=contested(found, reference),
            evidence=tuple(_as_evidence(receipt) for receipt in found.receipts),
        )
    if was_deleted:
        return Rejection(
            cause=Cause.POSSIBLE_DUPLICATE,
            summary=f"QuickBooks had a payment with Reference # {reference}; it was deleted there.",
            evidence=({"reference": reference, "deleted": "yes"},),
        )
    return None


def _as_evidence(receipt: Receipt) -> dict[str, str]:
    """Write a receipt as a flat record for whoever looks at the payment."""
    told = {
        "txn_id": receipt.txn_id,
        "reference": receipt.reference,
        "customer": receipt.customer_name,
        "amount": None if receipt.total_cents is None else format_cents(receipt.total_cents),
        "entered": receipt.created_wall,
    }
    return {name: value for name, value in told.items() if value}


def mark_after(seen: str | None, before: str | None, *, now: datetime) -> str | None:
    """Say up to where the list was read: the latest moment seen, never back, never in the future.

    All are QuickBooks' wall clock but `now`, which is UTC.
    """
    limit = (now + AHEAD_MAX).strftime("%Y-%m-%dT%H:%M:%S")
    marks = [mark for mark in (seen and min(seen, limit), before) if mark]
    return max(marks, default=None)


def asked_from(mark: str | None, overlap: timedelta = OVERLAP) -> str | None:
    """Say from where on to ask: so long before a mark; None for the whole list."""
    if mark is None:
        return None
    try:
        return (datetime.fromisoformat(mark) - overlap).isoformat(timespec="seconds")
    except (ValueError, OverflowError):  # what no clock can have shown
        return None
