"""What people are told about a payment: the same on a page, in the API, an e-mail and the docs.

The sentences are in `wording`; here they are said with the facts of one payment. Nothing here
decides: which cause it was, and which action fits now, is settled elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync_core.changed import Change
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS, Variant
from sync_core.wording import buttons, phrases
from sync_core.wording.buttons import Button
from sync_core.wording.causes import CAUSES
from sync_core.wording.changed import CHANGED
from sync_core.wording.phrases import Show, as_is, fill
from sync_core.wording.states import BOOKS, STATES, Books
from sync_core.wording.story import Story

# How the facts are written, for `show`; all others are text.
AMOUNTS = frozenset(
    {
        *("amount", "planned", "invoice_balance", "balance_before", "balance_after", "fits"),
        *("left_over", "found_amount", "credit_amount", "new_invoice_amount", "difference"),
        *("total_before", "total_now", "waiting_amount"),
    }
)
DATES = frozenset(
    {
        *("received_on", "found_date", "other_date", "credit_date", "new_invoice_date"),
        *("deleted_on", "voided_on", "reversed_on", "returned_on"),
        *("closing_date", "dividing_date", "first_open_day"),
    }
)

ALWAYS_OFFERED = ("retry", "dismiss", "delete")


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
    evidence_columns: tuple[str, ...]
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
        evidence_columns=words.evidence,
        changed=fill(story.changed, known),
        heals=story.heals or words.heals,
        money_back=story.gives_back,
    )


def summary(
    cause: Cause, variant: str | None, facts: Mapping[str, str], *, show: Show = as_is
) -> str:
    """Say in one sentence why a payment was rejected."""
    return fill(_story(cause, variant).summary, _known(facts, show))


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


def by_hand(facts: Mapping[str, str], *, show: Show = as_is) -> tuple[str, ...]:
    """List the steps of recording a payment by hand: the way out that always works."""
    return _filled(buttons.BY_HAND, _known(facts, show))


def money_back(facts: Mapping[str, str], *, show: Show = as_is) -> tuple[str, ...]:
    """List the steps of giving the money of a rejected payment back."""
    return _filled(buttons.GIVE_BACK, _known(facts, show))


def entry_gone(facts: Mapping[str, str], *, show: Show = as_is) -> str:
    """Say that the entry which looked like this payment is gone, and offer to post now."""
    return fill(buttons.ENTRY_GONE, _known(facts, show))


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


def fact_names(cause: Cause, variant: str | None) -> frozenset[str]:
    """List the facts that the sentences of a variant can name, the buttons left out."""
    words, story = CAUSES[cause], _story(cause, variant)
    line = story.books_line or BOOKS[story.books]
    said = (story.summary, *story.steps, line, story.changed, story.who or words.who)
    return frozenset().union(*(phrases.names(phrase) for phrase in said)) - {"nothing"}


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
