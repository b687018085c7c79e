"""Reading files of payments, CSV and JSON Lines, into what the API takes. Judges no payment.

A file is read line by line, so that memory does not grow with it. The format is described for
people in docs/payments-import.md.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from qbwc_server.errors import Problem, Refused
from qbwc_server.services.payment_input import PARTS_MAX
from sync_core.money import MoneyError, format_cents, parse_cents

# As much as the API takes for one payment; a longer line is no line of a payment.
LINE_MAX = 1 << 20

_CUSTOMER = {
    "customer_list_id": "list_id",
    "customer_name": "name",
    "customer_external_id": "external_id",
}
_INVOICE = {
    "invoice_txn_id": "txn_id",
    "invoice_number": "number",
    "invoice_external_id": "external_id",
}
_AMOUNT_OF_PART = "invoice_amount"
_PART = (*_INVOICE, _AMOUNT_OF_PART)
_PLAIN = (
    *("id", "amount", "received_on", "method", "memo", "reference"),
    *("processor", "processor_txn_id", "batch", "currency"),
)
COLUMNS = (*_PLAIN, *_CUSTOMER, *_PART)
_NEEDED = ("id", "amount", "received_on", "method")


@dataclass(frozen=True, slots=True)
class Entry:
    """One payment of a file: the line it begins in, and its value as JSON's own types.

    `problems` are faults of the line itself; then there is no value. `place` puts a JSON pointer
    into the words of the file.
    """

    line: int
    value: object = None
    problems: tuple[Problem, ...] = ()
    place: Callable[[str], str] = str


def read_json_lines(file: BinaryIO) -> Iterator[Entry]:
    """Read one JSON payment per line; blank lines are passed over.

    Raises:
        Refused: a line is too long to be one.
    """
    for number, line in _lines(file):
        if not line.strip():
            continue
        try:
            yield Entry(number, json.loads(line))
        except (ValueError, RecursionError):
            yield Entry(number, problems=(Problem("", "This line is no JSON."),))


def read_csv(file: BinaryIO) -> Iterator[Entry]:
    """Read payments from rows under a header; a row with the id of the row before adds a part.

    Raises:
        Refused: the header is not one of ours, or the file is no CSV from some line on.
    """
    rows = _rows(file)
    _, header = next(rows, (1, []))
    columns = _columns(header)
    before: list[tuple[int, dict[str, str]]] = []
    for number, cells in rows:
        if not any(cells):
            continue
        row = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
        if before and not _goes_on(before, row):
            yield _entry(before)
            before = []
        if any(cells[len(columns) :]):
            sentence = "This row has more cells than the header; is a comma not in quotes?"
            yield Entry(number, problems=(Problem("", sentence),))
            continue
        before.append((number, row))
    if before:
        yield _entry(before)


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Read numbered lines of UTF-8, a byte order mark or not.

    Bytes that are no letters are marked, so that they spoil the payment they stand in alone.
    """
    number = 0
    while line := file.readline(LINE_MAX + 1):
        number += 1
        if len(line) > LINE_MAX:
            raise Refused(
                f"Line {number} is longer than {LINE_MAX:,} bytes; is this the right file?"
            )
        encoding = "utf-8-sig" if number == 1 else "utf-8"
        yield number, line.decode(encoding, errors="surrogateescape")


def _rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Read rows of stripped cells, each with the number of the line it begins in."""
    reader = csv.reader((line for _, line in _lines(file)), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Refused(f"From line {begins} on this is no CSV: {error}.") from None


def _columns(header: Sequence[str]) -> list[str]:
    columns = [name.lower() for name in header]
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown:
        raise Refused(f'The column "{unknown[0]}" is not known. Known are: {", ".join(COLUMNS)}.')
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise Refused(f'The column "{twice[0]}" is there twice; take one out.')
    missing = [name for name in _NEEDED if name not in columns]
    if not set(columns) & set(_CUSTOMER):
        missing.append("customer_list_id, customer_name or customer_external_id")
    if missing:
        raise Refused(f"The first line must name the columns; missing: {', '.join(missing)}.")
    return columns


def _goes_on(before: Sequence[tuple[int, Mapping[str, str]]], row: Mapping[str, str]) -> bool:
    """Say whether a row is a further part of the payment before it.

    It has the same id and repeats, or leaves blank, what is said of the payment.
    """
    _, first = before[0]
    return (
        row["id"] == first["id"] != ""
        and len(before) < PARTS_MAX
        and any(row.get(name) for name in _PART)
        and all(row.get(name) in ("", None, first.get(name)) for name in (*_PLAIN, *_CUSTOMER))
    )


def _entry(rows: Sequence[tuple[int, Mapping[str, str]]]) -> Entry:
    number, first = rows[0]
    if not first["id"]:
        return Entry(number, problems=(Problem("id", "A row without an id cannot be taken."),))
    value: dict[str, Any] = {name: first[name] for name in _PLAIN if first.get(name)}
    value["amount"] = _normal(first["amount"])
    value["customer"] = _named(first, _CUSTOMER)
    value["apply"] = [
        {"invoice": _named(row, _INVOICE), "amount": _normal(row.get(_AMOUNT_OF_PART, ""))}
        for _, row in rows
        if any(row.get(name) for name in _PART)
    ]
    return Entry(number, value, place=_column)


def _named(row: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: row[column] for column, name in names.items() if row.get(column)}


def _normal(amount: str) -> str:
    """Write an amount with two decimals, since spreadsheets drop zeros; leave what is none."""
    try:
        return format_cents(parse_cents(amount))
    except MoneyError:
        return amount


def _column(pointer: str) -> str:
    """Name the column that a JSON pointer means."""
    return re.sub(r"^/apply(/\d+)?(/invoice)?", "/invoice", pointer)[1:].replace("/", "_")
