"""Statements that are built once, however often they are carried out.

SQLAlchemy takes several times longer to build a statement, and to find out that it is one that it
knows, than SQLite takes to answer it. A function that builds one says its parameters; what it gives
is called with their values, and gives what `Connection.execute` takes:

    @once
    def _of_company(company_file_id: int) -> Select[tuple[int]]:
        return select(Payment.id).where(Payment.company_file_id == company_file_id)

    db.execute(*_of_company(company.id))
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import BindParameter, Connection, Dialect, Integer, Update, bindparam, update

from models.base import Base

P = ParamSpec("P")
S = TypeVar("S")

# A name of its own: SQLAlchemy keeps those of the columns for itself.
_PREFIX = "of_"


def once(build: Callable[P, S]) -> Callable[P, tuple[S, dict[str, Any]]]:
    """Build a statement the first time it is asked for; later calls bring the values alone.

    `build` sees placeholders, so it must not look into its parameters: what depends on whether a
    value is None, or on how many there are, is not one statement. Parameters that are positional
    only make a statement each: a table, a column, whether there is a value. So does a first one
    named `db`, the connection, of which `build` is given the dialect.
    """
    named = inspect.signature(build).parameters.values()
    shapes = sum(each.kind is each.POSITIONAL_ONLY for each in named)
    names = [each.name for each in named][shapes:]
    is_each = names[:1] == ["db"]
    keys = {name: f"{_PREFIX}{name}" for name in names[is_each:]}
    made: dict[tuple[Any, ...], S] = {}

    def built(shape: tuple[Any, ...], dialect: Dialect | None) -> S:
        given: dict[str, Any] = {name: bindparam(key) for name, key in keys.items()}
        if dialect is not None:
            given["db"] = dialect
        statement: S = cast("Any", build)(*shape, **given)
        return statement

    @wraps(build)
    def filled(*args: P.args, **kwargs: P.kwargs) -> tuple[S, dict[str, Any]]:
        shape = args[:shapes]
        given: dict[str, Any] = {**dict(zip(names, args[shapes:], strict=False)), **kwargs}
        dialect = _dialect(given.pop("db")) if is_each else None
        known = (*shape, "" if dialect is None else dialect.name)
        if known not in made:
            made[known] = built(shape, dialect)
        return made[known], {keys[name]: value for name, value in given.items()}

    return filled


def written_out(number: int) -> BindParameter[int]:
    """Let the placeholder of a whole number be written into the statement, as no parameter."""
    placeholder: Any = number
    return bindparam(placeholder.key, type_=Integer(), literal_execute=True)


def change_one(
    row: type[Base], row_id: int, values: Mapping[str, Any]
) -> tuple[Update, dict[str, Any]]:
    """Write some columns of one row, known by its id."""
    given = {f"{_PREFIX}{name}": value for name, value in values.items()}
    return _change_one(row, tuple(values)), {**given, f"{_PREFIX}row_id": row_id}


@cache
def _change_one(row: Any, names: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"{_PREFIX}{name}") for name in names}
    return update(row).where(row.id == bindparam(f"{_PREFIX}row_id")).values(values)


def _dialect(db: Connection | Dialect) -> Dialect:
    return db if isinstance(db, Dialect) else db.dialect
