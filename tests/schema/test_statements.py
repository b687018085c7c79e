"""A statement is built once, and answers for whatever values it is carried out with."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Engine, Executable, select

from models.base import among
from models.company_file import CompanyFile
from models.engine import insert_into
from models.statements import change_one, once
from tests.schema.rows import NOON

built: list[str] = []


@once
def added(db: Any, name: str, uuid: str) -> Executable:
    built.append(db.name)
    row = {
        "name": name,
        "uuid": uuid,
        "created_at": NOON,
        "reference_prefix": "CB",
        "add_payment_methods": False,
        "yes_to_first": True,
        "paused": False,
    }
    return insert_into(db, CompanyFile).values(row).on_conflict_do_nothing()


def test_it_is_built_once_for_each_column_and_for_each_database(engine: Engine) -> None:
    @once
    def named(column: Any, /, names: Collection[str], not_id: int) -> Executable:
        built.append(column.key)
        return select(CompanyFile.id).where(among(column, names), CompanyFile.id != not_id)

    built.clear()
    with engine.begin() as db:
        for number in range(1, 4):
            db.execute(*added(db, f"Firm {number}", uuid=str(number)))
        for names, expected in ((["Firm 1", "Firm 3"], [1, 3]), ([], []), (["Firm 2"], [2])):
            found = db.execute(*named(CompanyFile.name, names, not_id=0)).scalars()
            assert sorted(found) == expected
        assert db.execute(*named(CompanyFile.uuid, {"1", "2"}, not_id=2)).scalars().all() == [1]
    assert built == [engine.dialect.name, "name", "uuid"]


def test_some_columns_of_one_row_are_written(engine: Engine) -> None:
    with engine.begin() as db:
        for number in (1, 2):
            db.execute(*added(db, f"Firm {number}", uuid=str(number)))
        db.execute(*change_one(CompanyFile, 2, {"name": "Prairie", "closing_date": None}))
        rows = db.execute(select(CompanyFile.name).order_by(CompanyFile.id)).scalars().all()
    assert rows == ["Firm 1", "Prairie"]
    one, _ = change_one(CompanyFile, 1, {"name": "a"})
    other, _ = change_one(CompanyFile, 2, {"name": "b"})
    assert one is other
