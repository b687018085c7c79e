"""The demo's books and payments, and the command that plays one update."""

import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from scripts.simulate import __main__ as command
from scripts.simulate import demo_company
from scripts.simulate.quickbooks import CompanyFile
from tests.unit.simulate.asking import answer, code, message_set, payment, to
from tests.unit.simulate.qwc_example import qwc
from tests.unit.simulate.service import fault, running, working


def ascii_text(text: str) -> str:
    return escape(text).encode("ascii", "xmlcharrefreplace").decode()


def as_request(books: CompanyFile, online: dict[str, Any]) -> str:
    """The ReceivePaymentAdd a bookkeeper would expect for an online payment."""
    numbers = {
        each.number: each.txn_id for each in books.transactions.values() if each.kind == "Invoice"
    }
    lines = "".join(
        to(line["invoice"].get("txn_id") or numbers[line["invoice"]["number"]], line["amount"])
        for line in online["apply"]
    )
    name = online["customer"].get("name")
    by_id = f"<ListID>{online['customer'].get('list_id')}</ListID>"
    return payment(
        customer=f"<FullName>{ascii_text(name)}</FullName>" if name else by_id,
        before_total=f"<TxnDate>{online['received_on']}</TxnDate>",
        total=online["amount"],
        after_total=f"<PaymentMethodRef><FullName>{online['method']}</FullName>"
        f"</PaymentMethodRef><Memo>{ascii_text(online['memo'])}</Memo>",
        applied=lines or "<IsAutoApply>false</IsAutoApply>",
    )


def test_most_payments_post_and_three_are_refused_as_announced() -> None:
    demo = demo_company.build()
    codes = {
        online["id"]: code(answer(demo.books, as_request(demo.books, online)))
        for online in demo.payments
    }
    assert len(codes) == 15
    assert {name: each for name, each in codes.items() if each} == demo.refused
    assert Counter(demo.refused.values()) == {3120: 2, 3210: 1}


def test_the_demo_shows_every_kind_of_payment() -> None:
    demo = demo_company.build()
    assert len(demo.books.customers) == 12
    applied = [online["apply"] for online in demo.payments]
    assert any(len(lines) > 1 for lines in applied)
    assert any(not lines for lines in applied)
    assert any("number" in line["invoice"] for lines in applied for line in lines)
    assert any("list_id" in online["customer"] for online in demo.payments)
    assert any(not online["customer"].get("name", "").isascii() for online in demo.payments)
    assert all(re.fullmatch(r"[0-9]+\.[0-9]{2}", online["amount"]) for online in demo.payments)


def test_the_demo_is_always_the_same() -> None:
    first, second = demo_company.build(), demo_company.build()
    assert first.payments == second.payments
    assert first.books.customers.keys() == second.books.customers.keys()


@pytest.mark.enable_socket
@pytest.mark.parametrize("is_broken", [False, True])
def test_the_command_prints_the_calls_and_the_status(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    is_broken: bool,
) -> None:
    file = tmp_path / "install.qwc"
    answers = working(message_set("<HostQueryRq/>"))
    if is_broken:
        answers["sendRequestXML"] = [fault("It broke.")]
    with running(answers) as service:
        file.write_bytes(qwc(AppURL=service.url, AppSupport=service.url))
        monkeypatch.setattr("sys.argv", ["simulate", "--qwc", str(file), "--password", "secret"])
        assert command.main() == int(is_broken)
    printed = capsys.readouterr().out.splitlines()
    assert printed[2].startswith("authenticate ")
    assert "secret" not in "".join(printed)
    if is_broken:
        assert printed[-1] == (
            "Status: sendRequestXML failed: HTTP status 500: It broke. (QBWC1041)"
        )
    else:
        assert printed[-2].endswith("answered: OK")
        assert printed[-1] == "Status: OK"


def test_the_command_says_why_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "install.qwc"
    file.write_bytes(qwc(AppURL="http://pay.example.com/qbwc"))
    monkeypatch.setattr("sys.argv", ["simulate", "--qwc", str(file), "--password", "secret"])
    assert command.main() == 1
    assert capsys.readouterr().out.startswith("QBWC1010: ")
