"""The portal on an empty database, and people who open its pages."""

from collections.abc import Callable
from functools import cache

import pytest
from flask import Flask
from sqlalchemy import Engine

from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from tests.integration.conftest import settings_on
from tests.integration.portal.person import Person, portal_of


@cache
def _on(engine: Engine) -> Flask:
    """Open the portal on a database once: making it takes longer than a page."""
    settings = settings_on(engine)
    return portal_of(UseCases.on(engine, settings), settings)


@pytest.fixture
def portal(engine: Engine) -> Flask:
    return _on(engine)


@pytest.fixture
def stranger(portal: Flask) -> Person:
    return Person(portal.test_client())


Hire = Callable[..., Person]


@pytest.fixture
def hire(portal: Flask, use_cases: UseCases) -> Hire:
    """Give somebody access, and let them sign in."""

    def let_in(name: str, role: str, companies: list[str] | None = None) -> Person:
        made = use_cases.users.add(f"{name}@example.com", role, companies=companies, by=OPERATOR)
        person = Person(portal.test_client(), made.email, made.password)
        person.sign_in()
        return person

    return let_in


@pytest.fixture
def admin(hire: Hire) -> Person:
    return hire("owner", "admin")
