"""Waiting for the moment at which the server is to be killed.

Who brings the moment about is held until it is over, so that nothing gets ahead of the kill.
"""

from dataclasses import dataclass
from enum import StrEnum
from threading import Event, Lock

# Nobody is held for longer, whatever became of the killer.
HELD_S_MAX = 30
PAYMENTS = b"ReceivePaymentAdd"


class Stage(StrEnum):
    """How far a call has come."""

    ASKED = "on its way, or being answered"
    ANSWERED = "answered, and the PC does not get the answer"
    EXECUTING = "QuickBooks is at work on what the call brought"


@dataclass(frozen=True, slots=True)
class Moment:
    """A stage of a call; `containing` is in the call or in its answer."""

    stage: Stage
    operation: str
    containing: bytes = b""


ANYWHERE = (
    Moment(Stage.ASKED, "authenticate"),
    Moment(Stage.ASKED, "sendRequestXML"),
    Moment(Stage.ASKED, "receiveResponseXML"),
    Moment(Stage.ASKED, "closeConnection"),
    Moment(Stage.ANSWERED, "authenticate"),
    Moment(Stage.ANSWERED, "sendRequestXML"),
    Moment(Stage.ANSWERED, "receiveResponseXML"),
)
AROUND_PAYMENTS = (
    Moment(Stage.ASKED, "receiveResponseXML", PAYMENTS),
    Moment(Stage.ANSWERED, "sendRequestXML", PAYMENTS),
    Moment(Stage.ANSWERED, "receiveResponseXML", PAYMENTS),
    Moment(Stage.EXECUTING, "sendRequestXML", PAYMENTS),
)


class Ambush:
    """One moment at a time is waited for, and comes once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._moment: Moment | None = None
        self._passes = 0
        self._met = Event()
        self._over = Event()

    def lay(self, moment: Moment, *, passes: int) -> None:
        """Begin to wait for a moment, and let so many like it pass."""
        with self._lock:
            self._moment, self._passes = moment, passes
            self._met.clear()
            self._over.clear()

    def wait(self, timeout_s: float) -> None:
        """Wait until the moment has come, or for long enough."""
        self._met.wait(timeout_s)

    def lift(self) -> None:
        """Let go whoever is held, and wait for nothing more."""
        with self._lock:
            self._moment = None
        self._over.set()

    def is_met(self, stage: Stage, operation: str, *texts: bytes) -> bool:
        """Say whether this was the moment, once it is over; a call that was ASKED goes on."""
        with self._lock:
            moment = self._moment
            if moment is None or self._met.is_set():
                return False
            if (stage, operation) != (moment.stage, moment.operation):
                return False
            if not any(moment.containing in text for text in texts):
                return False
            if self._passes:
                self._passes -= 1
                return False
            self._met.set()
        if stage is not Stage.ASKED:
            self._over.wait(HELD_S_MAX)
        return True
