"""One test for every row of the Web Connector's state machine that concerns a server.

The rows are those of the QBWC Programmer's Guide 2.0, chapters 2 and 10, in their order, played by
the simulated Web Connector over real HTTP.
"""

import pytest

from scripts.simulate.quickbooks.refusals import ComError
from scripts.simulate.web_connector import Outcome, Session, WebConnector
from tests.acceptance.office import Office


def operations(outcome: Outcome) -> list[str]:
    return [call.operation for call in outcome.calls]


@pytest.fixture
def customer(office: Office) -> str:
    name = "Café Belém"
    office.books.add_customer(name)
    return name


def test_versions_are_told_without_a_ticket_and_every_web_connector_is_welcome(
    office: Office,
) -> None:
    pc = office.install()
    assert str(pc.call("serverVersion")).startswith("QuickBooks payment sync ")
    assert pc.call("clientVersion", strVersion="34.0.1.2") == ""


def test_authenticate_answers_two_strings_so_that_nothing_is_ever_postponed(
    office: Office,
) -> None:
    pc = office.install()
    answer = pc.call("authenticate", strUserName=pc.user_name, strPassword=pc.password)
    assert isinstance(answer, list)
    ticket, verdict = answer
    assert len(ticket) >= 40
    assert verdict == ""


def test_a_paused_company_is_told_that_there_is_no_work(office: Office) -> None:
    office.services.companies.set(office.company_id, {"paused": "yes"})
    outcome = office.install().update_selected()
    assert outcome.status == "No data exchange"
    assert operations(outcome)[-2:] == ["authenticate", "closeConnection"]


def test_a_wrong_password_is_told_as_that(office: Office) -> None:
    pc = office.install()
    pc.password = "not the one that was shown"
    outcome = pc.update_selected()
    assert (outcome.status, outcome.error_code) == ("Invalid password for username", "QBWC1040")
    assert operations(outcome)[-2:] == ["authenticate", "closeConnection"]


def test_a_second_pc_is_busy_while_the_first_one_is_at_it(office: Office) -> None:
    first, second = office.install("Front desk"), office.install("Back office", secondary=True)
    running = first.begin()
    while running.step() != "sendRequestXML":
        pass
    assert second.update_selected().status == "Application busy"
    while running.step():
        pass
    assert running.outcome.status == "Nothing to post."
    assert second.update_selected().status == "Nothing to post."


@pytest.mark.parametrize(
    ("hresult", "message", "told"),
    [
        ("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.", "window"),
        ("0x80040410", "The file is open in a different mode.", "Multi-user Mode"),
        ("0x80041234", "Something QuickBooks has never said before.", "never said before"),
    ],
)
def test_quickbooks_that_does_not_open_is_not_tried_in_a_loop(
    office: Office, customer: str, hresult: str, message: str, told: str
) -> None:
    payment = office.pay(customer, "150.00")
    pc = office.install()
    office.books.refuse_sessions(hresult, message)
    outcome = pc.update_selected()
    assert operations(outcome)[-1] == "connectionError"
    assert outcome.error_code == "QBWC1013"
    assert told in _last_message(office)
    assert office.payment(payment)["status"] == "queued"


def test_after_a_connection_error_the_next_update_goes_through(
    office: Office, customer: str
) -> None:
    payment = office.pay(customer, "150.00")
    pc = office.install()
    office.books.refuse_sessions("0x80040424", "QuickBooks is starting.")
    pc.update_selected()
    assert pc.update_selected().status == "1 payment posted"
    assert office.payment(payment)["status"] == "posted"


def test_a_file_locked_by_another_web_connector_ends_before_we_are_asked(
    office: Office, customer: str
) -> None:
    office.pay(customer, "150.00")
    pc = office.install()
    office.books.write_data(pc.owner_id, "AppLock", "LOCKED:ANOTHER-PC:639000000000000000")
    outcome = pc.update_selected()
    assert "locked by another client ANOTHER-PC" in outcome.status
    assert "sendRequestXML" not in operations(outcome)


def test_message_sets_go_back_and_forth_until_100(office: Office, customer: str) -> None:
    payment = office.pay(customer, "150.00")
    session = office.install().begin()
    while session.step():
        pass
    sent = [call for call in session.outcome.calls if call.operation == "sendRequestXML"]
    answered = [call for call in session.outcome.calls if call.operation == "receiveResponseXML"]
    assert len(sent) == len(answered) == len(session.message_sets) == 3
    assert all(out for out, _ in session.message_sets), "never an empty request"
    assert ">100<" in answered[-1].answer
    assert operations(session.outcome)[-1] == "closeConnection"
    assert session.outcome.status == "1 payment posted"
    assert office.payment(payment)["txn_id"]


def test_a_negative_answer_is_followed_by_a_sentence(office: Office, customer: str) -> None:
    office.pay(customer, "150.00")
    pc = office.install()
    session = pc.begin()
    while session.step() != "sendRequestXML":
        pass
    assert (
        pc.call(
            "receiveResponseXML",
            ticket=session.ticket,
            response="<QBXML><QBXMLMsgsRs>",
            hresult="",
            message="",
        )
        == -1
    )
    sentence = pc.call("getLastError", ticket=session.ticket)
    assert "cut or not well-formed" in str(sentence)
    assert pc.call("closeConnection", ticket=session.ticket) == sentence


def test_an_empty_request_is_followed_by_a_sentence(office: Office, customer: str) -> None:
    """Asked for the next message set while payments are out, we hand out nothing more."""
    payment = office.pay(customer, "150.00")
    pc, session = _until_payments_are_out(office)
    assert _send(pc, session.ticket) == ""
    assert "do not enter them by hand" in str(pc.call("getLastError", ticket=session.ticket))
    assert office.payment(payment)["status"] == "in_doubt"


def test_reading_again_does_no_harm(office: Office, customer: str) -> None:
    """A read set whose answer was lost is handed out again, the same."""
    office.pay(customer, "150.00")
    pc = office.install()
    session = pc.begin()
    while session.step() != "sendRequestXML":
        pass
    again = _send(pc, session.ticket)
    assert "InvoiceQueryRq" in again or "CompanyQueryRq" in again
    while session.step():
        pass
    assert session.outcome.status == "1 payment posted"


def test_closing_twice_says_the_same(office: Office, customer: str) -> None:
    office.pay(customer, "150.00")
    pc = office.install()
    session = pc.begin()
    while session.step():
        pass
    assert session.outcome.status == "1 payment posted"
    assert pc.call("closeConnection", ticket=session.ticket) == "1 payment posted"
    assert pc.call("getLastError", ticket=session.ticket) == "1 payment posted"


def test_a_session_that_is_over_hands_out_nothing(office: Office, customer: str) -> None:
    office.pay(customer, "150.00")
    pc = office.install()
    session = pc.begin()
    while session.step():
        pass
    office.pay(customer, "75.00")
    assert _send(pc, session.ticket) == ""


def test_a_ticket_that_is_not_ours_gets_sentences_and_no_work(office: Office) -> None:
    pc = office.install()
    assert _send(pc, "made-up") == ""
    assert (
        pc.call("receiveResponseXML", ticket="made-up", response="", hresult="", message="") == -1
    )
    assert "Update Selected" in str(pc.call("getLastError", ticket="made-up"))
    assert pc.call("closeConnection", ticket="made-up") == "No sync was under way."
    assert pc.call("connectionError", ticket="made-up", hresult="0x1", message="x") == "done"


def test_quickbooks_that_refuses_its_own_first_questions_costs_nothing(
    office: Office, customer: str
) -> None:
    """The Web Connector could not ask host and company (QBWC1014), and so never asks us."""
    payment = office.pay(customer, "150.00")
    pc = office.install()
    pc.hook = Refusing()
    outcome = pc.update_selected()
    assert outcome.error_code == "QBWC1014"
    assert "sendRequestXML" not in operations(outcome)
    assert office.payment(payment)["status"] == "queued"


class Refusing:
    """A QuickBooks that drops the session at the first request."""

    def before_execute(self, index: int) -> None:
        raise ComError("0x8004040D", f"The ticket parameter is invalid (request {index}).")


def _until_payments_are_out(office: Office) -> tuple[WebConnector, Session]:
    """Play a session to the moment at which payments were handed out, and stop there."""
    pc = office.install()
    session = pc.begin()
    while session.step():
        if "ReceivePaymentAddRq" in session.outcome.calls[-1].answer:
            return pc, session
    raise AssertionError(f"no payment was handed out: {session.outcome.status}")


def _send(pc: WebConnector, ticket: str) -> str:
    return str(
        pc.call(
            "sendRequestXML",
            ticket=ticket,
            strHCPResponse="",
            strCompanyFileName=pc.company_file.path,
            qbXMLCountry="US",
            qbXMLMajorVers=16,
            qbXMLMinorVers=0,
        )
    )


def _last_message(office: Office) -> str:
    return str(office.api("GET", "/sessions?limit=1").body["items"][0]["message"])
