"""Proves that the payments of a company file are where they are said to be. Reads only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import Engine

from models.engine import Clock
from models.queries import verify
from models.queries.verify import Offenders
from qbwc_server.services import companies
from qbwc_server.services.payments import View
from sync_core.lifecycle import PaymentStatus

# What is shown of a check that fails; whoever mends it begins with these.
ROWS_MAX = 100


class CheckView(View):
    """One promise, and what breaks it."""

    name: str
    means: str
    holds: bool
    count: int
    rows: list[dict[str, Any]] = Field(description=f"The first {ROWS_MAX} that break it")


class VerifyView(View):
    """What was proven of a company file."""

    holds: bool
    payments: int
    cents: dict[str, int] = Field(description="By status")
    checks: list[CheckView]


_CHECKS: Mapping[str, tuple[str, Callable[[int], Offenders]]] = {
    "states": (
        "Each payment is in one known state, and its last event says the same.",
        verify.states,
    ),
    "events": (
        "The events of each payment form a chain, and every move in it is a legal one.",
        verify.events,
    ),
    "cents": ("The cents of all states add up to the cents accepted.", verify.cents),
    "amounts": ("Each payment has the amount that was accepted.", verify.amounts),
    "parts": ("No payment's parts are more than its amount.", verify.parts),
    "external_ids": ("No two payments have one id.", verify.external_ids_twice),
    "references": ("No two payments have one reference.", verify.references_twice),
    "guids": ("No two payments have one ExternalGUID.", verify.guids_twice),
    "txn_ids": ("No entry in QuickBooks stands for two payments.", verify.txn_ids_twice),
    "sent": (
        "Each payment that is being sent has one open attempt, and an open sync awaits its answer.",
        verify.sent_unawaited,
    ),
    "attempts": ("No other payment has an open attempt.", verify.attempts_left_open),
    "posted": ("Each payment posted has a TxnID.", verify.posted_nowhere),
    "reasons": (
        "No payment is checked, rejected or held back without a reason that a person can see.",
        verify.unexplained,
    ),
}
_SILENT = (
    "No sync is silent for longer than {limit_s} s while its payments are out; if one is, press "
    "Update Selected in the Web Connector."
)


@dataclass(frozen=True, slots=True)
class Verify:
    """Looks for what must never be found."""

    engine: Engine
    clock: Clock
    silent_limit_s: int

    def company(self, company_id: str) -> VerifyView:
        """Check everything about a company file as it stands at one moment.

        Raises:
            NotFound: there is no such company.
        """
        with verify.snapshot(self.engine) as db:
            own = companies.find(db, company_id).id
            since = self.clock(db) - timedelta(seconds=self.silent_limit_s)
            found = {name: (means, offenders(own)) for name, (means, offenders) in _CHECKS.items()}
            silent = _SILENT.format(limit_s=self.silent_limit_s)
            found["silence"] = (silent, verify.silent_sessions(own, since))
            totals = verify.totals(db, own)
            checks = [
                CheckView(name=name, means=means, holds=not count, count=count, rows=rows)
                for name, (means, offenders) in found.items()
                for count, rows in [verify.offending(db, offenders, ROWS_MAX)]
            ]
        none = {status.value: 0 for status in PaymentStatus}
        return VerifyView(
            holds=all(check.holds for check in checks),
            payments=sum(count for count, _ in totals.values()),
            cents=none | {status: cents for status, (_, cents) in totals.items()},
            checks=checks,
        )
