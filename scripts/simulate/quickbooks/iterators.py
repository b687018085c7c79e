"""Iterators: a long answer in pages, within one QuickBooks session.

Source: Intuit OSR, iterators. What a page holds is fixed at Start; a record deleted since then is
left out of its page. Start and Continue need the same filters and MaxReturned.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from scripts.simulate.quickbooks.markup import Element
from scripts.simulate.quickbooks.parsing import Request
from scripts.simulate.quickbooks.reading import text_of
from scripts.simulate.quickbooks.refusals import bad_iterator, missing_element


@dataclass
class OpenIterator:
    """The ids of the records still to come, and the question they answer."""

    question: bytes
    rest: Sequence[str]


@dataclass(frozen=True)
class Page:
    """The ids of one answer's records; `extra` are the attributes that tell of the rest."""

    keys: Sequence[str]
    extra: dict[str, str]


class Iterators:
    """The iterators of one session."""

    def __init__(self) -> None:
        self._open: dict[str, OpenIterator] = {}

    def page(self, request: Request, select: Callable[[], Sequence[str]]) -> Page:
        """Answer a query's page; `select` finds the ids of all its records.

        Errors: Refusal 3150 without MaxReturned, 3391 for an iterator that is not open.
        """
        verb = request.attribute("iterator")
        limit = int(text_of(request.element, "MaxReturned") or 0)
        if verb is None:
            keys = select()
            return Page(keys[:limit] if limit else keys, {})
        if not limit:
            raise missing_element("MaxReturned")
        if verb == "Start":
            iterator_id = f"{{{uuid.uuid4()}}}"
            self._open[iterator_id] = OpenIterator(_question(request.element), select())
        else:
            iterator_id = request.attribute("iteratorID") or ""
            self._known(iterator_id, request)
        if verb == "Stop":
            del self._open[iterator_id]
            return Page((), {})
        return self._next(iterator_id, limit)

    def _known(self, iterator_id: str, request: Request) -> None:
        iterator = self._open.get(iterator_id)
        if iterator is None or iterator.question != _question(request.element):
            raise bad_iterator(iterator_id)

    def _next(self, iterator_id: str, limit: int) -> Page:
        iterator = self._open[iterator_id]
        keys, iterator.rest = iterator.rest[:limit], iterator.rest[limit:]
        extra = {"iteratorRemainingCount": str(len(iterator.rest))}
        # The last page may come without its id; nobody may need it, so it does.
        if iterator.rest:
            extra["iteratorID"] = iterator_id
        else:
            del self._open[iterator_id]
        return Page(keys, extra)


def _question(element: Element) -> bytes:
    """The request's children, whatever the white space between them."""
    return b"".join(etree.tostring(child, method="c14n2", strip_text=True) for child in element)
