"""`qbwc migrate` and `qbwc settings`: for whoever runs the server."""

from typing import Any

import click
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from qbwc_server import logs, settings
from qbwc_server.cli.speech import as_json, tell
from qbwc_server.services import assembly
from qbwc_server.settings import SECRET_NAMES, Settings

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


def _masked(loaded: Settings, name: str) -> Any:
    """Give a setting's value as it may be shown, defaults that are made up filled in."""
    if name == "database_url":
        return _url(loaded.database)
    if name in SECRET_NAMES:
        return _HIDDEN if loaded.secret_key.get_secret_value() else ""
    value = getattr(loaded, name)
    return value if isinstance(value, int) else str(value)


def _url(url: str) -> str:
    """Write a database URL without its password; parameters may hold one, so they are left out."""
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return _HIDDEN
