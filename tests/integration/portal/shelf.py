"""Books for the tests of pages: customers and invoices as syncs would have told them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

from sqlalchemy import Connection, Engine, insert

from models.books import Customer, Invoice, Reading
from sync_core.names import plain
from sync_core.reading import Listed
from tests.integration.synced import open_sync
from tests.schema.rows import row

KERN, KITCHEN, ABBOTT = "80000001-1", "80000002-1", "80000003-1"
READ_AT = datetime(2026, 11, 20, 11, 40, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Puts rows into the books of one company file."""

    engine: Engine
    company_file_id: int
    session_id: int

    @classmethod
    def of(cls, engine: Engine, company_file_id: int) -> "Shelf":
        """Open the books after a sync that read everything."""
        session_id = open_sync(engine, company_file_id, state="closed", ended_at=READ_AT)
        with engine.begin() as db:
            db.execute(
                insert(Reading),
                [
                    {"company_file_id": company_file_id, "listed": one, "complete_at": READ_AT}
                    for one in (Listed.CUSTOMERS, Listed.INVOICES)
                ],
            )
        return cls(engine, company_file_id, session_id)

    def customer(self, list_id: str, name: str, **more: Any) -> str:
        """Put a customer in; give its ListID."""
        told = {"list_id": list_id, "full_name": name, "plain_name": plain(name)}
        self._put(Customer, {"is_active": True, **told, **more})
        return list_id

    def invoice(self, number: str, customer: str = KERN, **more: Any) -> str:
        """Put an open invoice over 100.00 in; give its TxnID."""
        txn_id = more.pop("txn_id", f"6-{number}".encode().hex()[:36])
        told = {
            "txn_id": txn_id,
            "number": number,
            "plain_number": plain(number),
            "customer_list_id": customer,
            "txn_date": date(2026, 11, 2),
            "due_date": date(2026, 12, 2),
            "total_cents": 10000,
            "balance_cents": 10000,
        }
        self._put(Invoice, told | more)
        return str(txn_id)

    def _put(self, kind: type[Customer | Invoice], told: dict[str, Any]) -> None:
        own = {"company_file_id": self.company_file_id, "seen_session_id": self.session_id}
        with self.engine.begin() as db:
            _insert(db, kind, own | told)


def _insert(db: Connection, kind: type[Customer | Invoice], told: dict[str, Any]) -> None:
    db.execute(insert(kind).values(**row(kind, **told)))


def listed(page: str) -> list[str]:
    """Read what heads the rows of a page's first table."""
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    heads = re.findall(r'<th scope="row".*?</th>', table, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", head)).strip() for head in heads]


def next_page(page: str) -> str | None:
    """Read where the list goes on."""
    found = re.search(r'<a class="btn" href="([^"]+)">Next page</a>', page)
    return unescape(found[1]) if found else None
