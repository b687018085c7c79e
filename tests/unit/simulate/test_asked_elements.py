"""What each query asks for, against what the same query would bring if it asked for everything."""

from collections import Counter
from dataclasses import replace

import pytest

from qbwc_server.services.steps import elements
from qbxml import envelope
from qbxml.aggregate import Aggregate, RequestMessage
from qbxml.charge import ChargeQuery
from qbxml.company import CompanyQuery, HostQuery, PreferencesQuery
from qbxml.credit_memo import CreditMemoQuery
from qbxml.customer import CustomerQuery
from qbxml.deletion import ListDeletedQuery, TxnDeletedQuery
from qbxml.envelope import Request
from qbxml.invoice import InvoiceQuery
from qbxml.lists import AccountQuery, PaymentMethodQuery
from qbxml.payment import ReceivePaymentQuery, ReceivePaymentToDepositQuery
from scripts.simulate.quickbooks import CompanyFile, RequestProcessor
from sync_core import same_books
from tests.unit.qbxml_language import shared
from tests.unit.simulate.asking import GUID, answer, payment
from tests.unit.simulate.test_against_intuit import fill

OWNER = "{AAAAAAAA-0000-0000-0000-000000000001}"
CARD = "4111111111111111"

# Each list of elements, with a query that asks for it.
QUERIES: dict[str, RequestMessage] = {
    "HOST": HostQuery(),
    "HOST_UNREAD": HostQuery(),
    "COMPANY": CompanyQuery(owner_id=(OWNER,)),
    "STAMPS": CompanyQuery(owner_id=(OWNER,)),
    "PREFERENCES": PreferencesQuery(),
    "CLOSING_DATE": PreferencesQuery(),
    "CUSTOMER": CustomerQuery(active_status="All"),
    "PAYER": CustomerQuery(active_status="All"),
    "ACCOUNT": AccountQuery(active_status="All"),
    "METHOD": PaymentMethodQuery(active_status="All"),
    "INVOICE": InvoiceQuery(include_linked_txns=True),
    "CREDIT_MEMO": CreditMemoQuery(include_linked_txns=True),
    "CHARGE": ChargeQuery(),
    "RECEIPT": ReceivePaymentQuery(),
    "RECEIPT_WITH_LINES": ReceivePaymentQuery(include_line_items=True),
    "TO_DEPOSIT": ReceivePaymentToDepositQuery(),
    "DELETED": TxnDeletedQuery(txn_del_type=("Invoice",)),
    "LIST_DELETED": ListDeletedQuery(list_del_type=("Customer",)),
}


@pytest.fixture(autouse=True)
def _books(books: CompanyFile) -> None:
    """Put one of everything in the books, and a payment by a card that QuickBooks charged."""
    fill(books)
    books.receive_by_hand("Northside Bakery", amount="9.00", method="Visa", card_number=CARD)
    answer(books, payment(after_total=f"<ExternalGUID>{GUID}</ExternalGUID>"))


def asked(name: str) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(elements, name)
    return names


def told(books: CompanyFile, query: RequestMessage) -> tuple[Aggregate, ...]:
    return envelope.parse(text(books, query)).responses[0].objects


def text(books: CompanyFile, query: RequestMessage) -> str:
    request = envelope.build([Request("1", query)], version="13.0", on_error="continueOnError")
    shared.assert_valid(request)
    return RequestProcessor(books).process(request)


def narrowed(name: str) -> RequestMessage:
    return replace(QUERIES[name], include_ret_element=asked(name))  # type: ignore[type-var]  # dataclasses by a decorator of ours


def test_each_list_of_elements_is_looked_at_here() -> None:
    assert set(QUERIES) == {name for name in vars(elements) if name.isupper()}


@pytest.mark.parametrize("name", QUERIES)
def test_elements_are_those_of_the_answer_in_every_version_that_we_speak(name: str) -> None:
    declared = {each.name: each for _, each in QUERIES[name].answer.plan.elements}
    assert [each for each in declared if each in asked(name)] == sorted(
        asked(name), key=list(declared).index
    )
    assert max(Counter(asked(name)).values()) == 1
    since = [declared[each].since or (1, 0) for each in asked(name)]
    assert max(*since, (4, 0)) <= same_books.VERSION_MIN


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_asked_for_is_read_as_if_all_had_come(name: str, books: CompanyFile) -> None:
    whole, ours = told(books, QUERIES[name]), told(books, narrowed(name))
    names = dict(QUERIES[name].answer.plan.elements)
    left_out = {
        attribute: () if each.many else None
        for attribute, each in names.items()
        if each.name not in asked(name)
    }
    assert ours
    assert ours == tuple(replace(each, **left_out) for each in whole)  # type: ignore[type-var]  # dataclasses by a decorator of ours
    # Each was told of some of them, so that it was seen to come.
    seen = {
        each.name
        for attribute, each in names.items()
        for item in ours
        if getattr(item, attribute) not in (None, ())
    }
    assert seen == set(asked(name))


@pytest.mark.parametrize("name", ["RECEIPT", "RECEIPT_WITH_LINES"])
def test_no_card_is_told_of_though_quickbooks_would(name: str, books: CompanyFile) -> None:
    assert CARD in text(books, QUERIES[name])
    ours = text(books, narrowed(name))
    assert "CreditCard" not in ours
    assert CARD not in ours
