"""The fault matrix: every call of the Web Connector meets every fault, with one PC and with two.

Real gunicorn workers over HTTP. Each cell is a company file of its own, with payments that are
partial, on account and in full. After the faults the Web Connectors run until they are quiet; then
QuickBooks is asked how often it carried each payment out.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from qbwc_server.services import assembly
from qbwc_server.services.payments import PaymentView
from qbwc_server.settings import Settings
from scripts.attack.faults import Fault, Line
from scripts.attack.lent import Lent, lend
from scripts.simulate.postman import Postman
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.server import Server, serving
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.transport import HttpTransport
from scripts.simulate.web_connector import WebConnector

KEY = "the key of an attack"
CUSTOMER = "Café Belém"
# The shortest there is: a cell waits in real time until a silent sync may be taken over.
TIMES = {
    "QBWC_SESSION_SILENT_S": "1",
    "QBWC_SESSION_SILENT_WITH_WRITES_S": "1",
    "QBWC_IN_DOUBT_WAIT_S": "1",
}
WAIT_S = 1.2
# A TxnID ends in the second of its creation: one that a lost timeline gave out does not come again.
SECOND_S = 1.1
ROUNDS_MAX = 8


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a session: the operation, and which of its calls, counted from 1."""

    operation: str
    number: int = 1
    prepare: str = ""  # what makes the Web Connector call it

    @property
    def name(self) -> str:
        """Name the call for a person."""
        return self.operation + (f" no. {self.number}" if self.number > 1 else "")


# The message sets of a new install's sync: the company, the books, and the payments.
STAGES = (1, 2, 3)
CALLS = (
    Call("serverVersion"),
    Call("clientVersion"),
    Call("authenticate"),
    *(Call("sendRequestXML", number) for number in STAGES),
    *(Call("receiveResponseXML", number) for number in STAGES),
    Call("connectionError", prepare="QuickBooks is closed"),
    Call("getLastError", prepare="QuickBooks dies"),
    Call("closeConnection"),
)
FAULTS: tuple[Line | Fault, ...] = (*Line, *Fault)


@dataclass(slots=True)
class Office:
    """A firm: its books, its PCs, its payments. `name` says which cell it is."""

    name: str
    books: CompanyFile
    company_id: str
    company_file_id: int
    pcs: list[WebConnector]
    payments: list[str] = field(default_factory=list)

    def posts(self) -> list[Postman]:
        """Give the lines of the PCs."""
        return [pc.transport for pc in self.pcs if isinstance(pc.transport, Postman)]


class Marked:
    """A line to the server that can order a fault for the next call of an operation."""

    def __init__(self, url: str) -> None:
        self.plain = HttpTransport(url)
        self.parts = urlsplit(url)
        self.fault: Fault | None = None
        self.operation = ""

    def order(self, operation: str, fault: Fault) -> None:
        """Let the next call of an operation meet a fault."""
        self.operation, self.fault = operation, fault

    def __call__(self, operation: str, body: bytes) -> HttpAnswer:
        """Make one call. Errors: OSError, http.client.HTTPException."""
        if self.fault is None or operation != self.operation:
            return self.plain(operation, body)
        headers = {"Content-Type": "text/xml; charset=utf-8", "X-Fault": self.fault}
        self.fault = None
        connection = HTTPConnection(self.parts.hostname or "", self.parts.port, timeout=100)
        try:
            connection.request("POST", self.parts.path, body, headers)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return HttpAnswer(answer.status, names, answer.read())
        finally:
            connection.close()


@dataclass(slots=True)
class Town:
    """All offices on one server and one database."""

    server: Server
    services: assembly.UseCases
    offices: list[Office] = field(default_factory=list)
    broken: dict[str, list[str]] = field(default_factory=dict)

    def move_in(self, name: str, pcs: int) -> Office:
        """Set up a firm with payments that wait: partial, on account, and in full."""
        books = CompanyFile(name)
        books.add_payment_method("Visa", "Visa")
        books.add_customer(CUSTOMER)
        company = self.services.companies.add(name, yes_to_first=True)
        office = Office(
            name, books, company.id, self.services.companies.internal_id(company.id), []
        )
        for number in range(pcs):
            made = self.services.installs.add(
                company.id, label=f"PC {number + 1}", primary=number == 0
            )
            qwc = self.services.installs.build_file(made.id).content
            pc = WebConnector.from_qwc(qwc, made.password or "", books, computer=f"PC-{number + 1}")
            pc.transport = Postman(Marked(f"{self.server.url}/qbwc"))
            office.pcs.append(pc)
        self.pay(office)
        self.offices.append(office)
        return office

    def pay(self, office: Office) -> None:
        """Queue four more payments; three of four are partial or on account."""
        first = office.books.add_invoice(CUSTOMER, amount="100.00")
        second = office.books.add_invoice(CUSTOMER, amount="25.00")
        done = len(office.payments)
        parts = [{first: "40.00"}, {}, {second: "25.00"}, {first: "30.00"}]
        given = [
            {
                "id": f"web-{done + number}",
                "customer": {"name": CUSTOMER},
                "amount": f"{50 + done + number}.00",
                "received_on": "2026-11-20",
                "method": "Visa",
                "apply": [
                    {"invoice": {"txn_id": txn_id}, "amount": part}
                    for txn_id, part in apply.items()
                ],
            }
            for number, apply in enumerate(parts)
        ]
        outcomes = self.services.intake.queue(office.company_file_id, given, by="attack")
        assert {outcome.kind for outcome in outcomes} == {"created"}
        office.payments += [str(one["id"]) for one in given]

    def run_until_quiet(self) -> None:
        """Let all Web Connectors call until nothing waits any more, or it was often enough."""
        waiting = list(self.offices)
        for _ in range(ROUNDS_MAX):
            time.sleep(WAIT_S)
            for office in waiting:
                for pc in office.pcs:
                    pc.begin().finish()
            waiting = [office for office in waiting if not self._is_quiet(office)]
            if not waiting:
                return

    def judge(self) -> None:
        """Hold every office against its books."""
        for office in self.offices:
            wrong = list(self._wrong(office))
            if wrong:
                self.broken[office.name] = wrong

    def _is_quiet(self, office: Office) -> bool:
        return all(payment.status == "posted" for payment in self._payments(office))

    def _payments(self, office: Office) -> Iterator[PaymentView]:
        return self.services.payments.every(office.company_file_id)

    def _wrong(self, office: Office) -> Iterator[str]:
        receipts = office.books.payments()
        for payment in self._payments(office):
            mine = [receipt for receipt in receipts if receipt.number == payment.reference]
            added = sum(
                office.books.executed_adds[receipt.external_guid or ""] for receipt in mine[:1]
            )
            if payment.status != "posted":
                yield f"{payment.id} is {payment.status}: {payment.note}"
            if len(mine) != 1 or added != 1:
                yield f"{payment.id} stands there {len(mine)} times, carried out {added} times"
            elif payment.status == "posted" and payment.txn_id != mine[0].txn_id:
                yield f"{payment.id} is said to be {payment.txn_id}, not {mine[0].txn_id}"
        if len(receipts) != len(office.payments):
            yield f"{len(receipts)} payments in QuickBooks for {len(office.payments)}"
        verified = self.services.verify.company(office.company_id)
        yield from (f"verify: {check.name}" for check in verified.checks if not check.holds)


def meet(office: Office, call: Call, fault: Line | Fault) -> None:
    """Play a sync in which one call meets a fault; what comes after is the next sync's."""
    pc, next_pc = office.pcs[0], office.pcs[-1]
    post = pc.transport
    assert isinstance(post, Postman)
    marked = post.line
    assert isinstance(marked, Marked)
    session = pc.begin()
    if call.prepare == "QuickBooks is closed":
        office.books.refuse_sessions("0x80040416", "QuickBooks is not running.")
    if call.prepare == "QuickBooks dies":
        session.take("ReceivePaymentAdd")
        session.execute(crash_after=2)
    while sum(made.operation == call.operation for made in session.calls) < call.number - 1:
        if session.step() is None:
            raise RuntimeError(f"{call.name} was never made: {session.status}")
    order = {
        Line.REQUEST_LOST: post.lose_request,
        Line.ANSWER_LOST: post.lose_answer,
        Line.TWICE: post.deliver_twice,
        Line.LATE: post.hold_back,
    }
    if isinstance(fault, Fault):
        marked.order(call.operation, fault)
    else:
        order[fault](call.operation)
    before = len(session.calls)
    session.finish()
    if not any(made.operation == call.operation for made in session.calls[before:]):
        raise RuntimeError(f"{call.name} was never made: {session.status}")
    if fault is Line.LATE:
        later = next_pc.begin()
        while later.step() not in ("authenticate", None):
            pass
        post.deliver()
        later.finish()


Scenario = Callable[[Town, Office], None]


def sleeps(_town: Town, office: Office, *, is_online: bool = True) -> None:
    """The PC sleeps with a message set in its hands; the others call; it wakes and executes."""
    asleep = office.pcs[0].begin()
    asleep.take("ReceivePaymentAdd")
    for _ in range(2):
        time.sleep(WAIT_S)
        for pc in office.pcs[1:]:
            pc.begin().finish()
    asleep.wake(is_online=is_online)


def dies_half_way(_town: Town, office: Office) -> None:
    """The PC loses its power in the middle of a message set."""
    session = office.pcs[0].begin()
    session.take("ReceivePaymentAdd")
    session.power_cut(after=2)


def quickbooks_dies(_town: Town, office: Office) -> None:
    """QuickBooks dies in the middle of a message set, and the Web Connector lives to tell."""
    session = office.pcs[0].begin()
    session.take("ReceivePaymentAdd")
    session.execute(crash_after=2)
    session.finish()


def file_restored(town: Town, office: Office) -> None:
    """Their file is restored from before; an administrator calls it ours, and posts again."""
    kept = office.books.backup()
    for pc in office.pcs:
        pc.begin().finish()
    time.sleep(SECOND_S)
    office.books.restore(kept)
    for pc in office.pcs:
        pc.begin().finish()
    if office.books.payments():
        town.broken[f"{office.name}: written before a person was asked"] = [
            str(len(office.payments))
        ]
    town.services.companies.confirm(office.company_id, by="attack")
    office.pcs[-1].begin().finish()
    town.services.review.reopen_missing(office.company_file_id, note="Restored.", by="attack")


def file_copied(town: Town, office: Office) -> None:
    """A copy is opened on a PC after the original went on; then the original again."""
    copy = office.books.backup()
    office.pcs[0].begin().finish()
    pc = office.pcs[-1]
    pc.company_file, original = copy, pc.company_file
    pc.begin().finish()
    if copy.payments():
        town.broken[f"{office.name}: the copy was written to"] = [str(len(copy.payments()))]
    pc.company_file = original


SCENARIOS: dict[str, Scenario] = {
    "the PC sleeps before executing": sleeps,
    "the PC sleeps, and wakes without a network": partial(sleeps, is_online=False),
    "the PC dies half-way": dies_half_way,
    "QuickBooks dies half-way": quickbooks_dies,
    "their file is restored": file_restored,
    "their file is copied": file_copied,
}


def run(kind: str) -> tuple[int, dict[str, list[str]]]:
    """Run all cells on one kind of database; how many, and what is broken in which."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with lend(kind, folder) as lent:
            cells, broken = _faults(lent, folder)
        with lend(kind, folder) as lent:
            more, worse = _our_database_restored(lent, folder)
    return cells + more, broken | worse


def _environ(lent: Lent, folder: Path) -> dict[str, str]:
    return {
        "QBWC_DATABASE_URL": lent.url,
        "QBWC_DATA_DIR": str(folder),
        "QBWC_SECRET_KEY": KEY,
        "QBWC_LOG_LEVEL": "ERROR",
        **TIMES,
    }


def _services(lent: Lent, folder: Path, url: str) -> assembly.UseCases:
    return assembly.use_cases(
        Settings(database_url=lent.url, data_dir=folder, secret_key=SecretStr(KEY), public_url=url)
    )


def _faults(lent: Lent, folder: Path) -> tuple[int, dict[str, list[str]]]:
    with serving(_environ(lent, folder), workers=3, app="scripts.attack.faulty:app") as server:
        town = Town(server, _services(lent, folder, server.url))
        try:
            cells = [*product((1, 2), CALLS, FAULTS)]
            for number, (pcs, call, fault) in enumerate(cells):
                tell(f"faults {number + 1} of {len(cells)}")
                office = town.move_in(f"{call.name}, {fault}, {pcs} PC", pcs)
                meet(office, call, fault)
            for pcs, (name, scenario) in product((1, 2), SCENARIOS.items()):
                tell(name)
                scenario(town, town.move_in(f"{name}, {pcs} PC", pcs))
            tell("until quiet")
            town.run_until_quiet()
            town.judge()
        finally:
            town.services.engine.dispose()
    return len(town.offices), town.broken


def _our_database_restored(lent: Lent, folder: Path) -> tuple[int, dict[str, list[str]]]:
    """Our database is restored from before it posted, with and without `qbwc restore`."""
    broken: dict[str, list[str]] = {}
    cells = 0
    for says_so in (False, True):
        named = "our database restored" + (", qbwc restore" if says_so else "")
        offices: list[Office] = []
        tell(named)
        with serving(_environ(lent, folder), workers=2) as server:
            town = Town(server, _services(lent, folder, server.url))
            offices = [town.move_in(f"{named}, {pcs} PC", pcs) for pcs in (1, 2)]
            town.services.engine.dispose()
        lent.keep()
        with serving(_environ(lent, folder), workers=2) as server:
            town = _again(lent, folder, server, offices)
            for office in offices:
                office.pcs[0].begin().finish()
            town.services.engine.dispose()
        lent.restore()
        with serving(_environ(lent, folder), workers=2) as server:
            town = _again(lent, folder, server, offices)
            if says_so:
                town.services.restore.run(by="attack")
            town.run_until_quiet()
            town.judge()
            town.services.engine.dispose()
        cells += len(offices)
        broken |= town.broken
    return cells, broken


def _again(lent: Lent, folder: Path, server: Server, offices: Sequence[Office]) -> Town:
    """Move the offices to a server that was started again, at another port."""
    for office in offices:
        for post in office.posts():
            post.line = Marked(f"{server.url}/qbwc")
    return Town(server, _services(lent, folder, server.url), list(offices))


def tell(what: str) -> None:
    """Say how far it is, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say on what."""
    command.add_argument(
        "databases", nargs="*", default=["sqlite", "postgresql"], help="default: both"
    )


def main(arguments: argparse.Namespace) -> int:
    """Run the matrix, print how many cells ran and passed; 1 when one is broken."""
    failed = 0
    for kind in arguments.databases:
        began = time.monotonic()
        cells, broken = run(kind)
        tell("")
        failed += len(broken)
        for name, wrong in broken.items():
            print(f"  BROKEN  {name}: {'; '.join(wrong)}")
        took_s = time.monotonic() - began
        print(f"matrix on {kind}: {cells} cells run, {cells - len(broken)} passed, {took_s:.0f} s")
    return 1 if failed else 0
