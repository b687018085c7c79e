"""The composition root of the server: use cases and edges become one WSGI application."""

from functools import partial
from wsgiref.types import WSGIApplication

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import config_builder.blueprint
from models.engine import make_engine
from qbwc_server import database
from qbwc_server.api import blueprint as api
from qbwc_server.portal import health, pages
from qbwc_server.services.assembly import Office
from qbwc_server.settings import Settings
from qbwc_server.soap.application import MOUNT, create_soap_app


def create_app(settings: Settings) -> WSGIApplication:
    """Join everything into the one application that gunicorn serves."""
    engine = make_engine(settings.database, pool_size=settings.threads)
    office = Office.on(engine, settings)
    flask = Flask("qbwc_server", static_folder=None)
    # What a browser or the API sends is small; the bulk endpoint sets a limit of its own.
    flask.config["MAX_CONTENT_LENGTH"] = 1 << 20
    flask.register_blueprint(pages.create_blueprint(office.overview))
    flask.register_blueprint(
        health.create_blueprint(office.overview, partial(database.is_current, engine))
    )
    flask.register_blueprint(api.create_blueprint(office), url_prefix="/api/v1")
    flask.register_blueprint(
        config_builder.blueprint.create_blueprint(office.installs.file, _nobody)
    )
    soap = create_soap_app(office.sync, public_url=settings.base_url)
    joined: WSGIApplication = DispatcherMiddleware(flask, {MOUNT: soap})
    if settings.proxies:
        count = settings.proxies
        joined = ProxyFix(joined, x_for=count, x_proto=count, x_host=count)
    return joined


def _nobody() -> bool:
    """Guard what only a signed-in administrator may have: until there is a sign-in, nobody."""
    return False
