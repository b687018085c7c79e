"""Many rows into one table, as quickly as the driver takes them.

SQLAlchemy looks at every value of every row on its way, which takes as long as the database takes
to write it. What it would do for texts, whole numbers, days and flags is done here; nothing else
may stand in such rows.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, Dialect
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.base import Base, Cents
from models.engine import insert_into


def put(
    db: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]], keys: tuple[str, ...] = ()
) -> None:
    """Insert rows, each a mapping of the same columns; one that is known by `keys` is overwritten.

    Raises TypeError for money that is no whole number of cents.
    """
    if not rows:
        return
    way = _way(db.dialect, table, tuple(rows[0]), keys)
    for name in way.cents:
        if any(type(row[name]) not in (int, type(None)) for row in rows):
            raise TypeError("money is an integer number of cents")
    db.exec_driver_sql(way.statement, [way.values(row) for row in rows])


@dataclass(frozen=True, slots=True)
class _Way:
    """How rows of some columns go into a table; `order` where their values are sent by place."""

    statement: str
    order: tuple[str, ...]
    days: tuple[str, ...]  # sent as text
    cents: tuple[str, ...]
    defaults: Mapping[str, Any]  # of columns that the rows do not have

    def values(self, row: Mapping[str, Any]) -> Any:
        """Give the values of a row as the driver takes them."""
        told = {**self.defaults, **row}
        if not self.order:
            return told
        for name in self.days:
            if told[name] is not None:
                told[name] = told[name].isoformat()
        return tuple(told[name] for name in self.order)


# A handful of tables, each with its one set of columns; a test has several engines.
@functools.lru_cache(maxsize=64)
def _way(
    dialect: Dialect, table: type[Base], columns: tuple[str, ...], keys: tuple[str, ...]
) -> _Way:
    added = insert_into(dialect, table)
    if keys:
        told = {name: added.excluded[name] for name in columns if name not in keys}
        added = added.on_conflict_do_update(index_elements=keys, set_=told)
    compiled = added.compile(dialect=dialect, column_keys=columns)
    types = {name: table.__table__.c[name].type for name in columns}
    return _Way(
        statement=str(compiled),
        order=tuple(compiled.positiontup or ()),
        days=tuple(name for name, type_ in types.items() if isinstance(type_, Date)),
        cents=tuple(name for name, type_ in types.items() if isinstance(type_, Cents)),
        defaults={
            column.name: column.default.arg
            for column in table.__table__.c
            if column.name not in columns and isinstance(column.default, ScalarElementColumnDefault)
        },
    )
