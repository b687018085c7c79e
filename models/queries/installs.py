"""Installs: who calls, what proves the books, wrong passwords, places."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from models.base import AnyRow, among
from models.company_file import CompanyFile, Install, Place, SignInHold
from models.engine import insert_into
from models.statements import change_one, once
from models.wc_session import WcSession
from sync_core.doubt import CLEAR

# Install id, whether a stamp of it was ever seen.
Holder = Row[int, bool]


@once
def _signing_in(user_name: str, address: str) -> Executable:
    is_held = and_(SignInHold.install_id == Install.id, SignInHold.address == address)
    return (
        select(
            Install.id,
            Install.company_file_id,
            Install.password_hash,
            Install.is_paired,
            Install.pairing_until,
            Install.retired_at,
            CompanyFile.paused,
            SignInHold.not_before,
        )
        .join_from(Install, CompanyFile, CompanyFile.id == Install.company_file_id)
        .join(SignInHold, is_held, isouter=True)
        .where(Install.user_name == user_name)
    )


def signing_in(db: Connection, user_name: str, address: str) -> AnyRow | None:
    """Read the install that signs in with a user name, with what sign-in looks at.

    `not_before`: until when its sign-ins from an address are turned away, None without a wrong one.
    """
    return db.execute(*_signing_in(user_name, address)).first()


@once
def _count_failure(db: Connection, install_id: int, address: str, now: datetime) -> Executable:
    added = insert_into(db, SignInHold).values(
        install_id=install_id,
        address=address,
        failures=1,
        not_before=now,
        first_at=now,
        last_at=now,
    )
    return added.on_conflict_do_update(
        index_elements=["install_id", "address"],
        set_={"failures": SignInHold.failures + 1, "last_at": now},
    ).returning(SignInHold.failures)


def count_failure(db: Connection, install_id: int, address: str, now: datetime) -> int:
    """Count one more wrong password; give how many there were in a row."""
    return int(db.execute(*_count_failure(db, install_id, address, now)).scalar_one())


@once
def _hold(install_id: int, address: str, until: datetime) -> Executable:
    return (
        update(SignInHold)
        .where(SignInHold.install_id == install_id, SignInHold.address == address)
        .values(not_before=until)
    )


def hold(db: Connection, install_id: int, address: str, until: datetime) -> None:
    """Turn sign-ins of an install from an address away until a moment."""
    db.execute(*_hold(install_id, address, until))


@once
def _forgive(install_id: int, address: str) -> Executable:
    return delete(SignInHold).where(
        SignInHold.install_id == install_id, SignInHold.address == address
    )


def forgive(db: Connection, install_id: int, address: str) -> None:
    """Forget the wrong passwords after a right one."""
    db.execute(*_forgive(install_id, address))


@once
def _called(install_id: int, now: datetime) -> Executable:
    return (
        update(Install)
        .where(Install.id == install_id)
        .values(
            last_called_at=now,
            turned_away=0,
            turned_away_since=None,
            turned_away_by=None,
            turned_away_ticket=None,
        )
    )


def called(db: Connection, install_id: int, now: datetime) -> None:
    """Note when an install last signed in, and was not turned away."""
    db.execute(*_called(install_id, now))


def turn_away(
    db: Connection, install_id: int, *, by: int | None, ticket_hash: str, now: datetime
) -> None:
    """Note that an install signed in while the sync of an install was running: `by`."""
    db.execute(
        update(Install)
        .where(Install.id == install_id)
        .values(
            last_called_at=now,
            turned_away=Install.turned_away + 1,
            turned_away_since=func.coalesce(Install.turned_away_since, now),
            turned_away_by=by,
            turned_away_ticket=ticket_hash,
        )
    )


@once
def _turned_away(ticket_hash: str) -> Executable:
    other = aliased(Install)
    is_other = and_(other.id == Install.turned_away_by, other.id != Install.id)
    return (
        select(other.label.label("other_pc"))
        .join_from(Install, other, is_other, isouter=True)
        .where(Install.turned_away_ticket == ticket_hash)
    )


def turned_away(db: Connection, ticket_hash: str) -> AnyRow | None:
    """Read for whose sync (`other_pc`, none: its own) the sign-in with a ticket was turned away."""
    return db.execute(*_turned_away(ticket_hash)).first()


@once
def _confirmed_place(company_file_id: int, install_id: int) -> Executable:
    return (
        select(Place.install_id, Place.path)
        .where(
            Place.company_file_id == company_file_id,
            Place.confirmed_at.is_not(None),
            Place.path != "",
        )
        .order_by(Place.install_id != install_id, Place.last_seen_at.desc(), Place.id.desc())
        .limit(1)
    )


def confirmed_place(db: Connection, company_file_id: int, install_id: int) -> AnyRow | None:
    """Read where a company file was last opened from, as confirmed; by this install if ever."""
    return db.execute(*_confirmed_place(company_file_id, install_id)).first()


@once
def _pair(install_id: int, password_hash: str, now: datetime) -> Executable:
    return (
        update(Install)
        .where(Install.id == install_id, Install.is_paired, Install.pairing_until > now)
        .values(password_hash=password_hash, pairing_until=None)
    )


def pair(db: Connection, install_id: int, password_hash: str, now: datetime) -> bool:
    """Take the first password typed within the pairing window; False when it is over or taken."""
    taken = db.execute(*_pair(install_id, password_hash, now))
    return taken.rowcount == 1


@once
def _holders(company_file_id: int) -> Executable:
    stamped = (
        select(WcSession.id)
        .where(
            WcSession.company_file_id == company_file_id,
            WcSession.install_id == Install.id,
            WcSession.app_lock != CLEAR,
        )
        .exists()
    )
    return (
        select(Install.id, stamped)
        .where(Install.company_file_id == company_file_id, Install.may_hold)
        .order_by(Install.id)
    )


def holders(db: Connection, company_file_id: int) -> Sequence[Holder]:
    """List the installs that may hold payments from before a restore of our database.

    Beside each whether its Web Connector is known to leave a stamp while it works: one was seen.
    """
    return db.execute(*_holders(company_file_id)).all()


@once
def _let_go(install_ids: Collection[int]) -> Executable:
    return update(Install).where(among(Install.id, install_ids)).values(may_hold=False)


def let_go(db: Connection, install_ids: Collection[int]) -> None:
    """Note that installs are done with whatever they held before our database was restored."""
    db.execute(*_let_go(install_ids))


@once
def _prove(install_id: int, now: datetime) -> Executable:
    return (
        update(Install)
        .where(Install.id == install_id, Install.proven_at.is_(None))
        .values(proven_at=now)
    )


def prove(db: Connection, install_id: int, now: datetime) -> None:
    """Note that an install has found the right stamps."""
    db.execute(*_prove(install_id, now))


@once
def _policy(company_file_id: int) -> Executable:
    return select(
        CompanyFile.add_payment_methods,
        CompanyFile.deposit_to,
        CompanyFile.country,
        CompanyFile.closing_date,
        CompanyFile.use_twins,
        CompanyFile.closing_date_told,
        CompanyFile.refused,
    ).where(CompanyFile.id == company_file_id)


def policy(db: Connection, company_file_id: int) -> AnyRow:
    """Read the company's settings for posting."""
    return db.execute(*_policy(company_file_id)).one()


@once
def _note_refusal(company_file_id: int, *, refused: bool) -> Executable:
    return (
        update(CompanyFile)
        .where(CompanyFile.id == company_file_id, CompanyFile.refused != refused)
        .values(refused=refused, refusal_told=False)
    )


def note_refusal(db: Connection, company_file_id: int, *, refused: bool) -> bool:
    """Note whether QuickBooks allows no posting at all; say whether it is news."""
    noted = db.execute(*_note_refusal(company_file_id, refused=refused))
    return noted.rowcount == 1


def learn_company(db: Connection, company_file_id: int, facts: Mapping[str, Any]) -> None:
    """Write what QuickBooks said of the company."""
    db.execute(*change_one(CompanyFile, company_file_id, facts))


@once
def _see_place(
    db: Connection,
    company_file_id: int,
    install_id: int,
    company_name: str,
    path: str,
    now: datetime,
) -> Executable:
    other = aliased(Place)
    is_ahead = select(other.id).where(
        other.install_id == install_id,
        other.last_seen_at >= now,
        or_(other.company_name != company_name, other.path != path),
    )
    return (
        insert_into(db, Place)
        .values(
            company_file_id=company_file_id,
            install_id=install_id,
            company_name=company_name,
            path=path,
            first_seen_at=now,
            last_seen_at=now,
        )
        .on_conflict_do_update(
            index_elements=["install_id", "company_name", "path"], set_={"last_seen_at": now}
        )
        .returning(Place.id, Place.confirmed_at, is_ahead.exists().label("is_ahead"))
    )


@once
def _pull_back(install_id: int, place_id: int, now: datetime, to: datetime) -> Executable:
    return (
        update(Place)
        .where(Place.install_id == install_id, Place.id != place_id, Place.last_seen_at >= now)
        .values(last_seen_at=to)
    )


def see_place(
    db: Connection,
    *,
    company_file_id: int,
    install_id: int,
    company_name: str,
    path: str,
    now: datetime,
    must_say: bool = False,
) -> bool:
    """Note from where the company file was opened; say whether an administrator confirmed it.

    With `yes_to_first` the company's first place is confirmed as it is seen, and another install
    that reports the very same place besides; not where a person `must_say`.
    """
    seen = db.execute(*_see_place(db, company_file_id, install_id, company_name, path, now)).one()
    if seen.is_ahead:  # the clock was set back since: what is open now was opened last all the same
        db.execute(*_pull_back(install_id, seen.id, now, now - timedelta(seconds=1)))
    if seen.confirmed_at is not None:
        return True
    if must_say or not _said_yes_before(db, company_file_id, company_name, path):
        return False
    db.execute(*_confirm(seen.id, "said beforehand", now))
    return True


@once
def _is_known_by_name(company_file_id: int, company_name: str) -> Executable:
    return select(Place.id).where(
        Place.company_file_id == company_file_id,
        Place.confirmed_at.is_not(None),
        Place.company_name == company_name,
    )


def is_known_by_name(db: Connection, company_file_id: int, company_name: str) -> bool:
    """Say whether a place with a company's name was ever confirmed."""
    return db.execute(*_is_known_by_name(company_file_id, company_name)).first() is not None


@once
def _is_denied(install_id: int, company_name: str, path: str) -> Executable:
    return select(Place.denied_at).where(
        Place.install_id == install_id, Place.company_name == company_name, Place.path == path
    )


def is_denied(db: Connection, install_id: int, company_name: str, path: str) -> bool:
    """Say whether an administrator said of a place that it is not the right one."""
    return db.execute(*_is_denied(install_id, company_name, path)).scalar() is not None


def confirm_place(
    db: Connection, company_file_id: int, place_id: int | None, *, by: str, now: datetime
) -> AnyRow | None:
    """Confirm a place; give its name, its path and `is_news`. None when there is none.

    With no id it is the place that waits and was seen last, by an install that is in use and has
    opened no other since; where none waits, the one that was seen last, confirmed before.
    """
    last = db.execute(
        select(
            Place.id, Place.company_name, Place.path, Place.confirmed_at.is_(None).label("is_news")
        )
        .join_from(Place, Install, Install.id == Place.install_id)
        .where(
            Place.company_file_id == company_file_id,
            *(
                (Install.retired_at.is_(None), Place.denied_at.is_(None), is_last_place())
                if place_id is None
                else (Place.id == place_id,)
            ),
        )
        .order_by(Place.confirmed_at.is_not(None), Place.last_seen_at.desc(), Place.id.desc())
        .limit(1)
    ).first()
    if last is not None:
        db.execute(*_confirm(last.id, by, now))
    return last


def is_last_place() -> ColumnElement[bool]:
    """Say of a place that its install has opened no other one since."""
    later = aliased(Place)
    return ~(
        select(later.id)
        .where(
            later.install_id == Place.install_id,
            or_(
                later.last_seen_at > Place.last_seen_at,
                and_(later.last_seen_at == Place.last_seen_at, later.id > Place.id),
            ),
        )
        .correlate(Place)
        .exists()
    )


@once
def _confirm(place_id: int, by: str, now: datetime) -> Executable:
    return (
        update(Place)
        .where(Place.id == place_id, Place.confirmed_at.is_(None))
        .values(confirmed_at=now, confirmed_by=by, denied_at=None, denied_by=None)
    )


def deny_place(
    db: Connection, company_file_id: int, place_id: int | None, *, by: str, now: datetime
) -> AnyRow | None:
    """Note that a place that waits is not the right one; give its name and path, None: none waits.

    With no id it is the one that was seen last. An install that was never in the right company file
    has left its stamp in the wrong one alone, so what it has proven counts no more.
    """
    wanted = Place.denied_at.is_(None) if place_id is None else Place.id == place_id
    place = db.execute(
        select(Place.id, Place.install_id, Place.company_name, Place.path)
        .where(Place.company_file_id == company_file_id, Place.confirmed_at.is_(None), wanted)
        .order_by(Place.last_seen_at.desc(), Place.id.desc())
        .limit(1)
    ).first()
    if place is None:
        return None
    denied = db.execute(
        update(Place)
        .where(Place.id == place.id, Place.confirmed_at.is_(None))
        .values(denied_at=now, denied_by=by)
    )
    was_right = (
        select(Place.id)
        .where(Place.install_id == place.install_id, Place.confirmed_at.is_not(None))
        .exists()
    )
    db.execute(
        update(Install).where(Install.id == place.install_id, ~was_right).values(proven_at=None)
    )
    return place if denied.rowcount == 1 else None


def _said_yes_before(db: Connection, company_file_id: int, company_name: str, path: str) -> bool:
    yes = db.execute(
        select(CompanyFile.yes_to_first).where(CompanyFile.id == company_file_id)
    ).scalar_one()
    if not yes:
        return False
    same = (Place.company_name == company_name) & (Place.path == path)
    confirmed = db.execute(
        select(func.count(), func.count().filter(same))
        .select_from(Place)
        .where(Place.company_file_id == company_file_id, Place.confirmed_at.is_not(None))
    ).one()
    return confirmed[0] == 0 or confirmed[1] > 0
