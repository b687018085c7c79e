"""Puts the service together: Spyne application, our protocols, the WSDL, the WSGI callable."""

from wsgiref.types import WSGIApplication

from qbwc_server.soap import http, protocol, service, wire, wsdl
from qbwc_server.soap.compat import WsgiApplication
from qbwc_server.soap.port import Sync

MOUNT = "/qbwc"


def create_soap_app(sync: Sync, *, public_url: str) -> WSGIApplication:
    """Make the WSGI callable to be mounted at MOUNT.

    `public_url` is the server's address as seen from the office, without MOUNT; it stands in the
    WSDL. The answers come from `sync`.
    """
    application = protocol.WebConnectorApplication(
        [service.WebConnectorService],
        tns=wire.INTUIT,
        name=service.SERVICE_NAME,
        # No validator: Spyne's would turn a blank integer into a fault.
        in_protocol=protocol.ReadSoap(validator=None),
        out_protocol=protocol.WriteSoap(),
        config=sync,
    )
    # First, because it sets the transport that the WSDL names.
    spyne = WsgiApplication(application)
    return http.Edge(
        spyne,
        tags=frozenset(application.interface.service_method_map),
        document=wsdl.build(application, public_url.rstrip("/") + MOUNT),
    )
