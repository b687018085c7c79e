"""`qbwc install ...`: Web Connectors and their .qwc files."""

from pathlib import Path

import click

from qbwc_server.cli.speech import Refusal, as_json, tell, use_cases
from qbwc_server.services.installs import RUN_EVERY_MINUTES, BuiltFile


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
    type=click.IntRange(1, 1440),
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
        click.echo(f"Note: {others} runs by itself as well; one PC is enough.", err=True)
    text = "\n".join(
        [
            f"{made.label} is registered: {made.id}",
            f"User name: {made.user_name}",
            f"Password:  {made.password or 'the first one typed after the file was built'}",
            f"Next: qbwc install qwc {made.id} --output {made.user_name}.qwc",
        ]
    )
    tell(made, text, json_wanted=as_json)


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
        click.echo(f"The first password typed until {until} is taken.", err=True)


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
