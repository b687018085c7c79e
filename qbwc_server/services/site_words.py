"""What the payment site calls things, as a person looks at it and says it, one word at a time.

Lists of words, and what may be written at all, are `mappings`; nothing here goes around it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from models.engine import for_reading
from models.queries import mappings
from qbwc_server.errors import InvalidInput, Problem
from qbwc_server.services import paging
from qbwc_server.services.mappings import (
    Kind,
    MappingOutcome,
    Mappings,
    MappingView,
    ProposalView,
    What,
)

# As many of the site's ids as are counted for a sentence.
COUNTED_MAX = 99

_POINTER = re.compile(r"^/\w+: ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmapped:
    """One of the site's ids that payments wait for, and what has it for its very name or number."""

    external_id: str
    payments: int
    amount_cents: int
    quickbooks_id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class SiteWords:
    """Shows and sets what the payment site's ids mean, as a person does it."""

    engine: Engine
    mappings: Mappings

    def count_unmapped(self, company_file_id: int, what: What) -> int:
        """Count the site's ids that mean nothing yet; more than COUNTED_MAX are one more."""
        with for_reading(self.engine).connect() as db:
            rows = mappings.unmapped(
                db, company_file_id, what.meant, after="", limit=COUNTED_MAX + 1
            )
        return len(rows)

    def unmapped(
        self, company_file_id: int, what: What, *, cursor: str = ""
    ) -> paging.Page[Unmapped]:
        """Show a page of the site's ids that mean nothing yet, with what each probably means.

        The site's id is taken for a name or number here: many sites use those.

        Raises:
            InvalidInput: a cursor that is not ours.
        """
        wanted = paging.by_name("", cursor)
        with for_reading(self.engine).connect() as db:
            rows = mappings.unmapped(
                db, company_file_id, what.meant, after=wanted.after, limit=wanted.limit + 1
            )
        page = paging.cut_by_name(rows, wanted.limit, lambda row: str(row.external_id))
        found = self._propose(company_file_id, what, [row.external_id for row in page.items])
        return paging.Page(
            [
                Unmapped(
                    external_id=row.external_id,
                    payments=row.payments,
                    amount_cents=row.amount_cents,
                    quickbooks_id=one.quickbooks_id,
                    name=one.name,
                )
                for row, one in zip(page.items, found, strict=True)
            ],
            page.next_cursor,
        )

    def mapped(
        self, company_file_id: int, what: What, *, cursor: str = ""
    ) -> paging.Page[MappingView]:
        """Show a page of what is mapped.

        Raises:
            InvalidInput: a cursor that is not ours.
        """
        return self.mappings.page(company_file_id, what, cursor=cursor)

    def name_entry(
        self, company_file_id: int, what: What, quickbooks_id: str, external_id: str, *, by: str
    ) -> None:
        """Say what the payment site calls an entry.

        Raises:
            InvalidInput: no id can look so, or it means another entry; or this entry is gone.
        """
        word = external_id.strip()
        with for_reading(self.engine).connect() as db:
            words, entries = (
                filter(str.isprintable, [word]),
                filter(str.isprintable, [quickbooks_id]),
            )
            means = mappings.resolve(db, company_file_id, what.meant, list(words))
            known = mappings.known(db, company_file_id, what.meant, list(entries))
        if quickbooks_id not in known:
            sentence = "QuickBooks has this one no more, so no payment can be meant for it."
            raise InvalidInput((Problem("/external_id", sentence),))
        if means.get(word, quickbooks_id) != quickbooks_id:
            sentence = f'"{word}" means another one already. Remove it there first.'
            raise InvalidInput((Problem("/external_id", sentence),))
        self._put(company_file_id, what, word, quickbooks_id, by=by)

    def give_meaning(
        self, company_file_id: int, what: What, external_id: str, called: str, *, by: str
    ) -> None:
        """Say what one of the site's ids means: a ListID or TxnID, else the exact name or number.

        Raises:
            InvalidInput: QuickBooks has no such entry, or more than one.
        """
        said = called.strip()
        with for_reading(self.engine).connect() as db:
            is_id = said.isascii() and said.isprintable()
            known = mappings.known(db, company_file_id, what.meant, [said] if is_id else [])
        found = said
        if said not in known:
            (one,) = self._propose(company_file_id, what, [said])
            if one.quickbooks_id is None:
                raise InvalidInput((Problem("/called", _bare(one.why_not or "")),))
            found = one.quickbooks_id
        self._put(company_file_id, what, external_id, found, by=by)

    def take(
        self, company_file_id: int, what: What, pairs: Sequence[tuple[str, str]], *, by: str
    ) -> list[MappingOutcome]:
        """Set what was proposed: pairs of the site's id and a ListID or TxnID; one outcome each.

        Raises:
            InvalidInput: they are more than a list holds.
        """
        given = [{"external_id": word, _key(what): entry} for word, entry in pairs]
        return self.mappings.put(company_file_id, what, given, by=by)

    def forget(self, company_file_id: int, what: What, external_id: str, *, by: str) -> None:
        """Let one of the site's ids mean nothing."""
        given = [{"external_id": external_id, _key(what): None}]
        self.mappings.put(company_file_id, what, given, by=by)

    def _propose(
        self, company_file_id: int, what: What, called: Sequence[str]
    ) -> list[ProposalView]:
        name = "name" if what is What.CUSTOMERS else "number"
        given = [{"external_id": "1", name: one} for one in called]
        return self.mappings.propose(company_file_id, what, given)

    def _put(
        self, company_file_id: int, what: What, external_id: str, quickbooks_id: str, *, by: str
    ) -> None:
        (outcome,) = self.take(company_file_id, what, [(external_id, quickbooks_id)], by=by)
        if outcome.outcome in (Kind.INVALID, Kind.UNKNOWN):
            sentence = _bare(" ".join(outcome.problems))
            raise InvalidInput((Problem("/external_id", sentence),))


def _bare(sentence: str) -> str:
    """Leave the pointer out: the sentence stands beside its field."""
    return _POINTER.sub("", sentence)


def _key(what: What) -> str:
    return "list_id" if what is What.CUSTOMERS else "txn_id"
