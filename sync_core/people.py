"""People who use the portal: roles, what one may see of another, what a password must be.

Rules only: no clock, no database, nothing of the web.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a person may do. Each role may do all that the ones below it may."""

    ADMIN = "admin"  # connects company files, invites people
    BOOKKEEPER = "bookkeeper"  # resolves and dismisses
    VIEWER = "viewer"  # looks

    def reaches(self, needed: "Role") -> bool:
        """Say whether this role may do what `needed` may."""
        return _RANK[self] >= _RANK[needed]


_RANK = {Role.VIEWER: 0, Role.BOOKKEEPER: 1, Role.ADMIN: 2}

ROLE_LABELS = {
    Role.ADMIN: "Administrator",
    Role.BOOKKEEPER: "Bookkeeper",
    Role.VIEWER: "Viewer",
}
ROLE_MEANS = {
    Role.ADMIN: "Connects company files and PCs, invites people, and does what a bookkeeper does.",
    Role.BOOKKEEPER: "Resolves and dismisses payments, with a reason.",
    Role.VIEWER: "Sees everything, changes nothing.",
}


class Purpose(StrEnum):
    """What a one-time link is for."""

    SETUP = "setup"  # makes the first administrator; until used
    INVITE = "invite"  # the first password of somebody who was invited
    RESET = "reset"  # a new password


# An invitation may wait over a holiday week; a reset is asked for by somebody who waits.
LINK_LASTS_S = {Purpose.SETUP: None, Purpose.INVITE: 7 * 86_400, Purpose.RESET: 86_400}

# A working day. Whoever comes back later signs in again; a page that asks by itself is no visit.
SIGN_IN_IDLE = timedelta(hours=12)
# However busy: a cookie that somebody else got hold of, and keeps in use, ends by itself too.
SIGN_IN_LASTS = timedelta(days=7)


def is_over(began: datetime, last_visit: datetime, now: datetime) -> bool:
    """Say whether somebody has to sign in again: away for too long, or signed in too long ago."""
    return now - last_visit > SIGN_IN_IDLE or now - began > SIGN_IN_LASTS


# Ids of the company files that somebody may see; None: all of them, later ones too.
Scope = frozenset[int] | None


def covers(scope: Scope, other: Scope) -> bool:
    """Say whether whoever has `scope` sees all that whoever has `other` sees."""
    return scope is None or (other is not None and other <= scope)


def sees(scope: Scope, company_file_id: int) -> bool:
    """Say whether a company file lies in a scope."""
    return scope is None or company_file_id in scope


# E-mail addresses

EMAIL_LENGTH_MAX = 254  # RFC 5321, a path without its brackets
_EMAIL = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\]+")


def email_problem(email: str) -> str:
    """Say what is wrong with an e-mail address; "" when it may be one."""
    if len(email) > EMAIL_LENGTH_MAX or not email.isprintable() or not _EMAIL.fullmatch(email):
        return "Write one e-mail address, such as maria@example.com."
    return ""


def email_key(email: str) -> str:
    """Write an address as it is compared: two that differ in case alone are one."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()[:EMAIL_LENGTH_MAX]


# Passwords

PASSWORD_LENGTH_MIN = 12
# argon2 reads it all; nobody types more than this.
PASSWORD_LENGTH_MAX = 200
# "aaaaaaaaaaaa" and "abababababab" are long and no secret.
PASSWORD_CHARACTERS_MIN = 5


def password_problem(password: str, email: str) -> str:
    """Say what is wrong with a password that somebody chose; "" when it may stand."""
    if len(password) < PASSWORD_LENGTH_MIN:
        return f"Use at least {PASSWORD_LENGTH_MIN} characters; a few words make a good password."
    if len(password) > PASSWORD_LENGTH_MAX:
        return f"Use at most {PASSWORD_LENGTH_MAX} characters."
    if len(set(password)) < PASSWORD_CHARACTERS_MIN:
        return "Use more than a few different characters."
    if email and email_key(password) == email_key(email):
        return "Use something other than the e-mail address."
    return ""


# Tries


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries in a row are free, and how long the longest wait after them is."""

    free: int
    wait_s_max: int

    def wait_s(self, tries: int) -> int:
        """Give the wait after so many tries, each twice as long as the one before."""
        beyond = tries - self.free
        return 0 if beyond <= 0 else min(2 ** min(beyond, 30), self.wait_s_max)


# Somebody mistypes a few times. The wait is short, since whoever knows an address could otherwise
# keep its owner out for long; at one try a minute twelve characters are not guessed.
ACCOUNT_LIMIT = Limit(free=5, wait_s_max=60)
# A whole office may share one address; a machine that tries many accounts is slowed much more.
ADDRESS_LIMIT = Limit(free=20, wait_s_max=900)
# Tries that lie further back than this are forgotten.
TRIES_FORGOTTEN_S = 3600
