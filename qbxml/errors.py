"""What can go wrong in the language.

    QbxmlError
    |-- BuildError    our side: QuickBooks would refuse this message, so it never leaves
    `-- ParseError    their side: the answer is cut, malformed or no message set

A request that QuickBooks read and refused is neither: it is a `status.Status` in the answer.
"""


class QbxmlError(Exception):
    """Root of the language's errors."""


class BuildError(QbxmlError):
    """A message that QuickBooks would refuse.

    `path` is where, in the wire's own names ("ReceivePaymentAdd/AppliedToTxnAdd[2]/PaymentAmount",
    repeated elements counted from 1); `problem` is what, as the rest of a sentence that begins with
    the path. `request_id` names the request inside its message set, so that one bad payment can be
    set aside; None where the fault lies with the whole set or the message was built alone.
    """

    def __init__(self, path: str, problem: str, request_id: str | None = None) -> None:
        super().__init__(path, problem, request_id)
        self.path = path
        self.problem = problem
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.path} {self.problem}."

    def within(self, parent: str, request_id: str | None = None) -> "BuildError":
        """Return the same error seen from the element around it."""
        path = f"{parent}/{self.path}" if self.path else parent
        return BuildError(path, self.problem, request_id)


class ParseError(QbxmlError):
    """An answer that cannot be read as a message set; its text never quotes the answer."""
