"""One set of books for the tests of the simulated QuickBooks, and a clock that can be set."""

from datetime import UTC, datetime, timedelta

import pytest

from scripts.simulate.quickbooks import CompanyFile


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: int) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def books(clock: SetClock) -> CompanyFile:
    """A bakery, a law firm with two jobs, and the usual lists."""
    books = CompanyFile("Rock Castle Construction", path=r"C:\Books\rock_castle.qbw", clock=clock)
    books.add_account("Checking", "Bank")
    books.add_payment_method("Visa", "Visa")
    books.add_customer("Northside Bakery")
    books.add_customer("O'Neill Law:Elm Street")
    books.add_customer("O'Neill Law:Lakeview")
    return books
