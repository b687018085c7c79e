"""`qbwc troubles`: what keeps the syncs of a company file from getting through now."""

import click

from qbwc_server.cli.speech import as_json, tell, use_cases
from qbwc_server.services.troubles import InstallStandingView, TroublesView, TroubleView
from sync_core.wording.companies import NOTHING_IN_THE_WAY
from sync_core.wording.phrases import fill, quoted
from sync_core.wording.states import FOR_THE_BOOKS, WHO_CAN_ACT


@click.command("troubles")
@click.argument("company_id")
@as_json
def show(company_id: str, *, as_json: bool) -> None:
    """Show what keeps syncs from getting through now, and how each Web Connector stands."""
    with use_cases() as use:
        found = use.troubles.of(use.companies.internal_id(company_id))
    tell(found, _text(found), json_wanted=as_json)


def _text(found: TroublesView) -> str:
    problems = [line for item in found.items for line in (*_lines(item), "")]
    return "\n".join([*(problems or [NOTHING_IN_THE_WAY, ""]), *map(_line, found.installs)])


def _lines(item: TroubleView) -> list[str]:
    told = [f"since {item.since:%Y-%m-%d %H:%M} UTC"] if item.since else []
    told += [f"{item.times} times"] if item.times else []
    told += [f"at {item.pc}"] if item.pc else []
    where = f" ({', '.join(told)})" if told else ""
    return [
        f"{item.title}{where}",
        quoted(item.what),
        fill(FOR_THE_BOOKS, {"books": item.books}),
        fill(WHO_CAN_ACT, {"who": item.who}),
        *(f"  {number}. {quoted(step)}" for number, step in enumerate(item.steps, 1)),
    ]


def _line(install: InstallStandingView) -> str:
    last = f"{install.last_called_at:%Y-%m-%d %H:%M} UTC" if install.last_called_at else "never"
    said = f"  {quoted(install.sentence)}" if install.sentence else ""
    return f"Install {install.id}  {install.label}  {install.standing}  last call {last}{said}"
