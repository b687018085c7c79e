"""Which .qwc files the Web Connector takes, and the code it shows for the others."""

import socket

import pytest

from scripts.simulate.qwc_file import AddRefusedError, check_add, read
from tests.unit.simulate.qwc_example import FILE, OWNER, SCHEDULER, qwc
from tests.unit.simulate.service import running, working

pytestmark = pytest.mark.enable_socket


def test_a_good_file() -> None:
    found = read(qwc(SCHEDULER))
    assert (found.user_name, found.owner_id, found.file_id) == ("bluestem-1", OWNER, FILE)
    assert (found.app_url, found.run_every_s) == ("https://pay.example.com/qbwc", 900)
    assert read(qwc()).run_every_s is None
    seconds = "<Scheduler><RunEveryNSeconds>30</RunEveryNSeconds></Scheduler>"
    assert read(qwc(seconds)).run_every_s == 30


def test_a_full_file() -> None:
    more = (
        "<AppDisplayName>Bluestem</AppDisplayName><AppUniqueName>Bluestem 1</AppUniqueName>"
        "<AuthFlags>0xF</AuthFlags><IsReadOnly>false</IsReadOnly><Notify>false</Notify>"
        "<PersonalDataPref>pdpNotNeeded</PersonalDataPref>"
        "<UnattendedModePref>umpOptional</UnattendedModePref><Style>Document</Style>"
    )
    assert read(qwc(more)).app_name == "Bluestem Payments"


def test_localhost_needs_no_https_and_no_equal_domain() -> None:
    found = read(qwc(AppURL="http://localhost:8085/qbwc", AppSupport="http://localhost:8085/s"))
    assert found.app_url == "http://localhost:8085/qbwc"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "QBWC1039"),
        (b"<QWCXML/>", "QBWC1039"),
        (qwc(AppName=None), "QBWC1039"),
        (qwc(AppID=None), "QBWC1039"),
        (qwc(UserName=""), "QBWC1039"),
        (qwc(AppDescription="d" * 81), "QBWC1039"),
        (qwc("<UserName>twice</UserName>"), "QBWC1039"),
        (qwc("<PersonalDataPrep>pdpOptional</PersonalDataPrep>"), "QBWC1039"),
        (qwc("<IsReadOnly>true</IsReadOnly>"), "QBWC1039"),
        (qwc("<Style>RPC</Style>"), "QBWC1039"),
        (qwc("<UnattendedModePref>always</UnattendedModePref>"), "QBWC1039"),
        (qwc(SCHEDULER.replace("15", "0")), "QBWC1039"),
        (qwc(SCHEDULER.replace("15", "15.5")), "QBWC1039"),
        (qwc(QBType="QBPOS"), "QBWC1039"),
        (qwc(OwnerID=OWNER.strip("{}")), "QBWC1039"),
        (qwc(FileID=FILE.strip("{}")), "QBWC1026"),
        (qwc("<AuthFlags>all</AuthFlags>"), "QBWC1034"),
        (qwc(AppURL="https://192.0.2.7/qbwc"), "QBWC1001"),
        (qwc(AppSupport="https://192.0.2.7/support"), "QBWC1002"),
        (qwc(AppURL="http://pay.example.com/qbwc"), "QBWC1010"),
        (qwc(AppURL="ftp://localhost/qbwc"), "QBWC1010"),
        (qwc(AppSupport="https://example.org/support"), "QBWC1000"),
    ],
)
def test_a_file_that_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(AddRefusedError) as caught:
        read(content)
    assert caught.value.code == code


def local(port: int, support: str = "/support") -> bytes:
    return qwc(
        AppURL=f"http://localhost:{port}/qbwc", AppSupport=f"http://localhost:{port}{support}"
    )


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/qbwc", 200, None),
        ("/qbwc", 405, "QBWC1048"),
        ("/qbwc", 302, "QBWC1048"),
        ("/support", 202, None),
        ("/support", 404, "QBWC1003"),
        ("/support", 302, "QBWC1003"),
    ],
)
def test_the_pages_asked_for_when_the_application_is_added(
    path: str, status: int, code: str | None
) -> None:
    with running(working()) as service:
        service.pages[path] = status
        if code is None:
            check_add(local(service.port))
            assert service.asked == []
            return
        with pytest.raises(AddRefusedError) as caught:
            check_add(local(service.port))
        assert caught.value.code == code


def test_a_service_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(AddRefusedError) as caught:
        check_add(local(port))
    assert caught.value.code == "QBWC1048"
