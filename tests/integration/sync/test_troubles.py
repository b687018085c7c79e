"""When a sync does not get through: what is tried once more, what is told, and what ends it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import event

from qbwc_server.services.troubles import InstallStandingView, TroublesView, TroubleView
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.connection import MEANS, STATUS_LENGTH_MAX
from sync_core.trouble import Kind, Standing, Variant
from tests.integration.sync.firm import (
    PATH,
    Firm,
    close,
    last_error,
    receive,
    send,
    sign_in,
    status_of,
    until_payments_are_out,
    update,
)
from tests.integration.sync.losses import act, lose_the_answers

CUSTOMER = "Café Belém"
DIALOG = ("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.")


@pytest.fixture(autouse=True)
def _customer(firm: Firm) -> None:
    firm.books.add_customer(CUSTOMER)


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    """A PC that has synced once."""
    connected = firm.pc()
    update(connected)
    return connected


def tried(session: Session) -> int:
    """Count how often QuickBooks did not open in a sync."""
    return [call.operation for call in session.calls].count("connectionError")


def told(firm: Firm) -> TroublesView:
    return firm.services.troubles.of(firm.company_file_id)


def cards(firm: Firm) -> list[Kind]:
    return [item.kind for item in told(firm).items]


def card(firm: Firm) -> TroubleView:
    (only,) = told(firm).items
    return only


def standing(firm: Firm) -> InstallStandingView:
    (only,) = told(firm).installs
    return only


# connectionError: one try more, where it can help


def test_a_closed_quickbooks_opens_by_the_name_of_the_file(firm: Firm, pc: WebConnector) -> None:
    firm.books.is_open = False
    firm.pay(CUSTOMER, "1.00")
    session = update(pc)
    assert tried(session) == 1
    assert session.status == "1 payment posted"
    assert session.error_code is None
    assert cards(firm) == []
    assert standing(firm).standing is Standing.OK
    assert firm.last_session()["trouble"] is None


def test_it_is_tried_once_and_then_done(firm: Firm, pc: WebConnector) -> None:
    """Nobody said "Yes, always": whatever is answered, a person is needed."""
    firm.books.is_open = firm.books.may_sign_in = False
    session = update(pc)
    assert tried(session) == 2
    assert session.error_code == "QBWC1013"
    assert last_error(pc, session.ticket) == status_of(Kind.QUICKBOOKS_CLOSED, company_file=PATH)
    assert firm.last_session()["trouble_facts"] in (
        {"hresult": "0x8004041D", "qb_message": session.status},
        f'{{"qb_message": "{session.status}", "hresult": "0x8004041D"}}',
    )


@pytest.mark.parametrize("hresult", sorted(MEANS))
def test_what_a_try_cannot_help_is_not_tried(firm: Firm, pc: WebConnector, hresult: str) -> None:
    """A window, a busy QuickBooks: the next sync. A permission, a mode: a person."""
    helps = hresult in ("0x80040403", "0x80040406", "0x8004040a", "0x80040416", "0x80040417")
    firm.books.refuse_sessions(hresult, "QuickBooks found an error.", times=9)
    session = update(pc)
    assert tried(session) == (2 if helps else 1)
    told_there = close(pc, session.ticket)
    assert 0 < len(told_there) <= STATUS_LENGTH_MAX
    assert last_error(pc, session.ticket) == told_there
    assert firm.last_session()["ended_at"] is not None


def test_a_file_that_nobody_knows_is_not_named(firm: Firm) -> None:
    firm.books.is_open = False
    assert tried(update(firm.pc())) == 1


def test_a_file_that_nobody_confirmed_is_not_named(opened: Callable[..., Firm]) -> None:
    firm = opened(yes_to_first=False)
    pc = firm.pc()
    update(pc)
    firm.books.is_open = False
    assert tried(update(pc)) == 1


def test_the_place_on_another_pc_is_not_named(firm: Firm, pc: WebConnector) -> None:
    assert firm.books.path == PATH == pc.company_file.path
    firm.books.is_open = False
    second = firm.pc("Back office", primary=False)
    assert tried(update(second)) == 1


def refuse(pc: WebConnector, ticket: str, hresult: str = "0x80040416") -> str:
    return str(pc.call("connectionError", ticket=ticket, hresult=hresult, message="Not open."))


def test_the_call_may_come_any_number_of_times(firm: Firm, pc: WebConnector) -> None:
    ticket, _ = sign_in(pc)
    assert [refuse(pc, ticket) for _ in range(4)] == [PATH, "done", "done", "done"]
    column = status_of(Kind.QUICKBOOKS_CLOSED, company_file=PATH)
    for _ in range(2):
        assert last_error(pc, ticket) == column
        assert send(pc, ticket) == ""
        assert close(pc, ticket) == column
    assert firm.last_session()["failed_in_row"] == 1
    assert update(pc).status == "Nothing to post."


def test_the_file_is_named_before_anything_was_asked_and_never_after(
    firm: Firm, pc: WebConnector
) -> None:
    firm.pay(CUSTOMER, "1.00")
    session = until_payments_are_out(pc)
    assert refuse(pc, session.ticket) == "done"
    assert last_error(pc, session.ticket).endswith(status_of(Kind.CUT_OFF))
    assert card(firm).kind is Kind.CUT_OFF


def test_whoever_goes_away_after_the_try_has_met_what_was_told(
    firm: Firm, pc: WebConnector
) -> None:
    ticket, _ = sign_in(pc)
    assert refuse(pc, ticket) == PATH
    assert close(pc, ticket) == status_of(Kind.QUICKBOOKS_CLOSED, company_file=PATH)
    assert firm.last_session()["trouble"] == "quickbooks_closed"


def test_a_sync_that_opened_at_the_second_try_and_was_left_ended_early(
    firm: Firm, pc: WebConnector
) -> None:
    firm.books.is_open = False
    session = pc.begin()
    session.take("CompanyQuery")
    assert tried(session) == 1
    assert close(pc, session.ticket) == status_of(Kind.OTHER, Variant.ENDED_EARLY)


# A card: the second in a row, until a sync gets through


def test_a_window_that_is_open_in_quickbooks(firm: Firm, pc: WebConnector) -> None:
    for amount in ("10.00", "2.50"):
        firm.pay(CUSTOMER, amount)
    firm.clock.move(minutes=15)
    began = firm.clock()
    firm.books.refuse_sessions(*DIALOG, times=3)
    update(pc)
    assert cards(firm) == []  # a first try may fail
    now = standing(firm)
    assert now.standing is Standing.FIRST_TRY_FAILED
    assert now.sentence == (
        "The first try did not get through. Press **Update Selected** once more."
    )
    assert now.last_problem == "A window in QuickBooks is waiting for a click."
    firm.clock.move(minutes=15)
    update(pc)
    shown = card(firm)
    assert (shown.kind, shown.times, shown.since) == (Kind.DIALOG_OPEN, 2, began)
    assert shown.title == "A window in QuickBooks is waiting for a click."
    assert (shown.pc, shown.who) == ("Office PC", "Anyone at Office PC")
    assert shown.books == (
        "Nothing was read or written. Payments waiting: 2 (12.50); they go in at the next sync "
        "that gets through."
    )
    assert shown.steps[0].startswith("At Office PC, find the window")
    assert shown.facts == {"hresult": DIALOG[0], "qb_message": DIALOG[1]}
    assert firm.last_session()["message"] == (
        "A window is open in QuickBooks. Close it, then Update Selected. Payments waiting: 2."
    )
    firm.pay(CUSTOMER, "1.00")
    update(pc)
    assert card(firm).times == 3
    assert "Payments waiting: 3 (13.50)" in card(firm).books  # as it is when it is read
    assert standing(firm).standing is Standing.TROUBLE
    assert update(pc).status == "3 payments posted"
    assert cards(firm) == []
    assert standing(firm).standing is Standing.OK
    firm.books.refuse_sessions(*DIALOG)
    update(pc)
    assert cards(firm) == []  # counted from the beginning


def test_another_problem_is_counted_by_itself(firm: Firm, pc: WebConnector) -> None:
    firm.books.refuse_sessions(*DIALOG, times=2)
    update(pc)
    update(pc)
    firm.clock.move(hours=1)
    firm.books.refuse_sessions("0x80040410", "The file is open in a different mode.")
    update(pc)
    shown = card(firm)
    assert (shown.kind, shown.times, shown.since) == (Kind.SINGLE_USER, 1, firm.clock())
    assert standing(firm).failed_in_row == 3


def test_each_pc_has_its_own(firm: Firm, pc: WebConnector) -> None:
    second = firm.pc("Back office", primary=False)
    firm.books.refuse_sessions(*DIALOG, times=2)
    update(second)
    update(second)
    update(pc)
    assert card(firm).pc == "Back office"
    stand = {install.label: install.standing for install in told(firm).installs}
    assert stand == {"Office PC": Standing.OK, "Back office": Standing.TROUBLE}


def test_another_company_file_is_named(firm: Firm, pc: WebConnector) -> None:
    assert pc.company_file is firm.books
    second = firm.pc("Back office", primary=False)
    second.company_file = CompanyFile("Sample", path=r"C:\Books\sample.qbw")
    for _ in range(2):
        assert update(second).status == status_of(Kind.OTHER_COMPANY, company_file=PATH)
    shown = card(firm)
    assert (shown.kind, shown.pc) == (Kind.OTHER_COMPANY, "Back office")
    assert shown.what == (
        rf"C:\Books\sample.qbw was open. This connection belongs to {PATH}, so we did not look any "
        "further."
    )
    assert shown.books == "Nothing was read or written, in either file."
    second.company_file = firm.books
    update(second)
    assert cards(firm) == []


# What is not a sync's own


def test_a_pc_that_should_call_by_itself_and_does_not(firm: Firm, pc: WebConnector) -> None:
    called = firm.clock()
    firm.pay(CUSTOMER, "4.00")
    firm.clock.move(minutes=29)
    assert cards(firm) == []
    firm.clock.move(minutes=1)
    shown = card(firm)
    assert (shown.kind, shown.since, shown.times) == (Kind.SILENT, called, None)
    assert shown.title == "Office PC has not called since 2026-11-20 15:00 UTC."
    assert shown.what == "It should call every 15 minutes."
    assert shown.books == "Nothing is lost. Payments waiting: 1 (4.00)."
    assert standing(firm).standing is Standing.SILENT
    firm.services.companies.set(firm.company_id, {"paused": "yes"})
    assert cards(firm) == []  # nobody expects it
    firm.services.companies.set(firm.company_id, {"paused": "no"})
    update(pc)
    assert cards(firm) == []
    expected = standing(firm).next_expected_at
    assert expected is not None
    assert (expected - firm.clock()).total_seconds() == 15 * 60


def test_a_pc_that_syncs_by_hand_is_never_silent(firm: Firm) -> None:
    pc = firm.pc(primary=False)
    assert standing(firm).standing is Standing.NEVER_CALLED
    update(pc)
    firm.pay(CUSTOMER, "4.00")
    firm.clock.move(days=2)
    firm.pay(CUSTOMER, "3.00")
    firm.clock.move(days=38)
    assert cards(firm) == []
    now = standing(firm)
    assert (now.standing, now.next_expected_at) == (Standing.OK, None)
    assert now.sentence == (
        "Last sync by hand: 2026-11-20 15:00 UTC. Payments that wait for **Update Selected**: "
        "2 (7.00), the oldest since 2026-11-20 15:00 UTC."
    )


def test_payments_whose_answer_was_lost_are_told_at_once(firm: Firm, pc: WebConnector) -> None:
    for amount in ("3.00", "4.00"):
        firm.pay(CUSTOMER, amount)
    lose_the_answers(pc)
    firm.clock.move(minutes=16)
    assert firm.services.silence.end_all() == 1
    shown = card(firm)
    assert (shown.kind, shown.times) == (Kind.CUT_OFF, 1)
    assert shown.books.startswith("Not known yet (payments: 2, 7.00).")
    assert "after 2026-11-20 15:15 UTC" in shown.steps[1]
    update(pc)
    assert cards(firm) == []


def test_a_late_answer_takes_the_doubt_away(firm: Firm, pc: WebConnector) -> None:
    firm.pay(CUSTOMER, "3.00")
    session = lose_the_answers(pc)
    close(pc, session.ticket)
    assert cards(firm) == [Kind.CUT_OFF]
    assert receive(pc, session.ticket, session.message_sets[-1][1]) == -1
    assert cards(firm) == []
    assert standing(firm).standing is Standing.OK


def test_a_wrong_password_is_told_from_the_second_on(firm: Firm, pc: WebConnector) -> None:
    right, pc.password = pc.password, "a guess"
    firm.clock.move(minutes=1)
    began = firm.clock()
    update(pc)
    assert cards(firm) == []
    assert standing(firm).standing is Standing.FIRST_TRY_FAILED
    update(pc)
    shown = card(firm)
    assert (shown.kind, shown.times, shown.since) == (Kind.PASSWORD, 2, began)
    assert shown.steps[0].startswith("In the Web Connector click the **Password** field of Payment")
    firm.clock.move(hours=3)
    update(pc)
    assert cards(firm) == [Kind.PASSWORD]  # it calls: it is not silent
    pc.password = right
    firm.clock.move(minutes=2)
    update(pc)
    assert cards(firm) == []


def test_who_is_turned_away_is_told_by_whom(firm: Firm, pc: WebConnector) -> None:
    second = firm.pc("Back office", primary=False)
    running = pc.begin()
    running.take("InvoiceQuery")
    tickets = [sign_in(second) for _ in range(2)]
    assert {verdict for _, verdict in tickets} == {"busy"}
    ticket = tickets[-1][0]
    column = "A sync from Office PC is running. Nothing to do: try again in a few minutes."
    assert close(second, ticket) == column  # if the Web Connector asks at all
    assert last_error(second, ticket) == column
    shown = card(firm)
    assert (shown.kind, shown.variant, shown.times) == (Kind.HELD_BY_OTHER, Variant.TURNED_AWAY, 2)
    assert "a sync from Office PC was not over yet" in shown.what
    running.finish()
    update(second)
    assert cards(firm) == []
    assert close(second, ticket) == "No sync was under way."


def test_its_own_sync_that_was_cut_off_turns_it_away_as_well(firm: Firm, pc: WebConnector) -> None:
    pc.begin().take("InvoiceQuery")
    ticket, verdict = sign_in(pc)
    assert verdict == "busy"
    assert close(pc, ticket) == status_of(Kind.HELD_BY_OTHER, Variant.TURNED_AWAY)
    assert standing(firm).standing is Standing.FIRST_TRY_FAILED


def test_a_sign_in_that_stops_at_once(firm: Firm, pc: WebConnector) -> None:
    """What we see of a company file that another Web Connector holds."""
    firm.pc("Front desk", primary=False)
    firm.books.write_data(pc.owner_id, "AppLock", "LOCKED:ANOTHER-PC:639000000000000000")
    for _ in range(3):
        update(pc)
        firm.clock.move(seconds=121)
    shown = card(firm)  # the third is not over, as far as we know
    assert (shown.kind, shown.variant, shown.times) == (Kind.HELD_BY_OTHER, Variant.STOPPED, 2)
    assert shown.title == "The Web Connector stopped right after signing in."


def test_a_backup_is_told_until_a_person_has_said_which(firm: Firm, pc: WebConnector) -> None:
    backup = firm.books.backup()
    firm.pay(CUSTOMER, "3.00")
    update(pc)
    firm.books.restore(backup)
    firm.clock.move(minutes=15)
    began = firm.clock()
    session = update(pc)
    column = status_of(Kind.OTHER_BOOKS, short_link="https://pay.example.com/support")
    assert session.status == column
    shown = card(firm)
    assert (shown.kind, shown.times, shown.since, shown.pc) == (
        *(Kind.OTHER_BOOKS, 1, began, "Office PC"),
    )
    assert standing(firm).standing is Standing.TROUBLE
    firm.services.companies.confirm(firm.company_id, by="maria@example.com")
    assert cards(firm) == []


def test_a_file_that_was_moved_waits_for_an_answer(firm: Firm, pc: WebConnector) -> None:
    firm.books.path = r"D:\New\prairie.qbw"
    seen = firm.clock()
    update(pc)
    shown = card(firm)
    assert (shown.kind, shown.variant, shown.since) == (Kind.NEW_PLACE, Variant.MOVED, seen)
    assert shown.what == (
        rf"Prairie Wind Yoga was opened from D:\New\prairie.qbw; until now it was {PATH}."
    )
    firm.books.path = PATH
    firm.clock.move(minutes=1)
    update(pc)
    assert cards(firm) == []  # it is back


def test_the_first_file_waits_for_an_answer(opened: Callable[..., Firm]) -> None:
    firm = opened(yes_to_first=False)
    update(firm.pc())
    assert (card(firm).kind, card(firm).variant) == (Kind.NEW_PLACE, Variant.FIRST)
    firm.services.companies.confirm(firm.company_id, by="maria@example.com")
    assert cards(firm) == []


def test_an_entry_that_is_one_too_many(firm: Firm, pc: WebConnector) -> None:
    payment = firm.pay(CUSTOMER, "3.00")
    other = firm.pc("Front desk", primary=False)
    asleep = pc.begin()
    asleep.take("ReceivePaymentAdd")
    firm.clock.move(hours=1)
    update(other)
    act(firm, payment, "settle_not_posted")
    update(other)
    found_at = firm.clock()
    asleep.wake()
    update(other)
    (shown,) = [item for item in told(firm).items if item.kind is Kind.ONE_TOO_MANY]
    assert (shown.variant, shown.times, shown.since) == (Variant.SECOND, 1, found_at)
    assert shown.pc == "Office PC"
    reference = firm.payment(payment).reference
    assert shown.what == f"{reference} stands there twice: 2026-11-20 and 2026-11-20."
    assert "too high by 3.00;" in shown.steps[1]


# What it costs


def test_it_takes_a_handful_of_statements_however_long_the_history(
    firm: Firm, pc: WebConnector
) -> None:
    counts: list[int] = []
    for times, in_a_row in ((2, 2), (6, 8)):
        firm.books.refuse_sessions(*DIALOG, times=times)
        for _ in range(times):
            update(pc)
            firm.pay(CUSTOMER, "1.00")
        firm.pc(f"PC {times}", primary=False)
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)  # noqa: B023 - it is removed before the next round

        event.listen(firm.engine, "before_cursor_execute", note)
        try:
            assert card(firm).times == in_a_row
        finally:
            event.remove(firm.engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9


def test_moments_are_shown_as_a_reader_wants(firm: Firm, pc: WebConnector) -> None:
    called = firm.clock()
    pc.begin().power_cut()
    firm.clock.move(days=1)

    def show(name: str, value: str) -> str:
        return f"{datetime.fromisoformat(value):%d.%m.}" if name == "last_call" else value

    (shown,) = firm.services.troubles.of(firm.company_file_id, show=show).items
    assert shown.title == f"Office PC has not called since {called:%d.%m.}"
