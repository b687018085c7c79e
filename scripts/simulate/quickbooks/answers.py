"""What a request comes to: rows and a status, and the ...Rs element that says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.simulate.quickbooks.grammar import Version
from scripts.simulate.quickbooks.markup import Element, node
from scripts.simulate.quickbooks.parsing import Request
from scripts.simulate.quickbooks.reading import texts_of
from scripts.simulate.quickbooks.refusals import Refusal, severity

# The version that brought a field; older requests do not get it. Source: Intuit's listings.
SINCE: dict[str, Version] = {
    "CreditRemaining": (2, 0),
    "PaymentMethodType": (7, 0),
    "CurrencyRef": (8, 0),
    "ExchangeRate": (8, 0),
    "AmountInHomeCurrency": (8, 0),
    "TotalAmountInHomeCurrency": (8, 0),
    "BalanceRemainingInHomeCurrency": (8, 0),
    "CreditRemainingInHomeCurrency": (8, 0),
    "MultiCurrencyPreferences": (8, 0),
    "ExternalGUID": (9, 0),
}
NO_MATCH = "A query request did not find a matching object in QuickBooks."


@dataclass(frozen=True)
class Answer:
    """Rows with their status; `extra` are the attributes of an iterator."""

    rows: Sequence[Element] = ()
    code: int = 0
    message: str = "Status OK"
    extra: dict[str, str] = field(default_factory=dict)


def refused(refusal: Refusal) -> Answer:
    """Answer that a request was not executed."""
    return Answer((), refusal.code, refusal.message)


def found(rows: Sequence[Element]) -> Answer:
    """Answer a filter query: status 1 when nothing matches."""
    return Answer(rows) if rows else Answer((), 1, NO_MATCH)


def value_missing(value: str, rows: Sequence[Element]) -> Answer:
    """Answer a query of which one value is unknown."""
    return Answer(
        rows,
        500,
        "The query request has not been fully completed. There was a required element "
        f'("{value}") that could not be found in QuickBooks.',
    )


def response(request: Request, answer: Answer) -> Element:
    """Make the ...Rs element: what the request's version knows, and no more than it asked for."""
    element = node(f"{request.name}Rs")
    if request.request_id is not None:
        element.set("requestID", request.request_id)
    element.set("statusCode", str(answer.code))
    element.set("statusSeverity", severity(answer.code))
    element.set("statusMessage", answer.message)
    for name, value in answer.extra.items():
        element.set(name, value)
    wanted = texts_of(request.element, "IncludeRetElement")
    for row in answer.rows:
        _prune(row, request.version, wanted)
        element.append(row)
    return element


def _prune(row: Element, version: Version, wanted: Sequence[str]) -> None:
    for child in list(row):
        name = str(child.tag)
        if SINCE.get(name, (1, 0)) > version or (wanted and name not in wanted):
            row.remove(child)
