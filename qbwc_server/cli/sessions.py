"""`qbwc sessions`: the syncs of a company file."""

import click

from qbwc_server.cli.speech import as_json, tell_all, use_cases
from qbwc_server.services.session_log import SessionView
from sync_core.wording import syncs


@click.command("sessions")
@click.argument("company_id")
@as_json
def sessions(company_id: str, *, as_json: bool) -> None:
    """List the syncs of a company file, newest first."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        tell_all(use.session_log.every(company), _text, json_wanted=as_json)


def _text(session: SessionView) -> str:
    came_in = syncs.came_in(
        session.customers_changed, session.invoices_changed, session.credit_memos_changed
    )
    said = [
        session.id,
        f"{session.opened_at:%Y-%m-%d %H:%M:%S}Z",
        session.install,
        syncs.OUTCOMES[session.outcome],
        f"{session.percent} %" if session.took_s is None else syncs.lasted(session.took_s),
        f"{came_in} came in" if came_in else "",
        session.message or "",
    ]
    return "  ".join(filter(None, said))
