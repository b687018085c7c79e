"""`qbwc migrate`, `settings`, `restore` and `verify`: for whoever runs the server."""

from typing import Any

import click
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from qbwc_server import logs, settings
from qbwc_server.cli.speech import Refusal, as_json, tell, use_cases
from qbwc_server.services import assembly
from qbwc_server.services.restore import RestoreView
from qbwc_server.services.verify import CheckView, VerifyView
from qbwc_server.settings import SECRET_NAMES, Settings
from sync_core.money import format_cents
from sync_core.wording import companies
from sync_core.wording.phrases import fill

_HIDDEN = "***"


@click.command("migrate")
@as_json
def migrate(*, as_json: bool) -> None:
    """Bring the database up to date."""
    loaded = settings.load()
    logs.configure(loaded.log_level)
    assembly.migrate(loaded)
    tell({"current": True}, "The database is up to date.", json_wanted=as_json)


@click.command("settings")
@as_json
def show_settings(*, as_json: bool) -> None:
    """Show every setting, its value, and where it came from."""
    loaded = settings.load()
    places = {
        "environment": EnvSettingsSource(Settings)(),
        ".env": DotEnvSettingsSource(Settings)(),
    }
    shown = [
        {
            "name": f"QBWC_{name.upper()}",
            "value": _masked(loaded, name),
            "source": next((place for place, given in places.items() if name in given), "default"),
            "description": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    text = "\n".join(
        f"{one['name']} = {one['value']}  ({one['source']})\n    {one['description']}"
        for one in shown
    )
    tell({"settings": shown}, text, json_wanted=as_json)


@click.command("restore")
@as_json
def restore(*, as_json: bool) -> None:
    """Ask QuickBooks for all that is not settled: after the database was restored."""
    with use_cases() as use:
        done = use.restore.run(by="cli")
    tell(done, _restored(done), json_wanted=as_json)


@click.command("verify")
@click.argument("company_id")
@as_json
def verify(company_id: str, *, as_json: bool) -> None:
    """Prove that the payments of a company file are where they are said to be."""
    with use_cases() as use:
        found = use.verify.company(company_id)
    tell(found, _proof(found), json_wanted=as_json)
    failed = [check.name for check in found.checks if not check.holds]
    if failed:
        raise Refusal(
            f"{len(failed)} of {len(found.checks)} checks fail ({', '.join(failed)}); "
            "look at the payments they name with qbwc payments show."
        )


def _restored(done: RestoreView) -> str:
    lines = [f"{one.name}  {one.id}: {one.in_doubt}" for one in done.companies]
    count = sum(one.in_doubt for one in done.companies)
    total = fill(companies.RESTORED, {"count": f"{count}", "ended": f"{done.sessions_ended}"})
    return "\n".join([*lines, total])


def _proof(found: VerifyView) -> str:
    total = format_cents(sum(found.cents.values()))
    verdict = "everything holds" if found.holds else "NOT everything holds"
    lines = [line for check in found.checks for line in _check_lines(check)]
    return "\n".join([*lines, f"{found.payments} payments, {total}: {verdict}."])


def _check_lines(check: CheckView) -> list[str]:
    if check.holds:
        return [f"ok      {check.name}: {check.means}"]
    more = check.count - len(check.rows)
    return [
        f"BROKEN  {check.name}: {check.means} Against it: {check.count}",
        *(
            "        " + ", ".join(f"{name} {value}" for name, value in row.items())
            for row in check.rows
        ),
        *([f"        and {more} more"] if more else []),
    ]


def _masked(loaded: Settings, name: str) -> Any:
    """Give a setting's value as it may be shown, defaults that are made up filled in."""
    if name == "database_url":
        return _url(loaded.database)
    if name in SECRET_NAMES:
        return _HIDDEN if getattr(loaded, name).get_secret_value() else ""
    value = getattr(loaded, name)
    return value if isinstance(value, int) else str(value)


def _url(url: str) -> str:
    """Write a database URL without its password; parameters may hold one, so they are left out."""
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return _HIDDEN
