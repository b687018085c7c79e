"""Clients that are not ours: a SOAP library that knows nothing but the WSDL runs a whole sync."""

from pathlib import Path

import pytest
import zeep

from scripts.simulate.quickbooks.request_processor import RequestProcessor
from tests.acceptance.office import Office

INTUITS = Path(__file__).resolve().parents[3] / "shared/reference/QBWebConnectorSvc.wsdl"


@pytest.mark.parametrize("whose", ["ours", "Intuit's"])
def test_a_client_made_from_the_wsdl_alone_posts_a_payment(office: Office, whose: str) -> None:
    if whose == "ours":
        wsdl = f"{office.server.url}/qbwc?wsdl"
    elif INTUITS.exists():
        wsdl = str(INTUITS)
    else:
        pytest.skip("Intuit's WSDL is not beside the project")
    office.books.add_customer("Café Belém")
    payment = office.pay("Café Belém", "150.00")
    pc = office.install()
    office.books.write_data(pc.owner_id, "FileID", pc.file_id)
    client = zeep.Client(wsdl)
    binding = next(name for name in client.wsdl.bindings if not name.endswith("Soap12"))
    service = client.create_service(binding, f"{office.server.url}/qbwc")

    ticket, verdict = service.authenticate(pc.user_name, pc.password)
    assert not verdict
    quickbooks = RequestProcessor(office.books)
    percent = 0
    while percent < 100:
        asked = service.sendRequestXML(ticket, "", office.books.path, "US", 16, 0)
        percent = service.receiveResponseXML(ticket, quickbooks.process(asked), "", "")
        assert 0 <= percent <= 100
    assert service.closeConnection(ticket) == "1 payment posted"
    assert office.payment(payment)["status"] == "posted"
