"""Taking a whole file of payments in, and a report of what was refused.

Chunk by chunk: each is a transaction of its own, so a file that was cut off half way is simply
imported again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qbwc_server.errors import Problem, Refused
from qbwc_server.services import payment_files
from qbwc_server.services.intake import LIST_MAX, Intake, Kind, Outcome
from qbwc_server.services.payment_files import Entry

# More refused lines than anybody mends one by one; beyond them they are counted.
REFUSED_SHOWN_MAX = 1000

_READERS = {".csv": payment_files.read_csv, ".jsonl": payment_files.read_json_lines}


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A payment that was not taken: where it begins in the file, its id if it has one, and why."""

    line: int
    id: str | None
    sentences: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """What became of a file. `stopped` says why the rest of it was not read, if so."""

    created: int = 0
    already_there: int = 0
    refused: int = 0
    refused_lines: list[RefusedLine] = field(default_factory=list)
    stopped: str | None = None

    def note(self, entry: Entry, outcome: Outcome) -> None:
        """Count one payment."""
        match outcome.kind:
            case Kind.CREATED:
                self.created += 1
            case Kind.SAME:
                self.already_there += 1
            case _:
                self.refuse(entry, outcome.id, outcome.problems)

    def refuse(self, entry: Entry, external_id: str | None, problems: tuple[Problem, ...]) -> None:
        """Count one that was refused; keep the first ones with their sentences."""
        self.refused += 1
        if len(self.refused_lines) < REFUSED_SHOWN_MAX:
            said = (f"{entry.place(one.pointer)}: {one.sentence}" for one in problems)
            sentences = tuple(sentence.removeprefix(": ") for sentence in said)
            self.refused_lines.append(RefusedLine(entry.line, external_id, sentences))


def import_file(
    intake: Intake, company_file_id: int, path: Path, *, by: str, tell: Callable[[int], None]
) -> Report:
    """Take in the payments of a .csv or .jsonl file; `tell` hears how many bytes were read so far.

    Raises:
        Refused: the file cannot be opened, or is neither.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise Refused(f"{path.name} must end in .csv or .jsonl, so that we know what it is.")
    report = Report()
    try:
        with path.open("rb") as file:
            for chunk in _chunks(reader(file), report):
                _take(intake, company_file_id, chunk, report, by=by)
                tell(file.tell())
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    return report


def _chunks(entries: Iterator[Entry], report: Report) -> Iterator[list[Entry]]:
    """Cut entries into lists for the intake; what came before a break is still handed on."""
    chunk: list[Entry] = []
    try:
        for entry in entries:
            chunk.append(entry)
            if len(chunk) == LIST_MAX:
                yield chunk
                chunk = []
    except Refused as broken:
        report.stopped = str(broken)
    if chunk:
        yield chunk


def _take(
    intake: Intake, company_file_id: int, chunk: list[Entry], report: Report, *, by: str
) -> None:
    readable = [entry for entry in chunk if not entry.problems]
    given = [entry.value for entry in readable]
    outcomes = iter(intake.queue(company_file_id, given, by=by))
    for entry in chunk:
        if entry.problems:
            report.refuse(entry, None, entry.problems)
        else:
            report.note(entry, next(outcomes))
