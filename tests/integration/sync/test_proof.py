"""Who took a payment and never told must be over before its absence counts, and is proven to be.

The proof is the stamp that a Web Connector leaves in the company file while it is at work; the time
that has passed is a lower bound, and proves nothing by itself.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from qbwc_server import settings
from qbwc_server.errors import Refused, ServiceError
from scripts.simulate import soap
from scripts.simulate.postman import Postman
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.transport import Transport
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.wording.notes import CUT_OFF, NOT_LONG_ENOUGH, STILL_AT_WORK
from sync_core.wording.office import RESTORED
from tests.integration.sync.firm import Firm, update
from tests.integration.sync.leaving import (
    A_NIGHT_S,
    are_once,
    die,
    executed,
    fair_update,
    numbers_asked,
    numbers_sent,
    reference,
    set_columns,
    some_payments,
)
from tests.integration.sync.losses import act, edited, go_back, refuse, remember

BEING_CHECKED = "2 payments being checked: please do not enter by hand"


@pytest.fixture
def pcs(firm: Firm) -> tuple[WebConnector, WebConnector]:
    """Two installs that have proven themselves."""
    return connected(firm)


def connected(firm: Firm) -> tuple[WebConnector, WebConnector]:
    desk, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    some_payments(firm, 1)
    for pc in (desk, back):
        update(pc)
    return desk, back


def stay(firm: Firm, pc: WebConnector, payments: list[str], why: str = STILL_AT_WORK) -> None:
    """See that a sync asks for payments and leaves them in doubt, and that others go on."""
    others = some_payments(firm, 2)
    session = fair_update(firm, pc)
    assert numbers_asked(session) == [reference(firm, payment) for payment in payments]
    assert numbers_sent(session) == [[reference(firm, payment) for payment in others]]
    are_once(firm, others)
    for payment in payments:
        assert firm.payment(payment).status == "in_doubt"
        assert firm.payment(payment).note == why
    assert session.status == f"2 payments posted, {BEING_CHECKED}"


def leave_again(firm: Firm, pc: WebConnector, payments: list[str]) -> None:
    """See that a sync asks for payments and sends them."""
    session = fair_update(firm, pc)
    assert numbers_asked(session) == [reference(firm, payment) for payment in payments]
    assert session.status == f"{len(payments)} payments posted"
    are_once(firm, payments)


def install_of(firm: Firm, pc: WebConnector) -> str:
    (row,) = firm.rows("SELECT uuid FROM install WHERE owner_id = :owner", owner=pc.owner_id)
    return str(row["uuid"])


def lock_of(firm: Firm, pc: WebConnector) -> str:
    return firm.books.data_of(pc.owner_id).get("AppLock", "")


# The same install on the same PC


def test_the_same_pc_calls_again(firm: Firm) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    die(pc)
    held = lock_of(firm, pc)
    firm.clock.move(seconds=A_NIGHT_S)
    leave_again(firm, pc, payments)
    taken, asked = (
        row["app_lock"] for row in firm.rows("SELECT app_lock FROM wc_session ORDER BY id")
    )
    assert taken == held
    assert asked not in ("", held)


def test_a_web_connector_that_always_writes_the_same_stamp(firm: Firm) -> None:
    pc = firm.pc()
    pc.clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)
    payments = some_payments(firm, 2)
    die(pc)
    firm.clock.move(seconds=A_NIGHT_S)
    leave_again(firm, pc, payments)
    taken, asked = (
        row["app_lock"] for row in firm.rows("SELECT app_lock FROM wc_session ORDER BY id")
    )
    assert taken == asked


# Another install


def test_another_install_sees_that_the_stamp_is_clear(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """The message set never reached the PC, whose update ended in order."""
    desk, back = pcs
    payments = some_payments(firm, 2)
    desk.transport = post = Postman(desk.transport)
    session = desk.begin()
    while not session.message_sets or "InvoiceQueryRq" not in session.message_sets[-1][0]:
        session.step()
    post.lose_answer("sendRequestXML")
    session.finish()
    assert session.error_code == "QBWC1041"
    assert set(firm.statuses().values()) == {"posted", "sent"}
    assert lock_of(firm, desk) == ""
    firm.clock.move(seconds=A_NIGHT_S)
    leave_again(firm, back, payments)


def test_another_install_sees_that_the_stamp_is_held(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """The PC lost its power: nobody knows what it will do. When it calls again, it is over."""
    desk, back = pcs
    payments = some_payments(firm, 2)
    die(desk)
    for _ in range(3):
        firm.clock.move(days=7)
        stay(firm, back, payments)
    leave_again(firm, desk, payments)


def test_another_install_sees_another_stamp(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """The PC came back, and died again before it had done anything."""
    desk, back = pcs
    payments = some_payments(firm, 2)
    die(desk)
    held = lock_of(firm, desk)
    firm.clock.move(seconds=A_NIGHT_S)
    again = desk.begin()
    while again.step() != "sendRequestXML":
        pass
    again.power_cut()
    assert lock_of(firm, desk) not in ("", held)
    firm.clock.move(seconds=A_NIGHT_S)
    leave_again(firm, back, payments)


@pytest.mark.parametrize("is_online", [True, False])
def test_a_pc_sleeps_on_payments_while_another_install_takes_over(
    firm: Firm,
    pcs: tuple[WebConnector, WebConnector],
    *,
    is_online: bool,
) -> None:
    """They stay in doubt however long it takes; when it wakes up, it records them, and once."""
    desk, back = pcs
    payments = some_payments(firm, 2)
    asleep = desk.begin()
    asleep.take("ReceivePaymentAdd")
    for _ in range(3):
        firm.clock.move(days=1)
        stay(firm, back, payments)
    assert [executed(firm, payment) for payment in payments] == [0, 0]
    asleep.wake(is_online=is_online)
    assert [executed(firm, payment) for payment in payments] == [1, 1]
    if is_online:
        are_once(firm, payments)  # its late answer tells
    session = fair_update(firm, back)
    assert numbers_sent(session) == []
    are_once(firm, payments)
    assert firm.rows("SELECT id FROM extra_receipt") == []


def test_what_waits_again_is_held_to_the_same_proof(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """Whoever put it back to waiting has not said what became of its attempt."""
    desk, back = pcs
    payments = some_payments(firm, 2)
    asleep = desk.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(seconds=A_NIGHT_S)
    update(back)
    for payment in payments:
        set_columns(firm, payment, "status = 'queued'")
    session = fair_update(firm, back)
    assert numbers_sent(session) == []
    assert {firm.payment(payment).note for payment in payments} == {STILL_AT_WORK}
    asleep.wake()
    are_once(firm, payments)


# An install that never calls again


@pytest.mark.parametrize("was_carried_out", [True, False])
def test_a_pc_is_connected_anew_while_it_sleeps_on_payments(
    firm: Firm, pcs: tuple[WebConnector, WebConnector], *, was_carried_out: bool
) -> None:
    """Nobody is sent to a button that helps no more: she looks, and says what is there."""
    desk, back = pcs
    payments = some_payments(firm, 2)
    asleep = desk.begin()
    asleep.take("ReceivePaymentAdd")
    renewed = firm.services.installs.renew(install_of(firm, desk), by="admin@example.com")
    new_desk = firm.add_to_pc(renewed)
    firm.clock.move(seconds=A_NIGHT_S)
    for pc in (back, new_desk):
        stay(firm, pc, payments, why=CUT_OFF.format(pc="Front desk"))
        firm.clock.move(seconds=A_NIGHT_S)
    assert firm.services.verify.company(firm.company_id).holds
    if was_carried_out:
        asleep.wake(is_online=False)
    else:
        asleep.power_cut(after=0)
        for payment in payments:
            act(firm, payment, "settle_not_posted", note="I looked; the PC is a new one.")
    fair_update(firm, new_desk)
    are_once(firm, payments)


def test_after_a_restore_a_retired_pc_is_waited_for_until_a_person_says(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    desk, back = pcs
    _, payment = slept_through_a_restore(firm, desk)
    firm.services.installs.retire(install_of(firm, desk), by="admin@example.com")
    assert fair_update(firm, back).status == RESTORED
    firm.services.companies.no_pc_at_work(firm.company_id, by="admin@example.com")
    assert fair_update(firm, back).status == "1 payment posted"
    are_once(firm, [payment])


# The same install on another PC


def test_the_same_install_on_another_pc_is_kept_out_by_the_stamp(firm: Firm) -> None:
    install = firm.register("Front desk")
    desk, laptop = firm.add_to_pc(install), firm.add_to_pc(install)
    laptop.computer = "LAPTOP"
    payments = some_payments(firm, 2)
    asleep = desk.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(seconds=A_NIGHT_S)
    session = update(laptop)
    assert "locked by another client FRONT-DESK" in session.status
    assert session.message_sets == []
    assert {firm.payment(payment).status for payment in payments} == {"in_doubt"}
    asleep.wake()
    are_once(firm, payments)


def test_the_same_install_on_another_pc_after_the_first_has_ended(firm: Firm) -> None:
    install = firm.register("Front desk")
    desk, laptop = firm.add_to_pc(install), firm.add_to_pc(install)
    laptop.computer = "LAPTOP"
    payments = some_payments(firm, 2)
    session = desk.begin()
    session.take("ReceivePaymentAdd")
    session.execute(crash_after=0)
    session.finish()
    firm.books.write_data(desk.owner_id, "AppLock", "")  # by the Web Connector, once it is back
    firm.clock.move(seconds=A_NIGHT_S)
    leave_again(firm, laptop, payments)


# What is not told


def told_less(line: Transport, *, hcp: bool, asked: bool, names: tuple[str, ...]) -> Transport:
    """Leave rows of private data out of what comes with the first call, of what is asked for."""

    def call(operation: str, body: bytes) -> HttpAnswer:
        given = etree.fromstring(body)[0][0]
        arguments = {str(etree.QName(node).localname): node.text or "" for node in given}
        for name, is_hidden in (("strHCPResponse", hcp), ("response", asked)):
            if is_hidden and "<DataExtRet>" in arguments.get(name, ""):
                arguments[name] = _without(arguments[name], names)
                body = soap.write_request(operation, arguments)
        return line(operation, body)

    return call


def _without(answer: str, names: tuple[str, ...]) -> str:
    root = etree.fromstring(answer.encode())
    for row in list(root.iter("DataExtRet")):
        parent = row.getparent()
        if row.findtext("DataExtName") in names and parent is not None:
            parent.remove(row)
    return etree.tostring(root, encoding="unicode")


LOCK, ALL = ("AppLock",), ("AppLock", "FileID")
NOT_TOLD = [
    pytest.param({"hcp": True, "asked": False, "names": LOCK}, id="CompanyQuery tells it"),
    pytest.param({"hcp": True, "asked": False, "names": ALL}, id="CompanyQuery alone tells all"),
    pytest.param({"hcp": False, "asked": True, "names": LOCK}, id="the first call tells it"),
    pytest.param({"hcp": True, "asked": True, "names": LOCK}, id="there is none"),
]


@pytest.mark.parametrize("less", NOT_TOLD)
def test_the_same_pc_is_known_though_less_is_told(firm: Firm, less: dict[str, object]) -> None:
    pc = firm.pc()
    pc.transport = told_less(pc.transport, **less)  # type: ignore[arg-type]  # as the cases have it
    payments = some_payments(firm, 2)
    die(pc)
    firm.clock.move(seconds=A_NIGHT_S)
    leave_again(firm, pc, payments)


@pytest.mark.parametrize("less", NOT_TOLD)
def test_a_sleeping_pc_is_not_taken_for_over_though_less_is_told(
    firm: Firm, pcs: tuple[WebConnector, WebConnector], less: dict[str, object]
) -> None:
    desk, back = pcs
    for pc in pcs:
        pc.transport = told_less(pc.transport, **less)  # type: ignore[arg-type]  # as the cases have it
    payments = some_payments(firm, 2)
    asleep = desk.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(days=1)
    stay(firm, back, payments)
    asleep.wake()
    are_once(firm, payments)


def test_the_stamp_that_the_first_call_brings_may_be_of_a_sync_before(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """QuickBooks does not answer for the stamps; what was brought along is older than this sync.

    So its own stamp is none that was told, and another PC's view of it proves nothing.
    """
    desk, back = pcs
    before = "LOCKED:FRONT-DESK:1"
    desk.transport = edited(
        bringing(desk.transport, before), lambda node: node.tag == "CompanyQueryRs", refuse("3250")
    )
    payments = some_payments(firm, 2)
    asleep = desk.begin()
    asleep.take("ReceivePaymentAdd")
    assert lock_of(firm, desk) not in ("", before)
    firm.clock.move(seconds=A_NIGHT_S)
    stay(firm, back, payments)
    asleep.wake()
    are_once(firm, payments)


def bringing(line: Transport, app_lock: str) -> Transport:
    """Let the first call tell a stamp of before."""

    def call(operation: str, body: bytes) -> HttpAnswer:
        return line(operation, re.sub(rb"LOCKED:[^&<]*", app_lock.encode(), body))

    return call


@pytest.mark.parametrize(
    ("less", "is_known"),
    [
        ({"hcp": True, "asked": False, "names": LOCK}, True),
        ({"hcp": False, "asked": True, "names": LOCK}, False),
        ({"hcp": True, "asked": True, "names": LOCK}, False),
    ],
)
def test_that_a_pc_is_over_is_known_to_another_if_it_is_told(
    firm: Firm,
    pcs: tuple[WebConnector, WebConnector],
    less: dict[str, object],
    *,
    is_known: bool,
) -> None:
    """Clear proves it only where a stamp was seen before, and where the install was told of."""
    desk, back = pcs
    for pc in pcs:
        pc.transport = told_less(pc.transport, **less)  # type: ignore[arg-type]  # as the cases have it
    payments = some_payments(firm, 2)
    die(desk)
    firm.books.write_data(desk.owner_id, "AppLock", "")
    firm.clock.move(seconds=A_NIGHT_S)
    if not is_known:
        stay(firm, back, payments)
    leave_again(firm, back if is_known else desk, payments)


def test_who_was_not_told_of_its_own_stamp_is_for_a_person(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """CompanyQuery tells nothing of it: whose stamp stands there now, nobody knows."""
    desk = pcs[0]
    desk.transport = told_less(desk.transport, hcp=False, asked=True, names=ALL)
    payments = some_payments(firm, 2)
    die(desk)
    firm.clock.move(seconds=A_NIGHT_S)
    stay(firm, desk, payments)
    for payment in payments:
        act(firm, payment, "settle_not_posted")
    leave_again(firm, desk, payments)


def test_the_stamp_of_an_install_without_its_file_id_is_none(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """Another company file's, perhaps: that the stamp is not in it proves nothing."""
    desk, back = pcs
    payments = some_payments(firm, 2)
    die(desk)
    firm.books.write_data(desk.owner_id, "AppLock", "")
    firm.books.write_data(desk.owner_id, "FileID", "")
    firm.clock.move(seconds=A_NIGHT_S)
    stay(firm, back, payments)
    firm.books.write_data(desk.owner_id, "FileID", desk.file_id)
    leave_again(firm, back, payments)


# The wait


@pytest.mark.parametrize("wait_s", [60, 3600])
def test_the_wait_is_a_lower_bound_by_the_clock_of_the_database(
    opened: Callable[..., Firm], wait_s: int
) -> None:
    """The PC's own clock is days ahead; the payments have just left."""
    firm = opened(in_doubt_wait_s=wait_s, session_silent_s=5, session_silent_with_writes_s=5)
    pc = firm.pc()
    pc.clock = firm.books.clock = lambda: firm.clock.now + timedelta(days=3)
    payments = some_payments(firm, 2)
    die(pc)
    firm.clock.move(seconds=5)
    stay(firm, pc, payments, NOT_LONG_ENOUGH)
    firm.clock.move(seconds=wait_s - 6)
    stay(firm, pc, payments, NOT_LONG_ENOUGH)
    firm.clock.move(seconds=1)
    leave_again(firm, pc, payments)


def test_each_time_it_leaves_the_wait_begins_anew(opened: Callable[..., Firm]) -> None:
    firm = opened(in_doubt_wait_s=600, session_silent_s=60, session_silent_with_writes_s=60)
    pc = firm.pc()
    payments = some_payments(firm, 2)
    die(pc)
    firm.clock.move(seconds=600)
    die(pc)
    firm.clock.move(seconds=599)
    stay(firm, pc, payments, NOT_LONG_ENOUGH)
    firm.clock.move(seconds=1)
    leave_again(firm, pc, payments)


def test_settings_that_would_look_before_the_sync_is_over_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for in_doubt_s, with_writes_s, silent_s, fits in (
        (900, 600, 120, True),
        (60, 60, 60, True),
        (599, 600, 120, False),
        (900, 119, 120, False),
        (119, 119, 120, False),
    ):
        monkeypatch.setenv("QBWC_IN_DOUBT_WAIT_S", str(in_doubt_s))
        monkeypatch.setenv("QBWC_SESSION_SILENT_WITH_WRITES_S", str(with_writes_s))
        monkeypatch.setenv("QBWC_SESSION_SILENT_S", str(silent_s))
        if fits:
            assert settings.load().in_doubt_wait_s == in_doubt_s
        else:
            with pytest.raises(ServiceError, match="QBWC_IN_DOUBT_WAIT_S must be at least"):
                settings.load()


# A restored database of ours


def slept_through_a_restore(firm: Firm, desk: WebConnector) -> tuple[Session, str]:
    """A PC falls asleep with a payment that a restored database of ours does not know."""
    backup = remember(firm)
    (payment,) = some_payments(firm, 1)
    asleep = desk.begin()
    asleep.take("ReceivePaymentAdd")
    go_back(firm, backup)
    firm.services.restore.run(by="operator")
    firm.queued.remove(payment)
    assert some_payments(firm, 1) == [payment]  # the payment site sends it in anew
    firm.clock.move(seconds=A_NIGHT_S)
    return asleep, payment


def test_after_a_restore_nothing_is_posted_while_a_pc_may_hold_payments(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    desk, back = pcs
    asleep, payment = slept_through_a_restore(firm, desk)
    for _ in range(2):
        session = fair_update(firm, back)
        assert session.status == RESTORED
        assert numbers_sent(session) == []
        firm.clock.move(seconds=A_NIGHT_S)
    (notice,) = firm.services.companies.show(firm.company_id).notices
    assert "a PC may still hold payments" in notice
    asleep.wake()
    firm.clock.move(seconds=A_NIGHT_S)
    assert fair_update(firm, back).status == "1 payment posted"
    assert executed(firm, payment) == 1
    assert firm.services.companies.show(firm.company_id).notices == []
    others = some_payments(firm, 2)
    assert fair_update(firm, back).status == "2 payments posted"
    are_once(firm, others)


def test_after_a_restore_a_person_may_say_that_no_pc_is_at_work(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """The PC is broken and will not call again."""
    desk, back = pcs
    _, payment = slept_through_a_restore(firm, desk)
    assert fair_update(firm, back).status == RESTORED
    (notice,) = firm.services.companies.show(firm.company_id).notices
    assert notice.endswith(f"qbwc company no-pc-at-work {firm.company_id}")
    firm.services.companies.no_pc_at_work(firm.company_id, by="admin@example.com")
    assert fair_update(firm, back).status == "1 payment posted"
    are_once(firm, [payment])


def test_after_a_restore_a_clear_stamp_of_who_never_left_one_proves_nothing(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """An old Web Connector that does not lock: it must call itself, or a person knows."""
    back = pcs[1]
    old = firm.pc("Old PC", primary=False)
    old.transport = told_less(old.transport, hcp=True, asked=True, names=LOCK)
    back.transport = told_less(back.transport, hcp=True, asked=True, names=LOCK)
    update(old)
    asleep, payment = slept_through_a_restore(firm, old)
    assert fair_update(firm, back).status == RESTORED
    firm.clock.move(seconds=A_NIGHT_S)
    asleep.wake()
    firm.clock.move(seconds=A_NIGHT_S)
    for pc in pcs:
        fair_update(firm, pc)
    are_once(firm, [payment])


def test_after_a_restore_each_pc_that_has_called_is_done(firm: Firm) -> None:
    """Neither leaves a stamp; one after the other calls, and nobody forgets it."""
    desk, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    for pc in (desk, back):
        pc.transport = told_less(pc.transport, hcp=True, asked=True, names=LOCK)
        update(pc)
    payments = some_payments(firm, 2)
    firm.services.restore.run(by="operator")
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, desk)
    assert session.status == f"{BEING_CHECKED} - {RESTORED}"
    leave_again(firm, back, payments)


def test_that_this_is_our_file_does_not_say_that_no_pc_is_at_work(
    firm: Firm, pcs: tuple[WebConnector, WebConnector]
) -> None:
    """The file was moved and an administrator confirms its new place: of PCs that says nothing."""
    desk, back = pcs
    asleep, payment = slept_through_a_restore(firm, desk)
    firm.books.path = r"D:\Moved\prairie.qbw"
    assert "until an administrator confirms" in fair_update(firm, back).status
    firm.services.companies.confirm(firm.company_id, by="admin@example.com")
    assert fair_update(firm, back).status == RESTORED
    asleep.wake()
    firm.clock.move(seconds=A_NIGHT_S)
    fair_update(firm, back)
    are_once(firm, [payment])


def test_without_a_restore_nobody_waits_for_the_word(firm: Firm) -> None:
    with pytest.raises(Refused, match="was not restored"):
        firm.services.companies.no_pc_at_work(firm.company_id, by="admin@example.com")
