"""The floor of `post`: the same message sets and the same rows with bare lxml and bare sqlite3.

What is read from a finished run is prepared outside the clock; what the server cannot do without is
done inside it: every envelope and message set parsed or built, every row written, every commit.
"""

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from lxml import etree

from scripts.bench import floor
from scripts.simulate.web_connector import Session

# What a posted payment is known by in an answer.
_READ = ("TxnID", "EditSequence", "RefNumber", "TotalAmount", "UnusedPayment", "ExternalGUID")
# It is over in a fraction of a second, during which the machine may have been busy or idle.
TURNS = 5
# The first session brought the books; the payments came after it.
_MEASURED = 2


def measure(before: Path, after: Path, session: Session) -> float:
    """Do a run's work once more with nothing but the libraries; CPU seconds, median of a few."""
    return median(
        _xml_s(session)
        + _rows_s(floor.snapshot(before, before.with_name(f"{turn}.sqlite3")), after)
        for turn in range(TURNS)
    )


def _xml_s(session: Session) -> float:
    sets = floor.trees(session.message_sets)
    started = time.process_time()
    for call in session.calls:
        answer = floor.answer_in(call)
        if answer is not None:
            _read(answer)
    floor.answer(session.calls, sets)
    return time.process_time() - started


def _read(root: etree._Element) -> None:
    for response in root[0]:
        (response.get("requestID"), response.get("statusCode"), response.get("statusMessage"))
        for returned in response:
            for name in _READ:
                returned.findtext(name)
            for line in returned.iterchildren("AppliedToTxnRet"):
                (line.findtext("TxnID"), line.findtext("Amount"))


@dataclass(frozen=True)
class _Rows:
    """The rows that one table gained, ready to be written again."""

    statement: str
    values: list[tuple[Any, ...]]


def _rows_s(before: Path, after: Path) -> float:
    with sqlite3.connect(after) as done:
        exchanges = _gained(done, "exchange", "id", f"wc_session_id = {_MEASURED}")
        events = _gained(done, "payment_event", "id", "wc_session_id IS NOT NULL")
        attempts = _gained(done, "attempt", "id")
        sessions = _gained(done, "wc_session", "id", f"id = {_MEASURED}")
        payments = done.execute(
            "SELECT checked_session_id, post_customer_list_id, post_customer_name,"
            " post_ar_account_list_id, post_method_list_id, txn_id, edit_sequence, applied_cents,"
            " unapplied_cents, posted_at, id FROM payment ORDER BY id"
        ).fetchall()
        sets = done.execute(
            "SELECT e.id, e.step, count(a.id) FROM exchange e"
            " LEFT JOIN attempt a ON a.exchange_id = e.id"
            " WHERE e.wc_session_id = ? GROUP BY e.id ORDER BY e.number",
            (_MEASURED,),
        ).fetchall()
    db = floor.opened(before)
    started = time.process_time()
    _write(db, sets, sessions, exchanges, attempts, events, payments)
    spent = time.process_time() - started
    db.close()
    return spent


def _gained(db: sqlite3.Connection, table: str, order: str, where: str = "1") -> _Rows:
    rows = db.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY {order}").fetchall()  # noqa: S608 - names of ours
    return _Rows(floor.insert(table, len(rows[0])), rows)


def _write(
    db: sqlite3.Connection,
    sets: list[tuple[int, str, int]],
    sessions: _Rows,
    exchanges: _Rows,
    attempts: _Rows,
    events: _Rows,
    payments: list[tuple[Any, ...]],
) -> None:
    """Write a run again: two transactions for each message set, as the server must."""
    db.execute("BEGIN IMMEDIATE")
    db.execute(sessions.statement, sessions.values[0])
    db.execute("COMMIT")
    handed = 0
    for number, (exchange_id, _, count) in enumerate(sets):
        out = slice(handed, handed + count)
        db.execute("BEGIN IMMEDIATE")
        db.execute(exchanges.statement, exchanges.values[number])
        if count:
            db.executemany(
                "UPDATE payment SET checked_session_id = ?, post_customer_list_id = ?,"
                " post_customer_name = ?, post_ar_account_list_id = ?, post_method_list_id = ?"
                " WHERE id = ?",
                [(*row[:5], row[-1]) for row in payments[out]],
            )
            db.executemany(
                "UPDATE payment SET status = 'sent', attempt_count = 1 WHERE id = ?",
                [row[-1:] for row in payments[out]],
            )
            db.executemany(attempts.statement, attempts.values[out])
            db.executemany(events.statement, events.values[2 * handed : 2 * handed + count])
        floor.touch(db)
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        if count:
            db.executemany(
                "UPDATE payment SET status = 'posted', txn_id = ?, edit_sequence = ?,"
                " applied_cents = ?, unapplied_cents = ?, posted_at = ? WHERE id = ?",
                [row[5:] for row in payments[out]],
            )
            db.executemany(
                "UPDATE attempt SET outcome = 'posted', status_code = 0 WHERE id = ?",
                [row[:1] for row in attempts.values[out]],
            )
            db.executemany(
                events.statement, events.values[2 * handed + count : 2 * (handed + count)]
            )
            handed += count
        db.execute("UPDATE exchange SET answered_at = asked_at WHERE id = ?", (exchange_id,))
        floor.touch(db)
        db.execute("COMMIT")
