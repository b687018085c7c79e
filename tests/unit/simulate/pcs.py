"""PCs of an office for these tests: a Web Connector each, and what is changed about it."""

from datetime import UTC, datetime
from typing import Any

from scripts.simulate.quickbooks import CompanyFile
from scripts.simulate.web_connector import WebConnector
from tests.unit.simulate.qwc_example import FILE, OWNER
from tests.unit.simulate.service import Service


def connector(service: Service, books: CompanyFile, **changed: Any) -> WebConnector:
    """The office PC, but for what is changed."""
    settings: dict[str, Any] = {
        "url": service.url,
        "user_name": "bluestem-1",
        "password": "pa&ss",
        "owner_id": OWNER,
        "file_id": FILE,
        "company_file": books,
        "clock": lambda: datetime(2026, 5, 27, 12, 40, tzinfo=UTC),
        **changed,
    }
    return WebConnector(**settings)
