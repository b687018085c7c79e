"""What becomes of a payment that may have left: what absence proves, and when.

Source: exactly-once rules B.1, D.2 to D.5 and D.7.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync_core import words
from sync_core.causes import rejected
from sync_core.decide import NotExecuted
from sync_core.money import format_cents
from sync_core.receipts import ByHand, Contested, Found, Ours, Receipt
from sync_core.rejection import Cause, Rejection
from sync_core.variants import Variant
from sync_core.wording import notes

# AppLock's value is LOCKED:<computer>:<.NET ticks> (recorded logs of the Web Connector 2.x).
_LOCKED = "LOCKED"
CLEAR = ""

# By whom something was in use, as far as QuickBooks says it.
_BY = re.compile(r"in use by ([\w ]+)")

# More invoices than that are counted and not named in a sentence.
NAMED_MAX = 5

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

    `is_proven`: whoever took it is over; `cut_off`: the PC that is not and never calls again under
    the name it had ("": each may call). `has_waited`: long enough. `refused` is QuickBooks' word
    when the whole message set was refused with nothing but this payment in it. `deleted_wall`: a
    payment with its number was deleted in QuickBooks then, by its clock ("": nobody said when).
    """

    found: Found
    is_in_doubt: bool
    is_proven: bool
    has_waited: bool
    cut_off: str = ""
    deleted_wall: str | None = None
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


def contested(found: Contested, reference: str) -> str:
    """Say what stands there that may be a payment, and may not."""
    return f"{_contested(found, reference).summary} {notes.PLEASE_LOOK}"


def judge(doubt: Doubt, reference: str) -> Verdict:
    """Decide by what this sync was told. Nothing is said of absence before it is proven."""
    if isinstance(doubt.found, Ours):
        return Stands(doubt.found.receipts)
    if isinstance(doubt.found, Contested) and doubt.is_in_doubt:
        return Stays(contested(doubt.found, reference))
    if not doubt.is_proven:
        pc = doubt.cut_off
        return Stays(notes.CUT_OFF.format(pc=pc) if pc else notes.STILL_AT_WORK)
    if not doubt.has_waited:
        return Stays(notes.NOT_LONG_ENOUGH)
    return _absent(doubt, reference)


def _absent(doubt: Doubt, reference: str) -> Verdict:
    """Decide about a payment of ours that QuickBooks does not have.

    That a person saw what is there does not cover what was deleted after it was sent.
    """
    is_deleted = doubt.deleted_wall is not None
    has_seen = doubt.post_anyway and not (doubt.is_in_doubt and is_deleted)
    alike = None if has_seen else like_it(doubt.found, reference, doubt.deleted_wall)
    if alike is not None:
        return Refused(alike)
    if not doubt.is_in_doubt:  # nothing was lost, or a person said: again
        return Clear(doubt.returns)
    if doubt.refused is not None:
        said = {"qb_message": doubt.refused}
        return Refused(
            rejected(Cause.INVALID, Variant.UNREADABLE, said, ({"said": doubt.refused},))
        )
    if doubt.refused_whole:
        return Clear(doubt.returns)
    if doubt.returns >= RETURNS_MAX:
        return Refused(
            rejected(Cause.INVALID, Variant.LOST, {}, ({"lost": str(doubt.returns + 1)},))
        )
    return Clear(doubt.returns + 1)


def tries(refusals: int, outcome: NotExecuted, names: Mapping[str, str]) -> dict[str, str]:
    """Give the facts about a payment that QuickBooks has not done.

    `refusals` counts the times before this one; `names` are the payment's own: `customer`, and
    `invoices`, their numbers.
    """
    is_list = "this list" in outcome.said.casefold()  # which of its lists, it does not say
    by = _BY.search(outcome.said)
    return {
        "locked_thing": "" if is_list else _thing(names),
        "locked_by": by.group(1) if by else "",
        "try": str(refusals + 1),
        "tries_max": str(REFUSALS_MAX + 1),
    }


def _thing(names: Mapping[str, str]) -> str:
    """Name what a payment needs of QuickBooks: its customer, and its invoices."""
    customer, invoices = names.get("customer", ""), names.get("invoices", "")
    if not customer or not invoices:
        return customer
    count = invoices.count(",") + 1
    if count > NAMED_MAX:
        return f"{customer} or one of its {count} invoices"
    return f"{customer} or {'invoice' if count == 1 else 'one of the invoices'} {invoices}"


def waits(refusals: int, outcome: NotExecuted, names: Mapping[str, str]) -> str:
    """Say why a payment that QuickBooks has not done waits."""
    if not outcome.is_locked:
        return outcome.note
    return words.waits_locked(tries(refusals, outcome, names))


def too_often(refusals: int, outcome: NotExecuted, names: Mapping[str, str]) -> Rejection | None:
    """Say why a payment that QuickBooks has not done so often is not tried again; None: it is."""
    if refusals < REFUSALS_MAX:
        return None
    known = tries(refusals, outcome, names)
    said = {"said": outcome.said, "code": str(outcome.status_code)}
    if outcome.is_locked:
        row = {"what": known["locked_thing"], "by": known["locked_by"], **said}
        refused = rejected(Cause.LOCKED, Variant.PLAIN, known, (row,))
    else:
        facts = {
            "qb_message": outcome.said,
            "qb_code": said["code"],
            "tries_max": known["tries_max"],
        }
        row = {**said, "invoices": names.get("invoices", "")}
        refused = rejected(Cause.INVALID, Variant.NOT_DONE, facts, (row,))
    return replace(refused, status_code=outcome.status_code, status_message=outcome.said)


def like_it(found: Found, reference: str, deleted_wall: str | None) -> Rejection | None:
    """Say why a payment that is not in QuickBooks is held for a person; None: nothing is like it.

    Somebody typed it in under our number, our number stands on something else, or a payment with
    our number was deleted there: when, by QuickBooks' clock; "" where nobody said, None: none was.
    """
    if isinstance(found, ByHand):
        entered = (found.receipt.created_wall or "")[:10]
        return rejected(
            Cause.PAID_IN_QUICKBOOKS,
            Variant.SAME_NUMBER,
            {
                **_found(found.receipt),
                "entered_on": entered,
                "found_txn_id": found.receipt.txn_id,
                "position": "0",
            },
            (_as_evidence(found.receipt),),
        )
    if isinstance(found, Contested):
        return _contested(found, reference)
    if deleted_wall is not None:
        day = deleted_wall[:10]
        row = {"number": reference, "state": "deleted", "deleted_on": day}
        facts = {"found_number": reference, "deleted_on": day}
        return rejected(Cause.POSSIBLE_DUPLICATE, Variant.WAS_DELETED, facts, (row,))
    return None


def _contested(found: Contested, reference: str) -> Rejection:
    numbered = [receipt for receipt in found.receipts if receipt.reference == reference]
    variant = Variant.NUMBER_TAKEN if numbered else Variant.OTHER_NUMBER
    first, *_ = numbered or found.receipts
    return rejected(
        Cause.POSSIBLE_DUPLICATE,
        variant,
        _found(first),
        tuple(_as_evidence(receipt) for receipt in found.receipts),
    )


def _found(receipt: Receipt) -> dict[str, str]:
    return {
        "found_kind": "payment",
        "found_number": receipt.reference or "",
        "found_date": receipt.day.isoformat() if receipt.day else "",
        "found_amount": _amount(receipt),
        "found_customer": receipt.customer_name or "",
    }


def _as_evidence(receipt: Receipt) -> dict[str, str]:
    """Write a receipt as a flat record for whoever looks at the payment."""
    return {
        "type": "payment",
        "number": receipt.reference or "",
        "date": receipt.day.isoformat() if receipt.day else "",
        "amount": _amount(receipt),
        "customer": receipt.customer_name or "",
        "txn_id": receipt.txn_id,
    }


def _amount(receipt: Receipt) -> str:
    return "" if receipt.total_cents is None else format_cents(receipt.total_cents)


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
