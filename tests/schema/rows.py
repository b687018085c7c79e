"""Rows for the schema tests: what a test does not name is filled in by the column's type."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Enum, Integer, String, insert

from models.base import Base

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def row(kind: type[Base], **given: Any) -> dict[str, Any]:
    """Make a row that the database takes; `given` names the columns that matter."""
    columns = kind.__table__.columns
    return {column.name: _filler(column) for column in columns if _is_needed(column)} | given


def add(db: Connection, kind: type[Base], **given: Any) -> int:
    """Insert a row; give its id, for tables that have one."""
    key = db.execute(insert(kind).values(**row(kind, **given))).inserted_primary_key
    assert key is not None
    number: int = key[0]
    return number


def _is_needed(column: Any) -> bool:
    return not (column.nullable or column.default is not None or column.name == "id")


def _filler(column: Any) -> Any:
    """Fill in a word, a number, a day; nothing for a foreign key, which the test has to name."""
    type_ = getattr(column.type, "impl_instance", column.type)
    fillers: dict[type[Any], Any] = {
        Boolean: False,
        Date: date(2026, 11, 20),
        DateTime: NOON,
        Enum: getattr(type_, "enums", [""])[0],
        Integer: 0,
        JSON: {},
        String: f"{next(_numbers)}",
    }
    if column.foreign_keys:
        return None
    return next(fillers[kind] for kind in type(type_).__mro__ if kind in fillers)
