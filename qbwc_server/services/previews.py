"""What an act says before it is done, and what will stand in QuickBooks then.

The sentences are those of style/words.md, section 6.
"""

from collections.abc import Callable, Mapping
from datetime import date

from pydantic import Field

from qbwc_server.services.payments import View
from qbwc_server.services.plans import Plan
from sync_core.money import format_cents
from sync_core.wording import acts
from sync_core.wording.buttons import BUTTONS
from sync_core.wording.phrases import Show, fill, plain

# What an act will say of itself; the plan is none where nothing is sent.
Sentence = Callable[[Plan | None], str]


class PlannedPartView(View):
    """What goes on one invoice."""

    invoice: str = Field(description="Its number; its id where the number is not known")
    amount: str


class PlanView(View):
    """One payment as it will stand in QuickBooks, as far as is known now."""

    customer: str = Field(description="Customer:Job")
    day: date = Field(serialization_alias="date")
    amount: str
    apply: list[PlannedPartView]
    unapplied: str = Field(description="What stays as the customer's credit")


class PreviewView(View):
    """What an action would do. Nothing was changed."""

    sentence: str
    quickbooks: PlanView | None = Field(description="null: nothing is sent")


def preview(plan: Plan | None, sentence: Sentence) -> PreviewView:
    """Show what an act would do."""
    return PreviewView(sentence=sentence(plan), quickbooks=None if plan is None else _shown(plan))


def just(text: str) -> Sentence:
    """Say what does not depend on the plan."""
    return lambda _: text


def as_button(action: str, **facts: str) -> Sentence:
    """Say what the button of an action says; a fact that is "" is not known."""
    return just(_said(action, {name: value for name, value in facts.items() if value}))


def what_fits(show: Show) -> Sentence:
    """Say what goes on which invoice, and what is left over."""

    def told(plan: Plan | None) -> str:
        assert plan is not None  # it waits to be sent
        lines = ", ".join(
            f"{_money(show, line.amount_cents)} on invoice {line.invoice}" for line in plan.lines
        )
        facts = {"lines": lines or acts.NOTHING_ON_AN_INVOICE, **_facts(show, plan)}
        return _said("apply_what_fits", facts)

    return told


def as_credit(show: Show) -> Sentence:
    """Say that it stands on no invoice."""

    def told(plan: Plan | None) -> str:
        assert plan is not None  # it waits to be sent
        return _said("post_unapplied", _facts(show, plan))

    return told


def on_invoice(called: str, cents: int, show: Show) -> Sentence:
    """Say what goes on a chosen invoice, and what is left over."""

    def told(plan: Plan | None) -> str:
        facts = {"fits": _money(show, cents), "chosen_invoice": called}
        return fill(acts.ON_INVOICE, facts | (_facts(show, plan) if plan else {}))

    return told


def _said(action: str, facts: Mapping[str, str]) -> str:
    return fill(plain(BUTTONS[action].says), facts)


def _facts(show: Show, plan: Plan) -> dict[str, str]:
    left_over = _money(show, plan.unapplied_cents) if plan.unapplied_cents else ""
    return {
        "amount": _money(show, plan.amount_cents),
        "customer": plan.customer,
        **({"left_over": left_over} if left_over else {}),
    }


def _money(show: Show, cents: int) -> str:
    return show("amount", format_cents(cents))


def _shown(plan: Plan) -> PlanView:
    return PlanView(
        customer=plan.customer,
        day=plan.on,
        amount=format_cents(plan.amount_cents),
        apply=[
            PlannedPartView(invoice=line.invoice, amount=format_cents(line.amount_cents))
            for line in plan.lines
        ],
        unapplied=format_cents(plan.unapplied_cents),
    )
