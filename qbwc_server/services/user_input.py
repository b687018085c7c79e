"""What people type about users: read, or refused with a sentence for each wrong field."""

from collections.abc import Iterable

from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services.access import CompanyName
from sync_core.people import Role, Scope, email_problem, password_problem

_ROLES = ", ".join(role.value for role in Role)


def refuse(found: dict[str, str]) -> None:
    """Raise what was found wrong, by field; nothing when nothing was.

    Raises:
        InvalidInput: with a pointer for each field.
    """
    if found:
        raise InvalidInput(tuple(Problem(f"/{name}", said) for name, said in found.items()))


def email(text: str) -> str:
    """Read an e-mail address.

    Raises:
        InvalidInput: it is none.
    """
    text = text.strip()
    said = email_problem(text)
    refuse({"email": said} if said else {})
    return text


def role(text: str) -> Role:
    """Read a role.

    Raises:
        InvalidInput: it is none.
    """
    if text not in {known.value for known in Role}:
        refuse({"role": f"Choose one of {_ROLES}."})
    return Role(text)


def password(text: str, email: str) -> str:
    """Read a password that somebody chose.

    Raises:
        InvalidInput: it is too easy, too short or too long.
    """
    said = password_problem(text, email)
    refuse({"password": said} if said else {})
    return text


def scope(chosen: Iterable[str] | None, offered: Iterable[CompanyName]) -> Scope:
    """Read which company files somebody may see; None: all.

    Raises:
        InvalidInput: none is chosen, or one that is not offered.
    """
    if chosen is None:
        return None
    known = {company.uuid: company.id for company in offered}
    wanted = list(chosen)
    if not wanted or not set(wanted) <= known.keys():
        refuse({"companies": "Choose at least one company file of the list, or all of them."})
    return frozenset(known[one] for one in wanted)
