"""`qbwc user ...`: people who use the portal."""

import click

from qbwc_server import settings
from qbwc_server.cli.speech import as_json, tell, tell_all, use_cases
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.users import NewLink, UserView
from sync_core.people import ROLE_LABELS, Role

_role = click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="What they may do.",
)
_companies = click.option(
    "--company",
    "companies",
    metavar="COMPANY_ID",
    multiple=True,
    help="Only this company file; may be repeated. Default: all.",
)


@click.group("user")
def group() -> None:
    """People who use the portal."""


@group.command("add")
@click.argument("email")
@_role
@_companies
@as_json
def add(email: str, role: str, companies: tuple[str, ...], *, as_json: bool) -> None:
    """Add a user; the password is shown this once."""
    with use_cases() as use:
        made = use.users.add(email, role, companies=companies or None, by=OPERATOR)
    tell(
        made,
        f"{made.email} can sign in. Password, shown this once:\n{made.password}",
        json_wanted=as_json,
    )


@group.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List the users."""
    with use_cases() as use:
        found = use.users.every(OPERATOR)
    tell_all(found, _line, json_wanted=as_json)


@group.command("set")
@click.argument("email")
@_role
@_companies
@as_json
def change(email: str, role: str, companies: tuple[str, ...], *, as_json: bool) -> None:
    """Change what a user may do and see; who is signed in has to sign in again."""
    with use_cases() as use:
        use.users.set_access(use.users.id_of(email), role, companies=companies or None, by=OPERATOR)
    told = f"{email} is {ROLE_LABELS[Role(role)].lower()} now."
    tell({"email": email, "role": role}, told, json_wanted=as_json)


@group.command("reset-link")
@click.argument("email")
@as_json
def reset_link(email: str, *, as_json: bool) -> None:
    """Make a link by which a user chooses a new password; it works once."""
    with use_cases() as use:
        made = use.users.link(use.users.id_of(email), by=OPERATOR)
    address = f"{settings.load().base_url}/link/{made.token}"
    tell(_document(made, address), f"For {made.email}, once:\n{address}", json_wanted=as_json)


@group.command("revoke")
@click.argument("email")
@as_json
def revoke(email: str, *, as_json: bool) -> None:
    """Take a user's access away, at once."""
    with use_cases() as use:
        use.users.revoke(use.users.id_of(email), by=OPERATOR)
    tell({"email": email, "revoked": True}, "Revoked.", json_wanted=as_json)


def _document(made: NewLink, address: str) -> dict[str, str | None]:
    until = made.expires_at.isoformat() if made.expires_at else None
    return {"email": made.email, "purpose": made.purpose, "link": address, "expires_at": until}


def _line(user: UserView) -> str:
    sees = "all company files" if user.companies is None else ", ".join(user.companies)
    state = "" if user.has_password else "  invited"
    return f"{user.email}  {user.role}  {sees}{'  revoked' if user.revoked_at else state}"
