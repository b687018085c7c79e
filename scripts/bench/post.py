"""How much a posted payment costs the server, beside the least it could cost.

A real gunicorn worker on SQLite, a simulated office over HTTP. The floor builds and parses the very
message sets of that run with bare lxml, and writes the very rows with bare sqlite3, in as many
transactions.
"""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qbwc_server.services.intake import LIST_MAX
from scripts.bench import floor, office, post_floor, worker
from scripts.simulate.quickbooks.company_file import CompanyFile

# What the product promises; see docs/performance.md.
EXCHANGES_MAX_PER_1000 = 14
RATIO_MAX = 4.0
# Ten times as many waiting payments may move the worker's peak by what is noise between two runs.
MEMORY_RATIO_MAX = 1.1
CUSTOMERS = 50
# The machine may be busy with other things for the second that one run takes.
RUNS = 5


@dataclass(frozen=True, kw_only=True)
class Run:
    """One backlog posted. CPU is the worker's, in seconds; `peak_kib` its peak of memory."""

    payments: int
    posted: int
    exchanges: int
    cpu_s: float
    floor_s: float
    peak_kib: int

    @property
    def ratio(self) -> float:
        """CPU beside the floor."""
        return self.cpu_s / self.floor_s


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A backlog several times, and one ten times as long once."""

    runs: tuple[Run, ...]
    longer: Run

    @property
    def run(self) -> Run:
        """The run with the median ratio."""
        return sorted(self.runs, key=lambda run: run.ratio)[len(self.runs) // 2]

    @property
    def ratio(self) -> float:
        """CPU per payment beside the floor, each as in the run that was disturbed least.

        What else the machine does is only ever added to either of them.
        """
        return min(run.cpu_s for run in self.runs) / min(run.floor_s for run in self.runs)

    @property
    def memory_ratio(self) -> float:
        """Peak with the longer backlog beside the peak with the shorter."""
        return self.longer.peak_kib / self.run.peak_kib

    @property
    def exchanges_max(self) -> int:
        """Exchanges that the shorter backlog may take."""
        return EXCHANGES_MAX_PER_1000 * max(self.run.payments // 1000, 1)

    @property
    def counts_hold(self) -> bool:
        """Say whether the limits are kept that are the same on every machine."""
        return (
            self.run.posted == self.run.payments
            and self.longer.posted == self.longer.payments
            and self.run.exchanges <= self.exchanges_max
        )

    @property
    def holds(self) -> bool:
        """Say whether all limits are kept."""
        return (
            self.counts_hold and self.ratio <= RATIO_MAX and self.memory_ratio <= MEMORY_RATIO_MAX
        )

    def as_json(self) -> dict[str, Any]:
        """Give all figures as JSON's own types."""
        return {
            "runs": [asdict(run) | {"ratio": round(run.ratio, 2)} for run in self.runs],
            "longer": asdict(self.longer),
            "ratio": round(self.ratio, 2),
            "memory_ratio": round(self.memory_ratio, 3),
            "holds": self.holds,
        }

    def as_text(self) -> str:
        """Give the figures as a person reads them."""
        run, longer = self.run, self.longer
        ratios = ", ".join(f"{each.ratio:.2f}" for each in self.runs)
        least = (min(each.cpu_s for each in self.runs), min(each.floor_s for each in self.runs))
        each_us, floor_us = (1e6 * seconds / run.payments for seconds in least)
        return "\n".join(
            (
                f"post: {run.posted} of {run.payments} waiting payments posted",
                f"  exchanges           {run.exchanges:>8}      at most {self.exchanges_max}",
                f"  CPU per payment     {each_us:>8.0f} us",
                f"  floor               {floor_us:>8.0f} us   bare lxml and sqlite3, same run",
                f"  ratio               {self.ratio:>8.2f}      at most {RATIO_MAX}; runs {ratios}",
                f"  peak memory         {worker.mib(run.peak_kib)}  {run.payments} waiting",
                f"                      {worker.mib(longer.peak_kib)}  {longer.payments} waiting",
                f"  memory ratio        {self.memory_ratio:>8.3f}      at most {MEMORY_RATIO_MAX}",
                "all limits kept" if self.holds else "A LIMIT IS BROKEN",
            )
        )


def measure(payments: int) -> Figures:
    """Post a backlog RUNS times, and one ten times as long once."""
    runs = tuple(_post(payments) for _ in range(RUNS))
    return Figures(runs=runs, longer=_post(10 * payments))


def _post(count: int) -> Run:
    books, given = _backlog(count)
    with office.opened(books) as pc:
        with pc.served() as server:
            pc.connector.update_selected()  # the worker is warm, and the books are known
            for first in range(0, count, LIST_MAX):
                some = given[first : first + LIST_MAX]
                pc.services.intake.queue(pc.company_file_id, some, by="bench")
            pc.services.engine.dispose()
            before = floor.snapshot(pc.database, pc.folder / "before.sqlite3")
            (pid,) = server.workers()
            cpu_s = -worker.cpu_s(pid)
            session = pc.connector.begin()
            while session.step():
                pass
            cpu_s += worker.cpu_s(pid)
            peak_kib = worker.peak_kib(pid)
        return Run(
            payments=count,
            posted=_posted(pc.database),
            exchanges=len(session.message_sets),
            cpu_s=cpu_s,
            floor_s=post_floor.measure(before, pc.database, session),
            peak_kib=peak_kib,
        )


def _backlog(count: int) -> tuple[CompanyFile, list[dict[str, Any]]]:
    """Make the books, and one payment for every invoice; every second one leaves some open."""
    books = CompanyFile("Bench")
    books.add_payment_method("Visa", "Visa")
    names = [f"Customer {number}" for number in range(CUSTOMERS)]
    list_ids = [books.add_customer(name) for name in names]
    given = []
    for number in range(count):
        txn_id = books.add_invoice(
            names[number % CUSTOMERS],
            number=f"{number + 1}",
            amount="125.00",
            date=date(2026, 11, 1),
        )
        amount = "125.00" if number % 2 else "100.00"
        given.append(
            {
                "id": f"web-{number}",
                "customer": {"list_id": list_ids[number % CUSTOMERS]},
                "amount": amount,
                "received_on": "2026-11-20",
                "method": "Visa",
                "processor": "Prairie Pay",
                "processor_txn_id": f"pp_{number}",
                "apply": [{"invoice": {"txn_id": txn_id}, "amount": amount}],
            }
        )
    return books, given


def _posted(file: Path) -> int:
    with sqlite3.connect(file) as db:
        (count,) = db.execute("SELECT count(*) FROM payment WHERE status = 'posted'").fetchone()
        return int(count)
