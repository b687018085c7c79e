"""Addresses: of pages that lists link to, and of a list with what is looked for in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for

from qbwc_server.portal import door


def asked(names: Sequence[str]) -> dict[str, str]:
    """Read what is looked for from the address: each word of some names, a blank by itself."""
    return {name: request.args.get(name, "") for name in names}


def there(endpoint: str, words: Mapping[str, str], **more: str | None) -> str:
    """Give the address of a page of this company file, with those words that are no blank."""
    wanted: dict[str, Any] = {name: word for name, word in {**words, **more}.items() if word}
    return url_for(endpoint, company_id=door.company_file().uuid, **wanted)


def payment(external_id: str) -> str:
    """Give the address of a payment's page."""
    return there("payments.show", {"id": external_id})


def settings() -> str:
    """Give the address of the page with the company file's settings."""
    return there("integrations.view", {})
