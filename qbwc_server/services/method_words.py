"""Which payment method of QuickBooks is meant by the payment site's word, where a person said it.

What matches by its name or type needs no saying: `sync_core.methods`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from models.engine import Clock, for_reading
from models.queries import books, listed, mappings, payments, watches
from qbwc_server.errors import InvalidInput, Problem
from sync_core.methods import Method
from sync_core.names import Meant, plain
from sync_core.rejection import WatchKind

# More words than any site has for its methods.
WORDS_MAX = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodWord:
    """A word that a person gave a meaning; `name` is None for an entry that is gone."""

    word: str
    list_id: str
    name: str | None
    is_active: bool
    set_at: datetime
    set_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingWord:
    """A word that no method fits, with the payments that were rejected for it."""

    word: str
    payments: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class MethodWords:
    """Shows and sets which payment methods the site's words mean."""

    engine: Engine
    clock: Clock

    def every(self, company_file_id: int) -> list[MethodWord]:
        """List the words that have a meaning of their own."""
        with for_reading(self.engine).connect() as db:
            methods = {one.list_id: one for one in books.methods_of(db, company_file_id)}
            rows = listed.method_words(db, company_file_id, limit=WORDS_MAX)
        return [
            MethodWord(
                word=row.external_id,
                list_id=row.quickbooks_id,
                name=methods[row.quickbooks_id].name if row.quickbooks_id in methods else None,
                is_active=row.quickbooks_id in methods and methods[row.quickbooks_id].is_active,
                set_at=row.set_at,
                set_by=row.set_by,
            )
            for row in rows
        ]

    def waiting(self, company_file_id: int) -> list[WaitingWord]:
        """List the words for which payments were rejected."""
        with for_reading(self.engine).connect() as db:
            rows = listed.methods_waiting(db, company_file_id, limit=WORDS_MAX)
        return [
            WaitingWord(word=row.method, payments=row.payments, amount_cents=row.amount_cents)
            for row in rows
        ]

    def offered(self, company_file_id: int) -> Sequence[Method]:
        """List the active entries of QuickBooks' Payment Method List."""
        with for_reading(self.engine).connect() as db:
            return [one for one in books.methods_of(db, company_file_id) if one.is_active]

    def put(self, company_file_id: int, word: str, list_id: str, *, by: str) -> None:
        """Say which method a word means; payments that were rejected for it wait again.

        Raises:
            InvalidInput: there is no word, or no such active method.
        """
        meant = plain(word)
        if not meant:
            raise InvalidInput((Problem("/word", "Type the payment site's word."),))
        with self.engine.begin() as db:
            known = {one.list_id: one for one in books.methods_of(db, company_file_id)}
            method = known.get(list_id)
            if method is None or not method.is_active:
                sentence = "Choose an active payment method of QuickBooks."
                raise InvalidInput((Problem("/list_id", sentence),))
            now = self.clock(db)
            row = {
                "company_file_id": company_file_id,
                "meant": Meant.METHODS,
                "external_id": meant,
                "quickbooks_id": list_id,
                "set_at": now,
                "set_by": by,
            }
            mappings.put(db, [row])
            waiting = watches.named(db, company_file_id, WatchKind.METHOD, [meant])
            told = f'"{word.strip()}" is {method.name} in QuickBooks.'
            payments.requeue(db, waiting, by=by, told=told, now=now)

    def forget(self, company_file_id: int, word: str) -> None:
        """Let a word mean what its name or type says again."""
        with self.engine.begin() as db:
            mappings.remove(db, company_file_id, Meant.METHODS, [plain(word)])
