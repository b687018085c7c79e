"""The composition root: settings become an engine, use cases, and one WSGI application."""

from dataclasses import dataclass
from functools import partial
from wsgiref.types import WSGIApplication

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import config_builder.blueprint
import qbwc_server.api
from models.engine import Clock, database_clock, make_engine
from qbwc_server import database
from qbwc_server.portal import health, pages
from qbwc_server.services.companies import Companies
from qbwc_server.services.intake import Intake
from qbwc_server.services.overview import Overview
from qbwc_server.services.payments import Payments
from qbwc_server.services.review import Review
from qbwc_server.services.secrets import Secrets
from qbwc_server.services.sync import Sync
from qbwc_server.settings import Settings
from qbwc_server.soap.application import MOUNT, create_soap_app


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """The use cases, ready for an edge to call."""

    engine: Engine
    sync: Sync
    intake: Intake
    payments: Payments
    review: Review
    companies: Companies
    overview: Overview


def create_services(settings: Settings, clock: Clock = database_clock) -> Services:
    """Make the use cases over the settings' database."""
    engine = make_engine(settings.database, pool_size=settings.threads)
    secrets = Secrets(settings.key())
    return Services(
        engine=engine,
        sync=Sync(engine, clock, secrets, settings),
        intake=Intake(engine, clock),
        payments=Payments(engine),
        review=Review(engine, clock),
        companies=Companies(engine, clock, secrets, settings),
        overview=Overview(engine, clock),
    )


def create_app(settings: Settings) -> WSGIApplication:
    """Join everything into the one application that gunicorn serves."""
    services = create_services(settings)
    flask = Flask("qbwc_server")
    # What a browser or the API sends is small; the bulk endpoint sets a limit of its own.
    flask.config["MAX_CONTENT_LENGTH"] = 1 << 20
    flask.register_blueprint(pages.create_blueprint(services.overview))
    flask.register_blueprint(
        health.create_blueprint(services.overview, partial(database.is_current, services.engine))
    )
    flask.register_blueprint(
        qbwc_server.api.create_blueprint(services.intake, services.payments, services.review),
        url_prefix="/api/v1",
    )
    flask.register_blueprint(
        config_builder.blueprint.create_blueprint(services.companies.qwc_file, _nobody)
    )
    soap = create_soap_app(services.sync, public_url=settings.base_url)
    joined: WSGIApplication = DispatcherMiddleware(flask, {MOUNT: soap})
    if settings.proxies:
        count = settings.proxies
        joined = ProxyFix(joined, x_for=count, x_proto=count, x_host=count)
    return joined


def _nobody() -> bool:
    """Guard what only a signed-in administrator may have: until there is a sign-in, nobody."""
    return False
