"""What every table shares: the declarative base, constraint names, and column types that refuse.

Must not know any table by name.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    Row,
    String,
    TypeDecorator,
    bindparam,
    false,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# A row of whatever columns were selected; the function that selects says which.
AnyRow = Row[*tuple[Any, ...]]

# SQLite gives row ids to INTEGER PRIMARY KEY only; PostgreSQL wants 64 bits.
BigId = BigInteger().with_variant(Integer, "sqlite")

# A moment of QuickBooks' wall clock, "2026-11-20T15:00:00": compared as text, never as a moment,
# since its offset cannot be trusted.
WallTime = String(19)


class Base(DeclarativeBase):
    """The base of all rows."""

    metadata = MetaData(naming_convention=NAMING)


# Columns that came after the first release have their value from the database too: the release
# before, which does not know them, may still be serving.
NoAtFirst = Annotated[bool, mapped_column(default=False, server_default=false())]
YesAtFirst = Annotated[bool, mapped_column(default=True, server_default=true())]
ZeroAtFirst = Annotated[int, mapped_column(default=0, server_default="0")]


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. Refuses naive values; SQLite keeps UTC text, which sorts as it should."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Cents(TypeDecorator[int]):
    """Integer cents. SQLite would keep 12.5 and PostgreSQL round it to 13, so neither is asked."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Pass integers on and refuse everything else."""
        if value is not None and type(value) is not int:
            raise TypeError("money is an integer number of cents")
        return value


class _Many(TypeDecorator[list[Any]]):
    """Many texts, or many whole numbers, as one value: an array, or JSON where there is none."""

    impl = String
    cache_ok = True

    def __init__(self, item: type[BigInteger | String]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Say what the database is sent."""
        kind: TypeEngine[Any] = String() if dialect.name == "sqlite" else ARRAY(self.item)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        """Write the values for the database."""
        given = None if value is None else list(value)
        return json.dumps(given) if dialect.name == "sqlite" else given


class _Among(FunctionElement[bool]):
    """A column's value is one of many."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 - SQLAlchemy's signature
        """Stand as it is: SQLite would be asked for `... = 1`, and look at every row for that."""
        return self


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - what SQLAlchemy wrote


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} = ANY ({values})"


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Ask for rows whose column, of text or whole numbers, has one of many values.

    They are one value of the statement, which is the same however many they are: `in_` with a list
    would look at each of them on its way, and make another statement for every number of them.
    """
    item = BigInteger if isinstance(column.type, (Integer, Cents)) else String
    if isinstance(values, BindParameter):  # of a statement that is built once
        return _Among(column, bindparam(values.key, type_=_Many(item)))
    return _Among(column, bindparam(None, list(values), _Many(item)))


def words(name: str, *values: str) -> Enum:
    """Make a column type for a closed list of words, kept as text with a CHECK named `name`."""
    return Enum(*values, native_enum=False, create_constraint=True, name=name, length=32)


def status_words(name: str) -> Enum:
    """Make a column type for a payment's status."""
    return words(name, *(status.value for status in PaymentStatus))


def cause_words(name: str) -> Enum:
    """Make a column type for the cause of a rejection."""
    return words(name, *(cause.value for cause in Cause))


def whole_cents(column: str) -> CheckConstraint:
    """Guard a column of cents a second time on SQLite, whose columns take any type."""
    return CheckConstraint(
        f"typeof({column}) IN ('integer', 'null')", name=f"{column}_whole"
    ).ddl_if(dialect="sqlite")


def plain(type_: Any) -> str:
    """Say how a migration file writes one of our own types, so that it need not import us."""
    if isinstance(type_, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(type_, Cents):
        return "sa.BigInteger()"
    return ""
