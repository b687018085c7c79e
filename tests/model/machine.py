"""A firm to which anything may happen, in any order; after each step the promises are checked.

Two PCs on one company file, payments that are mostly partial or on account; lost, repeated and
late calls, sleeping and dying PCs, PCs that are connected anew, takeovers, clock jumps, restored
and moved files, restored databases, a bookkeeper who edits, people who act. In the end the PCs call
until they are quiet, and nothing may hang.
"""

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import Engine

from models.base import Base
from models.engine import make_engine
from qbwc_server.database import migrate
from qbwc_server.errors import ServiceError
from qbwc_server.services.actions import Action
from scripts.simulate.postman import Postman
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.records import Payment
from scripts.simulate.soap import SoapError
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.wording import notes
from tests import databases
from tests.integration.sync.firm import Firm, Line, open_firm

CUSTOMER = "Café Belém"
OTHER_CUSTOMER = "O'Neill & Söhne"
OPERATIONS = (
    *("authenticate", "sendRequestXML", "receiveResponseXML"),
    *("getLastError", "connectionError", "closeConnection"),
)
# What a person may do so that a payment goes to QuickBooks once more.
SEND_AGAIN = (Action.REOPEN, Action.RETRY, Action.POST_ANYWAY, Action.SETTLE_NOT_POSTED)
BY_NUMBER = 4  # the kind of payment that names its invoice so
PAYMENTS_MAX = 8
NUMBERS = ("1001", "1002", "1003")
QUIET_ROUNDS = 8
CUT_OFF_NOTES = [notes.CUT_OFF.format(pc=f"PC {number}") for number in range(2)]
# Sets and pages so small that a few payments take several of each.
SETTINGS: dict[str, Any] = {
    "message_set_max": 2,
    "import_page_size": 3,
    "session_silent_s": 60,
    "session_silent_with_writes_s": 120,
    "in_doubt_wait_s": 300,
}

# What `qbwc verify` proves at length, in one statement for every step.
ADDS_UP = """
SELECT COUNT(*) AS payments,
  COALESCE(SUM(amount_cents), 0) AS cents,
  COALESCE(SUM(status = 'posted' AND txn_id IS NULL), 0) AS posted_nowhere,
  COALESCE(SUM(status = 'in_doubt' AND note IS NULL), 0) AS in_doubt_without_a_reason,
  COALESCE(SUM(status = 'rejected' AND summary IS NULL), 0) AS rejected_without_a_reason,
  COALESCE(SUM(status = 'sent' AND 1 <> (
    SELECT COUNT(*) FROM attempt WHERE payment_id = payment.id AND outcome IS NULL
  )), 0) AS sent_without_an_attempt,
  COALESCE(SUM(status <> (
    SELECT to_status FROM payment_event WHERE payment_id = payment.id ORDER BY id DESC LIMIT 1
  )), 0) AS moved_without_an_event
FROM payment
"""

# What PCs in use opened last, and nobody has said that it is the right one.
PLACES_THAT_WAIT = """
SELECT place.id, place.denied_at
FROM place JOIN install ON install.id = place.install_id
WHERE install.retired_at IS NULL AND place.confirmed_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM place AS later
  WHERE later.install_id = place.install_id
    AND (later.last_seen_at, later.id) > (place.last_seen_at, place.id)
)
"""

pcs = st.integers(0, 1)
picks = st.integers(0, 99)


class _Database:
    """One SQLite file for all sequences: a new one takes longer than a sync."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")  # noqa: S108 - durability is not what is tried here
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.engine: Engine = make_engine(f"sqlite:///{self.folder / 'model.sqlite3'}")
        migrate(self.engine)

    def empty(self) -> None:
        with self.engine.begin() as db:
            databases.clear(db)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        with self.engine.connect() as db:
            return {
                table.name: [dict(row) for row in db.execute(table.select()).mappings()]
                for table in Base.metadata.sorted_tables
            }

    def put_back(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.empty()
        with self.engine.begin() as db:
            for table in Base.metadata.sorted_tables:
                if rows[table.name]:
                    db.execute(table.insert(), rows[table.name])

    def close(self) -> None:
        self.engine.dispose()
        shutil.rmtree(self.folder)


class Promises(RuleBasedStateMachine):
    """The firm, and all that may happen to it."""

    database: _Database | None = None

    def __init__(self) -> None:
        super().__init__()
        if Promises.database is None:
            Promises.database = _Database()
        self.lent = Promises.database
        self.lent.empty()
        self.set_back = timedelta()
        self.firm: Firm = open_firm(self.lent.engine, self.lent.folder, **SETTINGS)
        books = self.firm.books
        books.add_customer(CUSTOMER)
        books.add_customer(OTHER_CUSTOMER)
        self.invoices = [
            books.add_invoice(CUSTOMER, amount="500.00", number=number) for number in NUMBERS
        ]
        self.pcs: list[WebConnector] = [
            self.firm.pc(f"PC {number}", primary=number == 0) for number in range(2)
        ]
        for pc in self.pcs:
            self._wire(pc)
        self.sessions: list[Session | None] = [None, None]
        # What PCs sleep on that were connected anew since.
        self.cut_off: list[Session] = []
        self.given: dict[str, dict[str, Any]] = {}
        self.kept_rows: dict[str, list[dict[str, Any]]] | None = None
        self.kept_file: CompanyFile | None = None
        self.edited: set[str] = set()
        # How often QuickBooks may carry a payment out: once, and once more at a person's word.
        self.may_be_done: Counter[str] = Counter()
        books.clock = self._wall_clock

    @initialize(keeps_guid=st.booleans())
    def begin(self, keeps_guid: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
        """Begin with a QuickBooks that gives the ExternalGUID back, or drops it.

        That it drops them is known from the first payment on, which is older than all backups.
        """
        self.firm.books.behaviour.keeps_external_guid = keeps_guid
        self.keeps_guid = keeps_guid
        if not keeps_guid:
            self.queue(0, 0)
            self.sync(0)

    # The payment site

    @precondition(lambda self: len(self.given) < PAYMENTS_MAX)
    @rule(kind=st.integers(0, 4), invoice=st.integers(0, 2))
    def queue(self, kind: int, invoice: int) -> None:
        """Queue a payment: on account, partial, on two invoices; each of another amount."""
        number = len(self.given)
        amount = 100 + number
        parts = {
            0: {},
            1: {self.invoices[invoice]: "40.00"},
            2: {self.invoices[0]: "10.00", self.invoices[1]: "20.00"},
            3: {self.invoices[invoice]: f"{amount}.00"},
            4: {self.invoices[invoice]: "30.00"},
        }[kind]
        named = "number" if kind == BY_NUMBER else "txn_id"
        self.given[f"web-{number}"] = {
            "id": f"web-{number}",
            "customer": {"name": CUSTOMER},
            "amount": f"{amount}.00",
            "received_on": "2026-11-20",
            "method": "Visa",
            "apply": [
                {"invoice": {named: self._name(txn_id, named)}, "amount": part}
                for txn_id, part in parts.items()
            ],
        }
        self._send([f"web-{number}"])

    @precondition(lambda self: self.given)
    @rule()
    def queue_again(self) -> None:
        """Send all payments a second time: they are there."""
        self._send(list(self.given))

    # The PCs

    @rule(pc=pcs)
    def sync(self, pc: int) -> None:
        """Press Update Selected, and let it run to its end."""
        self.sessions[pc] = None
        self.pcs[pc].begin().finish()

    @rule(pc=pcs, calls=st.integers(1, 9))
    def sync_part(self, pc: int, calls: int) -> None:
        """Let a sync come so far and stand still; begun, or gone on with."""
        session = self._session(pc)
        for _ in range(calls):
            if session.step() is None:
                self.sessions[pc] = None
                return

    @rule(
        pc=pcs,
        operation=st.sampled_from(OPERATIONS),
        fate=st.sampled_from(("lose_request", "lose_answer", "hold_back", "copy", "deliver_twice")),
    )
    def order(self, pc: int, operation: str, fate: str) -> None:
        """Let the next call of a kind be lost, come twice, or come late."""
        getattr(self._post(pc), fate)(operation)

    @precondition(lambda self: any(self._post(pc).kept for pc in range(2)))
    @rule(pc=pcs)
    def deliver(self, pc: int) -> None:
        """Deliver what was held back, whatever has become of its session."""
        self._post(pc).deliver()

    @rule(pc=pcs)
    def fall_asleep(self, pc: int) -> None:
        """Let a PC fall asleep with payments in its hands."""
        session = self._session(pc)
        try:
            session.take("ReceivePaymentAdd")
        except LookupError:
            self.sessions[pc] = None

    @precondition(lambda self: any(session and session.held for session in self.sessions))
    @rule(pc=pcs, is_online=st.booleans())
    def wake(self, pc: int, is_online: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
        """Let a sleeping PC wake and carry out what it holds."""
        session = self.sessions[pc]
        if session and session.held:
            session.wake(is_online=is_online)
            self.sessions[pc] = None

    @precondition(lambda self: any(session and session.held for session in self.sessions))
    @rule(pc=pcs, after=st.integers(0, 2), has_power=st.booleans())
    def die_half_way(self, pc: int, after: int, has_power: bool) -> None:  # noqa: FBT001 - same
        """Let the PC lose its power, or QuickBooks die, in the middle of a message set."""
        session = self.sessions[pc]
        if session is None or not session.held:
            return
        if has_power:
            session.execute(crash_after=after)
            session.finish()
        else:
            session.power_cut(after=after)
        self.sessions[pc] = None

    @rule(seconds=st.sampled_from((1, 61, 125, 301, 90_000)))
    def time_passes(self, seconds: int) -> None:
        """Let time pass: a second, a silence, a wait, a day."""
        self.firm.clock.move(seconds=seconds)

    @rule(seconds=st.sampled_from((61, 5_000, 90_000)))
    def the_clock_is_set_back(self, seconds: int) -> None:
        """Let the database's clock jump back; QuickBooks' own, and the PCs', go on."""
        self.set_back += timedelta(seconds=seconds)
        self.firm.clock.move(seconds=-seconds)

    @precondition(lambda self: any(session and session.held for session in self.sessions))
    @rule(pc=pcs)
    def ask_again(self, pc: int) -> None:
        """Let an answer be lost on the PC, and the message set be asked for once more."""
        session = self.sessions[pc]
        if session and session.held:
            with suppress(OSError, SoapError):  # the line may be ordered to fail
                if session.ask_again():
                    session.finish()
            self.sessions[pc] = None

    @rule(pc=pcs)
    def connect_anew(self, pc: int) -> None:
        """Renew the connection of a PC; the one before may sleep on payments, and wake later."""
        session = self.sessions[pc]
        if session and session.held:
            self.cut_off.append(session)
        self.sessions[pc] = None
        old = self.pcs[pc]
        self._post(pc).calm_down()
        label = f"PC {pc}"
        found = self._install(old)
        made = (
            self.firm.register(label, primary=pc == 0)
            if found is None
            else self.firm.services.installs.renew(found, by="administrator")
        )
        self.pcs[pc] = self._wire(self.firm.add_to_pc(made))

    @precondition(lambda self: self.cut_off)
    @rule(is_online=st.booleans())
    def wake_cut_off(self, is_online: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
        """Let a PC that was connected anew carry out what it held under its old name."""
        self.cut_off.pop().wake(is_online=is_online)

    # Backups

    @rule()
    def keep_our_database(self) -> None:
        """Make a backup of our database."""
        self.kept_rows = self.lent.rows()

    @precondition(lambda self: self.kept_rows is not None)
    @rule(says_so=st.booleans())
    def restore_our_database(self, says_so: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
        """Put the backup back; the operator runs `qbwc restore`, or forgets it.

        The payment site sends again what it was not told of. That a PC sleeps with payments that
        this database does not know is told by nobody but the operator.
        """
        assert self.kept_rows is not None
        self.lent.put_back(self.kept_rows)
        for pc, connector in enumerate(self.pcs):
            if self._install(connector) is None:
                # Its Web Connector is unknown now; it must not sleep on payments then.
                if (session := self.sessions[pc]) and session.held:
                    session.power_cut(after=0)
                    self.sessions[pc] = None
                self.connect_anew(pc)
        if says_so or self._is_held():
            self.firm.services.restore.run(by="operator")
        self._send(list(self.given))

    @rule()
    def keep_their_file(self) -> None:
        """Make a backup of the company file, with all PCs signed out."""
        self.kept_file = self.firm.books.backup()

    @precondition(lambda self: self.kept_file is not None)
    @rule()
    def restore_their_file(self) -> None:
        """Restore the company file; nobody is at work in it then."""
        assert self.kept_file is not None
        self.sessions, self.cut_off = [None, None], []
        self.firm.clock.move(seconds=5)
        self.firm.books.restore(self.kept_file)

    @rule()
    def this_is_our_file(self) -> None:
        """Let an administrator say so."""
        with suppress(ServiceError):  # nobody has called yet
            self.firm.services.companies.confirm(self.firm.company_id, by="administrator")

    @rule()
    def this_is_not_our_file(self) -> None:
        """Let an administrator say so, by mistake."""
        with suppress(ServiceError):  # nobody asks
            self.firm.services.companies.deny(self.firm.company_id, by="administrator")

    @rule()
    def ours_whatever_it_lacks(self) -> None:
        """Let an administrator say so, maybe in the middle of a sync."""
        with suppress(ServiceError):  # nobody asks
            self.firm.services.companies.ours(self.firm.company_id, by="administrator")

    @rule(number=st.integers(0, 1))
    def move_their_file(self, number: int) -> None:
        """Let the company file be opened from another folder from now on."""
        self.firm.books.path = rf"C:\Books {number}\prairie.qbw"

    @precondition(lambda self: not self._is_held())
    @rule()
    def no_pc_is_at_work(self) -> None:
        """Let an administrator say so after a restore, when no PC holds payments from before."""
        with suppress(ServiceError):  # nobody waits for it
            self.firm.services.companies.no_pc_at_work(self.firm.company_id, by="administrator")

    # The bookkeeper, at QuickBooks

    @precondition(lambda self: self.firm.books.payments())
    @rule(pick=picks, what=st.sampled_from(("number", "amount", "customer", "zero", "delete")))
    def edit(self, pick: int, what: str) -> None:
        """Edit or delete a payment by hand.

        Where GUIDs are dropped, only once: what has another number and another amount as well is
        nobody's.
        """
        receipts = self.firm.books.payments()
        receipt = receipts[pick % len(receipts)]
        if not self.keeps_guid and receipt.txn_id in self.edited:
            return
        self.edited.add(receipt.txn_id)
        change: dict[str, Any] = {
            "number": {"number": "EDITED"},
            "amount": {"amount": "77.00"},
            "customer": {"customer": OTHER_CUSTOMER},
            "zero": {"amount": "0.00"},
        }.get(what, {})
        self.firm.clock.move(seconds=1)
        if change:
            self.firm.books.change_payment(receipt.txn_id, **change)
        else:
            self.firm.books.delete_payment(receipt.txn_id)

    # People, here

    @precondition(lambda self: self.given)
    @rule(pick=picks, action=st.sampled_from(list(Action)))
    def act(self, pick: int, action: Action) -> None:
        """Let a person act. About doubt only what is true: she looks into QuickBooks first."""
        payment_id = f"web-{pick % len(self.given)}"
        said = {"action": action.value, "note": "As agreed."}
        there = self._receipts(payment_id)
        if action is Action.SETTLE_POSTED:
            if not there:
                return
            said["txn_id"] = there[0].txn_id
        if action is Action.SETTLE_NOT_POSTED and (there or self._is_held()):
            return
        if action is Action.REOPEN and there:
            return
        with suppress(ServiceError):  # it does not fit
            self.firm.services.review.act(
                self.firm.company_file_id, payment_id, said, by="bookkeeper"
            )
            if not there and action in SEND_AGAIN:
                self._may_be_done_again(payment_id)

    @rule()
    def reopen_missing(self) -> None:
        """Re-open all payments that are missing from the file."""
        for payment_id in self.given:
            if self.firm.payment(payment_id).missing_since and not self._receipts(payment_id):
                self._may_be_done_again(payment_id)
        self.firm.services.review.reopen_missing(
            self.firm.company_file_id, note="Restored.", by="bookkeeper"
        )

    # The promises

    @invariant()
    def never_twice(self) -> None:
        """No payment stands in QuickBooks twice, by the GUIDs that were sent."""
        counts = Counter(receipt.sent_guid for receipt in self._live())
        assert not {name: count for name, count in counts.items() if count > 1}

    @invariant()
    def never_done_twice(self) -> None:
        """QuickBooks has carried no payment out twice, whatever stands there now."""
        done = {
            payment_id: self.firm.books.executed_adds[self._guid(payment_id)]
            for payment_id in self.given
        }
        assert not {
            payment_id: count
            for payment_id, count in done.items()
            if count > 1 + self.may_be_done[payment_id]
        }

    @invariant()
    def never_lost(self) -> None:
        """Each payment is in one state, with what that state needs; the cents add up."""
        (row,) = self.firm.rows(ADDS_UP)
        assert row.pop("payments") == len(self.given)
        assert row.pop("cents") == sum(10_000 + 100 * number for number in range(len(self.given)))
        assert row == dict.fromkeys(row, 0)

    def verify_holds(self) -> None:
        """See that `qbwc verify` finds nothing, but a person who does not press the button."""
        verified = self.firm.services.verify.company(self.firm.company_id)
        broken = [check for check in verified.checks if not check.holds]
        assert [check for check in broken if check.name != "silence"] == []

    def teardown(self) -> None:
        """Let all PCs call until they are quiet: then nothing hangs, and nothing is lost."""
        for session in (*self.sessions, *self.cut_off):
            if session and session.held:
                session.wake()
        for pc in range(2):
            self._post(pc).deliver()
            self._post(pc).calm_down()
        for _ in range(QUIET_ROUNDS):
            self._take_back_each_no()
            self.this_is_our_file()
            self.no_pc_is_at_work()
            self.firm.clock.move(seconds=400)
            for connector in self.pcs:
                connector.begin().finish()
            self._settle_what_was_cut_off()
            self.never_twice()
            if self._is_quiet():
                break
        self.verify_holds()
        self._nothing_hangs()

    def _settle_what_was_cut_off(self) -> None:
        """Do what is said of payments whose PC cannot tell any more: look, and say."""
        for payment_id, status in self.firm.statuses().items():
            note = self.firm.payment(payment_id).note if status == "in_doubt" else None
            if note in CUT_OFF_NOTES and not self._receipts(payment_id):
                self.act(int(payment_id.removeprefix("web-")), Action.SETTLE_NOT_POSTED)

    def _is_quiet(self) -> bool:
        """Say whether no payment waits, and nobody has to say which file is ours."""
        asked = self.firm.rows(
            "SELECT id FROM company_file"
            " WHERE books_doubted IS NOT NULL OR takes_stock OR is_restored"
        )
        settled = {"posted", "rejected", "dismissed", "reversed"}
        is_settled = set(self.firm.statuses().values()) <= settled
        return not asked and not self.firm.rows(PLACES_THAT_WAIT) and is_settled

    def _take_back_each_no(self) -> None:
        """Say of each company file that was refused by mistake that it is the right one."""
        for place in self.firm.rows(PLACES_THAT_WAIT):
            if place["denied_at"]:
                self.firm.services.companies.confirm(
                    self.firm.company_id, by="administrator", place_id=place["id"]
                )

    def _nothing_hangs(self) -> None:
        """See that each payment is settled, or says why a person has to look at it."""
        paused = self.firm.rows("SELECT id FROM extra_receipt WHERE resolved_at IS NULL")
        live = {receipt.sent_guid: receipt for receipt in self._live()}
        for payment_id, status in self.firm.statuses().items():
            shown = self.firm.payment(payment_id)
            stands = live.get(self._guid(payment_id))
            if status == "posted" and not shown.missing_since:
                assert stands is not None, payment_id
                assert stands.txn_id == shown.txn_id
            elif status in ("sent", "queued"):
                assert paused, (payment_id, shown.note)
            elif status == "in_doubt":
                is_contested = (shown.note or "").endswith(notes.PLEASE_LOOK)
                assert paused or is_contested, (payment_id, shown.note)

    def _send(self, ids: list[str]) -> None:
        outcomes = self.firm.services.intake.queue(
            self.firm.company_file_id, [self.given[one] for one in ids], by="api"
        )
        assert {outcome.kind.value for outcome in outcomes} <= {"created", "same"}

    def _wire(self, pc: WebConnector) -> WebConnector:
        """Give a PC a line on which calls get lost, and a clock on its wall."""
        assert isinstance(pc.transport, Line)
        pc.transport = Postman(pc.transport)
        pc.clock = self._wall_clock
        return pc

    def _install(self, pc: WebConnector) -> str | None:
        """Give the id of a PC's install, None for one that is retired, or not known any more."""
        found = self.firm.rows(
            "SELECT uuid FROM install WHERE owner_id = :owner AND retired_at IS NULL",
            owner=pc.owner_id,
        )
        return str(found[0]["uuid"]) if found else None

    def _name(self, txn_id: str, named: str) -> str:
        return NUMBERS[self.invoices.index(txn_id)] if named == "number" else txn_id

    def _session(self, pc: int) -> Session:
        session = self.sessions[pc]
        if session is None or session.held:
            session = self.sessions[pc] = self.pcs[pc].begin()
        return session

    def _post(self, pc: int) -> Postman:
        post = self.pcs[pc].transport
        assert isinstance(post, Postman)
        return post

    def _may_be_done_again(self, payment_id: str) -> None:
        """Note that a person has sent a payment again of which nothing stands in QuickBooks."""
        self.may_be_done[payment_id] = self.firm.books.executed_adds[self._guid(payment_id)]

    def _wall_clock(self) -> datetime:
        return self.firm.clock.now + self.set_back

    def _is_held(self) -> bool:
        return any(session and session.held for session in (*self.sessions, *self.cut_off))

    def _live(self) -> list[Payment]:
        return [receipt for receipt in self.firm.books.payments() if receipt.total]

    def _guid(self, payment_id: str) -> str:
        (row,) = self.firm.rows(
            "SELECT external_guid FROM payment WHERE external_id = :id", id=payment_id
        )
        return f"{{{row['external_guid']}}}"

    def _receipts(self, payment_id: str) -> list[Payment]:
        guid = self._guid(payment_id)
        return [receipt for receipt in self._live() if receipt.sent_guid == guid]
