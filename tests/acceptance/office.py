"""A whole office for a test: a real server on a real database, its books, and its PCs.

What a test does reads as what people do: customers pay on the web, somebody presses Update
Selected, the bookkeeper looks what became of it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from qbwc_server.services import assembly
from qbwc_server.settings import Settings
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.server import Server, serving
from scripts.simulate.web_connector import WebConnector

KEY = "the key of a test"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any


@dataclass(slots=True)
class Office:
    """One firm: its company file, the server, a token of its payment site."""

    books: CompanyFile
    server: Server
    services: assembly.UseCases
    company_id: str
    token: str
    queued: list[str] = field(default_factory=list)

    def api(self, method: str, path: str, body: object = None) -> Answer:
        """Call the API as the payment site does."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", sent, headers)
            answer = connection.getresponse()
            return Answer(answer.status, json.loads(answer.read()))
        finally:
            connection.close()

    def pay(
        self,
        customer: str | Mapping[str, str],
        amount: str,
        apply: Mapping[str, str] | None = None,
        **more: object,
    ) -> str:
        """Queue a web payment and give its id; `apply` maps TxnIDs to amounts.

        `customer` is a full name, or names it as the API does.
        """
        payment_id = f"web-{len(self.queued) + 1}"
        answer = self.api(
            "POST",
            "/payments",
            {
                "id": payment_id,
                "customer": {"name": customer} if isinstance(customer, str) else dict(customer),
                "amount": amount,
                "received_on": "2026-11-20",
                "method": "Visa",
                "apply": [
                    {"invoice": {"txn_id": txn_id}, "amount": part}
                    for txn_id, part in (apply or {}).items()
                ],
                **more,
            },
        )
        assert answer.status == 201, answer.body
        self.queued.append(payment_id)
        return payment_id

    def payment(self, payment_id: str) -> dict[str, Any]:
        """Look a payment up."""
        answer = self.api("GET", f"/payments/{payment_id}")
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.body
        return found

    def statuses(self) -> dict[str, str]:
        """Say where each payment stands."""
        items = self.api("GET", "/payments?limit=200").body["items"]
        return {item["id"]: item["status"] for item in items}

    def install(self, label: str = "Office PC", *, secondary: bool = False) -> WebConnector:
        """Connect a PC: register it, build its config file, add that to its Web Connector."""
        made = self.services.installs.add(self.company_id, label=label, primary=not secondary)
        qwc = self.services.installs.build_file(made.id).content
        return WebConnector.from_qwc(
            qwc, made.password or "", self.books, computer=label.upper().replace(" ", "-")
        )


@dataclass(frozen=True, slots=True)
class House:
    """A server on a database, with room for any number of firms."""

    server: Server
    services: assembly.UseCases

    def move_in(self, name: str = "Prairie Wind Yoga") -> Office:
        """Set up a firm: its books, its company file, a token of its payment site."""
        books = CompanyFile(name)
        books.add_payment_method("Visa", "Visa")
        company = self.services.companies.add(name, yes_to_first=True)
        token = self.services.tokens.add(company.id, label="Payment site").token
        return Office(books, self.server, self.services, company.id, token)


@contextmanager
def open_house(url: str, folder: Path, **settings: str) -> Iterator[House]:
    """Serve an empty, migrated database; `settings` are QBWC_ names in lower case."""
    environ = {
        "QBWC_DATABASE_URL": url,
        "QBWC_DATA_DIR": str(folder),
        "QBWC_SECRET_KEY": KEY,
        "QBWC_LOG_LEVEL": "WARNING",
        **{f"QBWC_{name.upper()}": value for name, value in settings.items()},
    }
    with serving(environ) as server:
        services = assembly.use_cases(
            Settings(
                database_url=url,
                data_dir=folder,
                secret_key=SecretStr(KEY),
                public_url=server.url,
            )
        )
        try:
            yield House(server, services)
        finally:
            services.engine.dispose()
