"""A bookkeeper who edits between syncs, syncs that break off: at the end our tables are the books.

The mirror is held against the simulated QuickBooks' own records, not against its answers.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import Engine

from models.engine import make_engine
from models.queries import ledger
from qbwc_server.database import migrate
from scripts.simulate.quickbooks.records import CreditMemo, Invoice, Payment
from scripts.simulate.web_connector import Session
from tests import databases
from tests.integration.sync.firm import Firm, open_firm, update

CUSTOMERS = ("Café Belém", "Harper Dental Group:Elm Street", "O'Neill & Söhne")
# Pages so small that a few entries take several.
SETTINGS: dict[str, Any] = {"import_page_size": 3, "session_silent_s": 60}

picks = st.integers(0, 99)
amounts = st.sampled_from(("10.00", "25.00", "25.50"))


class Mirror(RuleBasedStateMachine):
    """The books, and what we know of them."""

    engine: Engine | None = None
    folder: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        if Mirror.engine is None:
            memory = Path("/dev/shm")  # noqa: S108 - durability is not what is tried here
            Mirror.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
            Mirror.engine = make_engine(f"sqlite:///{Mirror.folder / 'mirror.sqlite3'}")
            migrate(Mirror.engine)
        with Mirror.engine.begin() as db:
            databases.clear(db)
        assert Mirror.folder is not None
        self.firm: Firm = open_firm(Mirror.engine, Mirror.folder, **SETTINGS)
        self.books = self.firm.books
        self.pc = self.firm.pc()
        self.names = list(CUSTOMERS)
        for name in CUSTOMERS:
            self.books.add_customer(name)

    @classmethod
    def close(cls) -> None:
        """Put the database away."""
        if cls.engine is not None and cls.folder is not None:
            cls.engine.dispose()
            shutil.rmtree(cls.folder)
            cls.engine = cls.folder = None

    @initialize(touches=st.booleans())
    def begin(self, touches: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
        """Begin with a QuickBooks that tells an invoice anew when a payment is set against it."""
        self.touches = self.books.behaviour.linking_touches = touches

    # The bookkeeper

    @rule(pick=picks, amount=amounts, is_pending=st.booleans(), number=st.integers(1, 3))
    def invoice(self, pick: int, amount: str, is_pending: bool, number: int) -> None:  # noqa: FBT001 - hypothesis fills it in
        """Enter an invoice; numbers come twice."""
        self._at_work()
        name = self.names[pick % len(self.names)]
        self.books.add_invoice(name, amount=amount, number=str(number), pending=is_pending)

    @rule(pick=picks, amount=amounts)
    def credit(self, pick: int, amount: str) -> None:
        """Enter a credit memo."""
        self._at_work()
        self.books.add_credit(self.names[pick % len(self.names)], amount=amount)

    @precondition(lambda self: self._open_invoices())
    @rule(pick=picks, amount=amounts, number=st.integers(100, 105))
    def receive(self, pick: int, amount: str, number: int) -> None:
        """Type in a payment, set against an invoice as far as that goes."""
        self._at_work()
        target = self._pick(self._open_invoices(), pick)
        part = min(target.balance, _cents(amount))
        self.books.receive_by_hand(
            target.customer.full_name,
            amount=amount,
            number=str(number),
            invoices={target.txn_id: _text(part)},
        )

    @precondition(lambda self: self._open_invoices() and self._of(CreditMemo))
    @rule(pick=picks, which=picks)
    def use_credit(self, pick: int, which: int) -> None:
        """Set what is left of a credit memo against an invoice."""
        self._at_work()
        credit = self._pick(self._of(CreditMemo), which)
        target = self._pick(self._open_invoices(), pick)
        part = min(credit.unapplied, target.balance)
        if part > 0 and not any(link.invoice is target for link in credit.links):
            self.books.apply_credit(credit.txn_id, target.txn_id, _text(part))

    @precondition(lambda self: self._of(Invoice))
    @rule(pick=picks, what=st.sampled_from(("number", "customer", "amount", "due", "pending")))
    def edit_invoice(self, pick: int, what: str) -> None:
        """Edit an invoice in place, or move it to another customer."""
        self._at_work()
        invoice = self._pick(self._of(Invoice), pick)
        change: dict[str, Any] = {
            "number": {"number": "77"},
            "customer": {"customer": self.names[pick % len(self.names)]},
            "amount": {"amount": "99.00"},
            "due": {"due_date": invoice.due_date.replace(day=1)},
            "pending": {"pending": not invoice.is_pending},
        }[what]
        if what == "pending" and invoice.links:
            return
        self.books.change_invoice(invoice.txn_id, **change)

    @precondition(lambda self: self._of(Payment))
    @rule(pick=picks, what=st.sampled_from(("number", "amount", "zero", "delete", "unapply")))
    def edit_payment(self, pick: int, what: str) -> None:
        """Edit a payment, take it off its invoices, or delete it."""
        self._at_work()
        payment = self._pick(self._of(Payment), pick)
        if what == "delete":
            self.books.delete_payment(payment.txn_id)
        elif what == "unapply":
            self.books.unapply(payment.txn_id)
        else:
            change: dict[str, Any] = {
                "number": {"number": "4711"},
                "amount": {"amount": "7.00"},
                "zero": {"amount": "0.00"},
            }[what]
            self.books.change_payment(payment.txn_id, **change)

    @precondition(lambda self: self._of(Invoice) or self._of(CreditMemo))
    @rule(pick=picks, how=st.sampled_from(("void", "delete", "recreate")))
    def end(self, pick: int, how: str) -> None:
        """Void or delete an invoice or a credit memo; or delete an invoice and enter it anew."""
        self._at_work()
        chosen = self._pick([*self._of(Invoice), *self._of(CreditMemo)], pick)
        if how == "void":
            self.books.void_transaction(chosen.txn_id)
        elif how == "recreate" and isinstance(chosen, Invoice):
            self.books.recreate_invoice(chosen.txn_id)
        else:
            self.books.delete_transaction(chosen.txn_id)

    @rule(pick=picks, what=st.sampled_from(("rename", "hide", "add")))
    def customer(self, pick: int, what: str) -> None:
        """Rename, hide or add a customer."""
        self._at_work()
        number = pick % len(self.names)
        if what == "add":
            self.names.append(f"Customer {len(self.names)}")
            self.books.add_customer(self.names[-1])
        elif what == "hide":
            self.books.make_inactive(self.names[number])
        else:
            parent, _, name = self.names[number].rpartition(":")
            new = f"{name[:20]} {pick}"
            self.books.rename_customer(self.names[number], new)
            self.names[number] = f"{parent}:{new}" if parent else new

    @precondition(lambda self: len(self.names) > 1)
    @rule(pick=picks, other=picks)
    def merge(self, pick: int, other: int) -> None:
        """Merge one customer into another."""
        losing, winning = self._pick(self.names, pick), self._pick(self.names, other)
        if losing == winning or ":" in losing:
            return
        self._at_work()
        self.books.merge_customers(losing, into=winning)
        self.names.remove(losing)

    # The syncs

    @rule()
    def sync(self) -> None:
        """Press Update Selected."""
        update(self.pc)

    @rule(calls=st.integers(3, 9), waits=st.booleans())
    def sync_that_breaks_off(self, calls: int, waits: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
        """A PC that is switched off in the middle."""
        session: Session = self.pc.begin()
        for _ in range(calls):
            if session.step() is None:
                return
        if waits:
            self._at_work()
        session.power_cut()
        self.firm.clock.move(seconds=120)

    @rule(hours=st.sampled_from((1, 5, 30)))
    def time_passes(self, hours: int) -> None:
        """Let time pass."""
        self.firm.clock.move(hours=hours)

    def teardown(self) -> None:
        """Let two syncs run to their end: our tables are the books; reading all changes nothing."""
        for _ in range(2):
            self.firm.clock.move(seconds=120)
            update(self.pc)
        self._is_mirrored()
        before = self._visible()
        with self.firm.engine.begin() as db:
            ledger.read_again(db, self.firm.company_file_id)
        self.firm.clock.move(seconds=120)
        update(self.pc)
        assert self._visible() == before

    def _is_mirrored(self) -> None:
        rows = self.firm.rows
        there = rows("SELECT * FROM customer WHERE gone_wall IS NULL")
        known = {row["list_id"]: row for row in there}
        assert {one: (row["full_name"], bool(row["is_active"])) for one, row in known.items()} == {
            one: (item.full_name, item.is_active) for one, item in self.books.customers.items()
        }
        assert self._rows(
            "invoice",
            "number, customer_list_id, due_date, total_cents,"
            " balance_cents, is_paid, is_pending, is_voided",
        ) == {
            each.txn_id: (
                each.number,
                each.customer.list_id,
                each.due_date.isoformat(),
                each.total,
                each.balance,
                int(each.is_paid),
                int(each.is_pending),
                int((each.memo or "").startswith("VOID:")),
            )
            for each in self._of(Invoice)
        }
        assert self._rows("credit_memo", "customer_list_id, total_cents, remaining_cents") == {
            each.txn_id: (each.customer.list_id, each.total, each.unapplied)
            for each in self._of(CreditMemo)
        }
        assert self._rows("receipt", "reference, customer_list_id, total_cents, unused_cents") == {
            each.txn_id: (each.number, each.customer.list_id, each.total, each.unapplied)
            for each in self._of(Payment)
        }
        assert sorted(self._links()) == sorted(self._links_there())
        deleted = {each.txn_id for each in self.books.deletions if each.kind == "Invoice"}
        gone = rows("SELECT txn_id FROM invoice WHERE deleted_wall IS NOT NULL")
        assert {row["txn_id"] for row in gone} <= deleted

    def _links(self) -> list[tuple[Any, ...]]:
        return [
            (row["txn_id"], row["other_txn_id"], row["other_number"], abs(row["amount_cents"]))
            for row in self.firm.rows("SELECT * FROM linked_txn")
        ]

    def _links_there(self) -> list[tuple[Any, ...]]:
        links = [link for each in self._of(Invoice) for link in each.links]
        return [
            pair
            for link in links
            for pair in (
                (link.invoice.txn_id, link.source.txn_id, link.source.number, link.amount),
                (link.source.txn_id, link.invoice.txn_id, link.invoice.number, link.amount),
            )
        ]

    def _visible(self) -> dict[str, list[dict[str, Any]]]:
        tables = ("customer", "invoice", "credit_memo", "receipt", "linked_txn", "stale")
        # A customer's balance moves without the customer being told anew.
        untold = ("balance_cents", "fingerprint", "change_number")
        left_out = {"customer": {"seen_session_id", *untold}}
        return {
            table: [
                {
                    name: value
                    for name, value in row.items()
                    if name not in left_out.get(table, {"seen_session_id"})
                }
                for row in self.firm.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3")  # noqa: S608 - names of ours
            ]
            for table in tables
        }

    def _rows(self, table: str, columns: str) -> dict[str, tuple[Any, ...]]:
        sql = f"SELECT txn_id, {columns} FROM {table} WHERE deleted_wall IS NULL"  # noqa: S608 - names of ours
        found = [tuple(row.values()) for row in self.firm.rows(sql)]
        return {row[0]: row[1:] for row in found}

    def _at_work(self) -> None:
        """Let a second pass: no two entries are of the same one."""
        self.firm.clock.move(seconds=1)

    def _of(self, kind: type[Any]) -> list[Any]:
        return [each for each in self.books.transactions.values() if isinstance(each, kind)]

    def _open_invoices(self) -> list[Invoice]:
        return [each for each in self._of(Invoice) if each.balance > 0 and not each.is_pending]

    def _pick(self, some: list[Any], pick: int) -> Any:
        return some[pick % len(some)]


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def _text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
