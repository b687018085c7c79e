"""What the queries ask for: each element that is read, none that is not, and never a card.

The simulated QuickBooks brings what is named and nothing else, as each of these tests relies on.
"""

import sys
from typing import Any

import pytest

from qbxml import envelope
from qbxml.aggregate import Aggregate
from tests.integration.sync.firm import Firm, requests, update
from tests.integration.sync.losses import lose_the_answers
from tests.integration.sync.test_extras import furnish, order, twice
from tests.unit.qbxml_language import shared
from tests.unit.simulate.test_asked_elements import QUERIES

CUSTOMER = "Café Belém"
CARD = "4111111111111111"
ANSWERS = {
    message.__name__: message.answer
    for message in envelope.MESSAGES
    if message.__name__.endswith("Query")
}
Names = dict[str, set[str]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Note what is read of each answer's objects, outside the language itself."""
    names = {
        answer: {attribute: each.name for attribute, each in answer.plan.elements}
        for answer in ANSWERS.values()
    }
    found: Names = {answer.__name__: set() for answer in names}

    def note(item: Aggregate, attribute: str) -> Any:
        kind = type(item)
        if kind in names and attribute in names[kind]:
            reader = sys._getframe(1).f_globals["__name__"]
            if not reader.startswith("qbxml."):
                found[kind.__name__].add(names[kind][attribute])
        return object.__getattribute__(item, attribute)

    monkeypatch.setattr(Aggregate, "__getattribute__", note)
    return found


def asked(firm: Firm) -> Names:
    """List what the queries of all syncs asked for, by what their answers are made of."""
    found: Names = {}
    for row in firm.rows("SELECT request_xml FROM exchange"):
        shared.assert_valid(row["request_xml"])
        for request in requests(row["request_xml"]):
            name = str(request.tag).removesuffix("Rq")
            if name in ANSWERS:
                own = {each.text or "" for each in request.iterfind("IncludeRetElement")}
                assert own, f"{name} asks for everything"
                found.setdefault(ANSWERS[name].__name__, set()).update(own)
    return found


def play_all(firm: Firm) -> None:
    """Play syncs in which each query is asked and each answer is used."""
    furnish(firm)
    books = firm.books
    invoice = books.add_invoice(CUSTOMER, amount="100.00", tax="8.00", number="2102")
    credit = books.add_credit(CUSTOMER, amount="30.00", number="C-7")
    books.apply_credit(credit, invoice, "30.00")
    books.void_invoice(books.add_invoice(CUSTOMER, amount="5.00", number="9"))  # its Memo says so
    books.add_charge(CUSTOMER, amount="25.00", number="FC-7")
    books.add_customer("Abbott")
    pc, _, second = twice(firm)
    update(pc)
    order(firm, second)
    books.delete_invoice(books.add_invoice(CUSTOMER, amount="1.00", number="8"))
    books.delete_customer("Abbott")
    customer = books.customer(CUSTOMER).list_id
    firm.services.missing_invoice.explain(firm.company_file_id, customer, "FC-7")
    update(pc)


def test_what_is_asked_for_is_what_is_read(firm: Firm, read: Names) -> None:
    play_all(firm)
    wanted = asked(firm)
    assert set(wanted) == {query.answer.__name__ for query in QUERIES.values()}
    assert wanted == {name: names for name, names in read.items() if names}


def test_no_card_is_asked_for_or_kept(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)
    invoice = firm.books.add_invoice(CUSTOMER, amount="300.00", number="2102")
    firm.books.receive_by_hand(
        CUSTOMER, amount="50.00", invoices={invoice: "50.00"}, method="Visa", card_number=CARD
    )
    pc = firm.pc()
    payment = firm.pay(CUSTOMER, "100.00", {invoice: "100.00"})
    lose_the_answers(pc)
    firm.books.payments()[-1].card_number = CARD
    firm.clock.move(hours=1)
    update(pc)  # asks for it by its number, and for the list
    assert firm.payment(payment).status == "posted"
    firm.clock.move(hours=1)
    update(pc)  # asks for it as a witness
    kept = firm.rows("SELECT request_xml, response_xml FROM exchange")
    asked_for = "".join(row["request_xml"] for row in kept)
    assert asked_for.count("<ReceivePaymentQueryRq") >= 5
    for name, text in ((name, text or "") for row in kept for name, text in row.items()):
        assert "CreditCard" not in text, name
        assert CARD not in text, name
