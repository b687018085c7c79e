"""The portal on an empty database, and people who open its pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from qbwc_server import bootstrap
from qbwc_server.services.access import OPERATOR
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import Settings
from tests.integration.portal.person import Person


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """The templates as Python, so that not every test translates them anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def portal(use_cases: UseCases, database: str, tmp_path: Path, _templates: BytecodeCache) -> Flask:
    made = bootstrap.create_flask(use_cases, Settings(data_dir=tmp_path, database_url=database))
    made.jinja_env.bytecode_cache = _templates
    return made


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
