"""`qbwc install ...`: Web Connectors and their .qwc files."""

from pathlib import Path

import click

from qbwc_server.cli.speech import Refusal, as_json, tell, use_cases
from qbwc_server.services.companies import InstallView
from qbwc_server.services.installs import (
    RUN_EVERY_MINUTES,
    RUN_EVERY_MINUTES_MAX,
    BuiltFile,
    NewInstall,
)
from sync_core.wording import companies
from sync_core.wording.phrases import count_of, fill

_MINUTES = click.IntRange(1, RUN_EVERY_MINUTES_MAX)


@click.group("install")
def group() -> None:
    """Web Connectors."""


@group.command("add")
@click.argument("company_id")
@click.option("--label", default="", help="By which people know the PC.")
@click.option("--secondary", is_flag=True, help="Syncs by hand only: its file has no schedule.")
@click.option("--paired", is_flag=True, help="The first password typed is taken as its password.")
@click.option(
    "--every",
    type=_MINUTES,
    default=RUN_EVERY_MINUTES,
    show_default=True,
    help="Minutes between two syncs by itself.",
)
@as_json
def add(
    company_id: str, label: str, *, secondary: bool, paired: bool, every: int, as_json: bool
) -> None:
    """Register a Web Connector; its password is shown this once."""
    with use_cases() as use:
        made = use.installs.add(
            company_id,
            label=label,
            primary=not secondary,
            paired=paired,
            run_every_minutes=every,
        )
    if made.primary and made.other_primaries:
        others = ", ".join(made.other_primaries)
        count = len(made.other_primaries)
        click.echo(count_of(companies.ONE_IS_ENOUGH, count, {"others": others}), err=True)
    tell(made, _registered(made, "registered"), json_wanted=as_json)


@group.command("set")
@click.argument("install_id")
@click.option("--label", help="By which people know the PC.")
@click.option("--primary/--secondary", default=None, help="By itself, or by hand only.")
@click.option("--every", type=_MINUTES, help="Minutes between two syncs by itself.")
@as_json
def change(
    install_id: str, label: str | None, every: int | None, *, primary: bool | None, as_json: bool
) -> None:
    """Change name and schedule; build the .qwc file again and add it for the schedule to count."""
    with use_cases() as use:
        changed = use.installs.change(
            install_id, label=label, primary=primary, run_every_minutes=every
        )
    tell(changed, _line(changed), json_wanted=as_json)


@group.command("new-password")
@click.argument("install_id")
@as_json
def new_password(install_id: str, *, as_json: bool) -> None:
    """Make a new password, shown this once; the old one stops at once."""
    with use_cases() as use:
        made = use.installs.new_password(install_id, by="cli")
    text = f"User name: {made.user_name}\nPassword:  {made.password}"
    tell(made, text, json_wanted=as_json)


@group.command("renew")
@click.argument("install_id")
@as_json
def renew(install_id: str, *, as_json: bool) -> None:
    """Renew the connection: a new install takes the place of this one, which is retired."""
    with use_cases() as use:
        made = use.installs.renew(install_id, by="cli")
    tell(made, _registered(made, "renewed"), json_wanted=as_json)


@group.command("retire")
@click.argument("install_id")
@as_json
def retire(install_id: str, *, as_json: bool) -> None:
    """Shut a Web Connector out for good."""
    with use_cases() as use:
        retired = use.installs.retire(install_id, by="cli")
    tell(retired, fill(companies.RETIRED, {"pc": retired.label}), json_wanted=as_json)


@group.command("qwc")
@click.argument("install_id")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: stdout.")
@as_json
def build(install_id: str, output: Path | None, *, as_json: bool) -> None:
    """Build the .qwc file that is added to the Web Connector."""
    with use_cases() as use:
        built = use.installs.build_file(install_id)
    if output is not None:
        _write(output, built.content)
    if as_json:
        tell(_document(install_id, output, built), "", json_wanted=True)
    elif output is None:
        click.echo(built.content, nl=False)
    else:
        click.echo(f"{output} is written: {built.app_name}, {built.app_url}")
    if built.pairing_until is not None:
        until = f"{built.pairing_until:%Y-%m-%d %H:%M} UTC"
        click.echo(fill(companies.FIRST_PASSWORD, {"until": until}), err=True)


def _registered(made: NewInstall, how: str) -> str:
    return "\n".join(
        [
            f"{made.label} is {how}: {made.id}",
            f"User name: {made.user_name}",
            f"Password:  {made.password or 'the first one typed after the file was built'}",
            f"Next: qbwc install qwc {made.id} --output {made.user_name}.qwc",
        ]
    )


def _line(install: InstallView) -> str:
    minutes = count_of(companies.MINUTES, install.run_every_minutes)
    phrase = companies.BY_ITSELF if install.primary else companies.BY_HAND
    return fill(phrase, {"who": install.label, "minutes": minutes})


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise Refusal(f"{output} cannot be written: {error.strerror}.") from None


def _document(install_id: str, output: Path | None, built: BuiltFile) -> dict[str, str | None]:
    """Describe the file; its content is in it when it was not written anywhere."""
    return {
        "id": install_id,
        "app_name": built.app_name,
        "app_url": built.app_url,
        "pairing_until": built.pairing_until.isoformat() if built.pairing_until else None,
        "file": str(output) if output else None,
        "content": None if output else built.content.decode(),
    }
