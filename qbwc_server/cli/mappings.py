"""`qbwc mappings ...`: what the payment site calls customers and invoices."""

from dataclasses import asdict
from pathlib import Path

import click

from qbwc_server.cli.speech import Refusal, as_json, tell, tell_all, use_cases
from qbwc_server.services.mapping_files import Report, import_file
from qbwc_server.services.mappings import Kind, MappingView, ProposalView, UnmappedView, What
from sync_core.wording.mapping import file_read

company_id = click.argument("company_id")
what_kind = click.argument("what", type=click.Choice(list(map(str, What))), metavar="WHAT")


@click.group("mappings")
def group() -> None:
    """What the payment site calls customers and invoices. WHAT is customers or invoices."""


@group.command("list")
@company_id
@what_kind
@as_json
def list_all(company_id: str, what: str, *, as_json: bool) -> None:
    """List what is mapped."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        tell_all(use.mappings.every(company, What(what)), _line, json_wanted=as_json)


@group.command("unmapped")
@company_id
@what_kind
@as_json
def list_unmapped(company_id: str, what: str, *, as_json: bool) -> None:
    """List the site's ids that payments wait for and that mean nothing yet."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        tell_all(use.mappings.every_unmapped(company, What(what)), _unmapped, json_wanted=as_json)


@group.command("set")
@company_id
@what_kind
@click.argument("external_id")
@click.argument("quickbooks_id", required=False)
@as_json
def put(
    company_id: str, what: str, external_id: str, quickbooks_id: str | None, *, as_json: bool
) -> None:
    """Say which ListID or TxnID one of the site's ids means; without one it is forgotten."""
    own = "list_id" if what == What.CUSTOMERS else "txn_id"
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        given = [{"external_id": external_id, own: quickbooks_id}]
        (outcome,) = use.mappings.put(company, What(what), given, by="cli")
    if outcome.outcome in (Kind.INVALID, Kind.UNKNOWN):
        raise Refusal(" ".join(outcome.problems))
    tell(outcome, f"{external_id}: {outcome.outcome}", json_wanted=as_json)


@group.command("import")
@company_id
@what_kind
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--accept", is_flag=True, help="Set what an exact name or number proposes, too.")
@as_json
def take_in(company_id: str, what: str, file: Path, *, accept: bool, as_json: bool) -> None:
    """Take in the mappings of a .csv file; what has a name instead of an id is proposed."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        report = import_file(use.mappings, company, What(what), file, accept=accept, by="cli")
    for refused in report.refused_lines if not as_json else ():
        click.echo(refused, err=True)
    document = asdict(report) | {"proposed": [one.model_dump() for one in report.proposed]}
    tell(document, _text(report), json_wanted=as_json)
    if report.refused:
        raise Refusal(f"{report.refused} lines were refused; mend them and import the file again.")


def _text(report: Report) -> str:
    return "\n".join(
        [
            *map(_proposal, report.proposed),
            file_read(
                set_now=report.set,
                same=report.same,
                removed=report.removed,
                proposed=len(report.proposed),
                refused=report.refused,
            ),
            *(["Set what is proposed with --accept."] if report.proposed else []),
        ]
    )


def _line(mapping: MappingView) -> str:
    return f"{mapping.external_id} = {mapping.quickbooks_id}  {mapping.name or ''}".rstrip()


def _unmapped(one: UnmappedView) -> str:
    payments = "1 payment" if one.payments == 1 else f"{one.payments} payments"
    return f"{one.external_id}  {payments}  {one.amount}"


def _proposal(one: ProposalView) -> str:
    return f"{one.external_id} = {one.quickbooks_id}  {one.name or ''}".rstrip()
