"""The routes of the JSON API. Each parses, calls a use case, answers; nothing else.

The token names the company, so no address has one in it.
"""

import json
from collections.abc import Iterator
from http import HTTPMethod
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, request
from flask.blueprints import BlueprintSetupState
from pydantic import BaseModel, TypeAdapter
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import PathConverter, RequestRedirect

from qbwc_server.api import bodies, openapi, problems
from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.intake import Kind, Outcome
from qbwc_server.services.mappings import What
from qbwc_server.services.paging import Followed
from qbwc_server.services.tokens import Caller

Shown = TypeVar("Shown")

# One payment with its 500 parts is below 100 KB; anything near this is a mistake.
BODY_MAX = 1 << 20
# 1,000 payments with a few dozen parts each.
BULK_BODY_MAX = 16 << 20

_TAKES_LISTS = frozenset(
    ("api.post_list", *(f"api.{verb}_{what}" for verb in ("map", "propose") for what in What))
)
_OUTCOMES = TypeAdapter(list[bodies.BulkOutcome])
_METHODS = [method.value for method in HTTPMethod]
_SIGN_IN = 'Send a valid token: "Authorization: Bearer TOKEN".'


class AnyId(PathConverter):
    """An id of the payment site in an address: slashes wherever they stand."""

    regex = ".+?"
    part_isolating = False


def create_blueprint(use_cases: UseCases) -> Blueprint:
    """Return the blueprint of the API, to be mounted at /api/v1."""
    blueprint = Blueprint("api", __name__)
    blueprint.record(_teach_converter)
    problems.handle(blueprint)
    _guard(blueprint, use_cases)
    _add_payments(blueprint, use_cases)
    _add_extras(blueprint, use_cases)
    _add_books(blueprint, use_cases)
    for what in What:
        _add_mappings(blueprint, use_cases, what)
    _add_the_rest(blueprint, use_cases)
    return blueprint


def _teach_converter(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["any_id"] = AnyId


def _guard(blueprint: Blueprint, use_cases: UseCases) -> None:
    """Let nobody in without a token, and nothing in that is too large."""

    @blueprint.before_request
    def sign_in() -> Response | None:
        is_bulk = request.endpoint in _TAKES_LISTS
        request.max_content_length = BULK_BODY_MAX if is_bulk else BODY_MAX
        if request.endpoint in ("api.describe", "api.nothing"):
            return None
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        caller = use_cases.tokens.caller(token.strip()) if scheme.lower() == "bearer" else None
        if caller is None:
            answer = problems.problem(401, _SIGN_IN)
            answer.headers["WWW-Authenticate"] = 'Bearer realm="qbwc"'
            return answer
        g.caller = caller
        return None

    @blueprint.after_request
    def keep_private(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def _add_payments(blueprint: Blueprint, use_cases: UseCases) -> None:
    @blueprint.post("/payments")
    def post() -> Response:
        company = _caller().company_file_id
        outcome = use_cases.intake.queue(company, [_body()], by="api")[0]
        if outcome.kind is Kind.CONFLICT:
            return problems.problem(409, _conflict(outcome), outcome.problems)
        if outcome.kind is Kind.INVALID or outcome.id is None:
            return problems.wrong_fields(outcome.problems)
        view = use_cases.payments.show(company, outcome.id)
        if outcome.kind is Kind.SAME:
            return _json(view)
        return _json(bodies.PaymentCreated(**dict(view), look_alike=outcome.look_alike), 201)

    @blueprint.post("/payments/bulk")
    def post_list() -> Response:
        outcomes = use_cases.intake.queue(_caller().company_file_id, _list(), by="api")
        shown = [bodies.BulkOutcome.of(index, one) for index, one in enumerate(outcomes)]
        return Response(_OUTCOMES.dump_json(shown), mimetype="application/json")

    @blueprint.get("/payments")
    def list_payments() -> Response:
        page = use_cases.payments.page(
            _caller().company_file_id, status=request.args.get("status", ""), **_which_page()
        )
        return _json(bodies.PaymentPage(items=list(page.items), next_cursor=page.next_cursor))

    @blueprint.get("/payments/<any_id:_>", strict_slashes=False)
    def get(_: str) -> Response:
        return _json(use_cases.payments.show(_caller().company_file_id, _external_id()))

    @blueprint.post("/payments/<any_id:_>/actions")
    def act(_: str) -> Response:
        caller, external_id = _caller(), _external_id()
        company = caller.company_file_id
        shown = use_cases.review.act(company, external_id, _body(), by=_by(caller))
        return _json(shown or use_cases.payments.show(company, external_id))

    @blueprint.post("/payments/actions")
    def act_on_all() -> Response:
        caller = _caller()
        return _json(use_cases.review.act_on_all(caller.company_file_id, _body(), by=_by(caller)))


def _add_extras(blueprint: Blueprint, use_cases: UseCases) -> None:
    @blueprint.get("/extras")
    def list_extras() -> Response:
        page = use_cases.extras.page(_caller().company_file_id, **_which_page())
        return _json(bodies.ExtraPage(items=list(page.items), next_cursor=page.next_cursor))

    @blueprint.post("/extras/<txn_id>/actions")
    def act_on_extra(txn_id: str) -> Response:
        caller = _caller()
        return _json(use_cases.extras.act(caller.company_file_id, txn_id, _body(), by=_by(caller)))


def _add_books(blueprint: Blueprint, use_cases: UseCases) -> None:
    @blueprint.get("/invoices")
    def list_invoices() -> Response:
        company, asked = _caller().company_file_id, request.args
        narrow = {name: asked.get(name, "") for name in ("number", "customer")}
        if not any(narrow.values()):
            page = use_cases.books.invoices(company, **_which_page(), **_since())
        elif _since()["changed_since"]:
            sentence = "Changes are told of all invoices; leave out number and customer."
            raise InvalidInput((Problem("/changed_since", sentence),))
        else:
            page = use_cases.books.invoices_of(company, **narrow, **_which_page())
        return _json(bodies.InvoicePage(**_followed(page)))

    @blueprint.get("/customers")
    def list_customers() -> Response:
        page = use_cases.books.customers(_caller().company_file_id, **_which_page(), **_since())
        return _json(bodies.CustomerPage(**_followed(page)))

    @blueprint.get("/invoices.csv")
    def export_invoices() -> Response:
        return _csv(use_cases.books.invoices_csv(_caller().company_file_id), "invoices.csv")

    @blueprint.get("/customers.csv")
    def export_customers() -> Response:
        return _csv(use_cases.books.customers_csv(_caller().company_file_id), "customers.csv")

    @blueprint.get("/customers/<list_id>/missing-invoice")
    def explain_missing(list_id: str) -> Response:
        number = request.args.get("number", "")
        company = _caller().company_file_id
        return _json(use_cases.missing_invoice.explain(company, list_id, number))


def _add_mappings(blueprint: Blueprint, use_cases: UseCases, what: What) -> None:
    @blueprint.get(f"/mappings/{what}", endpoint=f"list_{what}_mapped")
    def list_mapped() -> Response:
        page = use_cases.mappings.page(_caller().company_file_id, what, **_which_page())
        return _json(bodies.MappingPage(items=list(page.items), next_cursor=page.next_cursor))

    @blueprint.put(f"/mappings/{what}", endpoint=f"map_{what}")
    def put() -> Response:
        caller = _caller()
        outcomes = use_cases.mappings.put(caller.company_file_id, what, _list(), by=_by(caller))
        return _json(bodies.MappingOutcomes(items=outcomes))

    @blueprint.get(f"/mappings/{what}/unmapped", endpoint=f"list_{what}_unmapped")
    def list_unmapped() -> Response:
        page = use_cases.mappings.unmapped(_caller().company_file_id, what, **_which_page())
        return _json(bodies.UnmappedPage(items=list(page.items), next_cursor=page.next_cursor))

    @blueprint.post(f"/mappings/{what}/proposals", endpoint=f"propose_{what}")
    def propose() -> Response:
        found = use_cases.mappings.propose(_caller().company_file_id, what, _list())
        return _json(bodies.Proposals(items=found))


def _add_the_rest(blueprint: Blueprint, use_cases: UseCases) -> None:
    @blueprint.get("/company")
    def show_company() -> Response:
        return _json(use_cases.companies.standing(_caller().company_file_id))

    @blueprint.get("/troubles")
    def list_troubles() -> Response:
        return _json(use_cases.troubles.of(_caller().company_file_id))

    @blueprint.get("/sessions")
    def list_sessions() -> Response:
        which = _which_page()
        page = use_cases.session_log.page(
            _caller().company_file_id, cursor=which["cursor"], limit=which["limit"]
        )
        return _json(bodies.SessionPage(items=list(page.items), next_cursor=page.next_cursor))

    @blueprint.get("/openapi.json")
    def describe() -> Response:
        return Response(openapi.document(), mimetype="application/json")

    @blueprint.route("/", defaults={"_": ""}, methods=_METHODS, strict_slashes=False)
    @blueprint.route("/<path:_>", methods=_METHODS)
    def nothing(_: str) -> Response:
        """Answer for every address and method that is not ours: Flask's own pages are HTML."""
        allowed = _methods_here()
        raise MethodNotAllowed(allowed) if allowed else NotFound


def _caller() -> Caller:
    caller: Caller = g.caller
    return caller


def _by(caller: Caller) -> str:
    """Name a caller in the audit trail."""
    return f"api:{caller.label}"


def _which_page() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("cursor", "limit")}


def _external_id() -> str:
    """Take the id from the path as it came: a converter would lose a slash at its end."""
    assert request.url_rule is not None  # a view runs because a rule matched
    before, _, after = request.url_rule.rule.partition("<any_id:_>")
    return request.path[len(before) :].removesuffix(after)


def _body() -> object:
    try:
        body: object = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        raise BadRequest("The body is no JSON.") from None
    return body


def _list() -> list[object]:
    given = _body()
    if not isinstance(given, list):
        raise InvalidInput((Problem("", "This must be a list, in square brackets."),))
    return given


def _since() -> dict[str, str]:
    return {"changed_since": request.args.get("changed_since", "")}


def _followed(page: Followed[Shown]) -> dict[str, Any]:
    return {
        "items": list(page.items),
        "next_cursor": page.next_cursor,
        "changes_cursor": page.changes_cursor,
    }


def _csv(lines: Iterator[str], name: str) -> Response:
    """Answer line by line, so that memory does not grow with the list."""
    answer = Response(lines, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _json(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status, mimetype="application/json")


def _conflict(outcome: Outcome) -> str:
    differing = ", ".join(one.pointer.removeprefix("/") for one in outcome.problems)
    return (
        f"This id was taken in before with other content; it differs in: {differing}. "
        "Give another payment an id of its own."
    )


def _methods_here() -> list[str]:
    """List the methods that a route of ours has at this address."""
    adapter = current_app.url_map.bind_to_environ(request.environ)
    found = []
    for method in _METHODS:
        try:
            endpoint, _ = adapter.match(method=method)
        except (HTTPException, RequestRedirect):
            continue
        if endpoint != request.endpoint:
            found.append(method)
    return found
