"""The schema: bringing a database up to date, and saying whether it is."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_HERE = Path(__file__).resolve().parent
# In a checkout the migrations stand beside the package; in a wheel they come inside it, as data.
_MIGRATIONS = next(
    folder
    for folder in (_HERE.parent / "migrations", _HERE / "_migrations")
    if (folder / "env.py").is_file()
)


def migrate(engine: Engine) -> None:
    """Bring the schema up to date; harmless when it is, and when two servers do it at once."""
    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Say whether the schema is the one this release was written for."""
    with engine.connect() as db:
        return MigrationContext.configure(db).get_current_revision() == _newest()


@cache
def _newest() -> str | None:
    """Name the last migration of this release. Looked up once: all of them are read for it."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
