"""`qbwc customers ...` and `qbwc invoices ...`: what is known of QuickBooks' books."""

from collections.abc import Iterator

import click

from qbwc_server.cli.speech import as_json, tell, tell_all, use_cases
from qbwc_server.services.books import CustomerView, InvoiceView

as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV for a spreadsheet.")


@click.group("customers")
def customers() -> None:
    """Customers and jobs as QuickBooks last told them."""


@click.group("invoices")
def invoices() -> None:
    """Invoices as QuickBooks last told them."""


@customers.command("list")
@click.argument("company_id")
@as_csv
@as_json
def list_customers(company_id: str, *, as_csv: bool, as_json: bool) -> None:
    """List the customers."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        if as_csv:
            _print(use.books.customers_csv(company))
        else:
            tell_all(use.books.every_customer(company), _customer, json_wanted=as_json)


@customers.command("missing-invoice")
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


@invoices.command("list")
@click.argument("company_id")
@as_csv
@as_json
def list_invoices(company_id: str, *, as_csv: bool, as_json: bool) -> None:
    """List the invoices."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        if as_csv:
            _print(use.books.invoices_csv(company))
        else:
            tell_all(use.books.every_invoice(company), _invoice, json_wanted=as_json)


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line, nl=False)


def _customer(customer: CustomerView) -> str:
    said = [
        f"{customer.list_id}  {customer.name}",
        *([] if customer.active else ["gone" if customer.gone else "inactive"]),
        *([f"= {customer.external_id}"] if customer.external_id else []),
        *([f"balance {customer.balance}"] if customer.balance else []),
    ]
    return "  ".join(said)


def _invoice(invoice: InvoiceView) -> str:
    said = [
        invoice.txn_id,
        f"No. {invoice.number}" if invoice.number else "no number",
        invoice.customer.name or "",
        f"{invoice.day}" if invoice.day else "",
        f"{invoice.balance} of {invoice.total} due" if invoice.balance else "",
        invoice.status,
        *(["pending"] if invoice.pending else []),
        *([f"= {invoice.external_id}"] if invoice.external_id else []),
    ]
    return "  ".join(filter(None, said))
