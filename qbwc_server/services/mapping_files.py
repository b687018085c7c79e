"""Reading mappings from CSV: a header, and a row for each of the payment site's ids.

The format is described for people in docs/mapping.md.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from qbwc_server.errors import Refused
from qbwc_server.services import csv_out
from qbwc_server.services.mappings import LIST_MAX, Kind, Mappings, ProposalView, What

_COLUMNS = {
    What.CUSTOMERS: ("external_id", "list_id", "name"),
    What.INVOICES: ("external_id", "txn_id", "number", "customer"),
}
# A line holds an id or two and a name; a longer one is no line of ours.
LINE_MAX = 10_000
# More refused lines than anybody mends one by one; beyond them they are counted.
REFUSED_SHOWN_MAX = 1000
# What stands in place of bytes that are no UTF-8.
_NO_UTF_8 = "\N{REPLACEMENT CHARACTER}"

Row = Mapping[str, str]


@dataclass(slots=True)
class Report:
    """What became of a file. `proposed` are those that an exact name or number found."""

    set: int = 0
    same: int = 0
    removed: int = 0
    refused: int = 0
    proposed: list[ProposalView] = field(default_factory=list)
    refused_lines: list[str] = field(default_factory=list)

    def refuse(self, line: int, sentence: str) -> None:
        """Count a line that was refused, and keep the first ones."""
        self.refused += 1
        if len(self.refused_lines) < REFUSED_SHOWN_MAX:
            self.refused_lines.append(f"Line {line}: {sentence}")


def import_file(
    mappings: Mappings,
    company_file_id: int,
    what: What,
    path: Path,
    *,
    accept: bool,
    by: str,
) -> Report:
    """Take in the mappings of a .csv file; `accept`: what is proposed is set, too.

    Raises:
        Refused: the file cannot be read, or its header is not one of ours.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return import_lines(mappings, company_file_id, what, file, accept=accept, by=by)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


def import_lines(
    mappings: Mappings,
    company_file_id: int,
    what: What,
    file: Iterable[str],
    *,
    accept: bool,
    by: str,
) -> Report:
    """Take in mappings, line by line; what was no UTF-8 is U+FFFD there.

    Raises:
        Refused: its header is not one of ours.
    """
    report = Report()
    for chunk in _chunks(_rows(_lines(file), what, report)):
        _take(mappings, company_file_id, what, chunk, report, accept=accept, by=by)
    return report


def _lines(file: Iterable[str]) -> Iterator[str]:
    """Give the lines up to one that is too long to be one of ours, which `csv` then misses."""
    for number, line in enumerate(file, 1):
        if len(line) > LINE_MAX:
            raise csv.Error(f"line {number} is longer than {LINE_MAX:,}")
        yield line


def _rows(lines: Iterator[str], what: What, report: Report) -> Iterator[tuple[int, Row]]:
    """Read rows with their lines' numbers; those that are none are refused on the way."""
    reader, known = csv.reader(lines, strict=True), _COLUMNS[what]
    header = _header(reader, known)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            report.refuse(
                reader.line_num, f"This is no CSV: {error}. Nothing was read from here on."
            )
            return
        if cells is None:
            return
        if any(cells[len(header) :]):
            report.refuse(reader.line_num, "There are more cells than columns.")
        elif any(_NO_UTF_8 in cell for cell in cells):
            report.refuse(reader.line_num, "This is no UTF-8; save the file as CSV UTF-8.")
        elif any(cells):
            told = (csv_out.read_cell(cell.strip()) for cell in cells)
            yield reader.line_num, dict.fromkeys(known, "") | dict(zip(header, told, strict=False))


def _header(reader: Iterator[list[str]], known: tuple[str, ...]) -> list[str]:
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error:
        header = []
    unknown = [name for name in header if name not in known]
    if unknown or "external_id" not in header or len(set(header)) < max(len(header), 2):
        raise Refused(
            f"The first line must name the columns: external_id, and of {', '.join(known[1:])} "
            "those that follow."
        )
    return header


def export(mappings: Mappings, company_file_id: int, what: What) -> Iterator[str]:
    """Write what is mapped as such a file, line by line, and below it what is to be filled in."""
    mapped = (
        (one.external_id, one.quickbooks_id, one.name)
        for one in mappings.every(company_file_id, what)
    )
    to_fill = (
        (one.external_id, None, None) for one in mappings.every_unmapped(company_file_id, what)
    )
    return csv_out.lines(_COLUMNS[what][:3], chain(mapped, to_fill))


def _chunks(rows: Iterator[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    chunk: list[tuple[int, Row]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == LIST_MAX:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _take(
    mappings: Mappings,
    company_file_id: int,
    what: What,
    rows: list[tuple[int, Row]],
    report: Report,
    *,
    accept: bool,
    by: str,
) -> None:
    _, own, name, *_ = _COLUMNS[what]
    to_find = [(line, row) for line, row in rows if not row[own] and row[name]]
    given = [
        (line, {"external_id": row["external_id"], own: row[own] or None})
        for line, row in rows
        if row[own] or not row[name]
    ]
    asked = [{key: value for key, value in row.items() if value} for _, row in to_find]
    found = mappings.propose(company_file_id, what, asked)
    for (line, row), one in zip(to_find, found, strict=True):
        if one.quickbooks_id is None:
            report.refuse(line, one.why_not or "")
        elif accept:
            given.append((line, {"external_id": row["external_id"], own: one.quickbooks_id}))
        else:
            report.proposed.append(one)
    outcomes = mappings.put(company_file_id, what, [value for _, value in given], by=by)
    for (line, _), outcome in zip(given, outcomes, strict=True):
        match outcome.outcome:
            case Kind.SET:
                report.set += 1
            case Kind.SAME:
                report.same += 1
            case Kind.REMOVED:
                report.removed += 1
            case _:
                report.refuse(line, " ".join(outcome.problems))
