"""`qbwc customers ...`: the customers of a company file, and what they miss."""

import click

from qbwc_server.cli.speech import as_json, tell, use_cases


@click.group("customers")
def group() -> None:
    """Customers of a company file."""


@group.command("missing-invoice")
@click.argument("company_id")
@click.argument("list_id")
@click.argument("number")
@as_json
def explain_missing(company_id: str, list_id: str, number: str, *, as_json: bool) -> None:
    """Say why the customer LIST_ID misses the invoice NUMBER."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        told = use.missing_invoice.explain(company, list_id, number)
    tell(told, told.summary, json_wanted=as_json)
