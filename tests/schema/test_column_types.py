"""The column types that refuse: money that is no whole number of cents, moments without a zone."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Engine, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from models.base import Cents, UtcDateTime
from sync_core.money import CENTS_MAX

MONEY = Table(
    "kept",
    MetaData(),
    Column("cents", Cents),
    Column("moment", UtcDateTime),
    prefixes=["TEMPORARY"],
)
BERLIN = timezone(timedelta(hours=1))
OREGON = timezone(timedelta(hours=-8))


def kept(db: Connection, **values: Any) -> tuple[int | None, datetime | None]:
    """Keep a row and read it back."""
    db.execute(insert(MONEY).values(**values))
    cents, moment = db.execute(select(MONEY)).one()
    db.execute(MONEY.delete())
    return cents, moment


@pytest.fixture
def db(engine: Engine) -> Any:
    with engine.connect() as db:
        MONEY.create(db)
        yield db


@pytest.mark.parametrize("value", [12.5, 12.0, "12", "12.50", Decimal(12), True])
def test_cents_are_whole_numbers_or_refused(db: Connection, value: object) -> None:
    with pytest.raises(StatementError, match="money is an integer number of cents") as refused:
        kept(db, cents=value)
    assert isinstance(refused.value.orig, TypeError)


@pytest.mark.parametrize("cents", [None, 0, 1, -1, 123_456_789_012_345, CENTS_MAX])
def test_cents_come_back_to_the_cent(db: Connection, cents: int | None) -> None:
    back, _ = kept(db, cents=cents)
    assert back == cents
    assert back is None or type(back) is int


def test_a_sum_of_cents_is_exact(db: Connection) -> None:
    many = [123_456_789_012_345, 1, 2, 99]
    db.execute(insert(MONEY), [{"cents": cents} for cents in many])
    assert sum(db.execute(select(MONEY.c.cents)).scalars()) == sum(many)
    assert int(db.exec_driver_sql("SELECT sum(cents) FROM kept").scalar_one()) == sum(many)


def test_a_moment_without_a_zone_is_refused(db: Connection) -> None:
    naive = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001 - it is what is refused
    with pytest.raises(StatementError, match="without a time zone") as refused:
        kept(db, moment=naive)
    assert isinstance(refused.value.orig, ValueError)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
        datetime(2026, 11, 20, 12, 0, 0, 123_456, tzinfo=UTC),
        datetime(2026, 11, 20, 0, 30, tzinfo=BERLIN),
        datetime(2026, 11, 19, 20, 0, tzinfo=OREGON),
    ],
)
def test_a_moment_comes_back_in_utc(db: Connection, moment: datetime) -> None:
    _, back = kept(db, moment=moment)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC or back.utcoffset() == timedelta(0)


def test_no_moment_stays_none(db: Connection) -> None:
    assert kept(db, moment=None) == (None, None)


moments = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - the zone is drawn besides
    datetime(2037, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.sampled_from([UTC, BERLIN, OREGON]),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(moments, min_size=1, max_size=8))
def test_moments_sort_by_time_whatever_their_zone(db: Connection, values: list[datetime]) -> None:
    db.execute(insert(MONEY), [{"moment": moment} for moment in values])
    found = db.execute(select(MONEY.c.moment).order_by(MONEY.c.moment)).scalars().all()
    db.execute(MONEY.delete())
    assert list(found) == sorted(values)
