"""The soak: the server is killed again and again while two Web Connectors call and payments come.

A real gunicorn over HTTP on a database of its own. SIGKILL ends it, all of it or one worker, at any
time and at chosen moments of a session, and it is started again at once. At the end every payment
must stand in QuickBooks once, and our database must say so.
"""

import argparse
import json
import os
import random
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from threading import Event

from pydantic import SecretStr

from qbwc_server.services import assembly
from qbwc_server.settings import Settings
from scripts.attack import backlog
from scripts.attack.ambush import ANYWHERE, AROUND_PAYMENTS, Ambush, Stage
from scripts.attack.crowd import ANSWER_S_MAX, Api, PaymentSite, Pc
from scripts.attack.figures import Figures, Plan
from scripts.attack.judge import judge
from scripts.attack.lent import lend
from scripts.attack.starter import LINUX, Server, starter
from scripts.simulate import transport
from scripts.simulate.web_connector import WebConnector

KEY = "the key of an attack"
# Small sets make many exchanges. The times are short, so that a doubt is settled within the run.
ENVIRON = {
    "QBWC_SECRET_KEY": KEY,
    "QBWC_LOG_LEVEL": "ERROR",
    "QBWC_MESSAGE_SET_MAX": "10",
    "QBWC_IMPORT_PAGE_SIZE": "100",
    "QBWC_SESSION_SILENT_S": "1",
    "QBWC_SESSION_SILENT_WITH_WRITES_S": "1",
    "QBWC_IN_DOUBT_WAIT_S": "2",
}
# Of servers with two workers every second kill is of one worker; one worker starts sooner.
WORKERS = (1, 2)
ONE_WORKER = 50
# In a hundred kills, so many come at any time, and so many of the others around payments; so many
# moments of the chosen kind may pass before it.
ANY_TIME, AT_PAYMENTS = 20, 70
PASSES = (0, 0, 0, 1, 2)
ANY_TIME_S_MAX = 2.5
# A moment that does not come is not waited for.
MOMENT_S_MAX = 2.0
# From a call that is on its way to the kill: about as long as answering takes.
ASKED_S_MAX = 0.04
# A third of the servers is started so much later, and callers find nobody there.
GONE_S = (0.0, 0.0, 0.3)
# All payments are there when so many of a hundred kills were made.
PAID_AT = 90
# After the last kill everything is settled within seconds; on a busy machine they are many.
QUIET_S_MAX = 120.0
TELL_S = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command line takes."""
    parser.add_argument("--kills", type=int, default=200, help="default 200")
    parser.add_argument("--payments", type=int, default=1000, help="default 1000")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=None, help="of the dice; default: any")


def main(arguments: argparse.Namespace) -> int:
    """Run a soak and print its figures; 1 when a promise is broken."""
    plan = Plan(
        kills=arguments.kills,
        payments=arguments.payments,
        database=arguments.database,
        seed=secrets.randbelow(10**6) if arguments.seed is None else arguments.seed,
    )
    if not LINUX.exists():
        print("The workers to be killed are found in /proc: run this on Linux.", file=sys.stderr)
        return 1
    print(f"soak on {plan.database}, seed {plan.seed}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as name, lend(plan.database, Path(name)) as lent:
        figures = Soak(plan, lent.url, Path(name)).run()
    print(figures.as_text())
    return 0 if figures.holds else 1


class LateError(Exception):
    """It does not come to its end; the sentence says what was waited for."""


class Soak:
    """One run on an empty, migrated database. `folder` is for what is gone afterwards."""

    def __init__(self, plan: Plan, url: str, folder: Path) -> None:
        self.plan = plan
        self.began = self.told = time.monotonic()
        self.until = self.began + plan.deadline_s
        self.dice = random.Random(plan.seed)  # noqa: S311 - dice, and no secret
        self.books, self.given = backlog.build("Soak", plan.payments, self._more_dice())
        self.entered_before = len(self.books.transactions)
        self.kills: list[datetime] = []
        self.kills_of_one = 0
        self.retried = 0
        self.stop = Event()
        self.ambush = Ambush()
        self.log = folder / "server.log"
        self.log.touch()
        self.port = _free_port()
        self.environ = {
            **ENVIRON,
            "QBWC_DATABASE_URL": url,
            "QBWC_DATA_DIR": str(folder),
            "GUNICORN_CMD_ARGS": f"--capture-output --error-logfile {shlex.quote(str(self.log))}",
        }
        settings = Settings(
            database_url=url,
            data_dir=folder,
            secret_key=SecretStr(KEY),
            public_url=f"http://localhost:{self.port}",
        )
        self.services = assembly.use_cases(settings)
        self.company_id = self.services.companies.add(self.books.name, yes_to_first=True).id
        token = self.services.tokens.add(self.company_id, label="Payment site").token
        self.api = Api(self.port, token)
        self.site = PaymentSite(self.api, self.given, self._more_dice(), self.stop)
        self.pcs = [self._pc("FRONT-DESK"), self._pc("BACK-OFFICE")]
        self.crowd: tuple[PaymentSite | Pc, ...] = (self.site, *self.pcs)
        # Whether a call closes after a failure is left open by Intuit: one does, one does not.
        self.pcs[0].connector.closes_after_failure = True
        # From here on the database is the server's alone, or its death would not be one.
        self.services.engine.dispose()

    def run(self) -> Figures:
        """Kill, run until quiet, and judge."""
        late = self._play()
        verdict = judge(self.services.engine, self.books, self.given, self.kills)
        self.services.engine.dispose()
        late = [f"{each} The last sync said: {verdict.said_last}" for each in late]
        behaviour = self.books.behaviour
        faults = dict.fromkeys(fault for one in self.crowd for fault in one.faults)
        guid = "kept" if behaviour.keeps_external_guid else "not kept"
        return Figures(
            plan=self.plan,
            quickbooks=f"ExternalGUID is {guid}, unknown values get {behaviour.missing.value}",
            verdict=verdict,
            kills=len(self.kills),
            kills_of_one=self.kills_of_one,
            deaths=sum(pc.deaths for pc in self.pcs),
            naps=sum(pc.naps for pc in self.pcs),
            accepted=self.site.accepted,
            repeated=self.site.repeated,
            retried=self.retried,
            took_s=time.monotonic() - self.began,
            broken=(*late, *self._errors(), *faults, *verdict.broken, *self._verify()),
        )

    def _play(self) -> list[str]:
        """Play everything; say what was not over in time."""
        for thread in self.crowd:
            thread.start()
        try:
            with starter(self.environ, self.port) as servers:
                while len(self.kills) < self.plan.kills:
                    with servers.serving(workers=self.dice.choice(WORKERS)) as server:
                        while self._survives_a_kill(server):
                            pass
                    time.sleep(self.dice.choice(GONE_S))
                with servers.serving(workers=max(WORKERS)) as server:
                    self._run_until_quiet(server)
                    self._stop()
        except LateError as late:
            return [str(late)]
        finally:
            self._stop()
        return [f"The thread {each.name} does not end." for each in self.crowd if each.is_alive()]

    def _stop(self) -> None:
        self.stop.set()
        for thread in self.crowd:
            thread.join(ANSWER_S_MAX)

    def _pc(self, computer: str) -> Pc:
        is_first = computer == "FRONT-DESK"
        made = self.services.installs.add(self.company_id, label=computer, primary=is_first)
        qwc = self.services.installs.build_file(made.id).content
        connector = WebConnector.from_qwc(qwc, made.password or "", self.books, computer=computer)
        url = f"http://127.0.0.1:{self.port}/qbwc"
        return Pc(connector, url, self.ambush, self._more_dice(), self.stop)

    def _survives_a_kill(self, server: Server) -> bool:
        """Kill the server, or one worker; say whether there is more to kill of it."""
        self._wait_for_a_moment(server)
        workers = server.workers()
        is_one = len(workers) > 1 and self._says(ONE_WORKER)
        self.kills.append(datetime.now(UTC))
        if is_one:
            self.kills_of_one += 1
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(workers), signal.SIGKILL)
        else:
            server.kill()
        self.ambush.lift()
        self._tell()
        return is_one and len(self.kills) < self.plan.kills

    def _wait_for_a_moment(self, server: Server) -> None:
        paid = 100 * self.plan.payments * (len(self.kills) + 1) // (PAID_AT * self.plan.kills)
        self.site.due = min(paid, self.plan.payments)
        if self._says(ANY_TIME):
            self._in_time("its next kill")
            time.sleep(self.dice.uniform(0, ANY_TIME_S_MAX))
            return
        self._wait_until_up(server)
        moment = self.dice.choice(AROUND_PAYMENTS if self._says(AT_PAYMENTS) else ANYWHERE)
        self.ambush.lay(moment, passes=self.dice.choice(PASSES))
        self.ambush.wait(MOMENT_S_MAX)
        if moment.stage is Stage.ASKED:
            time.sleep(self.dice.uniform(0, ASKED_S_MAX))

    def _wait_until_up(self, server: Server) -> None:
        while True:
            self._in_time("the server to answer")
            with suppress(OSError, HTTPException):
                if transport.get(f"http://127.0.0.1:{self.port}/healthz") == HTTPStatus.OK:
                    return
            if not server.is_there():
                said = self.log.read_text(errors="replace").strip().rpartition("\n")[2]
                raise LateError(f"The server ended by itself: {said}")
            time.sleep(0.05)

    def _run_until_quiet(self, server: Server) -> None:
        """Let the Web Connectors run until nothing waits, and twice more, so that one is whole."""
        self.site.due = self.plan.payments
        self.until = min(self.until, time.monotonic() + QUIET_S_MAX)
        self._wait_until_up(server)
        while not self._is_quiet():
            self._in_time("the last payments to be settled")
            self._tell()
            time.sleep(0.2)
        before = [pc.updates for pc in self.pcs]
        while any(pc.updates < seen + 2 for pc, seen in zip(self.pcs, before, strict=True)):
            self._in_time("a last update of each Web Connector")
            time.sleep(0.05)

    def _is_quiet(self) -> bool:
        """Say whether nothing waits any more; what was lost three times, a person retries."""
        if self.site.accepted < self.plan.payments:
            return False
        with suppress(OSError, HTTPException, ValueError, LookupError):
            lost = [
                payment
                for payment in self.api.listed("rejected")
                if payment["rejection"]["cause"] == "invalid"
                and payment["rejection"]["status_code"] is None
            ]
            for payment in lost:
                act = f"/payments/{payment['id']}/actions"
                self.retried += self.api.call("POST", act, {"action": "retry"})[0] == HTTPStatus.OK
            waiting = [self.api.listed(status) for status in ("queued", "sent", "in_doubt")]
            return not lost and not any(waiting)
        return False

    def _errors(self) -> list[str]:
        """List what the server logged as errors; what gunicorn says of dead workers is not JSON."""
        found: Counter[str] = Counter()
        for line in self.log.read_text(errors="replace").splitlines():
            with suppress(ValueError):  # cut by a kill
                if line.startswith("{"):
                    told = json.loads(line)
                    found[f"{told['event']}, {told.get('error')} at {told.get('at')}"] += 1
        return [f"The server logged {count} times: {what}" for what, count in found.items()]

    def _verify(self) -> list[str]:
        """Let the product itself prove it, as an operator does."""
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [Path(sys.executable).with_name("qbwc"), "verify", self.company_id, "--json"],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return []
        if not done.stdout:
            return [f"qbwc verify: {done.stderr.strip()}"]
        return [
            f"qbwc verify, {check['name']}: {check['means']} Against it: {check['rows']}"
            for check in json.loads(done.stdout)["checks"]
            if not check["holds"]
        ]

    def _in_time(self, what: str) -> None:
        """Go on waiting. Errors: LateError when the run should be over, or a PC has ended."""
        waits = f"and {len(self.kills)} of {self.plan.kills} kills it still waits for {what}."
        if time.monotonic() > self.until:
            raise LateError(f"After {time.monotonic() - self.began:.0f} s {waits}")
        for pc in self.pcs:
            if not pc.is_alive():
                raise LateError(f"{pc.name} ended by a mistake of its own, {waits}")

    def _tell(self) -> None:
        """Say how far it is, now and then."""
        now = time.monotonic()
        if now - self.told < TELL_S:
            return
        self.told = now
        print(
            f"{now - self.began:5.0f} s  {len(self.kills)} of {self.plan.kills} kills, "
            f"{self.site.accepted} of {self.plan.payments} payments handed in, "
            f"{len(self.books.transactions) - self.entered_before} in QuickBooks",
            file=sys.stderr,
            flush=True,
        )

    def _more_dice(self) -> random.Random:
        return random.Random(self.dice.random())  # noqa: S311 - dice, and no secret

    def _says(self, percent: int) -> bool:
        return self.dice.randrange(100) < percent


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
