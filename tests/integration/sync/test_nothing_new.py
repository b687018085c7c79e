"""A sync in which nothing is new: one exchange, and as many statements however much there is."""

from datetime import date

import pytest

from scripts.bench import statements
from scripts.simulate.web_connector import WebConnector
from tests.integration.sync.firm import Firm, update

# The lists' own, of a sync that is told the last changes once more; and all of a whole session
# with nothing to do, from authenticate to closeConnection.
FEW, STATEMENTS_MAX, POLL_MAX = 5, 20, 24


def enter(firm: Firm, count: int) -> None:
    """Enter invoices, the first of which is paid."""
    for number in range(count):
        invoice = firm.books.add_invoice("Belém", amount="100.00", date=date(2026, 11, 1))
        if not number:
            firm.books.receive_by_hand("Belém", amount="100.00", invoices={invoice: "100.00"})


def again(firm: Firm, pc: WebConnector) -> statements.Count:
    """Sync days after the last change, and count."""
    firm.clock.move(days=3)
    count = statements.begin()
    assert len(update(pc).message_sets) == 1
    statements.begin()
    return count


def test_nothing_new_is_one_exchange_and_few_statements_however_much_there_is(firm: Firm) -> None:
    firm.books.add_customer("Belém")
    pc = firm.pc()
    enter(firm, FEW)
    update(pc)
    few = again(firm, pc)
    enter(firm, 9 * FEW)
    update(pc)
    many = again(firm, pc)
    assert firm.rows("SELECT count(*) AS count FROM invoice") == [{"count": 10 * FEW}]
    assert 0 < few.of_lists <= STATEMENTS_MAX
    assert many == few


@pytest.mark.parametrize("has_past", [False, True])
def test_a_poll_with_nothing_to_do_is_few_statements(firm: Firm, *, has_past: bool) -> None:
    """However much was posted and rejected before, and however many polls there were."""
    firm.books.add_customer("Belém")
    pc = firm.pc()
    if has_past:
        enter(firm, FEW)
        update(pc)
        firm.pay("Belém", "20.00")
        firm.pay("Belém", "30.00", method="Shells")
    update(pc)
    firm.clock.move(hours=30)
    update(pc)
    for _ in range(3):
        firm.clock.move(hours=1)
        count = statements.begin()
        session = update(pc)
        statements.begin()
        assert len(session.message_sets) == 1
        assert session.status == "Nothing to post."
        assert 0 < count.every <= POLL_MAX
