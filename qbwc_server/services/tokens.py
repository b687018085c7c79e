"""The payment site's tokens: made once, shown once, kept as a keyed hash."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Engine

from models.engine import Clock, for_reading
from models.queries import companies
from qbwc_server.errors import NotFound
from qbwc_server.services import company_settings
from qbwc_server.services.companies import find, plain_uuid
from qbwc_server.services.payments import View
from qbwc_server.services.secrets import Secrets


class NewToken(View):
    """A token, on the one occasion on which it is shown."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token it is: the company file it opens, and the label for the audit trail."""

    company_file_id: int
    label: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes tokens and knows them again."""

    engine: Engine
    clock: Clock
    secrets: Secrets

    def add(self, company_id: str, *, label: str) -> NewToken:
        """Make a token for a company file.

        Raises:
            NotFound: there is no such company.
            InvalidInput: a label that is not one line.
        """
        label = company_settings.label(label)
        made = NewToken(id=str(uuid.uuid4()), token=self.secrets.new_token())
        with self.engine.begin() as db:
            row = {
                "uuid": made.id,
                "company_file_id": find(db, company_id).id,
                "label": label,
                "token_hash": self.secrets.fingerprint(made.token),
                "created_at": self.clock(db),
            }
            companies.add_token(db, row)
        return made

    def revoke(self, token_id: str) -> None:
        """Shut a token out from now on; done already is done.

        Raises:
            NotFound: there is no such token.
        """
        with self.engine.begin() as db:
            if not companies.revoke_token(db, plain_uuid(token_id), self.clock(db)):
                raise NotFound("There is no token with this id; qbwc company show lists them.")

    def caller(self, token: str) -> Caller | None:
        """Say whose token this is; None, after the same work, when it is nobody's any more."""
        token_hash = self.secrets.fingerprint(token)
        with for_reading(self.engine).connect() as db:
            row = companies.token_by_hash(db, token_hash)
        return Caller(row.company_file_id, row.label) if row else None
