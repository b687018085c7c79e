"""Reading mappings from CSV: a header, and a row for each of the payment site's ids.

The format is described for people in docs/mapping.md.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qbwc_server.errors import Refused
from qbwc_server.services.mappings import LIST_MAX, Kind, Mappings, ProposalView, What

_COLUMNS = {
    What.CUSTOMERS: ("external_id", "list_id", "name"),
    What.INVOICES: ("external_id", "txn_id", "number", "customer"),
}
# A line holds an id or two and a name; a longer one is no line of ours.
LINE_MAX = 10_000
# More refused lines than anybody mends one by one; beyond them they are counted.
REFUSED_SHOWN_MAX = 1000

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
    report = Report()
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for chunk in _chunks(_rows(csv.reader(_lines(file), strict=True), what)):
                _take(mappings, company_file_id, what, chunk, report, accept=accept, by=by)
    except csv.Error as error:
        raise Refused(f"{path.name} is no CSV from some line on: {error}.") from None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    return report


def _lines(file: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        if len(line) > LINE_MAX:
            raise Refused(f"Line {number} is longer than {LINE_MAX:,}; is this the right file?")
        yield line


def _rows(reader: Iterator[list[str]], what: What) -> Iterator[tuple[int, Row]]:
    known = _COLUMNS[what]
    header = [name.strip().lower() for name in next(reader, [])]
    unknown = [name for name in header if name not in known]
    if unknown or "external_id" not in header or len(set(header)) < max(len(header), 2):
        raise Refused(
            f"The first line must name the columns: external_id, and of {', '.join(known[1:])} "
            "those that follow."
        )
    for number, cells in enumerate(reader, 2):
        if any(cells):
            row = dict.fromkeys(known, "") | dict(zip(header, cells, strict=False))
            yield number, {name: value.strip() for name, value in row.items()}


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
