"""What the servers on one database must agree on."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ServerFact(Base):
    """One fact, written by the first server and held against all others."""

    __tablename__ = "server_fact"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
