"""`qbwc payments ...`: taking files in, looking at what is there, acting on it."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from qbwc_server.cli.speech import Refusal, as_json, tell, tell_all, use_cases
from qbwc_server.services.actions import Action
from qbwc_server.services.payment_import import Report, import_file
from qbwc_server.services.payments import EventView, PaymentView
from qbwc_server.services.previews import PreviewView
from sync_core.lifecycle import PaymentStatus
from sync_core.wording import acts, phrases


@click.group("payments")
def group() -> None:
    """Payments of a company file."""


@group.command("import")
@click.argument("company_id")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def take_in(company_id: str, file: Path, *, as_json: bool) -> None:
    """Queue the payments of a .csv or .jsonl file; what is there already is left as it is."""
    hidden = as_json or not sys.stderr.isatty()
    size = file.stat().st_size
    with (
        use_cases() as use,
        click.progressbar(length=size, label=file.name, file=sys.stderr, hidden=hidden) as bar,
    ):
        company = use.companies.internal_id(company_id)
        report = import_file(
            use.intake, company, file, by="cli", tell=lambda read: bar.update(read - bar.pos)
        )
    for refused in report.refused_lines if not as_json else ():
        named = f" ({refused.id})" if refused.id else ""
        click.echo(f"Line {refused.line}{named}: {' '.join(refused.sentences)}", err=True)
    tell(
        asdict(report),
        f"{report.created} queued, {report.already_there} already there, {report.refused} refused",
        json_wanted=as_json,
    )
    _refuse_if_incomplete(report)


@group.command("list")
@click.argument("company_id")
@click.option("--status", type=click.Choice(list(map(str, PaymentStatus))), default=None)
@as_json
def list_all(company_id: str, status: str | None, *, as_json: bool) -> None:
    """List payments, newest first."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        tell_all(use.payments.every(company, status=status or ""), _line, json_wanted=as_json)


@group.command("show")
@click.argument("company_id")
@click.argument("payment_id", metavar="ID")
@as_json
def show(company_id: str, payment_id: str, *, as_json: bool) -> None:
    """Show a payment and its history."""
    with use_cases() as use:
        payment = use.payments.show(use.companies.internal_id(company_id), payment_id)
    tell(payment, _text(payment), json_wanted=as_json)


@group.command("missing")
@click.argument("company_id")
@as_json
def list_missing(company_id: str, *, as_json: bool) -> None:
    """List the posted payments that the company file of now does not hold."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        tell_all(use.payments.every_missing(company), _line, json_wanted=as_json)


@group.command("act")
@click.argument("company_id")
@click.argument("payment_id", metavar="ID")
@click.argument("action", type=click.Choice(list(map(str, Action))), metavar="ACTION")
@click.option("--note", help="Why.")
@click.option("--txn-id", multiple=True, help="The entry in QuickBooks; several where it has more.")
@click.option("--invoice-txn-id", help="The invoice that it pays, by QuickBooks' TxnID.")
@click.option("--invoice-number", help="The same by its number.")
@click.option("--position", type=int, help="Which part of the payment, from 0.")
@click.option("--customer-list-id", help="The customer that it is from, by QuickBooks' ListID.")
@click.option("--customer-name", help="The same by its full name, Customer:Job.")
@click.option("--method", help="The payment method of QuickBooks that is meant, by its name.")
@click.option("--remember", is_flag=True, help="For later payments of this customer, too.")
@click.option("--preview", is_flag=True, help="Only tell what will stand in QuickBooks.")
@as_json
def act(company_id: str, payment_id: str, action: str, *, as_json: bool, **said: Any) -> None:
    """Do something about a payment: retry, dismiss, link, choose_invoice, undo, ..."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        shown = use.review.act(company, payment_id, _asked(action, said), by="cli")
        if shown is not None:
            tell(shown, _preview(shown), json_wanted=as_json)
            return
        payment = use.payments.show(company, payment_id)
    tell(payment, _line(payment), json_wanted=as_json)


@group.command("reopen-missing")
@click.argument("company_id")
@click.option("--note", required=True, help="Why.")
@as_json
def reopen_missing(company_id: str, note: str, *, as_json: bool) -> None:
    """Post again all payments that the company file of now does not hold."""
    with use_cases() as use:
        company = use.companies.internal_id(company_id)
        count = use.review.reopen_missing(company, note=note, by="cli")
    tell(
        {"reopened": count},
        phrases.count_of(acts.REOPENED, count),
        json_wanted=as_json,
    )


def _asked(action: str, said: dict[str, Any]) -> dict[str, Any]:
    """Put the options of a command into what the use case is asked."""
    txn_ids = list(said["txn_id"])
    named = {
        "invoice": {"txn_id": said["invoice_txn_id"], "number": said["invoice_number"]},
        "customer": {"list_id": said["customer_list_id"], "name": said["customer_name"]},
        "method": {"name": said["method"]},
    }
    return {
        "action": action,
        **{name: said[name] for name in ("note", "position", "remember", "preview")},
        **({"txn_id": txn_ids[0]} if len(txn_ids) == 1 else {"txn_ids": txn_ids}),
        **{what: names for what, names in named.items() if any(names.values())},
    }


def _preview(shown: PreviewView) -> str:
    plan = shown.quickbooks
    if plan is None:
        return shown.sentence
    return "\n".join(
        [
            shown.sentence,
            f"  {plan.day}  {plan.amount}  {plan.customer}",
            *(f"  {part.amount} on invoice {part.invoice}" for part in plan.apply),
            f"  {plan.unapplied} on no invoice",
        ]
    )


def _refuse_if_incomplete(report: Report) -> None:
    if report.stopped is not None:
        raise Refusal(report.stopped)
    if report.refused:
        raise Refusal(
            f"{report.refused} payments were refused; mend their lines and import the file again."
        )


def _line(payment: PaymentView) -> str:
    customer = next(iter(payment.customer.values()))
    return (
        f"{payment.id}  {payment.reference}  {payment.status}  {payment.amount}  "
        f"{payment.received_on}  {customer}"
    )


def _text(payment: PaymentView) -> str:
    return "\n".join(
        [
            _line(payment),
            *(
                f"  {part.amount} on invoice {next(iter(part.invoice.values()))}"
                for part in payment.apply
            ),
            f"  {payment.unapplied} on no invoice",
            f"  {phrases.plain(payment.state_line)}",
            *map(_event, payment.history),
        ]
    )


def _event(event: EventView) -> str:
    """Say when a payment moved from where to where, by whom or in which sync, and why."""
    by = event.by if event.session is None else f"sync {event.session}"
    attempt = f", attempt {event.attempt}" if event.attempt else ""
    why = f": {event.note}" if event.note else ""
    return (
        f"  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.from_status or 'new'} -> {event.to_status} "
        f"by {by}{attempt}{why}"
    )
