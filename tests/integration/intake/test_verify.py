"""`qbwc verify`: it holds where all is well, and each thing that must not be is found."""
# ruff: noqa: S608 - the SQL that breaks something is our own

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from qbwc_server.errors import NotFound
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from qbwc_server.services.verify import ROWS_MAX, CheckView, VerifyView
from sync_core.lifecycle import PaymentStatus
from tests import databases
from tests.integration.site import move, payment
from tests.integration.synced import bring, hand_out, open_sync

NAMES = [*PaymentStatus, "posted too", "back"]

Break = Callable[..., dict[str, CheckView]]


@pytest.fixture(autouse=True)
def _all_is_well(use_cases: UseCases, company_file_id: int, engine: Engine) -> None:
    """A payment in each state, named by it; another one posted; one that came back to waiting."""
    use_cases.intake.queue(company_file_id, [payment(name) for name in NAMES], by="api")
    for status in PaymentStatus:
        bring(engine, company_file_id, status, status)
    bring(engine, company_file_id, "posted too", PaymentStatus.POSTED)
    bring(engine, company_file_id, "back", PaymentStatus.IN_DOUBT)
    move(engine, "back", PaymentStatus.QUEUED, note="QuickBooks does not have it.")


@pytest.fixture
def verify(use_cases: UseCases, company: CompanyView) -> Callable[[], VerifyView]:
    return lambda: use_cases.verify.company(company.id)


@pytest.fixture
def broken(engine: Engine, verify: Callable[[], VerifyView]) -> Break:
    """Break the database by some SQL; hand back the checks that see it, by name."""
    assert verify().holds

    def run(*statements: str) -> dict[str, CheckView]:
        with engine.begin() as db, databases.erasing(db):
            for statement in statements:
                db.execute(text(statement))
        found = verify()
        seen = {check.name: check for check in found.checks if not check.holds}
        assert found.holds == (not seen)
        return seen

    return run


def of(name: str) -> str:
    """The id of a payment, in SQL."""
    return f"(SELECT id FROM payment WHERE external_id = '{name}')"


def event(name: str, source: str, target: str, by: str = "session") -> str:
    """Write an event, in SQL."""
    before = f"'{source}'" if source else "NULL"
    return (
        "INSERT INTO payment_event (payment_id, at, from_status, to_status, by)"
        f" SELECT id, changed_at, {before}, '{target}', '{by}' FROM payment"
        f" WHERE external_id = '{name}'"
    )


def payments_of(check: CheckView) -> list[str]:
    return [row["payment"] for row in check.rows]


def without_constraints(engine: Engine) -> None:
    """Make the payments a table that takes anything."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as db:
            for name in (
                "ck_payment_status",
                "uq_payment_company_file_id_external_id",
                "uq_payment_company_file_id_reference",
            ):
                db.execute(text(f"ALTER TABLE payment DROP CONSTRAINT {name} CASCADE"))
        return
    file = sqlite3.connect(engine.url.database or "")
    file.executescript(
        "PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON;"
        "ALTER TABLE payment RENAME TO payment_before;"
        "CREATE TABLE payment AS SELECT * FROM payment_before;"
    )
    file.close()


def test_where_all_is_well_everything_holds(verify: Callable[[], VerifyView]) -> None:
    found = verify()
    assert found.holds
    assert found.payments == len(NAMES)
    one_each = {str(status): 12500 for status in PaymentStatus}
    assert found.cents == {**one_each, "posted": 25000, "queued": 25000}
    assert {(check.count, len(check.rows)) for check in found.checks} == {(0, 0)}
    assert all(check.means.endswith(".") for check in found.checks)


def test_an_empty_company_holds(use_cases: UseCases) -> None:
    found = use_cases.verify.company(use_cases.companies.add("Moonlight Dental").id)
    assert (found.holds, found.payments, set(found.cents.values())) == (True, 0, {0})


def test_no_such_company(use_cases: UseCases) -> None:
    with pytest.raises(NotFound):
        use_cases.verify.company("nonsense")


# States and events


def test_a_state_that_its_last_event_does_not_say(broken: Break) -> None:
    seen = broken("UPDATE payment SET status = 'dismissed' WHERE external_id = 'queued'")
    assert list(seen) == ["states"]
    assert seen["states"].rows == [{"payment": "queued", "status": "dismissed", "told": "queued"}]


def test_a_payment_without_events(broken: Break) -> None:
    seen = broken(f"DELETE FROM payment_event WHERE payment_id = {of('queued')}")
    assert list(seen) == ["states", "cents"]
    assert seen["states"].rows == [{"payment": "queued", "status": "queued", "told": None}]


def test_a_state_that_there_is_not(
    broken: Break, engine: Engine, verify: Callable[[], VerifyView]
) -> None:
    without_constraints(engine)
    seen = broken("UPDATE payment SET status = 'lost' WHERE external_id = 'queued'")
    assert list(seen) == ["states", "cents"]
    assert seen["states"].rows == [{"payment": "queued", "status": "lost", "told": "queued"}]
    assert seen["cents"].rows == [{"accepted_cents": 112500, "cents_of_all_states": 100000}]
    assert verify().cents["lost"] == 12500


def test_a_gap_between_events(broken: Break) -> None:
    seen = broken(
        f"DELETE FROM payment_event WHERE payment_id = {of('posted')} AND to_status = 'sent'"
    )
    assert list(seen) == ["events"]
    [row] = seen["events"].rows
    assert (row["payment"], row["before"], row["source"], row["target"]) == (
        *("posted", "queued"),
        *("sent", "posted"),
    )


def test_a_move_that_nobody_may_make(broken: Break) -> None:
    seen = broken(
        "UPDATE payment SET status = 'reversed' WHERE external_id = 'dismissed'",
        event("dismissed", "dismissed", "reversed"),
    )
    assert list(seen) == ["events"]
    assert payments_of(seen["events"]) == ["dismissed"]


def test_a_payment_that_was_never_accepted(broken: Break) -> None:
    seen = broken(
        f"DELETE FROM payment_event WHERE payment_id = {of('sent')} AND from_status IS NULL"
    )
    assert list(seen) == ["events", "cents"]
    assert payments_of(seen["events"]) == ["sent"]


def test_a_payment_that_was_accepted_twice(broken: Break) -> None:
    seen = broken(event("queued", "", "queued", by="api"))
    assert list(seen) == ["events", "cents"]
    assert seen["cents"].rows == [{"accepted_cents": 125000, "cents_of_all_states": 112500}]


def test_what_was_noted_without_a_move_is_well(broken: Break) -> None:
    assert broken(event("posted", "posted", "posted", by="cli")) == {}


# Amounts and identities


def test_an_amount_that_was_altered(broken: Break) -> None:
    """The audit trail knows what was accepted."""
    seen = broken("UPDATE payment SET amount_cents = 12600 WHERE external_id = 'posted'")
    assert list(seen) == ["cents", "amounts"]
    assert seen["amounts"].rows == [
        {"payment": "posted", "amount_cents": 12600, "accepted_cents": 12500}
    ]


def test_amounts_that_were_altered_against_each_other(broken: Break) -> None:
    seen = broken(
        "UPDATE payment SET amount_cents = 12400 WHERE external_id = 'queued'",
        "UPDATE payment SET amount_cents = 12600 WHERE external_id = 'dismissed'",
    )
    assert list(seen) == ["amounts"]
    assert payments_of(seen["amounts"]) == ["dismissed", "queued"]


def test_parts_that_are_more_than_the_amount(broken: Break) -> None:
    seen = broken(f"UPDATE payment_apply SET amount_cents = 12501 WHERE payment_id = {of('sent')}")
    assert list(seen) == ["parts"]
    assert seen["parts"].rows == [{"payment": "sent", "amount_cents": 12500, "parts_cents": 12501}]


def test_one_id_twice(broken: Break, engine: Engine) -> None:
    without_constraints(engine)
    seen = broken("UPDATE payment SET external_id = 'queued' WHERE external_id = 'back'")
    assert list(seen) == ["external_ids"]
    assert seen["external_ids"].rows[0]["found"] == "queued"


@pytest.mark.parametrize("other", ["CBSAME", "cbsame"])
def test_one_reference_twice(broken: Break, engine: Engine, other: str) -> None:
    without_constraints(engine)
    seen = broken(
        "UPDATE payment SET reference = 'CBSAME' WHERE external_id = 'queued'",
        f"UPDATE payment SET reference = '{other}' WHERE external_id = 'sent'",
    )
    assert list(seen) == ["references"]
    assert seen["references"].rows == [
        {"found": "CBSAME", "times": 2, "first": "queued", "last": "sent"}
    ]


def test_one_guid_twice(broken: Break) -> None:
    guid = "UPDATE payment SET external_guid = '{}' WHERE external_id = '{}'"
    seen = broken(guid.format("abc", "queued"), guid.format("ABC", "sent"))
    assert list(seen) == ["guids"]


def test_one_entry_for_two_payments(broken: Break) -> None:
    same = "UPDATE payment SET txn_id = '1A-posted' WHERE external_id = '{}'"
    assert broken(same.format("reversed")) == {}
    seen = broken(same.format("posted too"))
    assert list(seen) == ["txn_ids"]
    assert seen["txn_ids"].rows == [
        {"found": "1A-posted", "times": 2, "first": "posted", "last": "posted too"}
    ]


# What is out


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        (
            "UPDATE exchange SET answered_at = asked_at WHERE answered_at IS NULL",
            {"open_attempts": 1, "awaited": 0},
        ),
        (
            "UPDATE wc_session SET ended_at = opened_at WHERE ended_at IS NULL",
            {"open_attempts": 1, "awaited": 0},
        ),
        (
            "UPDATE attempt SET outcome = 'in_doubt' WHERE outcome IS NULL",
            {"open_attempts": 0, "awaited": 0},
        ),
    ],
)
def test_a_payment_sent_whose_answer_nobody_awaits(
    broken: Break, statement: str, row: dict[str, int]
) -> None:
    seen = broken(statement)
    assert list(seen) == ["sent"]
    assert seen["sent"].rows == [{"payment": "sent", **row}]


def test_a_payment_sent_that_is_awaited_by_anothers_sync(
    broken: Break, use_cases: UseCases
) -> None:
    use_cases.companies.add("Moonlight Dental")
    other = "(SELECT max(id) FROM company_file)"
    seen = broken(f"UPDATE wc_session SET company_file_id = {other} WHERE ended_at IS NULL")
    assert list(seen) == ["sent"]


def test_a_payment_sent_with_two_open_attempts(broken: Break) -> None:
    seen = broken(
        "DROP INDEX ix_attempt_open",
        "INSERT INTO attempt (payment_id, exchange_id, request_id)"
        f" SELECT payment_id, exchange_id, 'again' FROM attempt WHERE payment_id = {of('sent')}",
    )
    assert list(seen) == ["sent"]
    assert seen["sent"].rows == [{"payment": "sent", "open_attempts": 2, "awaited": 2}]


@pytest.mark.parametrize("name", ["rejected", "posted", "back"])
def test_an_open_attempt_of_what_is_not_being_sent(broken: Break, name: str) -> None:
    seen = broken(f"UPDATE attempt SET outcome = NULL WHERE payment_id = {of(name)}")
    assert list(seen) == ["attempts"]
    assert payments_of(seen["attempts"]) == [name]


def test_one_that_late_evidence_posted_may_await_its_answer(broken: Break, engine: Engine) -> None:
    move(engine, "sent", PaymentStatus.POSTED, txn_id="1A-late")
    assert broken() == {}


@pytest.mark.parametrize("nothing", ["NULL", "''"])
def test_a_payment_posted_without_its_txn_id(broken: Break, nothing: str) -> None:
    seen = broken(f"UPDATE payment SET txn_id = {nothing} WHERE external_id = 'posted'")
    assert list(seen) == ["posted"]
    assert payments_of(seen["posted"]) == ["posted"]


# Reasons


@pytest.mark.parametrize(
    ("name", "column"),
    [("in_doubt", "note"), ("rejected", "cause"), ("rejected", "summary"), ("back", "note")],
)
def test_what_waits_without_a_reason(broken: Break, name: str, column: str) -> None:
    seen = broken(f"UPDATE payment SET {column} = NULL WHERE external_id = '{name}'")
    assert list(seen) == ["reasons"]
    assert payments_of(seen["reasons"]) == [name]


@pytest.mark.parametrize("name", ["in_doubt", "back"])
def test_a_blank_is_no_reason(broken: Break, name: str) -> None:
    seen = broken(f"UPDATE payment SET note = ' ' WHERE external_id = '{name}'")
    assert list(seen) == ["reasons"]


def test_the_event_of_the_person_who_sent_it_back_is_a_reason(
    broken: Break, use_cases: UseCases, company_file_id: int
) -> None:
    use_cases.review.act(company_file_id, "rejected", {"action": "retry"}, by="bookkeeper")
    assert broken() == {}


def test_a_sync_that_is_silent_while_payments_are_out(broken: Break) -> None:
    seen = broken("UPDATE wc_session SET last_heard_at = '2020-01-01 00:00:00.000000'")
    assert list(seen) == ["silence"]
    assert "press Update Selected" in seen["silence"].means
    assert [row["payments"] for row in seen["silence"].rows] == [1]


def test_a_sync_that_is_silent_with_nothing_out_holds(broken: Break, engine: Engine) -> None:
    move(engine, "sent", PaymentStatus.POSTED, txn_id="1A-late")
    assert broken("UPDATE wc_session SET last_heard_at = '2020-01-01 00:00:00.000000'") == {}


# How it looks


def test_of_many_offenders_the_first_are_shown_and_all_are_counted(
    broken: Break, use_cases: UseCases, company_file_id: int
) -> None:
    more = [payment(f"pay {number:03}") for number in range(150)]
    use_cases.intake.queue(company_file_id, more, by="api")
    seen = broken("UPDATE payment SET status = 'dismissed' WHERE external_id LIKE 'pay %'")
    assert (seen["states"].count, len(seen["states"].rows)) == (150, ROWS_MAX)
    assert payments_of(seen["states"])[:2] == ["pay 000", "pay 001"]


def test_another_companys_faults_are_its_own(
    use_cases: UseCases, company: CompanyView, broken: Break
) -> None:
    other = use_cases.companies.add("Moonlight Dental")
    own = use_cases.companies.internal_id(other.id)
    use_cases.intake.queue(own, [payment("theirs")], by="api")
    assert broken("UPDATE payment SET status = 'posted' WHERE external_id = 'theirs'") == {}
    assert use_cases.verify.company(company.id).holds
    assert not use_cases.verify.company(other.id).holds


def test_it_sees_one_moment_and_waits_for_nobody(
    verify: Callable[[], VerifyView], engine: Engine, use_cases: UseCases
) -> None:
    own = use_cases.companies.internal_id(use_cases.companies.add("Moonlight Dental").id)
    use_cases.intake.queue(own, [payment("theirs")], by="api")
    hand_out(engine, open_sync(engine, own), "theirs")
    with engine.begin() as db:
        db.execute(text("UPDATE payment SET status = 'posted'"))
        assert verify().holds
        db.rollback()
