"""One firm in one process: its books, its PCs, the use cases behind the SOAP service, a clock.

A PC's calls enter the service as WSGI calls, without a socket. Every message set that leaves is
held against Intuit's schema on its way.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from lxml import etree
from pydantic import SecretStr
from sqlalchemy import Engine, event, select, text

from models.base import Base
from models.engine import make_engine
from models.payment import Payment as PaymentRow
from qbwc_server.services import assembly
from qbwc_server.services.installs import NewInstall
from qbwc_server.services.payments import PaymentView
from qbwc_server.settings import Settings
from qbwc_server.soap.application import create_soap_app
from scripts.simulate import soap
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.records import Payment
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.transport import Transport
from scripts.simulate.web_connector import Session, WebConnector
from sync_core import connection, words
from sync_core.trouble import Kind, Trouble, Variant
from tests.unit.qbxml_language.shared import assert_valid

NAME = "Prairie Wind Yoga"
PATH = r"C:\Books\prairie.qbw"
FRONT_DESK = "198.51.100.7"
KEY = "the key of a test"

Row = dict[str, Any]


class SetClock:
    """A clock that stands until it is moved; the database's and the PC's alike."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

    def __call__(self, _db: object = None) -> datetime:
        return self.now

    def move(self, **by: int) -> None:
        self.now += timedelta(**by)


class Line:
    """The line from a PC to the service."""

    def __init__(self, app: WSGIApplication, address: str) -> None:
        self.app = app
        self.address = address

    def __call__(self, operation: str, body: bytes) -> HttpAnswer:
        """Make one call."""
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": self.address,
            "wsgi.input": BytesIO(body),
        }
        heads: list[tuple[str, dict[str, str]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
            heads.append((status, {name.lower(): value for name, value in headers}))

        content = b"".join(self.app(environ, start))
        answer = HttpAnswer(int(heads[0][0][:3]), heads[0][1], content)
        if operation == "sendRequestXML":
            leaves = str(soap.read_result(operation, answer))
            if leaves:
                assert leaves.isascii()
                assert_valid(leaves)
        return answer


@dataclass(slots=True)
class Firm:
    """A firm that takes web payments: its company file, and the server it is connected to."""

    books: CompanyFile
    services: assembly.UseCases
    app: WSGIApplication
    clock: SetClock
    company_id: str
    company_file_id: int
    queued: list[str] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        """The database."""
        return self.services.engine

    def pay(
        self,
        customer: str | Mapping[str, str],
        amount: str,
        apply: Mapping[str, str] | Sequence[Mapping[str, Any]] = (),
        **more: object,
    ) -> str:
        """Queue a web payment and give its id.

        `customer` is a full name, or names it as the API does; `apply` maps TxnIDs to amounts, or
        names invoices as the API does.
        """
        payment_id = f"web-{len(self.queued) + 1}"
        given = {
            "id": payment_id,
            "customer": {"name": customer} if isinstance(customer, str) else dict(customer),
            "amount": amount,
            "received_on": "2026-11-20",
            "method": "Visa",
            "apply": [
                {"invoice": {"txn_id": txn_id}, "amount": part} for txn_id, part in apply.items()
            ]
            if isinstance(apply, Mapping)
            else list(apply),
            **more,
        }
        (outcome,) = self.services.intake.queue(self.company_file_id, [given], by="api")
        assert outcome.kind == "created", outcome.problems
        self.queued.append(payment_id)
        return payment_id

    def payment(self, payment_id: str) -> PaymentView:
        """Look a payment up; why it was rejected can be said anew of the facts that are kept."""
        shown = self.services.payments.show(self.company_file_id, payment_id)
        if shown.rejection is not None:
            with self.engine.connect() as db:
                kept = db.execute(
                    select(PaymentRow.variant, PaymentRow.facts, PaymentRow.summary).where(
                        PaymentRow.company_file_id == self.company_file_id,
                        PaymentRow.external_id == payment_id,
                    )
                ).one()
            said = words.summary(shown.rejection.cause, kept.variant, kept.facts)
            assert kept.summary == said
            assert shown.rejection.summary == said or shown.rejection.variant == "entry_gone"
        return shown

    def statuses(self) -> dict[str, str]:
        """Say where each payment stands."""
        found = self.rows("SELECT external_id, status FROM payment ORDER BY id")
        return {row["external_id"]: row["status"] for row in found}

    def register(
        self, label: str = "Office PC", *, primary: bool = True, paired: bool = False
    ) -> NewInstall:
        """Register a Web Connector."""
        return self.services.installs.add(
            self.company_id, label=label, primary=primary, paired=paired
        )

    def add_to_pc(
        self, install: NewInstall, password: str | None = None, *, address: str = FRONT_DESK
    ) -> WebConnector:
        """Build an install's config file, add it to the Web Connector of a PC, type a password."""
        qwc = self.services.installs.build_file(install.id).content
        pc = WebConnector.from_qwc(
            qwc,
            password or install.password or "",
            self.books,
            computer=install.label.upper().replace(" ", "-"),
        )
        pc.transport = Line(self.app, address)
        pc.clock = self.clock
        return pc

    def pc(
        self, label: str = "Office PC", *, primary: bool = True, address: str = FRONT_DESK
    ) -> WebConnector:
        """Connect a PC."""
        return self.add_to_pc(self.register(label, primary=primary), address=address)

    def rows(self, sql: str, **values: object) -> list[Row]:
        """Read rows, as an administrator with a database tool does."""
        with self.engine.connect() as db:
            found = db.execute(text(sql), values).mappings().all()
        return [dict(row) for row in found]

    def attempts(self, payment_id: str) -> list[Row]:
        """Read the attempts of a payment, oldest first."""
        return self.rows(
            "SELECT attempt.* FROM attempt JOIN payment ON payment.id = attempt.payment_id"
            " WHERE payment.external_id = :id ORDER BY attempt.id",
            id=payment_id,
        )

    def last_session(self) -> Row:
        """Read the newest session."""
        return self.rows("SELECT * FROM wc_session ORDER BY id DESC LIMIT 1")[0]

    def everything(self) -> dict[str, list[Row]]:
        """Read the whole database."""
        with self.engine.connect() as db:
            return {
                table.name: [
                    dict(row)
                    for row in db.execute(table.select().order_by(*table.primary_key)).mappings()
                ]
                for table in Base.metadata.sorted_tables
            }

    def receipt(self, payment_id: str) -> Payment:
        """Find a payment's receipt in QuickBooks."""
        return self.books.payment(self.payment(payment_id).txn_id or "")

    def times_in_quickbooks(self, payment_id: str) -> int:
        """Count the receipts with a payment's number."""
        reference = self.payment(payment_id).reference
        return sum(receipt.number == reference for receipt in self.books.payments())


def open_firm(
    engine: Engine,
    folder: Path,
    *,
    yes_to_first: bool = True,
    holds_look_alikes: bool = False,
    name: str = NAME,
    **settings: Any,
) -> Firm:
    """Open a firm on a migrated database; `settings` are fields of Settings.

    Its payments may look alike, unless a test is about that.
    """
    clock = SetClock()
    server = Settings(
        database_url=url_of(engine),
        data_dir=folder,
        secret_key=SecretStr(KEY),
        public_url="https://pay.example.com",
        **settings,
    )
    services = assembly.UseCases.on(engine, server, clock)
    books = CompanyFile(name, path=PATH, clock=clock)
    books.add_account("First Prairie Bank", "Bank")
    books.add_payment_method("Visa", "Visa")
    books.add_payment_method("E-Check", "ECheck")
    company = services.companies.add(name, yes_to_first=yes_to_first)
    if not holds_look_alikes:
        services.companies.set(company.id, {"hold_look_alikes": "no"})
    return Firm(
        books,
        services,
        create_soap_app(services.sync, public_url=server.public_url),
        clock,
        company.id,
        services.companies.internal_id(company.id),
    )


def url_of(engine: Engine) -> str:
    """Give the URL of a database, with its password."""
    return engine.url.render_as_string(hide_password=False)


@contextmanager
def second_connection(firm: Firm) -> Iterator[Engine]:
    """Lend an engine that shares nothing with the server but the database."""
    engine = make_engine(url_of(firm.engine))
    try:
        yield engine
    finally:
        engine.dispose()


def status_of(kind: Kind, variant: Variant = Variant.PLAIN, **facts: str) -> str:
    """Say what the status column shows of a problem."""
    return connection.status(Trouble(kind, variant), facts)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Note the statements that are sent to a database meanwhile."""
    found: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def play(session: Session) -> Session:
    """Play a session to its end."""
    while session.step():
        pass
    return session


def play_until(session: Session, wanted: str) -> Session:
    """Play a session until a call was answered with something, such as a request's name."""
    while session.step():
        if wanted in session.calls[-1].answer:
            return session
    raise AssertionError(f"{wanted} never came; the session ended with {session.status!r}")


def until_all_is_read(session: Session) -> Session:
    """Play a session to the moment at which the books are read, and payments would leave next."""
    play_until(session, "InvoiceQueryRq")
    session.step()
    assert session.calls[-1].operation == "receiveResponseXML"
    return session


def update(pc: WebConnector) -> Session:
    """Press Update Selected, and give the whole session."""
    return play(pc.begin())


def until_payments_are_out(pc: WebConnector) -> Session:
    """Play a session to the moment at which payments were handed out, and stop there."""
    return play_until(pc.begin(), "ReceivePaymentAddRq")


def sign_in(pc: WebConnector) -> tuple[str, str]:
    """Sign in: ticket and verdict."""
    answer = pc.call("authenticate", strUserName=pc.user_name, strPassword=pc.password)
    assert isinstance(answer, list)
    ticket, verdict = answer
    return ticket, verdict


def send(pc: WebConnector, ticket: str, *, hcp: str = "") -> str:
    """Ask for the next message set."""
    return str(
        pc.call(
            "sendRequestXML",
            ticket=ticket,
            strHCPResponse=hcp,
            strCompanyFileName=pc.company_file.path,
            qbXMLCountry="US",
            qbXMLMajorVers=16,
            qbXMLMinorVers=0,
        )
    )


def receive(
    pc: WebConnector, ticket: str, response: str, *, hresult: str = "", message: str = ""
) -> int:
    """Hand over QuickBooks' answer."""
    percent = pc.call(
        "receiveResponseXML", ticket=ticket, response=response, hresult=hresult, message=message
    )
    assert isinstance(percent, int)
    return percent


def last_error(pc: WebConnector, ticket: str) -> str:
    """Ask what went wrong."""
    return str(pc.call("getLastError", ticket=ticket))


def close(pc: WebConnector, ticket: str) -> str:
    """Take leave."""
    return str(pc.call("closeConnection", ticket=ticket))


def requests(message_set: str, name: str = "") -> list[etree._Element]:
    """List the requests of a message set; `name` is "ReceivePaymentAdd", "" all of them."""
    root = etree.fromstring(message_set.encode())[0]
    return [node for node in root if not name or node.tag == f"{name}Rq"]


def sent(session: Session, name: str) -> list[list[etree._Element]]:
    """List the requests of a name, by message set, for the message sets that have any."""
    found = [requests(asked, name) for asked, _ in session.message_sets]
    return [some for some in found if some]


def kinds(session: Session) -> list[list[str]]:
    """Say what each message set asked for."""
    return [
        sorted({str(node.tag).removesuffix("Rq") for node in requests(asked)})
        for asked, _ in session.message_sets
    ]


def tampered(line: Transport, change: Callable[[str], str], *, only: str = "") -> Transport:
    """Change what QuickBooks answers on its way to the service, where it contains `only`."""

    def call(operation: str, body: bytes) -> HttpAnswer:
        if operation == "receiveResponseXML":
            given = etree.fromstring(body)[0][0]
            arguments = {str(etree.QName(node).localname): node.text or "" for node in given}
            if only in arguments["response"]:
                arguments["response"] = change(arguments["response"])
                body = soap.write_request(operation, arguments)
        return line(operation, body)

    return call
