"""What the server does by itself, without a call: a thread in each worker.

Whatever it does is guarded as a call is, so it does not matter how many workers do it at once.
"""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()

EVERY_S = 30.0


def keep(work: Callable[[], object], *, every_s: float = EVERY_S) -> threading.Event:
    """Do some work again and again until the process ends, or the event is set."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(every_s):
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the next time may go better
                log.warning("keeper_failed", error=type(error).__name__)

    threading.Thread(target=run, name="keeper", daemon=True).start()
    return stopped
