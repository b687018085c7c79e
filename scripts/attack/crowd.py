"""Who is at work in a soak: PCs whose Web Connectors call all the time, and the payment site.

Each is a thread with dice of its own, and knows no more of the server than its address.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Event, Thread
from typing import Any

from scripts.attack.ambush import PAYMENTS, Ambush, Stage
from scripts.simulate import soap
from scripts.simulate.soap import HttpAnswer, SoapError
from scripts.simulate.transport import HttpTransport
from scripts.simulate.web_connector import WebConnector

# Callers wait while the server starts, which takes seconds on a busy machine.
ANSWER_S_MAX = 60.0
PAUSE_S_MAX = 0.2
# In a hundred updates, so many are to end by the PC's death, each call of theirs with this chance.
DEATHS, DEATH_AT_A_CALL = 6, 15
# In a hundred message sets with payments, before so many QuickBooks is slow or the PC asleep, for
# longer than a sync may be silent.
NAPS, NAP_S = 6, (1.0, 3.5)
# In a hundred kills that a PC is held for, so many take the PC along.
DIES_TOO = 20
# How often in a hundred QuickBooks notices, before a payment, that it is the moment.
NOTICES = 35
DONE_BEFORE_DEATH_MAX = 12
BATCH_MAX = 25


class PowerCutError(Exception):
    """A PC lost its power in the middle of whatever it did."""


class Pc(Thread):
    """A PC, one update after the other. `faults` are answers that no Web Connector could read."""

    def __init__(
        self, connector: WebConnector, url: str, ambush: Ambush, dice: Random, stop: Event
    ) -> None:
        super().__init__(name=connector.computer, daemon=True)
        self.connector = connector
        self.ambush = ambush
        self.dice = dice
        self.stop = stop
        self.updates = self.deaths = self.naps = 0
        self.faults: list[str] = []
        self._line = HttpTransport(url, timeout_s=ANSWER_S_MAX)
        self._has_payments = False
        connector.transport = self._call
        connector.hook = self

    def run(self) -> None:
        """Update until it is enough."""
        while not self.stop.is_set():
            try:
                self._update()
            except PowerCutError:
                self.deaths += 1
            self.updates += 1
            self.stop.wait(self.dice.uniform(0, PAUSE_S_MAX))

    def before_execute(self, index: int) -> None:
        """Let QuickBooks be slow, or at work while the server is killed."""
        if not self._has_payments:
            return
        if index == 0 and self._says(NAPS):
            self.naps += 1
            self.stop.wait(self.dice.uniform(*NAP_S))
        if self._says(NOTICES) and self.ambush.is_met(Stage.EXECUTING, "sendRequestXML", PAYMENTS):
            self._may_die_too()

    def _update(self) -> None:
        dies = self._says(DEATHS)
        session = self.connector.begin()
        while session.step():
            if dies and self._says(DEATH_AT_A_CALL):
                done = self.dice.randrange(DONE_BEFORE_DEATH_MAX) if session.held else 0
                session.power_cut(after=done)
                raise PowerCutError

    def _call(self, operation: str, body: bytes) -> HttpAnswer:
        self.ambush.is_met(Stage.ASKED, operation, body)
        answer = self._line(operation, body)
        self._has_payments = operation == "sendRequestXML" and PAYMENTS in answer.body
        if self.ambush.is_met(Stage.ANSWERED, operation, body, answer.body):
            self._may_die_too()
            raise ConnectionResetError("the server was killed")
        try:
            soap.read_result(operation, answer)
        except SoapError as error:
            self.faults.append(f"{operation} was answered so that nobody could read it: {error}")
        return answer

    def _may_die_too(self) -> None:
        if self._says(DIES_TOO):
            raise PowerCutError

    def _says(self, percent: int) -> bool:
        return self.dice.randrange(100) < percent


class Api:
    """The JSON API of one company."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call: the HTTP status, and what was answered.

        Errors: OSError, HTTPException or ValueError when the answer did not come, or was cut.
        """
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S_MAX)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", sent, self.headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def listed(self, status: str) -> list[dict[str, Any]]:
        """List a page of the payments in a state. Errors: as of a call, and LookupError."""
        code, page = self.call("GET", f"/payments?status={status}&limit=200")
        if code != HTTPStatus.OK:
            raise LookupError(f"The list of payments was answered {code}: {page}")
        found: list[dict[str, Any]] = page["items"]
        return found


class PaymentSite(Thread):
    """Hands payments in, up to `due` of them, and each batch until an answer came.

    `faults` are answers that were neither "created" nor "it is there already".
    """

    def __init__(self, api: Api, given: Sequence[object], dice: Random, stop: Event) -> None:
        super().__init__(name="payment site", daemon=True)
        self.api = api
        self.given = given
        self.dice = dice
        self.stop = stop
        self.due = 0
        self.accepted = self.repeated = 0
        self.faults: list[str] = []

    def run(self) -> None:
        """Hand in until all are accepted, or it is enough."""
        while self.accepted < len(self.given) and not self.stop.wait(0.02):
            size = min(self.dice.randint(1, BATCH_MAX), self.due - self.accepted)
            batch = self.given[self.accepted : self.accepted + size]
            while batch and not self.stop.is_set():
                if self._is_taken(batch):
                    self.accepted += size
                    break
                self.repeated += 1
                self.stop.wait(0.05)

    def _is_taken(self, batch: Sequence[object]) -> bool:
        try:
            status, answer = self.api.call("POST", "/payments/bulk", batch)
        except (OSError, HTTPException, ValueError):
            return False
        if status != HTTPStatus.OK:
            self.faults.append(f"A batch of payments was answered {status}: {answer}")
            return False
        self.faults += [
            f"{one['id']} was not taken in: {one['outcome']}, {one['problems']}"
            for one in answer
            if one["outcome"] not in ("created", "same")
        ]
        return True
