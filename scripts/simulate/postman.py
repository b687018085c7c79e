"""A line on which calls get lost, come twice, or come late.

It stands between a Web Connector and the service, as a `Transport`:
`pc.transport = post = Postman(pc.transport)`. Each order is for the next call of an operation, and
for one whose envelope contains a text if that is named ("ReceivePaymentAddRs").
"""

from collections.abc import Callable
from typing import NamedTuple

from scripts.simulate import soap
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.transport import Transport


class Letter(NamedTuple):
    """One call as it left the PC: the operation and the envelope."""

    operation: str
    body: bytes


class _Order(NamedTuple):
    """What is to become of a call."""

    operation: str
    containing: bytes
    fate: Callable[[Letter], HttpAnswer]


class Postman:
    """The line. `kept` are the letters to `deliver` later, oldest first."""

    def __init__(self, line: Transport) -> None:
        self.line = line
        self.kept: list[Letter] = []
        self._orders: list[_Order] = []

    def lose_request(self, operation: str, containing: str = "") -> None:
        """Lose the call on its way: the service never hears of it, the PC sees a broken line."""
        self._order(operation, containing, self._lose_request)

    def lose_answer(self, operation: str, containing: str = "") -> None:
        """Lose the answer: the service has done its part, the PC sees a broken line."""
        self._order(operation, containing, self._lose_answer)

    def hold_back(self, operation: str, containing: str = "") -> None:
        """Keep the call for later; until then it is as lost, and the PC sees a broken line."""
        self._order(operation, containing, self._hold_back)

    def copy(self, operation: str, containing: str = "") -> None:
        """Deliver the call, and keep it to be delivered once more later."""
        self._order(operation, containing, self._copy)

    def deliver_twice(
        self, operation: str, containing: str = "", *, shows_first: bool = False
    ) -> None:
        """Deliver the call twice in a row, as a proxy that tries again does.

        The PC sees the answer to the second one, or that to the first.
        """
        fate = self._twice_and_show_the_first if shows_first else self._twice
        self._order(operation, containing, fate)

    def calm_down(self) -> None:
        """Forget what was ordered: from now on each call is carried as it should be."""
        self._orders.clear()

    def deliver(self) -> list[soap.Result]:
        """Deliver what is kept, now, whatever has become of its session; answer the results.

        Nothing is kept any longer. Errors: as of a call, SoapError for a fault.
        """
        letters, self.kept = self.kept, []
        return [soap.read_result(letter.operation, self.line(*letter)) for letter in letters]

    def __call__(self, operation: str, body: bytes) -> HttpAnswer:
        """Carry a call, as ordered or as it should be."""
        for order in self._orders:
            if order.operation == operation and order.containing in body:
                self._orders.remove(order)
                return order.fate(Letter(operation, body))
        return self.line(operation, body)

    def _order(self, operation: str, containing: str, fate: Callable[[Letter], HttpAnswer]) -> None:
        self._orders.append(_Order(operation, containing.encode(), fate))

    def _lose_request(self, _: Letter) -> HttpAnswer:
        raise ConnectionResetError("the line was cut")

    def _lose_answer(self, letter: Letter) -> HttpAnswer:
        self.line(*letter)
        raise ConnectionResetError("the line was cut")

    def _hold_back(self, letter: Letter) -> HttpAnswer:
        self.kept.append(letter)
        raise ConnectionResetError("the line was cut")

    def _copy(self, letter: Letter) -> HttpAnswer:
        self.kept.append(letter)
        return self.line(*letter)

    def _twice(self, letter: Letter) -> HttpAnswer:
        self.line(*letter)
        return self.line(*letter)

    def _twice_and_show_the_first(self, letter: Letter) -> HttpAnswer:
        answer = self.line(*letter)
        self.line(*letter)
        return answer
