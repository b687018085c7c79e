"""People who use the portal, their one-time links, what was done about them, and wrong tries."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, UtcDateTime, words
from sync_core.people import Purpose, Role


class AppUser(Base):
    """A person with access to the portal."""

    __tablename__ = "app_user"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)  # the id outsiders see
    email: Mapped[str] = mapped_column(String(254))  # as it was typed
    email_key: Mapped[str] = mapped_column(String(254), unique=True)  # as it is compared
    role: Mapped[str] = mapped_column(words("role", *(role.value for role in Role)))
    password_hash: Mapped[str | None] = mapped_column(String(200))  # none: invited, not come yet
    sees_all: Mapped[bool]  # every company file; else those of app_user_company
    # Raised by whatever must end the sessions that are open: a session names the one it began with.
    generation: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # How the pages are written for this reader, see qbwc_server.services.preferences
    date_format: Mapped[str] = mapped_column(String(20))
    number_format: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(64))


class AppUserCompany(Base):
    """A company file that a user who does not see all may see."""

    __tablename__ = "app_user_company"

    app_user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    company_file_id: Mapped[int] = mapped_column(
        ForeignKey("company_file.id"), primary_key=True, index=True
    )


class AppUserLink(Base):
    """A link that works once. Only a keyed hash of it is kept."""

    __tablename__ = "app_user_link"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    app_user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    purpose: Mapped[str] = mapped_column(words("purpose", *(kind.value for kind in Purpose)))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # none: until used
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppUserEvent(Base):
    """What was done about a user, by whom. Never changed."""

    __tablename__ = "app_user_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    app_user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(254))
    what: Mapped[str] = mapped_column(String(300))


class PortalSignOut(Base):
    """A sign-in that was ended: whoever kept a copy of its cookie is a stranger."""

    __tablename__ = "portal_sign_out"

    sign_in: Mapped[str] = mapped_column(String(32), primary_key=True)  # its id, in the cookie
    over_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # by then it is over anyhow


class PortalHold(Base):
    """Tries to sign in to one account or from one address, and when the next is looked at."""

    __tablename__ = "portal_hold"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
