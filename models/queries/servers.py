"""Facts that the servers on one database share."""

from sqlalchemy import Connection, select

from models.engine import insert_into
from models.server import ServerFact


def agreed(db: Connection, name: str, value: str) -> str:
    """Write a fact unless there is one already; give the one that stands."""
    db.execute(insert_into(db, ServerFact).values(name=name, value=value).on_conflict_do_nothing())
    return db.execute(select(ServerFact.value).where(ServerFact.name == name)).scalar_one()
