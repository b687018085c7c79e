"""Notices by e-mail: once a sync in which payments were refused, and no sync waits for them."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from models.engine import make_engine
from qbwc_server.services.assembly import UseCases
from sync_core import notice
from tests.integration import smtp
from tests.integration.smtp import MailServer
from tests.integration.sync.firm import (
    Firm,
    last_error,
    receive,
    sign_in,
    until_payments_are_out,
    update,
    url_of,
)

CUSTOMER = "Café Belém"
MIA, JOE = "mia@prairie.example", "joe@prairie.example"
LINK = "https://pay.example.com/resolve"
NOT_ALLOWED = "Insufficient permission level to perform this action."
PASSWORD = "hunter2 is no secret"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with smtp.serving() as server:
        yield server


@pytest.fixture
def firm(opened: Callable[..., Firm], mail: MailServer) -> Firm:
    return with_contacts(opened(**settings(mail)))


def settings(mail: MailServer, **more: object) -> dict[str, object]:
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": mail.port,
        "smtp_security": "none",
        "smtp_from": "sync@pay.example.com",
        "smtp_timeout_s": 2,
        **more,
    }


def with_contacts(firm: Firm, contacts: str = f"{MIA}, {JOE}") -> Firm:
    firm.books.add_customer(CUSTOMER)
    firm.services.companies.set(firm.company_id, {"contacts": contacts})
    return firm


def refuse(firm: Firm, count: int = 1) -> list[str]:
    """Have payments refused: QuickBooks has no such payment method."""
    return [firm.pay(CUSTOMER, f"{number + 1}.00", method="Shells") for number in range(count)]


def kept(firm: Firm) -> list[tuple[str | None, int]]:
    found = firm.rows("SELECT outcome, tries FROM notice ORDER BY id")
    return [(row["outcome"], row["tries"]) for row in found]


def test_one_email_a_sync_says_who_how_much_why_and_what_to_do(
    firm: Firm, mail: MailServer
) -> None:
    refused, posted = refuse(firm, 2), firm.pay(CUSTOMER, "9.00")
    pc = firm.pc()
    assert update(pc).status == f"1 payment posted, 2 need you: {LINK}"
    assert mail.commands == []  # no sync waits for it
    assert firm.services.notices.send_due() == 1
    assert firm.services.notices.send_due() == 0
    [(contacts, told)] = mail.taken
    assert contacts == [MIA, JOE]
    assert (told["To"], told["From"]) == (f"{MIA}, {JOE}", "sync@pay.example.com")
    assert told["Subject"] == "2 payments need you: Prairie Wind Yoga"
    assert told["Message-ID"].endswith("@pay.example.com>")
    assert told["Auto-Submitted"] == "auto-generated"
    (text,) = mail.texts
    for number, payment in enumerate(refused, start=1):
        shown = firm.payment(payment)
        assert shown.rejection is not None
        assert shown.rejection.summary in text
        assert (
            f"{number}. {CUSTOMER}, {number}.00, received 2026-11-20, No. {shown.reference}" in text
        )
        for step in shown.rejection.steps:
            said = step.replace("**", '"')
            assert f"- {said}\n" in text
    assert text.count(LINK) == 1
    assert firm.payment(posted).reference not in text
    assert kept(firm) == [("sent", 1)]
    # A sync in which nothing is refused tells nothing, also while those of before still wait.
    firm.clock.move(hours=1)
    update(pc)
    assert firm.services.notices.send_due() == 0
    assert len(mail.taken) == 1
    assert all(len(part) <= 78 for part in mail.raw[0].split(b"\r\n"))
    assert mail.raw[0].isascii()


def test_isolated_refusals_are_not_called_many(firm: Firm, mail: MailServer) -> None:
    refuse(firm, 4)
    update(firm.pc())
    assert firm.services.notices.send_due() == 1
    assert "of the last 30 days' payments" not in mail.texts[0]


def test_many_are_summed_up(firm: Firm, mail: MailServer) -> None:
    refuse(firm, 25)
    update(firm.pc())
    assert firm.services.notices.send_due() == 1
    (text,) = mail.texts
    assert "\n20. " in text
    assert "\n21. " not in text
    assert f"And 5 more:\n{LINK}\n" in text
    assert mail.taken[0][1]["Subject"].startswith("25 payments need you")


@pytest.mark.parametrize("how", ["close", "connection lost", "silence", "taken over"])
def test_however_the_sync_ends(firm: Firm, mail: MailServer, how: str) -> None:
    """The refusals of the first message set are known when the sync is cut off."""
    refuse(firm)
    firm.pay(CUSTOMER, "5.00")
    pc = firm.pc()
    session = until_payments_are_out(pc)
    assert kept(firm) == []
    if how == "close":
        pc.call("closeConnection", ticket=session.ticket)
    elif how == "connection lost":
        assert receive(pc, session.ticket, "", hresult="0x80040408", message="gone") == -1
        assert last_error(pc, session.ticket)
    elif how == "silence":
        firm.clock.move(seconds=901)
        assert firm.services.silence.end_all() == 1
    else:
        firm.clock.move(seconds=601)
        sign_in(firm.pc("Back office", primary=False))
    assert kept(firm) == [(None, 0)]
    assert firm.services.notices.send_due() == 1
    assert len(mail.taken) == 1


def test_what_was_settled_meanwhile_is_not_told(firm: Firm, mail: MailServer) -> None:
    first, second = refuse(firm, 2)
    update(firm.pc())
    for payment in (first, second):
        firm.services.review.act(
            firm.company_file_id, payment, {"action": "dismiss", "note": "paid in cash"}, by="mia"
        )
    assert firm.services.notices.send_due() == 0
    assert mail.commands == []
    assert kept(firm) == [("settled", 1)]


def test_one_when_posting_pauses_and_none_until_it_goes_on(firm: Firm, mail: MailServer) -> None:
    """Each sync tries one payment, and QuickBooks allows none of them."""

    def sync() -> int:
        firm.clock.move(hours=1)
        update(pc)
        return firm.services.notices.send_due()

    pc = firm.pc()
    for amount in ("1.00", "2.00"):
        firm.pay(CUSTOMER, amount)
    firm.books.refuse_next("ReceivePaymentAdd", code=3260, message=NOT_ALLOWED, times=4)
    assert [sync() for _ in range(3)] == [1, 0, 0]
    refuse(firm)  # something else needs a person: that is told, whatever is paused
    assert sync() == 1
    assert [text.count("What to do:") for text in mail.texts] == [2, 1]
    assert "Shells" in mail.texts[1]
    assert sync() == 0
    assert "posted" in firm.statuses().values()
    firm.pay(CUSTOMER, "4.00")
    firm.books.refuse_next("ReceivePaymentAdd", code=3260, message=NOT_ALLOWED)
    assert sync() == 1  # it has begun anew


@pytest.mark.parametrize("lacks", ["a mail server", "contacts"])
def test_off_by_default(opened: Callable[..., Firm], mail: MailServer, lacks: str) -> None:
    firm = opened() if lacks == "a mail server" else opened(**settings(mail))
    with_contacts(firm, "" if lacks == "contacts" else MIA)
    refuse(firm)
    update(firm.pc())
    assert kept(firm) == []
    assert firm.services.notices.send_due() == 0
    assert mail.commands == []


def test_a_mail_server_that_is_down_is_tried_again_and_holds_up_no_sync(
    firm: Firm, mail: MailServer
) -> None:
    mail.answers["CONNECT"] = "421 not now"
    refuse(firm)
    pc = firm.pc()
    update(pc)
    waits = []
    for tries in range(1, notice.TRIES_MAX + 1):
        before = firm.clock.now
        while kept(firm)[0][1] < tries:
            assert firm.services.notices.send_due() == 0
            firm.clock.move(minutes=1)
        waits.append((firm.clock.now - before).total_seconds() / 60)
    assert waits == [1, 1, 4, 16, 64, 256, 360, 360]
    assert kept(firm) == [("given_up", notice.TRIES_MAX)]
    assert firm.rows("SELECT why FROM notice") == [{"why": "SMTPConnectError 421"}]
    mail.answers.clear()
    firm.clock.move(days=1)
    assert firm.services.notices.send_due() == 0
    assert mail.taken == []
    firm.pay(CUSTOMER, "7.00")
    assert update(pc).status.startswith("1 payment posted")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("CONNECT", "554 go away"),
        ("EHLO", "hang up"),
        ("MAIL", "451 later"),
        ("RCPT", "450 greylisted"),
        ("RCPT", "hang up"),
        ("DATA", "451 later"),
        ("END", "452 disk full"),
        ("END", "550 we take no such thing"),
    ],
)
def test_what_was_not_taken_is_sent_later_and_once(
    firm: Firm, mail: MailServer, command: str, answer: str
) -> None:
    mail.answers[command] = answer
    refuse(firm)
    update(firm.pc())
    assert firm.services.notices.send_due() == 0
    assert firm.services.notices.send_due() == 0
    assert kept(firm) == [(None, 1)]
    mail.answers.clear()
    firm.clock.move(minutes=1)
    assert firm.services.notices.send_due() == 1
    firm.clock.move(days=1)
    assert firm.services.notices.send_due() == 0
    assert len(mail.taken) == 1
    assert kept(firm) == [("sent", 2)]


def test_what_was_handed_over_is_never_sent_again(firm: Firm, mail: MailServer) -> None:
    """The line breaks before the mail server says whether it has taken the e-mail."""
    mail.before_answer = lambda: "hang up"
    refuse(firm)
    update(firm.pc())
    assert firm.services.notices.send_due() == 0
    assert kept(firm) == [("unsure", 1)]
    firm.clock.move(days=1)
    assert firm.services.notices.send_due() == 0
    assert mail.commands.count("data") == 1


def test_a_server_that_is_killed_meanwhile_sends_no_second_one(
    firm: Firm, mail: MailServer
) -> None:
    """What the database holds while the text is on its way is what a killed server leaves."""
    seen: list[tuple[str | None, int]] = []
    mail.before_answer = lambda: seen.extend(kept(firm))
    refuse(firm)
    update(firm.pc())
    assert firm.services.notices.send_due() == 1
    assert seen == [("unsure", 1)]


def test_two_workers_send_one(firm: Firm, mail: MailServer) -> None:
    refuse(firm)
    update(firm.pc())
    engine = make_engine(url_of(firm.engine))
    other = UseCases.on(engine, firm.services.notices.settings, firm.clock)
    threads = [
        threading.Thread(target=services.notices.send_due) for services in (firm.services, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert len(mail.taken) == 1
    assert kept(firm) == [("sent", 1)]


def test_a_slow_try_that_another_one_has_overtaken_sends_nothing(
    firm: Firm, mail: MailServer
) -> None:
    refuse(firm)
    update(firm.pc())
    greet = mail.before_greeting
    assert greet() is None

    def overtake() -> None:
        """The next try was due, and begins, before the mail server greets the first one."""
        mail.before_greeting = greet
        firm.clock.move(minutes=1)
        assert firm.services.notices.send_due() == 1

    mail.before_greeting = overtake
    assert firm.services.notices.send_due() == 0
    assert len(mail.taken) == 1
    assert kept(firm) == [("sent", 2)]


def test_some_contacts_are_not_known_there(firm: Firm, mail: MailServer) -> None:
    mail.refused = {JOE}
    refuse(firm)
    update(firm.pc())
    assert firm.services.notices.send_due() == 1
    assert [contacts for contacts, _ in mail.taken] == [[MIA]]


def test_after_a_restore_nothing_of_the_backup_is_sent(firm: Firm, mail: MailServer) -> None:
    refuse(firm)
    update(firm.pc())
    firm.services.restore.run(by="cli")
    assert firm.services.notices.send_due() == 0
    assert mail.commands == []
    assert kept(firm) == [("given_up", 0)]


def test_names_cannot_add_to_the_header(firm: Firm, mail: MailServer) -> None:
    """What the payment site calls a customer stands in the text alone, each on one line."""
    firm.services.companies.set(firm.company_id, {"name": "Belém: Bcc <eve@x.example>"})
    refuse(firm)
    update(firm.pc())
    with firm.engine.begin() as db:
        db.exec_driver_sql(
            "UPDATE company_file SET name = 'Belém' || chr(13) || chr(10) || 'Bcc: eve@x.example'"
            if db.dialect.name == "postgresql"
            else "UPDATE company_file SET name = 'Belém' || char(13, 10) || 'Bcc: eve@x.example'"
        )
    assert firm.services.notices.send_due() == 1
    [(contacts, told)] = mail.taken
    assert contacts == [MIA, JOE]
    assert told["Bcc"] is None
    assert told["Subject"] == "1 payment needs you: Belém Bcc: eve@x.example"


@pytest.fixture
def trusted(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for this machine, in a file `cert.pem`, and a server that shows it."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = subprocess.run(  # noqa: S603 - our own words
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=False,
        capture_output=True,
    )
    assert made.returncode == 0, made.stderr
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_password_goes_to_a_mail_server_that_is_trusted(
    opened: Callable[..., Firm],
    trusted: ssl.SSLContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_trusted: bool,  # noqa: FBT001
) -> None:
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with smtp.serving(tls=trusted) as mail:
        mail.login = ("sync", PASSWORD)
        secret = {"smtp_security": "starttls", "smtp_user": "sync", "smtp_password": PASSWORD}
        firm = with_contacts(opened(**settings(mail, **secret)))
        refuse(firm)
        update(firm.pc())
        assert firm.services.notices.send_due() == int(is_trusted)
        assert any(command.startswith("AUTH") for command in mail.commands) is is_trusted
        assert len(mail.taken) == int(is_trusted)


def test_no_password_is_told_when_it_is_wrong(
    opened: Callable[..., Firm], mail: MailServer
) -> None:
    mail.login = ("sync", "another")
    secret = {"smtp_user": "sync", "smtp_password": PASSWORD}
    firm = with_contacts(opened(**settings(mail, **secret)))
    refuse(firm)
    update(firm.pc())
    with capture_logs() as logged:
        assert firm.services.notices.send_due() == 0
    assert firm.rows("SELECT why FROM notice") == [{"why": "SMTPAuthenticationError 535"}]
    assert "SMTPAuthenticationError" in str(logged)
    assert PASSWORD not in str(logged) + str(firm.everything()) + repr(firm.services.notices)
