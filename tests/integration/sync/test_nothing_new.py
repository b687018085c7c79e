"""A sync in which nothing is new: one exchange, and as many statements however much there is."""

from datetime import date

from scripts.bench import statements
from scripts.simulate.web_connector import WebConnector
from tests.integration.sync.firm import Firm, update

FEW, STATEMENTS_MAX = 5, 20


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
