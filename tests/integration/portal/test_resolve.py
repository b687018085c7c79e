"""Resolve: what needs a person, and acting on it, without a script."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models.payment import Payment
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS, Variant
from tests.integration.portal.conftest import Hire
from tests.integration.portal.person import Person
from tests.integration.site import move, payment
from tests.integration.synced import bring, know_books, rejection

EVERY = [(cause, variant) for cause in Cause for variant in VARIANTS[cause]]

Reject = Callable[..., str]


@pytest.fixture
def reject(use_cases: UseCases, engine: Engine, company_file_id: int) -> Reject:
    """Queue a payment, and have it rejected for a cause."""
    count = 0

    def queue(
        cause: Cause = Cause.INVALID,
        variant: str | None = "plain",
        facts: dict[str, str] | None = None,
        **more: Any,
    ) -> str:
        nonlocal count
        count += 1
        external_id = f"pay_{count}"
        wanted = payment(external_id, **more)
        (outcome,) = use_cases.intake.queue(company_file_id, [wanted], by="test")
        assert outcome.kind == "created", outcome
        move(engine, external_id, PaymentStatus.REJECTED, **rejection(cause, variant, facts))
        return external_id

    return queue


@pytest.fixture
def bookkeeper(hire: Hire) -> Person:
    return hire("bea", "bookkeeper")


def resolve(company: CompanyView) -> str:
    return f"/companies/{company.id}/resolve"


def act(company: CompanyView, payment_id: str, action: str, **more: str) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/companies/{company.id}/payment/act?id={payment_id}&action={action}{query}"


def text(page: str) -> str:
    """Read a page as a person does."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_cause_has_its_card_and_every_button_its_page(
    bookkeeper: Person, company: CompanyView, reject: Reject
) -> None:
    for cause, variant in EVERY:
        reject(cause, variant, customer={"name": f"{cause}, {variant}"})
    page = bookkeeper.open(resolve(company)).text
    second = next_page(page)
    shown = text(page) + text(bookkeeper.open(second).text)
    assert f"{len(EVERY)} payments (5,000.00) need you." in shown
    assert "received Nov 20, 2026" in shown
    assert "**" not in shown
    for cause, variant in EVERY:
        assert f"{cause}, {variant}" in shown
    links = re.findall(r'href="(/companies/[^"]+/payment/act[^"]+)"', page)
    assert len(links) > 3 * 25
    for link in links:
        form = bookkeeper.open(html.unescape(link))
        assert form.status_code == 200, link
        assert "act-panel" in form.text
        assert "**" not in text(form.text)


def next_page(page: str) -> str:
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])
