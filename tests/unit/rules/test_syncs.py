"""What people read about a sync: how it stands, what was asked in it, what came of that."""

import pytest

from sync_core.plan import Step
from sync_core.wording import syncs
from sync_core.wording.syncs import Outcome, outcome


@pytest.mark.parametrize(
    ("is_over", "percent", "before", "told"),
    [
        (False, 40, 100, Outcome.UNDER_WAY),
        (True, 100, None, Outcome.THROUGH),
        (True, 100, 40, Outcome.THROUGH),
        (True, 40, 100, Outcome.FAILED_ONCE),
        (True, 0, None, Outcome.FAILED_ONCE),
        (True, 40, 99, Outcome.FAILED_AGAIN),
        (True, 0, 0, Outcome.FAILED_AGAIN),
    ],
)
def test_a_first_failure_is_no_alarm(
    *, is_over: bool, percent: int, before: int | None, told: Outcome
) -> None:
    assert outcome(is_over=is_over, percent=percent, percent_before=before) is told


def test_every_outcome_and_step_has_its_words() -> None:
    assert set(syncs.OUTCOMES) == set(Outcome)
    assert set(syncs.STEPS) == set(Step)


@pytest.mark.parametrize(
    ("requests", "told"),
    [
        ({}, ""),
        ({"ReceivePaymentAdd": 1}, "QuickBooks was told to record 1 payment."),
        ({"ReceivePaymentAdd": 12}, "QuickBooks was told to record 12 payments."),
        (
            {"HostQuery": 1, "CustomerQuery": 1, "PreferencesQuery": 1},
            "QuickBooks was asked for its version, customers and its preferences.",
        ),
        (
            {"InvoiceQuery": 14, "UnheardQuery": 1},
            "QuickBooks was asked for invoices (14 questions) and UnheardQuery.",
        ),
        (
            {"TxnDel": 2, "CompanyQuery": 1},
            "QuickBooks was told to delete 2 payments and asked for the company file it has open.",
        ),
    ],
)
def test_what_was_asked(requests: dict[str, int], told: str) -> None:
    assert syncs.asked(requests) == told


@pytest.mark.parametrize(
    ("objects", "codes", "told"),
    [
        ({"CustomerRet": 12, "InvoiceRet": 1}, {"0": 2}, "12 customers and 1 invoice came."),
        ({}, {"1": 3}, "Nothing new."),
        ({"HostRet": 1, "CompanyRet": 1}, {"0": 2}, "It answered."),
        ({}, {"3120": 1}, "Nothing new; 1 refused (code 3120)."),
        ({"UnheardRet": 2}, {"0": 1}, "2 UnheardRet came."),
    ],
)
def test_what_came_of_a_question(objects: dict[str, int], codes: dict[str, int], told: str) -> None:
    assert syncs.came(objects, codes, writes=False) == told


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ({"0": 11, "530": 1}, "12 done."),
        ({"0": 10, "3120": 1, "3210": 1}, "10 done; 1 refused (code 3120); 1 refused (code 3210)."),
        ({"": 1}, "1 refused (code none)."),
        ({}, "Nothing was answered."),
    ],
)
def test_what_came_of_an_order(codes: dict[str, int], told: str) -> None:
    assert syncs.came({"ReceivePaymentRet": 12}, codes, writes=True) == told


def test_counts() -> None:
    assert syncs.came_in(12, 1, 0) == "12 customers and 1 invoice"
    assert syncs.came_in(1, 20, 3) == "1 customer, 20 invoices and 3 credit memos"
    assert syncs.came_in(0, 0, 0) == ""
    assert syncs.went_out(12, 3) == "12 posted, 3 need you"
    assert syncs.went_out(0, 1) == "1 needs you"
    assert syncs.went_out(0, 0) == ""


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "under 1 s"),
        (42.4, "42 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (3600, "1 h 0 min"),
        (9_000, "2 h 30 min"),
    ],
)
def test_how_long_it_took(seconds: float, told: str) -> None:
    assert syncs.lasted(seconds) == told


def test_how_long_a_text_is() -> None:
    assert [syncs.size(count) for count in (0, 999, 24_400, 2_500_000)] == [
        *("0 B", "999 B", "24.4 kB", "2.5 MB")
    ]
