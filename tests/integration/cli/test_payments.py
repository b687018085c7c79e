"""`qbwc payments`: files in, and what is there."""

import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Terminal
from tests.integration.site import payment

NO_AMOUNT = "An amount is digits with two decimals, such as 125.00, without sign or comma."
HEADER = "id,customer_name,amount,received_on,method"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "payments.csv"


def test_a_file_goes_in_once(terminal: Terminal, company_id: str, file: Path) -> None:
    file.write_text(f"{HEADER}\np1,Abe,125,2026-11-20,Visa\np2,Bea,10.5,2026-11-20,Visa\n")
    report = terminal.json("payments", "import", company_id, str(file))
    assert (report["created"], report["already_there"], report["refused"]) == (2, 0, 0)
    again = terminal.run("payments", "import", company_id, str(file))
    assert again.stdout == "0 queued, 2 already there, 0 refused\n"
    assert (again.exit_code, again.stderr) == (0, "")


def test_refused_lines_are_reported_and_the_good_ones_go_in(
    terminal: Terminal, company_id: str, file: Path
) -> None:
    file.write_text(
        f"{HEADER}\np1,Abe,1.999,2026-11-20,Visa\n,Bea,1,2026-11-20,Visa\np3,Cy,1,2026-11-20,Visa\n"
    )
    result = terminal.run("payments", "import", company_id, str(file))
    assert result.exit_code == 1
    assert result.stdout == "1 queued, 0 already there, 2 refused\n"
    assert result.stderr.splitlines() == [
        f"Line 2 (p1): amount: {NO_AMOUNT}",
        "Line 3: id: A row without an id cannot be taken.",
        "2 payments were refused; mend their lines and import the file again.",
    ]
    report = terminal.json("payments", "import", company_id, str(file), exit_code=1)
    assert (report["created"], report["already_there"], report["refused"]) == (0, 1, 2)
    assert [(one["line"], one["id"]) for one in report["refused_lines"]] == [(2, "p1"), (3, None)]


def test_a_file_with_another_header_is_refused(
    terminal: Terminal, company_id: str, file: Path
) -> None:
    file.write_text("Payment,Total\n1,2\n")
    result = terminal.run("payments", "import", company_id, str(file))
    assert result.exit_code == 1
    assert 'The column "payment" is not known.' in result.stderr
    assert terminal.json("payments", "import", company_id, str(file), exit_code=1)["stopped"]


def test_payments_are_listed_and_shown(terminal: Terminal, company_id: str, tmp_path: Path) -> None:
    lines = tmp_path / "payments.jsonl"
    lines.write_text("\n".join(json.dumps(payment(f"p/{number}")) for number in range(450)))
    terminal.json("payments", "import", company_id, str(lines))
    listed = terminal.json("payments", "list", company_id)
    assert [one["id"] for one in listed] == [f"p/{number}" for number in reversed(range(450))]
    assert len(terminal.run("payments", "list", company_id).stdout.splitlines()) == 450
    assert terminal.json("payments", "list", company_id, "--status", "posted") == []
    shown = terminal.json("payments", "show", company_id, "p/7")
    assert shown == next(one for one in listed if one["id"] == "p/7")
    text = terminal.run("payments", "show", company_id, "p/7").stdout
    assert "100.00 on invoice 6-1760000006" in text
    assert "queued by cli" in text
    assert terminal.refused("payments", "show", company_id, "p7") == (
        "There is no payment with this id."
    )
