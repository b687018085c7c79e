"""The payment site of the examples: its payments, and how it calls the API."""

import json
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select, update
from werkzeug.test import TestResponse

from models.payment import Payment, PaymentEvent
from sync_core.lifecycle import PaymentStatus
from tests.schema.rows import NOON

PAYMENT: dict[str, Any] = {
    "id": "pay_123",
    "customer": {"list_id": "80000001-1760000001"},
    "amount": "125.00",
    "received_on": "2026-11-20",
    "method": "Visa",
    "apply": [{"invoice": {"txn_id": "6-1760000006"}, "amount": "100.00"}],
}


def payment(external_id: str = "pay_123", **changes: Any) -> dict[str, Any]:
    """A payment of 125.00 by Visa, 100.00 of it for an invoice."""
    return {**PAYMENT, "id": external_id, **changes}


@dataclass(frozen=True)
class Site:
    """Calls the API with a token."""

    http: FlaskClient
    token: str

    def call(self, method: str, path: str, **how: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.open(f"/api/v1{path}", method=method, headers=headers, **how)

    def get(self, path: str) -> TestResponse:
        return self.call("GET", path)

    def post(self, path: str, body: Any) -> TestResponse:
        return self.call("POST", path, data=json.dumps(body))

    def put(self, path: str, body: Any) -> TestResponse:
        return self.call("PUT", path, data=json.dumps(body))

    def act(self, external_id: str, action: str, **more: Any) -> TestResponse:
        return self.post(f"/payments/{external_id}/actions", {"action": action, **more})


def move(engine: Engine, external_id: str, status: PaymentStatus, **facts: Any) -> None:
    """Put a payment where a session would have put it, with the event it would have left."""
    with engine.begin() as db:
        before = db.execute(
            select(Payment.id, Payment.status).where(Payment.external_id == external_id)
        ).one()
        db.execute(update(Payment).where(Payment.id == before.id).values(status=status, **facts))
        if status != before.status:
            moved = {"from_status": before.status, "to_status": status, "by": "session"}
            db.execute(insert(PaymentEvent).values(payment_id=before.id, at=NOON, **moved))


def stored(engine: Engine) -> list[str]:
    """The external ids of all payments, in the order of their arrival."""
    with engine.connect() as db:
        return list(db.execute(select(Payment.external_id).order_by(Payment.id)).scalars())
