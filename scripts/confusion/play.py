"""Plays the table: the office, one random edit for each payment, one sync, and what came of it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from wsgiref.types import WSGIApplication

from pydantic import SecretStr
from sqlalchemy import Engine

from qbwc_server.services import assembly
from qbwc_server.services.intake import LIST_MAX
from qbwc_server.services.mappings import What
from qbwc_server.settings import Settings
from qbwc_server.soap.application import create_soap_app
from scripts.confusion.edits import (
    ANOTHER,
    EDITS,
    FORBIDDEN,
    OTHER,
    OTHER_ACCOUNT,
    POSTED,
    RECEIVED,
    Case,
    Edit,
)
from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.money import amount
from scripts.simulate.soap import HttpAnswer
from scripts.simulate.web_connector import WebConnector

INVALID = "invalid"
INVALID_SHARE_MAX = 0.02
# Enough of each in 500 payments, and most of them plain.
JOBS_SHARE, NEW_SHARE, TWO_SHARE, FOREIGN_SHARE = 0.25, 0.15, 0.5, 0.25
HOME, FOREIGN = ("USD", "US Dollar"), ("CAD", "Canadian Dollar")
_REFUSED = re.compile(r'<ReceivePaymentAddRs [^>]*statusCode="[1-9]')
SECRET = "the table needs no secret"  # noqa: S105 - as it says


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

    def __call__(self, _db: object = None) -> datetime:
        """Give the time."""
        return self.now


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was done, and what was found: a cause, or where the payment stands."""

    case: Case
    payment: str
    found: str
    variant: str | None
    summary: str
    evidence: frozenset[str]
    facts: Mapping[str, str]

    @property
    def is_invalid(self) -> bool:
        """Whether no cause was found, and nobody claims one."""
        return self.found == INVALID

    @property
    def is_wrong(self) -> bool:
        """Whether another cause, or another story of it, was told than the true one."""
        edit = self.case.edit
        if self.is_invalid or self.found not in self.case.true_causes:
            return not self.is_invalid
        if self.found == POSTED or self.found not in (edit.cause, edit.late):
            return False
        is_other_story = bool(edit.variants) and self.variant not in edit.variants
        return is_other_story or self.shows_entry is False or not self.is_of_its_part

    @property
    def is_of_its_part(self) -> bool:
        """Whether nothing is told of another invoice, or of another part, than the edited one."""
        if self.case.edit.is_whole:
            return True
        number, place = self.facts.get("invoice_number"), self.facts.get("position")
        return (number or self.case.number) == self.case.number and (
            place or f"{self.case.place}"
        ) == f"{self.case.place}"

    @property
    def shows_entry(self) -> bool | None:
        """Whether what was entered stands in the evidence; None where nothing was."""
        return self.case.entry in self.evidence if self.case.entry else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The outcomes of all payments."""

    outcomes: Sequence[Outcome]
    seed: int
    refused_by_quickbooks: int

    @property
    def wrong(self) -> list[Outcome]:
        """Those of which something wrong was told."""
        return [one for one in self.outcomes if one.is_wrong]

    @property
    def invalid(self) -> list[Outcome]:
        """Those of which no cause was found."""
        return [one for one in self.outcomes if one.is_invalid]

    @property
    def holds(self) -> bool:
        """Say whether no cause was wrong, and few were not found."""
        return not self.wrong and len(self.invalid) <= INVALID_SHARE_MAX * len(self.outcomes)

    def as_text(self) -> str:
        """Give the table as a person reads it: each edit with what was found, how often."""
        rows: dict[tuple[bool, str], Counter[str]] = {}
        for one in self.outcomes:
            row = rows.setdefault((one.case.is_late, one.case.edit.does), Counter())
            row[" ".join(filter(None, (one.found, one.variant)))] += 1
        how_many = f"{len(self.outcomes)} payments, seed {self.seed}"
        again = f"{self.refused_by_quickbooks} refused by QuickBooks and looked at again"
        on_second = sum(one.case.place for one in self.outcomes)
        foreign = sum(one.case.is_foreign for one in self.outcomes)
        lines = [
            f"{how_many}; {again}",
            f"{on_second} edited on the second of two invoices; {foreign} in a foreign currency",
        ]
        for is_late in (False, True):
            lines.append("edited after the look" if is_late else "edited before the sync")
            lines += [
                f"  {edit.does:<39}{_counts(rows[is_late, edit.does])}"
                for edit in EDITS
                if (is_late, edit.does) in rows
            ]
        lines += [
            f"WRONG  {one.payment}, {one.case.edit.does}: {' or '.join(one.case.true_causes)} "
            f"was done, {one.found} {one.variant} found"
            f"{', without its evidence' if one.shows_entry is False else ''}"
            f"{'' if one.is_of_its_part else ', of another part'}: {one.summary}"
            for one in self.wrong
        ]
        lines += [
            f"NOT FOUND  {one.payment}, {one.case.edit.does}: {one.summary}" for one in self.invalid
        ]
        share = 100 * len(self.invalid) / len(self.outcomes)
        lines.append(f"wrong: {len(self.wrong)}; not found: {len(self.invalid)} ({share:.1f} %)")
        return "\n".join(lines)


def _counts(found: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in found.most_common())


@dataclass(slots=True)
class Office:
    """A firm with its books and one PC, on a database of its own."""

    services: assembly.UseCases
    books: CompanyFile
    pc: WebConnector
    clock: Clock
    company_file_id: int

    def queue(self, payments: list[dict[str, Any]]) -> dict[str, str]:
        """Take payments in, as the site sends them; give their references by id."""
        references: dict[str, str] = {}
        for start in range(0, len(payments), LIST_MAX):
            some = payments[start : start + LIST_MAX]
            outcomes = self.services.intake.queue(self.company_file_id, some, by="api")
            assert all(outcome.kind == "created" for outcome in outcomes)
            references |= {outcome.id or "": outcome.reference or "" for outcome in outcomes}
        return references

    def sync(self) -> None:
        """Press Update Selected, two hours later."""
        self._play(())

    def sync_while(self, edits: Sequence[Case]) -> int:
        """The same, while somebody edits the books just before the first payments get there.

        Gives how many payments QuickBooks has refused.
        """
        return self._play(edits)

    def _play(self, edits: Sequence[Case]) -> int:
        self.clock.now += timedelta(hours=2)
        session, left = self.pc.begin(), list(edits)
        while session.step():
            if left and "ReceivePaymentAddRq" in session.calls[-1].answer:
                self.clock.now += timedelta(seconds=1)
                for case in left:
                    case.happen()
                left = []
        assert not left
        return sum(len(_REFUSED.findall(answer)) for _, answer in session.message_sets)


def open_office(engine: Engine, folder: Path, *, many_currencies: bool = False) -> Office:
    """Open a firm on an empty, migrated database."""
    clock = Clock()
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(
        database_url=url,
        data_dir=folder,
        secret_key=SecretStr(SECRET),
        public_url="https://pay.example.com",
    )
    services = assembly.UseCases.on(engine, settings, clock)
    books = CompanyFile("Confusion", clock=clock)
    if many_currencies:
        books.home_currency = HOME[1]
        books.add_account("Receivables, foreign", "AccountsReceivable", currency=FOREIGN[1])
    books.add_account(OTHER_ACCOUNT, "AccountsReceivable")
    books.add_customer(OTHER)
    for edit in EDITS:
        for name in edit.methods or ():
            if edit.does != "method never there":
                books.add_payment_method(name)
    books.add_payment_method("Visa", "Visa")
    company = services.companies.add("Confusion", yes_to_first=True)
    install = services.installs.add(company.id, label="PC")
    qwc = services.installs.build_file(install.id).content
    pc = WebConnector.from_qwc(qwc, install.password or "", books)
    pc.transport = _line(create_soap_app(services.sync, public_url=settings.public_url))
    pc.clock = clock
    return Office(services, books, pc, clock, services.companies.internal_id(company.id))


def _line(app: WSGIApplication) -> Any:
    """Make calls of the service without a socket."""

    def call(_operation: str, body: bytes) -> HttpAnswer:
        heads: list[tuple[int, dict[str, str]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
            heads.append((int(status[:3]), {name.lower(): value for name, value in headers}))

        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "198.51.100.7",
            "wsgi.input": BytesIO(body),
        }
        content = b"".join(app(environ, start))
        return HttpAnswer(*heads[0], content)

    return call


def play(office: Office, *, payments: int, seed: int) -> Table:
    """Let so many payments meet one random edit each, and see what is told of them."""
    dice = Random(seed)  # noqa: S311 - a bookkeeper's dice
    drawn = [_draw(dice, number) for number in range(payments)]
    cases, queued = [], []
    early = [_Given(office, dice, number, *one) for number, one in enumerate(drawn)]
    for given in early:
        given.enter_customer()
        if not given.is_new:
            given.enter_invoices()
    office.sync()
    answered: list[_Given] = []
    for given in early:
        if given.is_new:
            given.enter_invoices()
        if given.edit.answer is not None:
            answered.append(given)
            continue
        queued += [*given.payment_before(), given.payment()]
        cases.append(given.case())
    office.services.mappings.put(
        office.company_file_id,
        What.CUSTOMERS,
        [one.mapped_customer() for one in early if one.payer_by == "external_id"][:1000],
        by="api",
    )
    office.services.mappings.put(
        office.company_file_id,
        What.INVOICES,
        [one.mapped_invoice() for one in early if one.invoice_by == "external_id"][:1000],
        by="api",
    )
    office.queue(queued)
    office.clock.now += timedelta(hours=1)
    for case in cases:
        if not case.is_late:
            case.happen()
    refused = office.sync_while([case for case in cases if case.is_late])
    outcomes = [_outcome(office, case) for case in cases]
    # What is not permitted comes last: after it nothing is posted.
    for is_last in (False, True):
        some = [one for one in answered if (one.edit.cause == FORBIDDEN) == is_last]
        outcomes += _refuse(office, some)
    return Table(
        outcomes=outcomes,
        seed=seed,
        refused_by_quickbooks=refused,
    )


def _refuse(office: Office, answered: Sequence["_Given"]) -> list[Outcome]:
    """Let QuickBooks say of payments what it says, sync by sync, until all are settled."""
    references = office.queue([given.payment() for given in answered])
    for given in answered:
        assert given.edit.answer is not None
        code, message = given.edit.answer
        office.books.refuse_next(
            "ReceivePaymentAdd",
            code=code,
            message=message,
            times=given.edit.times,
            number=references[given.id],
        )
    for _ in range(max((given.edit.times for given in answered), default=0)):
        office.sync()
    return [_outcome(office, given.case()) for given in answered]


def _draw(dice: Random, number: int) -> tuple[Edit, bool]:
    """Draw an edit; each comes before the look and after it before any is left to chance."""
    is_late, place = divmod(number, len(EDITS))
    if is_late > 1:
        is_late, place = dice.randrange(2), dice.randrange(len(EDITS))
    return EDITS[place], bool(is_late) and EDITS[place].late is not None


class _Given:
    """What there is of one case before it is played: customer, invoices, and how it is paid."""

    def __init__(
        self,
        office: Office,
        dice: Random,
        number: int,
        edit: Edit,
        is_late: bool,  # noqa: FBT001 - drawn with the edit
    ) -> None:
        self.office, self.dice, self.edit, self.is_late = office, dice, edit, is_late
        self.id = f"web-{number + 1}"
        self.number = str(10_000 + number)
        parent = f"Customer {number + 1}"
        is_job = dice.random() < JOBS_SHARE and edit.does != "customer merged"
        self.customer = f"{parent}:Garden" if is_job else parent
        self.payer = dice.choice((parent, self.customer))
        self.payer_by = dice.choice(("name", "list_id", "external_id"))
        self.invoice_by = dice.choice(("txn_id", "number", "external_id"))
        # Entered and paid since the last sync, so that nobody here knows it yet.
        self.is_new = dice.random() < NEW_SHARE and not edit.needs_import
        part = dice.randrange(500, 4000)
        self.earlier = part if edit.needs_earlier else dice.choice((0, 0, part))
        self.beside = dice.randrange(500, 4000) if dice.random() < TWO_SHARE else 0
        self.place = dice.randrange(2) if self.beside else 0
        has_many = office.books.home_currency is not None
        self.is_foreign = has_many and not edit.needs_home and dice.random() < FOREIGN_SHARE
        self.total = dice.randrange(5000, 50_000)
        self.invoice = self.other = self.earlier_entry = ""

    def enter_customer(self) -> None:
        """Put the customer on the list."""
        currency = FOREIGN[1] if self.is_foreign else None
        self.office.books.add_customer(self.customer, currency=currency)

    def enter_invoices(self) -> None:
        """Enter the invoice, with what was paid of it before, and another beside it."""
        books, month = self.office.books, RECEIVED - timedelta(days=40)
        self.invoice = books.add_invoice(
            self.customer, amount=amount(self.total), number=self.number, date=month
        )
        if self.earlier:
            self.earlier_entry = books.receive_by_hand(
                self.customer,
                amount=amount(self.earlier),
                invoices={self.invoice: amount(self.earlier)},
                date=month + timedelta(days=1),
            )
        if self.beside:
            self.other = books.add_invoice(
                self.customer, amount=amount(self.beside), number=f"{self.number}-B", date=month
            )

    def case(self) -> Case:
        """Give the case, of which the books know by now."""
        return Case(
            name=self.id,
            edit=self.edit,
            books=self.office.books,
            dice=self.dice,
            customer=self.customer,
            invoice=self.invoice,
            number=self.number,
            due=self.total - self.earlier,
            paid=self.total - self.earlier + self.beside,
            is_late=self.is_late,
            is_by_number=self.invoice_by == "number",
            is_new=self.is_new,
            is_foreign=self.is_foreign,
            place=self.place,
            earlier=self.earlier_entry,
        )

    def payment_before(self) -> list[dict[str, Any]]:
        """Give what was paid online before for the same invoice."""
        days = self.edit.days_before
        if days is None:
            return []
        known = self.payment() | {
            "id": f"{self.id}-before",
            "received_on": (RECEIVED - timedelta(days=days)).isoformat(),
        }
        if not days:
            return [known]
        parts = [part for part in known["apply"] if {"txn_id": self.other} != part["invoice"]]
        return [known | {"amount": amount(self.total - self.earlier), "apply": parts}]

    def payment(self) -> dict[str, Any]:
        """Give the payment as the site tells it."""
        due = self.total - self.earlier
        named = {"txn_id": self.invoice, "number": self.number, "external_id": f"inv-{self.id}"}
        payer = {
            "name": self.payer,
            "list_id": self.office.books.customer(self.payer).list_id,
            "external_id": f"cust-{self.id}",
        }
        parts = [
            {"invoice": {self.invoice_by: named[self.invoice_by]}, "amount": amount(due)},
            *(
                [{"invoice": {"txn_id": self.other}, "amount": amount(self.beside)}]
                if self.beside
                else []
            ),
        ]
        if self.place:
            parts.reverse()
        currency = self.currency()
        method = self.edit.methods[self.is_late] if self.edit.methods else "Visa"
        day: date = self.edit.days[self.is_late] if self.edit.days else RECEIVED
        return {
            "id": self.id,
            "customer": {self.payer_by: payer[self.payer_by]},
            "amount": amount(due + self.beside),
            "received_on": day.isoformat(),
            "method": method,
            "apply": parts,
            **({"currency": currency} if currency else {}),
        }

    def currency(self) -> str | None:
        """Give the currency that the payment states, if any."""
        own, other = (FOREIGN, HOME) if self.is_foreign else (HOME, FOREIGN)
        if self.edit.currency is None:
            return self.dice.choice((None, own[0]))
        return other[0] if self.edit.currency == ANOTHER else own[0]

    def mapped_customer(self) -> dict[str, str]:
        """Say who the site's customer is."""
        list_id = self.office.books.customer(self.payer).list_id
        return {"external_id": f"cust-{self.id}", "list_id": list_id}

    def mapped_invoice(self) -> dict[str, str]:
        """Say which invoice the site's is."""
        return {"external_id": f"inv-{self.id}", "txn_id": self.invoice}


def _outcome(office: Office, case: Case) -> Outcome:
    shown = office.services.payments.show(office.company_file_id, case.name)
    why = shown.rejection
    return Outcome(
        case=case,
        payment=case.name,
        found=why.cause.value if why else shown.status.value,
        variant=why.variant if why else None,
        summary=why.summary if why else shown.note or "",
        evidence=frozenset(row.get("txn_id", "") for row in why.evidence) if why else frozenset(),
        facts=why.facts if why else {},
    )
