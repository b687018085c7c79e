"""Our WSDL, against our own table of the eight operations and, where it is, against Intuit's."""

from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from lxml import etree

from qbwc_server.soap.application import create_soap_app
from tests.unit.soap_edge import office
from tests.unit.soap_edge.fake_sync import FakeSync

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
WSDL_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
REFERENCE = Path(__file__).resolve().parents[3] / ".." / "shared" / "reference"


def local(name: str) -> str:
    return name.rpartition(":")[2]


def fields(complex_type: etree._Element) -> list[tuple[str, ...]]:
    """Name, type, least and most number and nillable of each element of a type, in order."""
    return [
        (
            field.get("name", ""),
            local(field.get("type", "")),
            field.get("minOccurs", "1"),
            field.get("maxOccurs", "1"),
            field.get("nillable", "false"),
        )
        for field in complex_type.iterfind(f"{XS}sequence/{XS}element")
    ]


def described(document: bytes) -> dict[str, Any]:
    """Boil a WSDL down to what a tool makes of it."""
    root = etree.fromstring(document)
    (schema,) = root.iter(f"{XS}schema")
    soap_11 = root.find(f"{WSDL}binding")
    assert soap_11 is not None
    assert soap_11.find(f"{WSDL_SOAP}binding") is not None
    return {
        "target": root.get("targetNamespace"),
        "schema": dict(schema.attrib),
        "elements": {
            element.get("name"): fields(element[0]) for element in schema.iterfind(f"{XS}element")
        },
        "types": {t.get("name"): fields(t) for t in schema.iterfind(f"{XS}complexType")},
        "messages": {
            message.get("name"): [(p.get("name"), p.get("element")) for p in message]
            for message in root.iterfind(f"{WSDL}message")
        },
        "port type": {
            operation.get("name"): {
                side.tag: side.get("message") for side in operation.iterfind("*[@message]")
            }
            for operation in root.iterfind(f"{WSDL}portType/{WSDL}operation")
        },
        "binding": {
            operation.get("name"): [
                (part.tag, dict(part.attrib)) for part in operation.iter() if part is not operation
            ]
            for operation in soap_11.iterfind(f"{WSDL}operation")
        },
    }


@pytest.fixture
def ours(app: WSGIApplication) -> bytes:
    return office.request(app, "GET", {"QUERY_STRING": "wsdl"}).content


def test_it_equals_our_own_table(ours: bytes) -> None:
    names = {"string": "string", "int": "int", "ArrayOfString": "ArrayOfString"}
    elements = {}
    for operation, (arguments, result) in office.OPERATIONS.items():
        elements[operation] = [
            (name, kind, "1" if kind == "int" else "0", "1", "false") for name, kind in arguments
        ]
        least = "1" if result == "int" else "0"
        elements[f"{operation}Response"] = [
            (f"{operation}Result", names[result], least, "1", "false")
        ]
    found = described(ours)
    assert found["target"] == "http://developer.intuit.com/"
    assert found["schema"]["elementFormDefault"] == "qualified"
    assert found["elements"] == elements
    assert found["types"] == {"ArrayOfString": [("string", "string", "0", "unbounded", "true")]}
    assert found["messages"] == {
        f"{operation}Soap{side}": [("parameters", f"tns:{operation}{suffix}")]
        for operation in office.OPERATIONS
        for side, suffix in (("In", ""), ("Out", "Response"))
    }
    assert found["port type"] == {
        operation: {
            f"{WSDL}input": f"tns:{operation}SoapIn",
            f"{WSDL}output": f"tns:{operation}SoapOut",
        }
        for operation in office.OPERATIONS
    }
    for operation in office.OPERATIONS:
        assert found["binding"][operation][0] == (
            f"{WSDL_SOAP}operation",
            {"soapAction": f"http://developer.intuit.com/{operation}", "style": "document"},
        )


@pytest.mark.parametrize("edition", ["QBWebConnectorSvc.wsdl", "QBWebConnectorSvc-1.0.wsdl"])
def test_it_equals_intuits(ours: bytes, edition: str) -> None:
    path = REFERENCE / edition
    if not path.exists():
        pytest.skip(f"Intuit's {edition} is not beside the project")
    intuits = described(path.read_bytes())
    found = described(ours)
    shared = set(intuits["port type"])
    assert shared == set(office.OPERATIONS) or shared < set(office.OPERATIONS)
    assert found["target"] == intuits["target"]
    assert found["schema"] == intuits["schema"]
    assert found["types"] == intuits["types"]
    for part in ("elements", "messages", "port type", "binding"):
        for name, definition in intuits[part].items():
            assert found[part][name] == definition, (part, name)
    if shared == set(office.OPERATIONS):
        assert found["elements"].keys() == intuits["elements"].keys()
        assert found["messages"].keys() == intuits["messages"].keys()


def test_service_port_and_address(ours: bytes) -> None:
    root = etree.fromstring(ours)
    (service,) = root.iterfind(f"{WSDL}service")
    (port,) = service.iterfind(f"{WSDL}port")
    (address,) = port
    (binding,) = root.iterfind(f"{WSDL}binding")
    (port_type,) = root.iterfind(f"{WSDL}portType")
    assert service.get("name") == "QBWebConnectorSvc"
    assert port.get("name") == "QBWebConnectorSvcSoap"
    assert port.get("binding") == f"tns:{binding.get('name')}"
    assert binding.get("type") == f"tns:{port_type.get('name')}"
    assert address.get("location") == "https://sync.example.com/qbwc"


def test_the_address_is_ours_whatever_host_was_asked() -> None:
    app = create_soap_app(FakeSync(), public_url="https://sync.example.com/")
    stranger = {"HTTP_HOST": "evil.example.net", "SERVER_NAME": "evil"}
    answer = office.request(app, "GET", {"QUERY_STRING": "wsdl", **stranger})
    assert b"evil" not in answer.content
    assert b'"https://sync.example.com/qbwc"' in answer.content


def test_interactive_operations_are_not_listed(ours: bytes) -> None:
    assert b"nteractive" not in ours


def test_two_services_in_one_process_keep_apart() -> None:
    first, second = FakeSync(), FakeSync()
    first.answers["server_version"], second.answers["server_version"] = "first", "second"
    apps = [
        create_soap_app(sync, public_url=f"https://{number}.example.com")
        for number, sync in enumerate((first, second))
    ]
    assert [office.call(app, "serverVersion").text for app in apps] == ["first", "second"]
    for number, app in enumerate(apps):
        document = office.request(app, "GET", {"QUERY_STRING": "wsdl"}).content
        assert f"https://{number}.example.com/qbwc".encode() in document
