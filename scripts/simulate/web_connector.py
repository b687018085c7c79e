"""A Web Connector: one install, which runs updates against a service over real HTTP.

It follows Intuit's state machine call by call and knows nothing of what the service is for. Source:
QBWC Programmer's Guide 2.0 (chapters 2, 6, 8, 10, Appendix A) and published QWCLog.txt excerpts.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import NamedTuple, TypeVar

from scripts.simulate import qwc_file, soap
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.refusals import ComError
from scripts.simulate.quickbooks.request_processor import Hook, RequestProcessor
from scripts.simulate.soap import SoapError
from scripts.simulate.transport import HttpTransport, Transport

# The code the Web Connector shows when a call fails; a failed serverVersion has none.
CODES = {
    "serverVersion": None,
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}
VERDICTS = {
    "none": ("No data exchange", None),
    "nvu": ("Invalid password for username", "QBWC1040"),
    "busy": ("Application busy", None),
}
DONE = 100  # percent; anything below goes on
NO_OP_WAIT_S = 5.0
CLIENT_VERSION = "2.3.0.215"
HOST_COMPANY_PREFERENCES = (
    '<?xml version="1.0"?><?qbxml version="{version}"?><QBXML>'
    '<QBXMLMsgsRq onError="continueOnError">'
    '<HostQueryRq requestID="0"/>'
    '<CompanyQueryRq requestID="1"><OwnerID>{owner_id}</OwnerID></CompanyQueryRq>'
    '<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
)
NO_OP = "NoOp"
TICKS_PER_MICROSECOND = 10
DOTNET_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001  # .NET counts from there, in UTC without saying so

Value = TypeVar("Value")
# Plays some calls, one operation name at a time, and comes to a value.
Steps = Generator[str, None, Value]


class Call(NamedTuple):
    """One SOAP call: the envelope sent, and the envelope or the error that came back."""

    operation: str
    request: str
    answer: str


@dataclass(frozen=True)
class Outcome:
    """How an update ended: the status column, the code if any, and the calls made."""

    status: str
    error_code: str | None
    calls: tuple[Call, ...]


class _EndedError(Exception):
    """The update is over before its time."""

    def __init__(self, status: str, error_code: str | None, *, is_closing: bool = False) -> None:
        super().__init__(status)
        self.status = status
        self.error_code = error_code
        self.is_closing = is_closing


class WebConnector:
    """One application in the Web Connector of one PC, and the company file open there.

    `transport`, `wait` (seconds), `clock` and `hook` are a test's handles. `auto_run` is the tick
    that makes the service's postponing count. `is_clean_pc` says that this PC never held the
    application, so that its stamp in the company file is a stranger's. `closes_after_failure`: what
    Intuit leaves open, whether closeConnection follows a failure, `busy`, or `done`.
    """

    def __init__(
        self,
        *,
        url: str,
        user_name: str,
        password: str,
        owner_id: str,
        file_id: str,
        company_file: CompanyFile,
        computer: str = "OFFICE-PC",
        run_every_s: int | None = None,
        transport: Transport | None = None,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        hook: Hook | None = None,
        auto_run: bool = False,
        accepts_warnings: bool = True,
        is_clean_pc: bool = False,
        closes_after_failure: bool = False,
    ) -> None:
        self.user_name = user_name
        self.password = password
        self.owner_id = owner_id
        self.file_id = file_id
        self.company_file = company_file
        self.computer = computer
        self.run_every_s = run_every_s
        self.transport = transport or HttpTransport(url)
        self.wait = wait
        self.clock = clock
        self.hook = hook
        self.auto_run = auto_run
        self.accepts_warnings = accepts_warnings
        self.is_clean_pc = is_clean_pc
        self.closes_after_failure = closes_after_failure
        self._session: Session | None = None

    @classmethod
    def from_qwc(
        cls,
        content: bytes,
        password: str,
        company_file: CompanyFile,
        *,
        computer: str = "OFFICE-PC",
    ) -> "WebConnector":
        """Add the application of a .qwc file and type its password.

        Errors: AddRefusedError, as for a file that the Web Connector does not take.
        """
        qwc = qwc_file.read(content)
        return cls(
            url=qwc.app_url,
            user_name=qwc.user_name,
            password=password,
            owner_id=qwc.owner_id,
            file_id=qwc.file_id,
            company_file=company_file,
            computer=computer,
            run_every_s=qwc.run_every_s,
        )

    def update_selected(self) -> Outcome:
        """Run one update to its end."""
        return self.begin().finish()

    def begin(self) -> "Session":
        """Begin an update, to be played call by call.

        A PC runs one update at a time: one that it left unfinished died before this one began.
        """
        if self._session:
            self._session.power_cut()
        self._session = Session(self)
        return self._session

    def call(self, operation: str, **arguments: str | int) -> soap.Result:
        """Make one SOAP call outside any update.

        Errors: SoapError; OSError or HTTPException when no answer came.
        """
        body = soap.write_request(operation, arguments)
        return soap.read_result(operation, self.transport(operation, body))


class Session:
    """One update, as far as it has come.

    `message_sets` are the qbXML texts out and in; the second is "" when QuickBooks refused the
    first whole. `held` is the one that was taken and is not executed yet: a PC may fall asleep on
    it, and `wake` after others have been at work. `is_online` may be turned off: calls fail then.
    An exception of a test's own leaves everything as `power_cut` does.
    """

    def __init__(self, connector: WebConnector) -> None:
        self.connector = connector
        self.books = connector.company_file
        self.ticket = ""
        self.calls: list[Call] = []
        self.message_sets: list[tuple[str, str]] = []
        self.status = ""
        self.error_code: str | None = None
        self.held = ""
        self.is_online = True
        self._processor: RequestProcessor | None = None
        self._executed: tuple[str, str, str] | None = None
        self._lock_value = ""
        self._run = self._play()

    @property
    def outcome(self) -> Outcome:
        """How it ended, or stands."""
        return Outcome(self.status, self.error_code, tuple(self.calls))

    def step(self) -> str | None:
        """Play on to the end of the next SOAP call; its operation, or None when all is over.

        What was asked for by one call (qbXML to execute) is done by the step that follows.
        """
        return next(self._run, None)

    def finish(self) -> Outcome:
        """Play on to the end."""
        while self.step():
            pass
        return self.outcome

    def take(self, request: str = "") -> str:
        """Play on until a message set with such a request ("ReceivePaymentAdd") is held.

        Errors: LookupError when the update ends without one.
        """
        while self.step():
            if f"<{request}" in self.held:
                return self.held
        raise LookupError(f"no {request or 'message set'} came: {self.status}")

    def execute(self, *, crash_after: int | None = None) -> None:
        """Let QuickBooks execute the held message set now; the next step hands its answer over.

        With `crash_after` QuickBooks is gone after that many of its requests, and 0x800706BA is
        handed over. Errors: RuntimeError when nothing is held.
        """
        if not self.held or self._processor is None:
            raise RuntimeError("the PC holds no message set that waits to be executed")
        text, self.held = self.held, ""
        try:
            self._executed = (self._processor.process(text, crash_after=crash_after), "", "")
        except ComError as error:
            self._executed = ("", error.hresult, error.message)
        self.message_sets.append((text, self._executed[0]))

    def ask_again(self) -> str:
        """Let QuickBooks execute what is held, lose its answer, and ask for a message set again.

        What comes is held instead, and QuickBooks goes on from where it is; when nothing comes, the
        update ends as the Web Connector ends it. Errors: RuntimeError when nothing is held.
        """
        if not self.held or self._processor is None:
            raise RuntimeError("the PC holds no message set that waits to be executed")
        with suppress(ComError):
            self._processor.process(self.held)
        major, minor = self.books.highest_version()
        self.held = str(
            self.connector.call(
                "sendRequestXML",
                ticket=self.ticket,
                strHCPResponse="",
                strCompanyFileName=self.books.path,
                qbXMLCountry=self.books.host.country,
                qbXMLMajorVers=major,
                qbXMLMinorVers=minor,
            )
        )
        if not self.held:
            self.status = str(self.connector.call("getLastError", ticket=self.ticket))
            self._unlock()
            self.connector.call("closeConnection", ticket=self.ticket)
            self._run.close()
        return self.held

    def wake(self, *, is_online: bool = True) -> Outcome:
        """Go on after a sleep: QuickBooks executes what is held, and the update runs to its end.

        When the network is not back yet, nothing of it reaches the service. Errors: RuntimeError
        when nothing is held.
        """
        self.is_online = is_online
        self.execute()
        return self.finish()

    def power_cut(self, *, after: int = 0) -> None:
        """Let the PC die, and first QuickBooks execute so many requests of the held message set.

        No further call is made, and the AppLock stays.
        """
        if after:
            self.execute(crash_after=after)
        self.held = ""
        self._run.close()

    def _play(self) -> Steps[None]:
        try:
            yield from self._update()
        except _EndedError as ended:
            self.status, self.error_code = ended.status, ended.error_code
            self._unlock()
            if self.connector.closes_after_failure and self.ticket and not ended.is_closing:
                with suppress(_EndedError):
                    yield from self._call("closeConnection", ticket=self.ticket)

    def _update(self) -> Iterator[str]:
        if not self.connector.password:
            raise _EndedError("No password is set", "QBWC1030")
        yield from self._call("serverVersion")
        answer = yield from self._text("clientVersion", strVersion=CLIENT_VERSION)
        self._obey_client_version(answer)
        path = yield from self._authenticate()
        if path is not None:
            self._processor = processor = yield from self._open_quickbooks(path)
            self._stamp()
            self._lock()
            yield from self._exchange(processor)
            self._unlock()
        text = yield from self._text("closeConnection", ticket=self.ticket)
        self.status = self.status or text

    def _obey_client_version(self, answer: str) -> None:
        prefix, text = answer[:2], answer[2:]
        if prefix == "O:":
            raise _EndedError(f"The service wants Web Connector {text}", None)
        if prefix == "E:" or (prefix == "W:" and not self.connector.accepts_warnings):
            raise _EndedError(text, "QBWC1037")
        if answer and prefix != "W:":
            raise _EndedError(f"clientVersion answered {answer!r}", "QBWC1046")

    def _authenticate(self) -> Steps[str | None]:
        """Log in: the file to open, or None when the service wants no exchange."""
        connector = self.connector
        answer = yield from self._call(
            "authenticate", strUserName=connector.user_name, strPassword=connector.password
        )
        assert isinstance(answer, list)
        self.ticket, verdict, postpone, interval = (*answer, "", "")[:4]
        if any(seconds and not seconds.isdecimal() for seconds in (postpone, interval)):
            raise _EndedError(f"authenticate answered {answer!r}", "QBWC1012")
        if connector.auto_run and interval:
            connector.run_every_s = max(connector.run_every_s or 0, int(interval))
        if connector.auto_run and postpone:
            raise _EndedError("Update postponed by application", None)
        if verdict.lower() not in VERDICTS:
            return verdict
        status, code = VERDICTS[verdict.lower()]
        if verdict.lower() == "busy":
            raise _EndedError(status, code)
        self.status, self.error_code = status, code
        return None

    def _open_quickbooks(self, path: str) -> Steps[RequestProcessor]:
        """Open the session with QuickBooks, as often as the service names another file."""
        while True:
            try:
                return RequestProcessor(self.books, path=path, hook=self.connector.hook)
            except ComError as error:
                path = yield from self._text(
                    "connectionError",
                    ticket=self.ticket,
                    hresult=error.hresult,
                    message=error.message,
                )
                if path.lower() == "done":
                    raise _EndedError(error.message, "QBWC1013") from None

    def _stamp(self) -> None:
        """Find the FileID in the company file, or leave it there."""
        connector = self.connector
        stamp = self.books.data_of(connector.owner_id).get("FileID")
        if stamp and (connector.is_clean_pc or stamp.upper() != connector.file_id.upper()):
            raise _EndedError("Unique OwnerID/FileID pair value required", "QBWC1039")
        self.books.write_data(connector.owner_id, "FileID", connector.file_id)
        connector.is_clean_pc = False

    def _lock(self) -> None:
        """Take the AppLock; one this PC left behind is taken over."""
        connector = self.connector
        held = self.books.data_of(connector.owner_id).get("AppLock", "")
        holder = held.split(":")[1] if held else connector.computer
        if holder != connector.computer:
            raise _EndedError(
                f"Update aborted. Company file is locked by another client {holder}", None
            )
        since_epoch = connector.clock().replace(tzinfo=None) - DOTNET_EPOCH
        ticks = since_epoch // timedelta(microseconds=1) * TICKS_PER_MICROSECOND
        self._lock_value = f"LOCKED:{connector.computer}:{ticks}"
        self.books.write_data(connector.owner_id, "AppLock", self._lock_value)

    def _unlock(self) -> None:
        """Clear the AppLock, if it is still this session's and QuickBooks is there to do it."""
        owner_id = self.connector.owner_id
        if self._processor and self._processor.has_crashed:
            return
        if self._lock_value and self.books.data_of(owner_id).get("AppLock") == self._lock_value:
            self.books.write_data(owner_id, "AppLock", "")

    def _exchange(self, processor: RequestProcessor) -> Iterator[str]:
        """Carry message sets until the service has enough."""
        hcp = self._ask_host(processor)
        major, minor = self.books.highest_version()
        while True:
            text = yield from self._text(
                "sendRequestXML",
                ticket=self.ticket,
                strHCPResponse=hcp,
                strCompanyFileName=self.books.path,
                qbXMLCountry=self.books.host.country,
                qbXMLMajorVers=major,
                qbXMLMinorVers=minor,
            )
            hcp = ""
            if text not in ("", NO_OP):
                percent = yield from self._hand_over()
                if percent == DONE:
                    return
                if percent >= 0:
                    continue
            error = yield from self._text("getLastError", ticket=self.ticket)
            if error != NO_OP or text not in ("", NO_OP):
                self.status = error
                return
            self.connector.wait(NO_OP_WAIT_S)

    def _ask_host(self, processor: RequestProcessor) -> str:
        major, minor = self.books.highest_version()
        question = HOST_COMPANY_PREFERENCES.format(
            version=f"{major}.{minor}", owner_id=self.connector.owner_id
        )
        try:
            return processor.process(question)
        except ComError as error:
            raise _EndedError(error.message, "QBWC1014") from None

    def _hand_over(self) -> Steps[int]:
        """Hand QuickBooks' answer to the held message set over; the percent done."""
        if self._executed is None:
            self.execute()
        assert self._executed
        response, hresult, message = self._executed
        self._executed = None
        percent = yield from self._call(
            "receiveResponseXML",
            ticket=self.ticket,
            response=response,
            hresult=hresult,
            message=message,
        )
        assert isinstance(percent, int)
        # What more than 100 does is not known; it must not be answered.
        if percent > DONE:
            raise _EndedError(f"receiveResponseXML answered {percent}", "QBWC1042")
        return percent

    def _text(self, operation: str, **arguments: str | int) -> Steps[str]:
        result = yield from self._call(operation, **arguments)
        assert isinstance(result, str)
        return result

    def _call(self, operation: str, **arguments: str | int) -> Steps[soap.Result]:
        """Make a call and note it; what fails ends the update with the operation's code."""
        body = soap.write_request(operation, arguments)
        problem = ""
        answer = ""
        result: soap.Result = ""
        try:
            if not self.is_online:
                raise ConnectionError("the network is down")
            http_answer = self.connector.transport(operation, body)
            answer = http_answer.body.decode("utf-8", "replace")
            result = soap.read_result(operation, http_answer)
        except (SoapError, OSError, HTTPException) as error:
            problem = f"{operation} failed: {error}"
        self.calls.append(Call(operation, body.decode(), answer or problem))
        if operation == "sendRequestXML" and result != NO_OP:
            self.held = str(result)
        yield operation
        if problem:
            is_closing = operation == "closeConnection"
            raise _EndedError(problem, CODES[operation], is_closing=is_closing)
        return result
