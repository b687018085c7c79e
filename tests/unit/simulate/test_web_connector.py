"""The state machine of the Web Connector, over real HTTP, against a stub of the service."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree

from scripts.simulate.quickbooks import ComError, CompanyFile
from scripts.simulate.soap import HttpAnswer, SoapError
from scripts.simulate.transport import Transport
from scripts.simulate.web_connector import WebConnector
from tests.unit.simulate.asking import message_set, payment, read
from tests.unit.simulate.pcs import connector
from tests.unit.simulate.qwc_example import FILE, OWNER, SCHEDULER, qwc
from tests.unit.simulate.service import TICKET, Laid, fault, running, working

pytestmark = pytest.mark.enable_socket

OPENING = ["serverVersion", "clientVersion", "authenticate"]
HOST = message_set('<HostQueryRq requestID="h"/>')
PAY = message_set(payment(total="25.00", request_id="p"))
LOCK = "LOCKED:OFFICE-PC:639154824000000000"
OTHER_FILE = "{00000000-33D9-4815-AC85-BC87A7E7D1EB}"


def test_a_whole_update(books: CompanyFile) -> None:
    with running(working(HOST, PAY, percents=(50, 100))) as service:
        session = connector(service, books).begin()
        while session.step():
            pass
    outcome = session.outcome
    assert (outcome.status, outcome.error_code) == ("OK", None)
    round_trip = ["sendRequestXML", "receiveResponseXML"]
    assert service.operations() == [*OPENING, *round_trip, *round_trip, "closeConnection"]
    assert [call.operation for call in outcome.calls] == service.operations()
    assert service.arguments("authenticate") == [
        {"strUserName": "bluestem-1", "strPassword": "pa&ss"}
    ]
    tickets = [arguments.get("ticket") for _, arguments in service.asked[3:]]
    assert set(tickets) == {TICKET}
    assert len(books.payments()) == 1
    assert [request for request, _ in session.message_sets] == [HOST, PAY]
    assert session.message_sets[1][1] == service.arguments("receiveResponseXML")[1]["response"]


def test_what_each_call_carries(books: CompanyFile) -> None:
    with running(working(HOST, PAY, percents=(0, 100))) as service:
        connector(service, books).update_selected()
    first, second = service.arguments("sendRequestXML")
    assert first | {"strHCPResponse": ""} == second
    assert second == {
        "ticket": TICKET,
        "strHCPResponse": "",
        "strCompanyFileName": r"C:\Books\rock_castle.qbw",
        "qbXMLCountry": "US",
        "qbXMLMajorVers": "16",
        "qbXMLMinorVers": "0",
    }
    hcp = read(first["strHCPResponse"])
    assert [(each.tag, each.get("requestID")) for each in hcp] == [
        ("HostQueryRs", "0"),
        ("CompanyQueryRs", "1"),
        ("PreferencesQueryRs", "2"),
    ]
    data = {row.findtext("DataExtName"): row for row in hcp[1].iter("DataExtRet")}
    assert data["FileID"].findtext("DataExtValue") == FILE
    assert data["AppLock"].findtext("DataExtValue") == LOCK
    assert data["AppLock"].findtext("OwnerID") == OWNER
    answered = service.arguments("receiveResponseXML")[0]
    assert (answered["hresult"], answered["message"]) == ("", "")


def test_how_the_calls_look_on_the_wire(books: CompanyFile) -> None:
    with running(working(HOST)) as service:
        connector(service, books).update_selected()
    assert service.headers[3]["soapaction"] == '"http://developer.intuit.com/sendRequestXML"'
    assert service.headers[3]["content-type"] == "text/xml; charset=utf-8"
    assert service.headers[3]["expect"] == "100-continue"
    assert b'<serverVersion xmlns="http://developer.intuit.com/" />' in service.bodies[0]


def test_the_file_is_stamped_and_the_lock_given_back(books: CompanyFile) -> None:
    with running(working(HOST)) as service:
        session = connector(service, books).begin()
        while session.step() != "sendRequestXML":
            pass
        assert books.data_of(OWNER.lower()) == {"FileID": FILE, "AppLock": LOCK}
        while session.step() != "closeConnection":
            pass
        # The lock is given back before closeConnection is called.
        assert books.data_of(OWNER) == {"FileID": FILE}


def test_the_stamp_of_another_install_stops_the_update(books: CompanyFile) -> None:
    books.write_data(OWNER, "FileID", OTHER_FILE)
    with running(working(HOST)) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.error_code == "QBWC1039"
    assert service.operations() == OPENING
    assert books.data_of(OWNER) == {"FileID": OTHER_FILE}


def test_a_clean_pc_does_not_know_its_own_stamp(books: CompanyFile) -> None:
    with running(working(HOST)) as service:
        assert connector(service, books).update_selected().error_code is None
        new_pc = connector(service, books, computer="NEW-PC", is_clean_pc=True)
        assert new_pc.update_selected().error_code == "QBWC1039"
        books.write_data(OWNER, "FileID", "")
        assert new_pc.update_selected().error_code is None
        assert new_pc.update_selected().error_code is None


def test_a_lock_of_another_pc_stops_the_update(books: CompanyFile) -> None:
    books.write_data(OWNER, "AppLock", "LOCKED:FRONT-DESK:639154824000000000")
    with running(working(HOST)) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.status == ("Update aborted. Company file is locked by another client FRONT-DESK")
    assert service.operations() == OPENING
    assert books.data_of(OWNER)["AppLock"].startswith("LOCKED:FRONT-DESK:")


def test_two_installs_do_not_lock_each_other_out(books: CompanyFile) -> None:
    books.write_data(OTHER_FILE, "AppLock", "LOCKED:FRONT-DESK:639154824000000000")
    with running(working(HOST)) as service:
        assert connector(service, books).update_selected().status == "OK"


def test_a_lock_this_pc_left_behind_is_taken_over(books: CompanyFile) -> None:
    with running(working(HOST)) as service:
        dead = connector(service, books).begin()
        while dead.step() != "sendRequestXML":
            pass
        later = connector(service, books, clock=lambda: datetime(2026, 5, 28, tzinfo=UTC)).begin()
        while later.step() != "sendRequestXML":
            pass
        taken = books.data_of(OWNER)["AppLock"]
        assert taken != LOCK
        # The dead session, should it live after all, does not give back what is not its own.
        while dead.step():
            pass
        assert books.data_of(OWNER)["AppLock"] == taken


@pytest.mark.parametrize(
    ("answer", "is_accepting", "status", "code"),
    [
        ("W:Please update", True, "OK", None),
        ("W:Please update", False, "Please update", "QBWC1037"),
        ("E:Too old", True, "Too old", "QBWC1037"),
        ("O:34.0", True, "The service wants Web Connector 34.0", None),
        ("hello", True, "clientVersion answered 'hello'", "QBWC1046"),
    ],
)
def test_client_version(
    books: CompanyFile, *, answer: str, is_accepting: bool, status: str, code: str | None
) -> None:
    with running({**working(HOST), "clientVersion": [answer]}) as service:
        outcome = connector(service, books, accepts_warnings=is_accepting).update_selected()
    assert (outcome.status, outcome.error_code) == (status, code)
    assert ("authenticate" in service.operations()) is (status == "OK")


@pytest.mark.parametrize(
    ("verdict", "status", "code", "closes"),
    [
        ("none", "No data exchange", None, True),
        ("NONE", "No data exchange", None, True),
        ("nvu", "Invalid password for username", "QBWC1040", True),
        ("busy", "Application busy", None, False),
    ],
)
def test_verdicts_without_an_exchange(
    books: CompanyFile, *, verdict: str, status: str, code: str | None, closes: bool
) -> None:
    with running({**working(), "authenticate": [[TICKET, verdict]]}) as service:
        outcome = connector(service, books).update_selected()
    assert (outcome.status, outcome.error_code) == (status, code)
    assert service.operations() == [*OPENING, *["closeConnection"] * closes]
    assert not books.private_data


def test_a_password_that_was_never_typed(books: CompanyFile) -> None:
    with running(working(HOST)) as service:
        outcome = connector(service, books, password="").update_selected()
    assert outcome.error_code == "QBWC1030"
    assert service.operations() == []


def test_postponing_counts_with_auto_run_only(books: CompanyFile) -> None:
    answers: dict[str, list[Laid]] = {**working(HOST), "authenticate": [[TICKET, "", "60", "900"]]}
    with running(answers) as service:
        by_hand = connector(service, books, run_every_s=300)
        assert by_hand.update_selected().status == "OK"
        assert by_hand.run_every_s == 300
        automatic = connector(service, books, run_every_s=300, auto_run=True)
        outcome = automatic.update_selected()
    assert outcome.status == "Update postponed by application"
    assert [call.operation for call in outcome.calls] == OPENING
    assert automatic.run_every_s == 900


def test_an_interval_is_raised_and_never_lowered(books: CompanyFile) -> None:
    with running({**working(HOST), "authenticate": [[TICKET, "", "", "60"]]}) as service:
        automatic = connector(service, books, run_every_s=300, auto_run=True)
        assert automatic.update_selected().status == "OK"
    assert automatic.run_every_s == 300


def test_times_that_are_no_seconds(books: CompanyFile) -> None:
    with running({**working(HOST), "authenticate": [[TICKET, "", "soon"]]}) as service:
        assert connector(service, books).update_selected().error_code == "QBWC1012"


def test_a_path_opens_that_file(books: CompanyFile) -> None:
    books.is_open = False
    with running({**working(HOST), "authenticate": [[TICKET, books.path]]}) as service:
        assert connector(service, books).update_selected().status == "OK"


def test_connection_error_and_another_try(books: CompanyFile) -> None:
    answers: dict[str, list[Laid]] = {
        **working(HOST),
        "authenticate": [[TICKET, r"D:\moved.qbw"]],
        "connectionError": [""],
    }
    with running(answers) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.status == "OK"
    assert service.arguments("connectionError") == [
        {
            "ticket": TICKET,
            "hresult": "0x8004040A",
            "message": "Another company file is already open.",
        }
    ]


def test_connection_error_and_done(books: CompanyFile) -> None:
    books.refuse_sessions("0x80040414", "A modal dialog box is showing.", times=2)
    answers: dict[str, list[Laid]] = {**working(HOST), "connectionError": ["", "DONE"]}
    with running(answers) as service:
        outcome = connector(service, books).update_selected()
    assert (outcome.status, outcome.error_code) == ("A modal dialog box is showing.", "QBWC1013")
    assert service.operations() == [*OPENING, "connectionError", "connectionError"]


def test_a_closed_quickbooks_is_opened_by_the_file_that_was_answered(books: CompanyFile) -> None:
    books.is_open = False
    with running({**working(HOST), "connectionError": [books.path]}) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.status == "OK"
    assert service.operations().count("connectionError") == 1
    (first, *_) = service.arguments("sendRequestXML")
    assert first["strCompanyFileName"] == books.path


def test_it_is_asked_again_as_long_as_a_file_is_answered(books: CompanyFile) -> None:
    books.is_open = books.may_sign_in = False
    answers: dict[str, list[Laid]] = {
        **working(HOST),
        "connectionError": [books.path, books.path, "done"],
    }
    with running(answers) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.error_code == "QBWC1013"
    codes = [arguments["hresult"] for arguments in service.arguments("connectionError")]
    assert codes == ["0x80040416", "0x8004041D", "0x8004041D"]
    assert "sendRequestXML" not in service.operations()


def test_no_op_waits_and_asks_again(books: CompanyFile) -> None:
    waited: list[float] = []
    answers: dict[str, list[Laid]] = {
        **working("", "NoOp", HOST),
        "getLastError": ["NoOp", "NoOp", "never asked"],
    }
    with running(answers) as service:
        outcome = connector(service, books, wait=waited.append).update_selected()
    assert outcome.status == "OK"
    assert waited == [5.0, 5.0]
    assert service.operations()[3:7] == ["sendRequestXML", "getLastError"] * 2
    hcps = [arguments["strHCPResponse"] for arguments in service.arguments("sendRequestXML")]
    assert [bool(hcp) for hcp in hcps] == [True, False, False]


def test_an_empty_request_ends_with_the_last_error(books: CompanyFile) -> None:
    with running({**working(""), "getLastError": ["The books are not ours."]}) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.status == "The books are not ours."
    assert service.operations()[3:] == ["sendRequestXML", "getLastError", "closeConnection"]
    assert "AppLock" not in books.data_of(OWNER)


def test_an_empty_last_error_ends_too(books: CompanyFile) -> None:
    with running(working("")) as service:
        assert connector(service, books).update_selected().status == "OK"


@pytest.mark.parametrize("text", ["Something is wrong.", "NoOp"])
def test_a_negative_percentage_ends_with_the_last_error(books: CompanyFile, text: str) -> None:
    with running({**working(HOST, percents=(-1,)), "getLastError": [text]}) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.status == text
    assert service.operations()[4:] == ["receiveResponseXML", "getLastError", "closeConnection"]


def test_more_than_100_percent(books: CompanyFile) -> None:
    with running(working(HOST, percents=(101,))) as service:
        assert connector(service, books).update_selected().error_code == "QBWC1042"


def test_a_set_that_quickbooks_cannot_parse(books: CompanyFile) -> None:
    with running(working("<not qbxml>")) as service:
        session = connector(service, books).begin()
        while session.step():
            pass
    assert service.arguments("receiveResponseXML") == [
        {
            "ticket": TICKET,
            "response": "",
            "hresult": "0x80040400",
            "message": "QuickBooks found an error when parsing the provided XML text stream.",
        }
    ]
    assert session.message_sets == [("<not qbxml>", "")]


def test_host_company_and_preferences_may_fail(books: CompanyFile) -> None:
    class Dead:
        def before_execute(self, index: int) -> None:
            raise ComError("0x80010105", f"The server threw an exception at {index}.")

    with running(working(HOST)) as service:
        outcome = connector(service, books, hook=Dead()).update_selected()
    assert outcome.error_code == "QBWC1014"
    assert service.operations() == OPENING
    assert "AppLock" not in books.data_of(OWNER)


FAILURES = [
    ("serverVersion", None, 1),
    ("clientVersion", "QBWC1036", 2),
    ("authenticate", "QBWC1012", 3),
    ("sendRequestXML", "QBWC1041", 4),
    ("receiveResponseXML", "QBWC1042", 5),
    ("closeConnection", "QBWC1044", 6),
]


@pytest.mark.parametrize(("operation", "code", "calls"), FAILURES)
def test_a_call_that_fails_ends_the_update_with_its_code(
    books: CompanyFile, operation: str, code: str | None, calls: int
) -> None:
    with running({**working(PAY), operation: [fault("It broke.")]}) as service:
        outcome = connector(service, books).update_selected()
    assert outcome.error_code == code
    assert outcome.status == f"{operation} failed: HTTP status 500: It broke."
    assert len(outcome.calls) == len(service.asked) == calls
    assert "It broke." in outcome.calls[-1].answer
    assert "AppLock" not in books.data_of(OWNER)
    # QuickBooks has executed the set before its answer could not be handed over.
    assert len(books.payments()) == (1 if calls > 4 else 0)


def test_get_last_error_and_connection_error_may_fail(books: CompanyFile) -> None:
    with running({**working(""), "getLastError": [fault("It broke.")]}) as service:
        assert connector(service, books).update_selected().error_code == "QBWC1043"
    books.refuse_sessions("0x80040408", "Could not start QuickBooks.")
    with running({**working(HOST), "connectionError": [fault("It broke.")]}) as service:
        assert connector(service, books).update_selected().error_code == "QBWC1045"


def test_a_service_that_is_not_there(books: CompanyFile) -> None:
    with running(working(HOST)) as service:
        pass
    outcome = connector(service, books).update_selected()
    assert outcome.status.startswith("serverVersion failed: ")
    assert len(outcome.calls) == 1


@pytest.mark.parametrize(
    ("answers", "operations"),
    [
        ({"sendRequestXML": [fault("It broke.")]}, ["sendRequestXML", "closeConnection"]),
        ({"authenticate": [[TICKET, "busy"]]}, ["closeConnection"]),
        (
            {"closeConnection": [fault("It broke.")]},
            ["sendRequestXML", "receiveResponseXML", "closeConnection"],
        ),
        ({"authenticate": [fault("It broke.")]}, []),
    ],
)
def test_it_may_close_the_connection_after_a_failure(
    books: CompanyFile, answers: dict[str, list[Laid]], operations: list[str]
) -> None:
    with running({**working(HOST), **answers}) as service:
        connector(service, books, closes_after_failure=True).update_selected()
    assert service.operations()[3:] == operations


def losing(
    transport: Transport, operation: str, *, request: bool
) -> Callable[[str, bytes], HttpAnswer]:
    """Lose the request, or the answer, of an operation."""

    def call(name: str, body: bytes) -> HttpAnswer:
        if name == operation and request:
            raise ConnectionResetError("the line was cut")
        answer = transport(name, body)
        if name == operation:
            raise ConnectionResetError("the line was cut")
        return answer

    return call


@pytest.mark.parametrize("request_is_lost", [True, False])
def test_a_lost_request_and_a_lost_answer(books: CompanyFile, *, request_is_lost: bool) -> None:
    with running(working(PAY)) as service:
        wc = connector(service, books)
        wc.transport = losing(wc.transport, "receiveResponseXML", request=request_is_lost)
        outcome = wc.update_selected()
    assert outcome.error_code == "QBWC1042"
    assert outcome.status == "receiveResponseXML failed: the line was cut"
    assert len(service.arguments("receiveResponseXML")) == (0 if request_is_lost else 1)
    assert len(books.payments()) == 1


def test_a_session_is_played_call_by_call(books: CompanyFile) -> None:
    with running(working(PAY)) as service:
        session = connector(service, books).begin()
        played = [session.step() for _ in range(4)]
        assert played == [*OPENING, "sendRequestXML"]
        # A PC may sleep here for hours: the set is out, and nothing is executed yet.
        assert not books.payments()
        assert session.step() == "receiveResponseXML"
        assert len(books.payments()) == 1
        assert (session.step(), session.step()) == ("closeConnection", None)
        assert session.step() is None


def test_a_power_cut_leaves_everything_as_it_is(books: CompanyFile) -> None:
    class PowerCut(Exception):  # noqa: N818  # a power cut is no error of ours
        """The PC is dark."""

    def dark(operation: str, body: bytes) -> HttpAnswer:
        if operation == "receiveResponseXML":
            raise PowerCut(len(body))
        return transport(operation, body)

    with running(working(PAY)) as service:
        wc = connector(service, books)
        transport, wc.transport = wc.transport, dark
        session = wc.begin()
        while session.step() != "sendRequestXML":
            pass
        with pytest.raises(PowerCut):
            session.step()
        assert session.step() is None
    assert service.operations() == [*OPENING, "sendRequestXML"]
    assert len(books.payments()) == 1
    assert books.data_of(OWNER)["AppLock"] == LOCK


def test_a_single_call(books: CompanyFile) -> None:
    answers: dict[str, list[Laid]] = {**working(percents=(37,)), "getLastError": [fault("Gone.")]}
    with running(answers) as service:
        wc = connector(service, books)
        assert wc.call("closeConnection", ticket="t") == "OK"
        assert wc.call("authenticate", strUserName="u", strPassword="p") == [TICKET, ""]
        percent = wc.call("receiveResponseXML", ticket="t", response="", hresult="", message="")
        assert percent == 37
        with pytest.raises(SoapError, match=r"Gone\."):
            wc.call("getLastError", ticket="t")


def test_an_application_is_added_from_its_file(books: CompanyFile) -> None:
    with running(working(HOST)) as service:
        content = qwc(SCHEDULER, AppURL=service.url, AppSupport=service.url)
        wc = WebConnector.from_qwc(content, "secret", books, computer="BACK-ROOM")
        assert wc.update_selected().status == "OK"
    assert wc.run_every_s == 900
    assert service.arguments("authenticate") == [
        {"strUserName": "bluestem-1", "strPassword": "secret"}
    ]
    hcp = service.arguments("sendRequestXML")[0]["strHCPResponse"]
    assert "LOCKED:BACK-ROOM:" in hcp
    assert etree.fromstring(hcp.encode()).tag == "QBXML"
