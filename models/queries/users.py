"""People who use the portal: reading and changing them, their links, wrong tries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, exists, func, insert, select, update

from models.base import AnyRow
from models.company_file import CompanyFile
from models.engine import insert_into
from models.user import (
    AppUser,
    AppUserCompany,
    AppUserEvent,
    AppUserLink,
    PortalHold,
    PortalSignOut,
)
from sync_core.people import Purpose, Role

# People


def has_administrator(db: Connection) -> bool:
    """Say whether anybody can sign in as administrator."""
    return db.execute(
        select(
            exists().where(
                AppUser.role == Role.ADMIN,
                AppUser.revoked_at.is_(None),
                AppUser.password_hash.is_not(None),
            )
        )
    ).scalar_one()


def add(db: Connection, row: Mapping[str, Any]) -> int | None:
    """Write a new user and give its id; None when the address is taken."""
    return db.execute(
        insert_into(db, AppUser)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["email_key"])
        .returning(AppUser.id)
    ).scalar()


def by_email(db: Connection, email_key: str) -> AnyRow | None:
    """Read the user with an address, as addresses are compared."""
    return _one(db, AppUser.email_key == email_key)


def by_uuid(db: Connection, uuid: str) -> AnyRow | None:
    """Read the user that outsiders know by this id."""
    return _one(db, AppUser.uuid == uuid)


def by_id(db: Connection, user_id: int) -> AnyRow | None:
    """Read a user."""
    return _one(db, AppUser.id == user_id)


def _one(db: Connection, where: ColumnElement[bool]) -> AnyRow | None:
    return db.execute(select(AppUser.__table__).where(where)).first()


def every(db: Connection) -> Sequence[AnyRow]:
    """Read all users by address, those without access last."""
    return db.execute(
        select(AppUser.__table__).order_by(AppUser.revoked_at.is_not(None), AppUser.email_key)
    ).all()


def change(db: Connection, user_id: int, values: Mapping[str, Any]) -> None:
    """Change a user; the sessions that are open stay open."""
    db.execute(update(AppUser).where(AppUser.id == user_id).values(**values))


def change_and_sign_out(db: Connection, user_id: int, values: Mapping[str, Any]) -> int:
    """Change a user and end every session that is open; give the new generation."""
    return db.execute(
        update(AppUser)
        .where(AppUser.id == user_id)
        .values(generation=AppUser.generation + 1, **values)
        .returning(AppUser.generation)
    ).scalar_one()


# What they see


def companies_of(db: Connection, user_id: int) -> frozenset[int]:
    """Read the company files that a user who does not see all may see."""
    found = select(AppUserCompany.company_file_id).where(AppUserCompany.app_user_id == user_id)
    return frozenset(db.execute(found).scalars())


def limits(db: Connection) -> dict[int, frozenset[int]]:
    """Read the same for all users at once."""
    found: dict[int, set[int]] = {}
    for user_id, company_id in db.execute(
        select(AppUserCompany.app_user_id, AppUserCompany.company_file_id)
    ):
        found.setdefault(user_id, set()).add(company_id)
    return {user_id: frozenset(companies) for user_id, companies in found.items()}


def limit(db: Connection, user_id: int, companies: Iterable[int]) -> None:
    """Write which company files a user may see, in place of those of before."""
    db.execute(delete(AppUserCompany).where(AppUserCompany.app_user_id == user_id))
    rows = [{"app_user_id": user_id, "company_file_id": company} for company in companies]
    if rows:
        db.execute(insert(AppUserCompany), rows)


def company_names(db: Connection) -> Sequence[AnyRow]:
    """Read id, id for outsiders, and name of all company files."""
    return db.execute(
        select(CompanyFile.id, CompanyFile.uuid, CompanyFile.name).order_by(CompanyFile.id)
    ).all()


def some_company_names(
    db: Connection, companies: frozenset[int] | None, limit: int
) -> Sequence[AnyRow]:
    """Read the same of the oldest of some company files; None: of all."""
    return db.execute(
        select(CompanyFile.id, CompanyFile.uuid, CompanyFile.name)
        .where(*(() if companies is None else (CompanyFile.id.in_(sorted(companies)),)))
        .order_by(CompanyFile.id)
        .limit(limit)
    ).all()


# Links


def add_link(db: Connection, row: Mapping[str, Any]) -> None:
    """Write a new link; those of the same user that were not used stop working."""
    if row["app_user_id"] is not None:
        drop_links(db, row["app_user_id"])
    db.execute(insert(AppUserLink).values(**row))


def drop_links(db: Connection, user_id: int) -> None:
    """Take back the links of a user that were not used."""
    db.execute(
        delete(AppUserLink).where(AppUserLink.app_user_id == user_id, AppUserLink.used_at.is_(None))
    )


def link(db: Connection, token_hash: str, now: datetime) -> AnyRow | None:
    """Read a link that still works, with its user's address if it has one."""
    return db.execute(
        select(AppUserLink.__table__, AppUser.email, AppUser.generation)
        .join_from(AppUserLink, AppUser, AppUser.id == AppUserLink.app_user_id, isouter=True)
        .where(
            AppUserLink.token_hash == token_hash,
            AppUserLink.used_at.is_(None),
            AppUserLink.expires_at.is_(None) | (AppUserLink.expires_at > now),
            AppUser.revoked_at.is_(None),
        )
    ).first()


def links_until(db: Connection, now: datetime) -> dict[int, datetime]:
    """Read until when each user's link works."""
    rows = db.execute(
        select(AppUserLink.app_user_id, AppUserLink.expires_at).where(
            AppUserLink.used_at.is_(None), AppUserLink.expires_at > now
        )
    )
    return {row.app_user_id: row.expires_at for row in rows if row.app_user_id is not None}


def use_link(db: Connection, link_id: int, now: datetime) -> bool:
    """Use a link up; False when somebody was quicker."""
    used = db.execute(
        update(AppUserLink)
        .where(AppUserLink.id == link_id, AppUserLink.used_at.is_(None))
        .values(used_at=now)
    )
    return used.rowcount == 1


def use_setup_links(db: Connection, link_id: int, now: datetime) -> bool:
    """Use up all links that make the first administrator; False when this one was used before.

    All at once, so that two people with two of them do not both become the first.
    """
    used = db.execute(
        update(AppUserLink)
        .where(AppUserLink.purpose == Purpose.SETUP, AppUserLink.used_at.is_(None))
        .values(used_at=now)
        .returning(AppUserLink.id)
    ).scalars()
    return link_id in set(used)


# What was done


def note(db: Connection, user_id: int, *, at: datetime, by: str, what: str) -> None:
    """Write down what was done about a user."""
    db.execute(insert(AppUserEvent).values(app_user_id=user_id, at=at, by=by, what=what))


def events(db: Connection, user_id: int, limit: int) -> Sequence[AnyRow]:
    """Read what was done about a user, the latest first."""
    return db.execute(
        select(AppUserEvent.at, AppUserEvent.by, AppUserEvent.what)
        .where(AppUserEvent.app_user_id == user_id)
        .order_by(AppUserEvent.id.desc())
        .limit(limit)
    ).all()


# Sign-ins that were ended


def end_sign_in(db: Connection, sign_in: str, *, over_at: datetime, now: datetime) -> None:
    """Keep that a sign-in was ended until it would be over anyhow; forget those that are."""
    db.execute(delete(PortalSignOut).where(PortalSignOut.over_at < now))
    db.execute(
        insert_into(db, PortalSignOut)
        .values(sign_in=sign_in, over_at=over_at)
        .on_conflict_do_nothing(index_elements=["sign_in"])
    )


def signed_in(db: Connection, uuid: str, sign_in: str) -> AnyRow | None:
    """Read the user that outsiders know by this id, unless this sign-in was ended."""
    return _one(
        db,
        (AppUser.uuid == uuid) & ~exists().where(PortalSignOut.sign_in == sign_in).correlate(None),
    )


# Tries


def held_until(db: Connection, keys: Sequence[str]) -> datetime | None:
    """Tell the latest moment until which one of these is turned away."""
    return db.execute(
        select(func.max(PortalHold.not_before)).where(PortalHold.key.in_(keys))
    ).scalar()


def count_try(db: Connection, key: str, now: datetime, forgotten_s: int) -> int:
    """Count one more try; give how many there were in a row. Old ones of anybody are forgotten."""
    before = now - timedelta(seconds=forgotten_s)
    row = {"key": key, "tries": 1, "not_before": now, "last_at": now}
    again = case((PortalHold.last_at < before, 1), else_=PortalHold.tries + 1)
    tries = db.execute(
        insert_into(db, PortalHold)
        .values(**row)
        .on_conflict_do_update(index_elements=["key"], set_={"tries": again, "last_at": now})
        .returning(PortalHold.tries)
    ).scalar_one()
    db.execute(delete(PortalHold).where(PortalHold.last_at < before))
    return tries


def hold(db: Connection, key: str, until: datetime) -> None:
    """Turn one away until a moment."""
    db.execute(update(PortalHold).where(PortalHold.key == key).values(not_before=until))


def forgive(db: Connection, key: str) -> None:
    """Forget all tries of one."""
    db.execute(delete(PortalHold).where(PortalHold.key == key))


def uncount_try(db: Connection, key: str, now: datetime) -> None:
    """Take back one try that turned out right, and the wait for it."""
    db.execute(
        update(PortalHold)
        .where(PortalHold.key == key)
        .values(tries=PortalHold.tries - 1, not_before=now)
    )
