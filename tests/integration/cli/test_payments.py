"""`qbwc payments`: files in, and what is there."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.payment import Attempt, PaymentEvent
from qbwc_server.services.assembly import UseCases
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause
from tests.integration.cli.conftest import Terminal
from tests.integration.site import move, payment
from tests.integration.synced import bring, find_extra, hand_out, know_books, open_sync
from tests.schema.rows import NOON, add

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
    assert "UTC  new -> queued by cli" in text
    assert terminal.refused("payments", "show", company_id, "p7") == (
        "There is no payment with this id."
    )


@pytest.fixture
def own(company_id: str, use_cases: UseCases) -> int:
    """The company's id in the database, after two payments came in."""
    found = use_cases.companies.internal_id(company_id)
    use_cases.intake.queue(found, [payment("p1"), payment("p2")], by="api")
    return found


def test_the_history_says_who_or_which_sync_moved_it_and_why(
    terminal: Terminal, company_id: str, own: int, engine: Engine
) -> None:
    session = open_sync(engine, own)
    hand_out(engine, session, "p1")
    with engine.begin() as db:
        attempt = db.execute(select(Attempt.id, Attempt.payment_id)).one()
        by = {"by": "session", "wc_session_id": session, "attempt_id": attempt.id}
        moved = {"from_status": PaymentStatus.SENT, "to_status": PaymentStatus.IN_DOUBT}
        add(db, PaymentEvent, payment_id=attempt.payment_id, **moved, **by, note="No answer.")
    shown = terminal.run("payments", "show", company_id, "p1").stdout.splitlines()
    assert shown[-1] == (
        "  2026-11-20 12:00:00 UTC  sent -> in_doubt "
        f"by sync {session}, attempt request of p1: No answer."
    )


def test_a_person_acts_on_a_payment(
    terminal: Terminal, company_id: str, own: int, engine: Engine
) -> None:
    bring(engine, own, "p1", PaymentStatus.IN_DOUBT)
    act = ("payments", "act", company_id, "p1")
    assert "note: Say how you know" in terminal.refused(*act, "settle_posted", "--txn-id", "1A-9")
    assert "What fits now: settle_posted" in terminal.refused(*act, "retry")
    seen = ("--txn-id", "1A-9", "--note", "seen in QuickBooks")
    shown = terminal.json(*act, "settle_posted", *seen)
    assert (shown["status"], shown["txn_id"]) == ("posted", "1A-9")
    assert shown["history"][-1]["by"] == "cli"
    assert terminal.run(*act, "delete").stdout.startswith("p1  ")
    assert terminal.refused("payments", "act", company_id, "p9", "delete") == (
        "There is no payment with this id."
    )


def test_a_person_previews_and_chooses(
    terminal: Terminal, company_id: str, own: int, engine: Engine
) -> None:
    know_books(engine, own)
    why = {"cause": Cause.INVOICE_DELETED, "summary": "Its invoice was deleted.", "facts": {}}
    move(engine, "p1", PaymentStatus.REJECTED, **why)
    act = ("payments", "act", company_id, "p1")
    on_invoice = (*act, "choose_invoice", "--invoice-number", "1")
    said = terminal.run(*on_invoice, "--preview").stdout.splitlines()
    assert said[0].startswith("25.00 goes on invoice 1; ")
    assert "  25.00 on invoice 1" in said
    assert terminal.json(*on_invoice, "--preview")["quickbooks"]["customer"] == "Café Belém"
    assert terminal.json(*on_invoice)["status"] == "queued"
    assert terminal.json(*act, "undo", "--note", "wrong one")["status"] == "rejected"
    assert "customer/name: " in terminal.refused(*act, "retry", "--customer-name", "x" * 300)
    entries = ("--txn-id", "R-1", "--txn-id", "R-2", "--note", "by hand, in two parts")
    assert terminal.json(*act, "dismiss", *entries)["recorded_as"] == ["R-1", "R-2"]


def test_what_is_missing_is_listed_and_re_opened(
    terminal: Terminal, company_id: str, own: int, engine: Engine
) -> None:
    bring(engine, own, "p1", PaymentStatus.POSTED)
    bring(engine, own, "p2", PaymentStatus.POSTED)
    assert terminal.json("payments", "missing", company_id) == []
    move(engine, "p1", PaymentStatus.POSTED, missing_since=NOON)
    [listed] = terminal.json("payments", "missing", company_id)
    assert (listed["id"], listed["missing_since"]) == ("p1", "2026-11-20T12:00:00Z")
    assert terminal.run("payments", "missing", company_id).stdout.startswith("p1  ")
    shown = terminal.run("payments", "show", company_id, "p1").stdout
    assert "it is not in the company file." in shown
    reopen = ("payments", "reopen-missing", company_id, "--note")
    assert "note: Say why" in terminal.refused(*reopen, " ")
    told = terminal.run(*reopen, "the backup of Friday").stdout
    assert told.startswith("1 payment is re-opened. The next sync asks QuickBooks")
    assert terminal.json(*reopen, "the backup of Friday") == {"reopened": 0}
    statuses = {one["id"]: one["status"] for one in terminal.json("payments", "list", company_id)}
    assert statuses == {"p1": "queued", "p2": "posted"}


def test_what_is_one_too_many_is_listed_and_decided(
    terminal: Terminal, company_id: str, own: int, engine: Engine
) -> None:
    bring(engine, own, "p1", PaymentStatus.POSTED)
    session = open_sync(engine, own)
    find_extra(engine, session, "1A-10", "p1", said="It is in a deposit.")
    find_extra(engine, session, "1A-11")
    listed = terminal.json("extras", "list", company_id)
    assert [(one["txn_id"], one["kind"]) for one in listed] == [
        ("1A-11", "stranger"),
        ("1A-10", "second"),
    ]
    assert terminal.run("extras", "list", company_id).stdout.splitlines() == [
        "1A-11  CBTWICE  2026-11-20  125.00  Abercrombie, Kristy  of no payment known here",
        "1A-10  CBTWICE  2026-11-20  125.00  Abercrombie, Kristy  a second entry of p1",
        "  It is in a deposit.",
    ]
    assert "2 entries of ours too many" in terminal.run("company", "show", company_id).stdout
    ordered = terminal.json("extras", "take-out", company_id, "1A-10")
    assert (ordered["ordered_by"], ordered["said"]) == ("cli", None)
    told = terminal.run("extras", "list", company_id).stdout.splitlines()
    assert told[-1].startswith("  To be taken out by the next sync, as cli said 20")
    kept = terminal.run("extras", "keep", company_id, "1A-11", "--note", "of the system before")
    assert kept.stdout == (
        "The entry stays in QuickBooks. Posting is paused until the other one is decided.\n"
    )
    assert [one["txn_id"] for one in terminal.json("extras", "list", company_id)] == ["1A-10"]
    assert "settled already" in terminal.refused("extras", "take-out", company_id, "1A-11")
    assert "Nothing with this TxnID" in terminal.refused("extras", "take-out", company_id, "1A-99")


def test_a_restore_puts_in_doubt_what_is_not_settled(
    terminal: Terminal, company_id: str, own: int, engine: Engine
) -> None:
    hand_out(engine, open_sync(engine, own), "p1")
    told = terminal.run("restore").stdout.splitlines()
    assert told[0] == f"Sunrise Dental  {company_id}: 2"
    assert told[1].startswith("Payments put in doubt: 2; open syncs ended: 1.")
    statuses = {one["status"] for one in terminal.json("payments", "list", company_id)}
    assert statuses == {"in_doubt"}
    assert terminal.json("restore") == {"sessions_ended": 0, "companies": []}


def test_verify_says_what_holds_and_what_does_not(
    terminal: Terminal, company_id: str, own: int, engine: Engine
) -> None:
    bring(engine, own, "p1", PaymentStatus.POSTED)
    told = terminal.run("verify", company_id)
    assert (told.exit_code, told.stderr) == (0, "")
    assert all(line.startswith("ok      ") for line in told.stdout.splitlines()[:-1])
    assert told.stdout.splitlines()[-1] == "2 payments, 250.00: everything holds."
    move(engine, "p1", PaymentStatus.POSTED, txn_id=None)
    document = terminal.json("verify", company_id, exit_code=1)
    assert (document["holds"], document["payments"], document["cents"]["posted"]) == (
        *(False, 2),
        12500,
    )
    [failed] = [one for one in document["checks"] if not one["holds"]]
    assert (failed["name"], failed["count"], failed["rows"][0]["payment"]) == ("posted", 1, "p1")
    told = terminal.run("verify", company_id)
    assert told.exit_code == 1
    assert told.stderr == (
        "1 of 14 checks fail (posted); look at the payments they name with qbwc payments show.\n"
    )
    assert "BROKEN  posted: Each payment posted has a TxnID. Against it: 1" in told.stdout
    assert told.stdout.splitlines()[-1] == "2 payments, 250.00: NOT everything holds."
