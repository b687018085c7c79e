"""The bodies that the API adds to those of the use cases: pages, outcomes, problems."""

from typing import Literal

from pydantic import Field

from qbwc_server.errors import Problem
from qbwc_server.services.books import CustomerView, InvoiceView
from qbwc_server.services.extras import ExtraView
from qbwc_server.services.intake import Kind, Outcome
from qbwc_server.services.mappings import (
    MappingOutcome,
    MappingView,
    ProposalView,
    UnmappedView,
)
from qbwc_server.services.payments import PaymentView, View
from qbwc_server.services.sameness import LookAlike
from qbwc_server.services.session_log import SessionView

STATUS: dict[Kind, Literal[200, 201, 409, 422]] = {
    Kind.CREATED: 201,
    Kind.SAME: 200,
    Kind.CONFLICT: 409,
    Kind.INVALID: 422,
}


class FieldProblem(View):
    """One wrong field."""

    pointer: str = Field(description="JSON pointer (RFC 6901); a parameter is /name")
    detail: str


class ProblemDetails(View):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(description="The wrong fields, if it is about fields")


class PaymentCreated(PaymentView):
    """A payment that was just taken in."""

    look_alike: LookAlike | None = Field(
        description="Another payment with the same customer, amount and invoices within three days"
    )


class BulkOutcome(View):
    """What became of one payment of a list."""

    index: int = Field(description="Its place in the list, from 0")
    id: str | None
    outcome: Kind
    status: Literal[200, 201, 409, 422]
    reference: str | None
    problems: list[FieldProblem]
    look_alike: LookAlike | None

    @classmethod
    def of(cls, index: int, outcome: Outcome) -> "BulkOutcome":
        """Show an outcome."""
        return cls(
            index=index,
            id=outcome.id,
            outcome=outcome.kind,
            status=STATUS[outcome.kind],
            reference=outcome.reference,
            problems=field_problems(outcome.problems),
            look_alike=outcome.look_alike,
        )


class PaymentPage(View):
    """A page of payments, newest first."""

    items: list[PaymentView]
    next_cursor: str | None = Field(description="For the next page; null on the last one")


class ExtraPage(View):
    """A page of what is one too many in QuickBooks, the latest first."""

    items: list[ExtraView]
    next_cursor: str | None = Field(description="For the next page; null on the last one")


class SessionPage(View):
    """A page of syncs, newest first."""

    items: list[SessionView]
    next_cursor: str | None = Field(description="For the next page; null on the last one")


_NEXT = "For the next page; null on the last one"
_CHANGES = "Give it as changed_since later, to be told what has changed after this page"


class InvoicePage(View):
    """A page of invoices, in the order of their changes."""

    items: list[InvoiceView]
    next_cursor: str | None = Field(description=_NEXT)
    changes_cursor: str = Field(description=_CHANGES)


class CustomerPage(View):
    """A page of customers, in the order of their changes."""

    items: list[CustomerView]
    next_cursor: str | None = Field(description=_NEXT)
    changes_cursor: str = Field(description=_CHANGES)


class MappingPage(View):
    """A page of what the payment site's ids mean, in their order."""

    items: list[MappingView]
    next_cursor: str | None = Field(description=_NEXT)


class UnmappedPage(View):
    """A page of the payment site's ids that payments wait for and that mean nothing yet."""

    items: list[UnmappedView]
    next_cursor: str | None = Field(description=_NEXT)


class MappingOutcomes(View):
    """What became of each mapping of a list, in order."""

    items: list[MappingOutcome]


class Proposals(View):
    """What each of the payment site's ids probably means, in order."""

    items: list[ProposalView]


def field_problems(problems: tuple[Problem, ...]) -> list[FieldProblem]:
    """Show problems of fields."""
    return [FieldProblem(pointer=one.pointer, detail=one.sentence) for one in problems]
