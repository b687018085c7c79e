"""The composition root of the server: use cases and edges become one WSGI application."""

from functools import partial
from wsgiref.types import WSGIApplication

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import config_builder.blueprint
from config_builder.qwc import QwcFile
from models.engine import make_engine
from qbwc_server import database, keeper
from qbwc_server.api import blueprint as api
from qbwc_server.portal import door, health, shell
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import Settings
from qbwc_server.soap.application import MOUNT, create_soap_app


def create_app(settings: Settings) -> WSGIApplication:
    """Join everything into the one application that gunicorn serves."""
    # Two connections more than threads that serve: for what the server does by itself.
    engine = make_engine(settings.database, pool_size=settings.threads + 2)
    use_cases = UseCases.on(engine, settings)
    keeper.keep(use_cases.silence.end_all)
    if settings.smtp_host:
        # A thread of its own: a mail server that is slow holds nothing else up.
        keeper.keep(use_cases.notices.send_due)
    flask = create_flask(use_cases, settings)
    soap = create_soap_app(use_cases.sync, public_url=settings.base_url)
    joined: WSGIApplication = DispatcherMiddleware(flask, {MOUNT: soap})
    if settings.proxies:
        count = settings.proxies
        joined = ProxyFix(joined, x_for=count, x_proto=count, x_host=count)
    return joined


def create_flask(use_cases: UseCases, settings: Settings) -> Flask:
    """Join all that is not SOAP: the portal, the API, the pages for monitors."""
    flask = Flask("qbwc_server", static_folder=None, template_folder="portal/templates")
    # What a browser or the API sends is small; the bulk endpoint sets a limit of its own.
    flask.config["MAX_CONTENT_LENGTH"] = 1 << 20
    flask.register_blueprint(
        health.create_blueprint(use_cases.overview, partial(database.is_current, use_cases.engine))
    )
    calls = api.create_blueprint(use_cases)
    flask.register_blueprint(calls, url_prefix="/api/v1")
    shell.mount(flask, use_cases, settings, without_forms=calls)
    flask.register_blueprint(
        config_builder.blueprint.create_blueprint(
            partial(_file, use_cases), door.is_administrator, use_cases.installs.note_built
        )
    )
    return flask


def _file(use_cases: UseCases, install_id: str) -> QwcFile | None:
    """Give an install's .qwc file; None for one of a company file that is not the reader's."""
    if not use_cases.access.has_install(door.reader(), install_id):
        return None
    return use_cases.installs.file(install_id)
