"""PCs that are retired, renewed or given a new password; company files that are not ours."""

from collections.abc import Callable

import pytest

from qbwc_server.errors import InvalidInput, NotFound, Refused
from scripts.simulate.quickbooks.company_file import CompanyFile
from sync_core.trouble import Kind
from tests.integration.sync.firm import (
    PATH,
    Firm,
    sign_in,
    status_of,
    until_payments_are_out,
    update,
)

CUSTOMER = "Café Belém"
WRONG = "nvu"
OTHER_FILE = status_of(Kind.OTHER_COMPANY, company_file=PATH)
ADMIN = "admin@example.com"


@pytest.fixture
def payment(firm: Firm) -> str:
    firm.books.add_customer(CUSTOMER)
    return firm.pay(CUSTOMER, "312.50")


def proven(firm: Firm) -> list[bool]:
    rows = firm.rows("SELECT proven_at FROM install ORDER BY id")
    return [row["proven_at"] is not None for row in rows]


def other_file() -> CompanyFile:
    books = CompanyFile("Somebody Else, Inc.", path=r"C:\Books\other.qbw")
    books.add_customer(CUSTOMER)
    return books


# Retired


def test_a_retired_pc_signs_in_no_more(firm: Firm, payment: str) -> None:
    made = firm.register()
    pc = firm.add_to_pc(made)
    assert update(pc).status == "1 payment posted"
    retired = firm.services.installs.retire(made.id, by=ADMIN)
    assert retired.retired_at is not None
    assert sign_in(pc)[1] == WRONG
    assert firm.statuses() == {payment: "posted"}
    installs = firm.services.installs
    again: list[Callable[[], object]] = [
        lambda: installs.retire(made.id, by=ADMIN),
        lambda: installs.renew(made.id, by=ADMIN),
        lambda: installs.new_password(made.id, by=ADMIN),
        lambda: installs.build_file(made.id),
        lambda: installs.note_built(made.id),
        lambda: installs.change(made.id, label="Attic"),
    ]
    for deed in again:
        with pytest.raises(Refused, match="Office PC is retired"):
            deed()
    assert installs.file(made.id) is None
    assert len(firm.rows("SELECT id FROM install")) == 1


def test_the_stamp_of_a_retired_pc_still_proves_the_books(firm: Firm, payment: str) -> None:
    made = firm.register("Front desk")
    update(firm.add_to_pc(made))
    firm.services.installs.retire(made.id, by=ADMIN)
    stranger = firm.pc("Back office")
    stranger.company_file = other_file()
    assert update(stranger).status == OTHER_FILE
    later = firm.pay(CUSTOMER, "31.00")
    assert update(firm.pc("Reception")).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted", later: "posted"}


def test_what_a_pc_holds_as_it_is_retired_is_not_sent_by_another(firm: Firm, payment: str) -> None:
    """Its PC fell asleep with a payment in its hands; its stamp stands in the file."""
    made = firm.register("Front desk")
    asleep = until_payments_are_out(firm.add_to_pc(made))
    asleep.power_cut()
    firm.services.installs.retire(made.id, by=ADMIN)
    firm.clock.move(hours=2)
    other = firm.pc("Back office")
    update(other)
    firm.clock.move(hours=2)
    update(other)
    assert firm.statuses() == {payment: "in_doubt"}
    firm.books.write_data(made.owner_id, "AppLock", "")
    firm.clock.move(hours=2)
    update(other)
    assert firm.statuses() == {payment: "posted"}
    assert firm.times_in_quickbooks(payment) == 1


# Renewed


def test_a_renewed_connection_is_a_new_pair_beside_the_old_stamp(firm: Firm, payment: str) -> None:
    """QBWC1039: this PC's Web Connector has forgotten the application that the file remembers."""
    made = firm.register()
    update(firm.add_to_pc(made))
    later = firm.pay(CUSTOMER, "31.00")
    fresh = firm.add_to_pc(made)
    fresh.is_clean_pc = True
    assert update(fresh).error_code == "QBWC1039"
    renewed = firm.services.installs.renew(made.id, by=ADMIN)
    assert (renewed.label, renewed.primary) == (made.label, made.primary)
    assert renewed.other_primaries == []
    for name in ("id", "user_name", "password", "owner_id", "file_id"):
        assert getattr(renewed, name) != getattr(made, name)
    pc = firm.add_to_pc(renewed)
    pc.is_clean_pc = True
    firm.clock.move(minutes=3)  # the call that was refused is over by then
    assert update(pc).status == "1 payment posted"
    assert sign_in(fresh)[1] == WRONG
    assert proven(firm) == [True, True]
    assert firm.statuses() == {payment: "posted", later: "posted"}


def test_a_renewed_connection_must_find_the_old_stamp(firm: Firm, payment: str) -> None:
    made = firm.register()
    update(firm.add_to_pc(made))
    pc = firm.add_to_pc(firm.services.installs.renew(made.id, by=ADMIN))
    pc.company_file = other_file()
    later = firm.pay(CUSTOMER, "31.00")
    assert update(pc).status == OTHER_FILE
    assert firm.statuses() == {payment: "posted", later: "queued"}


def test_a_file_from_before_the_connection_that_was_renewed_is_asked_about(
    firm: Firm, payment: str
) -> None:
    """Nobody is left whose stamp it could hold: an administrator says that it is the right one.

    That she said yes beforehand to the first file says nothing of this one.
    """
    made = firm.register()
    before = firm.books.backup()
    update(firm.add_to_pc(made))
    pc = firm.add_to_pc(firm.services.installs.renew(made.id, by=ADMIN))
    firm.clock.move(hours=1)
    firm.books.restore(before)
    later = firm.pay(CUSTOMER, "31.00")
    for _ in range(2):
        assert update(pc).status.startswith("Nothing is posted until")
        firm.clock.move(hours=1)
    assert proven(firm) == [True, False]
    firm.services.companies.confirm(firm.company_id, by=ADMIN)
    assert "lacks payments posted earlier" in update(pc).status
    firm.services.companies.ours(firm.company_id, by=ADMIN)
    firm.clock.move(hours=1)
    update(pc)
    assert firm.payment(payment).missing_since is not None
    assert firm.payment(later).status == "posted"
    assert proven(firm) == [True, True]


def test_a_file_that_moved_can_be_confirmed_though_the_clock_was_set_back(
    firm: Firm, payment: str
) -> None:
    """What is open now was opened last, whatever the clock said when another was open."""
    pc = firm.pc()
    update(pc)
    firm.clock.move(days=-2)
    firm.books.path = r"D:\Moved\prairie.qbw"
    assert update(pc).status.startswith("Nothing is posted until")
    firm.services.companies.confirm(firm.company_id, by=ADMIN)
    later = firm.pay(CUSTOMER, "31.00")
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted", later: "posted"}


# Passwords


def test_a_new_password_stops_the_old_one_at_once(firm: Firm, payment: str) -> None:
    made = firm.register()
    pc = firm.add_to_pc(made)
    for _ in range(5):  # so often that the next try would be held back
        pc.password = "mistyped"
        assert sign_in(pc)[1] == WRONG
    new = firm.services.installs.new_password(made.id, by=ADMIN)
    pc.password = made.password or ""
    assert sign_in(pc)[1] == WRONG
    pc.password = new.password
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted"}


def test_a_paired_pc_gets_a_password_of_ours_too(firm: Firm) -> None:
    made = firm.register(paired=True)
    pc = firm.add_to_pc(made, "whatever")
    assert sign_in(pc)[1] == ""
    new = firm.services.installs.new_password(made.id, by=ADMIN)
    assert sign_in(pc)[1] == WRONG
    pc.password = new.password
    assert update(pc).error_code is None
    firm.services.installs.build_file(made.id)
    assert update(pc).error_code is None, "building the file again asks for no other password"


# Name and schedule


def test_name_and_schedule_are_changed(firm: Firm) -> None:
    made = firm.register()
    changed = firm.services.installs.change(
        made.id, label=" Attic ", primary=False, run_every_minutes=60
    )
    assert (changed.label, changed.primary, changed.run_every_minutes) == ("Attic", False, 60)
    assert b"Scheduler" not in firm.services.installs.build_file(made.id).content
    assert firm.services.installs.change(made.id) == changed
    firm.services.installs.change(made.id, primary=True)
    built = firm.services.installs.build_file(made.id).content
    assert b"<RunEveryNMinutes>60</RunEveryNMinutes>" in built


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_minutes_have_bounds(firm: Firm, minutes: int) -> None:
    installs = firm.services.installs
    with pytest.raises(InvalidInput, match="from 1 to 1440"):
        installs.add(firm.company_id, run_every_minutes=minutes)
    made = firm.register()
    with pytest.raises(InvalidInput, match="from 1 to 1440"):
        installs.change(made.id, run_every_minutes=minutes)


def test_a_form_that_is_sent_twice_registers_one_pc(firm: Firm) -> None:
    given = "0b1f7a52-1c1e-4a1e-9d7c-5f0a6a3e8c11"
    made = firm.services.installs.add(firm.company_id, install_id=given)
    assert made.id == given
    with pytest.raises(Refused, match="registered already"):
        firm.services.installs.add(firm.company_id, install_id=given.upper())
    assert len(firm.rows("SELECT id FROM install")) == 1


# Company files that are not ours


@pytest.fixture
def careful(opened: Callable[..., Firm]) -> Firm:
    """A firm whose administrator has not said yes beforehand."""
    firm = opened(yes_to_first=False)
    firm.books.add_customer(CUSTOMER)
    return firm


def place_id(firm: Firm) -> int:
    found: int = firm.rows("SELECT id FROM place ORDER BY id DESC")[0]["id"]
    return found


def test_the_wrong_company_file_is_turned_away_after_a_no(careful: Firm) -> None:
    payment = careful.pay(CUSTOMER, "31.00")
    made = careful.register()
    pc = careful.add_to_pc(made)
    pc.company_file = other_file()
    assert update(pc).status.startswith("Nothing is posted until")
    companies = careful.services.companies
    denied = companies.deny(careful.company_id, by=ADMIN, place_id=place_id(careful))
    assert denied.company_name == "Somebody Else, Inc."
    assert proven(careful) == [False], "its stamp is in the wrong file alone"
    assert update(pc).status == status_of(Kind.OTHER_COMPANY)
    assert proven(careful) == [False]
    with pytest.raises(Refused, match="confirmed meanwhile"):
        companies.deny(careful.company_id, by=ADMIN)
    with pytest.raises(Refused, match="No Web Connector"):
        companies.confirm(careful.company_id, by=ADMIN)

    right = careful.add_to_pc(careful.services.installs.renew(made.id, by=ADMIN))
    assert update(right).status.startswith("Nothing is posted until")
    companies.confirm(careful.company_id, by=ADMIN, place_id=place_id(careful))
    assert update(right).status == "1 payment posted"
    assert careful.statuses() == {payment: "posted"}
    assert pc.company_file.payments() == []


def test_a_copy_is_turned_away_and_the_stamp_of_the_right_file_still_counts(
    firm: Firm, payment: str
) -> None:
    pc = firm.pc()
    update(pc)
    copy = firm.books.backup()
    copy.path = r"D:\Accountant\prairie.qbw"
    pc.company_file = copy
    update(pc)
    firm.services.companies.deny(firm.company_id, by=ADMIN)
    later = firm.pay(CUSTOMER, "31.00")
    assert update(pc).status == OTHER_FILE
    assert proven(firm) == [True]
    pc.company_file = firm.books
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted", later: "posted"}


def test_the_word_is_for_the_file_that_was_shown(careful: Firm) -> None:
    """Between the page and the click another PC has opened another company file."""
    first, second = careful.pc("Front desk"), careful.pc("Back office", primary=False)
    update(first)
    shown = place_id(careful)
    copy = careful.books.backup()
    copy.path = r"D:\Copy\prairie.qbw"
    second.company_file = copy
    careful.clock.move(minutes=1)
    update(second)
    companies = careful.services.companies
    assert (
        companies.confirm(careful.company_id, by=ADMIN, place_id=shown).path
        == r"C:\Books\prairie.qbw"
    )
    rows = careful.rows("SELECT path, confirmed_by FROM place ORDER BY id")
    assert [row["confirmed_by"] for row in rows] == [ADMIN, None]


def test_a_wrong_first_file_does_not_lock_the_right_one_out(careful: Firm) -> None:
    """Nobody answered: the connection was renewed instead, or another PC came."""
    payment = careful.pay(CUSTOMER, "31.00")
    made = careful.register()
    pc = careful.add_to_pc(made)
    pc.company_file = other_file()
    update(pc)
    second = careful.pc("Back office", primary=False)
    assert update(second).status.startswith("Nothing is posted until")
    right = careful.add_to_pc(careful.services.installs.renew(made.id, by=ADMIN))
    assert update(right).status.startswith("Nothing is posted until")
    companies = careful.services.companies
    assert companies.confirm(careful.company_id, by=ADMIN).path == careful.books.path
    assert update(right).status == "1 payment posted"
    assert careful.statuses() == {payment: "posted"}
    assert pc.company_file.payments() == []


def test_one_word_answers_one_question(firm: Firm, payment: str) -> None:
    """A restored backup on one PC, a copy on the other: is it ours now, and is it the right one?"""
    backup = firm.books.backup()
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    update(first)
    assert firm.statuses() == {payment: "posted"}
    copy = firm.books.backup()
    copy.path = r"D:\Copy\prairie.qbw"
    second.company_file = copy
    update(second)
    copied = place_id(firm)
    firm.clock.move(hours=1)
    firm.books.restore(backup)
    update(first)
    companies = firm.services.companies

    def stands() -> tuple[bool, bool]:
        (place,) = firm.rows("SELECT confirmed_at FROM place WHERE id = :id", id=copied)
        (company,) = firm.rows("SELECT books_doubted FROM company_file")
        return place["confirmed_at"] is not None, company["books_doubted"] is not None

    assert stands() == (False, True)
    companies.ours(firm.company_id, by=ADMIN)
    assert stands() == (False, False)
    with pytest.raises(Refused, match="not doubted"):
        companies.ours(firm.company_id, by=ADMIN)


def test_a_yes_to_a_copy_does_not_say_that_what_is_missing_is_missing(
    firm: Firm, payment: str
) -> None:
    backup = firm.books.backup()
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    update(first)
    copy = firm.books.backup()
    copy.path = r"D:\Copy\prairie.qbw"
    second.company_file = copy
    update(second)
    firm.clock.move(hours=1)
    firm.books.restore(backup)
    update(first)
    told = firm.services.companies.confirm(firm.company_id, by=ADMIN, place_id=place_id(firm))
    assert (told.path, told.takes_stock) == (copy.path, False)
    (company,) = firm.rows("SELECT books_doubted, takes_stock FROM company_file")
    assert company["books_doubted"] is not None
    assert not company["takes_stock"]
    assert firm.statuses() == {payment: "posted"}


def test_a_no_can_be_taken_back(careful: Firm) -> None:
    pc = careful.pc()
    update(pc)
    companies = careful.services.companies
    companies.deny(careful.company_id, by=ADMIN)
    companies.confirm(careful.company_id, by=ADMIN, place_id=place_id(careful))
    payment = careful.pay(CUSTOMER, "31.00")
    assert update(pc).status == "1 payment posted"
    assert careful.statuses() == {payment: "posted"}
    with pytest.raises(Refused, match="confirmed meanwhile"):
        companies.deny(careful.company_id, by=ADMIN, place_id=place_id(careful))


def test_the_word_is_for_ones_own_company_file(careful: Firm) -> None:
    update(careful.pc())
    companies = careful.services.companies
    other = companies.add("Moonlight Dental")
    for deed in (companies.confirm, companies.deny):
        with pytest.raises(Refused):
            deed(other.id, by=ADMIN, place_id=place_id(careful))
        with pytest.raises(NotFound):
            deed("nonsense", by=ADMIN, place_id=place_id(careful))
    assert careful.rows("SELECT confirmed_at, denied_at FROM place") == [
        {"confirmed_at": None, "denied_at": None}
    ]
