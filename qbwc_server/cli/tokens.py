"""`qbwc token ...`: the payment site's keys to the API."""

import click

from qbwc_server.cli.speech import as_json, tell, use_cases
from sync_core.wording.companies import TOKEN_REVOKED


@click.group("token")
def group() -> None:
    """Tokens of the JSON API."""


@group.command("add")
@click.argument("company_id")
@click.option("--label", default="payment site", show_default=True, help="Who uses it.")
@as_json
def add(company_id: str, label: str, *, as_json: bool) -> None:
    """Make a token; it is shown this once."""
    with use_cases() as use:
        made = use.tokens.add(company_id, label=label)
    tell(made, f"Token {made.id}, shown this once:\n{made.token}", json_wanted=as_json)


@group.command("revoke")
@click.argument("token_id")
@as_json
def revoke(token_id: str, *, as_json: bool) -> None:
    """Shut a token out from now on."""
    with use_cases() as use:
        use.tokens.revoke(token_id)
    tell({"id": token_id, "revoked": True}, TOKEN_REVOKED, json_wanted=as_json)
