"""A PC that does not call again: its payments do not stay "being sent" without a word."""

import pytest

from qbwc_server import keeper
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from sync_core.wording import notes
from tests.integration.sync.firm import Firm, receive, until_payments_are_out, update

CUSTOMER = "Café Belém"
WAIT_S = 900  # the default of QBWC_IN_DOUBT_WAIT_S


def test_payments_of_a_sync_that_fell_silent_are_in_doubt(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)
    payments = [firm.pay(CUSTOMER, f"{number}.00") for number in (1, 2)]
    pc = firm.pc()
    session = until_payments_are_out(pc)
    (out,) = firm.rows("SELECT request_xml FROM exchange WHERE answered_at IS NULL")
    firm.clock.move(seconds=WAIT_S)
    assert firm.services.silence.end_all() == 0  # not longer than that yet
    firm.clock.move(seconds=1)
    assert firm.services.silence.end_all() == 1
    assert firm.services.silence.end_all() == 0
    for payment in payments:
        shown = firm.payment(payment)
        assert (shown.status, shown.note) == ("in_doubt", notes.SILENT)
    assert firm.services.verify.company(firm.company_id).holds
    # The answer comes after all.
    answer = RequestProcessor(firm.books).process(out["request_xml"])
    assert receive(pc, session.ticket, answer) == -1
    assert firm.statuses() == dict.fromkeys(payments, "posted")


def test_a_sync_that_only_reads_may_take_its_time(firm: Firm) -> None:
    """QuickBooks may need long for a list; nobody waits for anything meanwhile."""
    firm.books.add_customer(CUSTOMER)
    payment = firm.pay(CUSTOMER, "1.00")
    session = firm.pc().begin()
    while session.step() != "sendRequestXML":
        pass
    firm.clock.move(seconds=2 * WAIT_S)
    assert firm.services.silence.end_all() == 0
    session.finish()
    assert firm.payment(payment).status == "posted"
    assert update(session.connector).status == "Nothing to post."


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_clock_that_ran_ahead_and_was_set_back_keeps_nobody_out(
    firm: Firm,
    is_kept: bool,  # noqa: FBT001
) -> None:
    """The PC died with a payment in its hands while the database's clock was two days ahead."""
    firm.books.add_customer(CUSTOMER)
    pc = firm.pc()
    update(pc)
    payment = firm.pay(CUSTOMER, "1.00")
    firm.clock.move(days=2)
    until_payments_are_out(pc).power_cut()
    firm.clock.move(days=-2, hours=1)
    if is_kept:
        assert firm.services.silence.end_all() == 1
        assert firm.payment(payment).status == "in_doubt"
    session = update(pc)
    assert session.status != "Application busy"
    assert firm.payment(payment).status == "in_doubt"  # how long it waits is not known
    firm.clock.move(seconds=WAIT_S)
    assert update(pc).status == "1 payment posted"
    assert firm.books.executed_adds.total() == 1


def test_the_keeper_works_on_after_a_failure() -> None:
    worked: list[int] = []

    def work() -> None:
        worked.append(1)
        if len(worked) == 1:
            raise RuntimeError("once")
        stopped.set()

    stopped = keeper.keep(work, every_s=0.01)
    assert stopped.wait(10)
    assert len(worked) >= 2
