"""Company files, their Web Connector installs, the places they were opened from, their tokens."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, NoAtFirst, UtcDateTime, WallTime, YesAtFirst, ZeroAtFirst


class CompanyFile(Base):
    """One QuickBooks company that we serve. Its identity is the FileID stamp, never its path."""

    __tablename__ = "company_file"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)  # the id outsiders see
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # Settings, see qbwc_server.services.company_settings
    sync_from: Mapped[date | None]
    reference_prefix: Mapped[str] = mapped_column(String(10))
    former_prefixes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    deposit_to: Mapped[str | None] = mapped_column(String(159))  # full name of an account
    add_payment_methods: Mapped[bool]
    yes_to_first: Mapped[bool]  # an administrator's word for the first place, given beforehand
    paused: Mapped[bool]  # by a person: no sessions at all
    hold_look_alikes: Mapped[YesAtFirst]  # until a person says: they are two
    use_twins: Mapped[NoAtFirst]  # an invoice entered anew is used without asking, if it is a twin
    contacts: Mapped[str | None] = mapped_column(Text)  # e-mail addresses, ", " between them
    refused: Mapped[bool] = mapped_column(default=False)  # by QuickBooks, which allows no posting
    refusal_told: Mapped[NoAtFirst]  # to the contacts: they have, or will get, an e-mail about it

    # What QuickBooks said of itself, at the last session
    quickbooks_name: Mapped[str | None] = mapped_column(String(200))
    quickbooks_product: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(10))
    closing_date: Mapped[date | None]
    closing_date_told: Mapped[NoAtFirst]  # else none is not known to be none
    multi_currency: Mapped[bool | None]

    # What reading the payments received has taught; the marks are QuickBooks' wall clock
    keeps_guid: Mapped[bool | None]  # whether answers carry our ExternalGUID; none: not known yet
    receipts_mark: Mapped[str | None] = mapped_column(WallTime)  # the list was read up to here
    deletions_mark: Mapped[str | None] = mapped_column(WallTime)
    books_doubted: Mapped[str | None] = mapped_column(Text)  # why, as a person reads it
    takes_stock: Mapped[NoAtFirst]  # "this is our file now": read it all
    is_restored: Mapped[NoAtFirst]  # our database was; a PC may hold what it knows nothing of
    # Raised by each transaction that changes customers or invoices, and written on them. The row is
    # locked until that transaction ends, so whoever has read up to a number has missed none.
    change_count: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    # Rejected payments were checked again by all changes up to this number.
    healed_to: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    page_size: Mapped[int | None]  # entries of a list to ask for; none: as many as the setting says


class Install(Base):
    """One registered Web Connector: a user name, a password, an OwnerID/FileID pair."""

    __tablename__ = "install"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    user_name: Mapped[str] = mapped_column(String(100), unique=True)
    owner_id: Mapped[str] = mapped_column(String(38), unique=True)  # {GUID}
    file_id: Mapped[str] = mapped_column(String(38), unique=True)  # {GUID}
    is_primary: Mapped[bool]  # runs by itself: its .qwc file carries the Scheduler
    run_every_minutes: Mapped[int]
    is_paired: Mapped[bool]  # the first password typed in the Web Connector becomes its password
    pairing_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    built_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its .qwc file, the last time
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # found its stamp in our books
    last_called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    may_hold: Mapped[NoAtFirst]  # since a restore: payments that this database does not know
    # It signs in no more. Its stamp still proves the books, and tells whether it is still at work.
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Turned away with `busy` since it last got a session: how often, since when, for whose sync
    turned_away: Mapped[ZeroAtFirst]
    turned_away_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    turned_away_by: Mapped[int | None] = mapped_column(BigId)  # an install's id
    # Its ticket, in case the Web Connector asks with it how it went.
    turned_away_ticket: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        # Not unique: to change what is takes a lock that sign-ins of others would wait for.
        Index(
            "ix_install_turned_away_ticket",
            "turned_away_ticket",
            sqlite_where=text("turned_away_ticket IS NOT NULL"),
            postgresql_where=text("turned_away_ticket IS NOT NULL"),
        ),
    )


class Place(Base):
    """A company name and path that an install has reported. Writes wait for an administrator."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("install_id", "company_name", "path"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), index=True)
    install_id: Mapped[int] = mapped_column(ForeignKey("install.id"))
    company_name: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(500))
    first_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(100))
    # An administrator's word that this is another company's file, or a copy.
    denied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    denied_by: Mapped[str | None] = mapped_column(String(100))


class ApiToken(Base):
    """A payment site's key to one company. Only a keyed hash of it is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInHold(Base):
    """Wrong passwords for one install from one address, and when the next try is looked at."""

    __tablename__ = "sign_in_hold"

    install_id: Mapped[int] = mapped_column(ForeignKey("install.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
