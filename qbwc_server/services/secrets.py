"""Secrets: made here, kept as hashes only, compared in constant time.

Generated ones carry 128 bits or more, so a fast keyed hash is enough; what a person typed goes
through argon2id.
"""

import hashlib
import hmac
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sync_core.identity import ALPHABET

# 26 characters of 31 are 128.8 bits; the alphabet has no look-alikes, since people type it.
PASSWORD_LENGTH = 26
_KEYED = "hmac-sha256$"


class Secrets:
    """Makes and checks secrets with the server's key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        # 19 MiB and two passes: 29 ms a check, where the library's default takes 250 ms and 64 MiB.
        self._argon2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

    def new_token(self) -> str:
        """Make a ticket or an API token: 256 bits, safe in a URL."""
        return secrets.token_urlsafe(32)

    def new_password(self) -> str:
        """Make a password for the Web Connector."""
        return "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH)).lower()

    def fingerprint(self, token: str) -> str:
        """Give the keyed hash by which a generated secret is kept and found: 64 hex digits."""
        return hmac.new(self._key, token.encode(), hashlib.sha256).hexdigest()

    def keep_generated(self, password: str) -> str:
        """Give what is stored for a password that we made."""
        return _KEYED + self.fingerprint(password)

    def keep_typed(self, password: str) -> str:
        """Give what is stored for a password that a person chose."""
        return self._argon2.hash(password)

    def matches_typed(self, kept: str | None, password: str) -> bool:
        """Say whether a password is the one a person chose; as slow when there is none to match."""
        stranger = self._nobody  # made before the clock of any difference starts to run
        return self.matches(stranger if kept is None else kept, password) and kept is not None

    @cached_property
    def _nobody(self) -> str:
        return self.keep_typed(secrets.token_urlsafe())

    def matches(self, kept: str | None, password: str) -> bool:
        """Say whether a password is the one that was kept, in constant time for either kind."""
        if kept is None or kept.startswith(_KEYED):
            given = self.keep_generated(password)
            return hmac.compare_digest(given, kept or _KEYED + "0" * 64)
        try:
            return self._argon2.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
