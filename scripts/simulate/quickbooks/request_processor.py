"""One QuickBooks session of a program: message sets in, message sets out.

It executes request by request, in order, and keeps the session's iterators. What a request means
stands in the modules it calls. Source: Intuit QBSDK, ProcessRequest and onError.
"""

from collections.abc import Callable
from threading import Lock
from typing import Protocol

from scripts.simulate.quickbooks import parsing, payment_add, writes
from scripts.simulate.quickbooks.answers import Answer, refused, response
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.iterators import Iterators
from scripts.simulate.quickbooks.markup import document, node
from scripts.simulate.quickbooks.queries import QUERIES
from scripts.simulate.quickbooks.refusals import (
    Refusal,
    gone,
    is_failure,
    is_warning,
    not_processed,
)

WRITES: dict[str, Callable[[CompanyFile, parsing.Request], Answer]] = {
    "ReceivePaymentAdd": payment_add.add,
    "PaymentMethodAdd": writes.add_payment_method,
    "TxnDel": writes.delete_transaction,
}

# QuickBooks executes one request at a time, whoever asks.
_ONE_AT_A_TIME = Lock()


class Hook(Protocol):
    """A test's hand inside QuickBooks."""

    def before_execute(self, index: int) -> None:
        """Wait, change the books, or raise, before the request at that place is executed."""


class RequestProcessor:
    """A session on a company file, from BeginSession on."""

    def __init__(self, books: CompanyFile, *, path: str = "", hook: Hook | None = None) -> None:
        """Open the session; an empty path means the file now open.

        Errors: ComError, when QuickBooks lets nobody in.
        """
        books.open_session(path)
        self.books = books
        self.hook = hook
        self.has_crashed = False
        self._iterators = Iterators()

    def process(self, text: str, *, crash_after: int | None = None) -> str:
        """Execute a request message set and answer with a response message set.

        With `crash_after` QuickBooks is gone for good once it has executed that many requests; each
        is written by itself, so they stand. Errors: ComError; but for a crash, and a hook that
        raised it half way, nothing was executed.
        """
        if self.has_crashed:
            raise gone()
        self.books.behaviour.check_digestible(text)
        message_set = parsing.parse(text, self.books.host.versions)
        responses = node("QBXMLMsgsRs")
        has_failed = False
        for index, request in enumerate(message_set.requests[:crash_after]):
            if has_failed and message_set.stops:
                answer = refused(not_processed())
            else:
                if self.hook:
                    self.hook.before_execute(index)
                answer = self._execute(request)
            has_failed = has_failed or is_failure(answer.code)
            responses.append(response(request, answer))
        if crash_after is not None:
            self.has_crashed = True
            raise gone()
        return document(responses)

    def _execute(self, request: parsing.Request) -> Answer:
        with _ONE_AT_A_TIME:
            try:
                return self._answer(request)
            except Refusal as refusal:
                return refused(refusal)

    def _answer(self, request: parsing.Request) -> Answer:
        if request.fault:
            raise request.fault
        number = request.element.findtext(".//RefNumber") or ""
        forced = self.books.forced_answer(request.name, number)
        if forced and not is_warning(forced.code):
            raise forced
        if request.name in WRITES:
            answer = WRITES[request.name](self.books, request)
        else:
            answer = QUERIES[request.name](self.books, self._iterators, request)
        if forced:
            return Answer(answer.rows, forced.code, forced.message, answer.extra)
        return answer
