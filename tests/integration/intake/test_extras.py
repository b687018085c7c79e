"""What is one too many in QuickBooks: listed, ordered out, or kept; and that posting is paused."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from qbwc_server.errors import InvalidInput, NotFound, Refused
from qbwc_server.services.assembly import UseCases
from qbwc_server.services.companies import CompanyView
from sync_core.lifecycle import PaymentStatus
from tests.integration.site import move, payment
from tests.integration.synced import find_extra, open_sync
from tests.schema.rows import NOON


@pytest.fixture(autouse=True)
def _found(use_cases: UseCases, company_file_id: int, engine: Engine) -> None:
    """A sync found payment pay_123 in QuickBooks a second time, and one of no payment of ours."""
    use_cases.intake.queue(company_file_id, [payment()], by="api")
    move(engine, "pay_123", PaymentStatus.POSTED, txn_id="1A-9")
    session = open_sync(engine, company_file_id)
    find_extra(engine, session, "1A-10", "pay_123")
    find_extra(engine, session, "1A-11")


def act(use_cases: UseCases, txn_id: str, action: str, **more: Any) -> Any:
    company = use_cases.companies.every()[0]
    own = use_cases.companies.internal_id(company.id)
    return use_cases.extras.act(own, txn_id, {"action": action, **more}, by="bookkeeper")


def test_they_are_listed_with_what_quickbooks_tells_of_them(
    use_cases: UseCases, company_file_id: int
) -> None:
    stranger, second = use_cases.extras.page(company_file_id).items
    assert (second.txn_id, second.kind, stranger.txn_id, stranger.kind) == (
        *("1A-10", "second"),
        *("1A-11", "stranger"),
    )
    assert second.payment is not None
    assert (second.payment.id, stranger.payment) == ("pay_123", None)
    for one in (second, stranger):
        told = (one.day, one.amount, one.reference, one.customer)
        assert told == (date(2026, 11, 20), "125.00", "CBTWICE", "Abercrombie, Kristy")
        assert (one.found_at, one.ordered_at, one.resolution) == (NOON, None, None)


def test_they_are_paged(use_cases: UseCases, company_file_id: int) -> None:
    first = use_cases.extras.page(company_file_id, limit="1")
    assert first.next_cursor is not None
    rest = use_cases.extras.page(company_file_id, limit="1", cursor=first.next_cursor)
    listed = [one.txn_id for one in (*first.items, *rest.items)]
    assert (listed, rest.next_cursor) == (["1A-11", "1A-10"], None)
    assert [one.txn_id for one in use_cases.extras.every(company_file_id)] == listed


def test_one_is_ordered_out_and_waits_for_the_next_sync(
    use_cases: UseCases, company_file_id: int
) -> None:
    shown = act(use_cases, "1A-10", "take_out", note="imported twice")
    assert (shown.ordered_by, shown.note, shown.resolution) == (
        "bookkeeper",
        "imported twice",
        None,
    )
    assert shown.ordered_at is not None
    event = use_cases.payments.show(company_file_id, "pay_123").history[-1]
    assert (event.from_status, event.to_status, event.by) == ("posted", "posted", "bookkeeper")
    assert event.note == "1A-10 in QuickBooks is one too many: to be taken out. imported twice"
    # It is there until QuickBooks says that it is gone.
    assert len(use_cases.extras.page(company_file_id).items) == 2
    assert act(use_cases, "1A-11", "take_out").ordered_at is not None


def test_one_is_kept_and_posting_goes_on(
    use_cases: UseCases, company: CompanyView, company_file_id: int
) -> None:
    def notices() -> list[str]:
        return use_cases.companies.show(company.id).notices

    list_them = f"qbwc extras list {company.id}"
    assert notices() == [
        f"Posting is paused: QuickBooks holds 2 entries of ours too many; {list_them}"
    ]
    shown = act(use_cases, "1A-10", "keep", note="two courses")
    assert (shown.resolution, shown.note) == ("kept", "two courses")
    event = use_cases.payments.show(company_file_id, "pay_123").history[-1]
    assert event.note == "1A-10 in QuickBooks is right as well and stays. two courses"
    assert notices() == [
        f"Posting is paused: QuickBooks holds 1 entry of ours too many; {list_them}"
    ]
    act(use_cases, "1A-11", "keep", note="of the system before")
    assert (notices(), use_cases.extras.page(company_file_id).items) == ([], [])
    for action in ("keep", "take_out"):
        with pytest.raises(Refused, match="settled already"):
            act(use_cases, "1A-11", action, note="again")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/action"),
        ({"action": "explode"}, "/action"),
        ({"action": ["keep"]}, "/action"),
        ({"action": "keep"}, "/note"),
        ({"action": "keep", "note": " "}, "/note"),
        ({"action": "keep", "note": "a\x00b"}, "/note"),
        ({"action": "take_out", "txn_id": "1A-10"}, "/txn_id"),
        ("keep", ""),
    ],
)
def test_what_cannot_be_read_is_told_field_by_field(
    use_cases: UseCases, company_file_id: int, given: object, pointer: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        use_cases.extras.act(company_file_id, "1A-10", given, by="bookkeeper")
    assert [problem.pointer for problem in wrong.value.problems] == [pointer]


@pytest.mark.parametrize("txn_id", ["1A-99", "", "a\x00b", "\ud800"])
def test_nothing_with_this_txn_id(use_cases: UseCases, txn_id: str) -> None:
    with pytest.raises(NotFound):
        act(use_cases, txn_id, "take_out")


def test_another_companys_are_not_to_be_seen(use_cases: UseCases) -> None:
    other = use_cases.companies.internal_id(use_cases.companies.add("Moonlight Dental").id)
    assert use_cases.extras.page(other).items == []
    with pytest.raises(NotFound):
        use_cases.extras.act(other, "1A-10", {"action": "take_out"}, by="bookkeeper")
