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
    joined,
    move,
    wait_again,
)
from qbwc_server.services.previews import Sentence
from sync_core.lifecycle import Mover, PaymentStatus
from sync_core.linking import Linked, has_room
from sync_core.methods import Method
from sync_core.names import Meant, plain
from sync_core.rejection import Cause
from sync_core.wording.phrases import Show, as_is

_THEY_ARE_TWO = "They are two: post it."
# The variants of an unknown reference that a choice of the method settles; none: not known.
_FOR_METHODS = ("method", "method_inactive", None)
# The variant of a closed period that is no matter of the closing date.
_ACCOUNTANTS = "accountant"


# They are two, or that is this payment


def post_anyway(asked: Asked) -> Sentence:
    """Post what looks like another one; remembered, so that it is not asked again."""
    wait_again(asked, joined(_THEY_ARE_TWO, asked.said.note), post_anyway=True)
    return previews.just("Both are real: QuickBooks gets this payment too.")


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
                f"QuickBooks had no payment {txn_id} at the last sync, or it was deleted since.",
            )
    _refuse_full(asked, txn_ids)
    named = " and ".join(_entry(known[txn_id], as_is) for txn_id in txn_ids)
    told = joined(f"That is this payment: {named}.", asked.said.note)
    rows.record_as(asked.db, company, asked.payment.id, txn_ids)
    move(asked, PaymentStatus.DISMISSED, f"{told} ({', '.join(txn_ids)})", note=told)
    shown = " and ".join(_entry(known[txn_id], asked.show) for txn_id in txn_ids)
    stand = "stands" if len(txn_ids) == 1 else "stand"
    return previews.just(f"Nothing is sent. {shown} {stand} for this payment.")


def dismiss(asked: Asked) -> Sentence:
    """Never send a payment: the books are right without us. What records it is linked, if known."""
    said, told, facts = asked.said, asked.said.note, {}
    if said.entries:
        payments.take_turn(asked.db, asked.payment.company_file_id)
        _refuse_own(asked, said.entries)
        _refuse_full(asked, said.entries)
        rows.record_as(asked.db, asked.payment.company_file_id, asked.payment.id, said.entries)
        told = f"{said.note} (in QuickBooks as {', '.join(said.entries)})"
        facts["evidence"] = [
            *({"recorded_as_txn_id": txn_id} for txn_id in said.entries),
            *(asked.payment.evidence or []),
        ]
    move(asked, PaymentStatus.DISMISSED, told, note=said.note, **facts)
    return previews.just("We never send it.")


def _found(payment: AnyRow) -> list[str]:
    """List the entries that the rejection names as those that record it."""
    found = (payment.facts or {}).get("found_txn_id", "")
    return [txn_id for one in found.split(",") if (txn_id := one.strip())]


def _refuse_own(asked: Asked, txn_ids: Sequence[str]) -> None:
    """Refuse an entry that is a payment of ours: that customer has paid twice."""
    for own in rows.own_among(asked.db, asked.payment.company_file_id, txn_ids):
        raise Refused(
            f"{own.txn_id} in QuickBooks is payment {own.external_id} already, and one entry "
            "cannot be two payments; the customer may have paid twice."
        )


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
            f"{' and '.join(txn_ids)} in QuickBooks cannot stand for this payment of "
            f"{asked.money(payment.amount_cents)} too: other online payments are linked to it, "
            "and together they come to more than its amount."
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
        raise Refused("The new invoice is not open any more; choose another one.")
    if invoice.balance_cents < part.amount_cents:
        raise Refused(
            f"Only {asked.money(invoice.balance_cents)} is due on the new invoice, and "
            f"{asked.money(part.amount_cents)} was to be paid; choose it as another invoice."
        )
    if txn_id in others:
        raise Refused("Another part of this payment pays the new invoice already.")
    rows.choose_invoices(asked.db, asked.payment.id, {part.position: txn_id})
    if part.invoice_external_id is not None:
        _remember(asked, Meant.INVOICES, part.invoice_external_id, txn_id)
    called = invoice.number or txn_id
    told = joined(f"On the new invoice {called} ({txn_id}).", asked.said.note)
    wait_again(asked, told, as_credit=False)
    day = f" of {asked.day(invoice.txn_date)}" if invoice.txn_date else ""
    return previews.just(f"{asked.money(part.amount_cents)} goes on invoice {called}{day}.")


def choose_invoice(asked: Asked) -> Sentence:
    """Pay another invoice; what is more than its amount due stays as the customer's credit."""
    part, others = _part(asked)
    invoice = _open_invoice(asked)
    if invoice.txn_id in others:
        _wrong("/invoice", "Another part of this payment pays this invoice already.")
    rows.choose_invoices(asked.db, asked.payment.id, {part.position: invoice.txn_id})
    called = invoice.number or invoice.txn_id
    fits = min(part.amount_cents, invoice.balance_cents)
    told = joined(f"On invoice {called} ({invoice.txn_id}).", asked.said.note)
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
        _wrong("/invoice", f"QuickBooks had no invoice {named} at the last sync.")
    own = [row for row in found if plans.is_of_family(row, payer)]
    if not own:
        other = found[0].customer_name
        assert payer is not None  # else every invoice is of its family
        _wrong(
            "/invoice",
            f"Invoice {found[0].number or named} belongs to {other}, and this payment is from "
            f"{payer.full_name}; choose the customer first.",
        )
    due = [row for row in own if plans.is_open(row)]
    if not due:
        _wrong("/invoice", f"Nothing is due on invoice {own[0].number or named}.")
    if len(due) > 1:
        _wrong(
            "/invoice",
            f"QuickBooks has more than one open invoice {named}; name it by its txn_id: "
            f"{', '.join(row.txn_id for row in due)}.",
        )
    return due[0]


def apply_what_fits(asked: Asked) -> Sentence:
    """Put on each invoice up to its amount due, and leave the rest as the customer's credit."""
    wait_again(asked, joined("Post what fits.", asked.said.note), what_fits=True, as_credit=False)
    return previews.what_fits(asked.show)


def post_unapplied(asked: Asked) -> Sentence:
    """Put it on no invoice."""
    wait_again(asked, joined("Post as a credit.", asked.said.note), as_credit=True)
    return previews.as_credit(asked.show)


def use_invoice_account(asked: Asked) -> Sentence:
    """Post it to the A/R account in which the invoice is kept."""
    wait_again(asked, joined("In the invoice's A/R account.", asked.said.note))
    name = (asked.payment.facts or {}).get("account_name")
    return previews.just(
        f"QuickBooks gets this payment in the invoice's A/R account{f', {name}' if name else ''}."
    )


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
    later = " Later payments of this customer too." if asked.said.remember else ""
    told = joined(f"From {customer.full_name} ({customer.list_id}).{later}", asked.said.note)
    wait_again(asked, told, chosen_customer_list_id=customer.list_id)
    return previews.just(f"QuickBooks gets this payment from {customer.full_name}.{later}")


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
        _wrong("/customer", f"QuickBooks had no customer {named} at the last sync.")
    active = [row for row in found if row.is_active]
    if not active:
        _wrong(
            "/customer",
            f"{found[0].full_name} is inactive in QuickBooks; make it active there, or choose "
            "another one.",
        )
    if len(active) > 1:
        _wrong("/customer", f"QuickBooks has more than one customer {named}; give the list_id.")
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
    told = joined(f'"{payment.method}" is {method.name} in QuickBooks.', asked.said.note)
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
    count = "1 waiting payment" if len(ids) == 1 else f"{len(ids)} waiting payments"
    return previews.just(f'{count} with "{payment.method}" will show Pmt. Method {method.name}.')


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
        _wrong("/method", f"QuickBooks had no payment method {named} at the last sync.")
    active = [method for method in found if method.is_active]
    if not active:
        _wrong(
            "/method",
            f"{found[0].name} is inactive in QuickBooks; make it active there, or choose another.",
        )
    return active[0]


def use_open_day(asked: Asked) -> Sentence:
    """Date it on the first day after the closing date, as that is known now."""
    payment = asked.payment
    day = _first_open_day(asked)
    if day is None:
        raise Refused("No closing date is known any more; Retry sends it with its own date.")
    if day <= payment.received_on:
        raise Refused(
            f"The books are open for {asked.day(payment.received_on)} now; Retry sends it with its "
            "own date."
        )
    told = joined(f"Dated {day} in QuickBooks, received {payment.received_on}.", asked.said.note)
    wait_again(asked, told, post_on=day)
    return previews.just(
        f'QuickBooks gets the date {asked.day(day)}; Memo says "Received {payment.received_on}".'
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
