"""A SOAP client of strangers, zeep, plays whole sessions against a running gunicorn."""

from pathlib import Path
from typing import Any

import pytest
import zeep
import zeep.exceptions
from lxml import etree

from tests.integration.soap.server import Server
from tests.unit.soap_edge import fake_sync, office

INTUITS = (
    Path(__file__).resolve().parents[3] / ".." / "shared" / "reference" / "QBWebConnectorSvc.wsdl"
)
# zeep says that it is typed, and is not.
Client: Any = zeep.Client
NAMESPACE = "{http://developer.intuit.com/}"


def client_of_our_wsdl(server: Server) -> Any:
    # Its address is in the document, so a client that believes it comes to the right place.
    client = Client(f"{server.url}?wsdl")
    return client.bind("QBWebConnectorSvc", "QBWebConnectorSvcSoap")


def client_of_intuits_wsdl(server: Server) -> Any:
    if not INTUITS.exists():
        pytest.skip("Intuit's QBWebConnectorSvc.wsdl is not beside the project")
    client = Client(str(INTUITS))
    return client.create_service(f"{NAMESPACE}TroubleshootWebServiceFSSoap", server.url)


CLIENTS = pytest.mark.parametrize("client_of", [client_of_our_wsdl, client_of_intuits_wsdl])


@CLIENTS
def test_a_whole_session(server: Server, client_of: Any) -> None:
    service = client_of(server)
    assert service.serverVersion() == "1.0"
    assert not service.clientVersion(strVersion="34.0")
    ticket, verdict = service.authenticate(
        strUserName=fake_sync.USER_NAME, strPassword=fake_sync.PASSWORD
    )
    assert not verdict
    for percent in (50, 100):
        asked = service.sendRequestXML(
            ticket=ticket,
            strHCPResponse="<QBXML/>",
            strCompanyFileName=fake_sync.COMPANY_FILE,
            qbXMLCountry="US",
            qbXMLMajorVers=13,
            qbXMLMinorVers=0,
        )
        assert asked == fake_sync.QBXML
        answered = service.receiveResponseXML(
            ticket=ticket, response="<QBXML/>", hresult="", message=""
        )
        assert answered == percent
    assert service.closeConnection(ticket=ticket) == "OK"


@CLIENTS
def test_what_goes_wrong_is_told_in_the_protocol(server: Server, client_of: Any) -> None:
    service = client_of(server)
    ticket, verdict = service.authenticate(strUserName="office-1", strPassword="wrong")
    assert verdict == "nvu"
    assert service.connectionError(ticket=ticket, hresult="0x80040408", message="closed") == "done"
    assert service.receiveResponseXML(ticket=ticket) == -1
    assert service.getLastError(ticket=ticket) == fake_sync.UNKNOWN_TICKET


def test_both_wsdls_mean_the_same_eight_operations_to_it(server: Server) -> None:
    if not INTUITS.exists():
        pytest.skip("Intuit's QBWebConnectorSvc.wsdl is not beside the project")
    (ours,) = Client(f"{server.url}?wsdl").wsdl.bindings.values()
    intuits = Client(str(INTUITS)).wsdl.bindings[f"{NAMESPACE}TroubleshootWebServiceFSSoap"]
    assert set(ours.all()) == set(intuits.all()) == set(office.OPERATIONS)
    for name in office.OPERATIONS:
        mine, theirs = ours.get(name), intuits.get(name)
        assert mine.soapaction == theirs.soapaction
        assert mine.input.signature() == theirs.input.signature()
        assert mine.output.signature() == theirs.output.signature()


def test_a_fault_reaches_it_with_its_sentence(server: Server) -> None:
    service = client_of_our_wsdl(server)
    # Its own name for the operation is a wrong one.
    service._binding.get("getLastError").input.body.qname = etree.QName(NAMESPACE + "getError")
    with pytest.raises(zeep.exceptions.Fault, match="does not know this operation") as fault:
        service.getLastError(ticket="x")
    assert fault.value.detail is not None
