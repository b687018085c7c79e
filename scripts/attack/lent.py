"""Databases lent for an attack: SQLite in a folder, PostgreSQL on the server for tests."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url

from models.engine import make_engine
from qbwc_server.database import migrate

POSTGRES_URL = os.environ.get(
    "QBWC_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


@dataclass(frozen=True, slots=True)
class Lent:
    """An empty, migrated database. `keep` and `restore` need that nobody is connected."""

    url: str
    copy: str

    def keep(self) -> None:
        """Keep it as it is now, as a backup does."""
        if self._is_file:
            shutil.copy(self._file(self.url), self._file(self.copy))
        else:
            _recreate(_name(self.copy), _name(self.url))

    def restore(self) -> None:
        """Put back what was kept."""
        if self._is_file:
            for leftover in ("-wal", "-shm"):
                Path(str(self._file(self.url)) + leftover).unlink(missing_ok=True)
            shutil.copy(self._file(self.copy), self._file(self.url))
        else:
            _recreate(_name(self.url), _name(self.copy))

    @property
    def _is_file(self) -> bool:
        return make_url(self.url).get_backend_name() == "sqlite"

    @staticmethod
    def _file(url: str) -> Path:
        return Path(str(make_url(url).database))


@contextmanager
def lend(kind: str, folder: Path) -> Iterator[Lent]:
    """Lend a database, "sqlite" or "postgresql", for as long as the block lasts."""
    name = f"qbwc_attack_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        lent = Lent(f"sqlite:///{folder / name}.sqlite3", f"sqlite:///{folder / name}.kept")
    else:
        lent = Lent(_url(name), _url(f"{name}_kept"))
        _recreate(name, "template0")
    try:
        engine = make_engine(lent.url)
        migrate(engine)
        engine.dispose()
        yield lent
    finally:
        if kind != "sqlite":
            with _administrator() as db:
                for each in (name, f"{name}_kept"):
                    db.exec_driver_sql(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')


def _recreate(name: str, template: str) -> None:
    with _administrator() as db:
        db.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        db.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


@contextmanager
def _administrator() -> Iterator[Connection]:
    engine = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as db:
            yield db
    finally:
        engine.dispose()


def _url(name: str) -> str:
    return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)


def _name(url: str) -> str:
    return str(make_url(url).database)
