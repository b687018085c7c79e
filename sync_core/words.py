"""What people are told about a payment: the same on a page, in the API, an e-mail and the docs.

The sentences are in `wording`; here they are said with the facts of one payment. Nothing here
decides: which cause it was, and which action fits now, is settled elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync_core.changed import Change
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS, Variant
from sync_core.wording import acts, buttons, phrases
from sync_core.wording.buttons import Button
from sync_core.wording.causes import CAUSES
from sync_core.wording.changed import CHANGED
from sync_core.wording.phrases import Show, as_is, fill
from sync_core.wording.states import BOOKS, NOT_WRITTEN_OF_SEVERAL, STATES, Books
from sync_core.wording.story import Column, Story

# How facts, and what records of evidence hold, are written, for `show`; all others are text.
AMOUNTS = frozenset(
    {
        *("amount", "planned", "invoice_balance", "balance_before", "balance_after", "fits"),
        *("left_over", "found_amount", "credit_amount", "new_invoice_amount", "difference"),
        *("total_before", "total_now", "waiting_amount"),
        *("due", "due_before", "balance"),
    }
)
DATES = frozenset(
    {
        *("received_on", "found_date", "other_date", "credit_date", "new_invoice_date"),
        *("deleted_on", "entered_on", "reversed_on", "returned_on", "missing_on"),
        *("closing_date", "dividing_date", "first_open_day"),
        *("date", "last_seen_on"),
    }
)

MOMENTS = frozenset({"time"})  # UTC, as "2026-11-20T15:00Z"

ALWAYS_OFFERED = ("retry", "dismiss", "delete")


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of a table; `differs`: it is not as in the first row."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """Evidence for people; each row has a cell for every column."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A rejection for people.

    `what` is the summary, plain text; in `steps` QuickBooks' menus and our buttons stand between
    ** and **. `changed` is the line "What changed", "" where there is none. `money_back` says that
    giving the money back is a way out here (`money_back()` has the steps).
    """

    label: str
    what: str
    books: str
    books_key: Books
    who: str
    steps: tuple[str, ...]
    changed: str
    heals: str
    money_back: bool


def told(
    cause: Cause, variant: str | None, facts: Mapping[str, str], *, show: Show = as_is
) -> Told:
    """Say all that is said about a rejection. `show` writes one fact, by name, for the reader."""
    known = _known(facts, show)
    words, story = CAUSES[cause], _story(cause, variant)
    return Told(
        label=story.label or words.label,
        what=fill(story.summary, known),
        books=fill(story.books_line or BOOKS[story.books], known),
        books_key=story.books,
        who=fill(story.who or words.who, known),
        steps=_filled(story.steps, known),
        changed=fill(story.changed, known),
        heals=story.heals or words.heals,
        money_back=story.gives_back,
    )


def books_of_several(
    cause: Cause, variant: str | None, facts: Mapping[str, str], *, show: Show = as_is
) -> str:
    """Say what a rejection of several payments, alike in cause, means for the books."""
    story = _story(cause, variant)
    line = story.books_line or BOOKS[story.books]
    line = line.replace(BOOKS[Books.NOT_WRITTEN], NOT_WRITTEN_OF_SEVERAL)
    return fill(line, _known(facts, show))


def summary(
    cause: Cause, variant: str | None, facts: Mapping[str, str], *, show: Show = as_is
) -> str:
    """Say in one sentence why a payment was rejected."""
    return fill(_story(cause, variant).summary, _known(facts, show))


def evidence_columns(cause: Cause, variant: str | None) -> tuple[Column, ...]:
    """List the columns of a cause's evidence, those too that a payment may have nothing for."""
    return _story(cause, variant).evidence or CAUSES[cause].evidence


def evidence_table(
    cause: Cause,
    variant: str | None,
    evidence: Sequence[Mapping[str, object]],
    facts: Mapping[str, str],
    *,
    show: Show = as_is,
) -> EvidenceTable:
    """Write evidence as a table: the columns that have something to tell, and a row per record.

    `facts` are those of the sentences. A record that tells nothing, such as one that an older
    release has written, has no row.
    """
    story, columns = _story(cause, variant), evidence_columns(cause, variant)
    own = {f"own_{name}": value for name, value in phrases.shown(facts, show).items()}
    own["changed"] = fill(story.changed, _known(facts, show))
    rows: list[list[str]] = []
    for record in evidence:
        told = {name: value for name, value in record.items() if isinstance(value, str)}
        known = phrases.shown(told, show)
        known |= {name.capitalize(): text[0].upper() + text[1:] for name, text in known.items()}
        if not rows:  # of the payment itself once is enough
            known |= {name: value for name, value in own.items() if value}
        row = [fill(column.says, known) for column in columns]
        if told and any(row):
            rows.append(row)
    filled = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    return EvidenceTable(
        columns=tuple(columns[place].label for place in filled),
        rows=tuple(
            tuple(_cell(columns[place], row[place], rows[0][place]) for place in filled)
            for row in rows
        ),
    )


def _cell(column: Column, text: str, first: str) -> Cell:
    if column.same_by is None or not text or not first:
        return Cell(text)
    return Cell(text, differs=column.same_by(text) != column.same_by(first))


def remedies(
    cause: Cause, variant: str | None, facts: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """List the actions that a cause offers, the main one first.

    With the facts, `fits` decides between posting what fits and posting a credit; without, both
    are listed. Recording it by hand stands beside all of them.
    """
    story = _story(cause, variant)
    own = [*story.remedies, *story.if_nothing_fits]
    fits = (facts or {}).get("fits", "")
    if fits:
        misfits = ("apply_what_fits",) if _is_zero(fits) else story.if_nothing_fits
        own = [action for action in own if action not in misfits]
    return (*own, *ALWAYS_OFFERED)


def button(
    action: str,
    facts: Mapping[str, str],
    *,
    cause: Cause | None = None,
    variant: str | None = None,
    show: Show = as_is,
) -> Button:
    """Say what an action is called and does; `cause` is that of a rejected payment."""
    known = _known(facts, show)
    words = buttons.BUTTONS[action]
    renamed = _story(cause, variant).renamed.get(action) if cause else None
    if renamed is None:  # only "Use {invoice_customer}" speaks of the invoice's customer
        known.pop("invoice_customer", None)
    name = fill(renamed or words.name, known)
    also = buttons.DISMISSES_TOO if cause and action == "delete" else ""
    return Button(
        name=name,
        on_card=fill(words.on_card, known) or name,
        says=fill(words.says, known) + also,
        option=fill(words.option, known),
        more=fill(words.more, known),
    )


def done(what: str, facts: Mapping[str, str], *, show: Show = as_is) -> str:
    """Say what an act has done; `what` is where the payment stands now, see `buttons.DONE`."""
    return fill(buttons.DONE[what], _known(facts, show))


def kept(still_open: int) -> str:
    """Say that an entry one too many is kept, and whether others pause posting still."""
    if not still_open:
        return acts.STAYS
    return phrases.count_of((acts.STAYS_OF_TWO, acts.STAYS_OF_SEVERAL), still_open)


def by_hand(facts: Mapping[str, str], *, show: Show = as_is) -> tuple[str, ...]:
    """List the steps of recording a payment by hand: the way out that always works."""
    return _filled(buttons.BY_HAND, _known(facts, show))


def money_back(facts: Mapping[str, str], *, show: Show = as_is) -> tuple[str, ...]:
    """List the steps of giving the money of a rejected payment back."""
    return _filled(buttons.GIVE_BACK, _known(facts, show))


def waits_locked(facts: Mapping[str, str], *, show: Show = as_is) -> str:
    """Say why a payment waits although it was tried: something was in use in QuickBooks."""
    return fill(buttons.WAITS_LOCKED, _known(facts, show))


def state_line(status: PaymentStatus, facts: Mapping[str, str], *, show: Show = as_is) -> str:
    """Say the line under a status; "" for a rejected payment, whose cause says it."""
    return fill(STATES[status].line, _known(facts, show))


def changed(
    changes: Iterable[Change], facts: Mapping[str, str], *, show: Show = as_is
) -> tuple[str, ...]:
    """Say what was changed in QuickBooks of a payment that we posted."""
    known = _known(facts, show)
    return tuple(fill(CHANGED[change], known) for change in changes)


def books_line(books: Books, facts: Mapping[str, str], *, show: Show = as_is) -> str:
    """Say what something means for the books."""
    return fill(BOOKS[books], _known(facts, show))


def many_refused(most: Cause, facts: Mapping[str, str], *, show: Show = as_is) -> str:
    """Say that the 10 % rule is met, what was most frequent, and what to look at."""
    label = CAUSES[most].label
    known = _known(facts, show) | {"cause_label": label[0].lower() + label[1:]}
    return f"{fill(buttons.MANY_REFUSED, known)} {fill(CAUSES[most].hint, known)}"


def _story(cause: Cause, variant: str | None) -> Story:
    """Find the words of a variant.

    One that is not known (None, or written by a newer release) is told as what all have in common.
    """
    words = CAUSES[cause]
    if variant in VARIANTS[cause]:
        return words.stories[Variant(variant)]
    stories = list(words.stories.values())
    if len(stories) == 1:
        return stories[0]
    first, *others = stories
    maybe = any(story.books is Books.MAYBE_THERE for story in stories)
    return Story(
        summary=words.means,
        steps=words.steps,
        remedies=_shared([story.remedies for story in stories]),
        if_nothing_fits=_shared([story.if_nothing_fits for story in stories]),
        renamed=first.renamed if all(one.renamed == first.renamed for one in others) else {},
        books=Books.MAYBE_THERE if maybe else Books.NOT_WRITTEN,
        books_line=first.books_line
        if all(one.books_line == first.books_line for one in others)
        else "",
    )


def _shared(actions: list[tuple[str, ...]]) -> tuple[str, ...]:
    """List the actions that all variants offer."""
    first, *others = actions
    return tuple(action for action in first if all(action in other for other in others))


def _known(facts: Mapping[str, str], show: Show) -> dict[str, str]:
    """Keep what has a value. Nothing that fits and nothing left over are not said as 0.00."""
    nothing = {name for name in ("fits", "left_over") if name in facts and _is_zero(facts[name])}
    said = {name: value for name, value in facts.items() if name not in nothing}
    known = phrases.shown(said, show)
    return known | {"nothing": "nothing"} if "fits" in nothing else known


def _is_zero(amount: str) -> bool:
    return bool(amount) and not amount.strip("0.")


def _filled(sentences: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(said for sentence in sentences if (said := fill(sentence, known)))
