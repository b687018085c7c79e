"""CSV as spreadsheets open it: a header, a line each, and no cell that becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# UTF-8 with its mark, without which Excel reads other letters than ASCII wrongly.
MARK = "\ufeff"


def lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Write a header and rows, line by line, so that memory does not grow with them."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    yield MARK + _taken(written)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        yield _taken(written)


def read_cell(text: str) -> str:
    """Read a cell that may be one of ours: the mark that keeps it from being a formula goes."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def amount(text: str | None) -> "Amount | None":
    """Mark an amount of ours: its minus is no formula."""
    return None if text is None else Amount(text)


class Amount(str):
    """An amount of money as text with two decimals."""

    __slots__ = ()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    is_formula = text.startswith(_FORMULA) and not isinstance(value, Amount)
    return f"'{text}" if is_formula else text


def _taken(written: io.StringIO) -> str:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    return text
