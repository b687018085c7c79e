"""What gunicorn loads: `qbwc_server.wsgi:app`."""

import gc

from qbwc_server import bootstrap, logs, settings

_settings = settings.load()
logs.configure(_settings.log_level)
app = bootstrap.create_app(_settings)

# What is loaded by now stays until the process ends: some 130,000 objects, which every full
# collection would walk through again.
gc.collect()
gc.freeze()
