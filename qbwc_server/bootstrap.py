"""The composition root of the server: use cases and edges become one WSGI application."""

from functools import partial
from wsgiref.types import WSGIApplication

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import config_builder.blueprint
from models.engine import make_engine
from qbwc_server import database, keeper
from qbwc_server.api import blueprint as api
from qbwc_server.portal import health, pages
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import Settings
from qbwc_server.soap.application import MOUNT, create_soap_app


def create_app(settings: Settings) -> WSGIApplication:
    """Join everything into the one application that gunicorn serves."""
    # One connection more than threads that serve: for what the server does by itself.
    engine = make_engine(settings.database, pool_size=settings.threads + 1)
    use_cases = UseCases.on(engine, settings)
    keeper.keep(use_cases.silence.end_all)
    flask = Flask("qbwc_server", static_folder=None)
    # What a browser or the API sends is small; the bulk endpoint sets a limit of its own.
    flask.config["MAX_CONTENT_LENGTH"] = 1 << 20
    flask.register_blueprint(
        pages.create_blueprint(use_cases.overview, is_for_this_machine=settings.is_for_this_machine)
    )
    flask.register_blueprint(
        health.create_blueprint(use_cases.overview, partial(database.is_current, engine))
    )
    flask.register_blueprint(api.create_blueprint(use_cases), url_prefix="/api/v1")
    flask.register_blueprint(
        config_builder.blueprint.create_blueprint(use_cases.installs.file, _nobody)
    )
    soap = create_soap_app(use_cases.sync, public_url=settings.base_url)
    joined: WSGIApplication = DispatcherMiddleware(flask, {MOUNT: soap})
    if settings.proxies:
        count = settings.proxies
        joined = ProxyFix(joined, x_for=count, x_proto=count, x_host=count)
    return joined


def _nobody() -> bool:
    """Guard what only a signed-in administrator may have: until there is a sign-in, nobody."""
    return False
