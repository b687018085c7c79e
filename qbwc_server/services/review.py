"""What a person does about payments. Each act is one transaction and leaves an event.

Another move than those of `lifecycle` cannot be made here, and no session moves a payment between
our look at it and the act. What goes back to waiting here passes rule D.2: if it ever left,
QuickBooks is asked for it in the very session that sends it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field
from sqlalchemy import Connection, Engine

from models.base import AnyRow
from models.engine import Clock, crosswise
from models.queries import extras as extra_rows
from models.queries import outbox, payments
from models.queries import remedies as remedy_rows
from qbwc_server.errors import InvalidInput, NotFound, Problem, Refused
from qbwc_server.services import (
    action_input,
    actions,
    extras,
    plans,
    previews,
    remedies,
    undo,
)
from qbwc_server.services.acting import Asked, back_to_waiting, left_behind, move, wait_again
from qbwc_server.services.action_input import ActionInput, BulkActionInput
from qbwc_server.services.actions import Action
from qbwc_server.services.payments import View
from qbwc_server.services.previews import PreviewView, Sentence
from sync_core.lifecycle import Mover, PaymentStatus
from sync_core.money import format_cents
from sync_core.wording import acts, buttons
from sync_core.wording.phrases import Show, as_is, fill

_UNKNOWN = acts.NO_PAYMENT


class Acted(StrEnum):
    """What became of one payment of several."""

    DONE = "done"
    REFUSED = "refused"


class ActedView(View):
    """What became of one payment of several; in a preview, what would."""

    id: str
    outcome: Acted
    sentence: str | None = Field(
        description="Why it was refused; in a preview, what would be done about it"
    )


class BulkActedView(View):
    """What was done about several payments; in a preview, what would be."""

    preview: bool
    sentence: str
    count: int = Field(description="Payments about which it was done")
    amount: str = Field(description="What they come to")
    refused: int = Field(description="Payments that were left out")
    items: list[ActedView] = Field(description="One outcome each, in order")


@dataclass(frozen=True, slots=True)
class Review:
    """Does what a person says about the payments of a company file."""

    engine: Engine
    clock: Clock

    def act(
        self,
        company_file_id: int,
        external_id: str,
        given: object,
        *,
        by: str,
        show: Show = as_is,
    ) -> PreviewView | None:
        """Do what is asked, given as JSON's own types; `by` goes into the audit trail.

        Gives what would be done, where only that is asked, and changes nothing then. `show` writes
        the amounts and days of its sentence.

        Raises:
            InvalidInput: no such action, or its fields are wrong.
            NotFound: the company has no payment with this id.
            Refused: the action does not fit the payment.
        """
        said = action_input.read(given)
        return crosswise(lambda: self._act(company_file_id, external_id, said, by=by, show=show))

    def _act(
        self, company_file_id: int, external_id: str, said: ActionInput, *, by: str, show: Show
    ) -> PreviewView | None:
        with self.engine.connect() as db, db.begin() as transaction:
            found = _find(db, company_file_id, [external_id])
            if external_id not in found:
                raise NotFound(_UNKNOWN)
            payment = found[external_id]
            _hold(db, [payment], said)
            sentence = self._do(db, payment.id, said, by=by, show=show)
            if not said.preview:
                return None
            shown = previews.preview(_plan(db, payment.id), sentence)
            transaction.rollback()
            return shown

    def act_on_all(
        self,
        company_file_id: int,
        given: object,
        *,
        by: str,
        shows: Mapping[str, Show] = MappingProxyType({}),
    ) -> BulkActedView:
        """Do what is asked about several payments in one transaction; one outcome each, in order.

        What it does not fit is left out and named. `shows` are as in `act`, by payment (the site's
        id).

        Raises:
            InvalidInput: no such action, or its fields are wrong.
        """
        said = action_input.read_bulk(given)
        return crosswise(lambda: self._act_on_all(company_file_id, said, by=by, shows=shows))

    def _act_on_all(
        self, company_file_id: int, said: BulkActionInput, *, by: str, shows: Mapping[str, Show]
    ) -> BulkActedView:
        items, cents = [], 0
        with self.engine.connect() as db, db.begin() as transaction:
            found = _find(db, company_file_id, said.ids)
            _hold(db, list(found.values()), said)
            for external_id in said.ids:
                payment = found.get(external_id)
                show = shows.get(external_id, as_is)
                item = self._try(db, external_id, payment, said, by=by, show=show)
                items.append(item)
                if payment is not None and item.outcome is Acted.DONE:
                    cents += payment.amount_cents
            if said.preview:
                transaction.rollback()
        return _told(items, cents, preview=said.preview)

    def reopen_missing(self, company_file_id: int, *, note: str, by: str) -> int:
        """Re-open every posted payment that the company file of now lacks; give how many.

        Raises:
            InvalidInput: no note, or one that cannot be kept.
        """
        said = action_input.read({"action": Action.REOPEN, "note": note})
        action_input.refuse_without(said)
        return crosswise(lambda: self._reopen_missing(company_file_id, said, by=by))

    def _reopen_missing(self, company_file_id: int, said: ActionInput, *, by: str) -> int:
        with self.engine.begin() as db:
            payments.hold_all(db)
            return payments.move_every(
                db,
                PaymentStatus.POSTED,
                PaymentStatus.QUEUED,
                Mover.PERSON,
                *payments.missing(company_file_id),
                by=by,
                told=said.note,
                now=self.clock(db),
                **back_to_waiting(said.note, **payments.REOPENED),
            )

    def _try(
        self,
        db: Connection,
        external_id: str,
        payment: AnyRow | None,
        said: ActionInput,
        *,
        by: str,
        show: Show,
    ) -> ActedView:
        """Do what is asked about one payment of several; what it does not fit changes nothing."""
        if payment is None:
            return ActedView(id=external_id, outcome=Acted.REFUSED, sentence=_UNKNOWN)
        try:
            with db.begin_nested():
                sentence = self._do(db, payment.id, said, by=by, show=show)
        except Refused as refused:
            return ActedView(id=external_id, outcome=Acted.REFUSED, sentence=str(refused))
        except InvalidInput as wrong:
            why = " ".join(one.sentence for one in wrong.problems)
            return ActedView(id=external_id, outcome=Acted.REFUSED, sentence=why)
        told = sentence(_plan(db, payment.id)) if said.preview else None
        return ActedView(id=external_id, outcome=Acted.DONE, sentence=told)

    def _do(
        self, db: Connection, payment_id: int, said: ActionInput, *, by: str, show: Show
    ) -> Sentence:
        """Do what is asked about a payment that is held, with all that the act moves besides."""
        payment = payments.hold_by_id(db, payment_id)
        found = extra_rows.of_payment(db, payment)
        kept = remedy_rows.undo_of(db, [payment_id]).get(payment_id)
        can_undo = undo.is_last(payment, kept)
        why_not = undo.why_not(db, payment, kept, by) if kept is not None and can_undo else None
        if said.action is Action.UNDO and why_not is not None:
            raise Refused(why_not)
        beside = actions.Beside(has_extra=bool(found), can_undo=can_undo and why_not is None)
        fits = actions.offered(payment, beside)
        if said.action not in fits:
            raise Refused(actions.refusal(said.action, payment, fits))
        action_input.refuse_without(said)
        besides = _with(db, [payment], said) - {payment_id}
        others = payments.hold_each(db, besides) if besides else {}
        asked = Asked(
            db=db,
            payment=payment,
            others=list(others.values()),
            extras=found,
            said=said,
            by=by,
            now=self.clock(db),
            show=show,
        )
        if said.action is Action.UNDO:
            return undo.take_back(asked)
        concerned = [payment, *asked.others]
        before = undo.look(db, concerned)
        sentence = _ACTS[said.action](asked)
        undo.keep(asked, concerned, before)
        return sentence


def _find(
    db: Connection, company_file_id: int, external_ids: Sequence[str]
) -> Mapping[str, AnyRow]:
    """Read payments by the site's ids; no accepted id holds a character that cannot be shown."""
    return payments.known(db, company_file_id, {one for one in external_ids if one.isprintable()})


def _hold(db: Connection, rows: Sequence[AnyRow], said: ActionInput) -> None:
    """Hold payments and all that the act moves besides, in the order in which sessions do."""
    payments.hold_each(db, {row.id for row in rows} | _with(db, rows, said))


def _with(db: Connection, rows: Sequence[AnyRow], said: ActionInput) -> set[int]:
    """List the payments (ids) that an act on some concerns besides them."""
    if said.action is Action.CHOOSE_METHOD:
        return {number for row in rows for number in remedies.of_same_method(db, row)}
    if said.action is Action.UNDO:
        return undo.moved_with(db, [row.id for row in rows])
    return set()


def _plan(db: Connection, payment_id: int) -> plans.Plan | None:
    """Say how a payment will stand in QuickBooks; None where it is not waiting to be sent."""
    payment = payments.hold_by_id(db, payment_id)
    return plans.plan_of(db, payment) if payment.status == PaymentStatus.QUEUED else None


def _told(items: Sequence[ActedView], cents: int, *, preview: bool) -> BulkActedView:
    refused = sum(item.outcome is Acted.REFUSED for item in items)
    count = len(items) - refused
    payments_ = "1 payment" if count == 1 else f"{count} payments"
    facts = {"payments": payments_, "amount": format_cents(cents), "count": f"{len(items)}"}
    return BulkActedView(
        preview=preview,
        sentence=fill(acts.TOGETHER, facts | ({"refused": f"{refused}"} if refused else {})),
        count=count,
        amount=format_cents(cents),
        refused=refused,
        items=list(items),
    )


def _delete(asked: Asked) -> Sentence:
    """Hide a payment; a rejected one is dismissed by that."""
    payment = asked.payment
    if payment.hidden_at is not None:
        raise Refused(acts.DELETED_ALREADY)
    told = left_behind(asked, "delete")
    sentence = buttons.BUTTONS["delete"].says
    if payment.status == PaymentStatus.REJECTED:
        move(asked, PaymentStatus.DISMISSED, told, note=told, hidden_at=asked.now)
        return previews.just(f"{sentence}{buttons.DISMISSES_TOO}")
    payments.hide(asked.db, payment, now=asked.now)
    status = PaymentStatus(payment.status)
    payments.note(asked.db, payment, status, by=asked.by, told=told, now=asked.now)
    return previews.just(sentence)


def _retry(asked: Asked) -> Sentence:
    wait_again(asked, asked.said.note)
    return previews.as_button("retry")


def _settle_posted(asked: Asked) -> Sentence:
    db, payment, txn_id = asked.db, asked.payment, asked.said.txn_id
    assert txn_id is not None  # it is needed
    payments.take_turn(db, payment.company_file_id)  # or two could settle on one entry at once
    other = payments.other_in(db, payment, txn_id)
    if other is not None:
        raise Refused(fill(acts.ONE_ENTRY, {"txn_id": txn_id, "other": other, "own": "this one"}))
    move(
        asked,
        PaymentStatus.POSTED,
        acts.LEFT_BEHIND["settle_posted"].format(txn_id=txn_id, note=asked.said.note),
        txn_id=txn_id,
        posted_at=asked.now,
        entered_wall=None,
        note=asked.said.note,
    )
    return previews.just(acts.STANDS.format(txn_id=txn_id))


def _settle_not_posted(asked: Asked) -> Sentence:
    """Take a person's word in place of the proof that the earlier sync is over."""
    payment = asked.payment
    move(
        asked,
        PaymentStatus.QUEUED,
        acts.LEFT_BEHIND["settle_not_posted"].format(note=asked.said.note),
        note=asked.said.note,
        is_restored=False,
        returns=payment.returns + 1,
        cleared_session_id=None,
    )
    asked.to_put_back["in_doubt"] = list(remedy_rows.attempts_in_doubt(asked.db, payment.id))
    outbox.end_doubt(asked.db, [payment.id])
    customer = plans.plan_of(asked.db, payment).customer
    return previews.as_button("settle_not_posted", customer=customer, reference=payment.reference)


def _reopen(asked: Asked) -> Sentence:
    facts = back_to_waiting(asked.said.note, **payments.REOPENED)
    remedy_rows.unlink(asked.db, [asked.payment.id])
    move(asked, PaymentStatus.QUEUED, asked.said.note, **facts)
    return previews.as_button("reopen")


def _take_out_extra(asked: Asked) -> Sentence:
    txn_ids = [row.txn_id for row in asked.extras]
    named = ", ".join(txn_ids)
    wanted = asked.said.txn_id or txn_ids[0]
    if asked.said.txn_id is None and len(txn_ids) > 1:
        sentence = acts.SEVERAL_EXTRAS.format(named=named)
        raise InvalidInput((Problem("/txn_id", sentence),))
    chosen = next((row for row in asked.extras if row.txn_id == wanted), None)
    if chosen is None:
        raise Refused(acts.NO_EXTRA.format(wanted=wanted, named=named))
    extras.order(asked.db, chosen, asked.payment, by=asked.by, note=asked.said.note, now=asked.now)
    return previews.just(fill(buttons.TAKES_OUT, {"txn_id": wanted}))


_ACTS: Mapping[Action, Callable[[Asked], Sentence]] = {
    Action.RETRY: _retry,
    Action.LINK: remedies.link,
    Action.POST_ANYWAY: remedies.post_anyway,
    Action.USE_NEW_INVOICE: remedies.use_new_invoice,
    Action.CHOOSE_INVOICE: remedies.choose_invoice,
    Action.APPLY_WHAT_FITS: remedies.apply_what_fits,
    Action.POST_UNAPPLIED: remedies.post_unapplied,
    Action.CHOOSE_CUSTOMER: remedies.choose_customer,
    Action.CHOOSE_METHOD: remedies.choose_method,
    Action.USE_OPEN_DAY: remedies.use_open_day,
    Action.USE_INVOICE_ACCOUNT: remedies.use_invoice_account,
    Action.WITHDRAW: remedies.withdraw,
    Action.DISMISS: remedies.dismiss,
    Action.DELETE: _delete,
    Action.SETTLE_POSTED: _settle_posted,
    Action.SETTLE_NOT_POSTED: _settle_not_posted,
    Action.REOPEN: _reopen,
    Action.TAKE_OUT_EXTRA: _take_out_extra,
}
