"""What gunicorn loads: `qbwc_server.wsgi:app`."""

from qbwc_server import bootstrap, logs, settings

_settings = settings.load()
logs.configure(_settings.log_level)
app = bootstrap.create_app(_settings)
