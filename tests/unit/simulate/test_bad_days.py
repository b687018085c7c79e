"""PCs that sleep, die and come back, a QuickBooks that crashes: what stands in the file then."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from scripts.simulate.quickbooks import CompanyFile
from scripts.simulate.web_connector import Session, WebConnector
from tests.unit.simulate.asking import answer, message_set, payment, read
from tests.unit.simulate.conftest import SetClock
from tests.unit.simulate.pcs import connector
from tests.unit.simulate.qwc_example import OWNER
from tests.unit.simulate.service import TICKET, Service, running, working

pytestmark = pytest.mark.enable_socket

SECOND_OWNER = "{22222222-86F1-4FCC-B1EE-566DE1813D20}"
HOST = message_set('<HostQueryRq requestID="h"/>')
PAY_THREE = message_set(
    *(payment(total=f"{number}.00", request_id=f"p{number}") for number in (1, 2, 3))
)

MakePc = Callable[..., WebConnector]


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that asks who is there, and then sends three payments."""
    with running(working(HOST, PAY_THREE, percents=(50, 100))) as service:
        yield service


@pytest.fixture
def make_pc(service: Service, books: CompanyFile, clock: SetClock) -> MakePc:
    return partial(connector, service, books, clock=clock)


def asleep_on_payments(pc: WebConnector) -> Session:
    session = pc.begin()
    assert session.take("ReceivePaymentAdd") == PAY_THREE
    return session


def totals(books: CompanyFile) -> list[int]:
    return [receipt.total for receipt in books.payments()]


def lock_of(books: CompanyFile, owner_id: str = OWNER) -> str:
    return books.data_of(owner_id).get("AppLock", "")


def handed_over(service: Service) -> dict[str, str]:
    return service.arguments("receiveResponseXML")[-1]


def any_work(service: Service) -> None:
    """Let the service, whoever calls next, ask who is there and be content."""
    service.answers["sendRequestXML"] = [HOST]
    service.answers["receiveResponseXML"] = [100]


# A PC sleeps


def test_a_pc_falls_asleep_on_a_message_set_and_executes_it_in_the_morning(
    make_pc: MakePc, service: Service, books: CompanyFile, clock: SetClock
) -> None:
    session = asleep_on_payments(make_pc())
    assert totals(books) == []
    assert lock_of(books).startswith("LOCKED:OFFICE-PC:")
    clock.move(hours=12)
    assert session.wake().status == "OK"
    assert totals(books) == [100, 200, 300]
    assert {receipt.created for receipt in books.payments()} == {clock.now}
    assert [row.get("requestID") for row in read(handed_over(service)["response"])] == [
        "p1",
        "p2",
        "p3",
    ]
    assert lock_of(books) == ""


def test_it_may_wake_before_its_network_does(
    make_pc: MakePc, service: Service, books: CompanyFile
) -> None:
    outcome = asleep_on_payments(make_pc()).wake(is_online=False)
    assert totals(books) == [100, 200, 300]
    assert outcome.status == "receiveResponseXML failed: the network is down"
    assert outcome.error_code == "QBWC1042"
    assert len(service.arguments("receiveResponseXML")) == 1
    assert lock_of(books) == ""  # QuickBooks is there, and the Web Connector tidies up


def test_the_answer_may_wait_once_more_after_the_books_are_written(
    make_pc: MakePc, service: Service, books: CompanyFile
) -> None:
    session = asleep_on_payments(make_pc())
    session.execute()
    assert totals(books) == [100, 200, 300]
    assert len(service.arguments("receiveResponseXML")) == 1
    assert session.step() == "receiveResponseXML"
    assert handed_over(service)["response"] == session.message_sets[-1][1]
    assert totals(books) == [100, 200, 300]


def test_what_is_not_held_cannot_be_executed(make_pc: MakePc) -> None:
    session = make_pc().begin()
    for wrong in (session.execute, session.wake):
        with pytest.raises(RuntimeError, match="holds no message set"):
            wrong()
    with pytest.raises(LookupError, match="no InvoiceQuery came: OK"):
        session.take("InvoiceQuery")


# Others meanwhile


def test_another_install_is_not_locked_out_by_a_sleeping_one_and_sees_its_lock(
    make_pc: MakePc, service: Service, books: CompanyFile, clock: SetClock
) -> None:
    session = asleep_on_payments(make_pc())
    any_work(service)
    clock.move(hours=12)
    second = make_pc(owner_id=SECOND_OWNER, computer="BACK-ROOM")
    assert second.update_selected().status == "OK"
    both = f"<OwnerID>{OWNER}</OwnerID><OwnerID>{SECOND_OWNER}</OwnerID>"
    company = answer(books, f"<CompanyQueryRq>{both}</CompanyQueryRq>")
    values = [row.findtext("DataExtValue") for row in company.iter("DataExtRet")]
    assert lock_of(books) in values
    assert lock_of(books, SECOND_OWNER) == ""
    # Executed long after a takeover, under the ticket of old.
    session.wake()
    assert totals(books) == [100, 200, 300]
    assert handed_over(service)["ticket"] == TICKET
    assert lock_of(books) == ""


def test_the_same_install_on_another_pc_meets_the_lock(
    make_pc: MakePc, service: Service, books: CompanyFile
) -> None:
    session = asleep_on_payments(make_pc())
    held = lock_of(books)
    any_work(service)
    outcome = make_pc(computer="BACK-ROOM").update_selected()
    assert outcome.status == "Update aborted. Company file is locked by another client OFFICE-PC"
    assert lock_of(books) == held
    session.wake()
    assert make_pc(computer="BACK-ROOM").update_selected().status == "OK"


def test_a_pc_runs_one_update_at_a_time(
    make_pc: MakePc, service: Service, books: CompanyFile, clock: SetClock
) -> None:
    """When it begins another one, the earlier is over, and what it held will never be executed."""
    pc = make_pc()
    earlier = asleep_on_payments(pc)
    left_behind = lock_of(books)
    any_work(service)
    clock.move(minutes=5)
    later = pc.begin()
    later.take()
    assert lock_of(books) not in ("", left_behind)
    assert earlier.step() is None
    with pytest.raises(RuntimeError, match="holds no message set"):
        earlier.wake()
    assert later.finish().status == "OK"
    assert totals(books) == []
    assert lock_of(books) == ""


# A PC dies


@pytest.mark.parametrize("executed", [0, 1, 3])
def test_a_pc_dies_after_some_requests_of_a_set(
    make_pc: MakePc, service: Service, books: CompanyFile, executed: int
) -> None:
    pc = make_pc()
    session = asleep_on_payments(pc)
    calls = len(service.asked)
    session.power_cut(after=executed)
    assert totals(books) == [100, 200, 300][:executed]
    assert session.step() is None
    assert len(service.asked) == calls
    assert lock_of(books).startswith("LOCKED:OFFICE-PC:")
    any_work(service)
    assert pc.update_selected().status == "OK"
    assert lock_of(books) == ""


def test_a_pc_may_die_between_the_books_and_the_answer(
    make_pc: MakePc, service: Service, books: CompanyFile
) -> None:
    session = asleep_on_payments(make_pc())
    session.execute()
    session.power_cut()
    assert totals(books) == [100, 200, 300]
    assert len(service.arguments("receiveResponseXML")) == 1


# QuickBooks dies, and the Web Connector lives


@pytest.mark.parametrize("executed", [0, 2, 3])
def test_quickbooks_crashes_after_some_requests_of_a_set(
    make_pc: MakePc, service: Service, books: CompanyFile, executed: int
) -> None:
    pc = make_pc()
    session = asleep_on_payments(pc)
    session.execute(crash_after=executed)
    assert session.finish().status == "OK"
    assert totals(books) == [100, 200, 300][:executed]
    assert handed_over(service) == {
        "ticket": TICKET,
        "response": "",
        "hresult": "0x800706BA",
        "message": "The RPC server is unavailable.",
    }
    assert session.message_sets[-1] == (PAY_THREE, "")
    # Nobody was there to clear the lock; this PC takes it over when QuickBooks is open again.
    assert lock_of(books).startswith("LOCKED:OFFICE-PC:")
    any_work(service)
    assert pc.update_selected().status == "OK"
    assert lock_of(books) == ""


def test_a_crashed_quickbooks_executes_nothing_more_in_its_session(
    make_pc: MakePc, service: Service, books: CompanyFile
) -> None:
    service.answers["receiveResponseXML"] = [50, 50, 100]
    session = asleep_on_payments(make_pc())
    session.execute(crash_after=1)
    session.finish()
    assert len(session.message_sets) == 3
    assert handed_over(service)["hresult"] == "0x800706BA"
    assert totals(books) == [100]


# Backups


def restored(books: CompanyFile, backup: CompanyFile) -> dict[str, Any]:
    books.restore(backup)
    return {"lock": lock_of(books), "totals": totals(books)}


def test_a_backup_made_during_an_update_brings_its_lock_back(
    make_pc: MakePc, service: Service, books: CompanyFile, clock: SetClock
) -> None:
    pc = make_pc()
    session = asleep_on_payments(pc)
    lock, backup = lock_of(books), books.backup()
    session.wake()
    assert restored(books, backup) == {"lock": lock, "totals": []}
    any_work(service)
    clock.move(days=1)
    assert "locked by another client" in make_pc(computer="BACK-ROOM").update_selected().status
    assert pc.update_selected().status == "OK"
    assert lock_of(books) == ""


def test_a_pc_may_open_a_copy_instead(
    make_pc: MakePc, service: Service, books: CompanyFile
) -> None:
    pc = make_pc()
    any_work(service)
    pc.update_selected()
    copy = books.backup()
    copy.path = r"C:\Books\copy.qbw"
    pc.company_file = copy
    service.answers["sendRequestXML"] = [PAY_THREE]
    assert pc.update_selected().status == "OK"
    assert service.arguments("sendRequestXML")[-1]["strCompanyFileName"] == r"C:\Books\copy.qbw"
    assert (totals(copy), totals(books)) == ([100, 200, 300], [])
    # Both carry the same stamp.
    assert copy.data_of(OWNER) == books.data_of(OWNER)
