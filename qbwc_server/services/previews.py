"""What an act says before it is done, and what will stand in QuickBooks then.

The sentences are those of style/words.md, section 6.
"""

from collections.abc import Callable
from datetime import date

from pydantic import Field

from qbwc_server.services.payments import View
from qbwc_server.services.plans import Plan
from sync_core.money import format_cents
from sync_core.wording.phrases import Show

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


def what_fits(show: Show) -> Sentence:
    """Say what goes on which invoice, and what is left over."""

    def told(plan: Plan | None) -> str:
        assert plan is not None  # it waits to be sent
        lines = ", ".join(
            f"{_money(show, line.amount_cents)} on invoice {line.invoice}" for line in plan.lines
        )
        return (
            f"QuickBooks gets one payment of {_money(show, plan.amount_cents)}: "
            f"{lines or 'nothing on an invoice'}{_left_over(show, plan)}."
        )

    return told


def as_credit(show: Show) -> Sentence:
    """Say that it stands on no invoice."""

    def told(plan: Plan | None) -> str:
        assert plan is not None  # it waits to be sent
        return (
            f"QuickBooks gets one payment of {_money(show, plan.amount_cents)} from "
            f"{plan.customer}, on no invoice. Apply it later in Customers > Receive Payments."
        )

    return told


def on_invoice(called: str, cents: int, show: Show) -> Sentence:
    """Say what goes on a chosen invoice, and what is left over."""

    def told(plan: Plan | None) -> str:
        left_over = "" if plan is None else _left_over(show, plan)
        return f"{_money(show, cents)} goes on invoice {called}{left_over}."

    return told


def _left_over(show: Show, plan: Plan) -> str:
    if not plan.unapplied_cents:
        return ""
    return f"; {_money(show, plan.unapplied_cents)} stays as {plan.customer}'s credit"


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
