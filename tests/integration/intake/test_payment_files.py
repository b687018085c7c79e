"""Files of payments: what a line means, and what becomes of a file."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from qbwc_server.errors import Refused
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.payment_files import COLUMNS
from qbwc_server.services.payment_import import Report, import_file
from tests.integration.site import payment, stored

HEADER = "id,customer_name,amount,received_on,method,invoice_number,invoice_amount"


class Desk:
    """Writes a file and imports it."""

    def __init__(self, use_cases: UseCases, company_file_id: int, folder: Path) -> None:
        self.use_cases = use_cases
        self.company_file_id = company_file_id
        self.folder = folder
        self.told: list[int] = []

    def take(self, content: str | bytes, name: str = "payments.csv") -> Report:
        file = self.folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(
            self.use_cases.intake, self.company_file_id, file, by="cli", tell=self.told.append
        )

    def parts(self, external_id: str) -> list[tuple[str, str]]:
        shown = self.use_cases.payments.show(self.company_file_id, external_id)
        return [(part.invoice["number"], part.amount) for part in shown.apply]


@pytest.fixture
def desk(use_cases: UseCases, company_file_id: int, tmp_path: Path) -> Desk:
    return Desk(use_cases, company_file_id, tmp_path)


def counts(report: Report) -> tuple[int, int, int]:
    return report.created, report.already_there, report.refused


def test_a_spreadsheet_as_excel_writes_it(desk: Desk) -> None:
    """A byte order mark, Windows' line ends, zeros dropped, empty rows at the end."""
    rows = [HEADER, 'p1,"Abercrombie, Kristy",125,2026-11-20,Visa,101,100.5', ",,,,,,", ""]
    report = desk.take(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    assert counts(report) == (1, 0, 0)
    shown = desk.use_cases.payments.show(desk.company_file_id, "p1")
    assert (shown.customer, shown.amount) == ({"name": "Abercrombie, Kristy"}, "125.00")
    assert desk.parts("p1") == [("101", "100.50")]
    assert shown.history[0].by == "cli"


def test_rows_of_one_id_are_the_parts_of_one_payment(desk: Desk) -> None:
    rows = [
        HEADER,
        "p1,Abe,125,2026-11-20,Visa,101,100",
        "p1,,,,,102,20",
        "p1,Abe,125,2026-11-20,Visa,103,5",
        "p2,Abe,125,2026-11-20,Visa,,",
    ]
    assert counts(desk.take("\n".join(rows))) == (2, 0, 0)
    assert desk.parts("p1") == [("101", "100.00"), ("102", "20.00"), ("103", "5.00")]
    assert desk.parts("p2") == []


def test_importing_a_file_again_changes_nothing(desk: Desk, engine: Engine) -> None:
    content = f"{HEADER}\np1,Abe,10.5,2026-11-20,Visa,,\np2,Abe,7.00,2026-11-20,Visa,,\n"
    assert counts(desk.take(content)) == (2, 0, 0)
    assert counts(desk.take(content)) == (0, 2, 0)
    api = payment("p1", customer={"name": "Abe"}, amount="10.50", apply=[])
    assert desk.use_cases.intake.queue(desk.company_file_id, [api], by="api")[0].kind == "same"
    assert stored(engine) == ["p1", "p2"]


def test_refused_rows_are_told_by_line_and_column(desk: Desk, engine: Engine) -> None:
    rows = [
        HEADER,
        "p1,Abe,125,2026-11-20,Visa,101,200",
        ",Abe,125,2026-11-20,Visa,,",
        "p3,Abe,1.234,11/20/2026,Visa,,",
        '"p4',
        '",Abe,5,2026-11-20,Visa,,',
        "p5,Abe,5,2026-11-20,Visa,101,",
        "p6,Abe,5,2026-11-20,Visa,,,spare",
        "p7,,5,2026-11-20,Visa,,",
        "p8,Abe,5,2026-11-20,Visa,,",
        "p8,Abe,6,2026-11-20,Visa,,",
        "p9,Abe,5",
    ]
    report = desk.take("\n".join(rows))
    assert counts(report) == (2, 0, 8)
    assert stored(engine) == ["p4", "p8"]
    told = {line.line: line.sentences for line in report.refused_lines}
    assert {
        line: [said.split(":")[0] for said in sentences] for line, sentences in told.items()
    } == {
        2: ["invoice"],
        3: ["id"],
        4: ["amount", "received_on"],
        7: ["invoice_amount"],
        8: ["This row has more cells than the header; is a comma not in quotes?"],
        9: ["customer"],
        11: ["amount"],
        12: ["received_on", "method"],
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "missing: id, amount"),
        ("id,amount\n", "missing: received_on, method, customer_list_id"),
        (HEADER + ",invoice_numbr\n", 'column "invoice_numbr" is not known'),
        (HEADER + ",id\n", 'column "id" is there twice'),
        (HEADER + '\np1,"Abe,1,2026-11-20,Visa,,\n', "From line 2 on this is no CSV"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused(desk: Desk, content: str, said: str) -> None:
    report = desk.take(content)
    assert report.stopped is not None
    assert said in report.stopped
    assert counts(report) == (0, 0, 0)


def test_what_surely_ended_before_a_break_is_taken(desk: Desk, engine: Engine) -> None:
    """The payment just before the break may have lost parts, so it waits for the mended file."""
    row = "Abe,1,2026-11-20,Visa,,"
    report = desk.take(f'{HEADER}\np1,{row}\np2,{row}\np3,"Abe,1\n')
    assert report.stopped is not None
    assert stored(engine) == ["p1"]


def test_letters_that_are_not_utf8_spoil_their_row_only(desk: Desk, engine: Engine) -> None:
    rows = [HEADER, "p1,Caf\xe9,1,2026-11-20,Visa,,", "p2,Abe,1,2026-11-20,Visa,,"]
    report = desk.take("\n".join(rows).encode("cp1252"))
    assert counts(report) == (1, 0, 1)
    assert report.refused_lines[0].sentences == (
        "customer_name: This holds something that is no letter; send it as UTF-8.",
    )
    assert stored(engine) == ["p2"]


def test_json_lines_are_payments_as_the_api_takes_them(desk: Desk, engine: Engine) -> None:
    lines: list[Any] = [payment("p1"), payment("p2", amount=5), 7, payment("p1")]
    content = "\n\n".join(map(json.dumps, lines)) + "\n{\n" + "[" * 100_000
    report = desk.take(content, "payments.jsonl")
    assert counts(report) == (1, 1, 4)
    assert [line.line for line in report.refused_lines] == [3, 5, 8, 9]
    assert stored(engine) == ["p1"]


def test_a_long_file_goes_in_by_chunks(desk: Desk, engine: Engine) -> None:
    rows = [f"p{number},Abe,1,2026-11-20,Visa,," for number in range(2500)]
    report = desk.take("\n".join([HEADER, *rows]))
    assert counts(report) == (2500, 0, 0)
    assert len(desk.told) == 3
    assert desk.told == sorted(desk.told)
    assert len(stored(engine)) == 2500


def test_a_line_without_end_is_refused(desk: Desk) -> None:
    report = desk.take("x" * 1_100_000, "payments.jsonl")
    assert report.stopped is not None
    assert "Line 1 is longer than" in report.stopped


def test_another_kind_of_file_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match=r"must end in \.csv or \.jsonl"):
        desk.take("", "payments.xlsx")
    with pytest.raises(Refused, match="cannot be read"):
        import_file(
            desk.use_cases.intake, 1, desk.folder / "nowhere.csv", by="cli", tell=desk.told.append
        )


def test_the_examples_of_the_documentation_are_right(desk: Desk) -> None:
    text = (Path(__file__).parents[3] / "docs/payments-import.md").read_text()
    rows, line = (text.partition(f"```{kind}\n")[2].partition("```")[0] for kind in ("csv", "json"))
    assert counts(desk.take(rows)) == (2, 0, 0)
    assert desk.parts("pay_1") == [("1071", "100.00"), ("1072", "25.00")]
    other = line.replace("pay_1", "pay_3")
    assert counts(desk.take(other, "payments.jsonl")) == (1, 0, 0)


def test_every_column_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs/payments-import.md").read_text()
    assert [column for column in COLUMNS if f"`{column}`" not in text] == []
