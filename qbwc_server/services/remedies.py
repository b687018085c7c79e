"""What settles a rejection: how a payment is to stand in QuickBooks, or what stands there for it.

Each is called by `review` inside its transaction, on a payment that is held and that it fits. It
says what it will do; the check of the next session reads what was chosen here.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import NoReturn

from sqlalchemy import Connection

from models.base import AnyRow, among
from models.payment import Payment
from models.queries import books, mappings, payments
from models.queries import remedies as rows
from qbwc_server.errors import InvalidInput, Problem, Refused
from qbwc_server.services import plans, previews
from qbwc_server.services.acting import (
    Asked,
    back_to_waiting,
    left_behind,
    move,
    wait_again,
)
from qbwc_server.services.previews import Sentence
from sync_core.lifecycle import Mover, PaymentStatus
from sync_core.linking import Linked, has_room
from sync_core.methods import Method
from sync_core.names import Meant, plain
from sync_core.rejection import Cause
from sync_core.wording import acts, buttons
from sync_core.wording.phrases import Show, as_is, fill

# The variants of an unknown reference that a choice of the method settles; none: not known.
_FOR_METHODS = ("method", "method_inactive", None)
# The variant of a closed period that is no matter of the closing date.
_ACCOUNTANTS = "accountant"


# They are two, or that is this payment


def post_anyway(asked: Asked) -> Sentence:
    """Post what looks like another one; remembered, so that it is not asked again."""
    wait_again(asked, left_behind(asked, "post_anyway"), post_anyway=True)
    return previews.as_button("post_anyway")


def link(asked: Asked) -> Sentence:
    """Dismiss a payment, since entries in QuickBooks are it."""
    txn_ids = asked.said.entries or _found(asked.payment)
    if not txn_ids:
        raise InvalidInput((Problem("/txn_id", "Say which entry in QuickBooks is this payment."),))
    company = asked.payment.company_file_id
    payments.take_turn(asked.db, company)  # or two could link to the room of one at once
    _refuse_own(asked, txn_ids)
    known = rows.payers_besides(asked.db, company, txn_ids)
    known |= rows.entries(asked.db, company, txn_ids)
    for txn_id in txn_ids:
        if txn_id not in known:
            _wrong(
                _pointer(asked),
                acts.NO_ENTRY.format(named=txn_id),
            )
    _refuse_full(asked, txn_ids)
    named = " and ".join(_entry(known[txn_id], as_is) for txn_id in txn_ids)
    told = left_behind(asked, "link", entries=named)
    rows.record_as(asked.db, company, asked.payment.id, txn_ids)
    move(asked, PaymentStatus.DISMISSED, f"{told} ({', '.join(txn_ids)})", note=told)
    shown = " and ".join(_entry(known[txn_id], asked.show) for txn_id in txn_ids)
    stand = "stands" if len(txn_ids) == 1 else "stand"
    return previews.just(acts.LINKED.format(entries=shown, stand=stand))


def dismiss(asked: Asked) -> Sentence:
    """Never send a payment: the books are right without us. What records it is linked, if known."""
    said, told, facts = asked.said, asked.said.note, {}
    if said.entries:
        told = _recorded(asked)
        facts["evidence"] = [
            *({"recorded_as_txn_id": txn_id} for txn_id in said.entries),
            *(asked.payment.evidence or []),
        ]
    move(asked, PaymentStatus.DISMISSED, told, note=said.note, **facts)
    return previews.just(buttons.NEVER_SENT)


def withdraw(asked: Asked) -> Sentence:
    """Never send a payment that waits and never left. What records it is linked, if known."""
    said = asked.said
    told = _recorded(asked) if said.entries else said.note
    move(asked, PaymentStatus.DISMISSED, told, note=said.note)
    return previews.just(buttons.WILL_NOT_BE_SENT)


def _recorded(asked: Asked) -> str:
    """Link a payment to the entries that are named; what its history says of it."""
    said, company = asked.said, asked.payment.company_file_id
    payments.take_turn(asked.db, company)
    _refuse_own(asked, said.entries)
    _refuse_full(asked, said.entries)
    rows.record_as(asked.db, company, asked.payment.id, said.entries)
    facts = {"named": ", ".join(said.entries)} | ({"note": said.note} if said.note else {})
    return fill(acts.RECORDED_AS, facts)


def _found(payment: AnyRow) -> list[str]:
    """List the entries that the rejection names as those that record it."""
    found = (payment.facts or {}).get("found_txn_id", "")
    return [txn_id for one in found.split(",") if (txn_id := one.strip())]


def _refuse_own(asked: Asked, txn_ids: Sequence[str]) -> None:
    """Refuse an entry that is a payment of ours: that customer has paid twice."""
    for own in rows.own_among(asked.db, asked.payment.company_file_id, txn_ids):
        raise Refused(fill(acts.ONE_ENTRY, {"txn_id": own.txn_id, "other": own.external_id}))


def _refuse_full(asked: Asked, txn_ids: Sequence[str]) -> None:
    """Refuse entries that other payments, linked to them before, leave no room in."""
    company, payment = asked.payment.company_file_id, asked.payment
    linked = {payment.id: Linked(payment.amount_cents, frozenset(txn_ids))}
    named = set(txn_ids)
    while True:  # those that share an entry, those that share one with these, and so on
        for row in rows.linked_with(asked.db, company, named):
            if row.payment_id != payment.id:
                before = linked.get(row.payment_id, Linked(row.amount_cents, frozenset()))
                linked[row.payment_id] = Linked(row.amount_cents, before.txn_ids | {row.txn_id})
        wider = named.union(*(one.txn_ids for one in linked.values()))
        if wider == named:
            break
        named = wider
    told = rows.entries(asked.db, company, named)
    totals = {txn_id: told[txn_id].total_cents if txn_id in told else None for txn_id in named}
    if not has_room(linked, totals):
        raise Refused(
            acts.NO_ROOM.format(
                entries=" and ".join(txn_ids), amount=asked.money(payment.amount_cents)
            )
        )


def _entry(row: AnyRow, show: Show) -> str:
    """Call an entry as QuickBooks does."""
    kinds = {"Deposit": "Deposit", "JournalEntry": "Journal entry"}
    named = kinds.get(getattr(row, "kind", ""), "Payment")
    number = f" {row.reference}" if row.reference else ""
    day = f" of {show('found_date', row.txn_date.isoformat())}" if row.txn_date else ""
    return f"{named}{number}{day}"


def _pointer(asked: Asked) -> str:
    return "/txn_ids" if asked.said.txn_ids else "/txn_id"


# On which invoices


def use_new_invoice(asked: Asked) -> Sentence:
    """Pay the invoice that was entered in place of the one that was deleted."""
    txn_id = asked.payment.facts["new_invoice_txn_id"]
    part, others = _part(asked)
    found = rows.invoices(asked.db, asked.payment.company_file_id, txn_ids=[txn_id])
    invoice = found[0] if found else None
    if invoice is None or not plans.is_open(invoice):
        raise Refused(acts.NEW_IS_NOT_OPEN)
    if invoice.balance_cents < part.amount_cents:
        raise Refused(
            acts.NEW_IS_SMALLER.format(
                invoice_balance=asked.money(invoice.balance_cents),
                planned=asked.money(part.amount_cents),
            )
        )
    if txn_id in others:
        raise Refused(acts.PAID_BY_OTHER_PART.format(which="the new invoice"))
    rows.choose_invoices(asked.db, asked.payment.id, {part.position: txn_id})
    if part.invoice_external_id is not None:
        _remember(asked, Meant.INVOICES, part.invoice_external_id, txn_id)
    called = invoice.number or txn_id
    told = left_behind(asked, "use_new_invoice", number=called, txn_id=txn_id)
    wait_again(asked, told, as_credit=False)
    return previews.as_button(
        "use_new_invoice",
        planned=asked.money(part.amount_cents),
        new_invoice_number=called,
        new_invoice_date=asked.day(invoice.txn_date) if invoice.txn_date else "",
    )


def choose_invoice(asked: Asked) -> Sentence:
    """Pay another invoice; what is more than its amount due stays as the customer's credit."""
    part, others = _part(asked)
    invoice = _open_invoice(asked)
    if invoice.txn_id in others:
        _wrong("/invoice", acts.PAID_BY_OTHER_PART.format(which="this invoice"))
    rows.choose_invoices(asked.db, asked.payment.id, {part.position: invoice.txn_id})
    called = invoice.number or invoice.txn_id
    fits = min(part.amount_cents, invoice.balance_cents)
    told = left_behind(asked, "choose_invoice", number=called, txn_id=invoice.txn_id)
    what_fits = asked.payment.what_fits or fits < part.amount_cents
    wait_again(asked, told, as_credit=False, what_fits=what_fits)
    return previews.on_invoice(called, fits, asked.show)


def _part(asked: Asked) -> tuple[AnyRow, set[str]]:
    """Find the part that is meant; give it, and the invoices (TxnIDs) of the other parts."""
    parts = rows.parts(asked.db, asked.payment.id)
    failed = (asked.payment.facts or {}).get("position", "")
    position = asked.said.position
    if position is None:
        position = int(failed) if failed.isdecimal() else 0 if len(parts) == 1 else None
    if position is None:
        _wrong("/position", f"Say which of the {len(parts)} parts is meant, from 0.")
    part = next((one for one in parts if one.position == position), None)
    if part is None:
        _wrong("/position", f"This payment has {len(parts)} parts; the first is 0.")
    payer = plans.payer_of(asked.db, asked.payment)
    found = plans.invoices_of(
        asked.db, asked.payment, [one for one in parts if one is not part], payer
    )
    return part, {invoice.txn_id for invoice in found.values()}


def _open_invoice(asked: Asked) -> AnyRow:
    """Find the one open invoice that is meant, of the payer's family where that is known."""
    said, company = asked.said.invoice, asked.payment.company_file_id
    assert said is not None  # it is needed
    payer = plans.payer_of(asked.db, asked.payment)
    if said.txn_id is not None:
        found = rows.invoices(asked.db, company, txn_ids=[said.txn_id])
        named = f"with the TxnID {said.txn_id}"
    else:
        number = said.number or ""
        found = rows.invoices(asked.db, company, plain_numbers=[plain(number)])
        named = number
    if not found:
        _wrong("/invoice", acts.NOT_AT_LAST_SYNC.format(what="invoice", named=named))
    own = [row for row in found if plans.is_of_family(row, payer)]
    if not own:
        other = found[0].customer_name
        assert payer is not None  # else every invoice is of its family
        _wrong(
            "/invoice",
            acts.OTHERS_INVOICE.format(
                number=found[0].number or named, other=other, customer=payer.full_name
            ),
        )
    due = [row for row in own if plans.is_open(row)]
    if not due:
        _wrong("/invoice", acts.NOTHING_DUE.format(number=own[0].number or named))
    if len(due) > 1:
        _wrong(
            "/invoice",
            acts.MORE_THAN_ONE_OPEN.format(
                named=named, txn_ids=", ".join(row.txn_id for row in due)
            ),
        )
    return due[0]


def apply_what_fits(asked: Asked) -> Sentence:
    """Put on each invoice up to its amount due, and leave the rest as the customer's credit."""
    wait_again(
        asked,
        left_behind(asked, "apply_what_fits"),
        what_fits=True,
        as_credit=False,
    )
    return previews.what_fits(asked.show)


def post_unapplied(asked: Asked) -> Sentence:
    """Put it on no invoice."""
    wait_again(asked, left_behind(asked, "post_unapplied"), as_credit=True)
    return previews.as_credit(asked.show)


def use_invoice_account(asked: Asked) -> Sentence:
    """Post it to the A/R account in which the invoice is kept."""
    wait_again(asked, left_behind(asked, "use_invoice_account"))
    name = (asked.payment.facts or {}).get("account_name", "")
    return previews.as_button("use_invoice_account", account_name=name)


# From whom


def choose_customer(asked: Asked) -> Sentence:
    """Post it under another customer, and later payments of this payer too if so wanted."""
    customer = _active_customer(asked)
    payment = asked.payment
    if asked.said.remember:
        if payment.customer_external_id is not None:
            _remember(asked, Meant.CUSTOMERS, payment.customer_external_id, customer.list_id)
        else:
            _remember(asked, Meant.PAYERS, plans.payer_word(payment), customer.list_id)
    later = acts.LATER_TOO if asked.said.remember else ""
    told = left_behind(
        asked,
        "choose_customer",
        customer=customer.full_name,
        list_id=customer.list_id,
        later=later,
    )
    wait_again(asked, told, chosen_customer_list_id=customer.list_id)
    said = previews.as_button("choose_customer", chosen_customer=customer.full_name)
    return lambda plan: f"{said(plan)}{later}"


def _active_customer(asked: Asked) -> AnyRow:
    """Find the one active customer that is meant."""
    said, company = asked.said.customer, asked.payment.company_file_id
    list_id = said.list_id if said else (asked.payment.facts or {}).get("invoice_customer_list_id")
    if said is not None and said.name is not None:
        found = rows.customers(asked.db, company, plain_names=[plain(said.name)])
        named = f'called "{said.name}"'
    elif list_id:
        found = rows.customers(asked.db, company, list_ids=[list_id])
        named = f"with the ListID {list_id}"
    else:
        _wrong("/customer", "Say which customer of QuickBooks it is.")
    if not found:
        _wrong("/customer", acts.NOT_AT_LAST_SYNC.format(what="customer", named=named))
    active = [row for row in found if row.is_active]
    if not active:
        _wrong(
            "/customer",
            acts.INACTIVE.format(name=found[0].full_name),
        )
    if len(active) > 1:
        _wrong("/customer", acts.MORE_THAN_ONE.format(named=named))
    return active[0]


# By which method, on which day


def of_same_method(db: Connection, payment: AnyRow) -> list[int]:
    """List the other rejected payments (ids) that a choice of this one's method settles."""
    candidates = rows.rejected_for(
        db, payment.company_file_id, Cause.UNKNOWN_REFERENCE, _FOR_METHODS
    )
    return [row.id for row in candidates if plain(row.method) == plain(payment.method)]


def choose_method(asked: Asked) -> Sentence:
    """Say once which method of QuickBooks is meant; all that were rejected for it wait again."""
    method, payment = _active_method(asked), asked.payment
    _remember(asked, Meant.METHODS, plain(payment.method), method.list_id)
    ids = [
        payment.id,
        *(
            row.id
            for row in asked.others
            if row.status == PaymentStatus.REJECTED
            and row.cause == Cause.UNKNOWN_REFERENCE
            and row.variant in _FOR_METHODS
        ),
    ]
    told = left_behind(
        asked, "choose_method", method_name=payment.method, chosen_method=method.name
    )
    payments.move_every(
        asked.db,
        PaymentStatus.REJECTED,
        PaymentStatus.QUEUED,
        Mover.PERSON,
        among(Payment.id, ids),
        by=asked.by,
        told=told,
        now=asked.now,
        **back_to_waiting(told),
    )
    return previews.as_button(
        "choose_method",
        method_name=payment.method,
        chosen_method=method.name,
        count=f"{len(ids)}",
    )


def _active_method(asked: Asked) -> Method:
    """Find the active entry of the Payment Method List that is meant."""
    said = asked.said.method
    assert said is not None  # it is needed
    methods = books.methods_of(asked.db, asked.payment.company_file_id)
    found = [
        method
        for method in methods
        if method.list_id == said.list_id
        or (said.name is not None and plain(method.name) == plain(said.name))
    ]
    named = f'called "{said.name}"' if said.name else f"with the ListID {said.list_id}"
    if not found:
        _wrong("/method", acts.NOT_AT_LAST_SYNC.format(what="payment method", named=named))
    active = [method for method in found if method.is_active]
    if not active:
        _wrong(
            "/method",
            acts.INACTIVE.format(name=found[0].name),
        )
    return active[0]


def use_open_day(asked: Asked) -> Sentence:
    """Date it on the first day after the closing date, as that is known now."""
    payment = asked.payment
    day = _first_open_day(asked)
    if day is None:
        raise Refused(acts.NO_CLOSING_DATE)
    if day <= payment.received_on:
        raise Refused(acts.BOOKS_ARE_OPEN.format(received_on=asked.day(payment.received_on)))
    told = left_behind(asked, "use_open_day", day=day, received_on=payment.received_on)
    wait_again(asked, told, post_on=day)
    return previews.as_button(
        "use_open_day",
        first_open_day=asked.day(day),
        received_on=payment.received_on.isoformat(),
    )


def _first_open_day(asked: Asked) -> date | None:
    """Give the day after the closing date; what an Accountant's Copy closes is known otherwise."""
    closed = rows.closing_date(asked.db, asked.payment.company_file_id)
    days = [closed + timedelta(days=1)] if closed is not None else []
    told = (asked.payment.facts or {}).get("first_open_day")
    if told and (not days or asked.payment.variant == _ACCOUNTANTS):
        with suppress(ValueError):  # words for a person, no date
            days.append(date.fromisoformat(told))
    return max(days, default=None)


def _remember(asked: Asked, meant: Meant, word: str, to: str) -> None:
    """Write what a word of the payment site means from now on, and how to take that back."""
    company = asked.payment.company_file_id
    before = rows.mapping(asked.db, company, meant, word)
    kept = before and {
        "quickbooks_id": before.quickbooks_id,
        "set_at": before.set_at.isoformat(),
        "set_by": before.set_by,
    }
    asked.to_put_back.setdefault("mappings", []).append(
        {"meant": meant, "word": word, "to": to, "before": kept}
    )
    mappings.put(
        asked.db,
        [
            {
                "company_file_id": company,
                "meant": meant,
                "external_id": word,
                "quickbooks_id": to,
                "set_at": asked.now,
                "set_by": asked.by,
            }
        ],
    )


def _wrong(pointer: str, sentence: str) -> NoReturn:
    raise InvalidInput((Problem(pointer, sentence),))
