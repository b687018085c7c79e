"""What needs a person, as the page Resolve shows it: refused payments, alike ones together. Reads.

What was done about them is `review`'s. The sentences are said by whoever shows a card.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, for_reading
from models.queries import companies, extras, payments, remedies
from models.queries import needs_you as rows
from models.queries.needs_you import Alike
from qbwc_server.errors import NotFound
from qbwc_server.services import actions, attention, paging, standing, undo
from qbwc_server.services.access import CompanyName, Reader
from qbwc_server.services.actions import Action, Beside
from qbwc_server.services.preferences import currency_mark
from qbwc_server.services.standing import Entries
from sync_core.check import CURRENCIES, CURRENCY_NAMES
from sync_core.lifecycle import PaymentStatus
from sync_core.money import Sums, added
from sync_core.rejection import Cause
from sync_core.variants import Variant
from sync_core.wording import acts

# A page that a person works through; of those that are alike the first ones are named.
CARDS = 25
NAMED = 10
# From so many on, what has one remedy for all is one card; so many such cards at most.
ALIKE_MIN = 3
GROUPS_MAX = 8
# About so many at most something is done at once.
TOGETHER_MAX = 200

_V = Variant
# What is settled by one thing for all: by cause and variant alone, and by the payment method.
_ONE_REMEDY = (
    (Cause.UNKNOWN_REFERENCE, _V.ACCOUNT),
    (Cause.CLOSED_PERIOD, _V.CLOSING),
    (Cause.CLOSED_PERIOD, _V.ACCOUNTANT),
    *((Cause.NOT_PERMITTED, one) for one in (_V.RIGHTS, _V.APPLICATION, _V.READ_ONLY, _V.FEATURE)),
    *((Cause.LOCKED, one) for one in (_V.PLAIN, "")),
)
_ONE_METHOD = (
    (Cause.UNKNOWN_REFERENCE, _V.METHOD),
    (Cause.UNKNOWN_REFERENCE, _V.METHOD_INACTIVE),
)


class Notice(StrEnum):
    """What keeps payments of a company file from being posted."""

    PAUSED = "paused"  # a person wanted no sessions
    DOUBTED = "doubted"  # is this our company file?
    RESTORED = "restored"  # our database was, and a PC may hold what it does not know
    REFUSED = "refused"  # QuickBooks allows no posting; one payment is tried at each sync


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One payment with what can be done about it now; `mark` stands before its amounts."""

    id: str
    reference: str
    customer: str
    amount_cents: int
    mark: str
    received_on: date
    method: str
    status: PaymentStatus
    is_hidden: bool
    note: str
    cause: Cause | None
    variant: str | None
    facts: Mapping[str, str]
    state_facts: Mapping[str, str]  # what the line under its status is made of
    evidence: Sequence[Mapping[str, Any]]
    status_code: int | None
    status_message: str
    txn_id: str
    acts: tuple[Action, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Payments that one remedy settles; `cards` are the first of them, `facts` what they share."""

    cause: Cause
    variant: str
    method: str  # "" where it does not matter
    count: int
    sums: Sums
    home: str | None
    cards: Sequence[Card]

    @property
    def facts(self) -> dict[str, str]:
        """Give what is so of all that are named."""
        first, *others = self.cards
        return {
            name: value
            for name, value in first.facts.items()
            if all(card.facts.get(name) == value for card in others)
        }

    @property
    def acts(self) -> tuple[Action, ...]:
        """List what fits all that are named."""
        first, *others = self.cards
        return tuple(one for one in first.acts if all(one in card.acts for card in others))


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """What else waits for a person; each list is its beginning."""

    doubted: Sequence[Card] = ()
    missing: Sequence[Card] = ()
    has_more_doubted: bool = False
    has_more_missing: bool = False
    extra_count: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One page of what needs a person. `count` and `sums` are those of all refused payments.

    `home` is the currency of the books, None where nobody said.
    """

    count: int
    sums: Sums
    home: str | None
    cards: Sequence[Card]
    next_cursor: str | None
    groups: Sequence[Group] = ()
    notices: Mapping[Notice, str] = field(default_factory=dict)
    many_refused: str = ""
    aside: Aside = Aside()
    last_sync_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Newest:
    """The newest payments; `mark` stands before amounts of the company's own currency."""

    mark: str
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class NeedsYou:
    """Shows what needs a person in a company file."""

    engine: Engine
    clock: Clock

    def count(self, company_file_id: int) -> int:
        """Count what waits for a person."""
        with for_reading(self.engine).connect() as db:
            return rows.count(db, company_file_id)

    def notices(self, company_file_id: int) -> tuple[Mapping[Notice, str], str]:
        """Say what keeps payments from being posted, and whether many are refused."""
        with for_reading(self.engine).connect() as db:
            company = companies.one(db, company_file_id)
            return _notices(company), _many_refused(db, company_file_id, self.clock(db))

    def elsewhere(self, reader: Reader, here: CompanyName) -> CompanyName | None:
        """Find another company file of a reader with refused payments, if this one has none."""
        with for_reading(self.engine).connect() as db:
            if rows.count(db, here.id):
                return None
            found = rows.company_that_waits(db, reader.companies)
        return None if found is None else CompanyName(found.id, found.uuid, found.name)

    def desk(self, company_file_id: int, *, cursor: str = "") -> Desk:
        """Show a page of refused payments, the oldest money first; what is alike on the first one.

        Raises:
            InvalidInput: a cursor that is not ours.
        """
        after = paging.day_and_number(cursor)
        with for_reading(self.engine).connect() as db:
            company = companies.one(db, company_file_id)
            totals = rows.totals(db, company_file_id)
            alike = _alike(db, company_file_id)
            page = paging.cut_by_place(
                rows.page(
                    db,
                    company_file_id,
                    without=[one for one, _ in alike],
                    after=after,
                    limit=CARDS + 1,
                ),
                CARDS,
                place_of,
            )
            shown = Desk(
                count=sum(row.many for row in totals),
                sums=_sums(company, totals),
                home=home_of(company),
                cards=(),
                next_cursor=page.next_cursor,
            )
            if after is not None:
                return replace(shown, cards=cards_of(db, company, page.items))
            named = [rows.page(db, company.id, only=one, limit=NAMED) for one, _ in alike]
            doubted = payments.page(
                db, company.id, [PaymentStatus.IN_DOUBT], before=None, limit=NAMED + 1
            )
            missing = payments.missing_page(db, company.id, before=None, limit=NAMED + 1)
            every = (page.items, doubted[:NAMED], missing[:NAMED], *named)
            cards, doubted_cards, missing_cards, *groups = _piles(db, company, every)
            return replace(
                shown,
                cards=cards,
                groups=[
                    _group(company, one, of_group, pile)
                    for (one, of_group), pile in zip(alike, groups, strict=True)
                ],
                notices=_notices(company),
                many_refused=_many_refused(db, company_file_id, self.clock(db)),
                aside=Aside(
                    doubted=doubted_cards,
                    missing=missing_cards,
                    has_more_doubted=len(doubted) > NAMED,
                    has_more_missing=len(missing) > NAMED,
                    extra_count=extras.count_open(db, company.id),
                ),
                last_sync_at=rows.last_sync(db, company_file_id),
            )

    def group(
        self, company_file_id: int, cause: str, variant: str, method: str, *, cursor: str = ""
    ) -> Desk:
        """Show a page of the payments that one remedy settles, the oldest money first.

        Raises:
            InvalidInput: a cursor that is not ours.
            NotFound: nothing is alike in this way.
        """
        after = paging.day_and_number(cursor)
        with for_reading(self.engine).connect() as db:
            company = companies.one(db, company_file_id)
            alike = _of_words(cause, variant, method)
            totals = rows.totals(db, company_file_id, alike)
            page = paging.cut_by_place(
                rows.page(db, company_file_id, only=alike, after=after, limit=CARDS + 1),
                CARDS,
                place_of,
            )
            return Desk(
                count=sum(row.many for row in totals),
                sums=_sums(company, totals),
                home=home_of(company),
                cards=cards_of(db, company, page.items),
                next_cursor=page.next_cursor,
            )

    def ids(
        self, company_file_id: int, cause: str, variant: str, method: str
    ) -> tuple[list[str], int]:
        """List the payments that one remedy settles, as many as something is done about at once.

        And say how many there are in all.

        Raises:
            NotFound: nothing is alike in this way.
        """
        with for_reading(self.engine).connect() as db:
            alike = _of_words(cause, variant, method)
            found = rows.page(db, company_file_id, only=alike, limit=TOGETHER_MAX)
            count = sum(row.many for row in rows.totals(db, company_file_id, alike))
        return [row.external_id for row in found], count

    def cards(self, company_file_id: int, external_ids: Collection[str]) -> dict[str, Card]:
        """Show some payments by the site's ids; those that are not there are left out."""
        wanted = {one for one in external_ids if one.isprintable()}
        with for_reading(self.engine).connect() as db:
            company = companies.one(db, company_file_id)
            found = payments.known(db, company_file_id, wanted)
            shown = cards_of(db, company, list(found.values()))
        return {card.id: card for card in shown}

    def mark_of_untold(self, company_file_id: int) -> str:
        """Give what stands before amounts of which no currency is told; "" where it may be any."""
        with for_reading(self.engine).connect() as db:
            company = companies.one(db, company_file_id)
        return "" if company.multi_currency else mark_of(company)

    def newest(
        self, company_file_id: int, statuses: Collection[PaymentStatus], limit: int
    ) -> Newest:
        """Show the newest payments of a company in some states."""
        with for_reading(self.engine).connect() as db:
            company = companies.one(db, company_file_id)
            found = payments.page(db, company_file_id, statuses, before=None, limit=limit)
            return Newest(mark=mark_of(company), cards=cards_of(db, company, found))

    def card(self, company_file_id: int, external_id: str, *, by: str) -> Card:
        """Show one payment, whatever became of it, with all that somebody can do about it now.

        Raises:
            NotFound: the company has no payment with this id.
        """
        with for_reading(self.engine).connect() as db:
            # No accepted id holds a character that cannot be shown, and PostgreSQL takes no NUL.
            row = (
                payments.one(db, company_file_id, external_id)
                if external_id.isprintable()
                else None
            )
            if row is None:
                raise NotFound(acts.NO_PAYMENT)
            return card_of(db, companies.one(db, company_file_id), row, by=by)


def _alike(db: Connection, company_file_id: int) -> list[tuple[Alike, Sequence[AnyRow]]]:
    """Find what is alike often enough, most first, each with its rows by currency."""
    found = rows.many_alike(
        db,
        company_file_id,
        causes=_ONE_REMEDY,
        by_method=_ONE_METHOD,
        least=ALIKE_MIN,
        limit=GROUPS_MAX,
    )
    parts: dict[Alike, list[AnyRow]] = {}
    for row in found:
        parts.setdefault(Alike(row.cause, row.variant, row.of_method), []).append(row)
    return list(parts.items())


def _of_words(cause: str, variant: str, method: str) -> Alike:
    """Read what an address calls alike."""
    by_method = (cause, variant) in _ONE_METHOD
    # No method holds a character that cannot be shown, and PostgreSQL takes no NUL.
    if (by_method and method.isprintable() and method) or (cause, variant) in _ONE_REMEDY:
        return Alike(cause, variant, method if by_method else "")
    raise NotFound("Nothing is alike in this way.")


def _sums(company: AnyRow, totals: Sequence[AnyRow]) -> Sums:
    return added(((row.currency, row.cents) for row in totals), home_of(company))


def _group(company: AnyRow, alike: Alike, totals: Sequence[AnyRow], cards: Sequence[Card]) -> Group:
    return Group(
        cause=Cause(alike.cause),
        variant=alike.variant,
        method=alike.method,
        count=totals[0].many,
        sums=_sums(company, totals),
        home=home_of(company),
        cards=cards,
    )


def _piles(db: Connection, company: AnyRow, piles: Sequence[Sequence[AnyRow]]) -> list[list[Card]]:
    """Make cards of several lists at once: what is read for cards is read for all of them."""
    cards = iter(cards_of(db, company, [row for pile in piles for row in pile]))
    return [list(islice(cards, len(pile))) for pile in piles]


def card_of(db: Connection, company: AnyRow, row: AnyRow, *, by: str) -> Card:
    """Show a payment, a whole row, with all that somebody can do about it now."""
    kept = remedies.undo_of(db, [row.id]).get(row.id)
    beside = Beside(
        has_extra=bool(extras.of_payment(db, row)),
        can_undo=kept is not None
        and undo.is_last(row, kept)
        and undo.why_not(db, row, kept, by) is None,
    )
    (card,) = cards_of(db, company, [row], beside)
    return card


def cards_of(
    db: Connection, company: AnyRow, found: Sequence[AnyRow], beside: Beside | None = None
) -> list[Card]:
    """Show payments, whole rows, in their order; `beside` is what is known besides of each."""
    # A payment may name its payer by nothing but QuickBooks' ListID.
    unnamed = {
        row.customer_list_id
        for row in found
        if row.customer_list_id and not (row.post_customer_name or row.customer_name)
    }
    names = {
        row.list_id: row.full_name
        for row in (remedies.customers(db, company.id, list_ids=unnamed) if unnamed else ())
    }
    links = remedies.recorded(db, [row.id for row in found])
    entries = standing.entries(db, found, links)
    return [
        _card(
            company,
            row,
            names.get(row.customer_list_id),
            beside or Beside(),
            links[row.id],
            entries,
        )
        for row in found
    ]


def _card(
    company: AnyRow,
    row: AnyRow,
    name: str | None,
    beside: Beside,
    recorded_as: Sequence[str],
    entries: Entries,
) -> Card:
    facts, variant = standing.facts_of(row), standing.variant_now(row, entries)
    customer = facts["customer"] or name or standing.customer_of(row)
    return Card(
        id=row.external_id,
        reference=row.reference,
        customer=customer,
        amount_cents=row.amount_cents,
        mark=mark_of(company, row.currency),
        received_on=row.received_on,
        method=row.method,
        status=PaymentStatus(row.status),
        is_hidden=row.hidden_at is not None,
        note=row.note or "",
        cause=Cause(row.cause) if row.status == PaymentStatus.REJECTED else None,
        variant=variant,
        facts={**facts, "customer": facts["customer"] or name or "", "company": company.name},
        state_facts=standing.state_facts(row, recorded_as, entries),
        evidence=row.evidence or [],
        status_code=row.status_code,
        status_message=row.status_message or "",
        txn_id=row.txn_id or "",
        acts=actions.offered(row, replace(beside, entry_is_gone=variant == Variant.ENTRY_GONE)),
    )


def mark_of(company: AnyRow, currency: str | None = None) -> str:
    """Give what stands before amounts of a company in a currency; None: its own."""
    return currency_mark(home_of(company), currency)


def mark_named(company: AnyRow, name: str | None) -> str:
    """Give what stands before amounts of a currency, by its name in QuickBooks; None: its own."""
    return mark_of(company, CURRENCY_NAMES.get(name, name) if name else None)


def home_of(company: AnyRow) -> str | None:
    """Give the currency in which a company's books are kept; None where nobody said."""
    return CURRENCIES.get(company.country or "")


def _notices(company: AnyRow) -> dict[Notice, str]:
    """Say what keeps payments from being posted, with why where that is known."""
    found = {
        Notice.PAUSED: company.paused,
        Notice.DOUBTED: company.books_doubted,
        Notice.RESTORED: company.is_restored,
        Notice.REFUSED: company.refused,
    }
    return {key: said if isinstance(said, str) else "" for key, said in found.items() if said}


def _many_refused(db: Connection, company_file_id: int, now: datetime) -> str:
    needed = attention.needed(db, company_file_id, now)
    return needed.summary if needed else ""


def place_of(row: AnyRow) -> tuple[str, str]:
    """Give the place of a payment in a list by day, as `paging` takes it."""
    return row.received_on.isoformat(), str(row.id)
