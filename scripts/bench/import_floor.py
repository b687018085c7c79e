"""The floor of `import`: the same pages and the same rows with bare lxml and bare sqlite3.

It follows the worker page by page, so that whatever else the machine does falls on both. What it
needs is read from the worker's database outside the clock; inside it every envelope is parsed or
built, every page parsed and its values taken out, every row written, every commit made.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from scripts.bench import floor
from scripts.simulate.web_connector import Session

Rows = list[tuple[Any, ...]]

# What a message set adds on its way out; what its answer adds.
_OUT = ("wc_session", "exchange")
_IN = (
    *("customer", "invoice", "credit_memo", "receipt", "linked_txn"),
    *("payment_method", "account", "reading"),
)

# What is kept of an entry, and of what is set against it.
_TXN = (
    *("TxnID", "TimeCreated", "TimeModified", "EditSequence", "CustomerRef/ListID"),
    *("ARAccountRef/ListID", "TxnDate", "RefNumber"),
)
_NAMES = {
    "CustomerRet": (
        *("ListID", "TimeModified", "EditSequence", "FullName", "ParentRef/ListID", "IsActive"),
        *("Balance", "CurrencyRef/FullName"),
    ),
    "InvoiceRet": (
        *(*_TXN, "IsPending", "DueDate", "Subtotal", "SalesTaxTotal", "BalanceRemaining"),
        *("CurrencyRef/FullName", "Memo", "IsPaid"),
    ),
    "ReceivePaymentRet": (
        *(*_TXN, "CustomerRef/FullName", "TotalAmount", "UnusedPayment", "ExternalGUID"),
    ),
}
_LINE = ("TxnID", "TxnType", "TxnDate", "RefNumber", "Amount")


class Floor:
    """A copy of the worker's database, from before the run, to which its work is done again.

    `cpu` and `wall` are seconds by kind of work: "parse", "values", "rows".
    """

    def __init__(self, database: Path, copy: Path) -> None:
        self._source = sqlite3.connect(database, isolation_level=None)
        self._db = floor.opened(floor.snapshot(database, copy))
        self._last = dict.fromkeys((*_OUT, *_IN), 0)
        for table in self._last:  # what stands there already is not written again
            self._gained(table)
        self.cpu: dict[str, float] = defaultdict(float)
        self.wall: dict[str, float] = defaultdict(float)

    def follow(self, session: Session) -> None:
        """Do what the worker has done since the last time, and forget the calls it did it for."""
        gained = {table: self._gained(table) for table in self._last}
        sets = floor.trees(session.message_sets)
        with self._clock("parse"):
            told = [floor.answer_in(call) for call in session.calls]
            floor.answer(session.calls, sets)
        with self._clock("values"):
            for answer in told:
                if answer is not None:
                    _read(answer)
        with self._clock("rows"):
            self._write(gained)
        session.calls.clear()
        session.message_sets.clear()

    def close(self) -> None:
        """Be done with both databases."""
        self._source.close()
        self._db.close()

    @contextmanager
    def _clock(self, kind: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu[kind] += time.process_time() - cpu
        self.wall[kind] += time.perf_counter() - wall

    def _gained(self, table: str) -> Rows:
        """Read the rows that a table has gained."""
        found = self._source.execute(
            f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid",  # noqa: S608 - a name of ours
            (self._last[table],),
        ).fetchall()
        if found:
            self._last[table] = found[-1][0]
        return [row[1:] for row in found]

    def _write(self, gained: dict[str, Rows]) -> None:
        """Write rows in two transactions, as the server must: what left, and what came back."""
        for tables in (_OUT, _IN):
            self._db.execute("BEGIN IMMEDIATE")
            for table in tables:
                if gained[table]:
                    rows = gained[table]
                    self._db.executemany(floor.insert(table, len(rows[0])), rows)
            floor.touch(self._db)
            self._db.execute("COMMIT")


def _read(root: etree._Element) -> None:
    """Take the values out of a page, each by its name."""
    for response in root[0]:
        for returned in response:
            for name in _NAMES.get(str(returned.tag), ()):
                returned.findtext(name)
            for line in returned.iterchildren("LinkedTxn", "AppliedToTxnRet"):
                for name in _LINE:
                    line.findtext(name)
