"""How much importing the books costs the server, beside the least it could cost.

A real gunicorn worker on SQLite, a simulated office over HTTP. The floor follows page by page: it
parses the very pages of that run with bare lxml and writes the very rows with bare sqlite3.
"""

import sqlite3
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from scripts.bench import import_floor, office, statements, worker
from scripts.bench.office import Office
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.lists import system_clock
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.transport import Transport

# What the product promises; see docs/performance.md.
RATIO_MAX = 3.0
# Ten times as many invoices may move the worker's peak by what is noise between two runs.
MEMORY_RATIO_MAX = 1.1
AGAIN_EXCHANGES_MAX = 1
AGAIN_STATEMENTS_MAX = 20
INVOICES_PER_CUSTOMER = 100
# The books were kept until two days ago: what was modified within the hour would be told again.
KEPT, REST = timedelta(days=300), timedelta(days=2)
EXCHANGE = ("sendRequestXML", "receiveResponseXML")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of CPU, and seconds that somebody had to wait."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, kw_only=True)
class Again:
    """A sync in which nothing is new: its exchanges, and how many statements it ran.

    `statements` are those for the lists; `in_exchanges` all that their two calls ran, with what a
    session and the payments need besides; `in_all` those of all calls.
    """

    exchanges: int
    statements: int
    in_exchanges: int
    in_all: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """Books imported once, and once more with nothing changed. `floor` is by kind of work."""

    invoices: int
    imported: int
    exchanges: int
    spent: Cost
    floor: dict[str, Cost]
    peak_kib: int
    again: Again

    @property
    def least(self) -> Cost:
        """The whole floor."""
        return Cost(
            cpu_s=sum(cost.cpu_s for cost in self.floor.values()),
            wall_s=sum(cost.wall_s for cost in self.floor.values()),
        )

    @property
    def cpu_ratio(self) -> float:
        """CPU beside the floor."""
        return self.spent.cpu_s / self.least.cpu_s

    @property
    def time_ratio(self) -> float:
        """Time that the office waited for the server, beside the floor's."""
        return self.spent.wall_s / self.least.wall_s

    @property
    def bare_ratio(self) -> float:
        """CPU beside that of parsing and writing alone, as if nobody had to read the values."""
        return self.spent.cpu_s / (self.floor["parse"].cpu_s + self.floor["rows"].cpu_s)

    @property
    def counts_hold(self) -> bool:
        """Say whether the limits of one run are kept that are the same on every machine."""
        return (
            self.imported == self.invoices
            and self.again.exchanges <= AGAIN_EXCHANGES_MAX
            and self.again.statements <= AGAIN_STATEMENTS_MAX
        )

    @property
    def times_hold(self) -> bool:
        """Say whether one run cost no more than it may beside its floor."""
        return self.cpu_ratio <= RATIO_MAX and self.time_ratio <= RATIO_MAX


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The books, and before them the tenth part of such books."""

    tenth: Run
    run: Run

    @property
    def memory_ratio(self) -> float:
        """The worker's peak beside that with the tenth part."""
        return self.run.peak_kib / self.tenth.peak_kib

    @property
    def counts_hold(self) -> bool:
        """Say whether the limits are kept that are the same on every machine."""
        return (
            self.run.counts_hold
            and self.tenth.imported == self.tenth.invoices
            and self.run.again == self.tenth.again
        )

    @property
    def holds(self) -> bool:
        """Say whether all limits are kept."""
        return self.counts_hold and self.run.times_hold and self.memory_ratio <= MEMORY_RATIO_MAX

    def as_json(self) -> dict[str, Any]:
        """Give all figures as JSON's own types."""
        ratios = {
            name: getattr(self.run, name) for name in ("cpu_ratio", "bare_ratio", "time_ratio")
        }
        return {
            "run": asdict(self.run),
            "tenth": asdict(self.tenth),
            **{name: round(ratio, 2) for name, ratio in ratios.items()},
            "memory_ratio": round(self.memory_ratio, 3),
            "holds": self.holds,
        }

    def as_text(self) -> str:
        """Give the figures as a person reads them."""
        run, tenth, again, before = self.run, self.tenth, self.run.again, self.tenth.again
        spent, least = run.spent, run.least
        parts = ", ".join(f"{kind} {_us(run, each.cpu_s)}" for kind, each in run.floor.items())
        limit = f"at most {RATIO_MAX};"
        rows: tuple[tuple[str, object, str], ...] = (
            ("exchanges", run.exchanges, ""),
            ("CPU per invoice", _us(run, spent.cpu_s), " us"),
            ("floor", _us(run, least.cpu_s), f" us   {parts}"),
            ("ratio", f"{run.cpu_ratio:.2f}", f"      {limit} {tenth.cpu_ratio:.2f} for a tenth"),
            ("values unread", f"{run.bare_ratio:.2f}", "      beside parse and rows alone"),
            ("time per invoice", _us(run, spent.wall_s), " us"),
            ("floor", _us(run, least.wall_s), " us"),
            ("ratio", f"{run.time_ratio:.2f}", f"      {limit} {tenth.time_ratio:.2f} for a tenth"),
            ("peak memory", worker.mib(tenth.peak_kib), f"  {tenth.invoices} invoices"),
            ("", worker.mib(run.peak_kib), f"  {run.invoices} invoices"),
            ("memory ratio", f"{self.memory_ratio:.3f}", f"      at most {MEMORY_RATIO_MAX}"),
        )
        unchanged: tuple[tuple[str, object, str], ...] = (
            ("exchanges", again.exchanges, f"      at most {AGAIN_EXCHANGES_MAX}"),
            (
                "statements",
                again.statements,
                f"      at most {AGAIN_STATEMENTS_MAX}; {before.statements} for a tenth",
            ),
            ("of the exchange", again.in_exchanges, f"      {before.in_exchanges} for a tenth"),
            ("of the sync", again.in_all, f"      {before.in_all} for a tenth"),
        )
        return "\n".join(
            (
                f"import: {run.imported} of {run.invoices} invoices, every second one paid",
                *map(_line, rows),
                "import again: nothing changed",
                *map(_line, unchanged),
                "all limits kept" if self.holds else "A LIMIT IS BROKEN",
            )
        )


def _line(row: tuple[str, object, str]) -> str:
    name, value, more = row
    return f"  {name:<19} {value!s:>8}{more}".rstrip()


def _us(run: Run, seconds: float) -> str:
    return f"{1e6 * seconds / run.invoices:.0f}"


def measure(invoices: int) -> Figures:
    """Import the tenth part of the books, and the books."""
    return Figures(tenth=_import(max(invoices // 10, 1)), run=_import(invoices))


class _Line:
    """The line to the server, with a look at the clock and at what the server says of itself."""

    def __init__(self, line: Transport) -> None:
        self.line = line
        self.wall_s = 0.0
        self.statements = Counter[str]()
        self.of_lists = 0

    def __call__(self, operation: str, body: bytes) -> HttpAnswer:
        started = time.perf_counter()
        answer = self.line(operation, body)
        self.wall_s += time.perf_counter() - started
        counts, of_lists = answer.headers.get(statements.HEADER.lower(), "0 0").split()
        self.statements[operation] += int(counts)
        self.of_lists += int(of_lists)
        return answer


def _import(count: int) -> Run:
    with office.opened(_books(count)) as pc:
        exchanges = 0
        floor = import_floor.Floor(pc.database, pc.folder / "floor.sqlite3")
        with pc.served() as server:
            pc.connector.call("serverVersion")  # the worker is up
            pc.connector.transport = line = _Line(pc.connector.transport)
            (pid,) = server.workers()
            cpu_s = -worker.cpu_s(pid)
            session = pc.connector.begin()
            while operation := session.step():
                if operation == "receiveResponseXML":
                    exchanges += 1
                    floor.follow(session)
            floor.follow(session)
            cpu_s += worker.cpu_s(pid)
            peak_kib = worker.peak_kib(pid)
        floor.close()
        return Run(
            invoices=count,
            imported=_imported(pc.database),
            exchanges=exchanges,
            spent=Cost(cpu_s=cpu_s, wall_s=line.wall_s),
            floor={
                kind: Cost(cpu_s=floor.cpu[kind], wall_s=floor.wall[kind]) for kind in floor.cpu
            },
            peak_kib=peak_kib,
            again=_again(pc),
        )


def _again(pc: Office) -> Again:
    """Import once more, with a worker that counts its statements."""
    with pc.served("scripts.bench.counted:app"):
        pc.connector.transport = line = _Line(pc.connector.transport)
        session = pc.connector.begin()
        session.finish()
    return Again(
        exchanges=len(session.message_sets),
        statements=line.of_lists,
        in_exchanges=sum(line.statements[operation] for operation in EXCHANGE),
        in_all=line.statements.total(),
    )


def _books(count: int) -> CompanyFile:
    """Make books of so many invoices; every second one is paid, by a payment of its own."""
    now = began = system_clock() - KEPT - REST
    books = CompanyFile("Bench", clock=lambda: now)
    names = [f"Customer {number}" for number in range(max(count // INVOICES_PER_CUSTOMER, 1))]
    for name in names:
        books.add_customer(name)
    for number in range(count):
        now = began + KEPT * number / count
        name = names[number % len(names)]
        amount = f"{number * 37 % 900 + 20}.{number % 100:02}"
        txn_id = books.add_invoice(name, number=f"{number + 1}", amount=amount)
        if number % 2:
            books.receive_by_hand(
                name, number=f"{number}", amount=amount, invoices={txn_id: amount}
            )
    books.clock = system_clock
    return books


def _imported(file: Path) -> int:
    with sqlite3.connect(file) as db:
        (count,) = db.execute("SELECT count(*) FROM invoice").fetchone()
        return int(count)
