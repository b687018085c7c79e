"""A line on which calls get lost, come twice, or come late."""

import pytest

from scripts.simulate.postman import Postman
from scripts.simulate.quickbooks import CompanyFile
from scripts.simulate.soap import SoapError
from scripts.simulate.web_connector import WebConnector
from tests.unit.simulate.asking import message_set, payment
from tests.unit.simulate.pcs import connector
from tests.unit.simulate.service import Laid, Service, fault, working

HOST = message_set('<HostQueryRq requestID="h"/>')
PAY = message_set(payment(request_id="p"))


def office(books: CompanyFile, **laid: list[Laid]) -> tuple[WebConnector, Service, Postman]:
    """A PC whose line to the service, in this process, is the postman's."""
    service = Service({**working(HOST, PAY, percents=(50, 100)), **laid})
    pc = connector(service, books)
    pc.transport = post = Postman(lambda _, body: service.answer(body, {}))
    return pc, service, post


def answers_received(service: Service) -> list[bool]:
    """Say of each answer that the service got whether it told of payments."""
    got = service.arguments("receiveResponseXML")
    return ["ReceivePaymentAddRs" in arguments["response"] for arguments in got]


def test_without_orders_it_carries_everything(books: CompanyFile) -> None:
    pc, service, post = office(books)
    assert pc.update_selected().status == "OK"
    assert answers_received(service) == [False, True]
    assert post.kept == []


def test_a_lost_request_never_arrives(books: CompanyFile) -> None:
    pc, service, post = office(books)
    post.lose_request("receiveResponseXML", "ReceivePaymentAddRs")
    outcome = pc.update_selected()
    assert (outcome.status, outcome.error_code) == (
        "receiveResponseXML failed: the line was cut",
        "QBWC1042",
    )
    assert answers_received(service) == [False]
    assert len(books.payments()) == 1


def test_a_lost_answer_was_given(books: CompanyFile) -> None:
    pc, service, post = office(books)
    post.lose_answer("receiveResponseXML", "ReceivePaymentAddRs")
    assert pc.update_selected().error_code == "QBWC1042"
    assert answers_received(service) == [False, True]


def test_an_order_is_for_one_call(books: CompanyFile) -> None:
    pc, service, post = office(books)
    post.lose_answer("sendRequestXML")
    assert pc.update_selected().error_code == "QBWC1041"
    assert pc.update_selected().error_code is None
    assert service.operations().count("sendRequestXML") == 3
    assert answers_received(service) == [True, True]


def test_what_was_held_back_is_delivered_after_the_session_is_over(books: CompanyFile) -> None:
    pc, service, post = office(books)
    post.hold_back("receiveResponseXML", "ReceivePaymentAddRs")
    session = pc.begin()
    assert session.finish().error_code == "QBWC1042"
    assert answers_received(service) == [False]
    assert post.deliver() == [100]
    assert answers_received(service) == [False, True]
    assert service.asked[-1][1]["ticket"] == session.ticket
    assert post.deliver() == []


def test_a_copy_comes_again_later(books: CompanyFile) -> None:
    pc, service, post = office(books)
    post.copy("receiveResponseXML", "ReceivePaymentAddRs")
    assert pc.update_selected().status == "OK"
    assert post.deliver() == [100]
    first, second = service.arguments("receiveResponseXML")[1:]
    assert first == second
    assert answers_received(service) == [False, True, True]


@pytest.mark.parametrize("shows_first", [True, False])
def test_a_call_comes_twice_in_a_row(books: CompanyFile, *, shows_first: bool) -> None:
    pc, service, post = office(books, sendRequestXML=[HOST, PAY, ""])
    post.deliver_twice("sendRequestXML", shows_first=shows_first)
    session = pc.begin()
    assert session.take() == (HOST if shows_first else PAY)
    first, second = service.arguments("sendRequestXML")
    assert first == second


def test_a_letter_that_is_refused_says_so(books: CompanyFile) -> None:
    pc, _, post = office(books, closeConnection=[fault("Gone.")])
    post.hold_back("closeConnection")
    assert pc.update_selected().error_code == "QBWC1044"
    with pytest.raises(SoapError, match=r"Gone\."):
        post.deliver()
