"""What gunicorn loads in these tests: the service at /qbwc, with a fake `Sync` behind it.

Beside it stands /big, a page of 32 MiB: more than the buffers of a line hold.
"""

import os

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Request, Response

from qbwc_server.soap.application import MOUNT, create_soap_app
from tests.unit.soap_edge.fake_sync import FakeSync

sync = FakeSync()
if "QBWC_TEST_RAISES" in os.environ:
    sync.raises["send_request"] = RuntimeError(os.environ["QBWC_TEST_RAISES"])


@Request.application
def beside(request: Request) -> Response:
    if request.path == "/big":
        return Response(bytes(32 << 20))
    raise NotFound


app = DispatcherMiddleware(
    beside,
    {MOUNT: create_soap_app(sync, public_url=os.environ["QBWC_TEST_PUBLIC_URL"])},
)
