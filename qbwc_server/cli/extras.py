"""`qbwc extras ...`: entries of ours in QuickBooks that are one too many."""

import click

from qbwc_server.cli.speech import as_json, tell, tell_all, use_cases
from qbwc_server.services.extras import ExtraAction, ExtraView
from sync_core import words
from sync_core.wording import acts, buttons
from sync_core.wording.phrases import fill


@click.group("extras")
def group() -> None:
    """What is one too many in QuickBooks; while there is any, nothing is posted."""


@group.command("list")
@click.argument("company_id")
@as_json
def list_all(company_id: str, *, as_json: bool) -> None:
    """List what is one too many, the latest first."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        tell_all(use.extras.every(company), _line, json_wanted=as_json)


@group.command("take-out")
@click.argument("company_id")
@click.argument("txn_id")
@click.option("--note", help="Why.")
@as_json
def take_out(company_id: str, txn_id: str, note: str | None, *, as_json: bool) -> None:
    """Let the next sync take one out of QuickBooks, if it still can."""
    given = {"action": ExtraAction.TAKE_OUT, "note": note}
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        extra = use.extras.act(company, txn_id, given, by="cli")
    tell(extra, fill(buttons.TAKES_OUT, {}), json_wanted=as_json)


@group.command("keep")
@click.argument("company_id")
@click.argument("txn_id")
@click.option("--note", required=True, help="Why both are right.")
@as_json
def keep(company_id: str, txn_id: str, note: str, *, as_json: bool) -> None:
    """Say that one is right, so that posting goes on."""
    given = {"action": ExtraAction.KEEP, "note": note}
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        extra = use.extras.act(company, txn_id, given, by="cli")
        still_open = use.extras.count_open(company)
    tell(extra, words.kept(still_open), json_wanted=as_json)


def _line(extra: ExtraView) -> str:
    whose = f"a second entry of {extra.payment.id}" if extra.payment else "of no payment known here"
    facts = (extra.reference, extra.day, extra.amount, extra.customer)
    told = "  ".join(str(fact) for fact in facts if fact is not None)
    lines = [f"{extra.txn_id}  {told}  {whose}"]
    if extra.ordered_at is not None:
        order = {
            "by": extra.ordered_by or "",
            "when": f"{extra.ordered_at:%Y-%m-%d %H:%M} UTC",
        }
        lines.append(f"  {fill(acts.TO_BE_TAKEN_OUT, order)}")
    if extra.said is not None:
        lines.append(f"  {extra.said}")
    return "\n".join(lines)
