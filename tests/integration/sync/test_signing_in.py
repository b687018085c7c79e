"""Signing in: tickets, passwords, wrong ones held back, pairing, busy and takeover."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from qbwc_server.services.sign_in import FAILURES_FREE, HOLD_S_MAX
from scripts.simulate.web_connector import WebConnector
from tests.integration.sync.firm import (
    Firm,
    close,
    last_error,
    open_firm,
    play,
    play_until,
    receive,
    second_connection,
    send,
    sign_in,
    until_payments_are_out,
    update,
)

SILENT_S, SILENT_WITH_WRITES_S = 120, 600
UNTIL_MORNING_S = 12 * 3600


def verdict(pc: WebConnector, password: str | None = None) -> str:
    """Sign in, perhaps with another password than the right one."""
    if password is not None:
        pc.password = password
    return sign_in(pc)[1]


def kept_passwords(firm: Firm) -> list[str | None]:
    return [row["password_hash"] for row in firm.rows("SELECT password_hash FROM install")]


def test_a_ticket_is_random_and_kept_as_a_hash_alone(firm: Firm) -> None:
    pc = firm.pc()
    tickets = set()
    for _ in range(3):
        ticket, word = sign_in(pc)
        assert word == ""
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ticket)  # 256 bits
        tickets.add(ticket)
        close(pc, ticket)
    assert len(tickets) == 3
    stored = str(firm.everything())
    assert not [ticket for ticket in tickets if ticket in stored]
    hashes = {row["ticket_hash"] for row in firm.rows("SELECT ticket_hash FROM wc_session")}
    assert len(hashes) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes)


def test_a_generated_password_is_kept_as_a_fast_keyed_hash(firm: Firm) -> None:
    install = firm.register()
    assert install.password
    assert len(install.password) == 26
    assert install.password not in str(firm.everything())
    (kept,) = kept_passwords(firm)
    assert re.fullmatch(r"hmac-sha256\$[0-9a-f]{64}", kept or "")
    # The hash depends on the server's key, which is not in the database.
    assert kept == firm.services.sync.secrets.keep_generated(install.password)
    assert verdict(firm.add_to_pc(install)) == ""


def test_a_typed_password_is_kept_by_argon2id(firm: Firm) -> None:
    install = firm.register(paired=True)
    assert install.password is None
    assert verdict(firm.add_to_pc(install, "prairie wind 7")) == ""
    (kept,) = kept_passwords(firm)
    assert (kept or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "prairie wind 7" not in str(firm.everything())


@pytest.mark.parametrize("typed", ["", "not the one that was shown", "x" * 5000, "pässwörd 💛"])
def test_a_wrong_password_opens_nothing_and_is_logged_without_itself(
    firm: Firm, typed: str
) -> None:
    pc = firm.pc()
    with capture_logs() as logged:
        ticket, word = sign_in_with(pc, typed)
    assert word == "nvu"
    assert firm.rows("SELECT id FROM wc_session") == []
    assert [entry["event"] for entry in logged if entry["log_level"] == "warning"] == [
        "sign_in_wrong"
    ]
    assert not typed or typed not in str(logged)
    assert send(pc, ticket) == ""


def sign_in_with(pc: WebConnector, password: str) -> tuple[str, str]:
    pc.password = password
    return sign_in(pc)


def test_a_user_name_nobody_has_is_told_the_same(firm: Firm) -> None:
    pc = firm.pc()
    pc.user_name = "somebody-else"
    with capture_logs() as logged:
        assert verdict(pc) == "nvu"
    assert [entry["event"] for entry in logged] == ["sign_in_unknown_user"]
    assert firm.rows("SELECT * FROM sign_in_hold") == []


def test_wrong_passwords_are_held_back_for_one_install_and_address(firm: Firm) -> None:
    install = firm.register()
    guesser = firm.add_to_pc(install, "guess", address="203.0.113.99")
    for _ in range(FAILURES_FREE + 1):
        assert verdict(guesser) == "nvu"
    # The right password now, from there: turned away at once, without being looked at.
    with capture_logs() as logged:
        assert verdict(guesser, install.password) == "nvu"
    assert [entry["event"] for entry in logged] == ["sign_in_held_back"]
    for pc in (
        firm.add_to_pc(install),  # another address
        firm.pc("Back office", address="203.0.113.99"),  # another install
    ):
        ticket, word = sign_in(pc)
        assert word == ""
        close(pc, ticket)


def test_the_first_mistakes_cost_nothing_and_a_right_password_forgives_them(firm: Firm) -> None:
    install = firm.register()
    pc = firm.add_to_pc(install)
    for _ in range(3):
        for _ in range(FAILURES_FREE):
            assert verdict(pc, "mistyped") == "nvu"
        assert verdict(pc, install.password) == ""
        assert firm.rows("SELECT * FROM sign_in_hold") == []
        firm.clock.move(seconds=SILENT_S)


def test_what_goes_on_waits_twice_as_long_each_time_up_to_a_minute(firm: Firm) -> None:
    install = firm.register()
    pc = firm.add_to_pc(install)
    for _ in range(FAILURES_FREE):
        verdict(pc, "wrong")
    for wait_s in (2, 4, 8, 16, 32, HOLD_S_MAX, HOLD_S_MAX):
        assert verdict(pc, "wrong") == "nvu"
        firm.clock.move(seconds=wait_s - 1)
        assert verdict(pc, install.password) == "nvu"  # held, and no failure
        firm.clock.move(seconds=1)
    assert verdict(pc, install.password) == ""


def test_held_back_is_a_fact_of_the_database_and_outlives_the_server(firm: Firm) -> None:
    """Another server on the same database turns the address away as well."""
    install = firm.register()
    pc = firm.add_to_pc(install)
    for _ in range(FAILURES_FREE + 1):
        verdict(pc, "wrong")
    with second_connection(firm) as engine:
        elsewhere = open_firm(engine, firm.services.sync.settings.data_dir)
        elsewhere.clock.now = firm.clock.now
        assert verdict(elsewhere.add_to_pc(install, install.password)) == "nvu"
        elsewhere.clock.move(seconds=2)
        assert verdict(elsewhere.add_to_pc(install, install.password)) == ""


def test_the_first_password_typed_in_time_is_the_password(firm: Firm) -> None:
    pc = firm.add_to_pc(firm.register(paired=True), "typed at the PC")
    firm.clock.move(seconds=firm.services.sync.settings.pairing_window_s - 1)
    ticket, word = sign_in(pc)
    assert word == ""
    close(pc, ticket)
    assert verdict(pc, "another one") == "nvu"
    firm.clock.move(seconds=UNTIL_MORNING_S)
    assert verdict(pc, "typed at the PC") == ""


def test_a_password_typed_too_late_is_none(firm: Firm) -> None:
    pc = firm.add_to_pc(firm.register(paired=True), "typed at the PC")
    firm.clock.move(seconds=firm.services.sync.settings.pairing_window_s)
    assert verdict(pc) == "nvu"
    assert kept_passwords(firm) == [None]


def test_building_the_file_again_starts_the_pairing_anew(firm: Firm) -> None:
    install = firm.register(paired=True)
    first = firm.add_to_pc(install, "the first one")
    ticket, word = sign_in(first)
    assert word == ""
    close(first, ticket)
    second = firm.add_to_pc(install, "the second one")
    assert verdict(second) == ""
    firm.clock.move(seconds=SILENT_S)
    assert verdict(first) == "nvu"


def test_two_passwords_typed_at_once_pair_one_of_them(firm: Firm) -> None:
    install = firm.register(paired=True)
    pcs = [firm.add_to_pc(install, password) for password in ("one", "other")]
    with ThreadPoolExecutor(2) as both:
        words = list(both.map(verdict, pcs))
    assert sorted(words) in (["", "nvu"], ["busy", "nvu"])
    winner = pcs[words.index("nvu") - 1]
    firm.clock.move(seconds=SILENT_S)
    assert verdict(winner) == ""


def test_a_paused_company_has_no_work(firm: Firm) -> None:
    firm.books.add_customer("Zoë Lindqvist")
    payment = firm.pay("Zoë Lindqvist", "25.00")
    pc = firm.pc()
    firm.services.companies.set(firm.company_id, {"paused": "yes"})
    session = update(pc)
    assert session.status == "No data exchange"
    assert [call.operation for call in session.calls[-2:]] == ["authenticate", "closeConnection"]
    assert firm.rows("SELECT id FROM wc_session") == []
    firm.services.companies.set(firm.company_id, {"paused": "no"})
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted"}


def test_a_company_file_has_one_live_session(firm: Firm) -> None:
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    ticket, word = sign_in(first)
    assert word == ""
    assert verdict(second) == "busy"
    assert verdict(first) == "busy"  # pressed twice
    close(first, ticket)
    assert verdict(second) == ""


def test_two_that_sign_in_at_the_same_moment_are_one_session(firm: Firm) -> None:
    pcs = [firm.pc(f"PC {number}", primary=number == 1) for number in (1, 2, 3, 4)]
    with ThreadPoolExecutor(4) as all_at_once:
        words = list(all_at_once.map(verdict, pcs))
    assert sorted(words) == ["", "busy", "busy", "busy"]
    assert len(firm.rows("SELECT id FROM wc_session")) == 1


def test_a_session_that_went_silent_is_taken_over(firm: Firm) -> None:
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    ticket, _ = sign_in(first)
    firm.clock.move(seconds=SILENT_S - 1)
    assert verdict(second) == "busy"
    firm.clock.move(seconds=1)  # being told `busy` renewed nothing
    assert verdict(second) == ""
    assert send(first, ticket) == ""
    assert last_error(first, ticket) == "This sync went silent, and another one began."
    assert receive(first, ticket, "<QBXML/>") == -1
    assert close(first, ticket) == "This sync went silent, and another one began."
    states = [row["state"] for row in firm.rows("SELECT state FROM wc_session ORDER BY id")]
    assert states == ["closed", "ready"]


def test_a_session_that_is_heard_from_keeps_its_place(firm: Firm) -> None:
    firm.books.add_customer("Zoë Lindqvist")
    firm.pay("Zoë Lindqvist", "25.00")
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    session = play_until(first.begin(), "authenticateResult")
    while ">100<" not in session.calls[-1].answer:
        assert verdict(second) == "busy"
        firm.clock.move(seconds=SILENT_S - 1)
        session.step()
    # Told 100, a session is over: closeConnection may never come.
    assert verdict(second) == ""
    assert play(session).status == "1 payment posted"


def test_with_payments_out_the_wait_is_longer_and_the_takeover_puts_them_in_doubt(
    firm: Firm,
) -> None:
    firm.books.add_customer("Zoë Lindqvist")
    payment = firm.pay("Zoë Lindqvist", "25.00")
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    lost = until_payments_are_out(first)
    firm.clock.move(seconds=SILENT_WITH_WRITES_S - 1)
    assert verdict(second) == "busy"
    assert firm.statuses() == {payment: "sent"}
    firm.clock.move(seconds=1)
    assert verdict(second) == ""
    assert firm.statuses() == {payment: "in_doubt"}
    assert firm.payment(payment).note == "Another sync began before QuickBooks' answer came."
    assert send(first, lost.ticket) == ""


def test_the_times_of_silence_are_settings(opened: Callable[..., Firm]) -> None:
    firm = opened(session_silent_s=5, session_silent_with_writes_s=9)
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    sign_in(first)
    firm.clock.move(seconds=4)
    assert verdict(second) == "busy"
    firm.clock.move(seconds=1)
    assert verdict(second) == ""


def test_a_ticket_opens_one_company_only(opened: Callable[..., Firm]) -> None:
    bakery, lawyers = opened(name="Northside Bakery"), opened(name="O'Neill Law")
    for each in (bakery, lawyers):
        each.books.add_customer("Zoë Lindqvist")
    of_bakery = bakery.pay("Zoë Lindqvist", "25.00")
    lawyers.queued.append("taken")  # so that the ids differ
    of_lawyers = lawyers.pay("Zoë Lindqvist", "31.00")
    pcs = [bakery.pc(), lawyers.pc()]
    sessions = [pc.begin() for pc in pcs]
    while any([session.step() for session in sessions]):  # noqa: C419 - both go on in turn
        pass
    assert [session.status for session in sessions] == ["1 payment posted"] * 2
    assert [receipt.total for receipt in bakery.books.payments()] == [2500]
    assert [receipt.total for receipt in lawyers.books.payments()] == [3100]
    assert bakery.payment(of_bakery).status == lawyers.payment(of_lawyers).status == "posted"
    assert play(pcs[0].begin()).status == "Nothing to post."
