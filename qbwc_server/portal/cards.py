"""Cards: a payment, or several alike, as people read them, and the buttons that lead to acting.

The words are the table's, with amounts and days as the reader writes them. Nothing is decided here
but which of the offered actions is the main button.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from qbwc_server.portal import writing
from qbwc_server.services.actions import Action
from qbwc_server.services.needs_you import Card, Group
from qbwc_server.services.preferences import currency_mark
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.wording.phrases import Show
from sync_core.wording.states import STATES
from sync_core.words import EvidenceTable, Told

# What can be asked of several at once: all that needs nothing to be chosen for each.
TOGETHER = (
    Action.RETRY,
    Action.APPLY_WHAT_FITS,
    Action.POST_UNAPPLIED,
    Action.USE_NEW_INVOICE,
    Action.USE_OPEN_DAY,
    Action.USE_INVOICE_ACCOUNT,
    Action.POST_ANYWAY,
    Action.LINK,
    Action.DISMISS,
    Action.DELETE,
)
# What stands in the three-dot menu, however few other buttons there are.
_QUIET = (Action.RETRY, Action.DISMISS, Action.DELETE, Action.UNDO)


@dataclass(frozen=True, slots=True)
class Button:
    """One action: its name, what it is called where it is the main one, and where it leads."""

    action: Action
    name: str
    label: str
    href: str

    @property
    def is_quiet(self) -> bool:
        """Say whether it stands in the menu."""
        return self.action in _QUIET


@dataclass(frozen=True, slots=True)
class Buttons:
    """What fits a payment now: the main button, others beside it, and the three-dot menu."""

    main: Button | None = None
    others: tuple[Button, ...] = ()
    menu: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as a page shows it: `href` is the payment's page.

    `told` is None for a payment that was not refused.
    """

    card: Card
    href: str
    buttons: Buttons
    told: Told | None
    table: EvidenceTable
    by_hand: tuple[str, ...]
    money_back: tuple[str, ...]
    state: str
    state_line: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Several payments with one remedy, as a page shows them; `together` is done about all."""

    group: Group
    told: Told
    books: str
    choose: Button | None
    together: tuple[Button, ...]
    query: Mapping[str, str]


def label(card: Card) -> str:
    """Say in a few words how a payment stands, or why it was refused."""
    if card.cause is None:
        return STATES[card.status].label
    return words.told(card.cause, card.variant, card.facts).label


def shown(company_id: str, card: Card, *, back: str) -> Shown:
    """Say a card to whoever reads; `back` is where acting on it comes back to."""
    show = writing.marked(card.mark)
    told, table = None, EvidenceTable()
    if card.cause is not None:
        told = words.told(card.cause, card.variant, card.facts, show=show)
        table = words.evidence_table(card.cause, card.variant, card.evidence, card.facts, show=show)
    return Shown(
        card=card,
        href=url_for("payments.show", company_id=company_id, id=card.id),
        buttons=buttons(company_id, card, back=back),
        told=told,
        table=table,
        by_hand=words.by_hand(card.facts, show=show),
        money_back=words.money_back(card.facts, show=show) if told and told.money_back else (),
        state=STATES[card.status].label,
        state_line=words.state_line(card.status, card.state_facts, show=show),
    )


def shown_group(company_id: str, group: Group, *, back: str) -> ShownGroup:
    """Say a card that stands for several payments."""
    show, facts = writing.marked(currency_mark(group.home)), group.facts
    query = {"cause": group.cause.value, "variant": group.variant, "method": group.method}
    first = group.cards[0]
    every = [
        _button(company_id, first, action, show, back, facts=facts)
        for action in _ranked(group.acts, group.cause, group.variant, facts)
    ]
    return ShownGroup(
        group=group,
        told=words.told(group.cause, group.variant, facts, show=show),
        books=words.books_of_several(group.cause, group.variant, facts, show=show),
        choose=next((one for one in every if one.action is Action.CHOOSE_METHOD), None),
        together=tuple(one for one in every if one.action in TOGETHER),
        query=query,
    )


def buttons(company_id: str, card: Card, *, back: str) -> Buttons:
    """Name what fits a payment now, the main one first."""
    show = writing.marked(card.mark)
    ranked = _ranked(card.acts, card.cause, card.variant, card.facts)
    every = [_button(company_id, card, action, show, back) for action in ranked]
    main, others = None, every
    if card.status is PaymentStatus.REJECTED:
        main, *others = every
    return Buttons(
        main=main,
        others=tuple(one for one in others if not one.is_quiet),
        menu=tuple(one for one in others if one.is_quiet),
    )


def _ranked(
    acts: Sequence[Action], cause: Cause | None, variant: str | None, facts: Mapping[str, str]
) -> list[Action]:
    """List actions, the main one first: a remedy, or else what the steps come to."""
    remedies = [action for action in acts if action not in _QUIET]
    quiet = [action for action in acts if action in _QUIET]
    if not remedies and cause is not None:
        steps = " ".join(words.told(cause, variant, facts).steps)
        named = [
            action
            for action in quiet
            if f"**{words.button(action, facts, cause=cause, variant=variant).name}**" in steps
        ]
        quiet = [*named[:1], *(action for action in quiet if action not in named[:1])]
    return [*remedies, *quiet]


def _button(
    company_id: str,
    card: Card,
    action: Action,
    show: Show,
    back: str,
    *,
    facts: Mapping[str, str] | None = None,
) -> Button:
    said = words.button(
        action,
        card.facts if facts is None else facts,
        cause=card.cause,
        variant=card.variant,
        show=show,
    )
    query: dict[str, Any] = {"id": card.id, "action": action.value, "next": back}
    href = url_for("resolve.act", company_id=company_id, **query)
    return Button(action, said.name, said.on_card, href)
