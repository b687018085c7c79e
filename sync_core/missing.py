"""Why is an invoice missing? Decided from what is known of it, and said in two sentences or three.

Nothing is guessed: where the tables cannot tell, the answer says so, and that QuickBooks is to be
asked for the very number. Source: product.md, section 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sync_core.books import is_family
from sync_core.money import format_cents
from sync_core.reason import Reason
from sync_core.wording.missing import ASKING, SENTENCES
from sync_core.wording.phrases import fill

# One number seldom stands for more than one; whoever is named beyond that helps nobody.
NAMED_MAX = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """The customer, or job, that misses an invoice; `is_gone`: deleted, or merged into another."""

    list_id: str
    name: str
    is_active: bool = True
    is_gone: bool = False
    is_mapped: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What has the number: an invoice, or a statement charge.

    `is_known`: it was imported; if not, QuickBooks told it when it was asked for the number.
    `is_hidden`: it is older than what is shown. `deleted_wall` is QuickBooks' wall clock, "" where
    it did not say when; None for one that is there.
    """

    txn_id: str
    number: str
    customer_list_id: str | None
    customer_name: str | None
    day: date | None
    total_cents: int | None
    balance_cents: int | None
    is_charge: bool = False
    is_paid: bool = False
    is_pending: bool = False
    is_voided: bool = False
    is_known: bool = True
    is_hidden: bool = False
    is_customer_active: bool = True
    deleted_wall: str | None = None
    replaced_by: "Entry | None" = None

    @property
    def is_settled(self) -> bool:
        """Say whether nothing is due on it, and nothing will be."""
        if self.is_voided:
            return True
        return not self.is_pending and (self.is_paid or self.balance_cents == 0)

    def as_json(self) -> dict[str, Any]:
        """Write it as an answer of QuickBooks is kept."""
        kept = {name: getattr(self, name) for name in _KEPT}
        return kept | {"day": self.day.isoformat() if self.day else None}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Entry":
        """Read what was kept of an answer of QuickBooks."""
        day = date.fromisoformat(kept["day"]) if kept["day"] else None
        return cls(**{**kept, "day": day}, is_known=False)


_KEPT = (
    *("txn_id", "number", "customer_list_id", "customer_name", "day", "total_cents"),
    *("balance_cents", "is_charge", "is_paid", "is_pending", "is_voided"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What QuickBooks was asked, or will be: `sent_at` is None while the next sync is to ask."""

    sent_at: datetime | None = None
    answered_at: datetime | None = None
    found: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that the answer depends on.

    `entries` are those that were imported, of whatever customer. `read_at` is when the list of
    invoices was last read to its end, None for never.
    """

    number: str
    customer: Customer
    entries: Sequence[Entry] = ()
    question: Question | None = None
    read_at: datetime | None = None
    sync_from: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """The answer; `asks`: only QuickBooks can say it exactly, or whether it is still so."""

    reason: Reason
    summary: str
    entry: Entry | None = None
    asks: bool = False


# What is nearest to being seen stands last: of several with the number, it is the one meant.
_NEARNESS = (
    Reason.STATEMENT_CHARGE,
    Reason.BEFORE_SYNC_FROM,
    Reason.NO_OPEN_BALANCE,
    Reason.CUSTOMER_INACTIVE,
    Reason.PENDING,
    Reason.NOT_IMPORTED_SINCE,
    Reason.HERE_AND_OPEN,
)


def explain(facts: Facts) -> Explanation:
    """Say why a customer misses an invoice.

    An invoice of the customer's family counts as the customer's own.
    """
    customer = facts.customer
    if not customer.is_mapped:
        return _say(facts, Reason.NO_MAPPING)
    entries = [*facts.entries, *_told_besides(facts)]
    there = [entry for entry in entries if entry.deleted_wall is None]
    if customer.is_gone:
        moved = [entry for entry in there if entry.customer_list_id != customer.list_id]
        owner = _owners(moved) if len(moved) == 1 and not moved[0].is_charge else None
        return _say(facts, Reason.CUSTOMER_GONE, owner=owner)
    own = [entry for entry in there if _is_of(entry, customer)]
    if own:
        meant = max(own, key=lambda entry: _nearness(entry, customer))
        told = _of_entry(facts, meant)
        return replace(told, asks=not any(entry.is_known for entry in own))
    deleted = [entry for entry in entries if entry not in there and _is_of(entry, customer)]
    if deleted:
        return _of_deleted(facts, max(deleted, key=lambda entry: entry.deleted_wall or ""))
    if there:
        other = min(there, key=lambda entry: (entry.is_charge, entry.customer_name or ""))
        kind = "Statement charge" if other.is_charge else "Invoice"
        alike = [entry for entry in there if entry.is_charge is other.is_charge]
        owner = _owners(alike) or "another customer"
        told = _say(facts, Reason.OTHER_CUSTOMER, entry=other, kind=kind, owner=owner)
        return replace(told, asks=True)
    return replace(_of_nothing(facts), asks=True)


def reason_of(entry: Entry, customer: Customer) -> Reason:
    """Say why one that is there, and the customer's, is not seen."""
    holds = (
        (entry.is_charge, Reason.STATEMENT_CHARGE),
        (entry.is_hidden, Reason.BEFORE_SYNC_FROM),
        (entry.is_settled, Reason.NO_OPEN_BALANCE),
        (not (customer.is_active and entry.is_customer_active), Reason.CUSTOMER_INACTIVE),
        (entry.is_pending, Reason.PENDING),
        (not entry.is_known, Reason.NOT_IMPORTED_SINCE),
    )
    return next((reason for is_so, reason in holds if is_so), Reason.HERE_AND_OPEN)


def _told_besides(facts: Facts) -> list[Entry]:
    """List what QuickBooks told when it was asked, and what is not imported."""
    known = {entry.txn_id for entry in facts.entries}
    found = facts.question.found if facts.question else ()
    return [entry for entry in found if entry.txn_id not in known]


def _is_of(entry: Entry, customer: Customer) -> bool:
    is_own = entry.customer_list_id == customer.list_id
    return is_own or is_family(entry.customer_name, customer.name)


def _nearness(entry: Entry, customer: Customer) -> tuple[int, bool, date, str]:
    return (
        _NEARNESS.index(reason_of(entry, customer)),
        entry.customer_list_id == customer.list_id,
        entry.day or date.min,
        entry.txn_id,
    )


def _of_entry(facts: Facts, entry: Entry) -> Explanation:
    reason, variant = reason_of(entry, facts.customer), ""
    if reason is Reason.BEFORE_SYNC_FROM and entry.is_settled:
        variant = "settled"
    elif reason is Reason.NO_OPEN_BALANCE:
        is_zero = entry.total_cents == 0 and not entry.is_voided
        variant = "voided" if entry.is_voided else "zero" if is_zero else "paid"
    elif reason is Reason.NOT_IMPORTED_SINCE:
        variant = "in_books"
    is_job = entry.customer_list_id != facts.customer.list_id
    return _say(
        facts,
        reason,
        variant,
        entry=entry,
        job=entry.customer_name if is_job else None,
        inactive=(facts.customer.is_active and entry.customer_name) or facts.customer.name,
    )


def _of_deleted(facts: Facts, entry: Entry) -> Explanation:
    new = entry.replaced_by
    anew = None
    if new is not None:
        day = f" of {new.day.isoformat()}" if new.day else ""
        is_moved = new.customer_name and new.customer_list_id != entry.customer_list_id
        under = f", under {new.customer_name}" if is_moved else ""
        anew = f"invoice {new.number}{day}{under}"
    day_told = (entry.deleted_wall or "")[:10] or None
    told = _say(facts, Reason.DELETED, entry=entry, deleted_on=day_told, anew=anew)
    return replace(told, asks=new is None)


def _of_nothing(facts: Facts) -> Explanation:
    question = facts.question or Question()
    if question.answered_at is not None:
        variant = "absent"
    elif question.sent_at is not None:
        variant = "unanswered"
    else:
        variant = "asking" if facts.read_at else "never_read"
    return _say(
        facts,
        Reason.NOT_IMPORTED_SINCE,
        variant,
        answered_at=_moment(question.answered_at),
        sent_at=_moment(question.sent_at),
    )


def _owners(entries: Sequence[Entry]) -> str | None:
    names = sorted({entry.customer_name for entry in entries if entry.customer_name})
    if len(names) > NAMED_MAX:
        return f"{', '.join(names[:NAMED_MAX])} and others"
    return " and ".join(names) or None


def _say(
    facts: Facts,
    reason: Reason,
    variant: str = "",
    *,
    entry: Entry | None = None,
    **more: str | None,
) -> Explanation:
    """Make the answer with its sentences."""
    is_open = facts.question is None or facts.question.sent_at is None
    asking = ASKING.get(reason, "").format(customer=facts.customer.name) if is_open else None
    if more.get("anew"):
        asking = None
    said: dict[str, str | None] = {
        "customer": facts.customer.name,
        "number": entry.number if entry else facts.number,
        "date": entry.day.isoformat() if entry and entry.day else None,
        "total": _amount(entry.total_cents if entry else None),
        "balance": _amount(entry.balance_cents if entry else None),
        "sync_from": facts.sync_from.isoformat() if facts.sync_from else None,
        "read_at": _moment(facts.read_at),
        "asking": asking,
        **more,
    }
    known = {name: value for name, value in said.items() if value}
    return Explanation(reason=reason, summary=fill(SENTENCES[reason, variant], known), entry=entry)


def _amount(cents: int | None) -> str | None:
    return None if cents is None else format_cents(cents)


def _moment(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else None
