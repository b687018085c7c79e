"""A company on an empty database, SQLite and PostgreSQL in turn, and a payment site that calls."""

from collections.abc import Iterator

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import Engine

from qbwc_server.api.blueprint import create_blueprint
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.settings import Settings
from tests import databases
from tests.integration.site import Site

SECRET_KEY = "the key of a test"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty, migrated database."""
    if request.param == "postgres" and not databases.has_postgres():
        pytest.skip(databases.NO_POSTGRES)
    lent = databases.sqlite_url() if request.param == "sqlite" else databases.postgres_url()
    with lent as url:
        yield url


@pytest.fixture
def engine(database: str) -> Engine:
    return databases.hasty_engine(database)


def settings_on(engine: Engine) -> Settings:
    """Give the settings of a server on a database; whoever asks gets the same."""
    url = engine.url.render_as_string(hide_password=False)
    return Settings(database_url=url, secret_key=SecretStr(SECRET_KEY))


@pytest.fixture
def use_cases(engine: Engine) -> UseCases:
    return UseCases.on(engine, settings_on(engine))


@pytest.fixture
def company(use_cases: UseCases) -> CompanyView:
    return use_cases.companies.add("Sunrise Dental")


@pytest.fixture
def company_file_id(use_cases: UseCases, company: CompanyView) -> int:
    """The id under which the use cases know the company."""
    return use_cases.companies.internal_id(company.id)


@pytest.fixture
def flask(use_cases: UseCases) -> Flask:
    app = Flask("tests")
    app.register_blueprint(create_blueprint(use_cases), url_prefix="/api/v1")
    return app


@pytest.fixture
def client(flask: Flask, use_cases: UseCases, company: CompanyView) -> Site:
    """The payment site, with its token."""
    token = use_cases.tokens.add(company.id, label="payment site").token
    return Site(flask.test_client(), token)
