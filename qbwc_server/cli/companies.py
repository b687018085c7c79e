"""`qbwc company ...`: company files and their settings."""

from datetime import datetime

import click

from qbwc_server.cli.speech import as_json, tell, tell_all, use_cases
from qbwc_server.services.companies import CompanyDetails, CompanyView, PlaceView
from sync_core.wording import companies as says
from sync_core.wording.phrases import fill

_NOT_SET = "-"


@click.group("company")
def group() -> None:
    """Company files."""


@group.command("add")
@click.argument("name")
@click.option(
    "--sync-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Invoices before this day are not read.",
)
@click.option(
    "--yes-to-first",
    is_flag=True,
    help="The first company file that a Web Connector opens is the right one.",
)
@as_json
def add(name: str, sync_from: datetime | None, *, yes_to_first: bool, as_json: bool) -> None:
    """Add a QuickBooks company file."""
    day = f"{sync_from:%Y-%m-%d}" if sync_from else ""
    with use_cases() as use:
        company = use.companies.add(name, sync_from=day, yes_to_first=yes_to_first)
    tell(
        company, fill(says.ADDED, {"company": company.name, "id": company.id}), json_wanted=as_json
    )


@group.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List the company files."""
    with use_cases() as use:
        found = use.companies.every()
    tell_all(found, lambda company: f"{company.id}  {company.name}", json_wanted=as_json)


@group.command("show")
@click.argument("company_id")
@as_json
def show(company_id: str, *, as_json: bool) -> None:
    """Show a company file: settings, installs, tokens."""
    with use_cases() as use:
        company = use.companies.show(company_id)
    tell(company, _text(company), json_wanted=as_json)


@group.command("set")
@click.argument("company_id")
@click.argument("pairs", metavar="KEY=VALUE...", nargs=-1, required=True)
@as_json
def change(company_id: str, pairs: tuple[str, ...], *, as_json: bool) -> None:
    """Change settings of a company file; `qbwc company show` lists them."""
    if any("=" not in pair for pair in pairs):
        raise click.BadParameter("write KEY=VALUE, such as paused=yes")
    texts = dict(pair.split("=", 1) for pair in pairs)
    with use_cases() as use:
        company = use.companies.set(company_id, texts)
    tell(company, "\n".join(_settings(company)), json_wanted=as_json)


@group.command("confirm")
@click.argument("company_id")
@as_json
def confirm(company_id: str, *, as_json: bool) -> None:
    """Say that the company file last seen is the right one, and ours from now on."""
    with use_cases() as use:
        place = use.companies.confirm(company_id, by="cli")
    told = [_said(says.CONFIRMED, place)]
    if place.takes_stock:
        told.append(fill(says.OURS, {"company": place.id}))
    tell(place, "\n".join(told), json_wanted=as_json)


@group.command("deny")
@click.argument("company_id")
@as_json
def deny(company_id: str, *, as_json: bool) -> None:
    """Say that the company file last seen is another company's, or a copy: it is turned away."""
    with use_cases() as use:
        place = use.companies.deny(company_id, by="cli")
    tell(place, _said(says.DENIED, place), json_wanted=as_json)


@group.command("no-pc-at-work")
@click.argument("company_id")
@as_json
def no_pc_at_work(company_id: str, *, as_json: bool) -> None:
    """Say that no PC is at work, or asleep, with payments from before our database was restored."""
    with use_cases() as use:
        company = use.companies.no_pc_at_work(company_id, by="cli")
    tell(company, fill(says.POSTS_AGAIN, {"company": company.name}), json_wanted=as_json)


@group.command("read-again")
@click.argument("company_id")
@as_json
def read_again(company_id: str, *, as_json: bool) -> None:
    """Let the next sync read customers, invoices, credits and payments from their beginning."""
    with use_cases() as use:
        company = use.companies.read_again(company_id)
    tell(company, fill(says.READS_AGAIN, {"company": company.name}), json_wanted=as_json)


def _said(phrase: str, place: PlaceView) -> str:
    facts = {"company_name_found": place.company_name, "company_file": place.path}
    return fill(phrase, facts)


def _text(company: CompanyDetails) -> str:
    told = {name: value for name, value in company.quickbooks.items() if value is not None}
    return "\n".join(
        [
            f"{company.name}  {company.id}",
            *company.notices,
            "",
            *_settings(company),
            "",
            "QuickBooks: " + (", ".join(f"{name} {value}" for name, value in told.items()) or "-"),
            *(
                f"Install {install.id}  {install.label}  user name {install.user_name}"
                f"{'  runs by itself' if install.primary else ''}"
                f"{'  retired' if install.retired_at else ''}"
                for install in company.installs
            ),
            *(
                f"Token {token.id}  {token.label}{'  revoked' if token.revoked_at else ''}"
                for token in company.tokens
            ),
        ]
    )


def _settings(company: CompanyView) -> list[str]:
    lines = []
    for name, setting in company.settings.items():
        value = setting.value
        if isinstance(value, bool):
            value = "yes" if value else "no"
        lines += [f"{name} = {_NOT_SET if value is None else value}", f"    {setting.means}"]
    return lines
