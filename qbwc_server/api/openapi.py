"""The API's own description: OpenAPI 3.1, its bodies taken from the models themselves.

Source: OpenAPI Specification 3.1.1.
"""

import json
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from qbwc_server.api import bodies
from qbwc_server.services import paging
from qbwc_server.services.action_input import ActionInput, BulkActionInput
from qbwc_server.services.companies import CompanyStanding
from qbwc_server.services.extras import ExtraActionInput, ExtraView
from qbwc_server.services.intake import LIST_MAX
from qbwc_server.services.mappings import (
    CustomerMappingInput,
    CustomerProposalInput,
    InvoiceMappingInput,
    InvoiceProposalInput,
)
from qbwc_server.services.missing_invoice import NUMBER_MAX, MissingInvoiceView
from qbwc_server.services.payment_input import PaymentInput
from qbwc_server.services.payments import PaymentView
from qbwc_server.services.previews import PreviewView
from qbwc_server.services.review import BulkActedView
from qbwc_server.services.troubles import TroublesView
from sync_core.lifecycle import PaymentStatus

_REF = "#/components/schemas/{model}"
_GIVEN: tuple[type[BaseModel], ...] = (
    PaymentInput,
    ActionInput,
    BulkActionInput,
    ExtraActionInput,
    CustomerMappingInput,
    InvoiceMappingInput,
    CustomerProposalInput,
    InvoiceProposalInput,
)
_SHOWN: tuple[type[BaseModel], ...] = (
    PaymentView,
    PreviewView,
    BulkActedView,
    bodies.PaymentCreated,
    bodies.PaymentPage,
    bodies.ExtraPage,
    ExtraView,
    bodies.SessionPage,
    CompanyStanding,
    TroublesView,
    bodies.InvoicePage,
    bodies.CustomerPage,
    bodies.MappingPage,
    bodies.MappingOutcomes,
    bodies.UnmappedPage,
    bodies.Proposals,
    MissingInvoiceView,
    bodies.BulkOutcome,
    bodies.ProblemDetails,
)
_FAILURES = {
    400: "The body is no JSON",
    401: "No token, or one that is not valid",
    404: "There is nothing with this id",
    409: "It does not fit what is there",
    413: "The body is too large",
    422: "Some fields are wrong",
}
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The payment site's own id; it may hold slashes",
    "schema": {"type": "string"},
}
_TXN_ID = {
    "name": "txn_id",
    "in": "path",
    "required": True,
    "description": "QuickBooks' TxnID",
    "schema": {"type": "string"},
}
_LIST_ID = {
    "name": "list_id",
    "in": "path",
    "required": True,
    "description": "QuickBooks' ListID of a customer or job",
    "schema": {"type": "string"},
}
_NUMBER = {
    "name": "number",
    "in": "query",
    "required": True,
    "description": "The number people see on the invoice",
    "schema": {"type": "string", "minLength": 1, "maxLength": NUMBER_MAX},
}


@cache
def document() -> bytes:
    """Write the document as JSON."""
    return json.dumps(
        {
            "openapi": "3.1.1",
            "info": {
                "title": "QuickBooks payment sync",
                "version": "1",
                "description": "Queue payments for QuickBooks Desktop; learn what became of each. "
                "The token names the company. Amounts are text with two decimals.",
            },
            "servers": [{"url": "/api/v1"}],
            "security": [{"token": []}],
            "paths": _paths(),
            "components": {
                "schemas": _schemas(),
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    ).encode()


def _schemas() -> dict[str, Any]:
    _, whole = models_json_schema(
        [
            *((model, "validation") for model in _GIVEN),
            *((model, "serialization") for model in _SHOWN),
        ],
        ref_template=_REF,
    )
    schemas: dict[str, Any] = whole["$defs"]
    return schemas


def _paths() -> dict[str, Any]:
    return {
        "/payments": {
            "post": _operation(
                "queuePayment",
                "Queue a payment; the same id again is the same payment",
                {
                    "201": _json("It is queued", _ref(bodies.PaymentCreated)),
                    "200": _json("It was there already, the same", _ref(PaymentView)),
                },
                (400, 401, 409, 413, 422),
                body=_ref(PaymentInput),
            ),
            "get": _operation(
                "listPayments",
                "List payments, newest first",
                {"200": _json("A page", _ref(bodies.PaymentPage))},
                (401, 422),
                parameters=[
                    _query("status", {"type": "string", "enum": list(PaymentStatus)}),
                    *_page_parameters(),
                ],
            ),
        },
        "/payments/bulk": {
            "post": _operation(
                "queuePayments",
                f"Queue up to {LIST_MAX} payments; one outcome each, in order",
                {"200": _json("The outcomes", _list(_ref(bodies.BulkOutcome)))},
                (400, 401, 413, 422),
                body={**_list(_ref(PaymentInput)), "maxItems": LIST_MAX},
            )
        },
        "/payments/{id}": {
            "get": _operation(
                "getPayment",
                "Show a payment",
                {"200": _json("The payment", _ref(PaymentView))},
                (401, 404),
                parameters=[_ID],
            )
        },
        "/payments/{id}/actions": {
            "post": _operation(
                "actOnPayment",
                "Do something about a payment, or tell what that would do",
                {
                    "200": _json(
                        "The payment as it is now; for a preview, what would be done",
                        {"anyOf": [_ref(PaymentView), _ref(PreviewView)]},
                    )
                },
                (400, 401, 404, 409, 413, 422),
                parameters=[_ID],
                body=_ref(ActionInput),
            )
        },
        "/payments/actions": {
            "post": _operation(
                "actOnPayments",
                "Do something about several payments; what it does not fit is left out and named",
                {"200": _json("What became of each", _ref(BulkActedView))},
                (400, 401, 413, 422),
                body=_ref(BulkActionInput),
            )
        },
        "/extras": {
            "get": _operation(
                "listExtras",
                "List what is one too many in QuickBooks; while there is any, nothing is posted",
                {"200": _json("A page", _ref(bodies.ExtraPage))},
                (401, 422),
                parameters=_page_parameters(),
            )
        },
        "/extras/{txn_id}/actions": {
            "post": _operation(
                "actOnExtra",
                "Have it taken out by the next sync, or keep it",
                {"200": _json("It, as it is now", _ref(ExtraView))},
                (400, 401, 404, 409, 413, 422),
                parameters=[_TXN_ID],
                body=_ref(ExtraActionInput),
            )
        },
        "/invoices": {
            "get": _operation(
                "listInvoices",
                "List invoices in the order of their changes, or those of a number or a customer",
                {"200": _json("A page", _ref(bodies.InvoicePage))},
                (401, 422),
                parameters=[
                    *_page_parameters(),
                    _query("changed_since", {"type": "string"}),
                    _query("number", {"type": "string"}),
                    _query("customer", {"type": "string", "description": "A ListID"}),
                ],
            )
        },
        "/customers": {
            "get": _operation(
                "listCustomers",
                "List customers and jobs in the order of their changes",
                {"200": _json("A page", _ref(bodies.CustomerPage))},
                (401, 422),
                parameters=[*_page_parameters(), _query("changed_since", {"type": "string"})],
            )
        },
        "/invoices.csv": {"get": _export("exportInvoices", "All invoices as CSV")},
        "/customers.csv": {"get": _export("exportCustomers", "All customers as CSV")},
        **_mapping_paths("customers", CustomerMappingInput, CustomerProposalInput),
        **_mapping_paths("invoices", InvoiceMappingInput, InvoiceProposalInput),
        "/customers/{list_id}/missing-invoice": {
            "get": _operation(
                "explainMissingInvoice",
                "Say why a customer misses an invoice; what only QuickBooks can say is asked by "
                "the next sync",
                {"200": _json("Why", _ref(MissingInvoiceView))},
                (401, 404, 422),
                parameters=[_LIST_ID, _NUMBER],
            )
        },
        "/company": {
            "get": _operation(
                "showCompany",
                "Show how it stands with the company: what needs a person",
                {"200": _json("The company", _ref(CompanyStanding))},
                (401,),
            )
        },
        "/troubles": {
            "get": _operation(
                "showTroubles",
                "Show what keeps syncs from getting through now, and how each Web Connector stands",
                {"200": _json("The problems and the installs", _ref(TroublesView))},
                (401,),
            )
        },
        "/sessions": {
            "get": _operation(
                "listSessions",
                "List the calls of the company's Web Connectors, newest first",
                {"200": _json("A page", _ref(bodies.SessionPage))},
                (401, 422),
                parameters=_page_parameters(),
            )
        },
        "/openapi.json": {
            "get": {
                **_operation(
                    "describe",
                    "This document",
                    {"200": _json("OpenAPI 3.1", {"type": "object"})},
                    (),
                ),
                "security": [],
            }
        },
    }


def _mapping_paths(what: str, given: type[BaseModel], proposed: type[BaseModel]) -> dict[str, Any]:
    name = what.capitalize()
    return {
        f"/mappings/{what}": {
            "get": _operation(
                f"list{name}Mapped",
                f"List what the payment site calls {what}",
                {"200": _json("A page", _ref(bodies.MappingPage))},
                (401, 422),
                parameters=_page_parameters(),
            ),
            "put": _operation(
                f"map{name}",
                f"Say what the payment site calls {what}; one outcome each, in order",
                {"200": _json("The outcomes", _ref(bodies.MappingOutcomes))},
                (400, 401, 413, 422),
                body={**_list(_ref(given)), "maxItems": LIST_MAX},
            ),
        },
        f"/mappings/{what}/unmapped": {
            "get": _operation(
                f"list{name}Unmapped",
                f"List the site's ids of {what} that payments wait for and that mean nothing yet",
                {"200": _json("A page", _ref(bodies.UnmappedPage))},
                (401, 422),
                parameters=_page_parameters(),
            )
        },
        f"/mappings/{what}/proposals": {
            "post": _operation(
                f"propose{name}",
                "Propose what the site's ids mean; nothing is set by it",
                {"200": _json("One answer each, in order", _ref(bodies.Proposals))},
                (400, 401, 413, 422),
                body={**_list(_ref(proposed)), "maxItems": LIST_MAX},
            )
        },
    }


def _export(name: str, summary: str) -> dict[str, Any]:
    told = {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}
    return _operation(name, summary, {"200": told}, (401,))


def _operation(
    name: str,
    summary: str,
    answers: dict[str, Any],
    failures: tuple[int, ...],
    *,
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    told = {
        str(status): {
            "description": _FAILURES[status],
            "content": {"application/problem+json": {"schema": _ref(bodies.ProblemDetails)}},
        }
        for status in failures
    }
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": {**answers, **told},
    }
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    return operation


def _page_parameters() -> list[dict[str, Any]]:
    limit = {
        "type": "integer",
        "minimum": 1,
        "maximum": paging.LIMIT_MAX,
        "default": paging.LIMIT_DEFAULT,
    }
    return [_query("cursor", {"type": "string"}), _query("limit", limit)]


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model.__name__)}
